"""The feed: which pages changed, when, newest first."""

import subprocess
import xml.etree.ElementTree as etree
from datetime import UTC, datetime
from pathlib import Path

import pytest

from livedocs.feed import Entry, as_rss, changes

pytestmark = pytest.mark.process


def commit(root: Path, date: str, **files: str) -> None:
    for name, text in files.items():
        path = root / f"docs/{name}.md"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    env = {"GIT_COMMITTER_DATE": date, "GIT_AUTHOR_DATE": date, "PATH": "/usr/bin:/bin"}
    for command in (["add", "."], [*identity, "commit", "--quiet", "-m", "Change"]):
        subprocess.run(["git", *command], cwd=root, env=env, check=True)


def test_each_file_has_the_date_of_its_last_change(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    commit(tmp_path, "2026-11-01T10:00:00+00:00", a="one", b="one")
    commit(tmp_path, "2026-11-02T10:00:00+00:00", b="two")
    assert changes(tmp_path, "docs") == {
        "docs/a.md": datetime(2026, 11, 1, 10, tzinfo=UTC),
        "docs/b.md": datetime(2026, 11, 2, 10, tzinfo=UTC),
    }


def test_without_git_there_are_no_dates(tmp_path: Path) -> None:
    assert changes(tmp_path, "docs") == {}


def test_the_feed_has_the_newest_page_first_and_none_without_a_date() -> None:
    entries = [
        Entry("A & b", "Old.", "a/", "docs/a.md"),
        Entry("C", "New.", "c/", "docs/c.md"),
        Entry("D", "Not committed.", "d/", "docs/d.md"),
    ]
    dates = {
        "docs/a.md": datetime(2026, 11, 1, tzinfo=UTC),
        "docs/c.md": datetime(2026, 11, 2, tzinfo=UTC),
    }
    text = as_rss("Site", "It helps.", "https://x.org/docs/", entries, dates)
    items = etree.fromstring(text.encode()).findall("channel/item")  # noqa: S314
    assert [item.findtext("title") for item in items] == ["C", "A & b"]
    assert items[0].findtext("link") == "https://x.org/docs/c/"
    assert items[0].findtext("pubDate") == "Mon, 02 Nov 2026 00:00:00 +0000"
