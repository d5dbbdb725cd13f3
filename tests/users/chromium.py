"""The Chromium in which the tests' people sit: found, or installed when allowed.

`python -m tests.users.chromium` prints the path of one that runs, and installs it first
where there is none; `make test` starts with that. Tests only ever look: a run never
downloads anything halfway through.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

_PLAYWRIGHTS = (
    "AimEnabled",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "TcpPortRandomizationWin",
    "ThirdPartyStoragePartitioning",
    "msEdgeUpdateLaunchServicesPreferredVersion",
    "msForceBrowserSignIn",
)
"""What Playwright leaves off: Chromium takes the last list of them, which is ours."""

_ADDRESS_BAR = ("WebUIOmniboxAimPopup", "WebUIOmniboxPopup")
"""What the address bar offers: two more pages for each window, which nobody sees."""

CHROMIUM_ARGS = (
    "--no-sandbox",  # started as root in containers, and only ever shown our own pages
    "--disable-gpu",
    f"--disable-features={','.join(_PLAYWRIGHTS + _ADDRESS_BAR)}",
    "--disable-background-networking",  # nothing leaves this machine …
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",  # … and nothing asks for a click
)

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_INSTALL_WITH_PLAYWRIGHT = ("-m", "playwright", "install", "--no-shell", "chromium")
_INSTALL_WITH_APT = (("apt-get", "update"), ("apt-get", "install", "-y", "chromium"))
_ASK_PLAYWRIGHT = """
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    print(playwright.chromium.executable_path)
"""


class ChromiumError(Exception):
    """No Chromium that runs; the message is one line with the command to type."""


@contextmanager
def open_browser() -> Iterator[Browser]:
    """A Chromium without a window; it is closed afterwards."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_shell(), args=list(CHROMIUM_ARGS)
        )
        yield browser
        browser.close()


def find_chromium() -> Path:
    """The first Chromium that runs: `CHROMIUM`, one on the PATH, Playwright's own.

    Raises `ChromiumError` when there is none, or when `CHROMIUM` names none: what was
    asked for is never replaced by something else.
    """
    if named := os.environ.get("CHROMIUM"):
        if (found := shutil.which(named)) and _runs(Path(found)):
            return Path(found)
        raise ChromiumError(
            f"CHROMIUM={named} is not a program that runs here. "
            "Name one that is, or type: unset CHROMIUM"
        )
    for program in _candidates():
        if _runs(program):
            return program
    raise ChromiumError(
        "No Chromium found: none on the PATH, none of Playwright's. "
        f"Type: {sys.executable} -m playwright install --with-deps chromium "
        "(or name one: CHROMIUM=/path/to/chromium)"
    )


def find_shell() -> Path:
    """The same Chromium without windows and menus, where there is one beside it.

    Debian packs it as `chromium-headless-shell`. Opening a page takes up to a quarter
    less of a processor's time there. It draws large letters a little otherwise, and
    nothing can be installed from it: films, and tests of that, take `find_chromium`.
    """
    program = find_chromium()
    shell = program.with_name(f"{program.name}-headless-shell")
    return shell if shell.is_file() and _runs(shell) else program


def ensure_chromium() -> Path:
    """Like `find_chromium`, but installs one before giving up.

    Playwright installs it for this user; the system's package manager may where we are
    root and it is apt-get. A wrong `CHROMIUM` is an error: nothing is installed.
    """
    try:
        return find_chromium()
    except ChromiumError:
        if os.environ.get("CHROMIUM"):
            raise
    _say("No Chromium here: installing Playwright's …")
    if _succeeds(sys.executable, *_INSTALL_WITH_PLAYWRIGHT):
        try:
            return find_chromium()
        except ChromiumError:
            _say("Playwright's does not run here: it lacks libraries of the system.")
    if os.geteuid() == 0 and shutil.which("apt-get"):
        _say("Installing the system's with apt-get …")
        for command in _INSTALL_WITH_APT:
            _succeeds(*command)
    return find_chromium()


def _candidates() -> Iterator[Path]:
    for name in _NAMES:
        if found := shutil.which(name):
            yield Path(found)
    # Asked in a process of its own: inside a test's event loop Playwright refuses.
    answer = subprocess.run(
        [sys.executable, "-c", _ASK_PLAYWRIGHT],
        capture_output=True,
        text=True,
        check=True,
    )
    yield Path(answer.stdout.strip())


def _runs(program: Path) -> bool:
    """Whether it starts: Ubuntu's `chromium-browser` may be there only to ask for snap,
    and Playwright's own needs libraries that a bare system lacks."""
    return _succeeds(str(program), "--version")


def _succeeds(*command: str) -> bool:
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True)
    except OSError:
        return False
    return done.returncode == 0


def _say(line: str) -> None:
    print(line, file=sys.stderr)


def main() -> int:
    """Prints the path of a Chromium that runs, or one line that says what to do."""
    try:
        print(ensure_chromium())
    except ChromiumError as error:
        _say(str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
