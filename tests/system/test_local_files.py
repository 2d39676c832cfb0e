"""What httpd serves itself beside the mounts: JkAutoAlias and JkStripSession."""

import pytest

import ajp_peer
import httpd as httpd_module
from support import get

CONFIG = """
JkWorkerProperty worker.list=w1
JkWorkerProperty worker.w1.port=%d
JkMount /ctx/*.jsp w1
JkMount /app/servlet/* w1
JkAutoAlias @DIR@/webapps
JkStripSession On
DirectoryIndex index.jsp index.html
<Directory @DIR@>
  Require all granted
</Directory>
<VirtualHost 127.0.0.1:@PORT2@>
  JkStripSession Off
</VirtualHost>
<VirtualHost 127.0.0.1:@PORT3@>
  JkMountCopy On
  JkStripSession On ;sid
</VirtualHost>
"""
FILES = {
    "webapps/ctx/s.txt": "a file of the context",
    "webapps/ctx/WEB-INF/web.xml": "private",
    "webapps/ctx/META-INF/context.xml": "private",
    "webapps/ctx/d/index.html": "an index page",
    "webapps/ctx2.war": "an archive",
    "htdocs/app/s.txt": "a file of httpd",
}


@pytest.fixture(scope="module")
def site(make_for_module):
    peer = make_for_module.peer(name="w1", behaviour=ajp_peer.respond(200, body=b"from w1"))
    server = make_for_module.keep(httpd_module.Httpd(CONFIG % peer.port, ports=3,
                                                     modules=["dir", "alias"]))
    for name, text in FILES.items():
        server.file(name, text)
    return server.start()


@pytest.mark.parametrize("path, status, body", [
    ("/ctx/s.txt", 200, b"a file of the context"),
    ("/ctx//s.txt", 200, b"a file of the context"),
    ("/ctx/./s.txt;jsessionid=1", 200, b"a file of the context"),
    ("/ctx/x.jsp", 200, b"from w1"),
    ("/ctx/d/", 200, b"an index page"),
    ("/ctx/WEB-INF/web.xml", 404, None),
    ("/ctx/web-inf/x", 404, None),
    ("/ctx/WEB-INF;x/web.xml", 404, None),
    ("/ctx//META-INF/context.xml", 404, None),
    ("/none/WEB-INF/x", 404, None),
    ("/ctx2.war", 403, None),
    ("/CTX2.WAR", 403, None),
    ("/none/s.txt", 404, None),
    ("/app/s.txt", 200, b"a file of httpd"),
])
def test_d42_auto_alias(site, path, status, body):
    answer = get(site.port, path)
    assert answer.status == status
    assert body is None or answer.body == body


@pytest.mark.parametrize("path, status", [
    ("/app;jsessionid=1/s.txt", 200),
    ("/app/s.txt;jsessionid=1.tc1", 200),
    ("/app/s.txt;jsessionidX", 200),
    ("/app/s.txt;JSESSIONID=1", 404),
    ("/app;jsessionid=1/s.txt;jsessionid=2", 404),
])
def test_d43_strip_session(site, path, status):
    assert get(site.port, path).status == status


def test_hosts(site):
    off, on = site.ports[1:]
    assert get(off, "/app/s.txt;jsessionid=1").status == 404
    assert get(off, "/ctx/s.txt").status == 404, "JkAutoAlias is copied with the mounts only"
    assert get(on, "/ctx/s.txt").status == 200
    assert get(on, "/app/s.txt;sid=1").status == 200
    assert get(on, "/app/s.txt;jsessionid=1").status == 404


def test_forwarded_paths_keep_the_session(site):
    answer = get(site.port, "/app/servlet/x;jsessionid=1")
    assert answer.body == b"from w1"
