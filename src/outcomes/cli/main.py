"""The command line: parse, call, print; the one place that turns an error into a sentence and an exit code.

Everything heavy is imported inside the commands, so that `--help` answers at once.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
from typing import TYPE_CHECKING, Any

import click

from outcomes.cli import planning, pooling, runs, shell, studies
from outcomes.cli.terminal import going_on_unheard, say
from outcomes.core.threads import ask_for_one_thread
from outcomes.errors import OutcomesError

if TYPE_CHECKING:
    from collections.abc import Iterator

NEW_OBJECTS = 200_000  # between two looks of Python's collector for objects that hold each other
CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


class Sentences(click.Group):
    """A group whose commands end in a sentence and an exit code when a known error comes up."""

    def main(self, *words: Any, **settings: Any) -> Any:
        """Run the program, whether or not somebody reads to the end what it says."""
        with going_on_unheard():
            return super().main(*words, **settings)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; print a known error on stderr and leave with its exit code."""
        try:
            ask_for_one_thread()
            with _collect_rarely():
                return super().invoke(ctx)
        except OutcomesError as error:
            say(f"{error.code}  {error}", err=True)
            ctx.exit(error.exit_code)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as fault:  # noqa: BLE001  # a traceback could quote a client; its place cannot
            say(_say_unexpected(fault), err=True)
            ctx.exit(1)


@contextlib.contextmanager
def _collect_rarely() -> Iterator[None]:
    """Let Python's collector look rarely while a command runs.

    A report makes about a million objects that stay, and hardly any that hold each other. To walk through all of them
    each time that 700 are new took a second of twelve and freed nothing. Without it the most memory that a run holds
    is larger by 3 to 5 %. Nor is there anything to gain by a last look when the process ends: it took a quarter of a
    second. Only here: the process of somebody who imports the library is theirs.
    """
    atexit.register(gc.freeze)
    before = gc.get_threshold()
    gc.set_threshold(NEW_OBJECTS)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _say_unexpected(fault: Exception) -> str:
    """Name an unforeseen fault by its kind and place in the code, never by its message."""
    import traceback

    last = traceback.extract_tb(fault.__traceback__)[-1]
    place = f"{last.filename.replace(chr(92), '/').rpartition('/')[2]}, line {last.lineno}"
    return (
        f"E199  Something happened that this program did not foresee ({type(fault).__name__} in {place}). "
        "Nothing was written. Please report it with this line; it holds nothing about any client."
    )


def _say_version(context: click.Context, _option: click.Parameter, wanted: bool) -> None:
    """Say the version, and the digest of the code by which a manifest knows it."""
    if not wanted or context.resilient_parsing:
        return
    from outcomes.runs.software import CODE, name_software

    software = name_software()
    say(f"outcomes {software['outcomes']} (code {software[CODE]})")
    context.exit()


@click.command(name="help", short_help="Say what a command does.")
@click.argument("command", required=False)
@click.pass_context
def help_(context: click.Context, command: str | None) -> None:
    """Say what a command does, or which commands there are.

    Example: outcomes help check
    """
    if command is not None and command not in main.commands:
        raise click.UsageError(f"There is no command {command!r}: {', '.join(main.commands)}.")
    parent = context.parent or context
    named = main if command is None else main.commands[command]
    say(named.get_help(parent if command is None else click.Context(named, info_name=command, parent=parent)))


@click.group(cls=Sentences, context_settings=CONTEXT)
@click.option(
    "--version",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_say_version,
    help="Say which version this is.",
)
def main() -> None:
    """Compare two ways of delivering DBT, and trace every printed number back to the files.

    Results are printed on the standard output, talk and progress on the standard error. Exit codes: 0 done; 1 the
    study, its data or the check failed; 2 wrong use, or a run of which something was not checked. Each message has a
    code: outcomes explain E103.

    Example: outcomes report data/example
    """


for command in (
    runs.report,
    studies.check,
    runs.verify,
    runs.trace,
    runs.diff,
    studies.new,
    studies.import_,
    studies.lock,
    planning.size,
    pooling.pool,
    studies.explain,
    shell.completion,
    help_,
):
    main.add_command(command)
