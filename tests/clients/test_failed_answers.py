"""What becomes of a question whose answer failed."""

from collections.abc import Iterator

import pytest

from clients.troubles import ServerTrouble
from tests.support.scene import Scene

BROKEN = ServerTrouble("It broke off.", "中断了。", "broken")


@pytest.fixture
def scene() -> Iterator[Scene]:
    scene = Scene()
    yield scene
    scene.close()


def fail(scene: Scene, how: str) -> None:
    if how == "error":
        scene.done("", error="The model is away.")
    else:
        scene.send(BROKEN)


def contents(scene: Scene) -> list[str]:
    return [message["content"] for message in scene.history.messages()]


@pytest.mark.parametrize("how", ["error", "broken off"])
def test_it_leaves_the_history_when_nothing_was_heard(scene: Scene, how: str):
    scene.ask("问题一")
    fail(scene, how)
    assert scene.state == "off"
    assert contents(scene) == []
    scene.ask("问题二")
    assert [message["content"] for message in scene.server.answers[-1].history[1:]] == ["问题二"]
    scene.done('"好。"')
    assert contents(scene) == ["问题二", '"好。"']


@pytest.mark.parametrize("how", ["error", "broken off"])
def test_what_was_heard_keeps_it(scene: Scene, how: str):
    scene.listen()
    scene.ask("问")
    scene.frame("第一段，", 0.5)
    fail(scene, how)
    scene.wait(1)
    assert contents(scene) == ["问", '"第一段，"']


def test_a_reply_that_came_with_the_error_is_kept(scene: Scene):
    scene.ask("问")
    scene.done('"只有文字。"', error="The voice failed.")
    assert contents(scene) == ["问", '"只有文字。"']


def test_an_interrupted_one_still_merges_and_a_failure_takes_only_its_own(scene: Scene):
    scene.ask("明天")
    scene.interrupt()
    scene.ask("会下雨吗")
    assert contents(scene) == ["明天\n会下雨吗"]
    scene.send(BROKEN)
    assert contents(scene) == ["明天"]
    scene.ask("后天呢")
    assert contents(scene) == ["明天\n后天呢"]


def test_one_that_is_dropped_before_its_broken_answer_was_heard_leaves_as_well(scene: Scene):
    scene.ask("问")
    scene.frame("第一段，", 1)
    scene.send(BROKEN)
    assert scene.state == "thinking"
    scene.ask("再问")
    assert contents(scene) == ["再问"]
