"""What watches a story: a recording makes its film, a screening compares it with one.

A recording has each window's screencast, with the moment of each picture, and notes
where its user presses. The film is paced for somebody who looks: waiting is cut, a
pointer goes where a click will be, and what has happened stands for a while.
"""

from __future__ import annotations

import base64
import io
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image, ImageChops
from playwright.sync_api import Error as PlaywrightError

from livedocs.films import Film, Step
from tests.stories import film as films
from tests.stories.frame import (
    CELL,
    TOLERANCE,
    Layout,
    Point,
    Pointer,
    compose,
    difference,
)
from tests.users.base import BrowserUser
from tests.waiting import PATIENCE, wait_until

CALM = 0.5
"""Seconds without a change after which a page is at rest."""
SETTLES = 0.06
"""What is in sight for fewer seconds is on its way to something else …"""
MOVES = 0.5
"""… unless it goes on for so many seconds: then it is there to be watched."""
WAITS = 0.5
"""No wait for the server is longer in a film, in seconds."""
BEGINS, HOLDS, ENDS = 0.8, 1.2, 1.6
"""For how many seconds the beginning stands, each step, and the last one further."""
GLIDES, PRESSES = 0.5, 0.2
"""The seconds for which a pointer is on its way, and for which it is seen to press."""
PACE = 70
"""Milliseconds from key to key, while all is filmed."""
STROKE = 0.05
"""Seconds from a key to what it writes, at most, and from there to the next key."""
CARET = 3
"""A change so narrow, in a page's pixels, is a caret that blinks."""

_AGAIN = "If it looks right as it is now, type: make record"

_HANDS = """
    addEventListener("pointerdown", ({ isTrusted, clientX, clientY }) => {
        if (isTrusted) storyHands(Date.now() / 1000, clientX, clientY);
    }, true);
    addEventListener("pointermove", ({ isTrusted, buttons, clientX, clientY }) => {
        if (isTrusted && buttons) storyHands(Date.now() / 1000, clientX, clientY, true);
    }, true);
    addEventListener("keydown", ({ isTrusted, key }) => {
        if (isTrusted && key.length === 1) storyHands(Date.now() / 1000);
    }, true);
"""


class Studio(ABC):
    """Watches the windows of a story's users."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.users: list[BrowserUser | None] = [None] * len(layout.names)

    def invites(self, user: BrowserUser, window: int) -> None:
        """Get ready for somebody who has not opened the program yet."""
        self.users[window] = None

    def shows(self, user: BrowserUser, window: int) -> None:
        """From now on this user is in sight."""
        self.users[window] = user

    @contextmanager
    def hiding(self, window: int) -> Iterator[None]:
        """Show nothing of a window meanwhile, but what was there before."""
        yield

    @abstractmethod
    def step(self, text: str) -> None:
        """All have done and seen what the sentence says."""

    def _let_pass(self, seconds: float) -> None:
        """Let the pages tell what they show: Playwright listens while it waits."""
        for user in self.users:
            if user:
                user.page.wait_for_timeout(1000 * seconds)  # between two looks
                return


@dataclass(frozen=True)
class Shot:
    """What a window shows from a moment on."""

    at: float
    window: int
    picture: Image.Image | None


@dataclass(frozen=True)
class Press:
    """A click, or a drag."""

    at: float
    window: int
    point: Point
    is_drag: bool = False
    """Whether it goes on: the button was pressed elsewhere."""


@dataclass(frozen=True)
class Key:
    """A key that writes something."""

    at: float
    window: int


@dataclass(frozen=True)
class Mark:
    """The end of a step."""

    at: float
    text: str


Event = Shot | Press | Key | Mark


class Recording(Studio):
    """Keeps all that is in sight, to make a film of it."""

    def __init__(self, layout: Layout) -> None:
        super().__init__(layout)
        self._events: list[Event] = []
        self._latest: list[Image.Image | None] = [None] * len(layout.names)
        self._changed = time.time()
        self._hidden: set[int] = set()
        self._came = [0.0] * len(layout.names)

    def invites(self, user: BrowserUser, window: int) -> None:
        user.pace = PACE
        self._hidden.add(window)
        self._came[window] = time.time()
        user.context.expose_function(
            "storyHands", lambda *what: self._act(window, *what)
        )
        user.context.add_init_script(_HANDS)

    def shows(self, user: BrowserUser, window: int) -> None:
        super().shows(user, window)
        session = user.context.new_cdp_session(user.page)

        def take(event: dict[str, Any]) -> None:
            self._take(window, event["metadata"]["timestamp"], event["data"])
            with suppress(PlaywrightError):  # its page is being closed
                session.send(
                    "Page.screencastFrameAck", {"sessionId": event["sessionId"]}
                )

        session.on("Page.screencastFrame", take)
        session.send("Page.startScreencast", {"format": "png", "everyNthFrame": 1})
        # Before the others are told so, although the page has come to rest since.
        self._shows_at_rest(window, self._came[window])

    @contextmanager
    def hiding(self, window: int) -> Iterator[None]:
        self._hidden.add(window)
        yield
        self._shows_at_rest(window, time.time())

    def step(self, text: str) -> None:
        self._rest()
        self._events.append(Mark(time.time(), text))

    def _shows_at_rest(self, window: int, at: float) -> None:
        self._rest()
        self._hidden.discard(window)
        self._events.append(Shot(at, window, self._latest[window]))

    def _take(self, window: int, at: float, data: str) -> None:
        picture = Image.open(io.BytesIO(base64.b64decode(data))).convert("RGB")
        if picture.size == self.layout.window:  # it knows its window
            self._note(window, at, picture)

    def _note(self, window: int, at: float, picture: Image.Image) -> None:
        before = self._latest[window]
        if before and _is_same(before, picture, self.layout.of_page(CARET)):
            return
        self._latest[window] = picture
        self._changed = time.time()
        if window not in self._hidden:
            self._events.append(Shot(at, window, picture))

    def _act(
        self,
        window: int,
        at: float,
        x: float | None = None,
        y: float | None = None,
        is_drag: bool = False,
    ) -> None:
        """Note what the page says of its user's hands."""
        if window in self._hidden:
            return
        if x is None or y is None:
            self._events.append(Key(at, window))
        else:
            self._events.append(Press(at, window, (x, y), is_drag))

    def _rest(self) -> None:
        """Wait until no page has changed for a while, and none is empty."""
        since = time.time()

        def is_calm() -> bool:
            self._let_pass(0.05)
            if not all(map(_has_something, self._in_use())):
                return False
            if time.time() - max(since, self._changed) < CALM:
                return False
            self._look_again()
            return time.time() - self._changed > CALM

        wait_until(is_calm, event="pages at rest")

    def _look_again(self) -> None:
        """See what a screencast has left out: it may keep the last picture back."""
        for window, user in enumerate(self.users):
            if picture := _look(user):
                self._note(window, time.time(), picture.convert("RGB"))

    def _in_use(self) -> Iterator[Image.Image | None]:
        for user, latest in zip(self.users, self._latest, strict=True):
            if user:
                yield latest

    def cut(self) -> tuple[list[films.Shown], tuple[Step, ...]]:
        """The film's pictures, and when in it each step has happened."""
        return _Cut(self.layout).of(_settled(self._events))


def _is_same(one: Image.Image, other: Image.Image, caret: int = CARET) -> bool:
    """Whether nothing is different, or only a caret so wide."""
    box = ImageChops.difference(one, other).getbbox()
    return box is None or box[2] - box[0] <= caret


def _has_something(picture: Image.Image | None) -> bool:
    """Whether anything is drawn: a page that begins has one colour."""
    return bool(picture and len(picture.getcolors(256) or "many") > 1)


def _settled(events: Sequence[Event]) -> list[Event]:
    """The events in order, without what is only on its way to something else."""
    shots: dict[int, list[Shot]] = {}
    found: list[Event] = []
    for event in sorted(events, key=lambda event: event.at):
        if isinstance(event, Shot):
            shots.setdefault(event.window, []).append(event)
        else:
            found.append(event)
    for taken in shots.values():
        for burst in _bursts(taken):
            found += burst[-1:] if _length(burst) < MOVES else _thinned(burst)
    return sorted(found, key=lambda event: event.at)


def _bursts(shots: Sequence[Shot]) -> Iterator[list[Shot]]:
    """What a window shows in quick succession, together."""
    burst: list[Shot] = []
    for shot in shots:
        if burst and shot.at - burst[-1].at >= SETTLES:
            yield burst
            burst = []
        burst.append(shot)
    if burst:
        yield burst


def _length(burst: Sequence[Shot]) -> float:
    return burst[-1].at - burst[0].at


def _thinned(burst: Sequence[Shot]) -> Iterator[Shot]:
    """One picture for each frame of the film, and the last."""
    due = burst[0].at
    for shot in burst[:-1]:
        if shot.at >= due:
            due = shot.at + 1 / films.RATE
            yield shot
    yield burst[-1]


class _Cut:
    """Turns what has happened into pictures, each with a number of frames."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.windows: list[Image.Image | None] = [None] * len(layout.names)
        self.pointer: Pointer | None = None
        self.shown: list[films.Shown] = []
        self.frames = 0
        self.clock = 0.0

    def of(self, events: Sequence[Event]) -> tuple[list[films.Shown], tuple[Step, ...]]:
        steps: list[Step] = []
        now, typing = events[0].at, None
        for event in events:
            window = None if isinstance(event, Mark) else event.window
            most = STROKE if window is not None and window == typing else WAITS
            self._stand(min(max(event.at - now, 0), most))
            now = max(now, event.at)
            if isinstance(event, Key):
                typing = window
                continue
            if not isinstance(event, Shot):
                typing = None
            if isinstance(event, Shot):
                self.windows[event.window] = event.picture
            elif isinstance(event, Press):
                self._press(event)
            else:
                hold = HOLDS if steps else BEGINS
                self.pointer = None
                self._stand(hold)
                steps.append(Step(event.text, round(self.clock - hold / 2, 2)))
        self._stand(ENDS)
        return self.shown, tuple(steps)

    def _press(self, press: Press) -> None:
        if press.is_drag:
            self.pointer = Pointer(press.window, press.point, is_pressed=True)
            return
        for point in self._way(press):
            self.pointer = Pointer(press.window, point)
            self._stand(1 / films.RATE)
        self.pointer = Pointer(press.window, press.point, is_pressed=True)
        self._stand(PRESSES)
        self.pointer = Pointer(press.window, press.point)

    def _way(self, press: Press) -> Iterator[Point]:
        """Where the pointer comes by, slower at the end."""
        before = self.pointer
        if before and before.window == press.window:
            if before.at == press.point:
                return
            begin = before.at
        else:
            width, height = self.layout.page
            begin = (width / 2, height * 0.8)
        count = round(GLIDES * films.RATE)
        for number in range(1, count + 1):
            part = 1 - (1 - number / count) ** 2
            (x, y), (a, b) = begin, press.point
            yield x + part * (a - x), y + part * (b - y)

    def _stand(self, seconds: float) -> None:
        """Show what there is for so long."""
        self.clock += seconds
        count = round(self.clock * films.RATE) - self.frames
        if count <= 0:
            return
        self.frames += count
        picture = compose(self.layout, self.windows, self.pointer)
        self.shown.append((picture, count))


class Screening(Studio):
    """Compares what happens, step by step, with what the film shows."""

    def __init__(self, layout: Layout, film: Film, path: Path) -> None:
        super().__init__(layout)
        self.film, self.path = film, path
        self.steps = iter(film.steps)

    def step(self, text: str) -> None:
        """See that the film shows the same.

        Raises:
            AssertionError: it does not; the message says at which step, and where.
        """
        filmed = next(self.steps, None)
        assert filmed, f"{self.path.name} ends before: {text} Type: make record"
        assert filmed.text == text, f"{self.path.name} says otherwise. {_AGAIN}"
        wanted = films.frame(self.path, filmed.at)
        deadline = time.monotonic() + PATIENCE
        while True:
            self._let_pass(0.05)
            cell = self.layout.of_page(CELL)
            most, where = difference(self._picture(), wanted, cell)
            if most <= TOLERANCE:
                return
            assert time.monotonic() < deadline, (
                f"{self.path.name} at {filmed.at} s ({text}) looks otherwise: by "
                f"{most} of 255 around {where}; {TOLERANCE} are allowed. {_AGAIN}"
            )

    def ends(self) -> None:
        """See that nothing more happens in the film."""
        left = [step.text for step in self.steps]
        assert not left, f"{self.path.name} goes on: {left}. {_AGAIN}"

    def _picture(self) -> Image.Image:
        return compose(self.layout, [_look(user) for user in self.users])


def _look(user: BrowserUser | None) -> Image.Image | None:
    if not user:
        return None
    taken = user.page.screenshot(caret="initial")
    return Image.open(io.BytesIO(taken))
