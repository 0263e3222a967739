"""Commands about several clinics: pool, and below it new, contribute and report."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from outcomes.cli.terminal import progress, say

if TYPE_CHECKING:
    from collections.abc import Sequence

SHARES = "shares"


class Pool(click.Group):
    """A group whose first word may be an edition to share instead of a command."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Take what is no command for editions to share."""
        if args and args[0] not in self.commands:
            args = [SHARES, *args]
        return super().resolve_command(ctx, args)


@click.group(cls=Pool, short_help="Let several clinics answer together.", subcommand_metavar="SHARE... | COMMAND")
def pool() -> None:
    """Let several clinics answer together; no row of anybody leaves a clinic.

    Without an agreement: outcomes pool SHARE SHARE SHARE, with the folders share of the clinics' runs. What they tell
    is pooled in two stages, and what its rounding costs is said.

    With an agreement: one clinic makes it (outcomes pool new), each gives sums (outcomes pool contribute), and whoever
    has the files writes the report (outcomes pool report), which outcomes verify checks.

    Example: outcomes pool north/share south/share west/share
    """


@pool.command(name=SHARES, hidden=True, short_help="Pool editions to share as they are.")
@click.argument("shares", nargs=-1, required=True, type=click.Path())
@click.option("--json", "as_json", is_flag=True, help="Print the results for a program.")
def shares_(shares: tuple[str, ...], as_json: bool) -> None:
    """Pool what clinics' editions to share tell, in two stages.

    SHARE is the folder share of a run. At least two, of different clinics, whose plans code the same measures and
    visits alike. Prints the pooled difference with the interval of Hartung and Knapp, what to expect in a clinic like
    these, and what the rounding of the editions costs.

    Example: outcomes pool north/share south/share west/share
    """
    from pathlib import Path

    from outcomes.pooling.shares import pool_shares, to_lines
    from outcomes.results.store import to_json

    pooled = pool_shares([Path(one) for one in shares])
    if as_json:
        say(to_json(pooled.registry), nl=False)
    else:
        for line in to_lines(pooled):
            say(line)


@pool.command(name="new", short_help="Make an agreement from a study's plan.")
@click.argument("agreement", metavar="POOL.toml", type=click.Path())
@click.option("--from", "study", required=True, type=click.Path(), help="A study with the plan to agree on.")
@click.option("--clinic", "clinics", multiple=True, required=True, metavar="NAME", help="A clinic; at least three.")
@click.option("--name", default="pool", help="Name of the pool.")
@click.option("--threshold", type=int, help="Fewest people of a sum; by default the plan's minimum count.")
@click.option("--merge", "merges", multiple=True, metavar="COVARIATE:LEVEL=LEVEL", help="What a level counts as.")
def new_(
    agreement: str, study: str, clinics: tuple[str, ...], name: str, threshold: int | None, merges: tuple[str, ...]
) -> None:
    """Write what the clinics agree on: measures, visits, covariates and their levels, clinics, threshold.

    The file holds a digest of itself and is not edited: give it to every clinic as it is. A level that no person of
    this study has can be agreed on with --merge "gender:other=other".

    Example: outcomes pool new POOL.toml --from north --clinic north --clinic south --clinic west
    """
    from pathlib import Path

    from outcomes import read_study
    from outcomes.errors import OutputExistsError
    from outcomes.pooling.agreement import make_agreement, to_toml
    from outcomes.runs.folder import write_file

    out = Path(agreement)
    made = make_agreement(
        read_study(study), name=name, clinics=clinics, threshold=threshold, merges=_read_merges(merges)
    )
    if out.exists():
        raise OutputExistsError(out.name)
    write_file(out, to_toml(made))
    say(str(out))
    say(f"Agreement {made.digest[:16]}. Give the file to every clinic; each then runs:", err=True)
    say(f"  outcomes pool contribute {out.name} --study STUDY --clinic NAME", err=True)


def _read_merges(merges: Sequence[str]) -> dict[tuple[str, str], str]:
    found = {}
    for one in merges:
        covariate, colon, rest = one.partition(":")
        level, sign, into = rest.partition("=")
        if not (colon and sign and covariate and level and into):
            raise click.UsageError('--merge is written --merge "covariate:level=level it counts as".')
        found[covariate, level] = into
    return found


@pool.command(name="contribute", short_help="Make a clinic's file for a pool.")
@click.argument("agreement", metavar="POOL.toml", type=click.Path())
@click.option("--study", required=True, type=click.Path(), help="The clinic's study.")
@click.option("--clinic", required=True, help="Name of the clinic, as agreed.")
@click.option("--out", type=click.Path(), help="File to write; by default CLINIC.json here.")
@click.option("--again", "again", type=click.Path(), help="Make the file again and compare it with this one.")
@click.option("--quiet", is_flag=True, help="No progress bar; only the path.")
def contribute_(agreement: str, study: str, clinic: str, out: str | None, again: str | None, quiet: bool) -> None:
    """Make the one file that leaves a clinic: sums over groups of people, which a person can read.

    Says in plain words what leaves. Refused before anything is written: another plan, a level that was not agreed on,
    a second contribution, and one that differs from an earlier one, in any pool, by few people.

    With --again FILE nothing is written: exit code 0 where the study gives the same file again, 1 where it does not.

    Example: outcomes pool contribute POOL.toml --study north --clinic north
    """
    from pathlib import Path

    from outcomes.pooling.agreement import read_agreement
    from outcomes.pooling.contribute import contribute, make_again, say_what_leaves
    from outcomes.pooling.contribution import read_contribution

    agreed = read_agreement(Path(agreement))
    if again is not None:
        sent = read_contribution(Path(again), agreed)
        made = make_again(agreed, Path(study), clinic=clinic)
        is_same = made.digest == sent.digest
        say("equal: the study gives the same file again" if is_same else "differs: the study gives another file now")
        sys.exit(0 if is_same else 1)
    with progress(steps=3, quiet=quiet) as tell:
        done = contribute(agreed, Path(study), clinic=clinic, out=Path(out or f"{clinic}.json"), tell=tell)
    if not quiet:
        for line in say_what_leaves(done, agreed):
            say(line, err=True)
    say(str(done.path))


@pool.command(name="report", short_help="Pool the clinics' files and write the report.")
@click.argument("agreement", metavar="POOL.toml", type=click.Path())
@click.argument("files", nargs=-1, required=True, type=click.Path())
@click.option("--out", default="reports", type=click.Path(), help="Folder of all reports.")
@click.option("--open", "open_page", is_flag=True, help="Open the report in the browser.")
@click.option("--quiet", is_flag=True, help="No progress bar; only the path.")
def report_(agreement: str, files: tuple[str, ...], out: str, open_page: bool, quiet: bool) -> None:
    """Pool what clinics contributed, and write the report; outcomes verify makes it again from the files.

    FILE is a contribution, one of each clinic, at least three. Three answers stand side by side for each primary
    measure: one stage, two stages, and a difference that varies between clinics.

    Example: outcomes pool report POOL.toml north.json south.json west.json
    """
    from pathlib import Path

    from outcomes.pooling.write import read_inputs, write_pool

    with progress(steps=3, quiet=quiet) as tell:
        tell("reading")
        inputs = read_inputs(Path(agreement), [Path(one) for one in files])
        run = write_pool(inputs, out=Path(out), tell=tell)
    say(str(run.page))
    if open_page and click.launch(run.page.resolve().as_uri()) != 0:
        say("No browser could be opened from here: open this file yourself.", err=True)
