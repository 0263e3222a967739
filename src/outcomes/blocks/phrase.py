"""A text that knows where its parts come from: a sentence of runs, from which every format writes its own."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from string import Formatter
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class Number(NamedTuple):
    """Where a number comes from: a result, or a part of it such as a limit, with the raw value.

    Attributes
    ----------
    result : str
        Id of the result.
    value : float or int
    part : str
        Name of the part; "" for the value of the result itself.
    linked : bool
        Whether it leads to what there is to know about the result.
    """

    result: str
    value: float
    part: str = ""
    linked: bool = False


class Literal(NamedTuple):
    """Where a text that was taken word for word comes from, such as `plan:arms.full.label`."""

    source: str


class Absent(NamedTuple):
    """What stands where there is no number: of the result with this id, or of one that the edition does not have."""

    result: str = ""


class Term(NamedTuple):
    """A word of the glossary, the forms in which it stands in sentences, and what it means."""

    id: str
    forms: tuple[str, ...]
    says: str

    @property
    def name(self) -> str:
        """The word as the glossary lists it."""
        return self.forms[0]


Origin: TypeAlias = Number | Literal | Absent


class Run(NamedTuple):
    """A stretch of text in one style and from one place.

    Attributes
    ----------
    text : str
    strong, emphasis, code : bool
    tone : str
        Words for the look of it, as the style sheet has them: quiet, line (begins a line), interval, …
    target : str
        Word of the section that it leads to, a file beside the page such as `report.html`, or "".
    picture : str
        SVG that stands in place of text, or "".
    alt : str
        What the picture, or a text that is a sign such as ●, says; "" where it only repeats the words beside it.
    origin : Number, Literal or Absent, optional
        None for the wording of the report itself.
    term : Term, optional
        What the glossary says of it.
    """

    text: str
    strong: bool = False
    emphasis: bool = False
    code: bool = False
    tone: str = ""
    target: str = ""
    picture: str = ""
    alt: str = ""
    origin: Origin | None = None
    term: Term | None = None

    @property
    def quiet(self) -> bool:
        """Whether it is written in grey."""
        return isinstance(self.origin, Absent) or not QUIET.isdisjoint(self.tone.split())

    @property
    def is_wording(self) -> bool:
        """Whether it is plain wording of the report, which can be joined to more of it."""
        return self.origin is None and self.term is None and not self.picture and not self.alt


QUIET = frozenset({"quiet", "absent", "interval", "worth"})


@dataclass(frozen=True, slots=True, init=False)
class Phrase:
    """A sequence of runs that is put together like a text: `Phrase("{} of {}").format(a, b)`, `+`, `.join`.

    Texts that are put in become wording as they are; phrases keep their runs.
    """

    runs: tuple[Run, ...]

    def __init__(self, text: str = "") -> None:
        object.__setattr__(self, "runs", (Run(text),) if text else ())

    @staticmethod
    def of(*runs: Run) -> Phrase:
        """Make a phrase of runs; neighbours that are wording in the same style become one."""
        made = Phrase()
        object.__setattr__(made, "runs", tuple(_fold(runs)))
        return made

    @property
    def plain(self) -> str:
        """Text alone, with white space folded."""
        return " ".join(str(self).split())

    def __str__(self) -> str:
        """Text alone."""
        return "".join(run.text for run in self.runs)

    def __format__(self, _: str) -> str:
        """Refuse to stand in an f-string, where its numbers would lose what binds them."""
        msg = "a phrase is put together by Phrase(...).format; .plain is its text alone"
        raise TypeError(msg)

    def __bool__(self) -> bool:
        """Whether anything stands in it."""
        return bool(self.runs)

    def __add__(self, other: Phrase | str) -> Phrase:
        """Put a phrase or a text behind it."""
        return Phrase.of(*self.runs, *_runs_of(other))

    def __radd__(self, other: str) -> Phrase:
        """Put a text before it."""
        return Phrase.of(*_runs_of(other), *self.runs)

    def join(self, phrases: Iterable[Phrase | str]) -> Phrase:
        """Join phrases by this one."""
        runs: list[Run] = []
        for place, phrase in enumerate(phrases):
            runs += [*(self.runs if place else ()), *_runs_of(phrase)]
        return Phrase.of(*runs)

    def format(self, *given: Phrase | str, **named: Phrase | str) -> Phrase:
        """Fill `{}` and `{name}` in the wording; what is put in keeps its own style."""
        queue = iter(given)
        runs: list[Run] = []
        for run in self.runs:
            if not run.is_wording:
                runs.append(run)
                continue
            for text, field in _split(run.text):
                runs.append(run._replace(text=text))
                if field is not None:
                    runs += _runs_of(named[field] if field else next(queue))
        return Phrase.of(*runs)

    def capitalised(self) -> Phrase:
        """Begin with a capital; a quoted text keeps its letters."""
        if not self.runs or not self.runs[0].is_wording:
            return self
        first, *rest = self.runs
        return Phrase.of(first._replace(text=first.text[:1].upper() + first.text[1:]), *rest)

    def strong(self) -> Phrase:
        """Write all of it in bold."""
        return Phrase.of(*(run._replace(strong=True) for run in self.runs))

    def emphasis(self) -> Phrase:
        """Stress all of it."""
        return Phrase.of(*(run._replace(emphasis=True) for run in self.runs))

    def code(self) -> Phrase:
        """Write it as what is typed or copied."""
        return Phrase.of(*(run._replace(code=True) for run in self.runs))

    def toned(self, tone: str) -> Phrase:
        """Give all of it a look of the style sheet, such as `quiet`."""
        return Phrase.of(*(run._replace(tone=tone) for run in self.runs))

    def leading_to(self, target: str) -> Phrase:
        """Let all of it lead to a section, or to a file beside the page."""
        return Phrase.of(*(run._replace(target=target) for run in self.runs))


def picture(svg: str, alt: str = "") -> Phrase:
    """Give a small picture that stands in a text."""
    return Phrase.of(Run("", picture=svg, alt=alt))


def sign(text: str, alt: str) -> Phrase:
    """Give a sign that stands for a word, such as ● for seen."""
    return Phrase.of(Run(text, alt=alt))


def _runs_of(content: Phrase | str) -> tuple[Run, ...]:
    return content.runs if isinstance(content, Phrase) else (Run(content),)


def _fold(runs: Iterable[Run]) -> Iterator[Run]:
    """Join what is wording in the same style; an empty text is left out."""
    last: Run | None = None
    for run in runs:
        if not run.text and not run.picture:
            continue
        if last is not None and last.is_wording and run.is_wording and last[1:] == run[1:]:
            last = last._replace(text=last.text + run.text)
            continue
        if last is not None:
            yield last
        last = run
    if last is not None:
        yield last


@cache
def _split(pattern: str) -> tuple[tuple[str, str | None], ...]:
    """Split a pattern into texts, each with the name of the field behind it, "" for the next, or None at the end."""
    return tuple((text, name) for text, name, *_ in Formatter().parse(pattern))
