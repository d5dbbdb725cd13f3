"""Streamlit for the browser: stlite with Pyodide, and one page for each person.

stlite (https://github.com/whitphx/stlite) runs Streamlit on Pyodide, Python for
WebAssembly. What it needs is copied as it is, but for its worker, which it holds as
text within a script, and for its package, which gets one fix (`patches`).
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from pathlib import Path

from livedocs.errors import SnippetError
from livedocs.static_live.downloads import NpmPackage, wheels
from livedocs.static_live.wheels import Listed, change_wheel, make_wheel, write_lock

STLITE = NpmPackage(
    "@stlite/browser",
    "1.9.2",
    "b3dfabea1ac00a64395894f9499190c42f47ba953fbf0511637400fab941207e",
)
PYODIDE = NpmPackage(
    "pyodide",
    "0.29.3",
    "924f3167d6bf5e553bda392615eaa82edd82a9cffc32a1cc49853a926b148c5c",
)

VERSION = "1.62.0"
"""The Streamlit that this stlite brings."""

OURS = Path(__file__).parent

_CORE = ("pyodide.mjs", "pyodide.asm.js", "pyodide.asm.wasm", "python_stdlib.zip")
_WORKER = re.compile(rb"data:text/javascript;base64,([A-Za-z0-9+/=]{2000,})")
_LIBRARY = "wheels/stlite_lib-0.1.0-py3-none-any.whl"

STUBS = {
    "altair": ("altair", "6.3.0"),
    "fastparquet": ("fastparquet", "2024.11.0"),
    "numpy": ("numpy", "2.2.5"),
    "pandas": ("pandas", "2.3.3"),
    "pillow": ("PIL", "11.3.0"),
}
"""What Streamlit asks for and no registry has for the browser: module and version."""

IMPORTS = {"protobuf": "google"}
"""What a wheel's module is called, where it is not called like its project."""


def write(folder: Path, cache: Path) -> None:
    """Write all that a browser loads into a folder that is there.

    Args:
        folder: where to.
        cache: where downloads are kept.

    Raises:
        SnippetError: something cannot be fetched, or a place that is to be patched has
            moved.
    """
    info = _write_pyodide(folder / "pyodide", cache)
    _write_wheels(folder / "pyodide", cache, info)
    try:
        _write_stlite(folder / "stlite", cache)
    except ValueError as error:
        raise SnippetError(
            f"{STLITE.name} {STLITE.version} is not what livedocs/static_live/"
            f"streamlit.py was written for: {error}"
        ) from None


def _write_pyodide(folder: Path, cache: Path) -> Mapping[str, str]:
    """Write Python itself; return what its lock file has about version and platform."""
    folder.mkdir()
    info: Mapping[str, str] = {}
    for name, content in PYODIDE.files(cache):
        if name in _CORE:
            (folder / name).write_bytes(content)
        elif name == "pyodide-lock.json":
            info = json.loads(content)["info"]
    return info


def _write_wheels(folder: Path, cache: Path, info: Mapping[str, str]) -> None:
    """Write the wheels beside it, with stubs for what there is no wheel of."""
    listed = []
    for source in wheels(OURS / "wheels.txt", cache):
        (path := folder / source.name).write_bytes(source.read_bytes())
        project = source.name.partition("-")[0]
        depends = ["ssl"] if project == "anyio" else []
        listed.append(Listed(path, [IMPORTS.get(project, project)], depends))
    stub = (OURS / "stubs/named.py").read_text("utf-8")
    for project, (module, version) in STUBS.items():
        files = {f"{module}/__init__.py": stub.replace('"0"', f'"{version}"', 1)}
        listed.append(Listed(make_wheel(folder, project, version, files), [module]))
    for module in ("sqlite3", "ssl"):
        files = {f"{module}.py": (OURS / f"stubs/{module}.py").read_text("utf-8")}
        listed.append(Listed(make_wheel(folder, module, "1.0.0", files), [module]))
    write_lock(folder / "pyodide-lock.json", info, listed)


def _write_stlite(folder: Path, cache: Path) -> None:
    """Write the page's scripts, the worker's as a file, the package with its fix.

    Raises:
        ValueError: there is not one worker within the scripts, or the package is not
            the one that the fix is for.
    """
    workers = []
    for name, content in STLITE.files(cache):
        path, is_built = name.removeprefix("build/"), name.startswith("build/")
        if not is_built or path.endswith((".map", ".d.ts", ".md")):
            continue
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        if path == _LIBRARY:
            _fix_components(content, folder / path)
        else:
            (folder / path).write_bytes(content)
        if path.startswith("index-"):
            workers += _WORKER.findall(content)
    if len(workers) != 1:
        raise ValueError(f"its scripts have {len(workers)} workers within, not one.")
    (folder / "worker.js").write_bytes(base64.b64decode(workers[0]))


def _fix_components(content: bytes, path: Path) -> None:
    """Write the package with the fix in `patches`, called when Streamlit is loaded."""
    fix = (OURS / "patches/components_v2.py").read_text("utf-8")
    (function,) = re.findall(r"(?ms)^def .*\Z", fix)
    old = "    import streamlit.runtime  # noqa: F401\n"
    new = f"{old}    fix_components_v2()\n\n\n{function}"
    change_wheel(content, path, "stlite_lib/runtime_init.py", old, new)
