"""How a path reaches the backend: every spelling, under each ForwardURI option."""

from .case import WORKERS, Group, ask, cases

CONFIG = WORKERS + """
AllowEncodedSlashes Off
JkMount /app/* w1
JkUnMount /app/private/* w1
<Location /app/locked>
  Require all denied
</Location>
FileETag None
<VirtualHost 127.0.0.1:@PORT2@>
  JkMountCopy On
  JkOptions +ForwardURICompat
</VirtualHost>
<VirtualHost 127.0.0.1:@PORT3@>
  JkMountCopy On
  JkOptions +ForwardURICompatUnparsed
</VirtualHost>
<VirtualHost 127.0.0.1:@PORT4@>
  JkMountCopy On
  JkOptions +ForwardURIEscaped
</VirtualHost>
<VirtualHost 127.0.0.1:@PORT5@>
  JkMountCopy On
  AllowEncodedSlashes NoDecode
</VirtualHost>
<VirtualHost 127.0.0.1:@PORT6@>
  JkMountCopy On
  AllowEncodedSlashes On
</VirtualHost>
<VirtualHost 127.0.0.1:@PORT7@>
  JkMount /app/* w1
  JkOptions +RejectUnsafeURI
</VirtualHost>
<VirtualHost 127.0.0.1:@PORT8@>
  JkMountCopy On
  JkOptions +RejectUnsafeURI
</VirtualHost>
"""
GROUP = Group("uris", CONFIG, ports=8, files={"htdocs/app/a%b": "a file that no request may reach"})
MODES = {"proxy": 1, "compat": 2, "unparsed": 3, "escaped": 4}
EVERY = bytes(range(0x21, 0x7F)).replace(b"#", b"").replace(b"%", b"").replace(b"?", b"")

PATHS = [
    ("plain", "/app/a"), ("root", "/app/"), ("blank", "/app/a%20b"), ("semicolon", "/app/a%3Bb"),
    ("parameter", "/app/a;b=c/d"), ("parameter-first", "/app;x=1/a"),
    ("parameter-last", "/app/a;"), ("session", "/app/a;jsessionid=1234.w1"),
    ("two-parameters", "/app/a;b=1;c=2/d;e"), ("double-semicolon", "/app/a%253Bb"),
    ("percent", "/app/a%25b"), ("double-dot", "/app/%252e%252e/x"),
    ("double-letter", "/app/%2570rivate/a"), ("utf8", "/app/%C3%A9"),
    ("utf8-raw", b"/app/\xc3\xa9"),
    ("latin1", "/app/%E9t%E9"), ("latin1-raw", b"/app/\xe9t\xe9"), ("dots", "/app/x/%2e%2e/y"),
    ("dot", "/app/./y"), ("slashes", "/app//y///z"), ("dots-raw", "/app/x/../y"),
    ("dots-parameter", "/foo/..;x/app/y"), ("dots-private", "/app/private/..;x/y"),
    ("brackets", "/app/[x]{y}|^"), ("quotes", "/app/%22'`"), ("angles", "/app/%3C%3E"),
    ("question", "/app/a%3fb"), ("hash", "/app/a%23b"), ("hash-raw", "/app/a#b"),
    ("reserved", "/app/~$-_.+!*'(),;:@&="), ("reserved-coded", "/app/%7E%24%2B%21%2A%2C%3A%40%26"),
    ("colon", "/app/http://other/x"), ("lower", "/app/%c3%a9%2a"), ("tab", "/app/a%09b"),
    ("line", "/app/a%0d%0ab"), ("delete", "/app/a%7fb"), ("control", "/app/a%01b"),
    ("nul", "/app/a%00b"), ("bad-escape", "/app/%zz"), ("short-escape", "/app/a%2"),
    ("slash", "/app/a%2Fb"), ("slash-lower", "/app/a%2fb"), ("backslash", "/app/a%5Cb"),
    ("backslash-raw", "/app/a\\b"), ("overlong", "/app/%c0%afx"), ("overlong3", "/app/%e0%80%afx"),
    ("every", b"/app/" + EVERY.replace(b"\\", b"")), ("long", "/app/" + "x" * 3000),
    ("query", "/app/a?b=c"), ("query-empty", "/app/a?"), ("query-twice", "/app/a?b?c"),
    ("query-percent", "/app/a?%zz%00%2F"), ("query-8bit", b"/app/a?\xc3\xa9=\xe9"),
    ("query-path", "/app/a?/../private/x;y"), ("absolute", "http://other.test/app/a?q"),
    ("absolute-port", "http://other.test:81/app/a"),
]
# Asked of the default server alone: nothing is forwarded, or nothing depends on the option.
ONCE = [
    ("above", "/../app/x"), ("above-coded", "/%2e%2e/app"), ("above-parameter", "/..;/app/x"),
    ("above-inside", "/app/../../x"), ("no-slash", "app/a"), ("at", "@host/app"), ("star", "*"),
    ("private", "/app/private/a"), ("private-slashes", "/app//private//a"),
    ("private-dot", "/app/./private/a"), ("private-dots", "/app/z/../private/a"),
    ("private-parameter", "/app/private;p=1/a"), ("private-coded", "/app/%70rivate/a"),
    ("private-above", "/z/../app/private/a"), ("private-empty-parameter", "/app/;/private/a"),
    ("private-root-parameter", "/;/app/private/a"),
    ("private-dots-parameter", "/app/z/..;/private/a"),
    ("private-semicolon", "/app/private%3b/a"), ("private-upper", "/app/PRIVATE/a"),
    ("private-dot-end", "/app/private./a"), ("private-blank", "/app/private%20/a"),
    ("private-stream", "/app/private::$DATA/a"), ("private-bare", "/app/private"),
    ("private-slash", "/app/%2fprivate/a"), ("private-nul", "/app/private%00/a"),
    ("locked", "/app/locked/a"), ("locked-slashes", "/app//locked/a"),
    ("locked-parameter", "/app/locked;p=1/a"), ("locked-dots", "/app/z/..;x=y/locked/a"),
    ("locked-foreign", "/foo/..;x/app/locked/z"), ("locked-coded", "/app/loc%6bed/a"),
    ("unmapped", "/other/x"), ("unmapped-root", "/"), ("unmapped-bare", "/app"),
    ("unmapped-longer", "/apple/x"), ("dot-end", "/app/."), ("dots-end", "/app/x/.."),
    ("dots-out", "/app/.."), ("dots-out-in", "/app/../app/x"), ("empty-segment", "/app/;/x"),
    ("three-dots", "/app/.../x"), ("dot-parameter", "/app/.;x/y"),
    ("many-dots", "/app" + "/a/.." * 300),
    ("4094", "/app/" + "x" * 4089), ("4095", "/app/" + "x" * 4090), ("4096", "/app/" + "x" * 4091),
    ("5000", "/app/" + "x" * 4995), ("8000", "/app/" + "x" * 7995), ("9000", "/app/" + "x" * 8995),
    ("query-8000", "/app/a?" + "x" * 7900), ("query-9000", "/app/a?" + "x" * 8900),
    ("coded-4000", "/app/" + "%20" * 1300), ("coded-packet", "/app/" + "%C3%A9" * 1350),
]
SLASHES = [
    ("one", "/app/a%2Fb"), ("lower", "/app/a%2fb"), ("double", "/app/a%252Fb"),
    ("both", "/app/a%2Fb%252Fc"), ("two", "/app/%2F%2Fb"), ("private", "/app%2Fprivate%2Fa"),
    ("private-in", "/app/%2Fprivate/a"), ("private-end", "/app/private%2Fa"),
    ("dots", "/app/x%2F..%2Fy"), ("with-blank", "/app/a%2Fb%20c"), ("parameter", "/app/a;b%2Fc/d"),
    ("percent", "/app/a%2Fb%25c"), ("backslash", "/app/a%2Fb%5Cc"), ("none", "/app/a%25b"),
]
UNSAFE = [
    ("percent", "/app/a%25b"), ("backslash", "/app/a%5Cb"), ("blank", "/app/a%20b"),
    ("parameter", "/app/a;%25"), ("plain", "/app/a"), ("query", "/app/a?%25"),
]


def all_cases():
    made = []
    for mode, host in MODES.items():
        made += cases(GROUP, "uri-" + mode, [(n, ask(p)) for n, p in PATHS], host=host)
    made += cases(GROUP, "uri-once", [(n, ask(p)) for n, p in ONCE])
    made += cases(GROUP, "uri-nodecode", [(n, ask(p)) for n, p in SLASHES], host=5)
    made += cases(GROUP, "uri-decode", [(n, ask(p)) for n, p in SLASHES], host=6)
    made += cases(GROUP, "uri-reject", [(n, ask(p)) for n, p in UNSAFE], host=7)
    made += cases(GROUP, "uri-rejectcopy", [(n, ask(p)) for n, p in UNSAFE], host=8)
    return made
