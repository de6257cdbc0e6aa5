"""Lights never keep a conversation waiting, whatever the command behind them does."""

import time
from pathlib import Path

import pytest

from clients.pi.light import CommandLight, NoLight, PinLight, choose_light
from launch.words import Refusal
from tests.support.processes import is_running, wait_until


class Complaints(list):
    def __call__(self, english: str, chinese: str) -> None:
        self.append(english)


def script(tmp_path: Path, text: str) -> str:
    file = tmp_path / "led.sh"
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(0o755)
    return str(file)


def lines(file: Path) -> list[str]:
    return file.read_text().split() if file.exists() else []


def test_the_command_gets_each_state_behind_its_own_arguments(tmp_path: Path):
    log = tmp_path / "log"
    light = choose_light(f"{script(tmp_path, f'echo $1-$2 >> {log}')} strip", Complaints())
    for state in ("listening", "hearing", "hearing", "speaking"):
        light.show(state)
        assert wait_until(lambda state=state: lines(log)[-1:] == [f"strip-{state}"])
    light.close()
    assert lines(log) == ["strip-listening", "strip-hearing", "strip-speaking", "strip-off"]


def test_states_that_passed_while_a_command_ran_are_left_out(tmp_path: Path):
    log = tmp_path / "log"
    light = CommandLight(script(tmp_path, f"echo $1 >> {log}; sleep 0.4"), Complaints())
    light.show("listening")
    assert wait_until(lambda: lines(log) == ["listening"])
    for state in ("hearing", "recognising", "thinking"):
        light.show(state)
    assert wait_until(lambda: len(lines(log)) == 2)
    light.close()
    assert lines(log) == ["listening", "thinking", "off"]


def test_a_command_that_hangs_is_ended_with_its_children_and_told_once(tmp_path: Path):
    complaints, log = Complaints(), tmp_path / "log"
    light = CommandLight(script(tmp_path, f"sleep 60 & echo $! >> {log}; wait"), complaints, limit_s=0.3)
    began_s = time.monotonic()
    for state in ("listening", "hearing"):
        light.show(state)
        assert time.monotonic() - began_s < 5
        assert wait_until(lambda state=state: len(lines(log)) == 1 + (state == "hearing"))
    light.close()
    assert wait_until(lambda: not any(is_running(int(pid)) for pid in lines(log)))
    assert len(complaints) == 1
    assert "longer than 0.3 s" in complaints[0]


@pytest.mark.parametrize(("command", "why"), [("/no/such/command", "No such file"), ("false", "status 1")])
def test_a_command_that_fails_is_told_once(command: str, why: str):
    complaints = Complaints()
    light = CommandLight(command, complaints)
    for state in ("listening", "hearing", "speaking"):
        light.show(state)
        time.sleep(0.05)
    assert wait_until(lambda: bool(complaints))
    light.close()
    assert len(complaints) == 1
    assert why in complaints[0]


def test_no_light_is_a_light_too():
    light = choose_light("  ", Complaints())
    assert isinstance(light, NoLight)
    light.show("hearing")
    light.close()


def test_quotes_that_do_not_close_are_refused():
    with pytest.raises(Refusal, match="quotation"):
        choose_light("sh -c 'oops", Complaints())


def test_an_led_blinks_its_state(monkeypatch: pytest.MonkeyPatch):
    gpiozero = pytest.importorskip("gpiozero", reason="gpiozero is not installed (clients/pi/requirements-gpio.txt)")
    factory = pytest.importorskip("gpiozero.pins.mock").MockFactory()
    monkeypatch.setattr(gpiozero.Device, "pin_factory", factory)
    light, pin = choose_light("gpio:17", Complaints()), factory.pin(17)
    assert isinstance(light, PinLight)
    light.show("hearing")
    assert pin.state
    light.show("thinking")
    pin.clear_states()
    assert wait_until(lambda: len(pin.states) > 3)
    light.show("off")
    assert not pin.state
    light.close()


@pytest.mark.parametrize("led", ["gpio:", "gpio:seventeen"])
def test_a_pin_is_a_number(led: str, monkeypatch: pytest.MonkeyPatch):
    pytest.importorskip("gpiozero", reason="gpiozero is not installed (clients/pi/requirements-gpio.txt)")
    with pytest.raises(Refusal, match="no GPIO number"):
        choose_light(led, Complaints())
