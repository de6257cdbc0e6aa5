"""The client at work: its parts put together, until somebody ends it."""

import contextlib
import os
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from clients.conversation import Conversation, TalkOptions
from clients.events import Event, StateChanged
from clients.listen import Microphone
from clients.pi.gates import HELD_SILENCE_MS, Gate, HeldGate, OpenGate, WakeGate
from clients.pi.light import choose_light
from clients.pi.options import Options
from clients.pi.pins import open_pin
from clients.pi.report import Report
from clients.pi.sound_choice import choose_device, is_echo_cancelled
from clients.pi.wake import WakeWord, find_model, usual_models
from clients.play import Speaker
from clients.protocol import Server
from clients.sound_devices import devices, look_again
from launch.words import Refusal, words

END_LIMIT_S = 1.5
"""A sound device that hangs must not keep the program from ending when it is told to."""
BOUNCE_S = 0.02
OPEN_LIMIT_S = 2.0
"""A microphone that takes longer does not open."""
LOOK_S = 2.0
"""Between two looks for a device that is not there."""


@dataclass(frozen=True)
class Sound:
    """What was chosen of this machine's devices."""

    input: int | str | None
    output: int | str | None
    is_full_duplex: bool


def talk(options: Options, report: Report) -> int:
    """Listen and answer until the process is told to end. Raises Refusal, ClientTrouble."""
    ended = end_on_signals()
    sound = choose_sound(options, report, ended)
    with contextlib.ExitStack() as parts:
        light = choose_light(options.led, report.complain)
        parts.callback(light.close)
        followers: list[Callable[[Event], None]] = [report.tell, _on_state(light.show)]
        server = Server(options.server, options.token)
        parts.callback(server.close)
        speaker = Speaker(sound.output, report.tell)
        parts.callback(speaker.close)
        conversation = Conversation(server, speaker, _tell_all(followers), talk_options(options, sound.is_full_duplex))
        parts.callback(conversation.close)
        gate = _gate(options, conversation, parts)
        followers.append(_on_state(gate.follow))
        microphone = parts.enter_context(Microphone(sound.input, gate.hear, report.tell))
        report.say(_greeting(options, sound, _opens(microphone, ended)))
        ended.wait()
        light.show("off")  # first of all: the rest may hang
    return 0


def choose_sound(options: Options, report: Report, ended: threading.Event) -> Sound:
    """Waits for a device that is not there yet. Raises Refusal for a number without one, ClientTrouble."""
    source = _device(options.input, True, report, ended)
    is_full = options.duplex == "full" or (options.duplex == "auto" and is_echo_cancelled(source, devices()))
    return Sound(source, _device(options.output, False, report, ended), is_full)


def _device(wanted: str, is_input: bool, report: Report, ended: threading.Event) -> int | str | None:
    """A name may belong to something that is plugged in later, or to a sound server that starts after this program."""
    is_told = False
    while not ended.is_set():
        try:
            return choose_device(wanted, devices(), is_input)
        except Refusal as refusal:
            if wanted.isdecimal():
                raise
            if not is_told:
                report.say(f"{refusal} {words('Waiting for it.', '等待其接入。')}")
            is_told = True
        ended.wait(LOOK_S)
        look_again()
    return None


def talk_options(options: Options, is_full_duplex: bool) -> TalkOptions:
    is_held = bool(options.button) and not _has_wake_word(options)
    return TalkOptions(
        system=options.system,
        character=options.character or None,
        voice=options.voice or None,
        duplex="full" if is_full_duplex else "half",
        silence_ms=max(options.silence_ms, HELD_SILENCE_MS) if is_held else options.silence_ms,
        keep_turns=options.turns,
    )


def end_on_signals() -> threading.Event:
    """Set once the process is told to end; what is still open shortly after that is left to the system."""
    ended = threading.Event()

    def end(*_: object) -> None:
        last = threading.Timer(END_LIMIT_S, os._exit, [0])
        last.daemon = True
        last.start()
        ended.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    return ended


def _tell_all(followers: list[Callable[[Event], None]]) -> Callable[[Event], None]:
    def tell(event: Event) -> None:
        for follow in followers:
            follow(event)

    return tell


def _on_state(follow: Callable[..., None]) -> Callable[[Event], None]:
    def tell(event: Event) -> None:
        if isinstance(event, StateChanged):
            follow(event.state)

    return tell


def _has_wake_word(options: Options) -> bool:
    return options.wake or bool(options.wake_model)


def _gate(options: Options, conversation: Conversation, parts: contextlib.ExitStack) -> Gate:
    button = open_pin("Button", options.button, bounce_time=BOUNCE_S) if options.button else None
    if button:
        parts.callback(button.close)
    if _has_wake_word(options):
        model = Path(options.wake_model) if options.wake_model else find_model(usual_models())
        woken = WakeGate(conversation, WakeWord(model))
        if button:
            button.when_pressed = woken.wake
        return woken
    if not button:
        return OpenGate(conversation)
    held = HeldGate(conversation)
    button.when_pressed, button.when_released = held.press, held.release
    return held


def _opens(microphone: Microphone, ended: threading.Event) -> bool:
    """Whether it can be spoken into; one that is not there yet is not waited for."""
    if not any(device.inputs for device in devices()):
        return False
    deadline_s = time.monotonic() + OPEN_LIMIT_S
    while not microphone.is_open and time.monotonic() < deadline_s and not ended.is_set():
        ended.wait(BOUNCE_S)
    return microphone.is_open


def _greeting(options: Options, sound: Sound, is_heard: bool) -> str:
    duplex = words("full duplex", "全双工") if sound.is_full_duplex else words("half duplex", "半双工")
    if not is_heard:
        return words(f"{options.server}, {duplex}; no microphone yet.", f"{options.server}，{duplex}；还没有麦克风。")
    if _has_wake_word(options):
        how = words("say the wake word", "请说唤醒词")
    elif options.button:
        how = words("hold the button and speak", "按住按钮说话")
    else:
        how = words("speak", "请说话")
    return f"{options.server}, {duplex}: {how}."
