"""Rows of balancing.md 17 (here L21 to L49) that need time, a body, a client that goes away or a
second generation; test_rows_balancing.py has the others, tests/rows.txt lists all."""

import os
import signal
import time

import pytest

import ajp_peer
from differential.scenario import Course, Scenario, Server
from support import Client, Cut, get, request, status_text, wait_for

SESSION = [("Cookie", "JSESSIONID=x.a")]
OPTIONS = {  # recovery_options: the methods that fail over when the answer does not begin
    "absent": ["GET", "HEAD", "PUT"], 0: ["GET", "HEAD", "POST"], 1: [],
    2: ["GET", "HEAD", "POST"], 3: [], 9: ["HEAD"], 17: ["GET"], 19: ["GET"],
    25: ["GET", "HEAD"],
}


METHODS = ("GET", "HEAD", "PUT", "POST")
NOT_BEHIND_A_HEAD = (2, 3, 19)  # bit 2
SIZES = [(0, 8186, True), (0, 8187, False), ("absent", 8186, False), ("absent", 8187, False)]


def written(name, options):
    return Scenario(name, "", "" if options == "absent" else " ".join(
        "%s.recovery_options=%s" % (letter, options) for letter in "abc"))


AGING = [
    Scenario("L21", "", "lb.error_escalation_time=1"),
    Scenario("L24", "", "lb.recover_time=1"), Scenario("L24_failure", "", "lb.recover_time=1"),
    Scenario("L45", "", "", "ab"),
]
SCENARIOS = [
    Scenario("L36", ""), Scenario("L38", "a=mid .a"), Scenario("L39", ""), Scenario("L40", ""),
    Scenario("L42", ""), Scenario("L43", "", "a.ping_mode=P a.ping_timeout=300"),
    Scenario("L49", "a=500 .a", "a.fail_on_status=500"),
    Scenario("L49_other", "", "lb.balance_workers=L49_a", ""),
    *[written("L35_%s_%d" % (options, size), options) for options, size, _ in SIZES],
    *[written("L37_%s_%s_%s" % (options, method, step), options)
      for options in OPTIONS for method in METHODS for step in ("close", "head")],
]
LB = {scenario.id: scenario for scenario in SCENARIOS + AGING}


@pytest.fixture(scope="module")
def server():
    made = Server(SCENARIOS).start()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def aging():
    made = Server(AGING, maintain=1).start()
    yield made
    made.stop()


def becomes(course, name, value):
    return wait_for(lambda: course.status()[name] == value, 20, 0.05)


# Time ----------------------------------------------------------------------------------------


def test_l21_local_error_escalates(aging):
    """The slow request proves nothing in the end: it began before the error."""
    with Course(aging, LB["L21"]) as course:
        course.go("a=hold &.a a=close .a a=up")
        assert (course.answers[-1][0], course.status()["a.errors"]) == ("b", "1")
        assert becomes(course, "a.state", "ERR")
        course.go("ends")
        assert course.status()["a.state"] == "ERR" and course.answers[-1][0] == "a"


@pytest.mark.parametrize("row,answer,state,errors",
                         [("L24", "up", "OK", "1"), ("L24_failure", "close", "ERR", "2")])
def test_l24_and_l25_probe(aging, row, answer, state, errors):
    with Course(aging, LB[row]) as course:
        course.go("6*- a=close .a")
        assert course.status()["a.state"] == "ERR"
        assert becomes(course, "a.state", "ERR/REC")
        now = course.status()
        assert now["a.lbvalue"] == max(now["b.lbvalue"], now["c.lbvalue"])
        if answer == "up":
            course.go("a=hold &.a")
            assert course.status()["a.state"] == "ERR/PRB"
            course.go("a=up .a ends")
            assert [served for served, _ in course.answers[-2:]] == ["a", "a"]
        else:
            course.go(".a")
        now = course.status()
        assert (now["a.state"], now["a.errors"]) == (state, errors)


def test_l45_load_halves(aging):
    with Course(aging, LB["L45"]) as course:
        course.go(".b")
        assert becomes(course, "b.lbvalue", "0")  # a pass has just been
        course.go("30*.a")
        seen = []

        def look():
            now = course.status()
            if (now["a.lbvalue"], now["a.state"]) not in seen:
                seen.append((now["a.lbvalue"], now["a.state"]))
            return now["a.lbvalue"] == "0"

        assert wait_for(look, 20, 0.02)
    values = [value for value, _ in seen]
    assert values[0] == "30" and set(values) <= {"30", "15", "7", "3", "1", "0"}
    assert len(values) >= 4 and dict(seen)["15"] == "OK" and seen[-1][1] == "OK/IDLE"


# Bodies --------------------------------------------------------------------------------------


def ask(server, row, method="GET", body=None, headers=()):
    path = "%s/x" % LB[row].path()
    return request(server.httpd.port, method, path, SESSION + list(headers), body)


def session_of_a(server, row, method="GET", body=None, headers=()):
    return request(server.httpd.port, method, LB[row].path() + "/x", SESSION + list(headers), body)


def sent(server):
    return {letter: len(server.peers[letter].requests) for letter in "abc"}


@pytest.mark.parametrize("options,size,is_served", SIZES)
def test_l35_body_of_one_packet(server, options, size, is_served):
    with Course(server, LB["L35_%s_%d" % (options, size)]) as course:
        course.go("a=close")
        server.peers["b"].behaviour = ajp_peer.digest
        answer = session_of_a(server, course.scenario.id, "POST", b"x" * size)
        assert answer.text.startswith("%d " % size) if is_served else answer.status == 502
        assert sent(server) == {"a": 1 + is_served, "b": is_served, "c": 0}


def test_l36_large_body_that_was_never_sent(server):
    with Course(server, LB["L36"]) as course:
        course.go("a=refuse")
        server.peers["b"].behaviour = ajp_peer.digest
        answer = session_of_a(server, "L36", "POST", bytes(range(250)) * 400)
        assert answer.text.startswith("100000 ") and sent(server)["b"] == 1


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("options", OPTIONS)
def test_l37_recovery_options(server, options, method):
    """Closed before the head: as the table says. Behind it too, but for bit 2."""
    body = b"body" if method in ("PUT", "POST") else None
    fails_over = method in OPTIONS[options] or (method == "PUT" and "POST" in OPTIONS[options])
    with Course(server, LB["L37_%s_%s_close" % (options, method)]) as course:
        course.go("a=close")
        answer = session_of_a(server, course.scenario.id, method, body)
        assert answer.status == (200 if fails_over else 502)
        assert sent(server) == {"a": 1 + fails_over, "b": fails_over, "c": 0}
    with Course(server, LB["L37_%s_%s_head" % (options, method)]) as course:
        course.go("a=head")
        fails_over = fails_over and options not in NOT_BEHIND_A_HEAD
        answer = session_of_a(server, course.scenario.id, method, body)
        assert answer.status == (200 if fails_over else 502)
        assert sent(server) == {"a": 1 + fails_over, "b": fails_over, "c": 0}


def test_l38_cut_answer(server):
    found = server.play(LB["L38"])
    assert (found["served"], found["sent"]) == ("cut", "a")


# Clients -------------------------------------------------------------------------------------


def test_l39_client_breaks_off(server):
    with Course(server, LB["L39"]) as course:
        with Client(server.httpd.port) as client:
            client.head("POST", "/L39/x", SESSION + [("Content-Length", "20000")])
            client.send(b"x" * 12000)
        course.note(1)
        assert course.logged[0][1] == "400"
        now = course.status()
        assert (now["a.state"], now["a.errors"], now["a.client_errors"]) == ("OK", "0", "1")


def test_l40_head_that_does_not_fit(server):
    with Course(server, LB["L40"]) as course:
        headers = [("X-A", "v" * 4500), ("X-B", "v" * 4500)]
        assert session_of_a(server, "L40", headers=headers).status == 413
        course.note(1)
        now = course.status()
        assert (now["a.state"], now["a.elected"], now["a.client_errors"], now["a.errors"]) == (
            "OK", "1", "1", "0")
        assert sent(server)["a"] == 0


# Connections ---------------------------------------------------------------------------------


def test_l42_idle_connection_that_was_closed(server):
    with Course(server, LB["L42"]) as course:
        course.go(".a")
        first = server.peers["a"].requests[0].connection
        first.interrupt()
        assert first.wait_closed(5)
        course.go(".a")
        assert [served for served, _ in course.answers] == ["a", "a"]
        assert server.peers["a"].requests[1].connection is not first
        assert course.status()["a.errors"] == "0"


def test_l43_silent_to_pings(server):
    peer = server.peers["a"]
    with Course(server, LB["L43"]) as course:
        course.go(".a")
        peer.on_ping = ajp_peer.ignore_ping
        before, begun = sum(c.pings for c in peer.connections), time.monotonic()
        try:
            course.go(".a")
        finally:
            peer.on_ping = ajp_peer.answer_ping
        assert 0.85 < time.monotonic() - begun < 3
        assert sum(c.pings for c in peer.connections) - before == 3
        assert course.answers[-1][0] == "b" and course.status()["a.state"] == "ERR"


# Memory --------------------------------------------------------------------------------------


def test_l47_killed_child():
    limited = Scenario("L47", "", "a.busy_limit=1")
    made = Server([limited], children=2, threads=4)
    made.httpd.crashes_expected = True  # a kill is logged as an exit signal
    try:
        made.start()
        with Course(made, limited) as course:
            course.go("a=hold &.a")
            assert course.status()["a.busy"] == "1"
            for pid in made.httpd.child_pids():
                os.kill(pid, signal.SIGKILL)
            course.go("a=up")

            def serves_again():
                try:
                    return get(made.httpd.port, "/L47/x", SESSION).text == "a"
                except (Cut, OSError):
                    return False

            assert wait_for(serves_again, 10, 0.05)
            assert wait_for(lambda: course.status()["a.busy"] == "0", 5)
    finally:
        made.stop()


def test_l48_graceful_restart():
    """Accounts, states and changes stay, but what was changed in the file is new; who runs is not
    disturbed."""
    kept = Scenario("L48", "")
    made = Server([kept]).start()
    try:
        with Course(made, kept) as course:
            course.go("b=close .b 4*- b:vwd=1 c:vwf=3&vwr=b a=hold &.a")
            before = course.status()
            made.httpd.write(made.httpd.config + "\nJkWorkerProperty worker.L48_c.lbfactor=4")
            made.httpd.graceful()
            after = course.status()
            for name in ("a.elected", "b.errors", "b.state", "c.sessions", "a.lbvalue"):
                assert after[name] == before[name], name
            for found in (before, after):
                assert (found["b.distance"], found["c.redirect"]) == ("1", "b")
            assert (before["c.lbfactor"], after["c.lbfactor"]) == ("3", "4")
            course.go("end")
            assert course.answers[-1][0] == "a"
    finally:
        made.stop()


def test_l49_member_of_two_balancers(server):
    with Course(server, LB["L49"]) as course:
        course.go("a=500 .a a=up")
        assert get(server.httpd.port, "/L49_other/x").text == "a"
        one = course.status()
        rows = status_text(server.httpd.port, "cmd=show&mime=txt&w=L49_other")
        other = rows[("Member", "L49_a")]
        assert (one["a.elected"], other["elected"]) == ("2", "2")
        assert (one["a.sessions"], other["sessions"]) == ("0", "1")
        assert (one["a.state"], other["state"]) == ("ERR", "OK")
        assert (one["a.errors"], other["errors"]) == ("1", "0")
