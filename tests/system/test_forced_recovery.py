"""A request that nobody may serve tries no broken member, and lets no other request try one."""

import pytest

import ajp_peer
from balanced_site import Balanced
from support import get, member, request

CONFIG = """JkWorkerProperty worker.lb.retries=1
JkWorkerProperty worker.lb.sticky_session_force=%d
JkWorkerProperty worker.b.retries=1
JkMount /out/* lb;stopped=a,b
"""


@pytest.mark.parametrize("bound, path, headers", [
    pytest.param(1, "/x", [("Cookie", "JSESSIONID=x.gone")], id="a session of nobody"),
    pytest.param(0, "/out/x", [], id="a rule that stops all"),
])
def test_nobody_for_one_is_no_probe_for_others(make, bound, path, headers):
    site = Balanced(make, CONFIG % bound)
    site.peers["b"].behaviour = ajp_peer.cut("before-head")
    for _ in range(4):
        get(site.port, "/x")
    for _ in range(10):
        assert get(site.port, path, headers).status == 503
        assert member(site.port, "b")["state"] == "ERR"
        assert request(site.port, "POST", "/x", [], b"a=1").status == 200
