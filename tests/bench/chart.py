"""What the benches found, as text and as SVG pictures. Numbers in, text out."""

import math
from html import escape
from statistics import median

COLORS = {"floor": "#9aa5b1", "ours": "#0b7a75", "ours (Unix socket)": "#5fc9c3",
          "mod_jk": "#c0392b", "mod_proxy_ajp": "#e08e45", "mod_proxy_http": "#d9c067",
          "HAProxy": "#5b5ea6", "nginx": "#3f8f3f"}


def size_name(size):
    """100 B, 8 kB, 1 MB: as people say them."""
    for unit, name in ((1000000, "MB"), (1000, "kB")):
        if size >= unit:
            return "%g %s" % (size / unit, name)
    return "%d B" % size


def ratios(rounds, other):
    """How much CPU a request takes, of what it takes with another: round by round, since what else
    the machine does hits both of a round. None where there is none."""
    if not rounds or not other:
        return None
    return [a["cpu_us"] / b["cpu_us"] for a, b in zip(rounds, other)]


def _middle(values):
    return median(values) if values else None


def cell(value, form):
    return "-" if value is None else form % value


def summary(rounds, mod_jk, floor):
    """One contender in one scene; the three are lists of rounds, the latter two may be None."""
    cpu = [r["cpu_us"] for r in rounds]
    to_mod_jk = ratios(rounds, mod_jk)
    memory = [r["memory_kib"] for r in rounds if r.get("memory_kib")]
    return {"cpu_us": median(cpu), "cpu_us_least": min(cpu), "cpu_us_most": max(cpu),
            "per_second": median(r["per_second"] for r in rounds),
            "to_mod_jk": _middle(to_mod_jk), "to_mod_jk_least": min(to_mod_jk or [None]),
            "to_mod_jk_most": max(to_mod_jk or [None]), "to_floor": _middle(ratios(rounds, floor)),
            "memory_kib": max(memory, default=None), "errors": sum(r["errors"] for r in rounds)}


def summaries(block):
    """contender → its summary; `block` has the rounds of each."""
    return {name: summary(rounds, block.get("mod_jk"), block.get("floor"))
            for name, rounds in block.items()}


# --- text -----------------------------------------------------------------------------------------

def _block(name, results):
    lines = ["", "%-23s %9s %17s %9s %8s %10s %7s %7s" % (
        name, "CPU, us", "least to most", "x mod_jk", "x floor", "requests/s", "MiB", "errors")]
    for contender, one in results.items():
        memory = one["memory_kib"] and one["memory_kib"] / 1024
        lines.append("%-23s %9.1f %8.1f %8.1f %9s %8s %10.0f %7s %7d" % (
            contender, one["cpu_us"], one["cpu_us_least"], one["cpu_us_most"],
            cell(one["to_mod_jk"], "%.2f"), cell(one["to_floor"], "%.2f"), one["per_second"],
            cell(memory, "%.1f"), one["errors"]))
    return lines


def _in_short(results):
    """Ours beside mod_jk, a line for each scene."""
    lines = []
    for name, scene in results["scenes"].items():
        ours = scene["results"].get("ours")
        if ours and ours["to_mod_jk"]:
            lines.append("%-23s %9.2f %8.2f %8.2f" % (
                name, ours["to_mod_jk"], ours["to_mod_jk_least"], ours["to_mod_jk_most"]))
    if not lines:
        return []
    return ["", "%-23s %9s %17s" % ("ours of mod_jk, CPU", "ratio", "least to most")] + lines


def table(results):
    """The table that is printed: a block for each scene, a line for each contender."""
    lines = []
    for name, scene in results["scenes"].items():
        lines += _block(name, scene["results"])
    if results["calls"]:
        sizes = list(next(iter(results["calls"].values())))
        lines += ["", "%-23s" % "system calls" + "".join("%10s" % size_name(int(s)) for s in sizes)]
        for name, calls in results["calls"].items():
            lines.append("%-23s" % name + "".join("%10.2f" % calls[s]["total"] for s in sizes))
    return "\n".join(lines + _in_short(results))


# --- pictures -------------------------------------------------------------------------------------

class Picture:
    """Lines of SVG."""

    def __init__(self, width, height):
        self.lines = ['<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" '
                      'font-family="sans-serif" font-size="12">' % (width, height),
                      '<rect width="100%" height="100%" fill="#fff"/>']

    def bar(self, x, y, size, color):
        self.lines.append('<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" fill="%s"/>' % (
            x, y, size[0], size[1], color))

    def curve(self, points, color):
        self.lines.append('<polyline points="%s" fill="none" stroke="%s" stroke-width="2"/>' % (
            " ".join("%.1f,%.1f" % point for point in points), color))
        self.lines += ['<circle cx="%.1f" cy="%.1f" r="3" fill="%s"/>' % (*point, color)
                       for point in points]

    def text(self, x, y, words, more=""):
        self.lines.append('<text x="%.1f" y="%.1f" %s>%s</text>' % (x, y, more, escape(words)))

    def legend(self, names):
        for at, name in enumerate(names):
            x, y = 20 + at % 4 * 170, 32 + at // 4 * 18
            self.bar(x, y, (12, 12), COLORS[name])
            self.text(x + 17, y + 11, name)

    def end(self):
        return "\n".join(self.lines + ["</svg>", ""])


BAR, GAP, HIGH = 22, 24, 220


def _bars(picture, top, scenes, key):
    """One row of groups of bars: scene → contender → its summary."""
    most = max([1.0] + [one[key] or 0 for block in scenes.values() for one in block.values()])
    left = 20
    for scene, block in scenes.items():
        for index, (name, one) in enumerate(block.items()):
            height, x = (one[key] or 0) / most * (HIGH - 20), left + index * BAR
            picture.bar(x, top + HIGH - height, (BAR - 3, height), COLORS[name])
            picture.text(x + (BAR - 3) / 2, top + HIGH - height - 3, "%.2f" % (one[key] or 0),
                         'text-anchor="middle" font-size="9"')
        for line, words in enumerate(scene.split(", ")):
            picture.text(left + len(block) * BAR / 2, top + HIGH + 16 + 14 * line, words,
                         'text-anchor="middle"')
        left += max(len(block) * BAR, 80) + GAP


def _width(scenes):
    return 40 + sum(max(len(block) * BAR, 80) + GAP for block in scenes.values())


def svg(results):
    """Bars: CPU per request of what mod_jk takes (of what the floor takes, where it is missing).
    The sizes above, the other scenes below, six in a row."""
    scenes = {name: scene["results"] for name, scene in results["scenes"].items()}
    first = {name: block for name, block in scenes.items() if name in results["headline"]}
    rest = [item for item in scenes.items() if item[0] not in first]
    rows = [dict(rest[at:at + 6]) for at in range(0, len(rest), 6)]
    rows = [first] + rows if first else rows
    names = list(dict.fromkeys(name for block in scenes.values() for name in block))
    key = "to_mod_jk" if "mod_jk" in names else "to_floor"
    picture = Picture(max([720] + [_width(row) for row in rows]), 80 + (HIGH + 50) * len(rows))
    picture.text(20, 22, "CPU per request, %s = 1; less is better" % (
        "mod_jk" if key == "to_mod_jk" else "floor"), 'font-size="15"')
    picture.legend(names)
    for at, row in enumerate(rows):
        _bars(picture, 74 + at * (HIGH + 50), row, key)
    return picture.end()


def _panel(picture, left, name, axis):
    """One axis of growth.py: the x is logarithmic, the y begins at 0."""
    points, series = axis["points"], axis["results"]
    most = 1.15 * max(one["cpu_us"] for results in series.values() for one in results)
    span = math.log(points[-1] / points[0])
    top, wide = 70, 280
    picture.text(left, top + HIGH + 40, name)
    picture.bar(left, top + HIGH, (wide, 1), "#333")
    for point in points:
        x = left + 20 + math.log(point / points[0]) / span * (wide - 50)
        picture.text(x, top + HIGH + 18, "{:,}".format(point), 'text-anchor="middle"')
    for contender, results in series.items():
        line = [(left + 20 + math.log(point / points[0]) / span * (wide - 50),
                 top + HIGH - one["cpu_us"] / most * HIGH) for point, one in zip(points, results)]
        picture.curve(line, COLORS[contender])
        for (x, y), one in zip(line, results):
            picture.text(x, y - 7, "%.0f" % one["cpu_us"], 'text-anchor="middle" font-size="9"')


def growth_svg(axes):
    """Curves: what growth.py measured, a panel for each axis."""
    picture = Picture(max(720, 20 + 310 * len(axes)), 70 + HIGH + 60)
    picture.text(20, 22, "CPU per request in us, as more is configured", 'font-size="15"')
    picture.legend(list(next(iter(axes.values()))["results"]))
    for at, (name, axis) in enumerate(axes.items()):
        _panel(picture, 20 + 310 * at, name, axis)
    return picture.end()
