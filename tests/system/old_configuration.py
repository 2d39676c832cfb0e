"""A server that runs one of the old configurations of `configurations/`, filled in.

The files are as operators left them, but for placeholders: `@AJPn@` is the port of the n-th
container, `@PORT@`, `@PORT2@` and `@DIR@` are as in httpd.py. They are handled as bytes, since
they are in the encodings and line ends of their time. Used by test_old_configurations.py.
"""

import os
import re
import shutil
from pathlib import Path

import ajp_peer
import httpd
import support

FOLDER = Path(__file__).with_name("configurations")
# What each loads beside mod_jk, and its containers in the order of their placeholders.
MODULES = {
    "single": ["authz_host"],
    "cluster": ["authz_host", "authn_core", "auth_basic", "authn_file", "authz_user"],
    "tenants": ["authz_host", "setenvif", "ssl"],
}
CONTAINERS = {
    "single": ["worker1"],
    "cluster": ["app01", "app02", "app03", "app04", "app05", "app06"],
    "tenants": ["brauer", "huber", "kranz", "gemeinsam"],
}
# Request attributes that the containers are set up to accept.
ATTRIBUTES = {"tenants": "KUNDE|SSL_CLIENT_S_DN"}


def source_files(name):
    """The bytes of each file of a configuration, by its name."""
    return {path.name: path.read_bytes() for path in sorted((FOLDER / name).iterdir())}


class OldServer(httpd.Httpd):
    """One of them in a folder of its own: conf/ with the filled-in files, logs/, webapps/."""

    def __init__(self, name, peers, certificates=None, module=None):
        super().__init__("Include @DIR@/conf/httpd.conf", modules=MODULES[name], ports=2)
        self.module = module or self.module
        self.name, self.peers = name, peers
        for folder in ("conf", "logs", "webapps"):
            os.mkdir(os.path.join(self.dir, folder))
        for certificate in ("server.pem", "server.key") if certificates else ():
            shutil.copy(os.path.join(certificates, certificate), self.dir + "/conf")

    def write(self, config=None):
        super().write(config)
        values = {"@AJP%d@" % n: str(p.port) for n, p in enumerate(self.peers, 1)}
        values.update({"@PORT@": str(self.ports[0]), "@PORT2@": str(self.ports[1]),
                       "@DIR@": self.dir})
        for name, text in source_files(self.name).items():
            for key, value in values.items():
                text = text.replace(key.encode(), value.encode())
            Path(self.dir, "conf", name).write_bytes(text)

    def jk_log(self):
        """The log that the configuration names."""
        return self._read("logs/mod_jk.log")

    def remarks(self, text):
        """What `text`, a log, says of lines of the configuration: (file:line, sentence)."""
        found = re.findall(r"\S*/conf/([\w.]+:\d+): (.*)", text)
        return list(dict.fromkeys(found))


class Site:
    """A configuration, its server (not yet started) and a container for each worker."""

    def __init__(self, make, name, certificates=None, module=None):
        accepts = ajp_peer.wire.Policy(attributes=ATTRIBUTES.get(name, ""))
        self.peers = {one: make.peer(name=one, policy=accepts) for one in CONTAINERS[name]}
        self.server = make.keep(OldServer(name, list(self.peers.values()), certificates, module))

    def start(self):
        self.server.start()
        return self

    def ask(self, path, headers=(), host=None, tls=None):
        """Who served it: a worker's name, the text of a local file, or a status of httpd's own."""
        headers = list(headers) + ([("Host", host)] if host else [])
        port = self.server.ports[1 if tls else 0]
        answer = support.get(port, path, headers, tls=tls)
        return answer.text.strip() if answer.status == 200 else answer.status

    def last_request(self, name):
        return self.peers[name].requests[-1].request
