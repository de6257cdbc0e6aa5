"""Reply text in, pieces to speak out. Pure and incremental: where deltas break never changes the result."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from voice.chat.cuts import BalancedCuts, ClassicCuts, CutRules
from voice.chat.spans import ELLIPSIS, Close, DotFilter, Mark, Say, SpanRules, Spans, Tag, ThoughtFilter
from voice.chat.speakable import speakable


@dataclass(frozen=True)
class SplitRules:
    """Everything that decides about pieces; `cuts` None is the original's style."""

    spans: SpanRules = field(default_factory=SpanRules)
    cuts: CutRules | None = field(default_factory=CutRules)
    keep_thinking: bool = False


@dataclass(frozen=True)
class Piece:
    """Text that is synthesised at once."""

    text: str
    """As the reply has it, for the reader."""
    spoken: str
    """What the voice says; "" when there is nothing to say."""
    tag: str | None = None
    """The emotion tag in force, None before the first."""


class Splitter:
    """One reply on its way to pieces. Feed deltas, then finish once."""

    def __init__(self, rules: SplitRules):
        self._rules = rules
        self._thoughts = ThoughtFilter()
        self._dots = DotFilter()
        self._spans = Spans(rules.spans)
        self._cuts = BalancedCuts(rules.cuts) if rules.cuts else ClassicCuts()
        self._tag: str | None = None
        self._reply: list[str] = []
        self.has_spoken = False

    @property
    def reply(self) -> str:
        """The reply so far for the final message: verbatim but for ellipses and, by default, thoughts."""
        return "".join(self._reply).replace("...", ELLIPSIS)

    @property
    def is_open(self) -> bool:
        return self._spans.is_open

    @property
    def saw_foreign_quotes(self) -> bool:
        return self._spans.saw_foreign_quotes

    def feed(self, delta: str) -> list[Piece]:
        """The pieces that this delta completes."""
        if self._rules.keep_thinking:
            self._reply.append(delta)
        return self._pieces(char for raw in delta for char in self._thoughts.feed(raw))

    def finish(self) -> list[Piece]:
        """The last pieces, once the reply has ended."""
        pieces = self._pieces(self._thoughts.finish())
        pieces += self._cut(mark for char in self._dots.finish() for mark in self._spans.feed(char))
        pieces += self._cut(self._spans.finish())
        return pieces + self._voiced(self._cuts.finish())

    def _pieces(self, chars: Iterable[str]) -> list[Piece]:
        return self._cut(self._marks(chars))

    def _marks(self, chars: Iterable[str]) -> Iterator[Mark]:
        for char in chars:
            if not self._rules.keep_thinking:
                self._reply.append(char)
            for dotted in self._dots.feed(char):
                yield from self._spans.feed(dotted)

    def _cut(self, marks: Iterable[Mark]) -> list[Piece]:
        pieces: list[Piece] = []
        for mark in marks:
            if isinstance(mark, Say):
                pieces += self._voiced(self._cuts.feed(mark.char))
            elif isinstance(mark, Close):
                pieces += self._voiced(self._cuts.close())
            elif isinstance(mark, Tag) and mark.name != self._tag:
                pieces += self._voiced(self._cuts.break_off())
                self._tag = mark.name
        return pieces

    def _voiced(self, texts: list[str]) -> list[Piece]:
        pieces = [Piece(text, speakable(text), self._tag) for text in texts]
        self.has_spoken = self.has_spoken or any(piece.spoken for piece in pieces)
        return pieces
