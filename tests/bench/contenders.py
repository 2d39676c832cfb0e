"""The servers that the benches compare, each private: a folder and a port of its own, no access
log, one backend (peer.cc) behind a balancer where there is one, no limit on keep-alive.

HAPROXY, NGINX and REFERENCE_MODULE name other programs and another mod_jk than the usual ones.
"""

import os
import shutil
import signal
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "system"))
from httpd import HTTPD, free_ports, memory_of, modules_folder  # noqa: E402

BINARIES = "%s:/usr/local/sbin:/usr/sbin:/sbin" % os.environ.get("PATH", "")
UNVERIFIED = ssl.create_default_context()  # the certificates are nobody's but ours
UNVERIFIED.check_hostname, UNVERIFIED.verify_mode = False, ssl.CERT_NONE
THREADS, CHILDREN = 64, 2
PACKET = 8192  # bytes of an AJP packet, where nothing else is said


@dataclass(frozen=True)
class Setting:
    """How a server runs. 0 children or threads: as many as the clients need."""
    mpm: str = "event"
    clients: int = 32
    scheme: str = "http"
    packet_size: int = PACKET
    children: int = 0
    threads: int = 0
    patience: int = 20  # seconds that it may take to start; mod_jk takes long for many mounts


def end(process):
    """SIGTERM, and SIGKILL to its group where that is not enough."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(10)


class Peer:
    """The backend: ports `ajp` and `http`, and a socket at `path`. It ends with its input.

    `name` is what the header X-Peer of its answers says; without, they have none.
    """

    def __init__(self, program, packet_size=PACKET, name=""):
        self.dir = tempfile.mkdtemp(prefix="yoke-bench-")
        os.chmod(self.dir, 0o755)
        self.path = self.dir + "/ajp.sock"
        line = [program, self.path, str(packet_size - 8)] + ([name] if name else [])
        self.process = subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True)
        words = self.process.stdout.readline().split()
        self.ajp, self.http = int(words[1]), int(words[3])

    def stop(self):
        self.process.stdin.close()
        self.process.wait(10)
        shutil.rmtree(self.dir, ignore_errors=True)


# --- configurations -------------------------------------------------------------------------------
# @DIR@, @PORT@, @AJP@, @HTTP@, @PATH@, @MODULES@ are filled in at the start.

HTTPD_CONF = """\
ServerRoot @DIR@
ServerName localhost
DefaultRuntimeDir @DIR@
PidFile @DIR@/pid
ErrorLog @DIR@/error.log
LogLevel warn
Listen 127.0.0.1:@PORT@
KeepAliveTimeout 30
MaxKeepAliveRequests 0
"""

JK = """\
LoadModule jk_module %s
JkWorkersFile @DIR@/workers.properties
JkShmFile @DIR@/jk.shm
JkLogFile @DIR@/jk.log
JkLogLevel warn
JkMount /b/* balancer
"""

WORKERS = """\
worker.list=balancer
worker.balancer.type=lb
worker.balancer.balance_workers=member
worker.member.type=ajp13
worker.member.host=%s
worker.member.port=@AJP@
"""

PROXY = """\
LoadModule proxy_module @MODULES@/mod_proxy.so
LoadModule proxy_%(scheme)s_module @MODULES@/mod_proxy_%(scheme)s.so
LoadModule slotmem_shm_module @MODULES@/mod_slotmem_shm.so
LoadModule proxy_balancer_module @MODULES@/mod_proxy_balancer.so
LoadModule lbmethod_byrequests_module @MODULES@/mod_lbmethod_byrequests.so
<Proxy balancer://bench>
    BalancerMember %(scheme)s://127.0.0.1:%(port)s
</Proxy>
ProxyPass /b/ balancer://bench/b/
"""

TLS = """\
LoadModule ssl_module @MODULES@/mod_ssl.so
SSLSessionCache none
SSLEngine on
SSLCertificateFile @DIR@/cert.pem
SSLCertificateKeyFile @DIR@/key.pem
"""

HAPROXY = """\
global
    nbthread 2
defaults
    mode http
    timeout client 60s
    timeout server 60s
    timeout connect 10s
    option http-keep-alive
    http-reuse always
frontend bench
    bind 127.0.0.1:@PORT@
    default_backend peers
backend peers
    balance roundrobin
    server peer 127.0.0.1:@HTTP@
"""

NGINX = """\
daemon off;
worker_processes 2;
pid @DIR@/pid;
error_log @DIR@/error.log;
events {}
http {
    access_log off;
    keepalive_requests 1000000000;
    client_body_temp_path @DIR@/body;
    proxy_temp_path @DIR@/proxy;
    fastcgi_temp_path @DIR@/fastcgi;
    uwsgi_temp_path @DIR@/uwsgi;
    scgi_temp_path @DIR@/scgi;
    upstream peers {
        server 127.0.0.1:@HTTP@;
        keepalive 64;
        keepalive_requests 1000000000;
    }
    server {
        listen 127.0.0.1:@PORT@;
        location / {
            proxy_pass http://peers;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
        }
    }
}
"""


@dataclass
class Contender:
    """A server by name: its command and its files, with the marks that start() fills in."""
    name: str
    needs: str          # a file; where it is missing, the contender is
    config: str
    command: list = field(default_factory=lambda: [HTTPD, "-f", "@DIR@/conf", "-DFOREGROUND"])
    workers: str = ""
    is_httpd: bool = True


def contenders(module, floor):
    """All of them, in the order of the table. `floor` is the null handler."""
    folder = modules_folder()
    old = os.environ.get("REFERENCE_MODULE", folder + "/mod_jk.so")
    haproxy = os.environ.get("HAPROXY") or shutil.which("haproxy", path=BINARIES) or "/haproxy"
    nginx = os.environ.get("NGINX") or shutil.which("nginx", path=BINARIES) or "/nginx"
    tcp, unix = WORKERS % "127.0.0.1", WORKERS % "unix:@PATH@"
    return [
        Contender("floor", floor, "LoadModule null_handler_module %s\n" % floor),
        Contender("ours", module, JK % module, workers=tcp),
        Contender("ours (Unix socket)", module, JK % module,
                  workers=unix.replace("worker.member.port=@AJP@\n", "")),
        Contender("mod_jk", old, JK % old, workers=tcp),
        Contender("mod_proxy_ajp", folder + "/mod_proxy_ajp.so",
                  PROXY % {"scheme": "ajp", "port": "@AJP@"}),
        Contender("mod_proxy_http", folder + "/mod_proxy_http.so",
                  PROXY % {"scheme": "http", "port": "@HTTP@"}),
        Contender("HAProxy", haproxy, HAPROXY, [haproxy, "-db", "-f", "@DIR@/conf"],
                  is_httpd=False),
        Contender("nginx", nginx, NGINX, [nginx, "-p", "@DIR@", "-c", "@DIR@/conf"],
                  is_httpd=False),
    ]


def _packet_lines(contender, size):
    """For httpd's configuration and for the workers file: packets of so many bytes."""
    if size == PACKET:
        return "", ""
    proxy = "ProxyIOBufferSize %d\n" % size if "proxy_ajp" in contender.config else ""
    return proxy, "worker.member.max_packet_size=%d\n" % size if contender.workers else ""


def _httpd_lines(setting):
    """Room for all clients in one child, and to spare: event closes kept connections without it."""
    loaded = ["mpm_" + setting.mpm, "authz_core", "unixd"]
    lines = ["LoadModule %s_module @MODULES@/mod_%s.so" % (m, m) for m in loaded
             if os.path.exists("%s/mod_%s.so" % (modules_folder(), m))]
    if os.geteuid() == 0:
        lines += ["User www-data", "Group www-data"]
    is_prefork = setting.mpm == "prefork"
    children = setting.children or (setting.clients if is_prefork else CHILDREN)
    threads = 1 if is_prefork else setting.threads or max(THREADS, 2 * setting.clients)
    lines += ["StartServers %d" % children, "ServerLimit %d" % children,
              "MaxRequestWorkers %d" % (children * threads)]
    if is_prefork:
        lines += ["MinSpareServers 1", "MaxSpareServers %d" % children]
    else:
        lines += ["ThreadLimit %d" % threads, "ThreadsPerChild %d" % threads, "MinSpareThreads 1",
                  "MaxSpareThreads %d" % (children * threads)]
    return "\n".join(lines) + "\n" + (TLS if setting.scheme == "https" else "")


# --- a server that runs ---------------------------------------------------------------------------

class Server:
    """A contender that runs; `url(size)` is answered with so many bytes."""

    def __init__(self, contender, peer, setting):
        self.name, self.contender, self.setting = contender.name, contender, setting
        self.dir = tempfile.mkdtemp(prefix="yoke-bench-")
        os.chmod(self.dir, 0o755)
        if os.geteuid() == 0:
            shutil.chown(self.dir, "www-data")  # the user of httpd's children
        self.port = free_ports(1)[0]
        marks = {"@DIR@": self.dir, "@PORT@": self.port, "@AJP@": peer.ajp, "@HTTP@": peer.http,
                 "@PATH@": peer.path, "@MODULES@": modules_folder()}
        config = contender.config
        of_proxy, of_workers = _packet_lines(contender, setting.packet_size)
        if contender.is_httpd:
            config = HTTPD_CONF + _httpd_lines(setting) + config + of_proxy
        self._write("conf", config, marks)
        self._write("workers.properties", contender.workers + of_workers, marks)
        if setting.scheme == "https":
            _make_certificate(self.dir)
        with open(self.dir + "/out", "w", encoding="utf-8") as out:
            self.process = subprocess.Popen(
                [_filled(word, marks) for word in contender.command], stdin=subprocess.DEVNULL,
                stdout=out, stderr=out, start_new_session=True)
        self._wait_until_it_answers()

    def _write(self, name, text, marks):
        Path(self.dir, name).write_text(_filled(text, marks), encoding="utf-8")

    def url(self, size):
        return "%s://127.0.0.1:%d/b/%d" % (self.setting.scheme, self.port, size)

    def _wait_until_it_answers(self):
        last, until = None, time.monotonic() + self.setting.patience
        while time.monotonic() < until and self.process.poll() is None:
            try:
                with urllib.request.urlopen(self.url(20000), timeout=5,
                                            context=UNVERIFIED) as answer:
                    if len(answer.read()) == 20000:
                        return
                last = "an answer of the wrong length"
            except OSError as error:
                last = error
            time.sleep(0.05)
        said = "".join(Path(self.dir, name).read_text() for name in ("out", "error.log", "jk.log")
                       if Path(self.dir, name).exists())
        self.stop()
        raise RuntimeError("%s does not answer: %s\n%s" % (self.name, last, said))

    def pids(self):
        """It and all its descendants."""
        found, new = [], [self.process.pid]
        while new:
            pid = new.pop()
            found.append(pid)
            for task in Path("/proc/%d/task" % pid).glob("*/children"):
                try:
                    new += map(int, task.read_text().split())
                except OSError:  # it ended
                    pass
        return found

    def cpu(self):
        """User and system time of all its threads so far, in seconds."""
        total = 0
        for pid in self.pids():
            for task in _tasks(pid):
                total += _cpu_of(task)
        return total

    def memory(self):
        """KiB of all its processes, shared pages by share."""
        return sum(memory_of(pid) for pid in self.pids())

    def stop(self):
        end(self.process)
        shutil.rmtree(self.dir, ignore_errors=True)


def _make_certificate(folder):
    """A key and a certificate that nobody signed but itself: what everybody's key costs today."""
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
                    "/CN=localhost", "-keyout", folder + "/key.pem", "-out", folder + "/cert.pem"],
                   check=True, capture_output=True)


def _tasks(pid):
    try:
        return list(Path("/proc/%d/task" % pid).iterdir())
    except OSError:  # it ended
        return []


def _filled(text, marks):
    for mark, value in marks.items():
        text = text.replace(mark, str(value))
    return text


def _cpu_of(task):
    try:
        return int((task / "schedstat").read_text().split()[0]) / 1e9
    except OSError:  # a kernel without it: the same in hundredths of a second
        fields = (task / "stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
