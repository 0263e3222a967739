"""Every number of an edition, by the question that it answers: what the panel beside a clicked number shows.

The page holds each of them once, in an appendix that is there without script; the panel shows a copy. What many numbers
have in common stands once above them: method, formula and notes of those that were computed alike, and the function and
the files of a question. There are more than a thousand, so they are written here and not as blocks.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, NamedTuple

from markupsafe import Markup, escape

from outcomes.blocks.format import format_interval, format_number, format_part
from outcomes.blocks.formulas import formula_of
from outcomes.blocks.html import to_html
from outcomes.blocks.quote import say_how, wording
from outcomes.plan.names import fill
from outcomes.results.outcome import Estimate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from outcomes.blocks.quote import Quoter
    from outcomes.plan.model import Plan
    from outcomes.results.outcome import Outcome
    from outcomes.results.registry import Record

CERTAINTY = {"se": "standard error", "df": "degrees of freedom", "p_value": "p"}


class Entry(NamedTuple):
    """What is said of one result: what it is, as printed with its interval, on whose data and how sure, its id."""

    label: str
    shown: str
    facts: str
    id: str

    def to_html(self) -> str:
        """Give the entry as one element, in which nothing needs a name of its own: it is checked as a whole."""
        label, shown, facts, name = map(escape, self)
        return (
            f'<p id="n-{name}" data-literal="#entry"><b>{label}</b>: {shown}<br>'
            f"<small>{facts} <code>{name}</code></small></p>\n"
        )

    def to_text(self) -> str:
        """Give the text of that element."""
        return f"{self.label}: {self.shown}{self.facts} {self.id}"


def describe(record: Record, plan: Plan) -> Entry:
    """Say what there is to say of one result alone."""
    outcome, shown, facts = record.outcome, record.text, [_say_people(record.outcome, plan)]
    if isinstance(outcome, Estimate):
        shown += f" (interval {format_interval(outcome, plan)})" if outcome.interval is not None else ""
        texts = {phrase: format_part(outcome, part, plan) for part, phrase in CERTAINTY.items()}
        facts += [f"{phrase} {text}" for phrase, text in texts.items() if text is not None]
    said = "; ".join(fact for fact in facts if fact)
    return Entry(outcome.label, shown, f"{said}." if said else "", outcome.id)


def _say_people(outcome: Outcome, plan: Plan) -> str:
    """Say whose data are behind a result."""
    counts = {"full": outcome.n_full, "skills": outcome.n_skills}
    given = ((count, f"in {plan.arm_names[arm]}") for arm, count in counts.items())
    arms = [(count, phrase) for count, phrase in given if count is not None]
    if len(arms) == 1 and arms[0][0] == outcome.n:
        return f"{_people(outcome.n)} {arms[0][1]}"
    parts = ", ".join(f"{format_number(count, decimals=0)} {phrase}" for count, phrase in arms)
    return parts if outcome.n is None else ": ".join(part for part in (_people(outcome.n), parts) if part)


def _people(count: int) -> str:
    return f"{format_number(count, decimals=0)} {'person' if count == 1 else 'people'}"


def render_numbers(quoter: Quoter, files: Sequence[str]) -> Markup:
    """List every result by the function that computed it, and there by how it was computed.

    Parameters
    ----------
    quoter : Quoter
    files : sequence of str
        Names of the files in the order of the manifest.
    """
    records = quoter.registry.records()
    groups: dict[str, list[Record]] = {}
    for record in records:
        groups.setdefault(record.provenance.code, []).append(record)
    html = "".join(_render_group(quoter, alike, files) for alike in groups.values())
    return Markup(_list_by_letter(records) + html)  # noqa: S704  # every text in it went through `escape`


def _list_by_letter(records: Sequence[Record]) -> str:
    """List the names of all results by their first letter, for who reads without script, and so without the search."""
    named = sorted(
        (_letter_of(one.outcome.label), one.outcome.label.casefold(), one.outcome.label, one.id) for one in records
    )
    by_letter = {letter: list(ones) for letter, ones in itertools.groupby(named, key=lambda one: one[0])}
    leads = " ".join(f'<a href="#letter-{place}">{escape(letter)}</a>' for place, letter in enumerate(by_letter))
    lists = "".join(
        f'<h3 id="letter-{place}">{escape(letter)}</h3>\n<ul>\n{"".join(_lead_to(*one[2:]) for one in ones)}</ul>\n'
        for place, (letter, ones) in enumerate(by_letter.items())
    )
    return f'<noscript>\n<nav class="letters" aria-label="By letter">\n<p>{leads}</p>\n{lists}</nav>\n</noscript>\n'


def _letter_of(label: str) -> str:
    """Give the letter under which a name stands; what begins with none stands apart."""
    return label[0].upper() if label[:1].isalpha() else "Other"


def _lead_to(label: str, name: str) -> str:
    name = escape(name)
    return f'<li><a href="#n-{name}" data-literal="result:{name}#label">{escape(label)}</a></li>\n'


def _render_group(quoter: Quoter, records: Sequence[Record], files: Sequence[str]) -> str:
    """Write what one function computed from the same files, by how it did."""
    provenance = records[0].provenance
    kinds: dict[tuple[object, ...], list[Record]] = {}
    for record in records:
        kinds.setdefault((*say_how(record.outcome), formula_of(record.outcome)), []).append(record)
    places = [place for place, name in enumerate(files) if name in provenance.files]
    listed = "".join(f"<li>{_name_file(quoter, place)}</li>\n" for place in places)
    return (
        f'<div class="numbers">\n<h3>{to_html(wording(provenance.question))}</h3>\n<div class="source">\n'
        f"<p>Computed by <code>{to_html(wording(provenance.code))}</code> from:</p>\n<ul>\n{listed}</ul>\n</div>\n"
        f"{''.join(_render_alike(quoter, alike) for alike in kinds.values())}</div>\n"
    )


def _name_file(quoter: Quoter, place: int) -> str:
    """Name a file, with its digest where the edition has one."""
    name = to_html(quoter.manifest(f"files.{place}.name"))
    if not quoter.has_digest(place):
        return name
    return f'{name} <code class="digest">{to_html(quoter.manifest(f"files.{place}.sha256"))}</code>'


def _render_alike(quoter: Quoter, records: Sequence[Record]) -> str:
    """Write results that were computed alike; how stands above them once."""
    first = records[0].id
    method, reason, notes = (to_html(quoter.field(first, name)) for name in ("method", "reason", "notes"))
    formula = fill(formula_of(records[0].outcome) or "", quoter.plan_model.words)
    said = (
        f"Method: {method}." if method else reason,
        f'<span class="formula">{to_html(wording(formula))}</span>' if formula else "",
        notes,
    )
    above = "".join(f"<p>{text}</p>" for text in said if text)
    entries = "".join(describe(record, quoter.plan_model).to_html() for record in records)
    return f'<div class="alike">\n<div class="method">{above}</div>\n{entries}</div>\n'
