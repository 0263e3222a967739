"""What others published, and how the local result sits beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.blocks.lists import join_words
from outcomes.blocks.phrase import Phrase
from outcomes.questions.evidence import published
from outcomes.results.outcome import Estimate

if TYPE_CHECKING:
    from outcomes.blocks.quote import Quoter
    from outcomes.questions.evidence.published import Topic

COUNTS = "evidence.direct.rows"


def lead_evidence(quoter: Quoter) -> Phrase:
    """Say in one sentence on what others compared the two programmes, and on what nobody did."""
    if not quoter.has(COUNTS):
        return quoter.field(COUNTS, "reason") or Phrase("No published results were provided.")
    topics = [topic for topic in published.list_topics(quoter.registry) if topic.is_asked(quoter.registry)]
    some = [topic for topic in topics if topic.counted]
    none = [topic for topic in topics if not topic.counted]
    parts = [
        Phrase("{} {} on {}").format(
            quoter.result(topic.id("rows")),
            "comparison" if topic.counted == 1 else "comparisons",
            _small(quoter, topic),
        )
        for topic in some
    ]
    if none:
        parts.append(Phrase("none on {}").format(join_words([_small(quoter, topic) for topic in none])))
    return Phrase("Published comparisons of the two programmes whose source was seen: {}.").format(
        join_words(parts) if parts else "none on what this study asks"
    )


def say_claims(quoter: Quoter) -> Phrase:
    """Say how many claims have no source."""
    count = _count(quoter, "evidence.claims_without_source")
    if not count:
        return Phrase("")
    one = count == 1
    return Phrase("{} {} claimed without author, title or DOI ({} {}): shown, counted for nothing.").format(
        quoter.result("evidence.claims_without_source"),
        "study is" if one else "studies are",
        quoter.result("evidence.unsourced.rows"),
        "result" if _count(quoter, "evidence.unsourced.rows") == 1 else "results",
    )


def say_topics(quoter: Quoter) -> list[Phrase]:
    """Say for each outcome what was published and how the result here sits beside it."""
    topics = [topic for topic in published.list_topics(quoter.registry) if topic.counted]
    return [Phrase(" ").join(part for part in _say_topic(quoter, topic) if part) for topic in topics]


def _say_topic(quoter: Quoter, topic: Topic) -> list[Phrase]:
    numbers = [name for name in topic.studies if published.counts(quoter.get(name))]
    counted = _count(quoter, topic.id("with_numbers")) > 0
    said = [Phrase("{}.").format(_label(quoter, topic)).strong()]
    if quoter.has(topic.id("pooled")):
        said.append(_say_pooled(quoter, topic))
    elif counted:
        said += [_say_one(quoter, topic, name) for name in numbers]
    said += _say_directions(quoter, topic) if not counted else []
    if topic.id("local") in quoter.registry:
        said += [_say_beside(quoter, topic), _say_prediction(quoter, topic)]
    return said


def _say_one(quoter: Quoter, topic: Topic, name: str) -> Phrase:
    study = quoter.field(name, "label", published.name_study(quoter.registry[name]))
    if quoter.has(f"{name}.difference"):
        return (
            Phrase("In {} {} and {} dropped out: {} in {} ({} interval {}; {} and {} people).").format(
                study,
                quoter.result(f"{name}.full"),
                quoter.result(f"{name}.skills"),
                quoter.result(f"{name}.difference"),
                quoter.arm("full"),
                quoter.percent("confidence.level"),
                quoter.interval(f"{name}.difference"),
                quoter.part(name, "n_full"),
                quoter.part(name, "n_skills"),
            )
            if topic.word == "dropout"
            else Phrase("{} reports a ratio of {} ({}).").format(study, quoter.result(name), quoter.interval(name))
        )
    return Phrase("{} reports a difference of {} standard deviations ({}); positive favours {}.").format(
        study, quoter.result(name), quoter.interval(name), quoter.arm("full")
    )


def _say_pooled(quoter: Quoter, topic: Topic) -> Phrase:
    what = "ratio of the shares" if _unit(quoter, topic.id("pooled")) == "ratio" else "standardised difference"
    return Phrase("The {} published comparisons with numbers together: {} {} ({} interval {}); {}").format(
        quoter.result(topic.id("with_numbers")),
        what,
        quoter.result(topic.id("pooled")),
        quoter.percent("confidence.level"),
        quoter.interval(topic.id("pooled")),
        Phrase("{} of their spread is more than chance.").format(quoter.result(topic.id("i2"))),
    )


def _say_directions(quoter: Quoter, topic: Topic) -> list[Phrase]:
    """Say which way the comparisons without numbers point."""
    ways = {
        "favours_full": ("points", "point", quoter.arm("full")),
        "favours_skills": ("points", "point", quoter.arm("skills")),
    }
    said = []
    for what, (one, many, arm) in ways.items():
        if count := _count(quoter, topic.id(what)):
            noun = "comparison, without numbers," if count == 1 else "comparisons, without numbers,"
            said.append(
                Phrase("{} {} {} towards {}.").format(
                    quoter.result(topic.id(what)), noun, one if count == 1 else many, arm
                )
            )
    if count := _count(quoter, topic.id("favours_neither")):
        noun = "comparison" if count == 1 else "comparisons"
        end = "could not tell the programmes apart, by the words of the authors."
        said.append(Phrase("{} {} {}").format(quoter.result(topic.id("favours_neither")), noun, end))
    return said


def _say_beside(quoter: Quoter, topic: Topic) -> Phrase:
    """Say whether the local result points the same way; a conflict is named as one."""
    local = topic.id("local")
    if not quoter.has(local):
        return Phrase("This study has no result beside it: {}").format(quoter.field(local, "reason"))
    here = Phrase("Here {} ({}{})").format(quoter.result(local), quoter.interval(local), _scale(quoter, local))
    if not published.tells(quoter.get(local)):
        return here + Phrase(", which does not tell the direction.")
    lean = published.leans(quoter.get(local))
    others = [arm for arm in ("full", "skills") if _count(quoter, topic.id(f"favours_{arm}"))]
    arm = quoter.arm(lean or "full")
    if not others:
        return here + Phrase(", in favour of {}.").format(arm)
    if others == [lean]:
        return here + Phrase(", in favour of {} as well.").format(arm)
    if lean in others:
        return here + Phrase(", in favour of {}; the published ones point both ways.").format(arm)
    return here + Phrase(", in favour of {}: {}.").format(
        arm, Phrase("this study and the published one point in different directions").strong()
    )


def _say_prediction(quoter: Quoter, topic: Topic) -> Phrase:
    expected, local = quoter.get(topic.id("prediction")), quoter.get(topic.id("local"))
    if not isinstance(expected, Estimate) or not isinstance(local, Estimate) or expected.interval is None:
        return Phrase("")
    if expected.unit != local.unit:
        return Phrase("")
    low, high = expected.interval.low, expected.interval.high
    inside = (low is None or low <= local.value) and (high is None or local.value <= high)
    return Phrase("That lies {} what the published ones let expect of a new setting ({}).").format(
        "within" if inside else "outside", quoter.interval(topic.id("prediction"))
    )


def _scale(quoter: Quoter, result: str) -> str:
    return "; ratio of the shares who dropped out" if _unit(quoter, result) == "ratio" else "; standard deviations"


def _unit(quoter: Quoter, result: str) -> str:
    return getattr(quoter.get(result), "unit", "")


def _count(quoter: Quoter, result: str) -> int:
    found = quoter.get(result)
    return int(found.value) if isinstance(found, Estimate) else 0


def _label(quoter: Quoter, topic: Topic) -> Phrase:
    return quoter.field(topic.id("rows"), "label", topic.label)


def _small(quoter: Quoter, topic: Topic) -> Phrase:
    """Name a topic inside a sentence; the label itself begins with a capital, the rest of it is quoted."""
    if not topic.label[:1].isalpha():
        return _label(quoter, topic)
    return topic.label[:1].lower() + quoter.field(topic.id("rows"), "label", topic.label[1:])
