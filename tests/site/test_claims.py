"""Every test that is named as a proof is really run."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

from livedocs.claims import Suite

ROOT = Path(__file__).parents[2]
NEVER_RUN = {"skip", "skipif", "xfail", "importorskip"}


def test_every_test_that_names_a_claim_is_collected() -> None:
    """So that no claim rests on a class that nothing inherits."""
    listing = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-q", "tests/snippets"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    collected = set(re.findall(r"(?m)::(test_\w+)(?:\[|$)", listing.stdout))
    named = {proof.test for proof in Suite(ROOT)}
    assert named
    assert named <= collected


def test_no_test_that_proves_a_page_may_be_left_out() -> None:
    for folder in ("tests/snippets", "tests/contracts"):
        for path in (ROOT / folder).rglob("*.py"):
            tree = ast.parse(path.read_text("utf-8"))
            marks = {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute)}
            assert not marks & NEVER_RUN, path
