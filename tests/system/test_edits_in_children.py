"""Edits at run time in children that were not there when they were made, and by those that outlive
their configuration."""

import json
import os
import signal
import threading

import ajp_peer
import api_site
from api_site import JSON
from support import Client, get, parallel, wait_for

CONFIG = """
JkWorkerProperty worker.list=lb,st
JkWorkerProperty worker.lb.type=lb
JkWorkerProperty worker.lb.balance_workers=%s
%s
JkWorkerProperty worker.st.type=status
JkMount /app/* lb
JkMount /jk/* st
"""


def configuration(ports):
    return CONFIG % (",".join(ports), "\n".join(
        "JkWorkerProperty worker.%s.port=%d" % one for one in ports.items()))


def patch(server, resource, **values):
    return api_site.ask(server, resource, "PATCH", values, mount="/jk")


def members(server):
    return json.loads(get(server.port, "/jk/api/v1/balancers/lb").body)["members"]


def test_a_new_child_serves_by_the_edits_from_its_first_requests_on(make):
    """All but one member stopped, children killed, and many first requests at once."""
    peer = make.peer(ajp_peer.respond(body=b"c"))
    names = ["n%d" % n for n in range(1200)]
    server = make.httpd(configuration(dict.fromkeys(names, peer.port)), crashes_expected=True)
    assert get(server.port, "/jk/?cmd=update&mime=txt&w=lb&sw=*&vwa=2").status == 200
    assert patch(server, "balancers/lb/members/n0", activation="active").status == 200
    count = 14
    for _ in range(6):
        before = server.child_pids()
        for pid in before:
            os.kill(pid, signal.SIGKILL)
        wait_for(lambda old=set(before): set(server.child_pids()) - old)
        clients = [Client(server.port) for _ in range(count)]
        gate = threading.Barrier(count)

        def ask(n, among=clients, at=gate):
            at.wait()
            return among[n].request("GET", "/app/x").status

        assert parallel(count, ask) == [200] * count
        for client in clients:
            client.close()
    assert {one.request.attribute("jvm_route") for one in peer.requests} == {"n0"}


def test_a_child_of_the_configuration_before_makes_no_edits(make):
    """Its route would be that of a member which that configuration does not have."""
    port = make.peer().port
    server = make.httpd(configuration({"a": port, "b": port}))
    body = json.dumps({"route": "c"}).encode()
    with Client(server.port, timeout=60) as client:
        client.head("PATCH", "/jk/api/v1/balancers/lb/members/a",
                    [JSON, ("Content-Length", str(len(body))), ("Expect", "100-continue")])
        while b"\r\n\r\n" not in client._buffer:  # 100: it is at work, and waits for this
            assert client.more()
        server.write(configuration({"a": port, "b": port, "c": port}))
        server.graceful()
        client.send(body)
        answer = client.response()
    assert answer.status == 412
    assert "httpd was restarted meanwhile; ask again" in answer.text
    assert {one["settings"]["route"] for one in members(server)} == {"a", "b", "c"}
