"""The pages of the status worker: the dump in every format, and the HTML page with its forms, used
as a browser does it that has no script; test_rows_status.py has the rows of the reference.
"""

import base64
import hashlib
import re
from html.parser import HTMLParser
from urllib.parse import urlencode

import pytest

from status_site import ask, prop, start, txt, xml
from support import get, request
from test_status import NS

BROWSER = [("User-Agent", "Mozilla/5.0 (X11; Linux x86_64) Firefox/128.0")]
OK = 'Result: type=OK message="Action finished"'


@pytest.fixture(scope="module")
def server(make_for_module):
    """After requests that met the member that is down; nothing changes it any more."""
    return start(make_for_module)


@pytest.fixture(scope="module")
def changed(make_for_module):
    """One that tests may change."""
    return start(make_for_module)


# Dump -----------------------------------------------------------------------------------------


def test_dump_is_the_configuration_as_read(server):
    lines = txt(server, "cmd=dump")
    begin = lines.index("Configuration:") + 1
    assert lines[-1] == OK
    rows = dict(line.split("=", 1) for line in lines[begin:-1])
    names = list(rows)
    assert rows["ServerRoot"] == server.dir  # behind the lines of httpd.conf, before the file
    assert names.index("worker.list") < names.index("ServerRoot") < names.index("worker.lb.type")
    assert rows["worker.lb.balance_workers"] == "node1,node2,node3"
    assert rows["worker.node1.host"] == "127.0.0.1"  # by its reference
    assert rows["worker.jkfmt.doctype"] == '<!DOCTYPE status SYSTEM "status.dtd">'
    assert names.index("worker.node1.host") > names.index("worker.jkro.read_only")
    assert dict(xml(server, "cmd=dump").find(NS + "configuration").attrib) == rows
    assert dict(prop(server, "cmd=dump")).items() >= rows.items()
    for name, value in rows.items():
        assert "%s=%s\n" % (name, value) in Page(ask(server, "cmd=dump").text).words
    assert [x.tag for x in xml(server, "cmd=dump", "/jkro")][-1] == NS + "result"


# The page and its forms -----------------------------------------------------------------------


class Form:
    """A form and what a browser would send of it."""

    def __init__(self, attributes):
        self.method, self.action = attributes.get("method"), attributes.get("action")
        self.fields, self.ids = [], []

    def fill(self, **values):
        """All fields, a value of None being a box that is cleared; of equal names the last one."""
        last = {name: index for index, (name, _) in enumerate(self.fields)}
        done = []
        for index, (name, value) in enumerate(self.fields):
            if name in values and index == last[name]:
                value = values[name]
            if value is not None:
                done.append((name, value))
        return urlencode(done).encode()

    def of(self, name):
        return [value for field, value in self.fields if field == name][-1:]


class Page(HTMLParser):
    """A page: its words, links, forms, labels, and whether its elements fit together."""

    VOID = {"input", "link", "meta"}

    def __init__(self, source):
        super().__init__()
        self.open, self.words, self.links, self.forms, self.labels = [], "", [], [], set()
        self.style, self.attributes, self.tags, self.head = "", set(), [], {}
        self.select = None
        self.feed(source)
        assert not self.open, self.open

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        self.tags.append((tag, values))
        self.attributes |= set(values)
        if tag not in self.VOID:
            self.open.append(tag)
        if tag == "a":
            self.links.append(values["href"])
        elif tag == "form":
            self.forms.append(Form(values))
        elif tag == "label":
            self.labels.add(values["for"])
        elif tag == "select":
            self.select = values["name"]
            self.forms[-1].ids.append(values["id"])
        elif tag == "option" and ("selected" in values or not self.forms[-1].of(self.select)):
            self.forms[-1].fields.append((self.select, values["value"]))
        elif tag == "input":
            is_cleared = values["type"] == "checkbox" and "checked" not in values
            self.forms[-1].fields.append((values["name"], None if is_cleared else values["value"]))
            if values["type"] != "hidden":
                self.forms[-1].ids.append(values["id"])

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, tag

    def handle_data(self, data):
        if self.open and self.open[-1] == "style":
            self.style += data
        else:
            self.words += data

    def form(self, **wanted):
        """The form with these fields."""
        found = [form for form in self.forms
                 if all(form.of(name) == [value] for name, value in wanted.items())]
        assert len(found) == 1, "%d forms with %s" % (len(found), wanted)
        return found[0]

    def refresh(self):
        return [values["content"] for tag, values in self.tags
                if tag == "meta" and values.get("http-equiv") == "refresh"]


def page(server, query, path="/jkstatus"):
    answer = request(server.port, "GET", "%s?%s" % (path, query), BROWSER)
    assert answer.status == 200
    return Page(answer.text)


def post(server, form, **values):
    """Sends a form as a browser does."""
    assert (form.method, form.action) == ("post", "?")
    headers = BROWSER + [("Content-Type", "application/x-www-form-urlencoded"),
                         ("Origin", "http://localhost:%d" % server.port),
                         ("Sec-Fetch-Site", "same-origin")]
    return request(server.port, "POST", "/jkstatus?", headers, form.fill(**values))


def settings(server, name, member=None):
    """The attributes of a balancer or a member."""
    root = xml(server, "cmd=show&w=" + name)
    return root.find(NS + "balancer").attrib if member is None else next(
        m.attrib for m in root.iter(NS + "member") if m.get("name") == member)


QUERIES = ["", "cmd=list", "cmd=show&w=lb", "cmd=show&w=lb&sw=node3", "cmd=show&w=single",
           "cmd=version", "cmd=dump", "cmd=edit&w=lb", "cmd=edit&w=lb&sw=node1",
           "cmd=edit&w=single", "cmd=edit&w=lb&att=vwa", "cmd=edit&w=lb&att=vwf", "cmd=foo",
           "cmd=show&w=nope", "opt=511", "re=10"]


@pytest.mark.parametrize("query", QUERIES)
def test_every_page_is_whole_and_strict(server, query):
    answer = request(server.port, "GET", "/jkstatus?" + query, BROWSER)
    found = Page(answer.text)
    assert answer.text.startswith("<!DOCTYPE html>\n<html lang=\"en\">") and "<h1>" in answer.text
    assert [tag for tag, _ in found.tags].count("title") == 1
    # Nothing inline but the one style that the policy names.
    policy = answer.header("Content-Security-Policy")
    digest = base64.b64encode(hashlib.sha256(found.style.encode()).digest()).decode()
    assert "style-src 'self' 'sha256-%s'" % digest in policy, digest
    assert "unsafe" not in policy and "default-src 'none'" in policy
    assert "form-action 'self'" in policy and "frame-ancestors 'none'" in policy
    assert "style" not in found.attributes
    assert not [name for name in found.attributes if name.startswith("on")]
    scripts = [values for tag, values in found.tags if tag == "script"]
    is_bare = "cmd" not in query
    assert [s.get("src") for s in scripts] == ["./jkstatus/assets/page.js"] * is_bare
    # No link changes anything, and every input has a label of its own.
    assert not [x for x in found.links if re.search("cmd=(update|reset|recover)", x)]
    for form in found.forms:
        assert set(form.ids) <= found.labels
        assert (form.method == "post") == (form.of("token") != [])
    ids = [values["id"] for _, values in found.tags if "id" in values]
    assert len(ids) == len(set(ids))


def test_links_lead_on(server):
    found = page(server, "cmd=list&opt=4&re=10")
    for link in ("?cmd=list&mime=xml&opt=4", "?cmd=show&w=lb&opt=4&re=10", "?cmd=dump",
                 "?cmd=list&opt=4", "?cmd=list&opt=36&re=10", "?cmd=list&opt=6&re=10",
                 "?cmd=edit&w=lb&sw=node1&opt=4&re=10", "?cmd=version"):
        assert link in found.links, link
    for link in set(found.links):
        assert get(server.port, "/jkstatus" + link).status == 200


def test_stylesheet_of_the_property(server):
    answer = get(server.port, "/jkstyled?cmd=list")
    assert 'href="https://style.example.com/jk.css?a=1&amp;b=2"' in answer.text
    assert " https://style.example.com;" in answer.header("Content-Security-Policy")
    assert '<footer class="footer">' in answer.text


def test_read_only_has_no_form(server):
    for query, path in (("cmd=list", "/jkro"), ("cmd=list&opt=32", "/jkstatus")):
        found = page(server, query, path)
        assert "(read only)" in found.words and not found.forms
        assert not [x for x in found.links if "cmd=edit" in x]
    assert "?cmd=list" in page(server, "cmd=list&opt=32").links  # changes are allowed again
    assert not [x for x in page(server, "cmd=list", "/jkro").links if "opt=32" in x]


def test_form_of_a_balancer(changed):
    form = page(changed, "cmd=edit&w=lb").form(cmd="update")
    answer = post(changed, form, vlr="5", vlm="Busyness", vls=None)
    found = Page(answer.text)
    assert answer.status == 200 and "Done" in found.words
    assert found.refresh() == ["3;url=?cmd=list"] and "?cmd=list" in found.links
    after = settings(changed, "lb")
    assert (after["retries"], after["method"]) == ("5", "Busyness")
    assert after["sticky_session"] == "False"  # a box that is cleared counts
    again = page(changed, "cmd=edit&w=lb").form(cmd="update")
    assert again.of("vls") == [None] and again.of("vlr") == ["5"]


def test_form_of_a_member(changed):
    found = page(changed, "cmd=edit&w=lb&sw=node1&from=show&psw=node1&opt=4")
    answer = post(changed, found.form(cmd="update"), vwa="disabled", vwn="n\"1<", vact="77")
    assert Page(answer.text).refresh() == ["3;url=?cmd=show&w=lb&sw=node1&opt=4"]
    after = settings(changed, "lb", "node1")
    assert (after["activation"], after["route"]) == ("DIS", 'n"1<')
    assert after["connect_timeout"] == "77"
    again = page(changed, "cmd=edit&w=lb&sw=node1").form(cmd="update")
    assert again.of("vwa") == ["disabled"] and again.of("vwn") == ['n"1<']


def test_form_of_a_worker(changed):
    form = page(changed, "cmd=edit&w=single").form(cmd="update")
    assert post(changed, form, vart="1234").status == 200
    assert xml(changed, "cmd=show&w=single").find(NS + "ajp").get("reply_timeout") == "1234"


def test_form_of_one_setting(changed):
    choice = page(changed, "cmd=list").form(cmd="edit", w="lb")
    assert choice.method == "get"
    form = page(changed, "cmd=edit&w=lb&att=vwf").form(cmd="update")
    assert post(changed, form, val0="5", val1="7", val2="11").status == 200
    assert [settings(changed, "lb", "node%d" % n)["lbfactor"] for n in (1, 2, 3)] == [
        "5", "7", "11"]
    form = page(changed, "cmd=edit&w=lb&att=vwa").form(cmd="update")
    assert post(changed, form, val1="stopped").status == 200
    assert settings(changed, "lb", "node2")["activation"] == "STP"


def test_a_form_does_not_stop_a_member_for_good(make):
    """One without an address is stopped until it has one; its form says what it was set to."""
    server = make.httpd("""
        JkWorkerProperty worker.list=lb,st
        JkWorkerProperty worker.lb.type=lb
        JkWorkerProperty worker.lb.balance_workers=node1,node2
        JkWorkerProperty worker.node1.port=%d
        JkWorkerProperty worker.node2.host=no.such.host.invalid
        JkWorkerProperty worker.node2.port=%d
        JkWorkerProperty worker.st.type=status
        JkMount /jkstatus st
        """ % (make.peer().port, make.peer().port))
    assert settings(server, "lb", "node2")["activation"] == "STP"
    form = page(server, "cmd=edit&w=lb&att=vwa").form(cmd="update")
    assert form.of("val1") == ["active"]
    form = page(server, "cmd=edit&w=lb&sw=node2").form(cmd="update")
    assert form.of("vwa") == ["active"]
    assert "Done" in post(server, form, vahst="127.0.0.1").text
    assert settings(server, "lb", "node2")["activation"] == "ACT"
    log = server.jk_log()
    assert "host of worker node2 changed" in log and "activation of member" not in log


@pytest.mark.parametrize("query", ["w=lb", "w=lb&sw=node2", "w=single", "w=lb&att=vact"])
def test_a_form_as_it_is_changes_nothing(changed, query):
    before = ask(changed, "mime=xml&cmd=dump").text, [
        settings(changed, "lb"), settings(changed, "lb", "node2")]
    lines = len(changed.jk_log().splitlines())
    assert "Done" in post(changed, page(changed, "cmd=edit&" + query).form(cmd="update")).text
    after = [settings(changed, "lb"), settings(changed, "lb", "node2")]
    for old, new in zip(before[1], after):
        assert {n: v for n, v in old.items() if "_ago" not in n and "time_to" not in n} == \
            {n: v for n, v in new.items() if "_ago" not in n and "time_to" not in n}
    new = changed.jk_log().splitlines()[lines:]
    assert not [line for line in new if " -> " in line or "'" in line and "instead" in line]


def test_buttons(changed):
    form = page(changed, "cmd=show&w=lb").form(cmd="recover", sw="node3")
    answer = post(changed, form)
    assert Page(answer.text).refresh() == ["3;url=?cmd=show&w=lb"]
    assert settings(changed, "lb", "node3")["state"] == "ERR/REC"
    assert int(settings(changed, "lb", "node1")["elected"]) > 0
    assert post(changed, page(changed, "cmd=list").form(cmd="reset", sw="node1")).status == 200
    assert settings(changed, "lb", "node1")["elected"] == "0"


def test_a_refused_change_says_why(changed):
    form = page(changed, "cmd=edit&w=lb").form(cmd="update")
    found = Page(post(changed, form, vlr="0").text)
    assert "ERROR" in found.words and not found.refresh()
    form.fields = [(n, "stale" if n == "token" else v) for n, v in form.fields]
    answer = post(changed, form, vlr="4")
    assert answer.status == 403 and not Page(answer.text).refresh()
    assert settings(changed, "lb")["retries"] != "4"
