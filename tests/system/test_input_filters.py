"""Request bodies that filters of this httpd change: nothing is lost of them, and the container is
told no length that is not kept. And the end of a body that httpd must not invent."""

import gzip
import os

import pytest

import ajp_peer
from support import Client, get, pattern, request, sha256

CONFIG = """
LogLevel ext_filter:error lua:error
ExtFilterDefine double mode=input cmd="/bin/sed s/a/aa/g"
ExtFilterDefine same mode=input cmd="/bin/cat"
ExtFilterDefine shorter mode=input cmd="/usr/bin/tr -d b"
LuaInputFilter doubled {folder}/filters.lua double
LuaInputFilter ending {folder}/filters.lua ending
JkWorkerProperty worker.list=w
JkWorkerProperty worker.w.port={port}
JkMount /* w
<Location /double>
  SetInputFilter double
</Location>
<Location /double/unsized>
  SetEnv JK_IGNORE_CL 1
</Location>
<Location /same>
  SetInputFilter same
</Location>
<Location /shorter>
  SetInputFilter shorter
</Location>
<Location /lua>
  SetInputFilter doubled
</Location>
<Location /ending>
  SetInputFilter ending
</Location>
<Location /latin>
  CharsetSourceEnc UTF-8
  CharsetDefault ISO-8859-1
  CharsetOptions TranslateAllMimeTypes
</Location>
<Location /inflated>
  SetInputFilter DEFLATE
</Location>
<Location /inflated-same>
  SetInputFilter DEFLATE;same
</Location>
"""
MODULES = ["charset_lite", "deflate", "env", "ext_filter", "lua"]
LUA = """
function double(r)
  coroutine.yield()
  while bucket do
    coroutine.yield(bucket:gsub('a', 'aa'))
  end
  coroutine.yield()
end

function ending(r)
  coroutine.yield()
  coroutine.yield(bucket)
end
"""
LINE = b"a" * 79 + b"\n"


def expected(body):
    return b"%d %s" % (len(body), sha256(body).encode())


class Site:
    def __init__(self, make, folder):
        folder.chmod(0o755)
        (folder / "filters.lua").write_text(LUA)
        self.peer = make.peer(ajp_peer.digest)
        self.server = make.httpd(CONFIG.format(port=self.peer.port, folder=folder),
                                 modules=MODULES)
        self.port = self.server.port


@pytest.fixture(scope="module")
def shared_site(make_for_module, tmp_path_factory):
    folder = tmp_path_factory.mktemp("filters")
    for parent in (folder.parent, folder.parent.parent):
        os.chmod(parent, 0o755)  # httpd's children are another user
    return Site(make_for_module, folder)


@pytest.fixture
def site(shared_site):
    shared_site.peer.forget()
    return shared_site


def chunked(port, path, body, step, headers=()):
    with Client(port) as client:
        pieces = [body[at:at + step] for at in range(0, len(body), step)]
        return client.request("POST", path, headers, chunked=pieces)


# A filter gives more than it was asked for ---------------------------------------------------


@pytest.mark.parametrize("step", [100, 8000, 32000])
@pytest.mark.parametrize("path", ["/double", "/lua"])
def test_a_body_that_grows_arrives_whole(site, path, step):
    body = LINE * 400
    answer = chunked(site.port, path, body, step)
    assert (answer.status, answer.body) == (200, expected(body.replace(b"a", b"aa")))


def test_a_body_in_another_charset_arrives_whole(site):
    body = "\u00e4" * 20000
    answer = chunked(site.port, "/latin", body.encode("latin-1"), 8000, [("Content-Type", "text/plain")])
    assert (answer.status, answer.body) == (200, expected(body.encode()))


def test_a_body_that_grows_without_a_length(site):
    """JK_IGNORE_CL: what the client announced is not told."""
    body = LINE * 400
    answer = request(site.port, "POST", "/double/unsized", body=body)
    assert (answer.status, answer.body) == (200, expected(body.replace(b"a", b"aa")))
    assert site.peer.requests[0].request.content_length is None


# Filters that change the length that the backend is told -------------------------------------


@pytest.mark.parametrize("size", [1, 100, 8186, 8187, 8192, 40000, 300000])
@pytest.mark.parametrize("path", ["/same", "/latin", "/inflated"])
def test_a_body_that_keeps_its_length(site, path, size):
    """Of a body that is not compressed mod_deflate steps aside."""
    body = pattern(size).translate(bytes(i & 0x7f for i in range(256)))
    answer = request(site.port, "POST", path, [("Content-Type", "text/plain")], body=body)
    assert (answer.status, answer.body) == (200, expected(body))
    assert site.peer.requests[0].request.content_length == size


@pytest.mark.parametrize("size", [2, 8186, 8187, 40000, 300000])
@pytest.mark.parametrize("coding", ["gzip", "x-gzip"])
@pytest.mark.parametrize("path", ["/inflated", "/inflated-same"])
def test_an_inflated_body_arrives_whole(site, path, coding, size):
    body = pattern(size)
    packed = gzip.compress(body, 1)
    headers = [("Content-Encoding", coding), ("Content-MD5", "of the compressed one")]
    answer = request(site.port, "POST", path, headers, body=packed)
    assert (answer.status, answer.body) == (200, expected(body))
    sent = site.peer.requests[0].request
    assert sent.content_length is None
    assert sent.values("content-encoding") == [] and sent.values("content-md5") == []


def test_a_body_that_is_no_gzip_never_leaves(site):
    answer = request(site.port, "POST", "/inflated", [("Content-Encoding", "gzip")],
                     body=b"it is not" * 100)
    assert answer.status == 400
    assert site.peer.requests == []


def test_an_inflated_upload_that_breaks_off(site):
    packed = gzip.compress(pattern(300000), 1)
    with Client(site.port) as client:
        client.head("POST", "/inflated", [("Content-Encoding", "gzip"),
                                          ("Content-Length", str(len(packed)))])
        client.send(packed[:len(packed) // 2])
        client.half_close()
        assert client.closed()
    assert not any(exchange.ended for exchange in site.peer.requests)


@pytest.mark.parametrize("path, how", [("/double", "longer"), ("/shorter", "shorter")])
@pytest.mark.parametrize("lines", [1, 100, 400])
def test_a_changed_length_is_no_complete_body(site, path, how, lines):
    """The filter does not say that it changes the length: the container does not get its last
    bytes, the client gets 500, and the log says what to do."""
    body = (b"a" * 50 + b"b" * 29 + b"\n") * lines
    answer = request(site.port, "POST", path, body=body)
    assert answer.status == 500
    assert not any(exchange.ended for exchange in site.peer.requests)
    assert all(exchange.body_size < len(body) for exchange in site.peer.requests)
    log = site.server.jk_log().splitlines()
    assert "made the body %s than its Content-Length of %d" % (how, len(body)) in log[-2]
    assert "set JK_IGNORE_CL" in log[-2]
    assert "failed with 500 [client-body]" in log[-1] or "ended with 500 [client-body]" in log[-1]
    assert get(site.port, "/x").status == 200


def test_a_filter_that_gives_up(site):
    """What it gave before is no complete body."""
    assert chunked(site.port, "/ending", LINE, 10).status == 400
    assert not any(exchange.ended for exchange in site.peer.requests)


@pytest.mark.parametrize("path", ["/same", "/double", "/inflated", "/lua"])
@pytest.mark.parametrize("way", ["sized", "chunked"])
def test_an_answer_that_does_not_wait_for_the_body(site, path, way):
    """What was read and not taken is no part of the next request on the client's connection."""
    body = gzip.compress(pattern(20000)) if path == "/inflated" else b"b" * 20000
    headers = [("Content-Encoding", "gzip")] if path == "/inflated" else []
    sent = {"chunked": [body]} if way == "chunked" else {"body": body}
    site.peer.behaviour = ajp_peer.respond(body=b"early")
    try:
        with Client(site.port) as client:
            for _ in range(2):
                assert client.request("POST", path, headers, **sent).body == b"early"
    finally:
        site.peer.behaviour = ajp_peer.digest


# An early answer is no end of the body -------------------------------------------------------


@pytest.mark.parametrize("status", [200, 404, 503])
def test_a_body_that_is_asked_for_behind_an_early_status(make, status):
    """The container answers, and asks for the body then, for which the client awaits its 100."""
    def behave(exchange):
        exchange.head(status, [("Content-Type", "text/plain")])
        exchange.read_body()
        exchange.chunk(b"got " + exchange.body)
        exchange.end()

    peer = make.peer(behave)
    server = make.httpd("JkWorkerProperty worker.list=w\nJkWorkerProperty worker.w.port=%d\n"
                        "JkMount /* w\n" % peer.port)
    with Client(server.port) as client:
        client.head("POST", "/x", [("Expect", "100-continue"), ("Transfer-Encoding", "chunked")])
        assert client._line() == "HTTP/1.1 100 Continue" and client._line() == ""
        client.chunk(b"hello")
        client.chunk(b"")
        answer = client.response()
    assert (answer.status, answer.body) == (status, b"got hello")
    assert peer.requests[0].ended
