"""Findings as sentences: file, row as a spreadsheet shows it, column, rule, remedy; never a client's value."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from outcomes.study.model import Finding


def to_sentences(findings: Iterable[Finding]) -> list[str]:
    """One sentence a finding."""
    return [_to_sentence(finding) for finding in findings]


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
