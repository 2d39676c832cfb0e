"""security.md C.2, rows SM-8 to SM-12: containers that say too much, ask too much or end too early.
No byte of one exchange reaches another.

Each test is named after its row; SM-1 to SM-7 are in test_security_smuggling.py. The peer's watch
notes, besides, every packet that a web server must never send.
"""

import threading
import time

import pytest

import ajp_peer
import ajp_wire as wire
from security_site import (BODY, ROOM, SMUGGLED, closed_behind, drain, name_it, only_named, packets,
                           start_anew)
from support import Client, Cut, get, wait_for

CONFIG = """
JkWorkerProperty worker.list=w,pinged
JkWorkerProperty worker.w.port=%(port)d
JkWorkerProperty worker.w.retries=1
JkWorkerProperty worker.w.reply_timeout=5000
JkWorkerProperty worker.pinged.port=%(port)d
JkWorkerProperty worker.pinged.ping_mode=P
JkWorkerProperty worker.pinged.ping_timeout=5000
JkMount /* w
JkMount /pinged/* pinged
ErrorDocument 403 /empty
<Location /denied>
  Require all denied
</Location>
<VirtualHost 127.0.0.1:@PORT2@>
  JkMountCopy On
  LimitRequestBody 50000
  RequestReadTimeout body=1
</VirtualHost>
"""


@pytest.fixture(scope="module")
def peer(make_for_module):
    return make_for_module.peer(name_it)


@pytest.fixture(scope="module")
def server(make_for_module, peer):
    return make_for_module.httpd(CONFIG % {"port": peer.port}, ports=2, modules=["reqtimeout"])


@pytest.fixture(autouse=True)
def fresh(peer):
    """Each test meets a new connection."""
    start_anew(peer)


ANSWER = wire.send_headers(200, [("Content-Length", "5")]) + wire.body_chunk(b"first") + \
    wire.end_response()
BEHIND = {
    "m67": wire.send_headers(500, [("Content-Length", "5")]) + wire.end_response(),
    "answer": wire.send_headers(200, [("Content-Length", "5")]) + wire.body_chunk(b"stray") +
              wire.end_response(),
    "end": wire.end_response(), "flush": wire.FLUSH_PACKET, "cpong": wire.CPONG_PACKET,
    "half": wire.end_response()[:3],
}


@pytest.mark.parametrize("path", ["/x", "/pinged/x"], ids=["plain", "pinged"])
@pytest.mark.parametrize("when", ["at once", "later"])
@pytest.mark.parametrize("what", BEHIND)
def test_sm8_packet_behind_the_end(server, peer, what, when, path):
    seen, sent = threading.Event(), threading.Event()

    def behave(exchange):
        exchange.connection.send(ANSWER + (BEHIND[what] if when == "at once" else b""))
        if when == "later" and seen.wait(5):
            exchange.connection.send_unseen(BEHIND[what])
        sent.set()

    peer.behaviour = ajp_peer.sequence(behave, name_it)
    assert get(server.port, path).body == b"first"
    seen.set()
    assert sent.wait(5)
    assert get(server.port, path + "/next").text == path + "/next"
    first, second = peer.requests
    assert first.connection is not second.connection and closed_behind(first)


STALE = {"head": wire.send_headers(400), "end": wire.end_response(),
         "answer": wire.send_headers(400) + wire.end_response(),
         "pong in front": wire.CPONG_PACKET + wire.send_headers(400) + wire.end_response()}


@pytest.mark.parametrize("what", STALE)
def test_sm8_stale_answer_instead_of_a_pong(server, peer, what):
    assert get(server.port, "/pinged/x").text == "/pinged/x"
    first = peer.requests[0].connection

    def stale(connection):
        connection.send_unseen(STALE[what]) if connection is first else \
            ajp_peer.answer_ping(connection)

    peer.on_ping = stale
    for n in range(5):
        assert get(server.port, "/pinged/%d" % n).text == "/pinged/%d" % n
    assert first.wait_closed(5) and first.pings == 2
    assert [x.connection is first for x in peer.requests].count(True) == 1


def test_sm8_answer_behind_the_first_pong(server, peer):
    peer.on_ping = lambda connection: connection.send_unseen(
        wire.CPONG_PACKET + (ANSWER if connection is peer.connections[0] else b""))
    assert get(server.port, "/pinged/x").text == "/pinged/x"
    assert peer.connections[0].wait_closed(5) and len(peer.connections) == 2


def test_sm8_pong_inside_an_answer(server, peer):
    peer.behaviour = ajp_peer.sequence(
        ajp_peer.raw(ajp_peer.vectors("m68")["m68-cpong-mid-response"][0]), name_it)
    assert get(server.port, "/x").status == 502
    assert closed_behind(peer.requests[0])
    only_named(peer, server.port)


@pytest.mark.parametrize("length,status", [(254, 200), (255, 200), (256, 400), (264, 400),
                                           (300, 400), (8000, 400)])
def test_sm9_long_header_names(server, peer, length, status):
    name = "N" * length
    assert get(server.port, "/x", [(name, "v")]).status == status
    assert [x.request.values(name) for x in peer.requests] == ([["v"]] if status == 200 else [])
    assert packets(peer) == [] or status == 200


def asking(before, asks, then=name_it):
    """Read the body where `before`, begin to answer where it is "during", ask so often."""
    def behave(exchange):
        if before == "during":
            exchange.head()
            exchange.chunk(b"begun ")
            exchange.read_body()
            exchange.chunk(b"%d" % exchange.body_size)
            exchange.end()
            return
        if before == "end":
            exchange.read_body()
        for _ in range(asks):
            exchange.read_packet()
        then(exchange)
    return behave


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "DELETE"])
def test_sm10_asked_where_there_is_no_body(server, peer, method):
    peer.behaviour = asking("start", 3, lambda x: x.respond(body=b"ok"))
    with Client(server.port) as client:
        assert client.request(method, "/x").status == 200
        assert client.request(method, "/y").status == 200
    assert [x.body_packets for x in peer.requests] == [[0, 0, 0]] * 2
    assert len({x.connection for x in peer.requests}) == 1


@pytest.mark.parametrize("way", ["sized", "chunked"])
@pytest.mark.parametrize("when", ["end", "during"])
def test_sm10_asked_at_any_time(server, peer, when, way):
    peer.behaviour = asking(when, 3, lambda x: x.respond(body=b"begun %d" % x.body_size))
    more = {"body": BODY[:9000]} if way == "sized" else {"chunked": [BODY[:9000]]}
    with Client(server.port) as client:
        assert client.request("POST", "/x", **more).body == b"begun 9000"
    exchange = peer.requests[0]
    assert exchange.body == BODY[:9000]
    if when == "end":
        assert exchange.body_packets[-3:] == [0, 0, 0]


def test_sm10_asked_for_ever(server, peer):
    peer.behaviour = asking("start", 1000)
    assert get(server.port, "/x").status == 502
    exchange = peer.requests[0]
    assert closed_behind(exchange) and exchange.body_packets == [0] * 16


def test_sm10_asked_for_nothing(server, peer):
    def behave(exchange):
        exchange.connection.send(wire.get_body(0))
        exchange.wait_closed(5)

    peer.behaviour = behave
    with Client(server.port) as client:
        assert client.request("POST", "/x", chunked=[b"hello"]).status == 502
    assert closed_behind(peer.requests[0])
    assert [kind for _, kind, _ in packets(peer)] == ["request"]


def test_sm10_asked_for_too_much(server, peer):
    def behave(exchange):
        exchange.read_body(ask=65535)
        name_it(exchange)

    peer.behaviour = behave
    with Client(server.port) as client:
        assert client.request("POST", "/x", body=BODY[:40000]).text == "/x"
    assert peer.requests[0].body == BODY[:40000] and max(peer.requests[0].body_packets) == ROOM


def early(exchange):
    """Answer when the first packet has come."""
    exchange.read_packet()
    exchange.respond(body=b"early")


@pytest.mark.parametrize("way", ["sized", "chunked"])
def test_sm11_answer_during_the_upload(server, peer, way):
    """The container's connection serves others while the client still sends, and the client's own
    next request comes behind its body."""
    peer.behaviour = ajp_peer.by_path({"/upload": early}, name_it)
    with Client(server.port) as client:
        client.head("POST", "/upload", [("Content-Length", "100000") if way == "sized" else
                                        ("Transfer-Encoding", "chunked")])
        send = client.send if way == "sized" else client.chunk
        send(BODY[:10000])
        assert peer.wait_requests(1)
        first = peer.requests[0].connection

        def others_use_it():
            assert get(server.port, "/other").text == "/other"
            used = peer.requests[-1].connection
            if used is not first:
                used.close()  # it was not free yet; the one that was used last is taken next
            return used is first

        assert wait_for(others_use_it)
        send(BODY[10000:])
        if way == "chunked":
            client.chunk(b"")
        assert client.response().body == b"early"
        assert client.request(path="/next").text == "/next"
    assert peer.uris().count("/upload") == 1 and not first.gone.is_set()


@pytest.mark.parametrize("how", ["too much", "too slow"])
def test_sm11_rest_that_does_not_end(server, peer, how):
    """LimitRequestBody and RequestReadTimeout rule what is discarded: then the client is left."""
    peer.behaviour = ajp_peer.by_path({"/upload": early}, name_it)
    with Client(server.ports[1]) as client:
        client.head("POST", "/upload", [("Transfer-Encoding", "chunked")])
        client.chunk(BODY[:10000])
        assert peer.wait_requests(1) and peer.requests[0].done.wait(5)
        try:
            if how == "too much":
                client.chunk(BODY[:60000])
                client.send(b"0\r\n\r\n" + SMUGGLED.encode())
            answer = client.response()
            assert (answer.status, answer.body) == (200, b"early") or answer.status in (408, 413)
            assert client.closed() and client._buffer == b""
        except (Cut, OSError):
            pass  # left without an answer
    only_named(peer, server.port)
    assert "/smuggled" not in peer.uris()


def refuse_unread(status):
    def behave(exchange):
        exchange.respond(status, body=b"refused", reuse=0)
        drain(exchange)
    return behave


@pytest.mark.parametrize("how", ["refused", "denied", "no answer", "body missing"])
def test_sm12_pipelined(server, peer, how):
    """What stands behind the first request is answered as the second, or not at all."""
    first = {"refused": refuse_unread(400), "denied": refuse_unread(403),
             "no answer": ajp_peer.cut("before-head"), "body missing": name_it}[how]
    peer.behaviour = ajp_peer.by_path({"/upload": first}, name_it)
    body = BODY[:9000].decode()
    length = 20000 if how == "body missing" else len(body)
    with Client(server.port) as client:
        client.send("POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s"
                    "GET /second HTTP/1.1\r\nHost: x\r\n\r\n" % (length, body))
        if how == "body missing":
            client.half_close()
        else:
            statuses = {"refused": 400, "denied": 403, "no answer": 502}
            assert client.response("POST").status == statuses[how]
        if how in ("refused", "body missing"):  # httpd itself ends a connection behind a 400
            assert client.closed() and client._buffer == b""
        else:
            assert client.response("GET").text == "/second"
    only_named(peer, server.port)
    assert peer.uris().count("/second") == (1 if how in ("denied", "no answer") else 0)
    for exchange in peer.requests:
        assert exchange.uri != "/upload" or closed_behind(exchange)


def announce(status):
    """A length that no body follows, shown to the client before the end."""
    def behave(exchange):
        exchange.read_body()
        exchange.head(status, [("Content-Length", "11")])
        exchange.flush()
        time.sleep(0.2)  # the flush goes out alone
        exchange.end()
    return behave


@pytest.mark.parametrize("status", [204, 205, 304])
@pytest.mark.parametrize("path,shown", [("/empty", None), ("/denied", 403)])
def test_rs4_length_that_no_body_follows(server, peer, path, shown, status):
    """The next answer is not taken for the missing bytes."""
    peer.behaviour = ajp_peer.by_path({"/empty": announce(status)}, name_it)
    with Client(server.port) as client:
        client.send("GET %s HTTP/1.1\r\nHost: x\r\n\r\n"
                    "GET /second HTTP/1.1\r\nHost: x\r\n\r\n" % path)
        first = client.response("GET")
        assert (first.status, first.body) == (shown or status, b"")
        assert status == first.status == 304 or first.header("Content-Length") in (None, "0")
        assert client.response("GET").text == "/second"
    assert "/second" in peer.uris()
