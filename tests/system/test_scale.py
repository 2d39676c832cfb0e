"""A thousand workers and ten thousand mount rules: how long a start, `httpd -t` and a check take.

The limits are many times what is measured, so that only a wrong order of growth breaks them: a
step that looks at each rule for each rule, or at each worker for each rule. What was measured is
printed (`pytest -rP`).
"""

import os
import subprocess
import time

import pytest

import httpd
from support import get

WORKERS, RULES = 1000, 10000
SECONDS = 15 * (10 if httpd.SANITIZED else 1)      # for what takes less than one
MEGABYTES = 400   # of the parent
CONFIG = "JkWorkersFile @DIR@/workers.properties\n"


def properties(port):
    """Workers, each with a template and some lines of its own; a tenth of them in a balancer."""
    names = ["w%d" % n for n in range(WORKERS)]
    lines = ["worker.list=jkstatus,lb," + ",".join(names[WORKERS // 10:]),
             "worker.template.host=127.0.0.1", "worker.template.port=%d" % port,
             "worker.template.socket_timeout=300", "worker.template.reply_timeout=60000",
             "worker.jkstatus.type=status", "worker.lb.type=lb",
             "worker.lb.balance_workers=" + ",".join(names[:WORKERS // 10])]
    for name in names:
        lines += ["worker.%s.reference=worker.template" % name,
                  "worker.%s.connection_pool_size=4" % name, "worker.%s.route=%s" % (name, name)]
    return "\n".join(lines)


def rules():
    """Pairs of pattern and worker: contexts and suffixes, as they are on large servers."""
    workers = ["lb"] + ["w%d" % n for n in range(WORKERS // 10, WORKERS)]
    for number in range(RULES):
        shape = "/site%d/*.jsp" if number % 10 == 9 else "/site%d/*"
        yield shape % number, workers[number % len(workers)]


def mount_lines():
    return "\n".join("JkMount %s %s" % rule for rule in rules())


def mount_file():
    return "\n".join("%s=%s" % rule for rule in rules())


def large(make, kind):
    """A server of that size, not yet started, and the peer behind all its workers."""
    peer = make.peer(name="far")
    config = CONFIG + (mount_lines() if kind == "lines" else "JkMountFile @DIR@/mounts.properties")
    server = make.keep(httpd.Httpd(config, threads=4, log_level="warn"))
    server.file("workers.properties", properties(peer.port))
    server.file("mounts.properties", mount_file())
    return server


def took(what, work):
    """The result of `work`, which has to end in time; says how long it took."""
    begun = time.monotonic()
    result = work()
    seconds = time.monotonic() - begun
    print("%s: %.2f s" % (what, seconds))
    assert seconds < SECONDS, what
    return result


@pytest.mark.parametrize("kind", ["lines", "file"])
def test_large_configuration(make, kind):
    """It is checked, starts and answers, and the last rule is as good as the first."""
    server = large(make, kind)
    code, said = took("httpd -t", server.configtest)
    assert code == 0 and "Syntax OK" in said
    took("start", server.start)
    memory = httpd.memory_of(server.pid, "Rss")
    print("parent: %d MB" % (memory // 1024))
    assert memory < MEGABYTES * 1024
    for path in ("/site0/x", "/site%d/x" % (RULES - 2), "/site%d/x.jsp" % (RULES - 1)):
        assert get(server.port, path).text == "far"
    assert get(server.port, "/site%d/x" % (RULES - 1)).status == 404
    took("graceful restart", server.graceful)
    assert get(server.port, "/site0/x").text == "far"


def test_copied_mounts(make):
    """Virtual hosts with a rule of their own beside the copied ones."""
    host = "<VirtualHost 127.0.0.1:@PORT@>\nServerName h%d\nJkMount /own w999\n</VirtualHost>"
    server = large(make, "lines")
    server.config += "\nJkMountCopy All\n" + "\n".join(host % n for n in range(10))
    assert took("httpd -t", server.configtest)[0] == 0
    took("start", server.start)
    headers = [("Host", "h9")]
    assert [get(server.port, p, headers).text for p in ("/own", "/site0/x")] == ["far", "far"]


def test_check_tool(make):
    """jkctl reads the same files without a server."""
    tool = os.environ.get("JKCTL") or str(httpd.ROOT / "build" / "jkctl")
    if not os.path.exists(tool):
        pytest.skip("no %s: build it or set JKCTL" % tool)
    server = large(make, "file")
    names = [server.dir + "/" + name for name in ("workers.properties", "mounts.properties")]
    run = took("jkctl check", lambda: subprocess.run([tool, "check"] + names, timeout=60,
                                                     capture_output=True, check=False))
    assert run.returncode == 0, run.stdout + run.stderr
