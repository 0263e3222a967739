"""What others published, and how the local result sits beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.blocks.lists import join_words
from outcomes.blocks.phrase import Phrase
from outcomes.blocks.pointers import to_verdict
from outcomes.questions.evidence import published
from outcomes.results.key import Key
from outcomes.results.outcome import Estimate

if TYPE_CHECKING:
    from outcomes.blocks.quote import Quoter
    from outcomes.questions.evidence.published import Topic

DROP_OUT = "dropout"  # the topic whose ratios are of people who left
COUNTS = Key("evidence", what="direct_rows")
CLAIMS, CLAIMED = (Key("evidence", what=what) for what in ("claims_without_source", "unsourced_rows"))
IN_SHORT = {"same": "same direction", "other": "opposite direction", "both": "published in both directions"}


def lead_evidence(quoter: Quoter) -> Phrase:
    """Say in one sentence on what others compared the two programmes, and on what nobody did."""
    if not quoter.has(COUNTS):
        return quoter.field(COUNTS, "reason") or Phrase("No published results were provided.")
    topics = [topic for topic in published.list_topics(quoter.registry) if topic.is_asked(quoter.registry)]
    some = [topic for topic in topics if topic.counted]
    none = [topic for topic in topics if not topic.counted]
    parts = [
        Phrase("{} {} on {}").format(
            quoter.result(topic.key("rows")),
            "comparison" if topic.counted == 1 else "comparisons",
            _small(quoter, topic),
        )
        for topic in some
    ]
    if none:
        parts.append(Phrase("none on {}").format(join_words([_small(quoter, topic) for topic in none])))
    return Phrase(
        "Published comparisons of the two programmes of {} whose source was seen, on what this study asks: {}."
    ).format(quoter.programme(), join_words(parts) if parts else "none")


def say_how_it_sits(quoter: Quoter) -> Phrase:
    """Say in short of each outcome that the plan asks about on which side of what is published the result here lies.

    What was published, where that cannot be said of any.
    """
    topics = [topic for topic in published.list_topics(quoter.registry) if topic.is_asked(quoter.registry)]
    sides = [(topic, published.compare_sides(quoter.registry, topic)) for topic in topics if topic.counted]
    said = [Phrase(f"{IN_SHORT[side]} on {{}}").format(_small(quoter, topic)) for topic, side in sides if side]
    return Phrase(", ").join(said) if said else lead_evidence(quoter)


def say_claims(quoter: Quoter) -> Phrase:
    """Say how many claims have no source."""
    count = _count(quoter, CLAIMS)
    if not count:
        return Phrase("")
    one = count == 1
    return Phrase("{} {} claimed without author, title or DOI ({} {}): shown, counted for nothing.").format(
        quoter.result(CLAIMS),
        "study is" if one else "studies are",
        quoter.result(CLAIMED),
        "result" if _count(quoter, CLAIMED) == 1 else "results",
    )


def say_topics(quoter: Quoter, *, of_this_study: bool = False) -> list[Phrase]:
    """Say for each outcome what was published and how the result here sits beside it.

    `of_this_study` leaves out those that the plan does not ask about and no result here lies beside.
    """
    topics = [topic for topic in published.list_topics(quoter.registry) if topic.counted]
    if of_this_study:
        topics = [one for one in topics if one.is_asked(quoter.registry) or quoter.has(one.key("local"))]
    return [Phrase(" ").join(part for part in _say_topic(quoter, topic) if part) for topic in topics]


def _say_topic(quoter: Quoter, topic: Topic) -> list[Phrase]:
    numbers = [key for key in topic.studies if published.counts(quoter.get(key))]
    counted = _count(quoter, topic.key("with_numbers")) > 0
    said = [Phrase("{}.").format(_label(quoter, topic)).strong()]
    if quoter.has(topic.key("pooled")):
        said.append(_say_pooled(quoter, topic))
    elif counted:
        said += [_say_one(quoter, topic, key) for key in numbers]
    said += _say_directions(quoter, topic) if not counted else []
    if quoter.get(topic.key("local")) is not None:
        said += [_say_beside(quoter, topic), _say_prediction(quoter, topic)]
    return said


def _say_one(quoter: Quoter, topic: Topic, key: Key) -> Phrase:
    study, difference = name_study(quoter, key), key.but(what="difference")
    if quoter.has(difference):
        return (
            Phrase("In {} {} and {} dropped out: {} in {} ({} interval {}; {} and {} people).").format(
                study,
                quoter.result(key.but(what="share", arm="full")),
                quoter.result(key.but(what="share", arm="skills")),
                quoter.result(difference),
                quoter.arm("full"),
                quoter.percent("confidence.level"),
                quoter.interval(difference),
                quoter.part(key, "n_full"),
                quoter.part(key, "n_skills"),
            )
            if topic.word == DROP_OUT
            else Phrase("{} reports a ratio of {} ({}).").format(study, quoter.result(key), quoter.interval(key))
        )
    return Phrase("{} reports a difference of {} standard deviations ({}); positive favours {}.").format(
        study, quoter.result(key), quoter.interval(key), quoter.arm("full")
    )


def _say_pooled(quoter: Quoter, topic: Topic) -> Phrase:
    what = "ratio of the shares" if _unit(quoter, topic.key("pooled")) == "ratio" else "standardised difference"
    return Phrase("The {} published comparisons with numbers together: {} {} ({} interval {}); {}").format(
        quoter.result(topic.key("with_numbers")),
        what,
        quoter.result(topic.key("pooled")),
        quoter.percent("confidence.level"),
        quoter.interval(topic.key("pooled")),
        Phrase("{} of their spread is more than chance.").format(quoter.result(topic.key("i2"))),
    )


def _say_directions(quoter: Quoter, topic: Topic) -> list[Phrase]:
    """Say which way the comparisons without numbers point."""
    ways = {
        "favours_full": ("points", "point", quoter.arm("full")),
        "favours_skills": ("points", "point", quoter.arm("skills")),
    }
    said = []
    for what, (one, many, arm) in ways.items():
        if count := _count(quoter, topic.key(what)):
            noun = "comparison, without numbers," if count == 1 else "comparisons, without numbers,"
            said.append(
                Phrase("{} {} {} towards {}.").format(
                    quoter.result(topic.key(what)), noun, one if count == 1 else many, arm
                )
            )
    if count := _count(quoter, topic.key("favours_neither")):
        noun = "comparison" if count == 1 else "comparisons"
        end = "could not tell the programmes apart, by the words of the authors."
        said.append(Phrase("{} {} {}").format(quoter.result(topic.key("favours_neither")), noun, end))
    return said


def _say_beside(quoter: Quoter, topic: Topic) -> Phrase:
    """Name the local result as what it is, and where its estimate lies; whether it is an answer is told elsewhere."""
    local = topic.key("local")
    if not quoter.has(local):
        return Phrase("This study has no result beside it: {}").format(quoter.field(local, "reason"))
    here = Phrase("{} is {} ({}); what this study tells of it stands under {}.")
    return here.format(
        _name_local(quoter, topic), quoter.result(local), quoter.interval(local), to_verdict()
    ) + _say_sides(quoter, topic)


def _name_local(quoter: Quoter, topic: Topic) -> Phrase:
    """Say what the local result is: the main comparison of the outcome, on the scale on which others publish theirs."""
    local = quoter.get(topic.key("local"))
    if topic.word == DROP_OUT:
        return Phrase("Here the main comparison of who completed, as a ratio of the shares who did not,")
    measures = (told.measure for relation in getattr(local, "tells", ()) for told in relation if told.measure)
    measure = next((quoter.measure(one) for one in measures), _small(quoter, topic))
    return Phrase("Here the main comparison of {}, in standard deviations,").format(measure)


def _say_sides(quoter: Quoter, topic: Topic) -> Phrase:
    """Say whether the estimates, taken without their intervals, lie on one side; a conflict is named as one."""
    said = {
        "": Phrase(""),
        "same": Phrase(" The estimate lies on the same side as what is published."),
        "both": Phrase(" What is published lies on both sides."),
        "other": Phrase(" {}.").format(Phrase("The estimate and what is published lie on different sides").strong()),
    }
    return said[published.compare_sides(quoter.registry, topic)]


def _say_prediction(quoter: Quoter, topic: Topic) -> Phrase:
    expected, local = quoter.get(topic.key("prediction")), quoter.get(topic.key("local"))
    if not isinstance(expected, Estimate) or not isinstance(local, Estimate) or expected.interval is None:
        return Phrase("")
    if expected.unit != local.unit:
        return Phrase("")
    low, high = expected.interval.low, expected.interval.high
    inside = (low is None or low <= local.value) and (high is None or local.value <= high)
    return Phrase("That lies {} what the published ones let expect of a new setting ({}).").format(
        "within" if inside else "outside", quoter.interval(topic.key("prediction"))
    )


def _unit(quoter: Quoter, result: Key) -> str:
    return getattr(quoter.get(result), "unit", "")


def _count(quoter: Quoter, result: Key) -> int:
    found = quoter.get(result)
    return int(found.value) if isinstance(found, Estimate) else 0


def name_study(quoter: Quoter, key: Key) -> Phrase:
    """Name the study of a published result, by the passage of its label."""
    return _name(quoter, key, "study")


def name_outcome(quoter: Quoter, key: Key) -> Phrase:
    """Name the outcome of a published result, by the passage of its label."""
    return _name(quoter, key, "outcome")


def _name(quoter: Quoter, key: Key, part: str) -> Phrase:
    return quoter.field(key, "label", getattr(getattr(quoter.get(key), "published", None), part, ""))


def _label(quoter: Quoter, topic: Topic) -> Phrase:
    return quoter.field(topic.key("rows"), "label", topic.label)


def _small(quoter: Quoter, topic: Topic) -> Phrase:
    """Name a topic inside a sentence; the label itself begins with a capital, the rest of it is quoted."""
    if not topic.label[:1].isalpha():
        return _label(quoter, topic)
    return topic.label[:1].lower() + quoter.field(topic.key("rows"), "label", topic.label[1:])
