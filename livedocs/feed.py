"""The feed of new and changed pages, for those who follow the site."""

from __future__ import annotations

import subprocess
import xml.etree.ElementTree as etree
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import urljoin

FILE = "feed.xml"


@dataclass(frozen=True)
class Entry:
    """A page of the feed."""

    title: str
    description: str
    url: str
    """Relative to the site's root."""
    source: str
    """Its file, relative to the project's root."""


def changes(root: Path, folder: str) -> Mapping[str, datetime]:
    """When each file below a folder was changed last, as far as git has its history.

    Returns:
        By path relative to the root; empty where there is no git, or no history.
    """
    asked = [
        "git",
        "log",
        "--format=%x00%cI",
        "--name-only",
        "--relative",
        "--",
        folder,
    ]
    try:
        log = subprocess.run(
            asked, cwd=root, capture_output=True, text=True, check=True
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        return {}
    found: dict[str, datetime] = {}
    for commit in log.split("\0")[1:]:
        date, *paths = filter(None, commit.splitlines())
        for path in paths:
            found.setdefault(path, datetime.fromisoformat(date))  # newest first
    return found


def as_rss(
    title: str,
    description: str,
    site_url: str,
    entries: Iterable[Entry],
    changed: Mapping[str, datetime],
) -> str:
    """The feed in RSS 2.0 (rssboard.org/rss-specification), newest page first.

    Args:
        title: the site's name.
        description: what it is, in a sentence.
        site_url: where the site is published; addresses in a feed are whole.
        entries: the pages; those that have no date are left out.
        changed: when each source was changed, see `changes`.
    """
    rss = etree.Element("rss", version="2.0")
    channel = etree.SubElement(rss, "channel")
    for name, text in (
        ("title", title),
        ("link", site_url),
        ("description", description),
        ("language", "en"),
    ):
        etree.SubElement(channel, name).text = text
    dated = [entry for entry in entries if entry.source in changed]
    for entry in sorted(dated, key=lambda it: changed[it.source], reverse=True):
        item = etree.SubElement(channel, "item")
        link = urljoin(site_url, entry.url)
        date = changed[entry.source]
        for name, text in (
            ("title", entry.title),
            ("link", link),
            ("description", entry.description),
            ("pubDate", format_datetime(date)),
        ):
            etree.SubElement(item, name).text = text
        # A change is news: the same page at another time is another entry.
        guid = etree.SubElement(item, "guid", isPermaLink="false")
        guid.text = f"{link}#{date:%Y-%m-%d}"
    etree.indent(rss)
    return etree.tostring(rss, encoding="unicode", xml_declaration=True) + "\n"
