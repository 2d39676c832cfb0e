"""Clients: one run of a load generator against one URL, and what it says about it.

wrk, else h2load in HTTP/1.1, else ab; the three differ by what they cost themselves, so compare
only what one of them measured.
"""

import re
import shutil
import subprocess
from dataclasses import dataclass


@dataclass
class Load:
    requests: int    # completed
    per_second: float
    errors: int      # of the connection, and answers other than 2xx and 3xx


def _number(pattern, text):
    found = re.search(pattern, text)
    return float(found.group(1)) if found else 0


def _wrk(text):
    socket = re.search(r"connect (\d+), read (\d+), write (\d+), timeout (\d+)", text)
    errors = sum(map(int, socket.groups())) if socket else 0
    return Load(int(_number(r"(\d+) requests in", text)),
                _number(r"Requests/sec:\s*([\d.]+)", text),
                errors + int(_number(r"Non-2xx or 3xx responses: (\d+)", text)))


def _h2load(text):
    return Load(int(_number(r"(\d+) succeeded", text)), _number(r"([\d.]+) req/s", text),
                int(_number(r"(\d+) errored", text)) + int(_number(r"(\d+) failed", text)))


def _ab(text):
    return Load(int(_number(r"Complete requests:\s*(\d+)", text)),
                _number(r"Requests per second:\s*([\d.]+)", text),
                int(_number(r"Failed requests:\s*(\d+)", text)) +
                int(_number(r"Non-2xx responses:\s*(\d+)", text)))


TOOLS = (  # program, its arguments, who reads what it says
    ("wrk", "wrk -t1 -c{clients} -d{seconds}s --timeout 10s {url}", _wrk),
    ("h2load", "h2load --h1 -t1 -c{clients} -D{seconds} {url}", _h2load),
    ("ab", "ab -k -q -t {seconds} -n 100000000 -c {clients} {url}", _ab),
)


def tool():
    """The first of TOOLS that is installed; RuntimeError where none is."""
    for row in TOOLS:
        if shutil.which(row[0]):
            return row
    raise RuntimeError("no load generator: install wrk, nghttp2-client or apache2-utils")


def run(url, clients, seconds):
    """Keep-alive clients that each ask again as soon as they have their answer; gives a Load.

    The seconds are whole ones: wrk takes no others.
    """
    _, line, read = tool()
    line = line.format(url=url, clients=clients, seconds=seconds)
    done = subprocess.run(line.split(), capture_output=True, text=True, timeout=seconds + 60,
                          check=False)
    load = read(done.stdout)
    if done.returncode != 0 or load.requests == 0:
        raise RuntimeError("%s\n%s%s" % (line, done.stdout, done.stderr))
    return load
