"""What is text on a page and what is not, and at which line what is wrong stands."""

from __future__ import annotations

import re

import pytest

from livedocs.errors import SnippetError

from ..conftest import TABLE, Project
from .converting import convert

BLOCK = "/// snippet | taipy/chat/nowhere.py\n///"
WRONG = f"There is no block\n\n/// nosuch | block\n///\n\n{BLOCK}\n\n[x](fact:nowhere)"
"""What is refused wherever it is not text."""


def indented(text: str, margin: str = "    ") -> str:
    return "\n".join(f"{margin}{line}".rstrip() for line in text.split("\n"))


COMMENT = f"<!--\n{WRONG}\n\n```\n-->"
COMMENTS = {
    "a comment": COMMENT,
    "a comment that opens on the block's line": f"<!-- {BLOCK} -->",
    "two comments": f"<!-- {BLOCK} -->\n{COMMENT}",
    "a comment at the end of a line": f"Text. {COMMENT}",
    "a comment without blank lines": "Text.\n<!--\n[x](fact:nowhere)\n--> More.",
    "a list": f"- item\n\n{indented(COMMENT)}",
    "a nested list": f"- item\n\n    - item\n\n{indented(COMMENT, ' ' * 8)}",
    "an admonition": f"!!! note\n\n{indented(COMMENT)}\n\n    Text.",
    "a tab": f'=== "A"\n\n{indented(COMMENT)}',
    "a quotation": f"> Text.\n>\n{indented(COMMENT, '> ')}",
    "a list in a comment": f"<!--\n- item\n\n{indented(WRONG)}\n-->",
    "a tab in a comment": f'<!--\n=== "A"\n\n{indented(WRONG)}\n-->',
    "a Python fence in a comment": "<!--\n```python\nx = 1\n```\n\n<img src=x>\n-->",
}


@pytest.mark.parametrize("case", COMMENTS)
def test_what_is_in_a_comment_is_no_part_of_the_page(
    project: Project, case: str
) -> None:
    soup = convert(project, f"First.\n\n{COMMENTS[case]}\n\n[A reload](fact:reload).")
    assert "First." in soup.text
    assert len(soup.select(".ss-fact")) == 1
    for words in ("///", "nowhere", "<!--", "-->", "```"):
        assert words not in soup.text


CODE = """\
/// snippet | x.py
///

<!--

/// nosuch

-->

[x](fact:no) `#!python x`

<img>"""
CODES = {
    "indented code": ("Text:\n\n{}", "    "),
    "indented code in a list": ("- item\n\n    Text:\n\n{}", "        "),
    "indented code in an admonition": ("!!! note\n\n    Text:\n\n{}", "        "),
    "indented code in a quotation": ("> Text:\n>\n{}", ">     "),
    "a fence": ("```text\n{}\n```", ""),
    "a fence in a tab": ('=== "A"\n\n    ```text\n{}\n    ```', "    "),
    "a fence of tildes": ("~~~~ {{ .text title='x' }}\n~~~\n```\n{}\n~~~~", ""),
}


@pytest.mark.parametrize("case", CODES)
def test_code_is_shown_as_it_is_written(project: Project, case: str) -> None:
    around, margin = CODES[case]
    soup = convert(project, around.format(indented(CODE, margin)))
    (code,) = soup.select("pre code")
    assert CODE in code.text
    assert not re.search(r"[\ue000-\uf8ff]", str(soup)), "a number is left"


def test_indented_code_may_show_how_a_fence_is_written(project: Project) -> None:
    soup = convert(project, "Write:\n\n    ```\n    x\n    ```\n\n    ```text\n    y")
    (code,) = soup.select("pre code")
    assert code.text.strip() == "```\nx\n```\n\n```text\ny"


BLANK = "\n\n"
AT_LINE = {
    "the block that is wrong, after the same one in a comment": (
        f"<!--\n{BLOCK}\n-->\n\n{BLOCK}",
        6,
        "There is no snippet",
    ),
    "the block that is wrong, after the same one in code": (
        f"Text:\n\n{indented(BLOCK)}\n\nText.\n\n{BLOCK}",
        8,
        "There is no snippet",
    ),
    "the block that is wrong, after the same one in a list's code": (
        f"- x\n\n{indented(BLOCK, ' ' * 8)}\n\n{indented(BLOCK)}",
        6,
        "There is no snippet",
    ),
    "the fact that is wrong, after the same one in code": (
        "Text:\n\n    [x](fact:no)\n\n`[x](fact:no)` [x](fact:reload)\n[x](fact:no)",
        6,
        "No test proves the fact 'no'",
    ),
    "the option that is wrong": (
        "/// snippet | taipy/chat/greet.py\n    section: greet\n    title: [a, b\n///",
        3,
        "These are not options",
    ),
    "the row that is wrong, below one that holds its name": (
        TABLE.replace("\n\n///", "\n| name | everybody | kept | lost |\n\n///"),
        6,
        "The table says 'name'. Did you mean 'names'?",
    ),
    "a block without a blank line before it, in a list": (
        f"- x\n{indented(BLOCK, '  ')}",
        2,
        "no snippet",
    ),
    "a block in HTML that is no Markdown": (
        f"Text.\n\n<div>\n{BLOCK}\n</div>",
        4,
        "'/// snippet' is not understood here",
    ),
    "a fact in HTML that is no Markdown": (
        "<div>\n[x](fact:reload)\n</div>",
        2,
        "'reload' is not understood here",
    ),
    "a fence that is never closed": ("Text.\n\n```text\nx\n````", 3, "never closed"),
    "a fence that ends elsewhere": (
        "- x\n\n    ~~~text\n    x\n~~~",
        3,
        "never closed",
    ),
    "a fence that Markdown does not understand": (
        "```text title=note.txt\nx\n```",
        1,
        "is not understood: 'text title=note.txt'",
    ),
    "a comment that is never closed": (f"Text.\n\n<!--\n{BLOCK}", 3, "never closed"),
    "a reference, after the same one in code": (
        "`[x][y]`\n\n    [x][y]\n\n[x][y]",
        5,
        "The link [x][y] leads nowhere",
    ),
}


@pytest.mark.parametrize("case", AT_LINE)
def test_an_error_names_the_line_of(project: Project, case: str) -> None:
    text, line, message = AT_LINE[case]
    with pytest.raises(SnippetError) as error:
        convert(project, text)
    assert error.value.message.startswith(f":{line}: ")
    assert message in error.value.message


BY_HAND = {
    "a fence": ("```python\n{}\n```", 1),
    "a fence by a short name": ("```py3\n{}\n```", 1),
    "a fence in capitals": ("```Python\n{}\n```", 1),
    "a fence of a version": ("```python3.12\n{}\n```", 1),
    "a fence of another Python": ("```ipython\n{}\n```", 1),
    "a fence of what is made of Python": ("```numpy\n{}\n```", 1),
    "a fence with a class": ("``` {{.python}}\n{}\n```", 1),
    "a fence with an id before its class": ("``` {{ #x .python }}\n{}\n```", 1),
    "a fence with a title before its class": ("~~~ {{ title='x' .py }}\n{}\n~~~", 1),
    "a fence with a second class": ("``` {{ .text .python }}\n{}\n```", 1),
    "a fence in a list": ("- x\n\n    ```pycon\n    >>> {}\n    ```", 3),
    "a fence that says it is text": ("```text\nimport x\n\n{}\n```", 1),
    "a session at a console": ("```console\n$ python\n>>> {}\n```", 1),
    "a fence for a shell": ("```bash\nimport os\n{}\n```", 1),
    "a fence for data": ("```yaml\ndef f():\n    {}\n```", 1),
    "a difference": ("```diff\n-import os\n+import sys\n {}\n```", 1),
    "a fence that begins a block": ("```text\nwith sync(x) as st:\n```", 1),
    "a fence that begins a block in another": (
        "```text\nfor a in x:\n  if a:\n```",
        1,
    ),
    "a fence that ends with a decorator": ("```text\n@room(x)\n```", 1),
    "indented code that begins a block": ("Text:\n\n    with sync(x) as st:", 3),
    "indented code": ("Text:\n\n    {}", 3),
    "indented code in a list": ("- x\n\n    Text:\n\n        {}", 5),
    "indented code that says what it is": ("Text:\n\n    #!python\n    {} …", 3),
    "indented code with colons": ("Text:\n\n    :::python\n    {} …", 3),
    "indented code that says what runs it": ("x:\n\n    #!/usr/bin/python3\n    {}", 3),
    "indented code, with something left out": ("x:\n\n    def f():\n        …", 3),
    "indented code without a name of its own": ("x:\n\n    assert True", 3),
    "a session in indented code": ("Text:\n\n    >>> {}", 3),
    "the second of two": ("a:\n\n    b\n\nc:\n\n    {}", 7),
    "code in a line": ("Text.\n`#!python {}`", 2),
    "code in a line, with colons": ("- `:::py {}`", 1),
}


@pytest.mark.parametrize("case", BY_HAND)
def test_python_by_hand_is_refused_in(project: Project, case: str) -> None:
    text, line = BY_HAND[case]
    with pytest.raises(SnippetError) as error:
        convert(project, text.format("x = 1"))
    assert error.value.message.startswith(f":{line}: Python code is written by hand")


FENCES = {
    "js": "alert(1)\nconst x = 1;",
    "bash": "make serve\nexport A=1",
    "toml": 'a = 1\nb = "c"',
    "yaml": "a: 1\nb: [c]",
    "diff": "-a = 1\n+a = 2",
    "text": "12 words, one line\nand: more",
}


@pytest.mark.parametrize("language", FENCES)
def test_other_languages_are_shown(project: Project, language: str) -> None:
    soup = convert(project, f"```{language}\n{FENCES[language]}\n```")
    assert soup.select("pre code")


@pytest.mark.parametrize("tag", ["pre", "code", "textarea", "samp", "xmp"])
def test_code_in_html_is_refused(project: Project, tag: str) -> None:
    text = f'- x\n\n    <{tag} class="language-python">x = 1</{tag}>'
    with pytest.raises(SnippetError, match=f"^:3: <{tag}> is not checked"):
        convert(project, text)


@pytest.mark.parametrize(
    "code",
    ["$ make serve", "users: [Alex, Doppler]", "snippets/taipy", "12 / 3: COMPLETED"],
)
def test_other_indented_code_is_no_python(project: Project, code: str) -> None:
    assert convert(project, f"Text:\n\n    {code}").select("pre code")
