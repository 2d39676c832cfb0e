"""All cases of all tables, in the order in which they are run: group by group."""

from collections import Counter

from . import (bodies, connections, environment, failover, headers, mapping, methods, modules,
               responses, sessions, uris)

TABLES = (uris, mapping, methods, headers, bodies, responses, connections, environment, modules,
          sessions, failover)


def all_cases():
    """Every case; those of one group stand together."""
    cases = [case for table in TABLES for case in table.all_cases()]
    order = {}
    for case in cases:
        order.setdefault(case.group.name, len(order))
    return sorted(cases, key=lambda case: order[case.group.name])


def duplicates(cases):
    """Ids that occur more than once."""
    return [name for name, count in Counter(case.id for case in cases).items() if count > 1]
