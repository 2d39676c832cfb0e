"""The status worker: list and show in XML, text and HTML, as the known clients read them.

Attribute names and their order are a contract; they stand below as data, and new ones may only
follow behind.
"""

import re
import shlex
import xml.etree.ElementTree as ElementTree
from html.parser import HTMLParser

import pytest

from support import Client, get

CONFIG = """
JkWorkerProperty worker.list=lb,single,dead,jkstatus,jkro
JkWorkerProperty worker.lb.type=lb
JkWorkerProperty worker.lb.balance_workers=node1,node2,node3
JkWorkerProperty worker.node1.port=%(up)d
JkWorkerProperty worker.node1.redirect=node2
JkWorkerProperty worker.node2.port=%(up)d
JkWorkerProperty worker.node2.lbfactor=2
JkWorkerProperty worker.node3.port=%(down)d
JkWorkerProperty worker.node3.domain=east
JkWorkerProperty worker.node3.reply_timeout=30000
JkWorkerProperty worker.single.port=%(up)d
JkWorkerProperty worker.single.secret=topsecret
JkWorkerProperty worker.dead.port=%(down)d
JkWorkerProperty worker.jkstatus.type=status
JkWorkerProperty worker.jkro.type=status
JkWorkerProperty worker.jkro.read_only=true
JkMount /app/* lb
JkMount /one/* single
JkMount /dead/* dead
JkUnMount /app/static/* lb
JkMount /jkstatus jkstatus
JkMount /jkro jkro
<VirtualHost 127.0.0.1:@PORT2@>
  ServerName two.example.com
  JkMount /only2/* lb
</VirtualHost>
"""
NS = "{http://tomcat.apache.org}"
ERROR_FIELDS = ["error_time_datetime", "error_time_tz", "error_time_unix_seconds",
                "error_time_ago"]
AJP_FIELDS = """name type host port address source connection_pool_timeout ping_timeout
 connect_timeout prepost_timeout reply_timeout connection_ping_interval retries recovery_options
 busy_limit max_packet_size""".split()
MEMBER_FIELDS = AJP_FIELDS + """activation lbfactor route redirect domain distance state lbmult
 lbvalue elected sessions errors client_errors reply_timeouts transferred read busy max_busy
 connected max_connected time_to_recover_min time_to_recover_max last_reset_at
 last_reset_ago""".split()
WORKER_FIELDS = AJP_FIELDS + """used errors client_errors reply_timeouts transferred read busy
 max_busy connected max_connected map_count last_reset_at last_reset_ago""".split()
LB_FIELDS = """name type sticky_session sticky_session_force retries recover_time
 error_escalation_time max_reply_timeouts method lock member_count good degraded bad busy max_busy
 map_count time_to_maintenance_min time_to_maintenance_max last_reset_at last_reset_ago""".split()
MAP_FIELDS = """id server uri type source reply_timeout sticky_ignore stateless fail_on_status
 active disabled stopped use_server_errors""".split()


@pytest.fixture(scope="module")
def server(make_for_module):
    """Eight requests to the balancer, one to each worker, as in the captured samples."""
    peer = make_for_module.peer()
    down = make_for_module.peer()
    down.refuse()
    server = make_for_module.httpd(CONFIG % {"up": peer.port, "down": down.port}, ports=2)
    for path in ["/app/x"] * 8 + ["/dead/x", "/one/x"]:
        get(server.port, path)
    return server


def xml(server, query="", path="/jkstatus"):
    answer = get(server.port, "%s?mime=xml%s" % (path, query))
    assert answer.status == 200 and answer.header("Content-Type") == "text/xml"
    assert answer.text.startswith('<?xml version="1.0" encoding="UTF-8" ?>\n<jk:status')
    return ElementTree.fromstring(answer.body)


def text(server, query="", path="/jkstatus"):
    answer = get(server.port, "%s?mime=txt%s" % (path, query))
    assert answer.header("Content-Type") == "text/plain"
    return answer.text.splitlines()


def names(element):
    """Attribute names without those that only come with an error."""
    return [n for n in element.attrib if n not in ERROR_FIELDS]


def starts_with(found, expected):
    assert found[:len(expected)] == expected


def tags(element):
    return [child.tag.replace(NS, "") for child in element]


# XML -----------------------------------------------------------------------------------------


def test_xml_structure_of_the_list(server):
    root = xml(server)
    assert root.tag == NS + "status"
    assert tags(root) == ["server", "time", "software", "balancers", "ajp_workers", "result"]
    balancers, ajp = root.find(NS + "balancers"), root.find(NS + "ajp_workers")
    assert balancers.attrib == {"count": "1"} and ajp.attrib == {"count": "2"}
    assert tags(balancers) == ["balancer"]
    assert tags(balancers[0])[:3] == ["member"] * 3
    assert set(tags(balancers[0])[3:]) == {"map"}
    # The rules of a direct worker are its siblings.
    assert tags(ajp) == ["ajp", "map", "ajp", "map"]
    assert root.find(NS + "result").attrib == {"type": "OK", "message": "Action finished"}


def test_xml_header(server):
    root = xml(server)
    assert list(root.find(NS + "server").attrib) == ["name", "port"]
    assert root.find(NS + "server").get("port") == str(server.port)
    time = root.find(NS + "time").attrib
    assert list(time) == ["datetime", "tz", "unix"]
    assert re.fullmatch(r"\d{14}", time["datetime"]) and re.fullmatch(r"[+-]\d{4}", time["tz"])
    software = root.find(NS + "software").attrib
    assert list(software) == ["web_server", "jk_version"]
    assert re.fullmatch(r"mod_jk/\d+\.\d+\.\d+.*", software["jk_version"])
    assert software["web_server"].startswith("Apache")


def test_xml_attributes_and_their_order(server):
    root = xml(server)
    balancer = root.find(NS + "balancers")[0]
    starts_with(names(balancer), LB_FIELDS)
    for member in balancer.findall(NS + "member"):
        starts_with(names(member), MEMBER_FIELDS)
    for worker in root.find(NS + "ajp_workers").findall(NS + "ajp"):
        starts_with(names(worker), WORKER_FIELDS)
    for rule in root.iter(NS + "map"):
        starts_with(names(rule), MAP_FIELDS)
    failed = balancer.findall(NS + "member")[2]
    assert [n for n in failed.attrib if n in ERROR_FIELDS] == ERROR_FIELDS
    assert list(failed.attrib).index(ERROR_FIELDS[0]) == len(MEMBER_FIELDS)


def test_xml_values(server):
    balancer = xml(server).find(NS + "balancers")[0]
    expected = {
        "name": "lb", "type": "lb", "sticky_session": "True", "sticky_session_force": "False",
        "retries": "2", "recover_time": "60", "error_escalation_time": "30",
        "max_reply_timeouts": "0", "method": "Request", "lock": "Optimistic",
        "member_count": "3", "good": "2", "degraded": "0", "bad": "1", "busy": "0",
        "map_count": "3"}
    assert {n: balancer.get(n) for n in expected} == expected
    node1, node2, node3 = balancer.findall(NS + "member")
    assert (node1.get("state"), node2.get("state"), node3.get("state")) == ("OK", "OK", "ERR")
    assert (node1.get("lbmult"), node2.get("lbmult"), node3.get("lbmult")) == ("2", "1", "2")
    assert (node1.get("redirect"), node3.get("domain")) == ("node2", "east")
    assert node1.get("address") == "127.0.0.1:" + node1.get("port")
    assert (node1.get("host"), node1.get("source")) == ("localhost", "undefined")
    assert node3.get("reply_timeout") == "30000" and node3.get("errors") == "1"
    assert sum(int(m.get("elected")) for m in (node1, node2, node3)) == 9
    assert int(node1.get("read")) > 0 and int(node1.get("transferred")) > 0
    assert node1.get("connected") == "1" and node3.get("connected") == "0"
    assert 0 < int(node3.get("time_to_recover_min")) <= 60


def test_xml_of_the_rules(server):
    rules = [m.attrib for m in xml(server).find(NS + "balancers")[0].findall(NS + "map")]
    assert [r["id"] for r in rules] == ["1", "2", "3"]
    found = {(r["uri"], r["type"]) for r in rules}
    assert found == {("/app/static/*", "Unmount Wildchar"), ("/app/*", "Wildchar"),
                     ("/only2/*", "Wildchar")}
    assert {r["source"] for r in rules} == {"JkMount"}
    servers = {r["uri"]: r["server"] for r in rules}
    assert servers["/app/*"].endswith(":%d" % server.port)
    assert servers["/only2/*"] == "two.example.com [127.0.0.1:%d]" % server.ports[1]


def test_xml_of_show(server):
    root = xml(server, "&cmd=show&w=lb")
    assert tags(root) == ["server", "time", "software", "balancer", "result"]
    root = xml(server, "&cmd=show&w=lb&sw=node3")
    assert [m.get("name") for m in root.iter(NS + "member")] == ["node3"]
    root = xml(server, "&cmd=show&w=dead")
    assert tags(root) == ["server", "time", "software", "ajp", "map", "result"]


def test_one_attribute_per_line(server):
    lines = get(server.port, "/jkstatus?mime=xml").text.splitlines()
    assert '    name="lb"' in lines and '  xmlns:jk="http://tomcat.apache.org">' in lines


# Text ----------------------------------------------------------------------------------------

TEXT_STARTS = ["Server: name=", "Time: datetime=", 'Software: web_server="',
               "Balancer Workers: count=1", "Balancer Worker: name=lb type=lb ",
               "Member: name=node1 type=ajp13 host=", "Member: name=node2 type=ajp13 host=",
               "Member: name=node3 type=ajp13 host="]


def test_text_of_the_list(server):
    lines = text(server)
    for line, start in zip(lines, TEXT_STARTS):
        assert line.startswith(start), line
    assert [line.split(":")[0] for line in lines[8:]] == (
        ["Map"] * 3 + ["AJP Workers", "AJP Worker", "Map", "AJP Worker", "Map", "Result"])
    assert lines[-1] == 'Result: type=OK message="Action finished"'


def test_text_fields(server):
    """In text, connection_ping_interval comes after retries; some values are quoted."""
    line = next(x for x in text(server) if x.startswith("Member: name=node1"))
    found = [part.split("=")[0] for part in shlex.split(line)[1:]]
    order = list(MEMBER_FIELDS)
    at = order.index("connection_ping_interval")
    order[at], order[at + 1] = order[at + 1], order[at]
    starts_with(found, order)
    assert ' route="node1" redirect="node2" domain="" ' in line
    assert " activation=ACT " in line and " state=OK " in line


def test_text_of_show(server):
    lines = text(server, "&cmd=show&w=lb&sw=node2")
    assert [line.split(":")[0] for line in lines] == [
        "Server", "Time", "Software", "Balancer Worker", "Member"] + (
        ["Map"] * (len(lines) - 6)) + ["Result"]


MESSAGES = {
    "&cmd=foo": "Invalid command.", "&cmd=LIST": "Invalid command.",
    "&cmd=show": "NULL or EMPTY worker param", "&cmd=show&w=": "NULL or EMPTY worker param",
    "&cmd=show&w=nope": "Could not find given worker",
    "&cmd=show&w=node1": "Could not find given worker",
    "&cmd=show&w=lb&sw=": "EMPTY sub worker param",
    "&cmd=show&w=lb&sw=nope": "could not find sub worker",
    "&cmd=show&w=single&sw=x": "worker type has no sub workers",
    "&cmd=show&w=lb&sw=node*": "wildcard not allowed in sub worker for this command",
}


@pytest.mark.parametrize("query", sorted(MESSAGES))
def test_messages(server, query):
    assert text(server, query)[-1] == 'Result: type=ERROR message="%s"' % MESSAGES[query]
    root = xml(server, query)
    assert tags(root) == ["result"]
    assert root[0].attrib == {"type": "ERROR", "message": MESSAGES[query]}


@pytest.mark.parametrize("option,missing", [(1, "member"), (2, "map"), (8, "balancers"),
                                            (16, "ajp_workers")])
def test_option_bits(server, option, missing):
    whole, root = xml(server), xml(server, "&opt=%d" % option)
    assert list(whole.iter(NS + missing)) and not list(root.iter(NS + missing))
    if option < 8:
        assert root.find(NS + "balancers")[0].get("map_count") == "3"


def test_pattern_that_needs_escaping(make):
    server = make.httpd("""
JkWorkerProperty worker.list=w,jkstatus
JkWorkerProperty worker.jkstatus.type=status
JkMount "/a&b<'c/*" w
JkMount /jkstatus jkstatus
""")
    assert [m.get("uri") for m in xml(server).iter(NS + "map")] == ["/a&b<'c/*"]
    page = Page(get(server.port, "/jkstatus").body.decode())
    assert "/a&b<'c/*" in " ".join(page.texts)


# HTML and the rest ---------------------------------------------------------------------------


class Page(HTMLParser):
    """Collects the text and the links of a page, and checks that tags are closed."""

    VOID = {"br", "hr", "img", "input", "link", "meta", "option"}

    def __init__(self, source):
        super().__init__()
        self.open, self.texts, self.links, self.forms = [], [], [], 0
        self.feed(source)

    def handle_starttag(self, tag, attrs):
        if tag not in self.VOID:
            self.open.append(tag)
        self.links += [v for n, v in attrs if tag == "a" and n == "href"]
        self.forms += tag == "form"

    def handle_endtag(self, tag):
        if tag not in self.VOID:
            assert self.open and self.open.pop() == tag, "</%s> does not fit" % tag

    def handle_data(self, data):
        self.texts.append(data)


def test_html_of_the_list(server):
    answer = get(server.port, "/jkstatus")
    assert answer.status == 200 and answer.header("Content-Type").startswith("text/html")
    assert "charset" in answer.header("Content-Type")
    page = Page(answer.body.decode())
    words = " ".join(page.texts)
    assert page.open == []
    for word in ("lb", "node1", "node2", "node3", "single", "dead", "ERR", "/app/*"):
        assert word in words, word
    assert any("cmd=show" in link and "w=lb" in link for link in page.links)


def test_html_of_show(server):
    page = Page(get(server.port, "/jkstatus?cmd=show&w=lb").body.decode())
    words = " ".join(page.texts)
    assert page.open == [] and "node3" in words and "single" not in words


@pytest.mark.parametrize("query", ["mime=html&w=%3Cscript%3Ealert(1)%3C/script%3E&cmd=show",
                                   "%22%3E%3Cscript%3E=1", "foo=%3Cscript%3E",
                                   "zz=1%26cmd%3Dreset%26w%3Dlb"])
def test_html_does_not_echo(server, query):
    answer = get(server.port, "/jkstatus?" + query)
    assert b"<script>alert" not in answer.body and b'"><script>' not in answer.body
    page = Page(answer.body.decode())
    assert not any("cmd=reset&w=lb" in link and "zz" in link for link in page.links)


def test_headers_of_every_answer(server):
    for mime in ("html", "xml", "txt"):
        answer = get(server.port, "/jkstatus?mime=" + mime)
        assert answer.header("Cache-Control") == "no-cache, no-store"
        assert answer.header("Pragma") == "no-cache"
        assert answer.header("X-Content-Type-Options") == "nosniff"


def test_secrets_are_never_shown(server):
    for query in ("mime=xml", "mime=txt", "mime=html", "cmd=dump&mime=txt", "cmd=show&w=single"):
        assert b"topsecret" not in get(server.port, "/jkstatus?" + query).body


def test_any_method_and_path(server):
    with Client(server.port) as client:
        assert client.request("HEAD", "/jkstatus?mime=xml").status == 200
        answer = client.request("POST", "/jkstatus?mime=xml", body=b"ignored=1")
        assert answer.status == 200 and b"jk:balancers" in answer.body
        assert client.request(path="/jkstatus?mime=xml").status == 200


def test_read_only_worker_shows(server):
    assert [m.get("name") for m in xml(server, path="/jkro").iter(NS + "member")] == [
        "node1", "node2", "node3"]
