"""Clients: one run of a load generator against one URL, and what it says about it.

wrk, else h2load in HTTP/1.1, else ab; the three differ by what they cost themselves, so compare
only what one of them measured. What only wrk can do (uploads, a header) RuntimeError refuses for
the others.
"""

import os
import re
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass

HEAD = 1000  # bytes that the head of an answer has at most


@dataclass(frozen=True)
class Ask:
    """What the clients do: they ask again as soon as they have their answer."""
    clients: int
    seconds: int = 1       # whole ones: wrk takes no others
    upload: int = 0        # bytes of a POST; a GET where 0
    header: str = ""       # one more of each request


@dataclass
class Load:
    requests: int    # completed
    per_second: float
    errors: int      # of the connection, and answers other than 2xx and 3xx
    size: int = -1   # bytes of all that came in; -1 where the tool does not say
    about: object = None  # what `halfway` gave


def _number(pattern, text):
    found = re.search(pattern, text)
    return float(found.group(1)) if found else 0


def _wrk(text):
    found = re.search(r"^counted ([\d ]+)$", text, re.M)
    requests, size, *errors = map(int, found.group(1).split()) if found else (0, 0, 0)
    return Load(requests, _number(r"Requests/sec:\s*([\d.]+)", text), sum(errors), size)


def _h2load(text):
    return Load(int(_number(r"(\d+) succeeded", text)), _number(r"([\d.]+) req/s", text),
                int(_number(r"(\d+) errored", text)) + int(_number(r"(\d+) failed", text)))


def _ab(text):
    return Load(int(_number(r"Complete requests:\s*(\d+)", text)),
                _number(r"Requests per second:\s*([\d.]+)", text),
                int(_number(r"Failed requests:\s*(\d+)", text)) +
                int(_number(r"Non-2xx responses:\s*(\d+)", text)))


# wrk makes its request once where a script has no function `request`, so this costs nothing.
WRK_SCRIPT = """\
local upload = tonumber(os.getenv("BENCH_UPLOAD"))
if upload > 0 then
  wrk.method = "POST"
  wrk.body = string.rep("x", upload)
end
local name, value = string.match(os.getenv("BENCH_HEADER"), "^([^:]+): (.*)$")
if name then wrk.headers[name] = value end
function done(all)
  local e = all.errors
  io.write(string.format("\\ncounted %d %d %d %d %d %d %d\\n", all.requests, all.bytes, e.connect,
                         e.read, e.write, e.status, e.timeout))
end
"""

TOOLS = (  # program, its arguments, who reads what it says
    ("wrk", "wrk -t1 -c{clients} -d{seconds}s --timeout 10s -s {script} {url}", _wrk),
    ("h2load", "h2load --h1 -t1 -c{clients} -D{seconds} {url}", _h2load),
    ("ab", "ab -k -q -t {seconds} -n 100000000 -c {clients} {url}", _ab),
)


def tool():
    """The first of TOOLS that is installed; RuntimeError where none is."""
    for row in TOOLS:
        if shutil.which(row[0]):
            return row
    raise RuntimeError("no load generator: install wrk, nghttp2-client or apache2-utils")


def has_all():
    """Whether uploads and headers can be asked for."""
    return tool()[0] == "wrk"


def wrong_length(load, size, clients):
    """Whether the answers together are shorter or longer than so many of `size` bytes are.

    What was under way at the end was counted, and belongs to no answer that was.
    """
    if load.size < 0:
        return False
    least = load.requests * size
    most = (load.requests + clients) * (size + HEAD)
    return not least < load.size <= most


def run(url, ask, halfway=None):
    """Loads the server and gives a Load. `halfway` is called in the middle of it."""
    name, line, read = tool()
    if (ask.upload or ask.header) and name != "wrk":
        raise RuntimeError("uploads and headers need wrk")
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(WRK_SCRIPT)
        script.flush()
        line = line.format(url=url, clients=ask.clients, seconds=ask.seconds, script=script.name)
        env = dict(os.environ, BENCH_UPLOAD=str(ask.upload), BENCH_HEADER=ask.header)
        with subprocess.Popen(line.split(), env=env, text=True, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE) as clients:
            about = None
            if halfway:
                time.sleep(ask.seconds * 0.5)
                about = halfway()
            try:
                said, complaint = clients.communicate(timeout=ask.seconds + 60)
            except BaseException:
                clients.kill()
                raise
    load = read(said)
    load.about = about
    if clients.returncode != 0 or load.requests == 0:
        raise RuntimeError("%s\n%s%s" % (line, said, complaint))
    return load
