"""What pytest is told in `conftest.py`."""

from __future__ import annotations

from typing import Any, cast

import pytest

from tests import conftest
from tests.users.stage import Stage


class Silent:
    """A program that has logged one line, and one page of it."""

    def report(self) -> list[tuple[str, str]]:
        return [("log", "Started"), ("page 1", "0 here")]


@pytest.mark.parametrize(
    ("outcome", "shown"),
    [("passed", []), ("failed", [("log", "Started"), ("page 1", "0 here")])],
)
def test_a_failed_test_shows_what_programs_logged_and_pages_show(
    outcome: Any, shown: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conftest, "OPEN", [cast(Stage, Silent())])
    report = pytest.TestReport("test", ("", 0, ""), {}, outcome, None, "call")
    hook = conftest.pytest_runtest_makereport(cast(Any, None), cast(Any, None))
    next(hook)
    with pytest.raises(StopIteration) as end:
        hook.send(report)
    assert end.value.value is report
    assert report.sections == shown
