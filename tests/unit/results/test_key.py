"""An id is how a key prints."""

from __future__ import annotations

import pytest

from outcomes.results import Key


@pytest.mark.parametrize(
    ("key", "printed"),
    [
        (Key("mmrm", "dts", "end", "difference"), "mmrm.dts.end.difference"),
        (Key("mmrm", "dts", "end", "adjusted_mean", "full"), "mmrm.dts.end.full.adjusted_mean"),
        (Key("flow", what="started", arm="skills"), "flow.skills.started"),
        (Key("baseline", subject="gender", category="man", arm="full", what="share"), "baseline.gender.man.full.share"),
        (Key("change", "dts", "end", "share", "full", category="improved"), "change.dts.end.full.improved"),
        (Key("change", "dts", "end", "people", "full", category="improved"), "change.dts.end.full.improved.people"),
        (Key("change", "dts", "end", "difference", category="improved"), "change.dts.end.improved.difference"),
        (Key("change", "dts", "end", "cut_off", category="c"), "change.dts.end.cut_off.c"),
        (Key("retention", what="curve", arm="full"), "retention.curve.full"),
        (Key("retention", subject="rmst", what="difference"), "retention.rmst.difference"),
        (Key("missing", "dts", what="pattern", arm="full", category="smss"), "missing.dts.pattern.smss.full"),
        (Key("evidence", subject="dropout", category="a_2020", what="published"), "evidence.dropout.a_2020"),
        (Key("evidence", subject="dropout", category="a_2020", what="benchmark"), "evidence.benchmark.dropout.a_2020"),
        (
            Key("sessions", subject="feedback", category="t01", what="therapist_share"),
            "sessions.therapist.t01.feedback.share",
        ),
        (Key("dose", "dts", "end", "per_session", "full", subject="group"), "dose.dts.end.full.group.per_session"),
        (Key("independent", "dts", "end", "difference", of="mmrm"), "independent.mmrm.dts.end.difference"),
        (Key("independent", what="agreeing"), "independent.agreeing"),
    ],
)
def test_a_key_prints_as_the_id_that_the_design_gives_it(key: Key, printed: str) -> None:
    assert str(key) == printed


def test_a_field_that_no_id_can_be_made_of_is_refused() -> None:
    with pytest.raises(ValueError, match="the category of a key"):
        Key("baseline", category="<6m")


def test_a_key_is_selected_by_its_fields() -> None:
    key = Key("mmrm", "dts", "end", "difference")
    assert key.matches(analysis="mmrm", visit="end")
    assert not key.matches(visit="mid")
    assert key.but(visit="mid") == Key("mmrm", "dts", "mid", "difference")
