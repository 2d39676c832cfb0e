"""A container that answers with everything a container must never send, and visitors of it.

`Backend` listens and gives each request one of ACTS, chosen at random. `Visitor` asks for it and
accepts any answer that is well-formed HTTP or visibly breaks off, in time. Used by hostile.py.
"""

import random
import re
import socket
import struct
import sys
import threading
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "system"))

# pylint: disable=wrong-import-position
import ajp_wire as wire
from ajp_peer import vectors
from support import Client, Cut

VECTORS = [data for data, _ in vectors("m").values()]
ENDLESS = 8  # seconds after which what never ends is given up, long after the server should have
HEAD = wire.send_headers(200, [("Content-Type", "text/plain")])
RIGHT = HEAD + wire.body_chunk(b"right") + wire.end_response()


class Act:
    """One answer under way on one connection."""

    def __init__(self, sock, chance):
        self.sock, self.chance = sock, chance
        self.until = time.monotonic() + ENDLESS

    def forever(self, data, pause=0.0):
        """The same over and over, until the server has had enough."""
        while time.monotonic() < self.until:
            self.sock.sendall(data)
            if pause:
                time.sleep(pause)
        raise ConnectionError("enough")

    def close(self, reset=False):
        if reset:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raise ConnectionError("closed by us")

    def rest(self):
        """What comes behind the harm: silence, the end, or the next request."""
        how = self.chance.randrange(16)
        if how == 0:
            self.silence()
        if how < 15:
            self.close(how % 2 == 1)

    # What it does ----------------------------------------------------------------------------

    def right(self):
        self.sock.sendall(RIGHT)

    def vector(self):
        self.sock.sendall(self.chance.choice(VECTORS))
        self.rest()

    def random_bytes(self):
        self.sock.sendall(self.chance.randbytes(self.chance.choice((1, 4, 100, 8192, 70000))))
        self.rest()

    def random_packet(self):
        """Framed rightly, with anything in it."""
        kind = bytes((self.chance.choice((3, 4, 5, 6, 9, 0, 255)),))
        self.sock.sendall(wire.packet(kind + self.chance.randbytes(self.chance.randrange(300))))
        self.rest()

    def flipped(self):
        """A right answer with some bytes changed."""
        data = bytearray(RIGHT)
        for _ in range(self.chance.randrange(1, 6)):
            data[self.chance.randrange(len(data))] = self.chance.randrange(256)
        self.sock.sendall(data)
        self.rest()

    def cut_short(self):
        self.sock.sendall(RIGHT[:self.chance.randrange(len(RIGHT))])
        self.rest()

    def many_headers(self):
        """As many as fit into one packet, with names that are alike or not."""
        count = self.chance.choice((100, 500, 1000))
        self.sock.sendall(wire.send_headers(200, [("h%d" % n, "v") for n in range(count)]) +
                          wire.end_response())

    def endless_headers(self):
        self.forever(HEAD)

    def endless_chunks(self):
        self.sock.sendall(HEAD)
        self.forever(wire.body_chunk(b"x" * 8000))

    def endless_flushes(self):
        self.sock.sendall(HEAD)
        self.forever(wire.FLUSH_PACKET)

    def endless_questions(self):
        self.forever(wire.get_body(8186))

    def endless_pongs(self):
        self.forever(wire.CPONG_PACKET)

    def endless_bytes(self):
        self.forever(b"\0" * 8192)

    def trickle(self):
        """A byte of the head now and then."""
        for at in range(len(HEAD)):
            self.sock.sendall(HEAD[at:at + 1])
            time.sleep(0.2)
        self.close()

    def never_ending(self):
        """A body that goes on for ever, little by little."""
        self.sock.sendall(HEAD)
        self.forever(wire.body_chunk(b"still here\n") + wire.FLUSH_PACKET, 0.1)

    def silence(self):
        self.sock.settimeout(ENDLESS)
        self.sock.recv(1)
        self.close()

    def second_answer(self):
        """One more answer behind the end, at once or later: nobody may get it."""
        late = RIGHT.replace(b"right", b"stale")
        if self.chance.random() < 0.5:
            self.sock.sendall(RIGHT + late)
        else:
            self.sock.sendall(RIGHT)
            time.sleep(self.chance.uniform(0, 0.02))
            self.sock.sendall(late)

    def half_close(self):
        self.sock.sendall(RIGHT[:self.chance.randrange(len(RIGHT))])
        self.sock.shutdown(socket.SHUT_WR)
        self.silence()


ACTS = (Act.right, Act.vector, Act.random_bytes, Act.random_packet, Act.flipped, Act.cut_short,
        Act.many_headers, Act.endless_headers, Act.endless_chunks, Act.endless_flushes,
        Act.endless_questions, Act.endless_pongs, Act.endless_bytes, Act.trickle, Act.never_ending,
        Act.silence, Act.second_answer, Act.half_close)
WEIGHTS = (20, 40, 20, 20, 20, 10, 5, 2, 2, 2, 2, 2, 2, 2, 2, 2, 10, 5)


class Backend:
    """Listens on a port of its own until stop(); `acts` counts what it did."""

    def __init__(self, seed):
        self.chance, self.acts = random.Random(seed), Counter()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(sock, self.chance.getrandbits(32)),
                             daemon=True).start()

    def serve(self, sock, seed):
        chance = random.Random(seed)
        with sock:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            try:
                while self.is_request(sock):
                    act = chance.choices(ACTS, WEIGHTS)[0]
                    self.acts[act.__name__] += 1
                    act(Act(sock, chance))
            except OSError:
                pass

    @staticmethod
    def is_request(sock):
        """Wait for whatever the server sends next; False at its end."""
        sock.settimeout(60)
        return sock.recv(1 << 16) != b""

    def stop(self):
        self.listener.close()


class Visitor:
    """A client of it; `found` counts the outcomes, `wrong` keeps what must not be."""

    def __init__(self, port, seed, limit):
        self.port, self.chance, self.limit = port, random.Random(seed), limit
        self.found, self.wrong, self.slowest = Counter(), [], 0.0

    def run(self, until):
        while time.monotonic() < until:
            begun = time.monotonic()
            try:
                outcome = self.visit()
            except TimeoutError:
                outcome = "HANG"
            except (Cut, ConnectionError):
                outcome = "cut"
            except Exception as error:  # no HTTP
                outcome = "WRONG"
                self.wrong.append(repr(error)[:300])
            took = time.monotonic() - begun
            self.slowest = max(self.slowest, took)
            self.found[outcome] += 1
            if outcome == "HANG":
                self.wrong.append("no answer in %.1f s" % took)

    def visit(self):
        """One request; waits for the first byte as long as the server's limits allow, and reads on
        for a moment, since an answer may have no end."""
        with Client(self.port, timeout=self.limit) as client:
            body = b"y" * self.chance.choice((0, 0, 10, 20000))
            path = self.chance.choice(("/evil/x", "/both/x"))
            headers = [("Content-Length", str(len(body)))] if body else []
            client.head("POST" if body else "GET", path, headers)
            client.send(body)
            head = client.sock.recv(1 << 16)
            end = time.monotonic() + self.chance.choice((0.05, 0.05, 0.2, 1))
            data = head
            while data and time.monotonic() < end and len(head) < 10000000:
                client.sock.settimeout(max(0.01, end - time.monotonic()))
                try:
                    data = client.sock.recv(1 << 16)
                except TimeoutError:
                    break
                head = head + data if len(head) < 100000 else head
                if self.is_whole(head):
                    break
            return self.judge(head)

    @staticmethod
    def is_whole(data):
        head, found, body = data.partition(b"\r\n\r\n")
        length = re.search(rb"\r\nContent-Length: (\d+)", head, re.I)
        if not found or head[9:12] in (b"204", b"304"):
            return bool(found)
        return len(body) >= int(length.group(1)) if length else body.endswith(b"0\r\n\r\n")

    def judge(self, data):
        """The outcome; an answer that is no HTTP raises."""
        if not data:
            return "cut"
        head, found, body = data.partition(b"\r\n\r\n")
        lines = head.split(b"\r\n")
        # any status that AJP passes, as a flipped bit makes them
        status = re.fullmatch(rb"HTTP/1\.1 ([2-9]\d\d) [\t -~\x80-\xff]*", lines[0])
        assert status, data[:200]
        for line in lines[1:] if found else []:
            assert re.fullmatch(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+:[\t -~\x80-\xff]*", line), line
        assert b"HTTP/1.1" not in body, "two answers: %r" % data[:500]
        return status.group(1).decode()
