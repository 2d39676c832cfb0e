"""A server with a balancer over two peers, and what it tells about each request.

That is the verdict in httpd's own log, and the module's lines.
"""

VERDICTS = """
LogFormat "%U %>s %{JK_VERDICT}n" verdicts
CustomLog @DIR@/verdicts.log verdicts
"""
CONFIG = """
JkWorkerProperty worker.list=lb,jkstatus
JkWorkerProperty worker.jkstatus.type=status
JkWorkerProperty worker.lb.type=lb
JkWorkerProperty worker.lb.balance_workers=a,b
JkWorkerProperty worker.a.port=%d
JkWorkerProperty worker.b.port=%d
%s
JkMount /* lb
JkMount /jkstatus jkstatus
"""
SESSION = [("Cookie", "JSESSIONID=x.a")]


class Told:
    """What `server`, whose configuration has VERDICTS, tells about the requests of a path."""

    server = None

    def verdicts(self, path):
        """Status and verdict of each request of this path, as httpd's own log has them."""
        lines = self.server._read("verdicts.log").splitlines()
        return [line.split()[1:] for line in lines if line.startswith(path + " ")]

    def lines(self, path):
        """The module's lines about this path, and no more of them after the last request."""
        return [x for x in self.server.jk_log().splitlines() if " %s " % path in x]


class Balanced(Told):
    """A balancer over the peers a and b; `extra` are more lines of the configuration."""

    def __init__(self, make, extra="", **server):
        self.peers = {name: make.peer(name=name) for name in "ab"}
        ports = tuple(peer.port for peer in self.peers.values())
        self.server = make.httpd(CONFIG % (*ports, extra) + VERDICTS, **server)
        self.port = self.server.port
