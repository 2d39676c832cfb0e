"""Denial of service, by number and size: rows DO-9 to DO-15 of security.md."""

import json
import os
import statistics
import threading
import time
from pathlib import Path

import pytest

import ajp_peer
from ajp_wire import body_chunk
from balanced_site import SESSION, Balanced
from support import Client, get, member, parallel, request, wait_for

CONFIG = """
JkWorkerProperty worker.list=w,st
JkWorkerProperty worker.w.port=%d
JkWorkerProperty worker.w.retries=1
JkWorkerProperty worker.st.type=status
JkMount /* w
JkMount /st st
JkMount /st/* st
%s
"""


@pytest.fixture
def peer(make):
    return make.peer()


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_do9_endless_questions(make, peer, method):
    """A body that has ended is asked for on and on: answered a few times, then given up."""
    asked = []

    def endless(exchange):
        exchange.read_body()
        while True:
            exchange.read_packet()
            asked.append(1)

    peer.behaviour = endless
    server = make.httpd(CONFIG % (peer.port, ""))
    body = b"x" * 20000 if method == "POST" else None
    assert request(server.port, method, "/x", body=body).status == 502
    assert peer.requests[0].connection.wait_closed(5) and len(asked) <= 20
    assert server.wait_log("keeps asking for a body that has ended")


def test_do9_tiny_chunks(make, peer):
    count = 200000

    def tiny(exchange):
        exchange.head()
        for _ in range(count // 1000):
            exchange.connection.send_unseen(body_chunk(b"x") * 1000)
        exchange.end()

    peer.behaviour = tiny
    server = make.httpd(CONFIG % (peer.port, ""))
    answer = get(server.port, "/x", timeout=40)
    assert answer.complete and answer.body == b"x" * count


def test_do9_flushes_without_a_body_between_them(make, peer):
    """Many of them cost neither memory nor the client anything."""
    def flushing(exchange):
        exchange.head()
        for _ in range(200):
            exchange.connection.send_unseen(body_chunk(b"") * 500)
        exchange.chunk(b"abc")
        exchange.end()

    peer.behaviour = flushing
    server = make.httpd(CONFIG % (peer.port, ""))
    assert get(server.port, "/warm", timeout=40).body == b"abc"
    before = server.memory()
    assert get(server.port, "/x", timeout=40).body == b"abc"
    assert server.memory() - before < 2048


def test_do10_endless_response_in_constant_memory(make, peer):
    size = 400 << 20
    peer.behaviour = ajp_peer.download(size, b"x" * 65536, length=False)
    server = make.httpd(CONFIG % (peer.port, ""))
    memory = []
    with Client(server.port, timeout=60) as client:
        client.head("GET", "/x")
        got, mark = 0, 40 << 20
        while got < size:
            piece = len(client.sock.recv(1 << 20))
            assert piece, "it ends early"
            got += piece
            if got > mark:
                memory.append(server.memory())
                mark += 100 << 20
    assert len(memory) >= 3 and max(memory) - memory[0] < 2048, memory


@pytest.mark.parametrize("count,status", [(90, 200), (2000, 413), (20000, 413)])
def test_do11_number_of_headers(make, peer, count, status):
    server = make.httpd(CONFIG % (peer.port, "LimitRequestFields 0"))
    answer = get(server.port, "/x", [("X-%d" % n, "v") for n in range(count)])
    assert answer.status == status
    assert len(peer.requests) == (status == 200)
    assert status == 200 or server.wait_log(r"GET /x .*413.*max_packet_size")
    assert get(server.port, "/y").status == 200


def test_do12_hostile_paths_against_wildcards(make, peer):
    rules = "\n".join("JkMount /%s*.%d w" % ("*a?" * 12, n) for n in range(50))
    server = make.httpd("JkWorkerProperty worker.list=w\nJkWorkerProperty worker.w.port=%d\n%s\n"
                        "LimitRequestLine 70000" % (peer.port, rules))
    begun = time.monotonic()
    for path in ("/" + "a" * 8000, "/" + "ab" * 4000 + ".x", "/" + "a/" * 4000, "/" + "a" * 60000):
        assert get(server.port, path, timeout=30).status in (403, 404)
    assert time.monotonic() - begun < 10 and peer.requests == []
    assert get(server.port, "/" + "a" * 3000 + ".7").status == 200


def test_do13_status_polled_as_fast_as_possible(make, peer):
    """Requests go on: each is served, and half of them in a time that nobody notices."""
    server = make.httpd(CONFIG % (peer.port, ""), children=2)
    stopping, polled, took = threading.Event(), [], []

    def poll(path):
        while not stopping.is_set():
            polled.append(get(server.port, path).status)

    paths = ["/st", "/st?mime=xml", "/st/api/v1/balancers", "/st/metrics"]
    threads = [threading.Thread(target=poll, args=(path,)) for path in paths]
    for thread in threads:
        thread.start()
    try:
        while len(polled) < 1000 or len(took) < 100:
            begun = time.monotonic()
            assert get(server.port, "/x").status == 200
            took.append(time.monotonic() - begun)
    finally:
        stopping.set()
        for thread in threads:
            thread.join()
    assert set(polled) == {200} and statistics.median(took) < 0.25


def parent(server):
    """Open files and mappings of the process that outlives every restart."""
    pid = server.pid
    maps = Path("/proc/%d/maps" % pid).read_text().splitlines()
    return len(os.listdir("/proc/%d/fd" % pid)), len([x for x in maps if " rw-s " in x])


def test_do14_restarts_with_long_requests(make):
    """They end in their own time, then their process ends; sockets and segments do not gather."""
    site = Balanced(make, threads=8)
    server = site.server
    server.graceful()
    before, go_on, answers = None, threading.Event(), []
    long = [x for x in range(12)]

    def hold(exchange):
        if exchange.uri == "/long":
            go_on.wait(40)
        exchange.respond(body=b"ok")

    for each in site.peers.values():
        each.behaviour = hold

    def ask():
        answers.append(get(site.port, "/long", timeout=60).text)

    threads = []
    for turn in range(3):
        for _ in long[:4]:
            threads.append(threading.Thread(target=ask))
            threads[-1].start()
        assert wait_for(lambda: sum(p.uris().count("/long") for p in site.peers.values())
                        == 4 * (turn + 1), 10)
        server.graceful()
        assert get(site.port, "/x").text == "ok"
        before = before or parent(server)
    assert [member(site.port, n)["busy"] for n in "ab"] == ["6", "6"]
    go_on.set()
    for thread in threads:
        thread.join()
    assert answers == ["ok"] * 12
    assert wait_for(lambda: len(server.child_pids()) == 1, 20), "an old generation stays"
    assert parent(server) <= before
    assert [member(site.port, n)["busy"] for n in "ab"] == ["0", "0"]
    get(site.port, "/x")
    current = [c for peer in site.peers.values() for c in peer.connections if not c.gone.is_set()]
    assert len(current) <= 4


def test_do15_name_that_cannot_be_resolved(make):
    """At run time: the change is refused, the old address stays, requests do not wait for it."""
    site = Balanced(make, "JkMount /st/* jkstatus", children=2)
    path = "/st/api/v1/balancers/lb/members/a"
    answers = []

    def change(_):
        return request(site.port, "PATCH", path, [("Content-Type", "application/json")],
                       json.dumps({"host": "no-such-host.invalid"}).encode(), timeout=30).status

    def serve():
        for _ in range(50):
            begun = time.monotonic()
            text = get(site.port, "/x", SESSION).text
            answers.append((text, time.monotonic() - begun < 5))

    thread = threading.Thread(target=serve)
    thread.start()
    assert all(400 <= status < 500 for status in parallel(4, change))
    thread.join()
    assert answers == [("a", True)] * 50
    assert json.loads(get(site.port, path).body)["settings"]["host"] in ("localhost", "127.0.0.1")
    assert member(site.port, "a")["state"] == "OK"
