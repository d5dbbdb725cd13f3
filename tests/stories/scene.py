"""Stories: what people do with a program, told so that a film can be made of it.

A story is a function with the mark `@story(…)`: it lets people in, and each of its
steps does something and waits until everybody sees it. It is a test like any other;
that it is watched is none of its business.
"""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

from playwright.sync_api import Browser

from livedocs.catalog import Catalog
from livedocs.films import DARK, LIGHT
from tests.stories.frame import Layout
from tests.stories.studio import Studio
from tests.users.base import BrowserUser
from tests.users.stage import Stage

WIDTH = 492
HEIGHT = 400
SCALE = 1.5


@dataclass(frozen=True)
class Story:
    """What happens with one program, and how it is seen."""

    snippet: str
    """The program's id."""
    play: Callable[[Scene[Any]], None]
    names: tuple[str, ...]
    """Who is in it, from left to right."""
    width: int
    height: int
    """Of each window, in pixels."""
    schemes: tuple[str, ...]
    """In which it is filmed: both where the program follows its user's."""
    stage: type[Stage]

    @property
    def name(self) -> str:
        """What pages call it."""
        return self.play.__name__

    @property
    def told(self) -> str:
        """A digest of its text: told otherwise, it needs another film."""
        text = "".join(map(inspect.getsource, _with_helpers(self.play)))
        return hashlib.sha256(f"{text}{self}".encode()).hexdigest()[:16]

    def layout(self, scheme: str) -> Layout:
        """What its pictures look like."""
        return Layout(self.names, (self.width, self.height), scheme, self.scale)

    @property
    def scale(self) -> float:
        """A film's pixels for each of a page's.

        A page is seldom wider than 700 pixels, a fine screen has two for each of them.
        Of a film with more, a coarse screen leaves out lines instead.
        """
        return SCALE if self.width <= WIDTH else 1

    @contextmanager
    def open_stage(self, browser: Browser, scheme: str) -> Iterator[Stage]:
        """Start the program; users and server are gone afterwards."""
        stage = self.stage(
            Catalog.default().find(self.snippet),
            browser,
            viewport={"width": self.width, "height": self.height},
            color_scheme=scheme,
            device_scale_factor=self.scale,
        )
        with closing(stage):
            yield stage

    def __str__(self) -> str:
        return f"{self.snippet} {self.name} {self.width}x{self.height} {self.names}"


def _with_helpers(function: Any, *known: Any) -> Iterator[Any]:
    """A story, and what it calls that stands below `tests.stories`."""
    yield function
    for name in function.__code__.co_names:
        helper = function.__globals__.get(name)
        is_ours = getattr(helper, "__module__", "").startswith("tests.stories")
        if inspect.isfunction(helper) and is_ours and helper not in known:
            yield from _with_helpers(helper, function, *known)


STORIES: list[Story] = []
"""All stories, in the order in which they are told."""


def story(
    *snippets: str,
    names: tuple[str, ...] = ("Alex", "Doppler"),
    width: int = WIDTH,
    height: int = HEIGHT,
    dark: bool = False,
    stage: type[Stage] = Stage,
) -> Callable[[Callable[[Scene[Any]], None]], Callable[[Scene[Any]], None]]:
    """Tell this of each of these programs.

    Args:
        snippets: their ids.
        names: who is in it.
        width: of each window, in pixels.
        height: likewise.
        dark: film it in dark colours too; the program follows what its user prefers.
        stage: who sits at the browsers.
    """

    def add(play: Callable[[Scene[Any]], None]) -> Callable[[Scene[Any]], None]:
        schemes = (LIGHT, DARK) if dark else (LIGHT,)
        for snippet in snippets:
            STORIES.append(Story(snippet, play, names, width, height, schemes, stage))
        return play

    return add


U = TypeVar("U", bound=BrowserUser)


class Scene(Generic[U]):
    """A story as it happens: who is there, and what they do."""

    def __init__(self, stage: Stage, studio: Studio) -> None:
        self.stage, self.studio = stage, studio
        self._here: list[U] = []

    def opens(self, *names: str, does: str = "", joins: bool = True) -> list[U]:
        """Let these people open the program, by name; all of them by default.

        Args:
            names: who opens it.
            does: what the transcript says instead of that they open it.
            joins: whether they give the name that the program asks for, out of sight.
        """
        wanted = names or self.studio.layout.names
        for name in wanted:
            user = cast("U", self.stage.invite())
            window = self._window(name)
            self.studio.invites(user, window)
            self.stage.lets_in(user, name, joins=joins)
            self._here.append(user)
            self.studio.shows(user, window)
        verb = "open" if len(wanted) > 1 else "opens"
        self.studio.step(does or f"{' and '.join(wanted)} {verb} the program.")
        return self._here[-len(wanted) :]

    @contextmanager
    def step(self, text: str) -> Iterator[None]:
        """Do something, and see what comes of it; the transcript says so."""
        yield
        self.studio.step(text)

    def says(self, user: U, text: str) -> None:
        """Let somebody send a message, and all see it."""
        name = self.studio.layout.names[self._here.index(user)]
        others = [it for it in self._here if it is not user]
        end = "" if text[-1] in ".?!" else "."
        seen = " All see it." if others else ""
        with self.step(f"{name} sends “{text}”{end}{seen}"):
            message = user.says(text)
            for other in others:
                other.sees(message)

    @contextmanager
    def hiding(self, user: U) -> Iterator[None]:
        """Show nothing of how a page is loaded again."""
        with self.studio.hiding(self._here.index(user)):
            yield

    def _window(self, name: str) -> int:
        return self.studio.layout.names.index(name)
