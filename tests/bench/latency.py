#!/usr/bin/python3
"""How long each flush of a servlet takes to the client: by way of httpd, and directly over AJP.

    make latency                          # half a minute

A round asks once directly and once each contender; what is added is the difference within a round,
of the medians and of the 99th percentiles, and the median of that over the rounds. Ends with 1 if
ours adds 100 us or more to the one, or 1 ms or more to the other.
"""

import argparse
import json
import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from statistics import median, quantiles

from contenders import Server, Setting, contenders

COUNT, ROUNDS = 400, 5
LIMITS = {"p50": 100, "p99": 1000}  # us that may be added
WHO = ("ours", "mod_jk", "mod_proxy_ajp")


class Probe:
    """flush_probe, as the backend of the servers and as their client."""

    path = "/nowhere"  # it has no Unix socket

    def __init__(self, program):
        self.process = subprocess.Popen([program, str(COUNT)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        self.ajp = self.http = int(self.process.stdout.readline().split()[1])

    def ask(self, line):
        """p50 and p99 in us."""
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        took = [int(word) / 1000 for word in self.process.stdout.readline().split()]
        if len(took) != COUNT:
            raise RuntimeError("%s: %d flushes of %d came" % (line, len(took), COUNT))
        cut = quantiles(took, n=100)
        return {"p50": cut[49], "p99": cut[98]}

    def stop(self):
        self.process.stdin.close()
        self.process.wait(30)


def measured(servers, probe):
    """name → p50 and p99 of each round; `directly` is the one without httpd."""
    found = {"directly": []} | {server.name: [] for server in servers}
    for number in range(ROUNDS):
        found["directly"].append(probe.ask("ajp"))
        for server in servers:
            found[server.name].append(probe.ask("http %d" % server.port))
        print("round %d of %d: %s" % (number + 1, ROUNDS, "  ".join(
            "%s %.0f/%.0f" % (name, rounds[-1]["p50"], rounds[-1]["p99"])
            for name, rounds in found.items())), flush=True)
    return found


def table(found):
    """Prints it; gives name → what is added, in us."""
    print("\n%-16s %8s %8s %12s %12s" % ("flush, us", "p50", "p99", "p50 added", "p99 added"))
    added = {}
    for name, rounds in found.items():
        added[name] = {key: median(one[key] - direct[key]
                                   for one, direct in zip(rounds, found["directly"]))
                       for key in LIMITS}
        print("%-16s %8.0f %8.0f %12.0f %12.0f" % (
            name, *(median(one[key] for one in rounds) for key in LIMITS),
            *(added[name][key] for key in LIMITS)))
    return added


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--build", default=".", help="folder of the build (.)")
    parser.add_argument("--module", help="mod_jk.so to measure (that of the build)")
    parser.add_argument("--out", default=".", help="folder for latency.json (.)")
    options = parser.parse_args()
    build = Path(options.build).resolve()
    module = Path(options.module).resolve() if options.module else build / ".libs/mod_jk.so"
    entries = [one for one in contenders(str(module), "")
               if one.name in WHO and Path(one.needs).exists()]
    with ExitStack() as stack:
        probe = Probe(str(build / "tests/bench/flush_probe"))
        stack.callback(probe.stop)
        servers = []
        for entry in entries:
            servers.append(Server(entry, probe, Setting(clients=4)))
            stack.callback(servers[-1].stop)
        found = measured(servers, probe)
    added = table(found)
    if os.getloadavg()[0] > 1:
        print("The machine was busy (load %.1f): take the p99 for the wait for a processor." %
              os.getloadavg()[0])
    Path(options.out, "latency.json").write_text(
        json.dumps({"rounds": found, "added": added}, indent=1) + "\n")
    kept = all(added["ours"][key] < limit for key, limit in LIMITS.items())
    print("ours adds less than %s: %s" % (
        ", ".join("%d us to the %s" % (limit, key) for key, limit in LIMITS.items()),
        "yes" if kept else "NO"))
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
