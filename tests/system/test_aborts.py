"""Clients that go away at random points, and the connections to the container behind them.

No connection may go back to the pool in a state that its next user would notice: the peer reads
every byte with its strict reader (a kept connection must go on with a whole CPING or
FORWARD_REQUEST), compares each upload with the request it belongs to, and looks whether something
was sent while an answer was still under way. ABORTS says how many requests; all that is random
comes from ABORTS_SEED.
"""

import os
import random
import socket
import time
from collections import Counter

import pytest

from support import Client, Cut, get, parallel, pattern, status_text, wait_for

REQUESTS = int(os.environ.get("ABORTS", "400"))
SEED = int(os.environ.get("ABORTS_SEED", "1"))
CLIENTS, THREADS = 8, 16
pytestmark = pytest.mark.timeout(60 + REQUESTS // 10)

BLOCK = pattern(500000)
SIZES = (0, 1, 100, 8183, 8184, 8185, 20000, 100000, 300000)
CONFIG = """
%s
JkWorkerProperty worker.list=w,jkstatus
JkWorkerProperty worker.jkstatus.type=status
JkWorkerProperty worker.w.port=%d
JkWorkerProperty worker.w.reply_timeout=20000
JkMount /a/* w
JkMount /jkstatus jkstatus
"""


def content(number, size):
    """The body that belongs to a request: those of two requests differ from the first byte on."""
    start = number * 8 % 200000
    return BLOCK[start:start + size]


class Container:
    """Answers /a/NUMBER/SIZE/STEP/EARLY: a body of SIZE in pieces of STEP, without reading the
    upload where EARLY is 1. `wrong` is what must not have happened."""

    def __init__(self):
        self.wrong = []

    def __call__(self, exchange):
        number, size, step, early = map(int, exchange.uri.split("/")[2:6])
        if not early:
            try:
                exchange.read_body()
            finally:
                self.check_upload(exchange, number)
        body = content(number, size)
        exchange.head(200, [("Content-Length", str(size))] if number % 2 else [])
        for at in range(0, size, step):
            exchange.chunk(body[at:at + step])
            if (at // step) % 7 == 0:
                exchange.flush()
        self.check_silence(exchange, number)
        exchange.end()

    def check_upload(self, exchange, number):
        if exchange.body != content(number, len(exchange.body)):
            self.wrong.append("request %d got an upload of another: %r" % (
                number, exchange.body[:40]))

    def check_silence(self, exchange, number):
        """Before its END nothing but a body packet may be under way."""
        if exchange.connection.watch.owed:
            return
        try:
            early = exchange.connection.sock.recv(40, socket.MSG_PEEK | socket.MSG_DONTWAIT)
        except OSError:
            return
        if early:
            self.wrong.append("%r came before the answer to %d was over" % (early, number))


class Visitor:
    """One client of many; `found` counts what it did, `wrong` what it got."""

    def __init__(self, port, name):
        self.port, self.chance = port, random.Random(SEED * 1000 + name)
        self.found, self.wrong = Counter(), []

    def visit(self, number):
        chance = self.chance
        shape = chance.choice(("get", "sized", "chunked"))
        ending = chance.choices(("whole", "before", "inside", "uploading"), (5, 2, 3, 3))[0]
        ending = "inside" if (shape, ending) == ("get", "uploading") else ending
        size, upload = chance.choice(SIZES), chance.choice(SIZES)
        early = int(upload <= 20000 and chance.random() < 0.2)
        path = "/a/%d/%d/%d/%d" % (number, size, chance.choice((700, 8184, 60000)), early)
        self.found[ending] += 1
        with Client(self.port, timeout=30) as client:
            self.ask(client, shape, path, content(number, upload), ending)
            if ending == "whole":
                self.check(number, client.response(), content(number, size))
            else:
                self.leave(client, size if ending == "inside" else 0)

    def ask(self, client, shape, path, upload, ending):
        """The request, or as much of it as is sent before leaving."""
        part = upload
        if ending == "uploading":
            part = upload[:self.chance.randrange(len(upload) + 1)]
        if shape == "get":
            client.head("GET", path)
        elif shape == "sized":
            client.head("POST", path, [("Content-Length", str(len(upload)))])
            client.send(part)
        else:
            client.head("POST", path, [("Transfer-Encoding", "chunked")])
            step = self.chance.choice((100, 5000, 70000))
            step = max(step, len(part) // 50)
            for at in range(0, len(part), step):
                client.chunk(part[at:at + step])
            if ending != "uploading":
                client.chunk(b"")

    def leave(self, client, size):
        """By a reset or an orderly end, at once or behind some of an answer of `size` bytes."""
        pieces, got = self.chance.randrange(1, 4), 0
        while pieces > 0 and got < size:  # its head is there too, so that much comes
            got += len(client.sock.recv(self.chance.choice((1, 1000, 100000))) or b"x" * size)
            pieces -= 1
        if self.chance.random() < 0.3:
            time.sleep(self.chance.uniform(0, 0.02))
        if self.chance.random() < 0.5:
            client.reset()

    def check(self, number, answer, want):
        if (answer.status, answer.complete) != (200, True) or answer.body != want:
            self.wrong.append("request %d: status %d, %d bytes of %d, complete: %s" % (
                number, answer.status, len(answer.body), len(want), answer.complete))

    def run(self, numbers):
        for number in numbers:
            try:
                self.visit(number)
            except (OSError, Cut) as error:  # who leaves while sending may meet this
                self.found[type(error).__name__] += 1
                if isinstance(error, (Cut, TimeoutError)):
                    self.wrong.append("request %d: %r" % (number, error))
        return self


def descriptors(pid):
    return len(os.listdir("/proc/%d/fd" % pid))


class Site:
    """One child, one worker, one peer."""

    def __init__(self, make, watchdog, mpm):
        self.container = Container()
        self.peer = make.peer(self.container)
        self.server = make.httpd(
            CONFIG % ("JkWatchdogInterval 1" if watchdog else "", self.peer.port),
            mpm=mpm, threads=THREADS)
        self.port, self.child = self.server.port, self.server.child_pids()

    def open(self):
        return sum(not c.gone.is_set() for c in self.peer.connections)

    def row(self):
        return status_text(self.port)[("AJP Worker", "w")]

    def at_rest(self):
        """Nothing is busy, and the status, the peer and the child count the same connections."""
        row = self.row()
        return row["busy"] == "0" and int(row["connected"]) == self.open()

    def other_descriptors(self):
        """Descriptors of the child that are not connections to the peer."""
        return descriptors(self.child[0]) - self.open()


@pytest.mark.parametrize("watchdog,mpm", [(True, "event"), (False, "worker")],
                         ids=["event-watchdog", "worker"])
def test_random_aborts(make, watchdog, mpm):
    site = Site(make, watchdog, mpm)
    answers = parallel(CLIENTS, lambda n: get(site.port, "/a/0/1000/700/0"))  # it has all its files
    assert {a.body for a in answers} == {content(0, 1000)}
    assert wait_for(site.at_rest, 10)
    before = site.other_descriptors()

    visitors = parallel(CLIENTS, lambda n: Visitor(site.port, n).run(
        range(1 + n, REQUESTS + 1, CLIENTS)))
    found = sum((v.found for v in visitors), Counter())
    wrong = [line for v in visitors for line in v.wrong]
    print(dict(found), "%d connections" % site.peer.accepted)
    assert wrong == [] and site.container.wrong == []
    assert min(found[each] for each in ("whole", "before", "inside", "uploading")) > 0

    assert wait_for(site.at_rest, 15), (site.row(), site.open())
    assert site.open() <= THREADS
    assert wait_for(lambda: site.other_descriptors() <= before + 2, 10), (
        before, site.other_descriptors())
    assert site.server.child_pids() == site.child
    assert site.peer.violations == []
    reused = Counter(len(c.exchanges) > 1 for c in site.peer.connections)
    assert reused[True] > 0, "no connection was ever used again"
    after = parallel(CLIENTS, lambda n: get(site.port, "/a/5/20000/8184/0"))
    assert {a.body for a in after} == {content(5, 20000)}
