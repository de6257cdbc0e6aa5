"""The studio's characters as one talks to them: files are the truth, read again whenever they have changed."""

import asyncio
import logging
import time
from dataclasses import dataclass, replace
from pathlib import Path

from tts.synthesizer import Reference, Voice, VoiceWeights
from voice.characters import Character
from voice.studio.characters import Characters, NoSuchCharacter
from voice.studio.clips import FILE as CLIPS
from voice.studio.folders import CharacterFolder
from voice.studio.persona import FILE as PERSONA
from voice.studio.persona import Persona, read_persona
from voice.studio.reference_clips import SpokenClip
from voice.studio.refused import Refused
from voice.studio.spoken_with import SpokenWith, spoken_with
from voice.voices import Voices

log = logging.getLogger("yinliu.turn")

Stamp = tuple[tuple[str, int, int, int], ...]
SETTLED_S = 2.0
"""Times of change are coarse: what was changed a moment ago may change again without showing."""


@dataclass(frozen=True)
class _Known:
    """A character as it was when its files were so."""

    stamp: Stamp
    character: Character


class MadeCharacters:
    """Looks at the disk on threads of their own, since it may be slow and others are speaking meanwhile.

    usual: whose voice and persona a character has as long as it has none of its own.
    """

    def __init__(self, characters: Characters, usual: Character):
        self._characters = characters
        self._usual = usual
        self._known: dict[str, _Known] = {}

    async def named(self, names: set[str]) -> dict[str, Character]:
        """Those of these names that exist."""
        return await asyncio.to_thread(lambda: self._read(sorted(names)))

    async def all(self) -> dict[str, Character]:
        """Every one, in the order of their making."""
        return await asyncio.to_thread(lambda: self._read([made.name for made in self._characters.all()]))

    def _read(self, names: list[str]) -> dict[str, Character]:
        found = {}
        for name in names:
            try:
                found[name] = self._character(self._characters.folder(name))
            except NoSuchCharacter:
                self._known.pop(name, None)
            except OSError as error:
                log.warning("the character %s cannot be read: %s", name, error)
        return found

    def _character(self, folder: CharacterFolder) -> Character:
        stamp = _stamp(folder)
        known = self._known.get(folder.name)
        if known and known.stamp == stamp:
            return known.character
        character = self._talkative(folder)
        if time.time() - max((changed_ns for *_, changed_ns in stamp), default=0) / 1e9 > SETTLED_S:
            self._known[folder.name] = _Known(stamp, character)
        return character

    def _talkative(self, folder: CharacterFolder) -> Character:
        try:
            persona = read_persona(folder)
        except Refused as refused:
            log.warning("%s: %s", folder.name, refused)
            persona = Persona()
        voices = _voices(self._usual.voices, spoken_with(folder, persona), persona)
        return Character(voices, persona.about, persona.system or self._usual.system, persona.extra_config)


def _voices(usual: Voices, now: SpokenWith, persona: Persona) -> Voices:
    language = persona.language or usual.main.language
    if now.main is None:
        return usual.each(lambda voice: replace(voice, language=language, speed=persona.speed))
    weights = VoiceWeights(now.models.gpt, now.models.sovits) if now.models else None
    extras = tuple(clip.file for clip in now.extras)
    own = Voice(language, _reference(now.main), extras, persona.speed, weights)
    # The timbre of a mood is its clip's alone: a mean with others would take from it what was chosen.
    moods = {tag: replace(own, reference=_reference(clip), extra_references=()) for tag, clip in now.emotions.items()}
    return Voices(own, moods)


def _reference(clip: SpokenClip) -> Reference:
    return Reference(clip.file, clip.text, clip.language)


def _stamp(folder: CharacterFolder) -> Stamp:
    """What changes when anything changes that a character is made of."""
    places = [folder.root, folder.root / PERSONA, folder.root / CLIPS]
    places += [folder.models, folder.sliced, folder.denoised, folder.transcripts]
    lists = sorted(folder.transcripts.glob("*.list"))
    return tuple(stamp for place in [*places, *lists] if (stamp := _stamp_of(place)))


def _stamp_of(place: Path) -> tuple[str, int, int, int] | None:
    try:
        found = place.stat()
    except FileNotFoundError:
        return None
    return str(place), found.st_ino, found.st_size, found.st_mtime_ns
