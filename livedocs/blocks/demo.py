"""``/// demo | file``: what two users of a program see."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, ClassVar

from livedocs.blocks.block import (
    Figure,
    as_list,
    is_lines,
    is_text,
    is_texts,
    template,
)
from livedocs.catalog import Snippet, nearest
from livedocs.errors import SnippetError


class DemoBlock(Figure):
    """``/// demo | file``: what two users see side by side.

    Options: ``users`` (two names, needed) and ``story`` (which of the program's films
    is shown, where it has several). With ``shared`` (what in the program, word for
    word, joins both windows) and ``lines`` (what each one says, in order; the program's
    own first lines come first) the page draws the windows, and the film is there on
    demand; a test plays exactly these lines. Without, it shows the film alone.
    """

    NAME = "demo"
    TYPES: ClassVar[dict[str, Callable[[Any], bool]]] = {
        "users": is_texts,
        "shared": is_text,
        "lines": is_lines,
        "story": is_text,
    }

    def render(self) -> str:
        """The figure with a window for each user, or with their film."""
        context = self.context
        snippet = context.show(self.argument)
        if self.options["users"] is None:
            raise SnippetError("'/// demo' needs the option 'users'.")
        users = as_list(self.options["users"])
        if len(users) != 2:
            raise SnippetError(f"'/// demo' has two users, not {len(users)}.")
        lines = self._lines(snippet, users)
        is_pitfall = snippet.name.startswith("pitfall_")
        film = context.films.find(snippet, self.options["story"])
        if not lines and not film:
            raise SnippetError(
                f"There is no film of {snippet.file}. Tell a story of it in "
                "tests/stories, then type: make record"
            )
        for scheme in film.values():
            if list(scheme.users) != users:
                raise SnippetError(
                    f"The film of {snippet.file} shows {' and '.join(scheme.users)}, "
                    f"not {' and '.join(users)}."
                )
        return template("partials/demo.html").render(
            demo={
                "snippet": snippet.id,
                "shared": self.options["shared"],
                "users": users,
                "lines": [{"who": who, "text": text} for who, text in lines],
            },
            film=film,
            images=context.images,
            program=context.link(f"snippets/{snippet.file}", 0),
            live=context.live,
            here=context.offer(snippet),
            # What is wrong on purpose is shown, and not offered to run.
            run="" if is_pitfall else snippet.run_command(context.site_url),
        )

    def _lines(self, snippet: Snippet, users: list[str]) -> list[tuple[str, str]]:
        """What each one says in the windows that the page draws, if it draws any."""
        for name, other in (("shared", "lines"), ("lines", "shared")):
            if self.options[name] is None and self.options[other] is not None:
                raise SnippetError(f"'/// demo' needs the option {name!r}.")
        if self.options["lines"] is None:
            return []
        shared = re.escape(self.options["shared"])
        if not re.search(rf"(?<!\w){shared}(?!\w)", snippet.code):
            raise SnippetError(
                f"{snippet.file} has no {self.options['shared']!r} to share. "
                f"{nearest(self.options['shared'], snippet.sections)}"
            )
        lines = [item for line in self.options["lines"] for item in line.items()]
        for who, _ in lines:
            if who not in users:
                raise SnippetError(f"{who!r} is no user here. {nearest(who, users)}")
        return lines
