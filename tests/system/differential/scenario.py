"""Plays a course of requests to a balancer and tells who served them and what is told about it.

A `Scenario` is a balancer over members a, b, c, … with properties of its own, and a row of words:

    a=refuse       from now on the peer a refuses connections; other behaviours: see BEHAVIOURS
    a:vwf=4        a change of the member a at run time; in it @a stands for the port of the peer a
    -              a request without anything special
    .b  ;b  @b     a request with a session of route b in a cookie or in the path; JK_ROUTE=b
    ~  !  P  /x    … stateless; with the session to be ignored; a POST; to the mount "x"
    &-             a request that is not waited for, only until a peer has it or it has ended
    end  ends      lets the oldest of these end; all of them, and nobody waits any more
    ?              the status now: the fields "then.…"
    6*-            six times

The parts of a request combine: ".c.b@a" has two cookies and a variable; in a route ":" stands for
a dot.  All balancers of a table stand in one configuration, so that a server is started once for
all of them; every request is in the log before the next one begins, so that its accounts are
closed.  Maintenance is off, for nothing shall depend on the time that a scenario takes.
"""

import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import ajp_peer
import httpd
from support import Cut, get, request, status_text, wait_for

LETTERS = "abcd"
SIDES = ("FIRST", "LAST")
NOTES = ["NAME", "VALUE", "ACCESSED", "SESSIONS", "READ", "TRANSFERRED", "ERRORS", "BUSY",
         "ACTIVATION", "STATE"]
LOGGED = ["%U", "%>s", "%{JK_WORKER_NAME}n", "%{JK_WORKER_ROUTE}n"] + [
    "%%{JK_LB_%s_%s}n" % (side, note) for side in SIDES for note in NOTES]
COLUMNS = ["uri", "status", "worker", "route"] + [
    ("%s_%s" % (side, note)).lower() for side in SIDES for note in NOTES]
CONFIG = """
JkWorkerProperty worker.list=jkstatus
JkWorkerProperty worker.jkstatus.type=status
JkWorkerProperty worker.maintain=%(maintain)s
JkMount /jkstatus jkstatus
SetEnvIf X-Route ^(.+)$ JK_ROUTE=$1
SetEnvIf X-Ignore ^(.+)$ JK_STICKY_IGNORE=$1
SetEnvIf X-Stateless ^(.+)$ JK_STATELESS=$1
LogFormat "%(format)s" notes
CustomLog @DIR@/notes.log notes
"""
# Of the status: what is neither a time nor an address.
LB_FIELDS = """sticky_session sticky_session_force retries recover_time error_escalation_time
 max_reply_timeouts method lock member_count good degraded bad busy max_busy map_count""".split()
MEMBER_FIELDS = """activation lbfactor route redirect domain distance state lbmult lbvalue elected
 sessions errors client_errors reply_timeouts transferred read busy max_busy connected
 max_connected retries recovery_options busy_limit reply_timeout""".split()


def named(exchange):
    """The usual answer: the name of the peer."""
    exchange.read_body()
    exchange.respond(body=exchange.peer.name.encode(), reason="OK")


def fails_with(status):
    return ajp_peer.respond(status, body=b"failed", reason="Failed")


BEHAVIOURS = {
    "up": named, "close": ajp_peer.cut("before-head"), "mid": ajp_peer.cut("mid-body"),
    "head": ajp_peer.cut("after-head"), "hang": ajp_peer.silence,
    "garbage": ajp_peer.raw(b"HTTP/1.1 400 Bad Request\r\n\r\n", close=True),
    "once": lambda: ajp_peer.sequence(ajp_peer.cut("before-head"), named),
    **{str(status): fails_with(status) for status in (404, 500, 503)},
}


@dataclass(frozen=True)
class Scenario:
    """One balancer and what happens to it.

    Properties are words like "lb.method=B" and "a.lbfactor=2"; a mount is a name and extensions,
    in which @a stands for the name of the member a.
    """

    id: str
    words: str
    properties: str = ""
    members: str = "abc"
    mounts: dict = field(default_factory=dict, hash=False)

    @property
    def lb(self):
        return self.id.replace("-", "_")

    def member(self, letter):
        return "%s_%s" % (self.lb, letter)

    def lines(self, ports):
        """Its part of the configuration."""
        values = {"worker.list": self.lb, "lb.type": "lb", "lb.retry_interval": "1",
                  "lb.balance_workers": ",".join(map(self.member, self.members))}
        for letter in self.members:
            values.update({letter + ".host": "127.0.0.1", letter + ".port": ports[letter],
                           letter + ".route": letter,
                           letter + ".retry_interval": "1"})
        values.update(word.split("=", 1) for word in self.properties.split())
        for name, value in values.items():
            owner, _, rest = name.partition(".")
            full = {"lb": self.lb, "worker": ""}.get(owner, self.member(owner))
            yield "JkWorkerProperty worker.%s=%s" % (".".join(filter(None, (full, rest))), value)
        for name, extensions in {"": "", **self.mounts}.items():
            text = re.sub("@([a-d])", lambda found: self.member(found.group(1)), extensions)
            yield "JkMount %s/* %s%s" % (self.path(name), self.lb, ";" + text if text else "")

    def path(self, mount=""):
        return "/%s%s" % (self.id, "+" + mount if mount else "")


class Held:
    """Requests that their peer holds back, until told to go on."""

    def __init__(self):
        self.waiting = []
        self.is_over = False

    def __call__(self, exchange):
        exchange.read_body()
        if not self.is_over:
            gate = threading.Event()
            self.waiting.append(gate)
            gate.wait(20)
        exchange.respond(body=exchange.peer.name.encode(), reason="OK")


class Server:
    """A server with all the balancers, and its peers a, b, c, d."""

    def __init__(self, scenarios, module=None, maintain=0, **options):
        self.peers = {letter: ajp_peer.Peer(name=letter) for letter in LETTERS}
        ports = {letter: peer.port for letter, peer in self.peers.items()}
        config = CONFIG % {"format": "|".join(LOGGED), "maintain": maintain}
        lines = [line for scenario in scenarios for line in scenario.lines(ports)]
        self.httpd = httpd.Httpd(config + "\n".join(lines), modules=("setenvif",), module=module,
                                 env={"LD_PRELOAD": ""} if module else None,
                                 crashes_expected=module is not None, **options)
        self.log = None

    def start(self):
        self.httpd.start()
        self.log = open(Path(self.httpd.dir, "notes.log"), encoding="latin-1")
        return self

    def stop(self):
        try:
            if self.log:
                self.log.close()
            self.httpd.stop()
        finally:
            for peer in self.peers.values():
                peer.stop()

    @property
    def violations(self):
        return [v for peer in self.peers.values() for v in peer.violations]

    def play(self, scenario):
        """What happened, as fields that can be compared."""
        return Course(self, scenario).run()


class Servers:
    """Both modules, the reference first, with the same balancers."""

    def __init__(self, scenarios, reference):
        self.threads = ThreadPoolExecutor(2)
        self.both = [Server(scenarios, reference), Server(scenarios)]
        list(self.threads.map(Server.start, self.both))

    def play(self, scenario):
        return list(self.threads.map(lambda server: server.play(scenario), self.both))

    def stop(self):
        try:
            list(self.threads.map(Server.stop, self.both))
        finally:
            self.threads.shutdown()


class Course:
    """One scenario under way."""

    def __init__(self, server, scenario):
        self.server, self.scenario = server, scenario
        self.peers, self.port = server.peers, server.httpd.port
        self.answers, self.logged = [], []
        self.open = []  # threads of the requests that are not waited for, and where they wait
        self.held, self.down = Held(), set()
        self.then = {}

    def __enter__(self):
        for peer in self.peers.values():
            peer.forget()
            peer.behaviour = named
        return self

    def __exit__(self, *_):
        for gate in self.held.waiting:
            gate.set()
        for peer in self.peers.values():
            self.tell(peer, "up")

    def run(self):
        with self:
            self.go(self.scenario.words)
        return self.fields()

    def go(self, words):
        for word in words.split():
            count, _, rest = word.rpartition("*")
            for _ in range(int(count or 1)):
                self.step(rest)

    def step(self, word):
        if word == "end":
            self.end()
        elif word == "ends":
            self.held.is_over = True
            while self.open:
                self.end()
        elif re.fullmatch("[a-d]=.*", word):
            self.tell(self.peers[word[0]], word[2:])
        elif re.fullmatch("[a-d]:.*", word):
            self.edit(word[0], word[2:])
        elif word == "?":
            self.then = {"then." + name: value for name, value in self.status().items()}
        elif word.startswith("&"):
            self.begin(word[1:])
        else:
            self.ask(word)
            self.note(1)

    def tell(self, peer, what):
        """A peer that has refused listens again, at the same port."""
        if (what == "refuse") != (peer in self.down):
            (peer.refuse if what == "refuse" else peer.listen)()
            self.down ^= {peer}
        if what != "refuse":
            behaviour = self.held if what == "hold" else BEHAVIOURS[what]
            peer.behaviour = behaviour() if what == "once" else behaviour

    def edit(self, letter, values):
        """Changes a member as its form in the status does."""
        values = re.sub("@([a-d])", lambda found: str(self.peers[found.group(1)].port), values)
        text = get(self.port, "/jkstatus?cmd=update&mime=txt&w=%s&sw=%s&%s" % (
            self.scenario.lb, self.scenario.member(letter), values)).text
        assert text.startswith("Result: type=OK "), text

    def begin(self, word):
        held, answered = len(self.held.waiting), len(self.answers)
        thread = threading.Thread(target=self.ask, args=(word,))
        thread.start()
        wait_for(lambda: len(self.held.waiting) > held or len(self.answers) > answered, 5, 0.001)
        if len(self.held.waiting) > held:
            self.open.append((thread, self.held.waiting[-1]))
        else:
            thread.join()
            self.note(1)

    def end(self):
        if not self.open:
            return
        thread, gate = self.open.pop(0)
        gate.set()
        thread.join()
        self.note(1)

    def ask(self, word):
        mount = re.search(r"/(\w+)", word)
        path = self.scenario.path(mount.group(1) if mount else "") + "/x"
        headers = []
        for kind, value in re.findall(r"([.;@])([\w:]+)", re.sub(r"/\w+", "", word)):
            value = value.replace(":", ".")
            if kind == ";":
                path += ";jsessionid=x." + value
            else:
                headers.append(("Cookie", "JSESSIONID=x." + value) if kind == "."
                               else ("X-Route", value))
        headers += [("X-Stateless", "1")] * ("~" in word) + [("X-Ignore", "1")] * ("!" in word)
        cookies = "; ".join(value for name, value in headers if name == "Cookie")
        headers = [h for h in headers if h[0] != "Cookie"] + [("Cookie", cookies)] * bool(cookies)
        is_post = "P" in word
        self.answers.append(answer(self.port, "POST" if is_post else "GET", path, headers,
                                   b"body" if is_post else None))

    def note(self, count):
        """The lines of that many requests; only then are they over."""
        end = time.monotonic() + 5
        text = ""
        while count and time.monotonic() < end:
            text += self.server.log.readline()
            if text.endswith("\n"):
                if text.startswith(self.scenario.path()):
                    self.logged.append(text.rstrip("\n").split("|"))
                    count -= 1
                text = ""
            else:
                time.sleep(0.0005)
        assert not count, "no line in the log"

    # What it came to -------------------------------------------------------------------------

    def fields(self):
        found = {"served": " ".join(served for served, _ in self.answers),
                 "cookies": " ".join(cookie or "-" for _, cookie in self.answers)}
        sent = sorted((x for peer in self.peers.values() for x in peer.requests),
                      key=lambda exchange: exchange.begun)
        found["sent"] = "".join(x.peer.name for x in sent)
        for name in ("jvm_route", "JK_LB_ACTIVATION"):
            found["told." + name] = " ".join(str(x.request.attribute(name)) for x in sent)
        prefix = self.scenario.lb + "_"
        for column, values in zip(COLUMNS[1:], zip(*(line[1:] for line in self.logged))):
            found["note." + column] = " ".join(value.replace(prefix, "") for value in values)
        return {**found, **self.then, **self.status()}

    def status(self):
        """What the status says now."""
        rows = status_text(self.port, "cmd=show&mime=txt&w=" + self.scenario.lb)
        lb = rows[("Balancer Worker", self.scenario.lb)]
        found = {"lb." + name: lb.get(name) for name in LB_FIELDS}
        for letter in self.scenario.members:
            row = rows[("Member", self.scenario.member(letter))]
            found.update({"%s.%s" % (letter, name): row.get(name) for name in MEMBER_FIELDS})
            found[letter + ".is_failed"] = "error_time_unix_seconds" in row
        return found


def answer(port, method, path, headers, body):
    """Who answered, or the status, or that the answer was cut; and the cookie that came with it."""
    try:
        got = request(port, method, path, headers, body)
    except (Cut, OSError):
        return "cut", None
    if not got.complete:
        return "cut", None
    whole = got.text if len(got.body) == 1 else "%d bytes" % len(got.body)
    return (whole.replace(" ", "_") if got.status == 200 else str(got.status),
            got.header("Set-Cookie") and ",".join(got.values("Set-Cookie")))


# Comparison ----------------------------------------------------------------------------------

# What follows from who was asked: other members, other accounts.
FOLLOWS = r"""told\..*|note\.(?!status).*|[a-d]\.(state|is_failed|connected|max_connected|max_busy
 |elected|lbvalue|sessions|read|transferred)""".replace("\n ", "")
# A module may stop to read where an answer fails, or have more of it already.
FAILING = r"=(mid|head|garbage|once|\d+)\b"


def differences(scenario, theirs, ours):
    """Field to (theirs, ours), for all fields that differ and say something of their own."""
    found = {name: (theirs.get(name), ours.get(name)) for name in sorted({*theirs, *ours})
             if theirs.get(name) != ours.get(name)}
    implied = []
    if "sent" in found:
        implied.append(FOLLOWS)
    if "told.jvm_route" in found:
        implied.append(r".*transferred")
    if re.search(FAILING, scenario.words):
        implied.append(r".*[._]read")
    return {name: values for name, values in found.items()
            if not any(re.fullmatch(pattern, name) for pattern in implied)}
