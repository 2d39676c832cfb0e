#!/usr/bin/python3
"""What a request costs as the work around it grows: members, mount rules, child processes.

    make growth                               # 5 minutes, one of them mod_jk's start
    make growth GROWTH_FLAGS="--axes members --rounds 1"

All points of an axis run side by side, each a server of its own; a round asks each of them for
100 bytes. CPU per request is the median of the rounds; `x first` is the median of the ratios to the
first point of the axis within a round. The floor has neither members nor mounts, so what moves it
is the machine. Prints a table, and writes growth.json and growth.svg. Ends with 1 if a request
failed.
"""

import argparse
import json
import os
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

import chart
import loads
from contenders import Peer, Server, Setting, contenders

SIZE = 100
WHO = ("floor", "ours", "mod_jk")
MEMBER = "worker.balancer.balance_workers=member%d\nworker.member%d.reference=worker.template\n"
TEMPLATE = """\
worker.list=balancer
worker.balancer.type=lb
worker.template.type=ajp13
worker.template.host=127.0.0.1
worker.template.port=@AJP@
"""


def with_members(contender, count):
    """One balancer, so many members, all of them the same backend."""
    if not contender.workers:
        return contender
    lines = "".join(MEMBER % (at, at) for at in range(count))
    return replace(contender, workers=TEMPLATE + lines)


def with_mounts(contender, count):
    """The rule that the request has is the last of so many, and the shortest."""
    if not contender.workers:
        return contender
    rule = "JkMount /b/* balancer\n"
    rules = "".join("JkMount /tenant%d/app/* balancer\n" % at for at in range(count - 1))
    return replace(contender, config=contender.config.replace(rule, rules + rule))


def with_children(contender, _):
    return contender


@dataclass(frozen=True)
class Axis:
    name: str
    points: tuple
    change: object       # contender, point → the contender at that point
    clients: int

    def setting(self, point):
        """One child for the members, each of which has a connection from each child. Where children
        grow, hardly more threads in all than clients, so that all children have something to do;
        and worker, since event ends kept connections where a child has no thread to spare."""
        if self.change is with_children:
            return Setting("worker", self.clients, children=point,
                           threads=self.clients // point + 1)
        return Setting(clients=self.clients, children=1, patience=300)


AXES = (
    Axis("members", (3, 64, 1000), with_members, 8),  # more would open more connections
    Axis("mounts", (10, 10000), with_mounts, 32),
    Axis("children", (1, 8, 64), with_children, 64),
)


def say(line):
    print(line, flush=True)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--build", default=".", help="folder of the build (.)")
    parser.add_argument("--module", help="mod_jk.so to measure (that of the build)")
    parser.add_argument("--out", default=".", help="folder for growth.json and growth.svg (.)")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=1, help="length of a run (1)")
    parser.add_argument("--axes", default=",".join(axis.name for axis in AXES),
                        help="with commas (%(default)s)")
    return parser.parse_args()


def measure(server, ask):
    before = server.cpu()
    load = loads.run(server.url(SIZE), ask)
    return {"cpu_us": (server.cpu() - before) / load.requests * 1e6, "requests": load.requests,
            "errors": load.errors + loads.wrong_length(load, SIZE, ask.clients)}


def timed(axis, entries, peer, options):
    """contender → for each point the list of what measure() gives."""
    ask = loads.Ask(axis.clients, options.seconds)
    runs = {entry.name: [[] for _ in axis.points] for entry in entries}
    with ExitStack() as stack:
        servers = []
        for entry in entries:
            for at, point in enumerate(axis.points):
                server = Server(axis.change(entry, point), peer, axis.setting(point))
                stack.callback(server.stop)
                servers.append((at, point, server))
        for _, _, server in servers:  # so many members have so many connections to make
            loads.run(server.url(SIZE), replace(ask, seconds=2))
        for number in range(options.rounds):
            for at, point, server in servers:
                run = measure(server, ask)
                runs[server.name][at].append(run)
                say("round %d of %d, %6d %-8s %-8s %8.1f us%s" % (
                    number + 1, options.rounds, point, axis.name, server.name, run["cpu_us"],
                    ", %d ERRORS" % run["errors"] if run["errors"] else ""))
    return runs


def results_of(axis, runs):
    """For each contender and point the median, the spread, and the ratio to the first point."""
    results = {name: [{"cpu_us": median(r["cpu_us"] for r in rounds),
                       "cpu_us_least": min(r["cpu_us"] for r in rounds),
                       "cpu_us_most": max(r["cpu_us"] for r in rounds),
                       "to_first": median(chart.ratios(rounds, points[0])),
                       "errors": sum(r["errors"] for r in rounds)} for rounds in points]
               for name, points in runs.items()}
    return {"points": axis.points, "results": results, "runs": runs}


def table(axes):
    lines = []
    for name, axis in axes.items():
        lines += ["", "%-10s %8s %9s %17s %8s" % (name, "", "CPU, us", "least to most", "x first")]
        for contender, results in axis["results"].items():
            for point, one in zip(axis["points"], results):
                lines.append("%-10s %8s %9.1f %8.1f %8.1f %8.2f" % (
                    contender, "{:,}".format(point), one["cpu_us"], one["cpu_us_least"],
                    one["cpu_us_most"], one["to_first"]))
    return "\n".join(lines)


def main():
    options = arguments()
    build = Path(options.build).resolve()
    module = Path(options.module).resolve() if options.module else build / ".libs/mod_jk.so"
    entries = [one for one in contenders(str(module),
                                         str(build / "tests/bench/.libs/null_handler.so"))
               if one.name in WHO and os.path.exists(one.needs)]
    started, found = time.monotonic(), {}
    peer = Peer(str(build / "tests/bench/peer"))
    try:
        for axis in AXES:
            if axis.name in options.axes.split(","):
                found[axis.name] = results_of(axis, timed(axis, entries, peer, options))
    finally:
        peer.stop()
    if not found:
        sys.exit("growth.py: --axes names none of " + ", ".join(axis.name for axis in AXES))
    say(table(found))
    folder = Path(options.out)
    (folder / "growth.json").write_text(json.dumps(found, indent=1) + "\n")
    (folder / "growth.svg").write_text(chart.growth_svg(found))
    say("\n%.0f s; written: %s, %s" % (time.monotonic() - started, folder / "growth.json",
                                       folder / "growth.svg"))
    errors = sum(one["errors"] for axis in found.values() for results in axis["results"].values()
                 for one in results)
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
