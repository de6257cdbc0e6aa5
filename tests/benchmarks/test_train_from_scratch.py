"""The voice from nothing: what judges it can tell right from wrong, and its smallest form goes all the way."""

import json
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.from_scratch import phones
from benchmarks.from_scratch.language_model import arpa
from benchmarks.from_scratch.plan import PLANS
from benchmarks.from_scratch.words import sentences

PHONES = st.lists(st.sampled_from(["_", "a", "k", "s"]))


class TestSentences:
    def test_none_comes_twice_and_the_same_seed_gives_the_same(self):
        first = list(islice(sentences(7), 3000))
        assert len(set(first)) == 3000
        assert first == list(islice(sentences(7), 3000))
        assert first != list(islice(sentences(8), 3000))

    def test_they_are_neither_long_nor_short(self):
        counts = [len(text.split()) for text in islice(sentences(1), 500)]
        assert min(counts) >= 4
        assert max(counts) <= 16


class TestPhones:
    @pytest.mark.parametrize(
        ("name", "phone"), [("'oU", "oU"), ("@2", "@"), ("O:", "O"), ("_:", "_"), (";", "_"), ("3", "3")]
    )
    def test_stress_and_length_do_not_count(self, name: str, phone: str):
        assert phones.phone_of(name) == phone

    def test_each_frame_is_in_the_phone_that_has_begun(self):
        events = [(0.03, "k"), (0.07, "'a"), (0.13, "_:")]
        assert phones.frames_of(events, 8) == ["_", "k", "k", "a", "a", "a", "_", "_"]
        assert phones.sequence_of(events) == ["k", "a"]

    def test_slips_and_silence_are_not_heard(self):
        assert phones.collapsed(["_", "k", "k", "s", "k", "k", "a", "a", "_", "_", "a", "a"]) == ["k", "a", "a"]

    @given(PHONES, PHONES, PHONES)
    def test_a_distance_is_one(self, one: list[str], other: list[str], third: list[str]):
        far = phones.edit_distance
        assert far(one, one) == 0
        assert far(one, other) == far(other, one)
        assert abs(len(one) - len(other)) <= far(one, other) <= max(len(one), len(other))
        assert far(one, third) <= far(one, other) + far(other, third)


WORDS = st.sampled_from(["the", "old", "man", "went"])


@given(st.lists(st.lists(WORDS, min_size=1, max_size=6), min_size=1, max_size=8))
def test_what_may_follow_a_word_is_certain_in_sum(texts: list[list[str]]):
    _, singles, pairs = arpa(texts).split("-grams:\n")
    alone, back, follows = {}, {}, {}
    for line in singles.split("\n\n")[0].splitlines():
        likely, word, weight = line.split()
        alone[word], back[word] = 10 ** float(likely), 10 ** float(weight)
    for line in pairs.split("\n\n")[0].splitlines():
        likely, first, second = line.split()
        follows[first, second] = 10 ** float(likely)
    words = [word for word in alone if word != "<s>"]
    assert sum(alone[word] for word in words) == pytest.approx(1, abs=1e-3)
    for first in {first for first, _ in follows}:
        missing = [word for word in words if (first, word) not in follows]
        if missing:
            found = [follows.get((first, word), back[first] * alone[word]) for word in words]
            assert sum(found) == pytest.approx(1, abs=2e-3)


class TestJudging:
    @staticmethod
    def walk(seed: int, frames: int) -> np.ndarray:
        """Something that changes as smoothly as speech."""
        return np.random.default_rng(seed).standard_normal((frames, 40)).cumsum(0) / 3

    def test_time_may_be_stretched(self):
        from benchmarks.from_scratch.judging import distance

        meant = self.walk(0, 60)
        slower = np.repeat(meant, 2, axis=0)
        assert distance(meant, meant) == 0
        assert distance(slower, meant) == 0
        assert distance(meant[::-1], meant) > 0.5

    def test_the_distance_is_that_of_the_best_path(self):
        from benchmarks.from_scratch.judging import distance

        one, other = self.walk(1, 7), self.walk(2, 5)
        costs = np.sqrt(((one[:, None] - other[None]) ** 2).mean(-1))
        best = np.full(costs.shape, np.inf)
        for i, j in np.ndindex(*costs.shape):
            if not i and not j:
                best[i, j] = costs[i, j]
                continue
            ways = [best[i - 1, j]] if i else []
            ways += [best[i, j - 1]] if j else []
            ways += [best[i - 1, j - 1] + costs[i, j]] if i and j else []
            best[i, j] = min(ways) + costs[i, j]
        assert distance(one, other) == pytest.approx(best[-1, -1] / 12)
        assert distance(other, one) == pytest.approx(best[-1, -1] / 12)

    def test_what_was_meant_ranks_first_and_something_else_does_not(self):
        from benchmarks.from_scratch.judging import rank

        meant, others = self.walk(0, 50), [self.walk(seed, 50) for seed in range(1, 8)]
        noisy = np.repeat(meant, 2, axis=0) + 0.3 * np.random.default_rng(9).standard_normal((100, 40))
        assert rank(noisy, meant, others) == 1
        assert rank(others[3], meant, others) > 1

    def test_silence_and_clipping_are_found(self):
        from benchmarks.from_scratch.judging import level_of

        tone = np.sin(np.arange(64_000) / 30).astype(np.float32)
        quiet = np.zeros(16_000, np.float32)
        fine = level_of(np.concatenate([quiet, tone / 2, quiet]))
        assert fine.is_fine
        assert fine.said_s == pytest.approx(2, abs=0.05)
        assert not level_of(quiet).is_fine
        assert not level_of(np.clip(3 * tone, -1, 1)).is_fine
        assert not level_of(np.zeros(0, np.float32)).is_fine


class TestModels:
    def test_the_encoder_that_learns_is_the_one_that_our_engine_reads(self, tmp_path: Path):
        import torch

        from benchmarks.from_scratch.hubert_learner import HubertLearner, config_of
        from tts.gpt_sovits.features.hubert import load_hubert

        learner = HubertLearner(config_of(16, 32, 2)).eval()
        learner.save(tmp_path)
        samples = torch.randn(1, 9000, generator=torch.Generator().manual_seed(0)) * 300
        with torch.no_grad():
            torch.testing.assert_close(load_hubert(tmp_path)(samples), learner(samples), rtol=1e-3, atol=1e-4)

    def test_tokens_are_the_nearest_centres_and_never_the_others(self, tmp_path: Path):
        import torch

        from benchmarks.from_scratch import bases, codebook
        from tts.gpt_sovits.training.sovits_base import base_generator, read_base

        source = torch.Generator().manual_seed(0)
        true = torch.randn(16, 768, generator=source)
        pairs = true[torch.arange(800) % 16] + 0.01 * torch.randn(800, 768, generator=source)
        found = codebook.centres(pairs, 24, torch.device("cpu"))
        plan = PLANS["smoke"].acoustic
        bases.write_acoustic_base(tmp_path / "s2G.pth", plan, found)
        generator = base_generator(read_base(tmp_path / "s2G.pth"), tmp_path / "s2G.pth", plan.segment_frames)
        frames = pairs[:100].T.repeat_interleave(2, dim=1)[None]
        tokens = generator.quantizer.tokens(frames)[0]
        assert int(tokens.max()) < 24
        torch.testing.assert_close(generator.quantizer.codebook[tokens], pairs[:100], atol=0.1, rtol=0)


class TestAttempts:
    def test_a_folder_of_something_else_is_left_alone(self, tmp_path: Path):
        from benchmarks.from_scratch.stages import Stages
        from benchmarks.gpt_sovits_parts.materials import FolderTaken

        (tmp_path / "letter.txt").write_text("dear")
        with pytest.raises(FolderTaken, match="something else"):
            Stages(PLANS["smoke"], tmp_path, "cpu").run()
        (tmp_path / "plan.txt").write_text("another")
        with pytest.raises(FolderTaken, match="another plan"):
            Stages(PLANS["smoke"], tmp_path, "cpu").run()
        assert {file.name for file in tmp_path.iterdir()} == {"letter.txt", "plan.txt"}

    def test_the_minutes_count_on_in_the_next_attempt(self, tmp_path: Path):
        from benchmarks.from_scratch.watch import Curves, TimeIsUp, Watch

        curves = Curves(tmp_path / "curves.jsonl")
        Watch("", "s1", curves, 100).check()
        curves.add("s1", 3, {"loss": 2.0, "s": 99.0})
        curves.add("s2", 3, {"loss": 1.0, "s": 5000.0})
        Watch("", "s1", curves, 100).check()
        curves.add("s1", 4, {"loss": 1.5, "s": 101.0})
        with pytest.raises(TimeIsUp):
            Watch("", "s1", curves, 100).check()
        assert list(curves.of("s1")) == [3, 4]

    def test_when_the_time_is_up_the_whole_epochs_are_exported(self, tmp_path: Path):
        from benchmarks.from_scratch.training import in_time
        from benchmarks.from_scratch.watch import Curves, TimeIsUp, Watch
        from tts.gpt_sovits.training.gpt_options import GptOptions
        from tts.gpt_sovits.training.run_folder import RunFolder
        from tts.gpt_sovits.training.watching import Watcher

        asked = []

        def train(options: GptOptions, watch: Watcher) -> Path:
            asked.append(options.epochs)
            watch.check()
            return tmp_path / f"{options.epochs}"

        curves = Curves(tmp_path / "curves.jsonl")
        curves.add("s1", 1, {"s": 61.0})
        options, watch = GptOptions("me", epochs=50), Watch("", "s1", curves, 60)
        assert in_time(train, options, watch, tmp_path / "run") == tmp_path / "1"
        RunFolder(tmp_path / "run", watch.log).save(9, {"place": {"epoch": 7}})
        assert in_time(train, options, watch, tmp_path / "run") == tmp_path / "7"
        assert asked == [50, 1, 50, 7]
        with pytest.raises(TimeIsUp):
            watch.check()


@pytest.mark.slow
@pytest.mark.long
def test_the_smallest_form_goes_all_the_way_and_the_second_time_nothing_is_done_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    from benchmarks import train_from_scratch
    from benchmarks.from_scratch.training import ACOUSTIC, SEMANTIC
    from benchmarks.from_scratch.watch import Curves

    flags = ["--size", "smoke", "--folder", str(tmp_path)]
    assert train_from_scratch.main(flags) == 0
    curves = Curves(tmp_path / "curves.jsonl")
    for stage, name in (("content encoder", "loss"), (SEMANTIC, "loss"), (ACOUSTIC, "mel")):
        values = [point[name] for point in curves.of(stage).values()]
        assert np.mean(values[-3:]) < 0.9 * values[0], stage
    ours, _, theirs = json.loads((tmp_path / "verdict.json").read_text("utf-8"))
    assert min(ours["length_ratios"]) > 0.1
    assert theirs["ranks"] == [1, 1]
    assert theirs["fine_levels"] == 2
    sounds = sorted((tmp_path / "said").iterdir())
    assert len(sounds) == PLANS["smoke"].held_out
    assert "ranked first" in capsys.readouterr().out
    before = (tmp_path / "curves.jsonl").read_bytes()
    said = [file.read_bytes() for file in sounds]
    assert train_from_scratch.main(flags) == 0
    assert (tmp_path / "curves.jsonl").read_bytes() == before
    assert [file.read_bytes() for file in sounds] == said
