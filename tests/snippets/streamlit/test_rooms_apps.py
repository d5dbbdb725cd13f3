"""Several apps in one process, as in tests and in a browser: each has its own rooms."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path
from types import ModuleType, SimpleNamespace
from unittest.mock import patch

import pytest

from tests.users.streamlit_headless import StreamlitSession, join

pytestmark = pytest.mark.usefixtures("process")

COUNTER = """
import streamlit
from room_sync import *
{use}
{rendered}
    st.slider("Number", key="number")
    st.button("Add", on_click=st.update, args=["n", lambda n: (n or 0) + 1])
    number, n = st.session_state["number"], st.session_state.get("n", 0)
    st.text(f"{{number}}, {{n}} added, {{st.present}} here")
{called}
"""
BLOCK = {"rendered": 'with sync("lobby") as st:', "called": ""}
FUNCTION = {"rendered": '@room("lobby")\ndef lobby(st):', "called": "lobby()"}
WAYS = pytest.mark.parametrize("way", [BLOCK, FUNCTION], ids=["sync", "room"])

WATCHES = "use(allow=lambda user, room, action: action in ('enter', 'create'))"
"""What an app says whose users may not write."""


def counter(file: Path, use: str = "", way: dict[str, str] = BLOCK) -> Path:
    """Write an app with a counter in its lobby, which says this about its rooms."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(COUNTER.format(use=use, **way))
    return file


def may_write(user: StreamlitSession) -> str:
    """Who may, as far as a page shows it."""
    return "nobody" if user.widget("Number").disabled else "everybody"


def do_as_they_like(*sessions: StreamlitSession) -> None:
    """Let each who may move the slider and click; then all poll."""
    for number, session in enumerate(sessions, 1):
        if may_write(session) == "everybody":
            session.set("Number", number)
            session.click("Add")
        for other in sessions:
            other.wait_a_second()


@pytest.mark.parametrize("folder", ["", "another"])
@WAYS
def test_sessions_of_a_file_share_rooms_and_those_of_two_files_do_not(
    way: dict[str, str], folder: str, tmp_path: Path
) -> None:
    one = counter(tmp_path / "one.py", way=way)
    two = counter(tmp_path / folder / "two.py", way=way)
    alex, doppler, third = join(one), join(one), join(two)
    do_as_they_like(alex, third, doppler)
    for user in (alex, doppler):
        user.wait_a_second()
        assert user.reads("3, 2 added, 2 here")
    assert third.reads("2, 1 added, 1 here")


@WAYS
def test_each_app_keeps_the_store_that_it_names(
    way: dict[str, str], tmp_path: Path
) -> None:
    files = [tmp_path / f"{name}.db" for name in "ab"]
    saved = [
        counter(tmp_path / f"{file.stem}.py", f"use(SQLite({str(file)!r}))", way)
        for file in files
    ]
    silent = counter(tmp_path / "c.py", way=way)
    users = [join(app) for app in (silent, *saved, silent)]
    do_as_they_like(*users)
    first, alex, doppler, last = users
    assert alex.reads("2, 1 added, 1 here")
    assert doppler.reads("3, 1 added, 1 here")
    for user in (first, last):
        user.wait_a_second()
        assert user.reads("4, 2 added, 2 here")
    assert all(file.exists() for file in files)


@WAYS
def test_two_apps_with_one_store_share_its_rooms(
    way: dict[str, str], tmp_path: Path
) -> None:
    use = f"use(SQLite({str(tmp_path / 'rooms.db')!r}))"
    alex, doppler = (join(counter(tmp_path / f"{n}.py", use, way)) for n in "ab")
    do_as_they_like(alex, doppler)
    for user in (alex, doppler):
        user.wait_a_second()
        assert user.reads("2, 2 added, 2 here")


@WAYS
def test_each_app_decides_for_its_own_users(
    way: dict[str, str], tmp_path: Path
) -> None:
    writer = counter(tmp_path / "writer.py", "use(allow=lambda *_: True)", way)
    silent = counter(tmp_path / "silent.py", way=way)
    watcher = counter(tmp_path / "watcher.py", WATCHES, way)
    alex, doppler, third = join(silent), join(writer), join(watcher)
    do_as_they_like(alex, third, doppler)
    do_as_they_like(doppler, alex, third)
    assert alex.reads("2, 2 added, 1 here")
    assert doppler.reads("1, 2 added, 1 here")
    assert third.reads("0, 0 added, 1 here")
    assert may_write(third) == "nobody"


@pytest.mark.since("1.61")  # before, AppTest finds no module beside the app
def test_what_is_said_at_the_import_of_a_module_holds_for_later_sessions(
    tmp_path: Path,
) -> None:
    (tmp_path / "access_of_this_app.py").write_text(
        f"from room_sync import use\n{WATCHES}"
    )
    app = counter(tmp_path / "app.py", "import access_of_this_app")
    with patch.object(sys, "path", [str(tmp_path), *sys.path]):
        alex, doppler, third = join(app), join(app), join(counter(tmp_path / "b.py"))
    del sys.modules["access_of_this_app"]
    do_as_they_like(alex, third, doppler)
    assert doppler.reads("0, 0 added, 2 here")
    assert third.reads("2, 1 added, 1 here")


def test_what_is_said_beside_the_server_holds_for_apps_that_say_nothing(
    room_sync: ModuleType, tmp_path: Path
) -> None:
    store = room_sync.Memory()
    names = {"__name__": "__main__", "__file__": "/usr/bin/streamlit", "store": store}
    said = f"from room_sync import use\n{WATCHES}\nuse(store)"
    with ThreadPoolExecutor() as beside:  # without the frames of this test
        beside.submit(exec, said, names).result()
    alex, doppler = join(counter(tmp_path / "a.py")), join(counter(tmp_path / "b.py"))
    do_as_they_like(alex, doppler)
    assert alex.reads("0, 0 added, 2 here")
    assert len(store.present("lobby")) == 2


@pytest.mark.parametrize("says", ["the app", "the page"])
@pytest.mark.parametrize("first", ["the app", "the page"])
def test_an_app_and_its_pages_have_what_either_says(
    first: str, says: str, tmp_path: Path
) -> None:
    app = counter(tmp_path / "app.py", WATCHES if says == "the app" else "")
    page = tmp_path / "pages/page.py"
    counter(page, WATCHES if says == "the page" else "")
    join(app if first == "the app" else page)
    join(page if first == "the app" else app)
    alex, doppler = join(app), join(page)
    assert may_write(alex) == may_write(doppler) == "nobody"
    alex.wait_a_second()
    assert alex.reads("0, 0 added, 4 here")
    assert may_write(join(counter(tmp_path / "other/app.py"))) == "everybody"


@pytest.mark.parametrize("says", ["the app", "a page"])
def test_pages_that_the_app_navigates_to_have_what_either_says(
    says: str, tmp_path: Path
) -> None:
    counter(tmp_path / "one.py", WATCHES if says == "a page" else "")
    counter(tmp_path / "two.py")
    app = tmp_path / "app.py"
    app.write_text(
        "import streamlit\n"
        "from room_sync import use\n"
        f"{WATCHES if says == 'the app' else ''}\n"
        "first = streamlit.query_params['first']\n"
        "pages = [first, *{'one.py', 'two.py'} - {first}]\n"
        "streamlit.navigation([streamlit.Page(page) for page in pages]).run()\n"
    )
    alex, doppler = join(app, first="one.py"), join(app, first="two.py")
    assert may_write(alex) == may_write(doppler) == "nobody"
    assert doppler.reads("0, 0 added, 2 here")


@WAYS
def test_in_a_browser_sessions_of_a_file_share_rooms_wherever_it_lies(
    way: dict[str, str],
    tmp_path: Path,
    room_sync: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """stlite puts the file of an app into a folder of each session."""
    browser = SimpleNamespace(platform="emscripten", _getframe=sys._getframe)
    monkeypatch.setattr(import_module("room_sync.apps"), "sys", browser)
    sessions = [
        join(counter(tmp_path / name, way=way))
        for name in ("abcd/app.py", "efgh/app.py", "ijkl/other.py")
    ]
    do_as_they_like(*sessions)
    lines = [*["2, 2 added, 2 here"] * 2, "3, 1 added, 1 here"]
    for session, line in zip(sessions, lines, strict=True):
        session.wait_a_second()
        assert session.reads(line)
