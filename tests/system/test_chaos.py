"""Members and children that die, hang, lie and flap under load: what the clients notice of it.

Members are processes of their own (ajp_process.py), the load is 32 clients (load.py). Every
request is accounted for: an idempotent one must be served rightly, whatever happens to a member,
unless its answer had begun (then it is cut, visibly). What is not idempotent may fail, and must
not be repeated. CHAOS_… in the environment say how often; their defaults suit every day.
"""

import collections
import os
import random
import re
import signal
import time

import pytest

import tomcat as tomcat_module
from ajp_process import Member
from load import Load
from support import get, member, status_text, wait_for

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

MEMBER_KILLS = int(os.environ.get("CHAOS_KILLS", "4"))
CHILD_KILLS = int(os.environ.get("CHAOS_CHILD_KILLS", "100"))
RESTARTS = int(os.environ.get("CHAOS_RESTARTS", "5"))

CONFIG = """
JkWatchdogInterval 1
JkWorkerProperty worker.maintain=1
JkWorkerProperty worker.list=lb,jkstatus
JkWorkerProperty worker.jkstatus.type=status
JkWorkerProperty worker.lb.type=lb
JkWorkerProperty worker.lb.balance_workers=%s
JkWorkerProperty worker.lb.recover_time=1
%s
JkMount /r/* lb
JkMount /jkstatus jkstatus
LogFormat "%%U %%D %%{JK_LB_FIRST_NAME}n %%{JK_LB_LAST_NAME}n %%>s" member
CustomLog @DIR@/members.log member "expr=%%{REQUEST_URI} =~ m#^/r/#"
"""


class Site:
    """A balancer over members a, b and c."""

    def __init__(self, make, *properties, children=2, threads=32, **server):
        self.members = {name: make.keep(Member(name)) for name in "abc"}
        lines = ["worker.%s.port=%d" % (n, m.port) for n, m in self.members.items()]
        lines += properties
        self.server = make.httpd(
            CONFIG % (",".join(self.members), "\n".join("JkWorkerProperty " + p for p in lines)),
            children=children, threads=threads, **server)
        self.port = self.server.port
        self.make = make

    def __getitem__(self, name):
        return self.members[name]

    def load(self, **options):
        return self.make.keep(Load(self.port, **options))

    def status(self):
        """Rows of the members, and of the balancer under "lb"."""
        rows = status_text(self.port)
        return {name: rows[("Member", name)] for name in self.members} | {
            "lb": rows[("Balancer Worker", "lb")]}

    def state(self, name):
        return self.status()[name]["state"]

    def seen(self):
        """How often any member got a request: {(id, method): count}."""
        return collections.Counter((number, method) for one in self.members.values()
                                   for _, number, _, method in one.seen())

    def idle(self):
        """Whether nothing is counted as in flight."""
        return all(row["busy"] == "0" for row in self.status().values())

    def requests(self):
        """What httpd says of each request: path, microseconds, first and last member, status."""
        with open(self.server.dir + "/members.log") as file:
            return [line.split() for line in file]


def told(server, rows):
    """The first of these requests, and what the log says of failures in those seconds."""
    moment = time.strftime("%H:%M:%S", time.localtime(rows[0][0]))
    later = time.strftime("%H:%M:%S", time.localtime(rows[0][0] + 1))
    lines = [line for line in server.jk_log().splitlines() if moment in line or later in line]
    return "\n".join([str(row) for row in rows[:5]] + lines[:40])


def judge(site, result, stale=0):
    """Nothing lost, nothing wrong, nothing repeated that must not be; gives back the numbers."""
    seen = site.seen()
    lost = [row for row in result["bad"] if row[1] == "failed" and row[2] == "GET"]
    wrong = [row for row in result["bad"] if row[1] == "wrong"]
    posts_twice = [key for key, count in seen.items() if key[1] == "POST" and count > 1]
    posts_failed = [row for row in result["bad"] if row[1] == "failed" and row[2] == "POST"]
    counts = result["counts"]
    numbers = {
        "asked": sum(sum(row.values()) for row in counts.values()),
        "lost": len(lost), "wrong": len(wrong), "posts repeated": len(posts_twice),
        "posts failed": len(posts_failed), "cut": sum(row["cut"] for row in counts.values()),
        "went on to another member": sum(row[2] != row[3] for row in site.requests()),
        "stale": sum(row["stale"] for row in counts.values()),
        "slowest": round(result["slowest"], 2)}
    print(numbers)
    assert not lost, told(site.server, lost)
    assert not wrong, wrong[:5]
    assert not posts_twice, posts_twice[:5]
    assert numbers["stale"] <= stale
    assert numbers["asked"] > 100
    return numbers


def begun_and_lost(site, result):
    """How many requests reached a member, though their connection was closed without an answer."""
    closed = {row[3].split("/")[2] for row in result["bad"] if row[1] == "stale"}
    return sum(number in closed and attempt == "0"
               for one in site.members.values() for _, number, attempt, _ in one.seen())


def warm(load, more=100):
    """Wait until so many more requests were served."""
    before = load.ok()
    assert wait_for(lambda: load.ok() >= before + more, 20), "nothing is served"


def spread(values):
    """Least, middle and largest of some seconds, in milliseconds."""
    values = sorted(values)
    return "%d / %d / %d ms" % tuple(1000 * values[at] for at in (0, len(values) // 2, -1))


# Members ---------------------------------------------------------------------------------------


def test_member_killed(make):
    """kill -9 of one of three, again and again: it is left out at once and comes back soon."""
    site = Site(make)
    load = site.load()
    excluded, back = [], []
    for turn in range(MEMBER_KILLS):
        name = "abc"[turn % 3]
        warm(load)
        killed = site[name].kill()
        assert wait_for(lambda n=name: site.state(n).startswith("ERR"), 10, 0.003), "not excluded"
        excluded.append(time.time() - killed)
        warm(load)
        started = site[name].start()
        assert wait_for(lambda n=name, s=started: site[n].first_since(s), 15), "never used again"
        back.append(site[name].first_since(started) - started)
    print("excluded after %s, serves again after %s" % (spread(excluded), spread(back)))
    judge(site, load.stop())
    assert wait_for(site.idle)
    # recover_time is over at most one maintenance later, and load is there all the time.
    assert max(back) < 8


def test_member_stopped(make):
    """SIGSTOP: the requests it has wait for reply_timeout and go elsewhere, no others wait."""
    site = Site(make, "worker.a.reply_timeout=1500")
    load = site.load()
    warm(load)
    site["a"].signal(signal.SIGSTOP)
    assert wait_for(lambda: site.state("a").startswith("ERR"), 10)
    time.sleep(2)
    warm(load)
    site["a"].signal(signal.SIGCONT)
    continued = time.time()
    assert wait_for(lambda: site.state("a").startswith("OK"), 15)
    warm(load)
    numbers = judge(site, load.stop())
    assert site["a"].first_since(continued)
    waited = [row for row in site.requests() if int(row[1]) > 1400000]
    assert waited and {row[2] for row in waited} == {"a"}
    print("%d requests waited" % len(waited))
    assert verdicts_of(site) == {"reply-timeout"}
    assert numbers["slowest"] < 8
    assert wait_for(site.idle)


CUT = {"closed-before-head", "closed-in-body", "closed-in-packet", "send-failed"}
FAULTS = {
    # mode of a: the verdict that must then be in the log, and those that may be there
    "reset": ("closed-before-head", {"send-failed"}),
    "reset-in-body": ("closed-in-body", CUT),
    "half-close": ("closed-before-head", {"send-failed"}),
    "silent": ("reply-timeout", set()),
    "trickle": ("reply-timeout", set()),
    "deaf": ("connect-timeout", CUT | {"reply-timeout"}),
    "flap": ("connect-refused", CUT),
}
OTHERS = {"connect-failed", "no-address", "no-member", "ping-failed", "ping-timeout",
          "pool-exhausted", "protocol-error"}


def verdicts_of(site):
    """The verdicts of failed attempts that the log has so far."""
    log = site.server.jk_log()
    known = CUT | OTHERS | {must for must, _ in FAULTS.values()}
    return {verdict for verdict in known if re.search(r"\b%s\b" % verdict, log)}


@pytest.mark.parametrize("mode", FAULTS)
def test_member_misbehaves(make, mode):
    """Two seconds of it under load, and back to normal."""
    must, may = FAULTS[mode]
    limits = ["worker.a.reply_timeout=700", "worker.a.socket_connect_timeout=300"]
    site = Site(make, *(limits if must.endswith("timeout") else []))
    load = site.load()
    warm(load)
    site["a"].mode(mode)
    assert wait_for(lambda: must in verdicts_of(site), 10)
    time.sleep(2)
    site["a"].mode("normal")
    since = time.time()
    assert wait_for(lambda: site["a"].first_since(since), 15), "never used again"
    numbers = judge(site, load.stop())
    assert verdicts_of(site) <= {must} | may
    assert numbers["cut"] == 0 or "closed-in-body" in {must} | may
    assert numbers["cut"] > 0 or must != "closed-in-body"
    assert wait_for(site.idle)


# Children ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("mpm", ["event", "worker", "prefork"])
def test_children_killed(make, mpm):
    """kill -9 of children, many more of them than there are columns: nothing stays counted."""
    children, threads = 40, 1 if mpm == "prefork" else 2
    limits = "" if mpm == "prefork" else """
ServerLimit %d
MaxRequestWorkers %d
MinSpareThreads %d
MaxSpareThreads %d""" % (children, *[children * threads] * 3)
    site = Site(make, "worker.lb.method=Busyness", children=children, threads=threads,
                mpm=mpm, crashes_expected=True, base_directives=limits)
    load = site.load(pause=0, parts=1)  # so that there is always something to lose
    chance = random.Random(4)
    killed = 0
    while killed < CHILD_KILLS:
        alive = site.server.child_pids()
        if len(alive) > 4:
            os.kill(chance.choice(alive), signal.SIGKILL)
            killed += 1
        time.sleep(chance.uniform(0, 0.02))
    least = 1 if mpm == "prefork" else children  # prefork has as many as the load needs
    assert wait_for(lambda: len(site.server.child_pids()) >= least, 30)
    result = load.stop()
    print(result["counts"])
    assert not [row for row in result["bad"] if row[1] == "wrong"]
    assert result["counts"]["GET"]["ok"] > 100
    hit = begun_and_lost(site, result) + sum(row["cut"] for row in result["counts"].values())
    print("%d requests died with %d children" % (hit, killed))
    assert hit <= threads * killed
    assert wait_for(site.idle), site.status()
    rows = site.status()
    assert [rows[name]["lbvalue"] for name in "abc"] == ["0", "0", "0"]
    for name in "abc":  # others may open and close one meanwhile
        assert wait_for(lambda n=name: int(site.status()[n]["connected"]) == site[n].connections())
    assert "in-flight counts" not in site.server.logs(), "columns leaked"
    assert not [line for line in site.server.crashes() if "Killed" not in line]
    fresh = site.load()
    warm(fresh, 500)
    judge(site, fresh.stop(), stale=1000)
    assert wait_for(site.idle)


def test_graceful_restarts(make):
    """Under load: nothing lost, no count lost, and a member that is down stays known as such.

    The members change their order each time: they are known by name.
    """
    site = Site(make, "worker.lb.recover_time=1000", "worker.lb.error_escalation_time=0")
    load = site.load()
    warm(load)
    site["c"].kill()
    assert wait_for(lambda: site.state("c") == "ERR", 10)
    served = {name: int(site.status()[name]["elected"]) for name in "abc"}
    for turn in range(RESTARTS):
        warm(load, 50)
        order = ("b,c,a", "c,a,b", "a,b,c")[turn % 3]
        site.server.write(re.sub("balance_workers=.*", "balance_workers=" + order,
                                 site.server.config))
        site.server.graceful()
        rows = site.status()
        assert rows["c"]["state"] == "ERR"
        for name in "abc":
            assert int(rows[name]["elected"]) >= served[name]
            served[name] = int(rows[name]["elected"])
    warm(load)
    result = load.stop()
    judge(site, result, stale=10000)
    # httpd closes kept connections; what came over one of them just then reached no member.
    assert begun_and_lost(site, result) == 0
    rows = site.status()
    for name in "ab":
        assert int(rows[name]["elected"]) == len(site[name].seen())
    assert wait_for(site.idle)


# Tomcat ------------------------------------------------------------------------------------------


# A Tomcat that starts has its port open long before it answers: without pings, requests would wait.
PINGS = """
JkWorkerProperty worker.%s.ping_mode=A
JkWorkerProperty worker.%s.ping_timeout=1000
%s
"""


@pytest.mark.tomcat
def test_tomcat_killed_and_stopped(make):
    """kill -9 of one Tomcat under load, then the orderly stop of another."""
    tomcats = {name: make.keep(tomcat_module.Tomcat(name)) for name in ("tc1", "tc2")}
    tomcat_module.start_all(tomcats.values())
    server = make.httpd(CONFIG % (
        "tc1,tc2", "".join(PINGS % (name, name, t.properties())
                           for name, t in tomcats.items())) + """
JkMount /index.html lb""", children=2, threads=32)
    load = make.keep(Load(server.port, path="/index.html", answer=r"This is Tomcat tc[12]\n"))
    for name, number in (("tc1", signal.SIGKILL), ("tc2", signal.SIGTERM)):
        warm(load)
        tomcats[name].process.send_signal(number)
        assert wait_for(lambda n=name: member(server.port, n)["state"].startswith("ERR"), 20, 0.01)
        tomcats[name].process.wait(30)
        warm(load)
        tomcats[name].start().wait()
        assert wait_for(lambda n=name: member(server.port, n)["state"] == "OK", 20)
    warm(load)
    result = load.stop()
    print(result["counts"], round(result["slowest"], 2))
    # Where all its threads wait for the dead one, event closes kept connections to have one more.
    lost = [row for row in result["bad"] if row[1] not in ("cut", "stale")]
    # Tomcat sends head and body apart; an answer that ends between them had begun, and is a 502.
    begun = len(re.findall(r"\bclosed-in-body\b", server.jk_log()))
    print("%d ended after the head" % begun)
    assert not [row for row in lost if row[4] != "502"], told(server, lost)
    assert len(lost) <= begun, told(server, lost)
    assert result["slowest"] < 5
    assert wait_for(lambda: all(member(server.port, n)["busy"] == "0" for n in tomcats))


# The instruments ---------------------------------------------------------------------------------


def test_load_tells_right_from_wrong(make):
    """An answer to another request is not taken for the right one."""
    site = Site(make)
    assert get(site.port, "/r/0-0/0/100/plain").header("X-Member") in "abc"
    with site.load(path="/r/9-9/0/50/plain") as load:
        wait_for(lambda: load.counts()["GET"]["wrong"] > 10)
    assert load.stop()["counts"]["GET"]["wrong"] > 10
    assert load.stop()["counts"]["GET"]["ok"] == 0
