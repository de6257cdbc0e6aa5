"""What the training stage offers besides the training: settings, samples, starting over, going on after a reload."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.browser import until, visit
from tests.support.studio_page import StudioPage, sentences, studio_page


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[StudioPage]:
    with studio_page(tmp_path) as started:
        yield started


def finish(studio: StudioPage, work: str, status: str) -> None:
    studio.api("POST", f"/characters/bob/{work}").raise_for_status()
    deadline_s = time.monotonic() + 60
    while studio.api("GET", "/characters/bob").json()[status] != "completed":
        assert time.monotonic() < deadline_s
        time.sleep(0.1)


def config(studio: StudioPage) -> dict[str, Any]:
    return studio.api("GET", "/characters/bob").json()["config"]


def test_settings_are_changed_and_what_is_no_number_is_told(browser: Any, studio: StudioPage) -> None:
    studio.make("bob")
    with visit(browser, studio.url, path="/#/studio/bob/training") as seen:
        page = seen.page
        page.locator(".settings summary").first.click()
        page.get_by_label("Language of the recordings").select_option("en")
        page.get_by_role("switch", name="Remove noise").uncheck()
        page.get_by_text("More settings").click()
        epochs = page.get_by_label("Epochs of the sound (SoVITS)")
        assert epochs.input_value() == "50"
        epochs.fill("0")
        page.get_by_text("A whole number from 1 to 500.").wait_for()
        assert page.get_by_role("button", name="Save").is_disabled()
        epochs.fill("8")
        page.get_by_label("Graphics cards").fill("0-1")
        page.get_by_text("Not saved yet").wait_for()
        page.keyboard.press("Enter")
        page.get_by_text("Saved.").wait_for()
        page.reload()
        page.locator(".settings summary").first.click()
        assert page.get_by_label("Language of the recordings").input_value() == "en"
        seen.expect_no_trouble()
    changed = {"language": "en", "enable_denoise": False, "epochs_s2": 8, "gpu_id": "0-1"}
    assert config(studio) == {"character_name": "bob", "batch_size": 16, "epochs_s1": 15, **changed}


def test_clips_are_still_there_after_noise_reduction_was_switched_on(browser: Any, studio: StudioPage) -> None:
    studio.make("bob", morning=sentences(2))
    studio.api("PATCH", "/characters/bob/config", json={"enable_denoise": False}).raise_for_status()
    finish(studio, "audio/process", "audio_processing_status")
    studio.api("PATCH", "/characters/bob/config", json={"enable_denoise": True}).raise_for_status()
    with visit(browser, studio.url, path="/#/studio/bob/training") as seen:
        seen.page.get_by_role("button", name="Train the voice", disabled=False).wait_for()
        seen.expect_no_trouble()


@pytest.mark.slow
def test_samples_are_heard_while_it_trains_and_go_when_one_starts_over(
    browser: Any, studio: StudioPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio.make("bob", morning=sentences(2))
    studio.api("PATCH", "/characters/bob/config", json={"epochs_s2": 8, "epochs_s1": 15}).raise_for_status()
    finish(studio, "audio/process", "audio_processing_status")
    with visit(browser, studio.url, path="/#/studio/bob/training") as seen:
        page = seen.page
        page.get_by_role("button", name="Train the voice").click()
        page.get_by_role("button", name="Play GPT, epoch 15").wait_for()
        page.locator(".job-end").wait_for()
        picked = page.locator(".samples li.picked")
        assert [text.split("\n")[0] for text in picked.all_inner_texts()] == ["Epoch 4", "Epoch 5"]
        page.get_by_role("button", name="Play SoVITS, epoch 8").click()
        page.get_by_role("button", name="Stop SoVITS, epoch 8").wait_for()
        page.get_by_role("button", name="Start over").click()
        assert page.evaluate("document.activeElement.innerText") == "Keep it"
        page.get_by_role("button", name="Delete and start over").click()
        page.locator(".samples").wait_for(state="detached")
        page.get_by_role("button", name="Train the voice", disabled=False).wait_for()
        assert page.locator(".job").count() == 0
        seen.expect_no_trouble()
    assert studio.api("GET", "/characters/bob").json()["training_status"] == "pending"
    assert len(studio.api("GET", "/characters/bob/clips").json()["clips"]) == 2


@pytest.mark.slow
def test_who_has_listened_chooses_the_epochs(browser: Any, studio: StudioPage) -> None:
    studio.make("bob", morning=sentences(2))
    studio.api("PATCH", "/characters/bob/config", json={"epochs_s2": 8, "epochs_s1": 15}).raise_for_status()
    finish(studio, "audio/process", "audio_processing_status")
    finish(studio, "training/start", "training_status")
    with visit(browser, studio.url, path="/#/studio/bob/training") as seen:
        page = seen.page
        page.get_by_role("button", name="Use SoVITS, epoch 4", pressed=True).wait_for()
        page.get_by_role("button", name="Use SoVITS, epoch 8").press("Enter")
        page.get_by_role("button", name="Use SoVITS, epoch 8", pressed=True).wait_for()
        assert page.evaluate("document.activeElement.ariaLabel") == "Use SoVITS, epoch 8", "the focus stays"
        page.get_by_role("button", name="Use GPT, epoch 15").click()
        page.get_by_role("button", name="Use GPT, epoch 15", pressed=True).wait_for()
        page.reload()
        page.get_by_role("button", name="Use SoVITS, epoch 8", pressed=True).wait_for()
        picked = page.locator(".samples li.picked")
        assert [text.split("\n")[0] for text in picked.all_inner_texts()] == ["Epoch 8", "Epoch 15"]
        seen.expect_no_trouble()
    used = studio.api("GET", "/characters/bob/persona").json()["used"]["weights"]
    assert used == {"gpt": "bob-e15.ckpt", "sovits": "bob_e8_s24.pth"}


@pytest.mark.slow
def test_a_sample_is_shown_as_soon_as_it_is_spoken(
    browser: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with studio_page(tmp_path) as studio:
        studio.make("bob", morning=sentences(2))
        studio.api("PATCH", "/characters/bob/config", json={"epochs_s2": 8}).raise_for_status()
        finish(studio, "audio/process", "audio_processing_status")
    monkeypatch.setenv("TEST_STEP_S", "0.15")
    with studio_page(tmp_path) as studio, visit(browser, studio.url, path="/#/studio/bob/training") as seen:
        page = seen.page
        page.get_by_role("button", name="Train the voice").click()
        page.get_by_role("button", name="Play SoVITS, epoch 8").wait_for()
        assert studio.api("GET", "/characters/bob").json()["training_status"] == "running"
        seen.expect_no_trouble()


@pytest.mark.slow
@pytest.mark.long
def test_what_a_reload_has_halted_is_gone_on_with(
    browser: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEST_STEP_S", "0.3")
    with studio_page(tmp_path) as studio:
        studio.make("bob", morning=sentences(4))
        studio.api("PATCH", "/characters/bob/config", json={"epochs_s2": 1, "epochs_s1": 1}).raise_for_status()
        with visit(browser, studio.url, path="/#/studio/bob") as seen:
            page = seen.page
            page.on("dialog", lambda dialog: dialog.accept())
            page.get_by_role("button", name="Make everything").click()
            until(page, "document.querySelector('.stage-step.running') !== null")
            page.reload()
            page.get_by_text("The server goes on with this stage only.").wait_for()
            page.get_by_role("button", name="Go on with the rest").click()
            page.get_by_text("Making what is missing").wait_for()
            page.get_by_text("Everything is made.").wait_for()
            page.reload()
            page.get_by_text("Everything is made.").wait_for()
            assert page.locator(".halted").count() == 0
            seen.expect_no_trouble()
        assert [job["kind"] for job in studio.api("GET", "/jobs").json()] == ["train", "process_audio"]


@pytest.mark.slow
def test_what_a_reload_has_halted_may_be_left(browser: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_STEP_S", "0.3")
    with studio_page(tmp_path) as studio:
        studio.make("bob", morning=sentences(2))
        with visit(browser, studio.url, path="/#/studio/bob") as seen:
            page = seen.page
            page.on("dialog", lambda dialog: dialog.accept())
            page.get_by_role("button", name="Make everything").click()
            until(page, "document.querySelector('.stage-step.running') !== null")
            page.reload()
            page.get_by_text("was being made, and that was halted").wait_for()
            page.get_by_role("button", name="Leave it").click()
            page.get_by_role("button", name="Make everything").wait_for()
            page.reload()
            page.get_by_role("button", name="Make everything").wait_for()
            seen.expect_no_trouble()
        assert [job["kind"] for job in studio.api("GET", "/jobs").json()] == ["process_audio"]


@pytest.mark.slow
def test_clips_on_a_waveform_are_chosen_and_heard_by_keys(browser: Any, studio: StudioPage) -> None:
    studio.make("bob", morning=sentences(3))
    finish(studio, "audio/process", "audio_processing_status")
    with visit(browser, studio.url, path="/#/studio/bob/clips") as seen:
        page = seen.page
        page.get_by_role("button", name="Play morning.wav").focus()
        page.keyboard.press("Tab")
        waveform = page.get_by_role("slider", name="Waveform of morning.wav; clips kept: 3, dropped: 0")
        assert waveform.evaluate("it => it === document.activeElement")
        assert "Clip 1 of 3" in waveform.get_attribute("aria-valuetext")
        page.keyboard.press("ArrowRight")
        page.get_by_text("Clip 2 of 3, 0:0").wait_for()
        assert waveform.get_attribute("aria-valuenow") == "2"
        page.keyboard.press("End")
        page.keyboard.press("Home")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Enter")
        until(page, "document.querySelector('canvas').dataset.playing === '2'")
        page.keyboard.press("Space")
        until(page, "document.querySelector('canvas').dataset.playing === undefined")
        seen.expect_no_trouble()


@pytest.mark.slow
def test_the_log_is_in_the_readers_language(browser: Any, studio: StudioPage) -> None:
    studio.make("bob", morning=sentences(2))
    finish(studio, "audio/process", "audio_processing_status")
    with visit(browser, studio.url, path="/#/studio/bob/clips") as seen:
        page = seen.page
        page.locator(".job-log summary").click()
        page.get_by_text("Converted morning.wav").wait_for()
        page.get_by_role("button", name="中文").click()
        page.get_by_text("已转换 morning.wav").wait_for()
        assert page.locator(".job-log pre").inner_text().count("Converted") == 0
        seen.expect_no_trouble()
