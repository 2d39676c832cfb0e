"""Bad input and broken containers: the right status, a log line that helps, nothing else hurt.

Log lines are held to what a reader needs: the worker's name, its address, and a word that says
what to look at.  How they are phrased is not tested.
"""

import re
import time

import pytest

import ajp_peer
import httpd as httpd_module
from ajp_wire import Policy
from support import Client, Cut, get, request, wait_for

WORKERS = ["good", "down", "garbage", "http", "locked", "silent", "trickle", "mute", "cut",
           "noport"]
CONFIG = """
JkWorkerProperty worker.list={names}
{ports}
JkWorkerProperty worker.locked.secret=wrong-s3cr3t
JkWorkerProperty worker.silent.reply_timeout=400
JkWorkerProperty worker.trickle.reply_timeout=400
JkWorkerProperty worker.trickle.retries=1
JkWorkerProperty worker.mute.ping_mode=A
JkWorkerProperty worker.mute.ping_timeout=300
{mounts}
JkMount /nowhere/* nosuch
"""


class Site:
    """One httpd with a worker for every kind of trouble, and a peer behind each."""

    def __init__(self, make):
        self.peers = {name: make.peer(name=name) for name in WORKERS}
        self.peers["garbage"].behaviour = ajp_peer.raw(b"\x16\x03\x01\x02\x00 no AJP at all\r\n")
        self.peers["http"].behaviour = ajp_peer.raw(b"HTTP/1.1 400 Bad Request\r\n\r\n", True)
        self.peers["locked"].policy = Policy(secret="right")
        self.peers["silent"].behaviour = ajp_peer.silence
        self.peers["mute"].on_ping = ajp_peer.ignore_ping
        self.peers["down"].refuse()
        ports = {name: peer.port for name, peer in self.peers.items()}
        ports["noport"] = 0
        self.server = make.httpd(CONFIG.format(
            names=",".join(WORKERS),
            ports="\n".join("JkWorkerProperty worker.%s.port=%d" % p for p in ports.items()),
            mounts="\n".join("JkMount /%s/* %s" % (name, name) for name in WORKERS)))

    def log_of(self, work):
        """What both logs gained while `work` ran, and its result."""
        before = len(self.server.error_log()), len(self.server.jk_log())
        result = work()
        time.sleep(0.05)
        return result, (self.server.error_log()[before[0]:] + self.server.jk_log()[before[1]:])

    def lines_about(self, name, log):
        """Lines of the log that name the worker and its address."""
        address = "%s:%d" % (self.peers[name].host, self.peers[name].port)
        return [line for line in log.splitlines()
                if re.search(r"\b%s\b" % name, line) and address in line]


@pytest.fixture(scope="module")
def site(make_for_module):
    return Site(make_for_module)


@pytest.fixture(autouse=True)
def others_are_undisturbed(site):
    """Before and after each kind of trouble, the good worker serves."""
    yield
    assert get(site.server.port, "/good/x").body == b"good"
    assert site.server.crashes() == []


def check(site, name, status, hint, path=None):
    """One request to that worker: this status, and a log line with name, address and hint."""
    answer, log = site.log_of(lambda: get(site.server.port, path or "/%s/x" % name))
    assert answer.status == status, log
    lines = site.lines_about(name, log)
    assert lines, "no line names %s and its address:\n%s" % (name, log)
    assert any(re.search(hint, line, re.I) for line in lines), "\n".join(lines)
    return answer, log


def test_d21_mount_to_an_unknown_worker(site):
    answer, log = site.log_of(lambda: get(site.server.port, "/nowhere/x"))
    assert answer.status == 500
    whole = site.server.logs()
    lines = [line for line in whole.splitlines() if "nosuch" in line]
    assert any(re.search(r"worker\.list|unknown|not found", line) for line in lines), whole
    assert any("/nowhere/" in line for line in lines), "the rule is named: %s" % log


def test_container_is_down(site):
    check(site, "down", 503, r"refused|running|listen")


def test_garbage(site):
    check(site, "garbage", 502, r"AJP|protocol|magic")


def test_http_instead_of_ajp(site):
    check(site, "http", 502, r"AJP|protocol|magic|HTTP")


def test_wrong_secret(site):
    answer, log = check(site, "locked", 403, r"secret")
    assert "s3cr3t" not in log and "right" not in log and answer.body == b""
    assert site.peers["locked"].requests[-1].request.attribute("secret") == "wrong-s3cr3t"


def test_silence(site):
    begun = time.monotonic()
    check(site, "silent", 504, r"reply_timeout|timeout")
    assert 0.7 < time.monotonic() - begun < 4


def test_silence_sends_a_post_once(site):
    """A POST was completely sent, so it is not repeated; a GET is."""
    peer = site.peers["silent"]
    peer.forget()
    assert request(site.server.port, "POST", "/silent/x", body=b"data").status == 504
    assert len(peer.requests) == 1
    peer.forget()
    assert get(site.server.port, "/silent/x").status == 504
    assert len(peer.requests) == 2
    assert all(x.connection.wait_closed(5) for x in peer.requests)


def test_trickle_does_not_hold_a_thread(site):
    """The limit is one for the whole message: single bytes do not start it anew."""
    head = ajp_peer.wire.send_headers(200, [("X-Long", "x" * 200)])
    site.peers["trickle"].behaviour = ajp_peer.raw(head, trickle=0.1)
    begun = time.monotonic()
    check(site, "trickle", 504, r"reply_timeout|timeout")
    assert time.monotonic() - begun < 4


def test_trickle_within_the_limit(site):
    """Split at every byte, a response is still a response."""
    whole = (ajp_peer.wire.send_headers(200, [("Content-Length", "5")])
             + ajp_peer.wire.body_chunk(b"hello") + ajp_peer.wire.end_response())
    site.peers["good"].behaviour = ajp_peer.sequence(
        ajp_peer.raw(whole, trickle=0.005), ajp_peer.respond(body=b"good"))
    assert get(site.server.port, "/good/x").body == b"hello"


def test_unanswered_probe(site):
    check(site, "mute", 503, r"ping|cpong|probe")
    assert site.peers["mute"].requests == []


def test_port_0(site):
    answer, log = site.log_of(lambda: get(site.server.port, "/noport/x"))
    assert answer.status == 503
    assert re.search(r"noport.*port|port.*noport", site.server.logs()), log


# Cut at each step ----------------------------------------------------------------------------

STEPS = [(step, reset) for step in ("before-head", "mid-head", "after-head", "mid-body",
                                    "before-end") for reset in (False, True)]


def ask_once(port, path):
    """The response, None if there was none, and whether the connection ended after it."""
    with Client(port) as client:
        client.head("GET", path)
        try:
            answer = client.response()
        except Cut:
            return None, True
        return answer, not answer.complete and client.closed(1)


def is_visible_failure(answer, dropped):
    """Nothing had gone out: 502.  Something had: the client sees that the rest is missing."""
    return answer is None or answer.status == 502 or (not answer.complete and dropped)


STEP_IDS = ["D23" if s == "before-head" and not r else s + "-reset" * r for s, r in STEPS]


@pytest.mark.parametrize("step,reset", STEPS, ids=STEP_IDS)
def test_cut(site, step, reset):
    peer = site.peers["cut"]
    peer.forget()
    peer.behaviour = ajp_peer.cut(step, reset)
    answer, dropped = ask_once(site.server.port, "/cut/x")
    if step in ("before-head", "mid-head", "after-head"):
        assert answer is not None and answer.status == 502
        assert len(peer.requests) == 2, "a GET is tried twice"
    else:
        assert len(peer.requests) == 1, "never repeated once a part was passed on"
        assert is_visible_failure(answer, dropped)
        if answer is not None and answer.status == 200:
            assert answer.body in (b"", b"x" * 1000) and b"<html" not in answer.body.lower()
    assert wait_for(lambda: site.lines_about("cut", site.server.logs()))


def test_half_closed_container(site):
    site.peers["cut"].behaviour = ajp_peer.half_close
    site.peers["cut"].forget()
    assert get(site.server.port, "/cut/x").status == 502
    assert all(x.connection.wait_closed(5) for x in site.peers["cut"].requests)


def test_post_is_not_repeated_after_it_was_sent(site):
    peer = site.peers["cut"]
    peer.behaviour = ajp_peer.cut("before-head")
    peer.forget()
    assert request(site.server.port, "POST", "/cut/x", body=b"buy").status == 502
    assert len(peer.requests) == 1


def test_down_and_back(site):
    peer = site.peers["down"]
    assert get(site.server.port, "/down/x").status == 503
    peer.listen()
    assert get(site.server.port, "/down/x").body == b"down"
    peer.refuse()
    assert get(site.server.port, "/down/x").status == 503


# Requests that do not fit --------------------------------------------------------------------


def test_head_larger_than_a_packet(site):
    headers = [("X-%d" % n, "v" * 4000) for n in range(3)]
    peer = site.peers["good"]
    peer.forget()
    answer, log = site.log_of(lambda: get(site.server.port, "/good/x", headers))
    assert answer.status == 413 and peer.requests == []
    assert re.search(r"good.*max_packet_size|max_packet_size.*good", log), log


@pytest.mark.parametrize("length,status", [(254, 200), (255, 200), (256, 400), (264, 400),
                                           (300, 400)])
def test_long_header_names(site, length, status):
    answer = get(site.server.port, "/good/x", [("N" * length, "v")])
    assert answer.status == status


def test_too_many_headers_are_the_containers_business(site):
    """100 headers fit; `content-length: 0` is not added where it would be number 101."""
    headers = [("X-%d" % n, "v") for n in range(99)]  # and Host
    assert get(site.server.port, "/good/x", headers).body == b"good"
    sent = site.peers["good"].requests[-1].request
    assert len(sent.headers) == 100


def test_d45_error_document_keeps_the_status(make):
    """An ErrorDocument that a container serves with 200 does not turn the error into a success."""
    peer = make.peer(behaviour=ajp_peer.respond(200, [("X-Page", "error")], b"our page"))
    server = make.httpd("""
JkWorkerProperty worker.list=w
JkWorkerProperty worker.w.port=%d
JkMount /app/* w
ErrorDocument 403 /app/denied
<Location /locked>
  Require all denied
</Location>
""" % peer.port)
    answer = get(server.port, "/locked/x")
    assert (answer.status, answer.body) == (403, b"our page")


def test_log_lines_stay_lines(site):
    """A line break in a path must not make a line of its own in the log."""
    _, log = site.log_of(lambda: get(site.server.port, "/down/a%0d%0aFORGED"))
    assert not re.search(r"^FORGED", log, re.M)


# Configuration -------------------------------------------------------------------------------

BASE = "JkWorkerProperty worker.list=w\nJkMount /x w\n"


def line_of(config, server):
    """The number of the last line of `config` in the file as it was written."""
    with open(server.dir + "/httpd.conf") as file:
        lines = file.read().splitlines()
    return max(n for n, line in enumerate(lines, 1) if line == config.splitlines()[-1])


@pytest.mark.parametrize("line,word", [
    ("JkMuont /x w", "JkMuont"), ("JkMount x/y w", "x/y|begin|start|slash"),
    ("JkMount /x", "JkMount"), ("JkOptions +NoSuchOption", "NoSuchOption"),
    pytest.param("JkOptions -ForwardURIProxy", "ForwardURIProxy", id="D2"),
    ("JkMountCopy perhaps", "JkMountCopy"),
    ("JkWorkersFile conf/none.properties", "none.properties"),
    ("JkMountFile conf/none.properties", "none.properties"),
    pytest.param("JkWorkerProperty worker.w.bogus=1", "bogus", id="W1"),
    pytest.param("JkWorkerProperty worker.w.Port=1", "Port", id="W2"),
    ("JkExtractSSL perhaps", "JkExtractSSL")])
def test_wrong_directive_is_named_with_file_and_line(line, word):
    server = httpd_module.Httpd(BASE + line)
    try:
        code, output = server.configtest()
        number = line_of(line, server)
    finally:
        server.stop(check=False)
    assert code != 0
    assert re.search(r"httpd\.conf:%d:|line %d\b.*httpd\.conf" % (number, number), output), output
    assert re.search(word, output), output


def test_good_configuration_passes_the_test():
    server = httpd_module.Httpd(BASE + "JkLogLevel bogus\n")
    try:
        code, output = server.configtest()
    finally:
        server.stop(check=False)
    assert code == 0 and "Syntax OK" in output, output


REFUSED = {
    "W14": (["worker.w.type=AJP13"], r"\bw\b.*AJP13|AJP13.*\bw\b", r"ajp13"),
    "ajp14": (["worker.w.type=ajp14"], r"\bw\b.*ajp14|ajp14.*\bw\b", r"ajp13"),
    "W18_no_members": (["worker.w.type=lb"], r"\bw\b", r"balance_workers"),
    "W18_same_route": (
        ["worker.w.type=lb", "worker.w.balance_workers=a,b", "worker.a.route=r",
         "worker.b.route=r"], r"route", r"\br\b"),
    "W13_missing": (["worker.w.reference=worker.none"], r"worker\.none|none", "reference"),
    "W13_loop": (
        ["worker.w.reference=worker.a", "worker.a.reference=worker.w"], "reference", "worker"),
    "balancer in a balancer": (
        ["worker.w.type=lb", "worker.w.balance_workers=a", "worker.a.type=lb",
         "worker.a.balance_workers=b"], r"\ba\b", "lb"),
    "W17": (["worker.list=" + "n" * 64], "n{60}", r"63|long"),
}


@pytest.mark.parametrize("case", sorted(REFUSED))
def test_start_is_refused(case):
    lines, *patterns = REFUSED[case]
    config = "JkWorkerProperty worker.list=w\n" + "\n".join("JkWorkerProperty " + p for p in lines)
    server = httpd_module.Httpd(config)
    try:
        said = server.fails_to_start()
    finally:
        server.stop(check=False)
    for pattern in patterns:
        assert re.search(pattern, said), said


def test_wrong_line_in_the_workers_file(make):
    server = httpd_module.Httpd("JkWorkersFile @DIR@/workers.properties\n")
    server.file("workers.properties", "worker.list=w\nworker.w.port=8009\nworker.w.bogus=1\n")
    try:
        said = server.fails_to_start()
    finally:
        server.stop(check=False)
    assert "workers.properties" in said and "worker.w.bogus" in said
    assert re.search(r"workers\.properties(:| line |, line )3\b|line 3\b", said), said


def test_w16_unresolvable_host_does_not_stop_the_start(make):
    peer = make.peer(name="good")
    server = make.httpd("""
JkWorkerProperty worker.list=w,good
JkWorkerProperty worker.w.host=127.0.0.1:%d
JkWorkerProperty worker.good.port=%d
JkMount /w/* w
JkMount /good/* good
""" % (peer.port, peer.port))
    assert get(server.port, "/w/x").status == 503
    assert get(server.port, "/good/x").body == b"good"
    assert re.search(r"\bw\b.*127\.0\.0\.1:%d" % peer.port, server.logs())
