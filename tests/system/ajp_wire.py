"""The AJP13 wire as the container side sees it: a strict reader and a small writer.

Written for the tests alone and shares nothing with the module: what the module encodes is read
here by other code.  `parse_request` turns the payload of a FORWARD_REQUEST into a `Request` or
raises `WireError`; `Watch` follows both directions of one connection and collects violations,
that is everything a web server must never send.  Tested by test_peer.py.
"""

import re
import struct
from dataclasses import dataclass, field

FORWARD_REQUEST, SHUTDOWN, PING, CPING = 2, 7, 8, 10
SEND_BODY_CHUNK, SEND_HEADERS, END_RESPONSE, GET_BODY_CHUNK, CPONG = 3, 4, 5, 6, 9

METHODS = (
    None, "OPTIONS", "GET", "HEAD", "POST", "PUT", "DELETE", "TRACE", "PROPFIND", "PROPPATCH",
    "MKCOL", "COPY", "MOVE", "LOCK", "UNLOCK", "ACL", "REPORT", "VERSION-CONTROL", "CHECKIN",
    "CHECKOUT", "UNCHECKOUT", "SEARCH", "MKWORKSPACE", "UPDATE", "LABEL", "MERGE",
    "BASELINE-CONTROL", "MKACTIVITY",
)
REQUEST_HEADERS = (
    None, "accept", "accept-charset", "accept-encoding", "accept-language", "authorization",
    "connection", "content-type", "content-length", "cookie", "cookie2", "host", "pragma",
    "referer", "user-agent",
)
RESPONSE_HEADERS = {
    "content-type": 1, "content-language": 2, "content-length": 3, "date": 4, "last-modified": 5,
    "location": 6, "set-cookie": 7, "set-cookie2": 8, "servlet-engine": 9, "status": 10,
    "www-authenticate": 11,
}
STRING_ATTRIBUTES = {
    1: "context", 2: "servlet_path", 3: "remote_user", 4: "auth_type", 5: "query_string",
    6: "jvm_route", 7: "ssl_cert", 8: "ssl_cipher", 9: "ssl_session", 12: "secret",
    13: "stored_method",
}
# Request attributes that every container knows; others need its consent.
KNOWN_ATTRIBUTES = {
    "AJP_REMOTE_PORT", "AJP_LOCAL_ADDR", "AJP_SSL_PROTOCOL", "JK_LB_ACTIVATION",
}
TOKEN = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
LABEL = re.compile(r"[0-9A-Za-z]([0-9A-Za-z-]*[0-9A-Za-z])?")


class WireError(Exception):
    """The packet is one that a container refuses."""


@dataclass
class Request:
    """A FORWARD_REQUEST, field by field.  Text is latin-1, so that bytes survive."""

    method: str
    protocol: str
    uri: str
    remote_addr: str
    remote_host: str
    server_name: str
    server_port: int
    is_ssl: bool
    headers: list
    attributes: list  # coded ones under their name, request attributes under theirs
    coded: list = field(default_factory=list)  # names of the headers that came as codes
    notes: list = field(default_factory=list)  # invalid, though containers put up with it
    size: int = 0

    def values(self, name):
        """All values of a header, in order; names compare without case."""
        return [v for n, v in self.headers if n.lower() == name.lower()]

    def header(self, name, default=None):
        found = self.values(name)
        return found[0] if found else default

    def attribute(self, name, default=None):
        found = [v for n, v in self.attributes if n == name]
        return found[0] if found else default

    @property
    def content_length(self):
        """The announced length, or None where it is unknown."""
        value = self.header("content-length")
        return None if value is None else int(value)


class Reader:
    """A cursor over one payload; reading past the end is a WireError."""

    def __init__(self, data):
        self.data = data
        self.at = 0
        self.notes = []

    def take(self, count):
        if self.at + count > len(self.data):
            raise WireError("packet ends inside a field")
        piece = self.data[self.at:self.at + count]
        self.at += count
        return piece

    def byte(self):
        return self.take(1)[0]

    def integer(self):
        return struct.unpack(">H", self.take(2))[0]

    def string(self, length=None, lines=False):
        """A string or None; `lines` for the one field that may have line breaks, a PEM text."""
        if length is None:
            length = self.integer()
        if length == 0xFFFF:
            return None
        text = self.take(length)
        if self.byte() != 0:
            self.notes.append("string terminator is not NUL")
        if re.search(rb"\0" if lines else rb"[\r\n\0]", text):
            raise WireError("control character inside a string")
        return text.decode("latin-1")


def _header_name(reader):
    first = reader.integer()
    if first >> 8 == 0xA0:
        code = first & 0xFF
        if not 1 <= code < len(REQUEST_HEADERS):
            raise WireError("header code 0x%04x" % first)
        return REQUEST_HEADERS[code], True
    name = reader.string(first)
    if not name or not TOKEN.fullmatch(name.encode("latin-1")):
        raise WireError("header name %r" % name)
    if len(name) > 255:
        raise WireError("header name longer than 255 bytes")
    return name, False


def _headers(reader, request):
    for _ in range(reader.integer()):
        name, coded = _header_name(reader)
        value = reader.string()
        if value is None:
            raise WireError("null value of header %s" % name)
        request.headers.append((name, value))
        if coded:
            request.coded.append(name)


def _attributes(reader, request):
    while True:
        code = reader.byte()
        if code == 0xFF:
            return
        if code == 10:
            name, value = reader.string(), reader.string()
            if name is None:
                raise WireError("request attribute without a name")
            request.attributes.append((name, value))
        elif code == 11:
            request.attributes.append(("ssl_key_size", reader.integer()))
        elif code in STRING_ATTRIBUTES:
            name = STRING_ATTRIBUTES[code]
            request.attributes.append((name, reader.string(lines=name == "ssl_cert")))
        else:
            raise WireError("attribute code 0x%02x" % code)


def _check_length(request):
    lengths = request.values("content-length")
    if len(lengths) > 1:
        raise WireError("more than one Content-Length")
    if lengths and (not re.fullmatch(r"[0-9]+", lengths[0]) or int(lengths[0]) >= 1 << 63):
        raise WireError("Content-Length %r" % lengths[0])
    coding = request.values("transfer-encoding")
    if coding and (lengths or coding != ["chunked"]):
        raise WireError("Transfer-Encoding %r beside Content-Length %r" % (coding, lengths))


def parse_request(payload):
    """The payload of a FORWARD_REQUEST, type byte included, as a `Request`."""
    reader = Reader(payload)
    if reader.byte() != FORWARD_REQUEST:
        raise WireError("not a FORWARD_REQUEST")
    code = reader.byte()
    if code != 0xFF and not 1 <= code < len(METHODS):
        raise WireError("method code %d" % code)
    request = Request(
        METHODS[code] if code != 0xFF else None, reader.string(), reader.string(),
        reader.string(), reader.string(), reader.string(), reader.integer(),
        reader.byte() != 0, [], [], size=len(payload) + 4)
    _headers(reader, request)
    _attributes(reader, request)
    stored = request.attribute("stored_method")
    if code == 0xFF:
        request.method = stored
        if stored is None:
            reader.notes.append("method 0xFF without stored_method")
    elif stored is not None:
        reader.notes.append("stored_method beside a coded method")
    _check_length(request)
    if reader.at != len(payload):
        reader.notes.append("bytes after the end of the attribute list")
    request.notes = reader.notes
    return request


@dataclass
class Policy:
    """What a container is configured to refuse although it is well formed."""

    secret: str = None
    attributes: str = ""  # names of foreign request attributes it accepts, a regular expression
    max_headers: int = 100
    check_host: bool = False

    def refusal(self, request):
        """Why the request is refused, or None."""
        if self.secret is not None:
            sent = [v for n, v in request.attributes if n == "secret"]
            if not sent or any(v != self.secret for v in sent):
                return "secret"
        if 0 <= self.max_headers < len(request.headers):
            return "too many headers"
        for name, _ in request.attributes:
            coded = name in STRING_ATTRIBUTES.values() or name == "ssl_key_size"
            if not (coded or name in KNOWN_ATTRIBUTES or re.fullmatch(self.attributes, name)):
                return "attribute %s" % name
        if self.check_host and not self._good_host(request.header("host", "")):
            return "host"
        return None

    @staticmethod
    def _good_host(host):
        name = re.sub(r":[0-9]+$", "", host)
        return name.startswith("[") or all(LABEL.fullmatch(part) for part in name.split("."))


class Watch:
    """Follows one connection in both directions and notes what the server must never do."""

    def __init__(self, packet_size=8192):
        self.packet_size = packet_size
        self.violations = []
        self.state = "idle"  # idle, busy, closed (after END with reuse 0), spoilt (after garbage)
        self.owed = []       # body packets the server owes: the limit of each
        self.left = None     # what is left of a body of known length
        self._sent = b""

    def note(self, text):
        self.violations.append(text)

    def header(self, magic, length):
        """The four bytes before a payload; raises when reading on makes no sense."""
        if magic != b"\x12\x34":
            self.note("magic %s" % magic.hex())
            raise WireError("bad magic")
        if length > self.packet_size - 4:
            self.note("payload of %d bytes" % length)
            raise WireError("packet too long")

    def request(self, request):
        if self.state != "idle":
            self.note("FORWARD_REQUEST in state %s" % self.state)
        if self.owed:
            self.note("FORWARD_REQUEST while body packets are owed")
        self.violations.extend(request.notes)
        self.state = "busy"
        self.left = request.content_length
        self.owed = [self.packet_size - 6] if self.left else []

    def ping(self):
        if self.state != "idle" or self.owed:
            self.note("CPING in state %s" % self.state)

    def body(self, payload_length, length):
        """A body packet: payload length and the length it names; (0, 0) is the empty packet."""
        if not self.owed:
            self.note("unasked body packet of %d bytes in state %s" % (length, self.state))
            return
        limit = self.owed.pop(0)
        if length != max(payload_length - 2, 0):
            self.note("body packet names %d bytes and has %d" % (length, payload_length - 2))
        if length > min(limit, self.packet_size - 6):
            self.note("body packet of %d bytes, asked for %d" % (length, limit))
        if length >> 8 in (0x02, 0x0A):
            self.note("chunk length 0x%04x looks like a message type" % length)
        if self.left is not None:
            self._count(length)

    def _count(self, length):
        if length == 0 and self.left > 0:
            self.note("false end of body, %d bytes missing" % self.left)
        if length > self.left:
            self.note("more body than announced")
        self.left = max(self.left - length, 0)

    def sent(self, data):
        """Bytes that went to the server: finds END_RESPONSE, GET_BODY_CHUNK and garbage."""
        if self.state == "spoilt":
            return
        self._sent += data
        while len(self._sent) >= 4:
            magic, length = struct.unpack(">2sH", self._sent[:4])
            if magic != b"AB":
                self.state = "spoilt"
                return
            if len(self._sent) < 4 + length:
                return
            self._container(self._sent[4:4 + length])
            self._sent = self._sent[4 + length:]

    def _container(self, payload):
        kind = payload[0] if payload else 0
        if kind == GET_BODY_CHUNK and len(payload) >= 3:
            self.owed.append(struct.unpack(">H", payload[1:3])[0])
        elif kind == END_RESPONSE and self.state == "busy":
            self.state = "idle" if payload == b"\x05\x01" else "closed"
            self.left = None


def string(text):
    if text is None:
        return b"\xff\xff"
    data = text if isinstance(text, bytes) else text.encode("latin-1")
    return struct.pack(">H", len(data)) + data + b"\0"


def packet(payload):
    return b"AB" + struct.pack(">H", len(payload)) + payload


def send_headers(status, headers=(), reason=None):
    """SEND_HEADERS; known header names are sent as codes, as Tomcat does."""
    out = struct.pack(">BH", SEND_HEADERS, status) + string(reason or str(status))
    out += struct.pack(">H", len(headers))
    for name, value in headers:
        code = RESPONSE_HEADERS.get(name.lower()) if isinstance(name, str) else None
        out += struct.pack(">H", 0xA000 + code) if code else string(name)
        out += string(value)
    return packet(out)


def body_chunk(data):
    return packet(struct.pack(">BH", SEND_BODY_CHUNK, len(data)) + data + b"\0")


def end_response(reuse=1):
    return packet(bytes((END_RESPONSE, reuse)))


def get_body(size):
    return packet(struct.pack(">BH", GET_BODY_CHUNK, size))


CPONG_PACKET = packet(bytes((CPONG,)))
FLUSH_PACKET = body_chunk(b"")
