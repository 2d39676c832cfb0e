"""`jkctl explain` against a real httpd: what it says of a URL is what becomes of the request.

One configuration with three virtual hosts and the main server, and a request for each row of the
table. A row also says what is expected, so that both cannot be wrong in the same way.
The environment names the program (JKCTL); otherwise it is the one of the build tree.
"""

import json
import os
import subprocess
import urllib.parse
from pathlib import Path

import pytest

from httpd import Httpd
from support import Client

ROOT = Path(__file__).resolve().parent.parent.parent
JKCTL = os.environ.get("JKCTL") or str(ROOT / "build/jkctl")

NAMES = ["w1", "w2", "a", "b", "c", "d", "e"]

CONFIG = """
JkWorkerProperty worker.list=w1,w2,lb,force,loose,st
{ports}
JkWorkerProperty worker.st.type=status
JkWorkerProperty worker.lb.type=lb
JkWorkerProperty worker.lb.balance_workers=a,b,c,d
JkWorkerProperty worker.a.domain=north
JkWorkerProperty worker.b.domain=north
JkWorkerProperty worker.a.redirect=c
JkWorkerProperty worker.c.activation=disabled
JkWorkerProperty worker.d.activation=stopped
JkWorkerProperty worker.d.redirect=c
JkWorkerProperty worker.force.type=lb
JkWorkerProperty worker.force.balance_workers=d,e
JkWorkerProperty worker.force.sticky_session_force=true
JkWorkerProperty worker.loose.type=lb
JkWorkerProperty worker.loose.balance_workers=a,e
JkWorkerProperty worker.loose.sticky_session=false
JkWorkerProperty worker.e.distance=3

JkMount /m/* w1
JkUnMount /m/*.gif *
JkMount /app|/* lb
JkUnMount /app/static/* lb
JkMount /*.jsp w2
JkMount /q?/x w2
JkMount /force/* force
JkMount /loose/* loose
JkMount /gone nobody
JkMount /off/* "lb;disabled=a,b;stopped=c"
JkMount /only-b/* lb;stopped=a
JkMount /other-cookie/* lb;session_cookie=SID;session_path=;sid
<IfModule mod_jk.c>
  JkMount /continued/* \\
          w2
</IfModule>
<IfModule !mod_jk.c>
  JkMount /never/* w2
</IfModule>
<IfDefine NOT_DEFINED>
  JkMount /never/* w2
</IfDefine>
Define WHERE /defined
JkMount "${{WHERE}}/*" w1
Include @DIR@/included/*.conf

<VirtualHost *:@PORT@>
  ServerName one.example
  ServerAlias uno.example *.one.example
  JkMountCopy On
  JkMount /m/own/* w2
  JkMount /st st
  JkOptions +RejectUnsafeURI
</VirtualHost>
<VirtualHost *:@PORT@>
  ServerName two.example
  JkMountFile two.properties
  AllowEncodedSlashes NoDecode
  MergeSlashes Off
</VirtualHost>
<VirtualHost *:@PORT2@>
  ServerName three.example
  JkMountCopy On
  AllowEncodedSlashes On
  JkOptions +AllowBackslash
  <Location /section>
    JkMount w1
  </Location>
</VirtualHost>
"""

TWO = """
/two=w1
/two/*=w2
!/two/no/*=w2
-/two=w1
/deep/er/*=lb
"""

# port, host, path, Cookie, what is expected: names of peers, a status, "-" for httpd's own
REQUESTS = [
    # servers
    (1, "one.example", "/m/x", None, "w1"),
    (1, "ONE.example.", "/m/x", None, "w1"),
    (1, "uno.example", "/m/x", None, "w1"),
    (1, "deep.one.example", "/m/own/x", None, "w2"),
    (1, "unknown.example", "/m/own/x", None, "w2"),
    (1, "two.example", "/m/x", None, "-"),
    (2, "three.example", "/m/own/x", None, "w1"),
    (2, "one.example", "/section", None, "w1"),
    (2, "one.example", "/section/below", None, "-"),
    (3, "one.example", "/m/own/x", None, "w1"),
    (3, "one.example", "/section", None, "-"),
    # rules
    (1, "one.example", "/m", None, "-"),
    (1, "one.example", "/M/x", None, "-"),
    (1, "one.example", "/m/x.gif", None, "-"),
    (1, "one.example", "/m/x.GIF", None, "w1"),
    (1, "one.example", "/app", None, "a b"),
    (1, "one.example", "/app/", None, "a b"),
    (1, "one.example", "/apple", None, "-"),
    (1, "one.example", "/app/static/x", None, "-"),
    (1, "one.example", "/app/static", None, "a b"),
    (1, "one.example", "/any/where/page.jsp", None, "w2"),
    (1, "one.example", "/page.jsp/x", None, "-"),
    (1, "one.example", "/qa/x", None, "w2"),
    (1, "one.example", "/q/x", None, "-"),
    (1, "one.example", "/st", None, "status"),
    (1, "one.example", "/gone", None, "500"),
    (1, "one.example", "/continued/x", None, "w2"),
    (1, "one.example", "/never/x", None, "-"),
    (1, "one.example", "/defined/x", None, "w1"),
    (1, "one.example", "/included/x", None, "w2"),
    (1, "two.example", "/two", None, "w1"),
    (1, "two.example", "/two/x", None, "w2"),
    (1, "two.example", "/two/no/x", None, "-"),
    (1, "one.example", "/x?/m/y", None, "-"),
    # sessions
    (1, "one.example", "/app/x;jsessionid=1.a", None, "a"),
    (1, "one.example", "/app;jsessionid=1.b?q=.a", None, "b"),
    (1, "one.example", "/app/x", "JSESSIONID=1.b", "b"),
    (1, "one.example", "/app/x;jsessionid=1.a", "JSESSIONID=1.b", "a"),
    (1, "one.example", "/app/x", "o=1; JSESSIONID=\"9.a\"", "a"),
    (1, "one.example", "/app/x", "JSESSIONID=1.c", "c"),
    (1, "one.example", "/app/x", "JSESSIONID=1.d", "c"),
    (1, "one.example", "/app/x", "JSESSIONID=1.north", "a b"),
    (1, "one.example", "/app/x", "JSESSIONID=1.nobody", "a b"),
    (1, "one.example", "/app/x", "JSESSIONID=noroute", "a b"),
    (1, "one.example", "/force/x", None, "e"),
    (1, "one.example", "/force/x", "JSESSIONID=1.d", "503"),
    (1, "one.example", "/force/x", "JSESSIONID=1.e", "e"),
    (1, "one.example", "/loose/x", "JSESSIONID=1.e", "a"),
    (1, "one.example", "/off/x", None, "503"),
    (1, "one.example", "/off/x", "JSESSIONID=1.b", "b"),
    (1, "one.example", "/only-b/x", None, "b"),
    (1, "one.example", "/only-b/x", "JSESSIONID=1.a", "c"),
    (1, "one.example", "/other-cookie/x", "JSESSIONID=1.a; SID=2.b", "b"),
    (1, "one.example", "/other-cookie/x;sid=3.a", "SID=2.b", "a"),
    # paths
    (1, "one.example", "/m/%78", None, "w1"),
    (1, "one.example", "/%6d/x", None, "w1"),
    (1, "one.example", "//m//x", None, "w1"),
    (1, "one.example", "/./m/./x", None, "w1"),
    (1, "one.example", "/x/../m/x", None, "w1"),
    (1, "one.example", "/m/../x", None, "-"),
    (1, "one.example", "/%2e%2e/m/x", None, "400"),
    (1, "one.example", "/../m/x", None, "400"),
    (1, "one.example", "/m/%2fx", None, "404"),
    (1, "one.example", "/m/%00x", None, "404"),
    (1, "one.example", "/m/%zz", None, "400"),
    (1, "one.example", "/m/%", None, "400"),
    (1, "one.example", "/m/%5cx", None, "400"),
    (1, "one.example", "/x/%5cx", None, "400"),
    (1, "one.example", "/m/%2541", None, "404"),
    (1, "one.example", "/x/%2541", None, "-"),
    (1, "one.example", "/m/%C0%AFx", None, "400"),
    (1, "one.example", "/m/%C3%A4", None, "w1"),
    (1, "one.example", "/m;p=1/x", None, "w1"),
    (1, "one.example", "/x;p=1/..;/m/x", None, "w1"),
    (1, "one.example", "/..;/m/x", None, "400"),
    (1, "one.example", "/m/x%3Bp=1/y.gif", None, "-"),
    (1, "one.example", "/", None, "-"),
    (2, "three.example", "/m/%5cx", None, "w1"),
    (2, "three.example", "/x/%2fm%2f..%2f..%2fm/x", None, "w1"),
    (2, "three.example", "/%2e%2e%2fm/x", None, "w1"),
    (2, "three.example", "/m/%2541", None, "w1"),
    (1, "two.example", "/two%2fx", None, "-"),
    (1, "two.example", "/two/%2fx", None, "w2"),
    (1, "two.example", "/two/%2541", None, "w2"),
    (1, "two.example", "//two//x", None, "w2"),
    (1, "two.example", "/deep//er/x", None, "a b"),
    (3, "main.example", "/m/%5cx", None, "400"),
]


class Running:
    """The server with its peers."""

    def __init__(self, make):
        self.peers = {name: make.peer(name=name) for name in NAMES}
        ports = "\n".join("JkWorkerProperty worker.%s.port=%d" % (name, peer.port)
                          for name, peer in self.peers.items())
        self.server = make.keep(Httpd(CONFIG.format(ports=ports), ports=3))
        self.server.file("two.properties", TWO)
        self.server.file("included/a.conf", "JkMount /included/* w2\n")
        self.server.start()

    def ask(self, port, host, path, cookie):
        """What becomes of the request: a peer's name, a status, "status" or "-"."""
        before = {name: len(peer.requests) for name, peer in self.peers.items()}
        with Client(self.server.ports[port - 1]) as client:
            headers = [("Cookie", cookie)] if cookie else []
            response = client.request(path=path, headers=headers, host=host)
        served = [name for name, peer in self.peers.items() if len(peer.requests) > before[name]]
        if served:
            assert response.status == 200 and [response.text] == served
            return served[0]
        if response.status == 200:
            return "status"
        return str(response.status)


@pytest.fixture(scope="module")
def running(make_for_module):
    return Running(make_for_module)


def explain(config, url, *arguments):
    """Exit status and what `jkctl explain --json` says."""
    run = subprocess.run([JKCTL, "explain", "--config", config, "--json", *arguments, url],
                         capture_output=True, text=True, timeout=30, check=False)
    assert run.returncode in (0, 1), run.stderr
    assert not run.stderr
    return run.returncode, json.loads(run.stdout)


def said(answer):
    """An explanation in the words of the table."""
    if answer["result"] == "refused":
        return str(answer["status"])
    if answer["result"] == "left alone":
        return "-"
    if answer["result"] == "status page":
        return "status"
    return " ".join(answer.get("members", [answer["worker"]]))


@pytest.mark.parametrize("port, host, path, cookie, expected", REQUESTS)
def test_says_what_happens(running, port, host, path, cookie, expected):
    url = "http://%s:%d%s" % (host, running.server.ports[port - 1], path)
    arguments = ["--cookie", cookie] if cookie else []
    code, answer = explain(running.server.dir + "/httpd.conf", url, *arguments)
    assert said(answer) == expected, answer
    happened = running.ask(port, host, path, cookie)
    if expected == "-":  # there is nothing in the server's folder
        assert happened in ("404", "403")
    else:
        assert happened in expected.split(), answer
    assert code == (1 if expected == "-" or expected.isdigit() else 0)


HOSTS = """
JkWorkerProperty worker.list={names}
{ports}
Listen 127.0.0.2:@PORT@
Listen 127.0.0.2:@PORT3@
JkMount /* main
<VirtualHost 127.0.0.1:@PORT@>
  ServerName a.example
  JkMount /* a
</VirtualHost>
<VirtualHost 127.0.0.2:@PORT@>
  ServerName b.example
  JkMount /* b
</VirtualHost>
<VirtualHost 127.0.0.2:@PORT@ *:@PORT2@>
  ServerName http://c.example:1234
  ServerAlias c?.example *.C.example
  JkMount /* c
</VirtualHost>
<VirtualHost {any_port}>
  JkMount /* d
</VirtualHost>
<VirtualHost *:@PORT2@>
  ServerName e.example
  JkMount /* e
</VirtualHost>
<VirtualHost 127.0.0.2>
  ServerName f.example
  JkMount /* f
</VirtualHost>
<VirtualHost *:@PORT2@>
  JkMount /* g
</VirtualHost>
"""


class Hosts(Running):
    """A server that tells virtual hosts apart by address, port and name."""

    def __init__(self, make, any_port, order):
        names = ["main"] + list("abcdefg")
        self.peers = {name: make.peer(name=name) for name in names}
        ports = "\n".join("JkWorkerProperty worker.%s.port=%d" % (name, peer.port)
                          for name, peer in self.peers.items())
        head, *blocks = HOSTS.format(names=",".join(names), ports=ports,
                                     any_port=any_port).split("<VirtualHost ")
        text = "<VirtualHost ".join([head] + blocks[::order])
        self.server = make.keep(Httpd(text, ports=3))
        self.server.start()

    def ask_at(self, address, port, host):
        with Client(self.server.ports[port - 1], host=address) as client:
            return client.request(path="/x", host=host).text


@pytest.fixture(scope="module", params=[("*", 1), ("_default_:*", 1), ("127.0.0.9:*", 1),
                                        ("*", -1), ("127.0.0.9:*", -1)])
def hosts(request, make_for_module):
    """In the order of the text, and the other way round."""
    return Hosts(make_for_module, *request.param)


@pytest.mark.parametrize("host", [
    "a.example", "b.example", "c.example", "c1.example", "x.y.c.example", "cc1.example",
    "e.example", "f.example", "localhost", "unknown.example", "C.EXAMPLE", "127.0.0.1"])
def test_finds_the_virtual_host(hosts, host):
    for address, port in (("127.0.0.1", 1), ("127.0.0.2", 1), ("127.0.0.1", 2), ("127.0.0.1", 3),
                          ("127.0.0.2", 3)):
        url = "http://%s:%d/x" % (host, hosts.server.ports[port - 1])
        _, answer = explain(hosts.server.dir + "/httpd.conf", url, "--address", address)
        assert answer["worker"] == hosts.ask_at(address, port, host), (address, port, answer)


@pytest.mark.parametrize("port, host, line", [
    (1, "one.example", "ServerName one.example"), (1, "x.one.example", "ServerName one.example"),
    (1, "nobody", "ServerName one.example"), (1, "two.example", "ServerName two.example"),
    (2, "two.example", "ServerName three.example"), (3, "two.example", None)])
def test_names_the_server_with_its_place(running, port, host, line):
    config = running.server.dir + "/httpd.conf"
    _, answer = explain(config, "http://%s:%d/" % (host, running.server.ports[port - 1]))
    place = answer["server"]["place"]
    assert place["file"] == config
    lines = Path(config).read_text().split("\n")
    if line is None:
        assert place["line"] == 0
    else:
        assert lines[place["line"] - 1].startswith("<VirtualHost")
        assert lines[place["line"]].strip() == line


def test_names_rule_and_exclusion_with_their_places(running):
    config = running.server.dir + "/httpd.conf"
    url = "http://one.example:%d/app/static/x" % running.server.ports[0]
    _, answer = explain(config, url)
    lines = Path(config).read_text().split("\n")
    assert lines[answer["rule"]["place"]["line"] - 1] == "JkMount /app|/* lb"
    assert lines[answer["exclusion"]["place"]["line"] - 1] == "JkUnMount /app/static/* lb"
    assert "takes it out" in " ".join(answer["why"])


@pytest.mark.parametrize("path, cookie, way, why", [
    ("/app", "JSESSIONID=1.a", "session route", 'session "1.a" has route "a"'),
    ("/app", "JSESSIONID=1.d", "redirect", "c is the redirect of d"),
    ("/app", "JSESSIONID=1.north", "domain", "the least loaded of a, b in domain north"),
    ("/app", None, "load", "the least loaded of a, b"),
    ("/loose/x", "JSESSIONID=1.a", "load",
     'session "1.a" is not followed: sticky_session is off'),
    ("/only-b/x", None, "load", "a is stopped by the rule"),
    ("/off/x", "JSESSIONID=1.zz", "nobody", "no member may have it"),
])
def test_says_how_the_member_is_found(running, path, cookie, way, why):
    url = "http://one.example:%d%s" % (running.server.ports[0], path)
    arguments = ["--cookie", cookie] if cookie else []
    _, answer = explain(running.server.dir + "/httpd.conf", url, *arguments)
    assert answer["way"] == way
    assert why in answer["member_why"]


def test_text_is_for_people(running):
    url = "http://one.example:%d/app/x;jsessionid=7.b" % running.server.ports[0]
    run = subprocess.run([JKCTL, "explain", "--config", running.server.dir + "/httpd.conf", url],
                         capture_output=True, text=True, timeout=30, check=True)
    assert run.stdout.split("\n")[0] == "goes to worker lb, member b"
    assert urllib.parse.urlsplit(url).hostname in run.stdout


@pytest.mark.parametrize("url, what", [
    ("ftp://x/", "http://"), ("http:///x", "no host"), ("http://x:99999/", "port"),
    ("http://x/a b", "blank"), ("x", "http://")])
def test_bad_urls_are_misuse(running, url, what):
    run = subprocess.run([JKCTL, "explain", "--config", running.server.dir + "/httpd.conf", url],
                         capture_output=True, text=True, timeout=30, check=False)
    assert run.returncode == 2 and what in run.stderr and not run.stdout


def test_an_unreadable_configuration_is_misuse(tmp_path):
    run = subprocess.run([JKCTL, "explain", "--config", str(tmp_path / "none"), "http://x/"],
                         capture_output=True, text=True, timeout=30, check=False)
    assert run.returncode == 2 and "cannot be read" in run.stderr
