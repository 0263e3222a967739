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


_POSITIVE = click.FloatRange(0, min_open=True)
_INSIDE = click.FloatRange(0, 1, min_open=True, max_open=True)
_SHARE = click.FloatRange(0, 1, max_open=True)


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
def check(study: str | None, as_json: bool) -> None:
    """Check a study without answering anything: every problem at once.

    Example: outcomes check data/example
    """
    import dataclasses
    import json

    from outcomes.study.read import check_study
    from outcomes.study.sentences import to_sentences

    findings = check_study(study or _default_study())
    if as_json:
        click.echo(json.dumps([dataclasses.asdict(finding) for finding in findings], indent=1))
    else:
        for sentence in to_sentences(findings):
            click.echo(sentence)
        if not findings:
            click.echo("Nothing to mend.")
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


@main.command(name="import")
@click.argument("source", type=click.Path())
@click.option(
    "--map", "the_map", type=click.Path(), help="Which column becomes what; --propose writes one to begin with."
)
@click.option("--out", type=click.Path(), help="Folder of the study; what stands there is never written over.")
@click.option("--dictionary", type=click.Path(), help="Data dictionary of a REDCap project.")
@click.option("--propose", is_flag=True, help="Print a map made from the names of the columns, for you to correct.")
@click.option("--sheet", help="Sheet of a workbook, for --propose; else the map names it.")
def import_(
    source: str, the_map: str | None, out: str | None, dictionary: str | None, propose: bool, sheet: str | None
) -> None:
    """Make a study's tables from a REDCap export, an Excel workbook, a wide or a long table.

    Example: outcomes import export.csv --propose > map.toml

    Then correct map.toml, and: outcomes import export.csv --map map.toml --out my-study
    """
    from pathlib import Path

    from outcomes.importing import import_study, propose_map

    if propose:
        click.echo(propose_map(Path(source), sheet=sheet), nl=False)
        return
    if the_map is None or out is None:
        raise click.UsageError("Name both --map and --out; or ask for a map with --propose.")
    done = import_study(
        Path(source), the_map=Path(the_map), out=Path(out), dictionary=Path(dictionary) if dictionary else None
    )
    for name, count in done.tables.items():
        click.echo(f"{done.folder / name}  {count} rows")
    for phrase in done.left_out:
        click.echo(f"Left out: {phrase}.", err=True)
    if (done.folder / PLAN).is_file():
        click.echo(f"Next: outcomes check {done.folder}", err=True)
    else:
        click.echo(f"Next: put plan.toml into {done.folder}; outcomes new FOLDER makes one to begin with.", err=True)


@main.command()
@click.argument("study", required=False, type=click.Path())
@click.option("--difference", type=_POSITIVE, help="Difference to be seen, in points; also the margin of equivalence.")
@click.option("--sd", type=_POSITIVE, help="Standard deviation within an arm [1: differences are in sd].")
@click.option("--correlation", type=click.FloatRange(-1, 1, min_open=True, max_open=True), help="With the start [0].")
@click.option("--dropout", type=_SHARE, nargs=2, help="Shares lost in the full and the skills arm [0 0].")
@click.option("--group-size", type=click.FloatRange(1), help="People in a skills group [1].")
@click.option("--icc-group", type=_SHARE, help="How alike people of a group are [0].")
@click.option("--mixed/--separate", "mixed_groups", default=None, help="Do groups hold both arms? [mixed]")
@click.option("--caseload", type=click.FloatRange(1), help="People of a 121 therapist [1].")
@click.option("--icc-therapist", type=_SHARE, help="How alike people of a therapist are [0].")
@click.option("--explained", type=_SHARE, help="How far the adjustment tells the programme [0].")
@click.option("--ratio", type=_POSITIVE, help="People in the full arm for each in the skills arm [1].")
@click.option("--power", type=_INSIDE, help="Chance to see it [0.8].")
@click.option("--level", type=click.FloatRange(0.5, 1, min_open=True, max_open=True), help="Confidence level [0.95].")
@click.option(
    "--shares", type=click.FloatRange(0, 1, min_open=True, max_open=True), nargs=2, help="Of full and skills."
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
        click.echo(str(sized.draw(Path(out))), err=True)
    click.echo(sized.to_json() if as_json else sized.to_text(plain=not _knows_blocks()))
    if not sized.is_answered:
        sys.exit(1)


@main.command()
@click.argument("code")
def explain(code: str) -> None:
    """Say what a message means and what to do.

    Example: outcomes explain E103
    """
    from outcomes.study.explain import explain as explain_code

    click.echo(explain_code(code))


def _knows_blocks() -> bool:
    """Whether the characters of a bar can be printed here."""
    try:
        "█▏".encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return False
    return True


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
