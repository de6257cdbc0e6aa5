"""In the settings: who answers, in which voice and language, how fast, and the system prompt."""

from collections.abc import Callable
from typing import Any

import flet as ft

from clients.gui.link import Choices
from clients.gui.settings import Settings
from clients.gui.view import look
from clients.gui.words import Words

LANGUAGE_NAMES = {"zh": "中文", "en": "English", "ja": "日本語", "ko": "한국어", "yue": "粤语"}
SPEEDS = (0.5, 2.0, 30)
"""Slowest, fastest, steps between them; the server takes more, which nobody understands."""
Change = Callable[..., None]


class VoiceSection(ft.Container):
    """Drop-downs for what the server lets choose; what it does not is not shown."""

    def __init__(self, words: Words, change: Change):
        self._words = words
        self._change = change
        self._column = ft.Column(spacing=12, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
        super().__init__(look.section(words("who"), [self._column]))

    def show(self, choices: Choices, settings: Settings) -> None:
        """Offer these."""
        words = self._words
        usual = [("", words("usual"))]
        characters = usual + [(name, _with_about(name, about)) for name, about in choices.characters.items()]
        voices = [("", words("own_voice") if settings.character else words("usual"))]
        voices += [(name, name) for name in choices.voices]
        languages = usual + [(code, LANGUAGE_NAMES.get(code, code)) for code in choices.languages]
        models = usual + [(name, name) for name in choices.models]
        self._column.controls = [
            self._choice("character", characters, settings.character),
            self._choice("voice", voices, settings.voice),
            self._choice("language", languages, settings.language, "spoken_language"),
            self._choice("model", models, settings.model),
            self._speed(settings.speed),
        ]

    def _choice(self, name: str, options: list[tuple[str, str]], value: str, label: str = "") -> ft.Control:
        async def choose(key: str) -> None:
            self._change(**{name: key})

        dropdown = look.choice(self._words(label or name), value, options, choose)
        dropdown.visible = len(options) > 1
        return dropdown

    def _speed(self, speed: float) -> ft.Control:
        slowest, fastest, steps = SPEEDS
        label = ft.Text(self._words("speed", speed=f"{speed:g}"), size=14)

        def moving(event: Any) -> None:
            label.value = self._words("speed", speed=f"{round(event.control.value, 2):g}")

        def moved(event: Any) -> None:
            self._change(speed=round(event.control.value, 2))

        slider = ft.Slider(
            value=min(max(speed, slowest), fastest),
            min=slowest,
            max=fastest,
            divisions=steps,
            on_change=moving,
            on_change_end=moved,
            padding=0,
        )
        return ft.Column([label, slider], spacing=0, tight=True)


def _with_about(name: str, about: str) -> str:
    return f"{name} · {about}" if about else name


class PromptSection(ft.Container):
    """The system prompt: the usual one unless the user writes another."""

    def __init__(self, words: Words, usual: str, settings: Settings, change: Change):
        self._words = words
        self._usual = usual
        self._change = change
        self._box = ft.TextField(
            label=words("prompt"),
            multiline=True,
            min_lines=3,
            max_lines=10,
            text_size=13,
            on_blur=self._left,
            on_change=self._typed,
        )
        self._hint = look.faint("")
        self._reset = ft.TextButton(words("prompt_usual"), icon=ft.Icons.RESTORE_ROUNDED, on_click=self._reset_it)
        super().__init__(look.section(words("persona"), [self._box, self._hint, ft.Row([self._reset])]))
        self.show(settings)

    def show(self, settings: Settings) -> None:
        """With a character chosen the box is empty, since the character brings its own."""
        has_character = bool(settings.character)
        self._box.value = settings.system or ("" if has_character else self._usual)
        self._hint.value = self._words("prompt_of_character" if has_character else "prompt_hint")
        self._reset.visible = bool(settings.system)

    def _typed(self) -> None:
        self._reset.visible = True

    def _left(self) -> None:
        text = (self._box.value or "").strip()
        self._change(system="" if text == self._usual.strip() else text)

    def _reset_it(self) -> None:
        self._change(system="")
