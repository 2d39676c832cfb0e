"""The JSON API of the status worker: each resource, and the curl lines of its documentation."""

import json
import re
import shlex
import subprocess
import time
import xml.etree.ElementTree as ElementTree
from urllib.parse import quote

import pytest

import api_site
from api_site import NODE1, NODE2, ask, let_node2_fail, read, refused, settings
from httpd import ROOT
from support import get


@pytest.fixture(scope="module")
def server(make_for_module):
    return api_site.start(make_for_module)


# Resources -----------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/jkmanager/api/v1", "/jkmanager/api/v1/"])
def test_the_api_describes_itself(server, path):
    service = json.loads(get(server.port, path).body)
    assert service["version"] == 1 and service["maintain"] == 60
    assert service["server"]["port"] == server.port
    assert service["software"]["jk_version"].startswith("mod_jk/")
    assert abs(service["time"]["unix"] - time.time()) < 30
    assert service["user"] is None and service["read_only"] is False
    assert len(service["token"]) >= 16
    for link in service["links"].values():
        assert get(server.port, link).status == 200, link
    by_name = {p["name"]: p for p in service["properties"]["member"]}
    assert by_name["activation"]["choices"] == ["active", "disabled", "stopped"]
    assert by_name["port"] == {**by_name["port"], "type": "number", "min": 0, "max": 65535,
                               "parameter": "vaprt"}
    assert set(by_name) == set(settings(server))
    assert {p["name"] for p in service["properties"]["balancer"]} == \
        set(settings(server, "balancers/app"))


def test_links_are_true_at_every_mount(server):
    links = read(server, "", mount="/ro")["links"]
    assert links["balancers"] == "/ro/api/v1/balancers"


def test_balancers_have_all_classic_fields_with_types(server):
    """The XML format and JSON have the same rows: names, values, order."""
    tree = ElementTree.fromstring(get(server.port, "/jkmanager/?mime=xml").body)
    space = "{http://tomcat.apache.org}"
    xml = {b.get("name"): b for b in tree.iter(space + "balancer")}
    for balancer in read(server, "balancers")["balancers"]:
        same_fields(balancer, xml[balancer["name"]].attrib)
        members = xml[balancer["name"]].findall(space + "member")
        assert [m["name"] for m in balancer["members"]] == [m.get("name") for m in members]
        for member, element in zip(balancer["members"], members):
            same_fields(member, element.attrib)
            assert member["balancer"] == balancer["name"]
    for worker, element in zip(read(server, "workers")["workers"], tree.iter(space + "ajp")):
        same_fields(worker, element.attrib)


def same_fields(found, attributes):
    assert list(found)[:len(attributes)] == list(attributes)
    for name, text in attributes.items():
        value = found[name]
        if text in ("True", "False"):
            assert value is (text == "True"), name
        elif isinstance(value, int):
            assert not isinstance(value, bool)
            assert "ago" in name or "time_to" in name or value == int(text), name
        else:
            assert value == text, name


def test_a_balancer_and_its_members(server):
    balancer = read(server, "balancers/app")
    assert balancer["name"] == "app" and balancer["sticky_session"] is True
    assert balancer["member_count"] == 2 and len(balancer["members"]) == 2
    members = read(server, "balancers/app/members")["members"]
    assert [m["name"] for m in members] == ["node1", "node2"]
    member = read(server, NODE1)
    assert member["settings"]["activation"] == "active" and member["activation"] == "ACT"
    assert member["grade"] in ("good", "degraded") and member["elected"] >= 2
    total = member["latency"]["total"]
    assert total["count"] == member["elected"] and 0 < total["p50"] <= total["p99"] < 10
    assert total["sum"] > 0
    bad = read(server, NODE2)
    assert bad["state"] == "ERR" and bad["grade"] == "bad"
    assert bad["verdicts"]["connect-refused"] >= 1
    assert bad["latency"]["total"] == {"count": 0, "sum": 0, "p50": None, "p90": None, "p99": None}


def test_workers(server):
    workers = read(server, "workers")["workers"]
    assert [w["name"] for w in workers] == ["reports"]
    worker = read(server, "workers/reports")
    assert worker["used"] >= 1 and "activation" not in worker["settings"]
    assert "topsecret" not in json.dumps(worker)


def test_connections_are_told_by_process(server):
    workers = {w["name"]: w for w in read(server, "connections")["workers"]}
    assert set(workers) >= {"node1", "node2", "reports"}
    node = workers["node1"]
    assert sum(c["connected"] for c in node["children"]) == node["connected"] >= 1
    assert {c["pid"] for c in node["children"]} <= set(server.child_pids())
    assert node["busy"] == 0 and node["pool_size"] == 16
    assert node["address"].startswith("127.0.0.1:")


def test_mounts(server):
    mounts = read(server, "mounts")["mounts"]
    by_uri = {m["uri"]: m for m in mounts}
    assert by_uri["/jkmanager/*"]["worker"] == "st" and by_uri["/app/*"]["worker"] == "app"
    assert "two.example.com" not in by_uri["/app/*"]["server"]
    assert by_uri["/only2/*"]["server"].endswith(":%d]" % server.ports[1])
    assert [m["id"] for m in mounts] == list(range(1, len(mounts) + 1))


def look_up(server, url):
    return ask(server, "mounts?url=" + quote(url, safe=""))


@pytest.mark.parametrize("url, worker, path", [
    ("/app/x", "app", "/app/x"),
    ("/app/../reports//x;jsessionid=1.node1?q=/app/", "reports", "/reports/x"),
    ("/%61pp/a%20b", "app", "/app/a b"),
    ("/nothing", None, "/nothing"),
    ("http://localhost/app/", "app", "/app/"),
    ("http://two.example.com:@PORT2@/only2/x", "app", "/only2/x"),
    ("http://deep.two.example.com:@PORT2@/only2/x", "app", "/only2/x"),
    ("http://two.example.com:@PORT2@/app/x", None, "/app/x"),
    ("http://two.example.com:1/only2/x", None, "/only2/x"),
])
def test_which_worker_gets_a_url(server, url, worker, path):
    url = url.replace("@PORT2@", str(server.ports[1]))
    found = json.loads(look_up(server, url).body)
    assert (found["url"], found["path"], found["worker"]) == (url, path, worker)
    assert (found["rule"] is None) == (worker is None)
    if worker:
        assert found["rule"]["worker"] == worker
        rules = read(server, "mounts")["mounts"]
        assert rules[found["rule"]["id"] - 1] == found["rule"]


@pytest.mark.parametrize("url", ["", "app/x", "ftp://localhost/app", "/a%00b", "/a%zz", "/../x",
                                 "http://[::1/x"])
def test_what_is_no_url_is_refused(server, url):
    refused(look_up(server, url), 400)


def test_failures(server):
    assert get(server.port, "/app/x").status == 200  # no failure: node1 served it
    before = len(read(server, "failures")["failures"])
    stopped = ask(server, NODE1, "PATCH", {"activation": "stopped"})
    assert stopped.status == 200
    assert get(server.port, "/app/secret?session=1").status == 503
    failures = read(server, "failures")["failures"]
    assert ask(server, NODE1, "PATCH", {"activation": "active"}).status == 200
    assert len(failures) > before
    last = failures[0]
    assert (last["balancer"], last["uri"], last["method"]) == ("app", "/app/secret", "GET")
    assert last["status"] == 503 and abs(last["time"] - time.time()) < 60
    assert last["verdict"] and last["phase"] is not None and last["client"] == "127.0.0.1"


def test_names_are_percent_decoded_once(server):
    for name in ("a%b", "na@me"):
        member = read(server, "balancers/odd/members/" + quote(name, safe=""))
        assert member["name"] == name
    assert ask(server, "balancers/%61pp").status == 200
    changed = ask(server, "balancers/odd/members/a%25b", "PATCH", {"lbfactor": 3})
    assert json.loads(changed.body)["settings"]["lbfactor"] == 3
    refused(ask(server, "balancers/odd/members/a%2525b"), 404)


def test_the_query_may_ask_for_a_classic_format_anywhere(server):
    answer = get(server.port, "/jkmanager/api/v1/balancers?mime=txt&cmd=version")
    assert answer.header("Content-Type").startswith("text/plain")


def test_head_is_get_without_body(server):
    full, head = ask(server, NODE1), ask(server, NODE1, "HEAD")
    assert head.status == 200 and head.body == b""
    assert head.header("ETag") == full.header("ETag")
    assert abs(int(head.header("Content-Length")) - len(full.body)) < 40  # it counts meanwhile


# The documentation ---------------------------------------------------------------------------


def curl_lines():
    tree = ElementTree.parse(str(ROOT / "xdocs/reference/status_api.xml"))
    lines = "\n".join("".join(e.itertext()) for e in tree.iter("source")).splitlines()
    return [line for line in lines if line.startswith("curl ")]


def test_the_documented_lines_do_what_they_say(server):
    """Every curl line of the document, in its order."""
    let_node2_fail(server)  # so that it can recover
    lines = curl_lines()
    assert len(lines) >= 18
    paths = set()
    for line in lines:
        words = shlex.split(line.replace("http://localhost/jkmanager",
                                         "http://localhost:%d/jkmanager" % server.port))
        assert words[0] == "curl"
        run = subprocess.run(words + ["--noproxy", "*", "-w", "%{stderr}%{http_code}"],
                             timeout=30, capture_output=True, text=True, check=True)
        assert run.stderr == "200", (line, run.stdout)
        json.loads(run.stdout)
        paths.add(re.sub(r".*/api/v1", "", words[-1]))
    assert settings(server, "workers/reports")["reply_timeout"] == 30000
    assert settings(server)["lbfactor"] == 2
    named = {"app", "node1", "node2", "reports"}
    generic = {"/".join("NAME" if p in named else p for p in path.split("/")) for path in paths}
    generic = {re.sub(r"url=.*", "url=URL", path) for path in generic}
    tree = ElementTree.parse(str(ROOT / "xdocs/reference/status_api.xml"))
    rows = {row.get("name") for row in tree.iter("row") if row.get("name").startswith("/")}
    assert rows <= generic, rows - generic
