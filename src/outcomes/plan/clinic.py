"""What the clinic adds to its report in its own words: who it is, and what only people can say."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from outcomes.plan.frozen import Frozen, require_words

Line = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(require_words)]
# Half a page: the report has a page for each question, and words must not push its figure off.
Text = Annotated[str, Field(min_length=1, max_length=1500), AfterValidator(require_words)]
# Sections of report and annex, by the word that links lead to; a test holds them to the documents.
Place = Literal[
    "found",
    "compared",
    "outcomes",
    "completion",
    "change",
    "events",
    "harms",
    "trust",
    "needs",
    "sessions",
    "diary",
    "costs",
    "evidence",
    "precision",
    "appendix",
    "checklists",
]


class Words(Frozen):
    """A paragraph of the clinic: below a section, or for an open item of a checklist; in which edition it stands.

    Without `edition` it stays inside the clinic.
    """

    section: Place | None = None
    item: Line | None = None
    text: Text
    edition: Literal["internal", "share", "both"] = "internal"

    @model_validator(mode="after")
    def _one_place(self) -> Words:
        if (self.section is None) == (self.item is None):
            msg = "give either a section or an item of a checklist, not both"
            raise ValueError(msg)
        return self

    def is_in(self, edition: str) -> bool:
        """Whether it stands in an edition."""
        return self.edition in {edition, "both"}


class Clinic(Frozen):
    """Whose report it is, who prepared it and when, its logo, and the clinic's words; none of it decides a number.

    `logo` names a file of the study, SVG or PNG.
    """

    name: Line | None = None
    logo: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,60}\.(svg|png)$")] | None = None
    prepared_by: Line | None = None
    date: Line | None = None
    words: Annotated[tuple[Words, ...], Field(max_length=60)] = ()
