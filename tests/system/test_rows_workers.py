"""Rows of workers.md 9 (W1 to W41), each through a real httpd; tests/rows.txt lists them all.

One server has a worker or balancer for every row, named after it and mounted at /NAME/; behind
them are the peers a and b, which answer with their name, and a port where nobody listens.
"""

import re
import threading
import time
from pathlib import Path

import pytest

import ajp_peer
import httpd as httpd_module
from support import get, request, status_text, wait_for

DIRECTIVES = """
JkWorkerProperty worker.list=w4quoted
JkWorkerProperty worker.w4quoted.secret=a#b
JkWorkerProperty worker.w4quoted.port=%d
JkWorkerProperty worker.w8.host=host.invalid
JkWorkersFile @DIR@/workers.properties
JkMount /w4quoted/* w4quoted
LogFormat "%%U %%{JK_LB_FIRST_NAME}n %%{JK_LB_LAST_NAME}n %%{JK_WORKER_ROUTE}n" notes
CustomLog @DIR@/notes.log notes
"""
WORKERS = Path(__file__).parent / "rows_workers.properties"
LONG = "n" * 63  # a name as long as it may be


class Site:
    """The server and its peers; a request to a worker is site.get(name)."""

    def __init__(self, make):
        self.a, self.b, down = (make.peer(name=name) for name in "ab-")
        down.refuse()
        self.big = make.peer(name="big", packet_size=9216)
        ports = {"A": self.a.port, "B": self.b.port, "BIG": self.big.port, "DOWN": down.port}
        text = WORKERS.read_text().replace("LONG_NAME", LONG)
        names = re.findall(r"[\w]+", " ".join(re.findall(r"^worker\.list=(.*)", text, re.M)))
        mounts = "\n".join("JkMount /%s/* %s" % (name, name) for name in names)
        self.server = make.keep(httpd_module.Httpd(
            DIRECTIVES % self.a.port + mounts, env={"PEER_PORT": str(self.a.port)}))
        self.server.file("workers.properties", re.sub(
            r"PORT_(\w+)", lambda found: str(ports[found.group(1)]), text))
        self.server.start()
        self.port = self.server.port

    def get(self, name, headers=()):
        return get(self.port, "/%s/x" % name, headers)

    def post(self, name, body):
        return request(self.port, "POST", "/%s/x" % name, body=body)

    def status(self, name, kind="AJP Worker"):
        return status_text(self.port, path="/status/")[(kind, name)]

    def member(self, name):
        return self.status(name, "Member")


@pytest.fixture(scope="module")
def shared_site(make_for_module):
    return Site(make_for_module)


@pytest.fixture
def site(shared_site):
    for peer in (shared_site.a, shared_site.b):
        peer.forget()
        peer.behaviour = ajp_peer.respond(body=peer.name.encode())
    return shared_site


def session(value):
    return [("Cookie", "JSESSIONID=" + value)]


# The language --------------------------------------------------------------------------------


def test_w3_lines_that_say_nothing(site):
    assert site.get("w3").text == "a"


@pytest.mark.parametrize("name,secret", [("w4", "a"), ("w4quoted", "a#b")])
def test_w4_number_sign(site, name, secret):
    assert site.get(name).text == "a"
    assert site.a.requests[0].request.attribute("secret") == secret


def test_w5_variable(site):
    assert site.get("w5").text == "a"
    assert site.status("w5")["host"] == "127.0.0.1"
    assert site.get("w5after").status == 503
    assert site.status("w5after")["host"] == "$(later)"


def test_w6_variable_of_the_environment(site):
    assert site.get("w6").text == "a"
    assert site.status("w6")["port"] == str(site.a.port)


def test_w7_list_in_several_lines(site):
    assert [site.get(name).text for name in ("w3", "w7", "w9")] == ["a"] * 3


def test_w8_file_outranks_the_directive(site):
    assert site.get("w8").text == "a"
    assert re.search(r"\[warn\].*worker\.w8\.host.*host\.invalid", site.server.jk_log())


def test_w9_suffix_of_a_number(site):
    assert site.status("w9")["reply_timeout"] == "1024"


@pytest.mark.parametrize("name,size", [("w10", 9216), ("w10small", 8192), ("w10large", 65536)])
def test_w10_packet_size(site, name, size):
    assert site.status(name)["max_packet_size"] == str(size)


def test_w10_packet_size_of_a_request(site):
    """A head that fits 9216 bytes and not 8192."""
    answer = get(site.port, "/w10/x", [("X-A", "v" * 4100), ("X-B", "v" * 4100)])
    assert answer.status == 200 and 8192 < site.big.requests[0].request.size <= 9216


def test_w11_one_attempt_at_least(site):
    site.a.behaviour = ajp_peer.cut("before-head")
    assert site.get("w11").status == 502
    assert len(site.a.requests) == 1


def test_w12_reference(site):
    assert site.get("w12").text == "a"
    assert (site.status("w12")["host"], site.status("w12")["port"]) == (
        "127.0.0.1", str(site.a.port))


def test_w15_host_that_does_not_exist(site):
    assert site.get("w15").status == 503
    assert re.search(r"\[error\].*w15.*no\.such\.invalid", site.server.jk_log())


def test_w17_longest_name(site):
    assert site.get(LONG).text == "a"


def test_w19_worker_that_is_there_without_any(make):
    """No worker.list: the worker ajp13 at localhost:8009, whoever may listen there."""
    server = make.httpd("JkWorkerProperty worker.status.type=status\nJkMount /x ajp13\n"
                        "JkWorkerProperty worker.ajp13.socket_timeout=1\nJkMount /y status\n")
    assert get(server.port, "/x").status != 500, "it is a known worker"
    assert get(server.port, "/y").status == 500, "and the only one"
    if get(server.port, "/x").status == 503:
        assert server.wait_log(r"\bajp13\b.*:8009")


# A plain worker ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["w20", "w20interval"])
def test_w20_no_time_to_wait_for_a_connection(site, name):
    assert [site.get(name).text for _ in range(3)] == ["a"] * 3


@pytest.mark.parametrize("name,probes", [("w21c", [1, 1]), ("w21p", [1, 2]), ("w21a", [1, 2])])
def test_w21_probes(site, name, probes):
    """How many a connection has seen after its first and its second request."""
    seen = []
    for _ in probes:
        assert site.get(name).text == "a"
        seen.append(site.a.requests[-1].connection.pings)
    assert seen == probes
    assert site.a.requests[0].connection is site.a.requests[1].connection


def test_w22_fail_on_status(site):
    site.a.behaviour = ajp_peer.respond(404, body=b"no")
    assert site.get("w22").status == 503
    assert len(site.a.requests) == 2


def test_w22_fail_on_status_of_a_member(site):
    site.a.behaviour = ajp_peer.respond(404, body=b"no")
    assert site.get("w22lb").status == 503
    assert site.member("w22m")["state"] == "OK"
    site.a.behaviour = ajp_peer.respond(500, body=b"no")
    assert site.get("w22lb").status == 503
    assert site.member("w22m")["state"] == "ERR", "500 is hard"


def test_w23_busy_limit(site):
    go_on = threading.Event()

    def wait_for_it(exchange):
        go_on.wait(10)
        exchange.respond(body=b"a")

    site.a.behaviour = wait_for_it
    first = []
    thread = threading.Thread(target=lambda: first.append(site.get("w23")))
    thread.start()
    try:
        assert site.a.wait_requests(1)
        begun = time.monotonic()
        assert site.get("w23").status == 503
        assert time.monotonic() - begun < 1 and len(site.a.requests) == 1
    finally:
        go_on.set()
        thread.join()
    assert first[0].text == "a"
    assert wait_for(lambda: site.get("w23").status == 200)


def once_cut(then):
    return ajp_peer.sequence(ajp_peer.cut("before-head"), then)


def test_w24_post_is_repeated(site):
    site.a.behaviour = once_cut(ajp_peer.echo)
    assert site.post("w24", b"0123456789").body == b"0123456789"
    assert [x.body for x in site.a.requests] == [b"0123456789"] * 2


def test_w24_post_is_not_repeated(site):
    site.a.behaviour = once_cut(ajp_peer.echo)
    assert site.post("w24absent", b"0123456789").status == 502
    assert len(site.a.requests) == 1


def test_w25_post_that_was_asked_for(site):
    def ask_then_close(exchange):
        exchange.read_packet()
        exchange.read_packet()
        exchange.connection.close()
        raise ajp_peer.Gone("closed by us")

    site.a.behaviour = ask_then_close
    assert site.post("w25", b"x" * 20000).status == 502
    assert len(site.a.requests) == 1


def test_w26_no_recovery(site):
    site.a.behaviour = once_cut(ajp_peer.respond())
    assert site.get("w26").status == 502
    assert len(site.a.requests) == 1


def test_w27_recovery_of_get(site):
    site.a.behaviour = once_cut(ajp_peer.respond(body=b"second"))
    assert site.get("w27").text == "second"
    assert len(site.a.requests) == 2


# Balancers -----------------------------------------------------------------------------------


def test_w31_session_without_a_route(site):
    assert site.get("w31", session("a")).status == 503
    assert site.a.requests + site.b.requests == []
    assert site.get("w31").status == 200


def test_w32_notes_after_a_failover(site):
    assert site.get("w32", session("x.w32a")).text == "b"
    line = site.server.wait_log("/w32/x .*", log=lambda: site.server._read("notes.log"))
    assert line == "/w32/x w32a w32b w32b"
    assert site.b.requests[0].request.attribute("jvm_route") == "w32b"


def test_w33_cookie_of_the_survivor(site):
    answer = site.get("w33", session("x.w33a"))
    assert answer.text == "b"
    assert answer.values("Set-Cookie") == ["JSESSIONID=.w33b;PATH=/;HttpOnly"]


def test_w34_redirect_to_a_disabled_member(site):
    for _ in range(3):
        assert site.get("w34", session("x.w34a")).text == "b"
        assert site.b.requests[-1].request.attribute("jvm_route") == "stand-in"
    assert site.member("w34a")["state"] == "ERR" and site.a.requests == []


def test_w35_distance(site):
    assert [site.get("w35").text for _ in range(4)] == ["b"] * 4
    site.b.refuse()
    try:
        assert site.get("w35").text == "a"
    finally:
        site.b.listen()


def test_w36_sessions_by_weight(site):
    got = "".join(site.get("w36").text for _ in range(8))
    assert (got.count("a"), got.count("b")) == (6, 2)
    # Requests of a session change nothing.
    assert [site.get("w36", session("x.w36b")).text for _ in range(4)] == ["b"] * 4
    assert (member_load(site, "w36a"), member_load(site, "w36b")) == ("6", "6")


def member_load(site, name):
    return site.member(name)["lbvalue"]


def test_w37_route_that_is_a_domain(site):
    for _ in range(3):
        assert site.get("w37", session("x.dom2")).text == "b"
        assert site.b.requests[-1].request.attribute("jvm_route") == "w37b"


def test_w38_secrets(site):
    for route, peer, secret in (("w38a", site.a, "own"), ("w38b", site.b, "shared")):
        assert site.get("w38", session("x." + route)).text == peer.name
        assert peer.requests[-1].request.attribute("secret") == secret


def test_w39_all_members_stopped(site):
    assert site.get("w39").status == 503
    assert site.get("w39", session("x.w39a")).status == 503
    assert site.a.requests + site.b.requests == []


def test_w40_single_disabled_member(site):
    assert site.get("w40").status == 503 and site.a.requests == []
    assert site.get("w40", session("x.w40a")).text == "a"


@pytest.mark.parametrize("mime", ["html", "xml", "txt"])
def test_w41_status_for_others(site, mime):
    answer = get(site.port, "/w41/?mime=" + mime)
    assert answer.status == 403 and b"w36" not in answer.body
