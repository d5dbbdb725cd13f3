"""What people do with the programs of Taipy's pages."""

from __future__ import annotations

from tests.stories.scene import Scene, story
from tests.users.taipy import TaipyUser


@story("taipy/chat/shared_builder", "taipy/chat/shared_markdown")
def late_joiner(scene: Scene[TaipyUser]) -> None:
    """Who comes later reads what was said before."""
    (alex,) = scene.opens("Alex")
    scene.says(alex, "Can you see this?")
    (doppler,) = scene.opens(
        "Doppler", does="Doppler opens the program and reads what Alex has sent."
    )
    scene.says(doppler, "I can, and nobody pressed reload.")
    scene.says(alex, "Then all of us share one past.")
