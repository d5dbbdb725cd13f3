"""Which sentences the tests name, read from their source."""

from __future__ import annotations

from livedocs.claims import Proof, Suite, fold

from .conftest import Project

TEST = '''\
import pytest
from tests.contracts import chat
from tests.contracts.rooms import Rooms


@pytest.mark.browser
@pytest.mark.claim("One.", """Two,
    over two lines.""")
@pytest.mark.claim("Three.")
def test_one():
    ...


class TestMore:
    @pytest.mark.claim("Four.")
    async def test_four(self):
        ...


def test_nothing():
    ...
'''


def sentences(proofs: tuple[Proof, ...]) -> set[str]:
    return {proof.sentence for proof in proofs}


def test_a_claim_is_found_with_its_test_and_line(project: Project) -> None:
    path = "tests/snippets/taipy/test_chat.py"
    project.write(path, TEST)
    proofs = Suite(project.root).of_page("taipy", "chat")
    assert sentences(proofs) == {"One.", "Two, over two lines.", "Three.", "Four."}
    assert Proof("Four.", "test_four", path, 16) in proofs
    assert Proof("One.", "test_one", path, 10) in proofs


def test_a_contract_proves_the_pages_whose_tests_import_it(project: Project) -> None:
    contract = 'import pytest\n@pytest.mark.claim("{}")\ndef test_it(): ...\n'
    for name in ("chat", "rooms", "boards"):
        project.write(f"tests/contracts/{name}.py", contract.format(f"A {name}."))
    project.write("tests/snippets/taipy/test_chat.py", TEST)
    proofs = Suite(project.root).of_page("taipy", "chat")
    assert {"A chat.", "A rooms."} < sentences(proofs)
    assert "A boards." not in sentences(proofs)


def test_several_test_files_may_prove_one_page(project: Project) -> None:
    project.write("tests/snippets/taipy/test_chat.py", "")
    project.write("tests/snippets/taipy/test_chat_headless.py", TEST)
    assert Suite(project.root).of_page("taipy", "chat")
    assert not Suite(project.root).of_page("taipy", "events")


def test_a_page_whose_name_has_hyphens_is_proven_by_a_module(project: Project) -> None:
    project.write("tests/snippets/taipy/test_one_past.py", TEST)
    assert Suite(project.root).of_page("taipy", "one-past")


def test_a_project_without_tests_claims_nothing(project: Project) -> None:
    assert not list(Suite(project.root))


def test_white_space_does_not_matter() -> None:
    assert fold(" One\n  sentence. ") == "One sentence."
