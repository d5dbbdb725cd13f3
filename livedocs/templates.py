"""The theme's templates: compiled once, and filled in again only for what changed.

Under `mkdocs serve` a page keeps its HTML as long as its template would be given the
same: the page itself, the titles and addresses of all others, and what it asked of
`livedocs`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import CodeType
from typing import Any

from jinja2 import BytecodeCache, Environment, FileSystemLoader, Template
from jinja2.bccache import Bucket
from mkdocs.structure import StructureItem
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import AnchorLink
from mkdocs.theme import Theme
from mkdocs.utils.templates import TemplateContext

from livedocs.errors import SnippetError

_GIVEN = frozenset(TemplateContext.__annotations__)
"""What MkDocs gives to a template; more may come from plugins that are unknown here."""


class _Loader(FileSystemLoader):
    """One that does not list hidden folders: Material has 14,000 icons in one.

    MkDocs lists the templates to copy what lies between them, and leaves these out.
    """

    def list_templates(self) -> list[str]:
        """The names of all templates outside of hidden folders, sorted."""
        found = set()
        for root in map(Path, self.searchpath):
            for folder, folders, names in os.walk(root):
                folders[:] = [name for name in folders if not name.startswith(".")]
                found |= {(Path(folder, n).relative_to(root)).as_posix() for n in names}
        return sorted(found)


class _Compiled(BytecodeCache):
    """Compiled templates, in memory; Jinja compares the sources."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[str, CodeType]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give the template's code, if it was compiled from the same source."""
        checksum, code = self._known.get(bucket.key, ("", None))
        if checksum == bucket.checksum:
            bucket.code = code

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the template's code."""
        assert bucket.code  # noqa: S101 -- Jinja has just compiled it
        self._known[bucket.key] = (bucket.checksum, bucket.code)


_Answers = dict[tuple[str, tuple[Any, ...]], object]
"""What an object said: by the name of the attribute and, of a method, the arguments."""


class _Asked:
    """Stands for an object; notes what it is asked and what it says."""

    def __init__(self, asked: object, answers: _Answers) -> None:
        self._asked, self._answers = asked, answers

    def __getattr__(self, name: str) -> Any:
        if callable(getattr(self._asked, name)):
            return partial(self._answer, name)
        return self._answer(name)

    def _answer(self, name: str, *arguments: Any) -> Any:
        answer = _ask(self._asked, name, arguments)
        self._answers[name, arguments] = answer
        return answer


def _ask(asked: object, name: str, arguments: tuple[Any, ...]) -> Any:
    value = getattr(asked, name)
    return value(*arguments) if callable(value) else value


@dataclass(frozen=True)
class _Rendered:
    """A template's output."""

    given: tuple[object, ...]
    answers: _Answers
    html: str


class Templates:
    """The templates of the theme, from build to build."""

    def __init__(self) -> None:
        self._compiled = _Compiled()
        self._rendered: dict[tuple[str, str], _Rendered] = {}
        self._settings: tuple[object, ...] = ()
        self._others: tuple[object, ...] = ()
        self._has_titles = False
        self._site: object = None
        self._answers: _Answers = {}

    def compile_once(self, theme: Theme) -> None:
        """Let the theme's environments share what is compiled."""
        plain = theme.get_env

        def get_env() -> Environment:
            env = plain()
            env.loader = _Loader(theme.dirs)
            env.bytecode_cache = self._compiled
            return env

        theme.get_env = get_env  # type: ignore[method-assign]

    def render_changed(
        self, env: Environment, site: object, theme: Theme, settings: str
    ) -> object:
        """Let templates keep what they render as long as they are given the same.

        Args:
            env: the environment of a build.
            site: what templates find under the name ``livedocs``.
            theme: whose templates these are.
            settings: all that ``mkdocs.yml`` says.

        Returns:
            What to give them under that name instead.
        """
        self._site = site
        now = (settings, tuple(_files(theme.dirs)))
        self._settings = _kept(self._settings, now)
        self._has_titles = False
        env.extend(livedocs_templates=self)
        env.template_class = _PageTemplate
        return _Asked(site, self._answers)

    def render(
        self, name: str, context: Mapping[str, Any], render: Callable[[], str]
    ) -> str:
        """What this template makes of its context; `render` makes it again."""
        if not _GIVEN.issuperset(context):
            return render()
        page: Page | None = context["page"]
        key = (name, page.file.src_uri if page else "")
        given = self._given(context)
        known = self._rendered.get(key)
        if known and known.given == given and self._still(known.answers):
            return known.html
        self._answers.clear()
        html = render()
        self._rendered[key] = _Rendered(given, dict(self._answers), html)
        return html

    def _still(self, answers: _Answers) -> bool:
        """Whether the site would say the same again."""
        try:
            return all(
                _ask(self._site, name, arguments) == answer
                for (name, arguments), answer in answers.items()
            )
        except SnippetError:
            return False

    def _given(self, context: Mapping[str, Any]) -> tuple[object, ...]:
        """All that a template may read of its context."""
        if not self._has_titles:  # all pages have theirs by now
            nav = [_outline(item) for item in context["nav"].items]
            pages = [(file.src_uri, _card(file.page)) for file in context["pages"]]
            self._others = _kept(self._others, (nav, pages))
            self._has_titles = True
        page: Page | None = context["page"]
        return (
            self._settings,
            self._others,
            context["base_url"],
            list(context["extra_css"]),
            list(map(str, context["extra_javascript"])),
            context["build_date_utc"].date(),
            page and (_card(page), page.content, page.markdown, _contents(page.toc)),
            page and [_card(it) for it in (page.previous_page, page.next_page)],
        )


class _PageTemplate(Template):
    """A template that renders only what has changed."""

    def render(self, *args: Any, **kwargs: Any) -> str:
        """The template filled in with this context."""
        context = dict(*args, **kwargs)
        plain = partial(super().render, context)
        templates = getattr(self.environment, "livedocs_templates")  # noqa: B009 -- Jinja does not declare it
        html: str = templates.render(self.name or "", context, plain)
        return html


def _kept(old: tuple[object, ...], new: tuple[object, ...]) -> tuple[object, ...]:
    """The old one if they are equal: many pages compare it, and it equals itself."""
    return old if old == new else new


def _files(folders: Iterable[str]) -> Iterator[tuple[str, int, int]]:
    """Each file of the theme, with time and size; Material's icons do not change."""
    for folder in folders:
        for path, folders_in_it, names in os.walk(folder):
            if ".icons" in folders_in_it and "material" in Path(path).parts[-2:]:
                folders_in_it.remove(".icons")
            for name in sorted(names):
                if not name.startswith("."):
                    stat = Path(path, name).stat()
                    yield f"{path}/{name}", stat.st_mtime_ns, stat.st_size


def _outline(item: StructureItem) -> tuple[object, ...]:
    """A place in the navigation, with those below it."""
    if isinstance(item, Page):
        return (item.file.src_uri,)
    below = [_outline(child) for child in getattr(item, "children", None) or ()]
    return (type(item), item.title, getattr(item, "url", None), below)


def _card(page: Page | None) -> tuple[object, ...]:
    """What other pages may say of a page."""
    if page is None:
        return ()
    return (
        page.title,
        page.url,
        page.abs_url,
        page.canonical_url,
        page.edit_url,
        page.update_date,
        repr(page.meta),
    )


def _contents(links: Iterable[AnchorLink]) -> list[object]:
    return [(it.title, it.id, it.level, _contents(it.children)) for it in links]
