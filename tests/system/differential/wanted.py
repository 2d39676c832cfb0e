"""The wanted differences: the rows of xdocs/miscellaneous/differences.xml that cases prove.

A row of that page holds, beside what it tells the reader, elements

    <case names="PATTERN PATTERN …" differs="FIELD; FIELD THEIRS OURS; …"/>

Each case whose id fits a pattern (shell wildcards) differs in these fields, in no others, and
where values are given, with these.  Values are words: a blank in one is written "_", no value
"none", an empty one "empty".  A case that fits several elements differs in all their fields.
"""

import fnmatch
import xml.etree.ElementTree as xml
from dataclasses import dataclass
from pathlib import Path

PAGE = Path(__file__).resolve().parents[3] / "xdocs" / "miscellaneous" / "differences.xml"


@dataclass(frozen=True)
class Wanted:
    """One <case> element."""

    row: str
    patterns: tuple
    fields: tuple  # pairs of a field's name and None or (theirs, ours)

    def fits(self, case_id):
        return any(fnmatch.fnmatchcase(case_id, pattern) for pattern in self.patterns)


def _field(text):
    name, *values = text.split()
    if len(values) not in (0, 2):
        raise ValueError("%r is neither a field nor a field and two values" % text)
    return name, tuple(values) or None


def read(page=PAGE):
    """All elements of the page; ValueError where one cannot be understood."""
    found = []
    for row in xml.parse(page).getroot().iter("row"):
        for case in row.findall("case"):
            if not row.get("id", "").startswith("difference."):
                raise ValueError("a row with cases needs an id difference.NAME")
            found.append(Wanted(
                row.get("id"), tuple(case.get("names").split()),
                tuple(_field(text) for text in case.get("differs").split(";") if text.strip())))
    return found


def word(value):
    """A value as it is written in the page."""
    if value is None:
        return "none"
    if isinstance(value, list):
        return ",".join(map(word, value))
    return str(value).replace(" ", "_") or "empty"


def expected(wanted, case_id):
    """The fields in which the case has to differ: name to values, or to None for any values."""
    return {name: values for entry in wanted if entry.fits(case_id)
            for name, values in entry.fields}


def complaints(found, expectation):
    """What is wrong with the differences found, one line each."""
    lines = []
    for name, values in found.items():
        told = "%s: mod_jk %r, here %r" % (name, *values)
        if name not in expectation:
            lines.append("differs, and no row of differences.xml wants it: " + told)
        elif expectation[name] and expectation[name] != tuple(map(word, values)):
            lines.append("differs otherwise than differences.xml says (%s): %s"
                         % (" / ".join(expectation[name]), told))
    lines += ["differences.xml wants a difference that is not there any more: " + name
              for name in expectation if name not in found]
    return lines
