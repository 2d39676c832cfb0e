#!/usr/bin/python3
"""Half an hour of a malicious container, or of malicious clients, while others are served.

    make hostile                          # both, 30 minutes each
    MINUTES=1 tests/chaos/hostile.py backend
    MODULE=…/mod_jk.so HTTPD_ENV='LD_PRELOAD=… ASAN_OPTIONS=…' tests/chaos/hostile.py client

One httpd with our module (MODULE, HTTPD_ENV: ../system/README.md) before a hostile member and a
good one. Eight clients ask the hostile member for answers (`backend`), or are hostile themselves
(`client`); two more ask the good member and judge every answer (../system/load.py). Ends with a
report, and with 1 if an answer of the good member was wrong, missing or late, a client of the
hostile one waited longer than the limits allow, something malformed reached a container, a child
died, a sanitizer had something to say, a request still counts as busy, or memory grew.
"""

import argparse
import os
import re
import sys
import threading
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "system"))

# pylint: disable=wrong-import-position
import ajp_peer
import httpd as httpd_module
import hostile_backend
import hostile_client
from ajp_process import Member
from load import Load
from support import pattern, status_text, wait_for

CLIENTS = 8
THREADS = 12       # of a child: few, so that each has met the worst soon and memory stays there
REPLY_TIMEOUT = 500  # ms; twice for each member that is tried
PATIENCE = 12      # seconds for a client of the hostile member: two members, two tries, and some
LATE = 5           # seconds for an answer of the good one: a sanitizer's httpd on a busy machine
# MaxMemFree (KiB): httpd keeps up to 2 MiB for each connection at hand, and reaches that slowly.
CONFIG = """
MaxMemFree 64
Timeout 10
KeepAliveTimeout 5
JkWatchdogInterval 1
JkWorkerProperty worker.list=good,evil,both,jkstatus
JkWorkerProperty worker.maintain=1
JkWorkerProperty worker.jkstatus.type=status
JkWorkerProperty worker.both.type=lb
JkWorkerProperty worker.both.balance_workers=one,two
JkWorkerProperty worker.both.recover_time=1
JkWorkerProperty worker.good.port=%(good)d
JkWorkerProperty worker.evil.port=%(evil)d
JkWorkerProperty worker.one.port=%(evil)d
JkWorkerProperty worker.two.port=%(evil)d
JkMount /r/* good
JkMount /evil/* evil
JkMount /x/* evil
JkMount /both/* both
JkMount /jkstatus jkstatus
""" + "".join("JkWorkerProperty worker.%s.reply_timeout=%d\n"
              "JkWorkerProperty worker.%s.socket_timeout=1\n" % (name, REPLY_TIMEOUT, name)
              for name in ("evil", "one", "two"))
LARGE = pattern(2000000)


def say(line):
    print(line, flush=True)


# The two kinds ------------------------------------------------------------------------------------

class HostileBackend:
    """Eight clients of a container that lies."""

    def __init__(self, seed):
        self.container = hostile_backend.Backend(seed)
        self.port = self.container.port

    def clients(self, port, seed):
        return [hostile_backend.Visitor(port, seed * 100 + n, PATIENCE) for n in range(CLIENTS)]

    def look(self):
        """Nothing to look after meanwhile."""

    def complaints(self, clients):
        say("acts: %s" % listed(self.container.acts))
        say("slowest of the hostile member: %.1f s" % max(c.slowest for c in clients))
        return [line for client in clients for line in client.wrong]

    def stop(self):
        self.container.stop()


class HostileClients:
    """Eight malicious clients before a strict container."""

    def __init__(self, seed):
        del seed  # nothing is random here
        self.container = ajp_peer.Peer(ajp_peer.by_path(
            {"/x/large": ajp_peer.respond(body=LARGE)}, ajp_peer.digest), name="strict")
        self.port, self.found, self.seen = self.container.port, [], 0

    def clients(self, port, seed):
        return [hostile_client.Intruder(port, seed * 100 + n) for n in range(CLIENTS)]

    def look(self):
        """Take what the container has to complain about, and let it forget the rest."""
        self.seen += len(self.container.requests)
        self.found += [v for v in self.container.violations if v not in self.found]
        for connection in self.container.connections:
            connection.violations.clear()
        self.container.forget()

    def complaints(self, clients):
        self.look()
        say("requests that reached the container: %d" % self.seen)
        return self.found

    def stop(self):
        self.container.stop()


KINDS = {"backend": HostileBackend, "client": HostileClients}


# The run ------------------------------------------------------------------------------------------

def listed(counts):
    return ", ".join("%s %d" % one for one in sorted(counts.items()))


def watched(server, kind, threads, minutes):
    """Memory from time to time while the clients run, and how many children came and went."""
    samples, children, started = [], set(server.child_pids()), time.monotonic()
    pause = min(10.0, minutes * 60 / 12)
    seen, next_sample = set(children), started + pause
    while any(thread.is_alive() for thread in threads):
        time.sleep(0.2)
        kind.look()
        seen |= set(server.child_pids())
        if time.monotonic() >= next_sample:
            next_sample += pause
            samples.append(server.memory())
            say("%5d s: %d KiB" % (time.monotonic() - started, samples[-1]))
    return samples, len(seen - children) + len(seen - set(server.child_pids()))


def growth(samples, minutes):
    """A complaint when the last third has more memory than the first behind the warm-up. A
    sanitizer keeps what was freed, so its memory is only shown."""
    rest = samples[len(samples) // 4:]
    third = len(rest) // 3
    if third == 0:
        return []
    first, last = median(rest[:third]), median(rest[-third:])
    say("PSS: %d KiB in the first third after the warm-up, %d in the last" % (first, last))
    if minutes < 10 or httpd_module.SANITIZED or last <= first * 1.02 + 2048:
        return []
    return ["memory grew from %d to %d KiB" % (first, last)]


def judge_good(result):
    """Complaints about the traffic of the good member."""
    counts = Counter()
    for row in result["counts"].values():
        counts.update(row)
    say("the good member: %s; slowest %.2f s" % (listed(counts), result["slowest"]))
    bad = [row for row in result["bad"] if row[1] != "stale"]
    complaints = ["good member: %s" % row for row in bad[:5]]
    if result["slowest"] > LATE:
        complaints.append("good member: an answer took %.1f s" % result["slowest"])
    if counts["ok"] < 100:
        complaints.append("good member: only %d answers" % counts["ok"])
    return complaints


def at_rest(server):
    """Nothing is counted as busy."""
    return all(row.get("busy", "0") == "0" for row in status_text(server.port).values())


def reports(server):
    """What sanitizers wrote where ASAN_OPTIONS or TSAN_OPTIONS say log_path, and httpd's log."""
    found = server.crashes()
    for path in re.findall(r"log_path=([^: ]+)", os.environ.get("HTTPD_ENV", "")):
        folder, name = os.path.split(path)
        found += ["sanitizer's report: %s" % one for one in Path(folder).glob(name + ".*")]
    return found


def run(name, options):
    """One kind; gives back the complaints."""
    say("== hostile %s, %g minutes" % (name, options.minutes))
    with ExitStack() as stack:
        kind, good = KINDS[name](options.seed), Member("good")
        stack.callback(kind.stop)
        stack.callback(good.stop)
        server = httpd_module.Httpd(CONFIG % {"good": good.port, "evil": kind.port}, children=2,
                                    threads=THREADS, mpm=options.mpm, crashes_expected=True)
        stack.callback(server.stop)
        server.start()
        load = Load(server.port, clients=2, pause=0.02)
        stack.callback(load.stop)
        clients = kind.clients(server.port, options.seed)
        until = time.monotonic() + options.minutes * 60
        threads = [threading.Thread(target=client.run, args=(until,)) for client in clients]
        for thread in threads:
            thread.start()
        samples, changes = watched(server, kind, threads, options.minutes)
        complaints = judge_good(load.stop())
        say("the hostile part: %s" % listed(sum((c.found for c in clients), Counter())))
        complaints += kind.complaints(clients)[:10] + growth(samples, options.minutes)
        if changes:
            complaints.append("%d children came or went" % changes)
        if not wait_for(lambda: at_rest(server), 15):
            complaints.append("requests count as busy when all is over")
        Path(options.out, "hostile-%s.jk.log" % name).write_text(server.jk_log()[-1000000:])
        if server.process.poll() is None:
            server.process.terminate()
            server.process.wait(30)
        return complaints + reports(server)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("kinds", nargs="*", default=list(KINDS), help="backend, client (both)")
    parser.add_argument("--minutes", type=float, default=float(os.environ.get("MINUTES", "30")))
    parser.add_argument("--mpm", default="event", help="event or worker (event)")
    parser.add_argument("--seed", type=int, default=1, help="of all that is random (1)")
    parser.add_argument("--out", default=".", help="folder for the ends of the logs (.)")
    options = parser.parse_args()
    failed = 0
    for name in options.kinds:
        complaints = run(name, options)
        failed += bool(complaints)
        say("\n".join(["FAILED:"] + complaints[:30]) if complaints else "passed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
