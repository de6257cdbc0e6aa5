"""The thread that owns the semantic models: admits requests to the batch, steps, and hands out tokens."""

import logging
import threading
from collections import deque
from collections.abc import Callable

import torch

from tts.gpt_sovits.guard import fault
from tts.gpt_sovits.request import Request
from tts.gpt_sovits.scheduler import Admission, row_to_fill
from tts.gpt_sovits.semantic.decoder import Decoder, Drawn
from tts.synthesizer import SynthesisFailed

log = logging.getLogger("yinliu.gpt_sovits")

STOPPED = "The voice engine has been stopped."


class Row:
    """A request's place in the batch, for one attempt; a second attempt gets another."""

    def __init__(self, request: Request):
        self.request = request


class Lane:
    """The requests that one pair of weights is working on; row i of the decoder's slots is `rows[i]`."""

    def __init__(self, decoder: Decoder):
        self.decoder = decoder
        self.rows: list[Row] = []
        self.waiting: deque[Request] = deque()
        self.under_way: deque[tuple[list[Row], Drawn]] = deque()
        """Steps whose tokens have not been looked at, each with the rows it was made for."""
        self.steps_since_prefill = 0

    def release(self, row: Row) -> None:
        """Free a row; the last takes its place, so that the rows in use stay together."""
        freed = self.rows.index(row)
        source = row_to_fill(self.rows, freed)
        if source is not None:
            self.decoder.slots.move(source, freed)
            self.rows[freed] = self.rows[source]
        self.rows.pop()


class DecodingThread:
    """tell: called on this thread when a request has a chunk's worth of tokens more, or has ended or failed."""

    def __init__(self, tell: Callable[[Request], None]):
        self._tell = tell
        self._lanes: dict[int, Lane] = {}
        self._arrived: deque[Request] = deque()
        self._changed = threading.Condition()
        self._is_open = True
        self._thread = threading.Thread(target=self._work, name="gpt-sovits-decoding", daemon=True)
        self._thread.start()

    def submit(self, request: Request) -> None:
        with self._changed:
            if self._is_open:
                self._arrived.append(request)
                self._changed.notify()
                return
        self._fail(request, SynthesisFailed(STOPPED))

    def close(self) -> None:
        """End after the step under way; whoever still listens is told."""
        with self._changed:
            self._is_open = False
            self._changed.notify()
        self._thread.join(timeout=10)

    def _work(self) -> None:
        # Each role has a thread and a thread one core: barriers between threads cost more than they bring wherever
        # another program wants a core, too.
        torch.set_num_threads(1)
        while self._take_arrivals():
            for key, lane in list(self._lanes.items()):
                try:
                    self._advance(lane)
                except Exception as error:  # nobody knows what is left of the lane, so it is given up
                    self._fail_all(lane, error)
                if not lane.rows and not lane.waiting:
                    del self._lanes[key]
        for lane in self._lanes.values():
            self._fail_all(lane, SynthesisFailed(STOPPED))

    def _take_arrivals(self) -> bool:
        """Sort new requests into lanes, waiting for some where there is nothing else to do; False at the end."""
        with self._changed:
            while self._is_open and not self._arrived and not self._lanes:
                self._changed.wait()
            while self._arrived:
                request = self._arrived.popleft()
                lane = self._lanes.setdefault(id(request.decoder), Lane(request.decoder))
                lane.waiting.append(request)
            return self._is_open

    def _advance(self, lane: Lane) -> None:
        for row in [row for row in lane.rows if not row.request.is_wanted]:
            lane.release(row)
        while lane.waiting and not lane.waiting[0].is_wanted:
            lane.waiting.popleft()
        admission = Admission(len(lane.decoder.slots.lengths))
        if admission.may_enter(len(lane.waiting), len(lane.rows), lane.steps_since_prefill):
            self._admit(lane, lane.waiting.popleft())
        if lane.rows:
            self._step(lane)

    def _admit(self, lane: Lane, request: Request) -> None:
        try:
            lane.decoder.prefill(len(lane.rows), request.prompt)
        except Exception as error:
            self._fail(request, error)
            return
        lane.rows.append(Row(request))
        lane.steps_since_prefill = 0

    def _step(self, lane: Lane) -> None:
        try:
            lane.under_way.append((list(lane.rows), lane.decoder.step(len(lane.rows))))
            lane.steps_since_prefill += 1
            while len(lane.under_way) > lane.decoder.lag:
                self._hand_out(lane, *lane.under_way.popleft())
        except Exception as error:
            # Whose fault it was cannot be told; the one that came last made the batch what it is.
            self._fail(lane.rows[-1].request, error)
            lane.release(lane.rows[-1])

    def _hand_out(self, lane: Lane, rows: list[Row], drawn: Drawn) -> None:
        """Rows that were freed meanwhile have drawn once too often, which nobody sees."""
        for row, token, has_ended in zip(rows, *drawn.read(), strict=True):
            if row in lane.rows and self._take_token(row.request, token, has_ended):
                lane.release(row)

    def _take_token(self, request: Request, token: int, has_ended: bool) -> bool:
        """Add a token to its request; True when the row is no longer needed."""
        if not has_ended:
            request.tokens.append(token)
        wrong = fault(request.tokens, has_ended, request.expected)
        if wrong:
            log.warning("a piece came out wrong (%s) after %d tokens", wrong, len(request.tokens))
            if request.start_again():
                self.submit(request)
                return True
        request.has_ended = has_ended or wrong is not None
        if request.is_due:
            self._tell(request)
        return request.has_ended

    def _fail_all(self, lane: Lane, error: Exception) -> None:
        for request in (*(row.request for row in lane.rows), *lane.waiting):
            self._fail(request, error)
        lane.rows.clear()
        lane.waiting.clear()

    def _fail(self, request: Request, error: Exception) -> None:
        request.is_wanted = False
        request.listener.finish(explained(error))


def explained(error: Exception) -> SynthesisFailed:
    """The sentence for a listener; the log gets the trace of what nobody has foreseen."""
    if isinstance(error, SynthesisFailed):
        return error
    if is_lack_of_memory(error):
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
        return SynthesisFailed("There was not enough memory on the device to speak this; the engine goes on.")
    log.error("speaking failed", exc_info=error)
    return SynthesisFailed("The voice engine failed on this piece; the server's log says more.")


def is_lack_of_memory(error: Exception) -> bool:
    """On a processor, torch has no exception of its own for it, and words it differently on each system."""
    return isinstance(error, torch.OutOfMemoryError | MemoryError) or "DefaultCPUAllocator" in str(error)
