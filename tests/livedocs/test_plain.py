"""Pages as Markdown: what stays of them, and what only a browser needs."""

import pytest

from livedocs.plain import Page, as_markdown, index

CHANGES = """\
<figure class="ss-snippet ss-diff"><figcaption><span>a.py to b.py</span>\
<span class="ss-count">+1</span></figcaption>\
<div class="tabbed-labels"><label>Changes</label></div><div class="tabbed-content">\
<div class="tabbed-block"><div class="language-python highlight"><pre><code>\
<del>a = 1</del><ins>b = 2</ins><span> </span><span>print(<b>b</b>)</span>\
</code></pre></div></div>\
<div class="tabbed-block"><div class="language-python highlight"><pre><code>b = 2


print(b)
</code></pre></div></div></div></figure>
"""
WHOLE = """\
**a.py to b.py**

```diff
- a = 1
+ b = 2

  print(b)
```

```python
b = 2


print(b)
```
"""


def page(html: str, url: str = "tutorials/flet/chat/") -> Page:
    body = f"<nav>Menu</nav><article>{html}</article>"
    return Page("Chat", "A chat.", "Flet", url, body)


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        (
            '<h2>Say<a class="headerlink" href="#say">#</a></h2><p>it.</p>',
            "## Say\n\nit.\n",
        ),
        (
            '<p><span class="ss-fact">It stays\u2060<a href="#f">Tested, proof 1</a>'
            "</span>.</p>",
            "It stays.\n",
        ),
        (
            '<p>Use <code>a_b*c</code> and a_b <a href="../web/">there</a>.</p>',
            "Use `a_b*c` and a_b [there](../web/).\n",
        ),
        (
            "<table><thead><tr><th>Name</th></tr></thead><tbody><tr><td>x</td></tr>"
            "</tbody></table>",
            "| Name |\n| --- |\n| x |\n",
        ),
        (
            '<figure class="ss-demo"><div class="ss-demo__stage">Alex</div>'
            "<button>Watch</button><details><summary>In words</summary>"
            "<ol><li>Alex writes.</li></ol></details></figure>",
            "**In words**\n\n1. Alex writes.\n",
        ),
        (CHANGES, WHOLE),
        (
            '<p>One.</p><figure class="ss-drawing" role="img" aria-label="Two tabs.">'
            "<svg><text>Alex</text></svg></figure><p>Two.</p>",
            "One.\n\n*Drawing: Two tabs.*\n\nTwo.\n",
        ),
    ],
)
def test_a_page_becomes_markdown(html: str, markdown: str) -> None:
    assert as_markdown(page(html), "") == markdown


def test_links_are_whole_where_the_site_has_an_address() -> None:
    html = '<a href="../web/#safe">web</a> <a href="https://flet.dev/">Flet</a>'
    assert as_markdown(page(html), "https://x.org/docs/") == (
        "[web](https://x.org/docs/tutorials/flet/web/#safe) [Flet](https://flet.dev/)\n"
    )


def test_the_index_names_each_page_below_its_section() -> None:
    pages = [page("", ""), page("", "a/"), Page("No words", "", "More", "b/", "")]
    assert index("Site", "It helps.", pages, "https://x.org/") == (
        "# Site\n\n> It helps.\n\n## Flet\n\n"
        "- [Chat](https://x.org/index.md): A chat.\n"
        "- [Chat](https://x.org/a/index.md): A chat.\n\n## More\n\n"
        "- [No words](https://x.org/b/index.md)\n"
    )
