"""The lock file and the bounds it was made from."""

import re
import tomllib
from dataclasses import dataclass

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.setup.fakes import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
ASKED = [
    Requirement(line)
    for lines in (PROJECT["dependencies"], *PROJECT["optional-dependencies"].values())
    for line in lines
]
LOCK = (ROOT / "requirements.txt").read_text()


@dataclass(frozen=True)
class Pin:
    """One entry of the lock file; a name has several where they hang on the Python."""

    requirement: Requirement
    hashes: tuple[str, ...]

    @classmethod
    def parse(cls, entry: str) -> "Pin":
        requirement, *hashes = re.split(r"\s+--hash=", entry.strip())
        return cls(Requirement(requirement), tuple(hashes))

    @property
    def name(self) -> str:
        return canonicalize_name(self.requirement.name)

    @property
    def version(self) -> Version:
        """Raises `ValueError` unless it is one exact version."""
        (specifier,) = self.requirement.specifier
        if specifier.operator != "==":
            raise ValueError(f"{self.requirement} is not pinned")
        return Version(specifier.version)


def entries() -> list[str]:
    lines = [line for line in LOCK.splitlines() if not line.startswith("#")]
    return "\n".join(lines).replace("\\\n", "").splitlines()


PINS = [Pin.parse(entry) for entry in entries()]


@pytest.mark.parametrize("pin", PINS, ids=lambda pin: str(pin.requirement))
def test_every_entry_is_one_version_with_its_hashes(pin: Pin) -> None:
    assert pin.version
    assert pin.hashes
    assert all(re.fullmatch("sha256:[0-9a-f]{64}", digest) for digest in pin.hashes)


def test_no_address_is_locked() -> None:
    assert "://" not in LOCK
    assert "--index" not in LOCK
    assert "--find-links" not in LOCK


@pytest.mark.parametrize("asked", ASKED, ids=str)
def test_every_dependency_is_locked_within_its_bounds(asked: Requirement) -> None:
    versions = [
        pin.version for pin in PINS if pin.name == canonicalize_name(asked.name)
    ]
    assert versions
    assert all(version in asked.specifier for version in versions)


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("taipy", "4.1", "4.0.3"),
        ("flet", "1.0", "0.85"),
        ("streamlit", "1.60", "1.59.1"),
        ("mkdocs", "1.6.1", "2.0"),
    ],
)
def test_no_resolver_slides_to_another_generation(
    name: str, right: str, wrong: str
) -> None:
    (asked,) = (asked for asked in ASKED if asked.name == name)
    assert right in asked.specifier
    assert wrong not in asked.specifier


@pytest.mark.parametrize("asked", ASKED, ids=str)
def test_every_dependency_has_a_lower_bound(asked: Requirement) -> None:
    assert any(specifier.operator == ">=" for specifier in asked.specifier)
