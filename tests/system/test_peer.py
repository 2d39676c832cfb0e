"""The peer itself: every `>` vector gets the verdict that a container owes it.

Without httpd; a wrong verdict here would make the other tests blind.
"""

import socket
import struct

import pytest

import ajp_peer
import ajp_wire as wire

# Vectors that need a container with a policy of its own.
POLICIES = {
    "w25": wire.Policy(attributes="bar"), "w27": wire.Policy(secret="s3cr3t"),
    "w28": wire.Policy(secret="s3cr3t"), "w29": wire.Policy(secret="s3cr3t"),
    "w30": wire.Policy(max_headers=100), "w31": wire.Policy(check_host=True),
}
# Packets that follow a FORWARD_REQUEST in the vectors, and valid ones that need a request first.
BODY_ONLY = {"v09": 5, "v11": 11, "v13": None, "v22": 8186, "v36": 1}


def play(data, policy=None, behaviour=ajp_peer.digest):
    """Send bytes to a peer, close, and give back the peer after it saw the end."""
    peer = ajp_peer.Peer(behaviour, policy=policy)
    with socket.create_connection((peer.host, peer.port)) as sock:
        sock.settimeout(10)
        sock.sendall(data)
        sock.shutdown(socket.SHUT_WR)
        answer = b""
        while piece := sock.recv(65536):
            answer += piece
    peer.connections[0].wait_closed()
    peer.stop()
    return peer, answer


def forward(length):
    """A request that makes the body packets of the vectors legal."""
    fields = [b"\x02\x04", b"\0\x08HTTP/1.1\0", b"\0\x02/x\0", b"\xff\xff" * 2, b"\0\x01h\0",
              b"\0\x50\0"]
    if length is None:
        fields.append(b"\0\x00")
    else:
        text = str(length).encode()
        fields.append(b"\0\x01\xa0\x08" + struct.pack(">H", len(text)) + text + b"\0")
    payload = b"".join(fields) + b"\xff"
    return b"\x12\x34" + struct.pack(">H", len(payload)) + payload


def sent_by_server(prefix):
    return {n: d for n, (d, about) in ajp_peer.vectors(prefix).items()
            if about.startswith("# server to container")}


VALID = sent_by_server("v")
HOSTILE = sent_by_server("w")


def test_all_vectors_are_there():
    assert len(ajp_peer.vectors("v")) == 36 and len(ajp_peer.vectors("m")) == 71
    assert len(HOSTILE) == 39


@pytest.mark.parametrize("name", sorted(VALID))
def test_valid_vector_is_accepted(name):
    data = VALID[name]
    if name[:3] in BODY_ONLY:
        length = BODY_ONLY[name[:3]]
        data = forward(None if data[4:] in (b"", b"\0\0") else length) + data
    known = wire.Policy(attributes=".*", secret="s3cr3t" if "secret" in name else None)
    # Requests with a body stand alone here, so they are answered without reading it.
    behaviour = ajp_peer.digest if name[:3] in BODY_ONLY else lambda x: x.respond()
    peer, _ = play(data, known, behaviour)
    assert peer.violations == [] and peer.refusals == []


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_hostile_vector_is_noticed(name):
    peer, answer = play(HOSTILE[name], POLICIES.get(name[:3]))
    assert peer.violations or peer.refusals, answer


def test_fields_of_a_captured_request():
    peer, _ = play(VALID["v17-forward-tls-client-cert-jk"], behaviour=lambda x: x.respond())
    request = peer.requests[0].request
    assert (request.method, request.uri, request.server_port) == ("GET", "/t/x/noread", 23022)
    assert request.is_ssl and request.attribute("ssl_key_size") == 256
    assert request.attribute("ssl_cert").startswith("-----BEGIN CERTIFICATE-----")
    assert request.attribute("AJP_SSL_PROTOCOL") == "TLSv1.3"
    assert request.header("Host") == "127.0.0.1:23022" and "host" in request.coded


@pytest.mark.parametrize("name", ["v23-chunk-max-8184", "v26-headers-13", "v30-response-stream"])
def test_writer_reproduces_what_tomcat_sends(name):
    captured = ajp_peer.vectors(name)[name][0]
    if name.startswith("v23"):
        assert wire.body_chunk(captured[7:-1]) == captured
    elif name.startswith("v30"):
        assert captured.endswith(wire.end_response(1))
    else:
        assert captured[:4] == wire.packet(captured[4:])[:4]


def test_second_request_before_end_is_noticed():
    request = VALID["v03-forward-get-jk"]
    peer, _ = play(request + request, behaviour=lambda x: x.head())
    assert any("state busy" in v for v in peer.violations)


def test_request_after_reuse_0_is_noticed():
    request = VALID["v03-forward-get-jk"]
    peer, _ = play(request + request, behaviour=lambda x: x.respond(reuse=0))
    assert any("reuse 0" in v for v in peer.violations)


@pytest.mark.parametrize("size", [512, 767, 2560, 2815])
def test_chunk_length_that_looks_like_a_message_is_noticed(size):
    body = struct.pack(">2sHH", b"\x12\x34", size + 2, size) + bytes(size)
    peer, _ = play(forward(size) + body)
    assert any("looks like" in v for v in peer.violations)


@pytest.mark.parametrize("size", [511, 768, 2559, 2816])
def test_other_chunk_lengths_are_fine(size):
    body = struct.pack(">2sHH", b"\x12\x34", size + 2, size) + bytes(size)
    assert play(forward(size) + body)[0].violations == []
