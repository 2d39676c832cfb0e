"""Request bodies: lengths around every boundary, three framings, early and odd backends."""

import ajp_peer
from support import pattern

from .case import WORKERS, Group, ask, attempts, cases, chunks, post, respond

GROUP = Group("bodies", WORKERS + "JkMount /app/* w1\nSetEnvIf X-Ignore . JK_IGNORE_CL=1\n",
              modules=("setenvif",))
LARGE = Group("bodies-large", WORKERS + """
JkWorkerProperty worker.w1.max_packet_size=65536
JkMount /app/* w1
""", packet_size=65536)
BLOCK = pattern(200000)
SIZES = [1, 2, 255, 256, 511, 512, 513, 767, 768, 2559, 2560, 2815, 2816, 4096, 8000, 8183, 8184,
         8185, 8186, 8187, 8188, 8191, 8192, 8193, 8697, 8698, 16371, 16372, 16373, 24558, 24559,
         65535, 65536, 100000]
CHUNKED = [0, 1, 511, 512, 768, 2560, 4096, 8000, 8185, 8186, 8187, 8192, 16372, 16373, 20000,
           65536]


def early(exchange):
    """Answer and end before reading anything."""
    exchange.respond(403, body=b"no", reason="Forbidden")


def early_end(exchange):
    """The same after the first packet, and close."""
    exchange.read_packet()
    exchange.respond(400, body=b"bad", reason="Bad Request", reuse=0)


def mixed(exchange):
    """Head and some body first, then the request body, then the rest."""
    exchange.head(200, reason="OK")
    exchange.chunk(b"begun ")
    exchange.read_body()
    exchange.chunk(b"%d" % exchange.body_size)
    exchange.end()


def one_packet(exchange):
    """Read the first packet only."""
    exchange.read_packet()
    exchange.respond(body=b"enough", reason="OK")


def insist(exchange):
    """Go on asking after the end."""
    exchange.read_body()
    sizes = [len(exchange.read_packet()) for _ in range(3)]
    exchange.respond(body=repr(sizes).encode(), reason="OK")


def by(count):
    """Read the body in pieces of at most so many bytes."""
    def behave(exchange):
        exchange.read_body(ask=count)
        exchange.respond(body=b"%d" % exchange.body_size, reason="OK")
    return behave


def lost(reads):
    """Close after so many packets, without an answer."""
    def behave(exchange):
        for _ in range(reads):
            exchange.read_packet()
        exchange.connection.close()
        raise ajp_peer.Gone("closed by us")
    return behave


SPECIAL = [
    ("early-10", post(b"x" * 10), early), ("early-8187", post(BLOCK[:8187]), early),
    ("early-100000", post(BLOCK[:100000]), early), ("early-chunked", chunks(b"abc"), early),
    ("early-end", post(BLOCK[:20000]), early_end), ("mixed", post(BLOCK[:20000]), mixed),
    ("mixed-chunked", chunks(BLOCK[:20000]), mixed), ("one", post(BLOCK[:20000]), one_packet),
    ("insist-10", post(b"x" * 10), insist), ("insist-get", ask(), insist),
    ("insist-20000", post(BLOCK[:20000]), insist), ("insist-chunked", chunks(b"abc"), insist),
    ("by-100", post(BLOCK[:1000]), by(100)), ("by-100-chunked", chunks(BLOCK[:1000]), by(100)),
    ("by-512", post(BLOCK[:20000]), by(512)), ("by-65535", post(BLOCK[:20000]), by(65535)),
    ("by-2560", post(BLOCK[:20000]), by(2560)), ("by-1", post(BLOCK[:8190]), by(1)),
    ("by-zero", post(BLOCK[:20000]), ajp_peer.raw(b"AB\x00\x03\x06\x00\x00")),
    ("form", post(b"a=1&b=2", "/app/x", "Content-Type: application/x-www-form-urlencoded")),
    ("expect", post(b"x" * 100, "/app/x", "Expect: 100-continue")),
    ("expect-chunked", chunks(b"abc", headers=("Expect: 100-continue",))),
    ("pieces", chunks(b"a", b"bc", b"d" * 600, b"e" * 9000, b"f")),
    ("extension", ask("/app/x", "Transfer-Encoding: chunked", method="POST",
                      body=b"3;a=b\r\nabc\r\n0\r\n\r\n")),
    ("trailer", chunks(b"abc", end=b"0\r\nX-T: 1\r\n\r\n")),
    ("both", ask("/app/x", "Content-Length: 3", "Transfer-Encoding: chunked", method="POST",
                 body=b"5\r\nhello\r\n0\r\n\r\n")),
    ("short", ask("/app/x", "Content-Length: 10", method="POST", body=b"12345"), None,
     {"half": True}),
    ("short-20000", ask("/app/x", "Content-Length: 20000", method="POST", body=BLOCK[:9000]), None,
     {"half": True}),
    ("none-sent", ask("/app/x", "Content-Length: 10", method="POST"), None, {"half": True}),
    ("chunk-bad", chunks(b"good", end=b"zz\r\nbad"), None, {"half": True}),
    ("chunk-bad-first", chunks(end=b"zz\r\nbad"), None, {"half": True}),
    ("chunk-cut", chunks(b"good", end=b"a\r\nbad"), None, {"half": True}),
    ("more", ask("/app/x", "Content-Length: 3", method="POST", body=b"abc") + ask("/app/y")),
]
LENGTHS = ["+3", "-1", "3,3", "0x3", "", "3 3", "99999999999999999999", "9223372036854775808", "03"]
CODINGS = ["gzip, chunked", "chunked, chunked", "identity", "xchunked", "chunked;q=1", "CHUNKED",
           "gzip", ""]
# What a second attempt sends; the first one is lost after some packets.
LOST = [
    ("get", ask(), 0), ("head", ask(method="HEAD"), 0), ("put", post(b"x", method="PUT"), 1),
    ("delete", ask(method="DELETE"), 0), ("options", ask(method="OPTIONS"), 0),
    ("propfind", post(b"x", method="PROPFIND"), 1), ("post", post(b"x" * 10), 1),
    ("post-unread", post(b"x" * 10), 0), ("post-empty", post(b""), 0),
    ("patch", ask(method="PATCH"), 0),
    ("foobar", ask(method="FOOBAR"), 0), ("mkcol", ask(method="MKCOL"), 0),
    ("put-20000", post(BLOCK[:20000], method="PUT"), 1),
    ("put-20000-asked", post(BLOCK[:20000], method="PUT"), 2),
    ("put-8186", post(BLOCK[:8186], method="PUT"), 1),
    ("put-chunked", chunks(b"abc", method="PUT"), 0),
    ("put-chunked-asked", chunks(b"abc", method="PUT"), 1),
    ("put-600", post(BLOCK[:600], method="PUT"), 1),
]


def all_cases():
    ok = respond(body=b"got it")
    made = cases(GROUP, "body-length", [(str(n), post(BLOCK[:n]), ok) for n in SIZES])
    made += cases(GROUP, "body-chunked", [
        (str(n), chunks(*([BLOCK[:n]] if n else [])), ok) for n in CHUNKED])
    made += cases(GROUP, "body-ignore", [
        (str(n), post(BLOCK[:n], "/app/x", "X-Ignore: 1"), ok)
        for n in (0, 1, 512, 768, 8186, 8187, 8192, 20000)])
    made += cases(LARGE, "body-64k", [
        (str(n), post(BLOCK[:n]), ok) for n in (8187, 65529, 65530, 65531, 66043, 131060, 131061)])
    made += cases(LARGE, "body-64k-chunked", [
        (str(n), chunks(BLOCK[:n]), ok) for n in (8187, 65530, 65531, 131061)])
    made += cases(GROUP, "body", SPECIAL)
    made += cases(GROUP, "body-cl", [
        (str(n), ask("/app/x", "Content-Length: " + v, method="POST", body=b"abc"), None,
         {"half": True}) for n, v in enumerate(LENGTHS)])
    made += cases(GROUP, "body-cl-twice", [
        ("same", ask("/app/x", *["Content-Length: 3"] * 2, method="POST", body=b"abc")),
        ("different", ask("/app/x", "Content-Length: 3", "Content-Length: 4", method="POST",
                          body=b"abc"),
         None, {"half": True})])
    made += cases(GROUP, "body-coding", [
        (str(n), ask("/app/x", "Transfer-Encoding: " + v, method="POST",
                     body=b"3\r\nabc\r\n0\r\n\r\n"),
         None, {"half": True}) for n, v in enumerate(CODINGS)])
    made += cases(GROUP, "lost", [
        (name, raw, attempts(lost(reads), ok)) for name, raw, reads in LOST])
    return made
