"""Sound studies of many kinds, made from a seed: none of them may be refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

Maker = Callable[[int, np.random.Generator], str]
ID_STYLES: tuple[Maker, ...] = (
    lambda number, _: f"C{number:03d}",
    lambda number, _: f"{number:05d}",
    lambda number, _: str(number),
    lambda number, _: f"SITE{1 + number % 3}-{number:04d}",
    lambda _, rng: f"{rng.integers(10**9, 10**10)}",
    lambda _, rng: "".join(rng.choice(list("ABCDEFGHJKMNPQRSTVWXYZ23456789"), 8)),
    lambda _, rng: "".join(rng.choice(list("0123456789abcdef"), 32)),
    lambda number, rng: f"{'ABCDEFGH'[number % 8]}{rng.integers(10**5, 10**6)}",
    lambda number, _: f"DBT/{2020 + number % 5}/{number:03d}",
    lambda number, rng: f"{rng.choice(['otter', 'heron', 'badger', 'finch'])}-{number}",
    lambda number, rng: f"{'ABCDEFGHJK'[number % 10]}{'LMNPQRSTUV'[number // 10 % 10]}{rng.integers(10**5, 10**6)}",
    lambda number, _: f"P{number}é",
)
REASONS = (
    "",
    "finished",
    "moved away",
    "did not come back",
    "work",
    "did not want to go on",
    "four sessions missed in a row",
)
GENDERS = (("woman", "man", "non_binary"), ("Frau", "Mann", "divers"), ("F", "M"), ("1", "2"))


def write_clean_study(folder: Path, seed: int) -> Path:
    """Write a sound study; ids, columns, scales, dates, quoting and line ends differ from seed to seed."""
    rng = np.random.default_rng(seed)
    folder.mkdir(parents=True, exist_ok=True)
    n = int(rng.integers(8, 40))
    style = ID_STYLES[seed % len(ID_STYLES)]
    ids = list(dict.fromkeys(style(number, rng) for number in range(1, n + 1)))
    low, high, step = ((0, 63, 1), (1, 5, 0.2), (0, 100, 4), (-3, 3, 0.001), (0, 4, 0.25))[seed % 5]
    dated, visits = bool(rng.random() < 0.6), int(rng.integers(2, 5))
    names = [f"v{place}" for place in range(visits)]
    starts = [date(2019, 1, 7) + timedelta(days=int(day)) for day in rng.integers(0, 1200, len(ids))]
    columns = {
        "client_id": ids,
        "arm": ["one" if place % 2 else "two" for place in range(len(ids))],
        "age": [str(age) if rng.random() < 0.95 else "" for age in rng.integers(18, 71, len(ids))],
        "gender": [str(rng.choice(GENDERS[seed % 4])) for _ in ids],
        "severity": [f"{value:.3f}" for value in rng.normal(0, 1, len(ids))],
        "start_date": [day.isoformat() for day in starts],
    }
    if rng.random() < 0.5:
        columns["end_reason"] = [str(rng.choice(REASONS)) for _ in ids]
        columns["end_date"] = [(day + timedelta(days=int(rng.integers(1, 200)))).isoformat() for day in starts]
    if rng.random() < 0.5:
        columns |= {
            "group_id": [f"G{rng.integers(1, 5)}" for _ in ids],
            "site": [str(rng.choice(["North", "St Mary"])) for _ in ids],
        }
    if rng.random() < 0.3:
        columns["therapist_id"] = [f"T{rng.integers(1, 9):02d}" if place % 2 else "" for place in range(len(ids))]
    scores = [["client_id", "visit", "measure", "score", *(["date"] if dated else [])]]
    for one, start in zip(ids, starts, strict=True):
        for place, visit in enumerate(names):
            if place and rng.random() < 0.15:
                continue
            points = low + step * rng.integers(0, round((high - low) / step) + 1)
            text = "" if rng.random() < 0.02 else f"{points:.10g}"
            day = [(start + timedelta(days=84 * place + int(rng.integers(-3, 4)))).isoformat()] if dated else []
            scores.append([one, visit, "scale", text, *day])
    rows = [list(columns), *map(list, zip(*columns.values(), strict=True))]
    (folder / "plan.toml").write_text(make_plan(names, low, high, seed), encoding="utf-8")
    for name, table in (("clients.csv", rows), ("scores.csv", scores)):
        (folder / name).write_bytes(to_bytes(table, seed))
    return folder


def make_plan(names: list[str], low: float, high: float, seed: int) -> str:
    """Write the plan of a clean study."""
    visits = "\n".join(f'{name} = {{ label = "{name}", week = {12 * place} }}' for place, name in enumerate(names))
    return (
        f'version = 1\ntitle = "Clean study {seed}"\n[arms]\nfull = {{ value = "one", label = "Full" }}\n'
        f'skills = {{ value = "two", label = "Skills" }}\n[visits]\n{visits}\nprimary = "{names[-1]}"\n'
        f'[measures.scale]\nlabel = "Scale"\ndomain = "symptoms"\nrole = "primary"\nbetter = "lower"\n'
        f"range = [{low}, {high}]\n"
        '[adjust]\ncovariates = ["age", "gender", "severity"]\n'
    )


def to_bytes(table: list[list[str]], seed: int) -> bytes:
    """Write a table with or without marks, in one of the two kinds of line ends, with or without a byte order mark."""
    quote = seed % 3 == 0
    end = "\r\n" if seed % 2 else "\n"
    text = end.join(",".join(f'"{cell}"' if quote else cell for cell in row) for row in table) + end
    return (b"\xef\xbb\xbf" if seed % 7 == 0 else b"") + text.encode("utf-8")
