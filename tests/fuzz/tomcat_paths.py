#!/usr/bin/python3
"""Random paths through the module to a real Tomcat, for some seconds.

    MODULE=…/mod_jk.so tests/fuzz/tomcat_paths.py [SECONDS [SEED]]

No path may reach the servlets of an area that is not mounted or that httpd denies, in whichever
form it is forwarded (tests/system/security_site.py). Each path that does is printed, with the seed;
the exit code is 1 then. test_security_paths.py plays some hundred of them.
"""

import random
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "system"))

# pylint: disable=wrong-import-position
from conftest import Factory
from security_site import ContainerSite, random_path


def play(site, chance, seconds):
    """What went wrong, how many paths were tried, and how many reached the container."""
    found, tried, reached = [], 0, 0
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        path, host = random_path(chance), chance.choice(site.hosts)
        wrong, status = site.judge(path, host)
        tried, reached = tried + 1, reached + (status == 200)
        if wrong:
            print(wrong, flush=True)
            found.append(wrong)
    return found, tried, reached


def main(seconds=30, seed=None):
    seed = int(seed) if seed else random.SystemRandom().randrange(1 << 32)
    factory = Factory()
    try:
        site = factory.keep(ContainerSite(factory))
        found, tried, reached = play(site, random.Random(seed), float(seconds))
    finally:
        factory.end()
    print("seed %d: %d paths, %d reached the container, %d of them wrongly" % (
        seed, tried, reached, len(found)))
    return 1 if found or not reached else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
