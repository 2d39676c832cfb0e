"""Clients that do everything a client should not, each for itself on its own connection.

What the server answers does not matter to them; hostile.py looks at what reached the container,
whether the server still stands, and how the others fared. Used by hostile.py.
"""

import random
import socket
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "system"))

# pylint: disable=wrong-import-position
from support import Client

TRICKS = ("/x/../../etc/passwd", "/x/%2e%2e/%2e%2e/etc", "/x/..;/y", "/x/..%2f..%2f", "/x/%00",
          "/x/%c0%ae%c0%ae/", "/x//////", "/x/./././", "/x/%zz", "/x/\\..\\..", "/x/%25%32%65",
          "/x/a;jsessionid=%0d%0aX:y", "/x/" + "a/" * 3000, "/x/" + "%41" * 2000,
          "/x/?" + "q" * 7000, "/x/#frag", "http://other/x/y", "//x/y", "*", "x/y", "/x/\x80\xff",
          "/x/%0d%0aSet-Cookie:a")
METHODS = ("GET", "HEAD", "TRACE", "OPTIONS", "PROPFIND", "FOO", "POST", "CONNECT", "get",
           "G" * 500)
LENGTHS = ("-1", "+5", "0x10", "5, 5", "18446744073709551616", "9223372036854775807", "abc", "")
HEADS = ("Transfer-Encoding: chunked, identity\r\n", "Transfer-Encoding: xchunked\r\n",
         "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", "Host: a\r\nHost: b\r\n",
         "X: a\r\n b\r\n", " X: y\r\n", "X : y\r\n", ":\r\n", "X\r\n", "X: \x00\r\n",
         "Expect: 100-continue\r\nContent-Length: 50\r\n", "Upgrade: websocket\r\n",
         "Connection: close, te, x\r\n", "Cookie: %s\r\n" % ("c" * 7000))


class Intruder:
    """One of them; `found` counts what it did."""

    def __init__(self, port, seed):
        self.port, self.chance = port, random.Random(seed)
        self.found = Counter()

    def run(self, until):
        while time.monotonic() < until:
            act = self.chance.choices(ACTS, WEIGHTS)[0]
            self.found[act.__name__] += 1
            try:
                with Client(self.port, timeout=10) as client:
                    act(self, client)
                    if self.chance.random() < 0.3:
                        client.reset()
            except OSError:  # the server had enough, which is its right
                pass

    def look(self, client, limit=1.0):
        """Read a little of what comes."""
        client.sock.settimeout(limit)
        try:
            for _ in range(3):
                if not client.sock.recv(1 << 16):
                    return
        except socket.timeout:
            pass

    # What it does ----------------------------------------------------------------------------

    def slow_body(self, client):
        client.head("POST", "/x/slow", [("Content-Length", "100000")])
        for _ in range(self.chance.randrange(1, 40)):
            client.send(self.chance.randbytes(self.chance.choice((1, 10, 300))))
            time.sleep(0.1)

    def slow_head(self, client):
        for byte in "GET /x/slow HTTP/1.1\r\nHost: x\r\n"[:self.chance.randrange(1, 30)]:
            client.send(byte)
            time.sleep(0.05)

    def slow_reader(self, client):
        client.head("GET", "/x/large")
        for _ in range(self.chance.randrange(1, 30)):
            client.sock.recv(100)
            time.sleep(0.1)

    def aborted_upload(self, client):
        client.head("POST", "/x/up", [("Content-Length", "500000")])
        client.send(b"z" * self.chance.randrange(499999))

    def aborted_chunks(self, client):
        client.head("POST", "/x/up", [("Transfer-Encoding", "chunked")])
        for _ in range(self.chance.randrange(20)):
            client.chunk(b"z" * self.chance.choice((1, 100, 8186, 20000)))

    def bad_chunks(self, client):
        client.head("POST", "/x/up", [("Transfer-Encoding", "chunked")])
        client.chunk(b"good")
        client.send(self.chance.choice((b"zz\r\n", b"-1\r\n", b"fffffffffffffffff\r\n", b"5\r\nabc",
                                        b"3;" + b"e" * 9000, b"0\r\nX: y\r\n" * 50, b"\r\n\r\n")))
        self.look(client)

    def many_headers(self, client):
        count = self.chance.choice((50, 99, 100, 101, 2000))
        client.head("GET", "/x/h", [("H%d" % n, "v" * 60) for n in range(count)])
        self.look(client)

    def huge_header(self, client):
        client.head("GET", "/x/h", [("X", "v" * self.chance.choice((7000, 8000, 8190, 200000)))])
        self.look(client)

    def odd_head(self, client):
        client.send("%s /x/odd HTTP/1.1\r\nHost: x\r\n%s\r\n" % (
            self.chance.choice(METHODS), self.chance.choice(HEADS)))
        self.look(client)

    def odd_length(self, client):
        client.head("POST", "/x/len", [("Content-Length", self.chance.choice(LENGTHS))])
        client.send(b"0123456789")
        self.look(client)

    def trick(self, client):
        client.head(self.chance.choice(METHODS[:4]), self.chance.choice(TRICKS))
        self.look(client)

    def pipelined(self, client):
        """Requests one behind the other, with garbage at the end or between."""
        one = b"GET /x/p HTTP/1.1\r\nHost: x\r\n\r\n"
        count = self.chance.randrange(1, 30)
        client.send(one * count + self.chance.randbytes(self.chance.randrange(200)) + one)
        self.look(client)

    def early_leave(self, client):
        client.head("GET", "/x/large")
        client.sock.recv(self.chance.choice((1, 10000)))

    def half_close(self, client):
        client.head("POST", "/x/half", [("Content-Length", "1000")])
        client.send(b"h" * self.chance.randrange(1000))
        client.half_close()
        self.look(client)

    def garbage(self, client):
        client.send(self.chance.randbytes(self.chance.choice((1, 100, 9000, 100000))))
        self.look(client)

    def binary_packets(self, client):
        """AJP itself, to the HTTP port."""
        client.send(b"\x12\x34\x00\x01\x0a" * 50)
        self.look(client)


ACTS = (Intruder.slow_body, Intruder.slow_head, Intruder.slow_reader, Intruder.aborted_upload,
        Intruder.aborted_chunks, Intruder.bad_chunks, Intruder.many_headers, Intruder.huge_header,
        Intruder.odd_head, Intruder.odd_length, Intruder.trick, Intruder.pipelined,
        Intruder.early_leave, Intruder.half_close, Intruder.garbage, Intruder.binary_packets)
WEIGHTS = (2, 2, 2, 10, 10, 10, 10, 10, 10, 10, 20, 10, 10, 5, 5, 5)
