"""The bench builds what it means to measure."""

import pytest

from tests.bench.builds import compare
from tests.bench.invented import WAYS


@pytest.mark.process
def test_a_site_of_each_way_is_built_and_shows_its_programs() -> None:
    told: list[str] = []
    comparison = compare(pages=3, rounds=1, tell=told.append)
    assert told == ["3 pages: round 1 of 1 is done"]
    names = {figure.name for figure in comparison.all_figures()}
    assert {f"3 pages, {way.name}" for way in WAYS} <= names
