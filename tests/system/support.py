"""HTTP clients close to the wire: raw HTTP/1 over sockets, HTTP/2 frames, certificates.

The raw client can do what a library would not let a test do: stop in the middle, shut one side,
reset, pipeline, and see whether a response was complete.
"""

import hashlib
import shlex
import socket
import ssl
import struct
import subprocess
import threading
import time
from dataclasses import dataclass, field

import h2.config
import h2.connection
import h2.events


@dataclass
class Response:
    """A response as it came; `complete` says whether its framing was kept to the end."""

    status: int
    reason: str
    headers: list
    body: bytes = b""
    complete: bool = True
    interim: list = field(default_factory=list)

    def values(self, name):
        return [v for n, v in self.headers if n.lower() == name.lower()]

    def header(self, name, default=None):
        found = self.values(name)
        return found[0] if found else default

    @property
    def text(self):
        return self.body.decode("latin-1")


class Cut(Exception):
    """The connection ended before a response was there."""


def _as_bytes(value):
    return value if isinstance(value, bytes) else value.encode("latin-1")


class Client:
    """One connection to an HTTP server."""

    def __init__(self, port, host="127.0.0.1", timeout=10, tls=None):
        self.sock = socket.create_connection((host, port), timeout)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if tls:
            self.sock = tls.wrap_socket(self.sock, server_hostname="localhost")
        self.host = "localhost:%d" % port
        self._buffer = b""
        self._methods = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.sock.close()

    def reset(self):
        """Close so that the server sees a reset."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()

    def half_close(self):
        self.sock.shutdown(socket.SHUT_WR)

    def send(self, data):
        self.sock.sendall(_as_bytes(data))

    def head(self, method, path, headers=(), version="HTTP/1.1", host=True):
        """Send a request head; headers is a list of pairs, host a text, None or the usual one."""
        self._methods.append(method)
        lines = ["%s %s %s" % (method, path, version)]
        names = [n.lower() for n, _ in headers]
        if host and "host" not in names:
            lines.append("Host: " + (self.host if host is True else host))
        lines += ["%s: %s" % pair for pair in headers]
        self.send("\r\n".join(lines) + "\r\n\r\n")

    def request(self, method="GET", path="/", headers=(), body=None, chunked=None, **more):
        """A whole request; `chunked` is a list of pieces sent as chunks."""
        headers = list(headers)
        if chunked is not None:
            headers.append(("Transfer-Encoding", "chunked"))
        elif body is not None:
            headers.append(("Content-Length", str(len(body))))
        self.head(method, path, headers, **more)
        if body:
            self.send(body)
        for piece in chunked or ():
            self.chunk(piece)
        if chunked is not None:
            self.chunk(b"")
        return self.response()

    def chunk(self, data):
        """One chunk of a chunked body; an empty one ends it."""
        self.send(b"%x\r\n%s\r\n" % (len(data), data))

    # Reading --------------------------------------------------------------------------------

    def more(self):
        """Read on; False at the end of the stream."""
        try:
            data = self.sock.recv(1 << 18)
        except (ConnectionError, ssl.SSLError):
            data = b""
        self._buffer += data
        return bool(data)

    def _line(self):
        while b"\r\n" not in self._buffer:
            if not self.more():
                raise Cut(repr(self._buffer[:200]))
        line, self._buffer = self._buffer.split(b"\r\n", 1)
        return line.decode("latin-1")

    def _response_head(self):
        parts = (self._line() + "  ").split(" ", 2)
        headers = []
        while line := self._line():
            name, _, value = line.partition(":")
            headers.append((name, value.strip()))
        return Response(int(parts[1]), parts[2].strip(), headers)

    def response(self, method=None):
        """The next final response; Cut if the connection ends before its head is there."""
        method = method or (self._methods.pop(0) if self._methods else "GET")
        interim = []
        response = self._response_head()
        while response.status < 200 and response.status != 101:
            interim.append(response)
            response = self._response_head()
        response.interim = interim
        self._body(response, method)
        return response

    def _body(self, response, method):
        if method == "HEAD" or response.status in (204, 304):
            return
        if "chunked" in response.header("Transfer-Encoding", "").lower():
            self._chunks(response)
        elif response.header("Content-Length") is not None:
            self._exactly(response, int(response.header("Content-Length")))
        else:
            while self.more():
                pass
            response.body, self._buffer = self._buffer, b""

    def _exactly(self, response, count):
        while len(self._buffer) < count and self.more():
            pass
        response.body, self._buffer = self._buffer[:count], self._buffer[count:]
        response.complete = len(response.body) == count

    def _chunks(self, response):
        pieces = []
        try:
            while size := int(self._line().split(";")[0], 16):
                while len(self._buffer) < size + 2:
                    if not self.more():
                        raise Cut("inside a chunk")
                pieces.append(self._buffer[:size])
                self._buffer = self._buffer[size + 2:]
            while self._line():
                pass
        except (Cut, ValueError):
            pieces.append(self._buffer)
            response.complete = False
        response.body = b"".join(pieces)

    def closed(self, timeout=5):
        """True if the server closes within the time, without sending more."""
        self.sock.settimeout(timeout)
        try:
            return self.sock.recv(1) == b"" and not self._buffer
        except socket.timeout:
            return False
        except OSError:
            return not self._buffer


def request(port, method="GET", path="/", headers=(), body=None, **more):
    """One request on a connection of its own."""
    tls = more.pop("tls", None)
    timeout = more.pop("timeout", 10)
    with Client(port, tls=tls, timeout=timeout) as client:
        return client.request(method, path, headers, body, **more)


def get(port, path="/", headers=(), **more):
    return request(port, "GET", path, headers, **more)


def pattern(size, seed=0):
    """Bytes that betray a lost, doubled or moved piece: no two blocks of them are equal."""
    block = b"".join(b"%07x\n" % ((n * 2654435761 + seed) & 0xFFFFFFF)
                     for n in range(size // 8 + 1))
    return block[:size]


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def wait_for(condition, timeout=5, pause=0.02):
    """Poll until the condition holds; gives back its last value."""
    end = time.monotonic() + timeout
    while not (value := condition()) and time.monotonic() < end:
        time.sleep(pause)
    return value


def parallel(count, work):
    """Run work(i) in threads and give back the results in order."""
    results = [None] * count

    def run(index):
        try:
            results[index] = work(index)
        except Exception as error:  # pylint: disable=broad-except
            results[index] = error

    threads = [threading.Thread(target=run, args=(i,)) for i in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


class FullQueue:
    """A listener that accepts nothing and whose queue is full: connecting to it takes for ever."""

    def __init__(self):
        self.listener = socket.socket()
        self.listener.bind(("127.0.0.1", 0))
        self.listener.listen(0)
        self.port = self.listener.getsockname()[1]
        self.waiting = [socket.socket() for _ in range(3)]
        for each in self.waiting:
            each.setblocking(False)
            each.connect_ex(("127.0.0.1", self.port))

    def stop(self):
        for each in [self.listener, *self.waiting]:
            each.close()


# HTTP/2 -------------------------------------------------------------------------------------


class Http2Client:
    """One HTTP/2 connection, over TLS or with prior knowledge on a plain one."""

    def __init__(self, port, tls=None, timeout=10):
        self.sock = socket.create_connection(("127.0.0.1", port), timeout)
        if tls:
            tls.set_alpn_protocols(["h2"])
            self.sock = tls.wrap_socket(self.sock, server_hostname="localhost")
        self.scheme = "https" if tls else "http"
        self.h2 = h2.connection.H2Connection(h2.config.H2Configuration(header_encoding="latin-1"))
        self.h2.initiate_connection()
        self.streams = {}
        self._flush()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.sock.close()

    def _flush(self):
        self.sock.sendall(self.h2.data_to_send())

    def start(self, method, path, headers=(), end=True):
        stream = self.h2.get_next_available_stream_id()
        self.h2.send_headers(stream, [
            (":method", method), (":path", path), (":scheme", self.scheme),
            (":authority", "localhost")] + list(headers), end_stream=end)
        self.streams[stream] = Response(0, "", [], complete=False)
        self._flush()
        return stream

    def send(self, stream, data, end=False):
        while data:
            room = min(self.h2.local_flow_control_window(stream), self.h2.max_outbound_frame_size)
            if room == 0:
                self._read()
                continue
            self.h2.send_data(stream, data[:room])
            data = data[room:]
            self._flush()
        if end:
            self.h2.end_stream(stream)
            self._flush()

    def reset(self, stream):
        self.h2.reset_stream(stream)
        self._flush()

    def _read(self):
        data = self.sock.recv(1 << 17)
        if not data:
            raise Cut("connection closed")
        for event in self.h2.receive_data(data):
            self._event(event)
        self._flush()

    def _event(self, event):
        answer = self.streams.get(getattr(event, "stream_id", None))
        if isinstance(event, h2.events.ResponseReceived):
            answer.headers = event.headers
            answer.status = int(dict(event.headers)[":status"])
        elif isinstance(event, h2.events.DataReceived):
            answer.body += event.data
            self.h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
        elif isinstance(event, h2.events.StreamEnded):
            answer.complete = True
            answer.reason = "ended"
        elif isinstance(event, h2.events.StreamReset):
            answer.reason = "reset"

    def response(self, stream):
        """Wait until the stream is ended or reset."""
        while not self.streams[stream].reason:
            self._read()
        return self.streams[stream]

    def request(self, method="GET", path="/", headers=(), body=None):
        stream = self.start(method, path, headers, end=body is None)
        if body is not None:
            self.send(stream, body, end=True)
        return self.response(stream)


# Certificates -------------------------------------------------------------------------------


def make_certificates(folder):
    """A CA, a server and a client certificate, made by openssl; gives back their folder."""
    def openssl(*args):
        subprocess.run(("openssl",) + args, cwd=folder, check=True, capture_output=True)

    key = ("-newkey", "rsa:2048", "-nodes")
    openssl("req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "2",
            "-subj", "/CN=Test CA")
    for name, subject in (("server", "/CN=localhost"), ("client", "/O=Tests/CN=Joe Client")):
        openssl("req", *key, "-keyout", name + ".key", "-out", name + ".csr", "-subj", subject)
        openssl("x509", "-req", "-in", name + ".csr", "-CA", "ca.pem", "-CAkey", "ca.key",
                "-CAcreateserial", "-out", name + ".pem", "-days", "2")
    return folder


def tls_context(folder, client=True):
    """A context that trusts any server and, if wanted, shows the client certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    if client:
        context.load_cert_chain(folder + "/client.pem", folder + "/client.key")
    return context


# The status worker ---------------------------------------------------------------------------


def status_text(port, query="cmd=list&mime=txt", path="/jkstatus"):
    """The text form of the status: a dictionary of lines by kind and name.

    Keys are like ("Member", "a") or ("Balancer Worker", "lb"); values map field to text.
    """
    lines = {}
    for line in get(port, "%s?%s" % (path, query)).text.splitlines():
        kind, _, rest = line.partition(":")
        fields = dict(part.split("=", 1) for part in shlex.split(rest) if "=" in part)
        lines.setdefault((kind, fields.get("name", "")), fields)
    return lines


def member(port, name):
    return status_text(port)[("Member", name)]
