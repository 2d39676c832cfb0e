"""Request bodies fill the packets that the container asks for, at both ends of max_packet_size,
whatever pieces the client sends: chunks, TLS records. And what a read behind good bytes meets."""

import gzip
import time

import pytest

import ajp_peer
from support import Client, get, pattern, sha256, tls_context, wait_for

PACKETS = """
JkWorkerProperty worker.list=w
JkWorkerProperty worker.w.port=%d
JkWorkerProperty worker.w.max_packet_size=%d
JkMount /* w
JkMountCopy All
<VirtualHost 127.0.0.1:@PORT2@>
  SSLEngine on
  SSLCertificateFile %s/server.pem
  SSLCertificateKeyFile %s/server.key
</VirtualHost>
<Location /inflated>
  SetInputFilter DEFLATE
</Location>
"""
MIB = 1 << 20
BODY = pattern(MIB)


def expected(body):
    return b"%d %s" % (len(body), sha256(body).encode())


class Site:
    def __init__(self, make, size, certs):
        self.size = size
        self.peer = make.peer(ajp_peer.digest, packet_size=size)
        self.server = make.httpd(PACKETS % (self.peer.port, size, certs, certs), ports=2,
                                 modules=["reqtimeout", "socache_shmcb", "ssl", "deflate"])


@pytest.fixture(scope="module", params=[8192, 65536])
def packets(request, make_for_module, certificates):
    return Site(make_for_module, request.param, certificates)


@pytest.mark.parametrize("way", ["sized", "chunked-1000", "chunked-16384"])
@pytest.mark.parametrize("tls", [False, True], ids=["plain", "tls"])
def test_a_fast_client_fills_packets(packets, certificates, tls, way):
    """Whatever the client's chunks and TLS records are, packets are as long as asked for."""
    packets.peer.forget()
    context = tls_context(certificates) if tls else None
    with Client(packets.server.ports[1 if tls else 0], tls=context) as client:
        if way == "sized":
            assert client.request("POST", "/x", body=BODY).body == expected(BODY)
        else:
            step = int(way.split("-")[1])
            pieces = [BODY[at:at + step] for at in range(0, MIB, step)]
            client.head("POST", "/x", [("Transfer-Encoding", "chunked")])
            client.send(b"".join(b"%x\r\n%s\r\n" % (len(p), p) for p in [*pieces, b""]))
            assert client.response().body == expected(BODY)
    sent = [count for count in packets.peer.requests[0].body_packets if count]
    room = packets.size - 6
    assert max(sent) == room
    # A client that is slower than httpd for a moment is not waited for: hence not all are full.
    # One chunk or record per packet would be 1049, 192 or 128 of them.
    assert len(sent) <= (MIB // room + 1) * 1.3 + 4, sent


@pytest.mark.parametrize("pause", [0, 0.05])
def test_an_inflating_filter_is_waited_for(packets, pause):
    """Some releases of mod_deflate take "nothing now" for an error: all reads of it wait."""
    packets.peer.forget()
    body = pattern(300000)
    packed = gzip.compress(body, 1)
    assert len(packed) > 3000
    with Client(packets.server.port) as client:
        client.head("POST", "/inflated", [("Transfer-Encoding", "chunked"),
                                          ("Content-Encoding", "gzip")])
        step = len(packed) // 5
        for at in range(0, len(packed), step):
            client.chunk(packed[at:at + step])
            time.sleep(pause)
        client.chunk(b"")
        assert client.response().body == expected(body)


@pytest.mark.parametrize("tls", [False, True], ids=["plain", "tls"])
def test_lone_bytes_reach_the_container_at_once(packets, certificates, tls):
    """What was read is not kept back until a packet is full."""
    got = []

    def behave(exchange):
        while not exchange.ended:
            exchange.read_packet()
            got.append(exchange.body_packets[-1])
        exchange.respond()

    room = packets.size - 6
    packets.peer.behaviour = behave
    context = tls_context(certificates) if tls else None
    try:
        with Client(packets.server.ports[1 if tls else 0], tls=context) as client:
            client.head("POST", "/x", [("Content-Length", str(room + 3))])
            client.send(BODY[:room])  # the unasked packet, which is always a full one
            for count in (1, 2, 3):
                assert wait_for(lambda: len(got) >= count, 5), "byte %d is held back" % (count - 1)
                client.send(b"x")
            assert client.response().status == 200
    finally:
        packets.peer.behaviour = ajp_peer.digest
    assert got == [room, 1, 1, 1]


def test_what_came_before_an_error_is_delivered(packets):
    """The client leaves behind its first bytes: the container gets them, and no end."""
    packets.peer.forget()
    with Client(packets.server.port) as client:
        client.head("POST", "/x", [("Transfer-Encoding", "chunked")])
        client.send(b"4\r\ngood\r\n")
        client.half_close()
        assert client.closed()
    exchange = packets.peer.requests[0]
    assert exchange.connection.gone.wait(5)
    assert (exchange.body, exchange.ended) == (b"good", False)


def test_a_malformed_body_gets_one_answer(packets):
    """Good bytes and a malformed chunk in one segment. httpd may have answered the latter itself
    when the former were read: then there is no other answer, and nothing follows in any case."""
    def behave(exchange):
        exchange.read_packet()
        exchange.respond(body=b"enough")

    packets.peer.forget()
    packets.peer.behaviour = behave
    try:
        with Client(packets.server.port) as client:
            client.head("POST", "/x", [("Transfer-Encoding", "chunked")])
            client.send(b"4\r\ngood\r\nzz\r\nGET /y HTTP/1.1\r\nHost: x\r\n\r\n")
            assert client.response().status in (200, 400)
            assert client.closed() and client._buffer == b""
    finally:
        packets.peer.behaviour = ajp_peer.digest
    assert [exchange.uri for exchange in packets.peer.requests] == ["/x"]


def test_download_in_full_packets(packets):
    """Chunks of the largest size the worker's packets have."""
    packets.peer.forget()
    packets.peer.behaviour = ajp_peer.respond(body=BODY, chunk=packets.size - 8)
    try:
        answer = get(packets.server.port, "/x")
    finally:
        packets.peer.behaviour = ajp_peer.digest
    assert answer.complete and answer.body == BODY
