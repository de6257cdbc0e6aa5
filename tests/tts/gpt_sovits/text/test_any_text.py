"""No text, however odd, is too much for the front end with its own spellers."""

import threading
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tts.gpt_sovits.text.cuts import LONGEST_PIECE
from tts.gpt_sovits.text.frontend import Frontend
from tts.gpt_sovits.text.modes import MODES
from tts.gpt_sovits.text.segmentation import prepare
from tts.gpt_sovits.text.spelled import SpelledText
from tts.gpt_sovits.text.spelling import LanguageMissing, RuleSet
from tts.gpt_sovits.text.symbols import SYMBOL_IDS

TEXT = st.text(
    st.sampled_from(
        "你好银行长一不儿得abcXYZ 0123456789.,:%-~/+=，。！？—…“”'\"()《》こカ한글é€$¥k℃²αΩ①😀\n\x00\u200b\ud800"
    )
    | st.characters(codec=None),
    max_size=60,
)
INSTALLED_WITH_EVERYTHING = ["zh", "all_zh", "en"]


@pytest.fixture(scope="module", params=["compat", "default"])
def rules(request: pytest.FixtureRequest) -> RuleSet:
    return request.param


@pytest.fixture(scope="module")
def frontend(rules: RuleSet) -> Frontend:
    frontend = Frontend(rules)
    frontend.warm_up(["zh"])
    return frontend


def check(spelled: SpelledText) -> None:
    assert all(0 <= number <= 731 for number in spelled.ids)
    assert [SYMBOL_IDS.get(phone, SYMBOL_IDS["UNK"]) for phone in spelled.phones] == list(spelled.ids)
    end = 0
    for part in spelled.segments:
        assert part.start == end
        end = part.end
        if part.language in ("zh", "yue"):
            assert len(part.word2ph) == len(part.normalized)
            assert sum(part.word2ph) == part.end - part.start
        else:
            assert part.word2ph == ()
    assert end == len(spelled.phones)


@given(text=TEXT, language=st.sampled_from(sorted(MODES)))
@settings(max_examples=400)
def test_any_text_is_spelled_in_any_language(frontend: Frontend, text: str, language: str):
    try:
        check(frontend.spell(text, language))
    except LanguageMissing:
        assert language not in INSTALLED_WITH_EVERYTHING


@pytest.mark.parametrize("dull", ["1", "1,", "a", "长", "A-", "一", "…", "\n", "5km", "a.com", "²", "1:00", "$1"])
def test_dull_texts_as_long_as_a_piece_may_be_take_no_time(frontend: Frontend, dull: str):
    started = time.perf_counter()
    check(frontend.spell((dull * LONGEST_PIECE)[:LONGEST_PIECE], "zh"))
    assert time.perf_counter() - started < 10  # hundreds of times what they take: only what explodes is caught


def test_the_spelled_segments_are_those_of_the_prepared_text(frontend: Frontend, rules: RuleSet):
    text = "我用iPhone 15拍了3km外的🗻，看www.a.com。OK？"
    spelled = frontend.spell(text, "zh")
    assert "".join(part.text for part in spelled.segments) == prepare(text, "zh", rules)


def test_threads_get_the_same_phones(frontend: Frontend):
    texts = [
        "银行行长在2024年5月1日说：Hello, world!",
        "他说 I have read 3 books，真的吗？",
        "温度是25°C，湿度60%。",
    ] * 4
    alone = [frontend.spell(text, "auto").phones for text in texts]
    together: list[tuple[str, ...] | None] = [None] * len(texts)

    def spell(place: int) -> None:
        together[place] = frontend.spell(texts[place], "auto").phones

    threads = [threading.Thread(target=spell, args=(place,)) for place in range(len(texts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert together == alone
