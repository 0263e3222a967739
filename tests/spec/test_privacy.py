"""Direct identifiers stop a study with their place and never themselves; pseudonyms of all kinds do not."""

from __future__ import annotations

import pkgutil
import zipfile
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pikepdf
import pytest

from examined import check_study
from outcomes.errors import DataError
from outcomes.study import identifiers
from outcomes.study.read import read_study
from outcomes.study.sentences import to_groups, to_sentences
from small_study import write_small_study

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from outcomes.study.model import Finding

N = 60


def nhs_number(nine: int) -> str | None:
    """Append the check digit of modulus 11, or None where there is none."""
    digits = f"{nine:09d}"
    check = 11 - sum(int(digit) * (10 - place) for place, digit in enumerate(digits)) % 11
    return None if check == 10 else digits + str(check % 11)


def nhs_numbers(rng: np.random.Generator) -> Iterator[str]:
    while True:
        if number := nhs_number(int(rng.integers(400_000_000, 499_999_999))):
            yield number


def birthdays(rng: np.random.Generator) -> list[str]:
    days = rng.integers(0, 40 * 365, N)
    return [str(np.datetime64("1955-01-01") + int(day)) for day in days]


def make(kind: str) -> list[str]:
    """Sixty identifiers of a kind, all of them invented."""
    rng = np.random.default_rng(3)
    numbers = nhs_numbers(rng)
    letters = list("ABCDEFGHJKLMNPRSTW")
    first = ["Sarah", "James", "Emma", "David", "Laura", "Daniel"]
    last = ["Attwood", "Bellamy", "Carrow", "Denholm", "Eastley"]

    def initials() -> str:
        return f"{rng.choice(letters)}{rng.choice(letters)}"

    def day(last: int) -> int:
        return int(rng.integers(1, last))

    def year() -> int:
        return int(rng.integers(1950, 2005))

    makers = {
        "NHS numbers": lambda: next(numbers),
        "NHS numbers with spaces": lambda: "{0[0]}{0[1]}{0[2]} {0[3]}{0[4]}{0[5]} {0[6]}{0[7]}{0[8]}{0[9]}".format(
            next(numbers)
        ),
        "NHS numbers with hyphens": lambda: "{0[0]}{0[1]}{0[2]}-{0[3]}{0[4]}{0[5]}-{0[6]}{0[7]}{0[8]}{0[9]}".format(
            next(numbers)
        ),
        "NHS numbers in words": lambda: f"NHS {next(numbers)}",
        "postcodes": lambda: (
            f"LS{rng.integers(1, 29)} {rng.integers(1, 9)}{rng.choice(list('ABDEFG'))}{rng.choice(list('ABDEFG'))}"
        ),
        "postcodes in small letters": lambda: f"sw{rng.integers(1, 9)}a {rng.integers(1, 9)}aa",
        "postcodes without a space": lambda: f"M{rng.integers(1, 30)}{rng.integers(1, 9)}{rng.choice(list('ABDEFG'))}B",
        "postcodes in an address": lambda: f"{rng.integers(1, 99)} High Street, York YO{rng.integers(1, 30)} 7BB",
        "e-mail addresses": lambda: f"someone{rng.integers(1, 999)}@example.org.uk",
        "telephone numbers": lambda: f"07700 900{rng.integers(100, 999)}",
        "telephone numbers of abroad": lambda: f"+44 7700 900{rng.integers(100, 999)}",
        "telephone numbers without spaces": lambda: f"07700900{rng.integers(100, 999)}",
        "telephone numbers of a town": lambda: f"(0113) 496 0{rng.integers(100, 999)}",
        "names": lambda: f"{rng.choice(first)} {rng.choice(last)}",
        "names, the last first": lambda: f"{rng.choice(last)}, {rng.choice(first)}",
        "names with a title": lambda: f"Dr {rng.choice(last)}",
        "initials and a day of birth": lambda: f"{initials()}{day(28):02d}{day(12):02d}{rng.integers(50, 99)}",
        "initials and a whole day of birth": lambda: f"{initials()}-{year()}-{day(12):02d}-{day(28):02d}",
        "initials behind a day of birth": lambda: f"{day(28):02d}{day(12):02d}{year()}{initials()}",
        "sentences": lambda: (
            f"She said on day {rng.integers(1, 999)} that things at home were better than {rng.integers(1, 99)}"
        ),
    }
    return [makers[kind]() for _ in range(N)]


# Name of the case: (kind, column, code).
COLUMNS = {
    "NHS numbers as ids": ("NHS numbers", "client_id", "E300"),
    "NHS numbers with spaces as ids": ("NHS numbers with spaces", "client_id", "E300"),
    "NHS numbers in an unread column": ("NHS numbers", "other", "E300"),
    "NHS numbers with hyphens": ("NHS numbers with hyphens", "other", "E300"),
    "NHS numbers in words": ("NHS numbers in words", "other", "E300"),
    "NHS numbers in the reasons": ("NHS numbers", "end_reason", "E300"),
    "NHS numbers as a covariate": ("NHS numbers", "gender", "E300"),
    "postcodes": ("postcodes", "other", "E301"),
    "postcodes as site": ("postcodes", "site", "E301"),
    "postcodes in small letters": ("postcodes in small letters", "other", "E301"),
    "postcodes without a space": ("postcodes without a space", "other", "E301"),
    "postcodes in an address": ("postcodes in an address", "other", "E301"),
    "e-mail addresses": ("e-mail addresses", "other", "E302"),
    "e-mail addresses as ids": ("e-mail addresses", "client_id", "E302"),
    "telephone numbers": ("telephone numbers", "other", "E303"),
    "telephone numbers of abroad": ("telephone numbers of abroad", "other", "E303"),
    "telephone numbers without spaces": ("telephone numbers without spaces", "other", "E303"),
    "telephone numbers of a town": ("telephone numbers of a town", "other", "E303"),
    "names as ids": ("names", "client_id", "E308"),
    "names, the last first": ("names, the last first", "other", "E308"),
    "therapists by name": ("names", "therapist_id", "E308"),
    "therapists by title": ("names with a title", "therapist_id", "E308"),
    "initials and a day of birth": ("initials and a day of birth", "client_id", "E306"),
    "initials and a whole day of birth": ("initials and a whole day of birth", "client_id", "E306"),
    "initials behind a day of birth": ("initials behind a day of birth", "client_id", "E306"),
    "sentences": ("sentences", "other", "E307"),
    "sentences as reasons": ("sentences", "end_reason", "E307"),
}


def read_table(folder: Path, name: str = "clients.csv") -> pd.DataFrame:
    return pd.read_csv(folder / name, dtype=str, keep_default_na=False)


def put(folder: Path, column: str, texts: list[str]) -> None:
    """Put texts into a column of clients.csv; ids are changed in scores.csv as well."""
    clients = read_table(folder)
    if column == "client_id":
        texts = [f"{text}" for text in dict.fromkeys(texts)]
        clients = clients.iloc[: len(texts)]
        new = dict(zip(clients["client_id"], texts, strict=True))
        scores = read_table(folder, "scores.csv")
        scores = scores[scores["client_id"].isin(new)]
        scores.assign(client_id=scores["client_id"].map(new)).to_csv(folder / "scores.csv", index=False)
    clients[column] = texts[: len(clients)]
    clients.to_csv(folder / "clients.csv", index=False)


def stops(folder: Path) -> list[Finding]:
    return [finding for finding in check_study(folder) if finding.level == "STOP"]


@pytest.mark.parametrize("case", COLUMNS)
def test_identifiers_in_a_column_stop_the_study_and_are_not_told(small_study: Path, case: str) -> None:
    kind, column, code = COLUMNS[case]
    texts = make(kind)
    put(small_study, column, texts)
    found = [finding for finding in stops(small_study) if finding.code == code]
    assert any(one.file == "clients.csv" and one.column == column and one.rows for one in found), to_sentences(
        stops(small_study)
    )
    said = "\n".join([*to_sentences(check_study(small_study)), *to_groups(check_study(small_study), explained=True)])
    assert not [text for text in texts if text in said]


HEADERS = {
    **dict.fromkeys(
        (
            *(
                "name",
                "Surname",
                "first_name",
                "FirstName",
                "last name",
                "address",
                "Postcode",
                "post_code",
                "NHS number",
            ),
            *("nhs_no", "email", "E-mail", "phone", "Mobile", "telephone number", "initials", "GP name", "next_of_kin"),
        ),
        "E305",
    ),
    **dict.fromkeys(("dob", "DOB", "date_of_birth", "Date of Birth", "birthdate", "birthday", "d.o.b."), "E304"),
}


@pytest.mark.parametrize("header", HEADERS)
def test_a_column_called_as_one_that_holds_identifiers_stops_the_study(small_study: Path, header: str) -> None:
    put(small_study, header, [f"x{number % 4}" for number in range(N)])
    assert HEADERS[header] in {finding.code for finding in stops(small_study)}


def test_days_of_birth_are_known_by_their_spread_whatever_the_column_is_called(small_study: Path) -> None:
    days = birthdays(np.random.default_rng(4))
    put(small_study, "other", days)
    assert [finding.code for finding in stops(small_study)] == ["E304"]
    put(small_study, "other", ["/".join(reversed(day.split("-"))) for day in days])
    assert [finding.code for finding in stops(small_study)] == ["E304"]
    put(small_study, "other", ["" for _ in days])
    put(small_study, "start_date", days)
    assert [finding.code for finding in stops(small_study)] == ["E304"]


def test_the_dates_of_a_programme_are_no_days_of_birth(small_study: Path) -> None:
    put(small_study, "start_date", [f"19{98 + place % 2}-0{1 + place % 9}-11" for place in range(N)])
    assert stops(small_study) == []
    put(small_study, "start_date", [f"{2000 + place % 11}-0{1 + place % 9}-11" for place in range(N)])
    assert stops(small_study) == []


def test_a_table_without_a_header_tells_no_client(small_study: Path) -> None:
    for name in ("clients.csv", "scores.csv"):
        rows = (small_study / name).read_text(encoding="utf-8").replace("P0", "client_").splitlines()[1:]
        (small_study / name).write_text("\n".join(rows) + "\n", encoding="utf-8")
    assert {finding.code for finding in stops(small_study)} == {"E204"}
    assert "client_0" not in "\n".join(to_sentences(check_study(small_study)))


def test_a_few_hits_of_a_rule_that_chance_can_meet_ask_a_person_to_look(small_study: Path) -> None:
    texts = [f"{number:010d}" for number in range(4_000_000_001, 4_000_000_001 + 7 * N, 7)]
    hits = sum(map(identifiers.has_nhs_number, texts))
    assert 0 < hits < N / 2  # one in eleven by chance
    put(small_study, "client_id", texts)
    findings = [finding for finding in check_study(small_study) if finding.code == "E300"]
    assert [(one.level, one.file) for one in findings] == [("CHECK", "clients.csv")]
    assert len(findings[0].rows) + findings[0].more == hits


@pytest.mark.parametrize("kind", ["NHS numbers", "NHS numbers with spaces"])
def test_one_nhs_number_in_every_row_stops_the_study(small_study: Path, kind: str) -> None:
    put(small_study, "other", [make(kind)[0]] * N)
    (found,) = stops(small_study)
    assert (found.code, found.column, len(found.rows) + found.more) == ("E300", "other", N)


def test_free_text_in_many_rows_stops_the_study_though_some_of_it_stands_twice_and_a_list_of_reasons_does_not(
    small_study: Path,
) -> None:
    remarks, usual = make("sentences")[:20], "nothing was said about this at all"
    put(small_study, "other", [remarks[place] if place < len(remarks) else usual for place in range(N)])
    assert [finding.code for finding in stops(small_study)] == ["E307"]
    reasons = [f"moved to a town too far away, number {place % 7}" for place in range(N)]
    put(small_study, "other", reasons)
    assert stops(small_study) == []


def test_identifiers_in_a_table_of_sessions_stop_the_study_as_well(small_study: Path) -> None:
    rows = "\n".join(f"P{number:03d},1,group,attended,a{number}@example.org" for number in range(1, 5))
    (small_study / "attendance.csv").write_text(f"client_id,week,kind,status,contact_note\n{rows}\n", encoding="utf-8")
    found = stops(small_study)
    assert {(one.code, one.file, one.column) for one in found} == {("E302", "attendance.csv", "contact_note")}


@pytest.mark.parametrize(
    "name",
    [
        "scores 943 476 5919.csv",
        "sarah_attwood.csv",
        "notes-sarah-attwood.txt",
        "AB010190.csv",
        "someone@example.org.csv",
    ],
)
def test_a_file_named_after_somebody_stops_the_study_and_its_name_is_not_told(small_study: Path, name: str) -> None:
    (small_study / name).write_text("", encoding="utf-8")
    found = stops(small_study)
    assert [finding.code for finding in found] == ["E309"]
    said = "\n".join(to_sentences(check_study(small_study)))
    assert name.rpartition(".")[0] not in said


def test_a_file_of_items_named_after_somebody_is_not_told_either(small_study: Path) -> None:
    (small_study / "items").mkdir()
    (small_study / "items" / "943 476 5919.csv").write_text("client_id\n", encoding="utf-8")
    assert [finding.code for finding in stops(small_study)] == ["E309"]
    assert "5919" not in "\n".join(to_sentences(check_study(small_study)))


@pytest.mark.parametrize("header", ["943 476 5919", "someone@example.org", "Sarah Attwood", "LS1 4AP"])
def test_a_column_named_after_somebody_stops_the_study_and_its_name_is_not_told(small_study: Path, header: str) -> None:
    put(small_study, header, ["1"] * N)
    assert {"E300", "E301", "E302", "E308"} & {finding.code for finding in stops(small_study)}
    assert header not in "\n".join(to_sentences(check_study(small_study)))


def test_a_table_turned_round_tells_no_client(small_study: Path) -> None:
    clients = read_table(small_study)
    clients.set_index("client_id").T.to_csv(small_study / "clients.csv")
    said = "\n".join(to_sentences(check_study(small_study)))
    assert not [one for one in clients["client_id"] if one in said]


# Values that stand in no other text, put into every place of a study.
MARK = "Zq7{}Xw"


def write_secret_study(folder: Path) -> set[str]:
    """Write a sound study whose ids, groups, therapists, sites and reasons stand nowhere else."""
    write_small_study(folder)
    ids = [MARK.format(f"{place:03d}id") for place in range(N)]
    put(folder, "client_id", ids)
    secrets = set(ids)
    for column in ("group_id", "therapist_id", "site", "end_reason"):
        texts = [MARK.format(f"{place % 5}{column}") for place in range(N)]
        put(folder, column, texts)
        secrets |= set(texts)
    return secrets


def require_silent(text: str, secrets: set[str]) -> None:
    assert not [secret for secret in secrets if secret in text]
    assert "Zq7" not in text


def test_no_output_holds_a_client_a_group_or_a_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from click.testing import CliRunner

    from outcomes.cli import main

    monkeypatch.chdir(tmp_path)
    secrets = write_secret_study(tmp_path / "secret")
    answer = CliRunner().invoke(main, ["report", "secret", "--out", "out"])
    assert answer.exit_code == 0, answer.output
    checked = CliRunner().invoke(main, ["check", "secret", "--explain"])
    for text in (answer.output, checked.output, *capsys.readouterr()):
        require_silent(text, secrets)
    files = [path for path in (tmp_path / "out").rglob("*") if path.is_file()]
    assert len(files) > 10
    for path in files:
        require_silent(path.as_posix(), secrets)
        for content in unpack(path):
            require_silent(content.decode("utf-8", errors="replace"), secrets)


def unpack(path: Path) -> Iterator[bytes]:
    """Give what a file holds: of Word each member, of PDF each stream uncompressed, where chance spells no mark."""
    if path.suffix == ".docx":
        with zipfile.ZipFile(path) as whole:
            yield from (whole.read(name) for name in whole.namelist())
    elif path.suffix == ".pdf":
        with pikepdf.open(path) as whole:
            streams = (one for one in whole.objects if isinstance(one, pikepdf.Stream))
            yield from (
                one.read_bytes() for one in streams if one.get("/Subtype") != "/Image" and "/Length1" not in one
            )
            yield str(whole.docinfo).encode()
    else:
        yield path.read_bytes()


def test_no_repr_shows_a_client(tmp_path: Path) -> None:
    from outcomes.cohort import assemble
    from outcomes.pipeline import answer
    from outcomes.plan.read import read_plan
    from outcomes.scoring import score_study
    from outcomes.study.columns import read_columns
    from outcomes.study.dates import today
    from outcomes.study.parse import parse_table
    from outcomes.study.schemas import TABLES
    from outcomes.study.source import Source
    from outcomes.study.text import read_text_table

    secrets = write_secret_study(tmp_path / "secret")
    study = read_study(tmp_path / "secret")
    scores = score_study(study)
    cohort = assemble(study, scores)
    known = read_columns(TABLES["clients"])
    text = read_text_table(tmp_path / "secret" / "clients.csv", "clients.csv", home=tmp_path / "secret", known=known)
    typed = parse_table(text, known, today=today(), others=True)
    plan = read_plan(tmp_path / "secret" / "plan.toml")
    source = Source(tmp_path / "secret" / "clients.csv", "clients.csv", home=tmp_path / "secret")
    objects = [
        study,
        scores,
        cohort,
        text,
        *text.columns.values(),
        typed,
        plan,
        source,
        answer(study),
        cohort.structure,
    ]
    for one in objects:
        require_silent(repr(one), secrets)
        require_silent(str(one), secrets)


def test_every_data_object_that_holds_rows_says_its_own_repr() -> None:
    import importlib

    import outcomes

    telling = []
    for module in pkgutil.walk_packages(outcomes.__path__, "outcomes."):
        if not module.name.startswith(("outcomes.study", "outcomes.scoring", "outcomes.cohort")):
            continue
        for kind in vars(importlib.import_module(module.name)).values():
            if not isinstance(kind, type) or kind.__module__ != module.name:
                continue
            holds = [name for name, of in vars(kind).get("__annotations__", {}).items() if holds_rows(str(of))]
            written = getattr(kind.__repr__, "__code__", None)  # none where Python shows the place in memory alone
            if holds and written is not None and not written.co_filename.endswith(f"{module.name.split('.')[-1]}.py"):
                telling.append(kind.__qualname__)
    assert telling == []


def holds_rows(annotation: str) -> bool:
    return any(word in annotation for word in ("DataFrame", "NDArray", "Series", "list[str]"))


def test_a_table_that_breaks_its_schema_is_told_without_its_cells() -> None:
    import traceback

    from outcomes.study.schemas import TABLES, require_schema

    frame = pd.DataFrame({"client_id": ["Zq7"], "measure": ["Zq7"], "score": ["Zq7"]})
    with pytest.raises(DataError, match="not what it should be") as caught:
        require_schema(frame, TABLES["scores"], "scores.csv")
    assert "Zq7" not in "".join(traceback.format_exception(caught.value, chain=True))


BROKEN = ["score", "visit", "measure", "client_id"]


@pytest.mark.parametrize("column", BROKEN)
@pytest.mark.parametrize("text", ["{}", "{}\u200b", "={}", '"{}\n"', "{}@example.org", "943 476 5919{}"])
def test_no_fault_of_a_cell_shows_the_cell(tmp_path: Path, column: str, text: str) -> None:
    import traceback

    secrets = write_secret_study(tmp_path / "secret")
    lines = (tmp_path / "secret" / "scores.csv").read_text(encoding="utf-8").splitlines()
    cells = lines[3].split(",")
    cells[lines[0].split(",").index(column)] = text.format("Zq7broken")
    lines[3] = ",".join(cells)
    (tmp_path / "secret" / "scores.csv").write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(DataError) as caught:
        read_study(tmp_path / "secret")
    shown = "".join(traceback.format_exception(caught.value, chain=True))
    require_silent(shown, secrets)
    assert caught.value.__cause__ is None
