"""Every malformed answer of the golden vectors, played to the real thing.

The peer answers one request with the bytes of the vector and the next one properly.  What the
client must see, and whether the connection to the container may be used again, is the verdict.
"""

import re

import pytest

import ajp_peer
from support import Client, Cut, Http2Client, get

CONFIG = """
JkWorkerProperty worker.list=w
JkWorkerProperty worker.w.port=%d
JkWorkerProperty worker.w.retries=1
JkWorkerProperty worker.w.reply_timeout=5000
JkMount /* w
Protocols h2c http/1.1
"""
# Accepted: the response is delivered.  Value: whether the connection is used again.
ACCEPT = {
    "m27": True, "m28": True, "m32": False, "m37": True, "m38": True, "m40": True, "m41": True,
    "m44": False, "m50": True, "m53": True, "m59": True, "m61": False, "m62": False,
    "m63": False, "m64": False, "m67": False,
    "m71": None,  # either: the container cannot have read our answer to it when it ended
}
# After valid headers: the client must not see a complete response.
ABORT = {"m47", "m48", "m65", "m66"}
# The container closes after these bytes.
THEN_CLOSE = {"m04", "m11", "m12", "m13", "m14", "m65", "m66"}
BODIES = {"m50": b"0\r\n\r\n"}
EXPECTED_HEADERS = {"date", "server", "content-type", "content-length", "transfer-encoding",
                    "keep-alive", "connection", "x-a", "x", "x-evil"}
VECTORS = ajp_peer.vectors("m")


@pytest.fixture(scope="module")
def peer(make_for_module):
    return make_for_module.peer()


@pytest.fixture(scope="module")
def server(make_for_module, peer):
    return make_for_module.httpd(CONFIG % peer.port, modules=["http2"], log_level="debug")


@pytest.fixture(autouse=True)
def fresh(peer):
    """Each vector meets a new connection."""
    peer.drop()
    for connection in peer.connections:
        connection.wait_closed(5)
    peer.forget()


def play(server, peer, name):
    """One request answered by the vector, one after it; gives back both answers."""
    peer.behaviour = ajp_peer.sequence(
        ajp_peer.raw(VECTORS[name][0], close=name[:3] in THEN_CLOSE),
        ajp_peer.respond(body=b"next"))
    with Client(server.port) as client:
        client.head("GET", "/x")
        try:
            first = client.response()
            if not first.complete or name[:3] == "m65":
                assert client.closed(2) or first.status == 502, "the connection stays open"
        except Cut:
            first = None
    return first, get(server.port, "/y")


def check_connections(peer, reused):
    """The second request came on the same connection, or the first one was closed."""
    first, second = (x.connection for x in peer.requests)
    assert reused is None or (first is second) == reused
    if first is not second:
        assert first.wait_closed(5), "the connection to the container stays open"


def check_headers(answer):
    """No line that the container smuggled in, and nothing that breaks the framing."""
    names = {n.lower() for n, _ in answer.headers}
    assert "set-cookie" not in names and "injected" not in names, answer.headers
    assert "x-injected" not in names, answer.headers
    for name, value in answer.headers:
        assert re.fullmatch(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+", name), answer.headers
        assert not re.search(r"[\r\n\0]", value), answer.headers
    assert answer.reason in ("OK", ""), answer.reason


@pytest.mark.parametrize("name", sorted(VECTORS))
def test_vector(server, peer, name):
    first, second = play(server, peer, name)
    key = name[:3]
    assert (second.status, second.body) == (200, b"next"), "the next request is disturbed"
    assert len(peer.requests) == 2, "repeated"
    if key in ACCEPT:
        assert first is not None and first.complete and first.status == 200
        assert first.body == BODIES.get(key, b"abc")
        check_headers(first)
        check_connections(peer, reused=ACCEPT[key])
    elif key == "m48" and first is not None and first.complete and first.status == 200:
        # Nothing had gone out, so the wrong length could be put right.
        assert first.body == b"abc"
        check_connections(peer, reused=False)
    elif key == "m65" and first is not None and first.status == 200:
        # All that was announced had come; then the client's connection ends with it.
        assert first.body == b"abc"
        check_connections(peer, reused=False)
    else:
        # 502 as long as nothing had gone out, a visible cut afterwards.
        assert first is None or first.status == 502 or not first.complete, first
        if first is not None and first.status != 502:
            assert b"abc".startswith(first.body), "stray bytes at the client"
        check_connections(peer, reused=False)
        if key not in ABORT and first is not None and first.status == 502:
            assert first.complete


@pytest.mark.parametrize("name", [
    "m27-reason-crlf", "m38-header-name-bad-chars", "m40-header-value-crlf",
    "m41-header-value-nul", "m50-headers-te"])
def test_vector_over_http2(server, peer, name):
    peer.behaviour = ajp_peer.raw(VECTORS[name][0])
    with Http2Client(server.port) as client:
        answer = client.request(path="/x")
    assert answer.status == 200 and answer.complete
    assert answer.body == BODIES.get(name[:3], b"abc")
    check_headers(answer.__class__(200, "", [(n.lstrip(":"), v) for n, v in answer.headers]))
    assert not answer.values("transfer-encoding") and not answer.values("connection")


@pytest.mark.parametrize("name", ["m54-body-no-length", "m66-end-missing-midbody"])
def test_cut_is_a_reset_over_http2(server, peer, name):
    peer.behaviour = ajp_peer.raw(VECTORS[name][0], close=name[:3] in THEN_CLOSE)
    with Http2Client(server.port) as client:
        answer = client.request(path="/x")
        assert answer.status == 502 or not answer.complete
        peer.behaviour = ajp_peer.respond(body=b"next")
        assert client.request(path="/y").body == b"next", "other streams go on"


def test_greedy_get_body_chunk_is_clamped(server, peer):
    """Asked for 65535 bytes, the answer is at most one packet; the peer's watch looks."""
    sizes = []

    def greedy(exchange):
        exchange.read_body(ask=65535)
        sizes.extend(exchange.body_packets)
        exchange.respond(body=b"ok")

    peer.behaviour = greedy
    with Client(server.port) as client:
        assert client.request("POST", "/x", body=b"x" * 40000).body == b"ok"
    assert sum(sizes) == 40000 and max(sizes) <= 8186


def test_endless_get_body_chunk_is_bounded(server, peer):
    """A container that asks on and on after the end is given up at some point."""
    def endless(exchange):
        exchange.read_body()
        for _ in range(1000):
            exchange.read_packet()

    peer.behaviour = endless
    assert get(server.port, "/x").status == 502
    assert peer.requests[0].connection.wait_closed(5)


def test_headers_of_an_earlier_response_do_not_return(server, peer):
    """END without a head, on a connection whose last response set a cookie."""
    peer.behaviour = ajp_peer.sequence(
        ajp_peer.respond(headers=[("Set-Cookie", "id=secret")], body=b"first"),
        ajp_peer.raw(VECTORS["m52-end-before-headers"][0]))
    assert get(server.port, "/x").header("Set-Cookie") == "id=secret"
    answer = get(server.port, "/y")
    assert answer.status == 502 and answer.header("Set-Cookie") is None
    assert b"first" not in answer.body


def test_second_response_reaches_nobody(server, peer):
    """An answer with reuse 0, and later one more: nobody may get it."""
    def twice(exchange):
        exchange.respond(400, body=b"bad", reuse=0)
        exchange.connection.send_unseen(
            ajp_peer.wire.send_headers(200, [("Content-Length", "5")])
            + ajp_peer.wire.body_chunk(b"stray") + ajp_peer.wire.end_response())

    peer.behaviour = ajp_peer.sequence(twice, ajp_peer.respond(body=b"good"))
    first = get(server.port, "/x")
    assert (first.status, first.body) == (400, b"bad")
    assert [get(server.port, "/y").body for _ in range(5)] == [b"good"] * 5


@pytest.mark.parametrize("status", [100, 101, 103, 199])
def test_interim_status_is_refused(server, peer, status):
    peer.behaviour = ajp_peer.respond(status)
    assert get(server.port, "/x").status == 502


@pytest.mark.parametrize("reason", [b"", b"200", b"x" * 5000, None])
def test_reason_phrases(server, peer, reason):
    head = b"\x04\x00\xc8" + ajp_peer.wire.string(reason) + b"\0\0"
    peer.behaviour = ajp_peer.raw(ajp_peer.wire.packet(head) + ajp_peer.wire.end_response())
    answer = get(server.port, "/x")
    assert answer.status == 200 and (answer.reason == "OK" or len(answer.reason) == 5000)
