"""Balancers: who serves, what is sent to whom, and what log and status say about it afterwards."""

from .scenario import Scenario

METHODS = {"request": "R", "traffic": "T", "busyness": "B", "sessions": "S", "next": "N"}
FACTORS = {"equal": (1, 1, 1), "123": (1, 2, 3), "5711": (5, 7, 11), "0": (0, 1, 2)}
# Requests with and without sessions, known and unknown ones, one after the other.
COURSES = {
    "new": "24*-", "stateless": "12*~", "sticky": "3*- 6*.b 3*- 4*.c 6*-", "unknown": "8*.zz 4*-",
    "mixed": "4*- 3*~ 2*.a 4*- 3*~ 4*-", "ignored": "9*.b!", "route": "3*@c 3*- @zz 2*-",
}
STATES = {"a": "active", "d": "disabled", "s": "stopped"}
EAST = "b.domain=east c.domain=east "
WEST = "a.route=west.a b.route=west.b c.route=east.c "
WRITTEN = " ".join("%s.recovery_options=0" % letter for letter in "abc")

ELECTION = [
    ("distance", "9*-", "a.distance=2 b.distance=1 c.distance=1"),
    ("distance-far", "4*-", "a.distance=2 b.distance=1 c.distance=1 b.activation=s c.activation=d"),
    ("distance-stateless", "6*~", "a.distance=2 b.distance=1 c.distance=1"),
    ("distance-down", "3*- b=refuse 4*- c=refuse 4*- b=up 4*-",
     "a.distance=2 b.distance=1 c.distance=0"),
    ("distance-sticky", "2*- 3*.a 3*-", "a.distance=5"),
    ("distance-weights", "12*-", "a.lbfactor=2 c.distance=1"),
    ("pessimistic", "6*- 2*.b 3*-", "lb.lock=P"), ("method-garbage", "6*-", "lb.method=Zorro"),
    ("method-digit", "6*- 2*.a", "lb.method=3"), ("lock-digit", "6*-", "lb.lock=1"),
    ("two", "7*-", "b.lbfactor=3", "ab"), ("four", "17*-", "b.lbfactor=3 d.lbfactor=2", "abcd"),
    ("primes", "40*-", "a.lbfactor=13 b.lbfactor=17 c.lbfactor=19 d.lbfactor=23", "abcd"),
]
SESSIONS = [
    ("two-ids", "4*.zz.b 2*.c.b", ""), ("path", "3*;b 2*- 2*;b.c", ""),
    ("path-unknown", "2*;zz.c 3*-", ""), ("route-over", "2*@b.c 2*@b;c", ""),
    ("not-sticky", "3*.b 3*-", "lb.sticky_session=0"),
    ("not-sticky-route", "3*@b 3*-", "lb.sticky_session=0"),
    ("force", "2*.b .zz 2*- 2*.c", "lb.sticky_session_force=1"),
    ("force-stopped", "2*.b 2*- .c", "lb.sticky_session_force=1 b.activation=s"),
    ("force-disabled", "2*.b 2*- .c", "lb.sticky_session_force=1 b.activation=d"),
    ("force-redirect", "2*.b 2*-", "lb.sticky_session_force=1 b.activation=s b.redirect=c"),
    ("force-domain", "2*.b 2*-", "lb.sticky_session_force=1 b.activation=s " + EAST),
    ("cookie-name", "2*.b 3*-", "lb.session_cookie=SID"),
    ("path-name", "2*;b 3*-", "lb.session_path=;sid"),
    ("cookie-set", "4*- 2*.b .zz", "lb.set_session_cookie=1"),
    ("cookie-set-path", "2*- .b", "lb.set_session_cookie=1 lb.session_cookie_path=/app"),
    ("cookie-set-stopped", "2*.b -", "lb.set_session_cookie=1 b.activation=s"),
    ("cookie-set-one", "2*- .a", "lb.set_session_cookie=1", "a"),
    ("one", "3*- 2*.a 2*.zz", "", "a"), ("one-down", "a=refuse 2*- a=up 2*-", "", "a"),
    ("one-disabled", "2*- 2*.a .zz", "a.activation=d", "a"),
    ("one-stopped", "- .a", "a.activation=s", "a"),
    ("one-force", "- .a .zz", "lb.sticky_session_force=1", "a"),
]
DOMAINS = [
    ("stopped", "2*.b 3*-", EAST + "b.activation=s"),
    ("disabled", "2*.b 3*-", EAST + "b.activation=d"),
    ("other-disabled", "2*.b 3*-", EAST + "b.activation=s c.activation=d"),
    ("down", "b=refuse 2*.b 2*- b=up .b", EAST),
    ("both-down", "b=refuse c=refuse 2*.b 2*-", EAST),
    ("route", "2*.west:q 2*.east:q 3*.west:b 2*-", WEST),
    ("route-only", "2*.east 3*-", EAST), ("route-unknown", "2*.north:q 3*-", WEST),
    ("route-distance", "4*.west:q", WEST + "a.distance=1"),
    ("route-weights", "8*.west:q", WEST + "a.lbfactor=3"),
    ("route-disabled", "3*.west:q", WEST + "a.activation=d"),
    ("route-stopped", "3*.west:a", WEST + "a.activation=s"),
]
REDIRECTS = [
    ("stopped", "2*.a 2*-", "a.activation=s a.redirect=b b.activation=d"),
    ("target-active", "2*.a 3*-", "a.activation=s a.redirect=b"),
    ("target-stopped", "2*.a 2*-", "a.activation=s a.redirect=b b.activation=s"),
    ("target-unknown", "2*.a 2*-", "a.activation=s a.redirect=zz"),
    ("target-down", "b=refuse 2*.a 2*-", "a.activation=s a.redirect=b b.activation=d"),
    ("no-domain", "2*.b 2*-", EAST + "b.activation=s b.redirect=a a.activation=s"),
    ("standby", "a=refuse 3*-", "a.redirect=b b.activation=d c.activation=s"),
    ("standby-sticky", "a=refuse 2*.a", "a.redirect=b b.activation=d"),
    ("chain", "2*.a 2*-", "a.activation=s a.redirect=b b.activation=s b.redirect=c"),
    ("first-that-has-one", "3*-", "a.activation=d b.activation=d c.activation=d b.redirect=c"),
]
FAILURES = [
    ("down", "a=refuse 4*- a=up 4*-", ""), ("down-sticky", "a=refuse 2*.a a=up 2*.a", ""),
    ("down-method-s", "a=refuse 4*- a=up 4*-", "lb.method=S"),
    ("down-method-n", "a=refuse 4*- a=up 4*-", "lb.method=N"),
    ("down-method-b", "a=refuse 4*- a=up 4*-", "lb.method=B"),
    ("down-method-t", "a=refuse 4*- a=up 4*-", "lb.method=T"),
    ("two-down", "a=refuse b=refuse 4*- a=up b=up 3*-", "lb.lb_retries=3"),
    ("two-down-default", "a=refuse b=refuse 3*-", ""),
    ("two-down-one-round", "a=refuse b=refuse 3*-", "lb.retries=1"),
    ("all-down", "a=refuse b=refuse c=refuse 2*- b=up 3*- a=up c=up 3*-", ""),
    ("all-down-one-round", "a=refuse b=refuse c=refuse 2*- c=up 3*-",
     "lb.retries=1 lb.lb_retries=3"),
    ("down-post", "a=refuse P P", ""), ("down-stateless", "a=refuse 3*~", ""),
    ("down-force", "a=refuse .a - .b", "lb.sticky_session_force=1"),
    ("down-cookie", "a=refuse 2*.a", "lb.set_session_cookie=1"),
    ("down-member-once", "a=refuse 3*-", "a.retries=1"),
    ("down-member-thrice", "a=close .a", "a.retries=3"),
    ("close", "a=close 3*- a=up 3*-", ""), ("close-sticky", "a=close 2*.a a=up .a", ""),
    ("close-all", "a=close b=close c=close - -", ""),
    ("close-all-one-round", "a=close b=close c=close - b=up 2*-", "lb.lb_retries=3 lb.retries=1"),
    ("close-two-one-round", "a=close b=close - 2*-", "lb.retries=1"),
    ("close-once", "a=once .a 3*-", ""), ("close-two-ids", "c=close 2*.c.b", ""),
    ("close-one", "a=close - - a=up -", "", "a"),
    ("close-escalate", "a=close .a a=up 3*-", "lb.error_escalation_time=0"),
    ("close-post", "a=close P b=close P", ""), ("close-post-written", "a=close 2*P", WRITTEN),
    ("close-option-1", "a=close .a .a", WRITTEN.replace("=0", "=1")),
    ("close-option-2", "a=close .a .a", WRITTEN.replace("=0", "=2")),
    ("close-option-3", "a=close .a .aP", WRITTEN.replace("=0", "=3")),
    ("close-option-17", "a=close .a .aP", WRITTEN.replace("=0", "=17")),
    ("close-option-25", "a=close .a .aP", WRITTEN.replace("=0", "=25")),
    ("mid-option-2", "a=mid .a .a", WRITTEN.replace("=0", "=2")),
    ("garbage", "a=garbage .a a=up 2*-", ""),
    ("garbage-all", "a=garbage b=garbage c=garbage -", ""),
    ("garbage-forced", "a=close - a=garbage 2*- a=up -", "", "a"),
    ("status", "a=500 2*.a 3*-", "a.fail_on_status=500"),
    ("status-soft", "a=500 2*.a 3*-", "a.fail_on_status=-500"),
    ("status-list", "a=503 .a a=500 .a a=404 .a", "a.fail_on_status=500,-503"),
    ("status-other", "a=500 2*.a", "a.fail_on_status=503"),
    ("status-none", "a=500 2*.a 2*-", ""),
    ("status-all", "a=500 b=500 c=500 -",
     "a.fail_on_status=500 b.fail_on_status=500 c.fail_on_status=500"),
    ("status-post", "a=500 .aP", "a.fail_on_status=500"),
    ("status-back", "a=500 .a a=up .a - - -", "a.fail_on_status=500"),
    ("silent", "a=hang .a a=up 3*-", "a.reply_timeout=400"),
    ("silent-tolerated", "a=hang .a .a a=up 2*-", "a.reply_timeout=400 lb.max_reply_timeouts=3"),
    ("silent-option-1", "a=hang .a", "a.reply_timeout=400 a.recovery_options=1"),
]
BUSY = [
    ("limit", "a=hold &.a 2*.a - ends .a", "a.busy_limit=1"),
    ("limit-sticky", "a=hold &.a &.a &.a ends 2*-", "a.busy_limit=2"),
    ("limit-all", "a=hold b=hold &- &- - ends 2*-", "a.busy_limit=1 b.busy_limit=1", "ab"),
    ("limit-force", "a=hold &.a .a - ends .a", "a.busy_limit=1 lb.sticky_session_force=1"),
    ("limit-one", "a=hold &.a .a ends .a", "a.busy_limit=1", "a"),
    ("method-b", "a=hold b=hold c=hold 6*&- ends 3*-", "lb.method=B"),
    ("method-b-weights", "a=hold b=hold c=hold 12*&- ends 3*-",
     "lb.method=B a.lbfactor=1 b.lbfactor=2 c.lbfactor=3"),
    ("method-b-slow-one", "a=hold 5*&- 6*- ends 3*-", "lb.method=B"),
    ("method-b-down", "a=hold b=hold c=refuse 6*&- ends 3*-", "lb.method=B"),
    ("limit-ends", "a=hold b=hold &- &.a end &.zz ? &- ends 2*-", "a.busy_limit=1"),
    ("then", "a=hold &- &- ? &- &- end &.a &- ? ends", ""),
    ("method-r", "a=hold b=hold c=hold 6*&- ends 3*-", ""),
    ("method-s", "a=hold b=hold c=hold 6*&- ends 3*.b", "lb.method=S"),
    ("local-error", "a=hold &.a a=close .a a=up .a ends .a", ""),
    ("local-error-global", "a=hold &.a a=close .a a=up .a ends", "lb.error_escalation_time=0"),
    ("pool", "a=hold &.a .a .a - ends .a", "a.connection_pool_size=1"),
]
RULES = [
    ("active", "3*/r 3*- 2*/r.c", "c.activation=s", "disabled=@a;stopped=@b;active=@c"),
    ("disabled", "4*/r 2*/r.a 3*-", "", "disabled=@a"),
    ("stopped", "4*/r 2*/r.a 3*-", "", "stopped=@a"),
    ("stopped-all", "/r 3*-", "", "stopped=@a,@b,@c"),
    ("disabled-all", "/r /r.b 3*-", "", "disabled=@a,@b,@c"),
    ("stateless", "6*/r 3*-", "a.lbfactor=3", "stateless=1"),
    ("sticky-ignore", "3*/r.b 2*.b 3*-", "", "sticky_ignore=1"),
    ("fail-on-status", "a=404 /r.a .a", "", "fail_on_status=404"),
    ("fail-on-status-over", "a=500 /r.a .a", "a.fail_on_status=500", "fail_on_status=404"),
    ("reply-timeout", "a=hang /r.a a=up .a", "", "reply_timeout=400"),
    ("session-cookie", "2*/r.b 2*.b", "", "session_cookie=SID"),
    ("session-path", "2*/r;b 2*;b", "", "session_path=;sid"),
    ("cookie-set", "2*/r /r.b 2*-", "", "set_session_cookie=1"),
    ("unknown-member", "3*/r", "", "disabled=nobody"),
]


def methods():
    for method, letter in METHODS.items():
        for factors, numbers in FACTORS.items():
            for course, words in COURSES.items():
                if factors == "123" or (course == "new" and method != "traffic"):
                    weights = " ".join("%s.lbfactor=%d" % pair for pair in zip("abc", numbers))
                    yield Scenario("balance-%s-%s-%s" % (method, factors, course), words,
                                   "lb.method=%s %s" % (letter, weights))


def activations():
    """Every combination for three members."""
    for a in STATES:
        for b in STATES:
            for c in STATES:
                yield Scenario("balance-states-" + a + b + c, "4*- .a .b .c 2*- ~", " ".join(
                    "%s.activation=%s" % pair for pair in zip("abc", (a, b, c))))


def all_scenarios():
    made = [*methods(), *activations()]
    for group, rows in (("election", ELECTION), ("session", SESSIONS), ("domain", DOMAINS),
                        ("redirect", REDIRECTS), ("failure", FAILURES), ("busy", BUSY)):
        made += [Scenario("balance-%s-%s" % (group, row[0]), *row[1:]) for row in rows]
    made += [Scenario("balance-rule-" + name, words, properties, mounts={"r": extensions})
             for name, words, properties, extensions in RULES]
    return made
