"""A conversation that is typed and answered aloud; without sound it is answered in writing."""

import sys
import threading
import time
from collections.abc import Iterable

from clients.conversation import Conversation
from clients.events import Answered, Event, Trouble
from clients.pi.assistant import talk_options
from clients.pi.options import Options
from clients.pi.report import Report
from clients.pi.sound_choice import choose_device
from clients.play import SilentPlayer, Speaker
from clients.protocol import Server
from clients.sound_devices import absent, devices, opened, portaudio
from clients.troubles import ClientTrouble
from launch.words import words

TAIL_S = 0.3
"""What the device still holds when the last sample has been handed to it."""


def converse(options: Options, report: Report, lines: Iterable[str] | None = None) -> int:
    """Ask each line, one after the other; 0 when every one was answered. Raises Refusal."""
    player = _player(options, report)
    typist = Typist(report)
    server = Server(options.server, options.token)
    conversation = Conversation(server, player, typist.tell, talk_options(options, is_full_duplex=False))
    report.say(words("Type, and end with an empty line.", "请输入，空行结束。"))
    try:
        for line in lines or sys.stdin:
            if not line.strip():
                break
            typist.ask(conversation, line.strip())
        time.sleep(TAIL_S)
    finally:
        conversation.close()
        player.close()
        server.close()
    return 0 if typist.is_content else 1


class Typist:
    """Waits for each answer to end before the next line is read."""

    def __init__(self, report: Report):
        self.is_content = True
        """Nothing went wrong so far."""
        self._report = report
        self._answered = threading.Event()

    def ask(self, conversation: Conversation, text: str) -> None:
        self._answered.clear()
        self._report.asked(text)
        conversation.ask(text)
        self._answered.wait()

    def tell(self, event: Event) -> None:
        self._report.tell(event)
        if isinstance(event, Trouble):
            self.is_content = False
        if isinstance(event, Answered):
            self._answered.set()


def _player(options: Options, report: Report) -> Speaker | SilentPlayer:
    """A loudspeaker that takes sound, or none: a Speaker alone would wait for a device, and the answer with it."""
    try:
        there = devices()
        if not any(device.outputs for device in there):
            raise absent(is_input=False)
        output = choose_device(options.output, there, is_input=False)
        opened(portaudio().OutputStream, output, is_input=False).close()
        return Speaker(output, report.tell)
    except ClientTrouble as trouble:
        report.complain(trouble.english, trouble.chinese)
        return SilentPlayer()
