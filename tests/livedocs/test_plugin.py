"""What the plugin publishes beside the pages."""

from __future__ import annotations

import bs4
import pytest

from livedocs.catalog import Snippet
from livedocs.record import Measured, Record

from .conftest import PROGRAM, PROOF, Project


def test_programs_are_published_byte_for_byte(project: Project) -> None:
    project.build()
    published = project.site / "snippets/taipy/chat/greet.py"
    assert published.read_bytes() == PROGRAM.encode()


def test_without_a_repository_the_source_is_on_the_site(project: Project) -> None:
    project.write("tests/snippets/taipy/test_chat.py", PROOF)
    project.say(
        "==A reload keeps `names`.==\n\n/// state | taipy/chat/greet.py\n\n"
        "| Name | Belongs to | Reload | Restart |\n|---|---|---|---|\n"
        "| `names` | everybody | kept | lost |\n\n///\n\n"
        "/// snippet | taipy/chat/greet.py\n///"
    )
    project.build()
    soup = bs4.BeautifulSoup(project.html(), "html.parser")
    page = project.site / "tutorials/taipy/chat"
    links = [a["href"] for a in soup.select(".ss-claim a, .ss-source, .ss-proof a")]
    assert len(links) == 5
    for link in links:
        assert (page / str(link)).resolve().is_file(), link


def test_with_a_repository_links_lead_to_the_line_there(project: Project) -> None:
    config = project.root / "mkdocs.yml"
    repository = "repo_url: https://example.org/shared/state\n"
    config.write_text(repository + config.read_text())
    project.write(
        "tests/snippets/taipy/test_chat.py",
        PROOF[: PROOF.index("@pytest.mark.claim(\n")] + "def test_it(): ...\n",
    )
    project.say("==A reload keeps `names`.==")
    project.build()
    soup = bs4.BeautifulSoup(project.html(), "html.parser")
    check = soup.select_one(".ss-claim a")
    assert check is not None
    root = "https://example.org/shared/state/blob/main"
    assert check["href"] == f"{root}/tests/snippets/taipy/test_chat.py#L5"
    assert not (project.site / "tests").exists()


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


def test_a_snippet_knows_when_it_has_changed(project: Project) -> None:
    before = project.catalog.find("taipy/chat/greet")
    project.write("snippets/taipy/chat/greet.py", PROGRAM + "\n")
    after: Snippet = project.catalog.find("taipy/chat/greet")
    assert before.sha256 != after.sha256
