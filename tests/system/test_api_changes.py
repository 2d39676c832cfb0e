"""Changes by the JSON API of the status worker, and each problem.

A change is done wholly or not at all, in every child, by those who may, in one form only.
"""

import json
import re

import pytest

import api_site
from api_site import JSON, NODE1, NODE2, ask, let_node2_fail, read, refused, settings
from support import Client, get, parallel, request

MOZILLA = ("User-Agent", "Mozilla/5.0 (X11; Linux x86_64)")


@pytest.fixture(scope="module")
def server(make_for_module):
    return api_site.start(make_for_module)


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


def test_the_tag_of_a_compressed_answer_is_a_match(make):
    server = api_site.start(make, "AddOutputFilterByType DEFLATE application/json\n",
                            modules=["filter", "deflate"])
    answer = ask(server, NODE1, headers=[("Accept-Encoding", "gzip")])
    tag = answer.header("ETag")
    assert answer.header("Content-Encoding") == "gzip" and tag.endswith('-gzip"')
    weak = [("If-Match", "W/" + tag)]
    refused(ask(server, NODE1, "PATCH", {"distance": 1}, weak), 412)
    assert ask(server, NODE1, "PATCH", {"distance": 1}, [("If-Match", tag)]).status == 200
    refused(ask(server, NODE1, "PATCH", {"distance": 2}, [("If-Match", tag)]), 412)


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


def test_the_number_of_properties_is_limited(server):
    members = b",".join(b'"%d":1' % i for i in range(6000))
    assert "64" in refused(ask(server, NODE1, "PATCH", b"{%s}" % members), 400)


def test_the_connection_goes_on_behind_a_body_that_nobody_read(server):
    body = b"{" + b" " * 60000
    for mount, kind, status in (("/users", JSON[1], 403), ("/ro", JSON[1], 403),
                                ("/jkmanager", "text/plain", 415)):
        with Client(server.port) as client:
            for _ in range(3):
                path = "%s/api/v1/%s" % (mount, NODE1)
                refused(client.request("PATCH", path, [("Content-Type", kind)], body), status)
            refused(client.request("PATCH", path, [("Content-Type", kind)],
                                   chunked=[body, body]), status)
            assert client.request("GET", "/jkmanager/api/v1/" + NODE1).status == 200


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


def test_the_configured_value_can_be_set_again(make):
    """Also one that only a file may have; the limits that are told are those of a change."""
    server = api_site.start(make, "JkWorkerProperty worker.node1.distance=-1\n"
                                  "JkWorkerProperty worker.node1.retry_interval=0\n")
    told = {one["name"]: one for one in read(server, "")["properties"]["member"]}
    configured = settings(server)
    for name, new, least in (("connection_ping_interval", 77, 1), ("distance", 3, 0),
                             ("retry_interval", 50, 1)):
        assert told[name]["min"] == least > configured[name]
        assert ask(server, NODE1, "PATCH", {name: new}).status == 200
        refused(ask(server, NODE1, "PATCH", {name: -2}), 422, name)
        assert ask(server, NODE1, "PATCH", {name: configured[name]}).status == 200
        seen = parallel(16, lambda _: read(server, NODE1))  # of each child
        assert all(s["settings"] == configured and s["configured"] == {} for s in seen)


def test_a_mount_below_the_segments_of_the_api(make):
    """Those are its own: page, API and metrics stand behind them."""
    peer = make.peer()
    mount = "/api/v1/admin/jk"
    server = make.httpd("""JkWorkerProperty worker.list=w,st
JkWorkerProperty worker.w.port=%d
JkWorkerProperty worker.st.type=status
JkMount %s|/* st
""" % (peer.port, mount))
    for path in (mount, mount + "/"):
        assert get(server.port, path).header("Content-Type").startswith("text/html")
    assert json.loads(get(server.port, mount + "/api/v1/workers").body)["workers"]
    assert get(server.port, mount + "/metrics").text.endswith("# EOF\n")
    refused(get(server.port, mount + "/api/v1/nothing"), 404)
