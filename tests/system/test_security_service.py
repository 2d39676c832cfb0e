"""Files and sockets, and the status pages: rows SH-1 to SH-6 and ST-1 to ST-8 of security.md."""

import json
import os
import re
import socket
import stat
import tempfile
from pathlib import Path
from urllib.parse import quote
from xml.etree import ElementTree

import pytest

import httpd as httpd_module
from support import get, request

CONFIG = """
JkWorkerProperty worker.list=lb,direct,st,ro,down
JkWorkerProperty worker.lb.type=lb
JkWorkerProperty worker.lb.balance_workers=a,b
JkWorkerProperty worker.a.port=%(port)d
JkWorkerProperty worker.b.port=%(port)d
JkWorkerProperty worker.a.route=<script>alert(1)</script>
JkWorkerProperty worker.a.domain="'><img src=x onerror=alert(1)>&amp;
JkWorkerProperty worker.direct.port=%(port)d
JkWorkerProperty worker.down.port=%(down)d
JkWorkerProperty worker.down.retries=1
JkWorkerProperty worker.st.type=status
JkWorkerProperty worker.ro.type=status
JkWorkerProperty worker.ro.read_only=true
JkMount /app/* lb
JkMount /down/* down
JkMount /<script>alert(1)</script>/* direct
JkMount /jkmanager st
JkMount /jkmanager/* st
JkMount /ro ro
JkMount /closed st
JkMount /closed/* st
<Location /closed>
  Require all denied
</Location>
LimitRequestLine 200000
<VirtualHost 127.0.0.1:@PORT2@>
  ServerName <script>alert(1)</script>
  JkMount /other/* direct
</VirtualHost>
"""
SCRIPT = "<script>alert(1)</script>"
HOSTILE = [SCRIPT, "\"'><img src=x onerror=alert(1)>&amp;", "a\r\nInjected: 1\n<b>", b"\xff\xfe<b>",
           "]]>--><b>"]
FORMATS = {"html": "text/html", "xml": "text/xml", "txt": "text/plain", "prop": "text/plain"}
# Everything that the query of a status worker may hold.
PARAMETERS = """cmd mime w sw from to re opt att val0 token vlr vlri vlt vlee vlx vls vlf vlm vll
vwa vwf vwn vwr vwc vwd vahst vaprt vacpt vapng vact vapt vart var vari vacpi varo vabl vamps lr lt
lx ls lf lm ll wa wf wn wr wc wd unknown""".split()


@pytest.fixture(scope="module")
def server(make_for_module):
    peer, down = make_for_module.peer(), make_for_module.peer()
    down.refuse()
    made = make_for_module.httpd(CONFIG % {"port": peer.port, "down": down.port}, ports=2)
    assert get(made.port, "/app/x").status == 200
    return made


def ask(server, query="", path="/jkmanager"):
    return get(server.port, "%s?%s" % (path, query))


def state(server):
    """Everything that can be changed."""
    return [json.loads(get(server.port, "/jkmanager/api/v1/" + path).body)["settings"]
            for path in ("balancers/lb", "balancers/lb/members/a", "balancers/lb/members/b",
                         "workers/direct")]


# SH: files and sockets -----------------------------------------------------------------------


def place(kind, path):
    """Something that another user may have put there; gives back the file that must stay as is."""
    target = path + ".target"
    Path(target).write_text("precious")
    if kind == "symlink":
        os.symlink(target, path)
    elif kind == "dangling":
        os.symlink(path + ".none", path)
    elif kind == "hard link":
        os.link(target, path)
    elif kind == "fifo":
        os.mkfifo(path)
    elif kind == "folder":
        os.mkdir(path)
    elif kind == "file":
        Path(path).write_text("somebody's")
        os.chmod(path, 0o666)
        if os.geteuid() == 0:
            os.chown(path, 12345, 12345)
    return target


def picture(folder):
    """Names, kinds, owners and contents of what is in a folder."""
    found = {}
    for name in os.listdir(folder):
        info = os.lstat(folder + "/" + name)
        content = Path(folder, name).read_bytes() if stat.S_ISREG(info.st_mode) else b""
        found[name] = (info.st_mode, info.st_uid, info.st_nlink, info.st_mtime_ns, content)
    return found


@pytest.mark.parametrize("kind", ["sh1_nothing", "sh2_symlink", "sh2_dangling", "sh2_hard link",
                                  "sh2_fifo", "sh2_folder", "sh2_file", "sh3_left by a crash"])
def test_sh1_sh2_sh3_no_file_appears_and_none_is_touched(make, kind):
    """Under no JkShmFile, whatever stands there, not even with the laxest umask."""
    peer = make.peer()
    made = make.keep(httpd_module.Httpd(
        "JkShmFile @DIR@/shm/jk\nJkShmSize 64\nJkWorkerProperty worker.list=w\n"
        "JkWorkerProperty worker.w.port=%d\nJkMount /* w" % peer.port))
    folder = made.dir + "/shm"
    os.mkdir(folder)
    os.chmod(folder, 0o777)
    place("file" if "crash" in kind else kind.split("_")[1], folder + "/jk")
    before, mask = picture(folder), os.umask(0)
    try:
        made.start()
    finally:
        os.umask(mask)
    assert get(made.port, "/x").status == 200
    made.graceful()
    assert get(made.port, "/x").status == 200
    assert picture(folder) == before
    assert not [name for name in os.listdir(made.dir) if "shm" in name and name != "shm"]
    shared = [line for line in Path("/proc/%d/maps" % made.pid).read_text().splitlines()
              if "rw-s" in line and folder in line]
    assert shared == []


def test_sh5_log_is_opened_by_root_and_writable_by_nobody_else(make):
    mask = os.umask(0)
    try:
        made = make.httpd("JkWorkerProperty worker.list=w\nJkRequestLogFormat \"%U\"\nJkMount /* w")
    finally:
        os.umask(mask)
    get(made.port, "/x")
    info = os.stat(made.dir + "/jk.log")
    assert stat.S_IMODE(info.st_mode) == 0o644 and info.st_uid == os.geteuid()
    assert "/x" in made.jk_log()


def test_sh6_socket_that_may_not_be_used(make):
    """Nobody but its owner may write to it; where the children are its owner, not even they."""
    folder = tempfile.mkdtemp(prefix="yoke-socket-")
    path = folder + "/ajp.socket"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen(1)
        os.chmod(folder, 0o755)
        os.chmod(path, 0o755 if os.geteuid() == 0 else 0o555)
        made = make.httpd("JkWorkerProperty worker.list=w\nJkMount /* w\n"
                          "JkWorkerProperty worker.w.host=unix:" + path)
        assert get(made.port, "/x").status == 503
        line = made.wait_log(r"\[error\].*GET /x failed with 503 .*worker w ")
        assert path in line and "errno 13, Permission denied" in line
    os.unlink(path)
    os.rmdir(folder)


# ST: the status ------------------------------------------------------------------------------

TRICKS = ["/closed", "/closed/", "//closed", "/x/..//closed", "/./closed", "/z/../closed",
          "/closed/../closed", "/closed;", "/closed;a=b", "/;x/closed", "/closed/;", "/;/closed",
          "/z/..;/closed", "/z/..;x=y/closed", "/%252e%252e/closed", "/clos%2565d", "/clos%65d",
          "/clos%65d;", "/%2e/closed", "/z/%2e%2e/closed", "/%2fclosed", "/closed%2f",
          "/z%2fclosed", "/%5cclosed", "/z%5c..%5cclosed", "/\\closed", "/closed%00",
          "/closed/api/v1/", "/closed;/api/v1/", "/closed/metrics", "/closed//assets/app.js",
          "/jkmanager/../closed"]


@pytest.mark.parametrize("method", ["GET", "POST", "HEAD"])
@pytest.mark.parametrize("path", TRICKS)
def test_st1_no_way_around_the_access_control(server, path, method):
    answer = request(server.port, method, path + "?mime=txt", body=b"")
    assert answer.status in (400, 403, 404), answer
    assert "type=OK" not in answer.text and "lb" not in answer.text.split()


@pytest.mark.parametrize("mime", FORMATS)
@pytest.mark.parametrize("text", HOSTILE, ids=["script", "quotes", "lines", "bytes", "ends"])
def test_st2_query_is_never_markup(server, mime, text):
    for name in PARAMETERS:
        for command in ("cmd=update&w=lb&sw=a", "cmd=list", "cmd=edit&w=lb"):
            answer = ask(server, "opt=32&%s&mime=%s&%s=%s" % (command, mime, name, quote(text)))
            check_harmless(answer, mime if name != "mime" else "prop")


def check_harmless(answer, mime):
    assert answer.status == 200 and answer.values("Injected") == []
    assert answer.header("Content-Type").startswith(FORMATS[mime])
    assert answer.header("X-Content-Type-Options") == "nosniff"
    policy = answer.header("Content-Security-Policy")
    assert "default-src 'none'" in policy and "unsafe" not in policy
    body = answer.body
    if mime == "html":
        for markup in (b"<script>alert", b"<img", b"<b>"):
            assert markup not in body
    elif mime == "xml":
        tree = ElementTree.fromstring(body)
        assert not {"b", "img", "script"} & {element.tag for element in tree.iter()}
    else:
        assert not re.search(rb"^Injected|\r", body, re.M)


@pytest.mark.parametrize("mime", FORMATS)
@pytest.mark.parametrize("query", ["cmd=list", "cmd=show&w=lb", "cmd=show&w=lb&sw=a", "cmd=dump",
                                   "cmd=edit&w=lb&sw=a", "cmd=edit&w=lb&att=vwn", "cmd=version"])
def test_st2_names_are_never_markup(server, mime, query):
    """Route, domain, a rule of the map, and the name of a virtual host."""
    answer = ask(server, "mime=%s&%s" % (mime, query))
    check_harmless(answer, mime)
    if query == "cmd=list" and mime == "html":
        assert answer.text.count("&lt;script&gt;alert(1)") >= 3
    if query == "cmd=list" and mime == "xml":
        tree = ElementTree.fromstring(answer.body)
        assert SCRIPT in {value for element in tree.iter() for value in element.attrib.values()}


@pytest.mark.parametrize("path", ["api/v1/balancers", "api/v1/balancers/lb/members/a", "api/v1/",
                                  "api/v1/" + quote(SCRIPT), "metrics"])
def test_st2_api_and_metrics(server, path):
    answer = get(server.port, "/jkmanager/" + path)
    assert answer.header("X-Content-Type-Options") == "nosniff"
    assert re.match("application/(problem\\+)?json|application/openmetrics-text",
                    answer.header("Content-Type"))
    if "json" in answer.header("Content-Type"):
        json.loads(answer.body)


def test_st3_a_token_of_another_start_is_none(make):
    """The same configuration in another server: its tokens are worth nothing here."""
    lines = ("JkWorkerProperty worker.list=lb,st\nJkWorkerProperty worker.lb.type=lb\n"
             "JkWorkerProperty worker.lb.balance_workers=a\n"
             "JkWorkerProperty worker.st.type=status\nJkMount /st st\nJkMount /st/* st")
    servers = [make.httpd(lines) for _ in range(2)]
    tokens = [json.loads(get(s.port, "/st/api/v1/").body)["token"] for s in servers]
    assert len(set(tokens)) == 2 and all(re.fullmatch("[0-9a-f]{32}", t) for t in tokens)
    browser = [("User-Agent", "Mozilla/5.0"), ("Content-Type", "application/x-www-form-urlencoded")]
    for one in range(2):
        answer = request(servers[0].port, "POST", "/st?mime=txt&cmd=update&w=lb&vlr=7", browser,
                         b"token=" + tokens[1 - one].encode())
        assert answer.status == (200 if one else 403)


def test_st4_read_only(server):
    before = state(server)
    for command in ("update&w=lb&vlr=9", "edit&w=lb", "reset&w=lb", "recover&w=lb&sw=a"):
        for method in ("GET", "POST"):
            answer = request(server.port, method, "/ro?mime=txt&cmd=" + command, body=b"")
            assert "type=OK" not in answer.text and "read only" in answer.text
    for command in ("list", "show&w=lb", "version", "dump"):
        assert "type=OK" in ask(server, "mime=txt&cmd=" + command, "/ro").text
    assert state(server) == before


NUMBERS = ["-1", "-2147483649", "2147483648", "4294967296", "9223372036854775808", "1" * 400, "",
           "x"]


@pytest.mark.parametrize("name", ["vlr", "vlt", "vlx", "vwf", "vwd", "vaprt", "vart", "vamps"])
def test_st5_numbers_out_of_range(server, name):
    before = state(server)
    target = {"vl": "w=lb", "vw": "w=lb&sw=b", "va": "w=direct"}[name[:2]]
    for value in NUMBERS:
        answer = ask(server, "mime=txt&cmd=update&%s&%s=%s" % (target, name, value))
        assert answer.status == 200 and "type=ERROR" in answer.text, value
        assert name in answer.text
    assert state(server) == before


@pytest.mark.parametrize("query", [
    "cmd=update&w=lb&vlr==7", "cmd=update&w=lb&=7&vlr=", "cmd=show&w=none",
    "cmd=update&w=none&vlr=1", "cmd=update&w=lb&sw=none&vwf=2", "cmd=none", "cmd=%zz", "mime=none",
    "cmd=update&w=lb&sw=a&vwn=" + "x" * 100000,
    "cmd=show&w=" + "w" * 100000])
def test_st5_malformed_query(server, query):
    before = state(server)
    answer = ask(server, ("" if "mime" in query else "mime=txt&") + query)
    assert answer.status == 200 and "type=ERROR" in answer.text
    assert state(server) == before


@pytest.mark.parametrize("query", [
    "cmd=update&w=lb&vlr", "cmd", "cmd=update&w=lb&att=vwf&val9=2",
    "cmd=update&w=lb&att=vwf&val-1=2", "cmd=update&w=lb&att=vwf&val99999999999=2"])
def test_st5_what_is_ignored(server, query):
    """A parameter without "=", and the index of a member that there is not (any more)."""
    before = state(server)
    assert ask(server, "mime=txt&" + query).status == 200 and state(server) == before


@pytest.mark.parametrize("path,value", [
    ("balancers/lb", {"retries": -1}), ("balancers/lb", {"retries": 2 ** 63}),
    ("balancers/lb", {"retries": "x"}), ("balancers/lb/members/none", {"lbfactor": 2}),
    ("balancers/lb/members/99", {"lbfactor": 2}), ("balancers/none", {"retries": 2}),
    ("balancers/lb/members/a", {"none": 1}), ("balancers/lb/members/a", {"route": "x" * 100000})])
def test_st5_api(server, path, value):
    before = state(server)
    answer = request(server.port, "PATCH", "/jkmanager/api/v1/" + path,
                     [("Content-Type", "application/json")], json.dumps(value).encode())
    assert 400 <= answer.status < 500 and state(server) == before


@pytest.mark.parametrize("path", ["/jkmanager", "/jkmanager/", "/jkmanager/api/v1/", "/ro",
                                  "/jkmanager/metrics"])
def test_st6_other_hosts_have_no_status(server, path):
    assert get(server.ports[1], path).status == 404
    assert get(server.ports[1], "/other/x").status == 200


def test_st6_shipped_configuration_protects_by_location():
    text = (httpd_module.ROOT / "conf/httpd-jk.conf").read_text()
    assert re.search(r"<Location /jkmanager>\n\s+Require local\n</Location>", text)
    mounts = (httpd_module.ROOT / "conf/uriworkermap.properties").read_text()
    assert set(re.findall(r"^([^\s|]+)\S* *= *jkstatus", mounts, re.M)) <= {"/jkmanager"}


REVIEW = """
word=h1dden-one
worker.list=lb,direct,st
worker.lb.type=lb
worker.lb.balance_workers=a
worker.lb.secret=h1dden-two
worker.a.port=%d
worker.direct.port=%d
worker.direct.secret=$(word)
worker.st.type=status
"""


def test_st7_what_is_shown(make):
    """No secret, however it came, nothing of the environment, no path but ServerRoot."""
    peer = make.peer()
    made = make.keep(httpd_module.Httpd(
        "JkWorkersFile @DIR@/w.properties\nJkMount /* lb\nJkMount /st st\nJkMount /st/* st",
        env={"PRIVATE_VARIABLE": "h1dden-three"}))
    made.file("w.properties", REVIEW % (peer.port, peer.port))
    made.start()
    get(made.port, "/x")
    paths = ["/st?mime=%s&cmd=%s" % (mime, command) for mime in FORMATS for command in (
        "list", "dump", "version", "show&w=lb", "show&w=direct", "edit&w=lb&sw=a", "edit&w=direct")]
    paths += ["/st/api/v1/" + x for x in ("", "balancers", "workers", "workers/direct", "mounts")]
    for path in paths + ["/st/metrics"]:
        text = get(made.port, path).text
        assert "h1dden" not in text and "PRIVATE_VARIABLE" not in text, path
        assert os.environ.get("PATH", "none") not in text
        assert text.count(made.dir) == ("cmd=dump" in path), path
    assert peer.requests[-1].request.attribute("secret") == "h1dden-two"


@pytest.mark.parametrize("path", [
    *("/jkmanager?mime=" + mime for mime in FORMATS), "/jkmanager?cmd=none", "/jkmanager?cmd=dump",
    "/jkmanager?cmd=update&w=lb&vlr=x", "/jkmanager/api/v1/", "/jkmanager/api/v1/none",
    "/jkmanager/api/v1/balancers", "/jkmanager/metrics", "/ro"])
def test_st8_nothing_is_cached(server, path):
    for method in ("GET", "HEAD"):
        answer = request(server.port, method, path)
        assert answer.values("Cache-Control") == ["no-cache, no-store"]
        assert answer.values("Pragma") == ["no-cache"]
