"""The section on the page of mod_status: for people, and the lines of ?auto for programs."""

import html.parser
import re

import pytest

from support import get

CONFIG = """
<Location /server-status>
    SetHandler server-status
</Location>
JkWorkerProperty worker.list=lb,single,st
JkWorkerProperty worker.lb.type=lb
JkWorkerProperty worker.lb.balance_workers=a,b
JkWorkerProperty worker.lb.sticky_session=False
JkWorkerProperty worker.a.port=%(up)d
JkWorkerProperty worker.b.port=%(down)d
JkWorkerProperty worker.b.activation=disabled
JkWorkerProperty worker.single.port=%(up)d
JkWorkerProperty worker.st.type=status
JkMount /app/* lb
JkMount /st* st
"""


class Cells(html.parser.HTMLParser):
    """The texts of table cells, row by row, and every tag that is open at the end."""

    def __init__(self, page):
        super().__init__()
        self.rows, self.is_cell = [], False
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        if tag == "tr":
            self.rows.append([])
        self.is_cell = tag == "td"

    def handle_data(self, data):
        if self.is_cell:
            self.rows[-1].append(data)

    def handle_endtag(self, tag):
        self.is_cell = False


@pytest.fixture
def server(make):
    peer, down = make.peer(), make.peer()
    down.refuse()
    return make.httpd(CONFIG % {"up": peer.port, "down": down.port}, modules=["status"], children=2)


def automatic(server):
    """The page of ?auto as scrapers read it: name → number, of ours alone."""
    answer = get(server.port, "/server-status?auto")
    assert answer.status == 200
    numbers = {}
    for line in answer.text.splitlines():
        name, _, value = line.partition(":")
        if name.startswith("Jk"):
            assert re.fullmatch(r"[A-Za-z0-9_.\[\]-]+", name), line
            assert name not in numbers
            numbers[name] = float(value)
    return numbers


def test_automatic(server):
    for _ in range(3):
        assert get(server.port, "/app/x").status == 200
    numbers = automatic(server)
    assert numbers == {
        "JkBalancer[lb]Members": 2, "JkBalancer[lb]Up": 2, "JkBalancer[lb]Busy": 0,
        "JkBalancer[lb]Member[a]Up": 1, "JkBalancer[lb]Member[a]Active": 1,
        "JkBalancer[lb]Member[a]Busy": 0, "JkBalancer[lb]Member[a]Errors": 0,
        "JkBalancer[lb]Member[a]Requests": 3,
        "JkBalancer[lb]Member[b]Up": 1, "JkBalancer[lb]Member[b]Active": 0,
        "JkBalancer[lb]Member[b]Busy": 0, "JkBalancer[lb]Member[b]Errors": 0,
        "JkBalancer[lb]Member[b]Requests": 0}
    # an edit, made in one child, shows in all; then b fails
    assert get(server.port, "/st?cmd=update&mime=txt&w=lb&sw=a&vwa=s").status == 200
    assert get(server.port, "/st?cmd=update&mime=txt&w=lb&sw=b&vwa=a").status == 200
    for _ in range(4):
        numbers = automatic(server)
        assert (numbers["JkBalancer[lb]Member[a]Active"],
                numbers["JkBalancer[lb]Member[b]Active"]) == (0, 1)
    assert get(server.port, "/app/x").status == 503
    numbers = automatic(server)
    assert numbers["JkBalancer[lb]Up"] == 1
    assert numbers["JkBalancer[lb]Member[b]Up"] == 0
    assert numbers["JkBalancer[lb]Member[b]Errors"] >= 1


def test_page(server):
    assert get(server.port, "/app/x").status == 200
    page = get(server.port, "/server-status").text
    assert "<h1>Balancers of mod_jk</h1>\n<h2>Balancer lb</h2>\n<p>0 in flight</p>" in page
    assert page.rstrip().endswith("</body></html>")
    rows = Cells(page[page.index("Balancers of mod_jk"):]).rows
    assert rows[:3] == [
        ["Member", "State", "Activation", "In flight", "Errors", "Requests"],
        ["a", "OK", "active", "0", "0", "1"],
        ["b", "OK/IDLE", "disabled", "0", "0", "0"]]
    page = get(server.port, "/server-status?notable").text
    assert "<li>a OK active 0 0 1 </li>" in page


def test_without_balancers(make):
    peer = make.peer()
    server = make.httpd("""
<Location /server-status>
    SetHandler server-status
</Location>
JkWorkerProperty worker.list=w
JkWorkerProperty worker.w.port=%d
JkMount /* w
JkUnMount /server-status w
""" % peer.port, modules=["status"])
    for query in ("", "?auto", "?notable"):
        answer = get(server.port, "/server-status" + query)
        assert answer.status == 200 and "Jk" not in answer.text and "mod_jk</h1>" not in answer.text
