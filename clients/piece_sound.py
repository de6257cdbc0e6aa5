"""The sound of one piece, as far as it has come, and as far as it was played."""

import numpy as np

from clients.resampling import SoundStream, at_rate


class PieceSound:
    """Samples in blocks, and how far they have been read."""

    def __init__(self, number: int):
        self.number = number
        self.source: SoundStream | None = None
        self.is_ended = False
        self.has_started = False
        self.furthest = 0
        self._blocks: list[np.ndarray] = []
        self._block = 0
        self._offset = 0
        self.position = 0

    def append(self, block: np.ndarray) -> None:
        if len(block):
            self._blocks.append(block)

    @property
    def is_dry(self) -> bool:
        return self._block == len(self._blocks)

    def read_into(self, out: np.ndarray) -> int:
        """How many samples there were."""
        count = 0
        while count < len(out) and not self.is_dry:
            block = self._blocks[self._block]
            taken = min(len(out) - count, len(block) - self._offset)
            out[count : count + taken] = block[self._offset : self._offset + taken]
            count += taken
            self._offset += taken
            if self._offset == len(block):
                self._block, self._offset = self._block + 1, 0
        self.position += count
        self.furthest = max(self.furthest, self.position)
        return count

    def seek(self, position: int) -> None:
        self.position = left = max(0, position)
        self._block = self._offset = 0
        while not self.is_dry and left >= len(self._blocks[self._block]):
            left -= len(self._blocks[self._block])
            self._block += 1
        self._offset = left

    def change_rate(self, old_hz: int, new_hz: int) -> None:
        position = self.position * new_hz // old_hz
        self._blocks = [at_rate(np.concatenate(self._blocks), old_hz, new_hz)] if self._blocks else []
        self.source = None
        self.furthest = self.furthest * new_hz // old_hz
        self.seek(position)
