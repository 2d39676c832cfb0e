"""The clients of soak.py: what they ask, in which mix, and what they look at in the answers.

Everything that is random comes from a seed, so a run can be had again. What a client finds wrong it
counts, keeps the first of, and goes on.
"""

import random
import socket
import struct
import threading
import time
import zlib
from collections import Counter
from http.client import HTTPConnection

MOST = 10000000
PIECE = 8184
# The body that peer answers (answers.h).
PATTERN = bytes(ord("!") + at for at in range(89)) * (MOST // 89 + 1)
SIZES = (0, 1, 100, PIECE - 1, PIECE, PIECE + 1, 20000, 65536, 100000, 1000000, MOST)
SIZE_WEIGHTS = (10, 5, 30, 5, 5, 5, 10, 10, 10, 5, 1)
PATIENCE = 60  # seconds that an answer may take


class Wrong(Exception):
    """An answer that is not what was asked for."""


class Client:
    """One of them; `found` are the counts, `errors` the first of what was wrong."""

    def __init__(self, port, seed, names):
        self.port, self.names = port, names
        self.chance = random.Random(seed)
        self.route = names[seed % len(names)]
        self.connection = None
        self.found, self.errors = Counter(), []

    def run(self, until):
        while time.monotonic() < until:
            action = self.chance.choices(ACTIONS, ACTION_WEIGHTS)[0]
            try:
                action(self)
                self.found[action.__name__] += 1
            except Exception as error:  # whatever it is, it is one more of what was wrong
                self.found["WRONG"] += 1
                if len(self.errors) < 5:
                    self.errors.append("%s: %s: %s" % (action.__name__, type(error).__name__,
                                                       error))
                self.close()
        self.close()

    def close(self):
        if self.connection:
            self.connection.close()
            self.connection = None

    def ask(self, method, path, body=None, headers=None):
        """Asks over the connection that is kept; gives the body of the answer and its peer."""
        self.connection = self.connection or HTTPConnection("127.0.0.1", self.port,
                                                            timeout=PATIENCE)
        chunked = body is not None and not isinstance(body, (bytes, memoryview))
        self.connection.request(method, path, body, headers or {}, encode_chunked=chunked)
        answer = self.connection.getresponse()
        content = answer.read()
        if answer.status != 200:
            raise Wrong("%s %s was answered with %d" % (method, path, answer.status))
        if self.chance.random() < 0.02:
            self.close()
        return content, answer.getheader("X-Peer")

    # What it does -----------------------------------------------------------------------------

    def download(self):
        size = self.chance.choices(SIZES, SIZE_WEIGHTS)[0]
        content, _ = self.ask("GET", "/b/%d" % size)
        if content != memoryview(PATTERN)[:size]:
            raise Wrong("%d bytes for %d, or other ones" % (len(content), size))

    def sticky(self):
        headers = {"Cookie": "JSESSIONID=%08X.%s" % (self.chance.getrandbits(32), self.route)}
        content, name = self.ask("GET", "/b/100", headers=headers)
        if content != PATTERN[:100] or name != self.route:
            raise Wrong("%d bytes from %s, not from %s" % (len(content), name, self.route))

    def upload_sized(self):
        body = self._upload()
        self._check_sum(body, self.ask("POST", "/b/sum", body)[0])

    def upload_chunked(self):
        body = self._upload()
        step = self.chance.choice((100, 5000, PIECE, 70000)) if len(body) < 100000 else 30000
        pieces = (bytes(body[at:at + step]) for at in range(0, len(body), step))
        headers = {"Transfer-Encoding": "chunked"}
        self._check_sum(body, self.ask("POST", "/b/sum", pieces, headers)[0])

    def abort_download(self):
        """Goes away in the middle of an answer, or at once."""
        with self._stranger() as sock:
            sock.sendall(b"GET /b/%d HTTP/1.1\r\nHost: localhost\r\n\r\n" % MOST)
            for _ in range(self.chance.randrange(4)):
                sock.recv(50000)

    def abort_upload(self):
        with self._stranger() as sock:
            sock.sendall(b"POST /b/sum HTTP/1.1\r\nHost: localhost\r\nContent-Length: 500000\r\n"
                         b"\r\n" + PATTERN[:self.chance.randrange(499999)])

    def _upload(self):
        size = self.chance.choices(SIZES, SIZE_WEIGHTS)[0]
        start = self.chance.randrange(min(89, MOST - size + 1))
        return memoryview(PATTERN)[start:start + size]

    @staticmethod
    def _check_sum(body, content):
        want = "%d %d" % (len(body), zlib.adler32(body))
        if content.decode("latin-1") != want:
            raise Wrong("the peer got %r for an upload of %r" % (content[:100], want))

    def _stranger(self):
        """A connection of its own, that ends with a FIN or with a RST."""
        sock = socket.create_connection(("127.0.0.1", self.port), PATIENCE)
        if self.chance.random() < 0.5:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return sock


ACTIONS = (Client.download, Client.sticky, Client.upload_sized, Client.upload_chunked,
           Client.abort_download, Client.abort_upload)
ACTION_WEIGHTS = (40, 30, 12, 12, 3, 3)


def process(port, seeds, names, seconds):
    """One process of clients, a thread each; gives counts and errors of all of them."""
    clients = [Client(port, seed, names) for seed in seeds]
    until = time.monotonic() + seconds
    threads = [threading.Thread(target=client.run, args=(until,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return (sum((client.found for client in clients), Counter()),
            [error for client in clients for error in client.errors])
