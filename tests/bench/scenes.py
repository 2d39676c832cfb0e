"""What compare.py asks: a row for each scene, of which a table has a block.

The main scenes, a size each, are for everybody and have the most rounds; the others differ from the
main one in what their name says, and are for the floor and the three that speak AJP.
"""

from dataclasses import dataclass

from chart import size_name
from contenders import Setting
from loads import Ask

SIZES = (100, 8000, 100000, 1000000)
FEW_SIZES = (100, 100000)  # of --quick, and those that strace counts
FEW = ("floor", "ours", "mod_jk", "mod_proxy_ajp")
CLOSE = "Connection: close"
BIG_PACKETS = 65536


@dataclass(frozen=True)
class Scene:
    name: str
    size: int         # bytes of the answer
    ask: Ask
    setting: Setting  # scenes that agree in it share their servers
    rounds: int
    only: tuple = ()  # names of contenders; all where empty

    def about(self):
        """What differs, for the JSON."""
        return {"size": self.size, "upload": self.ask.upload, "clients": self.ask.clients,
                "seconds": self.ask.seconds, "header": self.ask.header, "rounds": self.rounds,
                "mpm": self.setting.mpm, "scheme": self.setting.scheme,
                "packet_size": self.setting.packet_size}


def main_scenes(options):
    """One for each size."""
    setting = Setting(options.mpm, options.clients)
    ask = Ask(options.clients, options.seconds)
    return [Scene(size_name(size), size, ask, setting, options.rounds) for size in options.sizes]


def other_scenes(options):
    """Those with fewer rounds. An answer of 10 MB is for 8 clients: 32 would hardly have one."""
    mpm, clients, seconds = options.mpm, options.clients, options.seconds
    usual = Setting(mpm, clients)
    ask, few = Ask(clients, seconds), Ask(8, seconds)
    tls, big = Setting(mpm, clients, "https"), Setting(mpm, clients, packet_size=BIG_PACKETS)
    rows = [
        # name, bytes of the answer, what the clients do, the servers
        ("0 B", 0, ask, usual),
        ("10 MB, 8 clients", 10000000, few, usual),
        ("upload 100 kB", 100, Ask(clients, seconds, upload=100000), usual),
        ("upload 10 MB, 8 clients", 100, Ask(8, seconds, upload=10000000), usual),
        ("1 client", 100, Ask(1, seconds), usual),
        ("256 clients", 100, Ask(256, seconds), Setting(mpm, 256)),
        ("no keep-alive", 100, Ask(clients, seconds, header=CLOSE), usual),
        ("TLS, 8 kB", 8000, ask, tls),
        ("TLS, no keep-alive", 100, Ask(clients, seconds, header=CLOSE), tls),
        ("packets of 64 kB, 1 MB", 1000000, ask, big),
    ]
    rows += [("%s, 8 kB" % other, 8000, ask, Setting(other, clients))
             for other in ("event", "worker", "prefork") if other != mpm]
    return [Scene(*row, options.scene_rounds, FEW) for row in rows]


def groups(scenes):
    """Setting → its scenes, in the order of the first of each."""
    found = {}
    for scene in scenes:
        found.setdefault(scene.setting, []).append(scene)
    return found
