"""What the pages of a run print of which result, in the order of prominence: page one first, the list of all last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from outcomes.audit.page import read_html
from outcomes.audit.printed import Spot, fold, walk
from outcomes.blocks.format import format_interval, format_part
from outcomes.errors import PlaceNotFoundError
from outcomes.reporting.documents import REPORT, list_pages
from outcomes.results.outcome import Estimate
from outcomes.results.store import read_registry
from outcomes.runs.manifest import digest_of, formats_of
from outcomes.runs.names import EDITIONS, FORMATS, INTERNAL, POOLED, RESULTS, SHARE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from outcomes.audit.printed import Printed
    from outcomes.plan.model import Plan
    from outcomes.results.outcome import Outcome
    from outcomes.results.registry import Registry

_PARTS = ("low", "high", "se", "df", "p_value", "n", "n_full", "n_skills")
ENTRY = "entry"  # what is said of a result in the list of every number


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """Where a text stands: page, section around it, which part of the result it is, and whether it is all of it."""

    page: str
    section: str
    part: str
    is_whole: bool


@dataclass(slots=True)
class Editions:
    """Results as each edition prints them; those that were released are read when they are asked for."""

    run: Path
    exact: Registry
    _shared: Registry | None = None

    def registry(self, edition: str) -> Registry:
        """Give the results of an edition."""
        path = self.run / SHARE / RESULTS
        if edition != SHARE or not path.is_file():
            return self.exact
        if self._shared is None:
            self._shared = read_registry(path)
        return self._shared


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """The pages of a run, read.

    Attributes
    ----------
    pages : tuple of Printed
    editions : Editions
    plan : Plan
    anchor : str
        To which the search is restricted, or "".
    unread : tuple of str
        Pages that could not be read, or are not as the run wrote them.
    """

    pages: tuple[Printed, ...]
    editions: Editions
    plan: Plan
    anchor: str = ""
    unread: tuple[str, ...] = ()

    def of_result(self, name: str) -> dict[str, list[Fit]]:
        """Give the places at which any part of a result is printed."""
        spots = (
            (spot, True) for page in self.pages for spot in page.spots if (spot.kind, spot.name) == ("result", name)
        )
        return {name: [self._fit(spot, spot.part, whole=whole) for spot, whole in spots if self._is_inside(spot)]}

    def find(self, wanted: str) -> dict[str, list[Fit]]:
        """Give the results of which a text is printed: where it is all that an element shows first, then as a part."""
        found: dict[str, list[Fit]] = {}
        rank: dict[str, tuple[bool, int, int]] = {}  # the report before its annex, then how far down it stands
        for spot, shown in self._touched(wanted):
            if spot.kind == "result":
                fit = self._name(spot, wanted, whole=shown)
                found.setdefault(spot.name, []).append(fit)
                here = (not fit.is_whole, _find_prominence(spot.page), spot.start)
                rank[spot.name] = min(rank.get(spot.name, here), here)
        ranked = sorted(found, key=rank.__getitem__)
        return {name: found[name] for name in ranked} if self.pages else self._find_stored(wanted)

    def find_sources(self, wanted: str) -> Iterator[str]:
        """Name what is printed so and is no result."""
        said = dict.fromkeys(f"{spot.kind}:{spot.name}" for spot, _ in self._touched(wanted) if spot.kind != "result")
        yield from said

    def holds(self, wanted: str) -> bool:
        """Whether a text stands anywhere on the pages."""
        return any(True for _ in self._touched(wanted))

    def _touched(self, wanted: str) -> Iterator[tuple[Spot, bool]]:
        if not fold(wanted).strip():
            return
        for page in self.pages:
            yield from ((spot, whole) for spot, whole in page.find(wanted) if self._is_inside(spot))

    def _is_inside(self, spot: Spot) -> bool:
        return not self.anchor or self.anchor in spot.inside

    def _name(self, spot: Spot, wanted: str, *, whole: bool) -> Fit:
        """Say which part of a result a text is; in the list of every number many stand in one element."""
        if spot.part != ENTRY:
            return self._fit(spot, spot.part, whole=whole)
        edition = next((name for name in EDITIONS if spot.page.startswith(f"{name}/")), INTERNAL)
        outcome = self.editions.registry(edition).get(spot.name)
        parts = [] if outcome is None else list(_parts_printed_as(outcome, wanted, self.plan))
        return self._fit(spot, parts[0] if len(parts) == 1 else ENTRY, whole=bool(parts))

    def _fit(self, spot: Spot, part: str, *, whole: bool) -> Fit:
        return Fit(page=spot.page, section=spot.inside[0] if spot.inside else "", part=part, is_whole=whole)

    def _find_stored(self, wanted: str) -> dict[str, list[Fit]]:
        """Where no page can be read: the results of which it is the text of a part, as a page would print it."""
        registry = self.editions.exact
        found = {name: list(_parts_printed_as(registry[name], wanted, self.plan)) for name in registry}
        texts = {record.id for record in registry.records() if _fold(record.text) == _fold(wanted)}
        page = f"{RESULTS}, of which no page was read"
        named = {name: ["", *parts] if name in texts else parts for name, parts in found.items()}
        return {
            name: [Fit(page=page, section="", part=part, is_whole=True) for part in parts]
            for name, parts in named.items()
            if parts
        }


def _find_prominence(page: str) -> int:
    """Give the place of a document in the list of all of an edition; what is no document comes last."""
    edition, _, file = page.partition("/")
    listed = list(list_pages(edition, FORMATS)) if edition in EDITIONS else []
    return listed.index(file) if file in listed else len(listed)


def _parts_printed_as(outcome: Outcome, wanted: str, plan: Plan) -> Iterator[str]:
    """Name the parts of a result whose text is this one."""
    sought = _fold(wanted)
    if not isinstance(outcome, Estimate):
        yield from (part for part in _PARTS[-3:] if str(getattr(outcome, part, None)) == sought)
        return
    for part in _PARTS:
        texts = (format_part(outcome, part, plan), format_part(outcome, part, plan, bare=True))
        if sought in {_fold(text) for text in texts if text is not None}:
            yield part
    if outcome.interval is not None and sought == _fold(format_interval(outcome, plan)):
        yield "interval"


def _fold(text: str) -> str:
    return fold(text).strip()


def read_places(
    run: Path, manifest: Mapping[str, Any], registry: Registry, plan: Plan, within: str | None = None
) -> Places:
    """Read every page of a run, or the one that is asked for.

    Raises
    ------
    PlaceNotFoundError
        When there is no such page, or no such anchor on it.
    """
    page, _, anchor = (within or "").partition("#")
    names = list(_list_pages(run, manifest))
    if page and page not in names:
        raise PlaceNotFoundError(within or "", names)
    wanted = [name for name in names if page in {"", name}]
    pages = {name: _read(run / name, name) for name in wanted}
    faults = {name: page if isinstance(page, str) else None for name, page in pages.items()}
    read = tuple(page for page in pages.values() if not isinstance(page, str))
    if anchor and not any(anchor in one.anchors for one in read):
        raise PlaceNotFoundError(within or "", sorted({place for one in read for place in one.sections}))
    return Places(
        pages=read,
        editions=Editions(run, registry),
        plan=plan,
        anchor=anchor,
        unread=tuple(_say_faults(run, manifest, faults)),
    )


def _list_pages(run: Path, manifest: Mapping[str, Any]) -> Iterator[str]:
    """Name the pages: the documents of each edition, then whatever else is a page, by edition; a pooled run has one."""
    if manifest.get("kind") == POOLED:
        yield REPORT.file("html")
        return
    for edition in EDITIONS:
        pages = list(list_pages(edition, formats_of(manifest)))
        others = sorted(one.name for one in (run / edition).glob("*.html")) if pages else []
        yield from (f"{edition}/{page}" for page in dict.fromkeys([*pages, *others]))


def _read(path: Path, name: str) -> Printed | str:
    """Read a page, or say why there is nothing to read: every page that this program writes quotes a result."""
    if not path.is_file():
        return "the page is missing"
    html = read_html(path)
    if not html.strip():
        return "the page is empty"
    page = walk(name, html)
    return page if page.spots else "the page holds no result"


def _say_faults(run: Path, manifest: Mapping[str, Any], faults: Mapping[str, str | None]) -> Iterator[str]:
    digests = {one["name"]: one["sha256"] for one in manifest["outputs"]}
    for name, fault in faults.items():
        if fault is not None:
            yield f"{name}: {fault}"
        elif digest_of(run / name) != digests.get(name):
            yield f"{name}: it is not the page that the run wrote"
