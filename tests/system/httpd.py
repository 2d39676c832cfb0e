"""A private Apache httpd with the module under test, and what a test wants to know about it.

Each instance lives in a temporary folder of its own, listens on ports the kernel chose, and runs
in the foreground in a session of its own (prefork signals its whole process group at the end).
In the configuration text `@PORT@`, `@PORT2@`, … and `@DIR@` stand for its ports and its folder.
The environment names the module (MODULE), the httpd binary (HTTPD) and, for a sanitizer build,
variables that httpd alone shall see (HTTPD_ENV, blank-separated NAME=value).
"""

import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
HTTPD = os.environ.get("HTTPD") or shutil.which("apache2") or shutil.which("httpd") \
    or "/usr/sbin/apache2"
# A sanitizer is preloaded into httpd.
SANITIZED = re.search(r"lib[a-z]+san\b", os.environ.get("HTTPD_ENV", "")) is not None
BUILTIN = {"so", "core", "log_config", "logio", "version", "unixd", "watchdog"}


def module_under_test():
    """The mod_jk.so that the environment names, else the one of the build tree."""
    named = os.environ.get("MODULE")
    if named:
        return str(Path(named).resolve())
    for place in ("build/.libs/mod_jk.so", ".libs/mod_jk.so"):
        if (ROOT / place).exists():
            return str(ROOT / place)
    raise RuntimeError("no mod_jk.so: build it or set MODULE")


def modules_folder():
    """Where httpd's own modules are: what apxs says, else the usual places."""
    apxs = shutil.which("apxs2") or shutil.which("apxs")
    if apxs:
        return subprocess.run([apxs, "-q", "LIBEXECDIR"], capture_output=True, text=True,
                              check=True).stdout.strip()
    return next(p for p in ("/usr/lib/apache2/modules", "/usr/lib64/httpd/modules")
                if os.path.isdir(p))


def free_port(host="127.0.0.1"):
    """A port that is free now; the caller has to cope if it is taken a moment later."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as sock:
        sock.bind((host, 0))
        return sock.getsockname()[1]


def free_ports(count):
    """So many ports that are free now, all different: each is held until the last one is known."""
    socks = [socket.socket() for _ in range(count)]
    try:
        for sock in socks:
            sock.bind(("127.0.0.1", 0))
        return [sock.getsockname()[1] for sock in socks]
    finally:
        for sock in socks:
            sock.close()


def memory_of(pid, what="Pss"):
    """Memory of one process in KiB: Pss counts shared pages by share, Rss in full."""
    try:
        text = Path("/proc/%d/smaps_rollup" % pid).read_text()
    except OSError:
        return 0
    found = re.search(r"^%s:\s+(\d+) kB" % what, text, re.M)
    return int(found.group(1)) if found else 0


class Httpd:
    """One server.  start() and stop(), or use as a context manager."""

    def __init__(self, config="", mpm="event", modules=(), ports=1, children=1, threads=16,
                 log_level="info", crashes_expected=False, env=None, base_directives="", module=None):
        self.module = module or module_under_test()
        self.dir = tempfile.mkdtemp(prefix="yoke-httpd-")
        os.chmod(self.dir, 0o755)  # the children are another user
        os.mkdir(self.dir + "/htdocs")
        self.config, self.mpm, self.modules, self.count = config, mpm, list(modules), ports
        self.children, self.threads, self.log_level = children, threads, log_level
        self.crashes_expected, self.env = crashes_expected, env or {}
        self.base_directives = base_directives
        self.ports, self.process = [], None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, kind, *_):
        self.stop(check=kind is None)

    @property
    def port(self):
        return self.ports[0]

    @property
    def pid(self):
        return self.process.pid

    # Configuration --------------------------------------------------------------------------

    def _mpm_lines(self):
        if self.mpm == "prefork":
            n = max(self.children, 1)
            return ["StartServers %d" % n, "MinSpareServers 1", "MaxSpareServers %d" % n,
                    "ServerLimit %d" % n, "MaxRequestWorkers %d" % n]
        total = self.children * self.threads
        # Room for an old generation that is still ending beside the new one.
        return ["ServerLimit %d" % (self.children * 4), "StartServers %d" % self.children,
                "ThreadsPerChild %d" % self.threads, "ThreadLimit %d" % self.threads,
                "MaxRequestWorkers %d" % total, "MinSpareThreads 1",
                "MaxSpareThreads %d" % total]

    def _module_lines(self):
        folder = modules_folder()
        wanted = ["mpm_" + self.mpm, "authz_core"] + self.modules
        lines = ["LoadModule %s_module %s/mod_%s.so" % (m, folder, m)
                 for m in dict.fromkeys(wanted) if m not in BUILTIN]
        for name in ("log_config", "unixd", "logio"):  # not built in everywhere
            if os.path.exists("%s/mod_%s.so" % (folder, name)):
                lines.append("LoadModule %s_module %s/mod_%s.so" % (name, folder, name))
        return lines + ["LoadModule jk_module " + self.module]

    def _text(self):
        lines = ["ServerRoot " + self.dir, "ServerName localhost:%d" % self.ports[0],
                 "DefaultRuntimeDir " + self.dir, "PidFile %s/pid" % self.dir,
                 "DocumentRoot %s/htdocs" % self.dir, "ErrorLog %s/error.log" % self.dir]
        lines += ["Listen 127.0.0.1:%d" % p for p in self.ports]
        lines += self._module_lines() + self._mpm_lines()
        if os.geteuid() == 0:
            lines += ["User www-data", "Group www-data"]
        lines += ["LogLevel info", "Timeout 60", "KeepAliveTimeout 30", "MaxKeepAliveRequests 0",
                  'LogFormat "%m %U %>s %X %{JK_WORKER_NAME}n" access',
                  "CustomLog %s/access.log access" % self.dir,
                  "JkLogFile %s/jk.log" % self.dir, "JkShmFile %s/jk.shm" % self.dir,
                  "JkLogLevel " + self.log_level, self.base_directives, self.config, ""]
        text = "\n".join(lines)
        for at, port in enumerate(self.ports, 1):
            text = text.replace("@PORT%s@" % ("" if at == 1 else at), str(port))
        return text.replace("@DIR@", self.dir)

    def write(self, config=None):
        """Write httpd.conf (anew); takes effect at the next start or restart."""
        if config is not None:
            self.config = config
        path = Path(self.dir, "httpd.conf")
        path.write_text(self._text())
        path.chmod(0o600)  # it may hold a secret

    def file(self, name, text, mode=0o644):
        """A file in the server's folder that its children may read; gives back its path."""
        path = Path(self.dir, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(mode)
        return str(path)

    def _environment(self):
        extra = dict(pair.split("=", 1) for pair in os.environ.get("HTTPD_ENV", "").split())
        return {**os.environ, **extra, **self.env}

    def configtest(self):
        """`httpd -t`: exit code and output."""
        if not self.ports:
            self.ports = free_ports(self.count)
        self.write()
        run = subprocess.run([HTTPD, "-t", "-f", self.dir + "/httpd.conf"], timeout=60,
                             env=self._environment(), text=True, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT)
        return run.returncode, run.stdout

    # Life -----------------------------------------------------------------------------------

    def start(self):
        """Start and wait until every port accepts; RuntimeError with the logs if it does not."""
        for _ in range(3):
            self.ports = free_ports(self.count)
            self._spawn()
            if self._wait_listening():
                return self
            said = Path(self.dir, "out").read_text() + self.error_log()
            if "could not bind" not in said:  # another process took the port meanwhile
                break
        self.kill()
        self.crashes_expected = True  # what it says now is no crash but its refusal
        raise RuntimeError("httpd did not start:\n%s\n%s\n%s" % (
            Path(self.dir, "out").read_text(), self.error_log(), self.jk_log()))

    def fails_to_start(self):
        """Start, expect that it refuses, and give back all it said."""
        self.ports = free_ports(self.count)
        self._spawn()
        started = self._wait_listening()
        if started:
            self.stop()
        assert not started, "httpd started with a configuration it should refuse"
        return Path(self.dir, "out").read_text() + self.error_log() + self.jk_log()

    def _spawn(self):
        self.write()
        with open(self.dir + "/out", "w") as out:
            self.process = subprocess.Popen(
                [HTTPD, "-f", self.dir + "/httpd.conf", "-DFOREGROUND"], env=self._environment(),
                stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True)

    def _wait_listening(self, timeout=30):
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            if self.process.poll() is not None:
                return False
            # The number of servers that came up, not a connection: a connection would be a
            # request of its own in the logs.
            if self.generations() > 0 and self.child_pids():
                return True
            time.sleep(0.02)
        return False

    def generations(self):
        return self.error_log().count("resuming normal operations")

    def graceful(self, timeout=30):
        """Graceful restart; returns when a child of the new generation runs."""
        before, old = self.generations(), set(self.child_pids())
        self.process.send_signal(signal.SIGUSR1)
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise RuntimeError("httpd died at a graceful restart:\n" + self.error_log())
            if self.generations() > before and set(self.child_pids()) - old:
                return
            time.sleep(0.02)
        raise RuntimeError("no new generation:\n" + self.error_log())

    def stop(self, check=True, strict=False):
        """End it by its pid, look for crashes, and remove its folder.

        A segmentation fault *after* SIGTERM counts only if `strict`: httpd itself has one now and
        then when it is told to stop with connections about to close, without any module of ours.
        """
        before = self.crashes()
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.kill()
        crashes = self.crashes()
        if not strict:
            crashes = before + [c for c in crashes[len(before):] if "Segmentation" not in c]
        shutil.rmtree(self.dir, ignore_errors=True)
        if check and not self.crashes_expected:
            assert not crashes, "\n".join(crashes)

    def kill(self):
        """Kill the whole group; only for one that does not end by itself."""
        if self.process:
            try:
                os.killpg(self.process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            self.process.wait(10)

    def crashes(self):
        """Lines of the error log that tell of a crash or of a sanitizer's finding."""
        log = self.error_log()
        if not log and self.process is None:
            return []
        pattern = r".*(exit signal|AddressSanitizer|runtime error:|ThreadSanitizer|LeakSan).*"
        lines = [m.group(0) for m in re.finditer(pattern, log)]
        code = self.process.poll() if self.process else 0
        if code not in (0, None):
            lines.append("httpd ended with %s\n%s" % (code, log[-2000:]))
        return lines

    # What it did ----------------------------------------------------------------------------

    def _read(self, name):
        try:
            return Path(self.dir, name).read_text(errors="replace")
        except OSError:
            return ""

    def error_log(self):
        return self._read("error.log")

    def jk_log(self):
        return self._read("jk.log")

    def access_log(self):
        return self._read("access.log")

    def logs(self):
        return self.error_log() + self.jk_log()

    def wait_log(self, pattern, timeout=5, log=None):
        """Wait for a line that matches; gives it back, or None."""
        end = time.monotonic() + timeout
        while True:
            found = re.search(".*%s.*" % pattern, (log or self.logs)())
            if found or time.monotonic() > end:
                return found and found.group(0)
            time.sleep(0.05)

    def child_pids(self):
        """Children of the parent that are alive, zombies left out."""
        try:
            text = Path("/proc/%d/task/%d/children" % (self.pid, self.pid)).read_text()
            return [int(p) for p in text.split() if not self._zombie(int(p))]
        except OSError:
            return []

    @staticmethod
    def _zombie(pid):
        try:
            return Path("/proc/%d/stat" % pid).read_text().rsplit(")", 1)[1].split()[0] == "Z"
        except OSError:
            return True

    def memory(self, what="Pss"):
        """KiB of the parent and all children together."""
        return sum(memory_of(p, what) for p in [self.pid] + self.child_pids())
