"""Each Lua script says at its top how it is called; what others use says what it gives them."""

import re

from tests.docs.tracked import text_of, tracked

USE = re.compile(r"^--! use (\w+)/(\w+)$", re.MULTILINE)
SCRIPTS = [name for name in tracked() if name.endswith(".lua") and "/lua/" in name]
SHARED = {f"api_queue/{feature}/lua/{file}.lua" for name in SCRIPTS for feature, file in USE.findall(text_of(name))}
VERBS = sorted(set(SCRIPTS) - SHARED)


def header(name: str) -> str:
    """The comment that the file begins with."""
    found = re.match(r"(?:--.*\n)*", text_of(name))
    return found[0] if found else ""


def test_there_are_scripts_of_both_kinds() -> None:
    assert len(VERBS) > len(SHARED) > 1


def test_a_verb_says_what_it_does_takes_and_returns() -> None:
    says = re.compile(r"-- [A-Z].*\n(?:-- .*\n)*?-- KEYS .*\n(?:-- .*\n)*?-- ARGV .*\n(?:-- .*\n)*?-- Returns ")
    assert [name for name in VERBS if not says.match(header(name))] == []


def test_a_verb_takes_no_argument_that_its_header_does_not_number() -> None:
    for name in VERBS:
        about = header(name).partition("-- ARGV")[2]
        numbered = {int(number) for number in re.findall(r"\b(\d+)(?:\.\.\.)? [a-z'a-zA-Z]", about)}
        taken = {int(number) for number in re.findall(r"\bARGV\[(\d+)\]", text_of(name))}
        assert taken <= numbered, name


def test_what_others_use_begins_with_its_purpose() -> None:
    assert [name for name in SHARED if not re.match(r"-- \w.*\n-- ", header(name))] == []


def test_each_function_that_others_may_call_is_explained() -> None:
    for name in SHARED:
        text = text_of(name)
        explained = set(re.findall(r"^-- (\w+)\(", text, re.MULTILINE))
        called = {function for verb in VERBS for function in re.findall(r"\b(\w+)\(", text_of(verb))}
        assert set(re.findall(r"^local function (\w+)", text, re.MULTILINE)) & called <= explained, name
