"""How long a page takes to read."""

import pytest

from livedocs.reading import count_words, minutes


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<p>Open <em>two</em> windows.</p><p>Type.</p>", 4),
        ("<p>un<b>brok</b>en</p><p>word</p>", 2),
        ("<ul><li>one</li><li>two</li></ul><table><tr><td>three</td></tr></table>", 3),
        ("one<br>two", 2),
        ("<p>Use <code>st.update</code> – it’s one&nbsp;word.</p>", 5),
        ("<p>Before.</p><figure><div><pre>x = 1</pre></div></figure><p>After.</p>", 2),
        ("<pre><code>not = read</code></pre>", 0),
        ("<details><summary>More</summary><p>of it</p></details>read", 1),
        ('<ol class="ss-proof"><li><p>A fact.</p></li></ol><p>End.</p>', 1),
        ('<p>A fact<svg class="ss-mark"><title>its text</title></svg>.</p>', 2),
    ],
)
def test_words_are_those_that_are_read_from_beginning_to_end(
    html: str, words: int
) -> None:
    assert count_words(html) == words


def test_minutes_are_whole_and_at_least_one() -> None:
    assert [minutes(words) for words in (0, 150, 151, 1500)] == [1, 1, 2, 10]
