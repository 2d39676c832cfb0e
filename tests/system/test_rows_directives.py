"""Rows of directives.md 9 (D1 to D45), each through a real httpd; tests/rows.txt lists them all.

One httpd with a virtual host for what a server sets as a whole; what concerns one path stands in a
<Location> named after the row.  The peer answers with its name, or as the test says.
"""

import os
import re
import socket
import threading
import time
from email.utils import parsedate_to_datetime

import pytest

import ajp_peer
import httpd as httpd_module
from support import Client, Cut, get, member, request, wait_for

MODULES = ["env", "setenvif", "dir", "rewrite", "alias"]
CONFIG = """
JkWorkerProperty worker.list=w1,down,silent,lb,jkstatus
JkWorkerProperty worker.jkstatus.type=status
JkWorkerProperty worker.w1.port={peer}
JkWorkerProperty worker.down.port={down}
JkWorkerProperty worker.down.retries=4
JkWorkerProperty worker.silent.port={peer}
JkWorkerProperty worker.silent.reply_timeout=700
JkWorkerProperty worker.lb.type=lb
JkWorkerProperty worker.lb.balance_workers=m1,m2
JkWorkerProperty worker.m1.port={peer}
JkWorkerProperty worker.m2.port={peer}
JkMount /jkstatus jkstatus
JkMount /app/* w1
JkMount /down/* down
JkMount /silent/* silent
JkMount /lb/* lb
JkMount /d27/* w1;use_server_errors=400
JkMount /*.jsp w1
LimitRequestFieldSize 16000
JkOptions +FlushPackets +ForwardLocalAddress +ForwardSSLCertChain
ErrorDocument 404 "the page of httpd"
DirectoryIndex index.jsp index.html
SetEnvIf X-D35 . HTTPS=on SSL_CLIENT_CERT=first SSL_CLIENT_CERT_CHAIN_0=second
SetEnvIf X-D35 . SSL_CLIENT_CERT_CHAIN_1=third
SetEnvIf X-Local (.+) JK_LOCAL_ADDR=$1
<Location /app/d18>
  SetEnv JK_IGNORE_CL 1
</Location>
<Location /d39>
  SetHandler jakarta-servlet
</Location>
<Location /d40>
  SetHandler jakarta-servlet
  SetEnv JK_WORKER_NAME "w1;reply_timeout=200"
</Location>
<Location /d41>
  SetHandler jakarta-servlet
  SetEnv JK_WORKER_NAME w1
</Location>
RewriteEngine On
RewriteCond /app/z -U
RewriteRule ^/chk\\.txt$ - [E=PROBED:1]
JkLogLevel {level}

<VirtualHost 127.0.0.1:@PORT2@>
  JkMountCopy On
  JkOptions -FlushPackets +FlushPackets
  JkOptions +ForwardPhysicalAddress
  SetEnvIf X-Local (.+) JK_LOCAL_ADDR=$1
</VirtualHost>
<VirtualHost 127.0.0.1:@PORT3@>
  JkMountCopy On
  JkOptions +RejectUnsafeURI
</VirtualHost>
"""


class Site:
    """The server, its peer, and files beside the mounts."""

    def __init__(self, make):
        self.peer = make.peer(name="w1")
        self.down = make.peer(name="down")
        self.down.refuse()
        self.server = make.keep(httpd_module.Httpd(CONFIG.format(
            peer=self.peer.port, down=self.down.port, level="info"), ports=3, modules=MODULES))
        for name in ("app/a%b", "chk.txt", "d37html/index.html", "d37jsp/index.jsp"):
            self.server.file("htdocs/" + name, "a local file")
        os.makedirs(self.server.dir + "/htdocs/d37none")
        self.server.start()
        self.port = self.server.port

    def get(self, path, headers=(), host=1):
        return get(self.server.ports[host - 1], path, headers)

    def post(self, path, body):
        return request(self.port, "POST", path, body=body)

    def sent(self):
        """The one request that reached the container."""
        assert len(self.peer.requests) == 1
        return self.peer.requests[0].request


@pytest.fixture(scope="module")
def shared_site(make_for_module):
    return Site(make_for_module)


@pytest.fixture
def site(shared_site):
    shared_site.peer.forget()
    shared_site.peer.behaviour = ajp_peer.respond(body=b"w1")
    return shared_site


# Configuration -------------------------------------------------------------------------------


def test_d1_workers_file_twice():
    server = httpd_module.Httpd("JkWorkersFile @DIR@/w.properties\n# another line\n"
                                "JkWorkersFile @DIR@/w.properties")
    server.file("w.properties", "worker.list=w\n")
    try:
        code, output = server.configtest()
        with open(server.dir + "/httpd.conf") as file:
            number = len(file.read().splitlines())
    finally:
        server.stop(check=False)
    assert code != 0 and "JkWorkersFile" in output
    assert re.search(r"line %d\b" % number, output), output


@pytest.mark.parametrize("host,flushed", [(1, True), (2, False)])
def test_d3_minus_beats_plus(site, host, flushed):
    """A piece that nobody flushes stays with httpd until the response ends."""
    seen, was_seen = threading.Event(), []

    def slowly(exchange):
        exchange.head()
        exchange.chunk(b"piece")
        was_seen.append(seen.wait(5 if flushed else 0.3))
        exchange.end()

    site.peer.behaviour = slowly
    with Client(site.server.ports[host - 1]) as client:
        client.head("GET", "/app/x")
        while b"piece" not in client._buffer:
            assert client.more()
        seen.set()
    assert wait_for(lambda: was_seen) == [flushed]


def test_d4_unknown_log_level(make):
    server = make.httpd("JkLogLevel bogus\nJkMount /x ajp13\n")
    lines = server.jk_log().splitlines()
    assert [x for x in lines if "[info]" in x]
    assert not [x for x in lines if re.search(r"\[(debug|trace)\]", x)]


# Paths ---------------------------------------------------------------------------------------


def test_d15_unsafe_path(site):
    """It is not forwarded, and does not reach the file of that name either."""
    answer = site.get("/app/a%25b", host=3)
    assert answer.status == 404 and b"local" not in answer.body
    assert site.peer.requests == []
    assert site.get("/app/ab", host=3).text == "w1"


@pytest.mark.parametrize("path,status,forwarded", [
    ("/d37none/", 200, ["/d37none/"]), ("/d37html/", 200, []),
    ("/d37jsp/", 200, ["/d37jsp/index.jsp"])])
def test_d37_directory_index(site, path, status, forwarded):
    answer = site.get(path)
    assert (answer.status, site.peer.uris()) == (status, forwarded)
    assert answer.text == ("w1" if forwarded else "a local file")


def test_d38_probe_of_a_mounted_path(site):
    assert site.get("/chk.txt").text == "a local file"
    assert site.peer.requests == []


def test_d39_handler_without_a_worker(site):
    assert site.get("/d39/x").status == 404
    assert site.peer.requests == []


def test_d40_worker_with_an_extension(site):
    assert site.get("/d40/x").text == "w1"
    site.peer.behaviour = ajp_peer.silence
    begun = time.monotonic()
    assert site.get("/d40/x").status == 504
    assert 0.4 < time.monotonic() - begun < 3


@pytest.mark.parametrize("path", ["/d41/%2e%2e;/x", "/d41/..;/x", "/d41/..;/..;/x"])
def test_d41_handler_does_not_climb(site, path):
    assert site.get(path).status == 400
    assert site.peer.requests == []
    assert site.get("/d41/x").text == "w1"


# What is sent --------------------------------------------------------------------------------


@pytest.mark.parametrize("headers", [[], [("Content-Length", "0")]])
def test_d16_no_body(site, headers):
    site.get("/app/x", headers)
    assert site.sent().values("content-length") == ["0"]


def only_on_demand(got):
    """A behaviour: nothing more has come before it asks; what came then goes to `got`."""
    def behave(exchange):
        exchange.connection.sock.settimeout(0.2)
        try:
            got.append(exchange.connection.sock.recv(1))
        except OSError:
            pass
        exchange.connection.sock.settimeout(10)
        while not exchange.ended:
            got.append(exchange.read_packet())
        exchange.respond(body=exchange.body)
    return behave


def test_d17_chunked_post(site):
    got = []
    site.peer.behaviour = only_on_demand(got)
    assert request(site.port, "POST", "/app/x", chunked=[b"one", b"two"]).text == "onetwo"
    assert b"".join(got) == b"onetwo" and got[-1] == b"" and b"" not in got[:-1]
    assert site.sent().values("content-length") == []
    assert site.sent().values("transfer-encoding") == ["chunked"]


def test_d18_ignored_length(site):
    got = []
    site.peer.behaviour = only_on_demand(got)
    assert site.post("/app/d18", b"0123456789").text == "0123456789"
    assert b"".join(got) == b"0123456789" and got[-1] == b""
    assert site.sent().values("content-length") == []
    assert site.sent().values("transfer-encoding") == []


def test_d19_body_that_breaks_off(site):
    site.peer.behaviour = ajp_peer.echo
    with Client(site.port) as client:
        client.head("POST", "/app/d19", [("Content-Length", "10")])
        client.send(b"01234")
        client.half_close()
        assert client.closed()
    assert site.server.wait_log("POST /app/d19 400", log=site.server.access_log)
    # Where something was forwarded at all, its connection is closed.
    assert all(x.connection.wait_closed(5) for x in site.peer.requests)


def test_d20_head_that_does_not_fit(site):
    assert site.get("/lb/x", [("X-Long", "v" * 9000)]).status == 413
    assert site.peer.requests == []
    for name in ("m1", "m2"):
        row = member(site.port, name)
        assert row["state"] in ("OK", "OK/IDLE") and row["errors"] == "0"


def test_d33_local_address(site):
    for host in (1, 2):
        site.peer.forget()
        site.get("/app/x", [("X-Local", "8.8.8.8")], host)
        assert site.sent().attribute("AJP_LOCAL_ADDR") == "8.8.8.8"


@pytest.mark.parametrize("host,address", [(1, "127.0.0.1"), (2, "127.0.0.2")])
def test_d34_address_options_are_one_group(site, host, address):
    with Client(site.server.ports[host - 1]) as client:
        client.sock.close()
        client.sock = socket.create_connection(
            ("127.0.0.1", site.server.ports[host - 1]), 10, ("127.0.0.2", 0))
        port = client.sock.getsockname()[1]
        client.request(path="/app/x")
    assert site.sent().remote_addr == address
    assert site.sent().attribute("AJP_REMOTE_PORT") == ("0" if host == 1 else str(port))


def test_d35_certificate_chain(site):
    site.get("/app/x", [("X-D35", "1")])
    assert site.sent().is_ssl
    value = site.sent().attribute("ssl_cert")
    assert value.startswith("first") and sorted(re.findall("second|third", value)) == [
        "second", "third"] and len(value) == len("firstsecondthird")


# Failures ------------------------------------------------------------------------------------


def test_d22_backend_is_down(site):
    """Four attempts, 100 ms between them."""
    begun = time.monotonic()
    assert site.get("/down/x").status == 503
    assert 0.3 <= time.monotonic() - begun < 3


def test_d24_silent_backend(site):
    """Two attempts of 700 ms, and 100 ms between them."""
    site.peer.behaviour = ajp_peer.silence
    begun = time.monotonic()
    assert site.get("/silent/x").status == 504
    assert 1.5 <= time.monotonic() - begun < 2.5
    assert len(site.peer.requests) == 2


@pytest.mark.parametrize("length", [True, False])
def test_d25_answer_that_breaks_off(site, length):
    def behave(exchange):
        exchange.head(headers=[("Content-Length", "32768")] if length else [])
        exchange.chunk(b"x" * 16384)
        exchange.connection.close()
        raise ajp_peer.Gone("closed by us")

    site.peer.behaviour = behave
    with Client(site.port) as client:
        client.head("GET", "/app/x")
        answer = client.response()
        assert (answer.status, answer.complete) == (200, False) and client.closed()
    assert answer.body.strip(b"x") == b"" and len(answer.body) <= 16384
    assert len(site.peer.requests) == 1


# Responses -----------------------------------------------------------------------------------


def test_d26_error_without_a_body(site):
    site.peer.behaviour = ajp_peer.respond(404)
    answer = site.get("/app/x")
    assert (answer.status, answer.body, answer.header("Content-Length")) == (404, b"", "0")


def test_d27_error_page_of_httpd(site):
    site.peer.behaviour = ajp_peer.respond(404, body=b"the page of the container")
    answer = site.get("/d27/x")
    assert (answer.status, answer.text) == (404, "the page of httpd")
    site.peer.behaviour = ajp_peer.respond(302, [("Location", "http://x/")], b"no error")
    assert site.get("/d27/x").text == "no error"


def test_d28_challenge_is_kept(site):
    site.peer.behaviour = ajp_peer.respond(
        401, [("WWW-Authenticate", 'Basic realm="r"'), ("X-Mine", "1")], b"of the container")
    answer = site.get("/d27/x")
    assert answer.status == 401 and b"of the container" not in answer.body
    assert b"<title>401" in answer.body and answer.values("X-Mine") == []
    assert answer.values("WWW-Authenticate") == ['Basic realm="r"']


def test_d29_response_headers(site):
    site.peer.behaviour = ajp_peer.respond(200, [
        ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"), ("Content-Type", "Text/HTML;Charset=UTF-8"),
        ("Last-Modified", "Fri, 01 Jan 2100 00:00:00 GMT")], b"x")
    answer = site.get("/app/x")
    assert answer.values("Set-Cookie") == ["a=1", "b=2"]
    assert answer.header("Content-Type") == "text/html;Charset=UTF-8"
    modified = parsedate_to_datetime(answer.header("Last-Modified"))
    assert abs((modified - parsedate_to_datetime(answer.header("Date"))).total_seconds()) <= 2


@pytest.mark.parametrize("extra", [[], [("Content-Length", "5")]])
def test_d30_transfer_encoding_of_the_container(site, extra):
    site.peer.behaviour = ajp_peer.respond(
        200, [("Transfer-Encoding", "chunked")] + extra, b"hello", length=False)
    with Client(site.port) as client:
        for _ in range(2):
            answer = client.request(path="/app/x")
            assert (answer.body, answer.complete) == (b"hello", True)


@pytest.mark.parametrize("host", [1, 2], ids=["flushed", "held"])
def test_d31_more_than_announced(site, host):
    """What is too much goes nowhere; if nothing had gone out yet, 502 says so."""
    site.peer.behaviour = ajp_peer.by_path({
        "/app/1": ajp_peer.respond(200, [("Content-Length", "10")], b"0123456789" * 1600),
        "/app/2": ajp_peer.respond(body=b"second")})
    with Client(site.server.ports[host - 1]) as client:
        client.head("GET", "/app/1")
        client.head("GET", "/app/2")
        first = client.response()
        assert first.complete and b"01234567890" not in first.body
        assert first.status == 502 or (first.status, first.body) == (200, b"0123456789")
        try:
            assert client.response().body == b"second"
        except Cut:
            pass  # ending the connection is as good
