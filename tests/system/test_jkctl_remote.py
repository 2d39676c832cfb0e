"""jkctl against a running server: what it shows, changes, waits for, and says when it cannot.

The environment names the program (JKCTL); without it that of the build tree is taken.
"""

import base64
import hashlib
import json
import os
import re
import subprocess
import threading

import pytest

import ajp_peer
import httpd as httpd_module
from support import get, wait_for
from test_jkctl import JKCTL, jkctl, on_terminal

FINE, REFUSED, MISUSE, TOO_LATE = 0, 1, 2, 3

pytestmark = pytest.mark.skipif(not os.path.exists(JKCTL), reason="jkctl was not built")

CONFIG = """
JkWorkerProperty worker.list=lb,single,jkstatus,readers
JkWorkerProperty worker.lb.type=lb
JkWorkerProperty worker.lb.balance_workers=tc1,tc2
JkWorkerProperty worker.tc1.port=%(up)d
JkWorkerProperty worker.tc2.port=%(other)d
JkWorkerProperty worker.single.port=%(up)d
JkWorkerProperty worker.jkstatus.type=status
JkWorkerProperty worker.readers.type=status
JkWorkerProperty worker.readers.read_only=true
JkMount /app/* lb
JkMount /one/* single
JkMount /jkmanager|/* jkstatus
JkMount /readers|/* readers
"""


class Site:
    """A server in front of two peers, and jkctl for it."""

    def __init__(self, make, behaviour=None, other=None, more="", **options):
        self.peer = make.peer(behaviour) if behaviour else make.peer()
        port = other or self.peer.port
        self.httpd = make.httpd(CONFIG % {"up": self.peer.port, "other": port} + more, **options)
        self.url = "http://127.0.0.1:%d/jkmanager" % self.httpd.port

    def run(self, *arguments, url=None):
        return jkctl(*arguments, "--url", url or self.url)

    def ok(self, *arguments):
        """A run that has to succeed; its output."""
        code, out, errors = self.run(*arguments)
        assert (code, errors) == (FINE, ""), (arguments, out, errors)
        return out

    def api(self, path):
        return json.loads(get(self.httpd.port, "/jkmanager/api/v1/" + path).text)

    def settings(self, member="tc1"):
        return self.api("balancers/lb/members/" + member)["settings"]

    def app(self, path="/app/x", headers=()):
        return get(self.httpd.port, path, headers)


@pytest.fixture(scope="module")
def site(make_for_module):
    return Site(make_for_module)


# Looking --------------------------------------------------------------------------------------


def row(output, name):
    line, = (x for x in output.splitlines() if re.search(r"(^| )%s( |$)" % name, x))
    return re.split(r"\s{2,}", line)


def test_status_shows_everything(site):
    assert site.app().status == 200
    out = site.ok("status")
    assert row(out, "BALANCER  METHOD")[:3] == ["BALANCER", "METHOD", "MEMBERS"]
    assert [x for x in out.splitlines() if x.startswith("lb ")][0].split()[:4] == \
        ["lb", "Request", "2", "2"]
    assert row(out, "tc2")[:5] == ["lb", "tc2", "active", row(out, "tc2")[3],
                                   "127.0.0.1:%d" % site.peer.port]
    assert row(out, "single")[0] == "single"
    assert "\x1b" not in out
    lines = out.splitlines()
    member_lines = [x for x in lines if re.match(r"lb +tc|BALANCER +MEMBER", x)]
    assert len({x.index("127") for x in member_lines if "127" in x}) == 1
    assert len({len(x) for x in member_lines}) == 1, "numbers stand at the right"


def test_one_balancer_or_worker(site):
    assert "single" not in site.ok("status", "lb") and "tc1" in site.ok("status", "lb")
    out = site.ok("status", "single")
    assert "tc1" not in out and out.startswith("WORKER ")


def test_members(site):
    assert site.ok("members") == site.ok("members", "lb")
    out = site.ok("members", "lb", "tc1")
    assert "\n\n" in out and "\nactivation=active\n" in out and "\nlbfactor=1\n" in out


def test_json_is_the_apis(site):
    told = json.loads(site.ok("status", "--json"))
    assert [b["name"] for b in told["balancers"]] == ["lb"]
    assert [w["name"] for w in told["workers"]] == ["single"] and told["time"] > 1e9
    names = lambda members: [m["name"] for m in members]
    assert names(json.loads(site.ok("members", "--json"))) == ["tc1", "tc2"]
    assert names(json.loads(site.ok("members", "lb", "--json"))) == ["tc1", "tc2"]
    own, api = json.loads(site.ok("members", "lb", "tc1", "--json")), \
        site.api("balancers/lb/members/tc1")
    assert own.keys() == api.keys() and own["settings"] == api["settings"]


def test_environment_names_the_server(site):
    code, out, _ = jkctl("members", env={"JKCTL_URL": site.url + "/"})
    assert code == FINE and "tc1" in out


def test_colours_on_a_terminal_only(site):
    env = {"NO_COLOR": ""}
    assert "\x1b[32m" in on_terminal(["members", "--url", site.url], env)
    assert "\x1b" not in on_terminal(["members", "--url", site.url], {"NO_COLOR": "1"})


# Changing -------------------------------------------------------------------------------------


def test_activation_and_back(make):
    site = Site(make)
    for command, activation in (("disable", "disabled"), ("stop", "stopped"),
                                ("enable", "active"), ("drain", "disabled")):
        assert activation in site.ok(command, "lb", "tc1")
        assert site.settings()["activation"] == activation
    site.ok("drain", "--stop", "lb", "tc1")
    assert site.settings()["activation"] == "stopped"
    assert site.settings("tc2")["activation"] == "active"
    assert site.httpd.wait_log(r"user - at 127\.0\.0\.1: activation of member tc1 of lb changed")


def test_edit_member_balancer_and_worker(make):
    site = Site(make)
    out = site.ok("edit", "lb", "tc1", "lbfactor=3", "route=a b=c")
    assert row(out, "tc1")[5:7] == ["a b=c", "3"]
    assert (site.settings()["lbfactor"], site.settings()["route"]) == (3, "a b=c")
    assert "lbfactor=3    # configured: 1\n" in site.ok("members", "lb", "tc1")
    site.ok("edit", "lb", "retries=4", "sticky_session=false")
    settings = site.api("balancers/lb")["settings"]
    assert (settings["retries"], settings["sticky_session"]) == (4, False)
    site.ok("edit", "single", "reply_timeout=5000")
    assert site.api("workers/single")["settings"]["reply_timeout"] == 5000


def test_all_or_nothing(make):
    site = Site(make)
    code, out, errors = site.run("edit", "lb", "tc1", "lbfactor=3", "activation=nonsense")
    assert (code, out) == (REFUSED, "") and "activation" in errors
    assert site.settings()["lbfactor"] == 1
    code, _, errors = site.run("edit", "lb", "tc1", "secret=1")
    assert code == REFUSED and "secret cannot be changed" in errors


def test_reset(make):
    site = Site(make)
    for _ in range(4):
        assert site.app().status == 200 and site.app("/one/x").status == 200
    elected = lambda name: site.api("balancers/lb/members/" + name)["elected"]
    assert elected("tc1") == elected("tc2") == 2
    site.ok("reset", "lb", "tc1")
    assert (elected("tc1"), elected("tc2")) == (0, 2)
    site.ok("reset", "lb")
    assert elected("tc2") == 0
    assert site.api("workers/single")["used"] == 4
    site.ok("reset", "single")
    assert site.api("workers/single")["used"] == 0


def test_recover(make):
    site = Site(make, other=httpd_module.free_port())
    state = lambda: site.api("balancers/lb/members/tc2")["state"]
    assert wait_for(lambda: site.app().status == 200 and state() == "ERR", 10, 0.05)
    out = site.ok("recover", "lb", "tc2")
    assert row(out, "tc2")[3] != "ERR" and state() != "ERR"
    code, _, errors = site.run("recover", "lb", "tc1")
    assert code == REFUSED and "tc1" in errors


# Draining -------------------------------------------------------------------------------------


class Gate:
    """A peer whose answers wait until it opens."""

    def __init__(self):
        self.event, self.arrived = threading.Event(), threading.Semaphore(0)

    def __call__(self, exchange):
        self.arrived.release()
        assert self.event.wait(60)
        ajp_peer.respond(body=b"done")(exchange)


@pytest.fixture
def busy(make):
    """A site with one request in flight on tc1, which ends when `gate` opens."""
    gate = Gate()
    site = Site(make, gate)
    site.gate, site.answers = gate, []
    site.ok("stop", "lb", "tc2")
    ask = lambda: site.answers.append(site.app())
    thread = threading.Thread(target=ask)
    thread.start()
    assert gate.arrived.acquire(timeout=10)
    yield site
    gate.event.set()
    thread.join(30)
    assert [a.text for a in site.answers] == ["done"]


def test_drain_waits_until_nothing_is_in_flight(busy):
    run = subprocess.Popen([JKCTL, "drain", "lb", "tc1", "--stop", "--wait", "--url", busy.url],
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert wait_for(lambda: busy.settings()["activation"] == "stopped", 10, 0.05)
    with pytest.raises(subprocess.TimeoutExpired):
        run.wait(1.5)
    busy.gate.event.set()
    out, errors = run.communicate(timeout=30)
    assert (run.returncode, errors) == (FINE, "")
    assert out == "lb/tc1: tc1 is stopped (%s), 0 in flight\n" % \
        busy.api("balancers/lb/members/tc1")["state"]


def test_drain_has_a_limit(busy):
    code, out, errors = busy.run("drain", "--wait=1", "lb", "tc1")
    assert code == TOO_LATE and "not drained within 1 s" in errors and "1 in flight" in out
    assert busy.settings()["activation"] == "disabled", "it stays"


def test_drain_that_somebody_ends(busy):
    run = subprocess.Popen([JKCTL, "drain", "lb", "tc1", "--wait", "--url", busy.url],
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert wait_for(lambda: busy.settings()["activation"] == "disabled", 10, 0.05)
    busy.ok("enable", "lb", "tc1")
    _, errors = run.communicate(timeout=30)
    assert run.returncode == REFUSED and "somebody has changed it" in errors


def test_disabled_keeps_its_sessions_and_stopped_does_not(make):
    site = Site(make, ajp_peer.respond(body=b"x"), more="""
JkWorkerProperty worker.tc1.route=r1
JkWorkerProperty worker.tc2.route=r2
""")
    elected = lambda name: site.api("balancers/lb/members/" + name)["elected"]
    session = [("Cookie", "JSESSIONID=1.r1")]
    site.ok("drain", "lb", "tc1", "--wait=30")
    for _ in range(3):
        assert site.app().status == 200 and site.app(headers=session).status == 200
    assert (elected("tc1"), elected("tc2")) == (3, 3)
    site.ok("drain", "lb", "tc1", "--wait=30", "--stop")
    assert site.app(headers=session).status == 200
    assert (elected("tc1"), elected("tc2")) == (3, 4)


# What goes wrong ------------------------------------------------------------------------------


def test_nobody_there():
    url = "http://127.0.0.1:%d/jkmanager" % httpd_module.free_port()
    assert jkctl("status", "--url", url) == \
        (REFUSED, "", "jkctl status: %s cannot be reached: Connection refused\n" % url)


def test_wrong_places(site):
    port = site.httpd.port
    code, _, errors = site.run("status", url="http://127.0.0.1:%d/elsewhere" % port)
    assert code == REFUSED and "(404)" in errors and "JkMount" in errors
    code, _, errors = site.run("status", url="http://127.0.0.1:%d/one/" % port)
    assert code == REFUSED and "not the JSON API" in errors


def test_names_that_are_not_there(site):
    for arguments, says in (
            (["stop", "lb", "tc9"], 'balancer "lb" has no member "tc9"; it has: tc1, tc2'),
            (["stop", "bl", "tc1"], 'there is no balancer "bl"; there are: lb'),
            (["reset", "bl"], "balancers: lb; direct workers: single"),
            (["members", "lb", "x y%"], 'no member "x y%"')):
        code, out, errors = site.run(*arguments)
        assert (code, out) == (REFUSED, "") and says in errors, errors


def test_read_only(site):
    url = "http://127.0.0.1:%d/readers" % site.httpd.port
    assert site.run("status", url=url)[0] == FINE
    code, _, errors = site.run("stop", "lb", "tc1", url=url)
    assert code == REFUSED and "read-only" in errors


@pytest.mark.parametrize("arguments,says", [
    (["drain", "lb"], "MEMBER"),
    (["drain", "lb", "tc1", "--wait=x"], "--wait"),
    (["edit", "lb", "tc1"], "property=value"),
    (["status", "--url", "ftp://h/"], "http://"),
    (["status", "--url", "http://joe:pw@h/"], "--password-file"),
    (["status", "--user", "joe"], "belong together"),
    (["satus"], "did you mean status?"),
], ids=str)
def test_misuse(arguments, says):
    code, out, errors = jkctl(*arguments)
    assert (code, out) == (MISUSE, "") and says in errors


def test_user_and_password(make, tmp_path):
    site = Site(make, modules=["authn_core", "authn_file", "auth_basic", "authz_user"], more="""
<Location /jkmanager>
  AuthType Basic
  AuthName x
  AuthUserFile @DIR@/users
  Require valid-user
</Location>
""")
    digest = base64.b64encode(hashlib.sha1(b"open sesame").digest()).decode()
    site.httpd.file("users", "joe:{SHA}%s\n" % digest)
    right, wrong = tmp_path / "right", tmp_path / "wrong"
    right.write_text("open sesame\n")
    wrong.write_text("no\n")
    code, _, errors = site.run("status")
    assert code == REFUSED and "--password-file" in errors
    code, _, errors = site.run("status", "--user", "joe", "--password-file", wrong)
    assert code == REFUSED and "right password" in errors
    assert "tc1" in site.ok("status", "--user", "joe", "--password-file", right)
    site.ok("stop", "lb", "tc1", "--user", "joe", "--password-file", right)
    assert site.httpd.wait_log(r"user joe at 127\.0\.0\.1: activation of ")
    run = subprocess.run([JKCTL, "status", "--url", site.url, "--user", "joe", "--password-file",
                          "-"], input="open sesame\n", capture_output=True, text=True, timeout=60,
                         check=False)
    assert run.returncode == FINE and "tc1" in run.stdout


def test_https(make, certificates):
    site = Site(make, modules=["socache_shmcb", "ssl"], ports=2, more="""
JkMountCopy All
<VirtualHost 127.0.0.1:@PORT2@>
  SSLEngine on
  SSLCertificateFile %s/server.pem
  SSLCertificateKeyFile %s/server.key
</VirtualHost>
""" % (certificates, certificates))
    url = "https://localhost:%d/jkmanager" % site.httpd.ports[1]
    code, _, errors = site.run("status", url=url)
    assert code == REFUSED and "certificate" in errors
    code, out, errors = site.run("status", "--ca", "%s/ca.pem" % certificates, url=url)
    assert (code, errors) == (FINE, "") and "tc1" in out


def test_a_proxy_of_the_environment_is_not_asked(site):
    proxy = "http://127.0.0.1:%d" % httpd_module.free_port()
    code, _, errors = jkctl("status", "--url", site.url,
                            env={"http_proxy": proxy, "ALL_PROXY": proxy})
    assert (code, errors) == (FINE, "")
