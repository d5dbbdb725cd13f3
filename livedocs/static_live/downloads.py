"""What a runtime is made of, from the registries of npm and PyPI, pinned by hashes."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from livedocs.errors import SnippetError


@dataclass(frozen=True)
class NpmPackage:
    """One version of a package of npm."""

    name: str
    version: str
    sha256: str
    """Hexadecimal, of its tarball."""

    def files(self, cache: Path) -> Iterator[tuple[str, bytes]]:
        """Each of its files: the path in the package, and what is in it.

        Raises:
            SnippetError: it cannot be fetched, or is not what was pinned.
        """
        with tarfile.open(self._tarball(cache)) as tarball:
            for member in tarball:
                if content := tarball.extractfile(member):
                    yield member.name.partition("/")[2], content.read()

    def _tarball(self, cache: Path) -> Path:
        path = cache / f"{self.sha256}.tgz"
        if path.exists():
            return path
        with TemporaryDirectory(dir=cache) as folder:
            pack = [npm(), "pack", "--silent", f"--pack-destination={folder}"]
            run([*pack, f"{self.name}@{self.version}"], self.name)
            (packed,) = Path(folder).iterdir()
            found = hashlib.sha256(packed.read_bytes()).hexdigest()
            if found != self.sha256:
                raise SnippetError(
                    f"{self.name} {self.version} has the SHA-256 {found}, and "
                    f"{self.sha256} is pinned. If its makers have replaced it, look at "
                    "what has changed before you pin the new one."
                )
            packed.rename(path)
        return path


def wheels(requirements: Path, cache: Path) -> list[Path]:
    """The pure wheels of a requirements file with hashes, fetched once.

    Raises:
        SnippetError: pip cannot fetch one, or it is not what was pinned; with what pip
            has printed.
    """
    digest = hashlib.sha256(requirements.read_bytes()).hexdigest()[:12]
    folder = cache / f"wheels-{digest}"
    if not folder.exists():
        with TemporaryDirectory(dir=cache) as unfinished:
            pip = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
            pure = ["--platform=any", "--implementation=py", "--abi=none"]
            what = ["--quiet", "--no-deps", "--require-hashes", "--only-binary=:all:"]
            where = [f"--dest={unfinished}/wheels", f"--requirement={requirements}"]
            python = ["--python-version=3.13", *pure]
            run([*pip, "download", *what, *python, *where], requirements.name)
            Path(unfinished, "wheels").rename(folder)
    return sorted(folder.glob("*.whl"))


def npm() -> str:
    """The command of npm.

    Raises:
        SnippetError: it is not installed.
    """
    if not (found := shutil.which("npm")):
        raise SnippetError(
            "npm is needed to fetch what runs programs in pages. Install Node.js, for "
            "example by 'sudo apt-get install npm', then type: make runtime"
        )
    return found


def run(command: list[str], what: str) -> None:
    """Run a command that fetches something.

    Raises:
        SnippetError: it has failed; with what it has printed.
    """
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SnippetError(
            f"{what} cannot be fetched. When it can, type: make runtime\n"
            f"{(done.stderr or done.stdout).strip()}"
        )
