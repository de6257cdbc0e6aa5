"""In the settings: which microphone and loudspeaker, and whether speaking interrupts."""

from collections.abc import Awaitable, Callable

import flet as ft

from clients.gui.settings import Settings
from clients.gui.sound import Silence
from clients.gui.view import look
from clients.gui.words import Words
from clients.sound_devices import Device

UseDevice = Callable[[str], Awaitable[None]]


class SoundSection(ft.Container):
    """Devices by name, since their numbers change when one is plugged in."""

    def __init__(
        self,
        words: Words,
        use_microphone: UseDevice,
        use_speaker: UseDevice,
        look_again: Callable[[], Awaitable[None]],
        change: Callable[..., None],
        is_page: bool,
    ):
        self._words = words
        self._use = {"microphone": use_microphone, "speaker": use_speaker}
        self._look_again = look_again
        self._change = change
        self._is_page = is_page
        self._column = ft.Column(spacing=12, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
        super().__init__(look.section(words("sound"), [self._column]))

    def show(self, devices: list[Device], settings: Settings, silence: Silence | None) -> None:
        """Offer these devices; the chosen one stays on the list while it is unplugged."""
        words = self._words
        inputs = [device.name for device in devices if device.inputs]
        outputs = [device.name for device in devices if device.outputs]
        controls = [
            self._devices("microphone", inputs, settings.microphone),
            self._devices("speaker", outputs, settings.speaker),
            ft.Row([ft.TextButton(words("look_again"), icon=ft.Icons.REFRESH_ROUNDED, on_click=self._look_again)]),
            self._switch("push_to_talk", settings.is_push_to_talk, self._hold),
            self._switch("barge_in", settings.duplex == "full", self._barge_in),
            look.faint(words("barge_in_hint")),
        ]
        if silence:
            reason = words.pick(silence.english, silence.chinese)
            controls.append(ft.Text(words("silent", reason=reason), size=look.SMALL, color=look.BAD))
        if self._is_page:
            controls.append(look.faint(words("sound_is_here")))
        self._column.controls = controls

    def _devices(self, kind: str, names: list[str], chosen: str) -> ft.Control:
        async def use(name: str) -> None:
            await self._use[kind](name)

        there = list(dict.fromkeys([*names, *filter(None, [chosen])]))
        options = [("", self._words("usual_device")), *((name, name) for name in there)]
        return look.choice(self._words(kind), chosen, options, use)

    def _switch(self, label: str, value: bool, turn: Callable[[bool], None]) -> ft.Control:
        return ft.Switch(
            label=self._words(label),
            value=value,
            on_change=lambda event: turn(bool(event.control.value)),
            label_text_style=ft.TextStyle(size=14),
        )

    def _hold(self, is_held: bool) -> None:
        self._change(is_push_to_talk=is_held)

    def _barge_in(self, is_allowed: bool) -> None:
        self._change(duplex="full" if is_allowed else "half")
