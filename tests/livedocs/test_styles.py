"""What is left of the style sheets of a built site."""

from pathlib import Path

import pytest

from livedocs.catalog import SnippetError
from livedocs.styles import shrink


def shrunk(site: Path, css: str, page: str = "", script: str = "") -> str:
    """The sheet after shrinking a site of one page, one sheet and one script."""
    (site / "index.html").write_text(page)
    (site / "look.css").write_text(css)
    (site / "look.js").write_text(script)
    shrink(site)
    return (site / "look.css").read_text()


def test_a_class_of_a_page_stays_and_another_goes(tmp_path: Path) -> None:
    css = ".used > .also { top: 0 } .used > .gone { top: 0 } #here { top: 0 }"
    page = '<p class="used also" id="here">The word gone is no class.</p>'
    assert shrunk(tmp_path, css, page) == ".used>.also,#here{top:0}"


def test_what_a_script_may_add_stays(tmp_path: Path) -> None:
    css = ".by-file { top: 0 } .inline { top: 0 } .gone { top: 0 }"
    page = '<script>document.body.className = "inline"</script>'
    script = 'element.classList.add("by-file");'
    assert shrunk(tmp_path, css, page, script) == ".by-file,.inline{top:0}"


def test_elements_states_and_attributes_stay(tmp_path: Path) -> None:
    css = 'a:hover{top:0}[hidden]{left:0}:root:has(>body[data-x="y"]){right:0}'
    assert shrunk(tmp_path, css) == css.replace('"', "")


def test_a_property_stays_as_long_as_any_sheet_reads_it(tmp_path: Path) -> None:
    (tmp_path / "other.css").write_text("p{color:var(--ink)}")
    css = ":root{--ink:red;--nobodys:blue}"
    assert shrunk(tmp_path, css) == ":root{--ink:red}"


def test_a_sheet_that_is_not_css_says_which(tmp_path: Path) -> None:
    with pytest.raises(SnippetError, match=r"failed: .+ at look\.css"):
        shrunk(tmp_path, "p { top")
