"""The MkDocs plugin: checks every page, and adds what is generated.

It tells the Markdown blocks which page they are on, publishes the snippets byte for
byte, gives the templates the list of tutorials, and fails the build where a page and
its tests do not say the same.
"""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache, partial
from itertools import chain
from pathlib import Path, PurePosixPath
from typing import Any, Literal
from urllib.parse import urlencode

from jinja2 import Environment
from mkdocs.config.base import Config
from mkdocs.config.config_options import Type
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.livereload import LiveReloadServer
from mkdocs.plugins import BasePlugin, CombinedEvent, event_priority
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page

from livedocs import bench, feed, front_matter, plain, reading, search
from livedocs.blocks import PageContext
from livedocs.blocks.block import THEME
from livedocs.catalog import FRAMEWORKS, Catalog, Framework, Snippet, nearest
from livedocs.conversions import Conversions, LinkTargets, settings_of
from livedocs.errors import SnippetError
from livedocs.facts import CONCEPTS, Fact, Facts, PageFacts, Row
from livedocs.films import FOLDER, MANIFEST, Film, Films
from livedocs.front_matter import FrontMatter, Subject
from livedocs.interrupts import interrupt_once
from livedocs.links import LinkFilter
from livedocs.live import HOSTS, Live
from livedocs.reading import count_words
from livedocs.record import FILE as RECORD
from livedocs.record import Record
from livedocs.search import Sections
from livedocs.static_live import Offer, offer, publish
from livedocs.styles import Styles
from livedocs.templates import Templates
from livedocs.watch import PAGES, PROGRAMS, THEMES, Edits, reloading_for_edits

WORDS = f"{CONCEPTS}/who-shares-what.md"
"""The page that explains the words of the tables of who shares what."""

POLL = 0.2
"""Seconds after which files are looked at again, while pages are served.

MkDocs waits 0.5. It polls because many file systems do not tell of changes.
"""


class LiveDocsConfig(Config):  # type: ignore[no-untyped-call]
    """The plugin's options in ``mkdocs.yml``."""

    source_ref = Type(str, default="main")
    """The branch or commit that links to the source lead to."""


log = logging.getLogger("mkdocs.plugins.livedocs")


def id_of(subject: Subject) -> str:
    """The subject as it stands in an address and in a class of CSS."""
    return subject.value.replace(" ", "-")


@dataclass(frozen=True)
class Tutorial:
    """A published tutorial, as the catalogue shows it."""

    head: FrontMatter
    url: str
    """Relative to the site's root."""
    facts: int
    """How many facts and rows of tables it refers to."""
    minutes: int
    """How long it takes to read."""
    path: str
    """Its framework and topic, ``flet/chat``."""

    @property
    def title(self) -> str:
        """The page's heading."""
        return self.head.title

    @property
    def description(self) -> str:
        """The page's lead."""
        return self.head.description

    @property
    def keywords(self) -> list[str]:
        """Words to find it by."""
        return self.head.keywords

    @property
    def framework(self) -> str:
        """The framework's id."""
        return self.head.framework.value

    @property
    def subjects(self) -> list[str]:
        """The ids of what it is about, the main one first."""
        return [id_of(subject) for subject in self.head.subjects]

    @property
    def read_first(self) -> tuple[str, ...]:
        """The paths of those on which it builds."""
        return self.head.read_first

    @property
    def level(self) -> str:
        """How much it takes for granted."""
        return self.head.level.value


@dataclass(frozen=True)
class Choice:
    """One subject to filter by."""

    id: str
    title: str


@dataclass(frozen=True)
class Site:
    """What templates find under the name ``livedocs``."""

    tutorials: list[Tutorial] = field(default_factory=list)
    """In the order in which they are to be read, that of the navigation."""
    proof: list[Fact | Row] = field(default_factory=list)
    """What all pages refer to as proven, each once, in the pages' order."""
    fact: Callable[[str], Fact] = lambda id_: Fact(id_, "", "", ())
    """A fact by its id."""
    live: bool = False
    """Whether pages can run programs: under ``make serve``."""
    film: Callable[[str, str], dict[str, Film]] = lambda snippet, story: {}
    """The film of a program's story, by scheme."""
    here: Callable[[str], Offer] = lambda snippet: Offer()
    """Whether a program, by its id, can be started in the page."""
    report: Callable[[str], str] = lambda page: ""
    """Where a reader says that a page is wrong, by its file; empty: nowhere."""
    frameworks: tuple[Framework, ...] = FRAMEWORKS

    @property
    def subjects(self) -> tuple[Choice, ...]:
        """What there are tutorials about."""
        used = {id_ for page in self.tutorials for id_ in page.subjects}
        choices = (Choice(id_of(it), it.value.capitalize()) for it in Subject)
        return tuple(choice for choice in choices if choice.id in used)

    @property
    def keywords(self) -> list[str]:
        """All keywords, sorted."""
        return sorted({word for page in self.tutorials for word in page.keywords})


class LiveDocsPlugin(BasePlugin[LiveDocsConfig]):  # type: ignore[no-untyped-call]
    """Registered as ``livedocs``."""

    live: Live | None = None
    """The programs that pages run, once pages are served; it outlives their builds."""
    conversions: Conversions | None = None
    """The converted pages, while they are served; a single build needs none twice."""
    edits: Edits | None = None
    """What the pages are made of, as it was before the first build, while served."""

    def __init__(self) -> None:
        self._before: Any = None  # what happened on SIGTERM
        self.templates = Templates()
        self.sections = Sections()
        self.styles = Styles()

    def on_startup(
        self, *, command: Literal["build", "gh-deploy", "serve"], dirty: bool
    ) -> None:
        """Note what for; having this method, the plugin is kept from build to build.

        Raises:
            SnippetError: only pages that have changed are to be built.
        """
        if dirty:
            raise SnippetError(
                "--dirty builds pages one by one, and here they are checked together. "
                "Leave it out: 'make serve' converts only what has changed anyway."
            )
        is_served = command == "serve"
        self._end_on_sigterm(is_served)
        self.conversions = Conversions() if is_served else None
        self.edits = None
        self.templates = Templates()
        self.sections = Sections(is_kept=is_served)
        self.styles = Styles(is_kept=is_served)

    def on_shutdown(self) -> None:
        """Leave no program behind, and remember no page."""
        if self.live:
            self.live.close()
        self.on_startup(command="build", dirty=False)

    def _end_on_sigterm(self, is_wanted: bool) -> None:
        """End on SIGTERM as on Ctrl-C, or as before."""
        if threading.current_thread() is not threading.main_thread():
            return
        if is_wanted and self._before is None:
            self._before = signal.signal(signal.SIGTERM, interrupt_once)
        elif not is_wanted and self._before is not None:
            signal.signal(signal.SIGTERM, self._before)
            self._before = None

    @event_priority(100)  # before other plugins fetch templates
    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Find the project; forget the build before."""
        self.root = Path(config.config_file_path).resolve().parent
        self.catalog = Catalog(self.root / "snippets")
        self.docs = Path(config.docs_dir).name
        self.facts = Facts(self.root)
        self.record = Record.read(self.root)
        self.films = Films.read(self.root)
        self.bench = bench.read(self.root)
        self.repo_url = (config.repo_url or "").rstrip("/")
        self.is_live = bool(self.conversions) and config.dev_addr.host in HOSTS
        self.contexts: dict[str, PageContext] = {}
        self.heads: dict[str, FrontMatter] = {}
        self.proofs: dict[str, PageFacts] = {}
        self.links = LinkFilter(Path(config.docs_dir).name)
        logger = logging.getLogger("mkdocs.structure.pages")
        for old in [f for f in logger.filters if isinstance(f, LinkFilter)]:
            logger.removeFilter(old)
        logger.addFilter(self.links)
        if "livedocs" not in config.markdown_extensions:
            config.markdown_extensions.append("livedocs")
        self.templates.compile_once(config.theme)
        if self.conversions:
            self.edits = self.edits or Edits(
                self._folders(config),
                files=[Path(config.config_file_path)],
                written=[self.root / RECORD, self.root / MANIFEST],
            )
            self.settings = settings_of(config)
            self.conversions.begin(self.settings)
        return config

    def on_serve(
        self, server: LiveReloadServer, config: MkDocsConfig, builder: Any
    ) -> LiveReloadServer:
        """Follow the edits of everything that pages are made of."""
        server.observer._timeout = POLL  # for what is watched from now on
        for emitter in server.observer.emitters:
            emitter._timeout = POLL
        for folder in self._folders(config):
            if folder.is_dir():
                server.watch(str(folder))
        record = self.root / RECORD
        record.parent.mkdir(exist_ok=True)
        server.watch(str(record.parent), recursive=False)  # packages lie below
        assert self.edits  # noqa: S101 -- the pages have been built once
        handlers = [*chain.from_iterable(server.observer._handlers.values())]
        rebuild = handlers[0].on_any_event
        for handler in handlers:
            handler.on_any_event = self.edits.only(rebuild)
        self.edits.tell_since(rebuild)  # the first build has taken a while
        server.builder = reloading_for_edits(server, self.edits)
        if self.is_live:
            self.live = Live(self.catalog)
            server.set_app(self.live.around(server.get_app(), config.dev_addr.port))
        return server

    def _folders(self, config: MkDocsConfig) -> dict[Path, frozenset[str]]:
        """Where what pages are made of is, with the endings that count there."""
        return {
            Path(config.docs_dir): PAGES,
            self.root / "snippets": PROGRAMS,
            self.root / "tests": PROGRAMS,
            THEME: THEMES,
        }

    def on_files(self, files: Files, *, config: MkDocsConfig) -> Files:
        """Publish snippets and, without a repository to link to, their tests."""
        for path in self._published():
            source = str(self.root / path)
            files.append(File.generated(config, path, abs_src_path=source))
        for package in self.catalog.packages:
            built = {package.wheel: package.build(), package.zip: package.build_zip()}
            for path, content in built.items():
                files.append(File.generated(config, path, content=content))
        self.links.files = files = LinkTargets(files)
        return files

    def _published(self) -> Iterator[str]:
        for name in self.catalog.ids:
            with suppress(SnippetError):  # on_env says so, after the pages had a chance
                yield f"snippets/{self.catalog.find(name).file}"
        if not self.repo_url:
            yield from self.facts.files

    def on_nav(
        self, nav: Navigation, *, config: MkDocsConfig, files: Files
    ) -> Navigation:
        """Note the pages, and their order."""
        self.order = {page.file.src_uri: n for n, page in enumerate(nav.pages)}
        self.pages = nav.pages
        return nav

    def on_page_read_source(self, *, page: Page, config: MkDocsConfig) -> str | None:
        """Say which page is not UTF-8."""
        try:
            return page.file.content_string
        except UnicodeDecodeError:
            name = f"{Path(config.docs_dir).name}/{page.file.src_uri}"
            raise SnippetError(
                f"{name}:1: This is not UTF-8. Save it as UTF-8."
            ) from None

    @event_priority(100)  # before other plugins read page.meta
    def on_page_markdown(
        self, markdown: str, *, page: Page, config: MkDocsConfig, files: Files
    ) -> str:
        """Check the front matter; tell the blocks where they are."""
        uri = PurePosixPath(page.file.src_uri)
        name = f"{Path(config.docs_dir).name}/{uri}"
        source = page.file.content_string
        above = source.count("\n") - markdown.count("\n")
        context = PageContext(
            catalog=self.catalog,
            source=name,
            first_line=above + 1,
            site_url=config.site_url or "",
            live=self.is_live,
            here=self._here,
            bench=self.bench,
            films=self.films,
            images=f"{'../' * page.url.count('/')}{FOLDER.name}/",
            link=self._linker(page.url),
            link_in_text=self._linker(page.file.src_uri),
            receipt=self.record.receipt,
            ran=partial(self.record.run_of, self.root),
            commit_link=self._commit_link,
            report=partial(self._report_link, name),
            facts=self.facts.by_id,
            words=f"{'../' * (len(uri.parts) - 1)}{WORDS}" * (WORDS in files.src_uris),
        )
        if uri.parts[0] == "tutorials" and uri.name != "index.md":
            if len(uri.parts) != 3:
                raise SnippetError(
                    f"{name}:1: A tutorial is docs/tutorials/<framework>/<topic>.md."
                )
            head = _read_head(source, name, uri.parts[1])
            self.heads[page.file.src_uri] = head
            # Material's search knows keywords as tags; tutorials come first in it.
            found_by = {"tags": head.keywords, "search": {"boost": 2}}
            page.meta = head.model_dump(mode="json") | found_by
            context.not_tested = head.not_tested
            self._tell_proofs(page.file.src_uri, context)
        elif uri.parts[0] == CONCEPTS:
            context.not_tested = _read_concept(source, name).not_tested
            self._tell_proofs(page.file.src_uri, context)
        self.contexts[page.file.src_uri] = context
        config.mdx_configs["livedocs"] = {"context": context}
        if self.conversions and isinstance(files, LinkTargets):
            convert = partial(self.conversions.convert, page, context)
            page.render = convert  # type: ignore[method-assign]
        return markdown

    def _tell_proofs(self, uri: str, context: PageContext) -> None:
        """Tell a page that has tests what they prove."""
        name = uri.removesuffix(".md")
        context.strict = True
        context.rows = self.facts.rows_of_family(name)
        self.proofs[uri] = self.facts.of_page(name)

    def _linker(self, base: str) -> Callable[[str, int], str]:
        up = "../" * base.count("/")

        def link(path: str, line: int) -> str:
            if not self.repo_url:
                return up + path
            anchor = f"#L{line}" if line else ""
            return f"{self.repo_url}/blob/{self.config.source_ref}/{path}{anchor}"

        return link

    def _here(self, snippet: Snippet) -> Offer:
        return Offer() if self.conversions else offer(self.root, snippet)

    def _report_link(self, page: str, fact: str = "") -> str:
        """Where a reader says that a page, or a fact on it, is wrong."""
        if not self.repo_url:
            return ""
        asked = {"template": "page.yml", "page": page, "fact": fact}
        form = urlencode({name: value for name, value in asked.items() if value})
        return f"{self.repo_url}/issues/new?{form}"

    def _commit_link(self, commit: str) -> str:
        return f"{self.repo_url}/commit/{commit}" if self.repo_url else ""

    def on_env(
        self, env: Environment, *, config: MkDocsConfig, files: Files
    ) -> Environment:
        """See that no test proves what no page says; feed the templates."""
        self.catalog.check()
        self._check_facts()
        tutorials: list[Tutorial] = []
        in_order = partial(sorted, key=lambda it: self.order.get(it, len(files)))
        for uri in in_order(self.heads):
            head = self.heads[uri]
            file = files.get_file_from_path(uri)
            assert file is not None  # noqa: S101 -- it was just read
            said = self.contexts[uri].proven
            page = file.page
            length = reading.minutes(count_words((page and page.content) or ""))
            path = uri.removeprefix("tutorials/").removesuffix(".md")
            tutorials.append(Tutorial(head, file.url, len(said), length, path))
        self._check_order(tutorials)
        proven = {
            proof.id if isinstance(proof, Fact) else f"{uri} {proof.id}": proof
            for uri in in_order(self.proofs)
            for proof in self.contexts[uri].proven
        }
        for page in self.pages:
            self._check_length(page)
        site: object = Site(
            tutorials,
            list(proven.values()),
            self._fact,
            self.is_live,
            self._film,
            lambda name: self._here(self.catalog.find(name)),
            self._report_link,
        )
        if self.conversions:
            site = self.templates.render_changed(env, site, config.theme, self.settings)
        env.globals["livedocs"] = site
        return env

    def _check_length(self, page: Page) -> None:
        """Tell of a page that takes long to read; warn of one that is a list."""
        name, html = f"{self.docs}/{page.file.src_uri}", page.content or ""
        if (words := count_words(html)) > reading.WORDS:
            log.info(
                f"{name}: It has {words:,} words, which take {reading.minutes(words)} "
                f"minutes to read. A page has at most {reading.WORDS:,}: split it."
            )
        for start in reading.crowds(html):
            log.warning(
                f"{name}: From “{start} …”, more than {reading.FACTS} sentences in a "
                "row state facts. Say why in between, or make them a list."
            )

    def _check_order(self, tutorials: Sequence[Tutorial]) -> None:
        """See that a tutorial comes after those on which it builds.

        Raises:
            SnippetError: names a page and what it wants to be read first.
        """
        paths = [tutorial.path for tutorial in tutorials]
        for place, tutorial in enumerate(tutorials):
            page = f"{self.docs}/tutorials/{tutorial.path}.md"
            for first in tutorial.read_first:
                if first not in paths:
                    raise SnippetError(
                        f"{page}:1: read_first: There is no tutorial {first!r}. "
                        f"{nearest(first, paths)}"
                    )
                if paths.index(first) >= place:
                    raise SnippetError(
                        f"{page}:1: read_first: {first!r} comes later. Move it before "
                        "this page in 'nav', in mkdocs.yml."
                    )

    def _fact(self, id_: str) -> Fact:
        if id_ not in self.facts.by_id:
            hint = nearest(id_, self.facts.by_id)
            raise SnippetError(f"A template asks for the fact {id_!r}. {hint}")
        return self.facts.by_id[id_]

    def _film(self, snippet: str, story: str) -> dict[str, Film]:
        return self.films.find(self.catalog.find(snippet), story)

    @event_priority(100)  # before the search reads the page
    def _read_less(
        self, context: Any, *, page: Page, config: MkDocsConfig, nav: Navigation
    ) -> None:
        self.sections.before(page, config)

    @event_priority(-100)
    def _show_all(
        self, context: Any, *, page: Page, config: MkDocsConfig, nav: Navigation
    ) -> None:
        self.sections.after(page)

    on_page_context = CombinedEvent(_read_less, _show_all)

    @event_priority(-100)  # after the plugins that write what is made smaller here
    def on_post_build(self, *, config: MkDocsConfig) -> None:
        """Give each page its styles; keep the index of the search short."""
        features = [*config.theme.get("features", ())]
        if config.extra.get("version"):
            features.append("version")
        self.styles.inline(Path(config.site_dir), features)
        search.shorten(Path(config.site_dir))
        if not self.conversions:  # there the pages' server runs programs itself
            publish(self.root, Path(config.site_dir), self.catalog)
            self._write_for_machines(config)

    def _write_for_machines(self, config: MkDocsConfig) -> None:
        """Each page as Markdown, what lists them, and the feed of their changes."""
        site = Path(config.site_dir)
        title, about = config.site_name, config.site_description or ""
        url = config.site_url or ""
        pages = [
            plain.Page(
                str(page.meta.get("title") or page.title),
                str(page.meta.get("description") or ""),
                " – ".join(str(it.title) for it in [*page.ancestors][::-1]) or title,
                page.url,
                (site / page.file.dest_uri).read_text("utf-8"),
            )
            for page in self.pages
            if (site / page.file.dest_uri).is_file()
        ]
        plain.write(site, title, about, pages, url)
        if url:
            entries = [
                feed.Entry(it.title, it.description, it.url, f"{self.docs}/{source}")
                for it, source in zip(
                    pages, (page.file.src_uri for page in self.pages), strict=True
                )
                if source != "index.md"
            ]
            changed = feed.changes(self.root, self.docs)
            text = feed.as_rss(title, about, url, entries, changed)
            (site / feed.FILE).write_text(text, "utf-8")

    def _check_facts(self) -> None:
        """See that pages refer to all that their tests prove.

        Raises:
            SnippetError: names each fact and row that its page leaves out.
        """
        used = {
            uri: {use.proof.id for use in context.uses}
            for uri, context in self.contexts.items()
        }
        everywhere = set().union(*used.values())
        problems: list[str] = []
        for uri, proofs in self.proofs.items():
            family = self._family(uri)
            referred = set().union(*(used[it] for it in family if it in used))
            pages = " nor ".join(f"{self.docs}/{it}" for it in family)
            refer = (
                f"neither {pages} refers" if family[1:] else f"{pages} does not refer"
            )
            for id_ in sorted(proofs.own - referred):
                problems.append(self._unused(id_, f"{refer} to it"))
            for id_ in sorted(proofs.shared - everywhere):
                problems.append(
                    self._unused(
                        id_, f"neither {self.docs}/{uri} nor another page refers to it"
                    )
                )
            problems += [
                f"{row.tests[0].path}:{row.tests[0].line}: {row.tests[0].name} tells "
                f"the state of {row.name!r} in {row.program}, and no table of "
                f"{pages.replace(' nor ', ' or ')} shows it."
                for row in proofs.rows.values()
                if row.id not in referred
            ]
        known = {id_ for p in self.proofs.values() for id_ in p.own | p.shared}
        for id_ in sorted(set(self.facts.by_id) - known - everywhere):
            problems.append(self._unused(id_, "no page refers to it"))
        problems += [
            f"{test.path}:{test.line}: {statement} The tests of no page say so."
            for statement, test in self.facts.homeless
        ]
        if problems:
            raise SnippetError("\n".join(dict.fromkeys(problems)))

    def _family(self, uri: str) -> tuple[str, ...]:
        """The pages about the same subject, that one among them."""
        return tuple(f"{it}.md" for it in self.facts.family(uri.removesuffix(".md")))

    def _unused(self, id_: str, why: str) -> str:
        test = self.facts.by_id[id_].tests[0]
        return (
            f"{test.path}:{test.line}: {test.name} proves the fact {id_!r}, and {why}. "
            f"Write [some words](fact:{id_}) there, or take the mark away."
        )


# While pages are served, most are the same in the next build.
_read_head = lru_cache(maxsize=1024)(front_matter.read)
_read_concept = lru_cache(maxsize=1024)(front_matter.read_concept)
