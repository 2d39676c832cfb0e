"""A scriptable AJP13 container: `Peer`, and the usual behaviours for it.

A behaviour is a callable that gets an `Exchange` and answers it; most of the functions here build
one.  A peer is told at any time what to do next: `peer.behaviour = cut("mid-body", reset=True)`.
The machinery is in ajp_container.py, the wire in ajp_wire.py.  Tested by test_peer.py.
"""

import os
import re
import threading
import time
from pathlib import Path

import ajp_wire as wire
from ajp_container import KEEP, Connection, Exchange, Gone, Peer, answer_ping

__all__ = ["KEEP", "Connection", "Exchange", "Gone", "Peer", "answer_ping", "wire"]

# Answers to a CPING -------------------------------------------------------------------------


def ignore_ping(connection):
    """Stay silent, as a container that is out of threads."""


def close_on_ping(connection):
    connection.close()
    raise Gone("closed by us")


# Behaviours ---------------------------------------------------------------------------------


def respond(status=200, headers=(), body=b"", **more):
    """Read the request body, then answer."""
    def behave(exchange):
        exchange.read_body()
        exchange.respond(status, headers, body, **more)
    return behave


def echo(exchange):
    """Answer with the request body, of at most KEEP bytes."""
    exchange.read_body()
    exchange.respond(body=exchange.body)


def digest(exchange):
    """Answer with the size and the SHA-256 of the request body, whatever its size."""
    exchange.read_body()
    text = "%d %s" % (exchange.body_size, exchange.body_hash.hexdigest())
    exchange.respond(body=text.encode())


def download(size, block, chunk=None, length=True):
    """Answer with `block`, over and over, until `size` bytes are sent."""
    def behave(exchange):
        exchange.read_body()
        step = chunk or exchange.peer.packet_size - 8
        pieces = [block[at:at + step] for at in range(0, len(block), step)]
        whole = b"".join(wire.body_chunk(piece) for piece in pieces)
        exchange.head(headers=[("Content-Length", str(size))] if length else [])
        for _ in range(size // len(block)):
            exchange.connection.send_unseen(whole)
        exchange.chunk(block[:size % len(block)], step)
        exchange.end()
    return behave


def by_path(table, default=None):
    """Choose by the URI; the longest key it begins with wins."""
    def behave(exchange):
        fits = [key for key in table if exchange.uri.startswith(key)]
        chosen = table[max(fits, key=len)] if fits else default or respond(404)
        chosen(exchange)
    return behave


def sequence(*behaviours):
    """The first request gets the first behaviour and so on; the last one stays."""
    state = {"next": 0}
    lock = threading.Lock()

    def behave(exchange):
        with lock:
            at = min(state["next"], len(behaviours) - 1)
            state["next"] += 1
        behaviours[at](exchange)
    return behave


def delay(seconds, then):
    def behave(exchange):
        time.sleep(seconds)
        then(exchange)
    return behave


def silence(exchange):
    """Read nothing more and never answer; ends when the server gives up."""
    exchange.wait_closed()


def cut(step, reset=False, body=b"x" * 1000):
    """Close at a step: before-head, mid-head, after-head, mid-body, before-end."""
    head = [("Content-Type", "text/plain")]

    def behave(exchange):
        exchange.read_body()
        if step == "mid-head":
            exchange.connection.send_unseen(wire.send_headers(200, head)[:9])
        elif step != "before-head":
            exchange.head(200, head)
        if step in ("mid-body", "before-end"):
            exchange.chunk(body)
            exchange.flush()
        if step == "mid-body":
            exchange.connection.send_unseen(wire.body_chunk(body)[:50])
        exchange.connection.close(reset)
        raise Gone("closed by us")
    return behave


def raw(data, close=False, trickle=None):
    """Send these bytes, at once or one by one with a pause; perhaps close afterwards."""
    def behave(exchange):
        exchange.read_body()
        if trickle is None:
            exchange.raw(data)
        else:
            for at in range(len(data)):
                exchange.raw(data[at:at + 1])
                time.sleep(trickle)
        if close:
            exchange.connection.close()
            raise Gone("closed by us")
    return behave


def half_close(exchange):
    """Shut down our sending side, then wait."""
    exchange.connection.half_close()
    exchange.wait_closed()


# Golden vectors -----------------------------------------------------------------------------


def vectors(prefix=""):
    """The golden vectors by name: bytes and the comment that opens the file."""
    default = Path(__file__).resolve().parent.parent / "wire" / "ajp13-vectors"
    ours = any(default.glob("*.hex"))
    folder = default if ours else Path(os.environ.get("YOKE_VECTORS", default))
    found = {}
    for file in sorted(folder.glob(prefix + "*.hex")):
        lines = file.read_text().splitlines()
        text = "".join(line for line in lines if not line.startswith("#"))
        found[file.stem] = (bytes.fromhex(re.sub(r"\s", "", text)), lines[0])
    return found
