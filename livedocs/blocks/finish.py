"""What is done when Markdown has understood a page: marks, proofs, checks."""

from __future__ import annotations

import re
import xml.etree.ElementTree as etree
from html import unescape

from markdown import Markdown
from markdown.postprocessors import Postprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import HTML_PLACEHOLDER_RE, AtomicString

from livedocs.blocks import numbers
from livedocs.blocks.page import WORD_JOINER, Page, proof_id
from livedocs.catalog import nearest
from livedocs.facts import Fact, Row
from livedocs.record import Run
from livedocs.reference import read

_REFERENCE = re.compile(r"\[[^\]\[]+\]\[[^\]\[]*\]")
_TAG = re.compile(r"<[^>]*>")
_BREAK = re.compile(r"(?<=[(=.])(?=\w)")
LONG = 20
"""Characters of code in a table that may be broken: shorter names stay whole."""
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


class Finish(Treeprocessor):
    """See that every block was understood, mark the facts, list what is proven."""

    def __init__(self, md: Markdown, page: Page) -> None:
        super().__init__(md)
        self.page = page

    def run(self, root: etree.Element) -> None:
        """Change the tree in place.

        Raises:
            SnippetError: a block is not closed, a fact or a reference not known.
        """
        page = self.page
        for line, name in sorted(page.open.items()):
            raise page.context.error(line, f"'/// {name}' is never closed with '///'.")
        self._mark_facts(root)
        self._check_entries()
        self._check_references(root)
        self._wrap_tables(root)
        for tabs in root.iter("div"):  # keeps Material's script off them; see look.js
            tabs.attrib.pop("data-tabs", None)
        self._number_marks(root)
        if page.context.uses and page.context.strict:
            self._list_proofs(root)

    def _mark_facts(self, root: etree.Element) -> None:
        """Give the words of each link to a fact their mark."""
        headings = (e for e in root.iter() if e.tag in _HEADINGS)
        inside = {link for heading in headings for link in heading.iter("a")}
        for link in root.iter("a"):
            scheme, colon, id_ = link.get("href", "").partition(":")
            if (scheme, colon) != ("fact", ":"):
                continue
            id_, number = numbers.taken_from(id_)
            line = 1 if number is None else self.page.places[number].line
            words = self._unstashed("".join(link.itertext()))
            if link in inside:
                raise self.page.context.error(
                    line, "A fact belongs into a sentence, not into a heading."
                )
            if not words.strip():
                raise self.page.context.error(
                    line, f"The link to the fact {id_!r} has no words."
                )
            mark = self.page.mark(words, self._find(id_, line), line)
            link.tag = "span"
            link.attrib.clear()
            link.set("class", "ss-fact")
            last = link[-1] if len(link) else None
            if last is None:
                link.text = AtomicString(f"{link.text or ''}{WORD_JOINER}")
            else:
                last.tail = AtomicString(f"{last.tail or ''}{WORD_JOINER}")
            link.append(mark)

    def _unstashed(self, text: str) -> str:
        """The text with the words of code that another extension has put aside."""
        blocks = self.md.htmlStash.rawHtmlBlocks

        def words(match: re.Match[str]) -> str:
            return unescape(_TAG.sub("", str(blocks[int(match[1])])))

        return HTML_PLACEHOLDER_RE.sub(words, text)

    def _find(self, id_: str, line: int) -> Fact:
        facts = self.page.context.facts
        if id_ not in facts:
            raise self.page.context.error(
                line,
                f"No test proves the fact {id_!r}. Mark one with "
                f"@pytest.mark.fact({id_!r}). {nearest(id_, facts)}",
            )
        return facts[id_]

    def _check_entries(self) -> None:
        """See that a reference leaves nothing out that its library exports."""
        for folder, named in self.page.entries.items():
            package = self.page.context.packages[folder]
            for name in read(package):
                if name not in named:
                    raise self.page.context.error(
                        max(named.values(), default=1),
                        f"snippets/{folder}/__init__.py exports {name!r}, and this "
                        f"reference leaves it out. Write '/// reference | {folder}' "
                        f"with the option 'names: [{name}]', or add it to another.",
                    )

    def _check_references(self, root: etree.Element) -> None:
        for element in root.iter("p"):
            match = _REFERENCE.search("".join(element.itertext()))
            if match and element.find("code") is None:
                raise self.page.context.error(
                    self.page.line_in_prose(match[0]),
                    f"The link {match[0]} leads nowhere: no such reference is given.",
                )

    def _wrap_tables(self, root: etree.Element) -> None:
        """Let each table scroll by itself, with the keyboard too."""
        for parent in list(root.iter()):
            for place, table in enumerate(parent):
                if table.tag == "table":
                    # Any class keeps Material's script off it.
                    table.set("class", table.get("class", "ss-table"))
                    self._let_code_break(table)
                    scroll = etree.Element(
                        "div", {"class": "ss-scroll", "tabindex": "0"}
                    )
                    scroll.tail, table.tail = table.tail, None
                    parent[place] = scroll
                    scroll.append(table)

    def _let_code_break(self, table: etree.Element) -> None:
        """Let long code go on in another line, after a name or a bracket."""
        stash = self.md.htmlStash
        for code in (code for cell in table.iter("td") for code in cell.iter("code")):
            text = code.text or ""
            if place := HTML_PLACEHOLDER_RE.fullmatch(text):
                text = str(stash.rawHtmlBlocks[int(place[1])])
            if len(unescape(text)) >= LONG:
                code.text = stash.store("<wbr>".join(_BREAK.split(text)))

    def _number_marks(self, root: etree.Element) -> None:
        """Number the marks as they stand on the page, and remember their use."""
        numbers: dict[str, int] = {}
        for mark in root.iter("a"):
            if use := self.page.marks.get(mark):
                self.page.context.uses.append(use)
                number = numbers.setdefault(use.proof.id, len(numbers) + 1)
                spoken = etree.SubElement(mark, "span")
                spoken.set("data-search-exclude", "")
                spoken.text = AtomicString(f"Tested, proof {number}")

    def _list_proofs(self, root: etree.Element) -> None:
        context = self.page.context
        heading = etree.SubElement(root, "h2", {"id": "proof"})
        heading.set("data-search-exclude", "")  # the sentences stand above already
        heading.text = "What is proven here"
        intro = etree.SubElement(root, "p")
        intro.text = "Each check mark above leads to its statement and its tests."
        files = {test.path for proof in context.proven for test in proof.tests}
        if run := context.ran(context.programs.values(), files):
            self._say_when(intro, run)
        proofs = etree.SubElement(root, "ol", {"class": "ss-proof"})
        for proof in context.proven:
            self._list_proof(proofs, proof)
        if context.not_tested:
            etree.SubElement(root, "h3", {"id": "not-tested"}).text = "Not tested"
            missing = etree.SubElement(root, "ul")
            for sentence in context.not_tested:
                _set_words(etree.SubElement(missing, "li"), sentence)

    def _say_when(self, intro: etree.Element, run: Run) -> None:
        """Say when, and on what, everything on the page was last seen to hold."""
        words = f" They last ran on {run.date}, on {', '.join(run.versions)}"
        intro.text = f"{intro.text}{words}"
        if not run.commit:
            intro.text += "."
            return
        intro.text += ", at commit "
        short = AtomicString(run.commit[:7])
        if link := self.page.context.commit_link(run.commit):
            etree.SubElement(intro, "a", href=link).text = short
        else:
            etree.SubElement(intro, "code").text = short
        intro[-1].tail = "."

    def _list_proof(self, proofs: etree.Element, proof: Fact | Row) -> None:
        item = etree.SubElement(proofs, "li", id=proof_id(proof))
        words = etree.SubElement(item, "span")
        _set_words(words, proof.statement)
        if isinstance(proof, Fact) and proof.over:
            over = etree.SubElement(words, "small")
            _set_words(over, f" Over {proof.over}.")
        for test in proof.tests:
            href = self.page.context.link_in_text(test.path, test.line)
            etree.SubElement(item, "a", href=href).text = AtomicString(test.name)
        if link := self.page.context.report(proof.id):
            report = etree.SubElement(item, "a", {"class": "ss-wrong", "href": link})
            report.text = "Report an error"


class Shown(Postprocessor):
    """See that readers see no text that was meant for us."""

    def __init__(self, md: Markdown, page: Page) -> None:
        super().__init__(md)
        self.page = page

    def run(self, text: str) -> str:
        """Take the numbers out that are left in comments and code.

        Raises:
            SnippetError: one is left in text; with what is wrong in its place.
        """
        for number in sorted(numbers.shown(text)):
            raise self.page.places[number].wrong
        return numbers.without(text)


class Reachable(Postprocessor):
    """Let the keyboard reach code in fences, which may be wider than the page."""

    def run(self, text: str) -> str:
        """Make each code block a stop of the tab key."""
        return re.sub(
            r"(<pre[^>]*>(?:<span></span>)?)<code>", r'\1<code tabindex="0">', text
        )


def _set_words(parent: etree.Element, sentence: str) -> None:
    """Fill `parent` with the sentence, what stands between backticks as code."""
    plain, *rest = sentence.split("`")
    parent.text = AtomicString(plain)
    for code, tail in zip(rest[::2], [*rest[1::2], ""], strict=False):
        element = etree.SubElement(parent, "code")
        element.text = AtomicString(code)
        element.tail = AtomicString(tail)
