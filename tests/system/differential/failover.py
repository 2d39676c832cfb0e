"""Balancers whose first member fails; each case has servers of its own, as states outlive it."""

import ajp_peer

from .bodies import lost
from .case import WORKERS, Case, Group, ask, attempts, post, respond

BASE = WORKERS + """
JkWorkerProperty worker.list=lb
JkWorkerProperty worker.lb.type=lb
JkWorkerProperty worker.lb.balance_workers=m1,m2
JkWorkerProperty worker.lb.retry_interval=1
JkWorkerProperty worker.m1.port=%s
JkWorkerProperty worker.m1.retry_interval=1
JkWorkerProperty worker.m2.port=@W2@
JkWorkerProperty worker.m2.retry_interval=1
JkMount /lb/* lb
"""
DOWN, UP = BASE % "@DOWN@", BASE % "@W1@"
ALL_DOWN = DOWN.replace("@W2@", "@DOWN@")
STICKY = "Cookie: JSESSIONID=a.m1"
LOST, OK = lost(0), respond()
LOST_BODY = lost(1)


def on_first(behaviour):
    """The first member behaves so, the second one well."""
    return lambda exchange: (behaviour if exchange.peer.name == "w1" else OK)(exchange)


ROWS = [
    ("down", DOWN, "", ask("/lb/x"), OK), ("down-post", DOWN, "", post(b"body", "/lb/x"), OK),
    ("down-sticky", DOWN, "", ask("/lb/x", STICKY), OK),
    ("down-force", DOWN, "JkWorkerProperty worker.lb.sticky_session_force=1",
     ask("/lb/x", STICKY), OK),
    ("down-cookie", DOWN, "JkWorkerProperty worker.lb.set_session_cookie=1", ask("/lb/x"), OK),
    ("down-all", ALL_DOWN, "", ask("/lb/x"), OK),
    ("down-redirect", DOWN, "JkWorkerProperty worker.m1.redirect=m2\n"
     "JkWorkerProperty worker.m2.activation=disabled", ask("/lb/x", STICKY), OK),
    ("lost", UP, "", ask("/lb/x"), on_first(LOST)),
    ("lost-post", UP, "", post(b"body", "/lb/x"), on_first(LOST_BODY)),
    ("lost-post-written", UP, "JkWorkerProperty worker.m1.recovery_options=0\n"
     "JkWorkerProperty worker.m2.recovery_options=0", post(b"body", "/lb/x"), on_first(LOST_BODY)),
    ("lost-all", UP, "", ask("/lb/x"), LOST),
    ("lost-mid-body", UP, "", ask("/lb/x"), on_first(ajp_peer.cut("mid-body"))),
    ("fail-on-status", UP, "JkWorkerProperty worker.m1.fail_on_status=503", ask("/lb/x"),
     on_first(respond(503))),
    ("fail-on-status-all", UP, "JkWorkerProperty worker.m1.fail_on_status=503\n"
     "JkWorkerProperty worker.m2.fail_on_status=503", ask("/lb/x"), respond(503)),
    ("garbage", UP, "", ask("/lb/x"), on_first(ajp_peer.raw(b"HTTP/1.1 400 Bad\r\n\r\n"))),
    ("error-500", UP, "", ask("/lb/x"), on_first(respond(500))),
    ("lost-once", UP, "", ask("/lb/x"), attempts(LOST, OK)),
]


def all_cases():
    return [Case("failover-" + name,
                 Group("failover-" + name, config + extra, follow=None, log=True), raw, behave)
            for name, config, extra, raw, behave in ROWS]
