"""Which Chromium the tests take, and what they say when there is none.

The programs are shell scripts in a temporary folder that is the whole PATH; Playwright
downloads from a server on loopback. No test looks at the browsers of this machine.
"""

import os
import re
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable, Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from playwright.sync_api import Error as PlaywrightError

from tests.users import chromium
from tests.users.chromium import (
    ChromiumError,
    ensure_chromium,
    find_chromium,
    find_shell,
)

pytestmark = pytest.mark.process

RUNS = "#!/bin/sh\necho Chromium 156\n"
DOES_NOT_RUN = "#!/bin/sh\nexit 127\n"


@pytest.fixture
def bin_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder on the PATH; Playwright has no browser and gets none."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "playwright"))
    monkeypatch.setenv("PLAYWRIGHT_DOWNLOAD_HOST", "http://127.0.0.1:9")
    return folder


@pytest.fixture
def download_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bin_folder: Path
) -> Iterator[Path]:
    """What Playwright downloads: `ffmpeg.zip`, and `chrome.zip` for all else."""
    folder = tmp_path / "downloads"
    folder.mkdir()

    class Handler(SimpleHTTPRequestHandler):
        def translate_path(self, path: str) -> str:
            return str(folder / ("ffmpeg.zip" if "ffmpeg" in path else "chrome.zip"))

        def log_request(self, code: object = "-", size: object = "-") -> None:
            """Silent: its lines would stand between those of the tests."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        monkeypatch.setenv(
            "PLAYWRIGHT_DOWNLOAD_HOST", f"http://127.0.0.1:{server.server_port}"
        )
        yield folder
        server.shutdown()
        thread.join()


@pytest.fixture
def nowhere(bin_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Playwright cannot install anything, and knows that at once."""
    (tmp_path / "file").touch()
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "file/playwright"))


def add_program(path: Path, script: str = RUNS) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(script)
    path.chmod(0o755)
    return path


def playwrights_own() -> Path:
    """Where Playwright looks for its Chromium, there or not."""
    return list(chromium._candidates())[-1]


def zip_folder(folder: Path, archive: Path) -> None:
    with zipfile.ZipFile(archive, "w") as file:
        for path in folder.rglob("*"):
            file.write(path, path.relative_to(folder))


def test_the_one_that_chromium_names_comes_first(
    bin_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_program(bin_folder / "chromium")
    named = add_program(tmp_path / "my own" / "chrome")
    monkeypatch.setenv("CHROMIUM", str(named))
    assert find_chromium() == named


def test_chromium_may_name_a_command(
    bin_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = add_program(bin_folder / "chromium-dev")
    monkeypatch.setenv("CHROMIUM", "chromium-dev")
    assert find_chromium() == named


def test_an_empty_chromium_names_nothing(
    bin_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = add_program(bin_folder / "chromium")
    monkeypatch.setenv("CHROMIUM", "")
    assert find_chromium() == program


@pytest.mark.parametrize("find", [find_chromium, ensure_chromium])
@pytest.mark.parametrize("script", [None, DOES_NOT_RUN], ids=["missing", "broken"])
def test_a_wrong_chromium_is_an_error_even_beside_a_right_one(
    bin_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    find: Callable[[], Path],
    script: str | None,
) -> None:
    add_program(bin_folder / "chromium")
    named = tmp_path / "chrome"
    if script:
        add_program(named, script)
    monkeypatch.setenv("CHROMIUM", str(named))
    with pytest.raises(ChromiumError, match=f"CHROMIUM={named} is not a program"):
        find()


def test_the_path_is_searched_name_by_name(bin_folder: Path) -> None:
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    for name in reversed(names):
        program = add_program(bin_folder / name)
        assert find_chromium() == program


def test_one_that_does_not_run_is_passed_over(bin_folder: Path) -> None:
    add_program(bin_folder / "chromium-browser", DOES_NOT_RUN)
    program = add_program(bin_folder / "google-chrome")
    assert find_chromium() == program


def test_playwrights_own_comes_after_the_path(bin_folder: Path) -> None:
    own = add_program(playwrights_own())
    assert find_chromium() == own
    on_path = add_program(bin_folder / "google-chrome-stable")
    assert find_chromium() == on_path


@pytest.mark.parametrize("name", ["chromium", "chrome"])
@pytest.mark.parametrize("script", [None, DOES_NOT_RUN, RUNS])
def test_people_sit_in_the_shell_beside_it_if_that_runs(
    bin_folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, script: str | None
) -> None:
    program = add_program(bin_folder / name)
    monkeypatch.setenv("CHROMIUM", str(program))
    shell = bin_folder / "chromium-headless-shell"
    if script:
        add_program(shell, script)
    is_taken = name == "chromium" and script == RUNS
    assert find_shell() == (shell if is_taken else program)
    assert find_chromium() == program


def test_finding_none_is_one_line_with_the_command_to_type(bin_folder: Path) -> None:
    with pytest.raises(ChromiumError) as error:
        find_chromium()
    message = str(error.value)
    assert "\n" not in message
    assert f"Type: {sys.executable} -m playwright install" in message
    assert "CHROMIUM=/path/to/chromium" in message


def test_where_there_is_none_playwright_installs_its_own(
    tmp_path: Path,
    download_folder: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    own = playwrights_own()
    *_, version, platform, name = own.parts
    assert version.startswith("chromium-")
    build = tmp_path / "build"
    add_program(build / platform / name)
    zip_folder(build, download_folder / "chrome.zip")
    zip_folder(build, download_folder / "ffmpeg.zip")
    assert ensure_chromium() == own
    assert "installing Playwright's" in capsys.readouterr().err


@pytest.mark.usefixtures("nowhere")
def test_as_root_the_package_manager_is_the_last_resort(
    bin_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = bin_folder / "chromium"
    add_program(
        bin_folder / "apt-get",
        f"#!/bin/sh\n[ $1 = update ] || {{ echo '{RUNS}' > {program}\n"
        f"/bin/chmod 755 {program}; }}\n",
    )
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert ensure_chromium() == program


@pytest.mark.usefixtures("nowhere")
def test_without_root_the_package_manager_is_left_alone(
    bin_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    called = tmp_path / "called"
    add_program(bin_folder / "apt-get", f"#!/bin/sh\n: > {called}\n")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(ChromiumError):
        ensure_chromium()
    assert not called.exists()


def test_the_command_prints_the_path(bin_folder: Path) -> None:
    program = add_program(bin_folder / "chromium")
    done = run_command()
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{program}\n", "")


def test_the_command_fails_with_one_line(
    bin_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHROMIUM", "/no/such/program")
    done = run_command()
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("CHROMIUM=/no/such/program is not a program")
    assert done.stderr.count("\n") == 1


def run_command() -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tests.users.chromium"], capture_output=True, text=True
    )


def test_what_playwright_leaves_off_is_left_off(
    browser: Browser, tmp_path: Path
) -> None:
    """Chromium takes the last of several lists; its first one is Playwright's."""
    asked = tmp_path / "asked"
    program = add_program(
        tmp_path / "chromium", f'#!/bin/sh\nprintf "%s\\n" "$@" > "{asked}"\n'
    )
    with pytest.raises(PlaywrightError):  # it ends at once
        browser.browser_type.launch(
            executable_path=program, args=list(chromium.CHROMIUM_ARGS)
        )
    first, last = re.findall(r"^--disable-features=(.*)$", asked.read_text(), re.M)
    assert set(first.split(",")) < set(last.split(","))
