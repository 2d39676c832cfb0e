#!/usr/bin/python3
"""Our module beside other ways from httpd, or without it, to the same backend (README.md).

    make bench                                # up to 10 minutes
    make bench BENCH_FLAGS=--main             # 5 minutes: the headline alone
    make bench BENCH_FLAGS=--quick            # about a minute: for the order only

Each contender is a server of its own that runs as long as its scenes do; a round asks each of them
for each scene, one after the other, so that what else the machine does hits all of them. Of each
run it takes the CPU of all the server's threads over the requests that were answered. The system
calls of one prefork child of each httpd are counted by strace afterwards, apart from what is timed.

Prints a table, and writes compare.json and compare.svg. Ends with 1 if a request failed or was
answered with a wrong length.
"""

import argparse
import json
import os
import platform
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import chart
import loads
from contenders import HTTPD, Peer, Server, Setting, contenders
from scenes import FEW_SIZES, SIZES, groups, main_scenes, other_scenes


def numbers(text):
    return [int(word) for word in text.split(",")]


def arguments():
    """What the command line says."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--build", default=".", help="folder of the build (.)")
    parser.add_argument("--module", help="mod_jk.so to measure (that of the build)")
    parser.add_argument("--out", default=".", help="folder for compare.json and compare.svg (.)")
    parser.add_argument("--quick", action="store_true", help="--main with two rounds, two sizes")
    parser.add_argument("--main", action="store_true", help="the sizes alone, no other scenes")
    parser.add_argument("--rounds", type=int, help="how often each is asked (7)")
    parser.add_argument("--scene-rounds", type=int, default=3, help="in the other scenes (3)")
    parser.add_argument("--seconds", type=int, default=1, help="length of a run (1)")
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--mpm", default="event", choices=("event", "worker", "prefork"))
    parser.add_argument("--sizes", type=numbers, help="bytes, with commas (%s)" %
                        ",".join(map(str, SIZES)))
    parser.add_argument("--only", help="names of contenders, with commas in between: floor,mod_jk")
    parser.add_argument("--scenes", help="scenes whose name has one of these words, with commas")
    options = parser.parse_args()
    options.rounds = options.rounds or (2 if options.quick else 7)
    options.sizes = options.sizes or (FEW_SIZES if options.quick else SIZES)
    return options


def say(line):
    print(line, flush=True)


def chosen_scenes(options):
    """The scenes of this run."""
    found = main_scenes(options)
    if not options.quick and not options.main:
        if loads.has_all():
            found += other_scenes(options)
        else:
            say("Only the sizes: the other scenes need wrk.")
    if options.scenes:
        words = [word.strip() for word in options.scenes.split(",")]
        found = [scene for scene in found if any(word in scene.name for word in words)]
        if not found:
            sys.exit("compare.py: --scenes names none")
    return found


def chosen(options):
    """The contenders of this run; one that is not installed is named and left out."""
    build = Path(options.build).resolve()
    module = Path(options.module).resolve() if options.module else build / ".libs/mod_jk.so"
    floor = build / "tests/bench/.libs/null_handler.so"
    for file in (module, floor, build / "tests/bench/peer"):
        if not file.exists():
            sys.exit("compare.py: %s is missing: run `make bench` in the build folder" % file)
    everyone = contenders(str(module), str(floor))
    wanted = [name.strip() for name in options.only.split(",")] if options.only else None
    found = []
    for one in everyone:
        if wanted and one.name not in wanted:
            continue
        if os.path.exists(one.needs):
            found.append(one)
        else:
            say("%s: not installed, left out" % one.name)
    if not found:
        sys.exit("compare.py: --only names none of " + "; ".join(one.name for one in everyone))
    return found


# --- measuring ------------------------------------------------------------------------------------

def asked(scene, entries):
    """Those of the contenders that the scene is for."""
    return [entry for entry in entries if not scene.only or entry.name in scene.only]


def measure(server, scene, number):
    """One run. Memory is read in the middle of the last one, so that it costs no other anything."""
    halfway = server.memory if number + 1 == scene.rounds else None
    before = server.cpu()
    load = loads.run(server.url(scene.size), scene.ask, halfway)
    spent = server.cpu() - before
    errors = load.errors + loads.wrong_length(load, scene.size, scene.ask.clients)
    return {"cpu_us": spent / load.requests * 1e6, "per_second": load.per_second,
            "requests": load.requests, "errors": errors, "memory_kib": load.about}


class Progress:
    """Says what was measured, and how much of all that is."""

    def __init__(self, scenes, entries):
        self.total = sum(scene.rounds * len(asked(scene, entries)) for scene in scenes)
        self.done, self.started = 0, time.monotonic()

    def show(self, scene, number, server, run):
        self.done += 1
        say("%3d of %d, %3.0f s: round %d, %-23s %-17s %8.1f us %8.0f/s%s" % (
            self.done, self.total, time.monotonic() - self.started, number + 1, scene.name,
            server.name, run["cpu_us"], run["per_second"],
            ", %d ERRORS" % run["errors"] if run["errors"] else ""))


def timed(scenes, entries, peer, progress):
    """All rounds of scenes with one setting: scene → contender → list of what measure() gives.

    The first in turn changes.
    """
    wanted = [e for e in entries if any(e in asked(scene, entries) for scene in scenes)]
    runs = {scene.name: {e.name: [] for e in asked(scene, entries)} for scene in scenes}
    with ExitStack() as stack:
        servers = []
        for entry in wanted:
            servers.append(Server(entry, peer, scenes[0].setting))
            stack.callback(servers[-1].stop)
        for server in servers:  # connections and threads are made before it counts
            loads.run(server.url(scenes[0].size), scenes[0].ask)
        for number in range(max(scene.rounds for scene in scenes)):
            turn = servers[number % len(servers):] + servers[:number % len(servers)]
            for scene in scenes:
                for server in turn if number < scene.rounds else []:
                    if server.name in runs[scene.name]:
                        run = measure(server, scene, number)
                        runs[scene.name][server.name].append(run)
                        progress.show(scene, number, server, run)
    return runs


def system_calls(server, size, folder):
    """System calls of the one prefork child for each request of one client, by name."""
    child = server.pids()[1]
    out = folder + "/strace"
    loads.run(server.url(size), loads.Ask(1))
    line = ["strace", "-f", "-c", "-U", "calls,name", "-o", out, "-p", str(child)]
    tracer = subprocess.Popen(line, stderr=subprocess.PIPE, text=True)
    said = tracer.stderr.readline()
    if "attached" not in said:
        tracer.wait(10)
        raise RuntimeError("strace: " + said)
    load = loads.run(server.url(size), loads.Ask(1))
    tracer.send_signal(signal.SIGINT)
    tracer.wait(10)
    calls = {}
    for line in Path(out).read_text().splitlines():
        words = line.split()
        if len(words) == 2 and words[0].isdigit():
            calls[words[1]] = round(int(words[0]) / load.requests, 2)
    return {"total": calls.pop("total", 0), **calls}


def counted(entries, peer, sizes):
    """contender → size → system calls for a request; empty where strace is missing."""
    if not sizes:
        return {}
    if not shutil.which("strace"):
        say("system calls: strace is not installed, left out")
        return {}
    calls = {}
    with tempfile.TemporaryDirectory(prefix="yoke-bench-") as folder:
        for entry in entries:
            if not entry.is_httpd:
                continue
            server = Server(entry, peer, Setting("prefork", clients=1))
            try:
                calls[entry.name] = {size: system_calls(server, size, folder) for size in sizes}
            finally:
                server.stop()
            say("system calls, %-18s %s" % (entry.name + ":", "  ".join(
                "%.2f at %s" % (c["total"], chart.size_name(s))
                for s, c in calls[entry.name].items())))
    return calls


# --- reporting ------------------------------------------------------------------------------------

def httpd_version():
    said = subprocess.run([HTTPD, "-v"], capture_output=True, text=True, check=False).stdout
    return said.split("\n", maxsplit=1)[0].partition(": ")[2]


def machine():
    """What the numbers depend on."""
    cpu = [line.split(":", 1)[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
           if line.startswith("model name")]
    return {"cpu": cpu[0] if cpu else platform.machine(), "cpus": os.cpu_count(),
            "kernel": platform.release(),
            "load_generator": loads.tool()[0], "httpd": httpd_version()}


def results_of(scenes, runs, calls):
    """All that the JSON has; `headline` are the scenes that are for everybody."""
    return {"machine": machine(), "headline": [s.name for s in scenes if not s.only],
            "scenes": {scene.name: {"about": scene.about(),
                                    "results": chart.summaries(runs[scene.name]),
                                    "runs": runs[scene.name]} for scene in scenes},
            "calls": calls}


def main():
    options = arguments()
    entries, scenes = chosen(options), chosen_scenes(options)
    load = os.getloadavg()[0]
    if load > 1:
        say("The machine is busy (load %.1f): take the ratios for rough ones." % load)
    runs, progress = {}, Progress(scenes, entries)
    program = str(Path(options.build, "tests/bench/peer").resolve())
    for setting, some in groups(scenes).items():
        peer = Peer(program, setting.packet_size)
        try:
            runs.update(timed(some, entries, peer, progress))
        finally:
            peer.stop()
    peer = Peer(program)
    try:
        calls = counted(entries, peer, [size for size in FEW_SIZES if size in options.sizes
                                        and not options.scenes])
    finally:
        peer.stop()
    results = results_of(scenes, runs, calls)
    say(chart.table(results))
    folder = Path(options.out)
    (folder / "compare.json").write_text(json.dumps(results, indent=1) + "\n")
    (folder / "compare.svg").write_text(chart.svg(results))
    say("\n%.0f s; written: %s, %s" % (time.monotonic() - progress.started,
                                       folder / "compare.json", folder / "compare.svg"))
    errors = sum(one["errors"] for scene in results["scenes"].values()
                 for one in scene["results"].values())
    return 1 if errors else 0


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that what it started ends with it
    sys.exit(main())
