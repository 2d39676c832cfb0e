"""directives.md 3.6 and 3.7: variables that replace what httpd knows of a connection, and of TLS.

Each test is named after its chapter there.
"""

import pytest

import ajp_peer
from support import get

WORKER = """
JkWorkerProperty worker.list=w
JkWorkerProperty worker.w.port=%d
"""


@pytest.fixture(scope="module")
def peer(make_for_module):
    return make_for_module.peer(name="w")


@pytest.fixture(autouse=True)
def forget(peer):
    peer.forget()
    peer.behaviour = ajp_peer.respond(body=b"w")


def sent_to(peer):
    assert len(peer.requests) == 1
    return peer.requests[0].request


# 3.6 Metadata ---------------------------------------------------------------------------------

FIELDS = {  # indicator: its usual variable, how to see it
    "RemoteAddr": ("JK_REMOTE_ADDR", lambda sent: sent.remote_addr),
    "RemotePort": ("JK_REMOTE_PORT", lambda sent: sent.attribute("AJP_REMOTE_PORT")),
    "RemoteHost": ("JK_REMOTE_HOST", lambda sent: sent.remote_host),
    "RemoteUser": ("JK_REMOTE_USER", lambda sent: sent.attribute("remote_user")),
    "AuthType": ("JK_AUTH_TYPE", lambda sent: sent.attribute("auth_type")),
    "LocalName": ("JK_LOCAL_NAME", lambda sent: sent.server_name),
    "LocalAddr": ("JK_LOCAL_ADDR", lambda sent: sent.attribute("AJP_LOCAL_ADDR")),
    "LocalPort": ("JK_LOCAL_PORT", lambda sent: str(sent.server_port)),
}


@pytest.fixture(scope="module")
def indicators(make_for_module, peer):
    """The usual names in the main server, others in a host, the main server's in another."""
    usual = "\n".join("SetEnvIf X-%s ^=(.*)$ %s=$1" % (n, v[0]) for n, v in FIELDS.items())
    renamed = "\n".join("Jk%sIndicator OWN_%s\nSetEnvIf X-%s ^=(.*)$ OWN_%s=$1" % ((n,) * 4)
                        for n in FIELDS)
    return make_for_module.httpd(WORKER % peer.port + """
JkMount /* w
JkMountCopy All
%s
<VirtualHost 127.0.0.1:@PORT2@>
%s
</VirtualHost>
<VirtualHost 127.0.0.1:@PORT3@>
%s
</VirtualHost>
""" % (usual, renamed, usual), ports=3, modules=["setenvif"])


@pytest.mark.parametrize("host", [0, 1, 2], ids=["main", "renamed", "inherited"])
@pytest.mark.parametrize("name", FIELDS)
def test_3_6_indicator(indicators, peer, name, host):
    value = "4711" if name.endswith("Port") else "6.6.6.6"
    assert get(indicators.ports[host], "/x", [("X-" + name, "=" + value)]).status == 200
    assert FIELDS[name][1](sent_to(peer)) == value


EMPTY = {"RemoteAddr": None, "RemotePort": None, "RemoteHost": None, "RemoteUser": None,
         "AuthType": None, "LocalName": "", "LocalAddr": "", "LocalPort": "0"}


@pytest.mark.parametrize("name", FIELDS)
def test_3_6_empty_value(indicators, peer, name):
    assert get(indicators.port, "/x", [("X-" + name, "=")]).status == 200
    assert FIELDS[name][1](sent_to(peer)) == EMPTY[name]


# 3.7 TLS ------------------------------------------------------------------------------------------

TLS = {  # directive: its usual variable, the attribute
    "JkCERTSIndicator": ("SSL_CLIENT_CERT", "ssl_cert"),
    "JkCIPHERIndicator": ("SSL_CIPHER", "ssl_cipher"),
    "JkSESSIONIndicator": ("SSL_SESSION_ID", "ssl_session"),
    "JkKEYSIZEIndicator": ("SSL_CIPHER_USEKEYSIZE", "ssl_key_size"),
    "JkSSLPROTOCOLIndicator": ("SSL_PROTOCOL", "AJP_SSL_PROTOCOL"),
}


@pytest.fixture(scope="module")
def variables(make_for_module, peer):
    """Variables of TLS set by hand, under their usual names and under others."""
    def lines(prefix):
        return "\n".join("SetEnvIf X-%s ^=(.*)$ %s%s=$1" % (n, prefix, n)
                         for n in ["HTTPS"] + [v for v, _ in TLS.values()])

    renamed = "\n".join("%s OWN_%s" % (d, v) for d, (v, _) in TLS.items())
    return make_for_module.httpd(WORKER % peer.port + """
JkMount /* w
JkMountCopy All
%s
<VirtualHost 127.0.0.1:@PORT2@>
  JkHTTPSIndicator OWN_HTTPS
  %s
  %s
</VirtualHost>
""" % (lines(""), renamed, lines("OWN_")), ports=2, modules=["setenvif"])


def tls_values(peer):
    sent = sent_to(peer)
    return {n: v for n, v in sent.attributes if n in [a for _, a in TLS.values()]}


@pytest.mark.parametrize("host", [0, 1], ids=["usual", "renamed"])
@pytest.mark.parametrize("secure", ["on", "ON", "off", "1", ""])
def test_3_7_secure(variables, peer, host, secure):
    """Nothing about TLS is sent unless the connection is said to be secure: on, in any case."""
    get(variables.ports[host], "/x", [("X-HTTPS", "=" + secure)] + [
        ("X-" + v, "=128") for v, _ in TLS.values()])
    on = secure.lower() == "on"
    assert sent_to(peer).is_ssl == on
    assert tls_values(peer) == ({a: 128 if a == "ssl_key_size" else "128"
                                 for _, a in TLS.values()} if on else {})


def test_3_7_empty_variables(variables, peer):
    get(variables.port, "/x", [("X-HTTPS", "=on")] + [
        ("X-" + v, "=") for v, _ in TLS.values() if v != "SSL_CIPHER_USEKEYSIZE"])
    assert tls_values(peer) == {"ssl_cipher": "", "ssl_session": ""}
