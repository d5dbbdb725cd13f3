"""The pitfall of how-rooms-work: what a slow page says passes for an edit."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, WebSocketRoute
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.stories.scene import Scene, story
from tests.stories.streamlit import RoomStage, at_rest
from tests.users.base import BrowserUser
from tests.users.streamlit import StreamlitUser
from tests.waiting import wait_until

Message = str | bytes


class Post:
    """What a page and its server say to each other; it may be slow on its way."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.is_slow = False
        self.there: list[Message] = []
        """What the page has said and the server has not heard."""
        self.back: list[Message] = []
        """What the server has said and the page has not heard."""
        page.route_web_socket("**/_stcore/stream", self._route)

    def _route(self, socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()
        self._to_page, self._to_server = socket.send, server.send
        socket.on_message(lambda it: self._carry(it, self.there, server.send))
        server.on_message(lambda it: self._carry(it, self.back, socket.send))

    def _carry(
        self, message: Message, late: list[Message], send: Callable[[Message], None]
    ) -> None:
        if self.is_slow:
            late.append(message)
        else:
            send(message)

    def brings_first_message(self) -> None:
        """Bring the server the first of what it has not heard."""
        self._wait(lambda: bool(self.there), "a message")
        self._to_server(self.there.pop(0))

    def has_answer(self, label: str, value: int) -> None:
        """Wait until an answer is on its way that sets a slider so."""
        self._wait(
            lambda: any(_sets(it, label, value) for it in self.back), "an answer"
        )

    def brings_all_there(self) -> None:
        """Bring the server all the rest."""
        while self.there:
            self._to_server(self.there.pop(0))

    def arrives(self) -> None:
        """Bring the page all that it has not heard, and be fast from now on."""
        self.brings_all_there()
        while self.back:
            self._to_page(self.back.pop(0))
        self.is_slow = False

    def _wait(self, condition: Callable[[], bool], event: str) -> None:
        def look() -> bool:
            self.page.wait_for_timeout(20)
            return condition()

        wait_until(look, event=event)


def _sets(message: Message, label: str, value: int) -> bool:
    assert isinstance(message, bytes)
    slider = ForwardMsg.FromString(message).delta.new_element.slider
    return slider.label == label and slider.set_value and list(slider.value) == [value]


class SlowStage(RoomStage):
    """Everybody's post may be slow."""

    posts: dict[BrowserUser, Post]

    def invite(self) -> BrowserUser:
        user = super().invite()
        self.posts = {**getattr(self, "posts", {}), user: Post(user.page)}
        return user


@story("streamlit/rooms/pitfall_echo", height=300, dark=True, stage=SlowStage)
def an_echo(scene: Scene[StreamlitUser]) -> None:
    """What a slow page says undoes what somebody else has set."""
    alex, doppler = scene.opens()
    assert isinstance(scene.stage, SlowStage)
    post = scene.stage.posts[doppler]
    post.is_slow = True
    # One step: a page that waits for its server shows a man who runs, never at rest.
    with scene.step(
        "Alex drags A to 60. Doppler's slow page has not heard of it when Doppler "
        "drags B to 30: what it says puts A back to 0, for both."
    ):
        alex.drags("A", 60)
        alex.is_at_rest()
        doppler.finds("A", "0")
        doppler.drags("B", 30)
        alex.finds("A", "60")
        post.brings_first_message()
        post.has_answer("A", 60)
        post.brings_all_there()
        post.has_answer("A", 0)
        post.has_answer("B", 30)
        post.arrives()
        for user in (alex, doppler):
            user.finds("A", "0")
            user.finds("B", "30")
        at_rest(alex, doppler)
