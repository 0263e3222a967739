"""How many people an answer needs, without data."""

from __future__ import annotations

import dataclasses
from typing import Any

from outcomes.core.threads import in_one_thread
from outcomes.errors import FrameError
from outcomes.frames.result import Fit, Row
from outcomes.frames.sample import require_level
from outcomes.questions.precision.size import BY_DEFAULT, SAMPLE_SIZE, Given, size_alone, size_shares
from outcomes.results.outcome import Estimate, NotEstimable, NotEstimableError

MOST_POWER = 1.0


@in_one_thread()
def size(*, shares: tuple[float, float] | None = None, power: float = 0.8, level: float = 0.95, **stated: Any) -> Fit:
    """Say how many people have to start for a difference to be seen.

    Parameters
    ----------
    shares : pair of float, optional
        Two shares to be told apart, in place of a difference of scores.
    power, level : float
        [share]
    **stated
        `difference` and `sd` in points, and where they are known `correlation` with the start, `dropout_full`,
        `dropout_skills`, `group_size`, `icc_group`, `mixed_groups`, `caseload`, `icc_therapist`, `explained`, `ratio`.

    Returns
    -------
    Fit
        People in all, and in each arm; for scores also to show that two equal programmes differ by less.

    Raises
    ------
    FrameError
        Of what is not known, or no share.
    NotEstimableError
        Where no number of people is enough.

    Examples
    --------
    >>> outcomes.size(difference=0.5, sd=1.0).estimate
    128.0
    """
    level = require_level(level)
    if not 0 < power < MOST_POWER:
        raise FrameError("power", f"a share between 0 and 1 is wanted, such as 0.8; {power!r} was given")
    known = {one.name for one in dataclasses.fields(Given)}
    if unknown := sorted(set(stated) - known):
        raise FrameError("size", f"{unknown[0]} is not known; what can be stated: {', '.join(sorted(known))}")
    given = Given(**stated, power=power, level=level)
    if (shares is None) == (given.difference is None):
        raise FrameError("size", "give either a difference with its sd, or two shares")
    if shares is not None:
        if not all(0 < one < 1 for one in shares):
            raise FrameError("shares", "two shares between 0 and 1 are wanted")
        found = size_shares(*shares, given)
    else:
        found = size_alone(given)
    return _to_fit([one for one in found if isinstance(one, Estimate | NotEstimable)], given.over(BY_DEFAULT))


def _to_fit(found: list[Estimate | NotEstimable], given: Given) -> Fit:
    refused = next((one for one in found if isinstance(one, NotEstimable)), None)
    if refused is not None:
        raise NotEstimableError(refused.reason, refused.cause)
    told = [one for one in found if isinstance(one, Estimate)]
    words = {("", "full"): "first arm", ("", "skills"): "reference"}
    rows = tuple(
        Row(
            term="equivalence" if one.key.what == "equivalence" else "people",
            contrast=words.get(("", one.key.arm), "in all"),
            estimate=one.value,
            n=int(one.value),
        )
        for one in told
    )
    return Fit(
        call="size",
        title=f"people who have to start, power {given.power:g}",
        rows=rows,
        level=float(given.level or 0.95),
        scale="number",
        n=int(rows[0].estimate),
        how=SAMPLE_SIZE,
        method=told[0].method,
        notes=told[0].notes,
    )
