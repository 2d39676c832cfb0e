"""A rolling update: three real Tomcats with session replication, clients with sessions all the
while, and each Tomcat ended and started again, driven by `jkctl drain --wait` alone.

Not one request fails, and no client loses its session or anything in it.
"""

import os
import re
import threading

import pytest

import tomcat as tomcat_module
from support import Client, Cut, wait_for
from test_jkctl import JKCTL, jkctl
from test_tomcat import CONFIG, SESSION

pytestmark = [pytest.mark.tomcat, pytest.mark.timeout(400),
              pytest.mark.skipif(not os.path.exists(JKCTL), reason="jkctl was not built")]

CLIENTS = 8
KEPT = 5  # the numbers of so many requests are in a session; the servlet takes ten values
PAUSE = 0.05  # seconds between two requests of a client


class Visitor(threading.Thread):
    """A client on a kept connection that checks each answer.

    Its session holds the numbers of its last requests.  Everything that is not as it has to be
    stands in `wrong`.
    """

    def __init__(self, port, end):
        super().__init__()
        self.port, self.end = port, end
        self.wrong, self.routes = [], []
        self.client, self.cookie, self.session, self.count = None, None, None, 0

    def run(self):
        while not self.end.is_set():
            try:
                self.visit()
            except Exception as error:  # pylint: disable=broad-except
                self.wrong.append("request %d: %r" % (self.count, error))
            self.end.wait(PAUSE)

    def ask(self, path):
        """A GET; where httpd closed the kept connection before it began, on a new one."""
        headers = [("Cookie", self.cookie)] if self.cookie else []
        for attempt in (1, 2):
            fresh = self.client is None
            self.client = self.client or Client(self.port, timeout=30)
            try:
                return self.client.request("GET", path, headers)
            except (Cut, ConnectionError):
                self.client.close()
                self.client = None
                if fresh or attempt == 2:
                    raise

    def visit(self):
        self.count += 1
        answer = self.ask("%s?dataname=n%d&datavalue=%d" % (SESSION, self.count % KEPT, self.count))
        if answer.status != 200 or not answer.complete:
            self.wrong.append("request %d: status %d" % (self.count, answer.status))
            return
        for line in answer.values("Set-Cookie"):
            if line.startswith("JSESSIONID="):
                self.cookie = line.split(";")[0]
        session, route = self.cookie.split("=", 1)[1].rsplit(".", 1)
        self.session = self.session or session
        if not self.routes or self.routes[-1] != route:
            self.routes.append(route)
        held = {int(n) for n in re.findall(r"\bn\d = (\d+)", answer.text)}
        wanted = set(range(max(1, self.count - KEPT + 1), self.count + 1))
        if session != self.session or held != wanted:
            self.wrong.append("request %d on %s: session %s holds %s" % (
                self.count, route, session, sorted(held)))


def start(tomcats):
    """Together, with replication that is finished before an answer goes out."""
    for tomcat in tomcats:
        tomcat.replicate_with([o for o in tomcats if o is not tomcat])
        tomcat.cluster = tomcat.cluster.replace(
            'channelStartOptions="3"', 'channelStartOptions="3" channelSendOptions="6"')
        tomcat.start()
    for tomcat in tomcats:
        tomcat.wait(120)
    tomcat_module.wait_for_members(tomcats, 60)


def restart(tomcat, tomcats):
    """A new version of one Tomcat, as far as anybody can tell; back when it has the sessions."""
    joined = lambda t: t.log().count("memberAdded")
    others = [t for t in tomcats if t is not tomcat]
    before = {t.route: joined(t) for t in tomcats}
    length = len(tomcat.log())
    tomcat.process.terminate()
    tomcat.process.wait(60)
    tomcat.start().wait(120)
    has_sessions = lambda: re.search("session state .*received in", tomcat.log()[length:])
    assert wait_for(lambda: has_sessions() and joined(tomcat) >= before[tomcat.route] + 2 and
                    all(joined(t) > before[t.route] for t in others), 60, 0.2), tomcat.log()


def test_rolling_update(make):
    tomcats = [make.keep(tomcat_module.Tomcat("tc%d" % n, number=n)) for n in (1, 2, 3)]
    start(tomcats)
    server = make.httpd(CONFIG % "\n".join(t.properties() for t in tomcats))
    env = {"JKCTL_URL": "http://127.0.0.1:%d/jkmanager" % server.port}
    run = lambda *arguments: jkctl(*arguments, env=env)
    end = threading.Event()
    visitors = [Visitor(server.port, end) for _ in range(CLIENTS)]
    for visitor in visitors:
        visitor.start()
    try:
        assert wait_for(lambda: all(v.count > 12 for v in visitors), 60, 0.1)
        for tomcat in tomcats:
            code, out, errors = run("drain", "loadbalancer", tomcat.route, "--stop", "--wait=60")
            assert code == 0 and "is stopped" in out and "0 in flight" in out, out + errors
            restart(tomcat, tomcats)
            code, _, errors = run("enable", "loadbalancer", tomcat.route)
            assert code == 0, errors
            seen = [v.count for v in visitors]
            assert wait_for(lambda: all(v.count > n + 10 for v, n in zip(visitors, seen)), 60, 0.1)
    finally:
        end.set()
        for visitor in visitors:
            visitor.join(60)
    wrong = [line for v in visitors for line in v.wrong]
    assert not wrong, "%d wrong:\n%s" % (len(wrong), "\n".join(wrong[:20]))
    # It was an update under load: every client had to move, and every Tomcat served.
    print("requests: %d; moves: %s" % (sum(v.count for v in visitors),
                                       [" ".join(v.routes) for v in visitors]))
    assert all(len(v.routes) > 1 for v in visitors)
    assert {route for v in visitors for route in v.routes} == {"tc1", "tc2", "tc3"}
