"""Lines end alike in every checkout, whatever the system or git's own settings."""

import subprocess

import pytest

from tests.setup.fakes import ROOT

pytestmark = pytest.mark.process


def git(*words: str) -> str:
    done = subprocess.run(
        ["git", *words], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return done.stdout


def test_lines_of_text_end_in_lf_in_every_checkout() -> None:
    for line in git("ls-files", "--eol").splitlines():
        properties, _, name = line.partition("\t")
        index, _, attributes = properties.split(maxsplit=2)
        if index != "i/-text":  # git takes it for text
            assert index in ("i/lf", "i/none"), name
            assert attributes.split() == ["attr/text=auto", "eol=lf"], name
