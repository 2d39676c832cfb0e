"""The same configurations and raw requests through Debian's mod_jk and through ours.

What the recording backend receives and what the client gets must be equal, but for the wanted
differences in xdocs/miscellaneous/differences.xml, which must be there and be exactly as written.
The cases are tables in differential/; to look at one: pytest -k CASE-ID.  Those about balancers
(balancing.py) are rows of requests: who served them, and what log and status say about it.
"""

import dataclasses

import pytest

from differential import balancing, pages, record, scenario, sides, tables, wanted
from differential.case import ask, respond

CASES = tables.all_cases()
SCENARIOS = balancing.all_scenarios()
PAGES = pages.CASES  # test_status_differential.py
WANTED = wanted.read()

MISSING = sides.missing_reference()
needs_reference = pytest.mark.skipif(MISSING is not None, reason=MISSING or "")


class Pairs:
    """The pair of servers of the group at hand; cases are ordered so that few are started."""

    def __init__(self):
        self.pair = None

    def of(self, group):
        if self.pair is None or self.pair.group is not group:
            self.stop()
            self.pair = sides.Pair(group)
        return self.pair

    def stop(self):
        pair, self.pair = self.pair, None
        if pair:
            pair.stop()


@pytest.fixture(scope="module")
def pairs():
    made = Pairs()
    yield made
    made.stop()


@needs_reference
@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_same(pairs, case):
    theirs, ours = pairs.of(case.group).play(case)
    lines = wanted.complaints(record.differences(theirs, ours), wanted.expected(WANTED, case.id))
    assert not lines, "%r\n%s" % (case.raw[:300], "\n".join(lines))
    assert ours["backend.violations"] == "", "this must never be sent"


@pytest.fixture(scope="module")
def balancers():
    servers = scenario.Servers(SCENARIOS, sides.REFERENCE)
    yield servers
    servers.stop()


@needs_reference
@pytest.mark.parametrize("course", SCENARIOS, ids=[course.id for course in SCENARIOS])
def test_same_balancing(balancers, course):
    theirs, ours = balancers.play(course)
    lines = wanted.complaints(scenario.differences(course, theirs, ours),
                              wanted.expected(WANTED, course.id))
    assert not lines, "%s with %s\n%s" % (course.words, course.properties, "\n".join(lines))
    assert balancers.both[1].violations == []


@needs_reference
def test_a_planted_difference_in_balancing_is_found():
    """One peer of ours fails, then one request more: the accounts tell, and so does the trail."""
    course = scenario.Scenario("planted", "4*-")
    other = dataclasses.replace(course, words="a=500 3*- .b")
    servers = scenario.Servers([course], sides.REFERENCE)
    try:
        assert scenario.differences(course, *servers.play(course)) == {}
        theirs, ours = servers.both[0].play(course), servers.both[1].play(other)
    finally:
        servers.stop()
    found = scenario.differences(course, theirs, ours)
    assert found["served"] == ("b c a b", "b c 500 b")
    assert found["b.sessions"] == ("3", "2") and "note.first_sessions" in found


@needs_reference
def test_a_planted_difference_is_found(pairs):
    """The two modules get requests and answers that differ in one byte."""
    case = next(c for c in CASES if c.id == "header-twice")
    pair = pairs.of(case.group)
    other = dataclasses.replace(case, raw=ask("/app/x", "X-A: 1", "X-A: 3"),
                                behave=respond(body=b"hallo"))
    assert record.differences(pair.sides[0].play(case), pair.sides[1].play(case)) == {}
    assert record.differences(pair.sides[0].play(case), pair.sides[1].play(other)) == {
        "backend.header.x-a": (["1, 2"], ["1, 3"]), "client.body": ("hello", "hallo")}


@needs_reference
@pytest.mark.parametrize("field", ["backend.count", "backend.uri", "backend.raw", "backend.packets",
                                   "client.status", "client.end", "client.header.content-length"])
def test_each_kind_of_field_is_compared(pairs, field):
    case = next(c for c in CASES if c.id == "header-twice")
    theirs, _ = pairs.of(case.group).play(case)
    assert field in record.differences(theirs, {**theirs, field: "planted"})


def test_complaints():
    """Unwanted, wanted but gone, wanted but with other values: each is a complaint."""
    assert wanted.complaints({"a": (1, 2)}, {"a": ("1", "2")}) == []
    assert wanted.complaints({"a": (1, 2)}, {"a": None}) == []
    assert "no row" in wanted.complaints({"a": (1, 2)}, {})[0]
    assert "otherwise" in wanted.complaints({"a": (1, 3)}, {"a": ("1", "2")})[0]
    assert "not there any more" in wanted.complaints({}, {"a": None})[0]


def test_tables():
    assert len(CASES) >= 500
    assert len(SCENARIOS) >= 100
    assert tables.duplicates([*CASES, *SCENARIOS]) == []


def test_each_wanted_difference_has_a_case():
    """No pattern of the page is left without a case."""
    idle = ["%s: %s" % (entry.row, pattern) for entry in WANTED for pattern in entry.patterns
            if not any(dataclasses.replace(entry, patterns=(pattern,)).fits(case.id)
                       for case in [*CASES, *SCENARIOS, *PAGES])]
    assert idle == []
