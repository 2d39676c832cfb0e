"""One pass of requests of every kind through a httpd that runs under valgrind: no invalid access,
no use of what was never set, nothing lost for good in a stack that has our module in it.

A request takes a second there, so this runs only where VALGRIND=1 asks for it.
"""

import os
import re
import shutil
from pathlib import Path

import pytest

import ajp_peer
import httpd as httpd_module
from support import Client, Cut, get, pattern, request

ASKED = os.environ.get("VALGRIND", "") not in ("", "0")
VALGRIND = shutil.which("valgrind")
pytestmark = [
    pytest.mark.timeout(600),
    pytest.mark.skipif(not ASKED, reason="slow: only where VALGRIND=1 is set"),
    pytest.mark.skipif(ASKED and not VALGRIND, reason="valgrind is not installed"),
    pytest.mark.skipif(httpd_module.SANITIZED, reason="not with a sanitizer"),
]

CONFIG = """
JkWatchdogInterval 1
JkWorkerProperty worker.list=w,lb,down,jkstatus
JkWorkerProperty worker.maintain=1
JkWorkerProperty worker.jkstatus.type=status
JkWorkerProperty worker.w.port=%(peer)d
JkWorkerProperty worker.w.ping_mode=A
JkWorkerProperty worker.w.connection_pool_timeout=2
JkWorkerProperty worker.w.connection_ping_interval=1
JkWorkerProperty worker.lb.type=lb
JkWorkerProperty worker.lb.balance_workers=a,b
JkWorkerProperty worker.a.port=%(peer)d
JkWorkerProperty worker.b.port=%(dead)d
JkWorkerProperty worker.down.port=%(dead)d
JkMount /w/* w
JkMount /lb/* lb
JkMount /down/* down
JkMount /jkstatus jkstatus
JkMount /jkstatus/* jkstatus
JkRequestLogFormat "%%w %%V %%T"
"""
LOG = "valgrind.%p"
OPTIONS = ("--tool=memcheck", "--trace-children=no", "--keep-debuginfo=yes", "--num-callers=40",
           "--leak-check=full", "--show-leak-kinds=definite", "--errors-for-leak-kinds=definite")
STATUS = ("", "?mime=txt", "?mime=xml", "?mime=prop", "?mime=json", "/api/v1/balancers",
          "?cmd=edit&w=lb", "?cmd=update&w=lb&vlr=3&mime=txt", "?cmd=dump", "?cmd=nonsense")


class Site:
    """A httpd under valgrind, its peer, and the folder of valgrind's reports."""

    def __init__(self, make, folder, monkeypatch):
        self.folder = folder
        script = Path(folder, "httpd")
        script.write_text("#!/bin/sh\nexec %s %s --log-file=%s/%s %s \"$@\"\n" % (
            VALGRIND, " ".join(OPTIONS), folder, LOG, httpd_module.HTTPD))
        script.chmod(0o755)
        monkeypatch.setattr(httpd_module, "HTTPD", str(script))
        self.peer = make.peer(ajp_peer.echo)
        ports = {"peer": self.peer.port, "dead": httpd_module.free_port()}
        self.server = make.httpd(CONFIG % ports, threads=4)
        self.port = self.server.port

    def errors(self):
        """valgrind's reports whose stack has the module in it."""
        found = []
        for file in Path(self.folder).glob("valgrind.*"):
            text = re.sub(r"(?m)^==\d+== ?", "", file.read_text(errors="replace"))
            found += [block for block in text.split("\n\n")
                      if re.search(r"^ +(at|by) 0x.*(mod_jk|\bjk::)", block, re.M)]
        return found

    def summaries(self):
        return sum("ERROR SUMMARY" in file.read_text(errors="replace")
                   for file in Path(self.folder).glob("valgrind.*"))


def forwarded(site):
    """Requests of every shape, kept connections, and a member that is down."""
    body = pattern(30000)
    for path in ("/w/x", "/lb/x"):
        session = [("Cookie", "JSESSIONID=1.a")]
        assert get(site.port, path + "?q=1", session, timeout=60).status == 200
        assert request(site.port, "POST", path, body=body, timeout=60).body == body
        with Client(site.port, timeout=60) as client:
            assert client.request("POST", path, chunked=[body[:10], body[10:]]).body == body
            assert client.request("HEAD", path).status == 200
    assert get(site.port, "/down/x", timeout=60).status == 503


def misbehaved(site):
    """Answers that break off or are none, and clients that leave."""
    vectors = ajp_peer.vectors("m")
    steps = [ajp_peer.cut(step) for step in ("before-head", "mid-head", "mid-body", "before-end")]
    steps += [ajp_peer.raw(data, close=True) for data, _ in list(vectors.values())[::6]]
    for behaviour in steps:
        site.peer.behaviour = behaviour
        try:
            get(site.port, "/w/bad", timeout=60)
        except Cut:
            pass
    site.peer.behaviour = ajp_peer.respond(body=pattern(200000))
    for _ in range(3):
        with Client(site.port, timeout=60) as client:
            client.head("POST", "/w/gone", [("Content-Length", "50000")])
            client.send(b"x" * 20000)
            client.reset()
    site.peer.behaviour = ajp_peer.echo


def test_every_kind_of_request(make, tmp_path, monkeypatch):
    for folder in (tmp_path, tmp_path.parent, tmp_path.parent.parent):
        folder.chmod(0o777)  # the children are another user, and write there
    site = Site(make, str(tmp_path), monkeypatch)
    forwarded(site)
    misbehaved(site)
    for query in STATUS:
        assert get(site.port, "/jkstatus" + query, timeout=60).status < 500
    site.server.graceful(120)
    assert get(site.port, "/w/x", timeout=60).status == 200
    site.server.process.terminate()
    site.server.process.wait(120)
    assert site.summaries() >= 2, "valgrind said nothing of the parent or of a child"
    errors = site.errors()
    assert not errors, "%d\n%s" % (len(errors), "\n\n".join(errors[:3]))
