"""Decimal points of a column stand below each other, and every element still shows the stored text."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from outcomes.audit.page import read_page
from outcomes.render.html.align import DIGIT_SPACE, POINT_SPACE, align_numbers


def table(*columns: list[str], kind: str = "") -> str:
    rows = zip(*columns, strict=True)
    body = "".join(
        f"<tr><th scope='row'>r</th>{''.join(f'<td{kind}>{cell}</td>' for cell in row)}</tr>" for row in rows
    )
    return f"<table><tbody>{body}</tbody></table>"


def number(text: str) -> str:
    return f'<data value="1" data-id="a.b"><a href="#n-a.b">{text}</a></data>'


def cells_of(html: str) -> list[str]:
    return [re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", html)]


def test_numbers_at_the_left_are_padded_before_them() -> None:
    page = align_numbers(table([number("3.1 points lower"), number("12.0 points higher"), "not estimable"]))
    assert cells_of(page) == [f"{DIGIT_SPACE}3.1 points lower", "12.0 points higher", "not estimable"]


def test_numbers_at_the_right_are_padded_behind_them() -> None:
    page = align_numbers(table([number("0.043"), number("0.29"), number("6"), "–"], kind=' class="num"'))
    assert cells_of(page) == ["0.043", f"0.29{DIGIT_SPACE}", f"6{POINT_SPACE}{DIGIT_SPACE * 3}", "–"]


def test_the_numbers_in_brackets_stand_below_each_other_too_and_the_space_before_the_bracket() -> None:
    cells = [f"{number('53.3')} ({number('9.1')})", f"{number('49.3')} ({number('11.4')})"]
    assert cells_of(align_numbers(table(cells, kind=' class="num"'))) == [f"53.3 {DIGIT_SPACE}(9.1)", "49.3 (11.4)"]


def test_cells_of_another_form_keep_their_form() -> None:
    cells = [number("79%"), f"{number('1.21')} ({number('10.0')})"]
    assert cells_of(align_numbers(table(cells, kind=' class="num"'))) == ["79%", "1.21 (10.0)"]


@given(st.lists(st.tuples(st.integers(-9999, 9999), st.integers(0, 3)), min_size=1, max_size=6), st.booleans())
def test_points_stand_below_each_other_and_what_is_quoted_is_unchanged(
    drawn: list[tuple[int, int]], is_right: bool
) -> None:
    texts = [f"{value:.{places}f}".replace("-", "\u2212") for value, places in drawn]
    html = table([number(text) for text in texts], kind=' class="num"' if is_right else "")
    page = align_numbers(html)
    cells = cells_of(page)
    shown = [cell.replace(POINT_SPACE, ".") for cell in cells]
    width = max(map(len, shown))
    places = max(places for _, places in drawn)
    for cell, text in zip(shown, texts, strict=True):
        whole = len(text.partition(".")[0])
        at = width - len(cell) + whole if is_right else cell.index(text) + whole
        assert at == width - (places + 1 if places else 0)
    assert [quote.text for quote in read_page(page).quotes] == texts
    assert align_numbers(page) == page
