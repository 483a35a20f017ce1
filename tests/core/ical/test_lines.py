"""Content lines: folding, escaping, quoting, against icalendar as the other end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Event as ParsedEvent
from icalendar.parser import Contentline

from booking.core.ical import content_line, fold, parameter, plain, text
from tests.support.properties import short

ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=[]), max_size=300)
AWKWARD = st.text(st.sampled_from('\\;,:"^n \n\r\t\x00\x0b\x7f\x85\u2028é👩‍🎤\ud800'), max_size=200)
TEXTS = st.one_of(ANY_TEXT, AWKWARD)


@short
@given(TEXTS)
def test_text_comes_back_as_it_went(value):
    written = b"BEGIN:VEVENT\r\n" + content_line("SUMMARY", text(value)) + b"END:VEVENT\r\n"
    assert str(ParsedEvent.from_ical(written)["SUMMARY"]) == plain(value)


@short
@given(st.lists(TEXTS.filter(plain), min_size=1, max_size=4))
def test_categories_come_back_item_by_item(values):
    line = content_line("CATEGORIES", ",".join(text(value) for value in values))
    parsed = ParsedEvent.from_ical(b"BEGIN:VEVENT\r\n" + line + b"END:VEVENT\r\n")
    assert [str(item) for item in parsed["CATEGORIES"].cats] == [plain(v) for v in values]


@short
@given(TEXTS)
def test_lines_are_short_whole_characters_and_whole_escapes(value):
    lines = content_line("SUMMARY", text(value)).split(b"\r\n")
    assert lines.pop() == b""
    for place, line in enumerate(lines):
        assert len(line) <= 75
        line.decode()
        assert place == 0 or line.startswith(b" ")
        if place < len(lines) - 1:
            assert (len(line) - len(line.rstrip(b"\\"))) % 2 == 0
    assert b"\r" not in b"".join(lines)
    assert b"\n" not in b"".join(lines)


@short
@given(st.binary(max_size=400).map(lambda b: b.replace(b"\r", b"").replace(b"\n", b"").hex()))
def test_folding_loses_nothing(value):
    line = value.encode()
    assert fold(line).replace(b"\r\n ", b"") == line


@short
@given(st.integers(60, 160))
def test_folding_keeps_wide_characters_whole(length):
    line = ("é👩‍🎤" * length).encode()
    for piece in fold(line).split(b"\r\n "):
        piece.decode()


@short
@given(TEXTS.map(lambda value: value.replace("\\", "/")))
def test_parameters_come_back(value):
    """Without backslashes, which mean nothing in a parameter but that icalendar unescapes."""
    line = f"X-A{parameter('CN', value)}:b"
    name, parameters, rest = Contentline(line).parts()
    assert (name, rest) == ("X-A", "b")
    assert parameters["CN"] == plain(value)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("a;b,c\\d", "a\\;b\\,c\\\\d"),
        ("un\r\ndeux\rtrois\ntab\t", "un\\ndeux\\ntrois\\ntab\t"),
        ("nul\x00 vt\x0b bell\x07 del\x7f c1\x9b", "nul vt\\n bell del c1"),
        ("Étalonnage “nuit”", "Étalonnage “nuit”"),
    ],
)
def test_text_is_escaped(value, written):
    assert text(value) == written


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("plain", ";CN=plain"),
        ("a:b", ';CN="a:b"'),
        ('say "hi"', ";CN=\"say ^'hi^'\""),
        ("^ and\nline", ';CN="^^ and^nline"'),
    ],
)
def test_parameter_values_are_quoted_and_careted(value, written):
    assert parameter("CN", value) == written
