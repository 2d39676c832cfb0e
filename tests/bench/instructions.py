#!/usr/bin/python3
"""Instructions of a request in user space, counted by callgrind: a number that does not drift.

    make instructions                     # 1 minute

A prefork server with one process answers 100 requests of one client, another 600; the difference is
500 requests. The kernel's part, the greater one, is not in it: compare.py measures the whole.
"""

import argparse
import os
import re
import shutil
import sys
from http.client import HTTPConnection
from pathlib import Path

from chart import size_name
from contenders import HTTPD, Peer, Server, contenders, end

SIZES = (100, 100000)
# httpd would change the user itself, and valgrind could not write to its file then.
USER = [] if os.geteuid() else ["setpriv", "--reuid=www-data", "--regid=www-data",
                                "--clear-groups"]


class Counted(Server):
    """A server under callgrind, in one process."""

    def __init__(self, contender, peer):
        contender.command = USER + ["valgrind", "--tool=callgrind",
                                    "--callgrind-out-file=@DIR@/counts",
                                    HTTPD, "-f", "@DIR@/conf", "-X"]
        super().__init__(contender, peer, "prefork", clients=1)

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


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--build", default=".", help="folder of the build (.)")
    parser.add_argument("--module", help="mod_jk.so to measure (that of the build)")
    options = parser.parse_args()
    if not shutil.which("valgrind"):
        sys.exit("instructions.py: valgrind is not installed")
    build = Path(options.build).resolve()
    module = Path(options.module).resolve() if options.module else build / ".libs/mod_jk.so"
    floor = build / "tests/bench/.libs/null_handler.so"
    print("%-18s" % "instructions" + "".join("%10s" % size_name(size) for size in SIZES))
    peer = Peer(str(build / "tests/bench/peer"))
    try:
        for contender in contenders(str(module), str(floor)):
            if contender.is_httpd and Path(contender.needs).exists():
                print("%-18s" % contender.name + "".join(
                    "%10.0f" % count(contender, peer, size) for size in SIZES), flush=True)
    finally:
        peer.stop()


if __name__ == "__main__":
    main()
