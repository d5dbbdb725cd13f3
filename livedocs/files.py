"""Which files are the project's, and not an editor's or a file manager's.

Editors lock a file by a link to nowhere (``.#greet.py``), file managers keep what they
know of it beside it (``._greet.py``, ``.DS_Store``), notebooks keep copies in
``.ipynb_checkpoints``. All of these are hidden: their names begin with a dot. Checkers
put copies of what is being typed beside the file, under names of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path, PurePath

# Emacs' Flycheck (`flycheck_greet.py`) and Flymake (`greet_flymake.py`).
_TYPED = re.compile(r"flycheck_.+|.+_flymake(\.\w+)?")


def visible(folder: Path, pattern: str) -> Iterator[Path]:
    """The files below a folder that match a pattern of `Path.glob`, sorted."""
    for path in sorted(folder.glob(pattern)):
        if not is_hidden(path.relative_to(folder)) and is_file(path):
            yield path


def is_hidden(path: PurePath) -> bool:
    """Whether a file is hidden, in a folder that is, or a checker's copy."""
    is_copy = _TYPED.fullmatch(path.name) is not None
    return is_copy or any(part.startswith(".") for part in path.parts)


def is_file(path: Path) -> bool:
    """Whether there is such a file; a link counts if it leads to one."""
    try:
        return path.is_file()
    except OSError:  # a name that no file can have
        return False
