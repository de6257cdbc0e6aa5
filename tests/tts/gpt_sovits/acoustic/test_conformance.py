"""Every stage of the acoustic model equals upstream's, within the tolerances that its vectors state."""

import pytest
import torch
from torch import Tensor

from tts.gpt_sovits.acoustic.model import Conditions

pytestmark = pytest.mark.parametrize("name", ["s2_v2", "s2_v2Pro"])


def assert_equal(ours: Tensor, theirs: Tensor, tolerance: float) -> None:
    torch.testing.assert_close(ours, theirs, atol=tolerance, rtol=0)


def test_the_tokens_of_a_reference_are_the_same(name: str, stored_model):
    here = stored_model(name)
    assert torch.equal(here.model.quantizer.tokens(here.stored["ssl"].float()), here.stored["vq_codes"][0])


def test_tokens_become_the_same_frames(name: str, stored_model):
    here = stored_model(name)
    frames = here.model.quantizer.frames(here.stored["codes"][0])
    assert torch.equal(frames, here.stored["quantized"].repeat_interleave(2, dim=-1))


def test_the_style_of_a_clip(name: str, stored_model):
    here = stored_model(name)
    assert_equal(here.model.style(here.spectrograms[0]), here.stored["ref_enc_out"], 1e-4)


def test_the_timbre_of_a_clip(name: str, stored_model):
    here = stored_model(name)
    assert_equal(here.timbre(1), here.stored["ge"], 1e-4)


def test_the_timbre_as_the_mixer_takes_it(name: str, stored_model):
    here = stored_model(name)
    expected = here.stored["ge512"].mT if "ge512" in here.stored else here.stored["ge"]
    assert_equal(here.conditions.mixer, expected, 1e-4)


def test_phones_encoded(name: str, stored_model):
    here = stored_model(name)
    assert_equal(here.model.enc_p.encode_phones(here.stored["text"]), here.stored["encoder_text"], 1e-4)


def test_tokens_encoded(name: str, stored_model):
    here = stored_model(name)
    encoder = here.model.enc_p
    frames = encoder.encoder_ssl(encoder.ssl_proj(here.model.quantizer.frames(here.stored["codes"][0])))
    assert_equal(frames, here.stored["encoder_ssl"], 1e-4)
    mixed = encoder.mrte(frames, here.stored["encoder_text"], here.conditions.mixer)
    assert_equal(mixed, here.stored["mrte"], 1e-4)


def encoded(here, tokens: Tensor) -> Tensor:
    encoder, quantizer = here.model.enc_p, here.model.quantizer
    text = encoder.encode_phones(here.stored["text"])
    return encoder.encode_frames(quantizer.frames(tokens), text, here.conditions.mixer)


def test_the_prior(name: str, stored_model):
    here = stored_model(name)
    frames = encoded(here, here.stored["codes"][0])
    mean, log_deviation = here.model.enc_p.prior(frames)
    assert_equal(frames, here.stored["enc_p.x"], 1e-4)
    assert_equal(mean, here.stored["enc_p.m"], 1e-4)
    assert_equal(log_deviation, here.stored["enc_p.logs"], 1e-4)


def test_the_first_half_encoded_alone_as_a_stream_does(name: str, stored_model):
    here = stored_model(name)
    tokens = here.stored["codes"][0]
    assert_equal(encoded(here, tokens[:, : tokens.shape[1] // 2]), here.stored["stream.latent1"], 1e-4)


def test_the_flow(name: str, stored_model):
    here = stored_model(name)
    frames = here.model.flow.backwards(here.stored["enc_p.m"], here.conditions.flow)
    assert_equal(frames, here.stored["flow_z"], 5e-4)


def spoken(here, conditions: Conditions, speed: float = 1.0) -> Tensor:
    """Without noise, as the vectors are."""
    tokens = here.stored["codes"][0]
    quiet = torch.zeros(1, here.model.config.inter_channels, 5 * tokens.shape[1])
    return here.model.speak(tokens, here.stored["text"], conditions, quiet, speed)


def test_the_waveform(name: str, stored_model):
    here = stored_model(name)
    assert_equal(spoken(here, here.conditions), here.stored["wav"][0], 2e-4)


def test_the_waveform_with_two_references(name: str, stored_model):
    here = stored_model(name)
    sound = spoken(here, here.model.conditions(here.timbre(2)))
    assert_equal(sound, here.stored["wav_2refs"][0], 2e-4)
    assert not torch.allclose(sound, here.stored["wav"][0], atol=1e-3)


def test_the_waveform_at_other_speeds(name: str, stored_model):
    here = stored_model(name)
    speeds = [key.removeprefix("wav_speed") for key in here.stored if key.startswith("wav_speed")]
    assert speeds
    for speed in speeds:
        sound = spoken(here, here.conditions, float(speed))
        assert_equal(sound, here.stored[f"wav_speed{speed}"][0], 2e-4)
