"""Which files are the project's, and not an editor's or a file manager's.

Editors lock a file by a link to nowhere (``.#greet.py``), file managers keep what they
know of it beside it (``._greet.py``, ``.DS_Store``), notebooks keep copies in
``.ipynb_checkpoints``. All of these are hidden: their names begin with a dot.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePath


def visible(folder: Path, pattern: str) -> Iterator[Path]:
    """The files below a folder that match a pattern of `Path.glob`, sorted."""
    for path in sorted(folder.glob(pattern)):
        if not is_hidden(path.relative_to(folder)) and is_file(path):
            yield path


def is_hidden(path: PurePath) -> bool:
    """Whether a file is hidden, or in a folder that is."""
    return any(part.startswith(".") for part in path.parts)


def is_file(path: Path) -> bool:
    """Whether there is such a file; a link counts if it leads to one."""
    try:
        return path.is_file()
    except OSError:  # a name that no file can have
        return False
