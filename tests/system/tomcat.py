"""Real Tomcat 10 instances from Debian's packages, each in a folder of its own.

`Tomcat` is one instance with an AJP connector; `start_all` starts several side by side, with
session replication between them if asked for (static membership over loopback, no multicast).
The examples of tomcat10-examples are deployed as /servlets-examples, with the session servlet at
/servlet/SessionExample, and an index page names the instance.
"""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import ajp_wire as wire
from httpd import free_port

ROOT = Path(__file__).resolve().parent.parent.parent
HOME = Path("/usr/share/tomcat10")
EXAMPLES = Path("/usr/share/tomcat10-examples/examples")
JAVA_OPTIONS = ["-Xmx96m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]

CLUSTER = """
<Cluster className="org.apache.catalina.ha.tcp.SimpleTcpCluster" channelStartOptions="3">
  <Manager className="org.apache.catalina.ha.session.DeltaManager"
           expireSessionsOnShutdown="false" notifyListenersOnReplication="true"
           stateTransferTimeout="5"/>
  <Channel className="org.apache.catalina.tribes.group.GroupChannel">
    <Receiver className="org.apache.catalina.tribes.transport.nio.NioReceiver"
              address="127.0.0.1" port="{port}" autoBind="0" selectorTimeout="100"/>
    <Sender className="org.apache.catalina.tribes.transport.ReplicationTransmitter">
      <Transport className="org.apache.catalina.tribes.transport.nio.PooledParallelSender"/>
    </Sender>
    <Interceptor className=
        "org.apache.catalina.tribes.group.interceptors.TcpPingInterceptor"/>
    <Interceptor className=
        "org.apache.catalina.tribes.group.interceptors.TcpFailureDetector"/>
    <Interceptor className=
        "org.apache.catalina.tribes.group.interceptors.StaticMembershipInterceptor">
      {members}
    </Interceptor>
  </Channel>
  <Valve className="org.apache.catalina.ha.tcp.ReplicationValve" filter=""/>
  <Valve className="org.apache.catalina.ha.session.JvmRouteBinderValve"/>
  <ClusterListener className="org.apache.catalina.ha.session.ClusterSessionListener"/>
</Cluster>
"""
LOCAL = '<LocalMember className="org.apache.catalina.tribes.membership.StaticMember" ' \
        'domain="tests" uniqueId="{%s}"/>'
REMOTE = '<Member className="org.apache.catalina.tribes.membership.StaticMember" port="%d" ' \
         'host="127.0.0.1" domain="tests" uniqueId="{%s}"/>'
SERVER_XML = """<Server port="-1"><Service name="Catalina">
<Connector protocol="AJP/1.3" {address} secret="{secret}" secretRequired="true" {more}/>
<Engine name="Catalina" defaultHost="localhost" jvmRoute="{route}">{cluster}
<Host name="localhost" appBase="webapps" autoDeploy="false"/></Engine></Service></Server>
"""


def _unique_id(number):
    return ",".join(str(n) for n in [number] * 16)


class Tomcat:
    """One instance.  Its AJP port (or socket path) is known before it starts."""

    def __init__(self, route="tc1", secret="s3cr3t", packet_size=8192, unix=False,
                 attributes="", number=1):
        self.base = Path(tempfile.mkdtemp(prefix="yoke-tomcat-"))
        self.base.chmod(0o755)
        self.route, self.secret, self.packet_size = route, secret, packet_size
        self.attributes, self.number = attributes, number
        self.path = str(self.base / "ajp.sock") if unix else None
        self.port = 0 if unix else free_port()
        self.cluster_port = free_port()
        self.cluster = ""
        self.process = None

    def replicate_with(self, others):
        """Share sessions with these instances."""
        members = [LOCAL % _unique_id(self.number)]
        members += [REMOTE % (o.cluster_port, _unique_id(o.number)) for o in others]
        self.cluster = CLUSTER.format(port=self.cluster_port, members="\n".join(members))

    def deploy(self):
        """Write the folder: configuration, examples, index page."""
        for name in ("conf", "logs", "temp", "webapps/ROOT", "work"):
            (self.base / name).mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / "conf/demo/web.xml", self.base / "conf")
        address = 'address="127.0.0.1" port="%d"' % self.port
        if self.path:
            address = 'unixDomainSocketPath="%s" unixDomainSocketPathPermissions="rwxrwxrwx"' \
                % self.path
        more = 'packetSize="%d" %s' % (self.packet_size, self.attributes)
        (self.base / "conf/server.xml").write_text(SERVER_XML.format(
            address=address, secret=self.secret, route=self.route, cluster=self.cluster,
            more=more))
        (self.base / "webapps/ROOT/index.html").write_text("This is Tomcat %s\n" % self.route)
        self._deploy_examples()

    def _deploy_examples(self):
        app = self.base / "webapps/servlets-examples"
        shutil.copytree(EXAMPLES, app, ignore=shutil.ignore_patterns("META-INF"))
        web = app / "WEB-INF/web.xml"
        mapping = ("<servlet-mapping><servlet-name>SessionExample</servlet-name>"
                   "<url-pattern>/servlet/SessionExample</url-pattern></servlet-mapping>")
        extra = mapping + ("<distributable/>" if self.cluster else "")
        web.write_text(web.read_text().replace("</web-app>", extra + "</web-app>"))

    def start(self):
        """Start without waiting; wait() does that."""
        if not (self.base / "conf").exists():
            self.deploy()
        classes = "%s/bin/bootstrap.jar:%s/bin/tomcat-juli.jar" % (HOME, HOME)
        with open(self.base / "logs/out", "a") as out:
            self.process = subprocess.Popen(
                ["java", *JAVA_OPTIONS, "-Dcatalina.home=%s" % HOME,
                 "-Dcatalina.base=%s" % self.base, "-Djava.io.tmpdir=%s/temp" % self.base,
                 "-cp", classes, "org.apache.catalina.startup.Bootstrap", "start"],
                stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True)
        return self

    def log(self):
        return (self.base / "logs/out").read_text(errors="replace")

    def _answers_ping(self):
        try:
            if self.path:
                sock = socket.socket(socket.AF_UNIX)
                sock.settimeout(2)
                sock.connect(self.path)
            else:
                sock = socket.create_connection(("127.0.0.1", self.port), 2)
            with sock:
                sock.sendall(b"\x12\x34\x00\x01\x0a")
                return sock.recv(5) == wire.CPONG_PACKET
        except OSError:
            return False

    def wait(self, timeout=60):
        """Until it answers a CPING."""
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            if self.process.poll() is not None:
                break
            if self._answers_ping():
                return self
            time.sleep(0.1)
        raise RuntimeError("Tomcat %s did not start:\n%s" % (self.route, self.log()))

    def kill(self):
        """kill -9."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)

    def stop(self):
        """End it, if it still runs, and remove its folder."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.kill()
        shutil.rmtree(self.base, ignore_errors=True)

    def properties(self, name=None):
        """The worker properties that lead here, as httpd directives."""
        name = name or self.route
        lines = ["worker.%s.type=ajp13" % name, "worker.%s.secret=%s" % (name, self.secret)]
        if self.path:
            lines.append("worker.%s.host=unix:%s" % (name, self.path))
        else:
            lines += ["worker.%s.host=127.0.0.1" % name, "worker.%s.port=%d" % (name, self.port)]
        if self.packet_size != 8192:
            lines.append("worker.%s.max_packet_size=%d" % (name, self.packet_size))
        return "\n".join("JkWorkerProperty " + line for line in lines)


def start_all(tomcats, replicate=False):
    """Start them together and wait until all answer; with replication, until they know each
    other."""
    if replicate:
        for tomcat in tomcats:
            tomcat.replicate_with([o for o in tomcats if o is not tomcat])
    for tomcat in tomcats:
        tomcat.start()
    for tomcat in tomcats:
        tomcat.wait()
    if replicate:
        wait_for_members(tomcats)
    return tomcats


def wait_for_members(tomcats, timeout=30):
    """Until each has logged that it sees all the others."""
    end = time.monotonic() + timeout
    while time.monotonic() < end:
        if all(t.log().count("memberAdded") >= len(tomcats) - 1 for t in tomcats):
            time.sleep(1)  # the state of the applications follows
            return
        time.sleep(0.2)
    raise RuntimeError("the cluster did not form:\n" + tomcats[0].log())


def installed():
    """Whether everything this file needs is there."""
    return HOME.is_dir() and EXAMPLES.is_dir() and shutil.which("java") is not None and \
        os.path.exists(HOME / "bin/bootstrap.jar")
