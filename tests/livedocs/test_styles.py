"""What pages of a built site get of its style sheets."""

from collections.abc import Iterable
from pathlib import Path

import material
import pytest

from livedocs.errors import SnippetError
from livedocs.styles import OPTIONAL, Styles

MATERIAL = Path(material.__file__).parent / "templates"

LINK = '<link rel="stylesheet" href="../look.css">'


def styled(
    site: Path, css: str, page: str = "", script: str = "", features: Iterable[str] = ()
) -> str:
    """What stands in the place of a page's link to the one sheet of its site."""
    (site / "look.css").write_text(css)
    (site / "look.js").write_text(script)
    path = site / "about" / "index.html"
    path.parent.mkdir()
    path.write_text(f"{LINK}{page}")
    Styles().inline(site, [*features])
    text = path.read_text()
    assert text.endswith(page)
    return text.removesuffix(page).removeprefix("<style>").removesuffix("</style>")


def test_a_class_of_the_page_stays_and_another_goes(tmp_path: Path) -> None:
    css = ".used > .also { top: 0 } .used > .gone { top: 0 } #here { top: 0 }"
    page = '<p class="used also" id="here">The word gone is no class.</p>'
    (tmp_path / "other.html").write_text('<p class="gone">')
    assert styled(tmp_path, css, page) == ".used>.also,#here{top:0}"


def test_what_a_script_may_add_stays(tmp_path: Path) -> None:
    css = ".by-file { top: 0 } .inline { top: 0 } .gone { top: 0 }"
    page = '<script>document.body.className = "inline"</script>'
    script = 'element.classList.add("by-file");'
    assert styled(tmp_path, css, page, script) == ".by-file,.inline{top:0}"


@pytest.mark.parametrize("prefix", OPTIONAL)
def test_what_only_a_feature_of_material_makes_stays_with_it(
    tmp_path: Path, prefix: str
) -> None:
    css = f".{prefix}x {{ top: 0 }}"
    script = f'make("{prefix}x")'
    for number, feature in enumerate([*OPTIONAL[prefix], "navigation.sections"]):
        (site := tmp_path / str(number)).mkdir()
        left = styled(site, css, script=script, features=[feature])
        assert bool(left) == (feature in OPTIONAL[prefix])
    (site := tmp_path / "page").mkdir()
    assert styled(site, css, f'<i class="{prefix}x">', script)


@pytest.mark.parametrize("prefix", OPTIONAL)
def test_material_has_what_only_its_features_make(prefix: str) -> None:
    (script,) = MATERIAL.glob("assets/javascripts/bundle.*.min.js")
    (sheet,) = MATERIAL.glob("assets/stylesheets/main.*.min.css")
    assert f'"{prefix}' in script.read_text("utf-8")
    assert f".{prefix}" in sheet.read_text("utf-8")


@pytest.mark.parametrize("page", ["<html>", '<html dir="rtl">'])
def test_what_is_for_writing_from_the_right_stays_where_it_is_so(
    tmp_path: Path, page: str
) -> None:
    both = "[dir=ltr] p,[dir=rtl] i{top:0}"
    css = f"{both}[dir=rtl] p,[dir=rtl] i{{left:0}}"
    assert styled(tmp_path, css, page) == (css if "rtl" in page else both)


def test_empty_lines_and_margins_go_but_where_they_are_seen(tmp_path: Path) -> None:
    code = "<pre>\n  one\n\n  two\n</pre>"
    script = "<script>\n  say(`\n\n`)</script>"
    page = tmp_path / "index.html"
    page.write_text(f"<p>\n\n  One\n  line </p>\n   \n{code}\n\n{script}\n")
    Styles().inline(tmp_path)
    assert page.read_text() == f"<p>\nOne\nline </p>\n{code}\n{script}\n"


def test_elements_states_and_attributes_stay(tmp_path: Path) -> None:
    css = 'a:hover{top:0}[hidden]{left:0}:root:has(>body[data-x="y"]){right:0}'
    assert styled(tmp_path, css) == css.replace('"', "")


def test_a_property_stays_as_long_as_a_rule_that_is_left_reads_it(
    tmp_path: Path,
) -> None:
    css = (
        ":root{--ink:red;--nobodys:blue;--gone:green}"
        "p{color:var(--ink)}.gone{color:var(--gone)}"
    )
    assert styled(tmp_path, css) == ":root{--ink:red}p{color:var(--ink)}"


@pytest.mark.parametrize("address", ["look.css", "/look.css", "/below/look.css"])
def test_a_link_may_be_absolute(tmp_path: Path, address: str) -> None:
    (tmp_path / "look.css").write_text("p { top: 0 }")
    page = tmp_path / "404.html"
    page.write_text(f'<link rel="stylesheet" href="{address}">')
    Styles().inline(tmp_path)
    assert page.read_text() == "<style>p{top:0}</style>"


def test_a_sheet_of_another_site_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "look.css").write_text("p { top: 0 }")
    page = tmp_path / "index.html"
    link = '<link rel="stylesheet" href="https://example.org/look.css">'
    page.write_text(link)
    Styles().inline(tmp_path)
    assert page.read_text() == link


def test_a_sheet_that_names_other_files_stays_a_file(tmp_path: Path) -> None:
    css = "p { background: url(paper.png) }"
    assert styled(tmp_path, css) == LINK
    assert (tmp_path / "look.css").read_text() == css


def test_a_property_stays_as_long_as_a_sheet_that_is_a_file_reads_it(
    tmp_path: Path,
) -> None:
    paper = "p { background: url(paper.png); color: var( --ink ) }"
    (tmp_path / "paper.css").write_text(paper)
    css = ":root{--ink:red;--gone:green}"
    assert styled(tmp_path, css) == ":root{--ink:red}"


def test_a_property_stays_as_long_as_the_page_reads_it(tmp_path: Path) -> None:
    css = ":root{--ink:red;--gone:green}"
    page = '<p style="color: var(--ink)">One.</p>'
    assert styled(tmp_path, css, page) == ":root{--ink:red}"


def test_a_sheet_that_is_not_css_says_which(tmp_path: Path) -> None:
    with pytest.raises(SnippetError, match=r"failed: .+ at look\.css"):
        styled(tmp_path, "p { top")


def test_what_a_script_adds_from_the_next_build_on_stays_from_then_on(
    tmp_path: Path,
) -> None:
    styles = Styles(is_kept=True)
    page, script = tmp_path / "index.html", tmp_path / "look.js"
    (tmp_path / "look.css").write_text(".late { top: 0 }")
    for text, left in (("", ""), ("late", ".late{top:0}"), ("", "")):
        page.write_text('<link rel="stylesheet" href="look.css">')
        script.write_text(text)
        styles.inline(tmp_path)
        assert page.read_text() == f"<style>{left}</style>"
