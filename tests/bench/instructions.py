#!/usr/bin/python3
"""Instructions of a request in user space, counted by callgrind: a number that does not drift.

    make instructions                             # 1 minute
    make instructions INSTRUCTIONS_FLAGS=--update # … and keep them in instructions.txt

A prefork server with one process answers 100 requests of one client, another 600; the difference is
500 requests. The kernel's part, the greater one, is not in it: compare.py measures the whole.

instructions.txt has what was counted last, so that a change is seen where the code is reviewed.
Ends with 1 if ours takes over 2 % more than that.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
from http.client import HTTPConnection
from pathlib import Path

from chart import size_name
from contenders import HTTPD, Peer, Server, Setting, contenders, end

SIZES = (100, 100000)
KEPT = Path(__file__).with_name("instructions.txt")
OURS, MAY_GROW = "ours", 1.02
HEAD = """\
# Instructions of a request in user space, httpd's own included: `make instructions` compares with
# them, `make instructions INSTRUCTIONS_FLAGS=--update` writes them.
# contender, bytes of the answer, instructions
"""
# httpd would change the user itself, and valgrind could not write to its file then.
USER = [] if os.geteuid() else ["setpriv", "--reuid=www-data", "--regid=www-data",
                                "--clear-groups"]


class Counted(Server):
    """A server under callgrind, in one process."""

    def __init__(self, contender, peer):
        contender.command = USER + ["valgrind", "--tool=callgrind",
                                    "--callgrind-out-file=@DIR@/counts",
                                    HTTPD, "-f", "@DIR@/conf", "-X"]
        super().__init__(contender, peer, Setting("prefork", clients=1))

    def ask(self, size, times):
        client = HTTPConnection("127.0.0.1", self.port)
        for _ in range(times):
            client.request("GET", "/b/%d" % size)
            if len(client.getresponse().read()) != size:
                raise RuntimeError("%s: an answer of the wrong length" % self.name)
        client.close()

    def instructions(self):
        """All of them from its start to its end, which this is."""
        end(self.process)
        text = Path(self.dir, "counts").read_text()
        return int(re.search(r"^(?:summary|totals): (\d+)", text, re.M).group(1))


def count(contender, peer, size):
    """Instructions of a request."""
    totals = []
    for times in (100, 600):
        server = Counted(contender, peer)
        try:
            server.ask(size, times)
            totals.append(server.instructions())
        finally:
            server.stop()
    return (totals[1] - totals[0]) / 500


def httpd_version():
    said = subprocess.run([HTTPD, "-v"], capture_output=True, text=True, check=False).stdout
    return said.split("\n", maxsplit=1)[0].partition(": ")[2]


def read_kept():
    """(contender, size) → instructions, and the version of httpd; both empty at first."""
    counts, version = {}, ""
    for line in KEPT.read_text().splitlines() if KEPT.exists() else []:
        if line.startswith("httpd: "):
            version = line[len("httpd: "):]
        elif line and not line.startswith("#"):
            name, size, number = line.rsplit(",", 2)
            counts[name, int(size)] = int(number)
    return counts, version


def write_kept(counts):
    lines = ["%s, %d, %d\n" % (name, size, number) for (name, size), number in counts.items()]
    KEPT.write_text(HEAD + "httpd: %s\n" % httpd_version() + "".join(lines))


def changed(number, before):
    return "new" if before is None else "%+.1f %%" % ((number / before - 1) * 100)


def counted(contender, peer, before):
    """Counts one contender, prints its line, gives (contender, size) → instructions."""
    counts = {(contender.name, size): round(count(contender, peer, size)) for size in SIZES}
    print("%-18s" % contender.name + "".join(
        "%10d %9s" % (number, changed(number, before.get(key))) for key, number in counts.items()),
        flush=True)
    return counts


def verdict(counts, before):
    """Says how ours changed; gives the exit status."""
    grown = ["%s: %d, before %d" % (size_name(size), number, before[name, size])
             for (name, size), number in counts.items()
             if name == OURS and number > MAY_GROW * before.get((name, size), number)]
    if grown:
        print("Ours takes more than %.0f %% more instructions than instructions.txt says: %s.\n"
              "If that is worth it, `make instructions INSTRUCTIONS_FLAGS=--update` writes the "
              "new numbers; commit them with what changed them." %
              ((MAY_GROW - 1) * 100, "; ".join(grown)))
    return 1 if grown else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--build", default=".", help="folder of the build (.)")
    parser.add_argument("--module", help="mod_jk.so to measure (that of the build)")
    parser.add_argument("--only", help="names of contenders, with commas in between")
    parser.add_argument("--update", action="store_true", help="write %s" % KEPT.name)
    options = parser.parse_args()
    if not shutil.which("valgrind"):
        sys.exit("instructions.py: valgrind is not installed")
    build = Path(options.build).resolve()
    module = Path(options.module).resolve() if options.module else build / ".libs/mod_jk.so"
    floor = build / "tests/bench/.libs/null_handler.so"
    before, version = read_kept()
    if before and version != httpd_version():
        print("instructions.txt is of %s, here is %s: the numbers differ by that too." %
              (version, httpd_version()))
    print("%-18s" % "instructions" + "".join("%10s %9s" % (size_name(size), "change")
                                             for size in SIZES))
    counts = {}
    peer = Peer(str(build / "tests/bench/peer"))
    try:
        for contender in contenders(str(module), str(floor)):
            if contender.is_httpd and Path(contender.needs).exists() and (
                    not options.only or contender.name in options.only.split(",")):
                counts.update(counted(contender, peer, before))
    finally:
        peer.stop()
    if options.update:
        write_kept(before | counts)
        return 0
    return verdict(counts, before)


if __name__ == "__main__":
    sys.exit(main())
