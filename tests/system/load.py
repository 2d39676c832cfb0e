"""Load: clients on kept connections, in a process of their own, that judge every answer.

`Load` is the handle a test holds; run as a program this file is the clients. What became of a
request is one of OUTCOMES. A request is /r/ID/TRY/SIZE/KIND (or one fixed path), and its answer
must be exactly `answer_to(ID, SIZE)` (or match one pattern). No two requests share an id.
Tested by test_chaos.py.
"""

import asyncio
import json
import os
import re
import subprocess
import sys
import time

# ok      complete and the one that was asked for
# wrong   status 200 and complete, but not what was asked for; or no HTTP at all
# cut     status 200, visibly broken off
# failed  another status, or the connection ended without a byte
# stale   a kept connection was closed before the first byte of the answer: as any client does, a
#         GET is then asked once more on a new connection, as another try of the same id
OUTCOMES = ("ok", "wrong", "cut", "failed", "stale")
# Clients; seconds between two requests of one; every which answer comes in two parts; one path and
# the pattern of its answer, instead of the mixture; seconds until a request counts as failed.
DEFAULTS = {"clients": 32, "pause": 0.005, "parts": 4, "path": None, "answer": None, "limit": 30}
BODY = b"x" * 300


def answer_to(number, size):
    """The body that belongs to a request: no two are alike, and a lost piece shows."""
    line = b"".join(b"%s:%d " % (number.encode(), n) for n in range(size // 4 + 1))
    return line[:size]


class Load:
    """Clients that run from the first moment until stop()."""

    def __init__(self, port, **options):
        options = {**DEFAULTS, **options, "port": port}
        self.process = subprocess.Popen([sys.executable, __file__, json.dumps(options)],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.last = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def _ask(self, word):
        self.process.stdin.write(word + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, "the load ended by itself"
        return json.loads(line)

    def counts(self):
        """What happened so far: {"GET": {"ok": …}, "POST": …}."""
        return self._ask("counts") if self.last is None else self.last["counts"]

    def ok(self):
        return sum(row["ok"] for row in self.counts().values())

    def stop(self):
        """End after the running requests.

        Gives back counts, `bad` (each outcome but ok: time, outcome, method, path, what) and
        `slowest` (seconds).
        """
        if self.last is None:
            self.last = self._ask("stop")
            self.process.wait(10)
            self.process.stdin.close()
            self.process.stdout.close()
        return self.last


# The program ----------------------------------------------------------------------------------


class Ended(Exception):
    """The connection ended: before the first byte of an answer, or later."""


class Answer:
    """Reads one response from a stream."""

    def __init__(self, reader):
        self.reader, self.status, self.body, self.began, self.close = reader, 0, b"", False, False

    async def read(self):
        """Raises Ended, with `began` and `status` telling how far it came."""
        try:
            head = await self.reader.readuntil(b"\r\n\r\n")
            self.began = True
            self.status = int(head.split(b" ", 2)[1])
            self.close = re.search(rb"\r\nConnection: close", head, re.I) is not None
            length = re.search(rb"\r\nContent-Length: (\d+)", head, re.I)
            if length:
                self.body = await self.reader.readexactly(int(length.group(1)))
            else:
                await self._chunks()
        except asyncio.IncompleteReadError as error:
            self.began = self.began or bool(error.partial)
            raise Ended from error
        except OSError as error:
            raise Ended from error

    async def _chunks(self):
        while size := int(await self.reader.readuntil(b"\r\n"), 16):
            self.body += (await self.reader.readexactly(size + 2))[:-2]
        await self.reader.readexactly(2)


class Client:
    """One client; its connection is kept as long as the server keeps it."""

    def __init__(self, clients, name):
        self.clients, self.name = clients, name
        self.reader = self.writer = None
        self.asked = 0

    async def run(self):
        while not self.clients.stopping:
            await self.one()
            await asyncio.sleep(self.clients.options["pause"])
        self.close()

    async def one(self):
        """One request, of a mixture: every 8th a POST, some larger, some answered in two parts."""
        self.asked += 1
        number = "%d-%d-%d" % (os.getpid(), self.name, self.asked)
        turn = self.asked + self.name  # so that not all do the same at the same time
        method = "POST" if turn % 8 == 0 else "GET"
        kind = "parts" if (turn + 1) % self.clients.options["parts"] == 0 else "plain"
        size = (100, 1000, 6000)[turn % 3]
        outcome = await self.attempt(method, number, 0, size, kind)
        if outcome == "stale" and method == "GET":
            await self.attempt(method, number, 1, size, kind)

    async def attempt(self, method, number, attempt, size, kind):
        options = self.clients.options
        path = options["path"] or "/r/%s/%d/%d/%s" % (number, attempt, size, kind)
        method = "GET" if options["path"] else method
        begun = time.time()
        try:
            outcome, what = await asyncio.wait_for(self.exchange(method, path),
                                                   options["limit"])
        except asyncio.TimeoutError:
            self.close()
            outcome, what = "failed", "no answer in %s s" % options["limit"]
        if outcome == "ok" and not self.is_right(what, number, size):
            outcome, what = "wrong", what.decode("latin-1")[:200]
        self.clients.count(outcome, [begun, outcome, method, path, what])
        return outcome

    async def exchange(self, method, path):
        """Outcome and the body, or why not."""
        fresh = self.writer is None
        try:
            await self.send(method, path)
        except OSError as error:
            self.close()
            return ("failed" if fresh else "stale"), repr(error)
        answer = Answer(self.reader)
        try:
            await answer.read()
        except Ended as error:
            self.close()
            if answer.began:
                return ("cut" if answer.status == 200 else "failed"), "status %d, then %r" % (
                    answer.status, error.__cause__)
            return ("failed" if fresh else "stale"), repr(error.__cause__)
        except ValueError as error:  # more than the answer before, or no chunk where one is due
            self.close()
            return "wrong", "no HTTP: %s" % error
        if answer.close:
            self.close()
        if answer.status != 200:
            return "failed", str(answer.status)
        return "ok", answer.body

    async def send(self, method, path):
        if self.writer is None:
            self.reader, self.writer = await asyncio.open_connection(
                "127.0.0.1", self.clients.options["port"])
        body = BODY if method == "POST" else b""
        length = b"Content-Length: %d\r\n" % len(body) if body else b""
        self.writer.write(b"%s %s HTTP/1.1\r\nHost: localhost\r\n%s\r\n%s"
                          % (method.encode(), path.encode(), length, body))
        await self.writer.drain()

    def is_right(self, body, number, size):
        pattern = self.clients.options["answer"]
        if pattern:
            return re.fullmatch(pattern, body.decode("latin-1")) is not None
        return body == answer_to(number, size)

    def close(self):
        if self.writer:
            self.writer.close()
            self.reader = self.writer = None


class Clients:
    """All of them, and what they found."""

    def __init__(self, options):
        self.options, self.stopping = options, False
        self.counts = {method: dict.fromkeys(OUTCOMES, 0) for method in ("GET", "POST")}
        self.bad, self.slowest = [], 0

    def count(self, outcome, row):
        self.counts[row[2]][outcome] += 1
        self.slowest = max(self.slowest, time.time() - row[0])
        if outcome != "ok":
            self.bad.append(row)

    async def run(self):
        clients = [asyncio.ensure_future(Client(self, n).run())
                   for n in range(self.options["clients"])]
        reader = asyncio.StreamReader()
        await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        while await reader.readline() == b"counts\n":
            print(json.dumps(self.counts), flush=True)
        self.stopping = True
        await asyncio.gather(*clients)
        print(json.dumps({"counts": self.counts, "bad": self.bad, "slowest": self.slowest}),
              flush=True)


if __name__ == "__main__":
    asyncio.run(Clients(json.loads(sys.argv[1])).run())
