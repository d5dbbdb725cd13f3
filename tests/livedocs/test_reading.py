"""How long a page takes to read."""

import pytest

from livedocs.reading import count_words, crowds, minutes


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


FACT = '<span class="ss-fact">It is {}</span>.'
FOUR = " ".join(FACT.format(word) for word in ("kept", "sent", "shown", "saved"))
THREE = FOUR.rpartition(" <")[0]


@pytest.mark.parametrize(
    ("html", "found"),
    [
        (f"<p>Why? {FOUR}</p>", ("It is kept.",)),
        (f"<p>{THREE}</p><p>{FACT.format('there')}</p>", ("It is kept.",)),
        (f"<p>{FOUR} {FOUR}</p>", ("It is kept.",)),
        (f"<p>{THREE} Because of that it works. {FACT.format('there')}</p>", ()),
        (f"<p>{THREE}</p><h2>More</h2><p>{FACT.format('there')}</p>", ()),
        (f"<p>{THREE}</p><figure>x</figure><p>{FACT.format('there')}</p>", ()),
        (f"<ul>{''.join(f'<li>{FACT.format(i)}</li>' for i in range(5))}</ul>", ()),
        ("<p>One. Two. Three. Four.</p>", ()),
    ],
)
def test_rows_of_facts_without_a_reason_are_found(
    html: str, found: tuple[str, ...]
) -> None:
    assert crowds(html) == found
