"""Edits at run time at the same time, and in a child that dies: all of a request or nothing, and of
two that contradict each other one."""

import json
import os
import signal
import threading
import time

from api_site import ask
from support import Cut, get, parallel, wait_for

CONFIG = """
JkWorkerProperty worker.list=lb,st
JkWorkerProperty worker.lb.type=lb
JkWorkerProperty worker.lb.balance_workers=%s
JkWorkerProperty worker.st.type=status
JkMount /jk/* st
"""


def configuration(members):
    return CONFIG % ",".join("n%d" % n for n in range(members))


def patch(server, resource, **values):
    return ask(server, resource, "PATCH", values, mount="/jk")


def test_two_members_get_one_route_at_once(make):
    server = make.httpd(configuration(2), mpm="prefork", children=4)
    for turn in range(60):
        route = "r%d" % turn
        answers = parallel(2, lambda n, to=route: patch(server, "balancers/lb/members/n%d" % n,
                                                        route=to).status)
        assert sorted(answers) == [200, 422]


def test_a_child_that_is_killed_leaves_all_or_nothing(make):
    """A change of 100 members, and a SIGKILL in the middle of it."""
    server = make.httpd(configuration(100), mpm="prefork", children=1,
                        crashes_expected=True)

    def distances():
        try:
            members = json.loads(get(server.port, "/jk/api/v1/balancers/lb").body)["members"]
        except (OSError, ValueError, Cut):
            return None
        return {one["settings"]["distance"] for one in members}

    def change(value):
        try:
            get(server.port, "/jk/?cmd=update&mime=txt&w=lb&sw=*&vwd=%d" % value)
        except (OSError, ValueError, Cut):
            pass  # the child is gone

    for turn in range(1, 11):
        children = server.child_pids()
        changing = threading.Thread(target=change, args=(turn,))
        changing.start()
        time.sleep(0.002 * turn)
        for pid in children:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass  # it ended by itself
        changing.join()
        assert len(wait_for(distances, 10)) == 1
