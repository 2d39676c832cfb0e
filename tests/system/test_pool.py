"""The connections that a child keeps, over time, as the container sees them: how many are open,
who is asked for a sign of life and when, and how each of them ends."""

import os
import signal
import threading
import time

import pytest

import ajp_peer
from support import Client, get, parallel, status_text, wait_for

CONFIG = """
%s
JkWorkerProperty worker.list=w,jkstatus
JkWorkerProperty worker.maintain=1
JkWorkerProperty worker.jkstatus.type=status
JkWorkerProperty worker.w.port=%d
%s
JkMount /* w
JkMount /jkstatus jkstatus
"""


class Site:
    """One worker in one child, and its container; `properties` like "retries=1"."""

    def __init__(self, make, properties, watchdog=True, **server):
        self.peer = make.peer()
        lines = "\n".join("JkWorkerProperty worker.w." + p for p in properties)
        interval = "JkWatchdogInterval 1" if watchdog else ""
        self.server = make.httpd(CONFIG % (interval, self.peer.port, lines), **server)
        self.port = self.server.port

    def open(self):
        """The connections that are open now."""
        return [c for c in self.peer.connections if not c.gone.is_set()]

    def connected(self):
        """How many the status shows."""
        return int(status_text(self.port)[("AJP Worker", "w")]["connected"])

    def fill(self, count):
        """So many requests at once: as many connections are open and idle afterwards."""
        together = threading.Barrier(count)

        def behave(exchange):
            together.wait(10)
            exchange.respond(body=b"ok")
        self.peer.behaviour = behave
        answers = parallel(count, lambda i: get(self.port, "/fill"))
        assert [a.status for a in answers] == [200] * count
        self.peer.behaviour = ajp_peer.respond(body=b"ok")
        assert len(self.open()) == count
        return self.open()

    def stays(self, count, seconds):
        """True when it is that many for so long."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if len(self.open()) != count:
                return False
            time.sleep(0.05)
        return True


def pings(connection):
    return [when for when, kind, _ in connection.packets if kind == "cping"]


def requests(connection):
    return [when for when, kind, _ in connection.packets if kind == "request"]


# Shrinking ----------------------------------------------------------------------------------


@pytest.mark.parametrize("properties,left", [
    (["connection_pool_minsize=2"], 2),
    (["connection_pool_minsize=0"], 0),
    (["connection_pool_size=6"], 3),  # half of the pool, where nothing is said
    (["connection_pool_minsize=50"], 6),
])
def test_idle_connections_are_closed_down_to_the_minimum(make, properties, left):
    site = Site(make, ["connection_pool_timeout=1"] + properties)
    site.fill(6)
    assert site.connected() == 6
    assert wait_for(lambda: len(site.open()) == left, 6), len(site.open())
    assert site.stays(left, 1.5) and site.connected() == left
    assert get(site.port, "/x").status == 200


def test_without_a_timeout_idle_connections_stay(make):
    site = Site(make, ["connection_pool_minsize=0"])
    site.fill(4)
    assert site.stays(4, 2.5)


def test_connections_in_use_are_not_idle(make):
    site = Site(make, ["connection_pool_timeout=1", "connection_pool_minsize=0"])
    site.peer.behaviour = ajp_peer.delay(3.5, ajp_peer.respond(body=b"slow"))
    answers = parallel(3, lambda i: get(site.port, "/slow"))
    assert [a.status for a in answers] == [200] * 3
    assert len(site.peer.connections) == 3
    assert wait_for(lambda: not site.open(), 6)


def test_without_a_watchdog_the_next_request_looks_after_it(make):
    site = Site(make, ["connection_pool_timeout=1", "connection_pool_minsize=1"], watchdog=False)
    site.fill(4)
    assert site.stays(4, 2.5)
    assert get(site.port, "/x").status == 200
    assert wait_for(lambda: len(site.open()) == 1, 2)


# Signs of life ------------------------------------------------------------------------------


def test_idle_connections_are_asked_at_the_interval(make):
    site = Site(make, ["connection_ping_interval=2"])
    kept = site.fill(3)
    assert wait_for(lambda: all(len(pings(c)) >= 2 for c in kept), 9)
    for connection in kept:
        first, second = pings(connection)[:2]
        # The answer counts as a sign of life: not at every pass, which comes each second.
        assert 1.9 < second - first < 4.5
    assert site.open() == kept and site.connected() == 3
    assert get(site.port, "/x").status == 200 and len(site.peer.connections) == 3


def test_ping_mode_i_brings_its_interval(make):
    site = Site(make, ["ping_mode=I", "ping_timeout=150"])  # 150 / 100 = 1 s
    kept = site.fill(2)
    assert wait_for(lambda: all(pings(c) for c in kept), 6)
    assert get(site.port, "/x").status == 200
    count = sum(len(pings(c)) for c in kept)
    get(site.port, "/x")  # no probe before a request
    assert sum(len(pings(c)) for c in kept) <= count + 2


def test_an_answered_ping_is_no_use(make):
    site = Site(make, ["connection_ping_interval=1", "connection_pool_timeout=3",
                       "connection_pool_minsize=0"])
    kept = site.fill(2)
    assert wait_for(lambda: all(pings(c) for c in kept), 6)
    assert wait_for(lambda: not site.open(), 8), "the pings kept them open for ever"


def test_black_holed_connections_are_dropped_and_requests_do_not_notice(make):
    site = Site(make, ["connection_ping_interval=1", "ping_timeout=700"])
    kept = site.fill(6)
    site.peer.on_ping = ajp_peer.ignore_ping
    slow, bad, stopping = [], [], threading.Event()

    def client():
        while not stopping.is_set():
            begun = time.monotonic()
            answer = get(site.port, "/x")
            if answer.status != 200:
                bad.append(answer.status)
            if time.monotonic() - begun > 0.5:
                slow.append(time.monotonic() - begun)
            time.sleep(0.01)

    threads = [threading.Thread(target=client) for _ in range(2)]
    for thread in threads:
        thread.start()
    # Two clients use the two lowest connections all the time; the others get old.
    dropped = wait_for(lambda: sum(c.gone.is_set() for c in kept) >= 4, 8)
    stopping.set()
    for thread in threads:
        thread.join()
    assert dropped and bad == [] and slow == []
    asked = [c for c in kept if c.gone.is_set()]
    assert all(len(pings(c)) == 1 for c in asked)
    assert all(0.6 < c.closed - pings(c)[0] < 2.5 for c in asked)
    assert site.connected() == len(site.open())


def test_a_slow_ping_takes_nobodys_time(make):
    """No watchdog, so requests do the maintenance; the pool is full of connections that hang."""
    site = Site(make, ["connection_ping_interval=1", "ping_timeout=10000",
                       "connection_pool_size=4"], watchdog=False, threads=4)
    kept = site.fill(4)
    site.peer.on_ping = ajp_peer.ignore_ping
    time.sleep(2.2)
    begun = time.monotonic()
    answers = parallel(4, lambda i: get(site.port, "/x"))
    assert [a.status for a in answers] == [200] * 4
    assert time.monotonic() - begun < 1.5
    # The request that did the maintenance asked whichever the other three had not taken by then.
    asked = [c for c in kept if len(pings(c)) == 1]
    served = [c for c in kept if len(requests(c)) > 1 and not pings(c)]
    assert asked and len(asked) + len(served) == 4
    assert site.connected() == len(site.open())


def test_a_container_that_stands_still_costs_a_request_two_limits(make):
    """Not one for each connection that is kept: that is asked once, and a new one."""
    site = Site(make, ["ping_mode=P", "ping_timeout=400", "retries=1"], watchdog=False)
    kept = site.fill(8)
    site.peer.on_ping = ajp_peer.ignore_ping
    before = sum(len(pings(c)) for c in kept)
    assert get(site.port, "/x").status == 503
    assert sum(len(pings(c)) for c in kept) == before + 1
    assert len(pings(site.peer.connections[-1])) == 1 and len(site.peer.connections) == 9


def test_connections_that_the_container_closed_are_noticed(make):
    site = Site(make, ["connection_ping_interval=1"])
    kept = site.fill(3)
    kept[0].close()
    kept[1].close(reset=True)
    assert wait_for(lambda: site.connected() == 1, 6)
    assert get(site.port, "/x").status == 200
    assert not kept[2].gone.is_set()


@pytest.mark.parametrize("properties,first,again", [
    (["ping_mode=C"], 1, 0),
    (["ping_mode=P"], 1, 1),
    (["ping_mode=CP"], 1, 1),
    (["connect_timeout=500"], 1, 0),
    (["prepost_timeout=500"], 1, 1),
    (["ping_mode=A"], 1, 1),
    ([], 0, 0),
])
def test_probes_before_requests(make, properties, first, again):
    site = Site(make, properties)
    assert get(site.port, "/x").status == 200
    connection = site.peer.connections[0]
    assert len(pings(connection)) == first
    assert get(site.port, "/x").status == 200
    assert len(site.peer.connections) == 1 and len(pings(connection)) == first + again


# Acquiring ----------------------------------------------------------------------------------


@pytest.mark.parametrize("limit", ["connection_acquire_timeout=0", "retry_interval=0"])
def test_a_limit_of_zero_tries_once(make, limit):
    site = Site(make, [limit, "connection_pool_size=1"], threads=4)
    assert get(site.port, "/x").status == 200
    assert get(site.port, "/x").status == 200
    assert len(site.peer.connections) == 1


def test_a_request_waits_for_a_slot_as_long_as_it_may(make):
    site = Site(make, ["connection_pool_size=1", "connection_acquire_timeout=3000"], threads=4)
    site.peer.behaviour = ajp_peer.delay(0.4, ajp_peer.respond(body=b"ok"))
    assert [a.status for a in parallel(3, lambda i: get(site.port, "/x"))] == [200] * 3
    assert len(site.peer.connections) == 1


def test_a_cleared_reuse_flag_closes(make):
    site = Site(make, [])
    site.peer.behaviour = ajp_peer.respond(body=b"ok", reuse=0)
    for count in (1, 2, 3):
        assert get(site.port, "/x").status == 200
        assert len(site.peer.connections) == count
    assert wait_for(lambda: not site.open(), 2) and site.connected() == 0


# Restarts -----------------------------------------------------------------------------------


def test_connections_of_a_child_that_ends_are_closed_and_not_counted(make):
    site = Site(make, [])
    site.fill(4)
    site.server.graceful()
    assert wait_for(lambda: not site.open(), 10)
    assert wait_for(lambda: site.connected() == 0, 5)
    site.fill(3)
    os.kill(site.server.child_pids()[0], signal.SIGKILL)
    site.server.crashes_expected = True
    assert wait_for(lambda: not site.open(), 5)
    assert wait_for(lambda: site.connected() == 0, 10)
    site.fill(2)
    assert site.connected() == 2


def test_a_restart_does_not_wait_for_a_ping(make):
    site = Site(make, ["connection_ping_interval=1", "ping_timeout=60000"])
    kept = site.fill(2)
    site.peer.on_ping = ajp_peer.ignore_ping
    assert wait_for(lambda: all(pings(c) for c in kept), 6)
    begun = time.monotonic()
    site.server.graceful()
    assert wait_for(lambda: all(c.gone.is_set() for c in kept), 10)
    assert time.monotonic() - begun < 8


# Parting ------------------------------------------------------------------------------------


class Farewell:
    """Sends until the server has had enough; says how the connection ended."""

    def __init__(self):
        self.how, self.done = None, threading.Event()

    def __call__(self, exchange):
        exchange.head(200, [("Content-Type", "text/plain")])
        sock = exchange.connection.sock
        sock.settimeout(0.02)
        try:
            self._until_end(exchange, sock)
            for _ in range(3):  # our side goes on for a moment
                exchange.chunk(b"late")
                time.sleep(0.02)
            self.how = "polite"
        except (ajp_peer.Gone, OSError):
            self.how = "abrupt"
        self.done.set()
        raise ajp_peer.Gone("closed")

    @staticmethod
    def _until_end(exchange, sock):
        while True:
            exchange.chunk(b"x" * 100)
            exchange.flush()
            try:
                if sock.recv(1) == b"":
                    return
            except TimeoutError:
                pass


@pytest.mark.parametrize("properties,how", [
    ([], "polite"), (["recovery_options=0"], "polite"), (["recovery_options=3"], "polite"),
    (["recovery_options=4"], "abrupt"), (["recovery_options=7"], "abrupt"),
])
@pytest.mark.parametrize("watchdog", [True, False])
def test_the_container_of_a_client_that_went_away(make, properties, how, watchdog):
    """Without a watchdog nobody can say when it would be looked after again: closed at once."""
    site = Site(make, properties, watchdog)
    how = how if watchdog else "abrupt"
    site.peer.behaviour = behaviour = Farewell()
    with Client(site.port) as client:
        client.head("GET", "/x")
        assert wait_for(lambda: client.more(), 5)
        client.reset()
    assert behaviour.done.wait(10) and behaviour.how == how
    site.peer.behaviour = ajp_peer.respond(body=b"ok")
    assert get(site.port, "/x").status == 200
    assert len(site.peer.connections) == 2 and site.connected() == 1


def test_a_connection_that_parts_is_read_for_a_moment_only(make):
    """A container that goes on sending meets a reset after 32 KiB."""
    site = Site(make, ["retries=1", "reply_timeout=300"])
    sent, over = [], threading.Event()

    def behave(exchange):
        exchange.connection.sock.settimeout(5)
        assert exchange.connection.sock.recv(1) == b""
        try:
            for _ in range(1000):
                exchange.connection.sock.sendall(b"x" * 1024)
                sent.append(1024)
                time.sleep(0.01)
        except OSError:
            over.set()
        raise ajp_peer.Gone("closed")

    site.peer.behaviour = behave
    assert get(site.port, "/x").status == 504
    assert over.wait(10) and 32 <= len(sent) < 100
