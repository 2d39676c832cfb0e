"""security.md C.3: what reaches the container as headers and strings. Each test is named after its
row.

The peer's reader refuses a control character in any string, a header name that is no token, and a
count of headers that is not that of the pairs.
"""

import pytest

import ajp_peer
from ajp_wire import Policy
from support import Client, Cut, get, member, request

SIZE = 8192
INJECTIONS = """
RewriteEngine On
RewriteRule "^/inject/uri/([\\s\\S]*)$" "/lb/$1" [PT]
RewriteRule "^/inject/query/([\\s\\S]*)$" "/lb/x?q=$1" [PT,NE]
RewriteRule "^/inject/header/([\\s\\S]*)$" "/lb/x" [PT,E=RAW:$1]
RewriteRule "^/inject/attribute/([\\s\\S]*)$" "/lb/x" [PT,E=ATTR:$1]
RewriteRule "^/inject/user/([\\s\\S]*)$" "/lb/x" [PT,E=JK_REMOTE_USER:$1]
RewriteRule "^/inject/address/([\\s\\S]*)$" "/lb/x" [PT,E=JK_REMOTE_ADDR:$1]
"""
CONFIG = """
JkWorkerProperty worker.list=lb,big,down,garbage,jkstatus
JkWorkerProperty worker.lb.type=lb
JkWorkerProperty worker.lb.balance_workers=m
JkWorkerProperty worker.m.port=%(small)d
JkWorkerProperty worker.m.secret=w0rker-s3cret
JkWorkerProperty worker.big.port=%(big)d
JkWorkerProperty worker.big.max_packet_size=65536
JkWorkerProperty worker.down.port=%(down)d
JkWorkerProperty worker.garbage.port=%(garbage)d
JkWorkerProperty worker.jkstatus.type=status
JkMount /lb/* lb
JkMount /big/* big
JkMount /down/* down
JkMount /garbage/* garbage
JkMount /jkstatus jkstatus
JkMountCopy All
JkEnvVar ATTR
LimitRequestFields 0
LimitRequestLine 20000
LimitRequestFieldSize 80000
RequestHeader set X-Injected "expr=%%{reqenv:RAW}" env=RAW
RequestHeader set X-Set yes
RequestHeader unset X-Unset
<Location /lb/locked>
  Require all denied
</Location>
<Location /lb/user>
  AuthType Basic
  AuthName x
  AuthBasicProvider anon
  Anonymous *
  Anonymous_MustGiveEmail Off
  Require valid-user
</Location>
""" + INJECTIONS + """
<VirtualHost 127.0.0.1:@PORT2@>
  JkOptions +ForwardURICompat
""" + INJECTIONS + """
</VirtualHost>
<VirtualHost 127.0.0.1:@PORT3@>
  JkOptions +StrictHost
</VirtualHost>
<VirtualHost 127.0.0.1:@PORT4@>
  HttpProtocolOptions Unsafe
</VirtualHost>
<VirtualHost 127.0.0.1:@PORT5@>
  HttpProtocolOptions Unsafe
  JkOptions +StrictHost
</VirtualHost>
"""
MODULES = ["headers", "rewrite", "auth_basic", "authn_core", "authn_anon", "authz_user"]


class Site:
    """A balancer with one member, a worker with large packets, and two that do not work."""

    def __init__(self, make):
        policy = Policy(attributes="ATTR", max_headers=-1)
        self.small = make.peer(ajp_peer.echo, policy=policy)
        self.big = make.peer(ajp_peer.echo, policy=policy, packet_size=65536)
        garbage = make.peer(ajp_peer.raw(b"\x16\x03\x01\x02\x00 no AJP\r\n"))
        down = make.peer()
        down.refuse()
        self.server = make.httpd(CONFIG % {
            "small": self.small.port, "big": self.big.port, "down": down.port,
            "garbage": garbage.port}, ports=5, modules=MODULES)
        self.port = self.server.port

    def sent(self):
        """The one request that has reached a container."""
        requests = [x.request for x in self.small.requests + self.big.requests]
        assert len(requests) == 1
        return requests[0]

    def nothing_sent(self):
        return not self.small.requests and not self.big.requests


@pytest.fixture(scope="module")
def shared_site(make_for_module):
    return Site(make_for_module)


@pytest.fixture
def site(shared_site):
    """Nothing seen yet; and whatever a client sends, the member stays what it is."""
    shared_site.small.forget()
    shared_site.big.forget()
    yield shared_site
    after = member(shared_site.port, "m")
    assert after["state"].split("/")[-1] in ("OK", "IDLE", "N/A") and after["errors"] == "0", after


def raw(port, lines, path="/lb/x", method="GET"):
    """A request whose header lines are these bytes."""
    with Client(port) as client:
        client.send(b"%s %s HTTP/1.1\r\nHost: x\r\n%s\r\n" % (
            method.encode(), path.encode("latin-1"), lines))
        return client.response(method)


ALL_BYTES = bytes(range(0x80, 0x100))


@pytest.mark.parametrize("lines,name,values", [
    (b"X-A: a\r\n  b\r\n", "X-A", ["a b"]), (b"X-A: a\r\n\tb\r\n", "X-A", ["a b"]),
    (b"X-A: a\r\nX-B: x\r\nx-a: b\r\n", "X-A", ["a, b"]), (b"X-A:\r\n", "X-A", [""]),
    (b"X-A: " + ALL_BYTES + b"\r\n", "X-A", [ALL_BYTES.decode("latin-1")]),
    (b"X-A: a\tb\r\n", "X-A", ["a\tb"]), (b"X_A_b: 1\r\n", "X_A_b", ["1"])],
    ids=["folded", "folded by a tab", "twice", "empty", "bytes", "tab", "underscore"])
def test_hd1_values(site, lines, name, values):
    assert raw(site.port, lines).status == 200
    assert site.sent().values(name) == values


# Every byte that could end a line or a string for someone, and some more.
CONTROLS = ["a%0d%0aX-Evil:%201", "%0a", "a%0d", "a%01%1f%7fb"]


def decoded(text):
    """What an encoded text becomes in a string of the packet: a blank for each control."""
    for code in ("%0d", "%0a", "%01", "%1f", "%7f", "%20"):
        text = text.replace(code, " ")
    return text


@pytest.mark.parametrize("text", CONTROLS)
def test_hd2_path_and_query(site, text):
    """In a path they stay encoded, where it is sent encoded; else they are refused."""
    assert get(site.port, "/inject/uri/" + text).status == 200
    assert site.sent().uri.lower() == "/lb/" + text.lower().replace("%20", "%20")
    site.small.forget()
    assert get(site.server.ports[1], "/inject/uri/" + text).status == 400
    for port in site.server.ports[:2]:
        assert get(port, "/inject/query/" + text).status in (400, 403)  # 403 by mod_rewrite itself
    assert site.nothing_sent()


@pytest.mark.parametrize("text", CONTROLS)
def test_hd2_header(site, text):
    assert get(site.port, "/inject/header/" + text).status == 200
    assert site.sent().values("X-Injected") == [decoded(text)] and not site.sent().values("X-Evil")


@pytest.mark.parametrize("what", ["attribute", "user", "address"])
@pytest.mark.parametrize("text", CONTROLS)
def test_hd2_variable(site, text, what):
    assert get(site.port, "/inject/%s/%s" % (what, text)).status == 200
    sent = site.sent()
    assert {"attribute": sent.attribute("ATTR"), "user": sent.attribute("remote_user"),
            "address": sent.remote_addr}[what] == decoded(text)


def test_hd2_user_of_httpd(site):
    """A name that a client has logged in with: "a", CR, LF, "b" and a password."""
    answer = get(site.port, "/lb/user/x", [("Authorization", "Basic YQ0KYjpwdw==")])
    assert answer.status == 200
    assert site.sent().attribute("remote_user") == "a  b"


@pytest.mark.parametrize("query", ["q=\xc3\xa9\xe4", "q=a%00b", "", "a=%0d%0a&b=%2f", "a?b/../c;d"],
                         ids=["raw bytes", "nul", "empty", "encoded", "signs"])
def test_hd3_query(site, query):
    assert raw(site.port, b"", "/lb/x?" + query).status == 200
    assert site.sent().attribute("query_string") == query


@pytest.mark.parametrize("length,path,status", [(7800, "/lb/x", 200), (8192, "/lb/x", 413),
                                                (8192, "/big/x", 200)])
def test_hd3_long_query(site, length, path, status):
    query = "q" * length
    assert get(site.port, path + "?" + query).status == status
    if status == 200:
        assert site.sent().attribute("query_string") == query
    else:
        assert site.nothing_sent()


def test_hd4_exactly_a_packet(site):
    """One byte more than a packet is refused, and nobody but this client notices."""
    def padded(length):
        site.small.forget()
        return get(site.port, "/lb/x", [("X-Pad", "p" * length)]).status

    assert padded(10) == 200
    room = 10 + SIZE - site.sent().size
    assert padded(room) == 200 and site.sent().size == SIZE
    connection = site.small.requests[0].connection
    for more in (1, 2, 1000, SIZE):
        assert padded(room + more) == 413 and site.nothing_sent(), more
    assert padded(room) == 200 and site.small.requests[0].connection is connection


@pytest.mark.parametrize("count,path,status", [
    (100, "/lb/x", 200), (101, "/lb/x", 200), (5000, "/lb/x", 413), (5000, "/big/x", 200),
    (20000, "/big/x", 413)])
def test_hd4_many_headers(site, count, path, status):
    headers = [("a%x" % n, "") for n in range(count - 2)]  # and Host, and X-Set of httpd
    assert get(site.port, path, headers).status == status
    if status == 413:
        assert site.nothing_sent()
        return
    names = [name.lower() for name, _ in site.sent().headers]
    added = ["content-length"] if count < 100 else []  # never as number 101
    assert names == ["host"] + [name for name, _ in headers] + ["x-set"] + added


DROPPED = [("Proxy", "http://evil"), ("Proxy-Authorization", "Basic YTpi"), ("Upgrade", "h2c"),
           ("HTTP2-Settings", "AAMAAABkAAQCAAAAAAIAAAAA"), ("Keep-Alive", "timeout=5"),
           ("Proxy-Connection", "keep-alive")]


@pytest.mark.parametrize("body", [None, "", "sized", "chunked"])
def test_hd5_count_of_the_headers(site, body):
    """What is dropped, unset and added leaves a count that is right."""
    headers = [("X-First", "1"), ("X-Unset", "1"), ("Accept", "*/*"), *DROPPED[:3],
               ("Connection", "X-First, keep-alive"), *DROPPED[3:], ("TE", "gzip"),
               ("Expect", ""), ("X-Last", "1")]
    more = {None: {}, "": {"body": b""}, "sized": {"body": b"hello"},
            "chunked": {"chunked": [b"hello"]}}[body]
    assert request(site.port, "POST", "/lb/x", headers, **more).status in (200, 417)
    sent = site.sent()
    length = {"chunked": [("transfer-encoding", "chunked")], "sized": [("content-length", "5")]}
    wanted = [("x-first", "1"), ("accept", "*/*"), ("connection", "X-First, keep-alive"),
              ("te", "gzip"), ("expect", ""), ("x-last", "1"), ("x-set", "yes"),
              *length.get(body, [("content-length", "0")])]
    assert sorted((n.lower(), v) for n, v in sent.headers if n.lower() != "host") == sorted(wanted)
    assert not sent.notes and sent.attribute("secret") == "w0rker-s3cret"


@pytest.mark.parametrize("value", ["close, X-Forwarded-For, Host, Content-Length, ,,", ",,", ",",
                                   "Content-Length", "X-Set, Authorization, Cookie",
                                   "a" * 5000, ", " * 3000, "close;=\"", "\x80\xff"])
def test_hd6_connection_takes_nothing_away(site, value):
    headers = [("Connection", value), ("X-Forwarded-For", "192.0.2.1"),
               ("Authorization", "Basic YTpi"), ("Cookie", "a=b")]
    assert request(site.port, "POST", "/lb/x", headers, b"abc").body == b"abc"
    sent = {name.lower(): text for name, text in site.sent().headers}
    assert sent.items() >= {"x-forwarded-for": "192.0.2.1", "content-length": "3",
                            "x-set": "yes", "authorization": "Basic YTpi", "cookie": "a=b",
                            "host": "localhost:%d" % site.port}.items()
    assert sent["connection"] == value.strip()


@pytest.mark.parametrize("name,value", DROPPED[:4])
@pytest.mark.parametrize("spelling", [str, str.upper, str.lower], ids=["usual", "upper", "lower"])
def test_hd7_dropped(site, name, value, spelling):
    answer = get(site.port, "/lb/x", [(spelling(name), value), ("X-Kept", "1")])
    assert answer.status == 200
    sent = site.sent()
    assert sent.values(name) == [] and value not in [v for _, v in sent.headers]
    assert sent.values("X-Kept") == ["1"]


FAILURES = {  # path, more header lines, statuses
    "bad path": ("/lb/x%5cprivate", b"", 400), "above the root": ("/../lb/x", b"", 400),
    "long name": ("/lb/x", b"N" * 300 + b": v\r\n", 400),
    "bad name": ("/lb/x", b"X Y: v\r\n", 400), "control": ("/lb/x", b"X-Y: \x01\r\n", 400),
    "coding": ("/lb/x", b"Transfer-Encoding: gzip, chunked\r\n", (400, 501)),
    "length": ("/lb/x", b"Content-Length: 3,3\r\n", 400),
    "large head": ("/lb/x", b"X-Large: " + b"v" * 9000 + b"\r\n", 413),
    "larger head": ("/lb/x", b"X-Large: " + b"v" * 90000 + b"\r\n", 400),
    "denied": ("/lb/locked/x", b"", 403), "no container": ("/down/x", b"", 503),
    "no AJP": ("/garbage/x", b"", 502), "no mount": ("/nothing", b"", 404),
    "injected": ("/inject/query/a%0d%0ab", b"", (400, 403)), "no target": ("@x/y", b"", 400),
}
SECRETS = ["c00kie-s3cret", "h3ader-s3cret", "cXVlcnktc2VjcmV0", "w0rker-s3cret", "qu3ry-s3cret"]


@pytest.mark.parametrize("path,lines,status", FAILURES.values(), ids=FAILURES)
def test_hd8_error_pages_tell_nothing(site, path, lines, status):
    own = "Cookie: sid=%s\r\nX-Own: %s\r\nAuthorization: Basic %s\r\n" % tuple(SECRETS[:3])
    answer = raw(site.port, own.encode() + lines, "%s?%s" % (path, SECRETS[4]))
    assert answer.status in (status if isinstance(status, tuple) else (status,))
    seen = answer.text + repr(answer.headers)
    assert [secret for secret in SECRETS if secret in seen] == []
    assert "X-Own" not in seen and "X-Large" not in seen and "NNNN" not in seen


HOSTS = ["my_host", "my_host.example:80", "-a.example", "a-.example", "a.example-", "a..example",
         ".example", "example:80a", "example:65536"]
GOOD_HOSTS = ["www.example.com", "a-b.example:8080", "[::1]:80", "10.0.0.1"]


def ask_host(site, number, host, target="/lb/x"):
    """The status, and the Host that the container was told."""
    site.small.forget()
    with Client(site.server.ports[number]) as client:
        try:
            status = client.request("GET", target, [("Host", host)]).status
        except Cut:
            status = None
    return status, [x.request.header("host") for x in site.small.requests]


@pytest.mark.parametrize("host", HOSTS + GOOD_HOSTS)
def test_hd9_host(site, host):
    """Refused by StrictHost, otherwise unchanged; but for what httpd itself refuses."""
    good = host in GOOD_HOSTS
    for number, strict in ((0, False), (2, True), (3, False), (4, True)):
        status, sent = ask_host(site, number, host)
        if status == 400:
            assert not good and sent == []
            assert strict or host not in HOSTS[:5], (number, host)
        else:
            assert (status, sent) == (200, [host]) and (good or not strict), (number, host)


@pytest.mark.parametrize("host", ["my_host", "a-.example", "other.example"])
def test_hd9_absolute_uri_with_another_host(site, host):
    """The host of the target counts, and httpd puts it in the place of the header's."""
    for number, strict in ((0, False), (2, True)):
        status, sent = ask_host(site, number, "good.example", "http://%s/lb/x" % host)
        refused = strict and host != "other.example"
        assert (status, sent) == ((400, []) if refused else (200, [host])), number
