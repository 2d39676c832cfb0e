"""Plays a case to both modules: each has a server and two peers of its own, alike in all but ports.

A conversation is the request of the case and then a follow-up, on the same client connection as
long as the server keeps it open.  The follow-up shows whether both sides are still in step: what
comes before its response is nobody's, and the connection it reaches the backend on tells whether
the connection of the case was kept.  Nothing here waits for time to pass, except for the rest of
a response that a module never sends (`Case.stall`).
"""

import itertools
import os
import re
import socket
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import ajp_peer
import httpd
from ajp_wire import Policy
from support import Client, Cut, wait_for

from . import record
from .case import LOGS

REFERENCE = os.environ.get("REFERENCE_MODULE", "/usr/lib/apache2/modules/mod_jk.so")
VERSION = "mod_jk/1.2.48"  # the one that the wanted differences are about
MARK = "X-Follow-Up"
TOKENS = itertools.count()


def missing_reference():
    """Why there is nothing to compare with, or None."""
    try:
        found = VERSION.encode() in Path(REFERENCE).read_bytes()
    except OSError:
        return "no %s: install libapache2-mod-jk or set REFERENCE_MODULE" % REFERENCE
    return None if found else "%s is not %s" % (REFERENCE, VERSION)


@dataclass
class Talk:
    """What the client saw."""

    responses: list = field(default_factory=list)
    end: str = "open"        # open, closed, or stalled: open, but the rest does not come
    extra: bytes = b""       # bytes that belong to no response
    following: object = None  # status of the follow-up; None where its response is missing
    port: int = 0            # of the client


class Reader(Client):
    """A client that tells a response cut short from one that stalls."""

    stalled = False

    def more(self):
        try:
            return super().more()
        except (socket.timeout, TimeoutError):
            self.stalled = True
            return False

    def rest(self):
        """Everything up to the end of the stream."""
        while self.more():
            pass
        return self._buffer


def follow_up(path, token):
    """A plain request whose response repeats the token."""
    return ("GET %s HTTP/1.1\r\nHost: site.test\r\nConnection: close\r\n%s: %s\r\n\r\n"
            % (path, MARK, token)).encode()


class Conversation:
    """One case over one port of one server."""

    def __init__(self, case, port):
        self.case, self.port = case, port
        self.token = "%d-%d" % (port, next(TOKENS))
        self.talk = Talk()

    def run(self):
        with Reader(self.port, timeout=self.case.stall) as client:
            self.talk.port = client.sock.getsockname()[1]
            try:
                client.send(self.case.raw)
                if self.case.half:
                    client.half_close()
            except OSError:
                pass  # refused before all was sent; the response says it
            self._read(client)
        if self.talk.following is None and self.talk.end == "closed":
            self._follow_anew(self.token)
        return self.talk

    def _read(self, client):
        try:
            for method in self.case.methods:
                self.talk.responses.append(client.response(method))
        except (Cut, ValueError):
            self.talk.end = "stalled" if client.stalled else "closed"
            self.talk.extra = client.rest() if not client.stalled else client._buffer
            return
        last = self.talk.responses[-1]
        if not last.complete and not client.stalled:
            self.talk.end = "closed"
        else:
            self.talk.end = "stalled" if client.stalled else "open"
            self._follow(client)

    def _follow(self, client):
        """On the same connection: whatever precedes the follow-up's response is a surplus."""
        client.stalled = False
        try:
            client.send(follow_up(self.case.follow_up, self.token))
        except OSError:
            pass
        data = client.rest()
        found = re.search(rb"HTTP/1\.1 (\d+) [^\r\n]*\r\n(?:[^\r\n]+\r\n)*?(?:%s|Connection: close)"
                          % MARK.encode(), data)
        if found:
            self.talk.extra = data[:found.start()]
            self.talk.following = self._judged(int(found.group(1)), data[found.start():])
        else:
            self.talk.extra = data
            self.talk.end = "closed" if self.talk.end == "open" else self.talk.end

    def _judged(self, status, data):
        """The status of the follow-up, or that its response is another request's."""
        return status if status != 200 or self.token.encode() in data else "stale"

    def _follow_anew(self, token):
        with Reader(self.port) as client:
            client.send(follow_up(self.case.follow_up, token))
            return client.rest()

    def settle(self):
        """Follow-ups until one is answered in step, so that the next case begins in step."""
        for attempt in range(5):
            token = "%s-last-%d" % (self.token, attempt)
            if not self.case.group.follow or token.encode() in self._follow_anew(token):
                return


def with_hosts(config):
    """The default host is localhost, which mod_jk cannot resolve where no hosts file names it."""
    ports = re.compile(r"^(JkWorkerProperty worker\.([\w.-]+)\.)port=.*$", re.M)
    return ports.sub(lambda line: line[0] if "worker.%s.host=" % line[2] in config
                     else "%s\n%shost=127.0.0.1" % (line[0], line[1]), config)


class Side:
    """One module, ours where none is named: its server for a group, and its peers."""

    def __init__(self, group, module=None):
        self.group, self.crashes_expected = group, module is not None
        policy = Policy(attributes=".*", max_headers=-1)
        self.peers = [ajp_peer.Peer(policy=policy, name=name, packet_size=group.packet_size)
                      for name in ("w1", "w2")]
        self.down = socket.socket()
        self.down.bind(("127.0.0.1", 0))  # bound and not listening: refuses, and stays ours
        # A sanitizer is for our module alone.
        environment = {**group.env, **({"LD_PRELOAD": ""} if module else {})}
        config = group.config + (LOGS if group.log else "")
        self.logged = {"notes.log": 0, "jk.log": 0}
        for mark, port in (("@W1@", self.peers[0].port), ("@W2@", self.peers[1].port),
                           ("@DOWN@", self.down.getsockname()[1])):
            config = config.replace(mark, str(port))
        config = with_hosts(config)
        self.server = httpd.Httpd(config, modules=group.modules, ports=group.ports,
                                  env=environment, module=module,
                                  crashes_expected=self.crashes_expected)
        for name, text in group.files.items():
            self.server.file(name, text)

    def start(self):
        """With its ports: another process may take one between their choice and their use."""
        for left in (2, 1, 0):
            try:
                self.server.start()
                return
            except RuntimeError as error:
                self.server.crashes_expected = self.crashes_expected
                if not left or "could not bind" not in str(error):
                    raise

    def stop(self, check=True):
        try:
            self.server.stop(check)
        finally:
            for peer in self.peers:
                peer.stop()
            self.down.close()

    def play(self, case):
        """Run the case; gives back its fields."""
        def behave(exchange):
            if exchange.uri == case.follow_up:
                token = exchange.request.header(MARK, "")
                exchange.respond(headers=[(MARK, token)], body=b"follow-up", reason="OK",
                                 reuse=0 if "last" in token else 1)
            else:
                case.behave(exchange)

        self._begin_anew()
        for peer in self.peers:
            peer.behaviour, peer.on_ping = behave, case.ping
        conversation = Conversation(case, self.server.ports[case.host - 1])
        talk = conversation.run()
        # Where the follow-up failed it may never arrive.
        wait_for(lambda: self._is_quiet() and self._has_followed(case, talk),
                 2 if talk.following in (200, "stale") else 0.3, pause=0.002)
        ports = dict(zip(self.server.ports, range(1, 100)))
        found = record.fields(record.Seen(self.peers, talk, ports, case.follow_up))
        if self.group.log:
            found.update(self._logs(talk, ports))
        for peer in self.peers:
            peer.on_ping = ajp_peer.answer_ping
        if talk.following != 200 or found.get("backend.reused") is False:
            conversation.settle()
        return found

    def _begin_anew(self):
        """No connection is left that the case before may have put out of step."""
        for peer in self.peers:
            peer.drop()
            for connection in peer.connections:
                connection.wait_closed(5)
            peer.forget()

    def _logs(self, talk, ports):
        """The lines about the case, of the access log and of the request log."""
        wait_for(lambda: len(self._new_lines("notes.log")) > max(len(talk.responses), 1), 2)
        for name, field in (("notes.log", "log.access"), ("jk.log", "log.request")):
            lines = self._new_lines(name)
            self.logged[name] += len(lines)
            text = "\n".join(line for line in lines if "/follow-up" not in line
                             and (name == "notes.log" or line.startswith("- REQUEST")))
            yield field, record.neutral(text.encode(), ports, talk.port).decode()

    def _new_lines(self, name):
        try:
            text = Path(self.server.dir, name).read_text(errors="replace")
        except OSError:
            return []
        return text.splitlines()[self.logged[name]:]

    def _has_followed(self, case, talk):
        """The follow-up has arrived; its response alone does not prove that, it may be stale."""
        return talk.following is None or not self.group.follow or any(
            x.uri == case.follow_up for peer in self.peers for x in peer.requests)

    def _is_quiet(self):
        """Every exchange has ended or lost its connection."""
        return all(x.done.is_set() or x.connection.gone.is_set()
                   for peer in self.peers for x in peer.requests)


class Pair:
    """Both modules with the same configuration."""

    def __init__(self, group):
        self.group = group
        self.threads = ThreadPoolExecutor(2)
        self.sides = [Side(group, REFERENCE), Side(group)]
        try:
            list(self.threads.map(Side.start, self.sides))
        except BaseException:
            for side in self.sides:
                side.stop(check=False)
            raise

    def play(self, case):
        """The fields of both, the reference's first."""
        return list(self.threads.map(lambda side: side.play(case), self.sides))

    def stop(self):
        try:
            list(self.threads.map(Side.stop, self.sides))
        finally:
            self.threads.shutdown()
