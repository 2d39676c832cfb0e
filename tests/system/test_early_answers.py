"""Answers that begin, or end, while the client is still sending its body."""

import socket
import threading
import time

import pytest

import ajp_peer
import ajp_wire as wire
from ajp_container import Gone
from balanced_site import Balanced
from support import Client, Cut, Http2Client, member, request, wait_for

WORKER = """
%s
JkWorkerProperty worker.list=w
JkWorkerProperty worker.w.port=%d
JkMount /* w
"""
CONTINUE = b"HTTP/1.1 100 Continue"


def everything(client):
    """All bytes that come until the server closes."""
    data = b""
    try:
        while piece := client.sock.recv(65536):
            data += piece
    except (Cut, OSError):
        pass
    return data


def begins_before_it_reads(headers, flushes):
    def behave(exchange):
        exchange.head(200, headers)
        if flushes:
            exchange.flush()
        exchange.read_body()
        exchange.chunk(b"body:" + exchange.body)
        exchange.end()
    return behave


@pytest.mark.parametrize("option, headers, flushes", [
    ("", [], True), ("", [("Content-Length", "10")], True), ("JkOptions +FlushHeader", [], False),
], ids=["flushed", "with-length", "FlushHeader"])
def test_no_100_continue_inside_an_answer(make, option, headers, flushes):
    peer = make.peer(begins_before_it_reads(headers, flushes))
    server = make.httpd(WORKER % (option, peer.port))
    with Client(server.port) as client:
        client.head("POST", "/x", [("Expect", "100-continue"), ("Transfer-Encoding", "chunked")])
        answer = client.sock.recv(65536)  # the head: it comes before we send anything
        client.chunk(b"hello")
        client.chunk(b"")
        answer += everything(client)
    assert answer.startswith(b"HTTP/1.1 200") and CONTINUE not in answer
    assert b"body:hello" in answer and peer.requests[0].body == b"hello"


def test_no_100_continue_inside_an_http2_answer(make):
    peer = make.peer(begins_before_it_reads([], True))
    server = make.httpd(WORKER % ("Protocols h2c http/1.1", peer.port), modules=["http2"])
    with Http2Client(server.port) as client:
        stream = client.start("POST", "/x", [("expect", "100-continue")], end=False)
        client.send(stream, b"hello", end=True)
        assert client.response(stream).body == b"body:hello"


def test_who_waits_for_a_100_gets_it_in_front_of_the_answer(make):
    peer = make.peer(begins_before_it_reads([], False))
    server = make.httpd(WORKER % ("", peer.port))
    with Client(server.port) as client:
        client.head("POST", "/x", [("Expect", "100-continue"), ("Content-Length", "5")])
        assert client.sock.recv(65536).startswith(CONTINUE)
        client.send(b"hello")
        assert client.response().body == b"body:hello"


def waits_in_vain(exchange):
    """As Tomcat's connectionTimeout: a whole answer without an end, and closes."""
    exchange.read_packet()
    exchange.connection.send(wire.get_body(8186))
    exchange.connection.sock.settimeout(0.3)
    try:
        exchange.connection.sock.recv(1, socket.MSG_PEEK)
    except TimeoutError:
        pass
    else:
        raise AssertionError("the client was not slow")
    exchange.connection.send_unseen(wire.send_headers(408, [("Content-Length", "4")]) +
                                    wire.body_chunk(b"slow"))
    exchange.connection.close()
    raise Gone("closed by us")


def test_a_slow_client_takes_no_member_out(make):
    """security.md A(5), DO-1: errors of clients never change the state of a member."""
    site = Balanced(make)
    for peer in site.peers.values():
        peer.behaviour = waits_in_vain
    for count in range(1, 4):
        with Client(site.port) as client:
            client.head("POST", "/slow", [("Content-Length", "20000")])
            client.send(b"x" * 8186)
            assert wait_for(lambda count=count: closed(site) == count, 5)
            client.send(b"x" * 11814)
            answer = everything(client)
        assert answer.startswith(b"HTTP/1.1 408") and answer.endswith(b"slow")
    assert {member(site.port, name)["state"] for name in "ab"} <= {"OK", "OK/IDLE"}
    assert site.lines("/slow") == []


def closed(site):
    return sum(c.gone.is_set() for peer in site.peers.values() for c in peer.connections)


def ends_without_waiting(has_ended):
    """Asks for body, ends the answer at once (an asynchronous application), and is idle again: what
    comes next is a new message to it; a body packet is none, so it closes (ajp13.md 9.4)."""
    def behave(exchange):
        exchange.read_packet()
        exchange.connection.send(wire.get_body(8186))
        time.sleep(0.3)  # so that the question is read alone
        exchange.respond(body=b"early")
        exchange.connection.watch.owed.clear()
        has_ended.set()
        assert exchange.connection.read_packet()[0] != wire.FORWARD_REQUEST
        time.sleep(0.3)  # the connection would be in the pool by now
        exchange.connection.close(reset=True)
        raise Gone("a body packet is no message")
    return behave


def test_a_container_that_did_not_wait_for_the_client_gets_no_other_request(make):
    has_ended = threading.Event()
    peer = make.peer(ajp_peer.sequence(ends_without_waiting(has_ended),
                                       ajp_peer.respond(body=b"second")))
    server = make.httpd(WORKER % ("", peer.port), children=1)
    with Client(server.port) as client:
        client.head("POST", "/x", [("Content-Length", "20000")])
        client.send(b"x" * 8186)
        assert has_ended.wait(5)
        client.send(b"x" * 11814)
        assert client.response().body == b"early"
        assert request(server.port, "POST", "/y", body=b"order").body == b"second"
    assert peer.accepted == 2
