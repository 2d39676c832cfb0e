"""Restarts and dying children: no request lost, nothing left behind, counters that come back."""

import os
import re
import shutil
import signal
import threading
import time

import pytest

import ajp_peer
import httpd as httpd_module
from balanced_site import Balanced
from support import Client, Cut, get, member, parallel, status_text, wait_for


class Site(Balanced):
    """Both peers at once."""

    def behave(self, behaviour):
        for peer in self.peers.values():
            peer.behaviour = behaviour

    def total(self):
        return sum(len(peer.requests) for peer in self.peers.values())


class Load:
    """Clients that ask one request after the other, each on a connection of its own."""

    def __init__(self, port, clients=4):
        self.port, self.stopping = port, threading.Event()
        self.good, self.bad = 0, []
        self.lock = threading.Lock()
        self.threads = [threading.Thread(target=self._run) for _ in range(clients)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        for thread in self.threads:
            thread.join()

    def _run(self):
        while not self.stopping.is_set():
            try:
                status = get(self.port, "/x", [("Connection", "close")]).status
                problem = None if status == 200 else status
            except (Cut, OSError) as error:
                problem = repr(error)
            with self.lock:
                self.good += problem is None
                if problem is not None:
                    self.bad.append(problem)
            time.sleep(0.002)


@pytest.mark.parametrize("mpm", ["event", "worker", "prefork"])
def test_graceful_restart_under_load_loses_no_request(make, mpm):
    children = 6 if mpm == "prefork" else 2
    site = Site(make, mpm=mpm, children=children, threads=8)
    with Load(site.port) as load:
        for _ in range(5):
            time.sleep(0.3)
            before = load.good
            site.server.graceful()
            assert wait_for(lambda: load.good > before + 5, 10), "nothing is served"
    assert load.bad == [] and load.good > 100


def test_running_request_survives_a_graceful_restart(make):
    site = Site(make)
    site.behave(ajp_peer.delay(1.5, ajp_peer.respond(body=b"x" * 100000)))
    answers = []
    thread = threading.Thread(target=lambda: answers.append(get(site.port, "/x")))
    thread.start()
    assert wait_for(lambda: site.total() == 1)
    site.server.graceful()
    thread.join()
    assert answers[0].status == 200 and len(answers[0].body) == 100000


def test_counters_and_states_survive_a_graceful_restart(make):
    site = Site(make)
    site.peers["b"].refuse()
    for _ in range(4):
        assert get(site.port, "/x").text == "a"
    before = {n: member(site.port, n) for n in "ab"}
    site.server.graceful()
    after = {n: member(site.port, n) for n in "ab"}
    for name in "ab":
        for field in ("elected", "errors", "state", "lbvalue", "read", "transferred"):
            assert after[name][field] == before[name][field], (name, field)
    assert after["b"]["state"] == "ERR"


def test_changed_configuration_takes_effect_at_a_graceful_restart(make):
    site = Site(make)
    assert get(site.port, "/x").status == 200
    other = make.peer(name="new")
    site.server.write(site.server.config + """
JkWorkerProperty worker.list=new
JkWorkerProperty worker.new.port=%d
JkMount /new/* new
""" % other.port)
    assert get(site.port, "/new/x").text in "ab"
    site.server.graceful()
    assert wait_for(lambda: get(site.port, "/new/x").text == "new")


def test_connections_of_an_old_generation_are_closed(make):
    site = Site(make)
    get(site.port, "/x")
    get(site.port, "/x")
    old = [c for peer in site.peers.values() for c in peer.connections]
    site.server.graceful()
    assert all(c.wait_closed(10) for c in old)


@pytest.mark.timeout(180)
def test_fifty_graceful_restarts_leave_nothing(make):
    """The parent does not grow, keeps no file open, and no child dies of it."""
    site = Site(make)
    server = site.server

    def restart():
        server.graceful()
        assert get(site.port, "/x").status == 200

    def parent():
        return (httpd_module.memory_of(server.pid, "Rss"),
                len(os.listdir("/proc/%d/fd" % server.pid)),
                len(open("/proc/%d/maps" % server.pid).readlines()))

    for _ in range(10):
        restart()
    memory, files, maps = parent()
    for _ in range(50):
        restart()
    memory_after, files_after, maps_after = parent()
    print("parent: %d KiB before, %d KiB after, %d files, %d mappings"
          % (memory, memory_after, files_after, maps_after))
    assert memory_after - memory < 512, "grew by %d KiB" % (memory_after - memory)
    assert files_after <= files
    assert maps_after <= maps + 3 or httpd_module.SANITIZED  # a sanitizer maps what it likes
    assert server.crashes() == []
    leftovers = [f for f in os.listdir(server.dir) if f.startswith("jk.shm")]
    assert leftovers == [], "shared memory is a file"


def test_memory_stays_over_many_requests(make):
    site = Site(make, threads=4)

    def ask(count):
        with Client(site.port) as client:
            for _ in range(count):
                assert client.request(path="/x").status == 200

    ask(500)
    before = site.server.memory()
    ask(5000)
    assert site.server.memory() - before < 512


def test_busy_returns_to_0_when_a_child_is_killed(make):
    """Its share of the counters goes with it, and a member at its limit is usable again."""
    extra = "JkWorkerProperty worker.a.busy_limit=2\nJkWorkerProperty worker.b.busy_limit=2"
    site = Site(make, extra, children=2, threads=8)
    site.server.crashes_expected = True  # a kill is logged as an exit signal
    site.behave(ajp_peer.silence)
    threading.Thread(target=parallel, args=(4, lambda _: get(site.port, "/x")),
                     daemon=True).start()
    assert wait_for(lambda: site.total() == 4)
    assert [member(site.port, n)["busy"] for n in "ab"] == ["2", "2"]
    for pid in site.server.child_pids():
        os.kill(pid, signal.SIGKILL)
    site.behave(ajp_peer.respond(body=b"again"))

    def answers():
        try:
            return get(site.port, "/x").body == b"again"
        except (Cut, OSError):
            return False

    assert wait_for(answers, 10, 0.1)
    rows = status_text(site.port)
    assert [rows[("Member", n)]["busy"] for n in "ab"] == ["0", "0"]
    assert rows[("Balancer Worker", "lb")]["busy"] == "0"
    connected = [int(rows[("Member", n)]["connected"]) for n in "ab"]
    assert sum(connected) <= 2, "connections of the dead are still counted"


def test_children_killed_under_load(make):
    site = Site(make, children=2, threads=8)
    site.server.crashes_expected = True
    with Load(site.port) as load:
        for _ in range(3):
            time.sleep(0.5)
            os.kill(site.server.child_pids()[0], signal.SIGKILL)
        assert wait_for(lambda: len(site.server.child_pids()) >= 2, 10)
        before = load.good
        assert wait_for(lambda: load.good > before + 20, 10), "nothing is served"
    assert wait_for(lambda: [member(site.port, n)["busy"] for n in "ab"] == ["0", "0"], 5)
    assert "exit signal Segmentation" not in site.server.error_log()
    assert "exit signal Abort" not in site.server.error_log()


@pytest.mark.parametrize("mpm", ["event", "worker", "prefork"])
def test_stop_is_clean(make, mpm):
    for _ in range(3):
        site = Site(make, mpm=mpm)
        for _ in range(4):
            with Client(site.port) as client:
                client.request(path="/x")
        time.sleep(0.3)  # until httpd has seen that the clients are gone
        site.server.stop(strict=True)
    assert all(c.wait_closed(5) for peer in site.peers.values() for c in peer.connections)


def test_hard_restart(make):
    site = Site(make)
    get(site.port, "/x")
    before = site.server.generations()
    site.server.process.send_signal(signal.SIGHUP)
    assert wait_for(lambda: site.server.generations() > before, 10)
    assert wait_for(lambda: get(site.port, "/x").status == 200)
    # The parent is the same, so the counters are too.
    assert sum(int(member(site.port, n)["elected"]) for n in "ab") >= 2


def test_replaced_module_takes_effect_at_a_graceful_restart(make):
    """The parent must really unload the old file: after the restart it maps only the new one."""
    site_module = httpd_module.module_under_test()
    peer = make.peer(name="a")
    server = make.keep(httpd_module.Httpd("""
JkWorkerProperty worker.list=a
JkWorkerProperty worker.a.port=%d
JkMount /* a
""" % peer.port))
    server.module = server.dir + "/mod_jk.so"
    shutil.copy(site_module, server.module)
    server.start()
    assert get(server.port, "/x").text == "a"

    def mapped(pid):
        with open("/proc/%d/maps" % pid) as file:
            return set(re.findall(r"(\d+) +(\S*/mod_jk\.so.*)", file.read()))

    old = mapped(server.pid)
    shutil.copy(site_module, server.dir + "/new.so")
    os.replace(server.dir + "/new.so", server.module)
    server.graceful()
    assert get(server.port, "/x").text == "a"
    for pid in [server.pid] + server.child_pids()[-1:]:
        now = mapped(pid)
        assert now and not now & old and not any("deleted" in name for _, name in now)
