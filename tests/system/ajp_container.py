"""The machinery of the scriptable AJP13 container: connections, exchanges, the listening peer.

A `Peer` listens on a loopback port chosen by the kernel (or on a Unix socket), reads what a web
server sends with the strict reader of ajp_wire.py, records it, and answers as its *behaviour*
says: a callable that gets one `Exchange` per request (ajp_peer.py has the usual ones).  Whatever
a web server must never send ends up in `violations`.  One thread per connection; every wait ends
when the peer is stopped.  Tested by test_peer.py.
"""

import hashlib
import os
import socket
import struct
import threading
import time

import ajp_wire as wire

KEEP = 1 << 16  # bytes of one packet that are kept for later inspection
KEEP_PACKETS = 2000


class Gone(Exception):
    """The web server closed the connection, or the peer is being stopped."""


def answer_ping(connection):
    """The usual answer to a CPING."""
    connection.send(wire.CPONG_PACKET)


class Connection:
    """One accepted connection: its packets, its violations, and the sending side."""

    def __init__(self, peer, sock, number):
        self.peer, self.sock, self.number = peer, sock, number
        self.opened = time.monotonic()
        self.closed = None          # when the server closed it
        self.exchanges = []
        self.packets = []           # (time, kind, bytes) of what the server sent
        self.pings = 0
        self.watch = wire.Watch(peer.packet_size)
        self.gone = threading.Event()
        self._buffer = bytearray()
        self._shut = False

    @property
    def violations(self):
        return self.watch.violations

    def wait_closed(self, timeout=10):
        """True as soon as the web server has closed this connection."""
        return self.gone.wait(timeout)

    def send(self, data):
        self.watch.sent(data)
        self.send_unseen(data)

    def send_unseen(self, data):
        """For long runs of body chunks, which say nothing to the watch."""
        try:
            self.sock.sendall(data)
        except OSError as error:
            raise Gone(str(error)) from error

    def close(self, reset=False):
        """Close now; with reset, so that the server sees a reset and not an end of file."""
        self._shut = True
        if reset:
            linger = struct.pack("ii", 1, 0)
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        else:
            self.half_close()
        self.sock.close()
        self.gone.set()

    def half_close(self):
        try:
            self.sock.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def interrupt(self):
        try:
            self.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

    def _fill(self, count):
        while len(self._buffer) < count:
            try:
                data = self.sock.recv(1 << 17)
            except OSError as error:
                raise Gone(str(error)) from error
            if not data:
                if self._buffer and not self.peer.stopping:
                    self.watch.note("connection closed inside a packet")
                raise Gone("end of file")
            self._buffer += data

    def read_packet(self):
        """The next payload the server sends; raises Gone or wire.WireError."""
        self._fill(4)
        magic, length = struct.unpack_from(">2sH", self._buffer)
        self.watch.header(bytes(magic), length)
        self._fill(4 + length)
        payload = bytes(self._buffer[4:4 + length])
        del self._buffer[:4 + length]
        if self.watch.state == "closed":
            self.watch.note("%d bytes after END_RESPONSE with reuse 0" % (length + 4))
        elif self.watch.state == "spoilt":
            self.watch.note("%d bytes after a malformed answer" % (length + 4))
        return payload

    def record(self, kind, payload):
        if len(self.packets) < KEEP_PACKETS:
            self.packets.append((time.monotonic(), kind, payload[:KEEP]))

    def run(self):
        """Serve until the server closes; a malformed packet ends the connection."""
        try:
            while not self._shut:
                self._message(self.read_packet())
        except Gone:
            pass
        except wire.WireError as error:
            self.watch.note("malformed: %s" % error)
        except OSError:
            pass
        self.closed = time.monotonic()
        self.gone.set()
        self.sock.close()

    def _message(self, payload):
        if self.watch.owed and self.watch.state == "idle":
            self.body_packet(payload)  # one still under way when its request was answered
        elif payload[:1] == bytes((wire.CPING,)) and len(payload) == 1:
            self.record("cping", payload)
            self.watch.ping()
            self.pings += 1
            self.peer.on_ping(self)
        elif payload[:1] == bytes((wire.FORWARD_REQUEST,)):
            self.record("request", payload)
            self._forward(payload)
        else:
            self.record("other", payload)
            self.watch.note("message %s in state %s" % (payload[:1].hex(), self.watch.state))
            raise wire.WireError("unexpected message")

    def body_packet(self, payload):
        """Check one body packet and give back its data."""
        self.record("body", payload)
        if len(payload) == 1:
            self.watch.note("message %s instead of body" % payload.hex())
            raise wire.WireError("message instead of body")
        length = struct.unpack(">H", payload[:2])[0] if payload else 0
        self.watch.body(len(payload), length)
        return payload[2:2 + length]

    def _forward(self, payload):
        request = wire.parse_request(payload)
        self.watch.request(request)
        exchange = Exchange(self, request)
        self.exchanges.append(exchange)
        self.peer.add(exchange)
        refusal = self.peer.policy.refusal(request)
        if refusal:
            self.peer.refusals.append(refusal)
            exchange.respond(403 if refusal != "too many headers" else 500, reuse=0)
        else:
            self.peer.behaviour(exchange)
        exchange.done.set()


class Exchange:
    """One request on one connection, and the means to answer it."""

    def __init__(self, connection, request):
        self.connection, self.request, self.peer = connection, request, connection.peer
        self.body = b""            # what has been read of the request body (the first KEEP bytes)
        self.body_size = 0
        self.body_hash = hashlib.sha256()
        self.body_packets = []     # data length of each packet
        self.ended = False         # the whole body has been read
        self.begun = time.monotonic()
        self.done = threading.Event()
        self._first = bool(request.content_length)  # the unasked packet is still to come

    @property
    def uri(self):
        return self.request.uri

    def read_packet(self, ask=None):
        """One body packet; asks for it, except for the first of a body of known length."""
        if self._first:
            self._first = False
        else:
            self.connection.send(wire.get_body(ask or self.peer.packet_size - 6))
        data = self.connection.body_packet(self.connection.read_packet())
        self._take(data)
        return data

    def _take(self, data):
        self.body_packets.append(len(data))
        self.body_size += len(data)
        self.body_hash.update(data)
        if len(self.body) < KEEP:
            self.body += data
        self.ended = not data or self.body_size == self.request.content_length

    def read_body(self, ask=None):
        """Everything the client sends; the first KEEP bytes are given back."""
        if self.request.content_length == 0:
            self.ended = True
        while not self.ended:
            self.read_packet(ask)
        return self.body

    def head(self, status=200, headers=(), reason=None):
        self.connection.send(wire.send_headers(status, list(headers), reason))

    def chunk(self, data, size=None):
        """A piece of the body, in chunks of at most `size` bytes."""
        size = size or self.peer.packet_size - 8
        for at in range(0, len(data), size):
            self.connection.send(wire.body_chunk(data[at:at + size]))

    def flush(self):
        self.connection.send(wire.FLUSH_PACKET)

    def end(self, reuse=1):
        self.connection.send(wire.end_response(reuse))

    def raw(self, data):
        self.connection.send(data)

    def respond(self, status=200, headers=(), body=b"", chunk=None, reuse=1, reason=None,
                length=True):
        """A whole response; in one write, as far as it is small."""
        headers = list(headers)
        if length and not any(str(n).lower() == "content-length" for n, _ in headers):
            headers.append(("Content-Length", str(len(body))))
        size = chunk or self.peer.packet_size - 8
        parts = [wire.send_headers(status, headers, reason)]
        if self.request.method != "HEAD":
            parts += [wire.body_chunk(body[at:at + size]) for at in range(0, len(body), size)]
        parts.append(wire.end_response(reuse))
        self.connection.send(b"".join(parts))

    def wait_closed(self, timeout=60):
        """Wait for the server to close the connection; it must not send anything first."""
        self.connection.sock.settimeout(timeout)
        try:
            data = self.connection.sock.recv(1)
            if data:
                self.connection.watch.note("bytes while silent")
        except OSError:
            pass
        finally:
            self._unlimited()
        self.connection.gone.set()
        raise Gone("closed")

    def _unlimited(self):
        try:
            self.connection.sock.settimeout(None)
        except OSError:
            pass


class Peer:
    """A listening container.  Use as a context manager, or call stop()."""

    def __init__(self, behaviour=None, host="127.0.0.1", path=None, packet_size=8192,
                 policy=None, name=""):
        self.behaviour = behaviour or self._greet
        self.on_ping = answer_ping
        self.host, self.path, self.packet_size = host, path, packet_size
        self.policy = policy or wire.Policy()
        self.name = name
        self.connections, self.requests, self.refusals = [], [], []
        self.stopping = False
        self.accepted = 0
        self.port = 0
        self._lock = threading.Condition()
        self._listener = self._thread = None
        self.listen()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def _greet(self, exchange):
        """The behaviour of a peer that was given none: answer with its name."""
        exchange.read_body()
        exchange.respond(body=self.name.encode() or b"hello")

    @property
    def address(self):
        return self.path or "%s:%d" % (self.host, self.port)

    @property
    def violations(self):
        return ["connection %d: %s" % (c.number, v) for c in self.connections
                for v in c.violations]

    def listen(self):
        """Start to accept; after refuse(), on the same port again."""
        if self.path:
            self._listener = socket.socket(socket.AF_UNIX)
            self._listener.bind(self.path)
            os.chmod(self.path, 0o777)  # the children of httpd are another user
        else:
            family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
            self._listener = socket.socket(family)
            self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self._listener.bind((self.host, self.port))
            self.port = self._listener.getsockname()[1]
        self._listener.listen(512)
        self._thread = threading.Thread(target=self._accept, args=(self._listener,), daemon=True)
        self._thread.start()

    def refuse(self):
        """From now on connections are refused; open ones are closed as a dying server would."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(10)
        if self.path:
            os.unlink(self.path)
        self.drop()

    def drop(self):
        """Close every open connection."""
        for connection in list(self.connections):
            if not connection.gone.is_set():
                connection.interrupt()

    def _accept(self, listener):
        while True:
            try:
                sock, _ = listener.accept()
            except OSError:
                return
            if not self.path:
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection = Connection(self, sock, self.accepted)
            self.accepted += 1
            self.connections.append(connection)
            threading.Thread(target=connection.run, daemon=True).start()

    def add(self, exchange):
        with self._lock:
            self.requests.append(exchange)
            self._lock.notify_all()

    def wait_requests(self, count, timeout=10):
        """True as soon as at least that many requests have arrived."""
        with self._lock:
            return self._lock.wait_for(lambda: len(self.requests) >= count, timeout)

    def uris(self):
        return [x.uri for x in self.requests]

    def forget(self):
        """Start counting anew; open connections stay open."""
        self.requests.clear()
        self.refusals.clear()
        self.connections[:] = [c for c in self.connections if not c.gone.is_set()]
        for connection in self.connections:
            connection.exchanges.clear()
            connection.packets.clear()

    def stop(self):
        self.stopping = True
        try:
            self.refuse()
        except OSError:
            pass
