"""Joined to stlite's `stlite_lib/runtime_init.py`, which calls it; see beside it."""


def fix_components_v2() -> None:
    """Let components of the second version be found, by all sessions alike."""
    from streamlit import runtime
    from streamlit.components.v2.component_manager import BidiComponentManager

    kind = runtime.Runtime
    if hasattr(kind, "exists"):
        return  # another session has been here
    common = BidiComponentManager()
    kind.exists = staticmethod(runtime.exists)
    kind.instance = staticmethod(runtime.get_instance)
    kind.bidi_component_registry = property(lambda self: common)
