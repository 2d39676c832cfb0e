"""Forged requests and hostile texts against everything in the status that can be changed: nothing
is changed by who must not, nothing that is shown can do anything, and the log says what happened."""

import html
import json
import re
from urllib.parse import quote
from xml.etree import ElementTree

import pytest

from support import get, request

CONFIG = """
JkWorkerProperty worker.list=lb,direct,st
JkWorkerProperty worker.lb.type=lb
JkWorkerProperty worker.lb.balance_workers=a,b
JkWorkerProperty worker.a.port=%(port)d
JkWorkerProperty worker.b.port=%(port)d
JkWorkerProperty worker.direct.port=%(port)d
JkWorkerProperty worker.st.type=status
JkMount /jkmanager/* st
"""
MEMBER = "/jkmanager/api/v1/balancers/lb/members/a"
JSON = ("Content-Type", "application/json")
MOZILLA = ("User-Agent", "Mozilla/5.0 (X11; Linux x86_64)")
SCRIPT = "<script>alert(1)</script>"
QUOTES = "\"'><img src=x onerror=alert(1)>&amp;"
TEXTS = {"route": "vwn", "redirect": "vwr", "domain": "vwc"}


@pytest.fixture(scope="module")
def server(make_for_module):
    peer = make_for_module.peer()
    return make_for_module.httpd(CONFIG % {"port": peer.port}, children=2)


def settings(server):
    """Everything that can be changed, of everything."""
    found = []
    for path in ("balancers/lb", "balancers/lb/members/a", "balancers/lb/members/b",
                 "workers/direct"):
        found.append(json.loads(get(server.port, "/jkmanager/api/v1/" + path).body)["settings"])
    return found


def classic(server, query, headers=(), method="GET"):
    return request(server.port, method, "/jkmanager/?mime=txt&" + query, list(headers))


def patch(server, body, headers=(), path=MEMBER):
    return request(server.port, "PATCH", path, [JSON] + list(headers), json.dumps(body).encode())


# Forged requests --------------------------------------------------------------------------------

CHANGES = ["cmd=update&w=lb&vlr=7", "cmd=update&w=lb&sw=a&vwa=2", "cmd=update&w=lb&sw=*&vwf=9",
           "cmd=update&w=lb&att=vwf&val0=9", "cmd=update&w=direct&vart=9", "cmd=reset&w=lb",
           "cmd=recover&w=lb&sw=a", "cmd=update&w=lb&lr=7&lt=70&ls=true&lf=false"]
FORGERIES = [
    ("GET", [MOZILLA]),
    ("GET", [MOZILLA, ("Origin", "http://evil.example")]),
    ("GET", [("Sec-Fetch-Site", "cross-site")]),
    ("GET", [("sec-fetch-dest", "image")]),
    ("GET", [("Referer", "http://localhost.evil.example/")]),
    ("GET", [("Cookie", "x=y")]),
    ("HEAD", []),
    ("HEAD", [MOZILLA]),
    ("POST", [MOZILLA, ("Origin", "http://evil.example")]),
    ("POST", [MOZILLA, ("X-JK-Token", "0" * 32)]),
    ("POST", [MOZILLA, ("X-JK-Token", "")]),
    ("POST", [("Origin", "null")]),
    ("PUT", []),
    ("DELETE", [MOZILLA]),
    ("GET", [MOZILLA, ("X-HTTP-Method-Override", "POST"), ("X-Forwarded-Host", "localhost")]),
]


@pytest.mark.parametrize("method,headers", FORGERIES,
                         ids=["%d-%s" % (i, f[0]) for i, f in enumerate(FORGERIES)])
def test_st3_a_forged_change_changes_nothing(server, method, headers):
    before = settings(server)
    for query in CHANGES:
        answer = classic(server, query, headers, method)
        assert answer.status == 403, (query, answer.status, answer.text)
    assert settings(server) == before
    server.wait_log(r"\[warn\].*status worker st: user - at 127\.0\.0\.1 is refused: ")


@pytest.mark.parametrize("headers,status", [
    ([("Content-Type", "application/x-www-form-urlencoded")], 415),
    ([("Content-Type", "text/plain")], 415),
    ([("Content-Type", "multipart/form-data; boundary=x")], 415),
    ([JSON, MOZILLA], 403),
    ([JSON, ("Origin", "http://evil.example")], 403),
    ([JSON, MOZILLA, ("X-JK-Token", "f" * 32)], 403),
], ids=["form", "plain", "multipart", "no-token", "foreign", "stale-token"])
def test_st3_a_forged_patch_changes_nothing(server, headers, status):
    before = settings(server)
    body = json.dumps({"activation": "stopped"}).encode()
    assert request(server.port, "PATCH", MEMBER, headers, body).status == status
    for action in ("/reset", "/recover"):
        assert request(server.port, "POST", MEMBER + action, headers, b"{}").status == status
    assert settings(server) == before


def test_a_token_of_another_origin_is_not_enough(server):
    token = json.loads(get(server.port, "/jkmanager/api/v1/").body)["token"]
    before = settings(server)
    headers = [MOZILLA, ("X-JK-Token", token), ("Origin", "http://evil.example")]
    assert patch(server, {"lbfactor": 3}, headers).status == 403
    assert classic(server, "cmd=update&w=lb&vlr=7", headers, "POST").status == 403
    assert settings(server) == before


# Hostile texts ----------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [SCRIPT, QUOTES, "${jndi:x}%{x}n", "a;b,c|d"])
@pytest.mark.parametrize("name", TEXTS)
def test_markup_is_text_wherever_it_is_shown(server, name, text):
    """Where it may be set it is shown, and nowhere as markup."""
    try:
        assert patch(server, {name: text}).status == 200
        assert json.loads(get(server.port, MEMBER).body)["settings"][name] == text
        for query in ("?cmd=list", "?cmd=show&w=lb", "?cmd=edit&w=lb&sw=a",
                      "?cmd=edit&w=lb&att=" + TEXTS[name], ""):
            page = get(server.port, "/jkmanager/" + query).text
            assert SCRIPT not in page and "<img" not in page, query
            assert text in html.unescape(page), query
        tree = ElementTree.fromstring(get(server.port, "/jkmanager/?mime=xml").text)
        members = {m.get("name"): m for m in tree.iter("{http://tomcat.apache.org}member")}
        assert members["a"].get(name) == text
    finally:
        assert patch(server, {"route": "a", "redirect": "", "domain": ""}).status == 200


@pytest.mark.parametrize("text", ["x" * 64, "x" * 5000, "a\nworker.result.type=OK", "a\rb", "a\0b",
                                  "a\x1b[31m"], ids=["64", "5000", "lf", "cr", "nul", "escape"])
@pytest.mark.parametrize("name", list(TEXTS) + ["host"])
def test_what_cannot_be_shown_is_refused(server, name, text):
    before = settings(server)
    answer = patch(server, {name: text})
    assert answer.status == 422 and json.loads(answer.body)["property"] == name
    parameter = TEXTS.get(name, "vahst")
    answer = classic(server, "cmd=update&w=lb&sw=a&%s=%s" % (parameter, quote(text)))
    assert answer.text.startswith("Result: type=ERROR") and len(answer.text.splitlines()) == 1
    assert settings(server) == before
    server.wait_log(r"\[warn\].*status worker st: user - at 127\.0\.0\.1 is refused: ")
    assert not re.search(r"[\x00-\x08\x0b-\x1f]", server.jk_log())


@pytest.mark.parametrize("query", [
    "cmd=%s&mime=html" % quote(SCRIPT), "cmd=show&w=" + quote(SCRIPT), "mime=" + quote(SCRIPT),
    "cmd=show&w=lb&sw=" + quote(QUOTES), "cmd=edit&w=lb&att=" + quote(QUOTES),
    "cmd=list&from=" + quote(QUOTES), "cmd=list&re=" + quote(QUOTES), quote(SCRIPT) + "=1",
    "cmd=update&w=lb&vlm=" + quote(SCRIPT), "cmd=list&opt=" + quote(SCRIPT),
])
def test_a_query_is_never_markup(server, query):
    page = get(server.port, "/jkmanager/?" + query).text
    assert SCRIPT not in page and "<img" not in page


def test_a_path_is_never_markup(server):
    for path in ("/jkmanager/" + quote(SCRIPT), "/jkmanager/%22%3E%3Cimg%20src=x%3E/",
                 "/jkmanager/api/v1/" + quote(SCRIPT), "/jkmanager/assets/" + quote(SCRIPT)):
        answer = get(server.port, path)
        if answer.header("Content-Type").startswith("text/html"):
            assert SCRIPT not in answer.text and "<img" not in answer.text
        assert answer.header("X-Content-Type-Options") == "nosniff"
