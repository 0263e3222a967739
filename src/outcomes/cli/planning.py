"""The command about planning: size."""

from __future__ import annotations

import sys
from functools import partial
from typing import Any

import click

from outcomes.cli.terminal import PLAN, say

_POSITIVE = click.FloatRange(0, min_open=True)
_INSIDE = click.FloatRange(0, 1, min_open=True, max_open=True)
_SHARE = click.FloatRange(0, 1, max_open=True)
_number = partial(click.option, metavar="NUMBER")
_numbers = partial(click.option, metavar="NUMBER NUMBER", nargs=2)


@click.command(short_help="Say how many people an answer needs.")
@click.argument("study", required=False, type=click.Path())
@_number(
    "--difference",
    type=_POSITIVE,
    help="Difference to be seen, in points; also the margin of equivalence.",
)
@_number("--sd", type=_POSITIVE, help="Standard deviation within an arm [1: differences are in sd].")
@_number(
    "--correlation",
    type=click.FloatRange(-1, 1, min_open=True, max_open=True),
    help="Correlation of the score with the one at the start [0].",
)
@_numbers("--dropout", type=_SHARE, help="Shares not seen in the full and the skills arm [0 0].")
@_number("--group-size", type=click.FloatRange(1), help="People in a skills group [1].")
@_number("--icc-group", type=_SHARE, help="How alike people of a group are [0].")
@click.option("--mixed/--separate", "mixed_groups", default=None, help="Do groups hold both arms? [mixed]")
@_number("--caseload", type=click.FloatRange(1), help="People of a 121 therapist [1].")
@_number("--icc-therapist", type=_SHARE, help="How alike people of a therapist are [0].")
@_number("--explained", type=_SHARE, help="How far the adjustment tells the programme [0].")
@_number("--ratio", type=_POSITIVE, help="People in the full arm for each in the skills arm [1].")
@_number("--power", type=_INSIDE, help="Chance to see it [0.8].")
@_number(
    "--level",
    type=click.FloatRange(0.5, 1, min_open=True, max_open=True),
    help="Confidence level [0.95].",
)
@_numbers(
    "--shares",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    help="Shares of people with an event in the full and the skills arm, in place of a difference.",
)
@click.option("--out", type=click.Path(), help="Draw the curve into this SVG file.")
@click.option("--json", "as_json", is_flag=True, help="Print the results for a program.")
def size(study: str | None, out: str | None, as_json: bool, **given: Any) -> None:
    """Say how many people an answer needs: with no data at all, or with what a study's data say.

    What is not stated is taken from STUDY and its plan, or without a study is as in square brackets.

    Example: outcomes size --difference 5 --sd 12 --correlation 0.6 --dropout 0.25 0.35
    """
    from pathlib import Path

    from outcomes.sizing import size_up

    if study is None and given["difference"] is None and given["shares"] is None:
        if not Path(PLAN).is_file():
            raise click.UsageError("Name a study, or say with --difference which difference is to be seen.")
        study = "."
    if given["shares"] is not None:
        others = {name for name, value in given.items() if value is not None} - {"shares", "ratio", "power", "level"}
        if study is not None or others:
            raise click.UsageError("--shares goes with --ratio, --power and --level alone, and without a study.")
    sized = size_up(study, given)
    if out is not None and sized.curve is None:
        raise click.UsageError("There is no curve to draw: leave --out away to see why.")
    if out is not None:
        say(str(sized.draw(Path(out))), err=True)
    say(sized.to_json() if as_json else sized.to_text(plain=not _knows_blocks()))
    if not sized.is_answered:
        sys.exit(1)


def _knows_blocks() -> bool:
    """Whether the characters of a bar can be printed here."""
    try:
        "█▏".encode((sys.stdout and sys.stdout.encoding) or "ascii")
    except UnicodeEncodeError:
        return False
    return True
