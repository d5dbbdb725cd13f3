"""Stands for a package that has no build for the browser: any name in it is a class.

Streamlit imports such packages at the start and uses them only for tables, charts and
pictures.
"""

import sys
import types
from importlib.machinery import ModuleSpec

__version__ = "0"
__path__ = []
_made = {}


class _Named(type):
    def __getattr__(cls, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return _make(name)


def _make(name):
    return _made.setdefault(name, _Named(name, (), {"__module__": __name__}))


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    return _make(name)


class _Finder:
    """Finds every module below this one, and makes it as it is asked for."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        if name.startswith(f"{__name__}."):
            return ModuleSpec(name, _Finder)
        return None

    @staticmethod
    def create_module(spec):
        module = types.ModuleType(spec.name)
        module.__path__ = []
        module.__getattr__ = __getattr__
        return module

    @staticmethod
    def exec_module(module):
        pass


sys.meta_path.append(_Finder)


class Categorical:
    """Streamlit makes it of its own accord, for what it has pickled."""

    def __setstate__(self, state):
        pass
