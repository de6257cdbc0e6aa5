"""The benchmark of the engine: that engines get the same work, and that figures become the right lines."""

import json
import sys
from pathlib import Path

import pytest

from benchmarks.gpt_sovits_parts import environments, floors, limits, materials, plan, texts
from benchmarks.gpt_sovits_parts.assignment import Assignment, Outcome
from benchmarks.gpt_sovits_parts.children import measured
from benchmarks.gpt_sovits_parts.figures import OURS, Figures, key, reasons
from benchmarks.gpt_sovits_parts.floors import Ceiling, Work
from benchmarks.gpt_sovits_parts.page import NO_GPU, page
from benchmarks.gpt_sovits_parts.rows import CPU_ROWS, GPU_ROWS, Row, head
from benchmarks.gpt_sovits_parts.timing import rate
from benchmarks.gpt_sovits_rivals.genie_tts import ForcedSteps
from benchmarks.gpt_sovits_rivals.gsv_tts_lite import GPT, SOVITS
from benchmarks.processes import REPOSITORY
from tts.gpt_sovits.base_models import BASE_MODELS
from tts.gpt_sovits.config import upstream_acoustic
from tts.gpt_sovits.text.cuts import cut_into_pieces

ASSIGNMENT = Assignment("speaking", "v2", "weights", "folder", ("clip.wav",), runs=1)


class TestTexts:
    def test_sentences_are_as_long_as_they_are_said_to_be_and_none_comes_twice(self):
        sentences = [texts.sentence(number) for number in range(36)]
        assert {len(sentence) for sentence in sentences} == {texts.LENGTH}
        assert len(set(sentences)) == 36

    def test_paragraphs_share_no_sentence_with_each_other_or_with_what_is_said_alone(self):
        said = [sentence for number in range(4) for sentence in texts.paragraph(number)]
        said += [texts.sentence(number) for number in range(texts.FIRST_OF_PARAGRAPHS)]
        assert len(set(said)) == len(said) == 36

    def test_the_engine_cuts_a_paragraph_into_its_sentences(self):
        paragraph = texts.paragraph(1)
        assert cut_into_pieces("".join(paragraph), "zh", "cut3") == list(paragraph)

    def test_transcripts_of_references_are_equally_long_and_different(self):
        said = [texts.reference_text(number) for number in range(1 + materials.NEW_CLIPS)]
        assert {len(text) for text in said} == {len(texts.REFERENCE_TEXT)}
        assert len(set(said)) == len(said)


class TestOutcome:
    def test_a_measure_that_fails_says_why_in_one_line_and_the_others_go_on(self):
        outcome = Outcome()
        outcome.take("broken", lambda: [1 / 0])
        outcome.take("lines", lambda: (_ for _ in ()).throw(ValueError("one\n  two")))
        outcome.take("fine", lambda: (run for run in (1, 2)))
        assert outcome.values == {"fine": [1.0, 2.0]}
        assert outcome.failures == {"broken": "ZeroDivisionError: division by zero", "lines": "ValueError: one two"}

    def test_the_rate_counts_from_the_first_moment(self):
        assert rate([10.0, 10.5, 11.0]) == 2.0
        assert rate([10.0, 10.5, 11.0], each=4) == 8.0


class TestFloors:
    """The counts are those that were found by other means when the models were examined."""

    @pytest.mark.parametrize(("version", "billions"), [("v2", 20.3), ("v2ProPlus", 45.8)])
    def test_products_of_the_vocoder_for_a_second(self, version, billions):
        config = upstream_acoustic(version)
        assert floors.products_per_frame(config) * floors.FRAMES_PER_SECOND / 1e9 == pytest.approx(billions, rel=0.01)

    def test_work_of_a_step(self):
        assert floors.step(1).operations / 2e6 == pytest.approx(76 + 5, abs=2)
        assert 76e6 < floors.step(1).bytes < 95e6
        assert floors.step(4).bytes < 1.5 * floors.step(1).bytes
        assert floors.step(4).operations == 4 * floors.step(1).operations

    def test_work_of_the_readers(self):
        assert (floors.bert(100) + floors.bert(0) * -1).operations / 100e9 == pytest.approx(0.6, abs=0.06)
        assert 50e9 < floors.hubert(6).operations < 100e9

    def test_reading_and_multiplying_happen_at_the_same_time(self):
        ceiling = Ceiling(read=10, multiply=100)
        assert ceiling.seconds(Work(20, 100)) == 2.0
        assert ceiling.seconds(Work(10, 300)) == 3.0

    def test_several_sentences_cost_less_than_each_by_itself(self):
        ceiling = Ceiling(20e9, 1e12)
        assert ceiling.seconds(floors.paragraph("v2")) < 4 * ceiling.seconds(floors.sentence("v2"))


def some_figures() -> Figures:
    figures = Figures()
    machine = Outcome({f"{name}_{threads}": [1e9] for name in ("read_weights", "read_memory") for threads in (1, 2)})
    machine.values |= {f"{kind}_{threads}": [1e12] for kind in ("float32", "bfloat16", "int8") for threads in (1, 2)}
    figures.add(limits.MACHINE, Assignment("ceilings", "v2", "", "", (), 1), machine)
    figures.add(OURS, ASSIGNMENT, Outcome({"first_audio_s": [0.4, 0.2, 0.3], "sentence_s": [1.68]}))
    figures.add(OURS, Assignment("decoding", "v2", "", "", (), 1), Outcome({"ar1": [100.0, 80.0, 120.0]}))
    figures.add("other 1.0", ASSIGNMENT, Outcome(failures={"all": "it would not"}))
    return figures


class TestTables:
    def test_keys_tell_threads_versions_and_devices_apart(self):
        assert key("first_audio_s", ASSIGNMENT) == "first_audio_s/v2"
        assert key("ar1", Assignment("decoding", "v2", "", "", (), 1, threads=2)) == "ar1/2"
        assert key("ar1", Assignment("decoding", "v2", "", "", (), 1, device="cuda")) == "ar1/1/cuda"

    def test_figures_of_several_processes_are_runs_of_one(self):
        figures = Figures()
        for value in (3.0, 1.0, 2.0):
            figures.add(OURS, ASSIGNMENT, Outcome({"load_s": [value]}))
        assert figures.of(OURS, "load_s/v2") == [3.0, 1.0, 2.0]
        assert figures.middle("load_s/v2") == 2.0

    @pytest.mark.parametrize(
        ("better", "values", "cell"),
        [
            ("more", [80.0, 100.0, 120.0], "100 (120)"),
            ("less", [80.0, 100.0, 120.0], "100 (80)"),
            ("less", [100.0], "100"),
            ("less", [0.0, 0.0], "0"),
            ("less", [], "-"),
        ],
    )
    def test_a_cell_has_the_median_and_the_best(self, better, values, cell):
        assert Row("", "", better, digits=0).cell(values) == cell

    def test_a_gap_says_how_many_times_as_long_it_takes(self):
        assert Row("", "", "less").gap(3.0, 1.5) == "2.0x"
        assert Row("", "", "more").gap(100.0, 250.0) == "2.5x"

    def test_every_row_has_as_many_cells_as_the_head_and_a_key_of_its_own(self):
        rows = (*CPU_ROWS, *GPU_ROWS)
        assert len({row.key for row in rows}) == len(rows)
        for row in rows:
            assert len(row.cells(some_figures(), ["a", "b"], 1.0)) == len(head(["a", "b"])) - 1

    def test_a_page_shows_what_was_measured_and_names_what_was_not(self):
        found = some_figures()
        text = page(found, ["other 1.0"], {"first_audio_s/v2": 0.1, "ar1/1": 200.0}, "A day, a machine.", False)
        lines = [[cell.strip() for cell in line.split("|")[1:-1]] for line in text.splitlines() if line.startswith("|")]
        assert [row[1:4] + row[5:] for row in lines[2:]] == [
            ["AR tokens/s, batch 1, one thread", "100 (120)", "-", "> 100", "200", "2.0x"],
            ["first audio, v2, s", "0.30 (0.20)", "-", "< 0.5", "0.10", "3.0x"],
            ["real-time factor, sentence, v2", "0.50", "-", "< 0.4", "", ""],
        ]
        assert "A day, a machine." in text
        assert "- other 1.0, speaking v2/v2: it would not" in text
        assert NO_GPU in text
        assert "TINY" not in text

    def test_reasons_are_given_once(self):
        figures = Figures()
        figures.add("a", ASSIGNMENT, Outcome(failures={"one": "no", "two": "no", "three": "never"}))
        assert reasons(figures, ["a", "b"]) == ["a, one/v2, two/v2: no", "a, three/v2: never"]

    def test_floors_come_from_the_ceilings_of_the_same_run(self, tmp_path: Path):
        (tmp_path / "file").write_bytes(bytes(1000))
        file = tmp_path / "file"
        found = limits.floors_of(some_figures(), {"gpt": file, "sovits": file, "hubert": file, "bert": file})
        assert found["load_s/v2"] == 2000 / 1e9
        assert found["ar1/1"] == 1e9 / floors.step(1).bytes
        assert found["first_audio_s/v2ProPlus"] > found["first_audio_s/v2"]
        assert not any(name.endswith("cuda") for name in found)
        assert set(found) <= {row.key for row in CPU_ROWS}


class TestPlan:
    def test_every_row_is_measured_by_the_full_plan(self):
        made = {step.measure for step in plan.FULL}
        assert made >= {"ceilings", "decoding", "speaking", "reference", "memory", "loading", "breakdown", "quality"}

    @pytest.mark.parametrize(
        ("one", "all_cores", "threads"), [(25, 30, 2), (25, 25, 2), (25, 3, 1), (None, None, 2), (25, None, 1)]
    )
    def test_all_cores_are_used_unless_one_is_faster(self, one, all_cores, threads):
        assert plan.threads_that_suit(one, all_cores) == threads
        speaking = plan.Step("speaking", (plan.RIVALS,), threads=plan.AS_SUITS)
        assert speaking.assigned(ASSIGNMENT, threads).threads == threads
        assert plan.Step("speaking", (OURS,)).assigned(ASSIGNMENT, threads).threads == 1

    def test_what_depends_on_the_best_number_of_threads_comes_after_it_is_known(self):
        for steps in (plan.FULL, plan.QUICK):
            known = [step.threads for step in steps if step.measure == "decoding" and plan.RIVALS in step.who]
            assert known == [1, plan.CORES]
            first = next(index for index, step in enumerate(steps) if step.threads == plan.AS_SUITS)
            assert first > max(index for index, step in enumerate(steps) if step.measure == "decoding")

    def test_who_takes_a_step(self):
        both = plan.Step("decoding", (OURS, plan.RIVALS))
        assert [both.is_for(name) for name in (OURS, "genie-tts 2.0.2", limits.MACHINE)] == [True, True, False]
        on_gpu = plan.Step("decoding", (OURS, *plan.RIVALS_ON_GPU))
        assert [on_gpu.is_for(name) for name in ("gsv-tts-lite 0.4.7", "genie-tts 2.0.2")] == [True, False]
        alone = plan.Step("ceilings", (limits.MACHINE,))
        assert [alone.is_for(name) for name in (OURS, "genie-tts 2.0.2", limits.MACHINE)] == [False, False, True]


class TestMaterials:
    def test_random_weights_never_take_the_place_of_files_that_are_there(self, tmp_path: Path):
        (tmp_path / "s1v3.ckpt").write_bytes(b"trained for weeks")
        with pytest.raises(materials.FolderTaken, match=r"holds files .* name an empty or a new folder"):
            materials.write_weights(tmp_path, "tiny", ("v2",))
        assert [file.name for file in tmp_path.iterdir()] == ["s1v3.ckpt"]

    def test_weights_that_are_there_are_not_written_again(self, tmp_path: Path):
        (tmp_path / materials.STAMP).write_text(json.dumps(["tiny", "v2"]))
        (tmp_path / "s1v3.ckpt").write_bytes(b"as it was")
        materials.write_weights(tmp_path, "tiny", ("v2",))
        assert (tmp_path / "s1v3.ckpt").read_bytes() == b"as it was"


class TestFairness:
    def test_rivals_read_the_files_that_the_engine_reads(self):
        for version in materials.VERSIONS:
            assert (GPT[version], SOVITS[version]) == (BASE_MODELS[version].gpt, BASE_MODELS[version].sovits)

    def test_reference_clips_last_five_seconds_and_are_all_different(self, tmp_path: Path):
        clips = [Path(clip).read_bytes() for clip in materials.write_clips(tmp_path)]
        assert len(set(clips)) == len(clips) == 1 + materials.NEW_CLIPS
        assert {len(clip) for clip in clips} == {44 + 2 * 16000 * materials.CLIP_S}

    def test_a_session_is_told_its_end_after_the_tokens_that_are_forced(self):
        class Session:
            def run(self, names, feed):
                return ["tokens", "embedded", True, "keys"]

        steps = ForcedSteps(Session())
        steps.limit(2)
        ended = [steps.run(None, {})[2] for _ in range(4)]
        assert ended == [False, False, True, True]
        assert len(steps.moments) == 4


class TestEnvironments:
    def test_an_installation_that_fails_says_its_last_words(self):
        with pytest.raises(environments.NotInstalled, match=r"^no matching distribution$"):
            environments.call([sys.executable, "-c", "import sys; sys.exit('looking\\nno matching distribution')"])

    def test_a_program_that_is_not_there_says_so(self, tmp_path: Path):
        with pytest.raises(environments.NotInstalled, match="No such file"):
            environments.call([str(tmp_path / "python")])

    def test_torch_is_pinned_as_the_project_pins_it(self):
        requirements = (REPOSITORY / "requirements-ml.txt").read_text(encoding="utf-8")
        assert f"\n{environments.TORCH} " in requirements


class TestChildren:
    def test_a_program_that_fails_to_start_is_a_failure_with_its_last_words(self):
        outcome = measured(Path(sys.executable), "benchmarks.no_such_program", ASSIGNMENT)
        assert list(outcome.failures) == ["all"]
        assert "code 1" in outcome.failures["all"]
        assert "no_such_program" in outcome.failures["all"]

    def test_a_python_that_is_not_there_is_no_crash(self, tmp_path: Path):
        outcome = measured(tmp_path / "python", "benchmarks.machine", ASSIGNMENT)
        assert list(outcome.failures) == ["all"]

    def test_a_program_that_hangs_is_stopped(self, tmp_path: Path):
        (tmp_path / "python").write_text("#!/bin/sh\necho waiting\nsleep 60\n")
        (tmp_path / "python").chmod(0o755)
        outcome = measured(tmp_path / "python", "x", ASSIGNMENT, timeout_s=0.5)
        assert outcome.failures == {"all": "It was stopped after 0.5 s: waiting"}

    def test_what_a_stopped_program_has_found_is_kept(self, tmp_path: Path):
        found = '{"values": {"ar1": [2.0]}, "failures": {"ar4": "no"}}'
        (tmp_path / "python").write_text(f"#!/bin/sh\necho '{found}' > $4\nsleep 60\n")
        (tmp_path / "python").chmod(0o755)
        outcome = measured(tmp_path / "python", "x", ASSIGNMENT, timeout_s=0.5)
        assert outcome.values == {"ar1": [2.0]}
        assert outcome.failures == {"ar4": "no", "all": "It was stopped after 0.5 s:"}

    def test_figures_are_written_down_one_after_another(self, tmp_path: Path):
        outcome = Outcome()
        outcome.file = tmp_path / "outcome.json"
        outcome.take("first", lambda: [1])
        written = json.loads(outcome.file.read_text())
        assert written == {"values": {"first": [1.0]}, "failures": {}}
