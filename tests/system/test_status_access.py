"""Who may look at the status, and from whom a change is accepted: rows 34 to 36 and 42 to 46 of
status.md 15 (here S34 to S46)."""

import base64
import hashlib
import re

import pytest

from support import get, request

CONFIG = """
JkWorkerProperty worker.list=lb,st,ro,users,on,off
JkWorkerProperty worker.lb.type=lb
JkWorkerProperty worker.lb.balance_workers=node1
JkWorkerProperty worker.node1.port=%(down)d
JkWorkerProperty worker.node1.secret=topsecret
JkWorkerProperty worker.st.type=status
JkWorkerProperty worker.ro.type=status
JkWorkerProperty worker.ro.read_only=1
JkWorkerProperty worker.users.type=status
JkWorkerProperty worker.users.user=admin,root
JkWorkerProperty worker.users.user_case_insensitive=1
JkWorkerProperty worker.on.type=status
JkWorkerProperty worker.on.allow_get_edit=on
JkWorkerProperty worker.off.type=status
JkWorkerProperty worker.off.allow_get_edit=off
JkMount /st st
JkMount /ro ro
JkMount /users users
JkMount /on on
JkMount /off off
JkRemoteUserIndicator ASKED_USER
SetEnvIf X-User (.+) ASKED_USER=$1
"""
BROWSER = [("User-Agent", "Mozilla/5.0 (X11; Linux x86_64)")]
FORM = [("Content-Type", "application/x-www-form-urlencoded")]
COUNT = iter(range(10, 100000))


@pytest.fixture(scope="module")
def server(make_for_module):
    down = make_for_module.peer()
    down.refuse()
    return make_for_module.httpd(CONFIG % {"down": down.port}, children=2,
                                 modules=("setenvif",))


def retries(server):
    return re.search(r"Balancer Worker: .* retries=(\d+)",
                     get(server.port, "/ro?mime=txt").text).group(1)


def change(server, path="/st", headers=(), method="GET", more="", body=None):
    """Whether a change was done, and the answer."""
    wanted = str(next(COUNT))
    target = "%s?mime=txt&cmd=update&w=lb&vlr=%s%s" % (path, wanted, more)
    answer = request(server.port, method, target, list(headers), body)
    done = retries(server) == wanted
    assert done == (answer.status == 200 and "type=OK" in answer.text), answer.text
    assert answer.status == (200 if done else 403)
    return done, answer


def token(server, path="/st"):
    page = get(server.port, path + "?cmd=edit&w=lb", BROWSER).text
    return re.search(r'name="token"[^>]* value="(\w{32})"', page).group(1)


def own(server):
    """The origin of a page from there, as the client names the host."""
    return "http://localhost:%d" % server.port


def test_s34_read_only(server):
    for command in ("update&w=lb&vlr=9", "reset&w=lb", "recover&w=lb&sw=node1", "edit&w=lb"):
        answer = get(server.port, "/ro?mime=txt&cmd=" + command)
        assert answer.status == 200 and answer.text == (
            'Result: type=ERROR message="This command is not allowed in read only mode."\n')
    for command in ("list", "dump", "version", "show&w=lb"):
        assert "type=OK" in get(server.port, "/ro?mime=txt&cmd=" + command).text


def test_s35_read_only_for_one_request(server):
    text = get(server.port, "/st?mime=txt&opt=32&cmd=update&w=lb&vlr=9").text
    assert "not allowed in read only mode" in text


@pytest.mark.parametrize("user, status", [("", 403), ("bob", 403), ("ADMIN", 200)],
                         ids=["S36_none", "S36_bob", "S36_admin"])
def test_users(server, user, status):
    answer = get(server.port, "/users?mime=txt", [("X-User", user)] if user else [])
    assert answer.status == status
    assert ("Access denied." in answer.text) == (status == 403)
    assert ("node1" in answer.text) == (status == 200)


REFUSING = """
JkWorkerProperty worker.list=st
JkWorkerProperty worker.st.type=status
JkWorkerProperty worker.st.user=admin
JkMount /* st
ErrorDocument 401 /denied
<Location />
  AuthType Basic
  AuthName private
  AuthUserFile @DIR@/users
  Require valid-user
</Location>
"""


def test_a_user_whom_httpd_refused_sees_nothing(make):
    """Where the status makes the page for a refusal, httpd names the user all the same."""
    server = make.httpd(REFUSING, modules=["auth_basic", "authn_core", "authn_file", "authz_user"])
    digest = base64.b64encode(hashlib.sha1(b"word").digest()).decode()
    server.file("users", "admin:{SHA}%s\n" % digest)
    for path in ("/", "/?mime=json", "/api/v1/workers", "/metrics"):
        for word, status in ((b"word", 200), (b"wrong", 401)):
            code = base64.b64encode(b"admin:" + word).decode()
            answer = get(server.port, path, [("Authorization", "Basic " + code)])
            assert answer.status == status, path
            if word == b"wrong":
                assert "Access denied." in answer.text
                assert answer.header("WWW-Authenticate") == 'Basic realm="private"'


def test_s42_nothing_is_planted(server):
    page = get(server.port, "/st?zz=1%26cmd%3Dreset%26w%3Dlb").text
    assert "zz=" not in page and "1&cmd" not in page and "1%26cmd" not in page


def test_s43_head(server):
    before = retries(server)
    assert request(server.port, "HEAD", "/st?mime=txt&cmd=update&w=lb&vlr=9").status == 403
    assert retries(server) == before


@pytest.mark.parametrize("header", [
    ("Origin", "http://evil"), ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Site", "same-origin"),
    ("Sec-Fetch-Mode", "navigate"), ("Referer", "http://evil/page"), ("Origin", "null"),
    ("Cookie", "a=b"), BROWSER[0]],
    ids=["S44_origin", "S44_cross_site", "S44_same_site", "S44_mode", "S44_referer", "S44_null",
         "S44_cookie", "S44_agent"])
def test_get_by_a_browser(server, header):
    done, answer = change(server, headers=[header])
    assert not done and ("allow_get_edit" in answer.text or "another site" in answer.text)
    server.wait_log(r"\[warn\].*status worker st: user - at 127\.0\.0\.1 is refused: ")


@pytest.mark.parametrize("agent", ["curl/8.0", "", "Mozilla/5.0 (Windows NT) PowerShell/7.4"],
                         ids=["S45_curl", "S45_none", "S45_powershell"])
def test_get_by_a_script(server, agent):
    assert change(server, headers=[("User-Agent", agent)] if agent else [])[0]


def test_s46_post(server):
    assert change(server, method="POST", headers=FORM, body=b"")[0]
    assert not change(server, method="POST", headers=FORM + BROWSER, body=b"")[0]
    right = "&token=" + token(server)
    assert change(server, method="POST", headers=FORM + BROWSER, body=b"", more=right)[0]
    assert change(server, method="POST", headers=FORM + BROWSER, body=right.encode())[0]
    assert change(server, method="POST", headers=BROWSER + [("X-JK-Token", token(server))])[0]


def test_st3_tokens(server):
    post = {"method": "POST", "body": b""}
    right = token(server)
    for wrong in ("", right[:-1], right + "0", "0" * 32, right.upper() + "x", token(server, "/on")):
        assert not change(server, headers=FORM + BROWSER, more="&token=" + wrong, **post)[0]
    for origin, is_right in ((own(server), True), ("http://evil", False), ("null", False),
                             (own(server) + "1", False)):
        headers = FORM + BROWSER + [("Origin", origin)]
        assert change(server, headers=headers, more="&token=" + right, **post)[0] == is_right
    headers = FORM + BROWSER + [("Cookie", "a=b"), ("Sec-Fetch-Site", "same-origin"),
                                ("Referer", own(server) + "/st")]
    assert all(change(server, headers=headers, more="&token=" + right, **post)[0]
               for _ in range(8))  # whichever child it is
    assert not change(server, headers=BROWSER, more="&token=" + right)[0]  # no GET, even with it
    server.graceful()
    assert change(server, headers=FORM + BROWSER, more="&token=" + right, **post)[0]


def test_st3_a_token_belongs_to_its_user(server):
    as_root = [("X-User", "root")]
    page = get(server.port, "/users?cmd=edit&w=lb", BROWSER + as_root).text
    of_root = re.search(r'name="token"[^>]* value="(\w{32})"', page).group(1)
    for user, is_right in (("root", True), ("admin", False)):
        done, _ = change(server, "/users", FORM + BROWSER + [("X-User", user)], "POST",
                         "&token=" + of_root, b"")
        assert done == is_right


def test_st3_get_edit_on(server):
    assert change(server, "/on", BROWSER)[0]
    assert change(server, "/on", BROWSER + [("Origin", own(server)), ("Cookie", "a=b"),
                                            ("Referer", own(server) + "/on")])[0]
    assert change(server, "/on", [("Sec-Fetch-Site", "none")])[0]
    for header in (("Origin", "http://evil"), ("Referer", "http://evil/" + own(server)),
                   ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Site", "same-site")):
        assert not change(server, "/on", BROWSER + [header])[0]


def test_st3_get_edit_off(server):
    done, answer = change(server, "/off")
    assert not done and "allow_get_edit=off" in answer.text
    assert not change(server, "/off", FORM, "POST", "", b"")[0]
    assert change(server, "/off", FORM, "POST", "&token=" + token(server, "/off"), b"")[0]


def test_other_methods_change_nothing(server):
    before = retries(server)
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS"):
        answer = request(server.port, method, "/st?mime=txt&cmd=update&w=lb&vlr=9", body=b"")
        assert answer.status in (403, 405, 200) and "type=OK" not in answer.text
    assert retries(server) == before


def test_what_is_logged(server):
    change(server, "/users", [("X-User", "Root;x")])
    change(server, "/users", [("X-User", "root")])
    server.wait_log(r'\[info\].*status worker users: user root at 127\.0\.0\.1: retries of '
                    r'balancer lb changed from "\d+" to "\d+"')
    log = server.jk_log()
    assert "everybody who reaches the status worker st may change workers" in log
    assert "status worker ro may" not in log and "status worker users may" not in log
    assert "topsecret" not in log and token(server) not in log
