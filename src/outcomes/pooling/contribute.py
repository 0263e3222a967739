"""From a clinic's study to its contribution: every refusal comes before anything is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from outcomes.cohort import assemble
from outcomes.errors import OutputExistsError
from outcomes.pooling.agreement import find_differences
from outcomes.pooling.contribution import make_contribution, to_text
from outcomes.pooling.folding import fold
from outcomes.pooling.people import SUMMED, read_people
from outcomes.pooling.refusals import ContributionRefusedError
from outcomes.pooling.remembered import Entry, judge, mark, recall, remember
from outcomes.pooling.told import list_shared, remember_shared
from outcomes.release.ledger import home_of
from outcomes.runs.folder import write_file
from outcomes.scoring import score_study
from outcomes.study.read import read_study

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from outcomes.pooling.agreement import Agreement
    from outcomes.pooling.contribution import Contribution
    from outcomes.pooling.folding import Folded
    from outcomes.study.model import Study


@dataclass(frozen=True, slots=True, kw_only=True)
class Contributed:
    """A contribution that was made.

    Attributes
    ----------
    contribution : Contribution
    folded : Folded
        Who is in it; for inside the clinic alone.
    path : Path or None
        Where it was written.
    """

    contribution: Contribution
    folded: Folded
    path: Path | None = None


def contribute(
    agreement: Agreement, study: Path, *, clinic: str, out: Path, tell: Callable[[str], None] | None = None
) -> Contributed:
    """Make a clinic's contribution and write it.

    Raises
    ------
    ContributionRefusedError
        When the study is not what was agreed on, or its sums would tell of few people.
    OutputExistsError
        When another file stands where it should be written.
    """
    say = tell or (lambda _: None)
    read = _read_agreed(agreement, study, clinic, say)
    made, marks = _make(agreement, read, clinic, say)
    text = to_text(made.contribution)
    if out.exists() and out.read_text(encoding="utf-8", errors="replace") != text:
        raise OutputExistsError(out.name)
    remembered = recall(home_of(study))
    entry = Entry(pool=agreement.digest, clinic=clinic, digest=made.contribution.digest, marks=marks(remembered.key))
    judge(remembered, entry, threshold=agreement.threshold)
    remember(remembered, entry)
    remember_shared(read)
    write_file(out, text)
    return Contributed(contribution=made.contribution, folded=made.folded, path=out)


def make_again(agreement: Agreement, study: Path, *, clinic: str) -> Contribution:
    """Make a clinic's contribution once more, without writing or remembering anything."""
    read = _read_agreed(agreement, study, clinic, lambda _: None)
    return _make(agreement, read, clinic, lambda _: None)[0].contribution


def _read_agreed(agreement: Agreement, place: Path, clinic: str, say: Callable[[str], None]) -> Study:
    if clinic not in agreement.clinics:
        raise ContributionRefusedError(
            [f"The agreement names no clinic of that name. It names: {', '.join(agreement.clinics)}."]
        )
    say("reading and checking")
    read = read_study(place)
    if differing := find_differences(agreement, read.plan):
        listed = ", ".join(differing)
        raise ContributionRefusedError(
            [f"The plan of this study is not the agreed one. What differs: {listed}. Change plan.toml, or agree anew."]
        )
    return read


def _make(
    agreement: Agreement, study: Study, clinic: str, say: Callable[[str], None]
) -> tuple[Contributed, Callable[[bytes], Any]]:
    """Fold and sum a clinic's people; give the contribution, and what marks them with a key."""
    say("folding and summing")
    cohort = assemble(study, score_study(study))
    people = read_people(cohort, agreement)
    columns = len(SUMMED) - 1 + len(agreement.columns())
    folded = fold(people, measures=tuple(agreement.plan.measures), threshold=agreement.threshold, columns=columns)
    if reasons := [*_list_reasons(agreement, folded)]:
        raise ContributionRefusedError(reasons)
    say("answering the study, for what its edition to share tells")
    shared = list_shared(study)
    contribution = make_contribution(
        agreement, clinic=clinic, people=people, folded=folded, shared=shared, groups=str(cohort.arrangement)
    )
    return Contributed(contribution=contribution, folded=folded), lambda key: mark(study, people, folded.cells, key)


def _list_reasons(agreement: Agreement, folded: Folded) -> Iterator[str]:
    for name in folded.untold:
        yield (
            f"{name}: too few people of this clinic differ in it, so that its sums would tell of them. Let all clinics "
            "agree anew without it."
        )
    if all(not kept.any() for kept in folded.kept.values()):
        yield (
            f"No group of at least {agreement.threshold} people of one programme has a score at the start and the same "
            "later visits: this clinic is too small for sums. Its edition to share can still be pooled: outcomes pool "
            "SHARE SHARE SHARE."
        )


def say_what_leaves(made: Contributed, agreement: Agreement) -> Iterator[str]:
    """Say in plain words what leaves the clinic, and what was left out for it; the second for inside alone."""
    content, least = made.contribution.content, agreement.threshold
    yield f"What leaves the clinic, in the file {made.path.name if made.path else ''}:"
    for measure, told in content["measures"].items():
        label = agreement.plan.measures[measure].label
        for block in told["blocks"]:
            visits = ", ".join(agreement.plan.visits[visit].label for visit in block["visits"])
            full, all_ = block["full"], block["people"]
            yield (
                f"  {label}: {all_} people seen at {visits}, {full} of them in the full programme: sums, and sums of "
                f"products, of {', '.join(content['columns'][1:])} and the scores at these visits."
            )
    yield f"  {len(made.contribution.shared)} results on all people, as the edition to share tells them."
    yield f"No sum is of fewer than {least} people of one programme. No row, date, pseudonym or text leaves."
    if content["counted_as_the_first_level"]:
        merged = "; ".join(content["counted_as_the_first_level"])
        yield f"Counted as the first level here, since few people have them: {merged}."
    if made.folded.scores:
        yield (
            f"For inside the clinic alone: {made.folded.scores} scores, and everything of {made.folded.people} people, "
            "were left out so that no group is smaller than that."
        )
