"""List or run the snippets, show what is proven, fetch what runs them in pages."""

from __future__ import annotations

import argparse
import signal
import sys
import webbrowser
from collections.abc import Sequence
from pathlib import Path

from livedocs.catalog import Catalog, nearest
from livedocs.errors import SnippetError
from livedocs.interrupts import interrupt_once
from livedocs.launch import launch
from livedocs.static_live import PARTS


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out one command; return the exit code."""
    options = _parser().parse_args(arguments)
    catalog = Catalog.default()
    try:
        if options.command == "list":
            _list(catalog)
        elif options.command == "facts":
            _facts(options.page)
        elif options.command == "runtime":
            _runtime()
        else:
            _run(catalog, options)
    except SnippetError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m livedocs", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="every snippet, what it is and how to run it")
    run = commands.add_parser("run", help="start a snippet, one address per user")
    run.add_argument("snippet", help="its id, such as taipy/chat/shared_builder")
    run.add_argument("--users", type=_positive, default=1, help="how many (default: 1)")
    run.add_argument("--port", type=_port, default=0, help="the first user's port")
    run.add_argument("--open", action="store_true", help="open the addresses, too")
    facts = commands.add_parser("facts", help="what pages say beside what is proven")
    facts.add_argument("page", nargs="?", default="", help="such as taipy/chat")
    commands.add_parser("runtime", help="fetch what runs programs in pages")
    return parser


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of users")
    return int(text)


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port from 0 to 65535")
    return int(text)


def _list(catalog: Catalog) -> None:
    if hasattr(signal, "SIGPIPE"):  # `livedocs list | head` closes the pipe early
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    for snippet in catalog:
        print(f"{snippet.id}  ({snippet.framework})")
        print(f"    {snippet.summary}")
        print(f"    python -m livedocs run {snippet.id} --users 2")


def _facts(page: str) -> None:
    """Print, page by page, the words of each link beside the fact's statement.

    Raises:
        SnippetError: a page is wrong, or there is no such page.
    """
    from livedocs import review  # MkDocs takes a second, and the others do not need it

    pages = review.pages(Path.cwd() / "mkdocs.yml")
    chosen = {name: uses for name, uses in pages.items() if name.startswith(page)}
    if not chosen:
        raise SnippetError(f"There is no page {page!r}. {nearest(page, pages)}")
    for name, uses in chosen.items():
        print(f"\n{name}\n{'=' * len(name)}")
        for use in uses:
            tests = ", ".join(test.name for test in use.proof.tests)
            print(f"\n{use.line:4}  {use.words}\n      {use.proof.statement}")
            print(f"      {use.proof.id}: {tests}")


def _runtime() -> None:
    """Have everything ready that runs programs in pages.

    Raises:
        SnippetError: something cannot be fetched, or is not what was expected.
    """
    root = Path.cwd()
    for part in PARTS:
        print(f"{part.title} …", end=" ", flush=True)
        part.prepare(root)
        print("ready.")


def _run(catalog: Catalog, options: argparse.Namespace) -> None:
    snippet = catalog.find(options.snippet)
    signal.signal(signal.SIGTERM, interrupt_once)
    try:
        with launch(snippet, options.users, port=options.port) as app:
            for number, address in enumerate(app.addresses, 1):
                print(f"User {number}: {address}")
                if options.open:
                    webbrowser.open(address)
            print("Stop with Ctrl-C.", flush=True)
            code = app.process.wait()
            print(app.output(), file=sys.stderr)
            raise SnippetError(f"{snippet.file} ended by itself, exit code {code}.")
    except KeyboardInterrupt:
        print("Stopped.")


if __name__ == "__main__":
    sys.exit(main())
