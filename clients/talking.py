"""The answer under way: its request, its pieces, and how far it has been heard. One worker's thread calls it all."""

import itertools
from collections.abc import Iterator

from clients.errands import Errand, persistently
from clients.events import Answered, Hint, Piece, PieceEnded, Playing, Trouble
from clients.frames import Frame
from clients.history import joined
from clients.parts import Parts
from clients.sound_files import pcm_of
from clients.troubles import ServerTrouble
from clients.turn import Turn, TurnPiece


class Talking:
    """At most one answer at a time; what belongs to an older one is not listened to."""

    def __init__(self, parts: Parts):
        self._parts = parts
        self._numbers = itertools.count(1)
        self._turn: Turn | None = None
        self.sounded_s = float("-inf")
        """When sound last ended."""
        self.is_paused = False

    @property
    def is_active(self) -> bool:
        """Whether an answer is asked for, arriving, or being played."""
        return self._turn is not None

    @property
    def has_begun(self) -> bool:
        """Whether something of it could be heard."""
        return self._turn is not None and any(piece.has_started for piece in self._turn.pieces)

    def sounded_within(self, seconds: float) -> bool:
        """Whether the loudspeaker sounds, or did so recently."""
        return self._is_sounding() or self._parts.clock() - self.sounded_s < seconds

    def spoken_now(self) -> str:
        """What a microphone may hear of the loudspeaker: the piece being played, and the one before."""
        started = [piece.text for piece in self._turn.pieces if piece.has_started] if self._turn else []
        text = ""
        for piece in started[-2:]:
            text = joined(text, piece)
        return text

    def ask(self, since_s: float, stages_ms: dict[str, float]) -> None:
        """Send the history, whose last message is the user's."""
        parts = self._parts
        turn = self._turn = Turn(since_s, parts.clock(), dict(stages_ms))
        self.is_paused = False
        parts.player.drop()
        answer = parts.server.answer(parts.history.messages(parts.options.system_prompt()), **parts.options.request())

        def follow(errand: Errand) -> None:
            errand.ended_by(answer.cancel)
            frame, frames = persistently(errand, lambda: _begun(iter(answer)), parts.server_failed)
            while frame is not None:
                errand.report(lambda frame=frame: self._take(turn, frame))
                frame = next(frames, None)

        turn.errand = parts.errands.run(follow, lambda _: None, lambda trouble: self._break_off(turn, trouble))

    def drop(self) -> None:
        """Silence it, and remember it as far as it was heard."""
        if self._is_sounding():
            self.sounded_s = self._parts.clock()
        turn, self._turn = self._turn, None
        if turn is None:
            return
        if turn.errand:
            turn.errand.cancel()
        heard = self._remember_heard(turn)
        self.is_paused = False
        self._parts.player.drop()
        self._parts.tell(Answered(heard, False, turn.stages_ms))

    def pause(self) -> None:
        self.is_paused = True
        self._parts.player.pause()

    def resume(self) -> None:
        self.is_paused = False
        self._parts.player.resume()

    def started(self, number: int) -> str:
        """The player begins a piece; returns its text, or "" where it is no piece of this answer."""
        turn, piece = self._find(number)
        if not turn or not piece or piece.has_started:
            return ""
        piece.has_started = True
        if piece.sound_s:
            turn.stages_ms.setdefault("playing", turn.since_ms(self._parts.clock()))
        self._parts.tell(Playing(number))
        return piece.text

    def ended(self, number: int) -> None:
        """The player has finished a piece."""
        turn, piece = self._find(number)
        if not turn or not piece or piece.has_ended:
            return
        piece.has_ended = True
        if piece.sound_s:
            self.sounded_s = self._parts.clock()
        self._parts.tell(PieceEnded(number))
        self._finish_if_over(turn)

    def _take(self, turn: Turn, frame: Frame) -> None:
        if turn is not self._turn:
            return
        if frame.is_last:
            self._take_last(turn, frame)
            return
        self._parts.server_answered()
        if frame.text:
            self._complete_piece(turn)
            piece = TurnPiece(next(self._numbers), frame.text)
            turn.pieces.append(piece)
            turn.stages_ms.setdefault("first_piece", turn.since_ms(self._parts.clock()))
            self._parts.tell(Piece(piece.number, piece.text))
        if turn.pieces:
            self._add_sound(turn, turn.pieces[-1], frame)

    def _add_sound(self, turn: Turn, piece: TurnPiece, frame: Frame) -> None:
        if frame.audio is None:
            if frame.text:
                self._complete_piece(turn)
            return
        try:
            pcm, rate_hz = pcm_of(frame.audio)
        except ValueError as error:
            if not turn.is_unplayable:
                self._parts.tell(Trouble(f"The answer cannot be played: {error}", f"无法播放回答：{error}"))
            turn.is_unplayable = True
            return
        turn.stages_ms.setdefault("first_audio", turn.since_ms(self._parts.clock()))
        piece.sound_s += len(pcm) / 2 / rate_hz
        self._parts.player.add(piece.number, pcm, rate_hz)

    def _take_last(self, turn: Turn, frame: Frame) -> None:
        turn.reply = frame.text
        if "first_token" in frame.timing_ms:
            asked_ms = (turn.asked_s - turn.since_s) * 1000
            turn.stages_ms["first_token"] = round(asked_ms + frame.timing_ms["first_token"], 1)
        turn.stages_ms["done"] = turn.since_ms(self._parts.clock())
        if frame.error:
            turn.is_broken = True
            self._parts.tell(Trouble(frame.error, frame.error))
        if frame.hint:
            self._parts.tell(Hint(frame.hint))
        self._end(turn)

    def _break_off(self, turn: Turn, trouble: ServerTrouble) -> None:
        if turn is self._turn:
            turn.is_broken = True
            self._parts.tell(Trouble(trouble.english, trouble.chinese))
            self._end(turn)

    def _end(self, turn: Turn) -> None:
        turn.is_done = True
        self._complete_piece(turn)
        self._finish_if_over(turn)

    def _complete_piece(self, turn: Turn) -> None:
        if turn.pieces and not turn.pieces[-1].is_complete:
            turn.pieces[-1].is_complete = True
            self._parts.player.end(turn.pieces[-1].number)

    def _finish_if_over(self, turn: Turn) -> None:
        if not turn.is_done or not all(piece.has_ended for piece in turn.pieces):
            return
        self._turn = None
        if turn.reply:
            self._parts.history.add_answer(turn.reply)
            self._parts.tell(Answered(turn.reply, not turn.is_broken, turn.stages_ms))
        else:
            self._parts.tell(Answered(self._remember_heard(turn), False, turn.stages_ms))

    def _is_sounding(self) -> bool:
        pieces = self._turn.pieces if self._turn and not self.is_paused else []
        return any(piece.sound_s and piece.has_started and not piece.has_ended for piece in pieces)

    def _remember_heard(self, turn: Turn) -> str:
        pieces, played_s = turn.heard(self._parts.player.played_s)
        heard = self._parts.history.add_heard(pieces, played_s)
        if turn.is_broken and not heard:
            # Merged with every later question it might make each of them fail as well.
            self._parts.history.drop_question()
        return heard

    def _find(self, number: int) -> tuple[Turn | None, TurnPiece | None]:
        pieces = self._turn.pieces if self._turn else []
        return self._turn, next((piece for piece in pieces if piece.number == number), None)


def _begun(frames: Iterator[Frame]) -> tuple[Frame | None, Iterator[Frame]]:
    """The first frame and the rest: until the first has come, nothing is lost by asking again."""
    return next(frames, None), frames
