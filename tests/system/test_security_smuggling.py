"""security.md C.2, rows SM-1 to SM-7: what clients say of their bodies. One client request is at
most one request to the container, and what it sends ends where it ended for the client.

Each test is named after its row; SM-8 to SM-12 are in test_security_desync.py. The peer's watch
notes, besides, every packet that a web server must never send.
"""

import select
import threading

import pytest

import ajp_peer
import ajp_wire as wire
from security_site import (BODY, ROOM, SMUGGLED, closed_behind, drain, name_it, only_named, packets,
                           start_anew)
from support import Client, get, parallel

CONFIG = """
JkWorkerProperty worker.list=w
JkWorkerProperty worker.w.port=%d
JkMount /* w
<Location /length>
  RequestHeader set Content-Length "expr=%%{HTTP:X-Length}"
</Location>
<Location /leading>
  RequestHeader set Content-Length " 3"
</Location>
<Location /trailing>
  RequestHeader set Content-Length "3 "
</Location>
"""


@pytest.fixture(scope="module")
def peer(make_for_module):
    return make_for_module.peer(name_it)


@pytest.fixture(scope="module")
def server(make_for_module, peer):
    return make_for_module.httpd(CONFIG % peer.port, modules=["headers", "reqtimeout"])


@pytest.fixture(autouse=True)
def fresh(peer):
    """Each test meets a new connection."""
    start_anew(peer)


CODINGS = {
    "gzip, chunked": "Transfer-Encoding: gzip, chunked",
    "chunked twice": "Transfer-Encoding: chunked, chunked",
    "identity": "Transfer-Encoding: identity",
    "xchunked": "Transfer-Encoding: xchunked",
    "parameter": "Transfer-Encoding: chunked;q=1",
    "two headers": "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
    "identity first": "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked",
    "blank before the colon": "Transfer-Encoding : chunked",
    "folded": "Transfer-Encoding: gzip,\r\n chunked",
    "folded inside": "Transfer-Encoding: chun\r\n ked",
    "empty": "Transfer-Encoding:",
}


@pytest.mark.parametrize("lines", CODINGS.values(), ids=CODINGS)
def test_sm1_transfer_codings(server, peer, lines):
    """Refused before the container hears of it; with a length beside it, too."""
    for more in ("", "Content-Length: 5\r\n"):
        with Client(server.port) as client:
            client.send("POST /x HTTP/1.1\r\nHost: x\r\n%s\r\n%s\r\n0\r\n\r\n" % (lines, more))
            answer = client.response("POST")
        assert answer.status in (400, 411, 413, 501), (more, answer.status)
    assert packets(peer) == []


def test_sm1_folded_but_plain(server, peer):
    """A fold that adds nothing leaves what httpd decodes: an ordinary body of unknown length."""
    with Client(server.port) as client:
        client.send("POST /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding:\r\n chunked\r\n\r\n"
                    "5\r\nhello\r\n0\r\n\r\n")
        status = client.response("POST").status
    assert status in (200, 400)
    if status == 200:
        exchange = peer.requests[0]
        assert exchange.body == b"hello"
        assert exchange.request.values("transfer-encoding") == ["chunked"]


@pytest.mark.parametrize("name", ["Transfer_Encoding", "X-Transfer-Encoding", "Transfer-Encodin"])
def test_sm1_other_names(server, peer, name):
    """A header that is really another one goes along and says nothing about the body."""
    with Client(server.port) as client:
        answer = client.request("POST", "/x", [(name, "chunked")], b"hello")
        assert (answer.status, client.request(path="/y").text) == (200, "/y")
    exchange = peer.requests[0]
    assert (exchange.body, exchange.request.content_length) == (b"hello", 5)
    assert exchange.request.values(name) == ["chunked"]
    assert exchange.request.values("transfer-encoding") == []


def test_sm2_nothing_unasked_of_a_chunked_body(server, peer):
    silent = []

    def behave(exchange):
        silent.append(not select.select([exchange.connection.sock], [], [], 0.3)[0])
        name_it(exchange)

    peer.behaviour = behave
    with Client(server.port) as client:
        assert client.request("POST", "/x", chunked=[BODY[:5000], BODY[5000:20000]]).text == "/x"
    exchange = peer.requests[0]
    assert silent == [True] and exchange.body == BODY[:20000]
    assert exchange.request.content_length is None
    assert exchange.request.values("transfer-encoding") == ["chunked"]


def judge(exchange):
    """Say of a body whether it is as long as the path says, whole, and in packets that can not be
    taken for a message. Whether the first came unasked is what the watch looks at."""
    exchange.read_body()
    sent = exchange.body_packets
    good = exchange.body == BODY[:int(exchange.uri[1:])] and max(sent, default=0) <= ROOM and \
        not {count >> 8 for count in sent} & {0x02, 0x0A}
    exchange.respond(body=b"good" if good else b"bad")


def post(size, way):
    """A whole request with a body of this size."""
    head = b"POST /%d HTTP/1.1\r\nHost: x\r\n" % size
    if way == "sized":
        return head + b"Content-Length: %d\r\n\r\n%s" % (size, BODY[:size])
    chunk = b"%x\r\n%s\r\n" % (size, BODY[:size]) if size else b""
    return head + b"Transfer-Encoding: chunked\r\n\r\n%s0\r\n\r\n" % chunk


@pytest.mark.parametrize("way", ["sized", "chunked"])
def test_sm3_every_size(server, peer, way):
    """Eight clients pipeline a dozen requests at a time, so that none waits for the others."""
    peer.behaviour = judge
    sizes = list(range(0, 9001))

    def client_of(number):
        bad, mine = [], sizes[number::8]
        with Client(server.port, timeout=50) as client:
            for at in range(0, len(mine), 12):
                some = mine[at:at + 12]
                client.send(b"".join(post(size, way) for size in some))
                bad += [size for size in some if client.response("POST").body != b"good"]
        return bad

    assert parallel(8, client_of) == [[]] * 8
    assert peer.violations == []


def answer_twice(released, sent):
    """Refuse at once and leave the body unread; send another answer when told to."""
    def behave(exchange):
        exchange.respond(400, body=b"refused", reuse=0)
        released.wait(5)
        try:
            exchange.connection.send_unseen(
                wire.send_headers(200, [("Content-Length", "5")]) + wire.body_chunk(b"stray") +
                wire.end_response())
        except ajp_peer.Gone:
            pass
        sent.set()
        drain(exchange)
    return behave


@pytest.mark.parametrize("body", [None, b"hello", BODY[:20000]], ids=["none", "small", "large"])
def test_sm3_sm3b_second_answer(server, peer, body):
    released, sent = threading.Event(), threading.Event()
    peer.behaviour = ajp_peer.sequence(answer_twice(released, sent), name_it)
    with Client(server.port) as client:
        answer = client.request("POST", "/x", body=body)
    assert (answer.status, answer.body) == (400, b"refused")
    released.set()
    assert sent.wait(5)
    first = peer.requests[0]
    only_named(peer, server.port)
    assert closed_behind(first) and first.unread <= ROOM + 6  # the unasked packet at most
    assert all(x.connection is not first.connection for x in peer.requests[1:])


def test_sm4_length_and_chunked(server, peer):
    peer.behaviour = ajp_peer.echo
    with Client(server.port) as client:
        client.head("POST", "/x", [("Content-Length", "3"), ("Transfer-Encoding", "chunked")])
        client.send("5\r\nhello\r\n0\r\n\r\n" + SMUGGLED)
        assert client.response().body == b"hello"
        assert client.closed() and client._buffer == b""
    request = peer.requests[0].request
    assert request.content_length is None and request.values("transfer-encoding") == ["chunked"]
    assert peer.uris() == ["/x"]


LENGTHS = ["+3", "-1", "3,3", "3, 3", "0x3", "", "9223372036854775808", "3 3", "3.0", "3;",
           "99999999999999999999999999"]


@pytest.mark.parametrize("lines", ["3\r\nContent-Length: 3", "3\r\nContent-Length: 4"] + LENGTHS,
                         ids=repr)
def test_sm5_lengths_of_a_client(server, peer, lines):
    with Client(server.port) as client:
        client.send("POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: %s\r\n\r\nabc" % lines)
        assert client.response("POST").status in (400, 413)
        assert client.closed()
    assert packets(peer) == []


@pytest.mark.parametrize("path,length", [("/leading/x", "3"), ("/trailing/x", "3")] + [
    ("/length/x", length) for length in LENGTHS], ids=repr)
def test_sm5_lengths_that_httpd_was_told_to_set(server, peer, path, length):
    """httpd has read the client's own length by then: what we would send is looked at again."""
    assert get(server.port, path, [("X-Length", length)]).status in (400, 413)
    assert packets(peer) == []


def test_sm5_blanks_around_a_length(server, peer):
    """They are no part of a header's value: the length is 3."""
    with Client(server.port) as client:
        client.send("POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: \t 3 \r\n\r\nabc")
        assert client.response("POST").status == 200
    assert peer.requests[0].request.values("content-length") == ["3"]
    assert peer.requests[0].body == b"abc"


@pytest.mark.parametrize("how", ["close", "reset", "half"])
@pytest.mark.parametrize("sent", [0, 9000])
def test_sm6_client_leaves(server, peer, sent, how):
    with Client(server.port) as client:
        client.head("POST", "/upload", [("Content-Length", "20000")])
        client.send(BODY[:sent])
        assert sent == 0 or peer.wait_requests(1)
        {"close": client.close, "reset": client.reset, "half": client.half_close}[how]()
        if how == "half":
            assert client.closed() and client._buffer == b""
    only_named(peer, server.port)
    uploads = [x for x in peer.requests if x.uri == "/upload"]
    assert len(uploads) == (1 if sent else 0)
    for exchange in uploads:
        assert closed_behind(exchange) and not exchange.ended
        assert exchange.body == BODY[:len(exchange.body)] and 0 not in exchange.body_packets


def test_sm7_invalid_chunk(server, peer):
    with Client(server.port) as client:
        client.head("POST", "/upload", [("Transfer-Encoding", "chunked")])
        client.chunk(BODY[:9000])
        assert peer.wait_requests(1)
        client.send("zz\r\nbad\r\n0\r\n\r\n" + SMUGGLED)
        assert client.response().status == 400
        assert client.closed() and client._buffer == b""
    exchange = peer.requests[0]
    assert closed_behind(exchange) and not exchange.ended and 0 not in exchange.body_packets
    only_named(peer, server.port)
    assert "/smuggled" not in peer.uris()
