"""The conversation together with its settings, server and sound, as the window works with them. Knows no window.

Everything here runs on the event loop of the window; what takes a while is handed to a thread and awaited.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from clients.conversation import Conversation
from clients.events import Event, Heard, Level, ServerState
from clients.gui.line import Line
from clients.gui.link import full_address
from clients.gui.model import Message, Part, Talk
from clients.gui.settings import Settings, options_of, save
from clients.gui.sound import Ears, Silence, Sound
from clients.gui.tape import Tape
from clients.gui.taped import TapedPlayer, TapedServer, close_player
from clients.gui.words import TEXTS
from clients.play import SilentPlayer
from clients.sound_devices import Device
from clients.troubles import ClientTrouble

LEVEL_EVERY_S = 0.05
Watcher = Callable[[set[Part]], None]


class Desk:
    """One conversation, whichever windows show it."""

    def __init__(self, settings: Settings, settings_path: Path, sound: Sound):
        self.talk = Talk()
        self.tape = Tape()
        self.line = Line(self._line_changed)
        self.settings = settings
        self.devices: list[Device] = []
        self.silence: Silence | None = None
        self.is_listening = False
        self._path = settings_path
        self._sound = sound
        self._ears = Ears(sound, self._frame, self._told)
        self._watchers: list[Watcher] = []
        self._level_told_s = 0.0
        self._player = TapedPlayer(SilentPlayer(), self.tape)
        self._server: TapedServer | None = None
        self._conversation: Conversation | None = None
        self._changing = asyncio.Lock()
        self._loop = asyncio.get_running_loop()

    async def open(self) -> None:
        """Take up the sound and the server of the settings."""
        await self.use_speaker(self.settings.speaker)
        await self.look_for_devices()
        await self.connect(self.settings.server, self.settings.token)

    def close(self) -> None:
        """Fall silent and end every thread; for when the loop has ended."""
        self._ears.close()
        if self._conversation:
            self._conversation.close()
        self._player.close()

    def watch(self, watcher: Watcher) -> Callable[[], None]:
        """Have a window told what changed; the answer ends that."""
        self._watchers.append(watcher)
        return lambda: self._watchers.remove(watcher) if watcher in self._watchers else None

    @property
    def is_watched(self) -> bool:
        return bool(self._watchers)

    # What the user does

    def ask(self, text: str) -> None:
        if text.strip() and self._conversation:
            self._changed(self.talk.asked(text.strip()))
            self.tape.add_pause()
            self._conversation.ask(text.strip())

    def stop(self) -> None:
        if self._conversation:
            self._conversation.interrupt()

    def forget(self) -> None:
        if self._conversation:
            self._conversation.forget()
        self.tape.clear()
        self._changed(self.talk.forget())

    async def listen(self, on: bool) -> None:
        """Follow the microphone or not; with push-to-talk it stays open, since opening it costs the first syllable."""
        self.is_listening = on
        self._changed({"state"})
        async with self._changing:
            if self.is_listening:
                await self._open_ears()
            elif not self.settings.is_push_to_talk:
                await asyncio.to_thread(self._ears.close)
            if self._conversation:
                self._conversation.listen(self.is_listening)
        self._changed({"state"})

    def change(self, **changes: Any) -> None:
        """Take over settings, keep them, and use them from the next turn on."""
        self.settings = replace(self.settings, **changes)
        try:
            save(self.settings, self._path)
        except OSError as error:
            self.say("not_kept", reason=error)
        if self._conversation:
            self._conversation.options = options_of(self.settings)
        self._changed({"settings"})

    def say(self, key: str, is_trouble: bool = True, **values: object) -> None:
        """Put one of the window's sentences on the strip."""
        english, chinese = (text.format(**values) for text in TEXTS[key])
        self._changed(self.talk.show(Message(english, chinese, is_trouble)))

    def clear_strip(self) -> None:
        self._changed(self.talk.show(None))

    # Server

    async def connect(self, url: str, token: str) -> None:
        """Use a server, and look at it. The conversation goes on with it."""
        address = full_address(url)
        if not address:
            self.line.refuse()
            return
        self.line.begin()
        async with self._changing:
            self.change(server=address, token=token.strip())
            server = await self._join()
        await self.line.look(server)
        if self.line.link.state == "bad":
            self._changed(self.talk.show(Message(self.line.link.english, self.line.link.chinese)))
        elif self.talk.strip and self.talk.strip.is_trouble:
            self.clear_strip()

    async def _join(self) -> TapedServer:
        """A conversation is with one server; a new one takes over what was said."""
        former, former_server = self._conversation, self._server
        server = self._server = TapedServer(self.settings.server, self.settings.token)
        joined = Conversation(server, self._player, self._told, options_of(self.settings))
        if former:
            for message in former.history.messages():
                is_answer = message["role"] == "assistant"
                (joined.history.add_answer if is_answer else joined.history.add_user)(message["content"])
            await asyncio.to_thread(former.close)
        if former_server:
            await asyncio.to_thread(former_server.close)
        self._conversation = joined
        joined.listen(self.is_listening)
        return server

    def _line_changed(self, parts: set[Part]) -> None:
        """What the server no longer offers cannot stay chosen."""
        if "choices" in parts and self.line.link.state == "good":
            offered = self.line.choices.offered()
            gone = {name: "" for name, names in offered.items() if getattr(self.settings, name) not in ("", *names)}
            if gone:
                self.change(**gone)
        self._changed(parts)

    def _tell_back(self) -> None:
        self.clear_strip()
        self.say("back", is_trouble=False)

    # Sound

    async def use_speaker(self, name: str) -> None:
        self.stop()  # pieces that the former player leaves unplayed never end
        player, self.silence = await asyncio.to_thread(self._sound.player, name, self._told)
        former = self._player.exchange(player)
        await asyncio.to_thread(close_player, former)
        if name != self.settings.speaker:
            self.change(speaker=name)
        self._changed({"devices"})

    async def use_microphone(self, name: str) -> None:
        self.change(microphone=name)
        async with self._changing:
            if self._ears.is_open:
                await asyncio.to_thread(self._ears.close)
                await self._open_ears()

    async def look_for_devices(self) -> None:
        self.devices = await asyncio.to_thread(self._sound.devices)
        self._changed({"devices"})

    async def _open_ears(self) -> None:
        try:
            await asyncio.to_thread(self._ears.open, self.settings.microphone)
        except ClientTrouble as trouble:
            self.is_listening = False
            self._changed(self.talk.show(Message(trouble.english, trouble.chinese)))

    def _frame(self, frame: np.ndarray) -> None:
        """From the microphone's thread."""
        if self._conversation:
            self._conversation.hear(frame)

    # Events

    def _told(self, event: Event) -> None:
        """From any thread. Twenty levels a second are enough for a meter, and each costs a message to the window."""
        if isinstance(event, Level):
            now_s = time.monotonic()
            if now_s - self._level_told_s < LEVEL_EVERY_S:
                return
            self._level_told_s = now_s
        try:
            self._loop.call_soon_threadsafe(self._take, event)
        except RuntimeError:  # the window has closed
            pass

    def _take(self, event: Event) -> None:
        if isinstance(event, Heard) and self._server and self._server.last_recording:
            self.tape.add_pause()
            self.tape.add_wav(self._server.last_recording)
            self.tape.add_pause()
        if isinstance(event, ServerState):
            if event.health is None:
                self.line.lost()
            else:
                self.line.returned(self._tell_back)
        self._changed(self.talk.take(event))

    def _changed(self, parts: set[Part]) -> None:
        for watcher in list(self._watchers):
            watcher(parts)
