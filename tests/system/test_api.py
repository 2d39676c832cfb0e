"""The JSON API of the status worker against a real httpd: each resource, each problem, changes that
are done wholly or not at all, and the curl lines of its documentation.
"""

import json
import re
import shlex
import subprocess
import time
import xml.etree.ElementTree as ElementTree
from urllib.parse import quote

import pytest

from httpd import ROOT
from support import Client, get, parallel, request

CONFIG = """
JkWorkerProperty worker.list=app,odd,reports,st,ro,users
JkWorkerProperty worker.app.type=lb
JkWorkerProperty worker.app.balance_workers=node1,node2
JkWorkerProperty worker.odd.type=lb
JkWorkerProperty worker.odd.balance_workers=a%%b,na@me
JkWorkerProperty worker.node1.port=%(up)d
JkWorkerProperty worker.node2.port=%(down)d
JkWorkerProperty worker.reports.port=%(up)d
JkWorkerProperty worker.reports.secret=topsecret
JkWorkerProperty worker.st.type=status
JkWorkerProperty worker.ro.type=status
JkWorkerProperty worker.ro.read_only=1
JkWorkerProperty worker.users.type=status
JkWorkerProperty worker.users.user=admin
JkMount /app/* app
JkMount /reports/* reports
JkMount /jkmanager/* st
JkMount /ro/* ro
JkMount /users/* users
JkRemoteUserIndicator ASKED_USER
SetEnvIf X-User (.+) ASKED_USER=$1
<VirtualHost 127.0.0.1:@PORT2@>
  ServerName two.example.com
  ServerAlias *.two.example.com
  JkMount /only2/* app
</VirtualHost>
"""
JSON = ("Content-Type", "application/json")
MOZILLA = ("User-Agent", "Mozilla/5.0 (X11; Linux x86_64)")
NODE1 = "balancers/app/members/node1"
NODE2 = "balancers/app/members/node2"


@pytest.fixture(scope="module")
def server(make_for_module):
    peer = make_for_module.peer()
    down = make_for_module.peer()
    down.refuse()
    server = make_for_module.httpd(CONFIG % {"up": peer.port, "down": down.port}, ports=2,
                                   modules=["setenvif"], children=2)
    for path in ["/app/x"] * 4 + ["/reports/x"]:
        assert get(server.port, path).status == 200
    return server


def ask(server, resource, method="GET", body=None, headers=(), mount="/jkmanager"):
    if method in ("PATCH", "POST"):
        headers = [JSON] + list(headers)
    data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
    return request(server.port, method, "%s/api/v1/%s" % (mount, resource), headers, data)


def read(server, resource, **more):
    answer = ask(server, resource, **more)
    assert answer.status == 200, answer.text
    assert answer.header("Content-Type") == "application/json"
    assert answer.header("Cache-Control") == "no-store"
    assert answer.header("X-Content-Type-Options") == "nosniff"
    return json.loads(answer.body)


def refused(answer, status, prop=None):
    """What every problem has; gives back its detail."""
    problem = json.loads(answer.body)
    assert (answer.status, problem["status"]) == (status, status), problem
    assert answer.header("Content-Type") == "application/problem+json"
    assert problem["type"] == "about:blank" and problem["title"] and problem["detail"]
    assert problem.get("property") == prop, problem
    return problem["detail"]


def settings(server, resource=NODE1):
    return read(server, resource)["settings"]


def let_node2_fail(server):
    """Requests, until one went to the member that refuses connections."""
    for _ in range(20):
        if read(server, NODE2)["state"] == "ERR":
            return
        get(server.port, "/app/x")
    raise AssertionError("node2 is never tried")


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


# Changes -------------------------------------------------------------------------------------


def test_a_patch_is_answered_with_the_resource_and_reaches_every_child(server):
    answer = ask(server, NODE1, "PATCH", {"lbfactor": 5, "reply_timeout": "7000"})
    member = json.loads(answer.body)
    assert answer.status == 200 and member["lbfactor"] == 5 and member["reply_timeout"] == 7000
    assert member["configured"] == {"lbfactor": 1, "reply_timeout": 0}
    assert answer.header("ETag") == member["etag"]
    seen = parallel(16, lambda _: settings(server))
    assert all((s["lbfactor"], s["reply_timeout"]) == (5, 7000) for s in seen)
    log = server.jk_log()
    assert re.search(r"lbfactor of member node1 of app changed from \"1\" to \"5\"", log)
    back = json.loads(ask(server, NODE1, "PATCH", {"lbfactor": 1, "reply_timeout": 0}).body)
    assert back["configured"] == {}


def test_a_balancer_and_a_worker_are_changed(server):
    balancer = json.loads(ask(server, "balancers/app", "PATCH",
                              {"sticky_session_force": True, "method": "busyness"}).body)
    assert balancer["sticky_session_force"] is True and balancer["method"] == "Busyness"
    ask(server, "balancers/app", "PATCH", {"sticky_session_force": False, "method": "Request"})
    worker = json.loads(ask(server, "workers/reports", "PATCH", {"busy_limit": 9}).body)
    assert worker["busy_limit"] == 9 and worker["settings"]["busy_limit"] == 9
    ask(server, "workers/reports", "PATCH", {"busy_limit": 0})


@pytest.mark.parametrize("body, prop", [
    ({"lbfactor": 0}, "lbfactor"), ({"lbfactor": -1}, "lbfactor"),
    ({"lbfactor": 2 ** 31}, "lbfactor"), ({"lbfactor": 2 ** 63}, "lbfactor"),
    ({"lbfactor": 2 ** 70}, "lbfactor"), ({"lbfactor": 1.5}, "lbfactor"),
    ({"lbfactor": None}, "lbfactor"), ({"lbfactor": []}, "lbfactor"),
    ({"lbfactor": True}, "lbfactor"), ({"lbfactor": "2x"}, "lbfactor"),
    ({"activation": "stoped"}, "activation"), ({"activation": 2}, "activation"),
    ({"route": "x" * 64}, "route"), ({"route": "a\nb"}, "route"), ({"route": 1}, "route"),
    ({"route": "node2"}, "route"), ({"port": 70000}, "port"),
    ({"host": "no.such.host.invalid"}, "host"), ({"secret": "x"}, "secret"),
    ({"socket_timeout": 1}, "socket_timeout"), ({"": 1}, ""),
])
def test_a_refused_value_leaves_everything_as_it_was(server, body, prop):
    before = settings(server)
    for patch in ({"distance": 3, **body}, {**body, "distance": 3}):
        detail = refused(ask(server, NODE1, "PATCH", patch), 422, prop or None)
        assert detail.startswith(prop)
    assert settings(server) == before


def test_if_match_keeps_two_clients_apart(server):
    first, second = read(server, NODE1)["etag"], read(server, NODE1)["etag"]
    assert first == second
    get(server.port, "/app/x")  # a counter is no setting
    changed = ask(server, NODE1, "PATCH", {"distance": 1}, [("If-Match", first)])
    assert changed.status == 200 and changed.header("ETag") != first
    refused(ask(server, NODE1, "PATCH", {"distance": 2}, [("If-Match", second)]), 412)
    assert settings(server)["distance"] == 1
    again = ask(server, NODE1, "PATCH", {"distance": 0}, [("If-Match", changed.header("ETag"))])
    assert again.status == 200 and again.header("ETag") == first


def test_of_many_with_the_same_tag_one_wins(server):
    """Two children serve them: neither threads nor processes may both find the tag unchanged."""
    try:
        for turn in range(15):
            tag = ask(server, NODE1).header("ETag")
            values = [2 + turn * 8 + i for i in range(8)]
            answers = parallel(8, lambda i, tag=tag, values=values: ask(
                server, NODE1, "PATCH", {"distance": values[i]}, [("If-Match", tag)]))
            won = [value for value, answer in zip(values, answers) if answer.status == 200]
            assert sorted(answer.status for answer in answers) == [200] + [412] * 7
            assert [settings(server)["distance"]] == won
    finally:
        ask(server, NODE1, "PATCH", {"distance": 0})


def test_an_edit_of_something_else_does_not_count(server):
    def patch(resource, value):
        tag = ask(server, resource).header("ETag")
        return ask(server, resource, "PATCH", {"lbfactor": value}, [("If-Match", tag)])

    try:
        for turn in range(15):
            answers = parallel(2, lambda i, value=2 + turn: patch((NODE1, NODE2)[i], value))
            assert [answer.status for answer in answers] == [200, 200]
    finally:
        for resource in (NODE1, NODE2):
            ask(server, resource, "PATCH", {"lbfactor": 1})


def test_actions(server):
    assert ask(server, "workers/reports/reset", "POST").status == 200
    assert read(server, "workers/reports")["used"] == 0
    reset = ask(server, NODE1 + "/reset", "POST", {})
    assert reset.status == 200 and json.loads(reset.body)["elected"] == 0
    assert ask(server, "balancers/app/reset", "POST").status == 200
    refused(ask(server, NODE1 + "/recover", "POST"), 409)
    refused(ask(server, NODE1 + "/reset", "POST", {"lbfactor": 1}), 400)
    let_node2_fail(server)  # the reset made it good again
    recovered = ask(server, NODE2 + "/recover", "POST")
    assert recovered.status == 200 and json.loads(recovered.body)["state"] == "ERR/REC"


# Problems ------------------------------------------------------------------------------------


@pytest.mark.parametrize("body", [b"", b"  \n", b"{", b"[]", b"7", b"null", b'"x"', b"{}x",
                                  b'{"lbfactor":1,"lbfactor":2}', b"{'lbfactor':1}",
                                  b'{"route":"\xff"}', b'{"a":' + b"[" * 9 + b"]" * 9 + b"}",
                                  b"[" * 60000])
def test_what_is_no_json_object_is_refused(server, body):
    refused(ask(server, NODE1, "PATCH", body), 400)


def test_the_size_of_a_body_is_limited(server):
    blanks = 65536 - len(b'{"distance":0}')
    assert ask(server, NODE1, "PATCH", b'{"distance":0}' + b" " * blanks).status == 200
    refused(ask(server, NODE1, "PATCH", b'{"distance":0}' + b" " * (blanks + 1)), 413)
    with Client(server.port) as client:
        answer = client.request("PATCH", "/jkmanager/api/v1/" + NODE1, [JSON],
                                chunked=[b"{" + b" " * 50000, b" " * 50000])
        refused(answer, 413)
        assert client.closed()  # the rest of the body is not waited for


def test_no_form_is_accepted(server):
    before = settings(server)
    for kind in ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
                 "text/plain", "application/jsonp", ""):
        answer = request(server.port, "PATCH", "/jkmanager/api/v1/" + NODE1,
                         [("Content-Type", kind)] if kind else [], b'{"lbfactor":9}')
        refused(answer, 415)
        answer = request(server.port, "POST", "/jkmanager/api/v1/%s/reset" % NODE1,
                         [("Content-Type", kind)] if kind else [], b"{}")
        refused(answer, 415)
    assert settings(server) == before


def test_methods(server):
    for method, resource, allowed in (
            ("OPTIONS", NODE1, "GET, HEAD, PATCH"), ("DELETE", NODE1, "GET, HEAD, PATCH"),
            ("POST", NODE1, "GET, HEAD, PATCH"), ("PUT", "balancers", "GET, HEAD"),
            ("OPTIONS", "", "GET, HEAD"), ("GET", NODE1 + "/reset", "POST"),
            ("HEAD", NODE1 + "/reset", "POST"), ("PATCH", "failures", "GET, HEAD")):
        answer = ask(server, resource, method)
        assert (answer.status, answer.header("Allow")) == (405, allowed), (method, resource)
        if method != "HEAD":
            refused(answer, 405)


def test_what_is_not_there(server):
    for resource in ("nothing", "balancers/nothing", "balancers/app/members/node9", "workers/app",
                     "workers/node1", "balancers/app/members/node1/x", "v1"):
        refused(ask(server, resource), 404)
        refused(ask(server, resource, "PATCH", {"lbfactor": 1}), 404)


def test_a_browser_needs_the_token(server):
    token = read(server, "")["token"]
    own = "http://localhost:%d" % server.port
    before = settings(server)
    for headers in ([MOZILLA], [("Origin", own)], [("Cookie", "a=b")], [("Referer", own + "/x")],
                    [("Sec-Fetch-Site", "same-origin")], [MOZILLA, ("X-JK-Token", token[:-1])],
                    [MOZILLA, ("X-JK-Token", "x" * len(token))],
                    [MOZILLA, ("X-JK-Token", read(server, "", mount="/ro")["token"])],
                    [MOZILLA, ("X-JK-Token", token), ("Origin", "http://evil.example")],
                    [MOZILLA, ("X-JK-Token", token), ("Origin", "null")]):
        refused(ask(server, NODE1, "PATCH", {"lbfactor": 9}, headers), 403)
        refused(ask(server, NODE1 + "/reset", "POST", {}, headers), 403)
    assert settings(server) == before
    assert server.wait_log("status worker st: user - at 127.0.0.1 is refused")
    answer = ask(server, NODE1, "PATCH", {"lbfactor": 1},
                 [MOZILLA, ("X-JK-Token", token), ("Origin", own)])
    assert answer.status == 200


def test_who_may(server):
    for headers in ([], [("X-User", "eve")]):
        for resource in ("", "balancers", "nothing"):
            answer = ask(server, resource, headers=headers, mount="/users")
            refused(answer, 403)
            assert "token" not in answer.text
    service = read(server, "", headers=[("X-User", "admin")], mount="/users")
    assert service["user"] == "admin"
    service = read(server, "", mount="/ro")
    assert service["read_only"] is True
    refused(ask(server, NODE1, "PATCH", {"lbfactor": 9}, mount="/ro"), 403)
    refused(ask(server, NODE1 + "/reset", "POST", mount="/ro"), 403)


def test_an_error_page_of_httpd_does_not_take_the_place_of_a_problem(make):
    server = make.httpd("""
        JkWorkerProperty worker.list=st
        JkWorkerProperty worker.st.type=status
        JkMount /jk/* st
        ErrorDocument 404 "a page"
        """)
    refused(get(server.port, "/jk/api/v1/nothing"), 404)


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
