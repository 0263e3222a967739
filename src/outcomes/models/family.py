"""The declared family beside the primary measures that have scores: tests whose p-values Holm corrects together.

A test that could not be made still counts as declared.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from outcomes.models.rates import fit_rates
from outcomes.results.key import Key
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.cohort import Cohort
    from outcomes.models.contract import Counts


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherTest:
    """A test of the family.

    Attributes
    ----------
    key : Key
        Of its corrected p-value.
    tests : Key
        Of what is tested.
    label : str
    p_value : float or None
        None where it could not be made.
    counts : Counts or None
    refusal : NotEstimableError or None
        Why it could not be made.
    """

    key: Key
    tests: Key
    label: str
    p_value: float | None = None
    counts: Counts | None = None
    refusal: NotEstimableError | None = None


def list_other_tests(cohort: Cohort) -> Iterator[OtherTest]:
    """List the primary kinds of event, each tested by its adjusted rate ratio."""
    for kind in cohort.plan.primary_events:
        key = Key("events", subject=kind, what="p_holm")
        main = key.but(what="rate_ratio")
        label = f"{cohort.plan.events[kind].name}: adjusted p-value"
        try:
            model = fit_rates(cohort, kind)
            p_value = model.log_ratio().p_value
            yield OtherTest(key=key, tests=main, label=label, p_value=p_value, counts=model.people.counts())
        except NotEstimableError as refusal:
            yield OtherTest(key=key, tests=main, label=label, refusal=refusal)
