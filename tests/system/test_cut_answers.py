"""Answers that end too early: what the client sees, and when another member is asked instead."""

import threading
import time

import pytest

import ajp_peer
from balanced_site import SESSION, Balanced
from support import Client, Http2Client, get, member, wait_for


def raw_answer(site, version, path="/x"):
    """All bytes of an answer, and whether its connection was reset."""
    with Client(site.port) as client:
        client.head("GET", path, SESSION + [("Connection", "keep-alive")], version=version)
        data = b""
        try:
            while piece := client.sock.recv(65536):
                data += piece
        except ConnectionResetError:
            return data, True
        return data, False


def half_an_answer(headers, size):
    """The head and half of the body, on its way before the connection ends."""
    def behave(exchange):
        exchange.head(200, headers)
        exchange.chunk(b"x" * size)
        exchange.flush()
        exchange.connection.close()
        raise ajp_peer.Gone("closed by us")
    return behave


def test_an_answer_that_httpd_replaced_is_followed_by_nothing(make):
    """A header that httpd does not let out: it answers 500 itself, and that is all."""
    site = Balanced(make, '<Location /x>\nHeader set X-Bad "a\x01b"\n</Location>',
                    modules=["headers"])
    data, _ = raw_answer(site, "HTTP/1.1")
    assert data.startswith(b"HTTP/1.1 500") and data.count(b"HTTP/1.1") == 1, data
    assert wait_for(lambda: site.verdicts("/x"))
    assert site.verdicts("/x") == [["500", "answer-refused"]], site.lines("/x")
    assert member(site.port, "a")["errors"] == "0"


@pytest.mark.parametrize("size", [100, 100000])
@pytest.mark.parametrize("version", ["HTTP/1.0", "HTTP/1.1"])
@pytest.mark.parametrize("length", [False, True])
def test_cut_answer(make, version, length, size):
    site = Balanced(make)
    headers = [("Content-Length", str(size * 2))] if length else []
    site.peers["a"].behaviour = half_an_answer(headers, size)
    data, is_reset = raw_answer(site, version)
    head, _, body = data.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200") and b"<html" not in body.lower()
    if length:
        assert body.count(b"x") == size and b"Content-Length: %d" % (size * 2) in head
    elif version == "HTTP/1.1":
        assert b"chunked" in head and body.count(b"x") == size and not body.endswith(b"0\r\n\r\n")
    else:  # nothing but the way in which the connection ends can tell
        assert is_reset
    assert site.peers["b"].requests == [] and len(site.peers["a"].requests) == 1
    assert wait_for(lambda: site.verdicts("/x") == [["200", "closed-in-body"]])


DYING = [step + "-reset" * reset for step in ("after-head", "mid-chunk") for reset in (False, True)]


def only_a_head(step, headers):
    """The head, perhaps a part of the first chunk, and the end: nothing a client could see yet."""
    def behave(exchange):
        exchange.read_body()
        exchange.head(200, [("X-Dead", "a"), *headers])
        if step.startswith("mid-chunk"):
            exchange.connection.send_unseen(ajp_peer.wire.body_chunk(b"x" * 1000)[:50])
        time.sleep(0.02)  # so that the head is read alone; the outcome is the same if it is not
        exchange.connection.close(step.endswith("-reset"))
        raise ajp_peer.Gone("closed by us")
    return behave


@pytest.mark.parametrize("step", DYING)
@pytest.mark.parametrize("length", [False, True])
def test_a_member_that_dies_behind_the_head_costs_no_get(make, step, length):
    site = Balanced(make)
    headers = [("Content-Length", "1000")] if length else []
    site.peers["a"].behaviour = only_a_head(step, headers)
    answer = get(site.port, "/x", SESSION)
    assert (answer.status, answer.text, answer.header("X-Dead")) == (200, "b", None)
    assert answer.values("Content-Length") in ([], ["1"])
    assert len(site.peers["a"].requests) == 2 and len(site.peers["b"].requests) == 1
    assert wait_for(lambda: site.verdicts("/x") == [["200", "ok"]])
    assert all("was served, but not at once" in line for line in site.lines("/x"))


@pytest.mark.parametrize("how", ["FlushHeader", "flush"])
def test_a_head_that_left_is_a_cut_answer(make, how):
    """The head was asked to go out at once: then it is too late for another member."""
    site = Balanced(make, "JkOptions +FlushHeader" if how == "FlushHeader" else "")

    def behave(exchange):
        exchange.head(200, [("X-Dead", "a")])
        if how == "flush":
            exchange.flush()
        go_on.wait(10)
        exchange.connection.close()
        raise ajp_peer.Gone("closed by us")

    go_on = threading.Event()
    site.peers["a"].behaviour = behave
    with Client(site.port) as client:
        client.head("GET", "/x", SESSION)
        assert client.sock.recv(12) == b"HTTP/1.1 200"
        go_on.set()
        rest = b""
        while piece := client.sock.recv(65536):
            rest += piece
    assert b"X-Dead: a" in rest and not rest.endswith(b"0\r\n\r\n")
    assert site.peers["b"].requests == [] and len(site.peers["a"].requests) == 1
    assert wait_for(lambda: site.verdicts("/x") == [["200", "closed-in-body"]])


def test_a_head_under_another_status_leaves_nothing_behind(make):
    """The page of an error, and the headers of the answer that was given up, do not mix."""
    site = Balanced(make, "Header set X-Early yes early", modules=["headers"])
    site.peers["a"].behaviour = only_a_head_of_404
    site.peers["b"].behaviour = ajp_peer.respond(201, [("Content-Type", "text/b")], b"made")
    answer = get(site.port, "/x", SESSION)
    assert (answer.status, answer.text) == (201, "made")
    assert answer.values("Content-Type") == ["text/b"] and answer.values("X-Early") == ["yes"]
    assert answer.values("Set-Cookie") == [] and answer.values("Last-Modified") == []


def only_a_head_of_404(exchange):
    exchange.head(404, [("Set-Cookie", "a=1"), ("Content-Type", "text/a"), ("Content-Length", "7"),
                        ("Last-Modified", "Sun, 06 Nov 1994 08:49:37 GMT")])
    exchange.connection.close()
    raise ajp_peer.Gone("closed by us")


@pytest.mark.parametrize("length", [False, True])
def test_cut_answer_of_http2_is_a_reset_stream(make, length):
    site = Balanced(make, "Protocols h2c http/1.1", modules=["http2"])
    headers = [("Content-Length", "2000")] if length else []
    site.peers["a"].behaviour = half_an_answer(headers, 1000)
    with Http2Client(site.port) as client:
        answer = client.request(path="/x", headers=SESSION)
        assert answer.reason == "reset" and not answer.complete
        assert client.request(path="/y", headers=SESSION).body == b"b", "the connection lives"
