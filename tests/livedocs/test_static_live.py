"""What runs programs in pages: made from what is pinned, or refused with a reason."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import shutil
import tarfile
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest

from livedocs import static_live
from livedocs.catalog import Catalog
from livedocs.errors import SnippetError
from livedocs.static_live import REASONS, Part, downloads, flet, streamlit
from livedocs.static_live.downloads import NpmPackage
from livedocs.static_live.wheels import (
    Listed,
    change_wheel,
    make_wheel,
    replace_once,
    write_lock,
)

RUNTIME_INIT = "stlite_lib/runtime_init.py"
LOADS = "def preload():\n    import streamlit.runtime  # noqa: F401\n"


def packed(files: dict[str, bytes]) -> bytes:
    """A tarball as npm makes them."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as tarball:
        for name, data in files.items():
            member = tarfile.TarInfo(f"package/{name}")
            member.size = len(data)
            tarball.addfile(member, io.BytesIO(data))
    return content.getvalue()


def zipped(files: dict[str, str]) -> bytes:
    """A wheel of these files."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as wheel:
        for name, text in files.items():
            wheel.writestr(name, text)
    return content.getvalue()


def kept(cache: Path, name: str, files: dict[str, bytes]) -> NpmPackage:
    """A package of npm that has been fetched before."""
    tarball = packed(files)
    digest = hashlib.sha256(tarball).hexdigest()
    (cache / f"{digest}.tgz").write_bytes(tarball)
    return NpmPackage(name, "1.0.0", digest)


class TestParts:
    @pytest.fixture
    def part(self) -> Part:
        def write(folder: Path, cache: Path) -> None:
            assert cache.is_dir()
            (folder / "it.js").write_text("it")

        return Part("it", "It 1.0", write)

    def test_one_is_written_once(self, part: Part, tmp_path: Path) -> None:
        assert not part.is_ready(tmp_path)
        part.prepare(tmp_path)
        assert part.is_ready(tmp_path)
        before = (part.folder(tmp_path) / "it.js").stat()
        part.prepare(tmp_path)
        assert (part.folder(tmp_path) / "it.js").stat() == before

    def test_one_takes_the_place_of_the_one_before(
        self, part: Part, tmp_path: Path
    ) -> None:
        (old := tmp_path / static_live.CACHE / "it-0123").mkdir(parents=True)
        part.prepare(tmp_path)
        assert not old.exists()

    def test_of_one_that_fails_nothing_is_left(self, tmp_path: Path) -> None:
        def write(folder: Path, cache: Path) -> None:
            (folder / "half.js").write_text("half")
            raise SnippetError("The other half is gone.")

        part = Part("half", "Half", write)
        with pytest.raises(SnippetError, match="other half"):
            part.prepare(tmp_path)
        assert not part.is_ready(tmp_path)
        assert list((tmp_path / static_live.CACHE).iterdir()) == []


class TestDownloads:
    PACKAGE = NpmPackage("left-pad", "1.3.0", "0" * 64)

    def test_without_npm_it_says_what_to_type(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PATH", str(tmp_path))
        with pytest.raises(SnippetError, match=r"Node\.js.*then type: make runtime"):
            list(self.PACKAGE.files(tmp_path))

    @pytest.mark.process
    def test_what_npm_prints_when_it_fails_is_shown(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        fake_npm(tmp_path, "echo 'npm error network' >&2; exit 1", monkeypatch)
        with pytest.raises(SnippetError, match="left-pad cannot be fetched") as error:
            list(self.PACKAGE.files(tmp_path))
        assert str(error.value).endswith("make runtime\nnpm error network")

    @pytest.mark.process
    def test_another_content_than_what_is_pinned_is_refused(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        script = (
            'for it; do case $it in *=*) d=${it#*=};; esac; done; echo x > "$d/x.tgz"'
        )
        fake_npm(tmp_path, script, monkeypatch)
        with pytest.raises(SnippetError, match=f"and {'0' * 64} is pinned"):
            list(self.PACKAGE.files(tmp_path))
        assert not list(tmp_path.glob("*.tgz"))

    @pytest.mark.process
    def test_a_wheel_that_is_not_the_pinned_one_is_refused(
        self, tmp_path: Path
    ) -> None:
        requirements = tmp_path / "wheels.txt"
        make_wheel(tmp_path, "six", "1.17.0", {"six.py": ""})
        requirements.write_text(
            f"--no-index\n--find-links {tmp_path}\n"
            f"six==1.17.0 --hash=sha256:{'0' * 64}\n"
        )
        with pytest.raises(SnippetError, match=r"wheels\.txt cannot be fetched"):
            downloads.wheels(requirements, tmp_path)
        assert not list(tmp_path.glob("wheels-*"))


def fake_npm(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let npm be this script."""
    (npm := folder / "npm").write_text(f"#!/bin/sh\n{script}\n")
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")


class TestWheels:
    def test_one_of_ours_can_be_listed_for_pyodide(self, tmp_path: Path) -> None:
        files = {"one_word.py": "number = 1\n"}
        wheel = make_wheel(tmp_path, "one_word", "1.0", files)
        write_lock(tmp_path / "lock.json", {"python": "3.13.2"}, [Listed(wheel, ["a"])])
        lock = json.loads((tmp_path / "lock.json").read_text())
        entry = lock["packages"]["one-word"]
        assert lock["info"] == {"python": "3.13.2"}
        assert entry["file_name"] == wheel.name
        assert entry["sha256"] == hashlib.sha256(wheel.read_bytes()).hexdigest()
        assert zipfile.ZipFile(wheel).read("one_word.py") == b"number = 1\n"

    def test_the_same_files_make_the_same_bytes(self, tmp_path: Path) -> None:
        made = [make_wheel(tmp_path, "it", "1", {"it.py": ""}).read_bytes()]
        made.append(make_wheel(tmp_path, "it", "1", {"it.py": ""}).read_bytes())
        assert made[0] == made[1]

    @pytest.mark.parametrize("data", [b"", b"old old"])
    def test_a_place_that_is_not_there_once_is_not_changed(self, data: bytes) -> None:
        with pytest.raises(ValueError, match=f"{data.count(b'old')} times, not once"):
            replace_once(data, b"old", b"new")

    def test_one_file_of_a_wheel_is_changed(self, tmp_path: Path) -> None:
        path = tmp_path / "it.whl"
        change_wheel(zipped({"a.py": "old", "b.py": "old"}), path, "a.py", "old", "new")
        wheel = zipfile.ZipFile(path)
        assert [wheel.read(name) for name in ("a.py", "b.py")] == [b"new", b"old"]


class TestStreamlit:
    """What is patched in stlite."""

    @pytest.fixture
    def parts(self) -> dict[str, bytes]:
        worker = base64.b64encode(b"self.onconnect = 1;" * 200).decode()
        library = zipped({RUNTIME_INIT: LOADS})
        return {
            "build/index-1.js": f'"data:text/javascript;base64,{worker}"'.encode(),
            "build/index-1.js.map": b"",
            "build/wheels/stlite_lib-0.1.0-py3-none-any.whl": library,
            "README.md": b"",
        }

    def write(
        self, parts: dict[str, bytes], folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> Path:
        monkeypatch.setattr(streamlit, "STLITE", kept(folder, "stlite", parts))
        streamlit._write_stlite(folder / "stlite", folder)
        return folder / "stlite"

    def test_its_worker_is_a_file_and_its_package_has_the_fix(
        self, parts: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        made = self.write(parts, tmp_path, monkeypatch)
        assert {path.name for path in made.iterdir()} == {
            "index-1.js",
            "wheels",
            "worker.js",
        }
        assert (made / "worker.js").read_text().startswith("self.onconnect = 1;")
        wheel = zipfile.ZipFile(made / "wheels/stlite_lib-0.1.0-py3-none-any.whl")
        source = wheel.read(RUNTIME_INIT).decode()
        assert source.startswith(f"{LOADS}    fix_components_v2()\n\n\ndef fix_comp")
        compile(source, RUNTIME_INIT, "exec")

    @pytest.mark.parametrize("part", ["build/index-1.js", "wheel"])
    def test_a_place_that_has_moved_stops_the_build(
        self,
        parts: dict[str, bytes],
        part: str,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        if part == "wheel":
            wheel = zipped({RUNTIME_INIT: "def preload(): ...\n"})
            parts["build/wheels/stlite_lib-0.1.0-py3-none-any.whl"] = wheel
        else:
            parts[part] = b"no worker here"
        monkeypatch.setattr(streamlit, "_write_wheels", lambda *args: None)
        monkeypatch.setattr(streamlit, "_write_pyodide", lambda *args: {})
        monkeypatch.setattr(streamlit, "STLITE", kept(tmp_path, "stlite", parts))
        with pytest.raises(SnippetError, match=r"stlite 1\.0\.0 is not what livedocs"):
            streamlit.write(tmp_path, tmp_path)


class TestFlet:
    """What is private in Flet."""

    @pytest.fixture
    def package(self, tmp_path: Path) -> Path:
        """The modules of Flet that have private names which are used."""
        found = find_spec("flet")
        assert found
        assert found.origin
        for module in flet.PRIVATE:
            (tmp_path / module).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(Path(found.origin).parent / module, tmp_path / module)
        return tmp_path

    def test_flet_has_every_private_name_that_is_used(self, package: Path) -> None:
        assert flet.missing_names(package) == []

    @pytest.mark.parametrize(
        ("module", "name"),
        [(module, name) for module, names in flet.PRIVATE.items() for name in names],
    )
    def test_a_name_that_has_moved_is_named(
        self, package: Path, module: str, name: str
    ) -> None:
        path, word = package / module, name.rpartition(".")[2]
        path.write_text(path.read_text("utf-8").replace(word, f"{word}_"), "utf-8")
        assert f"{name} in {module}" in flet.missing_names(package)

    def test_another_version_is_refused(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(flet, "VERSION", "0.1")
        with pytest.raises(SnippetError, match=r"written for 0\.1"):
            flet.write(tmp_path, tmp_path)


class TestSite:
    @pytest.fixture
    def root(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        """A project whose runtimes are a file each, and ready."""

        def write(folder: Path, cache: Path) -> None:
            (folder / "python.js").write_text("python")

        parts = tuple(Part(part.name, part.title, write) for part in static_live.PARTS)
        for part in parts:
            part.prepare(tmp_path)
        runtimes = static_live.RUNTIMES
        monkeypatch.setattr(static_live, "PARTS", parts)
        assert all(runtime.is_ready(tmp_path) for runtime in runtimes)
        return tmp_path

    def test_runtimes_and_programs_are_published(self, root: Path) -> None:
        static_live.publish(root, root / "site", Catalog.default())
        place = root / "site/run"
        programs = json.loads((place / "programs.json").read_text("utf-8"))
        assert (place / "flet/python.js").read_text() == "python"
        assert {"apart.js", "pane.js"} <= {path.name for path in place.iterdir()}
        (package,) = Catalog.default().find("streamlit/rooms/push_app").packages
        assert programs["streamlit/rooms/push_launcher"] == {
            "file": "snippets/streamlit/rooms/push_app.py",
            "wheels": [package.wheel],
            "madeFor": "1.67.0",
            "note": static_live.NO_PUSH,
        }
        assert not [name for name in programs if name.startswith("taipy/")]

    def test_nothing_is_published_where_nothing_is_ready(self, tmp_path: Path) -> None:
        static_live.publish(tmp_path, tmp_path / "site", Catalog.default())
        assert not (tmp_path / "site").exists()

    def test_a_program_is_offered_or_there_is_a_reason(
        self, root: Path, tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        elsewhere = tmp_path_factory.mktemp("elsewhere")
        for snippet in Catalog.default():
            offer = static_live.offer(root, snippet)
            assert bool(offer.megabytes) != bool(offer.reason), snippet.id
            assert static_live.offer(elsewhere, snippet).reason

    def test_each_reason_is_that_of_a_program_or_a_framework(self) -> None:
        known = {it.id for it in Catalog.default()}
        known |= {it.framework for it in Catalog.default()}
        assert REASONS.keys() <= known
