"""The options of a widget, as rooms keep what is chosen of them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from room_sync.errors import UnshareableError
from room_sync.values import dumps


def as_list(options: Any) -> list[Any]:
    """The options as Streamlit takes them: of a frame, its first column."""
    if isinstance(options, pd.DataFrame):
        options = options.iloc[:, 0]
    if isinstance(options, pd.Series | pd.Index):
        return list(options.tolist())
    return list(options)


@dataclass(frozen=True)
class Options:
    """What can be chosen in a widget.

    An option that text can hold is kept as that. Any other is an object of the app's
    own, and kept as the label that people see, and as which of those with that label it
    is: the sessions of an app find their own object by it.
    """

    options: list[Any]
    label: Callable[[Any], str] = str
    """Streamlit's ``format_func``."""
    takes_new: bool = False
    """People may type others: Streamlit's ``accept_new_options``."""

    def dumps(self, value: Any) -> str:
        """Write what is chosen, an option or a list or tuple of some, as text."""
        try:
            return dumps(value)
        except UnshareableError:
            return json.dumps(self._to_plain(value))

    def _to_plain(self, value: Any) -> Any:
        if isinstance(value, list) and value not in self.options:
            return [self._to_plain(item) for item in value]
        if isinstance(value, tuple) and value not in self.options:
            return {"tuple": [self._to_plain(item) for item in value]}
        texts = self._texts()
        for option, text in zip(self.options, texts, strict=True):
            if option is value:
                return json.loads(text)
        if value in self.options:
            return json.loads(texts[self.options.index(value)])
        return {"label": str(self.label(value))}

    def _texts(self) -> list[str]:
        """What stands for each option."""
        texts: list[str] = []
        labels: Counter[str] = Counter()
        for option in self.options:
            try:
                texts.append(dumps(option))
            except UnshareableError:
                plain: dict[str, Any] = {"label": (label := str(self.label(option)))}
                if labels[label]:
                    plain["number"] = labels[label] + 1
                labels[label] += 1
                texts.append(json.dumps(plain))
        return texts

    def loads(self, text: str) -> Any:
        """What the text stands for, among these very options.

        It compares texts, so that an Enum is found that each run of a script makes
        again.

        Raises:
            ValueError: something of it is not among the options.
        """
        if text == "null":
            return None
        texts = self._texts()
        if text in texts:
            return self.options[texts.index(text)]
        match json.loads(text):
            case list(plain):
                return [self._find(item, texts) for item in plain]
            case {"tuple": list(plain)}:
                return tuple(self._find(item, texts) for item in plain)
            case plain:
                return self._find(plain, texts)

    def _find(self, plain: Any, texts: list[str]) -> Any:
        text = json.dumps(plain)
        if text in texts:
            return self.options[texts.index(text)]
        if self.takes_new and isinstance(plain, str):
            return plain
        raise ValueError(f"{plain!r} is not an option")

    def with_chosen(self, chosen: Any) -> list[Any]:
        """The options, and what somebody has typed besides them."""
        typed: Iterable[Any] = chosen if isinstance(chosen, list) else [chosen]
        if not self.takes_new:
            return self.options
        new = (it for it in typed if it is not None and it not in self.options)
        return [*self.options, *dict.fromkeys(new)]
