"""A button and its gate, on pins that are not there."""

import pytest

from clients.pi.gates import HeldGate
from clients.pi.pins import open_pin
from launch.words import Refusal
from tests.support.processes import wait_until

gpiozero = pytest.importorskip("gpiozero", reason="gpiozero is not installed (clients/pi/requirements-gpio.txt)")


class Talk:
    def __init__(self) -> None:
        self.calls: list[str] = []

    def hear(self, frame: object) -> None:
        self.calls.append("hear")

    def listen(self, on: bool) -> None:
        self.calls.append("listen" if on else "sleep")

    def interrupt(self) -> None:
        self.calls.append("interrupt")


@pytest.fixture
def factory(monkeypatch: pytest.MonkeyPatch):
    from gpiozero.pins.mock import MockFactory

    factory = MockFactory()
    monkeypatch.setattr(gpiozero.Device, "pin_factory", factory)
    yield factory
    factory.reset()


def test_a_push_interrupts_and_listens(factory):
    talk, button = Talk(), open_pin("Button", "17", bounce_time=0.001)
    gate = HeldGate(talk)
    button.when_pressed, button.when_released = gate.press, gate.release
    gate.hear("frame")  # type: ignore[arg-type]
    factory.pin(17).drive_low()
    assert wait_until(lambda: talk.calls == ["interrupt", "listen"])
    gate.hear("frame")  # type: ignore[arg-type]
    factory.pin(17).drive_high()
    for _ in range(20):
        gate.hear("frame")  # type: ignore[arg-type]
    assert talk.calls[:3] == ["interrupt", "listen", "hear"]
    assert talk.calls[-1] == "sleep"
    button.close()


def test_a_pin_in_use_is_refused_with_what_to_look_at(factory):
    first = open_pin("LED", "17")
    with pytest.raises(Refusal, match="another program"):
        open_pin("Button", "17")
    first.close()


def test_without_gpiozero_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(__import__("sys").modules, "gpiozero", None)
    with pytest.raises(Refusal, match=r"install\.sh again with --gpio"):
        open_pin("LED", "17")
