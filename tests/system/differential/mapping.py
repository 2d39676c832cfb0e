"""Which worker a path goes to: rules of all sources, their order, virtual hosts, extensions."""

from .case import WORKERS, Case, Group, ask, cases, respond

ADMIN = """
JkMountFile @DIR@/rules.properties
JkMount /over w1
JkMount /jkm/* w1
JkMount /same w1
JkMount /same w2
JkMount "/sp ace2" w1
JkMount /un/* w1
JkMount /un/w2/* w2
JkUnMount /un/no/* w1
JkUnMount /un/w2/no w1
JkUnMount /un/any/* *
JkMount /bar|/* w2
JkMount /unknown/* nobody
JkMount /app/* w1
<Location /loc>
  JkMount w1
</Location>
<Location /star/*/z>
  JkMount w2
</Location>
"""
RULES = """
# rules of the mount file
/dbl|/*=w2
/tri|/a|/b=w1
*.jsp=w1
/y=w1
/q?z=w1
/a/*/c=w2
/star*=w1
/lit%20x=w1
/sp ace=w1
/case/*=w1
  /ws1 = w1   # a comment
/ext=w1 ;reply_timeout=5000
/eq=w1=foo
/empty=
novalue
=w1
/dup=w1
/dup=w2
/sub/*.do=w2
!/sub/no.do=w1
!/sub/no2.do=w2
!/sub/x/*=*
-!/sub/no3.do=w2
/fall/*=w1
/fall/sub/*=w2
!/fall/sub/*.gif=w2
-/ws2b=w1
!-/foo=w1
/over=w2
-/jkm/*=w1
/pri/x=w1
/pri/*x**=w2
/ss/**/x=w2
/map/*=w1
/one=w1
/any/*=*
/v/*=$(WORKERVAR)
/undefined/*=$(NOSUCHVAR)
/tie/*=w1
/tie/b=w2
/deep/a/b=w1
/deep/*=w2
/deep/a/*=w1
/s/*.jsp=w2
/=w2
/#c=w1
/colon:x=w1
/\xe9=w1
/tail/=w1
/two*a*b=w1
/xt=w1;reply_timeout=5000;unknown=1
/fs=w1;fail_on_status=404 500
/fsoft=w1;fail_on_status=-404
/use=w1;use_server_errors=400
/usebig=w1;use_server_errors=501
/t?=w2
/semi;x=w1
/dd//x=w1
"""
PATHS = [
    "/dbl", "/dbl/", "/dbl/y", "/dblx", "/tri", "/tri/a", "/tri/a%7C/b", "/x.jsp", "/y", "/y/",
    "/qaz", "/q/z", "/qz", "/q%3Fz", "/a/x/c", "/a/x/y/c", "/a/c", "/a//c", "/star", "/starfoo",
    "/star/a/b", "/lit%20x", "/lit%2520x", "/sp%20ace", "/sp%20ace2", "/case/a", "/CASE/a", "/ws1",
    "/ext", "/eq", "/empty", "/novalue", "/dup", "/sub/a.do", "/sub/no.do", "/sub/no2.do",
    "/sub/x/y.do", "/sub/no3.do", "/fall/a", "/fall/sub/a", "/fall/sub/a.gif", "/ws2b", "/foo",
    "/over", "/jkm/x", "/pri/x", "/ss/a/b/x", "/ss/x", "/map;v=1/x", "/map/a//b", "/x/../map/b",
    "/foo/..;x/map/y", "/one;jsessionid=1", "/one/", "/any/x", "/v/x", "/undefined/x", "/tie/b",
    "/deep/a/b", "/deep/a/c", "/deep/b", "/s/x.jsp", "/s/x.jsp;a=b", "/s/x.JSP", "/s/a/x.jsp",
    "/s/x.jsp/y", "/", "//", "/colon:x", "/%e9", "/tail/", "/tail", "/twoxayb", "/twoab", "/twob",
    "/xt", "/t", "/tx", "/t/", "/semi", "/semi;x", "/dd/x", "/same", "/un/x", "/un/no/x",
    "/un/w2/x", "/un/w2/no", "/un/any/x", "/bar", "/bar/", "/bar/x", "/barx", "/unknown/x", "/loc",
    "/loc/", "/loc/x", "/star/a/z",
]
RULE_FILE = Group("mapping", WORKERS + ADMIN, files={"rules.properties": RULES},
                  env={"WORKERVAR": "w2"}, log=True)

HOSTS = WORKERS + """
JkMount /m/* w1
JkMount /both/* w1
JkUnMount /m/no w1
JkMount /app/* w1
JkWorkerProperty worker.w2.mount=/prop/* !/prop/no
SetEnvIf X-Local . no-jk
SetEnvIf X-Worker (.*) WORKER=$1
Alias /alias @DIR@/htdocs
JkMount /alias/app w1
Redirect /m/redirect http://other.test/
<VirtualHost 127.0.0.1:@PORT2@>
</VirtualHost>
<VirtualHost 127.0.0.1:@PORT3@>
  JkMountCopy On
</VirtualHost>
<VirtualHost 127.0.0.1:@PORT4@>
  JkMountCopy On
  JkMount /both/* w2
</VirtualHost>
<VirtualHost 127.0.0.1:@PORT5@>
  JkMount /* w1
  JkUnMount / w1
</VirtualHost>
<VirtualHost 127.0.0.1:@PORT6@>
  JkWorkerIndicator WORKER
  <Location /handler>
    SetHandler jakarta-servlet
  </Location>
</VirtualHost>
"""
VHOSTS = Group("mapping-hosts", HOSTS, ports=6, modules=("setenvif", "alias"))
ALL = Group("mapping-all", WORKERS + """
JkMountCopy All
JkMount /app/* w1
<VirtualHost 127.0.0.1:@PORT2@>
</VirtualHost>
<VirtualHost 127.0.0.1:@PORT3@>
  JkMountCopy Off
</VirtualHost>
<VirtualHost 127.0.0.1:@PORT4@>
  JkMount /app/x w2
</VirtualHost>
<VirtualHost 127.0.0.1:@PORT5@>
  JkMount /app|/* w2
</VirtualHost>
<VirtualHost 127.0.0.1:@PORT6@>
  JkUnMount /app/x w1
</VirtualHost>
""", ports=6)
FILES = Group("mapping-files", WORKERS + """
FileETag None
JkMount /*.jsp w1
JkMount /app/* w1
DirectoryIndex index.jsp index.html
<VirtualHost 127.0.0.1:@PORT2@>
  JkMount /app/* w1
  JkStripSession On
</VirtualHost>
<VirtualHost 127.0.0.1:@PORT3@>
  JkMountCopy On
  JkOptions +ForwardDirectories
</VirtualHost>
<VirtualHost 127.0.0.1:@PORT4@>
  JkMount /app/* w1
  JkAutoAlias @DIR@/apps
</VirtualHost>
""", ports=4, modules=("dir",), files={
    "htdocs/none/x.txt": "x", "htdocs/html/index.html": "html", "htdocs/jsp/index.jsp": "jsp",
    "htdocs/s.txt": "static", "htdocs/sub/s.txt": "static", "htdocs/x.jsp": "source",
    "apps/ctx/s.txt": "auto", "apps/ctx/WEB-INF/web.xml": "no", "apps/ctx/index.html": "index",
    "apps/ctx2.war": "war"})
HOST_ROWS = [
    (1, ["/m/x", "/m/no", "/prop/x", "/prop/no", "/alias/app", "/alias/x", "/m/redirect"]),
    (2, ["/m/x", "/prop/x"]), (3, ["/m/x", "/m/no", "/both/x", "/prop/x"]),
    (4, ["/m/x", "/both/x", "/prop/x"]), (5, ["/", "/x", "//", "/;x", "/."]),
]
HANDLER_ROWS = [
    ("named", "/handler/x", "w2"), ("unknown", "/handler/x", "nobody"),
    ("none", "/handler/x", None),
    ("dots", "/handler/a/../x", "w1"), ("parameter", "/handler/x;a=b", "w1"),
    ("parameter-dots", "/handler/..;/x", "w1"), ("coded-dots", "/handler/%2e%2e;/x", "w1"),
    ("above", "/handler/..;/..;/x", "w1"), ("coded", "/handler/a%20b", "w1"),
    ("slashes", "/handler//x", "w1"), ("extension", "/handler/x", "w1;reply_timeout=5000"),
    ("outside", "/x", "w1"),
]
FILE_ROWS = [
    (1, ["/none/", "/html/", "/jsp/", "/none", "/s.txt", "/x.jsp", "/x.jsp/y", "/none/y.jsp",
         "/sub/"]),
    (2, ["/s.txt;jsessionid=1", "/sub;jsessionid=1/s.txt", "/s.txt;x=1", "/s.txt"]),
    (3, ["/none/", "/html/", "/jsp/", "/sub/"]),
    (4, ["/ctx/s.txt", "/ctx/WEB-INF/web.xml", "/ctx/web-inf/x", "/ctx2.war", "/ctx/", "/no/x",
         "/ctx/none", "/x/META-INF/y", "/ctx;x/WEB-INF/web.xml"]),
]
# Rule extensions that change what becomes of the backend's answer.
ANSWERS = [
    ("fs-404", "/fs", 404), ("fs-500", "/fs", 500), ("fs-200", "/fs", 200),
    ("fsoft", "/fsoft", 404),
    ("use-404", "/use", 404), ("use-399", "/use", 399), ("use-503", "/use", 503),
    ("use-401", "/use", 401), ("usebig-404", "/usebig", 404), ("usebig-501", "/usebig", 501),
]


def name(path):
    return path.lstrip("/").replace("/", ".") or "root%d" % len(path)


def hosted(group, prefix, rows):
    return [case for host, paths in rows
            for case in cases(group, "%s-%d" % (prefix, host),
                              [(name(path), ask(path)) for path in paths], host=host)]


def all_cases():
    made = cases(RULE_FILE, "map", [
        ("%03d-%s" % (n, name(p)), ask(p)) for n, p in enumerate(PATHS)])
    made += [Case("map-long-%d" % n, VHOSTS, ask("/m/" + "x" * n)) for n in (4092, 4093, 4094)]
    made += cases(RULE_FILE, "map-answer", [
        (label, ask(path), respond(status, [("WWW-Authenticate", 'Basic realm="b"'), ("X-B", "1")]))
        for label, path, status in ANSWERS])
    made += hosted(VHOSTS, "host-copy", HOST_ROWS)
    made += cases(VHOSTS, "no-jk", [("set", ask("/m/x", "X-Local: 1")),
                                    ("set-local", ask("/x", "X-Local: 1"))])
    made += cases(VHOSTS, "handler", [
        (label, ask(path, *(["X-Worker: " + worker] if worker else [])))
        for label, path, worker in HANDLER_ROWS], host=6)
    made += hosted(ALL, "copy-all", [(n, ["/app/x", "/app/y"]) for n in range(1, 7)])
    made += hosted(FILES, "files", FILE_ROWS)
    return made
