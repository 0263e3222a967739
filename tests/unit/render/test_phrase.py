"""A phrase keeps what binds its parts however it is put together, and HTML says all of it."""

from __future__ import annotations

import pytest

from outcomes.blocks.html import to_html
from outcomes.blocks.phrase import Absent, Literal, Number, Phrase, Run, Term
from outcomes.blocks.quote import wording

NAME = Phrase.of(Run("Group & <one>", origin=Literal("plan:arms.full.label")))
COUNT = Phrase.of(Run("12", origin=Number("flow.full.started", 12, linked=True)))
LIMIT = Phrase.of(Run("0.3", origin=Number("a.b", 0.25, "low")))


def test_a_phrase_is_filled_joined_and_added_to_like_a_text() -> None:
    said = Phrase("{} of {arm}").format(COUNT, arm=NAME) + "; " + Phrase(", ").join([LIMIT, "more"])
    assert str(said) == "12 of Group & <one>; 0.3, more"
    assert [run.origin is None for run in said.runs] == [False, True, False, True, False, True]
    assert "so " + Phrase("it is") == Phrase("so it is")
    assert not Phrase("")
    assert not Phrase(" ").join([])


def test_what_is_put_in_is_never_taken_for_a_pattern() -> None:
    braces = Phrase.of(Run("{} {0}", origin=Literal("plan:title")))
    assert str(Phrase("{}: {}").format(braces, "{x}")) == "{} {0}: {x}"
    assert str((braces + " {}").format(COUNT)) == "{} {0} 12"


def test_html_says_where_each_part_comes_from_and_escapes_every_text() -> None:
    assert to_html(COUNT) == '<data value="12" data-id="flow.full.started"><a href="#n-flow.full.started">12</a></data>'
    assert to_html(LIMIT) == '<data value="0.25" data-literal="result:a.b#low">0.3</data>'
    assert to_html(NAME) == '<span data-literal="plan:arms.full.label">Group &amp; &lt;one&gt;</span>'
    assert to_html(Phrase.of(Run("–", origin=Absent("a.b")))) == '<span class="absent" data-id="a.b">–</span>'
    assert to_html(wording("a < 121")) == 'a &lt; <span data-literal="text:121">121</span>'
    assert to_html(Phrase("<b>")) == "&lt;b&gt;"


def test_neighbours_in_one_style_stand_in_one_element() -> None:
    assert to_html(Phrase("{}.").format(NAME).strong()).startswith("<strong><span data-literal=")
    assert to_html(Phrase("a").toned("quiet line")) == '<span class="quiet line">a</span>'
    assert to_html(Phrase("a").emphasis().toned("line").leading_to("trust")) == (
        '<a href="#trust"><em class="line">a</em></a>'
    )


def test_a_term_marked_inside_a_quotation_leaves_the_quotation_whole() -> None:
    origin = Literal("result:a.b#method")
    term = Term("reml", ("REML",), "Said <so>.")
    said = Phrase.of(Run("by ", origin=origin), Run("REML", origin=origin, term=term), Run(", twice", origin=origin))
    assert to_html(said) == (
        '<span data-literal="result:a.b#method">by <a class="term" href="#g-reml" title="Said &lt;so&gt;.">REML</a>'
        ", twice</span>"
    )


def test_two_quotations_of_one_text_stand_in_two_elements() -> None:
    twice = Phrase.of(*(Run("x", origin=Literal("plan:title")) for _ in range(2)))
    assert to_html(twice).count("data-literal") == 2


def test_a_phrase_refuses_to_lose_what_binds_it() -> None:
    with pytest.raises(TypeError, match="put together"):
        _ = f"{COUNT} people"


def test_a_capital_is_given_to_wording_alone() -> None:
    assert Phrase("allowing").capitalised() == Phrase("Allowing")
    assert NAME.capitalised() == NAME
