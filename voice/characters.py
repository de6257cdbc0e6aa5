"""Whom one can talk to: the server's usual manner, and the characters beside it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from llm.replier import Message
from tts.synthesizer import Reference, Voice
from voice.engine_settings import CharacterSettings
from voice.settings import Settings
from voice.voices import Voices, configured_voices, with_reference


class UnknownName(Exception):
    """There is no such character or voice; the message lists those that exist."""


@dataclass(frozen=True)
class Character:
    """A persona and its voices. system: for histories without a system message. options: fields of its requests."""

    voices: Voices
    about: str = ""
    system: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Wishes:
    """What one listener wants otherwise, for one turn; empty and None: as the character is."""

    character: str = ""
    voice: str = ""
    """The name of an emotion tag or of a character, whose voice then speaks."""
    language: str = ""
    speed: float | None = None
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Cast:
    """The usual character and the others, by name."""

    usual: Character
    others: Mapping[str, Character] = field(default_factory=dict)

    def voice_names(self) -> list[str]:
        """Emotion tags, then the characters that sound unlike the usual one."""
        different = (name for name, other in self.others.items() if other.voices.main != self.usual.voices.main)
        return list(dict.fromkeys([*self.usual.voices.by_tag, *different]))

    def all_voices(self) -> list[Voice]:
        """Every voice once, the usual one first."""
        voices = self.usual.voices.all()
        for character in self.others.values():
            voices += character.voices.all()
        return list(dict.fromkeys(voices))

    def choose(self, wishes: Wishes) -> Character:
        """The character as this listener wants it. Raises UnknownName."""
        character = self._named(wishes.character) if wishes.character else self.usual
        voices = self._voices(wishes.voice, character) if wishes.voice else character.voices
        if wishes.language or wishes.speed:
            voices = voices.each(lambda voice: _changed(voice, wishes))
        return replace(character, voices=voices, options={**character.options, **wishes.options})

    def _named(self, name: str) -> Character:
        if name not in self.others:
            raise UnknownName(f"There is no character {name!r:.60}; {_listed(self.others)}.")
        return self.others[name]

    def _voices(self, name: str, character: Character) -> Voices:
        """A tag chosen outright is the main voice, and the reply may still change it."""
        for voices in (character.voices, self.usual.voices):
            if name in voices.by_tag:
                return replace(voices, main=voices.by_tag[name])
        if name in self.others:
            return self.others[name].voices
        raise UnknownName(f"There is no voice {name!r:.60}; {_listed(self.voice_names())}.")


def configured_cast(settings: Settings) -> tuple[Cast, list[str]]:
    """The characters of the settings, and a sentence for each reference that cannot be used."""
    voices, problems = configured_voices(settings)
    usual = Character(voices, system=settings.LLM.system)
    others = {name: _character(name, about, usual, settings, problems) for name, about in settings.characters.items()}
    return Cast(usual, others), problems


def _character(
    name: str, about: CharacterSettings, usual: Character, settings: Settings, problems: list[str]
) -> Character:
    voices = usual.voices
    if about.ref_audio_path:
        language = about.prompt_lang or settings.GSV.prompt_lang
        clip = Reference(Path(about.ref_audio_path), about.prompt_text, language)
        main = with_reference(voices.main, f"characters.{name}.ref_audio_path", clip, problems)
        if main != voices.main:
            voices = Voices(replace(main, extra_references=()))
    if about.text_lang:
        voices = voices.each(lambda voice: replace(voice, language=about.text_lang))
    return Character(voices, about.about, about.system or usual.system, about.extra_config)


def _changed(voice: Voice, wishes: Wishes) -> Voice:
    return replace(voice, language=wishes.language or voice.language, speed=wishes.speed or voice.speed)


def with_system(messages: list[Message], system: str) -> list[Message]:
    """The history, unchanged where it has a system message or there is none to add."""
    if not system or any(message.get("role") == "system" for message in messages):
        return messages
    return [{"role": "system", "content": system}, *messages]


def _listed(names: Mapping[str, Any] | list[str]) -> str:
    return f"those here are {', '.join(names)}" if names else "none is configured here"
