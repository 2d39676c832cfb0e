"""Row AT-7 of security.md where httpd refuses a request and a container makes the error page: nobody
whom httpd has not let in is named to the container.
"""

import base64
import hashlib
import re

import pytest

from ajp_wire import Policy
from support import get

REFUSING = """
JkWorkerProperty worker.list=w
JkWorkerProperty worker.w.port=%d
JkMount /app/* w
JkEnvVar REMOTE_USER nobody
SetEnvIf X-Told (.+) JK_REMOTE_USER=$1
ErrorDocument 401 /app/failed
ErrorDocument 404 /app/missing
ErrorDocument 500 /app/failed
<Location %s>
  AuthType Basic
  AuthName private
  AuthUserFile @DIR@/%s
  Require valid-user
</Location>
"""


def refusing(make, peer, where="/", users="users"):
    server = make.httpd(REFUSING % (peer.port, where, users),
                        modules=["setenvif", "auth_basic", "authn_core", "authn_file",
                                 "authz_user"])
    digest = base64.b64encode(hashlib.sha1(b"word").digest()).decode()
    server.file("users", "admin:{SHA}%s\n" % digest)
    return server


def told(server, peer, path, headers):
    """The status, and what the container that made the page was told of the user."""
    peer.forget()
    status = get(server.port, path, headers).status
    names = ("remote_user", "auth_type", "REMOTE_USER")
    assert len(peer.requests) == 1
    return status, [peer.requests[0].request.attribute(name) for name in names]


def credentials(word):
    return ("Authorization", "Basic " + base64.b64encode(b"admin:" + word).decode())


@pytest.mark.parametrize("where", ["/", "/app"])
def test_at7_user_of_a_request_that_was_refused(make, where):
    """httpd hands the name on to the ErrorDocument whatever the password was."""
    peer = make.peer(policy=Policy(attributes="REMOTE_USER"))
    server = refusing(make, peer, where)
    nobody = [None, None, "nobody"]
    assert told(server, peer, "/app/x", [credentials(b"wrong")]) == (401, nobody)
    assert told(server, peer, "/app/x", []) == (401, nobody)
    assert told(server, peer, "/app/x", [credentials(b"wrong"), ("X-Told", "guest")]) \
        == (401, ["guest", None, "nobody"])
    known = ["admin", "Basic", "admin"]
    assert told(server, peer, "/app/x", [credentials(b"word")]) == (200, known)
    if where == "/":
        assert told(server, peer, "/missing", [credentials(b"word")]) == (404, known)


LATE = """
JkWorkerProperty worker.list=w
JkWorkerProperty worker.w.port=%d
JkMount /app/* w
LuaHookFixups @DIR@/name.lua name
ErrorDocument 404 /app/missing
<Directory @DIR@/htdocs>
  RewriteEngine On
  RewriteRule ^old /app/new [L]
</Directory>
"""


def test_at7_user_whom_a_fixup_names(make):
    """Whatever redirect of httpd the request came by."""
    peer = make.peer()
    server = make.httpd(LATE % peer.port, modules=["lua", "rewrite"])
    server.file("name.lua", "function name(r)\n r.user = 'ann'\n return apache2.DECLINED\nend\n")
    for path, status in (("/app/x", 200), ("/missing", 404), ("/old", 200)):
        assert told(server, peer, path, []) == (status, ["ann", None, None]), path


def test_at7_user_whose_password_cannot_be_looked_up(make):
    peer = make.peer(policy=Policy(attributes="REMOTE_USER"))
    server = refusing(make, peer, users="absent")
    assert told(server, peer, "/app/x", [credentials(b"word")]) == (500, [None, None, "nobody"])


def test_at7_user_of_digest_whose_uri_is_another(make):
    peer = make.peer(policy=Policy(attributes="REMOTE_USER"))
    server = make.httpd("""
JkWorkerProperty worker.list=w
JkWorkerProperty worker.w.port=%d
JkMount /app/* w
ErrorDocument 400 /app/failed
<Location />
  AuthType Digest
  AuthName private
  AuthUserFile @DIR@/users
  Require valid-user
</Location>
""" % peer.port, modules=["auth_digest", "authn_core", "authn_file", "authz_user"])
    server.file("users", "")
    nonce = re.search('nonce="([^"]+)"', get(server.port, "/app/x").header("WWW-Authenticate"))[1]
    digest = ('Digest username="admin", realm="private", nonce="%s", uri="/other", qop=auth, '
              'nc=00000001, cnonce="c", algorithm=MD5, response="%s"' % (nonce, "0" * 32))
    status, (user, kind, _) = told(server, peer, "/app/x", [("Authorization", digest)])
    assert (status, user, kind) == (400, None, None)
