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
</VirtualHost>
<VirtualHost 127.0.0.1:@PORT3@>
  JkMountCopy On
</VirtualHost>
<VirtualHost 127.0.0.1:@PORT4@>
  JkMountCopy On
  JkMount /m/* w2
</VirtualHost>
<VirtualHost 127.0.0.1:@PORT5@>
  JkMount /* w1
  JkUnMount / w1
</VirtualHost>
"""
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
# Paths that are rows of directives.md 9.
ROWS = {"/app/a%2520b": "D11", "/app/a%3Bb": "D12", "/foo/..;x/app/y": "D13",
        "/foo/..;x/app/locked/z": "D13", "/..;/app/x": "D14"}
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
        self.server = make.httpd(CONFIG % tuple(p.port for p in self.peers), ports=5)

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


def names(paths):
    """What pytest calls the tests of these paths: by their row, where they have one."""
    return [ROWS.get(path, path[:30]) for path in paths]


@pytest.mark.parametrize("path", LOCKED, ids=names(LOCKED))
def test_access_control_sees_the_path_of_the_container(site, path):
    check(site, path, 403)


@pytest.mark.parametrize("path", REFUSED, ids=names(REFUSED))
def test_ambiguous_path_is_refused(site, path):
    check(site, path, 400)


@pytest.mark.parametrize("path", ["/app/private%00/a", "/app/%00"])
def test_nul_is_refused(site, path):
    assert site.ask(path).status in (400, 404) and site.forwarded() == []


@pytest.mark.parametrize("path,uri", FORWARDED, ids=names(p for p, _ in FORWARDED))
def test_forwarded_path(site, path, uri):
    assert site.ask(path).status == 200
    assert site.forwarded() == [uri or path]


@pytest.mark.parametrize("path", ["/", "/other/x", "/app", "/apple/x"])
def test_unmapped_path_stays_with_httpd(site, path):
    assert site.ask(path).status in (403, 404) and site.forwarded() == []


@pytest.mark.parametrize("path", ["/", "//", "/;x", "/."])
def test_excluded_root(site, path):
    assert site.ask(path, host=5).text != "w1" and site.forwarded() == []
    check(site, "/x", "w1", host=5)


def test_options_star(site):
    assert site.ask("*", method="OPTIONS").status == 200 and site.forwarded() == []
    assert site.ask("*", host=5, method="OPTIONS").status == 200 and site.forwarded() == []
    assert site.ask("*").status == 400 and site.forwarded() == []


def test_same_path_twice_the_last_one_wins(site):
    check(site, "/both/x", "w2")


def test_d10_mount_inside_a_location(site):
    check(site, "/loc", "w1")
    check(site, "/loc/", 404)


def test_d7_mount_copy(site):
    check(site, "/m/x", "w1")
    check(site, "/m/x", 404, host=2)   # silent: inherits nothing
    check(site, "/m/x", "w1", host=3)  # On
    check(site, "/m/x", "w2", host=4)  # On, and a mount of its own for the same path
    check(site, "/app/x", "w1", host=4)
    check(site, "/app/private/a", 404, host=3)


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


@pytest.mark.parametrize("value,silent", [("All", "w1"), ("On", None), ("Off", None)],
                         ids=["D8", "D9", "Off"])
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
