"""The editor of programs in a page: CodeMirror, bundled by esbuild, both from npm."""

from __future__ import annotations

import shutil
from pathlib import Path

from livedocs.static_live.downloads import npm, run

_OURS = Path(__file__).parent / "editor"


def write(folder: Path, cache: Path) -> None:
    """Write `editor.js` into a folder that is there.

    Args:
        folder: where to.
        cache: not used; npm has its own.

    Raises:
        SnippetError: a package cannot be fetched, or is not the one of the lock file.
    """
    build = folder / "build"
    shutil.copytree(_OURS, build)
    run(
        [npm(), "ci", "--silent", "--ignore-scripts", "--prefix", str(build)],
        "CodeMirror",
    )
    node = shutil.which("node") or "node"
    esbuild = str(build / "node_modules/esbuild/bin/esbuild")
    bundle = ["--bundle", "--minify", "--format=esm", "--target=es2022"]
    target = f"--outfile={folder / 'editor.js'}"
    run([node, esbuild, str(build / "editor.js"), *bundle, target], "CodeMirror")
    shutil.rmtree(build)
