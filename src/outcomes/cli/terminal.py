"""What is printed: results on stdout, talk and progress on stderr, nothing that a terminal would obey."""

from __future__ import annotations

import contextlib
import sys
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PLAN = "plan.toml"
EXAMPLE = ("data", "example")


def say(text: str, *, err: bool = False, nl: bool = True) -> None:
    """Print a text without anything that a terminal would obey: names of files and columns come from outside."""
    click.echo(to_plain(text), err=err, nl=nl)


def to_plain(text: str) -> str:
    """Show controls and marks of writing direction by their numbers."""
    return "".join(_to_shown(letter) for letter in text)


def _to_shown(letter: str) -> str:
    """Show a control or a mark of writing direction by its number."""
    if letter in "\n\t" or unicodedata.category(letter) not in {"Cc", "Cf", "Cs"}:
        return letter
    return f"\\u{ord(letter):04x}"


@contextlib.contextmanager
def progress(*, steps: int, quiet: bool) -> Iterator[Callable[[str], None]]:
    """Show what is being done on stderr, and how far it is in so many steps, on a terminal only."""
    if quiet or not sys.stderr.isatty():
        yield _be_silent
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (BarColumn(bar_width=24), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("starting", total=steps, completed=-1)  # a step is done when the next begins
        yield lambda phrase: progress.update(task, description=phrase, advance=1)


def _be_silent(_: str) -> None:
    """Say nothing, where nobody watches."""


def default_study() -> Path:
    """Give the current folder where it is a study, else the example."""
    return Path() if Path(PLAN).is_file() else Path(*EXAMPLE)
