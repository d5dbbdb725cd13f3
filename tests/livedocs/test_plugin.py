"""What the plugin publishes beside the pages."""

from __future__ import annotations

import bs4
import pytest

from livedocs.catalog import Snippet
from livedocs.facts import Facts
from livedocs.record import Measured, Record, digest
from livedocs.review import pages

from .conftest import HEAD, PROGRAM, PROOF, TABLE, WORDS, Project


def test_programs_are_published_byte_for_byte(project: Project) -> None:
    project.build()
    published = project.site / "snippets/taipy/chat/greet.py"
    assert published.read_bytes() == PROGRAM.encode()


def test_without_a_repository_the_source_is_on_the_site(project: Project) -> None:
    project.write("tests/snippets/taipy/test_chat.py", PROOF)
    shown = "/// snippet | taipy/chat/greet.py\n///"
    project.say(f"[A reload](fact:reload) keeps it.\n\n{TABLE}\n\n{shown}")
    project.build()
    soup = bs4.BeautifulSoup(project.html(), "html.parser")
    page = project.site / "tutorials/taipy/chat"
    links = [a["href"] for a in soup.select(".ss-source, .ss-proof a")]
    assert len(links) == 3
    for link in links:
        assert (page / str(link)).resolve().is_file(), link


def test_with_a_repository_links_lead_to_the_line_there(project: Project) -> None:
    config = project.root / "mkdocs.yml"
    repository = "repo_url: https://example.org/shared/state\n"
    config.write_text(repository + config.read_text())
    project.write("tests/snippets/taipy/test_chat.py", PROOF)
    project.say(f"[A reload](fact:reload) keeps it.\n\n{TABLE}")
    project.build()
    soup = bs4.BeautifulSoup(project.html(), "html.parser")
    (first, *_) = soup.select(".ss-proof a")
    root = "https://example.org/shared/state/blob/main"
    assert first["href"] == f"{root}/tests/snippets/taipy/test_chat.py#L6"
    assert not (project.site / "tests").exists()


def test_a_page_names_what_is_not_tested(project: Project) -> None:
    project.write("tests/snippets/taipy/test_chat.py", PROOF)
    head = HEAD.replace("\n---\n", "\nnot_tested: [Other browsers.]\n---\n")
    project.say(f"[A reload](fact:reload) keeps it.\n\n{TABLE}", head)
    project.build()
    assert "Other browsers." in project.html()


def test_what_is_shown_beside_what_is_proven(project: Project) -> None:
    project.write("tests/snippets/taipy/test_chat.py", PROOF)
    project.say(f"Text.\n\n[A *reload* of `a<b`](fact:reload) keeps it.\n\n{TABLE}")
    (uses,) = pages(project.root / "mkdocs.yml").values()
    assert [(use.words, use.line, use.proof.id) for use in uses] == [
        ("A reload of a<b", 11, "reload"),
        ("`names` | everybody | kept | lost", 17, "state-greet-py-names"),
    ]


def test_the_heads_of_tables_lead_to_the_page_that_explains_them(
    project: Project,
) -> None:
    """From a tutorial, and from that page itself."""
    project.write("tests/snippets/taipy/test_chat.py", PROOF)
    project.write("docs/concepts/who-shares-what.md", WORDS)
    project.say(f"[A reload](fact:reload) keeps it.\n\n{TABLE}")
    project.build()
    page = project.site / "tutorials/taipy/chat"
    links = bs4.BeautifulSoup(project.html(), "html.parser").select("thead a")
    assert [link.text for link in links] == ["Belongs to", "Reload", "Restart"]
    for link, anchor in zip(links, ("owner", "reload", "restart"), strict=True):
        path, _, fragment = str(link["href"]).partition("#")
        target = (page / path).resolve() / "index.html"
        words = bs4.BeautifulSoup(target.read_text("utf-8"), "html.parser")
        assert fragment == anchor
        assert words.select_one(f"h2#{anchor}")


def test_a_concept_lists_what_the_tests_of_all_frameworks_prove(
    project: Project,
) -> None:
    project.write("tests/snippets/taipy/test_who_shares_what.py", PROOF)
    other = PROOF.partition("@pytest.mark.state")[0].replace("reload", "flet-reload")
    flet = f'{other}def test_it():\n    """Flet keeps it."""\n'
    project.write("tests/snippets/flet/test_who_shares_what.py", flet)
    head = WORDS.replace("\n---\n", "\nnot_tested: [Other browsers.]\n---\n")
    said = "[It](fact:reload) [is](fact:flet-reload) kept."
    project.write("docs/concepts/who-shares-what.md", f"{head}\n{said}\n\n{TABLE}\n")
    project.build()
    html = project.html("concepts/who-shares-what")
    soup = bs4.BeautifulSoup(html, "html.parser")
    proofs = [proof["id"] for proof in soup.select(".ss-proof li")]
    assert proofs == ["fact-reload", "fact-flet-reload", "state-greet-py-names"]
    assert [link["href"] for link in soup.select("thead a")] == [
        "./#owner",
        "./#reload",
        "./#restart",
    ]
    assert "Other browsers." in soup.text


def test_tutorials_are_listed_in_the_order_of_the_navigation(project: Project) -> None:
    """And only subjects are offered that one of them is about."""
    config = project.root / "mkdocs.yml"
    files = ("rooms", "chat", "events")
    nav = "".join(f"- tutorials/taipy/{name}.md\n" for name in files)
    config.write_text(f"{config.read_text()}nav:\n- index.md\n{nav}")
    for name in ("rooms", "events"):
        head = HEAD.replace("A chat for two", name)
        project.write(
            f"docs/tutorials/taipy/{name}.md", head.replace("[chat]", "[jobs]")
        )
    project.write(
        "theme/main.html",
        "{{ livedocs.tutorials | map(attribute='title') | join(', ') }}; "
        "{{ livedocs.subjects | map(attribute='title') | join(', ') }}",
    )
    project.build()
    assert project.html(".") == "rooms, A chat for two, events; Chat, Jobs"


def test_a_receipt_shows_what_the_last_run_measured(project: Project) -> None:
    write_record(project, project.catalog.find("taipy/chat/greet").sha256)
    project.build()
    receipt = bs4.BeautifulSoup(project.html(), "html.parser").select_one(".ss-receipt")
    assert receipt is not None
    assert "taipy-gui 4.1.2" in receipt.text and "9 tests" in receipt.text


def test_a_changed_program_has_no_receipt(project: Project) -> None:
    write_record(project, "the hash of what it was before")
    project.build()
    assert "ss-receipt" not in project.html()


@pytest.mark.parametrize("text", ["{", "[]", '{"snippets": {"x": {}}}'])
def test_a_record_of_another_version_is_no_record(project: Project, text: str) -> None:
    project.write(".cache/proof.json", text)
    project.build()
    assert "ss-receipt" not in project.html()


def write_record(project: Project, sha256: str) -> None:
    measured = Measured(sha256, tests=9, users=3, seconds=13.8)
    Record("Chromium 156", {"taipy/chat/greet": measured}).write(project.root)


def whole_record(project: Project) -> Record:
    return Record(
        browser="Chromium 156",
        date="2026-11-09",
        commit="0123456789",
        python="3.12.1",
        versions={"taipy-gui": "4.1.2", "flet": "1.0.5"},
        programs={snippet.id: snippet.sha256 for snippet in project.catalog},
        tests={path: digest(project.root / path) for path in Facts(project.root).files},
    )


RAN = (
    "They last ran on 9 November 2026, on taipy-gui 4.1.2, Chromium 156, Python 3.12.1"
)


def test_a_page_says_when_its_tests_ran(project: Project) -> None:
    project.write("tests/snippets/taipy/test_chat.py", PROOF)
    shown = "/// snippet | taipy/chat/greet.py\n///"
    project.say(f"[A reload](fact:reload) keeps it.\n\n{TABLE}\n\n{shown}")
    project.build()
    assert "last ran" not in project.html(), "there is no record"
    whole_record(project).write(project.root)
    project.build()
    text = bs4.BeautifulSoup(project.html(), "html.parser").text
    assert f"{RAN}, at commit 0123456." in text


@pytest.mark.parametrize(
    "changed", ["snippets/taipy/chat/greet.py", "tests/snippets/taipy/test_chat.py"]
)
def test_a_page_whose_program_or_test_has_changed_does_not(
    project: Project, changed: str
) -> None:
    file = project.write("tests/snippets/taipy/test_chat.py", PROOF)
    project.say(f"[A reload](fact:reload) keeps it.\n\n{TABLE}")
    whole_record(project).write(project.root)
    file = project.root / changed
    file.write_text(file.read_text() + "\n")
    project.build()
    assert "last ran" not in project.html()


def test_a_snippet_knows_when_it_has_changed(project: Project) -> None:
    before = project.catalog.find("taipy/chat/greet")
    project.write("snippets/taipy/chat/greet.py", PROGRAM + "\n")
    after: Snippet = project.catalog.find("taipy/chat/greet")
    assert before.sha256 != after.sha256
