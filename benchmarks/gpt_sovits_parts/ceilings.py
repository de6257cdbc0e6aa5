"""What this machine can do at best: how fast it reads memory, and how fast it multiplies."""

import threading
import time
from collections.abc import Callable

import torch
from torch import Tensor

from benchmarks.gpt_sovits_parts.assignment import Assignment, Outcome, run_program
from benchmarks.gpt_sovits_parts.timing import seconds

MB = 1_000_000
WEIGHTS_BYTES = 76 * MB
"""As large as the semantic model at 8 bits: where a machine's cache holds it, it is read faster than from memory."""
MEMORY_BYTES = 1024 * MB
SIDE = 1024
LONG_ENOUGH_S = 0.1
TRIES = 4


def ceilings(assignment: Assignment, outcome: Outcome) -> None:
    """Bytes a second as `read_...`, operations a second by kind of number; with one and two threads, or on a GPU."""
    if assignment.device == "cuda":
        outcome.take("read_cuda", lambda: [_read_on_gpu()])
        outcome.take("bfloat16_cuda", lambda: [_multiply_on_gpu()])
        return
    for threads in (1, 2):
        outcome.take(f"read_weights_{threads}", lambda threads=threads: [_best_read(WEIGHTS_BYTES, threads)])
        outcome.take(f"read_memory_{threads}", lambda threads=threads: [_best_read(MEMORY_BYTES, threads)])
        for name, kind in (("float32", torch.float32), ("bfloat16", torch.bfloat16), ("int8", torch.int8)):
            outcome.take(f"{name}_{threads}", lambda kind=kind, threads=threads: [_best_multiply(kind, threads)])


def _best_read(size: int, threads: int) -> float:
    """The array is split between the threads, as weights would be."""
    arrays = [torch.ones(size // 4 // threads) for _ in range(threads)]
    rows = [array[: len(array) // 1024 * 1024].view(-1, 1024) for array in arrays]
    ones = torch.ones(1024)
    ways: tuple[Callable[[int], object], ...] = (
        lambda index: arrays[index].sum(),
        lambda index: torch.dot(arrays[index], arrays[index]),
        lambda index: arrays[index].view(torch.int32).max(),
        lambda index: rows[index] @ ones,
    )
    return max(_best_rate(way, threads) for way in ways) * size


def _best_multiply(kind: torch.dtype, threads: int) -> float:
    pairs = [(_matrix(kind), _matrix(kind)) for _ in range(threads)]
    multiply = torch.ops.aten._int_mm if kind == torch.int8 else torch.mm
    return _best_rate(lambda index: multiply(*pairs[index]), threads) * threads * 2 * SIDE**3


def _matrix(kind: torch.dtype) -> Tensor:
    return torch.randn(SIDE, SIDE).mul(20).clamp(-100, 100).to(kind)


def _read_on_gpu() -> float:
    array = torch.ones(MEMORY_BYTES // 4, device="cuda")
    return MEMORY_BYTES / _best_on_gpu_s(lambda: array.sum())


def _multiply_on_gpu() -> float:
    side = 8 * SIDE
    matrix = torch.randn(side, side, device="cuda", dtype=torch.bfloat16)
    return 2 * side**3 / _best_on_gpu_s(lambda: matrix @ matrix)


def _best_on_gpu_s(work: Callable[[], object]) -> float:
    def once() -> None:
        work()
        torch.cuda.synchronize()

    once()
    return min(seconds(once) for _ in range(5 * TRIES))


def _best_rate(work: Callable[[int], object], threads: int) -> float:
    """Rounds a second: in each, every thread works once. Threads of our own, for OpenMP's wait for each other."""
    count, taken_s = 1, _taken_s(work, threads, 1)
    while taken_s < LONG_ENOUGH_S:
        count *= 2
        taken_s = _taken_s(work, threads, count)
    return count / min(taken_s, *(_taken_s(work, threads, count) for _ in range(TRIES - 1)))


def _taken_s(work: Callable[[int], object], threads: int, count: int) -> float:
    start = threading.Barrier(threads + 1)

    def run(index: int) -> None:
        torch.set_num_threads(1)
        start.wait()
        for _ in range(count):
            work(index)

    workers = [threading.Thread(target=run, args=(index,)) for index in range(threads)]
    for worker in workers:
        worker.start()
    start.wait()
    begun = time.perf_counter()
    for worker in workers:
        worker.join()
    return time.perf_counter() - begun


if __name__ == "__main__":
    run_program({"ceilings": ceilings})
