"""jkctl check and convert, end to end: files, exit statuses, JSON, and agreement with the module.

The environment names the program (JKCTL); without it that of the build tree is taken.
"""

import json
import os
import pty
import re
import shutil
import subprocess
from pathlib import Path

import pytest

import httpd as httpd_module

ROOT = httpd_module.ROOT
JKCTL = os.environ.get("JKCTL") or str(ROOT / "build" / "jkctl")
FINE, REFUSED, MISUSE = 0, 1, 2

pytestmark = pytest.mark.skipif(not os.path.exists(JKCTL), reason="jkctl was not built")

WORKERS = """\
# what runs behind
worker.list=lb,jkstatus
worker.template.reply_timeout=60000
worker.lb.type=lb
worker.lb.balance_workers=tc1, tc2   # both
worker.tc1.reference=worker.template
worker.tc1.host=10.0.0.1
worker.tc1.route=a
worker.tc2.reference=worker.template
worker.tc2.host=10.0.0.2
worker.tc2.route=b
worker.jkstatus.type=status
worker.template.secret=s
"""


def jkctl(*arguments, env=None):
    """One run of the program: exit status, output, errors."""
    run = subprocess.run([JKCTL, *map(str, arguments)], timeout=60, capture_output=True, text=True,
                         env={**os.environ, **(env or {})}, check=False)
    return run.returncode, run.stdout, run.stderr


def write(folder, name, text):
    path = Path(folder, name)
    path.write_text(text)
    return path


# Check ----------------------------------------------------------------------------------------


def test_good_files(tmp_path):
    workers = write(tmp_path, "w", WORKERS)
    mounts = write(tmp_path, "u", "/app|/*=lb\n!/app/static/*=lb\n/jk/*=jkstatus\n")
    assert jkctl("check", workers, mounts) == (FINE, "no complaints in 2 files\n", "")


def test_bad_files_are_told_with_their_places(tmp_path):
    workers = write(tmp_path, "w", WORKERS.replace("balance_workers", "balance_worker"))
    mounts = write(tmp_path, "u", "/app/*=bl\n")
    code, out, errors = jkctl("check", workers, mounts)
    assert (code, errors) == (REFUSED, "")
    assert re.search("^%s:5: (error|warning): .*balance_workers" % workers, out, re.M)
    assert re.search('^%s:1: warning: .*"lb"' % mounts, out, re.M)
    assert re.search(r"^\d+ errors?, .* in 2 files: httpd would not start$", out, re.M)


def test_strict(tmp_path):
    workers = write(tmp_path, "w", WORKERS)
    mounts = write(tmp_path, "u", "/app/*=nosuch\n")
    assert jkctl("check", workers, mounts)[0] == FINE
    code, out, _ = jkctl("check", "--strict", workers, mounts)
    assert code == REFUSED and out.endswith("in 2 files: httpd would not start\n")


def test_json(tmp_path):
    workers = write(tmp_path, "w\xe4", "worker.list=a\nworker.a.hots=\xe4\n")
    code, out, errors = jkctl("check", "--json", workers)
    report = json.loads(out)
    assert (code, errors) == (REFUSED, "")
    assert report["files"] == [str(workers)]
    assert report["verdict"] == "refused"
    assert report["counts"]["errors"] == 1
    assert len(report["complaints"]) == sum(report["counts"].values())
    found = [c for c in report["complaints"] if c["severity"] == "error"][0]
    assert (found["file"], found["line"]) == (str(workers), 2)
    assert "did you mean host?" in found["text"]


@pytest.mark.parametrize("arguments, says", [
    ([], "name a command"),
    (["chekc", "x"], "did you mean check?"),
    (["check"], "FILE"),
    (["check", "--jsn", "x"], "did you mean --json?"),
    (["check", "/nowhere/w"], "/nowhere/w: the file cannot be read: No such file"),
    (["check", "/"], "cannot be read: Is a directory"),
    (["convert", "/nowhere/w"], "cannot be read"),
    (["convert", "--to", "xml", "w"], "xml"),
], ids=str)
def test_misuse(arguments, says):
    code, out, errors = jkctl(*arguments)
    assert code == MISUSE and out == "" and says in errors


def test_help_and_version():
    for arguments in (["--help"], ["check", "--help"], ["convert", "-h"]):
        code, out, errors = jkctl(*arguments)
        assert code == FINE and "Usage: jkctl" in out and errors == ""
    code, out, _ = jkctl("--version")
    assert code == FINE and re.fullmatch(r"jkctl \d+\.\d+\.\d+\S*\n", out)


def test_output_that_cannot_be_written(tmp_path):
    workers = write(tmp_path, "w", WORKERS)
    with open("/dev/full", "w") as full:
        run = subprocess.run([JKCTL, "convert", workers], stdout=full, stderr=subprocess.PIPE,
                             timeout=60, check=False)
    assert run.returncode == MISUSE and b"cannot be written" in run.stderr


def on_terminal(arguments, env):
    """What the program writes to a terminal."""
    try:
        master, slave = pty.openpty()
    except OSError:
        pytest.skip("this machine has no pseudo terminals (/dev/pts is not mounted)")
    try:
        subprocess.run([JKCTL, *arguments], stdout=slave, timeout=60, check=False,
                       env={**os.environ, "TERM": "xterm", **env})
        return os.read(master, 65536).decode()
    finally:
        os.close(slave)
        os.close(master)


def test_colour_on_a_terminal_only(tmp_path):
    workers = write(tmp_path, "w", "worker.list=a\nworker.a.hots=x\n")
    env = {"NO_COLOR": ""}
    assert "\x1b[" in on_terminal(["check", str(workers)], env)
    assert "\x1b[" not in on_terminal(["check", str(workers)], {"NO_COLOR": "1"})
    assert "\x1b[" not in on_terminal(["check", str(workers)], {**env, "TERM": "dumb"})
    assert "\x1b[" not in jkctl("check", workers, env=env)[1]


def test_environment(tmp_path):
    workers = write(tmp_path, "w", "worker.list=a\nworker.a.host=$(BACKEND)\n")
    assert jkctl("check", workers, env={"BACKEND": "10.0.0.1"})[0] == FINE
    assert "$(BACKEND)" in jkctl("check", workers)[1]


# The manual page ------------------------------------------------------------------------------


@pytest.mark.skipif(not shutil.which("man"), reason="man is missing (Debian: man-db)")
def test_manual_page_is_sound():
    run = subprocess.run(["man", "--warnings", "-l", ROOT / "native" / "jkctl" / "jkctl.1"],
                         capture_output=True, text=True, timeout=60, check=False,
                         env={**os.environ, "MANROFFSEQ": "", "MANWIDTH": "80", "LC_ALL": "C.UTF-8"})
    assert run.returncode == 0 and run.stderr == ""
    assert "EXIT STATUS" in run.stdout


# Convert --------------------------------------------------------------------------------------


def test_there_and_back(tmp_path):
    workers = write(tmp_path, "w", WORKERS)
    code, lines, errors = jkctl("convert", workers)
    assert (code, errors) == (FINE, "")
    assert "JkWorkerProperty worker.lb.balance_workers=tc1, tc2\n" in lines
    conf = write(tmp_path, "c", "ServerName x\n<IfModule jk_module>\n" + lines + "</IfModule>\n")
    code, back, errors = jkctl("convert", "--to", "properties", conf)
    assert (code, errors) == (FINE, "")
    assert [x for x in back.splitlines() if not x.startswith("#")] == \
        [x.split("#")[0].strip() for x in WORKERS.splitlines() if not x.startswith("#")]


def test_convert_to_a_file_or_not_at_all(tmp_path):
    workers = write(tmp_path, "w", WORKERS)
    workers.chmod(0o640)
    output = tmp_path / "c"
    assert jkctl("convert", workers, "-o", output) == (FINE, "", "")
    assert output.read_text() == jkctl("convert", workers)[1]
    assert output.stat().st_mode & 0o777 == 0o640
    lossy = write(tmp_path, "l", "JkWorkerProperty worker.list=a\n"
                  "JkWorkerProperty worker.a.secret=\\\n  a#b\n")
    code, out, errors = jkctl("convert", "--to", "properties", lossy, "-o", output)
    assert code == REFUSED and out == ""
    assert errors.startswith("%s:3: error: " % lossy) and '"#"' in errors
    assert output.read_text().startswith("# what runs behind")
    assert sorted(os.listdir(tmp_path)) == ["c", "l", "w"]


def test_convert_says_the_same_to_httpd(make):
    """The module complains of the converted lines as of the file."""
    said = {}
    text = ("home=/opt \\\nworker.list=a,b\\\nworker.a.host=\"h\" \nworker.a.port=1$(home)\n"
            "worker.b.port=99999 # too much\nno statement\nworker.b.recover_time=x\n")
    for form in ("file", "lines"):
        server = make.keep(httpd_module.Httpd())
        workers = server.file("w", text)
        code, lines, _ = jkctl("convert", workers)
        assert code == FINE
        server.config = "JkWorkersFile @DIR@/w" if form == "file" else lines
        _, output = server.configtest()
        said[form] = [(c.severity, c.text) for c in complaints_of(output, server.dir)]
    assert said["file"] and said["lines"] == said["file"]


# Agreement with the module ----------------------------------------------------------------------


class Said:
    """One complaint, whoever made it; the server's folder is taken out of it."""

    def __init__(self, place, severity, text):
        self.place, self.severity, self.text = place, severity, text

    def __eq__(self, other):
        return vars(self) == vars(other)

    def __repr__(self):
        return "%s: %s: %s" % (self.place, self.severity, self.text)


def complaints_of(output, folder):
    """The complaints in what `httpd -t` prints."""
    found = []
    output = output.replace(folder, "@DIR@").replace("\\\\", "\\")
    output = output.replace("\\xe2\\x80\\xa6", "…")  # httpd's log escapes what is no ASCII
    severities = {"warn": "warning", "error": "error"}
    for line in output.splitlines():
        match = re.match(r"\[[^]]*\] \[jk:(\w+)\] \[[^]]*\] mod_jk: (?:(\S+?:\d+|\S+/\S+): )?(.*)", line)
        if match:
            found.append(Said(match.group(2) or "", severities[match.group(1)], match.group(3)))
    match = re.search(r"Syntax error on line (\d+) of (\S+):\n(.*)", output)
    if match:
        found.append(Said("%s:%s" % (match.group(2), match.group(1)), "error", match.group(3)))
    return found


def complaints_of_jkctl(server, *options):
    code, out, errors = jkctl("check", "--json", server.dir + "/httpd.conf", *options)
    assert errors == ""
    report = json.loads(out.replace(server.dir, "@DIR@"))
    place = lambda c: "" if c["file"] is None else \
        c["file"] + ("" if c["line"] is None else ":%d" % c["line"])
    return code, [Said(place(c), c["severity"], c["text"]) for c in report["complaints"]
                  if c["severity"] != "note"]


GOOD = "JkWorkersFile @DIR@/w\nJkMount /app|/* lb\n"
CONFIGURATIONS = {
    "good": GOOD,
    "nothing": "",
    "lines": "".join("JkWorkerProperty %s\n" % x for x in WORKERS.splitlines() if "#" not in x),
    "continued": GOOD + "JkMount \\\n  /x \\\n  nosuch\nJkMount /y nosuch\n",
    "worker": "JkWorkersFile @DIR@/bad\nJkMount /x a\n",
    "mounts": GOOD + "JkMountFile @DIR@/u\nJkUnMount /app/* nosuch\nJkMount /b/*;x lb\n",
    "strict": GOOD + "JkMount /x nosuch\nJkOptions +StrictConfig\n",
    "strict and good": GOOD + "JkOptions +StrictConfig\n",
    "hosts": GOOD + "Listen 127.0.0.1:1\n"
             "<VirtualHost *:1>\nJkMount /v nosuch\nJkMountCopy On\n</VirtualHost>\n"
             "<VirtualHost *:1>\nServerName two\nJkMountFile @DIR@/u\n</VirtualHost>\n"
             "<VirtualHost *:1>\nServerName three\nJkMountCopy Off\n</VirtualHost>\n",
    "copied to all": GOOD + "JkMount /x nosuch\nJkMountCopy All\nJkMountFile @DIR@/u\n"
                     "<VirtualHost *:1>\n</VirtualHost>\n<VirtualHost *:2>\nServerName b\n"
                     "</VirtualHost>\n",
    "location": GOOD + "<Location /loc>\nJkMount lb\n</Location>\n"
                "<Location /loc2>\nJkMount nosuch\nJkUnMount lb\n</Location>\n",
    "include": GOOD + "Include @DIR@/more/*.conf\nIncludeOptional @DIR@/none/*.conf\n",
    "conditions": GOOD + "Define WITH nosuch\n<IfDefine WITH>\nJkMount /x ${WITH}\n</IfDefine>\n"
                  "<IfDefine !WITH>\nJkMount\n</IfDefine>\n<IfModule !mod_jk.c>\nJkMount\n</IfModule>\n"
                  "<IfModule jk_module>\nJkMount /y nosuch\n</IfModule>\n",
    "old names": "JkWorkerProperty worker.list=a\nJkWorkerProperty worker.a.cachesize=5\n"
                 "JkWorkerProperty worker.a.cachesize=6\nJkWorkerProperty worker.a.host=$(nosuch)\n"
                 "JkWorkerProperty worker.b.host\n",
    "log level": GOOD + "JkLogLevel loud\n",
    "collapse": GOOD + "JkOptions +CollapseSlashesAll\n",
    "status": "JkWorkerProperty worker.list=s\nJkWorkerProperty worker.s.type=status\n"
              "JkWorkerProperty worker.s.good=x\nJkWorkerProperty worker.s.css=/c\n",
    # refused while httpd reads: it tells the first one only
    "property": GOOD + "JkWorkerProperty worker.lb.hots=x\n",
    "option": GOOD + "JkOptions +ForwardKeysize +Foo\n",
    "option without plus": GOOD + "JkOptions -ForwardURIProxy\n",
    "in a host": GOOD + "<VirtualHost *:1>\nJkWorkersFile @DIR@/w\n</VirtualHost>\n",
    "in a location": GOOD + "<Location /x>\nJkLogLevel info\n</Location>\n",
    "path in a location": GOOD + "<Location /x>\nJkMount /x lb\n</Location>\n",
    "no worker": GOOD + "JkMount /x\n",
    "no slash": GOOD + "JkMount x lb\n",
    "too many": GOOD + "JkMount /x lb more\n",
    "too few": GOOD + "JkMountFile\n",
    "no flag": GOOD + "JkExtractSSL maybe\n",
    "no copy": GOOD + "JkMountCopy maybe\n",
    "all in a host": GOOD + "<VirtualHost *:1>\nJkMountCopy All\n</VirtualHost>\n",
    "strip": GOOD + "JkStripSession maybe\n",
    "twice": GOOD + "JkWorkersFile @DIR@/w\n",
    "missing file": "JkWorkersFile nosuch\n",
    "missing mount file": GOOD + "JkMountFile @DIR@/nosuch\n",
    "request log": GOOD + 'JkRequestLogFormat "%w %!"\n',
}
FILES = {
    "w": WORKERS,
    "bad": "worker.list=a,lb,gone\nworker.a.port=80099\nworker.a.hots=x\nworker.a.cachesize=3\n"
           "worker.lb.type=lb\nworker.lb.balance_workers=b1,b1\nworker.lb.method=X\n"
           "worker.b1.host=$(nowhere)\nworker.b1.redirect=c\nnonsense\nworker.x.type=ajp15\n",
    "u": "/ok=lb\n/ok=jkstatus\nno=lb\n/ext=lb;nosuch=1;reply_timeout=x\n/member=lb;active=tc9\n"
         "/nowhere=nosuch\nworker.list=x\n!/none=lb\n",
    "more/1.conf": "JkMount /one nosuch\n",
    "more/2.conf": "\n\nJkMount /two nosuch\n",
}


@pytest.mark.parametrize("name", CONFIGURATIONS, ids=lambda name: name.replace(" ", "-"))
def test_agrees_with_the_module(make, name):
    """The same complaints in the same words about the same places, and the same end."""
    server = make.keep(httpd_module.Httpd(CONFIGURATIONS[name]))
    for file, text in FILES.items():
        server.file(file, text)
    code, output = server.configtest()
    wanted = complaints_of(output, server.dir)
    got_code, got = complaints_of_jkctl(server)
    assert got_code == (FINE if code == 0 else REFUSED), output
    if "Syntax error" in output:  # httpd stops at the first one
        assert [c for c in got if c.severity == "error"][:1] == wanted[-1:], output
    elif "<VirtualHost" in server.config:  # httpd goes through them the other way round
        assert sorted(map(repr, got)) == sorted(map(repr, wanted)), output
    else:
        assert got == wanted, output


def test_misspelt_directive(make):
    """httpd cannot know that it is one of ours; jkctl tells the name."""
    server = make.keep(httpd_module.Httpd(GOOD + "JkMuont /x lb\n"))
    server.file("w", WORKERS)
    code, output = server.configtest()
    got_code, got = complaints_of_jkctl(server)
    assert code != 0 and got_code == REFUSED
    assert got[0].place == complaints_of(output, server.dir)[0].place
    assert "did you mean JkMount?" in got[0].text


def test_the_configuration_that_comes_along(tmp_path):
    conf = ROOT / "conf"
    workers = tmp_path / "workers.properties"
    workers.write_text((conf / "workers.properties").read_text())
    workers.chmod(0o600)  # it holds a secret
    code, out, errors = jkctl("check", workers, conf / "uriworkermap.properties")
    assert (code, errors) == (FINE, ""), out
    assert "warning" not in out and "error" not in out, out
