"""The command line: parse, call, print; the one place that turns an error into a sentence and an exit code.

Everything heavy is imported inside the commands, so that `--help` answers at once.
"""

from __future__ import annotations

import contextlib
import sys
from typing import TYPE_CHECKING, Any

import click

from outcomes.errors import OutcomesError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from outcomes.runs import Run

PLAN = "plan.toml"
EXAMPLE = ("data", "example")
CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


class Sentences(click.Group):
    """A group whose commands end in a sentence and an exit code when a known error comes up."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; print a known error on stderr and leave with its exit code."""
        try:
            return super().invoke(ctx)
        except OutcomesError as error:
            click.echo(f"{error.code}  {error}", err=True)
            ctx.exit(error.exit_code)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as fault:  # noqa: BLE001  # a traceback could quote a client; its place cannot
            click.echo(_say_unexpected(fault), err=True)
            ctx.exit(1)


def _say_unexpected(fault: Exception) -> str:
    """Name an unforeseen fault by its kind and place in the code, never by its message."""
    import traceback

    last = traceback.extract_tb(fault.__traceback__)[-1]
    place = f"{last.filename.replace(chr(92), '/').rpartition('/')[2]}, line {last.lineno}"
    return (
        f"E199  Something happened that this program did not foresee ({type(fault).__name__} in {place}). "
        "Nothing was written. Please report it with this line; it holds nothing about any client."
    )


@click.group(cls=Sentences, context_settings=CONTEXT)
@click.version_option(package_name="outcomes", message="%(prog)s %(version)s")
def main() -> None:
    """Compare two ways of delivering DBT, and trace every printed number back to the files.

    Example: outcomes report data/example
    """


@main.command()
@click.argument("study", required=False, type=click.Path())
@click.option("--out", default="reports", type=click.Path(), help="Folder of all reports.")
@click.option("--open", "open_page", is_flag=True, help="Open the report in the browser.")
@click.option("--quiet", is_flag=True, help="No progress bar and no summary; only the path.")
def report(study: str | None, out: str, open_page: bool, quiet: bool) -> None:
    """Check a study, answer its questions, and write the report.

    STUDY is a folder with plan.toml; by default the current folder if it has one, else data/example.

    Example: outcomes report data/example --out reports
    """
    from pathlib import Path

    from outcomes import read_study
    from outcomes.runs import write_run

    with _progress(quiet=quiet) as tell:
        tell("reading and checking")
        read = read_study(study or _default_study())
        run = write_run(read, out=Path(out), tell=tell)
    if not quiet:
        _tell_findings(len(read.findings))
        _print_summary(run)
    click.echo(str(run.page))
    if open_page:
        click.launch(run.page.resolve().as_uri())


@main.command()
@click.argument("study", required=False, type=click.Path())
@click.option("--json", "as_json", is_flag=True, help="Print the findings for a program.")
@click.option("--explain", "explained", is_flag=True, help="Say below each finding what it means, with an example.")
def check(study: str | None, as_json: bool, explained: bool) -> None:
    """Check a study without answering anything: every problem at once, and what the edition to share will hide.

    STOP: nothing is computed before it is mended. CHECK: look before you rely on it. NOTE: good to know.

    Example: outcomes check data/example
    """
    import dataclasses
    import json

    from outcomes.pipeline import check as check_whole
    from outcomes.study.sentences import to_groups

    findings = check_whole(study or _default_study())
    if as_json:
        click.echo(json.dumps([dataclasses.asdict(finding) for finding in findings], indent=1))
    else:
        for line in to_groups(findings, explained=explained):
            click.echo(line)
    if any(finding.level == "STOP" for finding in findings):
        sys.exit(1)


@main.command()
@click.argument("run", type=click.Path())
@click.option("--study", type=click.Path(), help="Folder of the run's study, when it has moved.")
@click.option("--independent", is_flag=True, help="Compute the primary estimates by a second engine as well.")
@click.option("--json", "as_json", is_flag=True, help="Print the checks for a program.")
def verify(run: str, study: str | None, independent: bool, as_json: bool) -> None:
    """Check a run: its files, its values computed again, every number on its pages.

    Exit code 0 when all is equal, 1 when something differs, 2 when something could not be checked.

    Example: outcomes verify reports/example/reference
    """
    import dataclasses
    import json

    from outcomes import verify as check_run

    verdict = check_run(run, study, independent=independent)
    click.echo(json.dumps(dataclasses.asdict(verdict), indent=1) if as_json else verdict.to_text())
    sys.exit(verdict.exit_code)


@main.command()
@click.argument("run", type=click.Path())
@click.argument("result")
@click.option("--json", "as_json", is_flag=True, help="Print the trace for a program.")
def trace(run: str, result: str, as_json: bool) -> None:
    """Trace a printed figure back to the files, by its id or by its text.

    Example: outcomes trace reports/example/reference ancova.dts.end.difference
    """
    import dataclasses
    import json
    from pathlib import Path

    from outcomes.audit import trace as trace_result

    traces = trace_result(Path(run), result)
    if as_json:
        click.echo(json.dumps([dataclasses.asdict(one) for one in traces], indent=1, ensure_ascii=False))
    else:
        click.echo("\n\n".join(one.to_text() for one in traces))


@main.command()
@click.argument("folder", type=click.Path())
def new(folder: str) -> None:
    """Make a study folder to fill in, with a plan that explains itself.

    Example: outcomes new my-study
    """
    from pathlib import Path

    from outcomes.study.new import make_study_folder

    make_study_folder(Path(folder))
    click.echo(str(Path(folder) / PLAN))


@main.command()
@click.argument("code")
def explain(code: str) -> None:
    """Say what a message means and what to do.

    Example: outcomes explain E103
    """
    from outcomes.study.explain import explain as explain_code

    click.echo(explain_code(code))


def _default_study() -> Path:
    from pathlib import Path

    return Path() if Path(PLAN).is_file() else Path(*EXAMPLE)


@contextlib.contextmanager
def _progress(*, quiet: bool) -> Iterator[Callable[[str], None]]:
    """Show what is being done on stderr, on a terminal only."""
    if quiet or not sys.stderr.isatty():
        yield _be_silent
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (BarColumn(bar_width=24), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("starting", total=None)
        yield lambda phrase: progress.update(task, description=phrase)


def _be_silent(_: str) -> None:
    """Say nothing, where nobody watches."""


def _tell_findings(count: int) -> None:
    if count:
        things = "thing" if count == 1 else "things"
        click.echo(f"{count} {things} to know about the data; outcomes check lists them.", err=True)


def _print_summary(run: Run) -> None:
    """Say on stderr what was found for each primary measure."""
    from outcomes.render.summary import summarise

    for line in summarise(run.registry, run.plan):
        click.echo(line, err=True)


if __name__ == "__main__":
    main()
