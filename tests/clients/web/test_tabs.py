"""Two tabs of one Chromium: one keeps the conversation, the other says that it does not, and deletions reach both."""

from typing import Any

from tests.support.browser import ENDED, ask, until, visit
from tests.support.scripted_talk import OrderlyReplier

ELSEWHERE = "summary:text-is('Another tab keeps the conversation')"
IS_KEPT = """() => new Promise((resolve) => {
    const opening = indexedDB.open("yinliu", 1)
    opening.onsuccess = () => {
        const asked = opening.result.transaction("texts").objectStore("texts").get("current")
        asked.onsuccess = () => resolve((asked.result?.turns ?? []).map(({ asked }) => asked))
    }
})"""


def test_only_one_tab_keeps_the_conversation(browser: Any, url: str, model: OrderlyReplier) -> None:
    with visit(browser, url) as seen:
        first = seen.page
        first.locator(".dot.ready").wait_for()
        answered(first, "In the first")
        second = another_tab(seen)
        second.locator(ELSEWHERE).wait_for()
        answered(second, "In the second")
        assert [message["content"] for message in model.asked[1][1:]] == ["In the second"]
        second.wait_for_timeout(1000)  # it would be written a moment later
        assert first.evaluate(IS_KEPT) == ["In the first"]
        assert first.locator(ELSEWHERE).count() == 0

        first.close()
        second.reload()
        second.get_by_text("In the first").wait_for()
        assert second.locator(ELSEWHERE).count() == 0
        seen.expect_no_trouble()


def test_a_deletion_in_one_tab_clears_the_other(browser: Any, url: str) -> None:
    with visit(browser, url) as seen:
        first = seen.page
        first.locator(".dot.ready").wait_for()
        answered(first, "In the first")
        second = another_tab(seen)
        second.locator(ELSEWHERE).wait_for()
        answered(second, "In the second")
        for deleting, other in ((second, first), (first, second)):
            deleting.get_by_role("button", name="Settings").click()
            deleting.get_by_role("button", name="Delete").click()
            deleting.get_by_role("button", name="Delete it").click()
            deleting.keyboard.press("Escape")
            for page in (deleting, other):
                page.get_by_role("heading", name="Say something").wait_for()
            other.wait_for_timeout(1000)  # it would be undone a moment later
            assert first.evaluate(IS_KEPT) == []
            answered(first, "Once more")
            until(first, f"({IS_KEPT})().then(({{ length }}) => length === 1)")
        seen.expect_no_trouble()


def answered(page: Any, question: str) -> None:
    ask(page, question)
    page.locator(ENDED).wait_for()


def another_tab(seen: Any) -> Any:
    page = seen.page.context.new_page()
    page.on("pageerror", lambda error: seen.errors.append(str(error)))
    page.goto(seen.origin)
    page.locator(".dot.ready").wait_for()
    return page
