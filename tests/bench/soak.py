#!/usr/bin/python3
"""Half an hour, or a night, of everything at once: does the server's memory stay where it is?

    make soak                     # 30 minutes
    make soak MINUTES=480

16 clients in 4 processes (soak_clients.py) ask a httpd with our module, before three peers, for
answers of 0 B to 10 MB, upload with a length and without, have sessions, and go away in the middle.
Every 10 seconds it takes the memory and the descriptors of all of httpd's processes and what the
status service says. After a warm-up (2 minutes, or a quarter of the time) the last third is
compared with the first one: its median may be 2 % and 1 MiB more, its descriptors 10 % and 20 more.
Less than 10 minutes are a try of the script: httpd's threads still fill their pools then.

Writes soak.json. Ends with 1 if something grew, an answer was wrong, or a request still counts as
busy when all is over.
"""

import argparse
import json
import re
import shutil
import sys
import time
import urllib.request
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from statistics import median

import soak_clients
from contenders import JK, Contender, Peer, Server, Setting
from httpd import memory_of

NAMES = ("one", "two", "three")
PROCESSES, THREADS = 4, 4
# Of a child: few, so that each has met the longest answer soon; fewer, and event would end kept
# connections for want of one.
SERVER_THREADS = 2 * PROCESSES * THREADS
PERIOD = 10  # seconds from sample to sample
HEAD = """\
worker.list=balancer,status
worker.status.type=status
worker.balancer.type=lb
worker.balancer.balance_workers=%s
""" % ",".join(NAMES)
MEMBER = """\
worker.%s.type=ajp13
worker.%s.host=127.0.0.1
worker.%s.port=%d
"""
ROWS = (  # name, how much more the last third may have: the part, and the number
    ("pss_kib", 0.02, 1024),
    ("descriptors", 0.10, 20),
)


def say(line):
    print(line, flush=True)


def site(module, peers):
    """Our module before them, with a status service."""
    workers = HEAD + "".join(MEMBER % (name, name, name, peer.ajp)
                             for name, peer in zip(NAMES, peers))
    return Contender("ours", module, JK % module + "JkMount /status status\n", workers=workers)


# --- samples --------------------------------------------------------------------------------------

def descriptors(pid):
    try:
        return len(list(Path("/proc/%d/fd" % pid).iterdir()))
    except OSError:
        return 0


def sample(server, seconds):
    """What is looked at: of all processes of httpd, and of the status service."""
    url = "http://127.0.0.1:%d/status?mime=prop" % server.port
    with urllib.request.urlopen(url, timeout=60) as answer:
        text = answer.read().decode()

    def total(field):
        return sum(int(value) for name, value in
                   re.findall(r"^worker\.(\w+)\.%s=(\d+)" % field, text, re.M) if name in NAMES)

    pids = server.pids()
    return {"seconds": round(seconds), "pss_kib": server.memory(),
            "rss_kib": sum(memory_of(pid, "Rss") for pid in pids),
            "descriptors": sum(map(descriptors, pids)), "processes": len(pids),
            "busy": total("busy"), "connected": total("connected")}


def watched(server, futures, minutes):
    """The samples of the time that the clients take."""
    samples, started = [], time.monotonic()
    while not all(future.done() for future in futures):
        time.sleep(min(PERIOD, minutes * 60 / 12))
        samples.append(sample(server, time.monotonic() - started))
        say("%(seconds)5d s: %(pss_kib)d KiB (Rss %(rss_kib)d), %(descriptors)d descriptors, "
            "%(processes)d processes, %(busy)d busy, %(connected)d connected" % samples[-1])
    return samples


def left_busy(server):
    """Requests that count as busy when there are none; a moment is given to those that end."""
    for _ in range(50):
        busy = sample(server, 0)["busy"]
        if busy == 0:
            return 0
        time.sleep(0.2)
    return busy


# --- the verdict ----------------------------------------------------------------------------------

def growth(samples, minutes):
    """Complaints about what grew; says how everything changed."""
    warm = min(120, minutes * 60 / 4)
    rest = [one for one in samples if one["seconds"] >= warm]
    third = len(rest) // 3
    if third == 0:
        return ["there are too few samples for a verdict: %d" % len(rest)]
    complaints = []
    for name, part, number in ROWS:
        first = median(one[name] for one in rest[:third])
        last = median(one[name] for one in rest[-third:])
        line = "%s: %d in the first third after the warm-up, %d in the last (%+d)" % (
            name, first, last, last - first)
        say(line)
        if last > first * (1 + part) + number:
            complaints.append("grew: " + line)
    return complaints


def log_lines(server):
    """Level → lines of the module's log, and of httpd's that are no notices."""
    counts = Counter()
    for name in ("jk.log", "error.log"):
        path = Path(server.dir, name)
        for line in path.read_text(errors="replace").splitlines() if path.exists() else []:
            found = re.search(r"\[(?:\w+:)?(emerg|alert|crit|error|warn)\]", line)
            if found:
                counts["%s %s" % (name, found.group(1))] += 1
    return dict(counts)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--build", default=".", help="folder of the build (.)")
    parser.add_argument("--module", help="mod_jk.so to try (that of the build)")
    parser.add_argument("--out", default=".", help="folder for soak.json and the logs (.)")
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--seed", type=int, default=1, help="of all that is random (1)")
    return parser.parse_args()


def run(options, stack):
    """Everything but the last words: samples, counts, errors, what stayed busy, log lines."""
    build = Path(options.build).resolve()
    module = Path(options.module).resolve() if options.module else build / ".libs/mod_jk.so"
    peers = []
    for name in NAMES:
        peers.append(Peer(str(build / "tests/bench/peer"), name=name))
        stack.callback(peers[-1].stop)
    clients = PROCESSES * THREADS
    server = Server(site(str(module), peers), peers[0], Setting(threads=SERVER_THREADS))
    stack.callback(server.stop)
    with ProcessPoolExecutor(PROCESSES) as pool:
        seeds = range(options.seed * clients, (options.seed + 1) * clients)
        futures = [pool.submit(soak_clients.process, server.port, seeds[at::PROCESSES], NAMES,
                               options.minutes * 60) for at in range(PROCESSES)]
        samples = watched(server, futures, options.minutes)
        found = [future.result() for future in futures]
    shutil.copy(server.dir + "/jk.log", Path(options.out, "soak.jk.log"))
    return {"samples": samples, "counts": sum((counts for counts, _ in found), Counter()),
            "errors": [error for _, errors in found for error in errors],
            "left_busy": left_busy(server), "log": log_lines(server)}


def main():
    options = arguments()
    with ExitStack() as stack:
        results = run(options, stack)
    Path(options.out, "soak.json").write_text(json.dumps(results, indent=1) + "\n")
    counts = results["counts"]
    wrong = counts.pop("WRONG", 0)
    say("\n%d as they should be: %s" % (sum(counts.values()), ", ".join(
        "%s %d" % one for one in sorted(counts.items()))))
    say("logged: %s" % (results["log"] or "nothing"))
    complaints = growth(results["samples"], options.minutes)
    if wrong:
        complaints += ["%d wrong; the first of them:" % wrong] + results["errors"][:10]
    if results["left_busy"]:
        complaints.append("%d requests count as busy when all is over" % results["left_busy"])
    say("\n".join(["FAILED:"] + complaints) if complaints else "passed")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
