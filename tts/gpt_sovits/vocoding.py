"""The thread that owns the acoustic models: turns tokens into sound, the most urgent listener's first."""

import threading

import torch

import audio
from tts.gpt_sovits.acoustic.stream import Utterance
from tts.gpt_sovits.decoding import STOPPED, explained
from tts.gpt_sovits.request import Request
from tts.gpt_sovits.scheduler import can_take_more, most_urgent
from tts.synthesizer import SynthesisFailed


class VocodingThread:
    """Chunks are made one at a time. A listener who does not take what is there is passed over."""

    def __init__(self) -> None:
        self._open: dict[int, tuple[Request, Utterance | None]] = {}
        self._changed = threading.Condition()
        self._is_open = True
        self._thread = threading.Thread(target=self._work, name="gpt-sovits-vocoding", daemon=True)
        self._thread.start()

    def offer(self, request: Request) -> None:
        """There are tokens for a chunk, or no more will come."""
        with self._changed:
            if request.is_wanted:
                self._open.setdefault(id(request), (request, None))
                self._changed.notify()

    def look_again(self) -> None:
        """A listener has taken something, or has left."""
        with self._changed:
            self._changed.notify()

    def close(self) -> None:
        with self._changed:
            self._is_open = False
            self._changed.notify()
        self._thread.join(timeout=10)

    def _work(self) -> None:
        torch.set_num_threads(1)
        while request := self._next():
            try:
                self._make_chunk(request)
            except Exception as error:
                self._finish(request, explained(error))
        for request, _ in list(self._open.values()):
            if request.is_wanted:
                self._finish(request, SynthesisFailed(STOPPED))

    def _next(self) -> Request | None:
        """Wait for a chunk to make; None at the end."""
        with self._changed:
            while self._is_open:
                if request := self._most_urgent():
                    return request
                self._changed.wait()
            return None

    def _most_urgent(self) -> Request | None:
        for key, (request, _) in list(self._open.items()):
            if not request.is_wanted:
                del self._open[key]
        return most_urgent(
            (request, request.listener.playback)
            for request, _ in self._open.values()
            if request.is_due and can_take_more(request.listener.playback)
        )

    def _make_chunk(self, request: Request) -> None:
        _, utterance = self._open[id(request)]
        if utterance is None:
            utterance = Utterance(
                request.acoustic, request.conditions, request.phones, request.prompt.seed, request.speed
            )
            self._open[id(request)] = (request, utterance)
        has_ended, cut = request.has_ended, request.cut
        count = min(len(request.tokens), cut.tokens)
        # A piece that ends just at a cut is cut there all the same, or its sound would depend on who was first.
        is_last = has_ended and count < cut.tokens
        if count:
            tokens = torch.tensor(request.tokens[:count], device=request.acoustic.device)
            sound = utterance.speak(tokens, cut.look_ahead, is_last)
            if len(sound) and request.is_wanted:
                request.listener.add(audio.to_pcm16(sound.cpu().numpy()))
        request.go_on()
        if is_last:
            self._finish(request, None)

    def _finish(self, request: Request, failure: SynthesisFailed | None) -> None:
        with self._changed:
            self._open.pop(id(request), None)
            request.is_wanted = False
        request.listener.finish(failure)
