"""What the configuration doctor says through `httpd -t`: everything at once, each at its place.

The sentences themselves are held by the unit tests; here it is files, lines, suggestions, and what
stops a start.
"""

import re
import time

import pytest

import ajp_peer
import httpd as httpd_module
from support import get, wait_for

# One misspelling a line: what follows "<- " is what the doctor has to suggest for it.
CONF = """
JkWorkersFile @DIR@/w.properties
JkMountFile @DIR@/u.properties
JkWorkerProperty worker.tc1.prot=8009            <- port
JkWorkerProperty worker.tc2.lb_\\
factor=2                                         <- lbfactor
JkMount /shop/* blancer                          <- balancer
JkMount /calc/* balancer;reply-timeout=5000      <- reply_timeout
"""
WORKERS = """# comment
worker.list=balancer

worker.balancer.type=lbb                         <- lb
worker.balancer.balance_worker=tc1               <- balance_workers
worker.balancer.balance_workers=tc1,tc2
worker.tc1.jvmRoute=node1                        <- route
worker.tc1.route=node1
worker.tc2.route=node2
worker.tc2.redirect=nod1                         <- node1
wroker.tc2.host=localhost                        <- worker.tc2.host
"""
RULES = """
/app/* = balancr                                 <- balancer
/app/%41b = balancer                             <- /app/Ab
"""


def without_marks(text):
    return re.sub(r" +<- .*", "", text)


def expected(text, offset=0):
    """(line, suggestion) of every marked line."""
    return [(number + offset, line.split("<- ")[1])
            for number, line in enumerate(text.splitlines(), 1) if "<- " in line]


class Checked:
    """`httpd -t` on some files: its exit code, its output, and where the configuration began."""

    def __init__(self, config, mode=0o600, **files):
        server = httpd_module.Httpd(config)
        try:
            for name, text in files.items():
                server.file(name + ".properties", text, mode)
            self.code, self.output = server.configtest()
            with open(server.dir + "/httpd.conf") as file:
                written = file.read()
        finally:
            server.stop(check=False)
        self.offset = written[:written.index(config.replace("@DIR@", server.dir))].count("\n")
        self.lines = [line.split("mod_jk: ", 1)[1].replace(server.dir + "/", "")
                      for line in self.output.splitlines() if "mod_jk: " in line]

    def at(self, file, number):
        """What is said of that line."""
        return [line for line in self.lines if line.startswith("%s:%d: " % (file, number))]


def check_all(strict=""):
    return Checked(without_marks(CONF) + strict, w=without_marks(WORKERS), u=without_marks(RULES))


def test_ten_slips_are_reported_at_once():
    checked = check_all()
    assert checked.code != 0, checked.output
    places = [("httpd.conf", n, name) for n, name in expected(CONF, checked.offset)]
    places += [("w.properties", n, name) for n, name in expected(WORKERS)]
    places += [("u.properties", n, name) for n, name in expected(RULES)]
    assert len(places) >= 10
    for file, number, name in places:
        said = " ".join(checked.at(file, number))
        assert re.search(r"(did you mean|write) \"?%s\b" % re.escape(name), said), \
            "%s:%d %s\n%s" % (file, number, name, checked.output)


def test_nothing_is_said_twice():
    lines = check_all("<VirtualHost *:*>\nJkMountCopy On\n</VirtualHost>\n").lines
    assert lines and len(lines) == len(set(lines)), "\n".join(lines)


LENIENT = """
JkWorkerProperty worker.list=w
JkWorkerProperty worker.w.port=8009
JkWorkerProperty %s
JkMount /a/* w
%s
"""
# What the original took without a word: property, mount line, what the warning names.
WARNINGS = [
    ("worker.w.port=", "", "worker.w.port"),
    ("this is junk", "", "="),
    ("worker.port=8009", "", "worker.NAME.port"),
    ("worker.w.port=80o9", "", "80o9"),
    ("worker.w.port=70000", "", "65535"),
    ("worker.w.socket_keepalive=perhaps", "", "perhaps"),
    ("worker.w.retries=0", "", "least"),
    ("worker.w.recovery_options=64", "", "31"),
    ("worker.w.ping_mode=X", "", "C, P, I or A"),
    ("worker.w.fail_on_status=5xx", "", "5xx"),
    ("worker.w.max_packet_size=9000", "", "9216"),
    ("worker.w.host=\"localhost\"", "", "quotes"),
    ("worker.w.host=$(NOWHERE)", "", "NOWHERE"),
    ("worker.w.cachesize=10", "", "connection_pool_size"),
    ("worker.w.stdout=x", "", "remove"),
    ("worker.w.css=x", "", "ajp13"),
    ("worker.w.reply_timeout=60", "", "60000"),
    ("worker.w.socket_timeout=30000", "", "write 30"),
    ("worker.w.activation=stopped", "", "balancer"),
    ("worker.W.host=x", "", "case"),
    ("w.host=x", "", "worker.w.host"),
    ("a=b", "JkMount /a/* w", "replaced"),
    ("a=b", "JkUnMount /a/* *", "takes all its paths out"),
    ("a=b", "JkUnMount /b/* w", "excludes nothing"),
    ("a=b", "JkMount /a//b w", "never match"),
    ("a=b", "JkMount /a;x w", "never match"),
    ("a=b", "JkMount /x?y=z w", "query"),
    ("a=b", "JkMount /x;y w;stateless", "never match"),
    ("a=b", "JkMount /x w;stateless", "stateless"),
    ("a=b", "JkMount /x w;use_server_errors=1", "400"),
]


@pytest.mark.parametrize("line,mount,word", WARNINGS,
                         ids=["%s %s" % (line, mount) for line, mount, _ in WARNINGS])
def test_what_was_accepted_is_a_warning(line, mount, word):
    checked = Checked(LENIENT % (line, mount))
    assert checked.code == 0, checked.output
    number = checked.offset + (4 if line != "a=b" else 6)
    said = checked.at("httpd.conf", number)
    if mount in ("JkMount /a/* w", "JkUnMount /a/* *"):  # said of the line that loses
        said = checked.at("httpd.conf", checked.offset + 5)
    assert word in " ".join(said), checked.output


@pytest.mark.parametrize("line,mount", [WARNINGS[0][:2], WARNINGS[9][:2], WARNINGS[16][:2],
                                        WARNINGS[22][:2], ("a=b", "JkMountFileReload 60s")],
                         ids=["empty", "status", "unit", "excluded", "argument"])
def test_strict_config_refuses_what_is_only_warned_about(line, mount):
    strict = Checked("JkOptions +StrictConfig" + LENIENT % (line, mount))
    assert strict.code != 0, strict.output
    assert Checked(LENIENT % (line, mount)).code == 0


def test_notes_refuse_nothing():
    checked = Checked("JkOptions +StrictConfig\n" + LENIENT % ("worker.w.lbfactor=1", ""))
    assert (checked.code, checked.lines) == (0, []), checked.output


def test_a_template_is_complained_of_once():
    checked = Checked("JkWorkersFile @DIR@/w.properties\n", w="""worker.list=a,b,c
worker.a.reference=worker.t
worker.b.reference=worker.t
worker.c.reference=worker.t
worker.t.prefer_ipv6=maybe
worker.t.host=localhost
""")
    assert [line for line in checked.lines if "prefer_ipv6" in line] \
        == checked.at("w.properties", 5), checked.output
    assert len(checked.at("w.properties", 5)) == 1, checked.output


def test_secrets_stay_out_of_sight():
    checked = Checked("""
JkWorkerProperty worker.list=w
JkWorkerProperty worker.w.secret: hidden1
JkWorkerProperty worker.w.secret "hidden2"
JkWorkerProperty worker.w.secret="hidden3"
JkWorkerProperty worker.w.secret=hidden4
JkWorkerProperty worker.w.secert=hidden5
JkWorkersFile @DIR@/w.properties
""", w="worker.w.secret=hidden6#7\n" + "worker.w.secret=" + "hidden8" * 2000 + "\n")
    assert len(checked.lines) > 5 and "hidden" not in checked.output, checked.output


SECRET = dict(config="JkWorkersFile @DIR@/w.properties",
              w="worker.list=w\nworker.w.secret=hidden\n")


def test_a_secret_that_every_user_can_read():
    checked = Checked(mode=0o644, **SECRET)
    assert checked.code == 0, checked.output
    assert len(checked.at("w.properties", 2)) == len(checked.lines) == 1, checked.output
    assert "every user of this machine can read the file" in checked.lines[0]
    assert "hidden" not in checked.output


def test_a_secret_that_few_can_read():
    assert Checked(mode=0o640, **SECRET).lines == []


def test_the_shipped_configuration_is_flawless():
    folder = httpd_module.ROOT / "conf"
    checked = Checked("JkOptions +StrictConfig\nJkWorkersFile @DIR@/w.properties\n"
                      "JkMountFile @DIR@/u.properties\nJkMountCopy All\n<VirtualHost *:*>\n"
                      "</VirtualHost>\n",
                      w=(folder / "workers.properties").read_text(),
                      u=(folder / "uriworkermap.properties").read_text())
    assert (checked.code, checked.lines) == (0, []), checked.output


DEMO = ["JkWorkerProperty", "JkMount"]


def test_the_demo_is_flawless():
    folder = httpd_module.ROOT / "conf" / "demo"
    text = (folder / "example.conf").read_text() + (folder / "httpd.conf").read_text()
    lines = [line for line in text.replace("@secret@", "s").splitlines()
             if line.lower().startswith(tuple(word.lower() for word in DEMO))]
    assert len(lines) > 20
    checked = Checked("JkOptions +StrictConfig\n" + "\n".join(lines))
    assert (checked.code, checked.lines) == (0, []), checked.output


def test_one_table_needs_what_another_overrides():
    """A virtual host may override or cancel what it copies: that is no reason to complain."""
    checked = Checked("""
JkWorkerProperty worker.list=w,v
JkWorkerProperty worker.w.port=8009
JkWorkerProperty worker.v.port=8010
JkMount /a/* w
JkUnMount /a/x w
<VirtualHost *:1>
JkMountCopy On
JkUnMount /a/* *
</VirtualHost>
<VirtualHost *:2>
JkMountCopy On
JkMount /a/* v
</VirtualHost>
""")
    assert (checked.code, checked.lines) == (0, []), checked.output


# Reloading a mount file ----------------------------------------------------------------------


class Reload:
    """A server whose mount file changes under it; one child, so that there is one to notice."""

    def __init__(self, make):
        self.peer = make.peer(behaviour=ajp_peer.respond(200, [], b"served"))
        self.server = httpd_module.Httpd("""
JkWorkerProperty worker.list=w
JkWorkerProperty worker.w.port=%d
JkMountFile @DIR@/u.properties
JkMountFileReload 1
JkMount /fixed/* w
""" % self.peer.port)
        make.keep(self.server)
        self.path = self.server.file("u.properties", "/old/* = w\n")
        self.server.start()

    def write(self, text):
        self.server.file("u.properties", text)

    def is_served(self, path):
        return get(self.server.port, path).status == 200

    def settle(self, word, checks=3):
        """Let the server check its file until it said `word`, and a few times more."""
        assert wait_for(lambda: self.is_served("/fixed/x") and word in self.server.logs(), 15), \
            self.server.logs()
        end = time.monotonic() + checks * 1.2
        while time.monotonic() < end:  # a check happens at a request, once a second
            assert self.is_served("/fixed/x")
            time.sleep(0.2)

    def count(self, word):
        return sum(word in line for line in self.server.logs().splitlines())


def test_a_wrong_mount_file_keeps_the_rules_and_is_reported_once(make):
    site = Reload(make)
    site.write("/new/* = w\nworker.w.port = 1\n*.jsp = w\n")
    site.settle("rules in force stay")
    assert site.is_served("/old/x") and not site.is_served("/new/x")
    assert site.count("u.properties:2: ") == 1 and site.count("u.properties:3: ") == 1
    assert site.count("rules in force stay") == 1
    assert "was read again" not in site.server.logs()

    site.write("/new/* = w\nworker.w.port = 12\n")  # another version, wrong again: once more
    assert wait_for(lambda: site.is_served("/fixed/x") and
                    site.count("rules in force stay") == 2, 15)
    site.write("/new/* = w\n")
    assert wait_for(lambda: site.is_served("/new/x"), 15)
    assert not site.is_served("/old/x")


def test_a_missing_mount_file_keeps_the_rules_and_is_reported_once(make):
    site = Reload(make)
    (httpd_module.Path(site.path)).unlink()
    site.settle("cannot be read")
    assert site.is_served("/old/x")
    assert site.count("cannot be read") == 1, site.server.logs()
    site.write("/new/* = w\n")
    assert wait_for(lambda: site.is_served("/new/x"), 15)
