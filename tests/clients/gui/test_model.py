"""The window's state from events alone."""

from clients.events import (
    Answered,
    Event,
    Heard,
    Hint,
    Ignored,
    Level,
    Piece,
    PieceEnded,
    Playing,
    StateChanged,
    Trouble,
)
from clients.gui.model import KEPT_BUBBLES, Message, Talk


def after(*events: Event) -> Talk:
    talk = Talk()
    for event in events:
        talk.take(event)
    return talk


def test_what_was_heard_is_the_users_bubble_and_the_pieces_are_one_answer() -> None:
    talk = after(Heard("你好"), Piece(1, "你好呀，"), Piece(2, "请讲。"))
    assert [(bubble.by, bubble.is_open) for bubble in talk.bubbles] == [("user", False), ("assistant", True)]
    assert talk.bubbles[1].pieces == {1: "你好呀，", 2: "请讲。"}


def test_the_piece_that_sounds_is_marked_until_it_ends() -> None:
    talk = after(Piece(1, "one"), Piece(2, "two"), Playing(1))
    assert talk.bubbles[0].playing == 1
    talk.take(PieceEnded(1))
    assert (talk.bubbles[0].playing, talk.bubbles[0].ended) == (None, {1})
    talk.take(Playing(2))
    assert talk.bubbles[0].playing == 2


def test_a_piece_that_ends_after_the_next_began_leaves_the_next_marked() -> None:
    talk = after(Piece(1, "one"), Piece(2, "two"), Playing(1), Playing(2), PieceEnded(1))
    assert talk.bubbles[0].playing == 2


def test_a_whole_answer_closes_its_bubble() -> None:
    talk = after(Piece(1, "hello"), Playing(1), PieceEnded(1), Answered('"hello"', True, {"playing": 500.0}))
    bubble = talk.bubbles[0]
    assert (bubble.text, bubble.is_open, bubble.is_whole, bubble.playing) == ('"hello"', False, True, None)
    assert talk.stages_ms == {"playing": 500.0}


def test_an_answer_without_any_piece_still_shows() -> None:
    talk = after(Answered("(smiles)", True))
    assert [bubble.text for bubble in talk.bubbles] == ["(smiles)"]


def test_nothing_heard_of_nothing_makes_no_bubble() -> None:
    assert after(Answered("", False)).bubbles == []


def test_an_interrupted_answer_closes_although_the_next_question_is_already_there() -> None:
    talk = after(Piece(1, "one two three"), Playing(1))
    talk.asked("wait")
    talk.take(Answered("one two", False))
    talk.take(Piece(2, "yes?"))
    assert [(bubble.by, bubble.is_open, bubble.is_whole) for bubble in talk.bubbles] == [
        ("assistant", False, False),
        ("user", False, True),
        ("assistant", True, True),
    ]
    assert talk.bubbles[2].pieces == {2: "yes?"}


def test_sound_of_an_answer_that_nobody_knows_changes_nothing() -> None:
    talk = after(Piece(1, "one"))
    assert talk.take(Playing(7)) == set()
    assert talk.bubbles[0].playing is None


def test_what_was_not_asked_is_a_note_that_says_why() -> None:
    talk = after(Ignored("嗯嗯", "backchannel"), Ignored("", "nothing"))
    assert [(bubble.by, bubble.text, bubble.why) for bubble in talk.bubbles] == [
        ("note", "嗯嗯", "backchannel"),
        ("note", "", "nothing"),
    ]


def test_a_hint_does_not_cover_a_trouble_and_a_question_clears_the_strip() -> None:
    talk = after(Trouble("away", "不在"), Hint("speak in quotes"))
    assert talk.strip == Message("away", "不在", is_trouble=True)
    talk.asked("again")
    assert talk.strip is None
    talk.take(Hint("speak in quotes"))
    assert talk.strip == Message("speak in quotes", "speak in quotes", is_trouble=False)


def test_events_tell_what_to_paint() -> None:
    talk = Talk()
    assert talk.take(Level(0.5)) == {"level"}
    assert talk.take(StateChanged("hearing")) == {"state", "level"}
    assert talk.take(Heard("hi")) == {"bubbles", "strip"}
    assert talk.take(Trouble("a", "b")) == {"strip"}
    assert talk.take(Answered("hi", True, {"done": 1.0})) == {"bubbles", "latency"}


def test_the_meter_falls_when_listening_ends() -> None:
    assert after(StateChanged("listening"), Level(0.5), StateChanged("off")).level == 0


def test_forgetting_empties_the_window() -> None:
    talk = after(Heard("hi"), Piece(1, "yes"), Answered("yes", True, {"done": 1.0}), Trouble("a", "b"))
    talk.forget()
    assert (talk.bubbles, talk.strip, talk.stages_ms) == ([], None, {})


def test_a_day_of_talking_does_not_fill_the_window() -> None:
    talk = Talk()
    for number in range(KEPT_BUBBLES + 50):
        talk.take(Heard(str(number)))
    assert len(talk.bubbles) == KEPT_BUBBLES
    assert talk.bubbles[-1].text == str(KEPT_BUBBLES + 49)
    assert len({bubble.number for bubble in talk.bubbles}) == KEPT_BUBBLES
