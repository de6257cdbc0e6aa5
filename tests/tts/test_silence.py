from hypothesis import given
from hypothesis import strategies as st

from tts.silence import SilenceTrimmer

RATE_HZ = 1000
LEAD_MS, TAIL_MS = 3, 8


def trimmed(chunks: list[bytes]) -> bytes:
    trimmer = SilenceTrimmer(RATE_HZ, LEAD_MS, TAIL_MS)
    return b"".join(trimmer.feed(chunk) for chunk in chunks) + trimmer.finish()


def pcm(*values: int) -> bytes:
    return b"".join(value.to_bytes(2, "little", signed=True) for value in values)


def test_silence_is_shortened_at_both_ends_and_kept_inside():
    inside = pcm(5, *[0] * 50, -256)
    assert trimmed([pcm(*[0] * 20), pcm(*[0] * 5) + inside, pcm(*[0] * 30)]) == pcm(0, 0, 0) + inside + pcm(*[0] * 8)


def test_shorter_silence_stays_as_it_is():
    speech = pcm(0, 0, 7, 0, 256, 0, 0, 0)
    assert trimmed([speech]) == speech


def test_sound_leaves_with_the_chunk_that_brought_it():
    trimmer = SilenceTrimmer(RATE_HZ, LEAD_MS, TAIL_MS)
    assert trimmer.feed(pcm(1, 2, 3)) == pcm(1, 2, 3)
    assert trimmer.feed(pcm(0, 0)) == b""
    assert trimmer.feed(pcm(4)) == pcm(0, 0, 4)


def test_silence_alone_gives_nothing():
    assert trimmed([pcm(0, 0), pcm(0)]) == b""


@given(st.lists(st.integers(-300, 300) | st.just(0), max_size=60), st.lists(st.integers(1, 7)))
def test_chunking_does_not_matter_and_only_outer_silence_is_cut(values: list[int], sizes: list[int]):
    whole = pcm(*values)
    chunks, rest = [], whole
    for size in sizes:
        chunks.append(rest[: 2 * size])
        rest = rest[2 * size :]
    result = trimmed([*chunks, rest])
    assert result == trimmed([whole])
    heard = [int.from_bytes(result[at : at + 2], "little", signed=True) for at in range(0, len(result), 2)]
    assert "".join(map(chr, (v + 300 for v in heard))).strip(chr(300)) == "".join(
        map(chr, (v + 300 for v in values))
    ).strip(chr(300))
