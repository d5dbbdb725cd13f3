"""Writing films and looking at them again, with the ffmpeg of imageio-ffmpeg."""

from __future__ import annotations

import io
import re
import subprocess
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from imageio_ffmpeg import get_ffmpeg_exe
from PIL import Image

from livedocs.films import Film
from tests.stories.frame import TOLERANCE, difference

RATE = 12.5
"""Frames a second."""

BUDGET = 100 * 1024 / 10
"""Bytes for each second of a film."""

LIGHT = 25 * 1024
"""Bytes of a poster, which pages show before anybody wants the film."""

_QUIET = ("-hide_banner", "-loglevel", "error", "-nostdin")
# As small as letters stay sharp; nothing in it but the pictures.
_H264 = (
    *("-c:v", "libx264", "-crf", "27", "-preset", "veryslow", "-tune", "stillimage"),
    *("-pix_fmt", "yuv420p", "-movflags", "+faststart"),
    *("-map_metadata", "-1", "-fflags", "+bitexact", "-flags:v", "+bitexact"),
)

Shown = tuple[Image.Image, int]
"""A picture, and for how many frames it stands."""


def write(path: Path, shown: Sequence[Shown]) -> None:
    """Write an MP4 of these pictures; `path` is whole or as it was before.

    Raises:
        RuntimeError: ffmpeg says what is wrong.
    """
    width, height = shown[0][0].size
    unfinished = path.with_suffix(".part.mp4")
    source = ("-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}")
    command = [
        *(get_ffmpeg_exe(), "-hide_banner", "-loglevel", "error", "-y"),
        *(*source, "-r", str(RATE), "-i", "-", *_H264, str(unfinished)),
    ]
    try:
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stderr=subprocess.PIPE
        ) as process:
            assert process.stdin is not None
            with suppress(BrokenPipeError):  # it says why
                for picture, count in shown:
                    process.stdin.write(picture.tobytes() * count)
            _, said = process.communicate()
        if process.returncode:
            raise RuntimeError(f"{path.name}: {said.decode()}")
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def write_poster(path: Path, picture: Image.Image) -> None:
    """Write the picture that stands for a film."""
    picture.convert("RGB").save(path, quality=45, speed=3)


def write_moving(path: Path, shown: Iterable[Shown], size: tuple[int, int]) -> None:
    """Write an animated WebP of these pictures, for where no film can be shown."""
    pictures = [picture.resize(size, Image.Resampling.LANCZOS) for picture, _ in shown]
    lengths = [round(1000 * count / RATE) for _, count in shown]
    first, *others = pictures
    first.save(
        path,
        save_all=True,
        append_images=others,
        duration=lengths,
        loop=0,
        quality=50,
        method=6,
    )


def check(film: Film, folder: Path) -> None:
    """See that a film is what its entry says, and no more than a page can bear.

    Raises:
        AssertionError: it is not.
    """
    path = folder / film.video
    size = path.stat().st_size
    assert size <= BUDGET * film.seconds, f"{path.name} has {size} bytes"
    kinds, seconds = inspect(path)
    assert kinds == ["Video"], f"{path.name} has a sound, or no picture"
    assert round(seconds, 1) == film.seconds, f"{path.name} lasts {seconds} s"
    assert 3 <= film.seconds <= 30, f"{path.name} lasts {seconds} s"
    size = (folder / film.poster).stat().st_size
    assert size <= LIGHT, f"{film.poster} has {size} bytes"
    with Image.open(folder / film.poster) as poster:
        assert poster.size == (film.width, film.height), f"{film.poster}'s size"
        last = frame(path, film.seconds - 0.5)
        assert difference(poster, last)[0] <= TOLERANCE, f"{film.poster}: not the end"
    for step in film.steps:
        assert step.text[0].isupper() and step.text[-1] in ".?!”", step.text


def frame(path: Path, at: float) -> Image.Image:
    """The film's picture at this second.

    Raises:
        AssertionError: it has none then.
    """
    command = [
        *(get_ffmpeg_exe(), *_QUIET, "-ss", f"{at:.3f}", "-i", str(path)),
        *("-frames:v", "1", "-f", "image2pipe", "-c:v", "png", "-"),
    ]
    found = subprocess.run(command, capture_output=True, check=True).stdout
    assert found, f"{path.name} has no picture at {at} s"
    return Image.open(io.BytesIO(found))


def inspect(path: Path) -> tuple[list[str], float]:
    """What streams it has, ``Video`` or ``Audio``, and how many seconds it lasts."""
    command = [
        *(get_ffmpeg_exe(), "-hide_banner", "-nostdin", "-i", str(path)),
        *("-f", "null", "-progress", "-", "-"),
    ]
    run = subprocess.run(command, capture_output=True, check=True, text=True)
    read = run.stderr.partition("Output #")[0]
    kinds = re.findall(r"Stream #\S+ (\w+):", read)
    frames = re.findall(r"(?m)^frame=(\d+)$", run.stdout)
    return kinds, int(frames[-1]) / RATE
