"""The status of Debian's mod_jk and of ours, field by field in XML, text and properties, with the
same configuration, traffic, changes and errors.  Wanted differences are rows of
xdocs/miscellaneous/differences.xml, as in test_differential.py.
"""

from concurrent.futures import ThreadPoolExecutor

import pytest

import ajp_peer
from differential import pages, sides, wanted
from differential.case import Group
from support import get, wait_for

WANTED = wanted.read()
MISSING = sides.missing_reference()
pytestmark = pytest.mark.skipif(MISSING is not None, reason=MISSING or "")


class Server(sides.Side):
    """One module with its peers, after the traffic."""

    def __init__(self, module=None):
        super().__init__(Group("status", pages.CONFIG, ports=2), module)
        self.marks = {self.peers[0].port: "W1", self.peers[1].port: "W2",
                      self.down.getsockname()[1]: "DOWN"}
        for name, text in pages.FILES.items():
            for port, mark in self.marks.items():
                text = text.replace("@%s@" % mark, str(port))
            self.server.file(name, text)

    def start(self):
        for peer in self.peers:
            peer.behaviour = ajp_peer.respond(200, reason="OK", body=b"hello")
        super().start()
        self.marks.update(zip(self.server.ports, ("P1", "P2")))
        for path in pages.TRAFFIC:
            get(self.server.port, path)
            assert wait_for(self.is_idle, 5, 0.005)

    def is_idle(self):
        answer = get(self.server.port, "/jkstatus?mime=prop").text
        return not [x for x in answer.splitlines() if ".busy=" in x and not x.endswith("=0")]

    def ask(self, case):
        """What is answered: field to text."""
        found = {}
        for query in case.before:
            answer = get(self.server.port, "%s?mime=txt%s" % (case.path, query))
            found["before"] = pages.neutral(answer.text, self.marks).strip()
        for form in pages.FORMATS:
            answer = get(self.server.port, "%s?mime=%s%s" % (case.path, form, case.query))
            found[form] = pages.neutral(answer.text, self.marks)
            found["http." + form] = "%d %s" % (answer.status, answer.header("Content-Type"))
        answer = get(self.server.port, "%s?mime=html%s" % (case.path, case.query))
        found["http.html"] = "%d %s" % (answer.status, answer.header("Content-Type").split(";")[0])
        for query in case.after:
            get(self.server.port, "%s?mime=txt%s" % (case.path, query))
        return found


@pytest.fixture(scope="module")
def both():
    servers = [Server(sides.REFERENCE), Server()]
    try:
        with ThreadPoolExecutor(2) as threads:
            list(threads.map(Server.start, servers))
            yield servers
    finally:
        for server in servers:
            server.stop()


def differences(theirs, ours):
    """Field to (theirs, ours)."""
    found = {name: (value, ours[name]) for name, value in theirs.items()
             if name not in pages.FORMATS and value != ours[name]}
    for form in pages.FORMATS:
        found.update(pages.compare(form, theirs[form], ours[form]))
    return found


@pytest.mark.parametrize("case", pages.CASES, ids=[case.id for case in pages.CASES])
def test_same_status(both, case):
    theirs, ours = (server.ask(case) for server in both)
    lines = wanted.complaints(differences(theirs, ours),
                              wanted.expected(WANTED, case.id))
    assert not lines, "%s\n%s" % (case, "\n".join(lines))


def test_a_planted_difference_is_found():
    old = "Server: name=a port=P1\nMember: name=m type=ajp13 state=OK unix=5\nResult: type=OK\n"
    new = old.replace("state=OK", "state=ERR").replace("unix=5", "unix=7 more=1")
    assert pages.compare("txt", old, new) == {
        "txt.Member.m.state": ("OK", "ERR"), "txt.more": (None, "more")}
    assert pages.compare("prop", "a.b=1\na.c=2\n", "a.c=2\na.b=1\n") == {
        "prop.order": ("", "another")}
    assert pages.compare("xml", '<a b="1"/>', '<a b="&"/>')["xml.a.b"] == ("1", None)
