"""What the client gets: statuses, reasons, headers, lengths, and every way of ending badly."""

import ajp_peer
import ajp_wire as wire

from .case import WORKERS, Group, ask, attempts, cases, post, respond

GROUP = Group("responses", WORKERS + """
JkWorkerProperty worker.list=once,gone,slow,p1,p2,p25
JkWorkerProperty worker.once.port=@W1@
JkWorkerProperty worker.once.retries=1
JkWorkerProperty worker.gone.port=@DOWN@
JkWorkerProperty worker.gone.retry_interval=1
JkWorkerProperty worker.slow.port=@W1@
JkWorkerProperty worker.slow.reply_timeout=100
JkWorkerProperty worker.slow.retry_interval=1
JkWorkerProperty worker.p1.port=@W1@
JkWorkerProperty worker.p1.recovery_options=1
JkWorkerProperty worker.p1.retry_interval=1
JkWorkerProperty worker.p2.port=@W1@
JkWorkerProperty worker.p2.recovery_options=2
JkWorkerProperty worker.p2.retry_interval=1
JkWorkerProperty worker.p25.port=@W1@
JkWorkerProperty worker.p25.recovery_options=25
JkWorkerProperty worker.p25.retry_interval=1
JkMount /app/* w1
JkMount /once/* once
JkMount /gone/* gone
JkMount /slow/* slow
JkMount /p1/* p1
JkMount /p2/* p2
JkMount /p25/* p25
ErrorDocument 404 "custom"
ErrorDocument 410 /app/error
<VirtualHost 127.0.0.1:@PORT2@>
  JkMountCopy On
  JkOptions +FlushPackets
</VirtualHost>
<VirtualHost 127.0.0.1:@PORT3@>
  JkMountCopy On
  JkOptions +FlushHeader
</VirtualHost>
<VirtualHost 127.0.0.1:@PORT4@>
  JkMountCopy On
  JkOptions +DisableReuse
</VirtualHost>
""", ports=4)
STATUSES = [200, 201, 202, 203, 204, 205, 206, 226, 299, 300, 301, 302, 303, 304, 307, 308, 399,
            400, 401, 403, 404, 405, 407, 408, 409, 410, 411, 412, 413, 414, 416, 417, 418, 421,
            422, 426, 429, 431, 451, 499, 500, 501, 502, 503, 504, 505, 507, 511, 599, 600, 999]
REASONS = ["", "Fine", "200", "a b c", "\xe9t\xe9", "x" * 500, "a\tb", None]
HEADERS = [
    ("type", [("Content-Type", "Text/HTML;Charset=UTF-8")]),
    ("type-plain", [("Content-Type", "A/B")]),
    ("type-empty", [("Content-Type", "")]),
    ("type-odd", [("Content-Type", "httpd/unix-directory")]),
    ("type-twice", [("Content-Type", "a/b"), ("Content-Type", "c/d")]),
    ("language", [("Content-Language", "de"), ("Content-Language", "en")]),
    ("cookies", [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"), ("Set-Cookie2", "c=3")]),
    ("cookies-many", [("Set-Cookie", "c%d=1" % n) for n in range(100)]),
    ("twice", [("X-A", "1"), ("X-A", "2"), ("x-a", "3")]), ("empty", [("X-A", "")]),
    ("8bit", [("X-A", "\xe9\xff")]), ("long", [("X-A", "v" * 7000)]), ("tab", [("X-A", "a\tb")]),
    ("blanks", [("X-A", "  a  ")]), ("underscore", [("X_A", "1")]),
    ("location", [("Location", "/other")]),
    ("location-twice", [("Location", "/a"), ("Location", "/b")]),
    ("modified", [("Last-Modified", "Sat, 29 Oct 1994 19:43:31 GMT")]),
    ("modified-future", [("Last-Modified", "Sat, 29 Oct 2094 19:43:31 GMT")]),
    ("modified-bad", [("Last-Modified", "yesterday")]),
    ("etag", [("ETag", '"x"'), ("Vary", "Accept")]),
    ("date", [("Date", "Sat, 29 Oct 1994 19:43:31 GMT")]), ("server", [("Server", "other/1")]),
    ("status", [("Status", "404 Gone")]), ("engine", [("Servlet-Engine", "x/1")]),
    ("auth", [("WWW-Authenticate", "Basic"), ("WWW-Authenticate", "Digest")]),
    ("connection", [("Connection", "close")]),
    ("connection-name", [("Connection", "X-A"), ("X-A", "1")]),
    ("keep-alive", [("Keep-Alive", "timeout=1")]), ("upgrade", [("Upgrade", "h2c")]),
    ("te", [("TE", "trailers")]), ("trailer", [("Trailer", "X-A")]),
    ("proxy-connection", [("Proxy-Connection", "close")]),
    ("coding", [("Transfer-Encoding", "chunked")], {"stall": 0.7}),
    ("coding-gzip", [("Transfer-Encoding", "gzip")], {"stall": 0.7}),
    ("encoding", [("Content-Encoding", "gzip")]), ("sendfile", [("X-Sendfile", "/etc/passwd")]),
    ("name-lower", [("x-lower", "1")]), ("hundreds", [("X-%d" % n, "1") for n in range(300)]),
    ("crlf", [("X-A", "a\r\nX-B: 1")]), ("nul", [("X-A", "a\0b")]), ("escape", [("X-A", "a\x1bb")]),
    ("bad-name", [("X A", "1")]), ("bad-name-colon", [("X:A", "1")]), ("no-name", [("", "1")]),
    ("length-bad", [("Content-Length", "x")]), ("length-minus", [("Content-Length", "-5")]),
    ("length-plus", [("Content-Length", "+5")]), ("length-zeros", [("Content-Length", "005")]),
    ("length-huge", [("Content-Length", "99999999999999999999")]),
    ("length-same", [("Content-Length", "5"), ("Content-Length", "5")]),
    ("length-two", [("Content-Length", "5"), ("Content-Length", "6")]),
]
LENGTHS = [0, 1, 4095, 8000, 8183, 8184, 8185, 16368, 32768, 65536, 200000]


END = wire.end_response()


def parts(*packets):
    """Packets in one write."""
    return ajp_peer.raw(b"".join(packets))


def silence(exchange):
    """Read the whole request and never answer."""
    exchange.read_body()
    exchange.wait_closed()


def sized(size, **more):
    return respond(body=b"b" * size, **more)


def told(length, size, flush=False):
    """A head that announces another length than the body has."""
    pieces = [b"b" * min(8184, size - at) for at in range(0, size, 8184)]
    return parts(wire.send_headers(200, [("Content-Length", str(length))], "OK"),
                 *[wire.FLUSH_PACKET] * flush, *map(wire.body_chunk, pieces), END)


def cut(step):
    return attempts(ajp_peer.cut(step), respond(body=b"second"))


HEAD = wire.send_headers(200, [], "OK")
BODY = wire.body_chunk(b"hello")
TYPED = wire.send_headers(200, [("Content-Type", "text/plain"), ("X-A", "1")], "OK")
SHAPES = [
    ("no-length", respond(length=False)), ("no-length-empty", respond(body=b"", length=False)),
    ("no-length-large", sized(100000, length=False)), ("empty-404", respond(404, body=b"")),
    ("empty-500", respond(500, body=b"")), ("error-410", respond(410)),
    ("reuse-0", respond(reuse=0)),
    ("reuse-2", respond(reuse=2)), ("tiny-chunks", respond(body=b"x" * 500, chunk=1)),
    ("flush-first", parts(wire.FLUSH_PACKET, HEAD, BODY, END)),
    ("flush-after-head", parts(HEAD, wire.FLUSH_PACKET, BODY, END)),
    ("flush-middle", parts(HEAD, BODY, wire.FLUSH_PACKET, BODY, END)),
    ("flush-end", parts(HEAD, BODY, wire.FLUSH_PACKET, END)),
    ("flush-only", parts(HEAD, wire.FLUSH_PACKET, END)),
    ("flush-many", parts(HEAD, *[wire.FLUSH_PACKET] * 30, BODY, END)),
    ("no-head", parts(END)), ("body-first", parts(BODY, END)),
    ("head-twice", parts(HEAD, TYPED, BODY, END)),
    ("end-twice", parts(HEAD, BODY, END, END)),
    ("surplus", parts(HEAD, BODY, END, HEAD, BODY, END)),
    ("body-after", parts(HEAD, BODY, END, BODY)), ("no-terminator", parts(
        HEAD, wire.packet(b"\x03\x00\x05hello"), END)),
    ("pong", parts(HEAD, wire.CPONG_PACKET, BODY, END)),
    ("pong-first", parts(wire.CPONG_PACKET, HEAD, END)),
    ("short", told(10, 5), {"stall": 0.7}), ("short-flush", told(10, 5, True), {"stall": 0.7}),
    ("short-zero", told(10, 0), {"stall": 0.7}), ("over", told(5, 10)),
    ("over-flush", told(5, 10, True)),
    ("over-zero", told(0, 10)), ("over-large", told(10, 16000)),
    ("short-large", told(500000, 300000), {"stall": 0.7}), ("over-huge", told(5, 300000)),
]
STEPS = ["before-head", "mid-head", "after-head", "mid-body", "before-end"]
CLOSES = {"m04", "m11", "m12", "m13", "m14", "m65", "m66"}
# m33 kills mod_jk's process, m54 makes it send leftovers of its memory: nothing to compare with.
LEFT_OUT = {"m33", "m54"}


def vectors():
    """The malformed answers that test_vectors.py plays too."""
    return [(label[:3], ask("/once/x"),
             attempts(ajp_peer.raw(data, close=label[:3] in CLOSES), respond()), {"stall": 0.7})
            for label, (data, _) in ajp_peer.vectors("m").items() if label[:3] not in LEFT_OUT]


def all_cases():
    made = cases(GROUP, "status", [
        (str(s), ask(), respond(s, [("X-B", "1")], reason="Reason")) for s in STATUSES])
    made += cases(GROUP, "status-head", [
        (str(s), ask(method="HEAD"), respond(s)) for s in (200, 204, 304, 404, 500)])
    made += cases(GROUP, "status-empty", [
        (str(s), ask(), respond(s, body=b"", length=False))
        for s in (200, 204, 304, 302, 404, 500)])
    made += cases(GROUP, "status-bad", [
        (str(s), ask("/once/x"), respond(s), {"stall": 0.7})
        for s in (0, 1, 99, 100, 101, 103, 199, 1000, 65535)])
    made += cases(GROUP, "reason", [
        (str(n), ask(), respond(reason=r)) for n, r in enumerate(REASONS)])
    made += cases(GROUP, "reason-status", [
        (str(s), ask(), respond(s, reason=None)) for s in (204, 299, 302, 404, 418, 599)])
    made += cases(GROUP, "answer", [
        (label, ask(), respond(200, headers), *more) for label, headers, *more in HEADERS])
    made += cases(GROUP, "answer-head", [
        (label, ask(method="HEAD"), respond(200, headers), *more)
        for label, headers, *more in HEADERS
        if label.startswith(("length", "type", "coding", "crlf"))])
    for suffix, host in (("", 1), ("-flush-packets", 2), ("-flush-header", 3), ("-no-reuse", 4)):
        made += cases(GROUP, "answer-size" + suffix, [
            (str(n), ask(), sized(n))
            for n in (LENGTHS if host == 1 else (0, 5, 8185, 65536))], host=host)
    made += cases(GROUP, "answer-size-10", [
        (str(n), ask(version="HTTP/1.0"), sized(n, length=False)) for n in (0, 5, 8185, 65536)])
    made += cases(GROUP, "shape", [(label, ask(), *more) for label, *more in SHAPES])
    made += cases(GROUP, "headshape", [
        (label, ask(method="HEAD"), *more) for label, *more in SHAPES
        if label.startswith(("no-", "flush", "over", "short"))])
    made += cases(GROUP, "cut", [(step, ask(), cut(step), {"stall": 0.7}) for step in STEPS])
    made += cases(GROUP, "cut-post", [
        (step, post(b"body"), cut(step), {"stall": 0.7}) for step in STEPS])
    for options in ("once", "p1", "p2", "p25"):
        made += cases(GROUP, "cut-" + options, [
            (step, ask("/%s/x" % options), cut(step), {"stall": 0.7})
            for step in ("before-head", "mid-head", "mid-body")], follow="/%s/follow-up" % options)
    made += cases(GROUP, "cut-p1-post", [("before-head", post(b"x", "/p1/x"), cut("before-head"))])
    made += cases(GROUP, "cut-p2-post", [("before-head", post(b"x", "/p2/x"), cut("before-head"))])
    made += cases(GROUP, "gone", [("get", ask("/gone/x")), ("post", post(b"body", "/gone/x"))])
    made += cases(GROUP, "slow", [
        ("get", ask("/slow/x"), silence), ("post", post(b"x", "/slow/x"), silence)])
    return made + cases(GROUP, "vector", vectors(), follow="/once/follow-up")
