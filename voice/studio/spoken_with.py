"""What a character speaks with at this moment, computed from its files, and why."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tts.gpt_sovits.clip_limits import LONGEST_S, SHORTEST_S
from voice.studio.clip_files import NothingProcessed
from voice.studio.folders import CharacterFolder
from voice.studio.models import TrainedModels, newest_models
from voice.studio.persona import Persona
from voice.studio.reference_clips import SpokenClip, best_first, extras_beside, spoken_clips
from voice.studio.refused import Refused

Note = tuple[str, str]
LENGTHS = f"{SHORTEST_S:g} to {LONGEST_S:g} s"
LENGTHS_ZH = f"{SHORTEST_S:g} 到 {LONGEST_S:g} 秒"
USUAL_VOICE: Note = ("It speaks in the server's usual voice.", "使用服务器的默认音色。")

UNTRAINED: Note = ("It has no trained weights yet: the engine's own are used.", "尚未训练权重，使用引擎自带的权重。")


@dataclass(frozen=True)
class SpokenWith:
    """models: None for the engine's own weights. main: the clip to speak like; None for the usual voice.

    notes: why it is so, in English and Chinese.
    """

    models: TrainedModels | None = None
    main: SpokenClip | None = None
    extras: tuple[SpokenClip, ...] = ()
    emotions: Mapping[str, SpokenClip] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()


def spoken_with(folder: CharacterFolder, persona: Persona) -> SpokenWith:
    """Weights count although clips or recordings have changed since: a voice is never taken away by adding to it."""
    notes: list[Note] = []
    clips = _clips(folder, notes)
    able = best_first(clips.values())
    models = newest_models(folder)
    if not able:
        if clips:
            notes.append((f"None of its clips lasts {LENGTHS}.", f"没有长度为 {LENGTHS_ZH} 的片段。"))
        return SpokenWith(notes=(*notes, USUAL_VOICE))
    main = able[0]
    if persona.clip:
        main = _chosen(persona.clip, clips, "clip", notes) or main
    emotions = {
        tag: clip for tag, name in persona.emotions.items() if (clip := _chosen(name, clips, f"emotions.{tag}", notes))
    }
    if models is None:
        notes.append(UNTRAINED)
    return SpokenWith(models, main, extras_beside(main, clips), emotions, tuple(notes))


def require_usable(persona: Persona, folder: CharacterFolder) -> None:
    """Raises Refused for a clip that is named and cannot be spoken like."""
    named = [*persona.emotions.values(), *([persona.clip] if persona.clip else [])]
    if not named:
        return
    notes: list[Note] = []
    clips = _clips(folder, notes)
    for name in named:
        _chosen(name, clips, name, notes)
    if notes:
        raise Refused(*notes[0])


def _clips(folder: CharacterFolder, notes: list[Note]) -> dict[str, SpokenClip]:
    try:
        clips = spoken_clips(folder)
    except NothingProcessed:
        clips = {}
    except Refused as refused:
        notes.append((str(refused), refused.chinese))
        return {}
    if not clips:
        notes.append(("There are no clips yet: process its recordings first.", "还没有片段，请先处理音频。"))
    return clips


def _chosen(name: str, clips: Mapping[str, SpokenClip], where: str, notes: list[Note]) -> SpokenClip | None:
    clip = clips.get(name)
    if clip is None:
        notes.append((f"{where}: there is no clip {name:.80} with a text.", f"{where}：没有带文本的片段 {name:.80}。"))
    elif not clip.can_lead:
        notes.append(
            (
                f"{where}: {name:.80} lasts {clip.seconds:.1f} s; choose a clip of {LENGTHS}.",
                f"{where}：{name:.80} 长 {clip.seconds:.1f} 秒；请选择 {LENGTHS_ZH} 的片段。",
            )
        )
    else:
        return clip
    return None
