"""Figures as tables, and their place in RESULTS.md."""

import pytest

from benchmarks.report import percentile, replace_section, table


@pytest.mark.parametrize(
    ("percent", "expected"),
    [(50, 50), (99, 99), (99.5, 100), (100, 100), (1, 1), (0, 1)],
)
def test_a_percentile_is_a_value_that_was_measured(percent, expected):
    assert percentile(list(range(100, 0, -1)), percent) == expected


def test_the_only_value_is_every_percentile():
    assert percentile([7.0], 50) == percentile([7.0], 99) == 7.0


def test_a_table_has_lines_of_one_width():
    assert table(["n", "server"], [["1", "Yinliu"], ["200", "b"]]).splitlines() == [
        "|   n | server |",
        "| --: | ------ |",
        "|   1 | Yinliu |",
        "| 200 | b      |",
    ]


PAGE = "# Results\n\nIntroduction.\n\n## One\n\nold\n\n## Two 二\n\nkept\n"


def test_a_section_is_replaced_and_its_neighbours_stay():
    assert replace_section(PAGE, "One", "new\n| a |") == PAGE.replace("old", "new\n| a |")
    assert replace_section(PAGE, "Two 二", "新") == PAGE.replace("kept", "新")


def test_a_section_that_is_not_there_comes_last():
    assert replace_section(PAGE, "Three", "new") == f"{PAGE}\n## Three\n\nnew\n"
    assert replace_section("", "One", "new") == "## One\n\nnew\n"


def test_replacing_twice_changes_nothing_more():
    once = replace_section(PAGE, "Three", "new")
    assert replace_section(once, "Three", "new") == once
