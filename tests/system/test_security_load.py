"""Denial of service, one request or container at a time: rows DO-1 to DO-8 of security.md.

Whatever one client or one container does, others are served, and a member's state says only what is
true of the member.
"""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

import ajp_peer
from ajp_wire import FLUSH_PACKET, body_chunk, get_body, send_headers
from balanced_site import SESSION, Balanced
from support import Client, Cut, FullQueue, get, member, parallel, request, wait_for

QUICK = """
JkWorkerProperty worker.a.retries=1
JkWorkerProperty worker.b.retries=1
JkWorkerProperty worker.a.reply_timeout=%d
JkWorkerProperty worker.b.reply_timeout=%d
"""


def states(site):
    return [(member(site.port, name)["state"], member(site.port, name)["errors"]) for name in "ab"]


def behave(site, behaviour):
    for peer in site.peers.values():
        peer.behaviour = behaviour


# DO-1, DO-2: hostile requests ----------------------------------------------------------------


def close_unanswered(exchange):
    exchange.connection.close()
    raise ajp_peer.Gone("closed by us")


def without_body(port):
    with Client(port) as client:
        client.head("POST", "/hostile", SESSION + [("Content-Length", "10")])


HOSTILE = [
    lambda port: get(port, "/hostile", [("Host", "my_host")]),
    lambda port: get(port, "/hostile", [("X-Large", "v" * 7000)]),
    lambda port: get(port, "/hostile?a[]={}|%ff%zz"),
    lambda port: request(port, "POST", "/hostile", body=b"x" * 10),
    without_body,
]


class Good:
    """A client that asks on and on for what every container serves."""

    def __init__(self, port):
        self.port, self.stopping, self.seen = port, threading.Event(), []
        self.thread = threading.Thread(target=self.run)

    def run(self):
        while not self.stopping.is_set():
            self.seen.append(get(self.port, "/good").status)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        self.thread.join()


@pytest.mark.parametrize("answer", [
    close_unanswered, ajp_peer.respond(400, reuse=0), ajp_peer.respond(500, reuse=0),
    ajp_peer.raw(b"AB\0\1\0"), ajp_peer.raw(b"HTTP/1.1 400 Bad Request\r\n\r\n", close=True)],
    ids=["closes", "400", "500", "malformed", "http"])
def test_do1_hostile_requests_do_not_stop_good_ones(make, answer):
    site = Balanced(make, QUICK % (5000, 5000))
    behave(site, ajp_peer.by_path({"/hostile": answer}, ajp_peer.respond(body=b"good")))

    def hostile(number):
        for turn in range(25):
            try:
                HOSTILE[(number + turn) % len(HOSTILE)](site.port)
            except Cut:
                pass

    with Good(site.port) as good:
        assert wait_for(lambda: good.seen)
        assert parallel(4, hostile) == [None] * 4
        count = len(good.seen)
        assert wait_for(lambda: len(good.seen) > count + 20, 10)
    assert set(good.seen) == {200}
    assert answer is close_unanswered or states(site) == [("OK", "0")] * 2, states(site)


@pytest.mark.parametrize("size", [6, 255, 256, 5000, 8192])
def test_do2_unknown_method(make, size):
    site = Balanced(make, QUICK % (5000, 5000) + "LimitRequestLine 20000")
    method = ("FOOBAR" + "R" * size)[:size]
    answer = request(site.port, method, "/x", SESSION, b"")
    assert answer.status in ((200,) if size < 8192 else (400, 413, 414, 501))
    seen = [x.request.method for x in site.peers["a"].requests]
    assert seen == ([method] if answer.status == 200 else [])
    assert states(site)[0][1] == "0" and member(site.port, "a")["state"].startswith("OK")
    assert get(site.port, "/y", SESSION).text == "a"


# DO-3, DO-4: slow containers -----------------------------------------------------------------


def post_slow(site):
    return request(site.port, "POST", "/slow", SESSION, b"x").status


def test_do3_slow_url_within_the_limit(make):
    """Three of them are tolerated, the fourth is an error of the member; a POST has one attempt."""
    site = Balanced(make, QUICK % (400, 5000) + "JkWorkerProperty worker.lb.max_reply_timeouts=3")
    site.peers["a"].behaviour = ajp_peer.by_path({"/slow": ajp_peer.silence},
                                                 ajp_peer.respond(body=b"a"))
    for count in (1, 2, 3):
        assert post_slow(site) == 504
        row = member(site.port, "a")
        assert (row["reply_timeouts"], row["errors"], row["state"][:2]) == (str(count), "0", "OK")
        assert get(site.port, "/x", SESSION).text == "a"
    assert post_slow(site) == 504
    assert member(site.port, "a")["state"] == "ERR"
    assert get(site.port, "/x", SESSION).text == "b"


def test_do3_the_count_decays(make):
    site = Balanced(make, QUICK % (50, 5000) + """
        JkWorkerProperty worker.lb.max_reply_timeouts=99
        JkWorkerProperty worker.maintain=1
        JkWatchdogInterval 1""")
    site.peers["a"].behaviour = ajp_peer.silence
    assert [post_slow(site) for _ in range(4)] == [504] * 4
    assert wait_for(lambda: member(site.port, "a")["reply_timeouts"] == "0", 15)
    assert member(site.port, "a")["state"].startswith("OK")


def for_ever(data, first=b"", pause=0.02):
    """Send these bytes on and on until the server has had enough."""
    def behave_(exchange):
        exchange.raw(first)
        while True:
            exchange.connection.send_unseen(data)
            time.sleep(pause)
    return behave_


def then_silence(data):
    def behave_(exchange):
        exchange.raw(data)
        exchange.wait_closed()
    return behave_


HEAD, CHUNK = send_headers(200), body_chunk(b"abc")
SLOW = {  # behaviour, whether something had gone out
    "never answers": (ajp_peer.silence, False),
    "byte by byte": (ajp_peer.raw(send_headers(200, [("X", "x" * 500)]), trickle=0.05), False),
    "head and no more": (then_silence(HEAD), False),
    "flushes only": (for_ever(FLUSH_PACKET), False),
    "head, then flushes": (for_ever(FLUSH_PACKET, HEAD), True),
    "body, then flushes": (for_ever(FLUSH_PACKET, HEAD + CHUNK), True),
    "flushes at full speed": (for_ever(FLUSH_PACKET * 500, HEAD + CHUNK, 0), True),
    "a chunk byte by byte": (for_ever(b"x", HEAD + CHUNK + FLUSH_PACKET
                                      + body_chunk(b"x" * 5000)[:9]), True),
    "no end": (then_silence(HEAD + CHUNK + FLUSH_PACKET), True),
    "no end of a known length": (then_silence(send_headers(200, [("Content-Length", "9")]) + CHUNK
                                              + FLUSH_PACKET), True),
}


@pytest.mark.parametrize("case", SLOW)
def test_do4_a_slow_container_keeps_no_thread(make, case):
    """Eight at once for four threads, and behind them one that is served."""
    behaviour, begins = SLOW[case]
    site = Balanced(make, QUICK % (400, 400) + "JkWorkerProperty worker.lb.lb_retries=1\n"
                    "JkWorkerProperty worker.lb.max_reply_timeouts=1000", threads=4)
    behave(site, ajp_peer.by_path({"/slow": behaviour}, ajp_peer.respond(body=b"good")))

    def ask(_):
        with Client(site.port, timeout=30) as client:
            client.head("POST", "/slow", [("Content-Length", "0")])
            answer = client.response()
            return answer.status, answer.complete

    begun = time.monotonic()
    answers = parallel(8, ask)
    assert time.monotonic() - begun < 15
    assert set(answers) == ({(200, False)} if begins else {(504, True)})
    assert get(site.port, "/good").text == "good"
    slow = [x for peer in site.peers.values() for x in peer.requests if x.uri == "/slow"]
    assert len(slow) == 8 and all(x.connection.wait_closed(5) for x in slow)


def test_do4_a_container_that_asks_and_does_not_read(make):
    """Of a body that it asked for ahead, more than the sockets hold."""
    site = Balanced(make, QUICK % (400, 400))

    def behave_(exchange):
        exchange.connection.send_unseen(get_body(8186) * 4000)
        time.sleep(3)

    behave(site, behave_)
    with Client(site.port, timeout=30) as client, ThreadPoolExecutor(1) as pool:
        client.head("POST", "/slow", [("Content-Length", "30000000")])
        pool.submit(client.send, bytes(30000000))  # fails when the server has had enough
        assert client.response().status == 504
    assert wait_for(lambda: site.verdicts("/slow") == [["504", "reply-timeout"]])


# DO-5, DO-6: slow clients --------------------------------------------------------------------


def test_do5_slow_upload_holds_no_container(make):
    """Until the first piece of the body is there, no connection is used, or even opened."""
    site = Balanced(make)
    site.peers["b"].refuse()
    peer = site.peers["a"]
    with Client(site.port, timeout=30) as slow:
        slow.head("POST", "/slow", [("Content-Length", "9")])
        assert get(site.port, "/good").text == "a"
        assert len(peer.connections) == 1 and peer.uris() == ["/good"]
        slow.send(b"x")
        slow.send(b"y" * 8)
        assert slow.response().text == "a"
    assert peer.uris() == ["/good", "/slow"] and states(site)[0] == ("OK", "0")


def test_do5_upload_that_never_comes(make):
    """The limit is httpd's own; the container hears nothing of it."""
    site = Balanced(make, "RequestReadTimeout body=1", modules=["reqtimeout"])
    with Client(site.port, timeout=30) as silent:
        silent.head("POST", "/silent", [("Content-Length", "9")])
        assert silent.response().status == 408
    assert wait_for(lambda: site.verdicts("/silent") == [["408", "client-body"]])
    assert all(peer.connections == [] for peer in site.peers.values())
    assert [errors for _, errors in states(site)] == ["0", "0"]


def test_do6_slow_reader(make):
    """httpd's Timeout ends it, and with it the connection to the container."""
    site = Balanced(make, "Timeout 1\nSendBufferSize 8192")
    behave(site, ajp_peer.download(200 << 20, b"x" * 65536))
    with Client(site.port) as client:
        client.head("GET", "/x", SESSION)
        assert client.more()
        assert site.peers["a"].wait_requests(1)
        assert site.peers["a"].requests[0].connection.wait_closed(20)
        assert wait_for(lambda: site.verdicts("/x") == [["200", "client-gone"]])
    assert len(site.peers["a"].requests) == 1 and site.peers["b"].requests == []
    behave(site, ajp_peer.respond(body=b"good"))
    assert get(site.port, "/y", SESSION).text == "good"
    assert states(site)[0] == ("OK", "0")


# DO-7: nothing is free -----------------------------------------------------------------------

EXHAUSTED = """
JkWorkerProperty worker.list=alone
JkMount /alone/* alone
JkWorkerProperty worker.alone.reference=worker.a
JkWorkerProperty worker.a.retries=1
%s
"""
LIMITS = {  # properties of the member, the verdict, how its errors count
    "pool": ("JkWorkerProperty worker.a.connection_pool_size=1\n"
             "JkWorkerProperty worker.a.connection_acquire_timeout=100", "pool-exhausted", "0"),
    "busy": ("JkWorkerProperty worker.a.busy_limit=1", "busy-limit", "0"),
    "ping": ("JkWorkerProperty worker.a.ping_mode=A\n"
             "JkWorkerProperty worker.a.ping_timeout=150", "ping-timeout", "1"),
    "queue": ("JkWorkerProperty worker.a.socket_connect_timeout=150\n"
              "JkWorkerProperty worker.a.port=%d", "connect-timeout", "1"),
}


@pytest.mark.parametrize("limit", LIMITS)
def test_do7_no_connection_is_to_be_had(make, limit):
    lines, verdict, errors = LIMITS[limit]
    if limit == "queue":
        lines %= make.keep(FullQueue()).port
    site = Balanced(make, EXHAUSTED % lines)
    go_on = threading.Event()
    held = []
    if limit == "ping":
        site.peers["a"].on_ping = ajp_peer.ignore_ping
    elif limit != "queue":
        site.peers["a"].behaviour = lambda x: (go_on.wait(20), x.respond(body=b"a"))
        for path in ("/alone/held", "/held"):
            held.append(threading.Thread(target=get, args=(site.port, path, SESSION)))
            held[-1].start()
        assert site.peers["a"].wait_requests(1 if limit == "pool" else 2)
    try:
        begun = time.monotonic()
        assert get(site.port, "/alone/x", SESSION).status == 503
        assert get(site.port, "/x", SESSION).text == "b"
        assert time.monotonic() - begun < 5
    finally:
        go_on.set()
        for thread in held:
            thread.join()
    assert site.verdicts("/alone/x") == [["503", verdict]]
    assert member(site.port, "a")["errors"] == errors
    assert get(site.port, "/y").text == "b" or errors == "0"


# DO-8: retries -------------------------------------------------------------------------------

STORM = """
JkWorkerProperty worker.list=storm,jkstatus
JkWorkerProperty worker.jkstatus.type=status
JkWorkerProperty worker.storm.type=lb
JkWorkerProperty worker.storm.balance_workers=%s
JkWorkerProperty worker.storm.retries=2
JkWorkerProperty worker.storm.lb_retries=2
JkWorkerProperty worker.storm.retry_interval=1
%s
JkMount /* storm
JkMount /jkstatus jkstatus
"""


def ask_for_more(exchange):
    exchange.read_packet()
    exchange.read_packet()
    close_unanswered(exchange)


def end_then_close(exchange):
    exchange.read_body()
    exchange.respond(body=b"done")
    close_unanswered(exchange)


DYING = {  # how a container dies; the most sends of a GET and of a POST of 20000 bytes
    "after the request": (close_unanswered, 8, 1),
    "inside the head": (ajp_peer.cut("mid-head"), 8, 1),
    "after a part of the body": (ask_for_more, None, 1),
    "after a part of the answer": (ajp_peer.cut("before-end"), 1, 1),
    "after the end": (end_then_close, 1, 1),
}


@pytest.mark.parametrize("count", [1, 5])
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("how", DYING)
def test_do8_no_storm_of_retries(make, how, method, count):
    behaviour, most = DYING[how][0], DYING[how][1 if method == "GET" else 2]
    if most is None:
        return
    peers = {"m%d" % n: make.peer(behaviour) for n in range(count)}
    server = make.httpd(STORM % (",".join(peers), "\n".join(
        "JkWorkerProperty worker.%s.port=%d\nJkWorkerProperty worker.%s.retries=2\n"
        "JkWorkerProperty worker.%s.retry_interval=1" % (n, p.port, n, n)
        for n, p in peers.items())))
    with Client(server.port) as client:
        client.head(method, "/x", [("Content-Length", "20000")] if method == "POST" else [])
        if method == "POST":
            client.send(b"x" * 20000)
        try:
            answer = client.response()
        except Cut:
            answer = None
    sends = sum(len(peer.requests) for peer in peers.values())
    assert 1 <= sends <= most, sends
    assert most == 1 or sends >= 2, "a GET is tried again"
    if how == "after the end":
        assert answer.body == b"done"
    else:
        assert answer is None or answer.status == 502 or not answer.complete


def test_do8_one_probe_at_a_time(make):
    """Who has no session is served by others meanwhile."""
    site = Balanced(make, "JkWorkerProperty worker.lb.recover_time=60")
    site.peers["a"].refuse()
    assert get(site.port, "/x", SESSION).text == "b"
    assert member(site.port, "a")["state"] == "ERR"
    site.peers["a"].listen()
    go_on = threading.Event()
    site.peers["a"].behaviour = lambda x: (go_on.wait(20), x.respond(body=b"a"))
    assert "type=OK" in get(site.port, "/jkstatus?mime=txt&cmd=recover&w=lb&sw=a").text
    probe = threading.Thread(target=get, args=(site.port, "/probe", SESSION))
    probe.start()
    try:
        assert site.peers["a"].wait_requests(1)
        assert member(site.port, "a")["state"] == "ERR/PRB"
        assert {x.text for x in parallel(6, lambda _: get(site.port, "/y"))} == {"b"}
        assert site.peers["a"].uris() == ["/probe"]
    finally:
        go_on.set()
        probe.join()
    assert member(site.port, "a")["state"] == "OK"
