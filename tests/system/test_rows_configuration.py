"""directives.md 2 and 3: what is refused and what is not, mounts of virtual hosts, logs.

Each test is named after its chapter there.  Most only ask httpd whether it takes the configuration.
"""

import os
import re
import stat
from pathlib import Path

import pytest

import httpd as httpd_module
from support import get, wait_for

BASE = "JkWorkerProperty worker.list=w\n"
HOST = "<VirtualHost 127.0.0.1:@PORT@>\n%s\n</VirtualHost>"
PLACE = "<Location /x>\n%s\n</Location>"
REFUSED = [  # configuration and a word of the reason
    (HOST % "JkWorkersFile @DIR@/httpd.conf", "JkWorkersFile"),
    (HOST % "JkWorkerProperty worker.w.port=1", "JkWorkerProperty"),
    (HOST % "JkShmFile logs/shm", "JkShmFile"), (HOST % "JkShmSize 100", "JkShmSize"),
    (HOST % "JkWatchdogInterval 10", "JkWatchdogInterval"),
    (PLACE % "JkWorkersFile @DIR@/httpd.conf", "JkWorkersFile"),
    ("JkWorkersFile @DIR@/htdocs", "file"), ("JkMountFile @DIR@/htdocs", "file"),
    (PLACE % "JkMount /x w", "JkMount"), (PLACE % "JkUnMount /x w", "JkUnMount"),
    ("JkUnMount /x", "JkUnMount"),
    ("JkMount !/x w", "slash|begin"), ("JkMount -/x w", "slash|begin"),
    ("JkMount *.jsp w", "slash|begin"), ("JkUnMount *.jsp w", "slash|begin"),
    ('<LocationMatch "^/x">\nJkMount w\n</LocationMatch>', "slash|begin"),
    (HOST % "JkMountCopy All", "JkMountCopy"), ("JkStripSession perhaps", "JkStripSession"),
    ("JkOptions +ForwardSSLKeySize", "ForwardSSLKeySize"),
    ("JkOptions -ForwardURIEscaped", "ForwardURIEscaped"),
    (PLACE % "JkOptions +FlushPackets", "JkOptions"), (PLACE % "JkEnvVar A b", "JkEnvVar"),
    (PLACE % "JkLogLevel info", "JkLogLevel"), (PLACE % "JkMountCopy On", "JkMountCopy"),
    ("JkWorkerProperty worker.w.host=%s" % ("h" * 8200), "worker.w.host|JkWorkerProperty"),
    ("JkLogLevel info debug", "JkLogLevel"), ("JkShmSize", "JkShmSize"),
    ('JkLogLevel ""', "JkLogLevel"), ('JkWorkerIndicator ""', "JkWorkerIndicator"),
    ("JkLogStampFormat", "JkLogStampFormat"),
]
ACCEPTED = """
jkloglevel INFO
JkShmSize lots
JkShmSize 100
JkShmFile logs/other
JkWatchdogInterval often
JkMountFileReload never
JkOptions
JkWorkerProperty no equals sign
JkWorkerProperty worker.w.port=
JkAutoAlias /no/such/folder
JkOptions +CollapseSlashesAll collapseslashesnone CollapseSlashesUnmount flushpackets
JkStripSession on ;sid
JkStripSession OFF
JkMountCopy aLL
<Directory @DIR@/htdocs>
  JkMount w
</Directory>
"""


def configtest(config):
    server = httpd_module.Httpd(BASE + config)
    try:
        return server.configtest()
    finally:
        server.stop(check=False)


@pytest.mark.parametrize("config,word", REFUSED, ids=[
    "%d %s" % (n, re.findall(r"Jk\w+", c)[0]) for n, (c, _) in enumerate(REFUSED)])
def test_2_1_refused(config, word):
    code, output = configtest(config)
    assert code != 0 and "httpd.conf" in output and re.search(word, output), output


def test_2_1_accepted():
    code, output = configtest(ACCEPTED)
    assert code == 0 and "Syntax OK" in output, output


# 2.2 After parsing ---------------------------------------------------------------------------


def refusal(config):
    server = httpd_module.Httpd(config)
    try:
        return server.fails_to_start()
    finally:
        server.stop(check=False)


@pytest.mark.parametrize("target", ["@DIR@/none/jk.log", "|@DIR@/no-such-program"])
def test_2_2_log_that_cannot_be_opened(target):
    said = refusal(BASE + HOST % ('JkLogFile "%s"' % target))
    assert re.search("none/jk.log|no-such-program", said), said


@pytest.mark.parametrize("lines", [
    ["worker.w.type=ajp12"], ["worker.w.type=jni"], ["worker.w.mount=x/*"]],
    ids=["ajp12", "jni", "mount"])
def test_2_2_worker_that_cannot_be(lines):
    server = httpd_module.Httpd("JkWorkersFile @DIR@/workers.properties\n")
    server.file("workers.properties", "\n".join(["worker.list=w"] + lines) + "\n")
    try:
        assert re.search("ajp12|jni|x/\\*.*slash", server.fails_to_start())
    finally:
        server.stop(check=False)


def test_2_2_product_token_and_server_root(make):
    peer = make.peer(name="w")
    server = make.keep(httpd_module.Httpd("JkWorkersFile @DIR@/workers.properties\nJkMount /x w\n"))
    server.file("workers.properties",
                "worker.list=w\nworker.w.port=%d\nworker.w.secret=$(ServerRoot)\n" % peer.port)
    server.start()
    assert re.search(r"\bmod_jk/\d+\.\d+\.\d+", get(server.port, "/x").header("Server"))
    assert peer.requests[0].request.attribute("secret") == server.dir
    assert re.search(r"\[info\].*mod_jk/\d", server.jk_log())


# 3.3 Maintenance -----------------------------------------------------------------------------


@pytest.mark.parametrize("interval", [0, 1])
def test_3_3_maintenance(make, interval):
    """With a watchdog it needs no request; without one, each forwarded request may do it."""
    peer = make.peer(name="w")
    server = make.httpd("""
JkWorkerProperty worker.list=w
JkWorkerProperty worker.maintain=1
JkWorkerProperty worker.w.port=%d
JkWorkerProperty worker.w.connection_pool_timeout=1
JkWorkerProperty worker.w.connection_pool_minsize=0
JkWatchdogInterval %d
JkMount /x w
""" % (peer.port, interval), children=1)
    get(server.port, "/x")
    connection = peer.requests[0].connection
    if interval:
        assert connection.wait_closed(5) and len(peer.requests) == 1
    else:
        assert not connection.wait_closed(2.5), "nobody looked"
        get(server.port, "/x")
        assert connection.wait_closed(5)


# 3.4 Mounts ----------------------------------------------------------------------------------

MOUNTS = """
JkWorkerProperty worker.list=w1,w2
JkWorkerProperty worker.w1.port=%d
JkWorkerProperty worker.w1.mount=/prop/*
JkWorkerProperty worker.w2.port=%d
JkMountFile @DIR@/none.properties
JkMountFile @DIR@/main.properties
JkMount /m/* w1
JkUnMount /m/no/* w1
<Location /wild/*>
  JkMount w1
</Location>
<VirtualHost 127.0.0.1:@PORT2@>
  JkMountCopy On
</VirtualHost>
<VirtualHost 127.0.0.1:@PORT3@>
  JkMountCopy On
  JkMount /own/* w2
</VirtualHost>
<VirtualHost 127.0.0.1:@PORT4@>
  JkMountCopy On
  JkMountFile @DIR@/own.properties
</VirtualHost>
"""
COPIES = [  # path; who serves it in the main server and the three hosts
    ("/m/x", "w1 w1 w1 w1"), ("/m/no/x", "- - - -"), ("/own/x", "- - w2 -"),
    ("/file/x", "w1 w1 w1 -"), ("/ownfile/x", "- - - w2"), ("/prop/x", "w1 w1 - -"),
    ("/wild/x", "w1 w1 w1 w1"), ("/none/x", "- - - -"),
]


@pytest.fixture(scope="module")
def mounts(make_for_module):
    peers = [make_for_module.peer(name=name) for name in ("w1", "w2")]
    ports = tuple(peer.port for peer in peers)
    server = make_for_module.keep(httpd_module.Httpd(MOUNTS % ports, ports=4))
    server.file("none.properties", "/none/*=w1\n")
    server.file("main.properties", "/file/*=w1\n")
    server.file("own.properties", "/ownfile/*=w2\n")
    return server.start()


@pytest.mark.parametrize("path,served", COPIES)
def test_3_4_what_mount_copy_copies(mounts, path, served):
    answers = [get(port, path) for port in mounts.ports]
    assert " ".join(a.text if a.status == 200 else "-" for a in answers) == served


def test_3_4_the_last_one_of_a_path(make):
    peer = make.peer(name="w")
    server = make.httpd("""
JkWorkerProperty worker.list=w,v
JkWorkerProperty worker.w.port=%d
JkMount /a/* w
JkUnMount /a/x v
JkUnMount /a/x w
JkMount /b/* w
JkUnMount /b/x w
JkUnMount /b/x v
JkUnMount /a/all/* *
""" % peer.port)
    assert [get(server.port, path).status for path in ("/a/x", "/b/x", "/a/all/x", "/a/y")] == [
        404, 200, 404, 200]


# 3.5 Logging ---------------------------------------------------------------------------------

LINE = r"(?P<stamp>.*?)\[(?P<id>[^\]]*)\] \[(?P<pid>\d+):(?P<tid>\d+)\] \[(?P<level>\w+)\] .*?: .+"


def down(make, config, **more):
    """A server whose only worker is down: each request leaves lines in the log."""
    peer = make.peer()
    peer.refuse()
    return make.httpd(BASE + "JkWorkerProperty worker.w.port=%d\nJkMountCopy All\nJkMount /* w\n"
                      % peer.port + config, **more)


@pytest.mark.parametrize("line_format,stamp", [
    ("%H:%M:%S.%Q ", r"\d\d:\d\d:\d\d\.\d{3} "), ("%H.%q ", r"\d\d\.\d{6} "),
    ("%Y|", r"\d{4}\|")])
def test_3_5_stamp(make, line_format, stamp):
    server = down(make, 'JkLogStampFormat "%s"\n' % line_format)
    get(server.port, "/x")
    lines = [re.fullmatch(LINE, x) for x in server.jk_log().splitlines()]
    assert all(lines) and all(re.fullmatch(stamp, x["stamp"]) for x in lines), server.jk_log()


def test_3_5_usual_layout(make):
    server = down(make, "")
    get(server.port, "/x")
    for text in server.jk_log().splitlines():
        line = re.fullmatch(LINE, text)
        assert line and re.fullmatch(
            r"\[\w{3} \w{3} \d\d \d\d:\d\d:\d\d\.\d{3} \d{4}\] ", line["stamp"]), text
        assert line["id"] in ("CONFIG", "POST_CONFIG", "JK_INIT", "CHILD_INIT", "NO-ID"), text
        assert line["level"] in ("info", "warn", "error"), text


@pytest.fixture(scope="module")
def identified(make_for_module):
    return down(make_for_module, """
SetEnvIf X-Own (.+) OWN_ID=$1
SetEnvIf X-Unique (.+) UNIQUE_ID=$1
JkRequestIdIndicator OWN_ID
""", modules=["setenvif"])


@pytest.mark.parametrize("headers,number", [
    ([("X-Own", "mine"), ("X-Unique", "other")], "mine"), ([("X-Unique", "other")], "other"),
    ([], "NO-ID")])
def test_3_5_request_id(identified, headers, number):
    before = len(identified.jk_log())
    get(identified.port, "/x", headers)
    assert "[%s] [" % number in identified.jk_log()[before:]


@pytest.mark.parametrize("level,shown", [
    ("debug", {"info", "error"}), ("ERROR", {"error"}), ("emerg", set())])
def test_3_5_level(make, level, shown):
    server = down(make, "JkLogLevel %s\n" % level)
    get(server.port, "/x")
    found = set(re.findall(r":\d+\] \[(\w+)\] ", server.jk_log()))
    assert found - {"warn", "debug"} == shown, server.jk_log()


def test_3_5_files(make):
    """Each host its own, made with rw-r--r--; the same name is one file."""
    server = down(make, "\n".join((HOST % 'JkLogFile "@DIR@/own%d.log"' % n).replace(
        "@PORT@", "@PORT%d@" % port) for n, port in ((1, 2), (1, 3), (2, 4))), ports=4)
    for port in server.ports:
        get(port, "/x")
    texts = [Path(server.dir, name).read_text() for name in ("jk.log", "own1.log", "own2.log")]
    assert [len(re.findall(r"\[error\]", text)) > 0 for text in texts] == [True] * 3
    assert texts[1].count("[error]") == 2 * texts[2].count("[error]")
    mode = os.stat(server.dir + "/own1.log").st_mode
    assert stat.S_IMODE(mode) & ~0o644 == 0 and mode & 0o200


def test_3_5_pipe(make):
    server = down(make, 'JkLogFile "||/usr/bin/tee @DIR@/piped.log"\n')
    get(server.port, "/x")
    assert server.wait_log(r"\[error\]", log=lambda: server._read("piped.log"))


def test_3_5_lines_are_limited(make):
    server = down(make, "LimitRequestLine 8190\n")
    assert get(server.port, "/" + "x" * 5000 + "%5Cb").status == 400
    longest = max(server.jk_log().splitlines(), key=len)
    assert len(longest) < 4096 and longest.endswith("..."), "as much as a pipe takes in one piece"


def test_3_5_no_log_file_named():
    """logs/mod_jk.log, and a warning that says so."""
    server = httpd_module.Httpd(BASE)
    lines = server._text
    server._text = lambda: re.sub(r"^JkLogFile .*\n", "", lines(), flags=re.M)
    os.mkdir(server.dir + "/logs")
    with server:
        assert wait_for(lambda: os.path.exists(server.dir + "/logs/mod_jk.log"))
        assert re.search(r"JkLogFile", server.error_log()), server.error_log()
