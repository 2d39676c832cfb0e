"""Rows of balancing.md 17 (here L1 to L52) that a row of requests shows; tests/rows.txt lists all.

Each row is a scenario (differential/scenario.py has the language) and what its fields must be.
Those that need time, bodies or a second process are in test_rows_failover.py.
"""

import time

import pytest

from differential.scenario import Scenario, Server
from support import get

FACTORS = "a.lbfactor=1 b.lbfactor=2 c.lbfactor=3 "
EAST = "b.domain=east c.domain=east "
SLOW = "a=hold &.a a=close .a a=up "


def each(name, values, then=False):
    """The field of a, b and c."""
    return {"%s%s.%s" % ("then." if then else "", letter, name): value
            for letter, value in zip("abc", values.split())}


def letters(text):
    return " ".join(text)


# Row, words, properties, rule extensions (or none), what must be. The members are a, b and c.
ROWS = [
    ("L1", "24*-", FACTORS, "",
     {"served": letters("abccbc" * 4), **each("lbvalue", "24 24 24"), **each("lbmult", "6 3 2")}),
    ("L2_sessions", "24*-", FACTORS + "lb.method=S", "",
     {"served": letters("abccbc" * 4), **each("lbvalue", "24 24 24"),
      **each("sessions", "4 8 12")}),
    ("L2_next", "24*-", FACTORS + "lb.method=N", "",
     {"served": letters("abccbc" * 4), **each("lbvalue", "24 24 24"),
      **each("sessions", "4 8 12")}),
    ("L3", "24*-", FACTORS + "lb.method=B", "",
     {"served": letters("abc" * 8), **each("lbvalue", "0 0 0")}),
    ("L4", "a=hold b=hold c=hold 12*&- ? ends", FACTORS + "lb.method=B", "",
     {**each("busy", "2 4 6", then=True), **each("lbvalue", "12 12 12", then=True),
      **each("busy", "0 0 0"), **each("lbvalue", "0 0 0"), "lb.busy": "0", "lb.max_busy": "12"}),
    ("L5", "12*~", FACTORS, "",
     {"served": letters("abc" * 4), **each("lbvalue", "24 12 8"), **each("sessions", "0 0 0")}),
    ("L6", "12*~", FACTORS + "lb.method=S", "",
     {"served": letters("abc" * 4), **each("lbvalue", "0 0 0")}),
    ("L7", "6*-", "a.distance=2 b.distance=1 c.distance=1", "", {"served": letters("bcbcbc")}),
    ("L7_far", "3*-", "a.distance=2 b.distance=1 c.distance=1 b.activation=s c.activation=d", "",
     {"served": "a a a"}),
    ("L8", "4*- ? b:vwf=4 5*-", "", "",
     {"served": letters("abcabcabb"), **each("lbvalue", "2 1 1", then=True),
      **each("lbmult", "1 1 1", then=True), **each("lbmult", "4 1 4")}),
    ("L8_values", "4*- b:vwf=4", "", "", each("lbvalue", "2 1 1")),
    ("L9", "4*- ? b:vwa=d 2*-", "", "",
     {"served": letters("abcaca"), **each("lbvalue", "2 1 1", then=True)}),
    ("L9_values", "4*- b:vwa=d", "", "",
     {**each("lbvalue", "0 0 0"), **each("activation", "ACT DIS ACT")}),
    ("L11", "c=close .c.b", "", "", {"served": "b", "sent": "ccb"}),
    ("L12", "4*- .b", "b.activation=d", "",
     {"served": "a c a c b", "told.JK_LB_ACTIVATION": "ACT ACT ACT ACT DIS"}),
    ("L13", "3*.c", "c.activation=s", "",
     {"served": "a b a", "told.JK_LB_ACTIVATION": "ACT ACT ACT", "c.activation": "STP"}),
    ("L14", "3*.a", "a.activation=s a.redirect=b b.activation=d", "", {"served": "b b b"}),
    ("L15", "2*.b", EAST + "b.activation=s", "",
     {"served": "c c", "told.jvm_route": "east east", "note.route": "east east"}),
    ("L16", "4*.west:q", "b.route=west.b c.route=west.c", "",
     {"served": "b c b c", "b.domain": "west", "c.domain": "west"}),
    ("L17", ".b .zz -", "lb.sticky_session_force=1 b.activation=s", "", {"served": "503 503 a"}),
    ("L20", "a=close .a", "", "",
     {"served": "b", "sent": "aab", "a.state": "ERR", "a.errors": "1", "b.errors": "0",
      "note.first_name": "a", "note.last_name": "b"}),
    ("L22", SLOW + "? ends", "lb.error_escalation_time=0", "",
     {"served": "b a", "then.a.state": "ERR", "a.state": "ERR", "a.errors": "1"}),
    ("L23", SLOW + "? .a ends", "", "",
     {"served": "b a a", "then.a.state": "OK", "a.state": "OK", "a.errors": "1",
      "then.a.is_failed": True, "a.is_failed": False}),
    ("L26", "a=close b=close c=close - ? a=up b=up c=up -", "", "",
     {"served": "502 b", "sent": "aabbccaab", "b.state": "OK", "then.a.state": "ERR",
      **{"then.%s.is_failed" % letter: True for letter in "abc"}}),
    ("L27", "a=close b=close c=close - ? b=up -", "lb.lb_retries=3 lb.retries=1", "",
     {"served": "502 b", **each("state", "ERR ERR ERR", then=True), "b.state": "OK"}),
    ("L28", "a=refuse b=refuse -", "lb.retries=1", "", {"served": "c"}),
    ("L28_read", "a=close b=close -", "lb.retries=1", "", {"served": "502", "sent": "aabb"}),
    ("L29", "a=hold &.a .a ? ends .a", "a.connection_pool_size=1 a.retry_interval=100", "",
     {"served": "b a a", "then.a.state": "OK/BUSY", "a.state": "OK", "a.errors": "0"}),
    ("L30", "a=hold &.a .a ? ends .a", "a.busy_limit=1", "",
     {"served": "b a a", "then.a.state": "OK/BUSY", "then.a.elected": "2", "a.state": "OK",
      "a.errors": "0"}),
    ("L31", "a=hang .a", "a.reply_timeout=300 a.retry_interval=100", "",
     {"served": "b", "sent": "aab", "a.state": "ERR", "a.reply_timeouts": "2"}),
    ("L32", "a=hang .a ? .a", "a.reply_timeout=400 lb.max_reply_timeouts=3", "",
     {"then.a.state": "OK", "then.a.reply_timeouts": "2", "a.state": "ERR",
      "a.reply_timeouts": "4"}),
    ("L33", "a=500 .a", "a.fail_on_status=500", "",
     {"served": "b", "a.state": "ERR", "a.errors": "1"}),
    ("L33_soft", "a=500 .a", "a.fail_on_status=-500", "",
     {"served": "b", "a.state": "OK", "a.errors": "0"}),
    ("L33_all", "a=500 b=500 c=500 -",
     "a.fail_on_status=500 b.fail_on_status=500 c.fail_on_status=500", "", {"served": "503"}),
    ("L34", "a=500 /r.a a=404 /r.a", "a.fail_on_status=500", "fail_on_status=404",
     {"served": "500 b", "sent": "aaab"}),
    ("L41", "a=garbage .a", "", "", {"served": "b", "a.state": "OK", "a.errors": "0"}),
    ("L44", "3*-", "lb.set_session_cookie=1", "",
     {"cookies": "JSESSIONID=.a;PATH=/;HttpOnly JSESSIONID=.b;PATH=/;HttpOnly "
                 "JSESSIONID=.c;PATH=/;HttpOnly"}),
    ("L44_known", "2*.b", "lb.set_session_cookie=1", "", {"served": "b b", "cookies": "- -"}),
    ("L44_failover", "a=close .a", "lb.set_session_cookie=1", "",
     {"served": "b", "cookies": "JSESSIONID=.b;PATH=/;HttpOnly"}),
    ("L50", "2*- ? a:vaprt=@a&vwa=a 3*- .a", "a.port=0", "",
     {"served": letters("bcabca"), "then.a.activation": "STP", "a.activation": "ACT",
      "a.elected": "2", **each("lbvalue", "2 1 1")}),
    ("L51", "2*@b.c", "", "", {"served": "b b", "told.jvm_route": "b b"}),
    ("L52", "3*/r 4*-", "c.activation=s", "disabled=@a;stopped=@b;active=@c",
     {"served": "c c c a b a b", "c.activation": "STP"}),
]
SINGLE = Scenario("L19", "- .a", "a.activation=d", "a")
ALL_DISABLED = Scenario("L18", "-", "a.activation=d b.activation=d c.activation=d "
                        "lb.retry_interval=100")
# How long a row takes at least, in seconds: two tries of 100 ms; two replies awaited for 300 ms.
TIMES = {"L29": 0.2, "L31": 0.6}
IDS = Scenario("L10", "")
LOGGED = Scenario("L20_log", "a=close .a")
SCENARIOS = [Scenario(name, words, properties, mounts={"r": rule} if rule else {})
             for name, words, properties, rule, _ in ROWS]

# Row 10: the header or the path, and who serves; None: whoever is best.
COOKIES = [
    ("JSESSIONID=x.b", "b"), ('JSESSIONID="x.b"', "b"), ("JSESSIONID =x.b", "b"),
    ("JSESSIONID= x.b", "b"), ("JSESSIONID=x.b ; y=1", "b"), ("y=1;JSESSIONID=x.b", "b"),
    ("y=1,JSESSIONID=x.b,z=3", "b"), ("XJSESSIONID=x.b", None), ("jsessionid=x.b", None),
    ("JSESSIONIDSSO=q.c; JSESSIONID=x.b", "b"), ("JSESSIONID=x.zz; JSESSIONID=x.b", "b"),
    ("JSESSIONID=x.c; JSESSIONID=x.b", "c"), ("JSESSIONID=; JSESSIONID=x.b", "b"),
    ("JSESSIONID=xb", None), ("JSESSIONID=.b", "b"), ("JSESSIONID=x.y.b", "b"),
    ("JSESSIONID=x.B", None),
]
PATHS = [
    (";jsessionid=x.b", "", "b"), (";jsessionid=x.b/y", "", "b"), (";jsessionid=x.b;q=1", "", "b"),
    (";jsessionid=x.b?z=1", "", "b"), (";jsessionid=x%2eb", "", "b"), (";JSESSIONID=x.b", "", None),
    (";xjsessionid=x.b", "", None), ("?jsessionid=x.b", "", None),
    (";jsessionid=x.b", "JSESSIONID=x.c", "b"), (";jsessionid=x", "JSESSIONID=x.b", None),
]


@pytest.fixture(scope="module")
def server():
    made = Server([*SCENARIOS, SINGLE, ALL_DISABLED, IDS, LOGGED]).start()
    yield made
    made.stop()


@pytest.mark.parametrize("row", [row[0] for row in ROWS])
def test_row(server, row):
    at = [name for name, *_ in ROWS].index(row)
    begun = time.monotonic()
    found = server.play(SCENARIOS[at])
    assert time.monotonic() - begun >= TIMES.get(row, 0)
    expected = ROWS[at][-1]
    assert {name: found.get(name) for name in expected} == expected
    assert server.violations == []


def test_l20_failed_attempt_in_the_log(server):
    """A line for each try on a, with its verdict; none about the member that served."""
    server.play(LOGGED)
    lines = [line for line in server.httpd.jk_log().splitlines() if "/L20_log/x" in line]
    assert 1 <= sum("L20_log_a" in line for line in lines) <= 2, lines
    assert all("closed-before-head" in line for line in lines if "L20_log_a" in line)
    assert not any("L20_log_b" in line for line in lines), lines


def who(server, suffix="", *headers):
    """Who answers three requests."""
    return "".join(get(server.httpd.port, "/L10/x" + suffix, headers).text for _ in range(3))


@pytest.mark.parametrize("cookie,served", COOKIES)
def test_l10_cookie(server, cookie, served):
    got = who(server, "", ("Cookie", cookie))
    assert got == served * 3 if served else got not in ("bbb", "ccc")


@pytest.mark.parametrize("suffix,cookie,served", PATHS)
def test_l10_path(server, suffix, cookie, served):
    got = who(server, suffix, *[("Cookie", cookie)] * bool(cookie))
    assert got == served * 3 if served else got not in ("bbb", "ccc")


@pytest.mark.parametrize("route,told,served", [("b", "b", "b"), ("zz", "zz", None)])
def test_l10_route(server, route, told, served):
    server.peers["a"].forget()
    got = who(server, "", ("X-Route", route), ("Cookie", "JSESSIONID=x.c"))
    assert got == served * 3 if served else got not in ("bbb", "ccc")
    assert {x.request.attribute("jvm_route") for x in server.peers["a"].requests} <= {told}


def test_l18_all_disabled(server):
    begun = time.monotonic()
    assert server.play(ALL_DISABLED)["served"] == "503"
    assert 0.09 < time.monotonic() - begun < 2, "one pause of 100 ms"


def test_l19_single_member_disabled(server):
    assert server.play(SINGLE)["served"] == "503 a"
