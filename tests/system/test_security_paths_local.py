"""security.md C.1 where no mount decides: files that httpd serves itself (JkStripSession,
JkAutoAlias), requests that get to a worker by the handler's name, and directories.

What httpd denies under one spelling of a path it denies under all that lead to the same place.
"""

import pytest

import ajp_peer
from ajp_wire import Policy
from security_site import virtual_hosts
from support import Client, get, request as ask_for

BASE = """
JkWorkerProperty worker.list=w
JkWorkerProperty worker.w.port=%d
"""
DENIED = """
<Location %s>
  Require all denied
</Location>
"""
OPEN = """
<Directory @DIR@>
  Require all granted
</Directory>
"""


def ask(peer, port, path, method="GET", headers=()):
    """The answer to a path as it stands, and the URIs that the peer has seen."""
    peer.forget()
    with Client(port) as client:
        answer = client.request(method, path, list(headers))
    return answer, peer.uris()


# JkStripSession -----------------------------------------------------------------------------------

@pytest.fixture(scope="module", params=["JkMount /app/* w\n", ""], ids=["mounts", "no-mounts"])
def stripping(make_for_module, request):
    peer = make_for_module.peer()
    server = make_for_module.httpd(BASE % peer.port + request.param + "JkStripSession On\n" +
                                   DENIED % "/secret" + OPEN)
    for name in ("htdocs/secret/a.txt", "htdocs/open.txt", "htdocs/x/y/b.txt", "outside.txt"):
        server.file(name, "content")
    return server


@pytest.mark.parametrize("path,status", [
    ("/open.txt", 200), ("/open.txt;jsessionid=1", 200), ("/x;jsessionid=1/y/b.txt", 200),
    ("/x/;jsessionid=1/y/b.txt", 200), ("/;jsessionid=1/open.txt", 200),
    ("/secret/a.txt", 403), ("/secret;jsessionid=1/a.txt", 403), ("/secret/a.txt;jsessionid=1", 403),
    ("/;jsessionid=1/secret/a.txt", 403), ("/x/;jsessionid=1/../../secret/a.txt", (403, 404)),
    ("/x/..;jsessionid=1/secret/a.txt", 400), ("/.;jsessionid=1/secret/a.txt", 400),
    ("/x/.;jsessionid=1/../../secret/a.txt", 403), ("/x/.;jsessionid=1/../secret/a.txt", 404), ("/x/%2e%2e%3bjsessionid=1/secret/a.txt", 400),
    ("/..;jsessionid=1/outside.txt", 400), ("/x/..;jsessionid=1/..;jsessionid=1/outside.txt", 400),
])
def test_session_ids_hide_no_path(stripping, path, status):
    answer = get(stripping.port, path)
    assert answer.status in (status if isinstance(status, tuple) else (status,))
    assert answer.status != 200 or answer.text == "content"


# JkAutoAlias --------------------------------------------------------------------------------------

@pytest.fixture(scope="module")
def aliased(make_for_module):
    peer = make_for_module.peer()
    server = make_for_module.httpd(
        BASE % peer.port + "JkMount /app/*.jsp w\nJkAutoAlias @DIR@/webapps\n" +
        DENIED % "/app/locked" + OPEN, modules=["dir"])
    for name in ("locked/a.txt", "open.txt", "d/index.html"):
        server.file("webapps/app/" + name, "content")
    return server


@pytest.mark.parametrize("path,status", [
    ("/app/open.txt", 200), ("/app;x/open.txt", 200), ("/app/y/..;/open.txt", 200),
    ("/app/d/", 200), ("/app/d;x/", 200), ("/app/locked/a.txt", 403), ("/app/locked;x/a.txt", 403),
    ("/app/;x/locked/a.txt", 403), ("/app;x/locked/a.txt", 403), ("/app/y/..;/locked/a.txt", 403),
    ("/app/locked/a.txt;x", 403), ("/;/app/locked/a.txt", 403)])
def test_files_of_a_context_have_one_path(aliased, path, status):
    answer = get(aliased.port, path)
    assert answer.status == status
    assert status != 200 or answer.text == "content"


def test_a_folder_of_a_context_is_redirected_to_its_own_path(aliased):
    for path in ("/app/d", "/app;x/d", "/app/d;x"):
        answer = get(aliased.port, path)
        assert (answer.status, answer.header("Location", "").endswith("/app/d/")) == (301, True)


# The handler's name -------------------------------------------------------------------------------

HANDLER = "SetHandler jakarta-servlet\n  SetEnv JK_WORKER_NAME w\n"
WAYS = {
    "location": "<Location /app>\n  %s</Location>\n" % HANDLER,
    "directory": "<Directory @DIR@/htdocs/app>\n  %s</Directory>\n" % HANDLER,
    "rewritten": "RewriteEngine On\nRewriteRule ^/app - [H=jakarta-servlet,E=JK_WORKER_NAME:w]\n",
}
OPTIONS = {
    "unparsed": WAYS["location"] + "JkOptions +ForwardURICompatUnparsed",
    "unsafe": WAYS["location"] + "JkOptions +RejectUnsafeURI",
}
BY_PATH = """
<Location /app>
  Require expr "%{REQUEST_URI} !~ m#^/app/closed#"
</Location>
"""
USERS = """
<Location /app/users>
  AuthType Basic
  AuthName x
  AuthUserFile @DIR@/users
  Require valid-user
</Location>
<Location /app/reading>
  <LimitExcept GET>
    Require all denied
  </LimitExcept>
</Location>
<Location /app/local>
  SetHandler none
  SetEnv no-jk 1
</Location>
<Location /app/asked>
  Require expr "%{QUERY_STRING} !~ /drop/"
</Location>
<Location /app/up>
  LimitRequestBody 10
  RequestHeader unset X-Role
  SetEnv ZONE upper
</Location>
JkEnvVar ZONE lower
"""
# good:secret
SHA = "good:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=\n"
AUTHORIZATION = ("Authorization", "Basic Z29vZDpzZWNyZXQ=")


class Named:
    """A server with a host for each way to name the handler."""

    def __init__(self, make):
        self.peer = make.peer(ajp_peer.digest, policy=Policy(attributes="ZONE"))
        self.hosts = {**WAYS, **OPTIONS}
        self.server = make.httpd(
            BASE % self.peer.port + BY_PATH + DENIED % "/app/locked" + USERS + OPEN +
            virtual_hosts(self.hosts.values()), ports=1 + len(self.hosts),
            modules=["env", "headers", "rewrite", "auth_basic", "authn_core", "authn_file",
                     "authz_user"])
        self.server.file("users", SHA)
        self.server.file("htdocs/app/x", "a file")

    def ask(self, host, path, method="GET", headers=()):
        port = self.server.ports[1 + list(self.hosts).index(host)]
        return ask(self.peer, port, path, method, headers)

    def check(self, host, path, status, forwarded=()):
        answer, uris = self.ask(host, path)
        assert (answer.status, uris) == (status, list(forwarded)), (host, path)


@pytest.fixture(scope="module")
def named(make_for_module):
    return Named(make_for_module)


@pytest.mark.parametrize("host", WAYS)
@pytest.mark.parametrize("path", ["/app/x", "/app/x;jsessionid=1", "/app/y;v=1/x"])
def test_what_is_named_is_forwarded_whole(named, host, path):
    if (host, path) != ("directory", "/app/y;v=1/x"):
        named.check(host, path, 200, [path])


@pytest.mark.parametrize("host", WAYS)
@pytest.mark.parametrize("path", [
    "/app/locked/a", "/app/locked;x/a", "/app/;/locked/a", "/app/locked;x", "/app/locked%3bx/a",
    "/app/;/locked", "/app//;//locked/a"])
def test_no_parameter_hides_what_is_denied(named, host, path):
    named.check(host, path, 403)


@pytest.mark.parametrize("host", WAYS)
def test_no_parameter_hides_a_part_that_httpd_serves(named, host):
    for path in ("/app/local/a", "/app/local;x/a"):
        answer, uris = named.ask(host, path)
        assert (answer.status, uris) == (404, []), path


@pytest.mark.parametrize("host", WAYS)
def test_no_parameter_hides_a_method_that_is_denied(named, host):
    for path in ("/app/reading/a", "/app/reading;x/a"):
        assert named.ask(host, path)[0].status == 200
        answer, uris = named.ask(host, path, "DELETE")
        assert (answer.status, uris) == (403, []), path


@pytest.mark.parametrize("host", WAYS)
def test_no_parameter_hides_that_a_user_is_demanded(named, host):
    for path in ("/app/users/a", "/app/users;x/a"):
        answer, uris = named.ask(host, path)
        assert (answer.status, uris) == (401, []), path
        assert answer.header("WWW-Authenticate") == 'Basic realm="x"'
        answer, uris = named.ask(host, path, headers=[AUTHORIZATION])
        assert (answer.status, uris) == (200, [path])
        assert named.peer.requests[0].request.attribute("remote_user") == "good"


@pytest.mark.parametrize("host", WAYS)
def test_no_parameter_hides_what_depends_on_query_or_path(named, host):
    for path in ("/app/asked/a", "/app/asked;x/a"):
        for query, status in (("", 200), ("?a=1;b", 200), ("?drop", 403)):
            named.check(host, path + query, status, [path] if status == 200 else [])
    for path in ("/app/closed/a", "/app/closed;x/a", "/app/;x/closed/a"):
        named.check(host, path, 403)


@pytest.mark.parametrize("host", WAYS)
@pytest.mark.parametrize("path", ["/app/up", "/app/up;v=1", "/app/;v=1/up"])
def test_what_httpd_sets_there_holds(named, host, path):
    """Headers, variables and limits; the body that comes with them is whole."""
    role = [("X-Role", "boss"), ("X-Other", "a")]
    assert named.ask(host, path, headers=role)[0].status == 200
    port = named.server.ports[1 + list(named.hosts).index(host)]
    assert ask_for(port, "POST", path, role, b"x" * 10).status == 200
    for one, length in zip(named.peer.requests, (0, 10), strict=True):
        got = one.request
        headers = {name.lower(): value for name, value in got.headers}
        assert ("x-role" in headers, headers["x-other"]) == (False, "a")
        assert headers.get("content-length", "0") == str(length)
        assert (one.uri, got.attribute("ZONE")) == (path, "upper")
    named.peer.forget()
    assert ask_for(port, "POST", path, [], b"x" * 11).status == 413
    assert not named.peer.requests


def test_a_path_that_is_rewritten_each_time_is_refused(make):
    peer = make.peer()
    server = make.httpd(BASE % peer.port + OPEN + """
RewriteEngine On
RewriteRule ^/app/(.*) /app;v=1/$1 [PT,H=jakarta-servlet,E=JK_WORKER_NAME:w]
""", modules=["rewrite"])
    answer, uris = ask(peer, server.port, "/app/x")
    assert (answer.status, uris) == (404, [])
    server.wait_log("is answered with 404: without path parameters it is /app/x, ")


@pytest.mark.parametrize("host", list(WAYS) + list(OPTIONS))
def test_dots_behind_parameters_are_refused(named, host):
    named.check(host, "/app/..;/secret", 400)


def test_options_hold_for_what_is_named(named):
    for path in ("/app/;/../secret", "/app/e/;x/../x"):
        named.check("unparsed", path, 400)
    named.check("unparsed", "/app/a%3Bb", 200, ["/app/a%3Bb"])
    named.check("unsafe", "/app/%25x", 404)
    named.check("unsafe", "/app/x", 200, ["/app/x"])


# Directories --------------------------------------------------------------------------------------

@pytest.fixture(scope="module")
def directories(make_for_module):
    peer = make_for_module.peer(ajp_peer.respond(body=b"container"))
    server = make_for_module.httpd(
        BASE % peer.port + "JkMount /*.jsp w\nJkUnMount /d/* w\nDirectoryIndex index.jsp\n" +
        DENIED % "/d" + virtual_hosts(["JkOptions +ForwardURICompatUnparsed"]),
        ports=2, modules=["dir"])
    for name in ("htdocs/x/d/a.txt", "htdocs/d/a.txt"):
        server.file(name, "content")
    return server, peer


@pytest.mark.parametrize("path,status", [
    ("/x/d/", 200), ("/d/", 403), ("/x/y/;/../../d/", 400), ("/x/.%3b/../d/", 400)])
def test_a_directory_sent_as_received_is_the_one_that_was_looked_at(directories, path, status):
    server, peer = directories
    answer, uris = ask(peer, server.ports[1], path)
    assert (answer.status, uris) == (status, [path] if status == 200 else [])


def test_a_directory_sent_decoded_is_resolved_already(directories):
    server, peer = directories
    answer, uris = ask(peer, server.ports[0], "/x/y/;/../../d/")
    assert (answer.status, uris) == (200, ["/x/d/"])
