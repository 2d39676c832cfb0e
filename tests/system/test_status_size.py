"""The machine formats of a thousand members while eight processes serve: complete and consistent
each time. The times are printed; what is asserted of them is no more than that nobody hangs."""

import json
import time

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from load import Load
from support import get, wait_for


def many_members(count, port):
    names = ["m%04d" % n for n in range(count)]
    lines = ["worker.list=big,app,st", "worker.st.type=status", "worker.big.type=lb",
             "worker.big.balance_workers=" + ",".join(names), "worker.app.type=lb",
             "worker.app.balance_workers=node1", "worker.node1.port=%d" % port]
    lines += ["worker.%s.port=%d" % (name, port) for name in names]
    return "\n".join("JkWorkerProperty " + line for line in lines)


def check_json(text):
    big, app = json.loads(text)["balancers"]
    assert len(big["members"]) == big["member_count"] == 1000
    member = app["members"][0]
    assert 0 <= member["latency"]["total"]["count"] <= member["elected"]


def check_metrics(text):
    families = {f.name: f for f in text_string_to_metric_families(text)}
    elected = families["jk_member_requests"].samples
    assert len({s.labels["member"] for s in elected}) == 1001


@pytest.fixture(scope="module")
def server(make_for_module):
    peer = make_for_module.peer()
    return make_for_module.httpd(many_members(1000, peer.port) + """
        JkMount /jkmanager/* st
        JkMount /r/* app
        """, children=8, threads=4)


@pytest.mark.parametrize("path,check", [("api/v1/balancers", check_json),
                                        ("metrics", check_metrics)], ids=["json", "metrics"])
def test_a_thousand_members_under_load(server, capsys, path, check):
    took = []
    with Load(server.port, clients=8, path="/r/x", answer="(?s).*") as load:
        assert wait_for(lambda: load.ok() > 50, 20)
        for _ in range(10):
            begin = time.monotonic()
            answer = get(server.port, "/jkmanager/" + path)
            took.append(time.monotonic() - begin)
            assert answer.status == 200 and answer.complete
        check(answer.text)
        assert {row[1] for row in load.stop()["bad"]} <= {"stale"}
    total = json.loads(get(server.port, "/jkmanager/api/v1/balancers/app/members/node1").text)
    assert total["latency"]["total"]["count"] == total["elected"]
    took.sort()
    with capsys.disabled():
        print("\n1,000 members, %s under load: %d bytes, median %.0f ms, most %.0f ms"
              % (path, len(answer.body), took[5] * 1e3, took[-1] * 1e3))
    assert took[5] < 5
