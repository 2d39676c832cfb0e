"""Together with httpd's own modules: rewriting, error documents, includes, filters, bad files."""

import gzip

from .case import WORKERS, Case, Group, ask, cases, post, respond

REWRITE = Group("modules-rewrite", WORKERS + """
JkMount /app/* w1
FileETag None
RewriteEngine On
RewriteRule ^/pass/(.*)$ /app/$1 [PT]
RewriteRule ^/plain/(.*)$ /app/$1
RewriteRule ^/query/(.*)$ /app/x?q=$1 [PT,QSA]
RewriteRule ^/blank/(.*)$ /app/a\\ b/$1 [PT]
RewriteRule ^/coded/(.*)$ /app/$1 [PT,B]
RewriteRule ^/out/(.*)$ http://other.test/$1 [R]
RewriteRule ^/app/gone - [G]
RewriteRule ^/handler/ - [H=jakarta-servlet,E=JK_WORKER_NAME:w2]
RewriteRule ^/app/local/ - [E=no-jk:1]
RewriteRule ^/app/user/ - [E=JK_REMOTE_USER:joe,E=JK_AUTH_TYPE:own]
RewriteCond /app/z -U
RewriteRule ^/probe - [E=PROBED:1]
<VirtualHost 127.0.0.1:@PORT2@>
  JkMount /s/* w2
  ErrorDocument 403 /s/error
  ErrorDocument 404 /s/error
  ErrorDocument 410 "told by httpd"
  <Location /s/denied>
    Require all denied
  </Location>
  <Location /denied>
    Require all denied
  </Location>
</VirtualHost>
""", ports=2, modules=("rewrite",), files={"htdocs/probe.txt": "local"})
FILTERS = Group("modules-filters", WORKERS + """
JkMount /app/* w1
JkMount /s/* w1
FileETag None
TypesConfig /dev/null
AddType text/html .shtml
AddOutputFilter INCLUDES .shtml
<Directory @DIR@/htdocs>
  Options +Includes
</Directory>
<Location /app/deflate>
  SetOutputFilter DEFLATE
</Location>
<Location /app/inflate>
  SetInputFilter DEFLATE
  SetEnv JK_IGNORE_CL 1
</Location>
<Location /app/included>
  SetOutputFilter INCLUDES
</Location>
<Location /app/limited>
  LimitRequestBody 100
</Location>
Header set X-Set always
Header edit Set-Cookie ^(.*)$ "$1; Secure"
Header unset X-Unset
""", modules=("mime", "include", "deflate", "headers", "filter", "env"), files={
    "htdocs/page.shtml": 'before <!--#include virtual="/app/part?x=1" --> after',
    "htdocs/two.shtml": '<!--#include virtual="/app/a" --><!--#include virtual="/app/b" -->',
    "htdocs/none.shtml": '<!--#include virtual="/none" -->'})
BAD_FILE = Group("modules-bad-file", WORKERS + """
JkMountFile @DIR@/rules.properties
JkMount /j/* w1
JkWorkerProperty worker.list=twice
JkWorkerProperty place=127.0.0.1
JkWorkerProperty place=127.0.0.1
JkWorkerProperty worker.twice.host=$(place)
JkWorkerProperty worker.twice.port=@W1@
JkWorkerProperty worker.twice.retries=1
<VirtualHost 127.0.0.1:@PORT2@>
  JkMount /t/* twice
</VirtualHost>
""", ports=2, files={"rules.properties": "/y=w1\nworker.foo=1\n"}, follow=None)
HTML = respond(headers=[("Content-Type", "text/html")], body=b'<!--#echo var="REQUEST_URI" -->ok')
TEXT = respond(headers=[("Content-Type", "text/plain")], body=b"t" * 2000)
COOKIES = respond(headers=[("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"), ("X-Unset", "1"),
                           ("X-Set", "b")])
GZIP = gzip.compress(b"inflated", mtime=0)

REWRITES = [
    "/pass/x", "/pass/a%20b", "/pass/a%25b", "/pass/a;b=c", "/pass/a%3fb", "/pass/..;/x",
    "/plain/x",
    "/query/x", "/query/x?y", "/query/a%20b", "/query/a%26b", "/query/a%0ab", "/blank/x",
    "/coded/a%20b", "/coded/a%2bb", "/out/x", "/app/gone", "/handler/x", "/app/local/x",
    "/app/user/x", "/probe.txt", "/app/x",
]


def all_cases():
    made = cases(REWRITE, "rewrite", [
        ("%02d-%s" % (n, path.split("/")[1]), ask(path)) for n, path in enumerate(REWRITES)])
    made += cases(REWRITE, "error-document", [
        ("denied", ask("/s/denied/x")), ("denied-local", ask("/denied/x")), ("none", ask("/none")),
        ("none-post", post(b"body", "/none")), ("none-head", ask("/none", method="HEAD")),
        ("backend-404", ask("/s/x"), respond(404)), ("backend-410", ask("/s/x"), respond(410)),
        ("empty-404", ask("/s/x"), respond(404, body=b"")),
        ("empty-410", ask("/s/x"), respond(410, body=b""))], host=2, follow="/s/follow-up")
    made += cases(FILTERS, "filter", [
        ("include", ask("/page.shtml")), ("include-two", ask("/two.shtml")),
        ("include-none", ask("/none.shtml")), ("include-post", post(b"body", "/page.shtml")),
        ("include-404", ask("/page.shtml"), respond(404)), ("included", ask("/app/included"), HTML),
        ("deflate", ask("/app/deflate", "Accept-Encoding: gzip"), TEXT),
        ("deflate-not", ask("/app/deflate"), TEXT),
        ("deflate-head", ask("/app/deflate", "Accept-Encoding: gzip", method="HEAD"), TEXT),
        ("inflate", post(GZIP, "/app/inflate", "Content-Encoding: gzip")),
        ("headers", ask("/app/x"), COOKIES), ("limited", post(b"x" * 101, "/app/limited")),
        ("limited-not", post(b"x" * 100, "/app/limited")),
        ("limited-chunked", ask("/app/limited", "Transfer-Encoding: chunked", method="POST",
                                body=b"65\r\n" + b"x" * 101 + b"\r\n0\r\n\r\n"))])
    made += cases(BAD_FILE, "bad-file", [("mount", ask("/j/x")), ("rule", ask("/y"))])
    return made + [Case("twice-variable", BAD_FILE, ask("/t/x"), host=2)]
