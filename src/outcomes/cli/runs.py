"""Commands about runs: report, verify, trace, diff."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from outcomes.cli.terminal import default_study, progress, say, to_plain
from outcomes.core.counts import say_count

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from outcomes.runs import Run


def _read_formats(_context: click.Context, _option: click.Parameter, given: str) -> tuple[str, ...]:
    """Read a list of formats; each counts once, in the order in which they are written."""
    from outcomes.runs.names import FORMATS, PAPERS

    named = {word.strip().lower() for word in given.split(",")} - {""}
    if strange := sorted(named - set(FORMATS)):
        msg = f"{', '.join(strange)} is no format of a report: choose from {', '.join(FORMATS)}."
        raise click.BadParameter(msg)
    if not named & set(PAPERS):  # figures alone are no report
        msg = f"name at least one of {', '.join(PAPERS)}."
        raise click.BadParameter(msg)
    return tuple(one for one in FORMATS if one in named)


@click.command(short_help="Answer the questions of a study, and write the report.")
@click.argument("study", required=False, type=click.Path())
@click.option("--out", default="reports", type=click.Path(), help="Folder of all reports.")
@click.option(
    "--formats", default="html,pdf,docx,png", callback=_read_formats, help="Formats of report and figures, with commas."
)
@click.option("--before", "earlier", type=click.Path(), help="An earlier run, whose main results stand beside these.")
@click.option("--independent", is_flag=True, help="Compute all a second time, by other code, and say what agrees.")
@click.option("--open", "open_page", is_flag=True, help="Open the report in the browser.")
@click.option("--quiet", is_flag=True, help="No progress bar and no summary; only the path.")
def report(
    study: str | None,
    out: str,
    formats: tuple[str, ...],
    earlier: str | None,
    independent: bool,
    open_page: bool,
    quiet: bool,
) -> None:
    """Check a study, answer its questions, and write the report.

    STUDY is a folder with plan.toml, or a workbook made by outcomes new; by default the current folder if it is one,
    else the example that comes with the program, whose data are synthetic.

    A run is a new folder below --out and never written over another. In it, internal/ has the exact numbers and stays
    inside the clinic; share/ has what may leave it, with a page for the people who were treated. Each holds the report
    and its annex as a web page, PDF and Word, a page for a board, tables as CSV and figures as SVG and PNG.

    --before RUN sets the main results of an earlier run beside these, by the same measures and rules, and says what
    changed in plan, data and code since. The new run keeps what it shows of the earlier one.

    --independent has other code compute every kind of result again from the study's tables; the annex inside the clinic
    says by kind how many agree, and names what differs. The report is written either way; the exit code is 1 when a
    result differs. It takes about three times as long.

    --formats html leaves out PDF, Word and the figures as PNG for slides. The path of the report is printed. A study
    with problems is not computed: outcomes check lists them all.

    Example: outcomes report data/example --out reports
    """
    from pathlib import Path

    from outcomes import read_study
    from outcomes.audit.earlier import make_keeper
    from outcomes.runs import count_steps, write_run

    with progress(steps=1 + count_steps(independent=independent), quiet=quiet) as tell:
        tell("reading and checking")
        read = read_study(study or default_study())
        keep = None if earlier is None else make_keeper(Path(earlier))
        run = write_run(read, out=Path(out), formats=formats, tell=tell, keep=keep, independent=independent)
    if not quiet:
        _tell_findings(len(read.findings))
        _tell_swept(run.swept)
        _tell_released(run.released)
        _print_summary(run)
    say(str(run.page))
    if open_page and click.launch(run.page.resolve().as_uri()) != 0:
        say("No browser could be opened from here: open this file yourself.", err=True)
    if differing := run.second.get("differing"):
        _tell_differing(len(differing))
        sys.exit(1)


def _tell_differing(count: int) -> None:
    """Say that a second computation does not confirm the first; the annex names what."""
    results = "result" if count == 1 else "results"
    text = (
        f"A second computation does not confirm {count} {results}: do not rely on this report until it is known why. "
        "The annex names them, under “Every kind of result, computed a second time”."
    )
    say(text, err=True)


def _tell_findings(count: int) -> None:
    if count:
        say(f"{say_count(count, 'thing')} to know about the data; outcomes check lists them.", err=True)


def _tell_swept(count: int) -> None:
    if count:
        runs = "An earlier run was" if count == 1 else f"{count} earlier runs were"
        say(f"{runs} stopped before the end; what was left behind has been removed.", err=True)


def _tell_released(said: Mapping[str, Any]) -> None:
    """Say that an edition is held back, or that nothing remembers it."""
    if said["near"]:
        text = (
            "The edition to share is held back: an earlier one differs by fewer people than the plan's minimum count, "
            "and with both somebody could work out a single person. Share the earlier one. If none has left the "
            "clinic, take release.ledger out of the study's folder and write the report again."
        )
        say(text, err=True)
    elif said["fault"]:
        say(f"The edition to share: {said['fault']}.", err=True)


def _print_summary(run: Run) -> None:
    """Show on stderr what was found, as a table."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from outcomes.reporting.summary import summarise, warn

    plan = run.plan
    title = f"{plan.arm_names['full']} compared with {plan.arm_names['skills']}"
    table = Table(title=Text(to_plain(title)), title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("Measure", "Difference", f"{100 * plan.confidence.level:g}% interval", "Reading"):
        table.add_column(heading)
    for row in summarise(run.registry, plan):
        table.add_row(*(Text(to_plain(cell)) for cell in row))
    warning = warn(run.registry)
    if warning is not None:
        say(warning, err=True)
    Console(stderr=True, highlight=False).print(table)


@click.command(short_help="Check a run: make every file of it again and compare.")
@click.argument("run", required=False, type=click.Path())
@click.option("--study", type=click.Path(), help="The run's study, when it has moved.")
@click.option("--independent", is_flag=True, help="Compute all estimates by a second engine as well.")
@click.option("--r", "in_r", is_flag=True, help="Have R compute nearly all estimates as well.")
@click.option("--json", "as_json", is_flag=True, help="Print the checks for a program.")
def verify(run: str | None, study: str | None, independent: bool, in_r: bool, as_json: bool) -> None:
    """Check a run: its values are computed again, and every file is made again and compared byte for byte.

    RUN is the folder of a run; by default the latest one below reports. It may be the folder share of a run alone: then
    its files are made again from the results in it, and what needs the whole run is named.

    A run written with --independent is computed a second time here as well: the table that it keeps is made again.

    Exit code 0 when all is equal, 1 when something differs, 2 when nothing differs but something was not checked: the
    values where the study is not there; files that come out otherwise where the code, or the version of what makes
    them, is not that of the run. Each file that was not checked is named, with the reason.

    Example: outcomes verify reports/example/reference
    """
    import dataclasses
    import json

    from outcomes import verify as check_run

    verdict = check_run(_latest() if run is None else run, study, independent=independent, in_r=in_r)
    say(json.dumps(dataclasses.asdict(verdict), indent=1) if as_json else verdict.to_text())
    sys.exit(verdict.exit_code)


def _latest() -> Path:
    from pathlib import Path

    from outcomes.runs.latest import find_latest

    found = find_latest(Path("reports"))
    say(f"No run was named: this is the latest one, {found}.", err=True)
    return found


@click.command(short_help="Trace a printed number back to files, columns and rows.")
@click.argument("run", type=click.Path())
@click.argument("result")
@click.option("--in", "within", help="Page, or page and place on it, such as share/annex.html#outcomes.")
@click.option("--study", type=click.Path(), help="The run's study, when it has moved.")
@click.option("--rows", is_flag=True, help="Name the rows of the study's files as well; they are kept nowhere.")
@click.option("--json", "as_json", is_flag=True, help="Print the trace for a program.")
def trace(run: str, result: str, within: str | None, study: str | None, rows: bool, as_json: bool) -> None:
    """Trace a printed number back to the files, by its id or by its text.

    RUN is the folder of a run. RESULT is an id, which the panel beside a number shows, or what is printed on any page
    of the run: a value such as "3.1 points lower", a limit, a number of people, a p-value. A text that fits several
    results names them all, the most prominent first; --in looks at one page or one section only.

    Of each result: the files, columns and rows that it may draw on. Rows are counted where the study is at hand.

    Example: outcomes trace reports/example/reference ancova.dts.end.difference
    """
    import json
    from pathlib import Path

    from outcomes.audit.trace import to_rows
    from outcomes.audit.trace import trace as trace_result

    place = None if study is None else Path(study)
    found = trace_result(Path(run), result, within=within, study=place, rows=rows)
    say(json.dumps(to_rows(found), indent=1, ensure_ascii=False) if as_json else found.to_text())


@click.command(short_help="Say what changed between two runs, and why.")
@click.argument("before", type=click.Path())
@click.argument("after", type=click.Path())
@click.option("--studies", nargs=2, type=click.Path(), help="Folders of both studies, to compare them row by row.")
@click.option("--json", "as_json", is_flag=True, help="Print the differences for a program.")
def diff(before: str, after: str, studies: tuple[str, str] | None, as_json: bool) -> None:
    """Say what changed between two runs, in both editions, and what did it: data, plan, code, versions, or a hand.

    What a verdict is read from stands first, in words, with its cause where one cause alone can have done it. Where
    both studies are at hand as they were, the rows that changed are counted and described: "because two people's
    scores at 24 weeks changed".

    Exit code 0 when every result is the same, 1 when one is not, 2 when an edition could not be compared.

    Example: outcomes diff reports/example/reference reports/example/2bbef6fb
    """
    import dataclasses
    import json
    from pathlib import Path

    from outcomes.audit.diff import diff as compare_runs

    folders = None if studies is None else (Path(studies[0]), Path(studies[1]))
    found = compare_runs(Path(before), Path(after), folders)
    say(json.dumps(dataclasses.asdict(found), indent=1, ensure_ascii=False) if as_json else found.to_text())
    sys.exit(found.exit_code)
