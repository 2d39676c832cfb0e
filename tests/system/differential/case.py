"""What a case of the differential test is: a configuration, a raw request, a peer's behaviour.

The cases of one `Group` share a pair of servers.  In its configuration `@W1@` and `@W2@` stand for
the ports of the two peers and `@DOWN@` for a port that refuses connections; `@PORT2@` and so on
are further ports of the server, for virtual hosts.
"""

from dataclasses import dataclass, field
from typing import Callable, Optional

import ajp_peer

WORKERS = """
JkWorkerProperty worker.list=w1,w2
JkWorkerProperty worker.w1.port=@W1@
JkWorkerProperty worker.w2.port=@W2@
JkWorkerProperty worker.w1.retry_interval=1
JkWorkerProperty worker.w2.retry_interval=1
ServerSignature Off
"""
FOLLOW_UP = "/app/follow-up"
NOTES = ["JK_WORKER_NAME", "JK_WORKER_TYPE", "JK_WORKER_ROUTE", "JK_LB_FIRST_NAME",
         "JK_LB_FIRST_ACTIVATION", "JK_LB_FIRST_STATE", "JK_LB_LAST_NAME", "JK_LB_LAST_STATE"]
# For groups with `log`: a line in access.log and one in jk.log, without times.
LOGS = """
LogFormat "%%m %%U %%>s %%B %%X %s" notes
CustomLog @DIR@/notes.log notes
JkLogStampFormat "- "
JkRequestLogFormat "REQUEST %%b %%B %%H %%m %%p %%q %%r %%R %%s %%U %%v %%V %%w"
""" % " ".join("%%{%s}n" % note for note in NOTES)


def respond(status=200, headers=(), body=b"hello", **more):
    """A whole answer with a real reason phrase, since of "200" mod_jk makes "200 200"."""
    return ajp_peer.respond(status, headers, body, **{"reason": "OK", **more})


@dataclass(frozen=True)
class Group:
    """A configuration, and the servers that are started for it."""

    name: str
    config: str
    ports: int = 1
    modules: tuple = ()
    files: dict = field(default_factory=dict, hash=False)
    env: dict = field(default_factory=dict, hash=False)
    follow: Optional[str] = FOLLOW_UP  # a path that goes to w1; None: one that httpd answers 404
    packet_size: int = 8192
    log: bool = False  # compare what the access log and the request log say (LOGS)


@dataclass(frozen=True)
class Case:
    """One request, as bytes, and what the backend does with it."""

    id: str
    group: Group
    raw: bytes
    behave: Callable = respond()
    host: int = 1         # which port of the server
    half: bool = False    # the client shuts its sending side afterwards
    stall: float = 10     # how long the client waits for the rest of a response
    follow: Optional[str] = None  # instead of the group's
    ping: Callable = ajp_peer.answer_ping  # what the backend does with a CPING

    @property
    def follow_up(self):
        """The path of the request that follows."""
        return self.follow or self.group.follow or "/none/follow-up"

    @property
    def methods(self):
        """The methods of the requests in `raw`, for reading the responses; one unless pipelined."""
        heads = self.raw.split(b"\r\n\r\n")
        if len(heads) > 2 and all(b" HTTP/1." in head.split(b"\r\n")[0] for head in heads[:-1]):
            return [head.split(b" ")[0].decode("latin-1") for head in heads[:-1]]
        return [self.raw.split(b" ")[0].decode("latin-1")]


def encoded(text):
    return text if isinstance(text, bytes) else text.encode("latin-1")


def ask(path="/app/x", *headers, method="GET", version="HTTP/1.1", host="site.test", body=b""):
    """The bytes of a request; headers are whole lines, host None leaves its line out."""
    lines = [b" ".join(map(encoded, (method, path, version)))]
    if host is not None:
        lines.append(b"Host: " + encoded(host))
    lines += [encoded(header) for header in headers]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def post(body, path="/app/x", *headers, method="POST"):
    """A request with a body of known length."""
    return ask(path, "Content-Length: %d" % len(body), *headers, method=method, body=body)


def chunks(*pieces, path="/app/x", headers=(), method="POST", end=b"0\r\n\r\n"):
    """A request with a chunked body, one chunk for each piece."""
    body = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces)
    return ask(path, "Transfer-Encoding: chunked", *headers, method=method, body=body + end)


def cases(group, prefix, rows, **common):
    """Rows of (name, raw[, behaviour[, more]]) as cases called prefix-name."""
    made = []
    for name, raw, *rest in rows:
        more = dict(common)
        if rest and rest[0]:
            more["behave"] = rest[0]
        if len(rest) > 1:
            more.update(rest[1])
        made.append(Case("%s-%s" % (prefix, name), group, raw, **more))
    return made


def attempts(*behaviours):
    """The first request of a case gets the first behaviour, and so on; the last one stays."""
    def behave(exchange):
        seen = len([x for x in exchange.peer.requests if not x.uri.endswith("/follow-up")])
        behaviours[min(seen, len(behaviours)) - 1](exchange)
    return behave
