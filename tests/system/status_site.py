"""A server with status workers of every kind, and what they answer in each format.

Behind it are two peers, one of them down, so that there is a member that failed;
test_rows_status.py and test_status_pages.py ask it.
"""

import xml.etree.ElementTree as ElementTree

import httpd
from support import get

CONFIG = """
JkWorkersFile @DIR@/workers.properties
JkWorkerProperty worker.list=jkfmt,jkstyled
JkWorkerProperty worker.jkfmt.type=status
JkWorkerProperty worker.jkfmt.ns=-
JkWorkerProperty worker.jkfmt.xmlns=-
JkWorkerProperty worker.jkfmt.doctype=<!DOCTYPE status SYSTEM "status.dtd">
JkWorkerProperty worker.jkfmt.prefix=jkw
JkWorkerProperty worker.jkstyled.type=status
JkWorkerProperty worker.jkstyled.css=https://style.example.com/jk.css?a=1&b=2
JkMount /app/* lb
JkMount "/x&y/*" lb
JkMount /one/* single
JkMount /jkstatus jkstatus
JkMount /jkstatus/* jkstatus
JkMount /jkro jkro
JkMount /jkfmt jkfmt
JkMount /jkstyled jkstyled
"""
WORKERS = """
word=hidden1
worker.list=lb,single,jkstatus,jkro
worker.template.type=ajp13
worker.template.host=127.0.0.1
worker.template.secret=$(word)
worker.lb.type=lb
worker.lb.balance_workers=node1,node2
worker.lb.balance_workers=node3
worker.node1.reference=worker.template
worker.node1.port=%(up)d
worker.node2.reference=worker.template
worker.node2.port=%(up)d
worker.node3.reference=worker.template
worker.node3.port=%(down)d
worker.single.port=%(up)d
worker.single.host=127.0.0.1
worker.single.secret=hidden2
worker.jkstatus.type=status
worker.jkro.type=status
worker.jkro.read_only=true
my.secret=hidden3
"""


def start(make):
    peer, down = make.peer(), make.peer()
    down.refuse()
    server = make.keep(httpd.Httpd(CONFIG))
    server.file("workers.properties", WORKERS % {"up": peer.port, "down": down.port})
    server.start()
    for path in ["/app/x"] * 6 + ["/one/x"]:
        assert get(server.port, path).status == 200
    return server


def ask(server, query, path="/jkstatus"):
    return get(server.port, "%s?%s" % (path, query))


def txt(server, query):
    return ask(server, "mime=txt&" + query).text.splitlines()


def xml(server, query="", path="/jkstatus"):
    return ElementTree.fromstring(ask(server, "mime=xml&" + query, path).body)


def prop(server, query="", path="/jkstatus"):
    return [line.partition("=")[::2] for line in ask(server, "mime=prop&" + query,
                                                     path).text.splitlines()]
