"""A copy of the checkout, with a Python that knows no other one."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import venv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.mutate.mutants import Mutant

ROOT = Path(__file__).parents[2]

LEFT_OUT = ("tests/mutate/test_",)
"""Tests of this very command, which start copies of their own."""


class Stopped(Exception):  # noqa: N818 -- it is no mistake
    """Somebody has asked for the end."""


@dataclass
class Copy:
    """The files that git knows or would add, and an environment of their own.

    Whatever runs in it, with whatever working directory and environment variables,
    imports this copy's `livedocs`: the environment has the packages of ours, but not
    the link to this checkout that an editable install is.
    """

    folder: Path
    """Everything is below it, temporary files of the tests too."""
    number: int
    """Which of the copies that are used side by side."""
    _processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _stopped: bool = False

    @property
    def root(self) -> Path:
        """Where the files are."""
        return self.folder / "checkout"

    @property
    def python(self) -> Path:
        """The interpreter of the copy."""
        return self.root / ".venv/bin/python"

    @classmethod
    def create(cls, folder: Path, number: int, source: Path = ROOT) -> Copy:
        """Copy the files as they are now, changes that git does not have included."""
        copy = cls(folder / f"copy{number}", number)
        copy.root.mkdir(parents=True)
        for name in _listed(source):
            if not name.startswith(LEFT_OUT):
                target = copy.root / name
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(source / name, target)
        copy.git("init", "--quiet")
        copy.git("add", "--all")
        author = ("-c", "user.name=mutate", "-c", "user.email=mutate@example.org")
        copy.git(*author, "commit", "--quiet", "--message=As it was")
        (copy.root / ".git/info/exclude").write_text(".venv\n")
        _make_environment(copy.root / ".venv")
        copy.temporary.mkdir()
        return copy

    @property
    def temporary(self) -> Path:
        """Where the tests put what they write."""
        return self.folder / "temporary"

    @contextmanager
    def mutated(self, mutant: Mutant) -> Iterator[None]:
        """Make the mistake, and take back all that has changed since."""
        path = self.root / mutant.file
        try:
            path.write_text(mutant.applied(path.read_text("utf-8")), "utf-8")
            yield
        finally:
            self.restore()

    def restore(self) -> None:
        """Make the copy what it was."""
        self.git("reset", "--quiet", "--hard")
        self.git("clean", "-ffdxq", "--exclude=.venv")
        shutil.rmtree(self.temporary, ignore_errors=True)
        self.temporary.mkdir(exist_ok=True)

    def git(self, *arguments: str) -> None:
        """Run git in the copy."""
        outside = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
        subprocess.run(["git", *arguments], cwd=self.root, env=outside, check=True)

    def run(
        self, arguments: Sequence[str | Path], limit: float, **environment: str
    ) -> tuple[int | None, str]:
        """Run the copy's Python; return its exit code and what it said.

        There is no exit code when it took longer than the limit (s).

        Raises:
            Stopped: `stop` has been called.
        """
        outside = os.environ | {
            "PYTHONDONTWRITEBYTECODE": "1",  # files of one size change within a second
            "NO_MKDOCS_2_WARNING": "1",
            # Beside a `make test` there are ports for it, too: it has four processes.
            "PYTEST_XDIST_WORKER": f"gw{4 + self.number}",
            "TMPDIR": str(self.temporary),
        }
        for name in ("PYTHONPATH", "PYTEST_ADDOPTS", "MAKEFLAGS", "MAKELEVEL"):
            outside.pop(name, None)
        said = self.folder / "said"
        with said.open("wb") as output, self._lock:
            if self._stopped:
                raise Stopped
            process = subprocess.Popen(
                [self.python, *arguments],
                cwd=self.root,
                env=outside | environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            self._processes.append(process)
        try:
            code = process.wait(limit)
        except subprocess.TimeoutExpired:
            code = None
        finally:
            _end(process)
            self._end_the_rest()
            with self._lock:
                self._processes.remove(process)
        if self._stopped:
            raise Stopped
        return code, said.read_text("utf-8", errors="replace")

    def stop(self) -> None:
        """End what runs, and let nothing else begin."""
        with self._lock:
            self._stopped = True
            for process in self._processes:
                _end(process)

    def _end_the_rest(self) -> None:
        """End what has left the process group, as programs do that tests start."""
        listing = subprocess.run(
            ["ps", "-axww", "-o", "pid=,args="], capture_output=True, text=True
        ).stdout
        for line in listing.splitlines():
            pid, _, command = line.strip().partition(" ")
            if f"{self.folder}/" in command:
                with suppress(ProcessLookupError):
                    os.kill(int(pid), signal.SIGKILL)


def _listed(source: Path) -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=source,
        capture_output=True,
        text=True,
        check=True,
    )
    names = dict.fromkeys(filter(None, listed.stdout.split("\0")))
    return [name for name in names if (source / name).is_file()]


def _make_environment(folder: Path) -> None:
    """Our packages and commands, with another interpreter before them."""
    venv.EnvBuilder(symlinks=True).create(folder)
    ours = Path(sys.prefix)
    inside = Path("lib") / f"python{sys.version_info[0]}.{sys.version_info[1]}"
    packages = inside / "site-packages"
    # A plain path: the .pth files in there, as that of the editable install, are not
    # read.
    paths = f"{folder.parent}\n{ours / packages}\n"
    (folder / packages / "copy.pth").write_text(paths)
    shebang = f"#!{ours / 'bin'}/".encode()
    for command in (ours / "bin").iterdir():
        target = folder / "bin" / command.name
        if target.exists() or target.is_symlink():
            continue
        text = command.read_bytes() if command.is_file() else b""
        if text.startswith(shebang):
            new = f"#!{folder / 'bin'}/".encode()
            target.write_bytes(text.replace(shebang, new, 1))
            target.chmod(0o755)
        else:
            target.symlink_to(command)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process and its group; programs that it launched end with it.

    First as Ctrl-C does, so that the tests themselves stop what they have started.
    """
    with suppress(ProcessLookupError):
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                process.wait(10)
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
