"""What is printed: results on stdout, talk and progress on stderr, nothing that a terminal would obey."""

from __future__ import annotations

import codecs
import contextlib
import errno
import io
import os
import sys
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TextIO

PLAN = "plan.toml"


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
    if quiet or sys.stderr is None or not sys.stderr.isatty():
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


class Heard:
    """A stream that goes on when nobody listens any more.

    `outcomes check | head -1` closes the pipe after one line. A command then says the rest to nobody and ends with the
    exit code that it would have had: what it found does not depend on who has read it.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        """Write a text, or drop it."""
        with self._going_on():
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Write what was held back, or drop it."""
        with self._going_on():
            self._stream.flush()

    @contextlib.contextmanager
    def _going_on(self) -> Iterator[None]:
        """Let a closed pipe lead nowhere from now on: Python would complain of what it holds back when it ends."""
        try:
            yield
        except OSError as fault:
            if not _is_closed_pipe(fault):
                raise
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self._stream.fileno())
            os.close(nowhere)


def _is_closed_pipe(fault: OSError) -> bool:
    """Whether a write failed because nobody reads; Windows says that the argument is wrong."""
    return isinstance(fault, BrokenPipeError) or (sys.platform == "win32" and fault.errno == errno.EINVAL)


_NEAREST = "nearest"
# Signs that are printed and that a console or a file of an older code page (on Windows, where output is piped) lacks.
_LIKE = {
    "→": "->",
    "←": "<-",
    "−": "-",
    "–": "-",
    "‑": "-",
    "─": "-",
    "≥": ">=",
    "≤": "<=",
    "“": '"',
    "”": '"',
    "’": "'",
}


def _to_nearest(fault: UnicodeError) -> tuple[str, int]:
    """Give signs that an encoding has in place of those that it lacks: what is said is never lost over an arrow."""
    if not isinstance(fault, UnicodeEncodeError):
        raise fault
    return "".join(_LIKE.get(sign, "?") for sign in fault.object[fault.start : fault.end]), fault.end


@contextlib.contextmanager
def going_on_unheard() -> Iterator[None]:
    """Let a command go on when what reads its output or its talk has closed it."""
    streams = sys.stdout, sys.stderr
    codecs.register_error(_NEAREST, _to_nearest)
    for stream in streams:
        if isinstance(stream, io.TextIOWrapper) and stream.errors == "strict":
            stream.reconfigure(errors=_NEAREST)
    sys.stdout, sys.stderr = (None if stream is None else Heard(stream) for stream in streams)
    try:
        yield
    finally:
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.flush()
        sys.stdout, sys.stderr = streams


def default_study() -> Path:
    """Give the current folder where it is a study, else the example, and say so."""
    if Path(PLAN).is_file():
        return Path()
    from outcomes.study.example import find_example

    say(
        "No study was named and there is no plan.toml here: this is the example study, whose data are synthetic.",
        err=True,
    )
    return find_example()
