"""How a film is cut from what has happened, and compared with what happens."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from PIL import Image, ImageDraw

from livedocs.films import DARK, LIGHT, Film, Step
from tests.stories import film as films
from tests.stories import studio
from tests.stories.frame import BAR, CELL, COLOURS, GAP, Layout, compose, difference
from tests.stories.studio import Event, Key, Mark, Press, Recording, Screening, Shot

LAYOUT = Layout(("Alex", "Doppler"), (200, 120))
BLANK = Image.new("RGB", (200, 120), "#ffffff")


def drawn(*boxes: tuple[int, int, int, int]) -> Image.Image:
    """A page with these boxes on it."""
    picture = BLANK.copy()
    for box in boxes:
        ImageDraw.Draw(picture).rectangle(box, fill="#000000")
    return picture


ONE, TWO = drawn((10, 10, 50, 50)), drawn((100, 10, 150, 50))


def cut(*events: Event) -> tuple[list[films.Shown], tuple[Step, ...]]:
    recording = Recording(LAYOUT)
    recording._events = list(events)
    return recording.cut()


def window(picture: Image.Image, number: int) -> Image.Image:
    """What one of the windows shows, without its frame."""
    left = LAYOUT.left(number)
    return picture.crop((left + 1, BAR, left + 199, BAR + 119))


def seconds(shown: list[films.Shown]) -> float:
    return sum(count for _, count in shown) / films.RATE


class TestFrame:
    def test_windows_stand_side_by_side_below_their_names(self) -> None:
        picture = compose(LAYOUT, [ONE, TWO])
        assert picture.size == (2 * 200 + GAP, BAR + 120)
        for number, page in enumerate((ONE, TWO)):
            inside = window(picture, number)
            assert inside.tobytes() == page.crop((1, 0, 199, 119)).tobytes()
        bars = [
            picture.crop((LAYOUT.left(n), 0, LAYOUT.left(n) + 200, BAR)) for n in (0, 1)
        ]
        assert bars[0].tobytes() != bars[1].tobytes()

    @pytest.mark.parametrize("scheme", [LIGHT, DARK])
    def test_its_colours_are_the_pages(self, scheme: str) -> None:
        layout = Layout(LAYOUT.names, (200, 120), scheme)
        look = Path("livedocs/theme/look/look.css").read_text("utf-8")
        colours = COLOURS[scheme]
        for colour in (colours.paper, colours.panel, colours.ink, *colours.dots):
            assert colour in look
        assert compose(layout, [ONE, TWO]).getpixel((201, 5)) == tuple(
            bytes.fromhex(colours.paper[1:])
        )

    def test_a_difference_says_how_much_and_where(self) -> None:
        other = drawn((10, 10, 50, 50), (120, 60, 139, 79))
        assert difference(ONE, ONE)[0] == 0
        most, where = difference(ONE, other)
        assert (most, where) == (255, (120, 60))

    def test_a_caret_is_within_the_tolerance(self) -> None:
        caret = drawn((10, 10, 50, 50), (100, 20, 100, 20 + CELL - 4))
        assert 0 < difference(ONE, caret)[0] <= 20


class TestCut:
    def test_waiting_is_cut(self) -> None:
        begin = (Shot(0, 0, ONE), Shot(0, 1, ONE), Mark(0, "Both are here."))
        slow, _ = cut(*begin, Shot(100, 0, TWO), Mark(101, "Alex acts."))
        quick, _ = cut(*begin, Shot(0.5, 0, TWO), Mark(1, "Alex acts."))
        assert seconds(slow) == seconds(quick) < 6

    def test_nobody_types_slower_on_a_slow_machine(self) -> None:
        begin = (Shot(0, 0, ONE), Shot(0, 1, ONE), Mark(0, "Both are here."))
        typed = [
            event
            for n in range(1, 20)
            for event in (Key(0.4 * n, 0), Shot(0.4 * n + 0.2, 0, (ONE, TWO)[n % 2]))
        ]
        shown, _ = cut(*begin, *typed, Mark(8, "Alex types."))
        still, _ = cut(*begin, Mark(8, "Alex types."))
        assert seconds(shown) - seconds(still) <= 19 * 2 * studio.STROKE + 0.2

    def test_each_step_stands_and_is_found_where_it_is_said_to_be(self) -> None:
        shown, steps = cut(
            Shot(0, 0, ONE),
            Shot(0, 1, ONE),
            Mark(0.1, "Both are here."),
            Shot(0.2, 0, TWO),
            Mark(0.3, "Alex acts."),
            Shot(0.4, 1, TWO),
            Mark(0.5, "Doppler acts."),
        )
        frames = [picture for picture, count in shown for _ in range(count)]
        found = [frames[int(step.at * films.RATE)] for step in steps]
        wanted = [(ONE, ONE), (TWO, ONE), (TWO, TWO)]
        for picture, pages in zip(found, wanted, strict=True):
            assert picture.tobytes() == compose(LAYOUT, pages).tobytes()

    def test_what_is_on_its_way_is_left_out(self) -> None:
        shown, _ = cut(
            Shot(0, 0, ONE),
            Shot(0, 1, ONE),
            Mark(0.1, "Both are here."),
            Shot(0.2, 0, BLANK),
            Shot(0.2 + studio.SETTLES / 2, 0, TWO),
            Mark(0.3, "Alex acts."),
        )
        blank = window(compose(LAYOUT, [BLANK, ONE]), 0).tobytes()
        assert all(window(picture, 0).tobytes() != blank for picture, _ in shown)

    def test_what_moves_for_long_is_seen_to_move(self) -> None:
        way = [Shot(0.2 + n / 60, 0, drawn((n, 10, n + 20, 50))) for n in range(120)]
        begin = (Shot(0, 0, ONE), Shot(0, 1, ONE), Mark(0.1, "Both are here."))
        shown, _ = cut(*begin, *way, Mark(2.4, "It has moved."))
        moving = {window(picture, 0).tobytes() for picture, _ in shown}
        assert 2 * films.RATE * 0.8 < len(moving) <= 2 * films.RATE + 3

    def test_a_pointer_goes_to_where_somebody_presses(self) -> None:
        shown, _ = cut(
            Shot(0, 0, BLANK),
            Shot(0, 1, BLANK),
            Mark(0.1, "Both are here."),
            Press(0.2, 1, (150, 60)),
            Shot(0.3, 1, ONE),
            Mark(0.4, "Doppler clicks."),
        )
        plain = compose(LAYOUT, [BLANK, BLANK])
        pointed = [p for p, _ in shown if difference(p, plain)[0] and p.size]
        assert len(pointed) > studio.GLIDES * films.RATE
        pressed = pointed[round(studio.GLIDES * films.RATE)]
        at = (LAYOUT.left(1) + 150, BAR + 60)
        assert difference(pressed, plain)[1][0] in range(at[0] - 40, at[0] + 20)
        assert window(pressed, 0).tobytes() == window(plain, 0).tobytes()


def test_who_comes_is_in_sight_before_others_are_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    recording, doppler = Recording(LAYOUT), Mock()
    recording._events = [Shot(0, 0, ONE), Mark(0.5, "Alex is here.")]
    monkeypatch.setattr(recording, "_rest", lambda: recording._note(1, 0, ONE))
    recording.invites(doppler, 1)
    recording._note(0, time.time(), TWO)  # it says that Doppler has joined
    recording.shows(doppler, 1)
    shown, _ = recording.cut()
    told = [window(picture, 0).tobytes() for picture, _ in shown]
    here = [window(picture, 1).tobytes() for picture, _ in shown]
    inside = (1, 0, 199, 119)
    assert here.index(ONE.crop(inside).tobytes()) < told.index(
        TWO.crop(inside).tobytes()
    )


def test_a_caret_that_blinks_is_no_change() -> None:
    recording = Recording(LAYOUT)
    assert studio._is_same(ONE, drawn((10, 10, 50, 50), (100, 20, 101, 40)))
    assert not studio._is_same(ONE, drawn((10, 10, 50, 50), (100, 20, 110, 40)))
    assert not recording._events


@pytest.fixture
def film(tmp_path: Path) -> tuple[Film, Path]:
    """Nobody comes, then nobody comes again."""
    path = tmp_path / "film.mp4"
    films.write(path, [(compose(LAYOUT, [None, None]), 25)])
    width, height = LAYOUT.size
    steps = (Step("Nobody comes.", 0.5), Step("Nobody comes again.", 1.5))
    size = {"width": width, "height": height, "seconds": 2.0}
    made = Film("a/b/c", "empty", "", "", (), LAYOUT.names, **size, steps=steps)  # type: ignore[arg-type]
    return made, path


class TestScreening:
    @pytest.mark.process
    def test_what_looks_as_in_the_film_passes(self, film: tuple[Film, Path]) -> None:
        screening = Screening(LAYOUT, *film)
        screening.step("Nobody comes.")
        screening.step("Nobody comes again.")
        screening.ends()

    @pytest.mark.process
    def test_it_says_which_picture_differs(
        self, film: tuple[Film, Path], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(studio, "PATIENCE", 0)
        screening = Screening(LAYOUT, *film)
        screening.step("Nobody comes.")
        other = compose(LAYOUT, [None, ONE])
        monkeypatch.setattr(screening, "_picture", lambda: other)
        with pytest.raises(AssertionError, match=r"film.mp4 at 1.5 s \(Nobody comes a"):
            screening.step("Nobody comes again.")

    @pytest.mark.process
    def test_it_says_when_the_film_tells_another_story(
        self, film: tuple[Film, Path]
    ) -> None:
        with pytest.raises(AssertionError, match="says otherwise"):
            Screening(LAYOUT, *film).step("Somebody comes.")

    @pytest.mark.process
    def test_it_says_when_the_film_goes_on_or_ends(
        self, film: tuple[Film, Path]
    ) -> None:
        screening = Screening(LAYOUT, *film)
        screening.step("Nobody comes.")
        with pytest.raises(AssertionError, match=r"goes on: \['Nobody comes again"):
            screening.ends()
        with pytest.raises(AssertionError, match="ends before: Enough"):
            screening.step("Enough.")


@pytest.mark.process
def test_a_film_that_cannot_be_written_leaves_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    path.write_text("old")
    with pytest.raises(RuntimeError, match=r"film.mp4: .*width not divisible by 2"):
        films.write(path, [(Image.new("RGB", (101, 101)), 3)])
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


class TestCheck:
    """What a film has to be; a story that is played compares its film with that."""

    @pytest.fixture
    def checked(self, film: tuple[Film, Path]) -> tuple[Film, Path]:
        """A film of three seconds, with its poster, in a folder."""
        made, path = replace(film[0], seconds=3.2), film[1].with_name(film[0].video)
        picture = compose(LAYOUT, [None, ONE])
        films.write(path, [(picture, 40)])
        films.write_poster(path.with_name(made.poster), picture)
        films.check(made, path.parent)
        return made, path.parent

    @pytest.mark.process
    @pytest.mark.parametrize(
        ("change", "complaint"),
        [
            ({"seconds": 3.1}, "lasts 3.2 s"),
            ({"width": 10}, "'s size"),
            ({"steps": (Step("nobody comes.", 0.5),)}, "nobody comes."),
        ],
    )
    def test_an_entry_that_says_otherwise_is_refused(
        self, checked: tuple[Film, Path], change: dict[str, Any], complaint: str
    ) -> None:
        made, folder = checked
        with pytest.raises(AssertionError, match=complaint):
            films.check(replace(made, **change), folder)

    @pytest.mark.process
    def test_a_large_film_and_a_poster_of_something_else_are_refused(
        self, checked: tuple[Film, Path], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        made, folder = checked
        films.write_poster(folder / made.poster, compose(LAYOUT, [ONE, TWO]))
        with pytest.raises(AssertionError, match="not the end"):
            films.check(made, folder)
        monkeypatch.setattr(films, "LIGHT", 1)
        with pytest.raises(AssertionError, match=r"avif has \d+ bytes"):
            films.check(made, folder)
        monkeypatch.setattr(films, "BUDGET", 1)
        with pytest.raises(AssertionError, match=r"has \d+ bytes"):
            films.check(made, folder)
