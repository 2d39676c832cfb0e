"""Rows of the reference of the status worker (status.md 15, here S1 to S13, S37, S40 and S49 to
S52) that a question shows; tests/rows.txt lists all."""

import re

import pytest

from status_site import ask, prop, start, txt, xml
from test_status import ERROR_FIELDS, LB_FIELDS, MAP_FIELDS, MEMBER_FIELDS, NS, WORKER_FIELDS


@pytest.fixture(scope="module")
def server(make_for_module):
    """After requests that met the member that is down."""
    return start(make_for_module)


def error(message):
    return ['Result: type=ERROR message="%s"' % message]


def names_of(element):
    return [name for name in element.attrib if name not in ERROR_FIELDS]


def test_s1_xml_of_the_list(server):
    root = xml(server)
    balancer = root.find(NS + "balancers")[0]
    assert names_of(balancer)[:len(LB_FIELDS)] == LB_FIELDS
    for member in balancer.findall(NS + "member"):
        assert names_of(member)[:len(MEMBER_FIELDS)] == MEMBER_FIELDS
    for worker in root.iter(NS + "ajp"):
        assert names_of(worker)[:len(WORKER_FIELDS)] == WORKER_FIELDS
    for rule in root.iter(NS + "map"):
        assert names_of(rule)[:len(MAP_FIELDS)] == MAP_FIELDS


def test_s2_text_and_properties_of_the_list(server):
    order = list(MEMBER_FIELDS)
    at = order.index("connection_ping_interval")
    order[at], order[at + 1] = order[at + 1], order[at]
    line = next(x for x in txt(server, "") if x.startswith("Member: name=node1 type=ajp13 "))
    assert [x.split("=")[0] for x in line.split()[1:]][:len(order)] == order
    keys = [key for key, _ in prop(server) if key.startswith("worker.node1.")]
    assert keys[:37] == ["worker.node1." + name for name in order[1:38]]


def test_s3_show_has_no_wrapper(server):
    assert [x.tag for x in xml(server, "cmd=show&w=lb")][3:] == [NS + "balancer", NS + "result"]


def test_s4_one_member_in_properties(server):
    rows = prop(server, "cmd=show&w=lb&sw=node3")
    assert [v for k, v in rows if k == "worker.lb.balance_workers"] == ["node3"]
    keys = [key for key, _ in rows]
    assert "worker.node3.state" in keys and "worker.node1.state" not in keys


def test_s5_version_in_properties(server):
    assert [key for key, _ in prop(server, "cmd=version")] == ["worker." + name for name in [
        "server_name", "server_port", "time_datetime", "time_tz", "time_unix", "web_server",
        "jk_version", "result.type", "result.message"]]


def test_s6_unknown_command(server):
    answer = ask(server, "cmd=foo&mime=xml")
    assert answer.status == 200 and 'type="ERROR"' in answer.text
    assert 'message="Invalid command."' in answer.text


def test_s7_unknown_format(server):
    answer = ask(server, "mime=json")
    assert answer.header("Content-Type") == "text/plain"
    assert answer.text == ("worker.result.type=ERROR\n"
                           "worker.result.message=Invalid mime type.\n")


@pytest.mark.parametrize("query,message", [
    pytest.param("cmd=LIST", "Invalid command.", id="S8"),
    pytest.param("cmd=show", "NULL or EMPTY worker param", id="S9-no-worker"),
    pytest.param("cmd=show&w=", "NULL or EMPTY worker param", id="S9-empty"),
    pytest.param("cmd=show&w=nope", "Could not find given worker", id="S9-unknown"),
    pytest.param("cmd=show&w=lb&sw=", "EMPTY sub worker param", id="S9-empty-sub"),
    pytest.param("cmd=show&w=lb&sw=nope", "could not find sub worker", id="S9-unknown-sub"),
    pytest.param("cmd=show&w=single&sw=x", "worker type has no sub workers", id="S9-no-lb"),
    pytest.param("cmd=show&w=lb&sw=node*", "wildcard not allowed in sub worker for this command",
                 id="S10"),
    pytest.param("cmd=show&w=node1", "Could not find given worker", id="S11"),
    pytest.param("cmd=version&x=%zz", "Error during parsing of URI", id="S12"),
])
def test_message(server, query, message):
    assert txt(server, query) == error(message)


def test_s13_the_last_one_wins(server):
    assert any(line.startswith("Member:") for line in txt(server, "cmd=version&cmd=list"))


@pytest.mark.parametrize("option,gone", [(1, "member"), (2, "map"), (8, "balancer"), (16, "ajp")])
def test_s37_option_bits(server, option, gone):
    words = {"member": "Member:", "map": "Map:", "balancer": "Balancer Worker",
             "ajp": "AJP Worker"}
    lines = txt(server, "opt=%d" % option)
    assert {kind for kind, word in words.items()
            if not [x for x in lines if x.startswith(word)]} == {gone} | (
                {"member"} if gone == "balancer" else set())
    keys = [key for key, _ in prop(server, "opt=%d" % option)]
    marks = {"member": "balance_workers", "map": ".map.1.", "balancer": "worker.lb_count",
             "ajp": "worker.ajp_count"}
    assert not [key for key in keys if marks[gone] in key]
    assert not list(xml(server, "opt=%d" % option).iter(NS + gone))
    if option < 8:
        assert "map_count=2" in " ".join(lines) and "member_count=3" in " ".join(lines)


def test_s40_an_ampersand_in_a_mount(server):
    assert "/x&y/*" in [rule.get("uri") for rule in xml(server).iter(NS + "map")]


def test_s49_names_of_the_formats(server):
    text = ask(server, "mime=xml&opt=2", "/jkfmt").text
    assert text.startswith('<?xml version="1.0" encoding="UTF-8" ?>\n'
                           '<!DOCTYPE status SYSTEM "status.dtd">\n<status\n>\n<server\n')
    assert all(key.startswith("jkw.") for key, _ in prop(server, "", "/jkfmt"))


@pytest.mark.parametrize("mime", ["xml", "txt", "prop", "html"])
def test_s50_dump_has_no_secret(server, mime):
    text = ask(server, "cmd=dump&mime=" + mime).text
    assert "hidden" not in text and "secret" not in re.sub("without secrets", "", text)
    assert "worker.node1.reference" in text and "worker.node3.host" in text


def test_s51_every_line_is_a_property(server):
    for query in ("", "cmd=version", "cmd=dump", "cmd=show&w=lb", "cmd=foo", "cmd=edit&w=lb"):
        for line in ask(server, "mime=prop&" + query).text.splitlines():
            assert re.match("[^=]+=", line), line


def test_s52_error_time_of_the_member_that_failed(server):
    failed = [m.get("name") for m in xml(server).iter(NS + "member")
              if "error_time_ago" in m.attrib]
    assert failed == ["node3"]
