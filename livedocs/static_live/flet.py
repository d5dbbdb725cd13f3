"""Flet for the browser: its own client and Pyodide, with one Python for all people.

Everything is in the packages `flet` and `flet-web`. Flet's own way to run in a browser
gives each page a Python of its own; here `panes/flet` joins them.
"""

from __future__ import annotations

import ast
import importlib.metadata
import json
import re
import shutil
import zipfile
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path

from livedocs.errors import SnippetError
from livedocs.static_live.wheels import replace_once

VERSION = "1.0.5"
"""The Flet whose private names are used here and in ``panes/flet``."""

_CLIENT = (
    *("flutter_bootstrap.js", "main.dart.wasm", "main.dart.mjs", "main.dart.js"),
    "version.json",
)
_PYTHON = (
    *("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip"),
    "pyodide-lock.json",
)
_LIBRARY = ("flet", "msgpack", "repath.py", "six.py")
_UNUSED = {"__pycache__", "auth_", "testing"}

PRIVATE = {
    "controls/context.py": ("_context_page",),
    "messaging/protocol.py": (
        "Message",
        "MessageAction",
        "RegisterClientRequestBody",
        "RegisterClientResponseBody",
    ),
    "messaging/pyodide_connection.py": (
        "PyodideConnection",
        "PyodideConnection.__on_message",
        "PyodideConnection.connect",
        "PyodideConnection.send_from_js",
    ),
    "messaging/session.py": (
        "Session",
        "Session.apply_page_patch",
        "Session.connect",
        "Session.connection",
        "Session.disconnect",
        "Session.error",
    ),
    "pubsub/pubsub_hub.py": ("PubSubHub",),
}
"""The private names of Flet that `panes/flet/hub.py` uses, by module."""

RIVE = b"https://cdn.jsdelivr.net/npm/@rive-app/flutter-native-wasm@44.0.0/"
"""Where the client would fetch a script for animations from, which nobody here uses."""

NO_RIVE = b"data:text/javascript,RiveNative=()=>new Promise(x=>x)//"
"""The same script without animations: it is never ready."""

POLICY = "; ".join(
    [
        "default-src 'self' 'unsafe-inline' 'wasm-unsafe-eval' data: blob:",
        "base-uri 'self'",
        "form-action 'none'",
        "object-src 'none'",
    ]
)

_SETTINGS = """<script>
    const here = new URL("./", location.href).pathname;
    Object.assign(flet, {
      pyodide: true, noCdn: true, entrypointBaseUrl: here, assetBase: here,
      routeUrlStrategy: "hash", canvasKitBaseUrl: `${here}canvaskit/`,
      fontFallbackBaseUrl: "assets/fonts/", webRenderer: "auto",
    });
  </script>"""


def write(folder: Path, cache: Path) -> None:
    """Write all that a browser loads into a folder that is there.

    Args:
        folder: where to.
        cache: not used; nothing is fetched.

    Raises:
        SnippetError: another Flet is installed, or a place that is to be patched has
            moved.
    """
    if (found := importlib.metadata.version("flet-web")) != VERSION:
        raise SnippetError(
            f"flet-web {found} is installed, and livedocs/static_live was written for "
            f"{VERSION}. See that its tests pass with {found}, then change VERSION in "
            "livedocs/static_live/flet.py."
        )
    if missing := missing_names(_package("flet")):
        raise SnippetError(
            f"Flet {found} has no {', '.join(missing)} any more, which "
            "livedocs/static_live/panes/flet/hub.py uses."
        )
    web = _package("flet_web") / "web"
    try:
        _write_client(web, folder)
    except ValueError as error:
        raise SnippetError(
            f"flet-web {found} is not what livedocs/static_live/flet.py was written "
            f"for: {error}"
        ) from None
    (folder / "pyodide").mkdir()
    for name in _PYTHON:
        shutil.copyfile(web / "pyodide" / name, folder / "pyodide" / name)
    _write_library(folder / "library.zip")


def missing_names(package: Path) -> list[str]:
    """Those of `PRIVATE` that are not in the package at this place."""
    missing = []
    for module, names in PRIVATE.items():
        body = ast.parse((package / module).read_text("utf-8")).body
        found = set(_defined(body))
        missing += [f"{name} in {module}" for name in names if name not in found]
    return missing


def _defined(body: Sequence[ast.stmt], prefix: str = "") -> Iterator[str]:
    for node in body:
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield prefix + name
            case ast.ClassDef(name=name):
                yield prefix + name
                yield from _defined(node.body, f"{name}.")
            case ast.Assign(targets=[ast.Name(id=name)]):
                yield prefix + name


def _package(name: str) -> Path:
    spec = find_spec(name)
    assert spec and spec.origin  # noqa: S101 -- it has a version
    return Path(spec.origin).parent


def _write_client(web: Path, folder: Path) -> None:
    """Write the Flutter client: all of it from here, and nothing from elsewhere.

    Raises:
        ValueError: a place that is to be patched is not there once.
    """
    for name in _CLIENT:
        content = (web / name).read_bytes()
        if name in ("main.dart.wasm", "main.dart.js"):
            content = replace_once(content, RIVE, NO_RIVE.ljust(len(RIVE), b"-"))
        (folder / name).write_bytes(content)
    shutil.copytree(web / "assets", folder / "assets")
    unused = shutil.ignore_patterns("*.symbols", "wimp*", "experimental*")
    shutil.copytree(web / "canvaskit", folder / "canvaskit", ignore=unused)
    fonts = folder / "assets/FontManifest.json"
    icons = [
        it for it in json.loads(fonts.read_text()) if it["family"] == "MaterialIcons"
    ]
    roboto = {"family": "Roboto", "fonts": [{"asset": "fonts/roboto.woff2"}]}
    fonts.write_text(json.dumps([*icons, roboto]))
    page = (web / "index.html").read_bytes()
    for old, new in {
        '<base href="/">': '<base href="./">\n'
        f'  <meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '  <script src="../apart.js"></script>',
        "<!-- fletAppConfig -->": _SETTINGS,
        '<img src="icons/loading-animation.png" alt="" />': "",
        '<script src="python.js">': '<script src="client.js">',
    }.items():
        page = replace_once(page, old.encode(), new.encode())
    links = rb'\s*<link rel="(?:manifest|apple-touch-icon|icon)"[^>]*>'
    (folder / "pane.html").write_bytes(re.sub(links, b"", page))


def _write_library(path: Path) -> None:
    """Write Flet and what it needs, as they are installed, into one archive."""
    packages = _package("flet").parent
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in _LIBRARY:
            root = packages / name
            for file in [root] if root.is_file() else sorted(root.rglob("*")):
                inner = file.relative_to(packages)
                if file.suffix in (".py", ".json") and _UNUSED.isdisjoint(inner.parts):
                    archive.write(file, inner)
