"""Which treatment is delivered, in which two ways, and what is said of it alone."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from outcomes.plan.frozen import Frozen, require_words

DBT = "DBT"
Name = Annotated[str, Field(min_length=1, max_length=300), AfterValidator(require_words)]


class Programme(Frozen):
    """Which treatment the two arms deliver; its own words stand in the report only where it is that treatment.

    `individual` is what a session, and a therapist, of one person alone is called: of DBT "121", else "individual".
    """

    name: Name = DBT
    individual: Name | None = None

    @property
    def is_dbt(self) -> bool:
        """Whether its order of targets and its rules of thumb are those of DBT."""
        return self.name.strip().upper() == DBT

    @property
    def alone(self) -> str:
        """What a session of one person alone is called."""
        return self.individual or ("121" if self.is_dbt else "individual")


class Arm(Frozen):
    """One of the two ways of delivering the programme."""

    value: Annotated[str, Field(min_length=1)]
    label: Name
    short: Name | None = None


class Arms(Frozen):
    """The two arms; called full and skills everywhere.

    `left_out` holds the texts of people of any other programme: they are counted, and enter nothing.
    """

    full: Arm
    skills: Arm
    left_out: tuple[Annotated[str, Field(min_length=1)], ...] = ()

    @field_validator("skills")
    @classmethod
    def _differ(cls, skills: Arm, info: ValidationInfo) -> Arm:
        full = info.data.get("full")
        if full is not None and full.value == skills.value:
            msg = "the two arms must have different values"
            raise ValueError(msg)
        return skills

    @field_validator("left_out")
    @classmethod
    def _are_others(cls, left_out: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        if {arm.value for arm in info.data.values()} & set(left_out):
            msg = "people of one of the two programmes cannot be left out"
            raise ValueError(msg)
        return left_out
