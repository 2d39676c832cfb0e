"""The status of both modules, field by field: what is asked for, and how an answer is taken apart.

Both have the same configuration and get the same requests, so that every counter is the same.  What
no two runs have in common stands as a mark: ports, times, ages and the version.  A field is named
after its format and its place, "xml.member.node1.state".  What only ours has is one field for each
format, "xml.more", since clients are told that there may be more behind what they know, and so are
the bytes, which mod_jk counts with those of probes.
"""

import re
import shlex
import xml.etree.ElementTree as xml
from dataclasses import dataclass, replace

NAMESPACE = "{http://tomcat.apache.org}"
CONFIG = """
JkWorkersFile @DIR@/workers.properties
JkMountFile @DIR@/mounts.properties
JkMount /app/* lb
JkMount /one/* single
JkMount /dead/* dead
JkUnMount /app/static/* lb
JkMount /jkstatus jkstatus
JkMount /jkro jkro
JkMount /jkuser jkuser
JkMount /jkfmt jkfmt
UseCanonicalName On
ServerName www.example.com
<VirtualHost 127.0.0.1:@PORT2@>
  ServerName two.example.com
  JkMount /only2/* lb
</VirtualHost>
"""
WORKERS = """
worker.list=lb,single,dead,jkstatus,jkro,jkuser,jkfmt
worker.maintain=60
worker.template.type=ajp13
worker.template.host=127.0.0.1
worker.template.connection_pool_timeout=600
worker.template.ping_mode=A
worker.lb.type=lb
worker.lb.balance_workers=node1
worker.lb.balance_workers=node2
worker.lb.balance_workers=node3
worker.lb.sticky_session=true
worker.node1.reference=worker.template
worker.node1.port=@W1@
worker.node1.redirect=node2
worker.node2.reference=worker.template
worker.node2.port=@W2@
worker.node2.lbfactor=2
worker.node2.distance=0
worker.node3.reference=worker.template
worker.node3.port=@DOWN@
worker.node3.domain=east
worker.node3.reply_timeout=30000
worker.node3.fail_on_status=503,-500
worker.single.type=ajp13
worker.single.host=127.0.0.1
worker.single.port=@W1@
worker.single.secret=topsecret
worker.dead.type=ajp13
worker.dead.host=127.0.0.1
worker.dead.port=@DOWN@
worker.jkstatus.type=status
worker.jkro.type=status
worker.jkro.read_only=true
worker.jkuser.type=status
worker.jkuser.user=admin,root
worker.jkuser.user_case_insensitive=true
worker.jkfmt.type=status
worker.jkfmt.css=/jk.css
worker.jkfmt.ns=-
worker.jkfmt.xmlns=-
worker.jkfmt.doctype=<!DOCTYPE status SYSTEM "status.dtd">
worker.jkfmt.prefix=jkw
worker.jkfmt.good=a.o,a.i
worker.jkfmt.bad=e,s,d
"""
MOUNTS = """
/ext/*=lb;reply_timeout=5000;sticky_ignore=1;stateless=1;fail_on_status=500,-404;@MORE@
!/ext/static/*=lb
-/off/*=lb
"""
MORE = "use_server_errors=400;active=node1;disabled=node2;stopped=node3"
FILES = {"workers.properties": WORKERS, "mounts.properties": MOUNTS.replace("@MORE@", MORE)}
TRAFFIC = ["/app/x"] * 8 + ["/dead/x", "/one/x"]
FORMATS = ("xml", "txt", "prop")
TIMES = ("unix", "datetime", "time_to_maintenance_min", "time_to_maintenance_max", "last_reset_at",
         "last_reset_ago", "time_to_recover_min", "time_to_recover_max", "error_time_datetime",
         "error_time_unix_seconds", "error_time_ago", "unix seconds", "ago seconds")


@dataclass(frozen=True)
class Case:
    """Queries, one after the other; the last answers of each format are compared.

    `before` is asked once, without a format, and only its result is looked at; so is `after`, which
    brings things back.
    """

    id: str
    query: str
    before: tuple = ()
    after: tuple = ()
    path: str = "/jkstatus"


# Taking an answer apart -----------------------------------------------------------------------


def neutral(text, ports):
    """Without what no two runs have in common; `ports` maps each port to its mark."""
    for port, mark in ports.items():
        text = re.sub(r"(?<!\d)%d(?!\d)" % port, mark, text)
    text = re.sub(r"mod_jk/[\w.-]+", "mod_jk/VERSION", text)
    return re.sub(r"/tmp/yoke-httpd-\w+", "DIR", text)


def value_of(name, value):
    """A time is only known to be a number."""
    is_time = any(name == one or name.endswith("_" + one) for one in TIMES)
    return "NUMBER" if is_time and re.fullmatch(r"\d+", value) else value


def from_xml(text):
    """Pairs of field and value of the XML format."""
    rows = []

    def walk(element, prefix):
        tag = element.tag.replace(NAMESPACE, "")
        name = element.get("name") or element.get("id") or ""
        place = ".".join(filter(None, (prefix, tag, name)))
        rows.append((place, ""))
        rows.extend(("%s.%s" % (place, key), value_of(key, value))
                    for key, value in element.attrib.items())
        for child in element:
            walk(child, place)

    walk(xml.fromstring(text), "")
    return rows


def from_txt(text):
    rows, owner = [], ""
    for line in text.splitlines():
        kind, colon, rest = line.partition(":")
        if not re.fullmatch("[A-Z][A-Za-z ]+", kind) or not colon:
            name, _, value = line.partition("=")
            rows.append((name, value))
            continue
        fields = [part.partition("=")[::2] for part in shlex.split(rest)]
        name = dict(fields).get("name") or dict(fields).get("id") or ""
        owner = name if kind != "Map" else owner
        parts = (kind.replace(" ", ""), owner if kind == "Map" else "", name)
        place = ".".join(filter(None, parts))
        rows.append((place, ""))
        rows += [("%s.%s" % (place, key), value_of(key, value)) for key, value in fields]
    return rows


def from_prop(text):
    rows = []
    for line in text.splitlines():
        key, equals, value = line.partition("=")
        assert equals, "a line without '=': " + line
        rows.append((key.replace(" ", "_"), value_of(key.rpartition(".")[2], value)))
    return rows


TAKE_APART = {"xml": from_xml, "txt": from_txt, "prop": from_prop}


def by_name(pairs):
    """A name that comes again gets a number."""
    found = {}
    for name, value in pairs:
        count = 1
        while (name if count == 1 else "%s/%d" % (name, count)) in found:
            count += 1
        found[name if count == 1 else "%s/%d" % (name, count)] = value
    return found


def without_probes(form, found):
    """Bytes that differ by whole probes, of 5 bytes each, are one difference."""
    for name, (old, new) in list(found.items()):
        if re.search(r"[.](transferred|read)$", name) and old and new:
            if int(old) > int(new) and (int(old) - int(new)) % 5 == 0:
                del found[name]
                found[form + ".bytes"] = ("with probes", "without")


def compare(form, theirs, ours):
    """Differing fields of two answers of one format: name to (theirs, ours)."""
    pairs = []
    for text in (theirs, ours):
        try:
            pairs.append(by_name(TAKE_APART[form](text)))
        except (xml.ParseError, ValueError) as error:
            pairs.append({"unreadable": str(error).split(":")[0]})
    old, new = pairs
    found = {"%s.%s" % (form, name): (value, new.get(name)) for name, value in old.items()
             if new.get(name) != value}
    more = [name for name in new if name not in old]
    if more:
        kinds = {re.sub(r"^.*[.]|/\d+$", "", name) for name in more}
        found[form + ".more"] = (None, ",".join(sorted(kinds)))
    without_probes(form, found)
    if not found and [name for name in new if name in old] != list(old):
        found[form + ".order"] = ("", "another")
    return found


# What is asked --------------------------------------------------------------------------------

READS = [
    Case("list", ""), Case("list-ro", "", path="/jkro"), Case("list-fmt", "", path="/jkfmt"),
    Case("version", "&cmd=version"), Case("dump", "&cmd=dump"), Case("show-lb", "&cmd=show&w=lb"),
    Case("show-member", "&cmd=show&w=lb&sw=node3"), Case("show-ajp", "&cmd=show&w=dead"),
    Case("show-status", "&cmd=show&w=jkro"), Case("edit-lb", "&cmd=edit&w=lb"),
    Case("edit-member", "&cmd=edit&w=lb&sw=node1"), Case("edit-ajp", "&cmd=edit&w=single"),
    Case("edit-att", "&cmd=edit&w=lb&att=vwf"), Case("edit-status", "&cmd=edit&w=jkro"),
] + [Case("option-%d" % n, "&opt=%d" % n) for n in (1, 2, 4, 8, 16, 32, 64, 128, 256, 511)] + [
    Case("show-option-%d" % n, "&cmd=show&w=lb&opt=%d" % n) for n in (1, 2, 8)]
ERRORS = [Case("error-" + name, query) for name, query in {
    "command": "&cmd=foo", "case": "&cmd=LIST", "no-worker": "&cmd=show", "empty": "&cmd=show&w=",
    "unknown": "&cmd=show&w=nope", "member": "&cmd=show&w=node1", "no-sub": "&cmd=show&w=lb&sw=",
    "unknown-sub": "&cmd=show&w=lb&sw=nope", "sub-of-ajp": "&cmd=show&w=single&sw=x",
    "wildcard": "&cmd=show&w=lb&sw=node*", "encoding": "&cmd=version&x=%zz",
    "twice": "&cmd=version&cmd=list", "opt-32": "&cmd=update&w=lb&vlr=3&opt=32",
    "update-status": "&cmd=update&w=jkro&vlr=1", "reset-status": "&cmd=reset&w=jkro",
    "recover-no-sub": "&cmd=recover&w=lb", "recover-ok": "&cmd=recover&w=lb&sw=node1",
    "update-no-match": "&cmd=update&w=lb&sw=zz*&vwf=1",
    "route-70": "&cmd=update&w=lb&sw=node1&vwn=" + "x" * 70,
    "route-70-wildcard": "&cmd=update&w=lb&sw=node*&vwn=" + "x" * 70,
    "host": "&cmd=update&w=lb&sw=node1&vahst=no.such.host.invalid",
    "edit-att": "&cmd=edit&w=lb&att=foo", "update-att": "&cmd=update&w=lb&att=foo&val0=1",
}.items()] + [
    Case("error-read-only", "&cmd=update&w=lb&vlr=3", path="/jkro"),
    Case("error-denied", "&cmd=version", path="/jkuser")]


def edit(name, change, back):
    """A change, looked at, and brought back."""
    where = "&cmd=show" + re.sub("&(?:att|val).*", "", re.match("((&s?w=[^&]*)+)", change)[0])
    where = re.sub(r"&sw=[^&]*[*].*", "", where)
    return Case("change-" + name, where, ("&cmd=update" + change,), ("&cmd=update" + back,))


LB, NODE, SINGLE = "&w=lb", "&w=lb&sw=node1", "&w=single"
EDITS = [edit(name, LB + change, LB + back) for name, change, back in [
    ("vlr", "&vlr=3", "&vlr=2"), ("vlri", "&vlri=7", "&vlri=100"), ("vlt", "&vlt=61", "&vlt=60"),
    ("vlee", "&vlee=31", "&vlee=30"), ("vlx", "&vlx=5", "&vlx=0"), ("vls", "&vls=0", "&vls=1"),
    ("vlf", "&vlf=true", "&vlf=off"), ("vlm", "&vlm=b", "&vlm=R"), ("vlm-4", "&vlm=4", "&vlm=0"),
    ("vll", "&vll=P", "&vll=O"), ("several", "&vlr=4&vlt=62&vlx=1", "&vlr=2&vlt=60&vlx=0"),
    ("tail", "&vlr=7x", "&vlr=2"), ("vlr-0", "&vlr=0", ""), ("vlr-word", "&vlr=abc", ""),
    ("vlee-0", "&vlee=0", "&vlee=30"), ("vls-maybe", "&vls=maybe", ""),
    ("vlm-word", "&vlm=zzz", "&vlm=R"),
]] + [edit(name, NODE + change, NODE + back) for name, change, back in [
    ("vwa-d", "&vwa=d", "&vwa=a"), ("vwa-2", "&vwa=2", "&vwa=0"), ("vwf", "&vwf=3", "&vwf=1"),
    ("vwf-0", "&vwf=0", ""), ("vwn", "&vwn=other", "&vwn=node1"),
    ("vwr", "&vwr=node3", "&vwr=node2"), ("vwc", "&vwc=west", "&vwc="),
    ("vwd", "&vwd=2", "&vwd=0"), ("vacpt", "&vacpt=61", "&vacpt=600"),
    ("vapng", "&vapng=9000", "&vapng=10000"), ("vact", "&vact=9000", "&vact=10000"),
    ("vapt", "&vapt=9000", "&vapt=10000"), ("vart", "&vart=9000", "&vart=0"),
    ("var", "&var=3", "&var=2"), ("vari", "&vari=7", "&vari=100"),
    ("vacpi", "&vacpi=77", "&vacpi=100"), ("varo", "&varo=7", "&varo=0"),
    ("vabl", "&vabl=9", "&vabl=0"), ("vamps", "&vamps=8193", "&vamps=8192"),
    ("vamps-low", "&vamps=100", "&vamps=8192"), ("route-dot", "&vwn=west.node1", "&vwn=node1&vwc="),
    ("duplicate-route", "&vwn=node2", "&vwn=node1"), ("not-of-lb", "&vlr=9", ""),
]] + [edit("ajp-" + name, SINGLE + change, SINGLE + back) for name, change, back in [
    ("var", "&var=3", "&var=2"), ("vact", "&vact=5000", "&vact=0"),
    ("vart", "&vart=1000", "&vart=0"),
]] + [
    edit("all", LB + "&att=vwf&val0=5&val1=7&val2=11", LB + "&att=vwf&val0=1&val1=2&val2=1"),
    edit("some", LB + "&att=vwf&val1=4", LB + "&att=vwf&val1=2"),
    edit("wildcard", LB + "&sw=node*&vact=9000", LB + "&sw=node*&vact=10000")]
# These change what is counted, and come last.
ACTIONS = [
    Case("recover", "&cmd=show&w=lb", ("&cmd=recover&w=lb&sw=node3",)),
    Case("reset-member", "&cmd=show&w=lb", ("&cmd=reset&w=lb&sw=node1",)),
    Case("reset-lb", "&cmd=show&w=lb", ("&cmd=reset&w=lb",)),
    Case("reset-ajp", "&cmd=show&w=dead", ("&cmd=reset&w=dead",))]
CASES = [replace(case, id="page-" + case.id) for case in READS + ERRORS + EDITS + ACTIONS]
