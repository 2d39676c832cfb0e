"""Bodies of every size in both directions, streamed and byte for byte.

The sizes lie around the packet boundaries of the protocol: 8186 bytes of request body and 8184
of response body fit one packet, and some chunk lengths must never appear (see Watch.body).
"""

import hashlib
import threading
import time

import pytest

import ajp_peer
from support import Client, Cut, get, pattern, request, sha256, wait_for

CONFIG = """
JkWorkerProperty worker.list=w
JkWorkerProperty worker.w.port=%d
JkMount /* w
<VirtualHost 127.0.0.1:@PORT2@>
  JkMountCopy On
  JkOptions +FlushPackets
</VirtualHost>
"""
SIZES = [0, 1, 2, 511, 512, 513, 767, 768, 769, 2559, 2560, 2561, 2815, 2816, 8184, 8185, 8186,
         8187, 8697, 8698, 16371, 16372, 16373, 100000, 1000000]
DOWN = [0, 1, 8183, 8184, 8185, 16368, 16369, 65535, 65536, 65537, 100000, 1000000]
BLOCK = pattern(1048573)  # a prime, so that it lies differently in every packet
GIB = 1 << 30


def send_pattern(exchange):
    """The path says how many bytes; the query, in chunks of which size."""
    exchange.read_body()
    chunk = int(exchange.request.attribute("query_string") or 8184)
    exchange.respond(body=BLOCK[:int(exchange.uri.rsplit("/", 1)[1])], chunk=chunk)


def early(exchange):
    """Answer before reading anything of the body."""
    exchange.respond(403, body=b"no")


def early_then_read(exchange):
    """Head and some body first, then read the request body, then the rest."""
    exchange.head(200)
    exchange.chunk(b"begun ")
    exchange.flush()
    exchange.read_body()
    exchange.chunk(b"%d" % exchange.body_size)
    exchange.end()


def insist(exchange):
    """Ask for more although nothing is left; the answer has to be the empty packet."""
    exchange.read_body()
    more = [exchange.read_packet() for _ in range(3)]
    exchange.respond(body=b"%d %d" % (exchange.body_size, sum(map(len, more))))


def by_hundreds(exchange):
    exchange.read_body(ask=100)
    exchange.respond(body=b"%d %d" % (exchange.body_size, max(exchange.body_packets[1:] or [0])))


ROUTES = {
    "/digest": ajp_peer.digest, "/down/": send_pattern, "/early": early, "/insist": insist,
    "/mixed": early_then_read, "/hundred": by_hundreds, "/echo": ajp_peer.echo,
}


@pytest.fixture(scope="module")
def peer(make_for_module):
    return make_for_module.peer(ajp_peer.by_path(ROUTES))


@pytest.fixture(scope="module")
def server(make_for_module, peer):
    return make_for_module.httpd(CONFIG % peer.port, ports=2, modules=["reqtimeout"])


@pytest.fixture(autouse=True)
def forget(peer):
    peer.forget()
    peer.behaviour = ajp_peer.by_path(ROUTES)


def expected(body):
    return b"%d %s" % (len(body), sha256(body).encode())


@pytest.mark.parametrize("size", SIZES)
def test_upload_of_known_length(server, peer, size):
    body = BLOCK[:size]
    assert request(server.port, "POST", "/digest", body=body).body == expected(body)
    exchange = peer.requests[0]
    assert exchange.request.content_length == size
    assert exchange.request.values("transfer-encoding") == []


@pytest.mark.parametrize("size", SIZES)
def test_upload_of_unknown_length(server, peer, size):
    body = BLOCK[:size]
    pieces = [body[at:at + 5000] for at in range(0, size, 5000)]
    answer = request(server.port, "POST", "/digest", chunked=pieces)
    assert answer.body == expected(body)
    sent = peer.requests[0].request
    assert sent.content_length is None and sent.values("transfer-encoding") == ["chunked"]


@pytest.mark.parametrize("sizes", [range(500, 780), range(2550, 2830), range(8170, 8200)],
                         ids=["0x02", "0x0a", "packet"])
def test_every_size_near_a_boundary(server, sizes):
    with Client(server.port) as client:
        for size in sizes:
            answer = client.request("POST", "/digest", body=BLOCK[:size])
            assert answer.body == expected(BLOCK[:size]), size


@pytest.mark.slow
def test_every_size_up_to_9000(server):
    with Client(server.port) as client:
        for size in range(1, 9001):
            body = BLOCK[:size]
            assert client.request("POST", "/digest", body=body).body == expected(body), size
            answer = client.request("POST", "/digest", chunked=[body])
            assert answer.body == expected(body), size


def test_first_packet_comes_unasked(server, peer):
    body = BLOCK[:20000]
    peer.behaviour = ajp_peer.digest
    assert request(server.port, "POST", "/digest", body=body).body == expected(body)
    kinds = [kind for _, kind, _ in peer.requests[0].connection.packets]
    assert kinds[:2] == ["request", "body"] and peer.requests[0].body_packets[0] == 8186


def test_container_asks_for_little(server):
    assert request(server.port, "POST", "/hundred", body=BLOCK[:10000]).body == b"10000 100"


@pytest.mark.parametrize("body", [None, b"", b"x" * 9000])
def test_container_asks_on_after_the_end(server, body):
    size = len(body or b"")
    assert request(server.port, "POST", "/insist", body=body).body == b"%d 0" % size


def test_expect_continue(server):
    body = BLOCK[:30000]
    with Client(server.port) as client:
        client.head("POST", "/digest", [("Expect", "100-continue"),
                                        ("Content-Length", str(len(body)))])
        while b"\r\n\r\n" not in client._buffer:
            assert client.more(), "no interim response"
        client.send(body)
        answer = client.response()
    assert [i.status for i in answer.interim] == [100] and answer.body == expected(body)


def test_expect_continue_chunked(server):
    with Client(server.port) as client:
        client.head("POST", "/digest", [("Expect", "100-continue"),
                                        ("Transfer-Encoding", "chunked")])
        while b"\r\n\r\n" not in client._buffer:
            assert client.more(), "no interim response"
        client.chunk(b"hello")
        client.chunk(b"")
        answer = client.response()
    assert [i.status for i in answer.interim] == [100] and answer.body == expected(b"hello")


@pytest.mark.parametrize("size", [10, 8186, 8187, 1000000])
def test_early_response(server, peer, size):
    answer = request(server.port, "POST", "/early", body=BLOCK[:size])
    assert (answer.status, answer.body) == (403, b"no")
    # The exchange is over, so the connection serves the next request.
    assert get(server.port, "/echo").status == 200
    assert len({x.connection.number for x in peer.requests}) == 1


def test_body_is_read_after_the_response_began(server):
    answer = request(server.port, "POST", "/mixed", body=BLOCK[:100000])
    assert answer.body == b"begun 100000"


@pytest.mark.parametrize("size", DOWN)
def test_download(server, size):
    answer = get(server.port, "/down/%d" % size)
    assert answer.complete and answer.body == BLOCK[:size]


@pytest.mark.parametrize("chunk", [1, 7, 1000, 8184])
def test_download_in_chunks_of(server, chunk):
    answer = get(server.port, "/down/20000?%d" % chunk)
    assert answer.complete and answer.body == BLOCK[:20000]


def test_download_without_length(server, peer):
    peer.behaviour = ajp_peer.download(300000, BLOCK[:1000], length=False)
    answer = get(server.port, "/x")
    assert answer.complete and answer.body == BLOCK[:1000] * 300
    assert answer.header("Transfer-Encoding") == "chunked"


class Steps:
    """A behaviour that sends the next piece only when the client has seen the last one."""

    def __init__(self, flush):
        self.flush, self.seen = flush, threading.Semaphore(0)
        self.late = 0

    def __call__(self, exchange):
        exchange.head()
        for piece in (b"one", b"two", b"three"):
            exchange.chunk(piece)
            if self.flush:
                exchange.flush()
            if not self.seen.acquire(timeout=5):
                self.late += 1
        exchange.end()


@pytest.mark.parametrize("how", ["flush", "FlushPackets"])
def test_each_flush_reaches_the_client_at_once(server, peer, how):
    steps = Steps(flush=how == "flush")
    peer.behaviour = steps
    with Client(server.ports[0 if how == "flush" else 1]) as client:
        client.head("GET", "/x")
        for piece in (b"one", b"two", b"three"):
            begun = time.monotonic()
            while piece not in client._buffer and client.more():
                pass
            assert time.monotonic() - begun < 2
            steps.seen.release()
        assert client.response().body == b"onetwothree"
    assert steps.late == 0


def test_streamed_upload_reaches_the_container_at_once(server, peer):
    """A chunked upload is passed on as it comes, not packet by full packet."""
    got = []

    def behave(exchange):
        while exchange.read_packet():
            got.append(exchange.body_packets[-1])
        exchange.respond()

    peer.behaviour = behave
    with Client(server.port) as client:
        client.head("POST", "/x", [("Transfer-Encoding", "chunked")])
        for count in (1, 2, 3):
            client.chunk(b"piece %d" % count)
            assert wait_for(lambda: len(got) >= count, 3), "piece %d is held back" % count
        client.chunk(b"")
        assert client.response().status == 200
    assert got == [7, 7, 7]


# Clients that go away ------------------------------------------------------------------------


@pytest.mark.parametrize("sent", [0, 5, 9000])
@pytest.mark.parametrize("how", ["close", "reset", "half"])
def test_upload_that_breaks_off(server, peer, sent, how):
    with Client(server.port) as client:
        client.head("POST", "/digest", [("Content-Length", "20000")])
        client.send(BLOCK[:sent])
        time.sleep(0.1)
        {"close": client.close, "reset": client.reset, "half": client.half_close}[how]()
        if how == "half":
            assert client.closed() and client._buffer == b"", "no response to half a request"
    # Where something was forwarded at all, the container sees a closed connection and no end.
    assert wait_for(lambda: all(x.connection.gone.is_set() for x in peer.requests), 5)
    assert get(server.port, "/echo").status == 200


def test_invalid_chunk(server, peer):
    with Client(server.port) as client:
        client.head("POST", "/digest", [("Transfer-Encoding", "chunked")])
        client.chunk(b"good")
        client.send(b"zz\r\nbad")
        assert client.response().status == 400
        assert client.closed()
    assert wait_for(lambda: all(x.connection.gone.is_set() for x in peer.requests), 5)
    assert get(server.port, "/echo").status == 200


def test_download_that_the_client_leaves(server, peer):
    peer.behaviour = ajp_peer.download(100 << 20, BLOCK)
    with Client(server.port) as client:
        client.head("GET", "/x")
        client.more()
        client.reset()
    assert peer.wait_requests(1)
    assert peer.requests[0].connection.wait_closed(10)
    peer.behaviour = ajp_peer.respond()
    assert get(server.port, "/x").status == 200


@pytest.mark.parametrize("coding", ["gzip, chunked", "chunked, chunked", "identity", "xchunked"])
def test_other_transfer_codings_are_refused(server, peer, coding):
    with Client(server.port) as client:
        client.head("POST", "/digest", [("Transfer-Encoding", coding)])
        client.send(b"0\r\n\r\n")
        try:
            assert client.response().status in (400, 501)
        except Cut:
            pytest.fail("no answer")
    assert peer.requests == []


def test_length_and_chunked_together(server, peer):
    with Client(server.port) as client:
        client.head("POST", "/echo", [("Content-Length", "3"), ("Transfer-Encoding", "chunked")])
        client.chunk(b"hello")
        client.chunk(b"")
        assert client.response().body == b"hello"
    sent = peer.requests[0].request
    assert sent.content_length is None and sent.values("transfer-encoding") == ["chunked"]


# A gigabyte ----------------------------------------------------------------------------------


class Memory:
    """Samples the memory of a server until stopped; `growth` in KiB."""

    def __init__(self, server):
        self.server, self.stop = server, threading.Event()
        self.before = self.peak = server.memory()
        self.thread = threading.Thread(target=self._run)

    def _run(self):
        while not self.stop.wait(0.3):
            self.peak = max(self.peak, self.server.memory())

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        self.thread.join()

    @property
    def growth(self):
        return self.peak - self.before


def stream_up(server, size, chunked):
    """Send `size` bytes and compare what arrived."""
    want, left = hashlib.sha256(), size
    with Client(server.port, timeout=120) as client:
        length = ("Transfer-Encoding", "chunked") if chunked else ("Content-Length", str(size))
        client.head("POST", "/digest", [length])
        while left:
            piece = BLOCK[:left]
            want.update(piece)
            (client.chunk if chunked else client.send)(piece)
            left -= len(piece)
        if chunked:
            client.chunk(b"")
        answer = client.response()
    assert answer.body == b"%d %s" % (size, want.hexdigest().encode())


def stream_down(server, size):
    """Read `size` bytes and compare them with what the peer sends."""
    got, want, count = hashlib.sha256(), hashlib.sha256(), 0
    with Client(server.port, timeout=120) as client:
        client.head("GET", "/x")
        answer = client._response_head()
        data, client._buffer = client._buffer, b""
        while data:
            got.update(data)
            count += len(data)
            data = client.sock.recv(1 << 20) if count < size else b""
    for _ in range(size // len(BLOCK)):
        want.update(BLOCK)
    want.update(BLOCK[:size % len(BLOCK)])
    assert answer.header("Content-Length") == str(size)
    assert (count, got.hexdigest()) == (size, want.hexdigest())


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("way", ["up", "up-chunked", "down"])
def test_a_gigabyte(make, way):
    peer = make.peer(ajp_peer.digest)
    server = make.httpd(CONFIG % peer.port, ports=2, modules=["reqtimeout"], threads=4)

    def move(size):
        if way == "down":
            peer.behaviour = ajp_peer.download(size, BLOCK)
            stream_down(server, size)
        else:
            stream_up(server, size, chunked=way == "up-chunked")

    for _ in range(3):
        move(20 << 20)  # buffers and pools have their size now
    with Memory(server) as memory:
        move(GIB)
    print("memory of httpd grew by %d KiB" % memory.growth)
    assert memory.growth < 8 * 1024
