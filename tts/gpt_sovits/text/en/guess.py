"""Guesses how a word is pronounced that no dictionary knows: g2p_en's small recurrent network, in numpy.

Only the package's file of weights is read. Importing the package itself would download other data.
"""

from importlib.util import find_spec
from pathlib import Path

import numpy as np

from tts.gpt_sovits.text.en.arpa import PHONES, Phones

INSTALL = "pip install --no-deps g2p-en==2.1.0"
"""--no-deps: its other requirements serve the code that we do not run."""

UNKNOWN_LETTER, END_OF_WORD, FIRST_LETTER = 1, 2, 3
START, END = 2, 3
OUTPUTS = sorted([*PHONES, "UW"])
"""The network knows one phone that the models do not; it is left out of what it says."""
FIRST_PHONE = 4
LONGEST = 20
"""Phones said at most, as in training."""


class Guess:
    """Spells out any word of a-z; raises FileNotFoundError where g2p_en is not installed."""

    def __init__(self):
        with np.load(weights_file()) as arrays:
            self._letters = Recurrent(arrays, "enc")
            self._phones = Recurrent(arrays, "dec")
            self._choice, self._choice_bias = arrays["fc_w"], arrays["fc_b"]

    def phones(self, word: str) -> Phones:
        state = np.zeros(self._choice.shape[1], np.float32)
        for letter in word:
            state = self._letters.step(state, _letter_number(letter))
        state = self._letters.step(state, END_OF_WORD)
        said: list[int] = []
        last = START
        while len(said) < LONGEST:
            state = self._phones.step(state, last)
            last = int(np.argmax(self._choice @ state + self._choice_bias))
            if last == END:
                break
            said.append(last)
        names = [OUTPUTS[number - FIRST_PHONE] for number in said if number >= FIRST_PHONE]
        return tuple(name for name in names if name in PHONES)


class Recurrent:
    """One layer of gated recurrent units whose inputs come from a small alphabet, so that their share is a table."""

    def __init__(self, arrays: "np.lib.npyio.NpzFile", name: str):
        self._inputs = (
            arrays[f"{name}_emb"] @ arrays[f"{name}_w_ih"].T + arrays[f"{name}_b_ih"]
        )  # [alphabet, 3 * units]
        self._weights = arrays[f"{name}_w_hh"]
        self._bias = arrays[f"{name}_b_hh"]

    def step(self, state: np.ndarray, number: int) -> np.ndarray:
        inputs = self._inputs[number]
        own = self._weights @ state + self._bias
        units = len(state)
        gates = 1 / (1 + np.exp(-(inputs[: 2 * units] + own[: 2 * units])))
        reset, update = gates[:units], gates[units:]
        new = np.tanh(inputs[2 * units :] + reset * own[2 * units :])
        return (1 - update) * new + update * state


def weights_file() -> Path:
    """Find the weights without importing the package."""
    package = find_spec("g2p_en")
    folders = list(package.submodule_search_locations or ()) if package else []
    files = [Path(folder) / "checkpoint20.npz" for folder in folders]
    if files and files[0].is_file():
        return files[0]
    raise FileNotFoundError(f"Unknown English words are spelled letter by letter. To have them read: {INSTALL}")


def _letter_number(letter: str) -> int:
    return ord(letter) - ord("a") + FIRST_LETTER if "a" <= letter <= "z" else UNKNOWN_LETTER
