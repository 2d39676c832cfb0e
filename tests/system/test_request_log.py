"""JkRequestLogFormat: one line per request that the module served, and nothing else."""

import re

import ajp_peer
import httpd as httpd_module
from support import get, wait_for

WORKERS = """
JkWorkerProperty worker.list=w1,lb
JkWorkerProperty worker.w1.port=%d
JkWorkerProperty worker.lb.type=lb
JkWorkerProperty worker.lb.balance_workers=m
JkWorkerProperty worker.m.port=%d
JkMount /app/* w1
JkMount /lb/* lb
JkLogLevel error
"""


def served(make, log_format):
    peer = make.peer(behaviour=ajp_peer.respond(200, body=b"12345"))
    return make.httpd(WORKERS % (peer.port, peer.port) + log_format)


def lines(server, count):
    assert wait_for(lambda: server.jk_log().count("\n") >= count)
    return server.jk_log().splitlines()


def test_d6_line_at_any_level(make):
    server = served(make, 'JkLogStampFormat "%Y "\nJkRequestLogFormat "w=%w R=%R T=%T"')
    assert get(server.port, "/app/x").status == 200
    assert get(server.port, "/lb/x").status == 200
    assert get(server.port, "/none").status == 404
    first, second = lines(server, 2)
    assert re.fullmatch(r"\d{4} w=w1 R=- T=\d+\.\d{6}", first)
    assert re.fullmatch(r"\d{4} w=lb R=m T=\d+\.\d{6}", second)


def test_every_conversion(make):
    server = served(make, r'JkRequestLogFormat "|%b %B %H %m %p %q %r %s %U %v %V\t%w\\end"')
    get(server.port, "/app/a;x=1/b?q=%20")
    text = lines(server, 1)[0].split("|", 1)[1]
    port = server.port
    assert text == ("5 5 HTTP/1.1 GET %d ?q=%%20 GET /app/a;x=1/b?q=%%20 HTTP/1.1 200 /app/a/b "
                    "localhost localhost\tw1\\end" % port)


def test_lg1_control_characters_stay_one_line(make):
    server = served(make, 'JkRequestLogFormat "%U"')
    get(server.port, "/app/a%0d%0aFAKE")
    assert lines(server, 1)[0].endswith(r"/app/a\x0d\x0aFAKE")


def test_d5_unknown_conversion_switches_it_off(make):
    peer = make.peer()
    server = make.keep(httpd_module.Httpd(
        WORKERS % (peer.port, peer.port) + 'JkRequestLogFormat "%w %%"')).start()
    assert get(server.port, "/app/x").status == 200
    assert "JkRequestLogFormat" in server.error_log()
    lines_of_the_module = re.compile(r"\] \[(error|emerg)\] ")
    assert [x for x in server.jk_log().splitlines() if not lines_of_the_module.search(x)] == []
