"""Identity, addresses and session routes: rows AT-1 to AT-8 and SE-1 to SE-5 of security.md.

What the container is told comes from httpd and its configuration, whatever a client sends; and what
a client says of its session chooses among healthy members and nothing else.
"""

import base64
import re
import subprocess
import threading

import pytest

import ajp_peer
from ajp_wire import Policy
from support import get, member, request, tls_context, wait_for

CONFIG = """
JkWorkerProperty worker.list=w
JkWorkerProperty worker.w.port=%(port)d
JkMount /* w
LimitRequestFieldSize 200000
JkEnvVar FOO def
JkEnvVar BAR
RewriteEngine On
RewriteCond %%{REQUEST_URI} "(?s)^/foo=(.*)$"
RewriteRule ^ - [E=FOO:%%1]
SetEnvIf X-Foo (.+) FOO=$1
RewriteCond %%{HTTP:X-Empty} .
RewriteRule ^ - [E=FOO:]
SetEnvIf X-Told (.+) JK_REMOTE_USER=$1
RewriteCond %%{HTTP:X-Long} .
RewriteRule ^ - [E=FOO:%%{HTTP:X-Long}]
RequestHeader unset X-Foo
RequestHeader unset X-Long
<Location /private>
  AuthType Basic
  AuthName private
  AuthBasicProvider anon
  Anonymous *
  Anonymous_NoUserID on
  Anonymous_MustGiveEmail off
  Require valid-user
</Location>
JkMountCopy All
<VirtualHost 127.0.0.1:@PORT2@>
  SSLEngine on
  SSLCertificateFile %(certs)s/server.pem
  SSLCertificateKeyFile %(certs)s/server.key
  SSLVerifyClient optional_no_ca
  SSLOptions +StdEnvVars +ExportCertData
</VirtualHost>
"""
MODULES = ["setenvif", "rewrite", "headers", "auth_basic", "authn_core", "authn_anon", "authz_user",
           "socache_shmcb", "ssl"]
SSL_ATTRIBUTES = {"ssl_cert", "ssl_cipher", "ssl_session", "ssl_key_size", "AJP_SSL_PROTOCOL"}


@pytest.fixture(scope="module")
def shared_peer(make_for_module):
    return make_for_module.peer(policy=Policy(attributes="FOO|BAR"))


@pytest.fixture(scope="module")
def server(make_for_module, shared_peer, certificates):
    return make_for_module.httpd(CONFIG % {"port": shared_peer.port, "certs": certificates},
                                 ports=2, modules=MODULES)


@pytest.fixture
def peer(shared_peer):
    shared_peer.forget()
    shared_peer.behaviour = ajp_peer.respond(body=b"hello")
    return shared_peer


def sent(peer):
    """The one request that reached the container."""
    assert len(peer.requests) == 1
    return peer.requests[0].request


# AT: attributes ------------------------------------------------------------------------------

FORGED = ["AJP_REMOTE_PORT", "AJP_foo", "JK_REMOTE_ADDR", "javax.servlet.include.request_uri",
          "jakarta.servlet.include.servlet_path", "REMOTE_USER", "X-JK-Route", "X-JK-Worker",
          "Secret", "JK_ROUTE", "JK_WORKER_NAME", "JK_LB_ACTIVATION", "HTTPS", "SSL_CLIENT_CERT",
          "FOO", "BAR"]


def test_at1_headers_stay_headers(server, peer):
    plain = {name for name, _ in sent_by(server, peer, []).attributes}
    request_ = sent_by(server, peer, [(name, "forged") for name in FORGED])
    assert {name for name, _ in request_.attributes} == plain
    assert "forged" not in [value for _, value in request_.attributes]
    for name in FORGED:
        assert request_.values(name) == ["forged"], name


def sent_by(server, peer, headers, path="/x", port=0):
    """The request as the container gets it, for these headers of the client."""
    peer.forget()
    assert get(server.ports[port], path, headers).status == 200
    return sent(peer)


@pytest.mark.parametrize("name", [
    "JK_REMOTE_ADDR", "JK-REMOTE-ADDR", "Jk-Remote-Addr", "REMOTE_ADDR", "Remote-Addr",
    "X-Forwarded-For", "X-Real-IP", "Forwarded", "Client-IP"])
def test_at2_address_is_the_clients(server, peer, name):
    request_ = sent_by(server, peer, [(name, "6.6.6.6")])
    assert request_.remote_addr == "127.0.0.1"
    assert request_.attribute("AJP_REMOTE_PORT") not in (None, "6.6.6.6")


@pytest.mark.parametrize("path,headers,value", [
    ("/x", [], "def"), ("/x", [("X-Empty", "1")], ""), ("/x", [("X-Foo", "a b")], "a b"),
    ("/foo=a%0d%0aSet-Cookie:%20b", [], "a  Set-Cookie: b"), ("/foo=%0a", [], " "),
    ("/foo=%1b%5b0m", [], " [0m")],
    ids=["unset", "empty", "set", "line break", "line feed", "escape"])
def test_at3_variable(server, peer, path, headers, value):
    request_ = sent_by(server, peer, headers, path)
    assert [v for n, v in request_.attributes if n == "FOO"] == [value]
    assert request_.attribute("BAR", "absent") == "absent"


def test_at3_variable_that_does_not_fit(server, peer):
    """Made by mod_rewrite; SetEnvIf itself refuses to make one of that size, with 500."""
    assert get(server.port, "/x", [("X-Foo", "v" * 70000)]).status == 500
    assert get(server.port, "/x", [("X-Long", "v" * 70000)]).status == 413
    assert peer.requests == []
    assert server.wait_log(r"GET /x .*413.*max_packet_size")


SECRETS = """
JkWorkerProperty worker.list=lb,jkstatus
JkWorkerProperty worker.jkstatus.type=status
JkWorkerProperty worker.lb.type=lb
JkWorkerProperty worker.lb.balance_workers=a
JkWorkerProperty worker.a.port=%d
%s
JkMount /app/* lb
JkMount /jkstatus jkstatus
"""


@pytest.mark.parametrize("wanted,own,status", [
    (None, None, 200), ("r1ght-s3cret", "r1ght-s3cret", 200), ("r1ght-s3cret", "wr0ng-s3cret", 403),
    ("r1ght-s3cret", None, 403)], ids=["no secret", "secret", "wrong secret", "missing"])
def test_at5_secret(make, wanted, own, status):
    peer = make.peer(policy=Policy(secret=wanted))
    server = make.httpd(SECRETS % (
        peer.port, "JkWorkerProperty worker.a.secret=" + own if own else ""), log_level="trace")
    assert get(server.port, "/app/x").status == status
    assert sent(peer).attribute("secret") == own
    log = server.logs()
    assert bool(re.search(r"\[warn\].*worker a \(127.0.0.1:\d+\) answered 403 .*worker\.a\.secret",
                          log)) == (status == 403)
    assert "ght-s3cret" not in log and "ng-s3cret" not in log
    row = member(server.port, "a")
    assert row["state"] == "OK" and row["errors"] == "0"


@pytest.mark.parametrize("target,headers", [
    ("http://127.0.0.1:%(port)d/x", []), ("http://evil.example:%(port)d/x", []),
    ("/x", [("Host", "127.0.0.1:%(port)d")]), ("/x?worker=other&host=127.0.0.1:%(port)d", []),
    ("/unix:/tmp/socket|ajp://127.0.0.1:%(port)d/x", []), ("/ajp://127.0.0.1:%(port)d/x", []),
    ("/@127.0.0.1:%(port)d/x", []), ("//127.0.0.1:%(port)d/x", []),
    ("/x", [("JK_WORKER_NAME", "other"), ("X-Forwarded-Host", "127.0.0.1:%(port)d")]),
    ("/x", [("worker.w.port", "%(port)d"), ("worker.w.host", "localhost"), ("JK_HOST", "x")]),
    ("/x", [("Cookie", "JSESSIONID=x.127.0.0.1:%(port)d")])])
def test_at6_container_is_that_of_the_configuration(server, peer, make, target, headers):
    decoy = make.peer(name="decoy")
    to = {"port": decoy.port}
    answer = get(server.port, target % to, [(n, v % to) for n, v in headers])
    assert (answer.status, answer.body) == (200, b"hello")
    assert len(peer.requests) == 1 and decoy.connections == []


def basic(user):
    return ("Authorization", "Basic " + base64.b64encode(user + b":word").decode())


@pytest.mark.parametrize("user,told", [
    (b"joe", "joe"), (b"caf\xe9", "caf\xe9"), ("jos\u00e9".encode(), "jos\xc3\xa9"),
    (b"a\r\nX-Admin: 1", "a  X-Admin: 1"), (b"a\x1b[0m", "a [0m")],
    ids=["plain", "latin", "utf-8", "line break", "escape"])
def test_at7_user(server, peer, user, told):
    """Control characters become blanks; the rest is the name that httpd knows."""
    request_ = sent_by(server, peer, [basic(user)], "/private/x")
    assert request_.attribute("remote_user") == told.split(":")[0]
    assert request_.attribute("auth_type") == "Basic"


def test_at7_user_with_a_colon(server, peer):
    """None that Basic could know, but a variable of the configuration may name it."""
    assert sent_by(server, peer, [("X-Told", "a:b")]).attribute("remote_user") == "a:b"


def test_at7_anonymous_with_credentials(server, peer):
    request_ = sent_by(server, peer, [basic(b"root"), ("REMOTE_USER", "root")])
    assert request_.attribute("remote_user") is None and request_.attribute("auth_type") is None
    assert request_.values("Authorization") == [basic(b"root")[1]]


@pytest.fixture(scope="module")
def large_certificate(certificates):
    """A certificate of a client, of more than 12 KiB as text."""
    names = ",".join("DNS:host-%03d.a-rather-long-name.example" % n for n in range(230))
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
                    "-keyout", "large.key", "-out", "large.pem", "-subj", "/CN=large",
                    "-addext", "subjectAltName=" + names], cwd=certificates, check=True,
                   capture_output=True)
    with open(certificates + "/large.pem") as file:
        assert len(file.read()) > 12000
    context = tls_context(certificates, client=False)
    context.load_cert_chain(certificates + "/large.pem", certificates + "/large.key")
    return context


def test_at8_certificate_that_does_not_fit(server, peer, certificates, large_certificate):
    assert get(server.ports[1], "/cert", tls=large_certificate).status == 413
    assert peer.requests == []
    assert server.wait_log(r"GET /cert .*413.*max_packet_size")
    assert get(server.ports[1], "/x", tls=tls_context(certificates)).status == 200
    with open(certificates + "/client.pem") as file:
        assert sent(peer).attribute("ssl_cert").split() == file.read().split()


@pytest.mark.parametrize("headers", [
    [("X-Forwarded-Proto", "https")], [("X-Forwarded-Ssl", "on"), ("Front-End-Https", "on")],
    [("HTTPS", "on"), ("Https", "on")], [("SSL_CLIENT_CERT", "forged"), ("SSL_CIPHER", "x")],
    [("Forwarded", "proto=https"), ("X-Forwarded-Port", "443")]], ids=lambda h: h[0][0])
def test_at8_plain_is_plain(server, peer, headers):
    """Whatever the client says. What the configuration says, by a SetEnvIf of HTTPS, holds:
    behind a front end that speaks TLS it is the only one who can (decision 13, row D35)."""
    request_ = sent_by(server, peer, headers)
    assert not request_.is_ssl
    assert not SSL_ATTRIBUTES & {name for name, _ in request_.attributes}


# SE: session routes --------------------------------------------------------------------------

BALANCED = """
JkWorkerProperty worker.list=lb,forced,other,jkstatus
JkWorkerProperty worker.jkstatus.type=status
JkWorkerProperty worker.lb.type=lb
JkWorkerProperty worker.lb.balance_workers=a,b,c
JkWorkerProperty worker.forced.type=lb
JkWorkerProperty worker.forced.balance_workers=fa,fb
JkWorkerProperty worker.forced.sticky_session_force=true
JkWorkerProperty worker.other.type=lb
JkWorkerProperty worker.other.balance_workers=foreign
{ports}
JkWorkerProperty worker.b.activation=stopped
JkWorkerProperty worker.c.activation=disabled
JkWorkerProperty worker.fb.activation=stopped
JkWorkerProperty worker.a.busy_limit=1
JkMount /app/* lb
JkMount /forced/* forced
JkMount /other/* other
JkMount /jkstatus jkstatus
JkMount /cookie/* lb;set_session_cookie=1;session_cookie=EXT;session_cookie_path=/cookie
JkMount /root/* lb;set_session_cookie=1
LimitRequestFieldSize 200000
<Location /app/locked>
  Require all denied
</Location>
SetEnvIf X-Tls on HTTPS=on
"""


class Site:
    """A balancer over a, b (stopped) and c (disabled), and others."""

    def __init__(self, make):
        self.peers = {n: make.peer(name=n, packet_size=65536)
                      for n in ("a", "b", "c", "fa", "fb", "foreign")}
        ports = "\n".join("JkWorkerProperty worker.%s.port=%d\n"
                          "JkWorkerProperty worker.%s.max_packet_size=65536" % (n, p.port, n)
                          for n, p in self.peers.items())
        self.server = make.httpd(BALANCED.format(ports=ports), modules=["setenvif"])
        self.port = self.server.port

    def served_by(self, *cookies, path="/app/x"):
        """Who answers, asked three times: always the same one."""
        headers = [("Cookie", "JSESSIONID=" + value) for value in cookies]
        answers = [get(self.port, path, headers) for _ in range(3)]
        found = {x.text if x.status == 200 else x.status for x in answers}
        assert len(found) == 1, found
        return found.pop()


@pytest.fixture(scope="module")
def site(make_for_module):
    return Site(make_for_module)


@pytest.mark.parametrize("cookies,who", [
    (["x.unknown"], "a"), (["x."], "a"), ([".c"], "c"), (["x.y.c"], "c"), (["x.c.y"], "a"),
    (["x.c!"], "a"), (["x.c!1!2"], "a"), (["x" * 10240 + ".c"], "c"), (["x." + "c" * 10240], "a"),
    ([".".join("abc" * 4000)], "c"), (["x.c", "x.a"], "c"), (["x.a", "x.c"], "a"),
    (["x.none", "x.c"], "c"), (["", ".", "x.c"], "c"), (["x.c; JSESSIONID=x.a"], "c"),
    (["\"x.c\""], "c"), (["x.C"], "a"), (["x.c%00"], "a"), (["x.%63"], "a")],
    ids=lambda v: str(v)[:24])
def test_se1_session(site, cookies, who):
    """Only a is in the order: who else answers was named by the session."""
    assert site.served_by(*cookies) == who


@pytest.mark.parametrize("path,route,who", [
    ("/app/x", "b", "a"), ("/app/x", "c", "c"), ("/app/x", "foreign", "a"), ("/app/x", "fb", "a"),
    ("/app/x", "jkstatus", "a"), ("/app/x", "lb", "a"), ("/forced/x", "fb", 503),
    ("/forced/x", "foreign", 503), ("/forced/x", "jkstatus", 503), ("/forced/x", "fa", "fa")])
def test_se2_route_of_another_one(site, path, route, who):
    before = {name: len(peer.requests) for name, peer in site.peers.items()}
    assert site.served_by("x." + route, path=path) == who
    grown = {name for name, peer in site.peers.items() if len(peer.requests) > before[name]}
    assert grown == ({who} if who != 503 else set())


@pytest.mark.parametrize("path,cookie,who", [
    ("/app/x;jsessionid=x.c", "x.a", "c"), ("/app/x;jsessionid=x.a", "x.c", "a"),
    ("/app/locked;jsessionid=x.c", "x.c", 403), ("/app/locked;jsessionid=x.c/a", "x.c", 403),
    ("/app;jsessionid=x.c/locked/a", "x.c", 403), ("/app/;jsessionid=x.c/locked/a", "x.c", 403),
    ("/;jsessionid=x.c/app/locked/a", "x.c", 403)])
def test_se3_path_comes_first(site, path, cookie, who):
    assert site.served_by(cookie, path=path) == who


def test_se4_limit_of_a_member(site):
    """Who pins all traffic to one member gets no more of it than its limit; others are served."""
    go_on = threading.Event()

    def hold(exchange):
        go_on.wait(20)
        exchange.respond(body=b"a")

    peer = site.peers["a"]
    usual, peer.behaviour = peer.behaviour, hold
    peer.forget()
    pinned = [("Cookie", "JSESSIONID=x.a")]
    answers = []
    thread = threading.Thread(target=lambda: answers.append(get(site.port, "/app/x", pinned)))
    thread.start()
    try:
        assert peer.wait_requests(1)
        assert get(site.port, "/app/x", pinned).status == 503
        assert site.served_by("x.c") == "c" and site.served_by(path="/other/x") == "foreign"
        assert len(peer.requests) == 1
    finally:
        go_on.set()
        thread.join()
        peer.behaviour = usual
    assert answers[0].text == "a"
    assert wait_for(lambda: member(site.port, "a")["busy"] == "0")
    assert member(site.port, "a")["errors"] == "0" and site.served_by("x.a") == "a"


@pytest.mark.parametrize("headers,secure", [([], ""), ([("X-Tls", "on")], ";Secure")],
                         ids=["plain", "https"])
def test_se5_cookie_of_the_balancer(site, headers, secure):
    """Its value is the member's route; nothing of it comes from the request."""
    for cookie in ("JSESSIONID=evil.none", "EXT=evil.none; JSESSIONID=evil", "EXT=a;PATH=/;x"):
        sent_ = headers + [("Cookie", cookie), ("X-Route", "evil")]
        answer = get(site.port, "/root/evil;jsessionid=evil", sent_)
        assert answer.values("Set-Cookie") == ["JSESSIONID=.a;PATH=/;HttpOnly" + secure]
        answer = get(site.port, "/cookie/evil", sent_)
        assert answer.values("Set-Cookie") == ["EXT=.a;PATH=/cookie;HttpOnly" + secure]


def test_se5_cookie_of_the_application(site):
    """It passes as it is: whether it is Secure or HttpOnly is the application's business."""
    usual = site.peers["a"].behaviour
    site.peers["a"].behaviour = ajp_peer.respond(headers=[("Set-Cookie", "JSESSIONID=x.a; Path=/")])
    try:
        assert request(site.port, "GET", "/app/x").values("Set-Cookie") == [
            "JSESSIONID=x.a; Path=/"]
    finally:
        site.peers["a"].behaviour = usual
