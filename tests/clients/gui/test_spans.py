"""Which part of a bubble looks how."""

import pytest

from clients.events import Answered, Event, Piece, PieceEnded, Playing
from clients.gui.model import Bubble, Talk
from clients.gui.spans import Look, copied, spans_of


def looks(bubble: Bubble) -> list[tuple[str, Look]]:
    return [(span.text, span.look) for span in spans_of(bubble)]


def answer(*events: Event) -> Bubble:
    talk = Talk()
    for event in events:
        talk.take(event)
    return talk.bubbles[0]


def test_the_users_words_are_plain() -> None:
    assert looks(Bubble(0, "user", 'say "hi"')) == [('say "hi"', "plain")]


def test_an_answer_under_way_shows_what_was_heard_what_sounds_and_what_waits() -> None:
    bubble = answer(Piece(1, "一，"), Piece(2, "二。"), Piece(3, "三。"), Playing(1), PieceEnded(1), Playing(2))
    assert looks(bubble) == [("一，", "plain"), ("二。", "playing"), ("三。", "waiting")]


def test_pieces_of_english_are_set_apart_and_hanzi_are_not() -> None:
    assert copied(answer(Piece(1, "Well,"), Piece(2, "yes."))) == "Well, yes."
    assert copied(answer(Piece(1, "好，"), Piece(2, "走吧。"))) == "好，走吧。"


def test_what_is_not_spoken_is_an_aside_and_quotes_vanish() -> None:
    bubble = answer(
        Piece(1, "你好呀，"),
        Piece(2, "真不错！"),
        Piece(3, "走吧。"),
        Answered('[开心]"你好呀，真不错！"（笑）"走吧。"', True),
    )
    assert [span for span in looks(bubble) if span[0].strip()] == [
        ("[开心] ", "aside"),
        ("你好呀，", "plain"),
        ("真不错！", "plain"),
        (" （笑） ", "aside"),
        ("走吧。", "plain"),
    ]
    assert copied(bubble) == "[开心] 你好呀，真不错！ （笑） 走吧。"


def test_a_reply_of_which_nothing_was_spoken_is_not_greyed() -> None:
    assert looks(answer(Answered("no quotes here", True))) == [("no quotes here", "plain")]


def test_pieces_that_the_reply_does_not_contain_are_shown_as_they_came() -> None:
    bubble = answer(Piece(1, "wait,"), Piece(2, "yes."), Answered('"something else"', True))
    assert copied(bubble) == "wait, yes."


@pytest.mark.parametrize(
    ("pieces", "heard", "want"),
    [
        (["你好呀，", "今天天气真不错！"], "你好呀，今天", [("你好呀，今天", "plain"), ("天气真不错！", "unheard")]),
        (["Hello there, ", "friend."], '"Hello there,"', [("Hello there,", "plain"), (" friend.", "unheard")]),
        (["Well,", "yes, of course."], "Well, yes,", [("Well, yes,", "plain"), (" of course.", "unheard")]),
        (["今天，", "好。"], "今天，好。", [("今天，好。", "plain")]),
        (["今天，", "好。"], "", [("今天，好。", "unheard")]),
    ],
)
def test_an_interrupted_answer_is_grey_from_where_it_was_cut(
    pieces: list[str], heard: str, want: list[tuple[str, Look]]
) -> None:
    arrived = [Piece(number, text) for number, text in enumerate(pieces, 1)]
    assert looks(answer(*arrived, Answered(heard, False))) == want
