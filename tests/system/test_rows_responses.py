"""directives.md 6 to 8: responses, failures, and what the environment and notes are for.

Each test is named after its chapter there.  The request headers X-Timeout, X-Sticky, X-Stateless
and X-Jk-Route set the variables of 8.1.
"""

import re
import threading
import time

import pytest

import ajp_peer
from support import Client, FullQueue, get, member, wait_for

CONFIG = """
JkWorkerProperty worker.list=w,lb,down,narrow,stall,full,jkstatus
JkWorkerProperty worker.jkstatus.type=status
JkWorkerProperty worker.w.port={a}
JkWorkerProperty worker.w.reply_timeout=150
JkWorkerProperty worker.w.retries=1
JkWorkerProperty worker.narrow.port={a}
JkWorkerProperty worker.narrow.connection_pool_size=1
JkWorkerProperty worker.narrow.connection_acquire_timeout=100
JkWorkerProperty worker.stall.port={a}
JkWorkerProperty worker.stall.socket_timeout=1
JkWorkerProperty worker.stall.retries=1
JkWorkerProperty worker.full.port={full}
JkWorkerProperty worker.full.socket_connect_timeout=200
JkWorkerProperty worker.full.retries=1
JkWorkerProperty worker.down.port={down}
JkWorkerProperty worker.down.retries=1
JkWorkerProperty worker.lb.type=lb
JkWorkerProperty worker.lb.balance_workers=a,b
JkWorkerProperty worker.lb.method=S
JkWorkerProperty worker.a.port={a}
JkWorkerProperty worker.b.port={b}
JkMount /w/* w
JkMount /long/* w;reply_timeout=5000
JkMount /narrow/* narrow
JkMount /stall/* stall
JkMount /down/* down
JkMount /lb/* lb
JkMount /ignore/* lb;sticky_ignore=1
JkMount /errors/* w;use_server_errors=400
JkMount /off/* w;use_server_errors=0
JkMount /full/* full
JkMount /jkstatus jkstatus
SetEnvIf X-Timeout ^=(.*)$ JK_REPLY_TIMEOUT=$1
SetEnvIf X-Sticky ^=(.*)$ JK_STICKY_IGNORE=$1
SetEnvIf X-Stateless ^=(.*)$ JK_STATELESS=$1
LogFormat "%U name=%{{JK_WORKER_NAME}}n type=%{{JK_WORKER_TYPE}}n \
duration=%{{JK_REQUEST_DURATION}}n route=%{{JK_WORKER_ROUTE}}n" notes
CustomLog @DIR@/notes.log notes
LogFormat "%U {first} {last}" members
CustomLog @DIR@/members.log members
"""
NOTES = "NAME VALUE ACCESSED SESSIONS READ TRANSFERRED ERRORS BUSY ACTIVATION STATE".split()


class Site:
    """A worker, a balancer over a and b, and workers that fail in their own way."""

    def __init__(self, make):
        self.a, self.b, down = (make.peer(name=name) for name in ("a", "b", "-"))
        down.refuse()
        first, last = (" ".join("%%{JK_LB_%s_%s}n" % (which, n) for n in NOTES)
                       for which in ("FIRST", "LAST"))
        self.server = make.httpd(CONFIG.format(
            a=self.a.port, b=self.b.port, down=down.port, full=make.keep(FullQueue()).port,
            first=first, last=last), modules=["setenvif"])
        self.port = self.server.port

    def get(self, path, *headers):
        return get(self.port, path, headers)

    def logged(self, name, path):
        """The last line about a path in one of the logs of notes."""
        def lines():
            return [x for x in self.server._read(name).splitlines() if x.startswith(path + " ")]

        assert wait_for(lines)
        return lines()[-1].split(" ", 1)[1]


@pytest.fixture(scope="module")
def shared_site(make_for_module):
    return Site(make_for_module)


@pytest.fixture
def site(shared_site):
    for peer in (shared_site.a, shared_site.b):
        peer.forget()
        peer.behaviour = ajp_peer.respond(body=peer.name.encode())
    return shared_site


# 6 Responses ---------------------------------------------------------------------------------


def test_6_1_headers_pass_one_by_one(site):
    sent = [("Location", "http://elsewhere/"), ("Status", "teapot"), ("Servlet-Engine", "x"),
            ("WWW-Authenticate", "Basic realm=a"), ("WWW-Authenticate", "Digest realm=b"),
            ("X-One", "1"), ("X-One", "2"), ("Date", "yesterday"), ("Server", "mine")]
    site.a.behaviour = ajp_peer.respond(401, sent, b"x")
    answer = site.get("/w/x")
    for name in ("Location", "Status", "Servlet-Engine", "WWW-Authenticate", "X-One"):
        assert answer.values(name) == [v for n, v in sent if n == name]
    assert len(answer.values("Date")) == 1 and answer.header("Date") != "yesterday"
    assert len(answer.values("Server")) == 1 and "Apache" in answer.header("Server")


@pytest.mark.parametrize("status,reason", [
    (200, "OK"), (404, "Not Found"), (599, "Unknown Reason")])
def test_6_1_empty_reason(site, status, reason):
    head = ajp_peer.wire.packet(b"\x04" + status.to_bytes(2, "big") + ajp_peer.wire.string("")
                                + b"\0\0")
    site.a.behaviour = ajp_peer.raw(head + ajp_peer.wire.end_response())
    answer = site.get("/w/x")
    assert (answer.status, answer.reason) == (status, reason)


@pytest.mark.parametrize("lengths", [["abc"], ["-1"], ["+3"], [""], ["9223372036854775808"],
                                     ["3", "4"], ["3, 4"]])
def test_6_1_length_that_is_none(site, lengths):
    site.a.behaviour = ajp_peer.respond(
        200, [("Content-Length", value) for value in lengths], b"abc")
    assert site.get("/w/x").status == 502


@pytest.mark.parametrize("status", [204, 304])
def test_6_2_status_that_has_no_body(site, status):
    site.a.behaviour = ajp_peer.by_path(
        {"/w/1": ajp_peer.respond(status, [("Content-Length", "4")], b"body")},
        ajp_peer.respond(body=b"next"))
    with Client(site.port) as client:
        assert client.request(path="/w/1").status == status
        assert client.request(path="/w/2").body == b"next"


def test_6_2_small_response_gets_its_length(site):
    site.a.behaviour = ajp_peer.respond(body=b"abc", length=False)
    answer = site.get("/w/x")
    assert (answer.header("Content-Length"), answer.body) == ("3", b"abc")


def test_6_2_head_and_end(site):
    site.a.behaviour = ajp_peer.respond(length=False)
    answer = site.get("/w/x")
    assert (answer.status, answer.body, answer.complete) == (200, b"", True)


@pytest.mark.parametrize("size", [5, 50000])
def test_6_2_less_than_announced(site, size):
    site.a.behaviour = ajp_peer.respond(200, [("Content-Length", "60000")], b"x" * size)
    with Client(site.port) as client:
        client.head("GET", "/w/x")
        answer = client.response()
        assert answer.status == 502 or (not answer.complete and client.closed())


def test_6_3_headers_are_discarded(site):
    site.a.behaviour = ajp_peer.respond(404, [("X-Mine", "1"), ("Set-Cookie", "a=1")], b"theirs")
    answer = site.get("/errors/x")
    assert answer.status == 404 and b"<title>404" in answer.body
    assert answer.values("X-Mine") == answer.values("Set-Cookie") == []


def test_6_3_missing_challenge_is_logged(site):
    site.a.behaviour = ajp_peer.respond(401, body=b"theirs")
    answer = site.get("/errors/x")
    assert answer.status == 401 and answer.values("WWW-Authenticate") == []
    assert site.server.wait_log("WWW-Authenticate", log=site.server.jk_log)


def test_6_3_zero_is_off(site):
    site.a.behaviour = ajp_peer.respond(404, body=b"theirs")
    assert site.get("/off/x").body == b"theirs"


# 7 Failures ----------------------------------------------------------------------------------


def test_7_no_connection_is_free(site):
    go_on = threading.Event()

    def hold(exchange):
        go_on.wait(10)
        exchange.respond(body=b"a")

    site.a.behaviour = hold
    first = []
    thread = threading.Thread(target=lambda: first.append(site.get("/narrow/x")))
    thread.start()
    try:
        assert site.a.wait_requests(1)
        begun = time.monotonic()
        assert site.get("/narrow/x").status == 503
        assert 0.1 <= time.monotonic() - begun < 2 and len(site.a.requests) == 1
    finally:
        go_on.set()
        thread.join()
    assert first[0].text == "a"


def test_7_socket_timeout(site):
    site.a.behaviour = ajp_peer.silence
    begun = time.monotonic()
    assert site.get("/stall/x").status == 502
    assert 1 <= time.monotonic() - begun < 3
    assert site.server.wait_log(r"\[closed-before-head\].*nothing came within socket_timeout "
                                r"\(errno 110, ", log=site.server.jk_log)


def test_7_connect_that_takes_too_long(site):
    begun = time.monotonic()
    assert site.get("/full/x").status == 503
    assert 0.2 <= time.monotonic() - begun < 2


def test_7_too_large_head_keeps_the_client(site):
    with Client(site.port) as client:
        assert client.request(path="/w/x", headers=[
            ("X-%d" % n, "v" * 4000) for n in range(3)]).status == 413
    assert site.a.requests == []


# 8.1 Environment -----------------------------------------------------------------------------


@pytest.mark.parametrize("path,value,status", [
    ("/long/x", "150", 504), ("/w/x", "0", 200), ("/w/x", "5000", 200), ("/w/x", "-1", 504),
    ("/w/x", None, 504), ("/long/x", None, 200)])
def test_8_1_reply_timeout(site, path, value, status):
    """150 ms for the worker, 5 s for the rule; the container takes 400 ms."""
    site.a.behaviour = ajp_peer.delay(0.4, ajp_peer.respond(body=b"a"))
    headers = [] if value is None else [("X-Timeout", "=" + value)]
    assert site.get(path, *headers).status == status


STICKY = [  # path, value, whether the session is followed
    ("/lb/x", None, True), ("/lb/x", "0", True), ("/lb/x", "text", True), ("/lb/x", "", False),
    ("/lb/x", "1", False), ("/lb/x", "-5", False), ("/ignore/x", None, False),
    ("/ignore/x", "0", True), ("/ignore/x", "text", True),
]


@pytest.mark.parametrize("path,value,followed", STICKY)
def test_8_1_sticky_ignore(site, path, value, followed):
    headers = [("Cookie", "JSESSIONID=x.b")]
    headers += [] if value is None else [("X-Sticky", "=" + value)]
    got = {site.get(path, *headers).text for _ in range(6)}
    assert (got == {"b"}) == followed, got


@pytest.mark.parametrize("value,counted", [(None, 1), ("0", 1), ("text", 1), ("", 0), ("1", 0)])
def test_8_1_stateless(site, value, counted):
    def sessions():
        return sum(int(member(site.port, name)["sessions"]) for name in "ab")

    before = sessions()
    headers = [] if value is None else [("X-Stateless", "=" + value)]
    assert site.get("/lb/x", *headers).status == 200
    assert sessions() - before == counted


# 8.2 Notes -----------------------------------------------------------------------------------


@pytest.mark.parametrize("path,expected", [
    ("/long/notes", r"name=w type=ajp13 duration=\d+\.\d{6} route=-"),
    ("/lb/notes", r"name=lb type=lb duration=\d+\.\d{6} route=[ab]"),
    ("/down/notes", r"name=down type=ajp13 duration=\d+\.\d{6} route=-"),
    ("/jkstatus", r"name=jkstatus type=status duration=\d+\.\d{6} route=-"),
    ("/none/notes", r"name=- type=- duration=- route=-")])
def test_8_2_notes(site, path, expected):
    site.get(path)
    assert re.fullmatch(expected, site.logged("notes.log", path))


def test_8_2_notes_about_members(site):
    """Both tries: the member that closes, and the one that serves."""
    site.a.behaviour = ajp_peer.cut("before-head")
    before = {name: member(site.port, name) for name in "ab"}
    assert site.get("/lb/members", ("Cookie", "JSESSIONID=x.a")).text == "b"
    values = site.logged("members.log", "/lb/members").split()
    first, last = dict(zip(NOTES, values[:10])), dict(zip(NOTES, values[10:]))
    after = {name: member(site.port, name) for name in "ab"}
    assert (first["NAME"], last["NAME"]) == ("a", "b")
    assert (first["STATE"], last["STATE"]) == ("ERR", "OK")
    assert (first["ACTIVATION"], last["ACTIVATION"]) == ("ACT", "ACT")
    assert (first["BUSY"], last["BUSY"]) == ("0", "0")
    assert int(first["ERRORS"]) == int(before["a"]["errors"]) + 1
    for note, field in (("VALUE", "lbvalue"), ("SESSIONS", "sessions"), ("READ", "read"),
                        ("TRANSFERRED", "transferred"), ("ERRORS", "errors")):
        assert first[note] == after["a"][field] and last[note] == after["b"][field], note
    assert int(first["ACCESSED"]) > 0 and int(last["ACCESSED"]) > 0


def test_8_2_no_notes_about_members(site):
    site.get("/w/members")
    assert site.logged("members.log", "/w/members").split() == ["-"] * 20
