"""The metrics of the status worker: read by Prometheus' own parser, exact over all processes."""

import http.client
import threading
import time

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from support import get

CONFIG = """
JkWorkerProperty worker.list=lb,single,st,closed
JkWorkerProperty worker.lb.type=lb
JkWorkerProperty worker.lb.balance_workers=a,b,down
JkWorkerProperty worker.a.port=%(up)d
JkWorkerProperty worker.b.port=%(up)d
JkWorkerProperty worker.b.lbfactor=2
JkWorkerProperty worker.down.port=%(down)d
JkWorkerProperty worker.single.port=%(up)d
JkWorkerProperty worker.single.retries=1
JkWorkerProperty worker.lonely.port=%(down)d
JkWorkerProperty worker.list=lonely
JkWorkerProperty worker.st.type=status
JkWorkerProperty worker.closed.type=status
JkWorkerProperty worker.closed.user=bob
JkMount /app/* lb
JkMount /one/* single
JkMount /lonely/* lonely
JkMount /st* st
JkMount /closed* closed
"""


@pytest.fixture(scope="module")
def server(make_for_module):
    peer = make_for_module.peer()
    down = make_for_module.peer()
    down.refuse()
    return make_for_module.httpd(CONFIG % {"up": peer.port, "down": down.port}, children=4)


def metrics(server):
    """All samples: (name, sorted labels) → value."""
    answer = get(server.port, "/st/metrics")
    assert answer.status == 200
    assert answer.header("Content-Type") == \
        "application/openmetrics-text; version=1.0.0; charset=utf-8"
    assert answer.header("Cache-Control") == "no-cache, no-store"
    samples = {}
    for family in text_string_to_metric_families(answer.text):
        assert family.documentation, family.name
        for sample in family.samples:
            key = sample.name, tuple(sorted(sample.labels.items()))
            assert key not in samples
            samples[key] = sample.value
    return samples


def value(samples, name, **labels):
    return samples[name, tuple(sorted(labels.items()))]


def total(samples, name):
    return sum(number for (key, _), number in samples.items() if key == name)


def ask_many(server, path, threads, each):
    """Requests on connections of their own, so that several children serve them."""
    problems = []

    def run():
        for _ in range(each):
            client = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
            client.request("GET", path)
            status = client.getresponse().status
            client.close()
            if status != 200:
                problems.append(status)

    running = [threading.Thread(target=run) for _ in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    assert not problems


def settled(server, name, expected):
    """The metrics once so many are counted: an answer is counted behind its last byte."""
    end = time.monotonic() + 10
    samples = metrics(server)
    while total(samples, name) < expected and time.monotonic() < end:
        time.sleep(0.02)
        samples = metrics(server)
    return samples


def test_every_request_is_counted_once_over_all_processes(server):
    before = metrics(server)
    ask_many(server, "/app/x", threads=8, each=50)
    name = "jk_member_response_seconds_count"
    after = settled(server, name, total(before, name) + 400)
    assert total(after, name) - total(before, name) == 400
    first = "jk_member_first_byte_seconds_count"
    assert total(after, first) - total(before, first) == 400
    requests = total(after, "jk_member_requests_total") - total(before, "jk_member_requests_total")
    refused = sum(number for (key, labels), number in after.items()
                  if key == "jk_member_failures_total" and ("verdict", "connect-refused") in labels)
    assert refused >= 1
    assert requests >= 400
    attempts = total(after, "jk_member_attempts_total")
    assert attempts == total(after, name) + total(after, "jk_member_failures_total")
    assert total(after, "jk_member_busy") == 0
    assert value(after, "jk_member_weight", balancer="lb", member="b") == 2
    assert value(after, "jk_balancer_members", balancer="lb") == 3


def test_states_are_one_of_a_set(server):
    ask_many(server, "/app/x", threads=2, each=4)
    samples = metrics(server)
    state = {"balancer": "lb", "member": "down"}
    assert value(samples, "jk_member_state", **state, jk_member_state="ERR") == 1
    for member in ["a", "b", "down"]:
        for name in ["jk_member_state", "jk_member_activation"]:
            assert sum(number for (key, labels), number in samples.items()
                       if key == name and ("member", member) in labels) == 1


def test_histograms_are_whole(server):
    ask_many(server, "/one/x", threads=2, each=10)
    samples = settled(server, "jk_worker_response_seconds_count", 20)
    for what in ["connect", "first_byte", "response"]:
        name = "jk_worker_%s_seconds" % what
        buckets = sorted((float(dict(labels)["le"]), number)
                         for (key, labels), number in samples.items()
                         if key == name + "_bucket" and ("worker", "single") in labels)
        assert len(buckets) == 28
        assert [bound for bound, _ in buckets[:-1]] == [2 ** n / 1e6 for n in range(6, 33)]
        counts = [number for _, number in buckets]
        assert counts == sorted(counts)
        count = value(samples, name + "_count", worker="single")
        assert counts[-1] == count and count >= 1
        assert 0 < value(samples, name + "_sum", worker="single") < count * 30
    assert value(samples, "jk_worker_connect_seconds_count", worker="single") <= \
        value(samples, "jk_worker_max_connections", worker="single") + \
        value(samples, "jk_worker_response_seconds_count", worker="single")


def test_failed_attempts_have_their_verdict(server):
    before = metrics(server)
    assert get(server.port, "/lonely/x").status == 503
    after = metrics(server)
    labels = {"worker": "lonely", "verdict": "connect-refused"}
    failures = value(after, "jk_worker_failures_total", **labels)
    assert failures - before.get(("jk_worker_failures_total", tuple(sorted(labels.items()))), 0) \
        == 2  # retries is 2
    assert value(after, "jk_worker_connect_seconds_count", worker="lonely") == 0


def test_a_reset_begins_anew(server):
    ask_many(server, "/one/x", threads=1, each=3)
    assert get(server.port, "/st?cmd=reset&w=single&mime=txt").status == 200
    samples = metrics(server)
    assert value(samples, "jk_worker_attempts_total", worker="single") == 0
    assert value(samples, "jk_worker_response_seconds_count", worker="single") == 0
    assert value(samples, "jk_worker_response_seconds_sum", worker="single") == 0


def test_who_is_not_admitted_gets_nothing(server):
    answer = get(server.port, "/closed/metrics")
    assert answer.status == 403
    assert b"jk_" not in answer.body


def test_a_restart_keeps_the_numbers(server):
    ask_many(server, "/app/x", threads=2, each=5)
    time.sleep(0.2)
    before = metrics(server)
    server.graceful()
    name = "jk_member_response_seconds_count"
    after = settled(server, name, total(before, name))
    assert total(after, name) == total(before, name)
    assert total(after, "jk_member_failures_total") == total(before, "jk_member_failures_total")
