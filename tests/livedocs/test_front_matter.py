"""What is read of a page's head, and what is said when it is wrong, word for word."""

from __future__ import annotations

import pytest

from livedocs.errors import SnippetError
from livedocs.front_matter import Framework, Level, Subject, read, read_concept

from .conftest import HEAD


def refused(head: str, framework: str = "taipy") -> str:
    with pytest.raises(SnippetError) as failure:
        read(head, "docs/chat.md", framework)
    return str(failure.value.message).removeprefix("docs/chat.md:")


def test_the_fields_are_read_without_spaces_around_them() -> None:
    head = HEAD.replace("A chat for two", '"  A chat for two "')
    found = read(f"{head}\nText.\n", "docs/chat.md", "taipy")
    assert found.title == "A chat for two"
    assert (found.framework, found.level) == (Framework.TAIPY, Level.START)
    assert found.subjects == [Subject.CHAT]
    assert found.keywords == ["chat", "two users"]
    assert found.not_tested == ()


@pytest.mark.parametrize("end", ["---\n", "...\n", "---", "--- \nText.\n"])
def test_the_head_ends_as_yaml_ends(end: str) -> None:
    head = HEAD.removesuffix("---\n") + end
    assert read(head, "docs/chat.md", "taipy").title == "A chat for two"


def test_a_page_without_a_head_is_told_what_it_needs() -> None:
    assert refused("Text.\n") == (
        "1: A tutorial starts with front matter between two '---' lines: "
        "title, description, framework, subjects, level, keywords."
    )


@pytest.mark.parametrize("head", ["---\n\n---\n", "---\n- title\n---\n"])
def test_a_head_without_fields_is_told_what_one_looks_like(head: str) -> None:
    assert refused(head) == "2: The front matter needs lines like 'title: …'."


def test_what_is_no_yaml_is_told_with_its_line() -> None:
    said = refused(HEAD.replace("subjects: [chat]", "subjects: [chat"))
    assert said.startswith("5: The front matter is not YAML: ")
    assert "\n" not in said


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("2024-13-45", "month must be in 1..12"),
        ("a\x00b", "unacceptable character #x0000: special characters are not allowed"),
    ],
)
def test_a_value_that_yaml_cannot_read_is_told_in_one_line(
    value: str, reason: str
) -> None:
    said = refused(HEAD.replace("A chat for two", value))
    assert said == f"2: The front matter is not YAML: {reason}"


def test_all_that_is_wrong_is_told_at_once_each_with_its_line() -> None:
    head = HEAD.replace("subjects: [chat]", "subjects: [chats]\nkeyword: x")
    assert refused(head).splitlines() == [
        "5: subjects.0: 'chats' is not known. "
        f"Allowed: {', '.join(Subject)}. Did you mean 'chat'?",
        "docs/chat.md:6: Unknown field 'keyword'. Did you mean 'keywords'?",
    ]


def test_a_word_that_is_near_none_is_given_all_of_them() -> None:
    assert refused(HEAD.replace("[chat]", "[zzz]")).endswith(
        f"Allowed: {', '.join(Subject)}."
    )


def test_a_missing_field_stands_in_the_first_line() -> None:
    head = HEAD.replace("level: start here\n", "")
    assert refused(head) == "1: The field 'level' is missing."


def test_a_value_that_is_not_allowed_is_told() -> None:
    said = refused(HEAD.replace("[chat, two users]", "[chat, ' ']"))
    assert said == "7: keywords.1: String should have at least 1 character, not ' '."


def test_a_page_in_another_folder_is_told_which() -> None:
    assert refused(HEAD, "flet") == (
        "4: framework: 'taipy' is not the folder that the page is in, 'flet'."
    )


def test_a_field_that_is_there_twice_is_told_at_the_second() -> None:
    head = HEAD.replace("subjects:", "title: Again\nsubjects:")
    assert refused(head) == "5: The field 'title' is there twice."


def test_a_concept_is_about_all_frameworks() -> None:
    name, fields = "docs/concepts/state.md", HEAD.partition("framework")[0]
    assert read_concept(f"{fields}---\n", name).title == "A chat for two"
    with pytest.raises(SnippetError) as failure:
        read_concept(HEAD, name)
    assert f"{name}:4: Unknown field 'framework'." in failure.value.message
    with pytest.raises(SnippetError) as failure:
        read_concept("Text.\n", name)
    assert failure.value.message == (
        f"{name}:1: A concept starts with front matter between two '---' lines: "
        "title, description."
    )
