"""security.md C.1: paths that mean something else than they look like. Each test is named after
its row.

What is taken out of a mount is not forwarded, and what httpd denies is 403, however it is spelt and
in whichever form paths are forwarded. The last tests ask a real Tomcat how it understood the path.
"""

import random
import re
from pathlib import Path

import pytest

import ajp_peer
import tomcat as tomcat_module
from security_site import ContainerSite, Site, random_path
from support import get

ROOT = Path(__file__).resolve().parent.parent.parent
OPTIONS = {
    "escaped": "JkOptions +ForwardURIEscaped",
    "compat": "JkOptions +ForwardURICompat",
    "unparsed": "JkOptions +ForwardURICompatUnparsed",
    "no-decode": "AllowEncodedSlashes NoDecode",
    "slashes": "AllowEncodedSlashes On",
    "unmerged": "MergeSlashes Off",
    "unparsed-unmerged": "MergeSlashes Off\nJkOptions +ForwardURICompatUnparsed",
    "unparsed-slashes": "AllowEncodedSlashes On\nJkOptions +ForwardURICompatUnparsed",
    "backslash": "JkOptions +AllowBackslash\nJkMount /* w",
    "overlong": "JkOptions +AllowOverlongUTF8",
    "root": "JkMount /* w\nJkUnMount / w",
    "directories": "JkOptions +ForwardDirectories",
}
# Mounts of their own would change what the paths of the base configuration mean.
PLAIN = ["base", "escaped", "compat", "unparsed", "no-decode", "slashes", "unmerged", "overlong",
         "directories"]
AREAS = {"private": 404, "locked": 403}


@pytest.fixture(scope="module")
def site(make_for_module):
    peer = make_for_module.peer(ajp_peer.respond(body=b"container"))
    return Site(make_for_module, peer, OPTIONS, modules=["dir"])


def check(site, path, status, hosts=("base",)):
    """No host forwards the path, and each answers with one of these."""
    for host in hosts:
        answer, forwarded = site.ask(path, host)
        assert forwarded == [], (host, path)
        assert answer.status in (status if isinstance(status, tuple) else (status,)), (host, path)


def forwarded(site, path, host="base"):
    """The URI that the container gets."""
    answer, uris = site.ask(path, host)
    assert (answer.status, answer.text, len(uris)) == (200, "container", 1), (host, path)
    return uris[0]


def protected(paths):
    """Each path for both areas: what is not mounted, and what httpd denies."""
    return [(path.replace("AREA", area).replace("%HEX", "%%%x" % ord(area[0]) + area[1:]), status)
            for path in paths for area, status in AREAS.items()]


@pytest.mark.parametrize("path,status", protected(["/app/AREA/a", "/app/AREA"]))
def test_pt1_baseline(site, path, status):
    check(site, path, status, PLAIN)
    assert forwarded(site, "/app/x") == "/app/x"


@pytest.mark.parametrize("path,status", protected(
    ["/app//AREA/a", "//app/AREA/a", "/app/x/..//AREA/a"]))
def test_pt2_slashes(site, path, status):
    check(site, path, status, [host for host in PLAIN if host != "unparsed"])
    check(site, path, (status, 400), ["unparsed"])  # what the container merges is in doubt there


@pytest.mark.parametrize("path,status", protected(
    ["/app/./AREA/a", "/app/z/../AREA/a", "/z/../app/AREA/a", "/app/AREA/../AREA/a"]))
def test_pt3_dots(site, path, status):
    check(site, path, status, PLAIN)


@pytest.mark.parametrize("path,status", protected(
    ["/app/AREA;p=1/a", "/app;x/AREA/a", "/app/;p=1/AREA/a", "/;/app/AREA/a", "/app/AREA;"]))
def test_pt4_parameters(site, path, status):
    check(site, path, status, PLAIN)


@pytest.mark.parametrize("path", ["/jkstatus", "/jkstatus;", "/jkstatus;a=b", "/;x/jkstatus",
                                  "/jkstatus/;"])
def test_pt4_status_worker(site, path):
    for host in PLAIN:
        answer, uris = site.ask(path, host)
        assert (answer.status, uris) == (403, []), (host, path)
        assert "JK" not in answer.text and "worker" not in answer.text


@pytest.mark.parametrize("path,status", protected(
    ["/app/z/..;/AREA/a", "/app/z/..;x=y/AREA/a", "/z/..;/app/AREA/a", "/app/.;/AREA/a"]))
def test_pt5_parameters_and_dots(site, path, status):
    check(site, path, status, PLAIN)


PT6 = [("/app/%252e%252e/x", "/app/%2e%2e/x"), ("/app/%2570rivate/a", "/app/%70rivate/a"),
       ("/app/%256cocked/a", "/app/%6cocked/a")]


@pytest.mark.parametrize("path,decoded", PT6)
def test_pt6_no_double_decoding(site, path, decoded):
    for host in PLAIN:
        assert forwarded(site, path, host) == (decoded if host == "compat" else path), host


@pytest.mark.parametrize("path,status", protected(
    ["/app/%HEX/a", "/app/%2e/AREA/a", "/app/z/%2e%2e/AREA/a", "/app/z/%2e./AREA/a"]))
def test_pt7_single_encoding(site, path, status):
    check(site, path, status, PLAIN)


def test_pt7_status_worker(site):
    check(site, "/jkstatu%73;", 403, PLAIN)


PT8 = protected(["/app/%2fAREA/a", "/app%2fAREA/a", "/app/AREA%2fa"])


@pytest.mark.parametrize("path,status", PT8)
def test_pt8_encoded_slash(site, path, status):
    """httpd refuses it; what it decodes is a slash as any other; what it keeps stays as it is."""
    refusing = [host for host in PLAIN if host not in ("slashes", "no-decode")]
    check(site, path, (404, status), refusing)
    check(site, path, status, ["slashes"])
    answer, uris = site.ask(path, "no-decode")
    assert uris in ([], [path])
    assert answer.status == 200 if uris else answer.status in (400, 403, 404)


PT9 = protected(["/app%5cAREA/a", "/app/z%5c..%5cAREA/a", "/app/x%5c../AREA/a"])
PT10 = protected(["/app\\AREA/a", "/app/z\\..\\AREA/a"])


@pytest.mark.parametrize("path,_", PT9)
def test_pt9_encoded_backslash(site, path, _):
    check(site, path, 400, PLAIN)
    assert forwarded(site, path, "backslash") == path.replace("%5c", "%5C")


@pytest.mark.parametrize("path,_", PT10)
def test_pt10_backslash(site, path, _):
    check(site, path, 400, PLAIN)
    assert forwarded(site, path, "backslash") == path.replace("\\", "%5C")


@pytest.mark.parametrize("path", ["/app/private%00/a", "/app/%00", "/app/x%00.jsp"])
def test_pt11_nul(site, path):
    check(site, path, (400, 404), PLAIN + ["backslash", "root"])


@pytest.mark.parametrize("path,status", protected(
    ["/app/AREA%3b/a", "/app/%3bp/AREA/a", "/app/z/..%3b/AREA/a"]))
def test_pt12_encoded_semicolon(site, path, status):
    check(site, path, status, [host for host in PLAIN if host != "unparsed"])
    check(site, path, (status, 400), ["unparsed"])  # the last test of this row


@pytest.mark.parametrize("path", ["/app/%c0%afprivate/a", "/app/%c0%aflocked/a", "/app/%e0%80%af",
                                  "/app/%f0%80%80%af", "/app/%zz", "/app/%c1%9cx", "/app/a%2"])
def test_pt12_overlong_and_bad_escapes(site, path):
    check(site, path, 400, [host for host in PLAIN if host != "overlong"])
    if re.search("%[cef]", path):
        assert forwarded(site, path, "overlong").lower() == path
    else:
        check(site, path, 400, ["overlong"])


def test_pt12_question_mark_stays_encoded(site):
    sent = {host: forwarded(site, "/app/a%3fb", host) for host in PLAIN}
    assert sent.pop("compat") == "/app/a?b"  # decoded, as that option says
    assert {uri.lower() for uri in sent.values()} == {"/app/a%3fb"}
    assert site.peer.requests[0].request.attribute("query_string") is None


def test_pt12_dots_and_parameters_that_are_sent_as_received(site):
    """httpd resolves dots before parameters are removed, a container behind that, and to it %3b is
    no delimiter: where it gets the client's own text it would find another path than we have."""
    for path in ("/app/private/..%3b/x", "/app/private/%3ba/..;/x", "/app/locked/..%3b/x",
                 "/app/e/;x/../private/x", "/app/e/x/..;%2e/../private/x"):
        check(site, path, 400, ["unparsed"])
        assert len(site.ask(path)[1]) == 1
    check(site, "/app/e/\\..;/../private/x", 400, ["unparsed"])
    for path in ("/app/a%3Bb", "/app/a;b=c/d", "/app/./x", "/app/private/..;/x"):
        assert forwarded(site, path, "unparsed") == path


def test_pt12_slashes_beside_dots_that_are_sent_as_received(site):
    """A container drops empty segments and decodes slashes before it resolves dots, httpd (with
    MergeSlashes Off) behind that; to a container a parameter ends at a slash written as one."""
    for path in ("/app/x//../private/a", "/app/x//%2e./locked/a"):
        check(site, path, 400, ["unparsed-unmerged"])
    for path in ("/app/x/%2f/../private/a", "/app/x%2f/../../app/locked/a", "/app/locked%2fx/../a",
                 "/app;%2fx/private/a"):
        check(site, path, (400, 403), ["unparsed-slashes"])
    assert forwarded(site, "/app//a;b=c/", "unparsed-unmerged") == "/app//a;b=c/"
    assert forwarded(site, "/app/a%2fb", "unparsed-slashes") == "/app/a%2fb"


def test_pt13_no_worker_by_itself(site):
    """What no mount takes is httpd's, a directory too, and with ForwardDirectories as well."""
    for name in ("other/x", "dir/index.html", "bare/file"):
        site.server.file("htdocs/" + name, "local")
    for host in PLAIN:
        for path in ("/other/x", "/dir/", "/other/../other/x"):
            answer, uris = site.ask(path, host)
            assert (answer.status, answer.text, uris) == (200, "local", []), (host, path)
    check(site, "/dir", 301, PLAIN)
    check(site, "/app", 404, PLAIN)
    for path in ("/", "/bare/", "/nothing"):
        check(site, path, (403, 404), PLAIN)


@pytest.mark.parametrize("line,status", [
    ("GET app/private/a", 400), ("GET @host/x", 400), ("GET http://a/app/private/a", 404),
    ("GET http://a/app/locked/a", 403), ("OPTIONS *", 200), ("GET *", 400),
    ("GET http://a@b/app/x/../private/a", (400, 404)), ("CONNECT a:80", (400, 405))])
def test_pt14_forms_of_the_target(site, line, status):
    for host in PLAIN + ["root"]:
        if host == "root" and "http://" in line:
            continue  # there the rest is mounted
        method, target = line.split(" ")
        check_answer, uris = site.ask(target, host, method)
        assert uris == [], (host, line)
        wanted = status if isinstance(status, tuple) else (status,)
        assert check_answer.status in wanted, (host, line)


@pytest.mark.parametrize("path", ["/", "//", "/;x", "/."])
def test_pt15_root_excluded(site, path):
    check(site, path, (403, 404), ["root"])
    assert forwarded(site, "/x", "root") == "/x"


@pytest.mark.parametrize("path", ["/app/PRIVATE/a", "/app/private./a", "/app/private%20/a",
                                  "/app/private::$DATA/a", "/app/LOCKED/a", "/app/locked./a"])
def test_pt16_other_resources(site, path):
    """To a container that tells cases apart these are other paths."""
    for host in PLAIN:
        wanted = path.replace("%20", " ") if host == "compat" else path
        assert forwarded(site, path, host) == wanted, host


@pytest.mark.parametrize("path", ["/../app/private/a", "/%2e%2e/app", "/..;/app/x",
                                  "/app/../../app/x", "/app/..;/..;/app/x"])
def test_pt17_above_the_root(site, path):
    check(site, path, 400, PLAIN + ["root"])


PT18 = ["/app/WEB-INF/web.xml", "/app/;/WEB-INF/web.xml", "/app/%57EB-INF/web.xml",
        "/app/META-INF/x", "/app/web-inf/web.xml", "/app/x/..;/WEB-INF/web.xml"]


def test_pt18_files_of_an_application(make):
    """With the shipped section, httpd gives out none of them, whichever way it finds the files."""
    shipped = (ROOT / "conf/httpd-jk.conf").read_text()
    section = re.search(r"<LocationMatch .*?</LocationMatch>", shipped, re.S).group(0)
    peer = make.peer()
    site = Site(make, peer, {"aliased": "JkMountCopy Off\nAlias /app @DIR@/webapps/app",
                             "auto": "JkMountCopy Off\nJkAutoAlias @DIR@/webapps"},
                config=section + "\n<Directory @DIR@/webapps>\n  Require all granted\n"
                "</Directory>\n", modules=["alias"])
    for name in ("WEB-INF/web.xml", "META-INF/x", "page.html"):
        site.server.file("webapps/app/" + name, "content")
    for host in ("aliased", "auto"):
        assert get(site.port(host), "/app/page.html").text == "content"
    for path in PT18:
        check(site, path, (403, 404), ["base", "aliased", "auto"])


# With a real container ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def container(make_for_module):
    assert tomcat_module.installed(), \
        "please install tomcat10, tomcat10-examples and default-jre-headless"
    return make_for_module.keep(ContainerSite(make_for_module))


def with_tomcat(test):
    return pytest.mark.tomcat(pytest.mark.timeout(180)(test))


@with_tomcat
@pytest.mark.parametrize("path,info", [
    ("/app/%2570rivate/a", "/%70rivate/a"), ("/app/%252e%252e/x", "/%2e%2e/x"),
    ("/app/%256cocked/a", "/%6cocked/a"), ("/app/x;y/z", "/x/z"), ("/app/a%3fb", "/a?b")])
def test_pt6_path_info(container, path, info):
    answer = container.ask(path)
    assert (answer.header("X-Servlet"), answer.header("X-Info")) == ("[]", "[%s]" % info)


@with_tomcat
@pytest.mark.parametrize("path", PT18)
def test_pt18_container(container, path):
    assert container.ask(path).status == 404


@with_tomcat
def test_pt1_container_tells_areas_apart(container):
    """Where httpd denies nothing, the report names the area: so the next test can fail."""
    answer = container.ask("/app/locked/x")
    assert (answer.status, answer.header("X-Servlet")) == (200, "[/locked]")


@with_tomcat
@pytest.mark.parametrize("path,host", [
    ("/a/x//../%s/z", "unparsed-unmerged"), ("/a/x/%%2f/../%s/z", "unparsed-slashes"),
    ("/a/%s%%2fx/../z", "unparsed-slashes"), ("/a;%%2fx/%s/z", "unparsed-slashes")])
def test_pt12_container_resolves_no_further(container, path, host):
    for area in "pc":
        wrong, status = container.judge(path % area, host)
        assert wrong is None and status in (400, 403, 404), (wrong, status)


@with_tomcat
def test_pt_random_paths(container):
    """No path of any spelling gets behind what is not mounted or denied."""
    chance = random.Random(20230906)
    found, reached = [], 0
    for _ in range(300):
        wrong, status = container.judge(random_path(chance), chance.choice(container.hosts))
        found += [wrong] if wrong else []
        reached += status == 200
    assert not found, "\n".join(found)
    assert reached > 30, "hardly any path reached the container"
