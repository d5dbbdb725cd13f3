"""What a server process has one of, for as long as it runs.

Streamlit imports an app's modules again when one of their files is saved, and with a
package all that begins with its name. So this is kept where a module is found that has
no file and a name of its own: it outlives that, and pages that were open before and
after it are in the same rooms.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any, TypeVar

_NAME = "_room_sync_process"

T = TypeVar("T")


def only(name: str, make: Callable[[], T]) -> T:
    """The object with that name, made when it is asked for first."""
    kept: dict[str, Any] = vars(sys.modules.setdefault(_NAME, ModuleType(_NAME)))
    if name not in kept:
        kept.setdefault(name, make())
    found: T = kept[name]
    return found


def keep(name: str, value: Any) -> None:
    """Put another object in its place."""
    only(name, lambda: value)
    setattr(sys.modules[_NAME], name, value)
