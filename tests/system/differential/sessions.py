"""Sessions and balancers: which member serves, what it is told, and the cookie that is set."""

from .case import WORKERS, Group, ask, cases, post, respond

LB = """
JkWorkerProperty worker.list=lb,force,cookie,dis,stop,one,dom,next
JkWorkerProperty worker.lb.type=lb
JkWorkerProperty worker.lb.balance_workers=w1,w2
JkWorkerProperty worker.force.type=lb
JkWorkerProperty worker.force.balance_workers=w1,w2
JkWorkerProperty worker.force.sticky_session_force=1
JkWorkerProperty worker.cookie.type=lb
JkWorkerProperty worker.cookie.balance_workers=w1,w2
JkWorkerProperty worker.cookie.set_session_cookie=1
JkWorkerProperty worker.cookie.session_cookie_path=/app
JkWorkerProperty worker.one.type=lb
JkWorkerProperty worker.one.balance_workers=w1
JkWorkerProperty worker.dis.type=lb
JkWorkerProperty worker.dis.balance_workers=d1,d2
JkWorkerProperty worker.d1.port=@W1@
JkWorkerProperty worker.d2.port=@W2@
JkWorkerProperty worker.d1.activation=disabled
JkWorkerProperty worker.d1.route=r1
JkWorkerProperty worker.d2.route=r2
JkWorkerProperty worker.stop.type=lb
JkWorkerProperty worker.stop.balance_workers=s1,s2
JkWorkerProperty worker.s1.port=@W1@
JkWorkerProperty worker.s2.port=@W2@
JkWorkerProperty worker.s1.activation=stopped
JkWorkerProperty worker.dom.type=lb
JkWorkerProperty worker.dom.balance_workers=m1,m2
JkWorkerProperty worker.m1.port=@W1@
JkWorkerProperty worker.m2.port=@W2@
JkWorkerProperty worker.m1.route=a.one
JkWorkerProperty worker.m2.route=b.two
JkWorkerProperty worker.next.type=lb
JkWorkerProperty worker.next.balance_workers=n1,n2
JkWorkerProperty worker.n1.port=@W1@
JkWorkerProperty worker.n2.port=@W2@
JkWorkerProperty worker.n2.distance=1
JkMount /lb/* lb
JkMount /force/* force
JkMount /cookie/* cookie
JkMount /dis/* dis
JkMount /stop/* stop
JkMount /one/* one
JkMount /dom/* dom
JkMount /next/* next
JkMount /ignore/* lb;sticky_ignore=1
JkMount /sid/* lb;session_cookie=SID;session_path=;sid
JkMount /stopboth/* lb;stopped=w1,w2
JkMount /stopone/* lb;stopped=w1
JkMount /disone/* lb;disabled=w1
JkMount /set/* lb;set_session_cookie=1;session_cookie=EXT;session_cookie_path=/e
JkMount /unset/* cookie;set_session_cookie=0
SetEnvIf X-Route ^(.+)$ JK_ROUTE=$1
SetEnvIf X-Sticky-Ignore ^(.+)$ JK_STICKY_IGNORE=$1
"""
GROUP = Group("sessions", WORKERS + LB, modules=("setenvif",), follow=None, log=True)
COOKIES = ["JSESSIONID=x.w2", 'JSESSIONID="x.w2"', "a=b; JSESSIONID=x.w2",
           "JSESSIONID=x.none; JSESSIONID=x.w2",
           "JSESSIONID = x.w2", "a=1,JSESSIONID=x.w2", "JSESSIONID=.w2",
           "JSESSIONID=" + "x" * 3000 + ".w2"]
# These come last: the modules choose differently, and the loads differ from then on.
DOTS = ["JSESSIONID=x.y.w2", "JSESSIONID=x.w2.z", "JSESSIONID=x.w2 ; a=b"]
PATHS = ["/lb/x;jsessionid=a.w2", "/lb/x;jsessionid=a.w2/y", "/lb/x;a=b;jsessionid=a.w2?q",
         "/lb;jsessionid=a.w2/x", "/lb/x%3Bjsessionid=a.w2", "/lb/x;jsessionid=a.w2;b"]
DIRECT = [
    ("disabled-new", ask("/dis/x")), ("disabled-sticky", ask("/dis/x", "Cookie: JSESSIONID=a.r1")),
    ("stopped-new", ask("/stop/x")), ("stopped-sticky", ask("/stop/x", "Cookie: JSESSIONID=a.s1")),
    ("one", ask("/one/x")), ("one-other", ask("/one/x", "Cookie: JSESSIONID=a.w2")),
    ("distance", ask("/next/x")), ("distance-sticky", ask("/next/x", "Cookie: JSESSIONID=a.n2")),
    ("domain-route", ask("/dom/x", "Cookie: JSESSIONID=a.b.two")),
    ("force-none", ask("/force/x", "Cookie: JSESSIONID=a")),
    ("force-unknown", ask("/force/x", "Cookie: JSESSIONID=a.none")),
    ("force-known", ask("/force/x", "Cookie: JSESSIONID=a.w2")),
    ("stop-both", ask("/stopboth/x")), ("stop-one", ask("/stopone/x")),
    ("stop-one-sticky", ask("/stopone/x", "Cookie: JSESSIONID=a.w1")),
    ("disable-one", ask("/disone/x")),
    ("disable-one-sticky", ask("/disone/x", "Cookie: JSESSIONID=a.w1")),
    ("sid-cookie", ask("/sid/x", "Cookie: SID=a.w2")), ("sid-path", ask("/sid/x;sid=a.w2")),
    ("cookie-known", ask("/cookie/x", "Cookie: JSESSIONID=a.w2")),
    ("env-route", ask("/lb/x", "X-Route: w2")),
    ("env-route-over-cookie", ask("/lb/x", "X-Route: w2", "Cookie: JSESSIONID=a.w1")),
    ("path-over-cookie", ask("/lb/x;jsessionid=a.w2", "Cookie: JSESSIONID=a.w1")),
    ("not-ignored", ask("/lb/x", "X-Sticky-Ignore: 0", "Cookie: JSESSIONID=a.w2")),
    ("post", post(b"body", "/lb/x", "Cookie: JSESSIONID=a.w2")),
]
# Nothing here that a member's state could depend on: the balancer's choice for requests without a
# session is compared over a row of them, on one connection.
ROWS = [("ten", "/lb/x", 10), ("ignored", "/ignore/x", 4), ("distance", "/next/x", 3)]
UNSTICKY = ["Cookie: XJSESSIONID=x.w2", "Cookie: jsessionid=x.w2", "Cookie: JSESSIONID=x",
            "Cookie: JSESSIONID=", "Cookie: JSESSIONID=x.none", "Cookie: JSESSIONID=x."]
# Which member serves is a matter of what came before; these ask the sole one that is usable.
COOKIE = [
    ("set", ask("/cookie/x")), ("unset", ask("/unset/x")), ("extension", ask("/set/x")),
    ("backend-too", ask("/cookie/x"), respond(headers=[("Set-Cookie", "JSESSIONID=b.w1")])),
]


def all_cases():
    made = cases(GROUP, "session-row", [
        (name, ask(path) * count) for name, path, count in ROWS])
    made += cases(GROUP, "session-cookie", [
        (str(n), ask("/lb/x", "Cookie: " + value)) for n, value in enumerate(COOKIES)])
    made += cases(GROUP, "session-path", [(str(n), ask(path)) for n, path in enumerate(PATHS)])
    made += cases(GROUP, "session", DIRECT)
    made += cases(GROUP, "session-none", [
        (str(n), ask("/one/x", line)) for n, line in enumerate(UNSTICKY)])
    made += cases(GROUP, "session-set", COOKIE)
    made += cases(GROUP, "session-dots", [
        (str(n), ask("/lb/x", "Cookie: " + value)) for n, value in enumerate(DOTS)])
    return made
