"""The bar of a turn's stages."""

from clients.gui.latency import parts_of, total_ms


def test_each_stage_is_the_time_since_the_one_before() -> None:
    stages = {
        "speech_ended": 0.0,
        "heard": 180,
        "first_token": 420,
        "first_piece": 510,
        "first_audio": 760,
        "playing": 790,
    }
    assert [(part.stage, part.ms) for part in parts_of({**stages, "done": 3000})] == [
        ("heard", 180),
        ("first_token", 240),
        ("first_piece", 90),
        ("first_audio", 250),
        ("playing", 30),
    ]
    assert total_ms(stages) == 790


def test_a_typed_turn_has_no_recognition_and_a_mute_one_no_sound() -> None:
    stages = {"first_token": 100, "first_piece": 150, "done": 900}
    assert [part.stage for part in parts_of(stages)] == ["first_token", "first_piece"]
    assert total_ms(stages) == 150


def test_a_stage_that_seems_to_come_early_takes_no_time_and_stretches_no_other() -> None:
    stages = {"heard": 200, "first_token": 150, "first_piece": 300}
    assert [part.ms for part in parts_of(stages)] == [200, 0, 100]


def test_without_stages_there_is_no_bar() -> None:
    assert parts_of({}) == []
    assert total_ms({"done": 10}) is None
