"""A copy of the project's set-up, on a PATH where interpreters only pretend."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]

_COPIED = (
    "Makefile",
    "pyproject.toml",
    "requirements.txt",
    ".ci/python",
    ".ci/port.py",
    ".ci/run",
)
_SYSTEM = ("awk", "bash", "cat", "cp", "dirname", "env", "make", "mkdir", "rm", "sed")

# It runs what it is given under another version, and makes a .venv of no substance.
_PYTHON = """#!/bin/sh
if [ "$1" = -c ]; then
    exec "{python}" -c '
import sys
sys.version_info, sys.executable = {version}, sys.argv[1]
exec(sys.argv[2])' "$0" "$2"
fi
case "$*" in
    "-m venv "*) mkdir -p "$3/bin" && cp "{bin}/python-of-venv" "$3/bin/python" ;;
esac
"""

# It writes down what it is asked for, and fails at what stands in `failing`.
_PYTHON_OF_VENV = """#!/bin/sh
echo "CHROMIUM=$CHROMIUM ${{PYTHONPATH:+PYTHONPATH=$PYTHONPATH }}$*" >> "{log}"
while read -r words; do
    case "$*" in *"$words"*) exit 1 ;; esac
done < "{failing}"
case "$*" in
    ".ci/port.py "*) exec "{python}" "$@" ;;
    "-m tests.users.chromium") echo /path/to/chromium ;;
esac
"""


@dataclass(frozen=True)
class Project:
    """The files that set-up needs, in a folder with a space in its name."""

    folder: Path
    bin: Path

    @classmethod
    def create(cls, folder: Path) -> "Project":
        """Without any Python on its PATH."""
        project = cls(folder / "the project", folder / "bin")
        project.bin.mkdir()
        for name in _COPIED:
            (project.folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, project.folder / name)
        for name in _SYSTEM:
            if found := shutil.which(name):
                (project.bin / name).symlink_to(found)
        project._log.touch()
        project.fail_at()
        project.add_program(
            "python-of-venv",
            _PYTHON_OF_VENV.format(
                log=project._log, failing=project._failing, python=sys.executable
            ),
        )
        return project

    @property
    def ready(self) -> Path:
        """The stamp of a finished set-up."""
        return self.folder / ".venv/.ready"

    @property
    def _log(self) -> Path:
        return self.bin / "log"

    @property
    def _failing(self) -> Path:
        return self.bin / "failing"

    def add_program(self, name: str, script: str) -> Path:
        path = self.bin / name
        path.unlink(missing_ok=True)  # never write through a link into the system
        path.write_text(script)
        path.chmod(0o755)
        return path

    def add_python(self, name: str, *version: int) -> Path:
        script = _PYTHON.format(python=sys.executable, version=version, bin=self.bin)
        return self.add_program(name, script)

    def fail_at(self, *words: str) -> None:
        """From now on the Python of .venv fails at commands with one of these in."""
        self._failing.write_text("".join(f"{word}\n" for word in words))

    def asked(self) -> list[str]:
        """What the Python of .venv was asked for since the last call of this."""
        lines = self._log.read_text().splitlines()
        self._log.write_text("")
        return lines

    def run(self, *command: str, **env: str) -> subprocess.CompletedProcess[str]:
        """Runs it with nothing in its environment but the PATH and `env`.

        Not even a `make` above this test is known to a `make` below.
        """
        return subprocess.run(
            command,
            cwd=self.folder,
            env={"PATH": str(self.bin), "LC_ALL": "C.UTF-8"} | env,
            capture_output=True,
            text=True,
        )

    def make(self, *words: str) -> subprocess.CompletedProcess[str]:
        return self.run("make", *words)

    def touch_later(self, name: str) -> None:
        """Changes a file after the set-up, whatever the clock's grain."""
        later = self.ready.stat().st_mtime + 1
        os.utime(self.folder / name, (later, later))
