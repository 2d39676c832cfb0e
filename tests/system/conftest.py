"""Fixtures of the system tests: peers and servers that end with the test that started them.

`make`, `make_for_class` and `make_for_module` start things and end them again.  A peer that saw
something a web server must never send fails its test, and so does a crash in a server's log.
"""

import os
import shutil
import sys
import tempfile

import pytest

sys.path.insert(0, os.path.dirname(__file__))

# pylint: disable=wrong-import-position
import ajp_peer
import httpd as httpd_module
import support


class Factory:
    """Makes things and ends them again, the last one first."""

    def __init__(self):
        self.made = []

    def keep(self, thing):
        self.made.append(thing)
        return thing

    def peer(self, *args, **kwargs):
        return self.keep(ajp_peer.Peer(*args, **kwargs))

    def httpd(self, *args, **kwargs):
        server = self.keep(httpd_module.Httpd(*args, **kwargs))
        return server.start()

    def end(self):
        problems = []
        for thing in reversed(self.made):
            try:
                thing.stop()
            except AssertionError as error:
                problems.append(str(error))
            except Exception as error:  # pylint: disable=broad-except
                problems.append(repr(error))  # the others are to end all the same
        for thing in self.made:
            if isinstance(thing, ajp_peer.Peer):
                problems += thing.violations
        assert not problems, "\n".join(problems)


@pytest.fixture(scope="session", autouse=True)
def no_memory_of_a_sanitizer():
    """A sanitizer keeps what was freed: how much memory httpd has then says nothing of us."""
    if httpd_module.SANITIZED:
        httpd_module.memory_of = lambda *_: 0


@pytest.fixture
def make():
    """Peers and servers for one test: make.peer(…), make.httpd(…)."""
    factory = Factory()
    yield factory
    factory.end()


@pytest.fixture(scope="class")
def make_for_class():
    """The same for all tests of a class."""
    factory = Factory()
    yield factory
    factory.end()


@pytest.fixture(scope="module")
def make_for_module():
    """The same for all tests of a file."""
    factory = Factory()
    yield factory
    factory.end()


@pytest.fixture(autouse=True)
def no_violations(request):
    """Whatever a shared peer complained about belongs to the test that ran meanwhile."""
    factory = (request.getfixturevalue("make_for_module")
               if "make_for_module" in request.fixturenames else None)
    peers = [t for t in factory.made if isinstance(t, ajp_peer.Peer)] if factory else []
    for peer in peers:
        for connection in peer.connections:
            connection.violations.clear()
    yield
    if factory:
        peers = [t for t in factory.made if isinstance(t, ajp_peer.Peer)]
        found = [v for peer in peers for v in peer.violations]
        for peer in peers:
            for connection in peer.connections:
                connection.violations.clear()
        assert not found, "\n".join(found)


@pytest.fixture(scope="session")
def certificates():
    """A folder with a CA, a server and a client certificate."""
    folder = tempfile.mkdtemp(prefix="yoke-certs-")
    os.chmod(folder, 0o755)
    yield support.make_certificates(folder)
    shutil.rmtree(folder, ignore_errors=True)
