"""Whatever users, recogniser, model and network do, and in whatever order: the conversation stays sane."""

import itertools
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from clients.events import Answered, PieceEnded, Playing, StateChanged
from clients.troubles import ServerTrouble
from tests.support.scene import Scene

TEXTS = st.sampled_from(["", "嗯", "停", "等一下", "明天会下雨吗", "第一段", "what about tomorrow"])
TROUBLE = st.sampled_from(["away", "busy", "token", "no_recogniser", "broken", "refused"])
STEPS = st.one_of(
    st.tuples(st.just("speak"), st.floats(0.05, 2)),
    st.tuples(st.just("wait"), st.floats(0.05, 2)),
    st.tuples(st.just("recognise"), TEXTS),
    st.tuples(st.just("reject"), st.none()),
    st.tuples(st.just("fail to recognise"), TROUBLE),
    st.tuples(st.just("piece"), st.floats(0, 2)),
    st.tuples(st.just("chunk"), st.floats(0.1, 2)),
    st.tuples(st.just("done"), st.sampled_from(["", '"第一段。"'])),
    st.tuples(st.just("break"), TROUBLE),
    st.tuples(st.just("ask"), TEXTS),
    st.tuples(st.just("interrupt"), st.none()),
    st.tuples(st.just("listen"), st.booleans()),
    # What mostly happens, so that the rest happens in the midst of it.
    st.tuples(st.just("say"), TEXTS),
    st.tuples(st.just("answer"), st.floats(0.5, 2)),
)


def failure(kind: Any) -> ServerTrouble:
    return ServerTrouble("It failed.", "失败了。", kind)


def take(scene: Scene, kind: str, value: Any) -> None:
    if kind in ("speak", "wait", "ask", "listen", "say"):
        getattr(scene, kind)(value)
    elif kind == "interrupt":
        scene.interrupt()
    elif kind in ("recognise", "reject", "fail to recognise"):
        if scene.server.readings:
            scene.recognise(failure(value) if kind.startswith("fail") else value)
    elif scene.server.answers:
        if kind == "break":
            scene.send(failure(value))
        elif kind == "done":
            scene.done(value)
        elif kind == "answer":
            scene.frame("第一段，", value)
            scene.frame("第二段。", value)
            scene.done('"第一段，第二段。"')
            scene.wait(0.1)
        else:
            scene.frame("第一段。" if kind == "piece" else "", value)


def drain(scene: Scene) -> None:
    """Let everything come to its end."""
    for _ in range(200):
        while scene.server.readings:
            scene.recognise("")
        if scene.state in ("listening", "off"):
            return
        if scene.state == "thinking" or (scene.player.is_waiting and scene.state == "speaking"):
            scene.done("")
        scene.wait(0.3)
        if scene.state == "off":
            return
    raise AssertionError(f"still {scene.state}: {scene.story}")


@settings(deadline=None, max_examples=150)
@given(st.lists(STEPS, max_size=25), st.sampled_from(["full", "half"]))
def test_invariants(steps: list[tuple[str, Any]], duplex: str):
    scene = Scene(duplex=duplex)
    scene.listen()
    for kind, value in steps:
        take(scene, kind, value)
        roles = [message["role"] for message in scene.history.messages()]
        assert roles == ["user", "assistant"] * (len(roles) // 2) + ["user"] * (len(roles) % 2)
    drain(scene)
    playing = [event.number for event in scene.of(Playing)]
    assert playing == sorted(set(playing)), "each piece once, in order, and none of an older turn"
    assert {event.number for event in scene.of(PieceEnded)} <= set(playing)
    assert len(scene.of(Answered)) == len(scene.server.answers), "each question has one end"
    states = [event.state for event in scene.of(StateChanged)]
    assert all(one != other for one, other in itertools.pairwise(states))
    assert not scene.player._is_paused
    scene.ask("还在吗")
    scene.frame("在。", 0.2)
    scene.done('"在。"')
    for _ in range(20):
        scene.wait(0.1)
    assert scene.of(Answered)[-1].text == '"在。"', "and it goes on"
    assert scene.sound[-1] == 0
    scene.close()
