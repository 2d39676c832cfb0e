"""Changes through the classic commands of the status worker: rows 14 to 33, 41, 47 and 48 of
status.md 15 (here S14 to S48), and that every child has them with its next request."""

import re
import time
from pathlib import Path

import pytest

from support import get, parallel, request, wait_for

CONFIG = """
JkWorkerProperty worker.list=lb,single,jkstatus
JkWorkerProperty worker.lb.type=lb
JkWorkerProperty worker.lb.balance_workers=node1,node2,node3
JkWorkerProperty worker.node1.port=%(up)d
JkWorkerProperty worker.node2.port=%(up)d
JkWorkerProperty worker.node3.port=%(up)d
JkWorkerProperty worker.single.port=%(up)d
JkWorkerProperty worker.jkstatus.type=status
JkMount /app/* lb
JkMount /one/* single
JkMount /jkstatus jkstatus
"""
OK = 'Result: type=OK message="Action finished"\n'


class Status:
    """A server, its peers, and what its status says."""

    def __init__(self, make, **more):
        self.peer, self.other = make.peer(), make.peer()
        self.httpd = make.httpd(CONFIG % {"up": self.peer.port}, **more)

    def ask(self, query):
        answer = get(self.httpd.port, "/jkstatus?mime=txt&" + query)
        assert answer.status == 200
        return answer.text

    def update(self, query):
        return self.ask("cmd=update&" + query)

    def lines(self):
        return self.ask("cmd=list").splitlines()

    def field(self, name, field):
        """A field of the balancer, a member or a direct worker."""
        line, = (x for x in self.lines() if " name=%s " % name in x and x.startswith(
            ("Balancer Worker:", "Member:", "AJP Worker:")))
        return re.search(r' %s=("?)(.*?)\1( |$)' % field, line).group(2)

    def fields(self, field):
        return " ".join(self.field(name, field) for name in ("node1", "node2", "node3"))

    def use(self, count=1, path="/app/x"):
        return [get(self.httpd.port, path).status for _ in range(count)]


@pytest.fixture
def status(make):
    return Status(make)


def test_s14_balancer(status):
    assert status.update("w=lb&vlr=3&vlt=61") == OK
    assert status.field("lb", "retries") == "3" and status.field("lb", "recover_time") == "61"
    status.httpd.wait_log(r'user - at 127\.0\.0\.1: recover_time of balancer lb changed from "60" '
                          'to "61"')


def test_s15_numbers_that_are_none(status):
    for value in ("vlr=0", "vlr=-1", "vlr=abc", "vlr=", "vlr=99999999999"):
        text = status.update("w=lb&vlt=77&" + value)
        assert text.startswith("Result: type=ERROR message=\"Update failed: vlr '"), text
    assert status.field("lb", "retries") == "2" and status.field("lb", "recover_time") == "60"
    assert status.update("w=lb&vlee=0&vlr=7x") == OK
    assert status.field("lb", "error_escalation_time") == "0"
    assert status.field("lb", "retries") == "7"


def test_s16_booleans(status):
    for value, shown in (("no", "False"), ("TRUE", "True"), ("0", "False"), ("on", "True")):
        assert status.update("w=lb&vls=" + value) == OK
        assert status.field("lb", "sticky_session") == shown
    assert "type=ERROR" in status.update("w=lb&vls=maybe")
    assert status.field("lb", "sticky_session") == "True"


def test_s17_methods(status):
    for value, shown in (("b", "Busyness"), ("4", "Next")):
        assert status.update("w=lb&vlm=" + value) == OK
        assert status.field("lb", "method") == shown
    assert "type=ERROR" in status.update("w=lb&vlm=zzz")
    assert status.field("lb", "method") == "Next"


@pytest.mark.parametrize("value", ["d", "1", "Disabled"], ids=["S18_d", "S18_1", "S18_word"])
def test_activation(status, value):
    status.use(4)
    assert status.update("w=lb&sw=node1&vwa=" + value) == OK
    assert status.field("node1", "activation") == "DIS"
    assert status.fields("lbvalue") == "0 0 0"


def test_s19_unknown_activation(status):
    assert status.update("w=lb&sw=node1&vwa=s") == OK
    assert "type=ERROR" in status.update("w=lb&sw=node1&vwa=junk")
    assert status.field("node1", "activation") == "STP"


def test_s20_s21_one_setting_of_all_members(status):
    assert status.update("w=lb&att=vwf&val0=5&val1=7&val2=11") == OK
    assert status.fields("lbmult") == "77 55 35"
    assert status.update("w=lb&att=vwf&val1=4") == OK
    assert status.fields("lbfactor") == "5 4 11"
    for wrong in ("att=foo&val0=1", "att=vahst&val0=x", "att=vlr&val0=3",
                  "att=vwf&val0=1&val1=0", "att=vwn&val0=a&val1=" + "x" * 64):
        assert "type=ERROR" in status.update("w=lb&" + wrong)
    assert status.fields("lbfactor") == "5 4 11" and status.fields("route") == "node1 node2 node3"


def test_s22_pattern(status):
    assert status.update("w=lb&sw=node*&vact=9000") == OK
    assert status.fields("connect_timeout") == "9000 9000 9000"
    assert status.update("w=lb&sw=node%3f&vwd=2") == OK
    assert status.fields("distance") == "2 2 2"
    text = status.update("w=lb&sw=node*&vwn=" + "x" * 64)
    assert text.endswith('too long for sub worker \'node1\', see log file for details. '
                         'Aborting further wildcard updates."\n')


def test_s23_length_of_a_route(status):
    assert status.update("w=lb&sw=node1&vwn=" + "x" * 60) == OK
    assert status.field("node1", "route") == "x" * 60
    for name, word in (("vwn", "route"), ("vwr", "redirect"), ("vwc", "domain")):
        long = "y" * 64
        assert status.update("w=lb&sw=node1&%s=%s" % (name, long)) == (
            'Result: type=ERROR message="Update failed (at least partially): new %s \'%s\' too '
            'long for sub worker \'node1\', see log file for details."\n' % (word, long))


def test_s24_domain_from_a_route(status):
    assert status.update("w=lb&sw=node2&vwn=west.node2") == OK
    assert status.field("node2", "domain") == "west"
    assert status.update("w=lb&sw=node2&vwn=node2") == OK
    assert status.field("node2", "domain") == "west" and status.field("node2", "route") == "node2"


def test_routes_of_two_members_are_refused(status):
    for query in ("sw=node1&vwn=node2", "att=vwn&val0=r&val2=r", "sw=*&vwn=r"):
        assert "is the route of the member" in status.update("w=lb&" + query)
    assert status.fields("route") == "node1 node2 node3"
    assert status.update("w=lb&att=vwn&val0=node2&val1=node1") == OK  # changing places is no clash
    assert status.fields("route") == "node2 node1 node3"


def test_s25_host_without_address(status):
    port = status.peer.port
    assert status.update("w=lb&sw=node1&vahst=no.such.host.invalid&vact=5") == (
        'Result: type=ERROR message="Update failed (at least partially): could not resolve address '
        '\'no.such.host.invalid:%d\' for sub worker \'node1\'."\n' % port)
    assert status.field("node1", "address") == "127.0.0.1:%d" % port
    assert status.field("node1", "connect_timeout") == "0"


def test_s26_another_address(make):
    status = Status(make, children=2)
    status.use(12)
    assert int(status.field("node1", "connected")) > 0
    port = status.other.port
    assert status.update("w=lb&sw=node1&vaprt=%d" % port) == OK
    assert all(status.field("node1", "address").endswith(":%d" % port) for _ in range(10))
    assert status.update("w=lb&sw=node[23]&vwa=s").startswith("Result: type=ERROR")
    assert status.update("w=lb&att=vwa&val1=s&val2=s") == OK
    assert status.use(6) == [200] * 6
    assert status.fields("elected").split()[0] > "0"


def children_asked(httpd, path):
    """Asks for the path until two children have answered."""
    def asked():
        parallel(4, lambda _: get(httpd.port, path).status)
        log = Path(httpd.dir, "children.log").read_text()
        return {line.split()[0] for line in log.splitlines() if line.endswith(" " + path)}

    assert wait_for(lambda: len(asked()) == 2, 30), "one child alone answers"


def test_s26_idle_connections_of_all_children(make):
    """Also a child that did not make the edit closes what is idle, with its next request."""
    status = Status(make, children=2, base_directives='LogFormat "%P %U%q" children\n'
                    "CustomLog @DIR@/children.log children")
    children_asked(status.httpd, "/app/x")
    idle = [x for x in status.peer.connections if not x.gone.is_set()]
    assert len(idle) >= 2
    assert status.update("w=lb&sw=node*&vaprt=%d" % status.other.port) == OK
    children_asked(status.httpd, "/jkstatus?cmd=version")  # whatever is asked, and of any worker
    assert all(connection.wait_closed(5) for connection in idle)
    before = len(status.peer.requests)
    assert status.use(6) == [200] * 6
    assert (len(status.peer.requests), len(status.other.requests)) == (before, 6)


def test_s27_packet_sizes(status):
    assert status.update("w=lb&sw=node1&vamps=8193") == OK
    for value in ("100", "70000"):
        assert "type=ERROR" in status.update("w=lb&sw=node1&vamps=" + value)
    assert status.field("node1", "max_packet_size") == "9216"


def test_s28_packet_size_of_a_direct_worker(status):
    assert status.update("w=single&vamps=16384") == OK
    assert status.field("single", "max_packet_size") == "16384"
    assert status.use(path="/one/x") == [200]


def test_s29_s30_every_child_has_it(make):
    status = Status(make, children=3)
    assert status.update("w=lb&sw=node1&vacpi=77") == OK
    assert {status.field("node1", "connection_ping_interval") for _ in range(50)} == {"77"}
    assert status.update("w=lb&att=vwa&val0=s&val1=s") == OK
    status.use(30)
    assert status.fields("elected") == "0 0 30"


def test_s31_restarts(make, status):
    assert status.update("w=lb&sw=node1&vwf=5&vwd=2") == OK
    status.httpd.graceful()
    assert status.field("node1", "lbfactor") == "5"
    status.httpd.write(status.httpd.config + "\nJkWorkerProperty worker.node1.lbfactor=3")
    status.httpd.graceful()
    assert status.field("node1", "lbfactor") == "3" and status.field("node1", "distance") == "2"
    fresh = make.httpd(status.httpd.config)  # as after a stop: no other memory
    text = get(fresh.port, "/jkstatus?mime=txt").text
    assert re.search(r"name=node1 .* lbfactor=3 .* distance=0 ", text)


def test_s32_reset(status):
    status.use(6)
    status.use(2, "/one/x")
    assert status.ask("cmd=reset&w=lb&sw=node1") == OK
    assert status.fields("elected") == "0 2 2" and status.field("node1", "connected") == "1"
    assert status.ask("cmd=reset&w=lb") == OK
    assert status.fields("elected") == "0 0 0"
    assert status.fields("state") == "OK/IDLE OK/IDLE OK/IDLE"
    assert status.field("single", "used") == "2"
    assert status.ask("cmd=reset&w=single") == OK
    assert status.field("single", "used") == "0" and status.field("single", "connected") == "1"
    assert status.ask("cmd=reset&w=jkstatus") == 'Result: type=ERROR message="Reset failed"\n'


def test_s33_recover(status):
    failed = 'Result: type=ERROR message="Marking worker for recovery failed"\n'
    assert status.ask("cmd=recover&w=lb") == failed
    assert status.ask("cmd=recover&w=lb&sw=node1") == failed  # it is OK
    assert status.update("w=lb&att=vwa&val1=d&val2=d") == OK
    status.peer.refuse()
    status.use()
    assert status.field("node1", "state") == "ERR"
    assert status.ask("cmd=recover&w=lb&sw=node1") == OK
    assert status.field("node1", "state") == "ERR/REC"
    assert status.ask("cmd=recover&w=lb&sw=node1") == failed
    status.httpd.wait_log("member node1 of lb is recovering")


def test_s41_line_breaks(status):
    text = status.update("w=lb&sw=node1&vwn=a%0Aworker.result.type=OK")
    assert "holds a control character" in text and len(text.splitlines()) == 1
    assert status.field("node1", "route") == "node1"


def test_s47_old_names_of_a_balancer(status):
    text = status.update("w=lb&lr=3&lt=70&ls=true&lf=false")
    assert text.startswith("OK - ") and text.endswith("\n" + OK)
    assert status.field("lb", "retries") == "3" and status.field("lb", "recover_time") == "70"
    assert status.update("w=lb&lr=0&lt=80").startswith("FAIL - ")
    assert status.field("lb", "recover_time") == "70"
    status.httpd.wait_log(r"\[warn\].* names of mod_jk up to 1\.2\.26")


def test_s48_old_names_of_a_member(status):
    text = status.update("w=node1&l=lb&wf=2&wd=true&ws=false&wr=&wc=")
    assert text.startswith("OK - ")
    assert status.field("node1", "activation") == "DIS" and status.field("node1", "lbfactor") == "2"
    assert status.update("w=lb&sw=node1&wa=a&wd=4") == OK  # here wd is the distance
    assert status.field("node1", "activation") == "ACT" and status.field("node1", "distance") == "4"


def test_a_host_sent_unchanged_changes_nothing(status):
    status.use(6)
    connected = status.fields("connected")
    assert status.update("w=lb&sw=node1&vahst=localhost&vaprt=%d" % status.peer.port) == OK
    assert status.fields("connected") == connected
    assert "changed from" not in status.httpd.jk_log()


def test_port_0_stops_a_member(status):
    assert "type=ERROR" in status.update("w=lb&sw=node1&vaprt=70000")
    assert status.update("w=lb&sw=node1&vaprt=0") == OK
    assert status.field("node1", "activation") == "STP"
    assert status.field("node1", "address") == "invalid"
    assert status.use(6) == [200] * 6 and status.fields("elected") == "0 3 3"


def test_other_targets(status):
    assert status.update("w=lb&vwa=d&vact=9") == OK  # of members: ignored for the balancer
    assert status.fields("activation") == "ACT ACT ACT"
    assert status.update("w=jkstatus&vlr=3") == 'Result: type=ERROR message="Update failed"\n'
    assert status.ask("cmd=edit&w=jkstatus").endswith(
        '"Error in generating this worker\'s configuration form."\n')
    assert status.ask("cmd=edit&w=lb").endswith(OK)


def test_a_form_in_the_body(status):
    port = status.httpd.port
    form = [("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")]
    answer = request(port, "POST", "/jkstatus", form, b"cmd=update&w=lb&vlr=4&mime=txt")
    assert answer.text == OK and status.field("lb", "retries") == "4"
    answer = request(port, "POST", "/jkstatus?w=lb&cmd=update", form, b"vlr=5&mime=txt")
    assert answer.text == OK and status.field("lb", "retries") == "5"
    assert request(port, "POST", "/jkstatus", form, b"x=" + b"y" * 65536).status == 413


def test_an_edit_shows_at_once_in_requests_that_run(status):
    """Edits while others send: nothing is lost."""
    stop = time.monotonic() + 2
    while time.monotonic() < stop:
        assert status.update("w=lb&sw=node1&vwf=%d" % (1 + time.monotonic_ns() % 7)) == OK
        assert status.use(5) == [200] * 5
    wait_for(lambda: status.field("lb", "busy") == "0")
