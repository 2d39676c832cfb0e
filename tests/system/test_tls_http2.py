"""TLS and HTTP/2 in front: what the container learns of the connection, and bodies over it."""

import ssl
import subprocess

import pytest

import ajp_peer
from support import Http2Client, get, pattern, request, sha256, tls_context, wait_for

CONFIG = """
JkWorkerProperty worker.list=w
JkWorkerProperty worker.w.port=%(port)d
JkWorkerProperty worker.w.max_packet_size=16384
JkMount /* w
JkMountCopy All
Protocols h2 h2c http/1.1
SetEnvIf X-Forge (.+) HTTPS=$1
SSLSessionCache shmcb:@DIR@/ssl-cache(512000)
SSLSessionTickets off
<VirtualHost 127.0.0.1:@PORT2@>
  SSLEngine on
  SSLCertificateFile %(certs)s/server.pem
  SSLCertificateKeyFile %(certs)s/server.key
  SSLCACertificateFile %(certs)s/ca.pem
  SSLVerifyClient optional
  SSLOptions +StdEnvVars +ExportCertData
</VirtualHost>
<VirtualHost 127.0.0.1:@PORT3@>
  SSLEngine on
  SSLCertificateFile %(certs)s/server.pem
  SSLCertificateKeyFile %(certs)s/server.key
  SSLOptions +StdEnvVars
  JkExtractSSL Off
</VirtualHost>
<VirtualHost 127.0.0.1:@PORT4@>
  SSLEngine on
  SSLCertificateFile %(certs)s/server.pem
  SSLCertificateKeyFile %(certs)s/server.key
  SSLOptions +StdEnvVars
  JkOptions -ForwardKeySize
</VirtualHost>
"""
SSL_ATTRIBUTES = ("ssl_cert", "ssl_cipher", "ssl_session", "ssl_key_size", "AJP_SSL_PROTOCOL")


@pytest.fixture(scope="module")
def peer(make_for_module):
    return make_for_module.peer(packet_size=16384)


@pytest.fixture(scope="module")
def server(make_for_module, peer, certificates):
    return make_for_module.httpd(CONFIG % {"port": peer.port, "certs": certificates}, ports=4,
                                 modules=["socache_shmcb", "ssl", "http2", "setenvif"])


@pytest.fixture(autouse=True)
def fresh(peer):
    peer.forget()
    peer.behaviour = ajp_peer.respond(body=b"hello")


def ssl_attributes(request_):
    return {n: v for n, v in request_.attributes if n in SSL_ATTRIBUTES}


@pytest.mark.parametrize("version,name", [(ssl.TLSVersion.TLSv1_2, "TLSv1.2"),
                                          (ssl.TLSVersion.TLSv1_3, "TLSv1.3")])
def test_client_certificate(server, peer, certificates, version, name):
    context = tls_context(certificates)
    context.maximum_version = context.minimum_version = version
    assert get(server.ports[1], "/x", tls=context).body == b"hello"
    sent = peer.requests[0].request
    attributes = ssl_attributes(sent)
    assert sent.is_ssl and sent.server_port == server.ports[1]
    assert attributes["AJP_SSL_PROTOCOL"] == name
    assert attributes["ssl_key_size"] in (128, 256) and attributes["ssl_cipher"]
    with open(certificates + "/client.pem") as file:
        assert attributes["ssl_cert"].split() == file.read().split()
    assert len(attributes["ssl_session"]) == 64
    assert [n for n, _ in sent.attributes].count("ssl_cert") == 1


def test_without_client_certificate(server, peer, certificates):
    get(server.ports[1], "/x", tls=tls_context(certificates, client=False))
    attributes = ssl_attributes(peer.requests[0].request)
    assert "ssl_cert" not in attributes and attributes["ssl_cipher"]


def test_d36_extraction_switched_off(server, peer, certificates):
    get(server.ports[2], "/x", tls=tls_context(certificates))
    sent = peer.requests[0].request
    assert not sent.is_ssl and ssl_attributes(sent) == {}


def test_key_size_switched_off(server, peer, certificates):
    get(server.ports[3], "/x", tls=tls_context(certificates))
    attributes = ssl_attributes(peer.requests[0].request)
    assert "ssl_key_size" not in attributes and attributes["ssl_cipher"]


def test_plain_connection_has_no_ssl_attributes(server, peer):
    get(server.port, "/x", [("X-Forwarded-Proto", "https")])
    sent = peer.requests[0].request
    assert not sent.is_ssl and ssl_attributes(sent) == {}


def test_certificate_that_does_not_fit(make, certificates):
    """With the default packet size a chain of several certificates may not fit: 413, no cut."""
    peer = make.peer()
    server = make.httpd("""
JkWorkerProperty worker.list=w
JkWorkerProperty worker.w.port=%d
JkMount /* w
SetEnvIf Host . HTTPS=on SSL_CLIENT_CERT=%s
""" % (peer.port, "x" * 7000), modules=["setenvif"])
    assert get(server.port, "/x", [("X-Pad", "p" * 4000)]).status == 413
    assert peer.requests == []
    assert wait_for(lambda: "max_packet_size" in server.logs())


def test_body_over_tls(server, certificates, peer):
    peer.behaviour = ajp_peer.digest
    body = pattern(300000)
    answer = request(server.ports[1], "POST", "/x", body=body, tls=tls_context(certificates))
    assert answer.body == b"300000 " + sha256(body).encode()


# HTTP/2 --------------------------------------------------------------------------------------


@pytest.fixture(params=["h2c", "h2"])
def client(request, server, certificates):
    tls = tls_context(certificates) if request.param == "h2" else None
    with Http2Client(server.ports[1 if tls else 0], tls) as client:
        yield client


def test_http2_get(client, peer):
    answer = client.request(path="/x?q=1", headers=[("cookie", "a=1"), ("cookie", "b=2")])
    assert (answer.status, answer.body) == (200, b"hello")
    sent = peer.requests[0].request
    assert sent.protocol == "HTTP/2.0" and sent.method == "GET" and sent.uri == "/x"
    assert sent.attribute("query_string") == "q=1" and sent.header("cookie") == "a=1; b=2"
    assert sent.header("host") == "localhost" and sent.content_length == 0
    assert not any(name.startswith(":") for name, _ in sent.headers)
    assert sent.is_ssl == (client.scheme == "https")


def test_http2_response_headers(client, peer):
    peer.behaviour = ajp_peer.respond(headers=[
        ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"), ("Connection", "close"),
        ("Keep-Alive", "timeout=1"), ("Transfer-Encoding", "gzip"), ("Upgrade", "x"),
        ("X-Mine", "1")], body=b"hello", length=False)
    answer = client.request(path="/x")
    assert answer.complete and answer.values("set-cookie") == ["a=1", "b=2"]
    assert answer.header("x-mine") == "1"
    for name in ("connection", "keep-alive", "transfer-encoding", "upgrade"):
        assert answer.values(name) == []


@pytest.mark.parametrize("size", [0, 1, 767, 8186, 16378, 16379, 300000])
def test_http2_upload_of_unknown_length(client, peer, size):
    peer.behaviour = ajp_peer.digest
    body = pattern(size)
    answer = client.request("POST", "/x", body=body)
    assert answer.body == b"%d %s" % (size, sha256(body).encode())
    assert peer.requests[0].request.content_length in (None, 0)


def test_http2_upload_of_known_length(client, peer):
    peer.behaviour = ajp_peer.digest
    body = pattern(100000)
    answer = client.request("POST", "/x", [("content-length", "100000")], body)
    assert answer.body == b"100000 " + sha256(body).encode()
    assert peer.requests[0].request.content_length == 100000


def test_http2_download(client, peer):
    body = pattern(1000000)
    peer.behaviour = ajp_peer.respond(body=body)
    assert client.request(path="/x").body == body


def test_http2_streams_side_by_side(client, peer):
    peer.behaviour = ajp_peer.delay(0.2, ajp_peer.respond(body=b"slow"))
    streams = [client.start("GET", "/%d" % n) for n in range(6)]
    assert [client.response(s).body for s in streams] == [b"slow"] * 6
    assert len({x.connection.number for x in peer.requests}) == 6
    assert sorted(peer.uris()) == ["/%d" % n for n in range(6)]


def test_http2_streams_have_a_connection_each(make):
    """Six threads of mod_http2 beside the four of the child."""
    peer = make.peer(ajp_peer.delay(1, ajp_peer.respond(body=b"slow")))
    httpd = make.httpd("""
JkWorkerProperty worker.list=w
JkWorkerProperty worker.w.port=%d
JkMount /* w
Protocols h2c http/1.1
""" % peer.port, modules=["http2"], threads=4)
    with Http2Client(httpd.port) as client:
        streams = [client.start("GET", "/%d" % n) for n in range(12)]
        assert [client.response(s).status for s in streams] == [200] * 12


def test_http2_head_and_no_content(client, peer):
    answer = client.request("HEAD", "/x")
    assert answer.status == 200 and answer.body == b"" and answer.header("content-length") == "5"
    peer.behaviour = lambda x: (x.head(204), x.end())
    assert client.request(path="/x").status == 204


def test_http2_cut_answer_is_a_reset_stream(client, peer):
    peer.behaviour = ajp_peer.cut("before-end")
    answer = client.request(path="/x")
    assert answer.status == 502 or (answer.reason == "reset" and not answer.complete)
    assert len(peer.requests) == 1
    peer.behaviour = ajp_peer.respond(body=b"next")
    assert client.request(path="/y").body == b"next"


def test_http2_stream_that_the_client_resets(client, peer):
    """A reset stream ends its exchange; the connection to the container is not used again."""
    peer.behaviour = ajp_peer.download(50 << 20, pattern(100000))
    stream = client.start("GET", "/x")
    while not client.streams[stream].body:
        client._read()
    client.reset(stream)
    assert peer.requests[0].connection.wait_closed(10)


def test_curl_over_http2(server, certificates):
    """A client that is not ours: an upload from a pipe has no length over HTTP/2."""
    run = subprocess.run(
        ["curl", "-sk", "--http2", "-T", "-", "-X", "POST", "-w", " %{http_code} %{http_version}",
         "https://127.0.0.1:%d/x" % server.ports[1]], input=pattern(50000),
        capture_output=True, timeout=30, check=True)
    assert run.stdout == b"hello 200 2"
