"""The status page in a real browser: the scenarios of tests/browser/scenarios.mjs, one test each.

Each has an httpd of its own with a balancer of three peers.  What a scenario asks for while it
plays ("> kill b") is done here.  SCREENSHOTS names a folder for screenshots.
"""

import json
import os
import shutil
import subprocess
import tempfile
import threading
import urllib.error
import urllib.request
from pathlib import Path

import pytest

import ajp_peer

BROWSER = Path(__file__).resolve().parent.parent / "browser"

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]


def missing():
    """What this machine lacks for a browser, or None."""
    if not os.environ.get("CHROMIUM") and not shutil.which("chromium"):
        return "chromium is not installed"
    if not shutil.which("node"):
        return "node is not installed"
    if not os.environ.get("BROWSER_MODULES") and not shutil.which("npm"):
        return "npm is not installed, and BROWSER_MODULES names no folder with playwright-core"
    return None


def install_into(folder):
    """Says why it could not, or nothing."""
    try:
        run = subprocess.run([str(BROWSER / "run.sh"), "--install"], capture_output=True, text=True,
                             env={**os.environ, "BROWSER_MODULES": folder}, timeout=150,
                             check=False)
    except subprocess.TimeoutExpired:
        return "no answer within 150 s"
    return run.stderr.strip()[-300:] or "status %d" % run.returncode if run.returncode else ""


@pytest.fixture(scope="module")
def modules():
    """The folder with playwright-core: given, or installed for this run."""
    lacking = missing()
    if lacking:
        pytest.skip(lacking)
    given = os.environ.get("BROWSER_MODULES")
    folder = given or tempfile.mkdtemp(prefix="yoke-browser-")
    try:
        fault = install_into(folder)
        if fault:
            pytest.skip("npm cannot install playwright-core: " + fault)
        yield folder
    finally:
        if not given:
            shutil.rmtree(folder, ignore_errors=True)


class Site:
    """A server with the workers a, b and c of the balancer lb, direct (the backend of b), and
    two status workers."""

    def __init__(self, make):
        self.make = make
        self.peers = {name: make.peer(ajp_peer.respond(body=b"hello")) for name in "abc"}
        self.ports = {name: peer.port for name, peer in self.peers.items()}
        self.server = make.httpd(self.configuration(), children=2)
        self.stop_traffic = threading.Event()

    def configuration(self):
        lines = ["worker.list=lb,direct,st,ro", "worker.st.type=status", "worker.ro.type=status",
                 "worker.ro.read_only=True", "worker.lb.type=lb", "worker.lb.balance_workers=a,b,c",
                 "worker.lb.error_escalation_time=0", "worker.direct.host=127.0.0.1",
                 "worker.direct.port=%d" % self.ports["b"]]
        for name, port in self.ports.items():
            lines += ["worker.%s.host=127.0.0.1" % name, "worker.%s.port=%d" % (name, port)]
        mounts = ["JkMount /app/* lb", "JkMount /direct/* direct", "JkMount /jkmanager/* st",
                  "JkMount /readonly/* ro"]
        return "\n".join(["JkWorkerProperty " + line for line in lines] + mounts)

    def url(self, path):
        return "http://127.0.0.1:%d%s" % (self.server.port, path)

    def get(self, path):
        try:
            with urllib.request.urlopen(self.url(path), timeout=20) as answer:
                return answer.read()
        except urllib.error.HTTPError as error:
            return error.read()
        except OSError:  # the server ended meanwhile
            return b""

    def member(self, name):
        """What another client is told about a member."""
        return json.loads(self.get("/jkmanager/api/v1/balancers/lb/members/" + name))

    # What a scenario may ask for --------------------------------------------------------------

    def name(self):
        """Host and port as the server calls itself."""
        return "127.0.0.1:%d" % self.server.port

    def setting(self, member, name):
        return str(self.member(member)["settings"][name])

    def set(self, member, name, value):
        """Somebody else's change, a number or a word."""
        request = urllib.request.Request(
            self.url("/jkmanager/api/v1/balancers/lb/members/" + member), method="PATCH",
            data=json.dumps({name: int(value) if value.isdigit() else value}).encode(),
            headers={"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=20) as answer:
            assert answer.status == 200
        return "done"

    def traffic(self, seconds):
        """Requests in the background, about 100 in a second."""
        def run():
            for at in range(int(seconds) * 100):
                if self.stop_traffic.wait(0.01):
                    return
                self.get(("/app/x", "/app/y", "/direct/z")[at % 3])
        threading.Thread(target=run, daemon=True).start()
        return "done"

    def kill(self, member):
        """Ends a backend, and lets requests find out."""
        self.peers[member].refuse()
        for _ in range(20):
            self.get("/app/%3Cimg%20src=x%3E")
        self.get("/direct/%3Cimg%20src=x%3E")  # nobody else can serve it: a failure on record
        return "done"

    def revive(self, member):
        self.peers[member].listen()
        return "done"


def play(name, modules, url, site=None):
    """Plays a scenario and does what it asks for; fails with what it said."""
    process = subprocess.Popen(
        ["node", str(BROWSER / "play.mjs"), name], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True, bufsize=1,
        env={**os.environ, "BROWSER_MODULES": modules, "STATUS_URL": url})
    said = []
    complaints = threading.Thread(target=lambda: said.append(process.stderr.read()), daemon=True)
    complaints.start()
    try:
        for line in process.stdout:
            if line.startswith("> "):
                action, *arguments = line[2:].split()
                process.stdin.write("%s\n" % getattr(site, action)(*arguments))
                process.stdin.flush()
            else:
                print(line, end="")
        code = process.wait(30)
    finally:
        process.kill()
        complaints.join(10)
    assert code == 0, "".join(said)


@pytest.fixture
def site(make):
    made = Site(make)
    yield made
    made.stop_traffic.set()


@pytest.mark.parametrize("scenario", ["overview", "edit", "refused", "drain", "down", "lost",
                                      "accessible", "phone", "mounts", "classic"])
def test_page(site, modules, scenario):
    play(scenario, modules, site.url("/jkmanager/"), site)


def test_read_only(site, modules):
    play("readOnly", modules, site.url("/readonly/"), site)


def test_many_members(modules):
    mock = subprocess.Popen(["node", str(BROWSER / "mock.mjs"), "500"], stdout=subprocess.PIPE,
                            text=True)
    try:
        play("many", modules, mock.stdout.readline().strip())
    finally:
        mock.kill()
        mock.wait(10)
