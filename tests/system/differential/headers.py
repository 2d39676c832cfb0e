"""Request heads: names and values of every kind, protocols, Host, sizes near the packet."""

from .case import WORKERS, Group, ask, cases

GROUP = Group("headers", WORKERS + "JkMount /app/* w1\n")
LARGE = Group("headers-large", WORKERS + """
LimitRequestFieldSize 100000
LimitRequestLine 100000
LimitRequestFields 0
JkMount /app/* w1
JkWorkerProperty worker.list=big
JkWorkerProperty worker.big.port=@W1@
JkWorkerProperty worker.big.max_packet_size=65536
JkMount /big/* big
""", packet_size=65536)
UNSAFE = Group("headers-unsafe", WORKERS + "HttpProtocolOptions Unsafe\nJkMount /app/* w1\n")
CODED = ["Accept", "Accept-Charset", "Accept-Encoding", "Accept-Language", "Authorization",
         "Connection", "Content-Type", "Cookie", "Cookie2", "Host", "Pragma", "Referer",
         "User-Agent"]
HOP = ["Connection: keep-alive", "Connection: close", "Connection: X-A", "Connection: close, Host",
       "Connection: ,,", "Keep-Alive: timeout=5", "Proxy-Connection: keep-alive", "TE: trailers",
       "Trailer: X-A", "Upgrade: websocket", "HTTP2-Settings: AAMAAABk", "Proxy: http://x/",
       "Proxy-Authorization: Basic eA==", "Proxy-Authenticate: Basic", "Expect: 100-continue",
       "Expect: other", "Max-Forwards: 0", "Via: 1.1 x", "Forwarded: for=1.2.3.4",
       "X-Forwarded-For: 1.2.3.4", "X-Forwarded-Proto: https", "HTTPS: on"]
ROWS = [
    ("twice", ask("/app/x", "X-A: 1", "X-A: 2")),
    ("thrice-case", ask("/app/x", "X-A: 1", "x-a: 2", "X-a: 3")),
    ("cookies", ask("/app/x", "Cookie: a=1", "Cookie: b=2")),
    ("agent-twice", ask("/app/x", "User-Agent: a", "User-Agent: b")),
    ("type-twice", ask("/app/x", "Content-Type: a/b", "Content-Type: c/d")),
    ("empty", ask("/app/x", "X-A:")), ("blank", ask("/app/x", "X-A:   ")),
    ("empty-coded", ask("/app/x", "Accept:", "Cookie:", "Referer:")),
    ("blanks-around", ask("/app/x", "X-A:   b   ")), ("tab", ask("/app/x", "X-A: a\tb")),
    ("8bit", ask("/app/x", b"X-A: \xe9\xff\x80")), ("utf8", ask("/app/x", b"X-A: \xc3\xa9")),
    ("underscore", ask("/app/x", "X_A: 1", "X-A: 2")), ("digits", ask("/app/x", "1: 2")),
    ("token", ask("/app/x", "!#$%&'*+-.^_`|~: v")),
    ("upper", ask("/app/x", "ACCEPT: a", "COOKIE: b")),
    ("lower", ask("/app/x", "accept: a", "cookie: b", "accept-encoding: c")),
    ("fold", ask("/app/x", "X-A: a\r\n  b")), ("fold-tab", ask("/app/x", "X-A: a\r\n\tb")),
    ("comma", ask("/app/x", "X-A: a,b", "X-A: c")), ("quotes", ask("/app/x", 'X-A: "a\\"b"')),
    ("name-255", ask("/app/x", "n" * 255 + ": v")), ("name-256", ask("/app/x", "n" * 256 + ": v")),
    ("name-1000", ask("/app/x", "n" * 1000 + ": v")),
    ("many", ask("/app/x", *("X-%d: %d" % (n, n) for n in range(90)))),
    ("99", ask("/app/x", *("X-%d: 1" % n for n in range(98)))),
    ("100", ask("/app/x", *("X-%d: 1" % n for n in range(99)))),
    ("101", ask("/app/x", *("X-%d: 1" % n for n in range(100)))),
    ("attributes", ask("/app/x", "AJP_REMOTE_PORT: 1", "JK_REMOTE_ADDR: 8.8.8.8",
                       "REMOTE_USER: root", "Secret: s", "javax.servlet.include.request_uri: /x")),
    ("bad-name", ask("/app/x", "X A: 1")), ("no-colon", ask("/app/x", "nonsense")),
    ("blank-colon", ask("/app/x", "X-A : 1")), ("no-name", ask("/app/x", ": 1")),
    ("nul", ask("/app/x", b"X-A: a\x00b")), ("escape", ask("/app/x", b"X-A: a\x1bb")),
    ("cr", ask("/app/x", b"X-A: a\rb")), ("length-0", ask("/app/x", "Content-Length: 0")),
    ("length-00", ask("/app/x", "Content-Length: 000")),
    ("range", ask("/app/x", "Range: bytes=0-3")),
    ("modified", ask("/app/x", "If-Modified-Since: Sat, 29 Oct 2044 19:43:31 GMT")),
    ("authorization", ask("/app/x", "Authorization: Basic am9lOnNlY3JldA==")),
]
HOSTS = ["a.test:8080", "a.test:", "a.test:0", "a.test:99999", "[::1]", "[::1]:81", "1.2.3.4",
         "a_b", "-a-", "a..b", "A.TEST", "a.test.", "", "a b", "a/b", "x" * 300]
PROTOCOLS = [
    ("10", b"GET /app/x HTTP/1.0\r\n\r\n"), ("10-host", ask(version="HTTP/1.0")),
    ("10-keep", ask("/app/x", "Connection: keep-alive", version="HTTP/1.0")),
    ("11-none", ask(host=None)), ("09", b"GET /app/x\r\n"), ("12", ask(version="HTTP/1.2")),
    ("20", ask(version="HTTP/2.0")), ("lower", ask(version="http/1.1")),
    ("absolute-none", ask("http://b.test:82/app/x", host=None)),
    ("absolute-https", ask("https://b.test/app/x")), ("host-twice", ask("/app/x", "Host: b")),
    ("line-feeds", b"GET /app/x HTTP/1.1\nHost: a\n\n"), ("lines-first", b"\r\n\r\n" + ask()),
    ("two-blanks", b"GET  /app/x  HTTP/1.1\r\nHost: a\r\n\r\n"),
    ("pipelined", ask("/app/1") + ask("/app/2", method="HEAD") + ask("/app/3")),
    ("pipelined-local", ask("/app/1") + ask("/none") + ask("/app/3")),
]
# Around the largest packet: head and attributes without the long value take about 180 bytes.
SIZES = [7000, 7900, *range(7990, 8020, 3), 8100, 8180, 8190]


def all_cases():
    made = cases(GROUP, "header", ROWS)
    made += cases(GROUP, "header-coded", [(n.lower(), ask("/app/x", n + ": v")) for n in CODED])
    made += cases(GROUP, "header-hop", [
        ("%02d-%s" % (n, line.split(":")[0].lower()), ask("/app/x", line, "X-A: 1"))
        for n, line in enumerate(HOP)])
    made += cases(GROUP, "host", [(str(n), ask(host=h)) for n, h in enumerate(HOSTS)])
    made += cases(GROUP, "protocol", PROTOCOLS)
    made += cases(GROUP, "head-size", [(str(n), ask("/app/x", "X: " + "v" * n)) for n in SIZES])
    made += cases(LARGE, "head-large", [
        ("9000", ask("/app/x", "X: " + "v" * 9000)),
        ("300-headers", ask("/big/x", *("X-%d: 1" % n for n in range(300)))),
        ("5000-headers", ask("/big/x", *("X-%d: 1" % n for n in range(5000)))),
        ("20000", ask("/big/x", "X: " + "v" * 20000)),
        ("65000", ask("/big/x", "X: " + "v" * 65000)),
        ("65400", ask("/big/x", "X: " + "v" * 65400)),
        ("65535", ask("/big/x", "X: " + "v" * 65535)),
        ("65546", ask("/big/x", "X: " + "v" * 65546)),
        ("name-41000", ask("/big/x", "n" * 41000 + ": v")),
        ("path-20000", ask("/big/" + "x" * 20000)), ("path-66000", ask("/big/" + "x" * 66000)),
        ("query-30000", ask("/big/x?" + "x" * 30000)),
        ("query-66000", ask("/big/x?" + "x" * 66000)),
        ("method-30000", ask("/big/x", method="M" * 30000))])
    made += cases(UNSAFE, "header-unsafe", [
        ("escape", ask("/app/x", b"X-A: a\x1bb")), ("cr", ask("/app/x", b"X-A: a\rb")),
        ("bad-name", ask("/app/x", "X A: 1")), ("nul", ask("/app/x", b"X-A: a\x00b")),
        ("method", b"G:T /app/x HTTP/1.1\r\nHost: a\r\n\r\n"),
        ("line-feeds", b"GET /app/x HTTP/1.1\nHost: a\n\n")])
    return made
