"""What the environment of a request adds: metadata, TLS data, attributes, options, secrets."""

from .case import WORKERS, Case, Group, ask, cases, post

BASE = WORKERS + """
JkWorkerProperty worker.list=sec
JkWorkerProperty worker.sec.port=@W1@
JkWorkerProperty worker.sec.secret=s3cr#t"x
JkMount /app/* w1
JkMount /sec/* sec
"""
INDICATORS = ["REMOTE_ADDR", "REMOTE_PORT", "REMOTE_HOST", "REMOTE_USER", "AUTH_TYPE", "LOCAL_NAME",
              "LOCAL_ADDR", "LOCAL_PORT"]
TLS = ["SSL_PROTOCOL", "SSL_CLIENT_CERT", "SSL_CIPHER", "SSL_SESSION_ID", "SSL_CIPHER_USEKEYSIZE",
       "SSL_CLIENT_CERT_CHAIN_0", "SSL_CLIENT_CERT_CHAIN_1"]
TLS_VALUES = dict(zip(TLS, ["TLSv1.3", "CERT", "AES", "SESSION", "256", "CHAIN0", "CHAIN1"]))


def settable(header, variable):
    """A header that sets a variable; "empty" sets it to the empty text, which no header can be
    told from a missing one by."""
    return ("SetEnvIf X-%s ^(.+)$ %s=$1\nSetEnvIf X-%s ^empty()$ %s=$1\n"
            % ((header, variable) * 2))


SET = "".join(settable(name.replace("_", "-"), "JK_" + name) for name in INDICATORS)
SET += "".join(settable(name.replace("_", "-"), name) for name in TLS + ["HTTPS"])
# One port for each set of directives.
HOSTS = [
    "",
    "JkOptions +ForwardLocalAddress",
    "JkOptions +ForwardPhysicalAddress",
    "JkOptions +ForwardSSLCertChain -ForwardKeySize",
    "JkExtractSSL Off",
    "JkHTTPSIndicator MY_TLS\nJkCIPHERIndicator MY_CIPHER\nSetEnvIf X-TLS . MY_CIPHER=mine\n"
    + settable("TLS", "MY_TLS"),
    "JkEnvVar A one\nJkEnvVar B\nJkEnvVar C \"\"\nJkEnvVar A two\n"
    + "".join(settable(name, name) for name in "ABC"),
    "JkEnvVar REMOTE_ADDR\nJkEnvVar SERVER_NAME\nJkEnvVar HTTP_USER_AGENT\nJkEnvVar QUERY_STRING x",
    "JkRemoteAddrIndicator MY_ADDR\nJkLocalAddrIndicator MY_LOCAL\n"
    + settable("Mine", "MY_ADDR") + settable("Mine", "MY_LOCAL"),
    "UseCanonicalName On\nServerName canonical.test:8081",
    "ServerName http://proxied.test\nUseCanonicalPhysicalPort On",
    "JkEnvVar remote_user\nJkEnvVar ssl_cert x\nJkEnvVar AJP_X y",
    "JkOptions +ForwardPhysicalAddress\nRemoteIPHeader X-Client",
    "RemoteIPHeader X-Client",
    "RequestHeader set X-Added added\nRequestHeader unset X-Gone\nRequestHeader append X-More b",
]
CONFIG = BASE + SET + "".join(
    "<VirtualHost 127.0.0.1:@PORT%d@>\nJkMountCopy On\n%s\n</VirtualHost>\n" % (number, text)
    for number, text in enumerate(HOSTS[1:], 2))
GROUP = Group("environment", CONFIG, ports=len(HOSTS), modules=("setenvif", "remoteip", "headers"))

MAIN_OPTIONS = Group("environment-options", BASE + SET + """
JkOptions +ForwardLocalAddress +ForwardURIEscaped
JkEnvVar A main
JkEnvVar B main
JkRemoteUserIndicator MY_USER
SetEnvIf X-Mine ^(.+)$ MY_USER=$1
<VirtualHost 127.0.0.1:@PORT2@>
  JkMountCopy On
</VirtualHost>
<VirtualHost 127.0.0.1:@PORT3@>
  JkMountCopy On
  JkOptions +ForwardPhysicalAddress
</VirtualHost>
<VirtualHost 127.0.0.1:@PORT4@>
  JkMountCopy On
  JkOptions -ForwardLocalAddress +ForwardURICompat
  JkEnvVar B host
  JkEnvVar C host
</VirtualHost>
<VirtualHost 127.0.0.1:@PORT5@>
  JkMountCopy On
  JkOptions ForwardURIProxy -FlushPackets +FlushPackets
  JkRemoteUserIndicator OTHER
</VirtualHost>
""", ports=5, modules=("setenvif",))
AUTH = Group("environment-auth", BASE + """
<Location />
  AuthType Basic
  AuthName realm
  AuthBasicProvider file
  AuthUserFile @DIR@/users
  Require valid-user
</Location>
""", modules=("auth_basic", "authn_core", "authn_file", "authz_user"),
    files={"users": "joe:{SHA}qUqP5cyxm6YcTAhz05Hph5gvu9M=\n"}, follow=None)

TLS_LINES = ["X-%s: %s" % (name.replace("_", "-"), TLS_VALUES[name]) for name in TLS]


def indicator_rows():
    for name in INDICATORS:
        line = "X-%s: " % name.replace("_", "-")
        value = {"REMOTE_PORT": "4711", "LOCAL_PORT": "8443"}.get(name, "value.test")
        yield name.lower(), ask("/app/x", line + value)
        yield name.lower() + "-empty", ask("/app/x", line + "empty")


def all_cases():
    rows = list(indicator_rows())
    rows += [("user-and-type", ask("/app/x", "X-REMOTE-USER: joe", "X-AUTH-TYPE: BASIC")),
             ("port-bad", ask("/app/x", "X-LOCAL-PORT: abc")),
             ("port-large", ask("/app/x", "X-LOCAL-PORT: 65537")),
             ("port-tail", ask("/app/x", "X-LOCAL-PORT: 81x")),
             ("8bit", ask("/app/x", b"X-REMOTE-USER: jos\xe9"))]
    made = cases(GROUP, "env", rows)
    made += cases(GROUP, "env-host", [
        ("local-addr", ask("/app/x", "X-LOCAL-ADDR: 8.8.8.8")),
        ("remote-addr", ask("/app/x", "X-REMOTE-ADDR: 8.8.8.8"))], host=2)
    made += [Case("env-address-%d" % n, GROUP, ask(), host=n) for n in (2, 3)]
    for state in ("on", "ON", "off", "empty"):
        made += cases(GROUP, "env-tls-%s" % state, [
            ("all", ask("/app/x", "X-HTTPS: " + state, *TLS_LINES)),
            ("alone", ask("/app/x", "X-HTTPS: " + state))])
    made += cases(GROUP, "env-tls", [("unset", ask("/app/x", *TLS_LINES))])
    made += cases(GROUP, "env-tls-one", [
        (name.lower(), ask("/app/x", "X-HTTPS: on", line)) for name, line in zip(TLS, TLS_LINES)])
    made += cases(GROUP, "env-tls-empty", [
        (name.lower(), ask("/app/x", "X-HTTPS: on", line.split(":")[0] + ": empty"))
        for name, line in zip(TLS, TLS_LINES)])
    made += cases(GROUP, "env-tls-size", [
        (value, ask("/app/x", "X-HTTPS: on", "X-SSL-CIPHER-USEKEYSIZE: " + value))
        for value in ("abc", "70000", "128x", "-1")])
    for host in (4, 5):
        made += cases(GROUP, "env-tls-%d" % host, [
            ("all", ask("/app/x", "X-HTTPS: on", *TLS_LINES))], host=host)
    made += cases(GROUP, "env-tls-renamed", [
        ("on", ask("/app/x", "X-TLS: on", *TLS_LINES)), ("off", ask("/app/x", *TLS_LINES)),
        ("old-name", ask("/app/x", "X-HTTPS: on", *TLS_LINES))], host=6)
    made += cases(GROUP, "env-var", [
        ("defaults", ask()), ("set", ask("/app/x", "X-A: a", "X-B: b", "X-C: c")),
        ("empty", ask("/app/x", "X-A: empty", "X-B: empty", "X-C: empty")),
        ("8bit", ask("/app/x", b"X-A: \xe9")),
        ("long", ask("/app/x", "X-A: " + "v" * 3000)),
        ("too-long", ask("/app/x", "X-A: " + "v" * 4500)),
        ("post", post(b"body", "/app/x", "X-A: a"))], host=7)
    made += cases(GROUP, "env-common", [("query", ask("/app/x?a=b", "User-Agent: me"))], host=8)
    made += cases(GROUP, "env-renamed", [("set", ask("/app/x", "X-Mine: 9.9.9.9")),
                                         ("old", ask("/app/x", "X-REMOTE-ADDR: 8.8.8.8"))], host=9)
    made += cases(GROUP, "env-name", [
        ("canonical", ask(host="other.test:99"), None, {"host": 10}),
        ("proxied", ask(host="other.test"), None, {"host": 11}),
        ("proxied-port", ask(host="other.test:99"), None, {"host": 11})])
    made += cases(GROUP, "env-reserved", [("names", ask())], host=12)
    made += cases(GROUP, "env-remoteip", [
        ("%d" % host, ask("/app/x", "X-Client: 9.8.7.6"), None, {"host": host})
        for host in (13, 14)])
    made += cases(GROUP, "env-headers", [
        ("edited", ask("/app/x", "X-Gone: 1", "X-More: a", "X-Added: client"))], host=15)
    made += cases(GROUP, "env-secret", [("get", ask("/sec/x")), ("post", post(b"x", "/sec/x"))])
    for host in range(1, 6):
        made += cases(MAIN_OPTIONS, "options-%d" % host, [
            ("path", ask("/app/a%20%C3%A9")), ("user", ask("/app/x", "X-Mine: joe"))], host=host)
    made += cases(AUTH, "auth", [
        ("joe", ask("/app/x", "Authorization: Basic am9lOnRlc3Q=")),
        ("wrong", ask("/app/x", "Authorization: Basic am9lOngK")), ("none", ask()),
        ("other", ask("/app/x", "Authorization: Bearer x"))])
    return made
