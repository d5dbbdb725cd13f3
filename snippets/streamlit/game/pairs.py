# /// script
# requires-python = ">=3.11,<3.13"
# dependencies = ["streamlit==1.67.0"]
# ///
"""Tic-tac-toe in rooms: each pair plays in one of its own, and others may watch."""

from room_sync import room, select_room_widget

NEW = {"board": [""] * 9, "X": None, "O": None}
MARKS = {"X": ":red[**X**]", "O": ":blue[**O**]"}
LINES = ["012", "345", "678", "036", "147", "258", "048", "246"]


def is_won(board):
    lines = [{board[int(cell)] for cell in line} for line in LINES]
    return {"X"} in lines or {"O"} in lines


def turn(board):
    """Whose turn it is; nobody's when the game is over."""
    free = board.count("")
    return "" if is_won(board) or not free else "OX"[free % 2]


def sit(game, side, me, instead):
    is_free = game[side] == instead and me not in (game["X"], game["O"])
    return game | {side: me} if is_free else game


def stand_up(game, me):
    return game | {side: None for side in "XO" if game[side] == me}


def play(game, cell, me):
    board, side = list(game["board"]), turn(game["board"])
    if not side or game[side] != me or board[cell]:
        return game
    board[cell] = side
    return game | {"board": board}


def play_again(game, me):
    return game | {"board": NEW["board"]} if me in (game["X"], game["O"]) else game


@room(select_room_widget())
def table(st):
    def act(rule, *arguments):  # the rule decides when nobody else can act
        st.update("game", lambda game: rule(game or NEW, *arguments))

    game, me = st.session_state.get("game", NEW), st.session
    board, side = game["board"], turn(game["board"])
    if side:
        st.text(f"{side} to move")
    else:
        st.text(f"{'XO'[board.count('') % 2]} has won" if is_won(board) else "A draw")

    for row in range(3):
        for cell, column in enumerate(st.columns(3), 3 * row):
            column.button(
                MARKS.get(board[cell], str(cell + 1)),
                key=f"cell {cell + 1}",
                disabled=not side or game[side] != me or bool(board[cell]),
                on_click=act,
                args=[play, cell, me],
                width="stretch",
            )

    for name in "XO":
        if game[name] not in st.sessions:  # who has gone leaves a free place
            st.button(f"Play {name}", on_click=act, args=[sit, name, me, game[name]])
    if me in (game["X"], game["O"]):
        st.text(f"You play {'X' if game['X'] == me else 'O'}")
        st.button("New game", on_click=act, args=[play_again, me])
        st.button("Stand up", on_click=act, args=[stand_up, me])
    else:
        st.text("You watch")


table()
