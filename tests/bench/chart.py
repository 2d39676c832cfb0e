"""What compare.py found, as text and as an SVG picture. Numbers in, text out."""

from html import escape
from statistics import median

COLORS = ("#9aa5b1", "#0b7a75", "#5fc9c3", "#c0392b", "#e08e45", "#d9c067", "#5b5ea6", "#3f8f3f")


def size_name(size):
    """100 B, 8 kB, 1 MB: as people say them."""
    for unit, name in ((1000000, "MB"), (1000, "kB")):
        if size >= unit:
            return "%g %s" % (size / unit, name)
    return "%d B" % size


def ratio(rounds, other):
    """How much CPU a request takes, of what it takes with another: the median over the rounds.

    Round by round, since what else the machine does hits both of a round. None where there is none.
    """
    if not rounds or not other:
        return None
    return median(a["cpu_us"] / b["cpu_us"] for a, b in zip(rounds, other))


def _cell(value, form):
    return "-" if value is None else form % value


def summary(rounds, mod_jk, floor):
    """One contender at one size; the three are lists of rounds, the latter two may be None."""
    cpu = [r["cpu_us"] for r in rounds]
    return {"cpu_us": median(cpu), "cpu_us_least": min(cpu), "cpu_us_most": max(cpu),
            "per_second": median(r["per_second"] for r in rounds),
            "to_mod_jk": ratio(rounds, mod_jk), "to_floor": ratio(rounds, floor),
            "errors": sum(r["errors"] for r in rounds)}


def table(results):
    """The table that is printed: a block for each size, a line for each contender."""
    lines = []
    for size, block in results["sizes"].items():
        lines += ["", "%-18s %9s %17s %9s %8s %10s %7s" % (
            size_name(int(size)), "CPU, us", "least to most", "x mod_jk", "x floor", "requests/s",
            "errors")]
        for name, one in block.items():
            lines.append("%-18s %9.1f %8.1f %8.1f %9s %8s %10.0f %7d" % (
                name, one["cpu_us"], one["cpu_us_least"], one["cpu_us_most"],
                _cell(one["to_mod_jk"], "%.2f"), _cell(one["to_floor"], "%.2f"),
                one["per_second"], one["errors"]))
    if results["calls"]:
        sizes = list(next(iter(results["calls"].values())))
        lines += ["", "%-18s" % "system calls" + "".join("%10s" % size_name(int(s)) for s in sizes)]
        for name, calls in results["calls"].items():
            lines.append("%-18s" % name + "".join("%10.2f" % calls[s]["total"] for s in sizes))
    lines += ["", "%-18s %9s" % ("memory", "MiB")]
    lines += ["%-18s %9.1f" % (name, kib / 1024) for name, kib in results["memory_kib"].items()]
    return "\n".join(lines)


class _Picture:
    """Lines of SVG."""

    def __init__(self, width, height):
        self.lines = ['<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" '
                      'font-family="sans-serif" font-size="12">' % (width, height),
                      '<rect width="100%" height="100%" fill="#fff"/>']

    def bar(self, x, y, size, color):
        self.lines.append('<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" fill="%s"/>' % (
            x, y, size[0], size[1], color))

    def text(self, x, y, words, more=""):
        self.lines.append('<text x="%.1f" y="%.1f" %s>%s</text>' % (x, y, more, escape(words)))

    def end(self):
        return "\n".join(self.lines + ["</svg>", ""])


def svg(results):
    """Bars: CPU per request of what mod_jk takes (of what the floor takes, where it is missing)."""
    names = list(next(iter(results["sizes"].values())))
    key = "to_mod_jk" if "mod_jk" in names else "to_floor"
    values = [[block[name][key] or 0 for name in names] for block in results["sizes"].values()]
    most = max(1.0, max(map(max, values)))
    bar, gap, top, high = 26, 30, 70, 240
    group = bar * len(names) + gap
    picture = _Picture(max(720, 60 + group * len(values)), top + high + 40)
    picture.text(20, 22, "CPU per request, %s = 1; less is better" % (
        "mod_jk" if key == "to_mod_jk" else "floor"), 'font-size="15"')
    for at, name in enumerate(names):
        x, y = 20 + at % 4 * 170, 32 + at // 4 * 18
        picture.bar(x, y, (12, 12), COLORS[at % len(COLORS)])
        picture.text(x + 17, y + 11, name)
    for at, size in enumerate(results["sizes"]):
        left = 40 + at * group
        for index, value in enumerate(values[at]):
            height = value / most * (high - 20)
            x = left + index * bar
            picture.bar(x, top + high - height, (bar - 3, height), COLORS[index % len(COLORS)])
            picture.text(x + (bar - 3) / 2, top + high - height - 3, "%.2f" % value,
                         'text-anchor="middle" font-size="9"')
        picture.text(left + (group - gap) / 2, top + high + 18, size_name(int(size)),
                     'text-anchor="middle"')
    return picture.end()
