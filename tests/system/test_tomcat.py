"""With real Tomcats: the load-balancing example, a killed session holder, replication, secrets."""

import re
import time

import pytest

import tomcat as tomcat_module
from support import Client, get, pattern, request, tls_context, wait_for


pytestmark = [pytest.mark.tomcat, pytest.mark.timeout(180)]

assert tomcat_module.installed(), \
    "please install tomcat10, tomcat10-examples and default-jre-headless"

# The directives of the example, with the ports of the instances and the secret added.
CONFIG = """
JKMount /servlets-examples/* loadbalancer
JKMount /*.jsp loadbalancer
JkMount /index.html loadbalancer
JkMount /jkmanager/* jkstatus
JKWorkerProperty worker.list=loadbalancer,jkstatus
%s
JKWorkerProperty worker.loadbalancer.type=lb
JKWorkerProperty worker.loadbalancer.balance_workers=tc1, tc2, tc3
JKWorkerProperty worker.jkstatus.type=status
"""
SESSION = "/servlets-examples/servlet/SessionExample"


class Browser:
    """Keeps the session cookie, as curl does with its jar."""

    def __init__(self, port):
        self.port, self.cookie = port, None

    def get(self, path):
        headers = [("Cookie", self.cookie)] if self.cookie else []
        answer = get(self.port, path, headers)
        for line in answer.values("Set-Cookie"):
            if line.startswith("JSESSIONID="):
                self.cookie = line.split(";")[0]
        return answer

    @property
    def route(self):
        return self.cookie.rsplit(".", 1)[1]

    @property
    def session(self):
        return self.cookie.split("=", 1)[1].rsplit(".", 1)[0]


class Site:
    """Three Tomcats, `tc1` to `tc3`, behind the balancer of the example."""

    def __init__(self, make, replicate, more=""):
        self.tomcats = [make.keep(tomcat_module.Tomcat("tc%d" % n, number=n)) for n in (1, 2, 3)]
        tomcat_module.start_all(self.tomcats, replicate)
        self.server = make.httpd(
            CONFIG % "\n".join(t.properties() for t in self.tomcats) + more)
        self.port = self.server.port

    def __getitem__(self, route):
        return next(t for t in self.tomcats if t.route == route)

    def status(self, route):
        rows = get(self.port, "/jkmanager/?mime=txt").text.splitlines()
        line = next(r for r in rows if r.startswith("Member: name=%s " % route))
        return re.search(r" state=(\S+)", line).group(1)


def sends(browser, name, value):
    return browser.get("%s?dataname=%s&datavalue=%s" % (SESSION, name, value))


class TestReplicated:
    """Sessions live on when the Tomcat that holds them dies."""

    @pytest.fixture(scope="class")
    def site(self, make_for_class):
        return Site(make_for_class, replicate=True)

    def test_pages_come_in_succession(self, site):
        pages = [get(site.port, "/index.html").text.strip() for _ in range(6)]
        assert sorted(pages[:3]) == ["This is Tomcat tc%d" % n for n in (1, 2, 3)]
        assert pages[3:] == pages[:3]

    def test_sessions_stick(self, site):
        for _ in range(3):
            browser = Browser(site.port)
            assert browser.get(SESSION).status == 200
            route, session = browser.route, browser.session
            for n in range(5):
                assert sends(browser, "n%d" % n, n).status == 200
            assert (browser.route, browser.session) == (route, session)

    def test_killed_holder(self, site):
        browser = Browser(site.port)
        browser.get(SESSION)
        assert "foo = bar" in sends(browser, "foo", "bar").text
        route, session = browser.route, browser.session
        time.sleep(1)  # replication goes on behind the answer
        site[route].kill()
        begun = time.monotonic()
        answer = browser.get(SESSION)
        took = time.monotonic() - begun
        assert answer.status == 200 and "foo = bar" in answer.text
        assert browser.session == session, "another session"
        assert browser.route != route and took < 3, took
        assert site.status(route) == "ERR"
        # It goes on there, and new clients meet the two that are left.
        assert "foo = bar" in browser.get(SESSION).text
        assert {get(site.port, "/index.html").status for _ in range(6)} == {200}


class TestWithoutReplication:
    """Without it, a new session and no error page."""

    @pytest.fixture(scope="class")
    def site(self, make_for_class):
        return Site(make_for_class, replicate=False, more="""
JkWorkerProperty worker.maintain=1
JkWorkerProperty worker.loadbalancer.recover_time=1
""")

    def test_killed_holder(self, site):
        browser = Browser(site.port)
        browser.get(SESSION)
        assert "foo = bar" in sends(browser, "foo", "bar").text
        route, session = browser.route, browser.session
        site[route].kill()
        answer = browser.get(SESSION)
        assert answer.status == 200 and "foo = bar" not in answer.text
        assert browser.route != route and browser.session != session

    def test_restarted_tomcat_gets_work_again(self, site):
        dead = next(t for t in site.tomcats if t.process.poll() is not None)
        dead.start().wait()
        wanted = "This is Tomcat " + dead.route
        assert wait_for(lambda: wanted in get(site.port, "/index.html").text, 20, 0.3)
        assert site.status(dead.route) == "OK"

    def test_graceful_stop_loses_no_request(self, site):
        tomcat = next(t for t in site.tomcats if t.process.poll() is None)
        tomcat.process.terminate()
        statuses = set()
        while tomcat.process.poll() is None:
            statuses.add(get(site.port, "/index.html").status)
        statuses |= {get(site.port, "/index.html").status for _ in range(10)}
        assert statuses == {200}


# One Tomcat, several ways to reach it ---------------------------------------------------------

ONE = """
JkWorkerProperty worker.list=w,wrong,none,jkstatus
%s
JkWorkerProperty worker.wrong.port=%d
JkWorkerProperty worker.wrong.secret=not-it
JkWorkerProperty worker.none.port=%d
JkWorkerProperty worker.jkstatus.type=status
JkMount /servlets-examples/* w
JkMount /index.html w
JkMount /wrong/* wrong
JkMount /none/* none
JkMount /jkstatus jkstatus
"""


@pytest.fixture(scope="module")
def one(make_for_module):
    tomcat = make_for_module.keep(tomcat_module.Tomcat("tc1"))
    tomcat.start().wait()
    tomcat.server = make_for_module.httpd(
        ONE % (tomcat.properties("w"), tomcat.port, tomcat.port), modules=["http2"])
    return tomcat


def test_page(one):
    answer = get(one.server.port, "/index.html")
    assert (answer.status, answer.reason) == (200, "OK")
    assert answer.text == "This is Tomcat tc1\n"


def test_request_data(one):
    page = get(one.server.port, "/servlets-examples/servlets/servlet/RequestInfoExample?a=b",
               [("X-Test", "x")]).text
    assert "/servlets-examples/servlets/servlet/RequestInfoExample" in page and "127.0.0.1" in page
    page = get(one.server.port, "/servlets-examples/servlets/servlet/RequestHeaderExample",
               [("X-Test", "some-value")]).text
    assert "some-value" in page


def test_form_post(one):
    page = request(one.server.port, "POST",
                   "/servlets-examples/servlets/servlet/RequestParamExample",
                   [("Content-Type", "application/x-www-form-urlencoded")],
                   b"firstname=Grace&lastname=Hopper").text
    assert "Grace" in page and "Hopper" in page


@pytest.mark.parametrize("how", ["length", "chunked"])
def test_upload_that_the_servlet_ignores(one, how):
    """Tomcat answers without reading; the connection stays in step."""
    body = pattern(100000)
    more = {"chunked": [body]} if how == "chunked" else {"body": body}
    for _ in range(3):
        assert request(one.server.port, "POST", "/servlets-examples/index.html",
                       **more).status in (200, 405)
        assert get(one.server.port, "/index.html").text == "This is Tomcat tc1\n"


@pytest.mark.parametrize("worker", ["wrong", "none"])
def test_at5_wrong_or_missing_secret(one, worker):
    before = len(one.server.logs())
    assert get(one.server.port, "/%s/x" % worker).status == 403
    log = one.server.logs()
    line = one.server.wait_log(r"\b%s\b.*127\.0\.0\.1:%d.*secret|secret.*\b%s\b" % (
        worker, one.port, worker))
    assert line, log[before:]
    assert "not-it" not in log and one.secret not in log
    assert get(one.server.port, "/index.html").status == 200


def test_not_found_is_tomcats_own_page(one):
    answer = get(one.server.port, "/servlets-examples/nothing")
    assert (answer.status, answer.reason) == (404, "Not Found") and "Tomcat" in answer.text


def test_unix_socket(make):
    tomcat = make.keep(tomcat_module.Tomcat("tc1", unix=True))
    tomcat.start().wait()
    server = make.httpd(ONE % (tomcat.properties("w"), 9, 9))
    assert get(server.port, "/index.html").text == "This is Tomcat tc1\n"


ECHO = """<%@page trimDirectiveWhitespaces="true"%><%
byte[] body = request.getInputStream().readAllBytes();
response.setContentLength(body.length);
response.getOutputStream().write(body);
%>"""


def test_larger_packets(make):
    tomcat = make.keep(tomcat_module.Tomcat("tc1", packet_size=65536))
    tomcat.deploy()
    (tomcat.base / "webapps/ROOT/echo.jsp").write_text(ECHO)
    tomcat.start().wait()
    server = make.httpd(ONE % (tomcat.properties("w"), 9, 9) + "JkMount /*.jsp w\n")
    headers = [("X-%d" % n, "v" * 8000) for n in range(5)]
    assert get(server.port, "/index.html", headers).text == "This is Tomcat tc1\n"
    body = pattern(10_000_000)
    pieces = [body[at:at + 5000] for at in range(0, len(body), 5000)]
    with Client(server.port, timeout=60) as client:
        assert client.request("POST", "/echo.jsp", body=body).body == body
        assert client.request("POST", "/echo.jsp", chunked=pieces).body == body


def test_tls_data_in_the_servlet(make, certificates):
    """What a servlet sees of TLS; snoop.jsp of the examples prints it."""
    tomcat = make.keep(tomcat_module.Tomcat("tc1"))
    tomcat.deploy()
    (tomcat.base / "webapps/ROOT/tls.jsp").write_text(
        '<%= request.isSecure() %> <%= request.getScheme() %> '
        '<%= request.getAttribute("jakarta.servlet.request.cipher_suite") %> '
        '<%= request.getAttribute("jakarta.servlet.request.key_size") %> '
        '<%= ((java.security.cert.X509Certificate[]) request.getAttribute('
        '"jakarta.servlet.request.X509Certificate"))[0].getSubjectX500Principal() %>')
    tomcat.start().wait()
    server = make.httpd("""
JkWorkerProperty worker.list=w
%s
JkMountCopy All
JkMount /*.jsp w
<VirtualHost 127.0.0.1:@PORT2@>
  SSLEngine on
  SSLCertificateFile %s/server.pem
  SSLCertificateKeyFile %s/server.key
  SSLCACertificateFile %s/ca.pem
  SSLVerifyClient optional
  SSLOptions +StdEnvVars +ExportCertData
</VirtualHost>
""" % (tomcat.properties("w"), certificates, certificates, certificates), ports=2,
                        modules=["socache_shmcb", "ssl"])
    text = get(server.ports[1], "/tls.jsp", tls=tls_context(certificates)).text
    assert re.match(r"true https \S+ (128|256) CN=Joe Client, O=Tests", text), text
