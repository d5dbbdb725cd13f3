"""What is mutated, how a sample is drawn, and what a run's record says."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.mutate.mutants import Cosmetic, Mutant, Sources, mutants_of, shares
from tests.mutate.record import Record
from tests.mutate.stages import HEADLESS, Verdict

PROGRAM = '''\
"""Count."""

limit: int = 10


def step(count: int) -> int:
    """Say "one more"."""
    if count < limit:
        print(
            "more",
            count,
        )
        return count + 1
    return count


def leap(count: int) -> int:
    return count + 1
'''


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for file in ("snippets/flet/chat/a.py", "snippets/flet/chat/b.py", "livedocs/c.py"):
        path = tmp_path / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(PROGRAM)
    return tmp_path


@pytest.mark.parametrize(
    "change",
    [
        "-    if count < limit:\n+    if count <= limit:",
        '-            "more",\n+            "XXmoreXX",',
        "-            count,\n+            None,",
        "-        return count + 1\n+        return count - 1",
        "-        print(\n"
        '-            "more",\n-            count,\n-        )\n+        ...',
    ],
)
def test_a_mistake_is_made_where_it_stands(change: str) -> None:
    found = [it for it in mutants_of("a.py", PROGRAM) if it.change == change]
    assert len(found) == 1
    assert found[0].is_real(PROGRAM)
    mutated = found[0].applied(PROGRAM)
    old = [line[1:] for line in change.splitlines() if line[0] == "-"]
    new = [line[1:] for line in change.splitlines() if line[0] == "+"]
    assert mutated == PROGRAM.replace("\n".join(old), "\n".join(new))


def test_docstrings_and_annotations_are_left_alone() -> None:
    changes = "\n".join(it.change for it in mutants_of("a.py", PROGRAM))
    assert "one more" not in changes
    assert "-> None" not in changes


def test_who_is_ended_is_not_changed() -> None:
    text = "os.killpg(0, signal.SIGTERM)\n"
    assert {it.operator for it in mutants_of("a.py", text)} == {
        "arg_removal",
        "statement",
    }
    assert "+os.killpg(1" not in "".join(it.change for it in mutants_of("a.py", text))


def test_a_mutant_is_known_by_its_lines_while_others_are_edited() -> None:
    edited = PROGRAM.replace('"""Count."""', '"""Count."""\n\nimport this')
    before, after = (
        {it.key: it for it in mutants_of("a.py", text)} for text in (PROGRAM, edited)
    )
    assert before.keys() == after.keys()
    change = "-    return count + 1\n+    return count - 1"
    key = "a.py", change, 0
    assert after[key].line == before[key].line + 2


def test_of_equal_changes_each_has_a_number() -> None:
    text = "a = 1\nb = 2\na = 1\n"
    change = "-a = 1\n+a = 2"
    found = [it for it in mutants_of("a.py", text) if it.change == change]
    assert [(it.occurrence, it.line) for it in found] == [(0, 1), (1, 3)]
    assert found[1].applied(text) == "a = 1\nb = 2\na = 2\n"


def test_a_mutant_of_another_text_is_refused() -> None:
    mutant = mutants_of("a.py", PROGRAM)[-1]
    with pytest.raises(ValueError, match="not what this mutant was made from"):
        mutant.applied("pass\n" * 30)


def test_a_sample_is_the_same_for_the_same_seed(root: Path) -> None:
    nothing = Cosmetic({})
    one = Sources(root).sample(24, 1, nothing)
    assert one == Sources(root).sample(24, 1, nothing)
    assert one != Sources(root).sample(24, 2, nothing)
    assert len(set(one)) == 24


def test_both_folders_have_their_share_of_a_sample(root: Path) -> None:
    files = [it.file for it in Sources(root).sample(16, 1, Cosmetic({}))]
    assert files.count("livedocs/c.py") == 6
    assert files.count("snippets/flet/chat/a.py") == 5


def test_a_path_limits_what_is_mutated(root: Path) -> None:
    sample = Sources(root, "snippets/flet/chat/b.py").sample(8, 1, Cosmetic({}))
    assert {it.file for it in sample} == {"snippets/flet/chat/b.py"}
    assert len(sample) == 8


def test_what_is_cosmetic_is_not_drawn_but_another_one(root: Path) -> None:
    sources = Sources(root)
    sample = sources.sample(8, 1, Cosmetic({}))
    cosmetic = Cosmetic({sample[0].key: "it makes no difference"})
    other = sources.sample(8, 1, cosmetic)
    assert sample[0] in cosmetic
    assert sample[0] not in other
    assert len(other) == 8


def test_an_entry_that_fits_nothing_any_more_is_told(root: Path) -> None:
    key = "livedocs/c.py", "-gone\n+going", 0
    cosmetic = Cosmetic({key: "it made no difference"})
    assert cosmetic.outdated(Sources(root)) == ["livedocs/c.py\n-gone\n+going"]
    assert not cosmetic.outdated(Sources(root, "snippets"))


def test_a_cosmetic_mutant_needs_a_reason(tmp_path: Path) -> None:
    path = tmp_path / "cosmetic.toml"
    path.write_text("[[mutant]]\nfile = 'a.py'\nchange = '''\n-a\n+b\n'''\n")
    with pytest.raises(ValueError, match="no reason for\n-a\n\\+b"):
        Cosmetic.read(path)


def test_a_line_may_be_cosmetic_wherever_it_stands(tmp_path: Path, root: Path) -> None:
    path = tmp_path / "cosmetic.toml"
    lines = ("limit: int = 10", "gone")
    path.write_text(
        "".join(f"[[mutant]]\nline = '{it}'\nreason = 'x'\n" for it in lines)
    )
    cosmetic = Cosmetic.read(path)
    of_lines = [it for it in mutants_of("any.py", PROGRAM) if it in cosmetic]
    assert {it.line for it in of_lines} == {3}
    assert cosmetic.outdated(Sources(root)) == ["gone"]


def test_the_list_of_cosmetic_mutants_can_be_read() -> None:
    assert all(Cosmetic.read().reasons.values())


def test_each_file_has_one_mutant_then_the_long_ones_more() -> None:
    assert shares({"a": 1, "b": 100, "c": 300}, 6) == {"a": 1, "b": 1, "c": 4}
    assert shares({"a": 1, "b": 2}, 10) == {"a": 1, "b": 2}
    assert sum(shares({"a": 5, "b": 5, "c": 5}, 2).values()) == 2


def verdict(change: str, by: str = "", file: str = "livedocs/c.py") -> Verdict:
    return Verdict(Mutant(file, change, 0, "number", 3), by, HEADLESS, 1.5)


def test_a_record_is_read_as_it_was_written(tmp_path: Path) -> None:
    record = Record(1, "all", [verdict("-a\n+b", "test_a"), verdict("-c\n+d")])
    record.write(tmp_path / "deep/record.json")
    assert Record.read(tmp_path / "deep/record.json") == record


def test_it_tells_what_is_not_noticed_any_more() -> None:
    before = Record(1, "all", [verdict("-a\n+b", "test_a"), verdict("-c\n+d")])
    after = Record(1, "all", [verdict("-a\n+b"), verdict("-c\n+d")])
    assert after.lost_since(before) == [verdict("-a\n+b")]
    assert not before.lost_since(after)
    assert (before.share, after.share) == (0.5, 0.0)


def test_a_run_goes_on_with_what_a_record_does_not_know() -> None:
    judged, other = verdict("-a\n+b", "test_a"), verdict("-c\n+d")
    record = Record(1, "all", [judged, other])
    assert record.verdicts_on([judged.mutant], "all") == [judged]
    assert record.verdicts_on([judged.mutant], HEADLESS) == []


def test_the_table_has_a_line_for_each_file_and_one_for_all() -> None:
    verdicts = [verdict("-a\n+b", "test_a"), verdict("-c\n+d", file="snippets/a.py")]
    assert Record(1, "all", verdicts).table() == (
        "| file          | mutants | headless | process | browser | survived |\n"
        "|:--------------|--------:|---------:|--------:|--------:|---------:|\n"
        "| livedocs/c.py |       1 |        1 |       0 |       0 |        0 |\n"
        "| snippets/a.py |       1 |        0 |       0 |       0 |        1 |\n"
        "| all           |       2 |        1 |       0 |       0 |        1 |"
    )
