"""Wheels of our own making, and the list of all wheels that Pyodide is given."""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_THEN = (1980, 1, 1, 0, 0, 0)
"""The earliest date that a zip can hold: the same files make the same bytes."""


def make_wheel(folder: Path, name: str, version: str, files: Mapping[str, str]) -> Path:
    """Write a pure wheel.

    Source: https://packaging.python.org/specifications/binary-distribution-format/

    Args:
        folder: where to.
        name: of the project, which may have no hyphen.
        version: of the project.
        files: what is in it, by path.
    """
    about = f"{name}-{version}.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    tags = "Wheel-Version: 1.0\nGenerator: livedocs\nRoot-Is-Purelib: true\n"
    files = {
        **files,
        f"{about}/METADATA": metadata,
        f"{about}/WHEEL": f"{tags}Tag: py3-none-any\n",
    }
    record = "".join(f"{file},,\n" for file in [*files, f"{about}/RECORD"])
    path = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as wheel:
        for file, text in {**files, f"{about}/RECORD": record}.items():
            wheel.writestr(zipfile.ZipInfo(file, _THEN), text, zipfile.ZIP_DEFLATED)
    return path


def change_wheel(content: bytes, path: Path, file: str, old: str, new: str) -> None:
    """Write a wheel in which one text has been replaced.

    Args:
        content: the wheel.
        path: where to write the new one.
        file: which file of it to change.
        old: the text that is there, once.
        new: the text that takes its place.

    Raises:
        ValueError: the text is not there exactly once.
    """
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for member in source.infolist():
            data = source.read(member)
            if member.filename == file:
                data = replace_once(data, old.encode(), new.encode())
            entry = zipfile.ZipInfo(member.filename, _THEN)
            target.writestr(entry, data, zipfile.ZIP_DEFLATED)


def replace_once(data: bytes, old: bytes, new: bytes) -> bytes:
    """Replace bytes that are there once.

    Raises:
        ValueError: they are not there, or more than once.
    """
    if (count := data.count(old)) != 1:
        raise ValueError(f"{old[:80]!r} is there {count} times, not once.")
    return data.replace(old, new)


@dataclass(frozen=True)
class Listed:
    """A wheel that Pyodide can install without asking anybody."""

    path: Path
    imports: Sequence[str]
    """The names of its modules."""
    depends: Sequence[str] = ()
    """The projects that are installed before it."""

    @property
    def entry(self) -> dict[str, Any]:
        """What Pyodide reads of it.

        Source: https://pyodide.org/en/stable/usage/api/pyodide-lock.html
        """
        name, version, *_ = self.path.name.split("-")
        return {
            "name": re.sub(r"[-_.]+", "-", name).lower(),
            "version": version,
            "file_name": self.path.name,
            "install_dir": "site",
            "sha256": hashlib.sha256(self.path.read_bytes()).hexdigest(),
            "package_type": "package",
            "imports": [*self.imports],
            "depends": [*self.depends],
            "unvendored_tests": False,
        }


def write_lock(path: Path, info: Mapping[str, str], wheels: Sequence[Listed]) -> None:
    """Write Pyodide's lock file with these wheels and no others.

    Args:
        path: where to.
        info: what Pyodide's own lock file has about the version and the platform.
        wheels: all that there are.
    """
    entries = [wheel.entry for wheel in wheels]
    packages = {entry["name"]: entry for entry in entries}
    path.write_text(json.dumps({"info": info, "packages": packages}), "utf-8")
