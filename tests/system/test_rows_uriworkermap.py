"""The rows U1 to U42 of uriworkermap.md 7, each through a real httpd; tests/rows.txt lists them.

The rules of all rows stand in one mount file where they do not disturb each other.  A peer answers
with its name; a number stands for a status of httpd's own, and then nothing was forwarded.
"""

import os
import re
import time

import pytest

import ajp_peer
import httpd as httpd_module
from support import get, request, wait_for

CONFIG = """
JkWorkersFile @DIR@/workers.properties
JkMountFile @DIR@/rules.properties
JkMount /over w1
JkMount /jkm/* w1
JkUnMount /lb2/*.gif lb
JkMount /lb2/* lb
JkMount /s w1
JkMount /s w2
<VirtualHost 127.0.0.1:@PORT2@>
  JkMountFile @DIR@/any.properties
</VirtualHost>
"""
WORKERS = """
worker.list=w1,w2,lb
worker.w1.port=%d
worker.w1.retries=1
worker.w2.port=%d
worker.lb.type=lb
worker.lb.balance_workers=a,b
worker.a.port=%d
worker.b.port=%d
"""
NONE = 404  # from httpd, whose document root is empty
ROWS = [  # row, its rules, and who answers which path
    ("U1", "/dbl|/*=w2", {"/dbl": "w2", "/dbl/": "w2", "/dbl/y": "w2", "/dblx": NONE}),
    ("U2", "/tri|/a|/b=w1", {"/tri": "w1", "/tri/a": NONE, "/tri/a%7C/b": "w1"}),
    ("U3", "*.jsp=w1\n/y=w1", {"/x.jsp": NONE, "/y": "w1", "/y/": NONE}),
    ("U4", "/q?z=w1", {"/qaz": "w1", "/q/z": "w1", "/qz": NONE}),
    ("U5", "/a/*/c=w2", {"/a/x/y/c": "w2", "/a/x/c": "w2", "/a/c": NONE}),
    ("U6", "/star*=w1", {"/star": "w1", "/starfoo": "w1", "/star/a/b": "w1"}),
    ("U7", "/lit%20x=w1", {"/lit%20x": NONE, "/lit%2520x": "w1"}),
    ("U8", "/sp ace=w1", {"/sp%20ace": "w1"}),
    ("U9", "/case/*=w1", {"/CASE/a": NONE, "/case/a": "w1"}),
    ("U10", "  /ws1 = w1   # c", {"/ws1": "w1"}),
    ("U12", "/eq=w1=foo", {"/eq": 500}),
    ("U13", "/empty=\nnovalue\n=w1", {"/empty": NONE, "/novalue": NONE}),
    ("U14", "/dup=w1\n/dup=w2", {"/dup": "w2"}),
    ("U15", "/sub/*.do=w2\n!/sub/no.do=w1\n!/sub/no2.do=w2\n!/sub/x/*=*",
     {"/sub/no.do": "w2", "/sub/no2.do": NONE, "/sub/x/y.do": NONE}),
    ("U16", "/fall/*=w1\n/fall/sub/*=w2\n!/fall/sub/*.gif=w2",
     {"/fall/sub/a.gif": NONE, "/fall/a.gif": "w1", "/fall/sub/a": "w2"}),
    ("U17", "-/ws2b=w1\n-!/sub/no3.do=w2", {"/ws2b": NONE, "/sub/no3.do": "w2"}),
    ("U18", "!-/foo=w1", {"/foo": NONE}),
    ("U19", "/over=w2", {"/over": "w2"}),
    ("U20", "-/jkm/*=w1", {"/jkm/x": "w1"}),
    ("U21", "/pri/x=w1\n/pri/*x**=w2", {"/pri/x": "w2"}),
    ("U22", "/ss/**/x=w2", {"/ss/a/b/x": "w2", "/ss/x": NONE}),
    ("U23", "/app/*=w1", {"/app;v=1/x": "w1", "/app/a//b": "w1", "/x/../app/b": "w1"}),
    ("U24", "/app=w1", {"/app;jsessionid=1": "w1"}),
    ("U25", "", {"/foo/..;x/app/y": "w1"}),  # the rule of U23
    ("U27", "/v/*=$(WORKERVAR)", {"/v/x": "w2"}),
    ("U28", "/any/*=*", {"/any/x": 500}),
    ("U29", "/e29=lb;stopped=a,b", {"/e29": 503}),
    ("U30", "/e30=w1;stopped=x", {"/e30": "w1"}),
    ("U32", "/e32=w1;REPLY_TIMEOUT=5", {"/e32": "w1"}),  # answered after 100 ms
    ("U41", "", {"/lb2/x.gif": NONE, "/lb2/x": ("a", "b")}),
    ("U42", "", {"/s": "w2"}),
]
LEVEL = {"error": r"\[error\]", "warning": r"\[warn\]", "either": r"\[(error|warn)\]"}
LOGGED = {  # what the log says about the rules of a row
    "U3": ("error", r"\*\.jsp"), "U12": ("either", "w1=foo"), "U14": ("warning", "/dup"),
    "U18": ("error", "!-/foo"), "U28": ("either", r"/any/\*"), "U30": ("warning", "stopped"),
    "U31": ("warning", '"unknown"'), "U32": ("warning", "REPLY_TIMEOUT"),
}
OTHERS = """
/ext=w1 ;reply_timeout=100
/e31=w1;unknown=1;reply_timeout=100
/e33/*=lb;session_path=;sid
/e33b/*=lb;session_path=sid
/e34=w1;fail_on_status=404 500
/e35=lb;set_session_cookie=1;session_cookie=EXT;session_cookie_path=/e
"""


class Site:
    """Two workers and a balancer over two others, behind the rules of all rows."""

    def __init__(self, make):
        self.peers = {name: make.peer(name=name) for name in ("w1", "w2", "a", "b")}
        self.peers["w1"].behaviour = ajp_peer.by_path({
            "/ext": ajp_peer.silence, "/e31": ajp_peer.silence,
            "/e32": ajp_peer.delay(0.1, ajp_peer.respond(body=b"w1")),
            "/e34": ajp_peer.respond(404, body=b"no")}, ajp_peer.respond(body=b"w1"))
        self.server = make.keep(httpd_module.Httpd(CONFIG, ports=2, env={"WORKERVAR": "w2"}))
        self.server.file("workers.properties", WORKERS % tuple(
            peer.port for peer in self.peers.values()))
        self.server.file("rules.properties", "\n".join(r for _, r, _ in ROWS) + OTHERS)
        self.server.file("any.properties", "/*=w1\n")
        self.server.start()
        self.port = self.server.port

    def forwarded(self):
        return sum(len(peer.requests) for peer in self.peers.values())


@pytest.fixture(scope="module")
def site(make_for_module):
    return Site(make_for_module)


@pytest.fixture(autouse=True)
def forget(request):  # pylint: disable=redefined-outer-name
    if "site" in request.fixturenames:
        for peer in request.getfixturevalue("site").peers.values():
            peer.forget()


def check(site, path, expected):
    before = site.forwarded()
    answer = get(site.port, path)
    if isinstance(expected, int):
        assert (path, answer.status) == (path, expected) and site.forwarded() == before
    else:
        assert (path, answer.status) == (path, 200)
        assert answer.text in ([expected] if isinstance(expected, str) else expected), path


def check_log(site, row):
    level, pattern = LOGGED[row]
    assert re.search(".*%s.*%s" % (LEVEL[level], pattern), site.server.jk_log()), row


@pytest.mark.parametrize("row,_rules,answers", ROWS, ids=[row for row, _, _ in ROWS])
def test_rule(site, row, _rules, answers):
    for path, expected in answers.items():
        check(site, path, expected)
    if row in LOGGED:
        check_log(site, row)
    if row == "U13":
        assert not re.search(r"\[error\].*(/empty|novalue|\"=w1)", site.server.jk_log())


def timed(site, path):
    begun = time.monotonic()
    answer = get(site.port, path)
    return answer.status, time.monotonic() - begun


def test_u11_blank_before_an_extension(site):
    status, seconds = timed(site, "/ext")
    assert status == 504 and 0.1 <= seconds < 2 and site.peers["w1"].requests[0].uri == "/ext"


@pytest.mark.parametrize("length", [4095, 4096, 4097, 8000])
def test_u26_any_length(site, length):
    port = site.server.ports[1]
    path = "/" + "x" * (length - 1)
    assert get(port, path).text == "w1"
    assert site.peers["w1"].requests[-1].uri == path


def test_u26_options_star(site):
    assert request(site.server.ports[1], "OPTIONS", "*").status == 200
    assert site.forwarded() == 0


def test_u31_unknown_extension_beside_a_known_one(site):
    status, seconds = timed(site, "/e31")
    assert status == 504 and 0.1 <= seconds < 2
    check_log(site, "U31")


@pytest.mark.parametrize("rule", ["/e33/", "/e33b/"])
def test_u33_session_path(site, rule):
    """With and without its semicolon, the same: a parameter `sid`, not any text that ends so."""
    assert [get(site.port, rule + "x;sid=q.b").text for _ in range(4)] == ["b"] * 4
    assert {get(site.port, rule + "xsid=q.b").text for _ in range(4)} != {"b"}


def test_u34_fail_on_status(site):
    assert get(site.port, "/e34").status == 503
    assert site.peers["w1"].uris() == ["/e34"]


def test_u35_session_cookie(site):
    answer = get(site.port, "/e35")
    assert answer.values("Set-Cookie") == ["EXT=.%s;PATH=/e;HttpOnly" % answer.text]


# The file changes ----------------------------------------------------------------------------


class Reloaded:
    """A server whose mount file is looked at again after a second."""

    def __init__(self, make, rules):
        self.peer = make.peer(name="w1")
        self.server = make.keep(httpd_module.Httpd("""
JkWorkerProperty worker.list=w1
JkWorkerProperty worker.w1.port=%d
JkMount /j/* w1
JkMountFile @DIR@/rules.properties
JkMountFileReload 1
""" % self.peer.port))
        self.write(rules)
        self.server.start()

    @property
    def path(self):
        return self.server.dir + "/rules.properties"

    def write(self, rules):
        return self.server.file("rules.properties", rules)

    def is_mapped(self, path):
        return get(self.server.port, path).status == 200

    def wait_log(self, pattern):
        """Ask until the log has a new line like that; the check is made by a request."""
        before = len(self.server.jk_log())
        return wait_for(lambda: self.is_mapped("/j/x") and re.search(
            ".*%s.*" % pattern, self.server.jk_log()[before:]), timeout=5, pause=0.1)


@pytest.fixture(scope="module")
def reloaded(make_for_module):
    """In the order of the rows: each one goes on from where the last one ended."""
    return Reloaded(make_for_module, "/a/*=w1\n")


def test_u36_changed_file(reloaded):
    assert reloaded.is_mapped("/a/x") and not reloaded.is_mapped("/b/x")
    reloaded.write("/b/*=w1\n")
    assert wait_for(lambda: reloaded.is_mapped("/b/x"), timeout=5, pause=0.1)
    assert not reloaded.is_mapped("/a/x")


def test_u37_refused_line_at_a_reload(reloaded):
    reloaded.write("/b/*=w1\nworker.foo=1\n")
    assert reloaded.wait_log(r"\[error\].*worker\.foo"), reloaded.server.jk_log()
    assert reloaded.is_mapped("/b/x") and reloaded.is_mapped("/j/x")
    assert not reloaded.is_mapped("/a/x")


def test_u38_deleted_file(reloaded):
    os.unlink(reloaded.path)
    assert reloaded.wait_log(r"\[error\].*rules\.properties"), reloaded.server.jk_log()
    assert reloaded.is_mapped("/b/x") and reloaded.is_mapped("/j/x")


def test_u39_recreated_without_rules(reloaded):
    reloaded.write("# nothing any more\n")
    assert wait_for(lambda: not reloaded.is_mapped("/b/x"), timeout=5, pause=0.1)
    assert reloaded.is_mapped("/j/x")


def test_u40_refused_line_at_the_start(make):
    site = Reloaded(make, "# one line, then another\nworker.foo=1\n/y=w1\n")
    assert site.is_mapped("/j/x") and site.is_mapped("/y")
    lines = [x for x in site.server.jk_log().splitlines() if "worker.foo" in x]
    assert lines and all("[error]" in x and "rules.properties:2" in x for x in lines), lines
