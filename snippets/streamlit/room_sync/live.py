"""Lists, dictionaries and sets of a room: what is done to them is done in the room.

Each is a copy of what the room holds, as its session has read it. A change is made in
the room and in the copy, in one step and by the way there from the outermost one. So
of two people who append at the same moment, both have their line. If others have
changed the room since it was read, the elements that are meant are looked for where
they are now.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import is_dataclass
from difflib import SequenceMatcher
from typing import Any, ClassVar, Protocol

from room_sync.errors import ConflictError

Operation = Callable[[Any], Any]
"""What is done, in place, to the room's value as it is now; or, given None, to the copy
if nobody has changed the room since it was read."""


class Room(Protocol):
    """Where the outermost values are."""

    def modify(self, root: Root, operation: Operation) -> Any:
        """Change a value in one step; return what the operation does."""


class Root:
    """The outermost of values that are inside each other."""

    def __init__(self, room: Room, entry: str, text: str, value: Any) -> None:
        self.room = room
        self.entry = entry
        self.text = text
        """What the room holds if that equals the copy; "" when it may not."""
        self.is_opaque = False
        """Something in it can be changed without a word."""
        self.value = self.wrap(value, self)
        self._elements = _elements(self.value)

    def note(self, text: str) -> None:
        """Know what the room holds from now on, which equals the copy."""
        self.text, self._elements = text, _elements(self.value)

    def is_bypassed(self) -> bool:
        """Whether it was changed by what knows no methods of ours, as `heapq`."""
        return bool(self._elements != _elements(self.value))

    def wrap(self, value: Any, parent: Root | Live) -> Any:
        """The value with live ones for the plain ones in it."""
        if live := _LIVE.get(type(value)):
            return live.of(value, self, parent)
        if is_mutable(value):
            self.is_opaque = True
        return value


class Live(ABC):
    """What those of all kinds have in common."""

    base: ClassVar[type[Any]]
    _root: Root | None = None
    _parent: Root | Live | None = None

    @classmethod
    def of(cls, value: Any, root: Root, parent: Root | Live) -> Any:
        """A live copy of a value, and of those inside it."""
        live = cls()
        live._root, live._parent = root, parent
        live._fill(value, root)
        return live

    @abstractmethod
    def _fill(self, value: Any, root: Root) -> None:
        """Begin with what is in a value."""

    @abstractmethod
    def plain(self) -> Any:
        """A copy of it, and of those inside it, that is not the room's."""

    def _step(self, child: Live) -> Any:
        """Where a value inside this one is; raises LookupError."""
        raise LookupError

    def _apply(self, now: Any, name: str, arguments: tuple[Any, ...]) -> Any:
        """Do it to what others have changed meanwhile."""
        return getattr(now, name)(*arguments)

    def _path(self) -> list[tuple[Live, Any]] | None:
        """The way here from the outermost one; None when it has been taken out."""
        path: list[tuple[Live, Any]] = []
        child: Live = self
        while isinstance(parent := child._parent, Live):
            try:
                path.append((parent, parent._step(child)))
            except LookupError:
                return None
            child = parent
        return path[::-1] if isinstance(parent, Root) else None

    def _change(self, name: str, *arguments: Any, **options: Any) -> Any:
        """Call a method of the base, in the room and then in the copy."""
        root, path = self._root, self._path()
        if root is None or path is None:
            return getattr(super(), name)(*arguments, **options)
        arguments = tuple(map(plain, arguments))
        is_copied = True

        def operation(now: Any) -> Any:
            nonlocal is_copied
            if now is None:
                return self._do(name, arguments, options)
            is_copied = False
            getattr(self.base(self), name)(*arguments, **options)  # may be an error
            try:
                for container, step in path:
                    now = container._find(now, step)
                if type(now) is not self.base:
                    raise LookupError
                if options:
                    return getattr(now, name)(*arguments, **options)
                return self._apply(now, name, arguments)
            except LookupError:
                raise ConflictError(
                    "What you were about to change has been changed by somebody else. "
                    "Look at it again; or let st.update decide, which gets the newest "
                    "value: st.update(key, lambda value: ...)."
                ) from None

        result = root.room.modify(root, operation)
        if not is_copied:
            self._repeat(name, arguments, options, result)
        if name == "__imul__":
            root.text = ""  # the copy has one element twice
        copy: Any = self
        return copy[arguments[0]] if name == "setdefault" else result

    def _do(self, name: str, arguments: tuple[Any, ...], options: Any) -> Any:
        """Call a method of the base in the copy."""
        root = self._root
        assert root is not None  # noqa: S101 -- a copy of its own has no room
        wrapped = (root.wrap(it, self) for it in arguments)
        result = getattr(super(), name)(*wrapped, **options)
        for child in self._children():
            if isinstance(child, Live):
                child._parent = self
        return tuple(map(plain, result)) if name == "popitem" else plain(result)

    def _repeat(
        self, name: str, arguments: tuple[Any, ...], options: Any, result: Any
    ) -> None:
        """Do to the copy what has been done in the room."""
        self._do(name, arguments, options)

    def _children(self) -> Iterable[Any]:
        """What can be changed inside it."""
        return ()

    def _find(self, now: Any, step: Any) -> Any:
        """What is now where a step has led to."""
        if type(now) is not self.base:
            raise LookupError
        return now[step]

    def __reduce_ex__(self, protocol: Any) -> Any:
        return self.base, (self.plain(),)


def _method(name: str) -> Any:
    def change(self: Live, *arguments: Any, **options: Any) -> Any:
        return self._change(name, *arguments, **options)

    change.__name__ = name
    return change


def _taking(name: str, read: Callable[[Any], Any], *, in_place: bool = False) -> Any:
    """A method that takes what can be read only once, and may return the object."""

    def change(self: Live, *arguments: Any) -> Any:
        result = self._change(name, *map(read, arguments))
        return self if in_place else result

    change.__name__ = name
    return change


class LiveList(Live, list[Any]):
    """A list of a room."""

    base = list

    append = _method("append")
    insert = _method("insert")
    remove = _method("remove")
    pop = _method("pop")
    clear = _method("clear")
    sort = _method("sort")
    reverse = _method("reverse")
    extend = _taking("extend", list)
    __delitem__ = _method("__delitem__")
    __iadd__ = _taking("__iadd__", list, in_place=True)
    __imul__ = _taking("__imul__", int, in_place=True)

    def __setitem__(self, index: Any, value: Any) -> None:
        if not _is_slice(index) and isinstance(value, Live) and self[index] is value:
            return  # after v[0] += ..., which has changed it
        self._change("__setitem__", index, list(value) if _is_slice(index) else value)

    def _fill(self, value: list[Any], root: Root) -> None:
        list.extend(self, (root.wrap(item, self) for item in value))

    def plain(self) -> list[Any]:
        return [plain(item) for item in self]

    def _children(self) -> Iterable[Any]:
        return self

    def _step(self, child: Live) -> int:
        for index, item in enumerate(self):
            if item is child:
                return index
        raise LookupError

    def _find(self, now: Any, step: int) -> Any:
        if type(now) is not list:
            raise LookupError
        return now[self._located(now, step)]

    def _located(self, now: list[Any], index: int) -> int:
        """Where the element is now that is at this index in the copy."""
        if (place := _moved(self.plain(), now, index)) is None:
            raise LookupError
        return place

    def _apply(self, now: list[Any], name: str, arguments: tuple[Any, ...]) -> Any:
        index = arguments[0] if arguments else -1
        match name:
            case "insert":
                now.insert(self._gap(now, index), arguments[1])
            case "pop" if index not in (0, -1):  # those take what is first, or last
                return now.pop(self._located(now, index % len(self)))
            case "remove":
                if index in now:
                    now.remove(index)
            case "__delitem__":
                self._delete(now, index)
            case "__setitem__":
                if _is_slice(index):
                    raise LookupError
                now[self._located(now, index % len(self))] = arguments[1]
            case _:
                return getattr(now, name)(*arguments)
        return None

    def _gap(self, now: list[Any], index: int) -> int:
        """Where to insert what goes before the element at this index."""
        index = max(index + len(self), 0) if index < 0 else index
        if index >= len(self):
            return len(now)
        place = _moved(self.plain(), now, index)
        if place is None and index:
            before = _moved(self.plain(), now, index - 1)
            place = None if before is None else before + 1
        return min(index, len(now)) if place is None else place

    def _delete(self, now: list[Any], index: Any) -> None:
        """Delete what the copy has there, as far as nobody has done so before."""
        seen, count = self.plain(), len(self)
        indices = range(count)[index] if _is_slice(index) else [index % count]
        places = {_moved(seen, now, one) for one in indices}
        for place in sorted((it for it in places if it is not None), reverse=True):
            del now[place]


class LiveDict(Live, dict[Any, Any]):
    """A dictionary of a room."""

    base = dict

    pop = _method("pop")
    popitem = _method("popitem")
    clear = _method("clear")
    setdefault = _method("setdefault")
    __delitem__ = _method("__delitem__")
    __ior__ = _taking("__ior__", dict, in_place=True)

    def __setitem__(self, key: Any, value: Any) -> None:
        if isinstance(value, Live) and self.get(key) is value:
            return  # after v["k"] += ..., which has changed it
        self._change("__setitem__", key, value)

    def update(self, *others: Any, **more: Any) -> None:
        self._change("update", dict(*others, **more))

    def _fill(self, value: dict[Any, Any], root: Root) -> None:
        dict.update(self, {key: root.wrap(item, self) for key, item in value.items()})

    def plain(self) -> dict[Any, Any]:
        return {key: plain(item) for key, item in self.items()}

    def _children(self) -> Iterable[Any]:
        return self.values()

    def _step(self, child: Live) -> Any:
        for key, item in self.items():
            if item is child:
                return key
        raise LookupError

    def _apply(self, now: dict[Any, Any], name: str, arguments: tuple[Any, ...]) -> Any:
        if name == "__delitem__":
            now.pop(arguments[0], None)
            return None
        return getattr(now, name)(*arguments)

    def _repeat(
        self, name: str, arguments: tuple[Any, ...], options: Any, result: Any
    ) -> None:
        if name == "popitem":
            dict.pop(self, result[0], None)
        elif name == "setdefault":
            super()._repeat(name, (arguments[0], result), options, result)
        else:
            super()._repeat(name, arguments, options, result)


class LiveSet(Live, set[Any]):
    """A set of a room."""

    base = set

    add = _method("add")
    discard = _method("discard")
    remove = _method("remove")
    pop = _method("pop")
    clear = _method("clear")
    update = _taking("update", set)
    difference_update = _taking("difference_update", set)
    intersection_update = _taking("intersection_update", set)
    symmetric_difference_update = _taking("symmetric_difference_update", set)
    __ior__ = _taking("__ior__", set, in_place=True)
    __isub__ = _taking("__isub__", set, in_place=True)
    __iand__ = _taking("__iand__", set, in_place=True)
    __ixor__ = _taking("__ixor__", set, in_place=True)

    def _fill(self, value: set[Any], root: Root) -> None:
        set.update(self, value)

    def plain(self) -> set[Any]:
        return set(self)

    def _apply(self, now: set[Any], name: str, arguments: tuple[Any, ...]) -> Any:
        return getattr(now, "discard" if name == "remove" else name)(*arguments)

    def _repeat(
        self, name: str, arguments: tuple[Any, ...], options: Any, result: Any
    ) -> None:
        if name == "pop":
            set.discard(self, result)
        else:
            super()._repeat(name, arguments, options, result)

    def __repr__(self) -> str:
        return repr(self.plain())


_LIVE: dict[type, type[Live]] = {list: LiveList, dict: LiveDict, set: LiveSet}
_LIVE |= {kind: kind for kind in _LIVE.values()}


def plain(value: Any) -> Any:
    """The value without anything of a room's in it."""
    return value.plain() if isinstance(value, Live) else value


def _elements(value: Any) -> Any:
    """Which objects are where, in lists, dictionaries and sets inside each other."""
    match value:
        case LiveList():
            return [_elements(item) for item in value]
        case LiveDict():
            return {key: _elements(item) for key, item in value.items()}
        case LiveSet():
            return set(value)
    return id(value)


def is_mutable(value: Any) -> bool:
    """Whether it can be changed in place, as far as one can tell."""
    try:
        hash(value)
    except TypeError:
        return True
    return is_dataclass(value)


def _is_slice(index: Any) -> bool:
    return isinstance(index, slice)


def _moved(seen: list[Any], now: list[Any], index: int) -> int | None:
    """Where an element is after others have changed the list; None: nowhere."""
    if seen[: index + 1] == now[: index + 1]:
        return index
    behind = len(seen) - index
    if behind <= len(now) and seen[index:] == now[len(now) - behind :]:
        return len(now) - behind
    if seen.count(seen[index]) == now.count(seen[index]) == 1:
        return now.index(seen[index])
    before, after = [*map(repr, seen)], [*map(repr, now)]
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for tag, i, j, k, m in matcher.get_opcodes():
        if i <= index < j:
            is_same = tag == "equal" or (tag == "replace" and j - i == m - k)
            return k + index - i if is_same else None
    return None
