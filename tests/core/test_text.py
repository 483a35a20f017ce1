"""What people may type."""

import pytest

from booking.core.text import normal, problem


def test_normal_composes_letters_and_trims_blanks():
    assert normal("  E\u0301talonnage\r\nsalle 1 \n") == "Étalonnage\nsalle 1"


@pytest.mark.parametrize(
    ("text", "options", "code"),
    [
        ("Étalonnage 日本 🎬", {}, None),
        ("Famille 👨‍👩‍👧 (un seul signe)", {}, None),
        ("“quotes”, <b>tags</b> & 100 %", {}, None),
        ("", {}, "required"),
        ("", {"required": False}, None),
        ("x" * 20, {"longest": 20}, None),
        ("x" * 21, {"longest": 20}, "too_long"),
        ("two\nlines", {}, "control_characters"),
        ("two\nlines\tand a tab", {"lines": True}, None),
        ("a tab\there", {}, "control_characters"),
        ("a bare return\rhere", {"lines": True}, "control_characters"),
        ("nul\x00", {"lines": True}, "control_characters"),
        ("escape\x1b[31m", {}, "control_characters"),
        ("next line\x85", {}, "control_characters"),
        ("line separator\u2028", {}, "control_characters"),
        ("paragraph separator\u2029", {"lines": True}, None),
        ("gnp.\u202ereversed", {}, "control_characters"),
        ("isolate\u2066d", {"lines": True}, "control_characters"),
        ("lone surrogate \ud800", {}, "control_characters"),
    ],
)
def test_a_text_is_checked_and_never_repaired(text, options, code):
    longest = options.pop("longest", 100)
    assert problem(text, longest, **options) == code
