"""The libraries that programs import and readers install: packages in `snippets/`.

One is a folder with an ``__init__.py`` and a ``pyproject.toml``. The site publishes it
as a wheel, built by hatchling, which gives the same bytes for the same files
(https://hatch.pypa.io/latest/config/build/#reproducible-builds), and as a zip for those
who keep it beside their app.
"""

from __future__ import annotations

import hashlib
import io
import re
import shutil
import tempfile
import tomllib
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from livedocs.files import visible
from livedocs.located import LocatedError

_VERSION = re.compile(r'(?m)^__version__ = "(?P<version>[^"]+)"$')


@dataclass(frozen=True)
class Package:
    """A library below ``snippets/``."""

    folder: Path
    """Where its modules are; the folder's name is the package's."""

    @property
    def name(self) -> str:
        """What programs import: ``room_sync``."""
        return self.folder.name

    @property
    def project(self) -> str:
        """What installers call it: ``room-sync``.

        Raises:
            SnippetError: there is no pyproject.toml, or it names no project.
        """
        if not (name := self._project.get("name")):
            raise LocatedError(
                f"{shown(self._pyproject)}: A package names its project: "
                '[project], name = "room-sync".'
            )
        return str(name)

    @property
    def command(self) -> str:
        """The first command that installing it adds, or an empty string.

        Raises:
            SnippetError: there is no pyproject.toml with a project.
        """
        return next(iter(self._project.get("scripts", {})), "")

    @property
    def _pyproject(self) -> Path:
        return self.folder / "pyproject.toml"

    @property
    def _project(self) -> dict[str, Any]:
        try:
            text = self._pyproject.read_text("utf-8")
            project: dict[str, Any] = tomllib.loads(text)["project"]
        except (OSError, ValueError, KeyError) as error:
            raise LocatedError(
                f"{shown(self._pyproject)}: A package has a pyproject.toml with a "
                f"project's name: {error}."
            ) from None
        return project

    @property
    def version(self) -> str:
        """What its ``__init__.py`` says.

        Raises:
            SnippetError: it says nothing.
        """
        path = self.folder / "__init__.py"
        if not (found := _VERSION.search(path.read_text("utf-8"))):
            raise LocatedError(
                f'{shown(path)}: A package says its version: __version__ = "0.1.0".'
            )
        return found["version"]

    @property
    def wheel(self) -> str:
        """The path of its wheel below the site."""
        project = re.sub(r"[-_.]+", "_", self.project).lower()
        return f"packages/{project}-{self.version}-py3-none-any.whl"

    @property
    def zip(self) -> str:
        """The path of its zip below the site."""
        return f"packages/{self.name}-{self.version}.zip"

    @property
    def _files(self) -> Iterator[Path]:
        return visible(self.folder, "*")

    @property
    def digest(self) -> str:
        """Hexadecimal, of all its files, to tell when one has changed."""
        parts = (f"{it.name}\0".encode() + it.read_bytes() for it in self._files)
        return hashlib.sha256(b"\0".join(parts)).hexdigest()

    def build(self) -> bytes:
        """The wheel: the same bytes for the same files, wherever it is built."""
        return _wheel(self.folder, self.digest)

    def build_zip(self) -> bytes:
        """The folder of its modules, with its licence: what the wheel installs."""
        packed = io.BytesIO()
        with (
            zipfile.ZipFile(io.BytesIO(self.build())) as wheel,
            zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target,
        ):
            for member in wheel.infolist():
                name = Path(member.filename)
                if "licenses" in name.parts:
                    name = Path(self.name, name.name)
                if name.parts[0] == self.name:
                    entry = zipfile.ZipInfo(name.as_posix(), member.date_time)
                    entry.external_attr = member.external_attr
                    target.writestr(entry, wheel.read(member), zipfile.ZIP_DEFLATED)
        return packed.getvalue()


@lru_cache(maxsize=4)
def _wheel(folder: Path, digest: str) -> bytes:
    """Build it once for each state of its files, which the digest stands for."""
    from hatchling.builders.wheel import WheelBuilder  # only who publishes needs it

    with tempfile.TemporaryDirectory() as target:
        source = Path(target, folder.name)  # without what is hidden in the folder
        source.mkdir()
        for file in visible(folder, "*"):
            shutil.copy2(file, source)
        (path,) = WheelBuilder(str(source)).build(
            directory=target, versions=["standard"]
        )
        return Path(path).read_bytes()


def shown(path: Path) -> str:
    """The path as error messages show it: from ``snippets/`` on."""
    parts = path.parts[-4:]
    return "/".join(parts)
