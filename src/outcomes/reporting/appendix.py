"""The plan, what was hidden and noticed, files and versions: what stands behind a report, for who checks it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from outcomes.blocks.columns import name_column
from outcomes.blocks.model import (
    Definition,
    Definitions,
    Heading,
    ItemList,
    Paragraph,
    Section,
    Table,
    columns,
    row,
)
from outcomes.blocks.phrase import Phrase
from outcomes.blocks.quote import wording
from outcomes.reporting.documents import ANNEX, HTML

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from outcomes.blocks.context import Context
    from outcomes.blocks.model import Block

ROUNDED = (
    "Counts are rounded; shares of people to one, five or ten in a hundred, those of one table alike and never to one "
    "that would stand for fewer people than may be told, and a count of which the share is told may be made from it; a "
    "number with an interval stands at two figures of half the interval's width, any other at two figures, and a "
    "difference no finer than the numbers that it compares. Each is rounded by itself, so that a difference can lie a "
    "step off the two beside it. P-values are rounded up, on their side of the level they are held against. Standard "
    "errors, degrees of freedom and digests of files are left out."
)


def make_section(context: Context) -> Section:
    """Make the section."""
    blocks = (
        *_tell_plan(context),
        *(_tell_hidden(context) if context.is_shared else ()),
        *_tell_noticed(context),
        *_tell_files(context),
    )
    return Section("appendix", Phrase("Methods, plan and provenance"), blocks)


def _tell_plan(context: Context) -> Iterator[Block]:
    q, plan = context.quoter, context.plan
    covariates = (name_column(name) for name in plan.adjust.covariates)
    is_holm = plan.confidence.multiplicity == "holm"
    facts = {
        "Primary visit": q.visit(plan.primary),
        "Primary measures": Phrase(", ").join(map(q.measure_in_full, plan.primary_measures)),
        "Adjusted for": Phrase(", ").join(["the score at the start", *covariates]),
        "Confidence level": q.percent("confidence.level"),
        "Correction over the primary measures": Phrase("Holm's") if is_holm else q.plan("confidence.multiplicity"),
        "Seed": q.plan("random.seed"),
        "Disclosure control": Phrase(
            "no count below {}, counts to a multiple of {}, no estimate from an arm below {} people"
        ).format(*(q.plan(f"disclosure.{name}") for name in ("minimum_count", "round_to", "minimum_arm"))),
        **({"Instruments of the study's own": _tell_own(context)} if plan.instruments else {}),
        **({"How this study was made": Phrase("; ").join(map(wording, plan.derived))} if plan.derived else {}),
    }
    yield Heading(3, Phrase("The plan"), "plan")
    yield Definitions(tuple(Definition(Phrase(what), said) for what, said in facts.items()), "facts")
    yield Paragraph(_say_lock(context))
    yield from _say_traces(context)


def _tell_own(context: Context) -> Phrase:
    """Name the instruments that the study defines itself; their files stand with their digests below."""
    q = context.quoter
    told = (
        Phrase("{} ({} items; {})").format(
            *(q.plan(f"instruments.{word}.{key}") for key in ("name", "n_items", "citation"))
        )
        for word in context.plan.instruments
    )
    return Phrase("; ").join(told)


def _say_lock(context: Context) -> Phrase:
    q, lock = context.quoter, context.manifest["lock"]
    if not lock:
        return Phrase(
            "The plan was not locked: nothing here shows that it was made before outcomes were seen. {} does that for "
            "the next report."
        ).format(Phrase("outcomes lock").code())
    locked = Phrase("The plan was locked on {}").format(q.manifest("lock.locked"))
    if not lock["sealed"]:
        locked += " (by an earlier version of this program, whose lock holds no digest)"
    for place in range(1, len(lock["history"])):
        locked += Phrase(", and again on {}").format(q.manifest(f"lock.history.{place}.locked"))
    if not lock["changed"]:
        return locked + ", and is unchanged since."
    keys = Phrase(", ").join(q.manifest(f"lock.changed.{place}").code() for place in range(len(lock["changed"])))
    first = " the first lock" if len(lock["history"]) > 1 else " then"
    return locked + Phrase(
        f". Since{first} these keys were changed: {{}}. A change made after outcomes were seen is a reason for doubt."
    ).format(keys)


def _say_traces(context: Context) -> Iterator[Block]:
    """Say what earlier reports found of a lock that is not there any more."""
    for place, trace in enumerate(context.manifest["lock_traces"]):
        made = context.quoter.manifest(f"lock_traces.{place}.made")
        if trace["locked"] is None:
            said = Phrase("A report made on {} found no lock, though the present one is dated before it.").format(made)
        else:
            said = Phrase(
                "A report made on {} found a plan that was locked on {}. That lock is not in the present plan.lock."
            ).format(made, context.quoter.manifest(f"lock_traces.{place}.locked"))
        yield Paragraph(said + " That is a reason for doubt.")


def _tell_hidden(context: Context) -> Iterator[Block]:
    hidden = context.manifest["hidden"]
    yield Heading(3, Phrase("What was hidden, and why"))
    if not hidden:
        yield Paragraph(Phrase(f"Nothing had to be hidden. {ROUNDED}"))
        return
    yield Paragraph(Phrase(f"These results exist in the clinic's edition and are not shown here. {ROUNDED}"))
    yield ItemList(
        tuple(Phrase("{}: {}.").format(wording(one["label"]), one["reason"]) for one in hidden), style="hidden-list"
    )


def _tell_noticed(context: Context) -> Iterator[Block]:
    manifest = context.manifest
    found = [_say_finding(context, place, one) for place, one in enumerate(manifest["warnings"])]
    found += [_say_suspicion(context, place, one) for place, one in enumerate(manifest["scoring"])]
    yield Heading(3, Phrase("What was noticed in the data"), "noticed")
    yield ItemList(tuple(found)) if found else Paragraph(Phrase("Nothing that has to be known."))


def _say_suspicion(context: Context, place: int, suspicion: Mapping[str, Any]) -> Phrase:
    """Say what the audit of items noticed, where, and what to do."""
    said = (context.quoter.manifest(f"scoring.{place}.{name}") for name in ("instrument", "sentence", "remedy"))
    visits = (context.quoter.visit(visit) for visit in suspicion["visits"])
    at = Phrase(", at “{}”").format(Phrase(", ").join(visits)) if suspicion["visits"] else Phrase("")
    return Phrase("items/{}.csv{at}: {} {}").format(*said, at=at)


def _say_finding(context: Context, place: int, finding: Mapping[str, Any]) -> Phrase:
    file, column, rule, fix = (
        context.quoter.manifest(f"warnings.{place}.{name}") for name in ("file", "column", "rule", "fix")
    )
    where = Phrase("{}, column {}").format(file, column) if finding["column"] else file
    end = "" if finding["rule"].endswith(".") else "."  # ends its sentence, whatever it says
    return Phrase("{}: {}{} {}").format(where, rule, end, fix)


def _tell_files(context: Context) -> Iterator[Block]:
    q, files, is_inside = context.quoter, context.manifest["files"], not context.is_shared
    digests = Phrase(", with their SHA-{} digests").format(wording("256")) if is_inside else Phrase("")
    heads = columns("File", *(("Digest",) if is_inside else ()))
    rows = [_tell_file(context, place) for place in range(len(files))]
    software = [
        Phrase("{} {}").format(wording(name), q.manifest(f"software.{name}")) for name in context.manifest["software"]
    ]
    yield Heading(3, Phrase("Files and versions"), "files")
    yield Table(Phrase("Files of the study that were read{}.").format(digests), heads, tuple(rows), "files")
    yield Paragraph(Phrase("Computed with {}.").format(Phrase(", ").join(software)))
    yield Paragraph(
        Phrase(
            "What each number is, how it was computed and on whose data, stands in the page ({}) under {}, and {}in "
            "the folder {}."
        ).format(
            Phrase(ANNEX.file(HTML)).code(),
            Phrase("“Every number”").leading_to("numbers"),
            "unrounded " if is_inside else "",
            Phrase("tables").code(),
        )
    )
    yield Paragraph(
        Phrase(
            "To check this report: {} with the folder of the run. To see where a number comes from: {} with the folder "
            "and the number as printed, or its id."
        ).format(Phrase("outcomes verify").code(), Phrase("outcomes trace").code())
    )


def _tell_file(context: Context, place: int) -> tuple[Any, ...]:
    q = context.quoter
    name = q.manifest(f"files.{place}.name")
    return row(name, q.manifest(f"files.{place}.sha256").code()) if q.has_digest(place) else row(name)
