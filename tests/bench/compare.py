#!/usr/bin/python3
"""Our module beside other ways from httpd, or without it, to the same backend (README.md).

    make compare                              # 5 minutes
    make compare COMPARE_FLAGS=--quick        # about a minute: for the order only

Each contender is a server of its own that runs from beginning to end; a round asks each of them for
each size, one after the other, so that what else the machine does hits all of them. Of each run it
takes the CPU of all the server's threads over the requests that were answered. The system calls
of one prefork child of each httpd are counted by strace afterwards, apart from what is timed.

Prints a table, and writes compare.json and compare.svg. Ends with 1 if a request failed.
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
from contenders import HTTPD, Peer, Server, contenders

SIZES = (100, 8000, 100000, 1000000)
FEW_SIZES = (100, 100000)  # of --quick, and those that strace counts


def numbers(text):
    return [int(word) for word in text.split(",")]


def arguments():
    """What the command line says."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--build", default=".", help="folder of the build (.)")
    parser.add_argument("--module", help="mod_jk.so to measure (that of the build)")
    parser.add_argument("--out", default=".", help="folder for compare.json and compare.svg (.)")
    parser.add_argument("--quick", action="store_true", help="two rounds, two sizes")
    parser.add_argument("--rounds", type=int, help="how often each is asked (7)")
    parser.add_argument("--seconds", type=int, default=1, help="length of a run (1)")
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--mpm", default="event", choices=("event", "worker", "prefork"))
    parser.add_argument("--sizes", type=numbers, help="bytes, with commas (%s)" %
                        ",".join(map(str, SIZES)))
    parser.add_argument("--only", help="names of contenders, with commas in between: floor,mod_jk")
    options = parser.parse_args()
    options.rounds = options.rounds or (2 if options.quick else 7)
    options.sizes = options.sizes or (FEW_SIZES if options.quick else SIZES)
    return options


def say(line):
    print(line, flush=True)


def chosen(options):
    """The contenders of this run; one that is not installed is named and left out."""
    build = Path(options.build).resolve()
    module = Path(options.module).resolve() if options.module else build / ".libs/mod_jk.so"
    floor = build / "tests/bench/.libs/null_handler.so"
    for file in (module, floor, build / "tests/bench/peer"):
        if not file.exists():
            sys.exit("compare.py: %s is missing: run `make compare` in the build folder" % file)
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

def measure(server, size, options):
    """One run: CPU of the server for each request, requests in a second, errors."""
    before = server.cpu()
    load = loads.run(server.url(size), options.clients, options.seconds)
    spent = server.cpu() - before
    return {"cpu_us": spent / load.requests * 1e6, "per_second": load.per_second,
            "requests": load.requests, "errors": load.errors}


def timed(servers, options):
    """All rounds: size → contender → list of what measure() gives. The first in turn changes."""
    runs = {size: {server.name: [] for server in servers} for size in options.sizes}
    total = options.rounds * len(options.sizes) * len(servers)
    done, started = 0, time.monotonic()
    for server in servers:  # connections and threads are made before it counts
        loads.run(server.url(options.sizes[0]), options.clients, 1)
    for number in range(options.rounds):
        for size in options.sizes:
            for server in servers[number % len(servers):] + servers[:number % len(servers)]:
                run = measure(server, size, options)
                runs[size][server.name].append(run)
                done += 1
                say("%3d of %d, %3.0f s: round %d, %7s, %-17s %8.1f us %8.0f/s%s" % (
                    done, total, time.monotonic() - started, number + 1, chart.size_name(size),
                    server.name, run["cpu_us"], run["per_second"],
                    ", %d ERRORS" % run["errors"] if run["errors"] else ""))
    return runs


def system_calls(server, size, folder):
    """System calls of the one prefork child for each request of one client, by name."""
    child = server.pids()[1]
    out = folder + "/strace"
    loads.run(server.url(size), 1, 1)
    line = ["strace", "-f", "-c", "-U", "calls,name", "-o", out, "-p", str(child)]
    tracer = subprocess.Popen(line, stderr=subprocess.PIPE, text=True)
    said = tracer.stderr.readline()
    if "attached" not in said:
        tracer.wait(10)
        raise RuntimeError("strace: " + said)
    load = loads.run(server.url(size), 1, 1)
    tracer.send_signal(signal.SIGINT)
    tracer.wait(10)
    calls = {}
    for line in Path(out).read_text().splitlines():
        words = line.split()
        if len(words) == 2 and words[0].isdigit():
            calls[words[1]] = round(int(words[0]) / load.requests, 2)
    return {"total": calls.pop("total", 0), **calls}


def counted(entries, peer, options):
    """contender → size → system calls for a request; empty where strace is missing."""
    sizes = [size for size in FEW_SIZES if size in options.sizes]
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
            server = Server(entry, peer, "prefork", clients=1)
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


def results_of(runs, calls, memory, options):
    sizes = {size: {name: chart.summary(rounds, block.get("mod_jk"), block.get("floor"))
                    for name, rounds in block.items()} for size, block in runs.items()}
    asked = {name: getattr(options, name) for name in ("rounds", "seconds", "clients", "mpm")}
    return {"machine": machine(), "options": asked, "sizes": sizes, "calls": calls,
            "memory_kib": memory, "runs": runs}


def main():
    options = arguments()
    entries = chosen(options)
    load = os.getloadavg()[0]
    if load > 1:
        say("The machine is busy (load %.1f): take the ratios for rough ones." % load)
    with ExitStack() as stack:
        peer = Peer(str(Path(options.build, "tests/bench/peer").resolve()))
        stack.callback(peer.stop)
        servers = []
        for entry in entries:
            servers.append(Server(entry, peer, options.mpm, options.clients))
            stack.callback(servers[-1].stop)
        runs = timed(servers, options)
        memory = {server.name: server.memory() for server in servers}
        calls = counted(entries, peer, options)
    results = results_of(runs, calls, memory, options)
    say(chart.table(results))
    folder = Path(options.out)
    (folder / "compare.json").write_text(json.dumps(results, indent=1) + "\n")
    (folder / "compare.svg").write_text(chart.svg(results))
    say("\nwritten: %s, %s" % (folder / "compare.json", folder / "compare.svg"))
    return 1 if any(r["errors"] for block in runs.values() for rs in block.values()
                    for r in rs) else 0


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that what it started ends with it
    sys.exit(main())
