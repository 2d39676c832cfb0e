"""What a case did, as fields that can be compared: a name, and a value without ports and times.

`backend.…` is what the peers received, decoded field by field; `backend.raw` differs where packets
differ although their fields do not.  `client.…` is what the client got.  A second request or
response has the prefix `backend2.` or `client2.`, and so on.
"""

import hashlib
import re
import struct
import time
from collections import Counter
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

import ajp_wire as wire

VOLATILE = {"date", "server"}
MARK = "x-follow-up"  # of a response that belongs to another request
# Fields of a case as a whole, not of one request or response.
TOTALS = {
    "backend": ("count", "worker", "connections", "pings", "packets", "empty", "body",
                "violations", "reused"),
    "client": ("count", "end", "extra", "next"),
}
SCALARS = ("method", "protocol", "uri", "remote_addr", "remote_host", "server_name",
           "server_port", "is_ssl")


@dataclass
class Seen:
    """The raw material of one case on one side."""

    peers: list
    talk: object
    ports: dict  # of the server: port to number
    follow: str

    def neutral(self, data):
        return neutral(data, self.ports, self.talk.port)


def neutral(data, ports, client):
    """Bytes with the ports of a server and of its client replaced."""
    for port, number in ports.items():
        data = data.replace(b"%d" % port, b"PORT%d" % number)
    return data.replace(b"%d" % client, b"CPORT")


def brief(data):
    """Bytes as text: themselves, or size and digest where they are many."""
    if len(data) <= 400:
        return data.decode("latin-1")
    return "%d bytes, %s" % (len(data), hashlib.sha256(data).hexdigest()[:12])


def fields(seen):
    """Field to value."""
    found = _backend(seen)
    found.update(_client(seen))
    return found


# The backend's side --------------------------------------------------------------------------


def _packets(seen):
    """What all peers received for the case, in order: (peer, connection, kind, payload)."""
    packets = []
    for peer in seen.peers:
        for connection in list(peer.connections):
            packets += [(when, peer.name, connection, kind, payload)
                        for when, kind, payload in list(connection.packets)]
    return [packet[1:] for packet in sorted(packets, key=lambda packet: packet[0])]


def _is_follow_up(seen, kind, payload):
    return kind == "request" and \
        wire.string(seen.follow) in payload[:len(seen.follow) + 20]


def _backend(seen):
    packets = _packets(seen)
    follow = [p for p in packets if _is_follow_up(seen, p[2], p[3])]
    requests = [p for p in packets if p[2] == "request" and p not in follow]
    bodies = [payload for _, _, kind, payload in packets if kind == "body"]
    found = {
        "backend.count": len(requests),
        "backend.worker": " ".join(p[0] for p in requests),
        "backend.connections": len({p[1] for p in requests}),
        "backend.pings": sum(p[2] == "cping" for p in packets),
        "backend.packets": " ".join(str(max(len(payload) - 2, 0)) for payload in bodies),
        "backend.empty": " ".join(sorted({str(len(payload)) for payload in bodies
                                          if len(payload) <= 2})),
        "backend.body": brief(b"".join(payload[2:] for payload in bodies)),
        "backend.violations": "; ".join(sorted({v.split(": ", 1)[1] for peer in seen.peers
                                                for v in peer.violations})),
    }
    if requests and follow:
        found["backend.reused"] = any(p[1] in [q[1] for q in requests] for p in follow)
    for number, packet in enumerate(requests, 1):
        prefix = "backend%s." % (number if number > 1 else "")
        found.update({prefix + name: value for name, value in _request(seen, packet[3])})
    return found


def _request(seen, payload):
    yield "raw", _raw(seen, payload)
    try:
        request = wire.parse_request(payload)
    except wire.WireError as error:
        yield "malformed", str(error)
        return
    for name in SCALARS:
        value = getattr(request, name)
        yield name, "PORT%d" % seen.ports[value] if value in seen.ports else value
    yield "coded", " ".join(sorted(request.coded))
    yield from _multiset(seen, "header", request.headers)
    yield from _multiset(seen, "attribute", request.attributes)


def _multiset(seen, kind, pairs):
    """One field for each name, with all its values; one for the order of the names."""
    values = {}
    for name, value in pairs:
        if isinstance(value, str):
            value = brief(seen.neutral(value.encode("latin-1")))
        values.setdefault(name, []).append(value)
    for name, several in values.items():
        yield "%s.%s" % (kind, name.lower()[:60]), several
    yield kind + "s", " ".join(name for name, _ in pairs)


def _raw(seen, payload):
    """The packet with its ports replaced: as text, and the server's port, a number, as well."""
    at = 2
    for _ in range(5):  # protocol, URI, remote address, remote host, server name
        length = struct.unpack_from(">H", payload, at)[0] if at + 2 <= len(payload) else 0xFFFF
        at += 2 if length == 0xFFFF else length + 3
    if at + 2 <= len(payload):
        port = struct.unpack_from(">H", payload, at)[0]
        if port in seen.ports:
            payload = payload[:at] + struct.pack(">H", seen.ports[port]) + payload[at + 2:]
    return seen.neutral(payload)


# The client's side ---------------------------------------------------------------------------


def _client(seen):
    talk = seen.talk
    found = {"client.count": len(talk.responses), "client.end": talk.end,
             "client.extra": brief(seen.neutral(talk.extra)), "client.next": talk.following}
    for number, response in enumerate(talk.responses, 1):
        prefix = "client%s." % (number if number > 1 else "")
        found.update({prefix + name: value for name, value in _response(seen, response)})
    return found


def _response(seen, response):
    yield "status", response.status
    yield "reason", response.reason
    yield "interim", " ".join(str(i.status) for i in response.interim)
    body = response.body
    if not response.complete and len(body) > 1 << 16:
        body = b"cut"  # where exactly is a matter of buffers
    yield "body", brief(seen.neutral(body) if body.startswith(b"<!DOCTYPE") else body)
    yield "complete", response.complete
    headers = [(n, _steady(n.lower(), v)) for n, v in response.headers if n.lower() not in VOLATILE]
    yield from _multiset(seen, "header", headers)


def _steady(name, value):
    """A date of this minute becomes "now"; what httpd lists from a hash is sorted."""
    if name == "allow":
        return ",".join(sorted(value.split(",")))
    if name == MARK:
        return "token"
    if re.fullmatch(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT", value):
        if abs(parsedate_to_datetime(value).timestamp() - time.time()) < 60:
            return "now"
    return value


# Comparison ----------------------------------------------------------------------------------


def differences(theirs, ours):
    """Field to (theirs, ours), for all fields that differ and say something of their own.

    Another status brings other headers and another body with it, and a request or response that
    only one side has differs in its count: such fields are not named again.
    """
    found = {name: (theirs.get(name), ours.get(name)) for name in {*theirs, *ours}
             if theirs.get(name) != ours.get(name)}
    for prefix in {name.split(".")[0] for name in found} - {"log"}:
        _drop_implied(found, prefix, theirs, ours)
    return dict(sorted(found.items()))


def _drop_implied(found, prefix, theirs, ours):
    names = {name for name in found if name.startswith(prefix + ".")}
    own = {prefix + "." + name for name in TOTALS.get(prefix, ())}
    probe = prefix + (".status" if prefix.startswith("client") else ".raw")
    implied = set()
    if probe not in theirs or probe not in ours:
        implied = names - own
    elif prefix + ".malformed" in found:
        implied = names - own - {prefix + ".malformed"}
    elif prefix.startswith("client") and probe in found:
        implied = names - own - {probe, prefix + ".complete"}
    else:
        implied = _implied_order(found, prefix, theirs, ours)
        if prefix.startswith("backend") and names - own - {probe} - implied:
            implied.add(probe)
    for name in implied | _implied_totals(found):
        found.pop(name, None)


def _implied_totals(found):
    """What another status or another number of requests brings with it."""
    implied = set()
    ends = found.get("client.end", ())
    if "client.status" in found and set(ends) == {"open", "closed"}:
        implied |= {"client.end", "client.next"}
    if "backend.count" in found:
        implied |= {"backend.worker", "backend.connections", "backend.pings", "backend.reused"}
    return implied


def _implied_order(found, prefix, theirs, ours):
    """The orders of names where the names themselves differ."""
    orders = [prefix + ".headers", prefix + ".attributes"]
    implied = {name for name in orders if name in found
               and Counter((theirs.get(name) or "").lower().split())
               != Counter((ours.get(name) or "").lower().split())}
    return implied | {prefix + ".coded"} if orders[0] in implied else implied
