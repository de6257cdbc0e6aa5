"""What is remembered of a conversation."""

from hypothesis import given
from hypothesis import strategies as st

from clients.history import History, SpokenPiece, heard_text
from tests.support.client_cases import client_cases


def spoken(pieces) -> list[SpokenPiece]:
    return [SpokenPiece(text, sound_s) for text, sound_s in pieces]


@client_cases("history", **{"is": "heard_text"})
def test_what_was_heard(case):
    assert heard_text(spoken(case["pieces"]), case["played_s"]) == case["want"]


@client_cases("history", **{"is": "messages"})
def test_messages(case):
    history = History(case["keep_turns"])
    for step, *content in case["steps"]:
        if step == "user":
            history.add_user(content[0])
        elif step == "answer":
            history.add_answer(content[0])
        else:
            history.add_heard(spoken(content[0]), content[1])
    assert history.messages(case["system"]) == case["want"]


PIECES = st.lists(st.tuples(st.text(min_size=1, max_size=12), st.sampled_from([0, 0.5, 1.0, 2.0])), max_size=5)


@given(PIECES, st.floats(0, 12), st.floats(0, 12))
def test_whoever_listens_longer_hears_no_less(pieces, one_s: float, other_s: float):
    shorter, longer = sorted((one_s, other_s))
    assert len(heard_text(spoken(pieces), shorter)) <= len(heard_text(spoken(pieces), longer))


@given(
    st.lists(st.tuples(st.sampled_from(["user", "answer", "heard"]), st.text(max_size=5)), max_size=30),
    st.integers(1, 4),
)
def test_user_and_assistant_take_turns_and_old_ones_go(steps, keep: int):
    history = History(keep)
    for kind, text in steps:
        waits = bool(history.messages()) and history.messages()[-1]["role"] == "user"
        if kind == "user":
            history.add_user(text)
        elif not waits:
            continue
        elif kind == "answer":
            history.add_answer(text)
        else:
            history.add_heard([SpokenPiece(text, 1)], 1)
        roles = [message["role"] for message in history.messages()]
        assert roles == [("user", "assistant")[number % 2] for number in range(len(roles))]
        assert roles.count("user") <= keep


def test_messages_are_copies():
    history = History()
    history.add_user("a")
    history.messages()[0]["content"] = "b"
    assert history.messages() == [{"role": "user", "content": "a"}]
    history.clear()
    assert history.messages("p") == [{"role": "system", "content": "p"}]


def test_a_question_that_is_dropped_takes_only_itself_along():
    history = History()
    history.drop_question()
    assert history.messages() == []
    for text in ("a\nb", "c", "d"):
        history.add_user(text)
    history.drop_question()
    assert history.messages() == [{"role": "user", "content": "a\nb\nc"}]
    history.drop_question()
    history.drop_question()
    assert history.messages() == []
    history.add_user("e")
    history.add_answer("f")
    history.drop_question()
    assert [message["content"] for message in history.messages()] == ["e", "f"]
    history.add_user("g")
    history.drop_question()
    assert [message["content"] for message in history.messages()] == ["e", "f"]
    history.add_user("h")
    history.clear()
    history.add_user("i")
    assert history.messages() == [{"role": "user", "content": "i"}]


@given(st.lists(st.sampled_from(["user", "answer"]), max_size=12), st.text(max_size=5), st.integers(2, 4))
def test_dropping_undoes_asking(steps, text: str, keep: int):
    history, unbounded = History(keep), History()
    for number, kind in enumerate(steps):
        for one in (history, unbounded):
            one.add_user(str(number)) if kind == "user" else one.add_answer(str(number))
    before = unbounded.messages()
    for one in (history, unbounded):
        one.add_user(text)
        one.drop_question()
    assert unbounded.messages() == before
    assert history.messages() == before[len(before) - len(history.messages()) :]
