"""The n-th system call or allocation of the module fails, for n = 1, 2, 3 … until a request is
over without meeting the fault; and each call moves one byte only.

faults.cc does it inside httpd; prefork with one child makes the count the same each time. Whatever
fails, the client gets the right answer, a 5xx, or an answer that visibly breaks off; the child
lives, the next request is served, and nothing stays counted as busy or connected.
"""

import errno
import mmap
import os
import struct
import time
from pathlib import Path

import pytest

from httpd import module_under_test
from support import Client, Cut, get, pattern, status_text, wait_for

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

TARGETS = {"read": 1, "write": 2, "connect": 3, "socket": 4, "poll": 5, "allocation": 6}
ONE_BYTE, ENDED = 0, -1
MOST = 400  # calls of one kind that a request may make here

CONFIG = """
JkWorkerProperty worker.list=plain,ping,local,lb,jkstatus
JkWorkerProperty worker.jkstatus.type=status
JkWorkerProperty worker.lb.type=lb
JkWorkerProperty worker.lb.balance_workers=a,b
JkWorkerProperty worker.ping.ping_mode=A
JkWorkerProperty worker.ping.ping_timeout=1000
%s
JkMount /plain/* plain
JkMount /ping/* ping
JkMount /local/* local
JkMount /lb/* lb
JkMount /jkstatus jkstatus
"""
LIMITS = ("retry_interval=1", "reply_timeout=3000", "socket_connect_timeout=1000")
MEMBERS = {"plain": ["plain"], "ping": ["ping"], "local": ["local"], "lb": ["a", "b"]}
LARGE, BODY = pattern(100000), pattern(20000, seed=7)


def library():
    """The built faults.so: the one the environment names, else that of the module's build."""
    named = os.environ.get("FAULTS")
    built = Path(module_under_test()).parent.parent / "tests/system/.libs/faults.so"
    return Path(named) if named else built


class Faults:
    """What faults.so shares with us: arm it, and see what it did."""

    def __init__(self, path, module):
        Path(path).write_bytes(bytes(20))
        os.chmod(path, 0o666)
        with open(path, "r+b") as file:
            self.memory = mmap.mmap(file.fileno(), 20)
        outer = dict(pair.split("=", 1) for pair in os.environ.get("HTTPD_ENV", "").split())
        self.env = {
            "LD_PRELOAD": ":".join([str(library())] + [v for v in [outer.get("LD_PRELOAD")] if v]),
            "ASAN_OPTIONS": outer.get("ASAN_OPTIONS", "")
                            + ":verify_asan_link_order=0:alloc_dealloc_mismatch=0",
            "FAULTS_CONTROL": str(path), "FAULTS_MODULE": module}

    def arm(self, target, number, outcome):
        self.memory[:] = struct.pack("=5i", 0, number, outcome, 0, 0)
        self.memory[:4] = struct.pack("=i", TARGETS[target])

    def disarm(self):
        """How many calls there were, and how many of them were disturbed."""
        self.memory[:4] = bytes(4)
        return struct.unpack("=2i", self.memory[12:])


def answer(exchange):
    """LARGE for /…/large, else what was uploaded; /…/last is the last one on its connection."""
    exchange.read_body()
    body = LARGE if exchange.uri.endswith("/large") else exchange.body or b"short"
    exchange.respond(body=body, reuse=0 if exchange.uri.endswith("/last") else 1)


class Site:
    """Four workers, each with peers of its own, in one process."""

    def __init__(self, make, folder):
        names = [name for each in MEMBERS.values() for name in each]
        self.peers = {name: make.peer(answer, name=name, **(
            {"path": folder + "/local.sock"} if name == "local" else {})) for name in names}
        lines = ["%s.%s" % (name, limit) for name in names for limit in LIMITS]
        for name, peer in self.peers.items():
            lines.append("%s.%s" % (name, "host=unix:" + peer.path if peer.path
                                    else "port=%d" % peer.port))
        module = module_under_test()
        self.faults = Faults(folder + "/control", module)
        self.server = make.httpd(
            CONFIG % "\n".join("JkWorkerProperty worker." + line for line in lines),
            mpm="prefork", module=module, env=self.faults.env)
        self.port, self.child = self.server.port, self.server.child_pids()

    def ask(self, worker, shape):
        """One request; gives back the answer (None: the connection ended before it) and its body
        as it must be."""
        path = "/%s/%s" % (worker, shape)
        with Client(self.port, timeout=15) as client:
            try:
                if shape == "sized":
                    return client.request("POST", path, body=BODY), BODY
                if shape == "chunked":
                    pieces = [BODY[:1], BODY[1:5000], BODY[5000:]]
                    return client.request("POST", path, chunked=pieces), BODY
                return client.request("GET", path), LARGE if shape == "large" else b"short"
            except Cut:
                return None, b""

    def counted(self, worker):
        """Complaints about what the status shows of a worker at rest."""
        rows, found = status_text(self.port), []
        for name in MEMBERS[worker]:
            row = rows.get(("Member", name)) or rows[("AJP Worker", name)]
            open_now = [c for c in self.peers[name].connections if not c.gone.is_set()]
            if row["busy"] != "0" or int(row["connected"]) != len(open_now):
                found.append("%s: %s busy, %s connected, %d open" % (
                    name, row["busy"], row["connected"], len(open_now)))
        return found

    def settle(self, worker, start):
        """The state every turn begins with: members in service; a connection kept, or none."""
        if worker == "lb":
            for name in MEMBERS[worker]:
                get(self.port, "/jkstatus?cmd=recover&w=lb&sw=%s&mime=txt" % name)
        for _ in MEMBERS[worker]:
            assert self.ask(worker, start)[0].status == 200


@pytest.fixture(scope="module")
def site(make_for_module, tmp_path_factory):
    if not library().exists():
        pytest.skip("no %s: make builds it, FAULTS names another place" % library())
    folder = tmp_path_factory.mktemp("faults")
    for each in (folder, folder.parent, folder.parent.parent):
        each.chmod(0o755)  # the children are another user
    return Site(make_for_module, str(folder))


SHAPES = {  # what is asked of which worker, and what it finds: a connection that is kept, or none
    "get": ("plain", "short", "first"), "get-new": ("plain", "short", "last"),
    "sized": ("plain", "sized", "first"), "sized-new": ("plain", "sized", "last"),
    "chunked": ("plain", "chunked", "first"), "large": ("plain", "large", "first"),
    "large-new": ("plain", "large", "last"),
    "balanced": ("lb", "large", "first"), "balanced-new": ("lb", "sized", "last"),
    "ping": ("ping", "short", "first"), "ping-new": ("ping", "sized", "last"),
    "local": ("local", "large", "first"), "local-new": ("local", "chunked", "last"),
}
FAULTS = {  # what fails, and how
    "read-reset": ("read", errno.ECONNRESET), "read-interrupted": ("read", errno.EINTR),
    "read-late": ("read", errno.EAGAIN), "read-ended": ("read", ENDED),
    "read-no-memory": ("read", errno.ENOMEM), "read-one-byte": ("read", ONE_BYTE),
    "write-broken": ("write", errno.EPIPE), "write-interrupted": ("write", errno.EINTR),
    "write-late": ("write", errno.EAGAIN), "write-one-byte": ("write", ONE_BYTE),
    "write-no-buffers": ("write", errno.ENOBUFS),
    "connect-refused": ("connect", errno.ECONNREFUSED),
    "connect-interrupted": ("connect", errno.EINTR),
    "connect-unreachable": ("connect", errno.EHOSTUNREACH),
    "connect-no-port": ("connect", errno.EADDRNOTAVAIL),
    "socket-no-descriptor": ("socket", errno.EMFILE), "socket-no-memory": ("socket", errno.ENOBUFS),
    "poll-interrupted": ("poll", errno.EINTR), "poll-no-memory": ("poll", errno.ENOMEM),
    "poll-late": ("poll", ENDED),
}
HARMLESS = {name for name in FAULTS if name.endswith(("-interrupted", "-one-byte"))}


def judge(got, want, fault):
    """What is wrong with an answer, or None."""
    if got is not None and got.status == 200 and got.complete and got.body == want:
        return None
    if fault in HARMLESS:
        return "a harmless fault was not borne: %s" % (got and (got.status, len(got.body)))
    if got is None or got.status >= 500:
        return None
    if got.status == 200 and not got.complete and want.startswith(got.body):
        return None
    return "status %d, %d bytes, complete: %s" % (got.status, len(got.body), got.complete)


def turn(site, shape, fault, number):
    """One request whose n-th call fails; False when it made fewer calls than that."""
    worker, what, start = SHAPES[shape]
    target, outcome = FAULTS[fault]
    site.settle(worker, start)
    begun = time.monotonic()
    site.faults.arm(target, number, outcome)
    got, want = site.ask(worker, what)
    _, hits = site.faults.disarm()
    where = "%s, call %d: " % (fault, number)
    wrong = judge(got, want, fault if hits else "read-one-byte")
    assert wrong is None, where + wrong
    assert time.monotonic() - begun < 10, where + "too long"
    assert site.server.child_pids() == site.child, where + "the child is another one"
    if worker == "lb":
        site.settle(worker, "first")
    after, want = site.ask(worker, what)
    assert after is not None and (after.status, after.body) == (200, want), where + "what came next"
    assert wait_for(lambda: not site.counted(worker), 3), where + str(site.counted(worker))
    return hits > 0


def forgive_broken_packets(site):
    """A fault that came behind a part of a packet is not what the peers should complain about."""
    for peer in site.peers.values():
        for connection in peer.connections:
            connection.watch.violations[:] = [
                v for v in connection.violations if v != "connection closed inside a packet"]
        peer.forget()


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("shape", SHAPES)
def test_nth_call_fails(site, shape, fault):
    number = 1
    while turn(site, shape, fault, number):
        number += 1
        assert number < MOST, "it never passes clean"
    forgive_broken_packets(site)


@pytest.mark.parametrize("target", ["read", "write"])
@pytest.mark.parametrize("shape", SHAPES)
def test_one_byte_at_a_time(site, shape, target):
    """Every read, or every write, of the whole request."""
    worker, what, start = SHAPES[shape]
    site.settle(worker, start)
    site.faults.arm(target, 0, ONE_BYTE)
    got, want = site.ask(worker, what)
    _, hits = site.faults.disarm()
    assert hits > 0 and judge(got, want, "read-one-byte") is None
    assert wait_for(lambda: not site.counted(worker), 3), site.counted(worker)
    site.peers[MEMBERS[worker][0]].forget()


@pytest.mark.parametrize("target", ["read", "write", "connect", "socket", "poll"])
def test_the_instrument_counts(site, target):
    """Each kind of call is one that the module really makes; else its tests would say nothing."""
    site.settle("plain", "last")
    site.faults.arm(target, MOST, ENDED)
    site.ask("plain", "short")
    assert site.faults.disarm()[0] > 0


# Allocations -------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", SHAPES)
def test_requests_allocate_nothing(site, shape):
    """Nothing of ours can fail for want of memory while a request is forwarded: all that is used
    are httpd's pools, which end the child."""
    worker, what, start = SHAPES[shape]
    site.settle(worker, start)
    site.faults.arm("allocation", 1, errno.ENOMEM)
    got, want = site.ask(worker, what)
    calls, _ = site.faults.disarm()
    assert calls == 0 and judge(got, want, "read-one-byte") is None


EDIT = "cmd=update&mime=txt&w=lb&vlr=%d&vlt=%d"
STATUS = {  # what is asked of the status worker
    "page": "cmd=list&mime=html", "text": "cmd=list&mime=txt", "xml": "cmd=list&mime=xml",
    "properties": "cmd=list&mime=prop", "json": "cmd=list&mime=json", "form": "cmd=edit&w=lb",
    "dump": "cmd=dump", "edit": EDIT,
}


def settings(site):
    """The two settings that the edit changes: both as before, or both as wanted."""
    row = status_text(site.port)[("Balancer Worker", "lb")]
    return int(row["retries"]), int(row["recover_time"])


@pytest.mark.parametrize("query", STATUS)
def test_nth_allocation_of_the_status_fails(site, query):
    """Every one of the first hundred, then some of them: there may be thousands."""
    number, hits = 1, True
    while hits:
        before = settings(site)
        wanted = (before[0] % 5 + 1, before[1] % 50 + 61)
        path = "/jkstatus?" + (STATUS[query] % wanted if query == "edit" else STATUS[query])
        site.faults.arm("allocation", number, errno.ENOMEM)
        got = get(site.port, path)
        hits = site.faults.disarm()[1] > 0
        where = "allocation %d: " % number
        assert got.status in ((200, 500, 503) if hits else (200,)), where + str(got.status)
        assert got.complete, where + "cut"
        assert site.server.child_pids() == site.child, where + "the child is another one"
        if query == "edit":
            assert settings(site) in (before, wanted), where + "half an edit"
            assert hits or settings(site) == wanted
        assert get(site.port, path).status == 200, where + "what came next"
        number += max(1, number // 20 - 4)
    assert number > 3, "it allocates nothing"
