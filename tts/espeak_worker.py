"""Speaks with espeak-ng in a process of its own, told what to say over stdin and answering over stdout.

espeak-ng is GPL-3.0: its library is loaded here and nowhere else, and nothing but the standard library is imported.
"""

import ctypes
import os
import queue
import signal
import struct
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

HEADER = struct.Struct("<BII")
"""Every message: its kind, the request it belongs to (0: none), and how many bytes of payload follow."""

SPEAK = 1
"""To the worker, in UTF-8: the voice, a space and the words per minute, a line break, the text.

Answered by SOUNDs and one END or FAILED.
"""
CANCEL = 2
"""To the worker, at any time: make no more sound for this request. Its END still comes."""
READY = 3
"""From the worker, once and first: the sample rate as unsigned 32 bit."""
SOUND = 4
"""From the worker: signed 16-bit little-endian mono samples."""
END = 5
FAILED = 6
"""From the worker: a sentence in UTF-8. Without a request it is the last message: espeak-ng cannot be used."""

INSTALL = "pip install -r requirements-demo.txt"
CHUNK_MS = 60
WARM_VOICES = ("en-us", "cmn")
WARM_RATE = 175

AUDIO_OUTPUT_SYNCHRONOUS = 2
INITIALIZE_DONT_EXIT = 0x8000
CHARS_UTF8 = 1
"""The only flag ever given with a text: without espeakSSML and espeakPHONEMES markup stays text."""
RATE_PARAMETER = 1


class CannotSpeak(Exception):
    """The message is a sentence for the person who runs the server."""


def message(kind: int, request: int = 0, payload: bytes = b"") -> bytes:
    """Write one message of either direction."""
    return HEADER.pack(kind, request, len(payload)) + payload


def read_message(stream: BinaryIO) -> tuple[int, int, bytes] | None:
    """Read one message, or None when the other side has gone."""
    header = stream.read(HEADER.size)
    if len(header) < HEADER.size:
        return None
    kind, request, size = HEADER.unpack(header)
    payload = stream.read(size)
    return (kind, request, payload) if len(payload) == size else None


class Library:
    """libespeak-ng, which keeps its state in globals: one per process, one text at a time. options: of its own."""

    def __init__(self, options: int = INITIALIZE_DONT_EXIT):
        library, data = _installed()
        self._espeak = ctypes.CDLL(library)
        # espeak-ng keeps 160 bytes for this path and opens it in Windows's code page; from inside it is always short.
        os.chdir(data.parent)
        self.rate_hz = self._espeak.espeak_Initialize(AUDIO_OUTPUT_SYNCHRONOUS, CHUNK_MS, b".", options)
        if self.rate_hz <= 0:
            raise CannotSpeak(f"espeak-ng finds no voices in {data}; this installs them again: {INSTALL}")
        self._chosen = ("", 0)
        self._sink: Callable[[bytes], bool] = lambda samples: False
        signature = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)
        self._callback = signature(self._on_samples)
        self._espeak.espeak_SetSynthCallback(self._callback)

    def speak(self, voice: str, words_per_minute: int, text: str, sink: Callable[[bytes], bool]) -> None:
        """Hand the sound to `sink` as it is made, until that returns true; blocks."""
        self._choose(voice, words_per_minute)
        self._sink = sink
        spoken = text.replace("\0", " ").encode("utf-8", "ignore") + b"\0"
        if self._espeak.espeak_Synth(spoken, len(spoken), 0, 1, 0, CHARS_UTF8, None, None):
            raise CannotSpeak("espeak-ng could not speak this text.")

    def _choose(self, voice: str, words_per_minute: int) -> None:
        if (voice, words_per_minute) == self._chosen:
            return
        self._chosen = ("", 0)
        if self._espeak.espeak_SetVoiceByName(voice.encode()):
            raise CannotSpeak(f"espeak-ng has no voice for the language {voice!r}; it has zh, yue, en, ja and ko.")
        self._espeak.espeak_SetParameter(RATE_PARAMETER, words_per_minute, 0)
        self._chosen = (voice, words_per_minute)

    def _on_samples(self, samples: int | None, count: int, _events: int | None) -> int:
        if not samples or count <= 0:
            return 0
        return int(self._sink(ctypes.string_at(samples, 2 * count)))


def _installed() -> tuple[str, Path]:
    try:
        import espeakng_loader
    except ImportError:
        raise CannotSpeak(f"espeakng-loader is missing; this installs it: {INSTALL}") from None
    try:
        return espeakng_loader.get_library_path(), Path(espeakng_loader.get_data_path())
    except RuntimeError as error:
        raise CannotSpeak(f"espeakng-loader is incomplete ({error}); this installs it again: {INSTALL}") from None


class Requests:
    """What the server asks, read while the library is busy."""

    def __init__(self):
        self.waiting: queue.SimpleQueue[tuple[int, bytes]] = queue.SimpleQueue()
        self.cancelled = 0

    def listen(self, stream: BinaryIO) -> None:
        """Read until the server has gone, then end this process whatever it is doing."""
        while received := read_message(stream):
            kind, request, payload = received
            if kind == SPEAK:
                self.waiting.put((request, payload))
            elif kind == CANCEL:
                self.cancelled = request
        os._exit(0)


class Answers:
    """The way back to the server; when the server has gone this process ends."""

    def __init__(self):
        self._stream = os.fdopen(os.dup(1), "wb")
        os.dup2(2, 1)  # a line that anything prints would otherwise break the messages

    def send(self, kind: int, request: int = 0, payload: bytes = b"") -> None:
        try:
            self._stream.write(message(kind, request, payload))
            self._stream.flush()
        except OSError:
            os._exit(0)


def serve(library: Library, requests: Requests, answers: Answers) -> None:
    """Answer one request after the other for ever."""
    while True:
        request, payload = requests.waiting.get()
        manner, _, text = payload.decode().partition("\n")
        voice, _, words_per_minute = manner.rpartition(" ")

        def send_sound(samples: bytes, request: int = request) -> bool:
            answers.send(SOUND, request, samples)
            return requests.cancelled == request

        try:
            library.speak(voice, int(words_per_minute), text, send_sound)
        except CannotSpeak as error:
            answers.send(FAILED, request, str(error).encode())
        else:
            answers.send(END, request)


def main() -> None:
    """Load the library, say so, and serve."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole terminal; the server decides when to stop
    answers = Answers()
    try:
        library = Library()
        for voice in WARM_VOICES:
            library.speak(voice, WARM_RATE, "1", lambda samples: False)
    except (CannotSpeak, OSError) as error:
        answers.send(FAILED, 0, str(error).encode())
        return
    answers.send(READY, 0, struct.pack("<I", library.rate_hz))
    requests = Requests()
    threading.Thread(target=requests.listen, args=(sys.stdin.buffer,), daemon=True).start()
    serve(library, requests, answers)


if __name__ == "__main__":
    main()
