"""Which request goes to which worker: rules, exclusions, virtual hosts, and tricks with paths.

Each peer answers with its name, so the body tells which worker was chosen; 404 comes from httpd,
whose document root is empty.
"""

import os
import tempfile

import pytest

import httpd
from support import Client, get

WORKERS = """
JkWorkerProperty worker.list=w1,w2,jkstatus
JkWorkerProperty worker.w1.port=%d
JkWorkerProperty worker.w2.port=%d
JkWorkerProperty worker.jkstatus.type=status
"""
CONFIG = WORKERS + """
JkMount /m/* w1
AllowEncodedSlashes Off
JkMount /app/* w1
JkUnMount /app/private/* w1
JkUnMount /app/private w1
JkMount /jkstatus jkstatus
<Location /app/locked>
  Require all denied
</Location>
<Location /jkstatus>
  Require all denied
</Location>
JkMount /both/* w1
JkMount /both/* w2
<Location /loc>
  JkMount w1
</Location>

<VirtualHost 127.0.0.1:@PORT2@>
  JkMountFile @DIR@/uriworkermap.properties
  JkMount /over w1
  JkMount /jkm/* w1
</VirtualHost>
<VirtualHost 127.0.0.1:@PORT3@>
</VirtualHost>
<VirtualHost 127.0.0.1:@PORT4@>
  JkMountCopy On
</VirtualHost>
<VirtualHost 127.0.0.1:@PORT5@>
  JkMountCopy On
  JkMount /m/* w2
</VirtualHost>
<VirtualHost 127.0.0.1:@PORT6@>
  JkMount /* w1
  JkUnMount / w1
</VirtualHost>
"""
RULES = """
# rules of the second virtual host
/dbl|/*=w2
/tri|/a|/b=w1
/y=w1
/q?z=w1
/a/*/c=w2
/star*=w1
/lit%20x=w1
/sp ace=w1
/case/*=w1
  /ws1 = w1   # a comment
/ext=w1 ;reply_timeout=5000
/eq=w1=foo
/empty=
novalue
=w1
/dup=w1
/dup=w2
/sub/*.do=w2
!/sub/no.do=w1
!/sub/no2.do=w2
!/sub/x/*=*
-!/sub/no3.do=w2
/fall/*=w1
/fall/sub/*=w2
!/fall/sub/*.gif=w2
-/ws2b=w1
/over=w2
-/jkm/*=w1
/pri/x=w1
/pri/*x**=w2
/ss/**/x=w2
/map/*=w1
/one=w1
/any/*=*
"""
# Path and the worker that answers; a number stands for a status of httpd's own.
FILE_RULES = [
    ("/dbl", "w2"), ("/dbl/", "w2"), ("/dbl/y", "w2"), ("/dblx", 404),
    ("/tri", "w1"), ("/tri/a", 404), ("/tri/a%7C/b", "w1"),
    ("/y", "w1"),
    ("/qaz", "w1"), ("/q/z", "w1"), ("/qz", 404),
    ("/a/x/y/c", "w2"), ("/a/x/c", "w2"), ("/a/c", 404),
    ("/star", "w1"), ("/starfoo", "w1"), ("/star/a/b", "w1"),
    ("/lit%20x", 404), ("/lit%2520x", "w1"), ("/sp%20ace", "w1"),
    ("/case/a", "w1"), ("/CASE/a", 404), ("/ws1", "w1"), ("/ext", "w1"), ("/eq", 500),
    ("/empty", 404), ("/novalue", 404), ("/dup", "w2"),
    ("/sub/no.do", "w2"), ("/sub/no2.do", 404), ("/sub/x/y.do", 404), ("/sub/no3.do", "w2"),
    ("/fall/a", "w1"), ("/fall/sub/a", "w2"), ("/fall/sub/a.gif", 404),
    ("/ws2b", 404), ("/over", "w2"), ("/jkm/x", "w1"),
    ("/pri/x", "w2"), ("/ss/a/b/x", "w2"), ("/ss/x", 404),
    ("/map;v=1/x", "w1"), ("/map/a//b", "w1"), ("/x/../map/b", "w1"), ("/foo/..;x/map/y", "w1"),
    ("/one;jsessionid=1", "w1"), ("/one/", 404), ("/any/x", 500),
]
# Paths that mean /app/private (404, not forwarded) and /app/locked or /jkstatus (403).
PRIVATE = [
    "/app/private/a", "/app/private", "/app//private/a", "//app/private/a",
    "/app/x/..//private/a", "/app/./private/a", "/app/z/../private/a", "/z/../app/private/a",
    "/app/private/../private/a", "/app/private;p=1/a", "/app;x/private/a",
    "/app/;p=1/private/a", "/;/app/private/a", "/app/z/..;/private/a", "/app/%70rivate/a",
    "/app/%2e/private/a", "/app/z/%2e%2e/private/a", "/app/%2fprivate/a", "/app%2fprivate/a",
    "/app/private%2fa", "/app/private%3b/a", "/app/%3bp/private/a", "/app/z/..%3b/private/a",
    "http://a/app/private/a",
]
LOCKED = [
    "/app/locked/a", "/app//locked/a", "/app/z/..;x=y/locked/a", "/foo/..;x/app/locked/z",
    "/app/locked;p=1/a", "/jkstatus", "/jkstatus;", "/jkstatus;a=b", "/;x/jkstatus",
    "/jkstatu%73;", "//jkstatus",
]
REFUSED = [
    "/app%5cprivate/a", "/app/z%5c..%5cprivate/a", "/app\\private/a", "/app/%c0%afprivate/a",
    "/app/%zz", "/../app/private/a", "/%2e%2e/app", "/..;/app/x", "app/private/a", "@host/x",
]
# What is forwarded, and how its path looks to the container.
FORWARDED = [
    ("/app/a%20b", "/app/a%20b"), ("/app/a%3Bb", "/app/a;b"), ("/app/a;b=c/d", "/app/a;b=c/d"),
    ("/app/a%253Bb", "/app/a%253Bb"), ("/app/a%2520b", "/app/a%2520b"),
    ("/app/a%25b", "/app/a%25b"), ("/app/%C3%A9", "/app/%C3%A9"), ("/app/a%3fb", "/app/a%3Fb"),
    ("/app/x/%2e%2e/y", "/app/y"), ("/app/./y", "/app/y"), ("/app//y", "/app/y"),
    ("/app/[x]{y}|^", "/app/%5Bx%5D%7By%7D%7C%5E"), ("/app/%2570rivate/a", "/app/%2570rivate/a"),
    ("/app/%252e%252e/x", "/app/%252e%252e/x"), ("/foo/..;x/app/y", "/foo/..;x/app/y"),
    ("/app/PRIVATE/a", "/app/PRIVATE/a"), ("/app/private./a", "/app/private./a"),
    ("http://other/app/x", "/app/x"), ("/app/", "/app/"), ("/app/" + "x" * 5000, None),
]


class Site:
    """Two peers behind one httpd with all the virtual hosts."""

    def __init__(self, make):
        self.peers = [make.peer(name="w1"), make.peer(name="w2")]
        self.server = make.keep(httpd.Httpd(CONFIG % tuple(p.port for p in self.peers), ports=6))
        self.server.file("uriworkermap.properties", RULES)
        self.server.start()

    def forwarded(self):
        return [x.uri for peer in self.peers for x in peer.requests]

    def ask(self, path, host=1, method="GET"):
        """Ask one virtual host, with the path as it stands."""
        for peer in self.peers:
            peer.forget()
        with Client(self.server.ports[host - 1]) as client:
            return client.request(method, path)


@pytest.fixture(scope="module")
def site(make_for_module):
    return Site(make_for_module)


def check(site, path, expected, host=1):
    answer = site.ask(path, host)
    if isinstance(expected, int):
        assert answer.status == expected and site.forwarded() == []
    else:
        assert (answer.status, answer.text) == (200, expected)


@pytest.mark.parametrize("path,expected", FILE_RULES)
def test_rule_of_the_mount_file(site, path, expected):
    check(site, path, expected, host=2)


def test_bad_rules_are_named_and_left_out(make):
    """A rule that is wrong costs that rule: the others work, and the log names each one."""
    peer = make.peer(name="w1")
    server = make.keep(httpd.Httpd(WORKERS % (peer.port, peer.port) + """
JkMount /j/* w1
JkMountFile @DIR@/bad.properties
"""))
    server.file("bad.properties", "*.jsp=w1\n/y=w1\n!-/foo=w1\n/eq=w1=foo\nworker.foo=1\n")
    server.start()
    assert [get(server.port, path).text for path in ("/y", "/j/x")] == ["w1", "w1"]
    assert [get(server.port, path).status for path in ("/x.jsp", "/foo", "/eq")] == [404, 404, 500]
    lines = [line for line in server.logs().splitlines() if "bad.properties" in line]
    for number, rule in ((1, "*.jsp"), (3, "!-/foo"), (4, "w1=foo"), (5, "worker.foo")):
        assert any(rule in line and str(number) in line for line in lines), (rule, lines)


@pytest.mark.parametrize("path", PRIVATE)
def test_excluded_path_is_not_forwarded(site, path):
    check(site, path, 404)


@pytest.mark.parametrize("path", LOCKED)
def test_access_control_sees_the_path_of_the_container(site, path):
    check(site, path, 403)


@pytest.mark.parametrize("path", REFUSED)
def test_ambiguous_path_is_refused(site, path):
    check(site, path, 400)


@pytest.mark.parametrize("path", ["/app/private%00/a", "/app/%00"])
def test_nul_is_refused(site, path):
    assert site.ask(path).status in (400, 404) and site.forwarded() == []


@pytest.mark.parametrize("path,uri", FORWARDED, ids=[u[:30] for u, _ in FORWARDED])
def test_forwarded_path(site, path, uri):
    assert site.ask(path).status == 200
    assert site.forwarded() == [uri or path]


@pytest.mark.parametrize("path", ["/", "/other/x", "/app", "/apple/x"])
def test_unmapped_path_stays_with_httpd(site, path):
    assert site.ask(path).status in (403, 404) and site.forwarded() == []


@pytest.mark.parametrize("path", ["/", "//", "/;x", "/."])
def test_excluded_root(site, path):
    assert site.ask(path, host=6).text != "w1" and site.forwarded() == []
    check(site, "/x", "w1", host=6)


def test_options_star(site):
    assert site.ask("*", method="OPTIONS").status == 200 and site.forwarded() == []
    assert site.ask("*", host=6, method="OPTIONS").status == 200 and site.forwarded() == []
    assert site.ask("*").status == 400 and site.forwarded() == []


def test_same_path_twice_the_last_one_wins(site):
    check(site, "/both/x", "w2")


def test_mount_inside_a_location(site):
    check(site, "/loc", "w1")
    check(site, "/loc/", 404)


def test_mount_copy(site):
    check(site, "/m/x", "w1")
    check(site, "/m/x", 404, host=3)   # silent: inherits nothing
    check(site, "/m/x", "w1", host=4)  # On
    check(site, "/m/x", "w2", host=5)  # On, and a mount of its own for the same path
    check(site, "/app/x", "w1", host=5)
    check(site, "/app/private/a", 404, host=4)


VHOSTS = """
JkMountCopy %s
JkMount /m/* w1
<VirtualHost 127.0.0.1:@PORT2@>
  ServerAdmin silent@example.com
</VirtualHost>
<VirtualHost 127.0.0.1:@PORT3@>
  JkMountCopy Off
</VirtualHost>
"""


@pytest.mark.parametrize("value,silent", [("All", "w1"), ("On", None), ("Off", None)])
def test_mount_copy_of_the_main_server(make, value, silent):
    peer = make.peer(name="w1")
    server = make.httpd(WORKERS % (peer.port, peer.port) + VHOSTS % value, ports=3)
    answers = [get(port, "/m/x") for port in server.ports]
    assert answers[0].text == "w1"
    assert answers[1].text == "w1" if silent else answers[1].status == 404
    assert answers[2].status == 404


def test_no_jk_in_the_environment(make):
    peer = make.peer(name="w1")
    server = make.httpd(WORKERS % (peer.port, peer.port) + """
JkMount /m/* w1
SetEnvIf X-Local . no-jk
""", modules=["setenvif"])
    assert get(server.port, "/m/x").text == "w1"
    assert get(server.port, "/m/x", [("X-Local", "1")]).status == 404
    assert len(peer.requests) == 1


def test_ipv6_and_unix_socket(make):
    """The addresses a worker can have: ::1, and the path of a Unix socket."""
    six = make.peer(host="::1", name="six")
    with tempfile.TemporaryDirectory(prefix="yoke-socket-") as folder:
        os.chmod(folder, 0o755)  # the children of httpd are another user
        unix = make.peer(path=folder + "/ajp.sock", name="unix")
        server = make.httpd("""
JkWorkerProperty worker.list=six,unix
JkWorkerProperty worker.six.host=::1
JkWorkerProperty worker.six.port=%d
JkWorkerProperty worker.unix.host=unix:%s
JkMount /six/* six
JkMount /unix/* unix
""" % (six.port, unix.path))
        assert get(server.port, "/six/x").text == "six"
        assert get(server.port, "/unix/x").text == "unix"
        server.stop()
        unix.stop()
