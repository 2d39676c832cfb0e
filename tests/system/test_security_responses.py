"""Hostile answers, sizes beyond every limit: rows RS-1 to RS-11, MS-4 to MS-8 of security.md.

The peer answers as a broken or compromised container would.  What counts is what the client sees,
over HTTP/1.1 and HTTP/2, and that the next request is served as if nothing had been.
"""

import os
import re

import pytest

import ajp_peer
import httpd as httpd_module
from ajp_wire import Policy, body_chunk, end_response, packet, send_headers, string
from httpd import ROOT
from support import Client, Cut, Http2Client, get

CONFIG = """
JkWorkerProperty worker.list=w
JkWorkerProperty worker.w.port=%d
JkWorkerProperty worker.w.reply_timeout=5000
JkWorkerProperty worker.w.retries=1
JkMount /app/* w
JkMount /cached/* w
JkMountCopy All
Action application/x-httpd-php /trap/page
Action httpd/unix-directory /trap/page
CacheEnable disk /cached
CacheRoot @DIR@/cache
<VirtualHost 127.0.0.1:@PORT2@>
  Protocols h2c
</VirtualHost>
"""
ORDINARY = {"date", "server", "content-length", "content-type", "transfer-encoding", "keep-alive",
            "connection"}
VECTORS = ajp_peer.vectors("m")


def vector(name):
    return next(data for full, (data, _) in VECTORS.items() if full.startswith(name + "-"))


@pytest.fixture(scope="module")
def peer(make_for_module):
    return make_for_module.peer()


@pytest.fixture(scope="module")
def server(make_for_module, peer):
    made = make_for_module.keep(httpd_module.Httpd(
        CONFIG % peer.port, ports=2, modules=["http2", "actions", "cache", "cache_disk"]))
    for page in ("trap/page", "cgi-bin/x"):
        made.file("htdocs/" + page, "a trap")
    os.mkdir(made.dir + "/cache")
    os.chmod(made.dir + "/cache", 0o777)  # the children are another user
    return made.start()


@pytest.fixture(autouse=True)
def fresh(request):
    if "peer" in request.fixturenames:
        peer = request.getfixturevalue("peer")
        peer.drop()
        assert all(connection.wait_closed(5) for connection in peer.connections)
        peer.forget()


def ask_http1(server, path="/app/x", method="GET"):
    """The answer, or None where the connection ended before its head was there."""
    with Client(server.port) as client:
        client.head(method, path)
        try:
            return client.response()
        except Cut:
            return None


def ask_http2(server, path="/app/x", method="GET"):
    with Http2Client(server.ports[1]) as client:
        answer = client.request(method, path)
    answer.headers = [(n, v) for n, v in answer.headers if not n.startswith(":")]
    return answer


VERSIONS = pytest.mark.parametrize("ask", [ask_http1, ask_http2], ids=["http1", "http2"])


def raw_answer(*headers, reason="200", status=200, body=b"abc"):
    """Head, body and end as bytes; names and values may be anything."""
    head = b"\x04" + status.to_bytes(2, "big") + string(reason)
    head += len(headers).to_bytes(2, "big")
    head += b"".join(string(name) + string(value) for name, value in headers)
    return packet(head) + body_chunk(body) + end_response()


def extra(answer):
    """The headers of an answer that httpd did not make by itself."""
    return [(n.lower(), v) for n, v in answer.headers if n.lower() not in ORDINARY]


def next_is_served(server, peer):
    peer.behaviour = ajp_peer.respond(body=b"next")
    assert get(server.port, "/app/next").body == b"next"


# RS: responses -------------------------------------------------------------------------------

NAMES = ["X:Y", "X Y", " X", "X\r\nY", "", "X\0", "caf\xe9"]
LINES = [  # what the container sends, the headers that the client gets
    (vector("m38"), []), (vector("m40"), [("x-v", "a  Set-Cookie: evil=1")]),
    (vector("m41"), [("x-v", "a b")]),
    (raw_answer(("X-V", "a\nX-Injected: 1")), [("x-v", "a X-Injected: 1")]),
    (raw_answer(("X-V", "a\r\n\r\n<html>")), [("x-v", "a    <html>")]),
    (raw_answer(("X-V", "v" * 8000)), [("x-v", "v" * 8000)]),
    (raw_answer(*((name, "1") for name in NAMES), ("X-Good", "2")), [("x-good", "2")]),
]


@VERSIONS
@pytest.mark.parametrize("data,headers", LINES, ids=["m38", "m40", "m41", "line feed", "body",
                                                     "8000 bytes", "bad names"])
def test_rs1_nothing_is_smuggled_in(server, peer, ask, data, headers):
    peer.behaviour = ajp_peer.raw(data)
    answer = ask(server)
    assert (answer.status, answer.body, answer.complete) == (200, b"abc", True)
    assert extra(answer) == headers
    next_is_served(server, peer)


@VERSIONS
@pytest.mark.parametrize("data", [
    vector("m27"), vector("m28"), raw_answer(reason=""), raw_answer(reason=None),
    raw_answer(reason="200"), raw_answer(reason="x" * 5000)],
    ids=["m27", "m28", "empty", "null", "200", "5000 bytes"])
def test_rs2_reason(server, peer, ask, data):
    peer.behaviour = ajp_peer.raw(data)
    answer = ask(server)
    assert (answer.status, answer.body) == (200, b"abc") and extra(answer) == []
    assert answer.reason == ("OK" if ask is ask_http1 else "ended")


@VERSIONS
@pytest.mark.parametrize("headers", [
    [("Transfer-Encoding", "chunked")], [("Transfer-Encoding", "gzip")],
    [("transfer-encoding", "gzip, chunked"), ("Content-Length", "1")], [("Connection", "close")],
    [("Connection", "X-Good"), ("Keep-Alive", "timeout=1")], [("Trailer", "X-Later")],
    [("Upgrade", "websocket")], [("Proxy-Connection", "close")]],
    ids=lambda headers: headers[0][0] + " " + headers[0][1])
def test_rs3_framing_is_httpds(server, peer, ask, headers):
    body = b"0\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"  # as m50, and more
    peer.behaviour = ajp_peer.raw(raw_answer(*headers, ("X-Good", "1"), body=body))
    answer = ask(server)
    assert (answer.status, answer.body, answer.complete) == (200, body, True)
    assert extra(answer) == [("x-good", "1")]
    assert answer.header("Connection") is None and answer.header("Keep-Alive") is None
    assert answer.values("Transfer-Encoding") == []
    assert answer.values("Content-Length") in ([], [str(len(body))])


@VERSIONS
@pytest.mark.parametrize("name", ["m46", "m47", "m48", "m49"])
def test_rs4_length_that_is_wrong(server, peer, ask, name):
    """Two lengths, one too short, one too long, none: as the table of the vectors has it."""
    peer.behaviour = ajp_peer.raw(vector(name))
    answer = ask(server)
    if name in ("m46", "m49"):
        assert answer.status == 502
    elif answer is not None and answer.complete and answer.status != 502:
        assert name == "m48" and answer.body == b"abc"  # put right before anything had gone out
    assert len(peer.requests) == 1 and peer.requests[0].connection.wait_closed(5)
    next_is_served(server, peer)


@VERSIONS
@pytest.mark.parametrize("method,status", [("HEAD", 200), ("GET", 304)])
def test_rs4_length_without_a_body(server, peer, ask, method, status):
    peer.behaviour = ajp_peer.raw(send_headers(status, [("Content-Length", "1234")])
                                  + end_response())
    answer = ask(server, method=method)
    assert (answer.status, answer.body, answer.complete) == (status, b"", True)
    assert method != "HEAD" or answer.header("Content-Length") == "1234"
    peer.behaviour = ajp_peer.respond(body=b"next")
    assert get(server.port, "/app/y").body == b"next" and len(peer.connections) == 1


@VERSIONS
@pytest.mark.parametrize("name", ["m51", "m52"])
def test_rs5_headers_of_another_response(server, peer, ask, name):
    peer.behaviour = ajp_peer.sequence(
        ajp_peer.respond(headers=[("Set-Cookie", "id=mine"), ("X-Mine", "1")], body=b"first"),
        ajp_peer.raw(vector(name)))
    assert ask(server).header("set-cookie") == "id=mine"
    answer = ask(server)
    assert peer.requests[0].connection is peer.requests[1].connection
    assert answer.status == 502 and extra(answer) == [] and b"first" not in answer.body


@pytest.mark.parametrize("header", [
    ("Content-Type", "httpd/unix-directory"), ("Content-Type", "application/x-httpd-php"),
    ("Location", "/cgi-bin/x"), ("Status", "302 x"), ("X-Sendfile", "/etc/passwd"),
    ("X-Accel-Redirect", "/trap/page"), ("Content-Location", "/trap/page")])
def test_rs6_headers_are_data(server, peer, header):
    assert get(server.port, "/trap/page").text == "a trap"
    peer.behaviour = ajp_peer.respond(headers=[header], body=b"mine")
    answer = get(server.port, "/app/x")
    assert (answer.status, answer.body) == (200, b"mine")
    assert answer.values(header[0]) == [header[1]]
    assert len(peer.requests) == 1


@VERSIONS
@pytest.mark.parametrize("status", [100, 101, 103, 199])
def test_rs7_no_final_status(server, peer, ask, status):
    head = vector("m21") if status == 100 else send_headers(status) + end_response()
    peer.behaviour = ajp_peer.raw(head)
    answer = ask(server)
    assert answer.status == 502 and getattr(answer, "interim", []) == []
    next_is_served(server, peer)


@pytest.mark.parametrize("status", [401, 407])
def test_rs8_challenge_that_is_missing(server, peer, status):
    peer.behaviour = ajp_peer.respond(status, body=b"who?")
    answer = get(server.port, "/app/x")
    assert (answer.status, answer.body) == (status, b"who?") and extra(answer) == []


def test_rs8_end_that_is_missing(server, peer):
    peer.behaviour = ajp_peer.raw(
        send_headers(408, [("Content-Length", "4")]) + body_chunk(b"late"), close=True)
    answer = ask_http1(server)
    assert answer is None or answer.status == 502 or (answer.status, answer.body) == (408, b"late")
    assert len(peer.requests) == 1 and peer.requests[0].connection.wait_closed(5)
    next_is_served(server, peer)
    assert len(peer.connections) == 2


@VERSIONS
def test_rs9_two_hundred_cookies(server, peer, ask):
    cookies = ["c%03d=v; Domain=o%d.example" % (n, n % 3) for n in range(200)]
    assert len(send_headers(200, [("Set-Cookie", c) for c in cookies])) < 8192
    peer.behaviour = ajp_peer.respond(headers=[("Set-Cookie", c) for c in cookies])
    answer = ask(server)
    assert answer.status == 200 and answer.values("Set-Cookie") == cookies


@VERSIONS
@pytest.mark.parametrize("method,status", [("HEAD", 200), ("GET", 204), ("GET", 304)])
def test_rs10_body_where_none_may_be(server, peer, ask, method, status):
    peer.behaviour = ajp_peer.raw(send_headers(status, [("X-Good", "1")])
                                  + body_chunk(b"HTTP/1.1 200 OK\r\n\r\n") + end_response())
    answer = ask(server, method=method)
    assert (answer.status, answer.body, answer.complete) == (status, b"", True)
    with Client(server.port) as client:  # behind it nothing is left on a kept connection
        client.head(method, "/app/x")
        client.head("GET", "/trap/page")
        assert [client.response().status for _ in range(2)] == [status, 200]
    assert all(x.connection.wait_closed(5) for x in peer.requests), "it is used no more"
    next_is_served(server, peer)


def half(size, headers=()):
    """Half a body that httpd must chunk, on its way before the connection ends."""
    def behave(exchange):
        exchange.head(200, list(headers))
        exchange.chunk(b"x" * size)
        exchange.flush()
        exchange.connection.close()
        raise ajp_peer.Gone("closed by us")
    return behave


@VERSIONS
@pytest.mark.parametrize("size", [100, 100000])
def test_rs11_cut_response(server, peer, ask, size):
    peer.behaviour = half(size)
    answer = ask(server)
    assert not answer.complete and answer.body.strip(b"x") == b""
    if ask is ask_http1:
        assert answer.status == 200 and len(answer.body) == size
    else:  # what was under way may be dropped with the stream
        assert answer.reason == "reset" and answer.status in (0, 200)
    assert len(peer.requests) == 1
    next_is_served(server, peer)


@pytest.mark.parametrize("length", [False, True])
def test_rs11_cut_response_is_not_cached(server, peer, length):
    headers = [("Cache-Control", "max-age=600"), ("Content-Type", "text/plain")]
    path = "/cached/%s" % length
    whole = ajp_peer.respond(headers=headers, body=b"whole", length=False)
    length_of_more = [("Content-Length", "2000")] if length else []
    peer.behaviour = ajp_peer.sequence(half(1000, headers + length_of_more), whole)
    assert not ask_http1(server, path).complete
    assert [get(server.port, path).text for _ in range(3)] == ["whole"] * 3
    assert len(peer.requests) == 2, "what is whole is cached"


# MS: sizes -----------------------------------------------------------------------------------

LARGE = """
JkWorkerProperty worker.list=lb,jkstatus
JkWorkerProperty worker.lb.type=lb
JkWorkerProperty worker.lb.balance_workers=a
JkWorkerProperty worker.a.port=%d
JkWorkerProperty worker.a.max_packet_size=65536
JkWorkerProperty worker.jkstatus.type=status
JkMount /app/* lb
JkMount /jkstatus jkstatus
LimitRequestLine 2000000
LimitRequestFieldSize 2000000
JkEnvVar FOO none
RewriteEngine On
RewriteCond %%{HTTP:X-Foo} .
RewriteRule ^ - [E=FOO:%%{HTTP:X-Foo}]
RequestHeader unset X-Foo
Header edit* Set-Cookie path=/ path=/longer/
Header edit* Location ^http: https:
"""
SIZES = [4095, 4096, 8190, 65535, 1 << 20]
PLACES = {  # what is that long: path and headers
    "url": lambda n: ("/app/" + "u" * (n - 5), []),
    "query": lambda n: ("/app/x?" + "q" * n, []),
    "host": lambda n: ("/app/x", [("Host", "h" * n)]),
    "cookie": lambda n: ("/app/x", [("Cookie", "c=" + "c" * (n - 2))]),
    "session": lambda n: ("/app/x", [("Cookie", "JSESSIONID=" + "s" * (n - 13) + ".a")]),
    "route": lambda n: ("/app/x", [("Cookie", "JSESSIONID=x." + "r" * (n - 13))]),
    "path session": lambda n: ("/app/x;jsessionid=x." + "r" * n, []),
    "worker": lambda n: ("/jkstatus?cmd=show&mime=txt&w=" + "w" * n, []),
    "sub worker": lambda n: ("/jkstatus?cmd=update&mime=txt&w=lb&sw=" + "w" * n, []),
    "value": lambda n: ("/jkstatus?cmd=update&mime=txt&w=lb&sw=a&vwn=" + "w" * n, []),
}


@pytest.fixture(scope="module")
def large_peer(make_for_module):
    return make_for_module.peer(packet_size=65536, policy=Policy(attributes="FOO"))


@pytest.fixture(scope="module")
def large(make_for_module, large_peer):
    return make_for_module.httpd(LARGE % large_peer.port, modules=["rewrite", "headers"])


@pytest.mark.parametrize("name,value,rewritten", [
    ("Set-Cookie", "a=" + "v" * 61400 + "; path=/", "a=" + "v" * 61400 + "; path=/longer/"),
    ("Set-Cookie", "path=/" * 9 + "v" * 61000, "path=/longer/" * 9 + "v" * 61000),
    ("Location", "http:" + "l" * 61440, "https:" + "l" * 61440)])
def test_ms4_rewritten_headers_of_60_kib(large, large_peer, name, value, rewritten):
    large_peer.behaviour = ajp_peer.respond(302, [(name, value)], b"x")
    answer = get(large.port, "/app/x")
    assert answer.status == 302 and answer.values(name) == [rewritten]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("place", PLACES)
def test_ms5_any_length(large, large_peer, place, size):
    """Passed on as it is, or refused; never cut."""
    large_peer.forget()
    large_peer.behaviour = ajp_peer.respond(body=b"a")
    path, headers = PLACES[place](size)
    answer = get(large.port, path, headers)
    if path.startswith("/jkstatus"):
        assert (answer.status, "type=ERROR" in answer.text) == (200, True)
        assert large_peer.requests == [] and len(answer.body) < 2 * size + 1000
    elif size > 60000:
        assert answer.status in (400, 413, 414) and large_peer.requests == []
    else:
        assert (answer.status, answer.body) == (200, b"a")
        sent = large_peer.requests[0].request
        target = sent.uri + ("?" + sent.attribute("query_string") if "?" in path else "")
        assert target == path
        assert all(sent.values(name) == [value] for name, value in headers)
    assert get(large.port, "/app/y").body == b"a"


@pytest.mark.parametrize("size", [65535, 65536, 65540, 131072])
@pytest.mark.parametrize("name", ["X-Bar", "X-Foo", "Cookie"], ids=["header", "variable", "coded"])
def test_ms6_longer_than_a_length_field(large, large_peer, name, size):
    """X-Foo becomes a variable, and is gone before the request is sent."""
    large_peer.forget()
    large_peer.behaviour = ajp_peer.respond(body=b"a")
    answer = get(large.port, "/app/x", [(name, "v" * size)])
    assert answer.status in (400, 413) and large_peer.requests == [], large.logs()[-1500:]
    assert large.wait_log(r" 413 .*max_packet_size")
    answer = get(large.port, "/app/x", [(name, "v" * 60000)])
    sent = large_peer.requests[0].request
    assert answer.status == 200
    assert (sent.attribute("FOO") if name == "X-Foo" else sent.header(name)) == "v" * 60000


def test_ms8_every_reader_of_foreign_bytes_has_a_fuzzer():
    """Each is built by `make fuzz`; its corpus is replayed by `make check`."""
    targets = re.search(r"all_targets = (.*)", (ROOT / "tests/fuzz/fuzz.mk").read_text())
    replayed = re.search(r"FUZZ_TESTS = ((?:.*\\\n)*.*)", (ROOT / "Makefile.am").read_text())
    for name in ("response", "properties", "rules", "status_query", "session", "path"):
        assert name in targets.group(1).split()
        assert "tests/fuzz/%s.tap" % name in replayed.group(1), replayed.group(1)
        assert "LLVMFuzzerTestOneInput" in (ROOT / "tests/fuzz" / (name + ".cc")).read_text()
        assert any((ROOT / "tests/fuzz/corpus" / name).iterdir())
