"""A recogniser in a process of its own, for engines that would halt the server while they work."""

import multiprocessing
import signal
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess

import numpy as np

from asr.recognizer import Heard, RecognitionFailed, Recognizer, SpeechModelMissing

CLOSING_TIME_S = 0.5


class OwnProcess:
    """A Recognizer that hands everything to another one, which it makes in a child process.

    pocketsphinx keeps Python's global lock for as long as it decodes: every stream of the server would wait for it.
    The child ends with its pipe, so it outlives neither `close` nor a server that was killed.
    """

    def __init__(self, name: str, make: Callable[[], Recognizer]):
        """make: importable by its name, because the child begins as a fresh Python."""
        self.name = name
        self._make = make
        self._process: SpawnProcess | None = None
        self._pipe: Connection | None = None

    def load(self) -> None:
        """Start the child and wait until it has loaded."""
        fresh = multiprocessing.get_context("spawn")
        self._pipe, other_end = fresh.Pipe()
        self._process = process = fresh.Process(target=_work, args=(other_end, self._make), name=self.name, daemon=True)
        process.start()
        other_end.close()  # or the end of the child would not end the pipe
        self._receive()

    def transcribe(self, samples: np.ndarray, language: str = "") -> Heard:
        """As Recognizer.transcribe; a child that died is started anew first."""
        if self._pipe is None:
            self.load()
        assert self._pipe
        try:
            self._pipe.send((samples, language))
        except OSError:
            pass  # the answer, or rather its absence, tells
        heard = self._receive()
        assert heard
        return heard

    def close(self) -> None:
        # The pipe is left to whoever still reads it: closed under a reader, its number could become another file's.
        process, self._process, self._pipe = self._process, None, None
        if process:
            process.kill()
            process.join(CLOSING_TIME_S)

    def _receive(self) -> Heard | None:
        pipe = self._pipe
        try:
            if pipe is None:
                raise EOFError
            answer = pipe.recv()
        except (EOFError, OSError):
            self.close()
            raise RecognitionFailed(
                f"The recogniser's process ended on this recording ({self.name}); the next one gets a new process."
            ) from None
        if isinstance(answer, Exception):
            raise answer
        return answer


def _work(pipe: Connection, make: Callable[[], Recognizer]) -> None:
    """The child: load, then answer one recording after another until the pipe ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the server decides
    try:
        recognizer = make()
        recognizer.load()
        pipe.send(None)
    except Exception as error:  # whatever it is, the server shall say it
        pipe.send(RecognitionFailed(str(error) or type(error).__name__))
        return
    while True:
        try:
            samples, language = pipe.recv()
        except (EOFError, OSError):
            return
        pipe.send(_answer(recognizer, samples, language))


def _answer(recognizer: Recognizer, samples: np.ndarray, language: str) -> Heard | Exception:
    try:
        return recognizer.transcribe(samples, language)
    except (RecognitionFailed, SpeechModelMissing) as error:
        return error
    except Exception as error:  # other exceptions may not survive the pipe
        return RecognitionFailed(f"The recogniser failed on this recording ({type(error).__name__}: {error}).")
