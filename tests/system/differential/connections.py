"""Connections to the backend: probes of every mode, their failures, reuse, limits of retries."""

import ajp_peer
import ajp_wire as wire

from .bodies import lost
from .case import WORKERS, Case, Group, ask, attempts, post, respond

MODES = {
    "none": "", "connect": "ping_mode=C", "prepost": "ping_mode=P", "interval": "ping_mode=I",
    "all": "ping_mode=A", "lower": "ping_mode=cp", "other": "ping_mode=xyz",
    "connect-time": "connect_timeout=2000", "prepost-time": "prepost_timeout=2000",
    "zero": "connect_timeout=0 prepost_timeout=0", "retries-1": "retries=1",
    "retries-3": "retries=3",
    "retries-0": "retries=0", "size": "max_packet_size=9000", "timeout": "socket_timeout=5",
    "keepalive": "socket_keepalive=1", "buffer": "socket_buffer=20000",
    "pool": "connection_pool_size=1",
    "acquire-0": "connection_acquire_timeout=0", "old-names": "cachesize=2 cache_timeout=10",
    "fail": "fail_on_status=500,-404", "quick": "ping_mode=A ping_timeout=100 retries=1",
}


def _lines():
    yield "JkWorkerProperty worker.list=" + ",".join(MODES)
    for name, properties in MODES.items():
        for line in ["port=@W1@", "retry_interval=1"] + properties.split():
            yield "JkWorkerProperty worker.%s.%s" % (name, line)
        yield "JkMount /%s/* %s" % (name, name)


GROUP = Group("connections", WORKERS + "\n".join(_lines()) + "\n")


def answer(*packets):
    """Answer a CPING with these packets."""
    return lambda connection: connection.send(b"".join(packets))


def once(behaviour):
    """The first CPING of a connection's peer gets this answer, the others the usual one."""
    def behave(connection):
        first = sum(c.pings for c in connection.peer.connections) == 1
        (behaviour if first else ajp_peer.answer_ping)(connection)
    return behave


HEAD = wire.send_headers(200, [], "OK")
PINGS = {
    "closed": ajp_peer.close_on_ping, "closed-once": once(ajp_peer.close_on_ping),
    "wrong": answer(HEAD), "wrong-once": once(answer(HEAD)),
    "stale": answer(HEAD, wire.CPONG_PACKET), "twice": answer(wire.CPONG_PACKET, wire.CPONG_PACKET),
    "garbage": answer(b"HTTP/1.1 400 no\r\n\r\n"),
    "ignored-once": once(ajp_peer.ignore_ping),
}


def case(worker, name, raw=None, behave=None, **more):
    path = "/%s/x" % worker
    return Case("connection-%s-%s" % (worker, name), GROUP, raw or ask(path), behave or respond(),
                follow="/%s/follow-up" % worker, **more)


def all_cases():
    made = [case(worker, "get") for worker in MODES]
    made += [case(worker, "post", post(b"body", "/%s/x" % worker)) for worker in MODES]
    made += [case(worker, "two", ask("/%s/x" % worker) + ask("/%s/y" % worker)) for worker in MODES]
    made += [case(worker, "lost", behave=attempts(lost(0), respond()))
             for worker in ("none", "retries-1", "retries-0", "retries-3", "prepost")]
    made += [case(worker, "lost-thrice", behave=attempts(*[lost(0)] * 3, respond()))
             for worker in ("none", "retries-3")]
    made += [case("fail", str(status), behave=attempts(respond(status), respond()))
             for status in (500, 404, 403, 200)]
    made += [case("fail", "%d-all" % status, behave=respond(status)) for status in (500, 404)]
    made += [case(worker, "ping-" + name, ping=ping)
             for worker in ("connect", "prepost") for name, ping in PINGS.items()
             if not name.startswith("ignored")]
    made += [case("quick", "ping-" + name, ping=PINGS[name])
             for name in ("ignored-once", "wrong", "stale")]
    return made
