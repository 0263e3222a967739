"""What tells who somebody is: rules for one text, and names of columns that hold nothing else.

Each rule answers yes or no for a text. How many hits a column needs before the study is stopped is decided by
`outcomes.study.privacy`; no rule ever gives the text back.
"""

from __future__ import annotations

import re
import tomllib
from datetime import date
from importlib import resources
from typing import Any

_WORDS: dict[str, Any] = tomllib.loads(
    resources.files("outcomes.study").joinpath("identifiers.toml").read_text(encoding="utf-8")
)
_FIRST_NAMES, _NAMES_AND_WORDS = (frozenset(_WORDS[name]) for name in ("first_names", "names_and_words"))
_PLACE_WORDS = frozenset(_WORDS["place_words"])
_HEADERS = {code: frozenset(names) for code, names in _WORDS["headers"].items()}
_NHS = re.compile(r"(?<![0-9.])([0-9]{3})[ -]?([0-9]{3})[ -]?([0-9]{4})(?![0-9]|[.][0-9])")
_EMAIL = re.compile(r"[A-Za-z0-9._%+'-]+@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}")
_POSTCODE = re.compile(
    rf"(?<![A-Za-z0-9])(?:(?:{'|'.join(_WORDS['areas'])})(?:[0-9]{{1,2}}|[0-9][A-HJKPSTUW-Y])|GIR 0)(?P<space> ?)"
    r"[0-9][ABD-HJLNP-UW-Z]{2}(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_PHONE = re.compile(
    r"(?<![A-Za-z0-9])(?P<written>(?:\+44|0044)[ -]?(?:\(0\))?[ -]?|\(?0(?=[1-37]))"
    r"[0-9]{1,5}\)?(?:[ -]?[0-9]){5,9}(?![A-Za-z0-9])"
)
_INITIALS_DATE = re.compile(
    r"(?P<initials>[A-Za-z]{2,3})[-_ ./]?(?P<date>[0-9]{8}|[0-9]{6}|[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4})"
    r"|(?P<date2>[0-9]{8}|[0-9]{6}|[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4})[-_ ./]?(?P<initials2>[A-Za-z]{2,3})"
)
_TITLED = re.compile(r"(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Sir|Dame|Rev)\.? +[A-Z][A-Za-z'’-]+", re.IGNORECASE)
_TWO_NAMES = re.compile(r"(?P<first>[A-Z][a-z'’-]+)(?: [A-Z]\.?)?[ ,]+(?P<last>(?:Mc|Mac|O['’])?[A-Z][a-z'’-]+)")
_SORTED_NAMES = re.compile(r"[A-Z][A-Za-z'’-]+, ?[A-Z][a-z'’.-]*(?: [A-Z][a-z'’.-]*)?")


def find_sure(text: str) -> str | None:
    """Code of the first rule that hardly ever errs and that a text breaks, if any."""
    return next((code for code, rule in _SURE if rule(text)), None)


def kind_of_header(name: str) -> str | None:
    """Code of the rule that the name of a column breaks, if any."""
    bare = re.sub(r"[^a-z0-9]", "", name.casefold())
    return next((code for code, names in _HEADERS.items() if bare in names), None)


def has_nhs_number(text: str) -> bool:
    """Whether a text holds ten digits whose last one is the check digit of an NHS number (modulus 11)."""
    return any(_is_nhs("".join(found.groups())) for found in _NHS.finditer(text))


def has_email(text: str) -> bool:
    """Whether a text holds an e-mail address."""
    return "@" in text and _EMAIL.search(text) is not None


def has_postcode(text: str) -> bool:
    """Whether a text holds a whole postcode of the United Kingdom, written with its space."""
    return any(found["space"] for found in _POSTCODE.finditer(text))


def is_close_postcode(text: str) -> bool:
    """Whether a text is a postcode written without its space: it could be a pseudonym as well."""
    return _POSTCODE.fullmatch(text) is not None


def has_phone(text: str) -> bool:
    """Whether a text holds a telephone number of the United Kingdom, written as one (+44, or with spaces)."""
    return any(_is_phone(found, written=True) for found in _PHONE.finditer(text))


def is_close_phone(text: str) -> bool:
    """Whether a text is the bare digits of a telephone number: it could be a pseudonym as well."""
    found = _PHONE.fullmatch(text)
    return found is not None and _is_phone(found, written=False)


def is_initials_and_date(text: str) -> str | None:
    """Give the initials of an id that is made of initials and a date of birth, or None."""
    found = _INITIALS_DATE.fullmatch(text)
    if found is None or not _is_birth(found["date"] or found["date2"]):
        return None
    return (found["initials"] or found["initials2"]).upper()


def is_name(text: str) -> bool:
    """Whether a text is surely somebody's name: with a title, or with a first name that many people have."""
    if _TITLED.fullmatch(text):
        return True
    parts = re.split(r"[ ,]+", text.casefold())
    return 2 <= len(parts) <= 4 and text.replace(",", " ").istitle() and not _FIRST_NAMES.isdisjoint(parts)  # noqa: PLR2004


def is_word(text: str) -> bool:
    """Whether a first name is a word as well, as which it stands in names of files and columns (max, mark, dawn)."""
    return text.casefold() in _NAMES_AND_WORDS


def is_place_word(text: str) -> bool:
    """Whether a word says that the words beside it name a place, a service or a study and no person."""
    return text.casefold() in _PLACE_WORDS


def may_be_name(text: str) -> bool:
    """Whether a text has the shape of somebody's name, or is a first name that many people have."""
    if text.casefold() in _FIRST_NAMES:
        return True
    return bool(_TWO_NAMES.fullmatch(text) or _SORTED_NAMES.fullmatch(text))


def read_birth(text: str) -> date | None:
    """Day of a text that is a whole date in any usual order, for judging whether a column holds dates of birth."""
    parts = re.split(r"[-/. ]", text)
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() for part in parts):  # noqa: PLR2004  # day, month, year
        return None
    numbers = [int(part) for part in parts]
    orders = [(0, 1, 2)] if len(parts[0]) == 4 else [(2, 1, 0), (2, 0, 1)]  # noqa: PLR2004  # year first
    for year, month, day in orders:
        try:
            return date(numbers[year], numbers[month], numbers[day])
        except ValueError:
            continue
    return None


def _is_nhs(digits: str) -> bool:
    weighted = sum(int(digit) * weight for digit, weight in zip(digits, range(10, 1, -1), strict=False))
    check = 11 - weighted % 11
    return digits != "0" * 10 and check != 10 and check % 11 == int(digits[9])  # noqa: PLR2004  # 11 minus the remainder


def _is_phone(found: re.Match[str], *, written: bool) -> bool:
    digits = "".join(sign for sign in found[0] if sign.isdigit())
    national = digits.removeprefix("0044").removeprefix("44").removeprefix("0")
    if found["written"].startswith(("+", "0044")):
        return len(national) in {9, 10}
    if len(digits) not in {10, 11}:
        return False
    return any(sign in found[0] for sign in " -()") if written else len(digits) == 11  # noqa: PLR2004  # with its nought


def _is_birth(text: str) -> bool:
    """Whether digits are a day of the last hundred and ten years, in any usual order."""
    if not text.isdigit():
        born = read_birth(text) or _read_short(re.split(r"[-/.]", text))
        return born is not None and _FIRST_BIRTH <= born.year <= _LAST_BIRTH
    if len(text) == 8:  # noqa: PLR2004  # day, month, whole year
        splits = [(text[:4], text[4:6], text[6:]), (text[4:], text[2:4], text[:2]), (text[4:], text[:2], text[2:4])]
    else:
        splits = [(text[4:], text[2:4], text[:2]), (text[:2], text[2:4], text[4:])]
    return any(_is_day(*split) for split in splits)


def _read_short(parts: list[str]) -> date | None:
    return date(1990, 1, 1) if len(parts) == 3 and _is_day(parts[2], parts[1], parts[0]) else None  # noqa: PLR2004


def _is_day(year: str, month: str, day: str) -> bool:
    whole = int(year) if len(year) == 4 else 1900 + int(year)  # noqa: PLR2004  # a year of two digits
    try:
        return _FIRST_BIRTH <= date(whole, int(month), int(day)).year <= _LAST_BIRTH
    except ValueError:
        return False


_FIRST_BIRTH, _LAST_BIRTH = 1900, 2020  # years; nobody in a programme for adults was born outside them
_SURE = (("E300", has_nhs_number), ("E302", has_email), ("E303", has_phone), ("E301", has_postcode))
# What each code finds: one of them, and several.
WHAT = {
    "E300": ("an NHS number", "NHS numbers"),
    "E301": ("a postcode", "postcodes"),
    "E302": ("an e-mail address", "e-mail addresses"),
    "E303": ("a telephone number", "telephone numbers"),
    "E304": ("a date of birth", "dates of birth"),
    "E305": ("a name, address or number of a person", "names, addresses or numbers of people"),
    "E306": ("initials and a date", "ids made of initials and a date"),
    "E307": ("free text", "free text, in which anybody can be named"),
    "E308": ("somebody's name", "people's names"),
}
