"""One request and its response: methods, headers both ways, statuses, kept connections.

Everything runs under each MPM.
"""

import pytest

import ajp_peer
from ajp_wire import Policy
from support import Client, get, parallel, request

CONFIG = """
JkWorkerProperty worker.list=w
JkWorkerProperty worker.w.type=ajp13
JkWorkerProperty worker.w.host=127.0.0.1
JkWorkerProperty worker.w.port=%d
JkMount /app/* w
JkMount /app w
JkEnvVar GREETING hello
JkEnvVar UNSET
"""
STATUSES = [201, 202, 206, 400, 401, 404, 410, 500, 501, 503, 599]
SENT = [("Set-Cookie", "a=1; Path=/"), ("Content-Type", "text/plain;charset=UTF-8"),
        ("Set-Cookie", "b=2"), ("X-Empty", ""), ("X_Under", "caf\xe9"),
        ("Last-Modified", "Sun, 06 Nov 1994 08:49:37 GMT")]


def with_headers(exchange):
    exchange.read_body()
    exchange.respond(200, SENT, b"body")


def with_status(exchange):
    """The status comes from the path."""
    exchange.read_body()
    status = int(exchange.uri.rsplit("/", 1)[1])
    exchange.respond(status, [("WWW-Authenticate", "Basic realm=x"), ("X-Mine", "1")], b"page")


def bodiless(exchange):
    """As Tomcat does: a Content-Length, but no chunk."""
    exchange.head(int(exchange.uri.rsplit("/", 1)[1]), [("Content-Length", "5")])
    exchange.end()


ROUTES = {
    "/app/headers": with_headers, "/app/status/": with_status, "/app/none/": bodiless,
    "/app/echo": ajp_peer.echo, "/app": ajp_peer.respond(body=b"hello"),
    "/app/slow": ajp_peer.delay(0.3, ajp_peer.respond(body=b"slow")),
}


@pytest.fixture(scope="module")
def peer(make_for_module):
    return make_for_module.peer(ajp_peer.by_path(ROUTES), policy=Policy(attributes="GREETING"))


@pytest.fixture(scope="module", params=["event", "worker", "prefork"])
def server(request, make_for_module, peer):
    server = make_for_module.httpd(CONFIG % peer.port, mpm=request.param, modules=["headers"])
    yield server
    server.stop()


@pytest.fixture(autouse=True)
def forget(peer):
    peer.forget()
    peer.behaviour = ajp_peer.by_path(ROUTES)


def last(peer):
    return peer.requests[-1].request


def test_get(server, peer):
    answer = get(server.port, "/app/x")
    assert (answer.status, answer.body, answer.complete) == (200, b"hello", True)
    sent = last(peer)
    assert (sent.method, sent.uri, sent.protocol) == ("GET", "/app/x", "HTTP/1.1")
    assert sent.remote_addr == "127.0.0.1" and sent.server_port == server.port
    assert sent.server_name == "localhost" and not sent.is_ssl
    assert sent.header("host") == "localhost:%d" % server.port
    assert sent.values("content-length") == ["0"]
    assert sent.attribute("query_string") is None and sent.attribute("ssl_cipher") is None


def test_connection_attributes(server, peer):
    with Client(server.port) as client:
        client.request(path="/app/x")
        own = client.sock.getsockname()
    sent = last(peer)
    assert sent.attribute("AJP_REMOTE_PORT") == str(own[1])
    assert sent.attribute("AJP_LOCAL_ADDR") == "127.0.0.1"
    assert sent.attribute("JK_LB_ACTIVATION") == "ACT"
    assert sent.attribute("jvm_route") is None and sent.attribute("secret") is None


def test_head(server, peer):
    answer = request(server.port, "HEAD", "/app/x")
    assert (answer.status, answer.body) == (200, b"")
    assert answer.header("Content-Length") == "5"
    assert last(peer).method == "HEAD"


def test_post(server, peer):
    answer = request(server.port, "POST", "/app/echo", body=b"a=1&b=2")
    assert answer.body == b"a=1&b=2"
    assert last(peer).method == "POST" and last(peer).content_length == 7


@pytest.mark.parametrize("method", [
    "PUT", "DELETE", "OPTIONS", "PROPFIND", "MKCOL", "REPORT", "SEARCH", "PATCH", "FOOBAR",
    "VERSION-CONTROL", "MKACTIVITY", "get"])
def test_method(server, peer, method):
    assert request(server.port, method, "/app/x", body=b"").status == 200
    assert last(peer).method == method


def test_d44_trace_is_answered_by_httpd(server, peer):
    assert request(server.port, "TRACE", "/app/x").status == 200
    assert peer.requests == []


@pytest.mark.parametrize("query", ["a=1&b=%20%C3%A9", "", "a?b", "long", None])
def test_query(server, peer, query):
    query = "q" * 5000 if query == "long" else query
    get(server.port, "/app/x" + ("" if query is None else "?" + query))
    assert last(peer).attribute("query_string") == query and last(peer).uri == "/app/x"


def test_request_headers(server, peer):
    get(server.port, "/app/x", [
        ("Cookie", "a=1; b=2"), ("X-One", "1"), ("X-One", "2"), ("X-Empty", ""),
        ("x_under", "u"), ("X-High", "caf\xe9"), ("Accept-Language", "de"),
        ("Authorization", "Basic eDp5"), ("Referer", "http://r/"), ("User-Agent", "t/1")])
    sent = last(peer)
    assert sent.header("cookie") == "a=1; b=2" and sent.header("accept-language") == "de"
    assert sent.values("x-one") == ["1, 2"] and sent.header("x-empty") == ""
    assert sent.header("x_under") == "u" and sent.header("x-high") == "caf\xe9"
    assert sent.header("authorization") == "Basic eDp5" and sent.header("user-agent") == "t/1"
    assert "X-Empty" in [n for n, _ in sent.headers], "spelling of names is the client's"


def test_hop_by_hop_headers_are_dropped(server, peer):
    get(server.port, "/app/x", [
        ("Connection", "close, X-Keep, Host"), ("X-Keep", "1"), ("Keep-Alive", "timeout=5"),
        ("Upgrade", "websocket"), ("HTTP2-Settings", "AAMAAABkAAQAAP__"), ("Proxy", "http://x"),
        ("Proxy-Authorization", "Basic eA=="), ("Proxy-Connection", "keep-alive"),
        ("TE", "trailers")])
    sent = last(peer)
    for name in ("Upgrade", "HTTP2-Settings", "Keep-Alive", "Proxy-Connection",
                 "Proxy-Authorization", "Proxy"):
        assert sent.values(name) == [], name
    # Nothing is dropped because Connection names it.
    assert sent.header("x-keep") == "1" and sent.header("te") == "trailers"
    assert sent.header("host").startswith("localhost") and sent.header("connection")


def test_client_cannot_forge_attributes(server, peer):
    get(server.port, "/app/x", [
        ("AJP_REMOTE_PORT", "1"), ("JK_REMOTE_ADDR", "6.6.6.6"), ("REMOTE_USER", "root"),
        ("Secret", "s"), ("javax.servlet.include.request_uri", "/x"), ("HTTPS", "on")])
    sent = last(peer)
    assert sent.remote_addr == "127.0.0.1" and not sent.is_ssl
    assert sent.attribute("remote_user") is None and sent.attribute("secret") is None
    assert sent.attribute("AJP_REMOTE_PORT") != "1"


def test_d32_environment_becomes_an_attribute(server, peer):
    get(server.port, "/app/x")
    assert last(peer).attribute("GREETING") == "hello"
    assert not any(n == "UNSET" for n, _ in last(peer).attributes)


def test_response_headers(server):
    answer = get(server.port, "/app/headers")
    assert answer.values("Set-Cookie") == ["a=1; Path=/", "b=2"]
    assert answer.header("Content-Type") == "text/plain;charset=UTF-8"
    assert answer.header("X-Empty") == "" and answer.header("X_Under") == "caf\xe9"
    assert answer.header("Last-Modified") == "Sun, 06 Nov 1994 08:49:37 GMT"
    assert len(answer.values("Date")) == 1 and len(answer.values("Content-Length")) == 1


@pytest.mark.parametrize("status", STATUSES)
def test_status(server, status):
    answer = get(server.port, "/app/status/%d" % status)
    assert (answer.status, answer.body) == (status, b"page")
    assert answer.header("X-Mine") == "1"


def test_reason_phrase_is_the_standard_one(server):
    assert get(server.port, "/app/x").reason == "OK"
    assert get(server.port, "/app/status/404").reason == "Not Found"


@pytest.mark.parametrize("status", [204, 304])
def test_status_without_body(server, status):
    with Client(server.port) as client:
        assert client.request(path="/app/none/%d" % status).status == status
        assert client.request(path="/app/x").body == b"hello", "the connection stays in step"


def test_http_1_0(server, peer):
    with Client(server.port) as client:
        client.head("GET", "/app/x", version="HTTP/1.0", host=None)
        answer = client.response()
        assert answer.body == b"hello" and client.closed()
    assert last(peer).protocol == "HTTP/1.0" and last(peer).header("host") is None


def test_keep_alive_and_pipelining(server):
    with Client(server.port) as client:
        for path in ("/app/x", "/app/status/404", "/app/headers"):
            client.head("GET", path)
        assert [client.response().status for _ in range(3)] == [200, 404, 200]
        assert client.request(path="/app/x").body == b"hello"


def test_connection_is_reused(server, peer):
    with Client(server.port) as client:
        for _ in range(20):
            assert client.request(path="/app/x").status == 200
    used = {x.connection.number for x in peer.requests}
    assert len(used) == 1 and len(peer.requests) == 20


def test_connection_is_not_reused_after_reuse_0(server, peer):
    peer.behaviour = ajp_peer.respond(body=b"once", reuse=0)
    assert [get(server.port, "/app/x").body for _ in range(3)] == [b"once"] * 3
    assert len({x.connection.number for x in peer.requests}) == 3
    assert all(x.connection.wait_closed(5) for x in peer.requests)


def test_idle_connection_closed_by_the_container(server, peer):
    get(server.port, "/app/x")
    peer.drop()
    assert all(c.wait_closed(5) for c in peer.connections)
    assert get(server.port, "/app/x").body == b"hello"
    assert len(peer.requests) == 2, "each request was sent once"


def test_requests_side_by_side(server, peer):
    answers = parallel(6, lambda _: get(server.port, "/app/slow").body)
    assert answers == [b"slow"] * 6
    # The one child of prefork serves one after the other, on one connection.
    wanted = 1 if server.mpm == "prefork" else 6
    assert len({x.connection.number for x in peer.requests}) == wanted
