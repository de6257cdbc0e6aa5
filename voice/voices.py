"""The configured voices: the main one, and one for each emotion tag."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from tts.synthesizer import Reference, Voice
from voice.settings import Settings


@dataclass(frozen=True)
class Voices:
    main: Voice
    by_tag: Mapping[str, Voice] = field(default_factory=dict)

    def select(self, tag: str | None) -> Voice:
        """The voice of a tag; the main one before the first tag."""
        return self.by_tag.get(tag, self.main) if tag else self.main

    def all(self) -> list[Voice]:
        return [self.main, *self.by_tag.values()]

    def each(self, change: Callable[[Voice], Voice]) -> "Voices":
        """The same with every voice changed."""
        return Voices(change(self.main), {tag: change(voice) for tag, voice in self.by_tag.items()})


def configured_voices(settings: Settings) -> tuple[Voices, list[str]]:
    """The voices, and a sentence for each reference that cannot be used; its tag gets the main voice."""
    gsv = settings.GSV
    problems: list[str] = []
    main = Voice(language=gsv.text_lang, extra_references=tuple(Path(name) for name in gsv.aux_ref_audio_paths))
    problems += [
        f"GSV.aux_ref_audio_paths: there is no file {Path(name).name}; it is left out."
        for name in gsv.aux_ref_audio_paths
        if not Path(name).is_file()
    ]
    if gsv.ref_audio_path:
        clip = Reference(Path(gsv.ref_audio_path), gsv.prompt_text, gsv.prompt_lang)
        main = with_reference(main, "GSV.ref_audio_path", clip, problems)
    by_tag = {}
    for tag, pair in settings.extra_ref_audio.items():
        name = f"extra_ref_audio.{tag}"
        if len(pair) != 2:
            problems.append(f"{name} must be a list of two: the clip and what is said in it.")
            by_tag[tag] = main
        else:
            by_tag[tag] = with_reference(main, name, Reference(Path(pair[0]), pair[1], gsv.prompt_lang), problems)
    return Voices(main, by_tag), problems


def with_reference(voice: Voice, setting: str, reference: Reference, problems: list[str]) -> Voice:
    """The voice with this clip; without the clip's file the voice as it is, and one sentence more in `problems`."""
    if not reference.audio.is_file():
        otherwise = "there is no voice to clone" if voice.reference is None else "the main voice is used instead"
        problems.append(f"{setting}: there is no file {reference.audio.name}; {otherwise}.")
        return voice
    return replace(voice, reference=reference)
