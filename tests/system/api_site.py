"""A server with the JSON API, and how it is asked: test_api.py and test_api_changes.py.

Behind it are two peers, one of which refuses connections.
"""

import json

from support import get, request

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
NODE1 = "balancers/app/members/node1"
NODE2 = "balancers/app/members/node2"


def start(make, more="", modules=()):
    peer, down = make.peer(), make.peer()
    down.refuse()
    server = make.httpd(CONFIG % {"up": peer.port, "down": down.port} + more, ports=2,
                        modules=["setenvif", *modules], children=2)
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
    assert answer.header("Cache-Control") == "no-cache, no-store"
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
