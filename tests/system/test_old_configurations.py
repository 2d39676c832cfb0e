"""Configurations as they stand on servers since 2011: they start, they do what they always did,
and what is wrong with them is said, with file and line.

`configurations/README.md` says what each stands for. Each has mistakes that the original never
mentioned; the remarks are compared one by one, so that a new one, or one that is lost, shows.
"""

import base64
import os
import re

import pytest

from old_configuration import CONTAINERS, Site, source_files
from support import get, request, status_text, tls_context, wait_for

NAMES = ["single", "cluster", "tenants"]
ORIGINAL = "/usr/lib/apache2/modules/mod_jk.so"
# Place, what the remark has to name, and whether `httpd -t` shows it too.
REMARKS = {
    "single": [
        ("httpd.conf:28", 'has "/*.jsp"', True),                      # never matches
        ("workers.properties:16", "lbfactor", False),                 # not in a balancer
        ("workers.properties:17", "connection_pool_size", True),      # old names …
        ("workers.properties:18", "connection_pool_timeout", True),
        ("workers.properties:21", "worker.worker1.socket_timeout", True),  # misspelt prefix
        ("workers.properties:22", "remove the line", True),           # has its successor
        ("workers.properties:28", "loadbalancer", False),             # never used: one remark each
        ("workers.properties:30", "its 5 properties", False),
    ],
    "cluster": [
        ("workers.properties:26", "app01.jvm_route", True),           # old names …
        ("workers.properties:32", "app02.jvm_route", True),
        ("workers.properties:39", "app03.jvm_route", True),
        ("workers.properties:47", "app04.jvm_route", True),
        ("workers.properties:53", "app05.jvm_route", True),
        ("workers.properties:61", "app06.jvm_route", True),
        ("workers.properties:42", '"app1"', True),                    # misspelt redirect
        ("workers.properties:17", "socket_timeout", True),            # never fires, for all six
        ("uriworkermap.properties:4", "socket_timeout of 300 s", True),  # never fires
        ("uriworkermap.properties:11", '("shop")', True),             # renamed worker
    ],
    "tenants": [
        ("httpd.conf:48", '("kranz")', True),                         # misspelt worker
        ("httpd.conf:51", 'write "/shop/*"', True),                   # never matches
        ("workers.properties:21", "lindner", False),                  # never used
        ("brauer.properties:4", "%20", True),                         # an escape
        ("brauer.properties:6", '("brauer")', True),                  # unknown worker
        ("huber.properties:7", "use_server_errors=500", True),        # a line twice
    ],
}


@pytest.fixture(scope="module", params=NAMES)
def site(request, make_for_module, certificates):
    """Each of them, started; for tests that hold for all."""
    return Site(make_for_module, request.param, certificates).start()


def check_remarks(site, text, expected):
    found = sorted(site.server.remarks(text))
    places = sorted(expected)
    assert [place for place, _ in found] == [place for place, _ in places], found
    for (place, sentence), (_, word) in zip(found, places):
        assert word in sentence, place


def test_everything_wrong_is_named_at_the_start(site):
    name = site.server.name
    check_remarks(site, site.server.jk_log(), [row[:2] for row in REMARKS[name]])
    assert "[error]" not in site.server.jk_log() and "[jk:error]" not in site.server.error_log()


@pytest.mark.parametrize("name", NAMES)
def test_configuration_test_passes_and_warns(make, certificates, name):
    site = Site(make, name, certificates)
    code, said = site.server.configtest()
    assert code == 0 and "Syntax OK" in said
    check_remarks(site, said, [row[:2] for row in REMARKS[name] if row[2]])


def test_status_lists_all(site):
    path, headers = {"single": ("/jk-status", []), "cluster": ("/jkmonitor", []),
                     "tenants": ("/jkstatus", [("Host", "www.kranz.example")])}[site.server.name]
    page = get(site.server.port, path + "?mime=txt", headers)
    assert page.status == 200
    for name in CONTAINERS[site.server.name]:
        assert re.search(r"\bname=%s\b" % name, page.text), name


def test_graceful_restart(site):
    path = {"single": "/a.jsp", "cluster": "/shop/a", "tenants": "/app/a"}[site.server.name]
    assert site.ask(path) in site.peers
    site.server.graceful()
    assert site.ask(path) in site.peers


@pytest.mark.skipif(not os.path.exists(ORIGINAL), reason="needs Debian's libapache2-mod-jk")
@pytest.mark.parametrize("name", NAMES)
def test_original_starts_with_them(make, certificates, name):
    """They are no inventions: the original takes them, and serves from them."""
    site = Site(make, name, certificates, module=ORIGINAL).start()
    assert "mod_jk/1.2" in site.server.error_log()
    assert "[error]" not in site.server.jk_log()
    path = {"single": "/a.jsp", "cluster": "/shop/a", "tenants": "/app/a"}[name]
    assert site.ask(path) in site.peers


# One Tomcat ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def single(make_for_module):
    site = Site(make_for_module, "single")
    site.server.file("htdocs/plain.html", "plain")
    site.server.file("webapps/intranet/logo.txt", "logo")
    site.server.file("webapps/intranet/WEB-INF/web.xml", "secret")
    return site.start()


@pytest.mark.parametrize("path,served", [
    ("/examples/x", "worker1"), ("/a.jsp", "worker1"), ("/intranet/a/b.jsp", "worker1"),
    ("/servlet/x", "worker1"), ("/a.jsp;jsessionid=1.x", "worker1"), ("/plain.html", "plain"),
    ("/intranet/logo.txt", "logo"), ("/intranet/WEB-INF/web.xml", 404), ("/examples", 404),
    ("/WEB-INF/a.jsp", 403), ("/none", 404),
])
def test_single(single, path, served):
    assert single.ask(path) == served


def test_single_forwards_the_uri_decoded(single):
    assert single.ask("/examples/a%2Cb") == "worker1"
    assert single.last_request("worker1").uri == "/examples/a,b"


def test_single_request_log(single):
    single.ask("/examples/logged")
    line = r"\[\w{3} \w{3} \d\d [\d:]{8} \d{4}\] worker1 localhost \d+\.\d{6}\n"
    assert single.server.wait_log(line, log=single.server.jk_log)


# A cluster -----------------------------------------------------------------------------------


@pytest.fixture
def cluster(make):
    return Site(make, "cluster").start()


@pytest.fixture(scope="module")
def cluster_as_it_is(make_for_module):
    """For tests that leave all members up."""
    return Site(make_for_module, "cluster").start()


def session(route):
    return [("Cookie", "other=1; JSESSIONID=0123ABCD.%s" % route)]


def who(cluster, count, *args):
    """Who served, of `count` requests."""
    return {cluster.ask("/shop/x", *args) for _ in range(count)}


def login(name, password):
    word = base64.b64encode(("%s:%s" % (name, password)).encode()).decode()
    return [("Authorization", "Basic " + word)]


def test_cluster_sessions_stick(cluster):
    """Each session to its member: to the farther site and to the hot standby too."""
    for name in cluster.peers:
        assert who(cluster, 3, session(name)) == {name}
        assert cluster.last_request(name).attribute("jvm_route") == name
        assert cluster.peers[name].connections[0].pings > 0, "ping_mode=A"
    assert cluster.last_request("app06").attribute("JK_LB_ACTIVATION") == "DIS"


def test_cluster_new_sessions_stay_near(cluster):
    assert who(cluster, 12) == {"app01", "app02", "app03"}


def test_cluster_failover(cluster):
    """redirect, then the domain, then the other site, and the hot standby for app05 alone."""
    cluster.peers["app01"].refuse()
    assert who(cluster, 3, session("app01")) == {"app02"}
    cluster.peers["app03"].refuse()
    assert who(cluster, 3, session("app03")) == {"app02"}, "app1 is no route: the domain decides"
    cluster.peers["app02"].refuse()
    assert who(cluster, 6) == {"app04", "app05"}
    cluster.peers["app05"].refuse()
    assert who(cluster, 3, session("app05")) == {"app06"}
    assert who(cluster, 3) == {"app04"}


@pytest.mark.parametrize("path,forwarded", [
    ("/shop", True), ("/shop/", True), ("/shop/report/1", True), ("/ping", True),
    ("/shop/images/a.gif", True),     # its exclusion names a worker of former times
    ("/shop/static/a.js", False), ("/shop/b/a.css", False), ("/shopping", False),
])
def test_cluster_mounts(cluster_as_it_is, path, forwarded):
    answer = get(cluster_as_it_is.server.port, path)
    assert (answer.text in CONTAINERS["cluster"]) == forwarded
    assert answer.status == (200 if forwarded else 404)


def test_cluster_rule_excepts_members(cluster):
    for name in ("app01", "app02", "app03", "app05"):
        cluster.peers[name].refuse()
    assert who(cluster, 2) == {"app04"}
    assert cluster.ask("/shop/admin/x", session("app04")) == "app04", "disabled is not stopped"


def test_cluster_status_has_users(cluster):
    port = cluster.server.port
    assert get(port, "/jkmanager").status == 401
    assert get(port, "/jkmanager", login("guest", "guest")).status == 403
    page = get(port, "/jkmanager?mime=txt", login("karin", "geheim"))
    assert page.status == 200 and "name=app06" in page.text
    rows = status_text(port, path="/jkmonitor")
    assert rows[("Balancer Worker", "shop")]["method"] == "Busyness"
    facts = ("route", "domain", "distance", "activation", "redirect")
    assert [rows[("Member", "app05")][f] for f in facts] == ["app05", "fra", "1", "ACT", "app06"]
    assert rows[("Member", "app06")]["activation"] == "DIS"


def test_cluster_monitor_may_not_change(cluster):
    form = "cmd=update&from=list&w=shop&sw=app01&vwa=2"
    answer = request(cluster.server.port, "POST", "/jkmonitor?" + form, body=b"")
    assert answer.status != 200 or "read" in answer.text.lower()
    rows = status_text(cluster.server.port, path="/jkmonitor")
    assert rows[("Member", "app01")]["activation"] == "ACT"


def test_cluster_access_log_names_members(cluster):
    cluster.ask("/shop/x", session("app02"))
    log = cluster.server.dir + "/logs/jk_access.log"

    def line():
        with open(log, encoding="latin-1") as file:
            return re.search(r" 200 5 shop app02 app02 OK \d+\.\d{6}\n", file.read())
    assert wait_for(line), open(log).read()


# Many tenants --------------------------------------------------------------------------------


BRAUER, HUBER, KRANZ = "www.brauer.example", "www.huber.example", "www.kranz.example"


@pytest.fixture(scope="module")
def tenants(make_for_module, certificates):
    site = Site(make_for_module, "tenants", certificates)
    site.server.file("htdocs/wartung/index.html", "Wartung")
    site.server.file("htdocs/logo.txt", "logo")
    return site.start()


def test_files_are_as_windows_left_them():
    """An editor or a checkout that mends them takes away what they are for."""
    for name, text in source_files("tenants").items():
        assert text.count(b"\r\n") == text.count(b"\n") > 3 and b"\t" in text, name
        if name != "workers.properties":
            text.decode("cp1252")
            with pytest.raises(UnicodeDecodeError):
                text.decode("utf-8")


@pytest.mark.parametrize("host,path,served", [
    (BRAUER, "/app", "brauer"), (BRAUER, "/app/x", "brauer"), (BRAUER, "/a/x.do", "brauer"),
    ("brauer.example", "/app/x", "brauer"), ("unknown.example", "/app/x", "brauer"),
    (BRAUER, "/app/bilder/x.gif", 404), (BRAUER, "/none", 404), (BRAUER, "/favicon.ico", 404),
    (BRAUER, "/formmail/x", "gemeinsam"),
    (BRAUER, "/app/css/x", "brauer"),             # its exclusion names another worker
    (BRAUER, "/Preisliste%202011/x", 404),        # its pattern is not what is compared
    (BRAUER, "/logo.txt;jsessionid=1", "logo"), (BRAUER, "/wartung/index.html", "Wartung"),
    (HUBER, "/x", "huber"), (HUBER, "/statisch/x", 404), (HUBER, "/formmail/x", "huber"),
    (HUBER, "/favicon.ico", "huber"), (HUBER, "/jkstatus", "huber"), (HUBER, "/aktion/x", "huber"),
    (HUBER, "/alt/x", "huber"),                   # a disabled rule takes nothing out
    (HUBER, "/wartung/index.html", "Wartung"), (HUBER, "/logo.txt;jsessionid=1", "huber"),
    (KRANZ, "/", "kranz"), (KRANZ, "/shop/x", "kranz"), (KRANZ, "/formmail/x", "kranz"),
    (KRANZ, "/bilder/x", 404), (KRANZ, "/favicon.ico", 404),
    (KRANZ, "/css/x", "kranz"),                   # its exclusion names another worker
])
def test_tenants(tenants, host, path, served):
    assert tenants.ask(path, host=host) == served


def test_tenants_are_told_apart(tenants):
    tenants.ask("/app/x", host=BRAUER)
    tenants.ask("/x", host=HUBER)
    told = [tenants.last_request(n).attribute("KUNDE") for n in ("brauer", "huber")]
    assert told == ["brauer", "unbekannt"]
    assert tenants.last_request("huber").server_name == HUBER


def test_tenant_that_reuses_nothing(tenants):
    before = tenants.peers["huber"].accepted
    assert [tenants.ask("/x", host=HUBER) for _ in range(3)] == ["huber"] * 3
    assert tenants.peers["huber"].accepted == before + 3


def test_tenant_with_tls(tenants, certificates):
    assert tenants.ask("/x", tls=tls_context(certificates)) == "kranz"
    seen = tenants.last_request("kranz")
    assert seen.is_ssl and seen.attribute("ssl_cipher") and seen.attribute("ssl_key_size")
    assert "BEGIN CERTIFICATE" in seen.attribute("ssl_cert")
    assert "Joe Client" in seen.attribute("SSL_CLIENT_S_DN")
    assert seen.attribute("KUNDE") == "kranz"
    assert tenants.ask("/formmail/x", tls=tls_context(certificates)) == "gemeinsam"


def test_tenant_edits_the_mount_file(make, certificates):
    site = Site(make, "tenants", certificates).start()
    assert site.ask("/neu/x", host=BRAUER) == 404
    with open(site.server.dir + "/conf/brauer.properties", "ab") as file:
        file.write("/neu/*\t= brauer\t# für Köhler\r\n".encode("cp1252"))
    assert wait_for(lambda: site.ask("/neu/x", host=BRAUER) == "brauer", timeout=8, pause=0.3)
    assert site.ask("/app/x", host=BRAUER) == "brauer"
