"""directives.md 3.8 to 5: what decides whether a request is forwarded, and as what.

Each test is named after its chapter there.
"""

import threading

import pytest

import ajp_peer
import httpd as httpd_module
from ajp_wire import Policy
from support import Client, get, request

WORKER = """
JkWorkerProperty worker.list=w
JkWorkerProperty worker.w.port=%d
"""


@pytest.fixture(scope="module")
def peer(make_for_module):
    return make_for_module.peer(name="w", policy=Policy(attributes="[A-Z]+"))


@pytest.fixture(autouse=True)
def forget(peer):
    peer.forget()
    peer.behaviour = ajp_peer.respond(body=b"w")


def sent_to(peer):
    assert len(peer.requests) == 1
    return peer.requests[0].request


# 3.8 JkOptions, 3.9 JkEnvVar, 5.1 request path -------------------------------------------------

OPTIONS = WORKER + """
JkMount /* w
JkMountCopy All
JkOptions +AllowBackslash +DisableReuse +ForwardURICompat
AllowEncodedSlashes NoDecode
JkEnvVar ONE main
JkEnvVar TWO main
JkEnvVar THREE ""
SetEnvIf X-Empty ^()1 ONE=$1
SetEnvIf X-Set . ONE=set TWO=set THREE=set
<VirtualHost 127.0.0.1:@PORT2@>
  JkOptions +ForwardURIProxy -DisableReuse
  AllowEncodedSlashes NoDecode
  JkEnvVar TWO first
  JkEnvVar TWO host
  JkEnvVar FOUR host
</VirtualHost>
<VirtualHost 127.0.0.1:@PORT3@>
  JkOptions +ForwardURIEscaped ForwardURICompatUnparsed FlushHeader
  AllowEncodedSlashes NoDecode
</VirtualHost>
<VirtualHost 127.0.0.1:@PORT4@>
  JkOptions +ForwardURIProxy
  jkoptions +forwarduriescaped
  AllowEncodedSlashes NoDecode
</VirtualHost>
<VirtualHost 127.0.0.1:@PORT5@>
  JkOptions -AllowBackslash
</VirtualHost>
"""
PATHS = [  # as received; Proxy, Compat, Unparsed, Escaped; None for as received
    ("/app/a%20b", None, "/app/a b", None, None),
    ("/app/a%3Bb", "/app/a;b", "/app/a;b", None, "/app/a;b"),
    ("/app/a;b=c/d", None, None, None, None),
    ("/app/a%253Bb", None, "/app/a%3Bb", None, None),
    ("/app/a%25b", None, "/app/a%b", None, None),
    ("/app/%C3%A9", None, "/app/\xc3\xa9", None, "/app/%c3%a9"),
    ("/app/x/%2e%2e/y", "/app/y", "/app/y", None, "/app/y"),
    ("/app/./y", "/app/y", "/app/y", None, "/app/y"),
    ("/app//y", "/app/y", "/app/y", None, "/app/y"),
    ("/app/a%5Cb", None, "/app/a\\b", None, "/app/a%5cb"),
    ("/app/[x]{y}|^", "/app/%5Bx%5D%7By%7D%7C%5E", None, None, "/app/%5bx%5d%7by%7d%7c%5e"),
    ("/app/a%2Fb", None, None, None, "/app/a%2Fb"),
    ("http://h/app/x", "/app/x", "/app/x", "/app/x", "/app/x"),  # origin form: ajp13.md 5.1
    ("/app/x?a=%20?b", "/app/x", "/app/x", "/app/x", "/app/x"),
]


@pytest.fixture(scope="module")
def options(make_for_module, peer):
    return make_for_module.httpd(OPTIONS % peer.port, ports=5, modules=["setenvif"])


@pytest.mark.parametrize("how,host", [("Proxy", 2), ("Compat", 1), ("Unparsed", 3),
                                      ("Escaped", 4)])
@pytest.mark.parametrize("row", PATHS, ids=[row[0] for row in PATHS])
def test_5_1_path(options, peer, row, how, host):
    path = row[0]
    expected = row[("Proxy", "Compat", "Unparsed", "Escaped").index(how) + 1] or path
    with Client(options.ports[host - 1]) as client:
        assert client.request("GET", path).status == 200
    uri = sent_to(peer).uri
    if "%2F" in path and how == "Escaped":
        uri = uri.replace("%2f", "%2F")  # either case of the digits will do
    assert uri == expected
    if "?" in path:
        assert sent_to(peer).attribute("query_string") == "a=%20?b"


def test_3_8_minus_against_the_main_server(options, peer):
    assert get(options.ports[4], "/app/a%5Cb").status == 400
    for port, count in ((options.port, 3), (options.ports[1], 1)):
        peer.forget()
        with Client(port) as client:
            for _ in range(3):
                assert client.request(path="/app/x").status == 200
        assert len({x.connection.number for x in peer.requests}) == count


def test_3_8_flush_header(options, peer):
    """The head is there before the container goes on; without the option it need not be."""
    seen = threading.Event()
    late = []

    def behave(exchange):
        exchange.head()
        late.append(not seen.wait(5))
        exchange.chunk(b"body")
        exchange.end()

    peer.behaviour = behave
    with Client(options.ports[2]) as client:
        client.head("GET", "/app/x")
        assert client.more() and client._buffer.startswith(b"HTTP/1.1 200")
        seen.set()
        assert client.response().body == b"body"
    assert late == [False]


@pytest.mark.parametrize("host,headers,expected", [
    (1, [], [("ONE", "main"), ("TWO", "main")]),
    (1, [("X-Empty", "1")], [("ONE", ""), ("TWO", "main")]),
    (3, [], [("ONE", "main"), ("TWO", "main")]),
    (2, [], [("TWO", "host"), ("FOUR", "host"), ("ONE", "main")]),
])
def test_3_9_environment(options, peer, host, headers, expected):
    get(options.ports[host - 1], "/app/x", headers)
    assert [(n, v) for n, v in sent_to(peer).attributes
            if n in ("ONE", "TWO", "THREE", "FOUR")] == expected


def test_3_9_set_variables(options, peer):
    get(options.port, "/app/x", [("X-Set", "1")])
    assert [(n, v) for n, v in sent_to(peer).attributes if v == "set"] == [
        ("ONE", "set"), ("TWO", "set"), ("THREE", "set")]


# 4 Other modules --------------------------------------------------------------------------------

OTHERS = WORKER + """
JkWorkerProperty worker.list=lb
JkWorkerProperty worker.lb.type=lb
JkWorkerProperty worker.lb.balance_workers=member
JkWorkerProperty worker.member.port=%d
JkMount /app/* w
JkMount /member/* member
JkMount /ctx/*.jsp w
JkMount /aliased/*.jsp w
JkMount /mounted w
JkOptions +ForwardDirectories
JkAutoAlias @DIR@/webapps
JkWorkerIndicator WORKER
DirectoryIndex index.jsp index.html
TypesConfig /dev/null
Alias /app/alias @DIR@/htdocs
Alias /aliased @DIR@/htdocs/aliased
Redirect /app/moved http://elsewhere/
RewriteEngine On
RewriteRule ^/app/secret$ /plain.txt
RewriteRule ^/pt$ /app/pt [PT]
RewriteRule ^/nopt$ /app/nopt
RewriteRule ^/h/ - [H=jakarta-servlet,E=WORKER:w]
SetEnvIf Request_URI ^/dirs/ WORKER=w
SetEnvIf Request_URI ^/app/local\\. no-jk
RewriteRule ^/app/rewritten - [E=no-jk:1]
<Location /app/late>
  SetEnv no-jk 1
</Location>
<Location /app/denied>
  Require all denied
</Location>
<Directory @DIR@/htdocs>
  Options +Includes
  AddOutputFilter INCLUDES .shtml
  Require all granted
</Directory>
<Directory @DIR@/htdocs/app>
  Require all denied
</Directory>
<Directory @DIR@/webapps>
  Require all granted
</Directory>
<Files blocked>
  Require all denied
</Files>
<Location /type>
  ForceType application/x-jakarta-servlet
</Location>
"""
FILES = {
    "htdocs/plain.txt": "plain", "htdocs/page.shtml": '<!--#include virtual="/app/part" -->',
    "htdocs/app/local.txt": "local", "htdocs/type/x": "typed", "htdocs/dirs/x": "x",
    "htdocs/sub/index.html": "index", "webapps/ctx/d/index.jsp": "source",
    "htdocs/aliased/d/other": "x", "htdocs/aliased/e/index.jsp": "source",
}
CASES = [  # chapter, path, who or what answers, what was forwarded
    ("4.1 directory sections do not apply", "/app/x", "w", "/app/x"),
    ("4.1 files sections do not apply", "/app/blocked", "w", "/app/blocked"),
    ("4.1 location sections do", "/app/denied/x", 403, None),
    ("4.1 rewritten, passed through", "/pt", "w", "/app/pt"),
    ("4.1 rewritten with a handler", "/h/x", "w", "/h/x"),
    ("4.1 the mount wins over Alias", "/app/alias/x", "w", "/app/alias/x"),
    ("4.1 Redirect of a module loaded before", "/app/moved", 302, None),
    ("4.1 server side include", "/page.shtml", "w", "/app/part"),
    ("4.3 directory without slash", "/sub", 301, None),
    ("4.3 directory that is mounted itself", "/mounted", "w", "/mounted"),
    ("4.3 ForwardDirectories", "/dirs/", "w", "/dirs/"),
    ("4.3 a local index comes first", "/sub/", "index", None),
    ("4.3 index below JkAutoAlias", "/ctx/d/", "w", "/ctx/d/index.jsp"),
    ("4.3 index that another module translated", "/aliased/d/", "w", "/aliased/d/"),
    ("4.3 index file that another module translated", "/aliased/e/", "w", "/aliased/e/index.jsp"),
    ("4.4 no-jk set too late", "/app/late", 404, None),
    ("4.4 a content type is no handler", "/type/x", "typed", None),
    ("4.4 member of a balancer only", "/member/x", 500, None),
]


@pytest.fixture(scope="module")
def others(make_for_module, peer):
    server = make_for_module.keep(httpd_module.Httpd(
        OTHERS % (peer.port, peer.port),
        modules=["env", "setenvif", "dir", "alias", "rewrite", "include", "mime"]))
    for name, text in FILES.items():
        server.file(name, text)
    return server.start()


@pytest.mark.parametrize("path,expected,forwarded", [case[1:] for case in CASES],
                         ids=[case[0] for case in CASES])
def test_4(others, peer, path, expected, forwarded):
    answer = get(others.port, path)
    if isinstance(expected, int):
        assert answer.status == expected
    else:
        assert (answer.status, answer.text) == (200, expected)
    assert peer.uris() == ([forwarded] if forwarded else [])


def test_4_1_no_jk_in_time(others, peer):
    for path in ("/app/local.txt", "/app/rewritten"):
        assert get(others.port, path).status == 403  # httpd's own <Directory> decides
    assert peer.requests == []


def test_4_1_proxy_requests_are_not_ours(others, peer):
    with Client(others.port) as client:
        assert client.request("GET", "http://other/app/x").text == "w"
        assert client.request("CONNECT", "other:80").status in (400, 405)
    assert peer.uris() == ["/app/x"]


def test_4_3_no_directories_without_the_option(make, peer):
    """A probe mapped after another module's translation does not make the directory ours."""
    server = make.keep(httpd_module.Httpd(WORKER % peer.port + """
JkMount /aliased/*.jsp w
DirectoryIndex index.jsp
Alias /aliased @DIR@/htdocs/aliased
""", modules=["dir", "alias"]))
    server.file("htdocs/aliased/d/other", "x")
    server.file("htdocs/aliased/e/index.jsp", "source")
    server.start()
    assert get(server.port, "/aliased/d/").status in (403, 404) and peer.requests == []
    assert get(server.port, "/aliased/e/").text == "w"
    assert peer.uris() == ["/aliased/e/index.jsp"]


def test_5_4_ignored_length_by_another_name(make, peer):
    server = make.httpd(WORKER % peer.port + """
JkMount /* w
JkIgnoreCLIndicator NO_LENGTH
SetEnvIf X-None ^()1 NO_LENGTH=$1
""", modules=["setenvif"])
    peer.behaviour = ajp_peer.echo
    assert request(server.port, "POST", "/x", [("X-None", "1")], b"body").body == b"body"
    assert sent_to(peer).content_length is None
    peer.forget()
    assert request(server.port, "POST", "/x", body=b"body").body == b"body"
    assert sent_to(peer).content_length == 4


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_5_3_credentials_pass(others, peer, method):
    request(others.port, method, "/app/x", [("Authorization", "Basic YTpi")])
    assert sent_to(peer).header("authorization") == "Basic YTpi"
