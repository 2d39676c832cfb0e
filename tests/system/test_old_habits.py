"""What old configurations rely on without saying so: each request as the original answers it."""

import pytest

import ajp_wire
import httpd as httpd_module
from support import get

ADDRESS = "9.8.7.6"
SCRIPT = """
function name_worker(r)
  if r.uri:find('^/note/') then
    r.notes['JK_WORKER_NAME'] = 'w'
    r.handler = 'jakarta-servlet'
  end
  return apache2.DECLINED
end
"""


@pytest.fixture
def site(make):
    """Starts httpd with one worker `w`, which answers with the address that it is told."""
    def start(config, files=None, **more):
        def answer(exchange):
            exchange.read_body()
            exchange.respond(body=exchange.request.remote_addr.encode("latin-1"))
        peer = make.peer(answer)
        peer.policy = ajp_wire.Policy(attributes=".*")
        worker = ("JkWorkerProperty worker.list=w\nJkWorkerProperty worker.w.host=127.0.0.1\n"
                  "JkWorkerProperty worker.w.port=%d\n" % peer.port)
        server = make.keep(httpd_module.Httpd(worker + config, **more))
        for name, text in (files or {}).items():
            server.file(name, text)
        return server.start(), peer
    return start


def test_a_rule_without_a_worker_serves_no_files(site):
    files = {"r.properties": "/t6/*=$(W);reply_timeout=500\n"}
    files.update({"htdocs/%s/x.jsp" % folder: "SOURCE" for folder in ("t5", "t6", "t7")})
    server, _ = site('JkMount "/t5/*" ";reply_timeout=500"\nJkMountFile @DIR@/r.properties\n',
                     files, env={"W": ""})
    answers = [get(server.port, "/%s/x.jsp" % folder) for folder in ("t5", "t6", "t7")]
    assert [answer.status for answer in answers] == [500, 500, 200]
    assert "SOURCE" not in answers[0].text + answers[1].text
    assert server.error_log().count("names no worker, so its requests get 500") == 2


@pytest.mark.parametrize("main, host, is_physical", [
    ("+ForwardPhysicalAddress", "-ForwardLocalAddress", True),
    ("+ForwardPhysicalAddress", "-ForwardPhysicalAddress +ForwardPhysicalAddress", False),
    ("-ForwardKeySize", "-ForwardPhysicalAddress +ForwardPhysicalAddress", False)])
def test_the_address_of_two_scopes(site, main, host, is_physical):
    server, _ = site("JkMount /* w\nRemoteIPHeader X-Client\nJkOptions %s\n"
                     "<VirtualHost 127.0.0.1:@PORT2@>\nJkMountCopy On\nJkOptions %s\n"
                     "</VirtualHost>\n" % (main, host), ports=2, modules=["remoteip"])
    told = get(server.ports[1], "/x", [("X-Client", ADDRESS)]).text
    assert told == ("127.0.0.1" if is_physical else ADDRESS)


def test_common_variables_are_there_behind_the_request(site):
    server, _ = site('JkMount /* w\nHeader set X-Env "%{SERVER_NAME}e %{REMOTE_ADDR}e"\n',
                     modules=["headers"])
    assert get(server.port, "/x").header("X-Env") == "localhost 127.0.0.1"


def test_milliseconds_are_no_millions(site):
    server, _ = site("JkWorkerProperty worker.list=st\nJkWorkerProperty worker.st.type=status\n"
                     "JkWorkerProperty worker.w.reply_timeout=30000ms\nJkMount /jkstatus st\n")
    assert "reply_timeout=30000\n" in get(server.port, "/jkstatus?mime=prop").text
    assert "30000ms" in server.jk_log()


def test_the_note_of_another_module_names_the_worker(site):
    server, _ = site("LuaHookTranslateName @DIR@/a.lua name_worker early\nJkMount /y w\n",
                     {"a.lua": SCRIPT}, modules=["lua"])
    assert get(server.port, "/note/x").status == 200
    assert get(server.port, "/note/..;/x").status == 400
    assert get(server.port, "/other/x").status == 404


def test_variables_are_compared_without_case(site):
    server, peer = site("JkMount /* w\nJkEnvVar Tenant main\n<VirtualHost 127.0.0.1:@PORT2@>\n"
                        "JkMountCopy On\nJkEnvVar TENANT host\n</VirtualHost>\n", ports=2)
    get(server.ports[1], "/x")
    attributes = peer.requests[0].request.attributes
    assert [value for name, value in attributes if name.lower() == "tenant"] == ["host"]


def test_a_pool_that_no_memory_holds(site):
    server, _ = site("JkMount /* w\nJkWorkerProperty worker.list=v\n"
                     "JkWorkerProperty worker.v.connection_pool_size=2147483647\n")
    assert get(server.port, "/x").status == 200
    assert "as many as a child has threads" in server.jk_log()


def test_a_tab_in_a_secret(site):
    server, peer = site("JkMount /* w\nJkWorkerProperty worker.w.secret=a\tb\n")
    get(server.port, "/x")
    assert ("secret", "a\tb") in peer.requests[0].request.attributes
