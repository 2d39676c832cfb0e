"""What the container is told is true: no client and no slip makes identities or hosts up."""

import re

import pytest

import ajp_peer
import httpd
from ajp_wire import Policy
from support import Client, get

WORKER = """
JkWorkerProperty worker.list=w
JkWorkerProperty worker.w.port=%d
JkMount /* w
"""
RESERVED = ["remote_user", "auth_type", "query_string", "stored_method", "secret", "context",
            "servlet_path", "route", "req_attribute", "ssl_cert", "ssl_cipher", "ssl_session",
            "ssl_key_size", "AJP_REMOTE_PORT", "AJP_SSL_PROTOCOL", "AJP_LOCAL_ADDR",
            "javax.servlet.include.request_uri", "jakarta.servlet.request.cipher_suite",
            "org.apache.catalina.core.DISPATCHER_TYPE"]


def test_at1_headers_of_a_client_stay_headers(make):
    peer = make.peer(ajp_peer.respond())
    server = make.httpd(WORKER % peer.port)
    names = ["AJP_REMOTE_PORT", "AJP_foo", "JK_REMOTE_ADDR", "REMOTE_USER", "X-JK-Route", "Secret",
             "javax.servlet.include.request_uri"]
    assert get(server.port, "/x", [(name, "forged") for name in names]).status == 200
    sent = peer.requests[-1].request
    assert sent.remote_addr == "127.0.0.1"
    assert "forged" not in [value for _, value in sent.attributes]
    assert [v for _, v in sent.headers].count("forged") <= len(names)


def test_a_secret_goes_to_its_own_worker_alone(make):
    """Also where another member without one takes the request over."""
    first, second = make.peer(ajp_peer.cut("before-head")), make.peer(ajp_peer.respond())
    server = make.httpd("""
        JkWorkerProperty worker.list=lb
        JkWorkerProperty worker.lb.type=lb
        JkWorkerProperty worker.lb.balance_workers=a,b
        JkWorkerProperty worker.a.port=%d
        JkWorkerProperty worker.a.secret=of-a-alone
        JkWorkerProperty worker.b.port=%d
        JkMount /* lb
        """ % (first.port, second.port))
    assert get(server.port, "/x", [("Cookie", "JSESSIONID=x.a")]).status == 200
    assert first.requests[0].request.attribute("secret") == "of-a-alone"
    assert second.requests[0].request.attribute("secret") is None


def test_at4_reserved_names_are_not_sent(make):
    peer = make.peer(ajp_peer.respond(), policy=Policy(attributes="REMOTE_USER|SSL_OWN|GREETING"))
    lines = "".join("JkEnvVar %s forged\n" % name for name in RESERVED)
    server = make.httpd(WORKER % peer.port + lines +
                        "JkEnvVar REMOTE_USER nobody\nJkEnvVar GREETING hello\n"
                        "JkEnvVar SSL_OWN mine\n")
    assert get(server.port, "/x").status == 200
    sent = peer.requests[-1].request
    assert "forged" not in [value for _, value in sent.attributes]
    assert sent.attribute("REMOTE_USER") == "nobody" and sent.attribute("GREETING") == "hello"
    assert sent.attribute("SSL_OWN") == "mine"
    log = server.jk_log()
    for name in RESERVED:
        assert 'JkEnvVar "%s" is not sent' % name in log


def test_at4_strict_config_refuses_them(make):
    server = make.keep(httpd.Httpd(
        WORKER % 1 + "JkOptions +StrictConfig\nJkEnvVar remote_user\n"))
    code, text = server.configtest()
    assert code != 0 and re.search(r'httpd.conf:\d+: JkEnvVar "remote_user" is not sent', text)


@pytest.fixture(scope="module", name="hosts")
def servers_without_and_with_strict_host(make_for_module):
    peer = make_for_module.peer(ajp_peer.respond())
    return [(make_for_module.httpd(WORKER % peer.port + options), peer)
            for options in ("", "JkOptions +StrictHost\n")]


@pytest.mark.parametrize("host, bad", [
    ("www.example.com", False), ("a-b.example:8080", False), ("[::1]:80", False),
    ("my_host", True), ("my_host.example:80", True), ("a-.example", True), ("-a.example", True)])
def test_hd9_strict_host(hosts, host, bad):
    for strict, (server, peer) in enumerate(hosts):
        before = len(peer.requests)
        with Client(server.port) as client:
            answer = client.request("GET", "/x", [("Host", host)])
        refused = bad and strict
        assert answer.status == (400 if refused else 200)
        assert len(peer.requests) == before + (0 if refused else 1)
        if not refused:
            assert peer.requests[-1].request.header("host") == host
