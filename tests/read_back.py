"""A study answered, and its pages read back: what contradicts what on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import outcomes
from contradictions import Edition, compare_editions, find_contradictions, read_edition
from outcomes.pipeline import answer
from outcomes.release import release
from outcomes.reporting.page import make_pages, write_document
from outcomes.results.store import to_json
from outcomes.runs.manifest import describe_run, shared_manifest
from outcomes.runs.write import with_texts
from verdict_words import WORDED
from verdicts_again import Study

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from outcomes.plan.model import Plan
    from outcomes.render.html import Page
    from outcomes.results.registry import Registry


class Pages(NamedTuple):
    """The pages of a study as they are written, with what they were made from."""

    plan: Plan
    inside: Registry
    outside: Registry
    html: Mapping[str, str]
    study: Study

    def read(self, name: str) -> Edition:
        """Read the page of an edition, or the summary."""
        return read_edition(name, self.html[name], self.inside if name == "internal" else self.outside, self.plan)


def write_pages(folder: Path, *, with_figures: bool) -> Pages:
    """Answer a study and write its pages, in this process and to no file."""
    study = outcomes.read_study(folder)
    plan, answers = study.plan, answer(study)
    inside = with_texts(answers.registry, plan)
    manifest = describe_run(study, answers, to_json(inside), ("html",))
    released = release(inside, plan.disclosure)
    outside, closed = with_texts(released.registry, plan), shared_manifest(manifest, released.hidden)
    figures = None if with_figures else {}
    within = make_pages(inside, plan, manifest, edition="internal", figures=figures)
    without = make_pages(outside, plan, closed, edition="share", figures=figures)
    html = {
        # the report and its annex are read as one: what they say must not contradict either
        "internal": "\n".join(map(write_document, _list_books(within))),
        "share": "\n".join(map(write_document, _list_books(without))),
        "summary": write_document(without["summary"]),
    }
    return Pages(plan, inside, outside, html, Study.read(inside, plan, study.clients))


def _list_books(pages: Mapping[str, Page]) -> list[Page]:
    """List the documents that have sections to read, and are no sheet to hand out."""
    return [page for page in pages.values() if not page.is_leaf]


def contradict(pages: Pages) -> list[str]:
    """Give all that contradicts on the page of a study."""
    read = {name: pages.read(name) for name in pages.html}
    within = [said for edition in read.values() for said in find_contradictions(edition)]
    worded = [f"{name}: {said}" for name, one in read.items() for check in WORDED for said in check(one, pages.study)]
    between = [said for name in ("share", "summary") for said in compare_editions(read["internal"], read[name])]
    return [*within, *worded, *between]
