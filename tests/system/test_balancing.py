"""The load balancer: order, weights, sessions, failover, and what it must never do.

Each test has a server and members a, b, c of its own, so that it starts from the first election.
A member answers with its name.
"""

import time

import pytest

import ajp_peer
from support import Client, Cut, get, member, parallel, request, status_text, wait_for

CONFIG = """
JkWorkerProperty worker.list=lb,jkstatus
JkWorkerProperty worker.jkstatus.type=status
JkWorkerProperty worker.lb.type=lb
JkWorkerProperty worker.lb.balance_workers={names}
{members}
{extra}
JkMount /* lb
JkMount /jkstatus jkstatus
<IfModule mod_setenvif.c>
  SetEnvIf X-Route (.+) JK_ROUTE=$1
</IfModule>
"""


class Site:
    """A balancer `lb` over peers named by the letters of `names`."""

    def __init__(self, make, names="abc", extra="", **server):
        self.peers = {name: make.peer(name=name) for name in names}
        members = ["worker.%s.port=%d" % (n, p.port) for n, p in self.peers.items()]
        self.server = make.httpd(CONFIG.format(
            names=",".join(names), members=self.lines(members), extra=self.lines(extra.split())),
            **server)
        self.port = self.server.port

    @staticmethod
    def lines(properties):
        return "\n".join("JkWorkerProperty " + p for p in properties)

    def __getitem__(self, name):
        return self.peers[name]

    def sequence(self, count, *args):
        """Who answered each of `count` requests, one after the other."""
        return "".join(get(self.port, "/x", *args).text for _ in range(count))

    def counts(self):
        return {name: len(peer.requests) for name, peer in self.peers.items()}

    def state(self, name):
        return member(self.port, name)["state"]


def session(value):
    return [("Cookie", "JSESSIONID=" + value)]


# Order and weights ---------------------------------------------------------------------------


def test_members_take_turns(make):
    site = Site(make)
    assert site.sequence(9) == "abcabcabc"
    assert [member(site.port, n)["elected"] for n in "abc"] == ["3"] * 3


@pytest.mark.parametrize("mpm", ["event", "worker", "prefork"])
def test_weights(make, mpm):
    site = Site(make, extra="worker.a.lbfactor=1 worker.b.lbfactor=2 worker.c.lbfactor=3", mpm=mpm)
    assert site.sequence(24) == "abccbc" * 4
    rows = [member(site.port, n) for n in "abc"]
    assert [r["lbmult"] for r in rows] == ["6", "3", "2"]
    assert [r["lbvalue"] for r in rows] == ["24"] * 3
    assert [r["elected"] for r in rows] == ["4", "8", "12"]
    assert [r["state"] for r in rows] == ["OK"] * 3


def test_weights_over_several_children(make):
    """The load is shared: over all children the shares are those of the factors."""
    site = Site(make, extra="worker.b.lbfactor=2 worker.c.lbfactor=3", children=3, threads=4)
    parallel(6, lambda _: [get(site.port, "/x").text for _ in range(20)])
    counts = site.counts()
    assert sum(counts.values()) == 120
    assert abs(counts["a"] - 20) <= 6 and abs(counts["c"] - 60) <= 6, counts


def test_route_and_activation_reach_the_container(make):
    site = Site(make, extra="worker.a.route=tomcat-a")
    assert site.sequence(1) == "a"
    sent = site["a"].requests[0].request
    assert sent.attribute("jvm_route") == "tomcat-a"
    assert sent.attribute("JK_LB_ACTIVATION") == "ACT"


# Sessions ------------------------------------------------------------------------------------

STICKY = [  # cookie header, who has to answer
    ("JSESSIONID=x.b", "b"), pytest.param('JSESSIONID="x.b"', "b", id="W29"),
    ("JSESSIONID =x.b", "b"), ("JSESSIONID= x.b", "b"), ("y=1;JSESSIONID=x.b", "b"),
    ("y=1,JSESSIONID=x.b,z=3", "b"), ("JSESSIONID=x.b ; y=1", "b"),
    ("JSESSIONIDSSO=q.c; JSESSIONID=x.b", "b"),
    pytest.param("JSESSIONID=x.zz; JSESSIONID=x.b", "b", id="W28"),
    ("JSESSIONID=x.c; JSESSIONID=x.b", "c"),
    ("JSESSIONID=; JSESSIONID=x.b", "b"), ("JSESSIONID=.b", "b"),
    pytest.param("XJSESSIONID=x.b", None, id="W30_other_name"),
    pytest.param("jsessionid=x.b", None, id="W30_lower_case"), ("JSESSIONID=xb", None),
    ("JSESSIONID=x.B", None), ("JSESSIONID=x.unknown", None), ("JSESSIONID=x.", None),
]
PATHS = [
    ("/a/x;jsessionid=x.b", "b"), pytest.param("/a/x;jsessionid=x.b/y", "b", id="W29"),
    ("/x;jsessionid=x.b;q=1", "b"),
    ("/a/x;jsessionid=x.b?z=1", "b"), ("/a/x;jsessionid=x%2eb", "b"),
    pytest.param("/a/x;JSESSIONID=x.b", None, id="W30"), ("/a/x;xjsessionid=x.b", None),
    ("/x?jsessionid=x.b", None),
]


@pytest.fixture(scope="module")
def sticky_site(make_for_module):
    return Site(make_for_module)


@pytest.mark.parametrize("cookie,who", STICKY)
def test_session_cookie(sticky_site, cookie, who):
    got = sticky_site.sequence(6, [("Cookie", cookie)])
    assert got == who * 6 if who else got != "bbbbbb"


@pytest.mark.parametrize("path,who", PATHS)
def test_session_in_the_path(sticky_site, path, who):
    got = "".join(get(sticky_site.port, path).text for _ in range(6))
    assert got == who * 6 if who else got != "bbbbbb"


def test_path_comes_before_the_cookie(sticky_site):
    for _ in range(3):
        assert get(sticky_site.port, "/x;jsessionid=x.b", session("x.c")).text == "b"


def test_sessions_are_counted(make):
    site = Site(make)
    site.sequence(3)
    site.sequence(3, session("x.b"))
    assert [member(site.port, n)["sessions"] for n in "abc"] == ["1", "1", "1"]
    assert member(site.port, "b")["elected"] == "4"


def test_stickiness_switched_off(make):
    site = Site(make, extra="worker.lb.sticky_session=false")
    assert set(site.sequence(6, session("x.b"))) == set("abc")


@pytest.mark.parametrize("sticky, served", [("true", "bbb"), ("false", "abc")])
def test_route_from_the_environment(make, sticky, served):  # rows 51 and 8.4
    """JK_ROUTE outranks the cookie, and is forwarded also where it may not choose the member."""
    site = Site(make, extra="worker.lb.sticky_session=" + sticky, modules=["setenvif"])
    forced = [("X-Route", "b")] + session("x.c")
    assert site.sequence(3, forced) == served
    told = [r.request.attribute("jvm_route") for p in site.peers.values() for r in p.requests]
    assert told == ["b"] * 3


def test_forced_stickiness(make):
    site = Site(make, extra="worker.lb.sticky_session_force=true worker.b.activation=stopped")
    assert get(site.port, "/x", session("x.b")).status == 503
    assert get(site.port, "/x", session("x.unknown")).status == 503
    assert get(site.port, "/x", session("x.c")).text == "c"
    assert get(site.port, "/x").status == 200


def test_disabled_and_stopped_members(make):
    site = Site(make, extra="worker.b.activation=disabled worker.c.activation=stopped")
    assert site.sequence(4) == "aaaa"
    assert site.sequence(2, session("x.b")) == "bb"
    assert site["b"].requests[0].request.attribute("JK_LB_ACTIVATION") == "DIS"
    assert site.sequence(2, session("x.c")) == "aa"
    assert [member(site.port, n)["activation"] for n in "abc"] == ["ACT", "DIS", "STP"]


# Failover ------------------------------------------------------------------------------------


def test_member_that_is_down(make):
    site = Site(make)
    site["a"].refuse()
    begun = time.monotonic()
    assert get(site.port, "/x", session("x.a")).text == "b"
    assert time.monotonic() - begun < 2, "at once"
    assert site.state("a") == "ERR" and site.state("b") == "OK"
    assert site.server.wait_log(r"\ba\b.*127\.0\.0\.1:%d|127\.0\.0\.1:%d.*\ba\b" % (
        (site["a"].port,) * 2))
    # The others carry on without it; nobody waits for it.
    assert set(site.sequence(6)) == set("bc")


def test_member_that_closes_without_an_answer(make):
    site = Site(make)
    site["a"].behaviour = ajp_peer.cut("before-head")
    assert get(site.port, "/x", session("x.a")).text == "b"
    assert site.counts() == {"a": 2, "b": 1, "c": 0}
    row = member(site.port, "a")
    assert row["state"] == "ERR" and row["errors"] == "1"
    # The route told to the container is that of the member that got the request.
    assert site["b"].requests[0].request.attribute("jvm_route") == "b"


def test_member_that_hangs(make):
    site = Site(make, extra="worker.a.reply_timeout=300")
    site["a"].behaviour = ajp_peer.silence
    begun = time.monotonic()
    assert get(site.port, "/x", session("x.a")).text == "b"
    assert 0.5 < time.monotonic() - begun < 3
    row = member(site.port, "a")
    assert row["state"] == "ERR" and row["reply_timeouts"] == "2"


def test_reply_timeouts_are_tolerated_up_to_the_limit(make):
    site = Site(make, extra="worker.a.reply_timeout=200 worker.lb.max_reply_timeouts=3")
    site["a"].behaviour = ajp_peer.silence
    assert get(site.port, "/x", session("x.a")).text == "b"
    assert site.state("a") != "ERR" and member(site.port, "a")["reply_timeouts"] == "2"
    assert get(site.port, "/x", session("x.a")).status == 200
    assert site.state("a") == "ERR" and member(site.port, "a")["reply_timeouts"] == "4"


def test_garbage_does_not_change_the_state(make):
    site = Site(make)
    site["a"].behaviour = ajp_peer.raw(b"HTTP/1.1 400 Bad Request\r\n\r\n", close=True)
    assert get(site.port, "/x", session("x.a")).text == "b"
    row = member(site.port, "a")
    assert row["state"] == "OK" and row["errors"] == "0"


def test_idle_connection_that_was_closed_is_no_error(make):
    site = Site(make)
    assert site.sequence(3) == "abc"
    for peer in site.peers.values():
        peer.drop()
        assert all(c.wait_closed(5) for c in peer.connections)
    assert site.sequence(3) == "abc"
    assert [member(site.port, n)["errors"] for n in "abc"] == ["0"] * 3


def test_all_refuse_then_one_comes_back(make):
    site = Site(make)
    for peer in site.peers.values():
        peer.refuse()
    assert get(site.port, "/x").status == 503
    site["c"].listen()
    answers = [get(site.port, "/x") for _ in range(3)]
    assert answers[-1].text == "c", [a.status for a in answers]


def test_all_members_close(make):
    site = Site(make)
    for peer in site.peers.values():
        peer.behaviour = ajp_peer.cut("before-head")
    assert get(site.port, "/x").status == 502
    assert 2 <= sum(site.counts().values()) <= 8


def test_healthy_member_is_reached_whatever_lb_retries_says(make):
    site = Site(make, extra="worker.lb.retries=1")
    site["a"].refuse()
    site["b"].refuse()
    assert site.sequence(3) == "ccc"


def test_poisonous_request_meets_two_members_at_most(make):
    site = Site(make, extra="worker.lb.retries=1")
    for name in "ab":
        site[name].behaviour = ajp_peer.cut("before-head")
    assert get(site.port, "/poison").status == 502
    assert site.counts()["c"] == 0


def test_member_recovers(make):
    site = Site(make, extra="worker.lb.recover_time=1 worker.maintain=1")
    site["a"].refuse()
    assert get(site.port, "/x", session("x.a")).text in "bc"
    assert site.state("a") == "ERR"
    site["a"].listen()
    assert wait_for(lambda: "a" in site.sequence(3), timeout=8, pause=0.3)
    assert site.state("a") == "OK"


# What is repeated and what is not ------------------------------------------------------------


def test_post_is_not_repeated_after_it_was_sent(make):
    site = Site(make)
    site["a"].behaviour = ajp_peer.cut("before-head")
    assert request(site.port, "POST", "/x", session("x.a"), b"buy").status == 502
    assert site.counts() == {"a": 1, "b": 0, "c": 0}


@pytest.mark.parametrize("size,served", [(3, True), (8186, True), (600, True), (8187, False)])
def test_post_is_repeated_where_recovery_options_say_so(make, size, served):
    """Written out, even a 0 was chosen by somebody; the first packet is kept for it."""
    site = Site(make, extra=" ".join("worker.%s.recovery_options=0" % n for n in "abc"))
    site["a"].behaviour = ajp_peer.cut("before-head")
    site["b"].behaviour = site["c"].behaviour = ajp_peer.digest
    answer = request(site.port, "POST", "/x", session("x.a"), b"x" * size)
    if served:
        assert answer.text.startswith("%d " % size) and site.counts()["b"] == 1
    else:
        assert answer.status == 502 and site.counts() == {"a": 1, "b": 0, "c": 0}


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "GET", "HEAD", "PROPFIND"])
def test_idempotent_methods_fail_over(make, method):
    site = Site(make)
    site["a"].behaviour = ajp_peer.cut("before-head")
    assert request(site.port, method, "/x", session("x.a"), b"").status == 200


@pytest.mark.parametrize("method", ["POST", "PATCH", "LOCK", "MKCOL", "FOOBAR"])
def test_other_methods_do_not(make, method):
    site = Site(make)
    site["a"].behaviour = ajp_peer.cut("before-head")
    assert request(site.port, method, "/x", session("x.a"), b"").status == 502
    assert site.counts() == {"a": 1, "b": 0, "c": 0}


def test_post_that_was_never_sent_fails_over_whole(make):
    site = Site(make)
    site["a"].refuse()
    site["b"].behaviour = site["c"].behaviour = ajp_peer.digest
    body = bytes(range(250)) * 400
    answer = request(site.port, "POST", "/x", session("x.a"), body)
    assert answer.text.startswith("100000 ") and sum(site.counts().values()) == 1


def test_body_that_was_asked_for_is_not_repeated(make):
    def ask_then_close(exchange):
        exchange.read_packet()
        exchange.read_packet()
        exchange.connection.close()
        raise ajp_peer.Gone("closed by us")

    site = Site(make, extra="worker.a.recovery_options=0")
    site["a"].behaviour = ask_then_close
    answer = request(site.port, "PUT", "/x", session("x.a"), b"x" * 20000)
    assert answer.status == 502 and site.counts() == {"a": 1, "b": 0, "c": 0}


@pytest.mark.parametrize("size", [1000, 100000])
def test_cut_answer_is_a_visible_cut(make, size):
    """Half an answer, then the end: never a second answer, never a proper end."""
    site = Site(make)
    site["a"].behaviour = ajp_peer.cut("before-end", body=b"x" * size)
    with Client(site.port) as client:
        client.head("GET", "/x", session("x.a"))
        try:
            answer = client.response()
            assert answer.status == 502 or (not answer.complete and client.closed(2))
            assert answer.status == 502 or answer.body.strip(b"x") == b""
        except Cut:
            pass
    assert site.counts() == {"a": 1, "b": 0, "c": 0}


# What the status shows -----------------------------------------------------------------------


def test_busy_rises_and_falls(make):
    site = Site(make)
    for peer in site.peers.values():
        peer.behaviour = ajp_peer.delay(1, ajp_peer.respond(body=b"slow"))
    import threading
    work = threading.Thread(target=parallel, args=(6, lambda _: get(site.port, "/x")))
    work.start()
    assert wait_for(lambda: sum(site.counts().values()) == 6)
    rows = status_text(site.port)
    assert [rows[("Member", n)]["busy"] for n in "abc"] == ["2"] * 3
    assert rows[("Balancer Worker", "lb")]["busy"] == "6"
    work.join()
    rows = status_text(site.port)
    assert [rows[("Member", n)]["busy"] for n in "abc"] == ["0"] * 3
    assert rows[("Balancer Worker", "lb")]["max_busy"] == "6"


def test_good_degraded_and_bad(make):
    site = Site(make, extra="worker.b.activation=disabled")
    site["c"].refuse()
    site.sequence(3)
    row = status_text(site.port)[("Balancer Worker", "lb")]
    assert (row["member_count"], row["good"], row["degraded"], row["bad"]) == ("3", "1", "1", "1")


def test_injected_lines_do_not_reach_the_client(make):
    """Through a balancer as well: a reason phrase with line breaks is dropped."""
    site = Site(make, names="a")
    site["a"].behaviour = ajp_peer.respond(reason="OK\r\nX-Injected: 1", body=b"abc")
    answer = get(site.port, "/x")
    assert (answer.status, answer.body, answer.reason) == (200, b"abc", "OK")
    assert answer.header("X-Injected") is None
