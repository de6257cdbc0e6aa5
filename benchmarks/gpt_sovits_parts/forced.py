"""Makes the engine end every sentence after a given number of tokens: the weights are such that it never would."""

from tts.gpt_sovits import preparing
from tts.gpt_sovits.loading import VoiceModels
from tts.gpt_sovits.semantic.decoder import Decoder, Drawn
from tts.gpt_sovits.semantic.slots import Prompt


class EndedDrawn(Drawn):
    """What was drawn, with other ends."""

    def __init__(self, drawn: Drawn, ended: list[bool]):
        self._drawn = drawn
        self._has_ended = ended

    def read(self) -> tuple[list[int], list[bool]]:
        return self._drawn.read()[0], self._has_ended


class ForcedTokens:
    """steps: how many were begun, by all decoders."""

    def __init__(self, most: int):
        self.most = most
        self.steps = 0

    def force(self, decoder: Decoder) -> None:
        """Rows are counted as they are filled, stepped and moved, without asking the device."""
        starts = [0] * len(decoder.slots.lengths)
        prefill, step, move = decoder.prefill, decoder.step, decoder.slots.move

        def prefill_counted(row: int, prompt: Prompt) -> None:
            prefill(row, prompt)
            starts[row] = decoder.slots.lengths[row]

        def step_limited(count: int) -> Drawn:
            self.steps += 1
            drawn, lengths = step(count), decoder.slots.lengths
            return EndedDrawn(drawn, [lengths[row] - starts[row] > self.most for row in range(count)])

        def move_counted(source: int, target: int) -> None:
            move(source, target)
            starts[target] = starts[source]

        decoder.prefill, decoder.step, decoder.slots.move = prefill_counted, step_limited, move_counted


def force_tokens(most: int) -> ForcedTokens:
    """For all weights that are loaded from now on."""
    forced, load = ForcedTokens(most), preparing.load_voice

    def load_forced(*arguments, **options) -> VoiceModels:
        models = load(*arguments, **options)
        forced.force(models.decoder)
        return models

    preparing.load_voice = load_forced
    return forced
