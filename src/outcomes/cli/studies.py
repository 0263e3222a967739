"""Commands about studies: check, new, import, explain."""

from __future__ import annotations

import contextlib
import shutil
import sys
from typing import TYPE_CHECKING, Any

import click

from outcomes.cli.terminal import PLAN, default_study, say
from outcomes.core.counts import say_count

_SHOWN = 20  # columns of which it is told one by one for what they were taken

if TYPE_CHECKING:
    from pathlib import Path


@click.command(short_help="List every problem of a study at once.")
@click.argument("study", required=False, type=click.Path())
@click.option("--json", "as_json", is_flag=True, help="Print the findings for a program.")
@click.option("--explain", "explained", is_flag=True, help="Say below each finding what it means, with an example.")
def check(study: str | None, as_json: bool, explained: bool) -> None:
    """Check a study without answering anything: every problem at once, and what the edition to share will hide.

    STUDY is a folder with plan.toml, or a workbook made by outcomes new; by default the current folder if it is one,
    else the example that comes with the program, whose data are synthetic.

    STOP: nothing is computed before it is mended. CHECK: look before you rely on it. NOTE: good to know.

    Example: outcomes check data/example
    """
    import dataclasses
    import json

    from outcomes.pipeline import check as check_whole
    from outcomes.study.sentences import to_groups

    findings = check_whole(study or default_study())
    if as_json:
        say(json.dumps([dataclasses.asdict(finding) for finding in findings], indent=1))
    else:
        for line in to_groups(findings, explained=explained):
            say(line)
    if any(finding.level == "STOP" for finding in findings):
        sys.exit(1)


@click.command(short_help="Make a study to fill in: a workbook or a folder.")
@click.argument("study", metavar="FOLDER|BOOK.xlsx", type=click.Path())
@click.option(
    "--questionnaire",
    "questionnaires",
    multiple=True,
    metavar="NAME",
    help="Of a workbook: a questionnaire whose single answers are entered, such as ders16; may be given several times.",
)
@click.option("--pseudonyms", "ids", type=click.Path(), help="CSV whose first column holds your own ids of clients.")
@click.option("--key", type=click.Path(), help="Key of the pseudonyms; by default FOLDER.key beside the study.")
def new(study: str, questionnaires: tuple[str, ...], ids: str | None, key: str | None) -> None:
    """Make a study to fill in, with a plan that explains itself.

    A name that ends in .xlsx makes a workbook, which explains everything on its sheets and needs no text editor; any
    other name makes a folder with plan.toml and tables as CSV. Every command that takes a study takes either.

    With --pseudonyms a list of pseudonyms for your own ids is written beside the study, never into it. Who has the list
    or the key can go back to people: keep both where only the clinic can read them.

    Example: outcomes new my-study.xlsx
    """
    from pathlib import Path

    from outcomes.study.files import is_workbook
    from outcomes.study.new import make_study_folder

    place = Path(study)
    if questionnaires and not is_workbook(place):
        raise click.UsageError("--questionnaire goes with a workbook: a name that ends in .xlsx.")
    if key is not None and ids is None:
        raise click.UsageError("--key goes with --pseudonyms.")
    if key is not None and Path(key).resolve().is_relative_to(place.resolve()):
        raise click.UsageError("The key must lie outside the study.")
    with contextlib.ExitStack() as undo:  # all of it or nothing
        if is_workbook(place):
            from outcomes.study.book.write import make_study_book

            make_study_book(place, questionnaires=questionnaires)
            undo.callback(place.unlink, missing_ok=True)
            opened, following = place, "Next: open it in your spreadsheet; its first sheet says what to do."
        else:
            make_study_folder(place)
            undo.callback(shutil.rmtree, place, ignore_errors=True)
            opened = place / PLAN
            following = f"Next: change plan.toml, fill the tables, then: outcomes check {place}"
        listed = None
        if ids is not None:
            listed = _write_pseudonyms(place, Path(ids), Path(key) if key else place.with_name(f"{place.name}.key"))
        undo.pop_all()
    say(str(opened))
    say(following, err=True)
    _tell_example()
    if listed is not None:
        say(listed[0])
        say(listed[1], err=True)


def _tell_example() -> None:
    """Say where a study that is filled in can be looked at, table by table."""
    from outcomes.errors import StudyNotFoundError
    from outcomes.study.example import find_example

    try:
        example = find_example()
    except StudyNotFoundError:
        return
    say(f"Every table filled in, with synthetic people, to look at: {example}", err=True)


def _write_pseudonyms(study: Path, ids: Path, key: Path) -> tuple[str, str]:
    """Write the list, and a key where there is none; say where the list is, and what to do with both."""
    from outcomes.study.pseudonyms import make_key, read_key, write_pseudonyms

    out = study.with_name(f"{study.name}.pseudonyms.csv")
    with contextlib.ExitStack() as undo:
        if not key.exists():
            make_key(key)
            undo.callback(key.unlink, missing_ok=True)
        made = say_count(write_pseudonyms(ids, key=read_key(key), out=out), "pseudonym")
        undo.pop_all()
    return str(out), f"{made}; use them as client_id. Keep this list and {key} outside the study."


@click.command(name="import", short_help="Make a study from an export.")
@click.argument("source", type=click.Path())
@click.option(
    "--map", "the_map", type=click.Path(), help="Which column becomes what; --propose writes one to begin with."
)
@click.option("--out", type=click.Path(), help="Folder of the study; what stands there is never written over.")
@click.option("--dictionary", type=click.Path(), help="Data dictionary of a REDCap project.")
@click.option("--key", type=click.Path(), help="Write pseudonyms made with this key in place of the clients' ids.")
@click.option("--propose", is_flag=True, help="Print a map made from the names of the columns, for you to correct.")
@click.option("--csv", "as_csv", is_flag=True, help="With --propose: the map as CSV, to correct in a spreadsheet.")
@click.option("--sheet", help="Sheet of a workbook, where it has several; else the map names it.")
@click.option(
    "--arm",
    "arms",
    multiple=True,
    metavar="TEXT=WORD",
    help="Which programme a text of the source stands for: full, skills, or nothing.",
)
@click.option(
    "--dates", type=click.Choice(["year-month-day", "day/month/year", "month/day/year"]), help="How dates are written."
)
def import_(
    source: str,
    the_map: str | None,
    out: str | None,
    propose: bool,
    as_csv: bool,
    arms: tuple[str, ...],
    **more: str | None,
) -> None:
    """Make a study from a REDCap export, an Excel workbook, a wide or a long table, or a file of SPSS or Stata.

    Without --map, what becomes what is proposed from the names of the columns and written into the study beside tables
    and a plan: correct import-map.toml and plan.toml there, and run the same command again. Which text is which
    programme is never guessed: say it with --arm.

    Example: outcomes import export.csv --out my-study --arm "A=full" --arm "B=skills"
    """
    from pathlib import Path

    from outcomes.importing import import_study, import_whole
    from outcomes.study.own_instruments import read_instruments_beside
    from outcomes.study.portable import require_portable

    said = _read_arms(arms)
    if propose:
        own = {} if out is None else read_instruments_beside(Path(out))
        _say_proposal(Path(source), as_csv=as_csv, sheet=more["sheet"], arms=said, dates=more["dates"], own=own)
        return
    if out is None:
        raise click.UsageError("Name the study with --out; or ask for a map with --propose.")
    require_portable(Path(out))
    dictionary, key = (Path(path) if (path := more[name]) else None for name in ("dictionary", "key"))
    if the_map is None:
        done = import_whole(
            Path(source),
            out=Path(out),
            sheet=more["sheet"],
            arms=said,
            dates=more["dates"],
            dictionary=dictionary,
            key=key,
        )
        _tell_map(done.folder)
    elif said or more["dates"]:
        raise click.UsageError("--arm and --dates go without --map, which says both.")
    else:
        done = import_study(Path(source), the_map=Path(the_map), out=Path(out), dictionary=dictionary, key=key)
    for phrase in _shorten(done.taken):
        say(f"Taken: {phrase}.", err=True)
    for name, count in done.tables.items():
        say(f"{done.folder / name}  {say_count(count, 'row')}")
    for phrase in done.left_out:
        say(f"Left out: {phrase}.", err=True)
    for phrase in done.noted:
        say(f"Note: {phrase}.", err=True)
    if (done.folder / PLAN).is_file() or done.folder.is_file():
        say(f"Next: outcomes check {done.folder}", err=True)
    else:
        say(f"Next: put plan.toml into {done.folder}; outcomes new FOLDER makes one to begin with.", err=True)
    _tell_example()


def _say_proposal(source: Path, *, as_csv: bool, **said: Any) -> None:
    from outcomes.importing import propose_map, to_csv_map

    proposed = propose_map(source, **said)
    say(to_csv_map(proposed) if as_csv else proposed, nl=False)


def _shorten(phrases: tuple[str, ...]) -> list[str]:
    """Give the first phrases and how many more there are."""
    more = len(phrases) - _SHOWN
    return list(phrases) if more <= 1 else [*phrases[:_SHOWN], f"{more} more, which the map lists"]


def _tell_map(study: Path) -> None:
    """Say where what became what can be corrected."""
    if study.is_file():
        where = f"{study}, sheet “import map”"
    else:
        from outcomes.importing import find_map

        where = str(find_map(study))
    say(f"What became what: {where}; correct it and run this again where it is not right.", err=True)


def _read_arms(given: tuple[str, ...]) -> dict[str, str]:
    """Read what texts stand for, from the options."""
    said = {}
    for one in given:
        text, sign, word = one.rpartition("=")
        if not sign or word.strip() not in {"full", "skills", ""}:
            raise click.UsageError(f"--arm needs TEXT=full, TEXT=skills or TEXT=, and {one!r} is none of them.")
        said[text.strip()] = word.strip()
    return said


@click.command(short_help="Lock the plan before anybody looks.")
@click.argument("study", type=click.Path())
@click.option("--again", is_flag=True, help="Lock a plan that was changed since; what was locked before stays.")
def lock(study: str, again: bool) -> None:
    """Lock the plan before anybody looks at the outcomes; every report says since when, and what was changed.

    Example: outcomes lock my-study
    """
    from pathlib import Path

    from outcomes.plan.lock import LOCK_FILE
    from outcomes.study.locking import lock_study

    kept, locked = lock_study(Path(study), again=again)
    say(str(kept / LOCK_FILE))
    say(f"Locked {locked.entries[-1].locked}. Changes of the plan from now on are listed in every report.", err=True)


@click.command(short_help="Say what a message means and what to do.")
@click.argument("code")
def explain(code: str) -> None:
    """Say what a message means and what to do.

    Example: outcomes explain E103
    """
    from outcomes.study.explain import explain as explain_code

    say(explain_code(code))
