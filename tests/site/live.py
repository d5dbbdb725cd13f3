"""A copy of this checkout around a tutorial to edit, shown by the real `make serve`."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.request import urlopen

from livedocs.catalog import Snippet
from livedocs.films import FOLDER, Films

ROOT = Path(__file__).parents[2]
PAGE = "tutorials/taipy/edited.md"
SNIPPET = "taipy/edited/word.py"

_REPLACED = ("docs/", "snippets/", "tests/")

_SETTINGS = """\
INHERIT: inherited.yml
nav: [{pages}]
"""

_PAGE = f"""\
---
title: Edited
description: Invented tutorial, there to be edited while somebody looks at it.
framework: taipy
subjects: [chat]
level: start here
keywords: [edits]
---

The page says “{{word}}”.

/// snippet | {SNIPPET}
///
"""

_FRAMEWORK = "framework: {framework}"

_DEMO = """\
/// demo | {program}
    users: [Alex, Doppler]
    shared: {shared}
    lines:
      - Alex: Hello.
///
"""

_FILM = """\
/// demo | {program}
    users: [Alex, Doppler]
///
"""


@dataclass(frozen=True)
class Checkout:
    """The copy; whatever is done to it, this checkout stays as it is."""

    root: Path

    @classmethod
    def create(cls, folder: Path) -> "Checkout":
        """Copy what git knows or would add, but for pages, programs and their tests.

        The tutorial and a home page stand in for them: what pages say and tests prove
        may be half written while these tests run.
        """
        checkout = cls(folder / "checkout")
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
        for name in filter(None, listed.stdout.split("\0")):
            if not name.startswith(_REPLACED) and (ROOT / name).is_file():
                target = checkout.root / name
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, target)
        (checkout.root / "mkdocs.yml").rename(checkout.root / "inherited.yml")
        checkout._write("docs/index.md", "# Home\n")
        checkout.write_program("before")
        checkout.write_page("before")
        return checkout

    @property
    def temporary(self) -> Path:
        """Where programs find room for their temporary files."""
        return self.root.parent / "temporary"

    def write_program(self, word: str) -> None:
        """Save the program with another word in it."""
        program = f'"""Invented."""\n\nWORD = "{word}"\n'
        self._write(f"snippets/{SNIPPET}", program)

    def write_page(self, word: str, shown: str = SNIPPET) -> None:
        """Save the page with another word in it, or showing another program."""
        page = _PAGE.format(word=word).replace(SNIPPET, shown)
        self._add(PAGE, page)

    def write_demo(self, snippet: Snippet, shared: str = "") -> str:
        """Add a page that offers to run the program; return its path in the site.

        The page draws two windows that share this, or has the program's film.
        """
        for program in (snippet, *snippet.companions):
            self._write(f"snippets/{program.file}", program.text)
        for package in snippet.packages:
            target = self.root / "snippets" / snippet.framework / package.name
            shutil.copytree(package.folder, target, dirs_exist_ok=True)
        _, *names = snippet.id.replace("_", "-").split("/")
        page = f"tutorials/{snippet.framework}/{'-'.join(names)}"
        head = _PAGE.partition("The page")[0].replace("framework: taipy", _FRAMEWORK)
        demo = (_DEMO if shared else _FILM).format(program=snippet.file, shared=shared)
        if not shared:
            page += "-film"
            self._film(snippet)
        self._add(f"{page}.md", head.format(framework=snippet.framework) + demo)
        return f"{page}/"

    def edit(self, snippet: Snippet, text: str) -> None:
        """Save a program with another text, and nothing else."""
        self._write(f"snippets/{snippet.file}", text)

    def _film(self, snippet: Snippet) -> None:
        """Let the program have a film, which is of another one."""
        any_film = next(iter(Films.read(ROOT)))
        film = replace(any_film, snippet=snippet.id)
        (self.root / FOLDER).mkdir(parents=True)
        for name, other in (film.video, any_film.video), (film.poster, any_film.poster):
            shutil.copy(ROOT / FOLDER / other, self.root / FOLDER / name)
        Films({film.name: film}).write(self.root)

    def _add(self, page: str, text: str) -> None:
        """Save a page; the first time, let the site have it."""
        is_new = not (self.root / "docs" / page).exists()
        self._write(f"docs/{page}", text)
        if is_new:
            docs = self.root / "docs"
            found = sorted(it.relative_to(docs).as_posix() for it in docs.rglob("*.md"))
            self._write("mkdocs.yml", _SETTINGS.format(pages=", ".join(found)))

    def _write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        whole = self.root.parent / "being-written"
        whole.write_text(text, "utf-8")
        whole.replace(path)  # at once: nobody ever builds from half of it


@dataclass(frozen=True)
class Live:
    """The copy as it is being served."""

    process: "subprocess.Popen[str]"
    """`make serve`, the head of a process group of its own."""
    address: str
    """Of the tutorial."""

    @property
    def site(self) -> str:
        """The address of the home page."""
        return self.address.removesuffix(PAGE.removesuffix(".md") + "/")

    def until(self, text: str) -> list[str]:
        """What the server says up to a line with `text`, waiting for it.

        Raises:
            AssertionError: the server ended without saying it.
        """
        return _read(self.process, text)


def start(
    checkout: Checkout, *, in_background: bool = False
) -> "subprocess.Popen[str]":
    """Start `make serve` there; the caller reads what it says, and stops it.

    A shell lets what it starts in the background (`make serve &`) ignore Ctrl-C.
    """
    on_ctrl_c = signal.SIG_IGN if in_background else signal.SIG_DFL
    checkout.temporary.mkdir(exist_ok=True)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    return subprocess.Popen(
        [
            *("make", "serve", f"PORT={port}"),
            # Nothing is set up: these tests run where that is done.
            *(f"VENV={Path(sys.executable).parent}", "--old-file=.venv/.ready"),
        ],
        cwd=checkout.root,
        # Not even a `make` above this is known to this one.
        env={
            "PATH": os.environ["PATH"],
            "LC_ALL": "C.UTF-8",
            "TMPDIR": str(checkout.temporary),
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        process_group=0,
        preexec_fn=lambda: signal.signal(signal.SIGINT, on_ctrl_c),
    )


@contextmanager
def serve(checkout: Checkout, *, in_background: bool = False) -> Iterator[Live]:
    """Run `make serve` there until the end of the block."""
    with start(checkout, in_background=in_background) as process:
        try:
            line = _read(process, "Serving on")[-1]
            address = line.split()[-1] + PAGE.removesuffix(".md") + "/"
            # It says so before it does, and an end in between would be MkDocs' to mend.
            urlopen(address).close()
            yield Live(process, address)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
                process.communicate()


def _read(process: "subprocess.Popen[str]", text: str) -> list[str]:
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line.rstrip("\n"))
        if text in line:
            return lines
    raise AssertionError(f"It ended before {text!r}:\n" + "\n".join(lines))
