"""The films of programs in use: which there are, of what, and what happens in them.

The tests record them (`make record`) and note them in a manifest; pages show them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from livedocs.catalog import Snippet, nearest
from livedocs.errors import SnippetError

FOLDER = Path("docs/images")
"""Where films lie, relative to the project's root."""

MANIFEST = FOLDER / "manifest.json"

LIGHT, DARK = "light", "dark"


@dataclass(frozen=True)
class Step:
    """One thing that happens in a film."""

    text: str
    """A sentence: who does what, and who sees it."""
    at: float
    """The second of the film at which it has happened, and all is at rest."""


@dataclass(frozen=True)
class Film:
    """What one story of a program looks like."""

    snippet: str
    """The program's id."""
    story: str
    """The name of the test's function that plays it."""
    sha256: str
    """Of the program and what it imports of ours, when the film was made."""
    told: str
    """The digest of the story itself at that time."""
    dependencies: tuple[str, ...]
    """What the program ran on, ``taipy-gui==4.1.2``."""
    users: tuple[str, ...]
    """Whose windows are in it, from left to right."""
    width: int
    """In pixels, as is the height."""
    height: int
    seconds: float
    """How long it lasts."""
    steps: tuple[Step, ...]
    """What happens, in order."""
    scheme: str = LIGHT
    """`LIGHT` or `DARK`."""
    played: tuple[str, ...] = ()
    """Digests of what its story was played with when it last agreed with the film."""

    @property
    def name(self) -> str:
        """What its files are called, without their endings."""
        return self.name_of(self.snippet, self.story, self.scheme)

    @staticmethod
    def name_of(snippet: str, story: str, scheme: str) -> str:
        """What the files of such a film are called, without their endings."""
        end = "" if scheme == LIGHT else f"-{scheme}"
        return f"{snippet.replace('/', '-')}-{story}{end}"

    @property
    def video(self) -> str:
        """The film's file."""
        return f"{self.name}.mp4"

    @property
    def poster(self) -> str:
        """The picture that stands for it: how it ends."""
        return f"{self.name}.avif"

    @property
    def moving(self) -> str:
        """The film as a picture that moves, for where no film can be shown."""
        return f"{self.name}.moving.webp"

    @property
    def alt(self) -> str:
        """What its poster shows, for those who do not see it."""
        who = " and ".join(self.users)
        return f"{who}, each in a browser of their own. {self.steps[-1].text}"

    def is_of(self, snippet: Snippet) -> bool:
        """Whether it shows this program as it is now, on what it runs on now."""
        now = (snippet.sha256, snippet.dependencies)
        return (self.sha256, self.dependencies) == now


class Films:
    """All films that the manifest names."""

    def __init__(self, films: Mapping[str, Film]) -> None:
        self._films = dict(films)

    @classmethod
    def read(cls, root: Path) -> Films:
        """Those of the project at `root`; none where there is no manifest."""
        path = root / MANIFEST
        found = json.loads(path.read_text("utf-8")) if path.is_file() else {}
        return cls({name: _film(entry) for name, entry in found.items()})

    def write(self, root: Path) -> None:
        """Replace the manifest at `root`; who reads it meanwhile has the old one."""
        entries = {film.name: asdict(film) for film in self}
        text = json.dumps(entries, indent=1, sort_keys=True, ensure_ascii=False)
        part = root / ".cache" / MANIFEST.name  # not beside it, where all are published
        part.parent.mkdir(exist_ok=True)
        part.write_text(text + "\n", "utf-8")
        part.replace(root / MANIFEST)

    def __iter__(self) -> Iterator[Film]:
        return iter(self._films.values())

    def get(self, name: str) -> Film | None:
        """The film with this name."""
        return self._films.get(name)

    def add(self, film: Film) -> None:
        """Take it in, instead of an older one of the same name."""
        self._films[film.name] = film

    def find(self, snippet: Snippet, story: str | None) -> dict[str, Film]:
        """What a page can show of a program, by scheme; nothing where nothing is named.

        Raises:
            SnippetError: there is no such story, or there are several to choose from.
        """
        stories: dict[str, dict[str, Film]] = {}
        for film in self:
            if film.snippet == snippet.id:
                stories.setdefault(film.story, {})[film.scheme] = film
        if story is None and len(stories) < 2:
            return next(iter(stories.values()), {})
        if story is None:
            raise SnippetError(
                f"{snippet.file} has several films: {', '.join(sorted(stories))}. "
                "Choose one with the option 'story'."
            )
        if story not in stories:
            raise SnippetError(
                f"There is no film of {snippet.file} with the story {story!r}. "
                f"{nearest(story, stories)} Write it in tests/stories, then type: "
                "make record"
            )
        return stories[story]


def _film(entry: dict[str, object]) -> Film:
    values: dict[str, object] = {
        key: tuple(value) if isinstance(value, list) else value
        for key, value in entry.items()
    }
    steps = entry["steps"]
    assert isinstance(steps, list)  # noqa: S101 -- written by us
    values["steps"] = tuple(Step(**step) for step in steps)
    return Film(**values)  # type: ignore[arg-type]
