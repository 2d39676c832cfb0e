"""A container in a process of its own, that can be killed with -9, stopped, and told to misbehave.

`Member` is the handle a test holds; run as a program this file is the container itself: small and
quick, many connections on one thread.  It writes one line per request, "time id try method", to a
file before it answers, so that what it saw survives its death.  Its port is kept by a socket that
never listens: nobody else gets it while the container is down, and connects are refused then.

A request names its answer: /r/ID/TRY/SIZE/KIND, see `load.answer_to`.  Tested by test_chaos.py.
"""

import asyncio
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time

import ajp_wire as wire
from load import answer_to

MODES = ("normal", "reset", "reset-in-body", "half-close", "silent", "trickle", "deaf", "flap")
FLAP = 0.2  # seconds up, seconds down
BACKLOG = 128


class Member:
    """One container.  start() after kill() brings it back on the same port."""

    def __init__(self, name):
        self.name = name
        self.folder = tempfile.mkdtemp(prefix="yoke-member-")
        self.path = os.path.join(self.folder, "requests")
        self.reservation = socket.socket()
        self.reservation.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.reservation.bind(("127.0.0.1", 0))
        self.port = self.reservation.getsockname()[1]
        self.process = None
        self.start()

    def start(self):
        """Start it and wait until it listens; gives back the time."""
        self.process = subprocess.Popen(
            [sys.executable, __file__, self.name, str(self.port), self.path],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout.readline() == "listening\n", "container did not start"
        return time.time()

    def mode(self, name):
        """From now on behave like this; returns when it does."""
        assert name in MODES
        self.process.stdin.write(name + "\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline() == name + "\n"

    def kill(self):
        """kill -9; gives back the time."""
        self.process.kill()
        self.process.wait(10)
        self.process.stdin.close()
        self.process.stdout.close()
        return time.time()

    def signal(self, number):
        self.process.send_signal(number)

    def stop(self):
        if self.process.poll() is None:
            self.signal(signal.SIGCONT)
            self.kill()
        self.reservation.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def seen(self):
        """All requests it ever got, in order: (time, id, try, method)."""
        try:
            with open(self.path) as file:
                rows = [line.split() for line in file if line.endswith("\n")]
        except FileNotFoundError:
            return []
        return [(float(when), number, attempt, method) for when, number, attempt, method in rows]

    def connections(self):
        """Connections that are open to it."""
        with open("/proc/net/tcp") as file:
            rows = [line.split() for line in file]
        return sum(row[1].endswith(":%04X" % self.port) and row[3] == "01" for row in rows[1:])

    def first_since(self, when):
        """When it got its first request after this time, or None."""
        return next((row[0] for row in self.seen() if row[0] >= when), None)


# The program ----------------------------------------------------------------------------------


class Container:
    """The listening socket, the mode, and the connections that are open."""

    def __init__(self, name, port, path):
        self.name, self.port, self.mode = name, port, "normal"
        self.requests = os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o644)
        self.open = set()
        self.tasks = set()
        self.socket = None

    def listen(self):
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.setblocking(False)
        self.socket.bind(("127.0.0.1", self.port))
        self.socket.listen(BACKLOG)
        asyncio.get_running_loop().add_reader(self.socket.fileno(), self.accept)

    def accept(self):
        try:
            accepted, _ = self.socket.accept()
        except BlockingIOError:
            return
        self.keep(asyncio.get_running_loop().connect_accepted_socket(
            lambda: Connection(self), accepted))

    def shut(self):
        """Close the listening socket and break every connection."""
        if self.socket:
            asyncio.get_running_loop().remove_reader(self.socket.fileno())
            self.socket.close()
            self.socket = None
        self.break_all()

    def break_all(self):
        for connection in list(self.open):
            connection.transport.abort()

    def keep(self, work):
        """Run a coroutine beside the rest."""
        task = asyncio.get_running_loop().create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    def change(self, mode):
        before, self.mode = self.mode, mode
        if mode == "deaf":  # accepts no more, and its queue is full at once: SYNs are dropped
            asyncio.get_running_loop().remove_reader(self.socket.fileno())
            self.socket.listen(0)
            self.break_all()
        elif mode == "flap":
            self.keep(self.flap())
        elif before in ("deaf", "flap"):
            self.shut()
            self.listen()

    async def flap(self):
        while self.mode == "flap":
            self.shut()
            await asyncio.sleep(FLAP)
            if self.mode == "flap":
                self.listen()
                await asyncio.sleep(FLAP)

    def note(self, number, attempt, method):
        line = "%.6f %s %s %s\n" % (time.time(), number, attempt, method)
        os.write(self.requests, line.encode())


class Connection(asyncio.Protocol):
    """One connection: packets in, answers out."""

    def __init__(self, container):
        self.container = container
        self.transport, self.data, self.request = None, b"", None

    def connection_made(self, transport):
        self.transport = transport
        self.container.open.add(self)

    def connection_lost(self, _):
        self.container.open.discard(self)

    def eof_received(self):
        return False

    def data_received(self, data):
        self.data += data
        while len(self.data) >= 4:
            length = struct.unpack(">H", self.data[2:4])[0]
            if len(self.data) < 4 + length:
                return
            payload, self.data = self.data[4:4 + length], self.data[4 + length:]
            self.packet(payload)

    def packet(self, payload):
        if self.request is not None:  # the first and only body packet
            request, self.request = self.request, None
            self.answer(request)
        elif payload[0] == wire.CPING:
            if self.container.mode != "silent":
                self.transport.write(wire.CPONG_PACKET)
        else:
            request = wire.parse_request(payload)
            if request.content_length:
                self.request = request
            _, number, attempt, *_ = request.uri[1:].split("/")
            self.container.note(number, attempt, request.method)
            if self.request is None:
                self.answer(request)

    def answer(self, request):
        _, number, _, size, kind = request.uri[1:].split("/")
        body = answer_to(number, int(size))
        headers = [("Content-Type", "text/plain"), ("X-Member", self.container.name)]
        if kind == "plain":
            headers.append(("Content-Length", str(len(body))))
        half = len(body) // 2
        first = wire.send_headers(200, headers) + wire.body_chunk(body[:half])
        rest = wire.body_chunk(body[half:]) + wire.end_response()
        mode = self.container.mode
        if mode == "reset":
            self.reset()
        elif mode == "half-close":
            self.transport.write_eof()
        elif mode == "reset-in-body":
            self.container.keep(self.in_two(first, None))
        elif mode == "trickle":
            self.container.keep(self.trickle(first + rest))
        elif mode != "silent":
            if kind == "plain":
                self.transport.write(first + rest)
            else:
                self.container.keep(self.in_two(first + wire.FLUSH_PACKET, rest))

    def reset(self):
        self.transport.get_extra_info("socket").setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()

    async def in_two(self, first, rest):
        """Half of the answer, a pause, and the rest or a reset."""
        self.transport.write(first)
        await asyncio.sleep(0.01)
        if rest is None:
            self.reset()
        else:
            self.transport.write(rest)

    async def trickle(self, data):
        for at in range(len(data)):
            if self.transport.is_closing():
                return
            self.transport.write(data[at:at + 1])
            await asyncio.sleep(0.02)


async def main(name, port, path):
    container = Container(name, int(port), path)
    container.listen()
    print("listening", flush=True)
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        container.change(line.decode().strip())
        print(line.decode().strip(), flush=True)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
