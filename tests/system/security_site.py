"""Servers for the tests of the security reference: the base configuration of its part C, and a
real Tomcat that tells how it understood a path.

`BASE` mounts /app to the worker `w`, takes /app/private out again and denies /app/locked by
httpd's own access control. `ContainerSite` does the same with one-letter names, so that random
paths over a small alphabet meet the areas often; `judge` says whether one got where it must
not. In between, what the tests of smuggling share. Used by test_security_*.py and
../fuzz/tomcat_paths.py.
"""

import re

import ajp_peer
import tomcat as tomcat_module
from support import Client, Cut, get, parallel, pattern

BASE = """
JkWorkerProperty worker.list=w,jkstatus
JkWorkerProperty worker.w.port={port}
JkWorkerProperty worker.jkstatus.type=status
AllowEncodedSlashes Off
JkMount /app/* w
JkUnMount /app/private/* w
JkUnMount /app/private w
JkMount /jkstatus jkstatus
<Location /app/locked>
  Require all denied
</Location>
<Location /jkstatus>
  Require all denied
</Location>
"""


def virtual_hosts(options):
    """One virtual host on each port behind the first, with the mounts of the main server."""
    return "\n".join("<VirtualHost 127.0.0.1:@PORT%d@>\n  JkMountCopy On\n  %s\n</VirtualHost>" % (
        number, lines.replace("\n", "\n  ")) for number, lines in enumerate(options, 2))


class Site:
    """One server with the base configuration and a virtual host per entry of `options`, each of
    which forwards to the same peer."""

    def __init__(self, make, peer, options=None, config="", **more):
        self.peer, self.names = peer, ["base"] + list(options or {})
        self.server = make.httpd(
            BASE.format(port=peer.port) + config + virtual_hosts((options or {}).values()),
            ports=len(self.names), **more)

    def port(self, name="base"):
        return self.server.ports[self.names.index(name)]

    def ask(self, path, host="base", method="GET"):
        """The answer to one request with the path as it stands, and the URIs the peer has seen."""
        self.peer.forget()
        with Client(self.port(host)) as client:
            answer = client.request(method, path)
        return answer, self.peer.uris()


# Whose answer is whose ---------------------------------------------------------------------------

BODY = pattern(100000)
ROOM = 8186  # of a body packet, with packets of 8192 bytes
SMUGGLED = "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"


def name_it(exchange):
    """Answer with the path, so that an answer tells whose it is."""
    exchange.read_body()
    exchange.respond(body=exchange.uri.encode())


def drain(exchange):
    """Read what is still under way as bytes, until the server closes; counted in `unread`."""
    exchange.unread = 0
    try:
        while data := exchange.connection.sock.recv(1 << 16):
            exchange.unread += len(data)
    except OSError:
        pass
    raise ajp_peer.Gone("closed")


def start_anew(peer):
    """The next request meets a new connection, and a peer that knows nothing of the last one."""
    peer.behaviour, peer.on_ping = name_it, ajp_peer.answer_ping
    peer.drop()
    for connection in peer.connections:
        connection.wait_closed(5)
    peer.forget()


def packets(peer):
    """Everything that reached the container."""
    return [packet for connection in peer.connections for packet in connection.packets]


def only_named(peer, port, count=20):
    """Other clients get their own answers, and nothing that belongs to someone else."""
    peer.behaviour = name_it
    paths = ["/other/%d" % n for n in range(count)]
    answers = parallel(count, lambda n: get(port, paths[n]))
    assert [(a.status, a.text) for a in answers] == [(200, path) for path in paths]


def closed_behind(exchange):
    """The server has closed the connection that this request came by."""
    return exchange.connection.wait_closed(5)


# A container that tells what it understood --------------------------------------------------------

REPORT = """<%@page trimDirectiveWhitespaces="true"%><%
response.setContentType("text/plain");
response.setHeader("X-Servlet", "[" + request.getServletPath() + "]");
String info = "[" + request.getPathInfo() + "]";
response.setHeader("X-Info", info.replaceAll("\\\\p{Cntrl}", "?"));
%>reported"""
MAPPING = "<servlet-mapping><servlet-name>{0}</servlet-name><url-pattern>{1}</url-pattern>" \
          "</servlet-mapping>"
SERVLET = "<servlet><servlet-name>{0}</servlet-name><jsp-file>/report.jsp</jsp-file></servlet>"
WEB_XML = '<web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.0">%s</web-app>'


def deploy_report(tomcat, context, areas):
    """An application whose servlets report which of them was reached: one for each of `areas`,
    and one for all other paths."""
    folder = tomcat.base / "webapps" / context
    (folder / "WEB-INF").mkdir(parents=True)
    (folder / "report.jsp").write_text(REPORT)
    parts = []
    for name, pattern in [(area, "/%s/*" % area) for area in areas] + [("open", "/*")]:
        parts += [SERVLET.format(name), MAPPING.format(name, pattern)]
    (folder / "WEB-INF/web.xml").write_text(WEB_XML % "".join(parts))


# The application /a has three areas: open to all, /a/p (not mounted), /a/c (denied by httpd).
SMALL = """
JkWorkerProperty worker.list=w
{worker}
AllowEncodedSlashes Off
JkMount /a/* w
JkUnMount /a/p/* w
JkUnMount /a/p w
<Location /a/c>
  Require all denied
</Location>
"""
# How a server may send the path; each host of a ContainerSite has one of them. What is sent decoded
# is decoded twice, so that needs the other option.
SPELLINGS = {
    "escaped": "JkOptions +ForwardURIEscaped",
    "compat": "JkOptions +ForwardURICompat +RejectUnsafeURI",
    "unparsed": "JkOptions +ForwardURICompatUnparsed",
    "slashes": "AllowEncodedSlashes On",
    "unparsed-unmerged": "MergeSlashes Off\nJkOptions +ForwardURICompatUnparsed",
    "unparsed-slashes": "AllowEncodedSlashes On\nJkOptions +ForwardURICompatUnparsed",
    "merged": "MergeSlashes Off\nJkOptions +AllowOverlongUTF8",
}
TOKENS = ["/", ".", ";", "%", "2", "e", "f", "5", "c", "0", "\\", "a", "p", "/", "/", "..", "/..",
          "/../", "..;", "/..;", ";a", ";a=p", "//", "/./", "%2e", "%2E", "%2e%2e", "%2f", "%5c",
          "%25", "%252e", "%252f", "%3b", "%3Ba", "..%3b", "%00", "%c0%af", "%c0%ae", "%70", "%63",
          "/p", "/p/", "/c", "/c/", "/a", "/a/"]


def random_path(chance):
    """A path below or around /a, of the pieces that readers of paths disagree about."""
    start = chance.choice(["/a/", "/a", "/", "/a/p/", "/a/c/", "/a/e/", "/;/a/", "//a/"])
    return start + "".join(chance.choice(TOKENS) for _ in range(chance.randint(0, 9)))


class ContainerSite:
    """A Tomcat that decodes as much as it can be told to, behind a server whose hosts forward in
    each spelling."""

    def __init__(self, make):
        self.tomcat = make.keep(tomcat_module.Tomcat(
            "tc1", attributes='allowBackslash="true" encodedSolidusHandling="decode"'))
        self.tomcat.deploy()
        deploy_report(self.tomcat, "a", ["p", "c"])
        deploy_report(self.tomcat, "app", ["private", "locked"])
        self.tomcat.start().wait()
        self.hosts = ["proxy"] + list(SPELLINGS)
        worker = self.tomcat.properties("w")
        self.server = make.httpd(
            SMALL.format(worker=worker) + "JkMount /app/* w\nJkUnMount /app/private/* w\n" +
            virtual_hosts(SPELLINGS.values()), ports=len(self.hosts))
        self.clients = {}

    def ask(self, path, host="proxy"):
        """The answer; connections to the server are kept."""
        for _ in range(2):
            client = self.clients.pop(host, None) or Client(
                self.server.ports[self.hosts.index(host)])
            try:
                answer = client.request("GET", path)
            except (Cut, OSError):  # it was closed behind the last answer
                client.close()
                continue
            if "close" in answer.header("Connection", "").lower():
                client.close()
            else:
                self.clients[host] = client
            return answer
        raise AssertionError("no answer to %r" % path)

    def judge(self, path, host="proxy"):
        """What is wrong with the answer to this path, or None, and its status: an area that is not
        mounted or is denied must not be reached."""
        answer = self.ask(path, host)
        wrong = None
        if answer.status >= 500:
            wrong = "%s: %s is answered with %d" % (host, path, answer.status)
        elif re.fullmatch(r"\[/[pc]\]", answer.header("X-Servlet", "")):
            wrong = "%s: %s reached %s, path info %s" % (
                host, path, answer.header("X-Servlet"), answer.header("X-Info"))
        return wrong, answer.status

    def stop(self):
        """Close the clients; what `make` keeps ends by itself."""
        for client in self.clients.values():
            client.close()
