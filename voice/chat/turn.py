"""One turn: a reply's text goes in while it is written, pieces with their audio come out in order."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Iterable
from contextlib import aclosing
from typing import Any, Protocol

from llm.replier import LLMError
from tts.synthesizer import SynthesisFailed
from voice.chat.events import Done, Event, Spoken, TurnError
from voice.chat.split import Piece, Splitter
from voice.chat.stopwatch import Stopwatch

log = logging.getLogger("yinliu.turn")

Speak = Callable[[Piece], AsyncGenerator[bytes, None]]

NO_SPEECH_HINT = (
    'Nothing was spoken: the reply has no text in "double quotes". Tell the model in its system prompt to put speech'
    " in double quotes, or set split.speak: all."
    " 没有朗读任何内容：回复中没有英文双引号内的文字。"
    "请在系统提示词中要求模型把要说的话放进英文双引号，或设置 split.speak: all。"
)
FOREIGN_QUOTES_HINT = (
    " The reply uses other quotes: split.curly_quotes or split.corner_quotes: true accepts them."
    " 回复使用了其它引号：可设置 split.curly_quotes 或 split.corner_quotes: true。"
)
OPEN_BRACKET_HINT = (
    "A bracket or a code block was opened and never closed: what stands behind it was not spoken."
    " 有括号或代码块没有闭合，其后的内容没有朗读。"
)


class SupportsWait(Protocol):
    """An event, whoever made it."""

    def wait(self) -> Awaitable[Any]: ...


class _Voicing:
    """A piece under way: its parts arrive in a queue that ends with None."""

    def __init__(self, piece: Piece):
        self.piece = piece
        self._parts: asyncio.Queue[bytes | None] = asyncio.Queue()
        self.error = ""

    async def run(self, speak: Speak) -> None:
        try:
            if self.piece.spoken:
                async with aclosing(speak(self.piece)) as parts:
                    async for part in parts:
                        self._parts.put_nowait(part)
        except SynthesisFailed as error:
            self.error = str(error)
            log.warning("A piece stays silent: %s", error)
        except Exception:
            self.error = "The voice engine failed on this piece; the server's log says more."
            log.exception("The voice engine failed on a piece.")
        finally:
            self._parts.put_nowait(None)

    async def whole(self) -> AsyncGenerator[Spoken, None]:
        """The piece at once, or silent: half a piece would sound as if the speaker had been cut off."""
        parts: list[bytes] = []
        while part := await self._parts.get():
            parts.append(part)
        pcm = None if self.error else b"".join(parts) or None
        yield Spoken(self.piece.text, pcm, self.error)

    async def parts_of_it(self) -> AsyncGenerator[Spoken, None]:
        """The text with the first part, as soon as that is there; an error comes as a last part without audio."""
        text = self.piece.text
        while part := await self._parts.get():
            yield Spoken(text, part)
            text = ""
        if text or self.error:
            yield Spoken(text, None, self.error)


async def take_turn(
    deltas: AsyncGenerator[str, None],
    splitter: Splitter,
    speak: Speak,
    watch: Stopwatch,
    *,
    in_parts: bool = False,
    ahead: int = 2,
) -> AsyncGenerator[Event, None]:
    """Yield each piece with its audio, in order, then Done; at most `ahead` pieces are under way at once.

    in_parts: yield the audio of a piece as soon as the engine has some, instead of whole.
    Leaving the iteration early - an interruption, a closed connection - cancels what is under way.
    """
    room = asyncio.Semaphore(ahead)
    waiting: asyncio.Queue[_Voicing | None] = asyncio.Queue()
    tasks: set[asyncio.Task[None]] = set()
    problems: list[str] = []

    def start(work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        tasks.add(task)
        task.add_done_callback(tasks.discard)
        return task

    async def voice(pieces: list[Piece]) -> None:
        for piece in pieces:
            watch.mark("first_piece")
            await room.acquire()
            voicing = _Voicing(piece)
            start(voicing.run(speak))
            waiting.put_nowait(voicing)

    async def read() -> None:
        failure = None
        try:
            async with aclosing(deltas):
                async for delta in deltas:
                    watch.mark("first_token")
                    await voice(splitter.feed(delta))
        except Exception as error:  # raised again below: what was said before is still worth hearing
            failure = error
        await voice(splitter.finish())
        if failure:
            raise failure

    reader = start(read())
    reader.add_done_callback(lambda _: waiting.put_nowait(None))
    try:
        while voicing := await waiting.get():
            async for spoken in voicing.parts_of_it() if in_parts else voicing.whole():
                if spoken.pcm:
                    watch.mark("first_audio")
                problems.append(spoken.error)
                yield spoken
            room.release()
        error = await _failure(reader)
        watch.mark("done")
        yield Done(splitter.reply, error, _hint(splitter, problems), watch.marks_ms)
    finally:
        await _cancel(tasks)


async def until_stopped(events: AsyncGenerator[Event, None], stopping: SupportsWait) -> AsyncGenerator[Event, None]:
    """The events of a turn, cut short by a Done of their own when the server is stopping."""
    said = ""
    stop = asyncio.ensure_future(stopping.wait())
    async with aclosing(events):
        step = asyncio.ensure_future(anext(events, None))
        try:
            while (await asyncio.wait({step, stop}, return_when=asyncio.FIRST_COMPLETED)) and step.done():
                event = step.result()
                if event is None:
                    return
                said += event.text if isinstance(event, Spoken) else ""
                yield event
                step = asyncio.ensure_future(anext(events, None))
            yield Done(said, TurnError("server_stopping", "The server is being stopped."))
        finally:
            await _cancel({step, stop})


async def _failure(reader: asyncio.Task[None]) -> TurnError | None:
    try:
        await reader
    except LLMError as error:
        log.warning("The reply failed: %s", error)
        return TurnError(error.kind, str(error), error.status)
    except Exception:
        log.exception("The reply failed.")
        return TurnError("internal_error", "The server failed while it read the reply; its log says more.")
    return None


def _hint(splitter: Splitter, problems: list[str]) -> str:
    """Why nobody heard anything, or not all; "" when nothing is missing."""
    if problems and all(problems):
        return problems[0]
    if splitter.is_open:
        return OPEN_BRACKET_HINT
    if splitter.has_spoken or not splitter.reply.strip():
        return ""
    return NO_SPEECH_HINT + (FOREIGN_QUOTES_HINT if splitter.saw_foreign_quotes else "")


async def _cancel(tasks: Iterable["asyncio.Future[Any]"]) -> None:
    """End every task and wait until it has ended, so that nothing of a turn outlives it."""
    unfinished = list(tasks)
    for task in unfinished:
        task.cancel()
    await asyncio.gather(*unfinished, return_exceptions=True)
