"""Methods: every one with a code, others, odd ones; with and without a body."""

from ajp_wire import METHODS

from .case import WORKERS, Group, ask, cases, chunks, post, respond

GROUP = Group("methods", WORKERS + "JkMount /app/* w1\n")
TRACE = Group("trace", WORKERS + "TraceEnable Off\nJkMount /app/* w1\n")
STAR = Group("star", WORKERS + "JkMount /* w1\n")
OTHERS = ["PATCH", "QUERY", "FOOBAR", "get", "Get", "GETX", "X-Y", "M1!#$&'*+-.^_`|~", "BPROPFIND",
          "LINK", "PRI", "SOURCE", "NOTIFY"]


def all_cases():
    made = cases(GROUP, "method", [(m, ask(method=m)) for m in METHODS[1:]])
    made += cases(GROUP, "method-other", [(str(n), ask(method=m)) for n, m in enumerate(OTHERS)])
    made += cases(GROUP, "method-body", [
        (m, post(b"body", method=m)) for m in ("GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH",
                                               "PROPFIND", "get", "REPORT")])
    made += cases(GROUP, "method-chunked", [
        (m, chunks(b"body", method=m)) for m in ("GET", "HEAD", "PUT", "DELETE", "PATCH")])
    made += cases(GROUP, "method-length", [
        (str(size), ask(method="M" * size)) for size in (64, 255, 256, 1000, 8000, 8100)])
    made += cases(GROUP, "method-bad", [
        ("blank", b"G T /app/x HTTP/1.1\r\nHost: a\r\n\r\n"),
        ("colon", b"G:T /app/x HTTP/1.1\r\nHost: a\r\n\r\n"),
        ("8bit", b"G\xe9T /app/x HTTP/1.1\r\nHost: a\r\n\r\n"),
        ("empty", b" /app/x HTTP/1.1\r\nHost: a\r\n\r\n"),
        ("connect", b"CONNECT /app/x HTTP/1.1\r\nHost: a\r\n\r\n"),
        ("connect-authority", b"CONNECT a.test:443 HTTP/1.1\r\nHost: a.test\r\n\r\n")])
    made += cases(TRACE, "method-trace-off", [
        ("plain", ask(method="TRACE")), ("body", post(b"x", method="TRACE"))])
    made += cases(STAR, "method-star", [
        ("options", ask("*", method="OPTIONS")), ("get", ask("*")),
        ("options-path", ask("/app/", method="OPTIONS"), respond(headers=[("Allow", "GET")]))])
    return made
