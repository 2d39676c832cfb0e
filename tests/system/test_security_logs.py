"""What the logs may hold: rows LG-1 to LG-5 of security.md."""

import base64
import re
import subprocess

import pytest

import ajp_peer
import httpd as httpd_module
from ajp_wire import packet, string
from httpd import HTTPD
from support import get, parallel, request, wait_for

CONFIG = """
JkWorkersFile @DIR@/workers.properties
JkMount /app/* lb
JkMount /down/* down
JkMount /odd/* odd%%n%%s
JkMount /st st
JkMount /st/* st
SetEnvIf X-Tls on HTTPS=on SSL_CLIENT_CERT=h1dden-certificate
JkRequestLogFormat "%%U|%%w|%%R"
"""
WORKERS = """
word=h1dden-one
worker.list=lb,down,odd%%n%%s,st
worker.lb.type=lb
worker.lb.balance_workers=a
worker.lb.secret=$(word)
worker.a.port=%(port)d
worker.a.retries=1
worker.down.port=%(down)d
worker.down.retries=1
worker.down.secret=h1dden-two
worker.odd%%n%%s.port=%(down)d
worker.odd%%n%%s.retries=1
worker.st.type=status
"""
LINE = re.compile(r"\[[^\]]+\] \[[^\]]*\] \[\d+:\d+\] \[(trace|debug|info|warn|error|emerg)\] .*"
                  r"|\[[^\]]+\] [^|]*\|[^|]*\|[^|]*")


@pytest.fixture(scope="module")
def peer(make_for_module):
    return make_for_module.peer()


@pytest.fixture(scope="module")
def server(make_for_module, peer):
    down = make_for_module.peer()
    down.refuse()
    made = make_for_module.keep(httpd_module.Httpd(
        CONFIG.replace("%%", "%"), modules=["setenvif"], log_level="trace"))
    made.file("workers.properties", WORKERS % {"port": peer.port, "down": down.port})
    return made.start()


@pytest.fixture(autouse=True)
def usual(peer):
    peer.behaviour = ajp_peer.respond(body=b"a")


def logged(server, work, count=1):
    """What the module's log gained while `work` ran, at least so many lines."""
    before = len(server.jk_log())
    work()
    assert wait_for(lambda: server.jk_log()[before:].count("\n") >= count), server.jk_log()[before:]
    return server.jk_log()[before:]


def hostile_head(header, reason="x\x1b]0;evil\x07"):
    head = b"\x04\x00\xc8" + string(reason) + b"\0\1" + string(header) + string("a\r\nFAKE\x1b[0m")
    return packet(head) + b"FAKE\r\nline\x1b[2J"


@pytest.mark.parametrize("path,headers,behaviour", [
    ("/down/a%0d%0aFAKE", [], None), ("/app/a%0d%0aFAKE", [], None),
    ("/down/a%1b%5b2J", [], None), ("/down/a%7f%c2%9b", [], None),
    ("/down/x;jsessionid=a%0d%0aFAKE.b", [], None),
    ("/down/x", [("Cookie", "JSESSIONID=\x1b[2J.a"), ("X-Y", "\x1b]0;evil\x07")], None),
    ("/app/x", [], ajp_peer.raw(hostile_head("X\r\nFAKE"))),
    ("/app/x", [], ajp_peer.raw(b"FAKE\r\n\x1b[2J" * 10, close=True)),
    ("/st?cmd=update&w=lb&sw=a&mime=txt&vwn=a%0d%0aFAKE", [], None),
    ("/st?cmd=update&w=a%0d%0aFAKE&mime=txt", [("User-Agent", "Mozilla\x1b[2J")], None)])
def test_lg1_one_event_is_one_line(server, peer, path, headers, behaviour):
    peer.behaviour = behaviour or peer.behaviour

    def ask():
        get(server.port, path, headers)
        get(server.port, "/app/last")

    text = logged(server, ask)
    assert wait_for(lambda: "/app/last" in server.jk_log())
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", text), repr(text)
    for line in text.splitlines():
        assert LINE.fullmatch(line) and not line.startswith("FAKE"), line
    if path.startswith("/down/a%0d"):
        assert r"/down/a\x0d\x0aFAKE" in text or "/down/a%0d%0aFAKE" in text


SECRETS = [("Authorization", "Basic " + base64.b64encode(b"joe:h1dden-word").decode()),
           ("Cookie", "JSESSIONID=h1dden-session.a; x=h1dden-cookie"),
           ("Proxy-Authorization", "Bearer h1dden-token"), ("X-Tls", "on")]


def test_lg2_nothing_secret_is_dumped(server, peer):
    """At the lowest level, served and failed: neither as text, nor in hexadecimal or base64."""
    def ask():
        peer.behaviour = ajp_peer.sequence(
            ajp_peer.respond(headers=[("Set-Cookie", "id=h1dden-new")], body=b"h1dden-body"),
            ajp_peer.raw(b"h1dden-garbage", close=True), ajp_peer.cut("mid-head"))
        for path in ("/app/x", "/app/x", "/app/x", "/down/x"):
            request(server.port, "POST", path, SECRETS, b"h1dden-form")
        get(server.port, "/app/x", SECRETS + [("X-%d" % n, "h1dden" * 600) for n in range(3)])

    logged(server, ask, 4)
    assert peer.requests[-1].request.attribute("secret") == "h1dden-one"
    text = server.logs()
    for form in ("h1dden", b"h1dden".hex(), b"h1dden".hex(" "), SECRETS[0][1][6:]):
        assert form not in text.lower() if form.islower() else form not in text, form


@pytest.mark.parametrize("line", [
    "worker.w.secret=h1dden", "worker.w.Secret=h1dden", "worker.w.secrets=h1dden",
    "worker.w.secretkey=h1dden", "worker.w.requiredSecret=h1dden", "worker.w.secret=h1dden#x",
    "word=h1dden\nworker.w.secret=$(word)\nworker.w.max_packet_size=$(word)",
    "worker.w.secret=h1dden\x01",
    "worker.w.secret=h1dden" + "x" * 70000, "worker.none.secret=h1dden",
    "worker.w.secret=h1dden\nworker.w.secret=h1dden2", "worker.w.secret h1dden"])
def test_lg3_messages_about_the_configuration(make, line):
    """Whatever is wrong about it, no message has it, nor what `httpd -t` and its dumps print."""
    made = make.keep(httpd_module.Httpd(
        "JkWorkersFile @DIR@/w.properties\nJkMount /* w\nJkLogLevel trace"))
    made.crashes_expected = True
    made.file("w.properties", "worker.list=w\nworker.w.port=1\n%s\n" % line)
    said = made.configtest()[1]
    for option in ("-tDDUMP_VHOSTS", "-tDDUMP_RUN_CFG", "-tDDUMP_MODULES", "-S", "-V"):
        run = subprocess.run([HTTPD, option, "-f", made.dir + "/httpd.conf"], timeout=60, text=True,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        said += run.stdout
    try:
        made.start()
        assert get(made.port, "/x").status >= 500
    except RuntimeError as refused:
        said += str(refused)
    assert "h1dden" not in said + made.logs()


def test_lg4_failing_requests_cost_one_line_each(server):
    """However long the path is; and lines of requests that fail at once do not mix."""
    count, size = 250, 7000

    def fail(number):
        return [get(server.port, "/down/%d-%d/%s" % (number, n, "%0d" * (size // 3))).status
                for n in range(count)]

    before = len(server.jk_log())
    assert all(statuses == [503] * count for statuses in parallel(4, fail))
    assert wait_for(lambda: server.jk_log()[before:].count("/3-%d/" % (count - 1)) >= 2)
    lines = server.jk_log()[before:].splitlines()
    failed = [line for line in lines if " failed with 503 " in line]
    assert all(line.startswith("[") and len(line) < 4096 for line in lines)
    names = [re.search(r" /down/(\d+-\d+)/", line).group(1) for line in failed]
    assert len(names) == len(set(names)) == 4 * count
    assert len(lines) <= 2 * 4 * count + 10  # with that of JkRequestLogFormat


@pytest.mark.parametrize("path", ["/odd/%25n%25s%25x%25p%25999999d", "/app/%25n%25s"])
def test_lg5_format_strings_are_text(server, path):
    headers = [("X-Y", "%n%s"), ("User-Agent", "%n%n%s"), ("Cookie", "JSESSIONID=%n.%s")]
    text = logged(server, lambda: get(server.port, path, headers), 2 if "odd" in path else 1)
    assert path.replace("%25", "%") in text
    if "odd" in path:
        assert re.search(r"worker odd%n%s \(127\.0\.0\.1:\d+", text) and "|odd%n%s|" in text
    change = "/st?mime=txt&cmd=update&w=lb&sw=a&vwn=%25n%25s" + str(len(path))
    text = logged(server, lambda: get(server.port, change), 2)
    assert 'to "%%n%%s%d"' % len(path) in text
