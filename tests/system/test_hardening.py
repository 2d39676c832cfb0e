"""conf/httpd-jk-hardened.conf, as it is shipped: what xdocs/howto/hardening.xml promises of it.

httpd runs with exactly these files; only what a site has to adapt is replaced (addresses, and
limits in time that a test cannot wait for). The page shows the files' own lines: that is compared
here too.
"""

import base64
import hashlib
import os
import re
import shutil
import socket
import subprocess
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

import ajp_peer
import httpd as httpd_module
import tomcat as tomcat_module
from ajp_wire import Policy
from security_site import deploy_report
from support import Client, Cut, get, request, wait_for

ROOT = httpd_module.ROOT
CONF = {name: (ROOT / "conf" / name).read_text()
        for name in ("httpd-jk-hardened.conf", "workers-hardened.properties")}
PAGE = ElementTree.parse(ROOT / "xdocs/howto/hardening.xml")
JKCTL = os.environ.get("JKCTL") or str(ROOT / "build" / "jkctl")
MODULES = re.findall(r"[a-z_]+", re.search(
    r"It needs the modules (.*?);", CONF["httpd-jk-hardened.conf"], re.S).group(1).replace(
        " and ", ",").replace("\n#", ""))
SECRET = re.search(r"^worker\.tomcat\.secret = (\S+)$", CONF["workers-hardened.properties"],
                   re.M).group(1)
ADMIN = [("Authorization", "Basic " + base64.b64encode(b"admin:right").decode())]


def replaced(text, changes):
    """The text with each of the changes, all of which must have been possible."""
    for old, new in changes.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


class Site(httpd_module.Httpd):
    """A server that includes the shipped files, with these things changed in them."""

    def __init__(self, httpd=None, workers=None):
        super().__init__("Include @DIR@/conf/httpd-jk-hardened.conf", modules=MODULES)
        os.mkdir(self.dir + "/logs")
        self.file("conf/httpd-jk-hardened.conf",
                  replaced(CONF["httpd-jk-hardened.conf"], httpd or {}))
        path = self.file("conf/workers-hardened.properties",
                         replaced(CONF["workers-hardened.properties"], workers or {}))
        os.chmod(path, 0o600)
        self.file("conf/jk.passwd", "".join(
            "%s:{SHA}%s\n" % (user, base64.b64encode(hashlib.sha1(word).digest()).decode())
            for user, word in (("admin", b"right"), ("eve", b"right"))))

    def jk_log(self):
        return self._read("logs/mod_jk.log")


@pytest.fixture(scope="module")
def peers(make_for_module):
    """The members: one at a Unix socket, one at a port; both want the secret."""
    folder = make_for_module.keep(Folder())
    policy = Policy(secret=SECRET, check_host=True)
    return [make_for_module.peer(path=folder.path + "/ajp.sock", policy=policy, name="tc1",
                                 packet_size=16384),
            make_for_module.peer(policy=policy, name="tc2", packet_size=16384)]


class Folder:
    """For sockets; httpd's children, another user, may enter it."""

    def __init__(self):
        self.path = httpd_module.tempfile.mkdtemp(prefix="yoke-socket-")
        os.chmod(self.path, 0o755)

    def stop(self):
        shutil.rmtree(self.path, ignore_errors=True)


@pytest.fixture(scope="module")
def server(make_for_module, peers):
    site = make_for_module.keep(Site({"body=20": "body=1"}, {
        "unix:/run/tomcat/ajp.sock": "unix:" + peers[0].path, "10.0.0.2": "127.0.0.1",
        "port = 8009": "port = %d" % peers[1].port,
        "reply_timeout = 60000": "reply_timeout = 1500"}))
    return site.start()


@pytest.fixture(autouse=True)
def usual(request):
    if "peers" in request.fixturenames:
        for peer in request.getfixturevalue("peers"):
            peer.behaviour = ajp_peer.respond(body=peer.name.encode())
            peer.forget()


class Elsewhere(Client):
    """A client that is not at 127.0.0.1."""

    def __init__(self, port):
        super().__init__(port)
        self.sock.close()
        self.sock = socket.create_connection(("127.0.0.1", port), 10, ("127.0.0.2", 0))


def from_elsewhere(server, path, headers=()):
    with Elsewhere(server.port) as client:
        return client.request("GET", path, headers)


def forwarded(peers):
    return [exchange.request for peer in peers for exchange in peer.requests]


# The files themselves -----------------------------------------------------------------------------


def statements(text):
    return [line.strip() for line in text.splitlines() if line.strip() and line.strip()[0] != "#"]


def test_page_shows_the_files():
    """Each excerpt is there as it stands, and together they are the whole of it."""
    shown = {name: [] for name in CONF}
    for source in PAGE.iter("source"):
        if "from" in source.attrib:
            name = source.get("from").replace("conf/", "")
            assert source.text + "\n" in CONF[name], source.text
            shown[name] += statements(source.text)
    for name, text in CONF.items():
        known = {"LoadModule jk_module modules/mod_jk.so", "<IfModule !jk_module>", "</IfModule>",
                 "worker.list = app, jkstatus", "worker.app.type = lb",
                 "worker.app.balance_workers = tc1, tc2"}
        assert set(statements(text)) - known == set(shown[name]) - known


def test_security_names_tests_that_are_there():
    named = re.findall(r"`(tests/[^`]*)`", (ROOT / "SECURITY.md").read_text())
    assert len(named) > 10
    for name in named:
        assert (ROOT / name).exists(), name


def test_nothing_to_complain_about(server):
    code, output = server.configtest()
    assert (code, output.strip()) == (0, "Syntax OK")
    assert not re.search(r"\[(warn|error|emerg)\]|jk:(warn|error|emerg)",
                         server.jk_log() + server.error_log()), server.logs()


def test_shipped_files_stop_a_start_only_when_changed(make):
    """As they are, without a Tomcat; then without the secret, and with what is misspelt."""
    site = make.keep(Site())
    assert site.configtest() == (0, "Syntax OK\n")
    line = "worker.tomcat.secret = %s\n" % SECRET
    rule = "JkMount /app|/* app\n"
    for changed, word in ((Site(workers={line: ""}), "secret"),
                          (Site({rule: rule + "JkMount /x ap\n"}), '"ap"'),
                          (Site({rule: rule + "JkEnvVar remote_user\n"}), "remote_user")):
        code, output = make.keep(changed).configtest()
        assert code != 0 and word in output, output


@pytest.mark.skipif(not os.path.exists(JKCTL), reason="jkctl was not built")
def test_jkctl_accepts_no_member_without_a_secret(tmp_path):
    def check(text):
        (tmp_path / "conf/workers-hardened.properties").write_text(text)
        run = subprocess.run([JKCTL, "check", str(tmp_path / "conf/httpd-jk-hardened.conf"),
                              "--root", str(tmp_path)], timeout=60, capture_output=True, text=True,
                             check=False)
        return run.returncode, run.stdout + run.stderr

    (tmp_path / "conf").mkdir()
    (tmp_path / "conf/httpd-jk-hardened.conf").write_text(CONF["httpd-jk-hardened.conf"])
    text = CONF["workers-hardened.properties"]
    assert check(text) == (0, "no complaints in 2 files\n")
    code, output = check(text.replace("worker.tomcat.secret", "worker.tc1.secret"))
    assert code == 1 and "worker.tc2.host" in output and "secret" in output, output


# The members --------------------------------------------------------------------------------------


def test_both_members_get_the_secret(server, peers):
    names = {get(server.port, "/app/x").text for _ in range(8)}
    assert names == {"tc1", "tc2"}
    assert {r.attribute("secret") for r in forwarded(peers)} == {SECRET}
    status = get(server.port, "/jkmanager?mime=prop&cmd=dump", ADMIN)
    assert status.status == 200 and "tc1" in status.text
    assert SECRET not in status.text + server.logs()


def test_slow_page_takes_nobody_out_of_service(server, peers):
    for peer in peers:
        peer.behaviour = ajp_peer.by_path({"/app/slow": ajp_peer.silence},
                                          ajp_peer.respond(body=b"fine"))
    assert get(server.port, "/app/slow", timeout=30).status == 504
    assert len(forwarded(peers)) == 2
    states = re.findall(r"Member: name=(\w+) .* state=(\S+)",
                        get(server.port, "/jkmanager?mime=txt", ADMIN).text)
    assert sorted(name for name, _ in states) == ["tc1", "tc2"]
    assert all(state.startswith("OK") for _, state in states), states
    assert get(server.port, "/app/x").text == "fine"


def test_what_changes_data_is_sent_once(server, peers):
    for peer in peers:
        peer.behaviour = ajp_peer.cut("before-head")
    assert request(server.port, "POST", "/app/order", body=b"one").status == 502
    assert len(forwarded(peers)) == 1


# What is not there for everybody ------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/manager/html", "/host-manager/", "/application", "/App/x",
                                  "/examples/", "/x/..;/manager/html"])
def test_what_is_not_mounted_is_not_forwarded(server, peers, path):
    assert get(server.port, path).status in (403, 404)
    assert not forwarded(peers)


@pytest.mark.parametrize("path", [
    "/app/WEB-INF/web.xml", "/app/META-INF/MANIFEST.MF", "/app/web-inf/web.xml",
    "/app/%57EB-INF/web.xml", "/app/;x/WEB-INF;y/web.xml", "/app//WEB-INF/", "/app/x/../WEB-INF/x",
    "/app/WEB-INF"])
def test_inner_files_of_an_application(server, peers, path):
    assert get(server.port, path).status == 403
    assert not forwarded(peers)


@pytest.mark.parametrize("path", [
    "/app/admin/x", "/app/admin", "/app//admin/x", "/app/./admin/x", "/app/x/..;/admin/x",
    "/app;v=1/admin/x", "/app/%61dmin/x", "/app/x/%2e%2e/admin/x"])
def test_administration_from_elsewhere(server, peers, path):
    assert from_elsewhere(server, path).status == 403
    assert not forwarded(peers)
    assert get(server.port, path).status == 200
    assert from_elsewhere(server, "/app/x").status == 200


@pytest.mark.parametrize("path,status", [("/app/a%5cadmin/x", 400), ("/app/%c0%ae/x", 400),
                                         ("/app/a%2fadmin/x", 404), ("/app/../../x", 400)])
def test_ambiguous_paths(server, peers, path, status):
    assert get(server.port, path).status == status
    assert not forwarded(peers)


STATUS_PATHS = ["/jkmanager", "/jkmanager/", "/jkmanager/metrics", "/jkmanager/api/v1/workers",
                "//jkmanager", "/jkmanager;x", "/%6akmanager", "/x/..;/jkmanager"]


@pytest.mark.parametrize("path", STATUS_PATHS)
def test_status_from_elsewhere_or_without_the_password(server, path):
    assert from_elsewhere(server, path, ADMIN).status == 403
    for credentials in (None, "admin:wrong", "eve:right", ":"):
        headers = [] if credentials is None else [
            ("Authorization", "Basic " + base64.b64encode(credentials.encode()).decode())]
        assert get(server.port, path, headers).status == 401, credentials
    assert get(server.port, path, ADMIN).status in (200, 404)


@pytest.mark.parametrize("method,query,body", [
    ("GET", "?mime=txt&cmd=update&w=app&sw=tc1&vwa=2", None),
    ("GET", "?mime=txt&cmd=reset&w=app", None), ("GET", "?mime=txt&cmd=edit&w=app", None),
    ("POST", "?mime=txt&cmd=update&w=app&sw=tc1&vwa=2", b""),
    ("PATCH", "/api/v1/balancers/app/members/tc1", b'{"activation":"stopped"}')])
def test_status_changes_nothing(server, method, query, body):
    headers = ADMIN + [("Content-Type", "application/json")]
    answer = request(server.port, method, "/jkmanager" + query, headers, body)
    refused = "type=ERROR" in answer.text and "read only" in answer.text
    assert answer.status == 403 if method == "PATCH" else refused, answer.text
    text = get(server.port, "/jkmanager?mime=txt", ADMIN).text
    assert re.findall(r"Member: .*? activation=(\S+)", text) == ["ACT", "ACT"], text


# What a client sends ------------------------------------------------------------------------------

FORGED = [("X-Forwarded-For", "8.8.8.8"), ("X-Forwarded-Host", "evil.example"),
          ("X-Forwarded-Proto", "https"), ("Forwarded", "for=8.8.8.8"), ("X-Remote-User", "root"),
          ("REMOTE_USER", "root"), ("JK_REMOTE_USER", "root"), ("JK_REMOTE_ADDR", "8.8.8.8"),
          ("AJP_REMOTE_PORT", "1"), ("AJP_SSL_PROTOCOL", "TLSv1.3"), ("SSL_CLIENT_CERT", "forged"),
          ("javax.servlet.include.request_uri", "/x"), ("Secret", "forged"),
          ("Authorization", "Basic " + base64.b64encode(b"root:x").decode())]


def test_identity_is_httpds(server, peers):
    for headers in ([], FORGED):
        assert get(server.port, "/app/x", headers).status == 200
    plain, forged = sorted(forwarded(peers), key=lambda r: len(r.headers))
    names = {"AJP_REMOTE_PORT", "JK_LB_ACTIVATION"}  # these have another value each time
    assert [a for a in plain.attributes if a[0] not in names] == \
        [a for a in forged.attributes if a[0] not in names]
    assert forged.attribute("AJP_REMOTE_PORT") != "1" and forged.attribute("remote_user") is None
    assert (forged.remote_addr, forged.is_ssl) == ("127.0.0.1", False)
    for name, _ in FORGED[:5]:
        assert forged.header(name) is None, name


@pytest.mark.parametrize("host", ["a_b.example", "-a.example", "a-.example", "a..example",
                                  "a.example:99999", "a.example:x"])
def test_bad_host(server, peers, host):
    assert get(server.port, "/app/x", [("Host", host)]).status == 400
    assert not forwarded(peers)


@pytest.mark.parametrize("headers,status", [
    ([("X-%d" % n, "x" * 4000) for n in range(5)], 413), ([("X", "x" * 4100)], 400),
    ([("X-%d" % n, "x") for n in range(61)], 400),
    ([("Content-Length", "10485761")], 413)], ids=["all", "one", "many", "body"])
def test_too_much(server, peers, headers, status):
    assert request(server.port, "POST", "/app/x", headers).status == status
    assert not forwarded(peers)


def test_too_long_a_line(server, peers):
    assert get(server.port, "/app/" + "x" * 4100).status == 414
    assert get(server.port, "/app/" + "x" * 4000, [("X-%d" % n, "x" * 4000)
                                                   for n in range(2)]).status == 200
    assert len(forwarded(peers)) == 1


@pytest.mark.parametrize("sent", [b"", b"x"])
def test_slow_body_is_ended(server, peers, sent):
    with Client(server.port, timeout=30) as client:
        client.head("POST", "/app/x", [("Content-Length", "5000")])
        client.send(sent)
        try:
            assert client.response().status in (400, 408)
            assert client.closed()
        except Cut:
            pass  # without an answer is well too
    if not sent:
        assert not forwarded(peers)
    assert get(server.port, "/app/x").status == 200


def test_little_is_told(server, peers):
    assert request(server.port, "TRACE", "/app/x").status == 405
    answer = get(server.port, "/app/x?token=h1dden")
    assert (answer.status, answer.header("Server")) == (200, "Apache")
    assert "/app/x" in server.wait_log(r"GET /app/x\" 200", log=lambda: server._read(
        "logs/jk_access.log"))
    assert "h1dden" not in server._read("logs/jk_access.log") + server.jk_log()
    for peer in peers:
        peer.behaviour = ajp_peer.cut("before-head")
    request(server.port, "POST", "/app/x", body=b"one")
    assert server.wait_log(r"POST /app/x\" 502 .* closed", log=lambda: server._read(
        "logs/jk_access.log"))


# Tomcat's side ------------------------------------------------------------------------------------


@pytest.mark.tomcat
@pytest.mark.timeout(180)
@pytest.mark.skipif(os.geteuid() != 0, reason="gives a folder to httpd's group")
def test_connector_of_the_page(make):
    """Tomcat takes the connector that the page shows, and serves httpd through its socket alone."""
    assert tomcat_module.installed(), \
        "please install tomcat10, tomcat10-examples and default-jre-headless"
    folder = make.keep(Folder())
    shutil.chown(folder.path, group="www-data")
    os.chmod(folder.path, 0o2750)
    path = folder.path + "/ajp.sock"
    shown = next(s.text for s in PAGE.iter("source") if "unixDomainSocketPath" in s.text)
    connector = replaced(shown[:shown.index("/>") + 2], {"/run/tomcat/ajp.sock": path,
                                                         "…": SECRET})
    tomcat = make.keep(tomcat_module.Tomcat("tc1", unix=True))
    tomcat.path = path
    tomcat.deploy()
    deploy_report(tomcat, "app", ["private"])
    file = Path(tomcat.base, "conf/server.xml")
    file.write_text(re.sub(r"<Connector .*?/>", connector, file.read_text(), flags=re.S))
    tomcat.start().wait()
    assert os.stat(path).st_mode & 0o777 == 0o660
    server = make.keep(Site(None, {"unix:/run/tomcat/ajp.sock": "unix:" + path, "tc1, tc2": "tc1"}))
    server.start()
    assert get(server.port, "/app/x").text == "reported"
    large = [("X-%d" % n, "x" * 4000) for n in range(3)]
    assert wait_for(lambda: get(server.port, "/app/x", large).status == 200)
