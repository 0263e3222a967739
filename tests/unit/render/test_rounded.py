"""Where a printed difference misses that of its printed parts it is said, and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from outcomes.blocks.format import print_value
from outcomes.blocks.model import Box, Definition, Definitions, Fold, ItemList, Paragraph, Section, Table, columns, row
from outcomes.blocks.phrase import Number, Phrase, Run
from outcomes.blocks.rounded import ONE_BY_ONE, say_rounded
from outcomes.results.key import Key
from outcomes.results.outcome import Estimate
from outcomes.results.quantity import Quantity
from outcomes.study.read import read_study
from small_study import write_small_study

if TYPE_CHECKING:
    from outcomes.blocks.model import Block
    from outcomes.plan.model import Plan

WHOLE = Key("costs", what="difference")
PARTS = tuple(Key("costs", what="mean", arm=arm) for arm in ("full", "skills"))


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    return read_study(write_small_study(tmp_path_factory.mktemp("s") / "s", n=8)).plan


def money(full: float, skills: float, *, told: bool = True, moved: float = 0.0) -> dict[str, Estimate]:
    parts = [
        Estimate(key=key, quantity=Quantity.MONEY, label="a mean", value=value, unit="currency")
        for key, value in zip(PARTS, (full, skills), strict=True)
    ]
    whole = Estimate(
        key=WHOLE,
        quantity=Quantity.MONEY_DIFFERENCE,
        label="their difference",
        value=full - skills + moved,
        unit="currency",
        tells=(PARTS,) if told else (),
    )
    return {one.id: one for one in (*parts, whole)}


def quote(found: dict[str, Estimate]) -> list[Phrase]:
    return [Phrase.of(Run(f"{one.value:.0f}", origin=Number(name, one.value))) for name, one in found.items()]


def say(found: dict[str, Estimate], plan: Plan, block: Block) -> bool:
    section = say_rounded(Section("s", Phrase("S"), (block,)), found, plan)  # type: ignore[arg-type]
    return ONE_BY_ONE in repr(section)


@pytest.mark.parametrize(
    ("full", "skills", "missed"),
    [(1411.6, 400.4, True), (1411.4, 400.6, True), (1411.4, 400.4, False), (1411.5, 400.2, True), (20.0, 7.0, False)],
)
def test_it_is_said_just_where_the_printed_numbers_do_not_subtract(
    plan: Plan, full: float, skills: float, missed: bool
) -> None:
    found = money(full, skills)
    printed = [print_value(one, plan) for one in found.values()]
    assert (printed[0] - printed[1] != printed[2]) is missed
    assert say(found, plan, Paragraph(Phrase("{} and {}, {} more").format(*quote(found)))) is missed


@pytest.mark.parametrize("kind", ["table", "list", "definitions", "box", "fold"])
def test_it_is_said_in_every_kind_of_block(plan: Plan, kind: str) -> None:
    found = money(1411.6, 400.4)
    cells = quote(found)
    sentence = Phrase(" ").join(cells)
    blocks: dict[str, Block] = {
        "table": Table(Phrase("T."), columns("What", numbers=("Value",)), tuple(row("one", cell) for cell in cells)),
        "list": ItemList((sentence,)),
        "definitions": Definitions((Definition(Phrase("d"), sentence),)),
        "box": Box("card", (Paragraph(sentence),)),
        "fold": Fold(Phrase("f"), (Paragraph(sentence),)),
    }
    assert say(found, plan, blocks[kind])


def test_it_is_not_said_of_numbers_that_are_no_difference_of_each_other_or_stand_apart(plan: Plan) -> None:
    sentence = Phrase("{} and {}, {} more")
    for found in (money(1411.6, 400.4, told=False), money(1411.6, 400.4, moved=3.0)):
        assert not say(found, plan, Paragraph(sentence.format(*quote(found))))
    found = money(1411.6, 400.4)
    full, skills, whole = quote(found)
    apart = (Paragraph(Phrase("{} and {}").format(full, skills)), Paragraph(whole))
    assert not say(found, plan, Box("card", apart))
