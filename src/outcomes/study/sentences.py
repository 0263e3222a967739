"""Findings as sentences: file, row as a spreadsheet shows it, column, rule, remedy; never a client's value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.study.explain import read_codes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from outcomes.study.model import Finding

_LEVELS = {
    "STOP": "nothing is computed before this is mended",
    "CHECK": "look before you rely on it",
    "NOTE": "good to know",
}


def to_sentences(findings: Iterable[Finding]) -> list[str]:
    """One sentence a finding."""
    return [_to_sentence(finding) for finding in findings]


def to_groups(findings: Sequence[Finding], *, explained: bool) -> Iterator[str]:
    """Lines of all findings: by level, then by what was found, each with its places and what to do.

    Parameters
    ----------
    findings : sequence of Finding
    explained : bool
        Whether the explanation of each code stands below it.
    """
    if all(finding.level == "NOTE" for finding in findings):
        yield "Nothing to mend."
    for level, meaning in _LEVELS.items():
        mine = [finding for finding in findings if finding.level == level]
        if mine:
            yield ""
            yield f"{level}  {len(mine)} finding{'s' if len(mine) > 1 else ''}: {meaning}"
            yield from _to_group(mine, explained=explained)
    if findings:
        yield ""
        yield "outcomes explain CODE says more about each code."


def _to_group(findings: Sequence[Finding], *, explained: bool) -> Iterator[str]:
    """Lines of one level: what was found stands once, above all places where it was found."""
    groups: dict[tuple[str, str, str], list[Finding]] = {}
    for finding in findings:
        groups.setdefault((finding.code, finding.rule, finding.fix), []).append(finding)
    last = ""
    for (code, rule, fix), same in sorted(groups.items(), key=lambda group: group[0][0]):
        yield f"  {code}  {rule.rstrip('.')}"
        for finding in same:
            yield f"        {_place(finding)}"
        yield f"        → {fix}"
        if explained and code != last:
            for line in read_codes()[code].strip().split("\n"):
                yield f"        {line}"
        last = code


def _to_sentence(finding: Finding) -> str:
    rule = finding.rule if finding.rule.endswith(".") else f"{finding.rule}."
    return f"{finding.level} {finding.code}  {_place(finding)}: {rule} {finding.fix}".rstrip()


def _place(finding: Finding) -> str:
    parts = [finding.file]
    if finding.rows:
        word = "line" if finding.file.endswith(".toml") else "row"
        rows = ", ".join(str(row) for row in finding.rows)
        more = f" and {finding.more} more" if finding.more else ""
        parts.append(f"{word}{'s' if len(finding.rows) > 1 else ''} {rows}{more}")
    if finding.column:
        parts.append(f"{'key' if finding.file.endswith('.toml') else 'column'} {finding.column}")
    return ", ".join(parts)
