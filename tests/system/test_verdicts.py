"""Every verdict of xdocs/reference/verdicts.xml, produced by a real httpd and a failing backend.

For each code: what the client gets, the note JK_VERDICT, and the log, which tells a request that
failed in one line. Then what a failure does to the member.
"""

import os
import re
import socket
import tempfile
import threading
from pathlib import Path

import pytest

import ajp_peer
from balanced_site import SESSION, VERDICTS, Balanced, Told
from support import Client, Cut, FullQueue, get, member, request, wait_for

ROOT = Path(__file__).resolve().parents[2]
WORKERS = ["fine", "narrow", "busy", "refused", "mute", "rude", "slow", "dead", "torn", "half",
           "garbage", "failing", "weak"]
CONFIG = """
JkWorkerProperty worker.list={names},full,socketless,deaf,noport,nobody,jkstatus
{ports}
JkWorkerProperty worker.jkstatus.type=status
JkWorkerProperty worker.narrow.connection_pool_size=1
JkWorkerProperty worker.narrow.connection_acquire_timeout=50
JkWorkerProperty worker.busy.busy_limit=1
JkWorkerProperty worker.mute.ping_mode=C
JkWorkerProperty worker.mute.ping_timeout=100
JkWorkerProperty worker.rude.ping_mode=C
JkWorkerProperty worker.slow.reply_timeout=100
JkWorkerProperty worker.failing.fail_on_status=500,-501
JkWorkerProperty worker.weak.fail_on_status=500,-501
JkWorkerProperty worker.full.port={full}
JkWorkerProperty worker.full.socket_connect_timeout=100
JkWorkerProperty worker.full.retries=1
JkWorkerProperty worker.socketless.host=unix:@DIR@/no.such.socket
JkWorkerProperty worker.deaf.host=unix:{deaf}
JkWorkerProperty worker.deaf.ping_mode=C
JkWorkerProperty worker.noport.port=0
JkWorkerProperty worker.nobody.type=lb
JkWorkerProperty worker.nobody.balance_workers=stopped
JkWorkerProperty worker.nobody.retry_interval=10
JkWorkerProperty worker.stopped.activation=S
{mounts}
JkMount /unlisted/* unlisted
JkMount /jkstatus jkstatus
<Location /fine/refused>
  SetOutputFilter SUBSTITUTE
  Substitute s/old/new/
  SubstituteMaxLineLength 100
</Location>
"""


class DeafSocket:
    """A Unix socket whose owner answers the CPING and takes nothing more."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="yoke-deaf-")
        os.chmod(self.folder, 0o755)
        self.path = self.folder + "/socket"
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.path)
        os.chmod(self.path, 0o777)
        self.listener.listen(8)
        self.taken = []
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.taken.append(connection)
            connection.recv(100)
            connection.shutdown(socket.SHUT_RD)  # from now on writing to it fails
            connection.send(b"AB\0\1\x09")

    def stop(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.thread.join(5)
        for each in self.taken + [self.listener]:
            each.close()
        os.remove(self.path)
        os.rmdir(self.folder)


class Site(Told):
    """One httpd with a worker for every way to fail."""

    def __init__(self, make):
        self.peers = {name: make.peer(name=name) for name in WORKERS}
        behaviours = {"slow": ajp_peer.silence, "dead": ajp_peer.cut("before-head"),
                      "torn": ajp_peer.cut("mid-head"), "half": ajp_peer.cut("before-end"),
                      "garbage": ajp_peer.raw(b"HTTP/1.1 400 Bad Request\r\n\r\n", close=True),
                      "failing": ajp_peer.respond(500), "weak": ajp_peer.respond(501)}
        for name, behaviour in behaviours.items():
            self.peers[name].behaviour = behaviour
        self.peers["mute"].on_ping = ajp_peer.ignore_ping
        self.peers["rude"].on_ping = ajp_peer.close_on_ping
        self.peers["refused"].refuse()
        deaf = make.keep(DeafSocket())
        names = WORKERS + ["full", "socketless", "deaf", "noport", "nobody"]
        self.server = make.httpd(CONFIG.format(
            names=",".join(WORKERS), full=make.keep(FullQueue()).port, deaf=deaf.path,
            ports="\n".join("JkWorkerProperty worker.%s.port=%d" % (n, p.port)
                            for n, p in self.peers.items()),
            mounts="\n".join("JkMount /%s/* %s" % (n, n) for n in names)) + VERDICTS,
            modules=["substitute"])
        self.port = self.server.port


@pytest.fixture(scope="module")
def site(make_for_module):
    return Site(make_for_module)


# Every verdict -------------------------------------------------------------------------------


def plain(site, path):
    """The status of a GET, also where its answer is cut."""
    with Client(site.port) as client:
        client.head("GET", path)
        return client.response().status


def beside_another(site, path):
    """A GET while another one holds the only place on that worker."""
    peer = site.peers[path.split("/")[1]]
    go_on = threading.Event()

    def hold(exchange):
        go_on.wait(10)
        exchange.respond()

    peer.behaviour = hold
    thread = threading.Thread(target=lambda: get(site.port, path + "/held"))
    thread.start()
    try:
        assert peer.wait_requests(1)
        return plain(site, path)
    finally:
        go_on.set()
        thread.join()


def leave(site, path):
    with Client(site.port) as client:
        client.head("POST", path, [("Content-Length", "20000")])
        client.send(b"x" * 5)


def send_bad_chunk(site, path):
    with Client(site.port) as client:
        client.head("POST", path, [("Transfer-Encoding", "chunked")])
        client.send(b"zz\r\nbad")
        return client.response().status


def get_what_a_filter_refuses(site, path):
    site.peers["fine"].behaviour = ajp_peer.respond(
        headers=[("Content-Type", "text/plain")], body=b"x" * 3000)
    try:
        return plain(site, path)
    except Cut:
        return 502


def with_headers(*headers):
    return lambda site, path: get(site.port, path, headers).status


# code: path, how to ask, the status, words of the log line
CASES = {
    "ok": ("/fine/x", plain, 200, []),
    "pool-exhausted": ("/narrow/x", beside_another, 503, ["acquire: ", "connection_pool_size"]),
    "busy-limit": ("/busy/x", beside_another, 503, ["acquire: ", "busy_limit"]),
    "no-member": ("/nobody/x", plain, 503, ["at balancer nobody", "status"]),
    "no-worker": ("/unlisted/x", plain, 500, ["unlisted", "worker.list"]),
    "no-address": ("/noport/x", plain, 503, ["connect: ", "host", "port"]),
    "connect-refused": ("/refused/x", plain, 503, ["connect: ", "errno 111", "again"]),
    "connect-timeout": ("/full/x", plain, 503, ["connect: ", "socket_connect_timeout"]),
    "connect-failed": ("/socketless/x", plain, 503, ["connect: ", "errno 2, No such file"]),
    "ping-timeout": ("/mute/x", plain, 503, ["ping: ", "CPING"]),
    "ping-failed": ("/rude/x", plain, 503, ["ping: ", "CPONG"]),
    "send-failed": ("/deaf/x", plain, 503, ["send: ", "errno 32, Broken pipe"]),
    "reply-timeout": ("/slow/x", plain, 504, ["wait: ", "thread dump"]),
    "closed-before-head": ("/dead/x", plain, 502, ["wait: ", "keepAliveTimeout"]),
    "closed-in-packet": ("/torn/x", plain, 502, ["head: ", "inside a packet"]),
    "closed-in-body": ("/half/x", plain, 200, ["body: ", "cut off"]),
    "protocol-error": ("/garbage/x", plain, 502, ["head: ", "packetSize"]),
    "failing-status": ("/failing/x", plain, 503, ["head: ", "fail_on_status"]),
    "failing-status-soft": ("/weak/x", plain, 503, ["head: ", "fail_on_status"]),
    "client-gone": ("/fine/gone", leave, 400, []),
    "client-body": ("/fine/chunk", send_bad_chunk, 400, ["send: "]),
    "answer-refused": ("/fine/refused", get_what_a_filter_refuses, None, ["body: ", "filter"]),
    "too-large": ("/fine/large", with_headers(*(("X-%d" % n, "v" * 4000) for n in range(3))), 413,
                  ["encode: ", "max_packet_size"]),
    "bad-request": ("/fine/bad", with_headers(("N" * 256, "v")), 400, ["encode: "]),
}


@pytest.mark.parametrize("code", CASES)
def test_verdict(site, code):
    path, ask, status, words = CASES[code]
    site.peers["fine"].behaviour = ajp_peer.respond(body=b"fine")
    got = ask(site, path)
    assert got in (status, None) or status is None, site.lines(path)
    assert wait_for(lambda: site.verdicts(path)), site.server.logs()
    logged = site.verdicts(path)
    assert len(logged) == 1 and logged[0][1] == code, site.lines(path)
    assert status is None or logged[0][0] == str(status), site.lines(path)
    lines = site.lines(path)
    if code == "ok":
        assert lines == []
        return
    assert len(lines) == 1, "one line tells a request that failed: %s" % lines
    assert " [%s]" % code in lines[0]
    for word in words:
        assert word in lines[0], lines[0]
    assert site.server.crashes() == []


def test_all_verdicts_are_documented_and_produced():
    """The table in the code, the page, and the cases above have the same codes."""
    source = (ROOT / "native/request/verdict.cc").read_text()
    page = (ROOT / "xdocs/reference/verdicts.xml").read_text()
    codes = set(re.findall(r'VerdictRow\{Verdict::\w+,\s*"([a-z-]+)"', source))
    assert len(codes) > 20
    assert codes == set(re.findall(r'<row id="verdict\.([a-z-]+)"', page)) == set(CASES)


# The trail -----------------------------------------------------------------------------------


def test_each_attempt_stands_in_the_one_line(make):
    site = Balanced(make, "JkWorkerProperty worker.lb.retries=1")
    site.peers["a"].refuse()
    site.peers["b"].behaviour = ajp_peer.cut("before-head")
    assert request(site.port, "POST", "/x", SESSION, b"buy").status == 502
    assert len(site.lines("/x")) == 1
    line = site.lines("/x")[0]
    a, b = (r"worker %s \(127\.0\.0\.1:%d; " % (n, site.peers[n].port) for n in "ab")
    assert re.search(
        r"\[error\].*POST /x failed with 502 \[closed-before-head\] at balancer lb: "
        + a + r"its session\): connect: .* \(errno 111, Connection refused\) after \d+ ms; "
        + a + r"again\): connect: .* after \d+ ms; "
        + b + r"least load\): wait: .* after \d+ ms; look into Tomcat", line), line


def test_what_was_survived_is_a_warning_for_each_attempt(make):  # row 20
    site = Balanced(make)
    site.peers["a"].behaviour = ajp_peer.cut("before-head")
    assert get(site.port, "/x", SESSION).text == "b"
    assert wait_for(lambda: site.verdicts("/x"))
    assert site.verdicts("/x") == [["200", "ok"]]
    lines = site.lines("/x")
    assert len(lines) == 2 and all("[warn]" in x and "[closed-before-head]" in x for x in lines)
    assert "; its session)" in lines[0] and "; again)" in lines[1]


# Whose fault it is ---------------------------------------------------------------------------

FILTER = """
<Location /refused>
  SetOutputFilter SUBSTITUTE
  Substitute s/old/new/
  SubstituteMaxLineLength 100
</Location>
"""


def leave_the_answer(site, path):
    site.peers["a"].behaviour = ajp_peer.download(50 << 20, b"x" * 65536)
    with Client(site.port) as client:
        client.head("GET", path, SESSION)
        client.more()
        client.reset()


def ask_with_session(site, path, *headers):
    with Client(site.port) as client:
        client.head("GET", path, SESSION + list(headers))
        try:
            client.response()
        except Cut:
            pass


def post_bad_chunk(site, path):
    with Client(site.port) as client:
        client.head("POST", path, SESSION + [("Transfer-Encoding", "chunked")])
        client.send(b"3\r\nabc\r\nzz\r\nbad")
        client.response()


def leave_the_upload(site, path):
    with Client(site.port) as client:
        client.head("POST", path, SESSION + [("Transfer-Encoding", "chunked")])
        client.chunk(b"x" * 100)
        assert site.peers["a"].wait_requests(1)
        client.reset()


FAULTS = {
    "left answer": (leave_the_answer, "/x", "client-gone"),
    "left upload": (leave_the_upload, "/x", "client-gone"),
    "bad chunk": (post_bad_chunk, "/x", "client-body"),
    "large header": (lambda s, p: ask_with_session(s, p, *(("X-%d" % n, "v" * 4000)
                                                           for n in range(3))), "/x", "too-large"),
    "bad header": (lambda s, p: ask_with_session(s, p, ("N" * 256, "v")), "/x", "bad-request"),
    "filter": (ask_with_session, "/refused", "answer-refused"),
}


@pytest.mark.parametrize("case", FAULTS)
def test_what_is_not_the_members_fault_does_not_count_against_it(make, case):
    ask, path, code = FAULTS[case]
    site = Balanced(make, FILTER, modules=["substitute"])
    site.peers["a"].behaviour = ajp_peer.respond(
        headers=[("Content-Type", "text/plain")], body=b"x" * 3000)
    ask(site, path)
    assert wait_for(lambda: site.verdicts(path)), site.server.logs()
    assert site.verdicts(path)[0][1] == code, site.lines(path)
    row = member(site.port, "a")
    assert row["errors"] == "0" and row["state"] == "OK" and row["client_errors"] == "1"
    assert site.peers["b"].requests == [], "nothing is repeated"
    site.peers["a"].behaviour = ajp_peer.respond(body=b"again")
    assert get(site.port, "/y", SESSION).text == "again"
