"""The schemas: what the reader refuses they refuse, what a study holds they accept, and nothing stands twice."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from outcomes.errors import DataError
from outcomes.study.cells import NUMBERS, parse_texts
from outcomes.study.columns import if_number, may, read_column
from outcomes.study.describe import describe_tables
from outcomes.study.new import make_study_folder
from outcomes.study.read import read_study
from outcomes.study.schemas import TABLES, for_plan, require_schema, validate, with_items

EXAMPLE = Path(__file__).parents[3] / "data" / "example"
COLUMNS = [
    pytest.param(column, id=f"{table}.{name}")
    for table, schema in TABLES.items()
    for name, column in schema.columns.items()
]
LIMITED = [one for one in COLUMNS if {read_column(one.values[0]).low, read_column(one.values[0]).high} != {None}]


def alone(column: Any, values: list[Any]) -> pd.Series[Any]:
    """Give a column of values as the reader would hold it."""
    return pd.Series(values, dtype=column.dtype.type if column.dtype else None)


@pytest.mark.parametrize("column", COLUMNS)
def test_every_column_says_what_it_holds_and_its_examples_are_read(column: Any) -> None:
    assert column.description
    read = read_column(column)
    texts = [text for text in column.metadata.get("example", ()) if read.kind != "choice" or read.choices]
    assert parse_texts(texts, read, today=date(2026, 1, 1)).broken == {}


@pytest.mark.parametrize("column", LIMITED)
def test_the_reader_and_pandera_refuse_the_same_numbers(column: Any) -> None:
    import pandera.errors

    read = read_column(column)
    assert read.kind in NUMBERS
    for limit, beyond in ((read.low, -1.0), (read.high, 1.0)):
        if limit is None:
            continue
        for value in (limit, limit + beyond):
            is_refused = bool(parse_texts([str(value)], read, today=date(2026, 1, 1)).broken)
            try:
                column.validate(pd.DataFrame({column.name: alone(column, [float(value)])}))
                assert not is_refused, value
            except pandera.errors.SchemaError:
                assert is_refused, value


def test_an_age_has_limits_and_a_covariate_of_words_has_none() -> None:
    import pandera.errors

    column = may("covariate", "characteristic", if_number(0, 120)).set_name("age")
    assert (read_column(column).low, read_column(column).high) == (0, 120)
    column.validate(pd.DataFrame({"age": pd.Categorical(["young", "old"])}))
    column.validate(pd.DataFrame({"age": [30.0, 120.0]}))
    with pytest.raises(pandera.errors.SchemaError):
        column.validate(pd.DataFrame({"age": [30.0, 121.0]}))


def test_every_frame_of_a_study_is_what_its_schema_accepts() -> None:
    study = read_study(EXAMPLE)
    frames = study.frames
    assert {name.partition("/")[0] for name in frames} == set(TABLES)
    for name, frame in frames.items():
        assert validate(frame, name.partition("/")[0], study.plan) is frame


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("scores", "score", "Zq7"),
        ("scores", "visit", "Zq7"),
        ("clients", "age", 121.0),
        ("clients", "full", "Zq7"),
        ("attendance", "status", "Zq7"),
        ("sessions", "session", 1.5),
        ("costs", "unit_cost", -1.0),
        ("evidence", "n_full", 2.5),
    ],
)
def test_a_frame_that_somebody_has_spoilt_is_refused_by_its_column(table: str, column: str, value: object) -> None:
    study = read_study(EXAMPLE)
    with pytest.raises(DataError, match=column) as caught:
        validate(study.frames[table].assign(**{column: value}), table, study.plan)
    assert "Zq7" not in str(caught.value)


@pytest.mark.parametrize(("table", "column"), [("scores", "score"), ("clients", "full"), ("items/dts", "q03")])
def test_a_frame_without_a_column_that_is_needed_is_refused_by_its_name(table: str, column: str) -> None:
    study = read_study(EXAMPLE)
    name, _, instrument = table.partition("/")
    frame = study.frames[table].drop(columns=column)
    if instrument:
        with pytest.raises(DataError, match=column):
            require_schema(frame, with_items(for_plan(study.plan)[name], 15), "items/dts.csv")
    else:
        with pytest.raises(DataError, match=column):
            validate(frame, name, study.plan)


def test_a_plan_gives_its_words_to_the_schemas_and_leaves_the_tables_as_they_were() -> None:
    study = read_study(EXAMPLE)
    schemas = for_plan(study.plan)
    assert read_column(schemas["scores"].columns["visit"]).choices == tuple(study.plan.visits)
    assert read_column(schemas["items"].columns["visit"]).choices == tuple(study.plan.visits)
    assert read_column(schemas["clients"].columns["arm"]).choices == (
        study.plan.arms.full.value,
        study.plan.arms.skills.value,
    )
    assert read_column(TABLES["scores"].columns["visit"]).choices == ()
    assert read_column(schemas["clients"].columns["group_id"]).names_places
    assert list(with_items(TABLES["items"], 2).columns)[-2:] == ["q01", "q02"]
    assert "q01" not in TABLES["items"].columns


def test_a_new_study_has_the_columns_of_the_schemas(tmp_path: Path) -> None:
    make_study_folder(tmp_path / "new")
    for name in ("clients", "scores", "attendance", "sessions", "costs"):
        header = (tmp_path / "new" / TABLES[name].name).read_text(encoding="utf-8").strip().split(",")
        assert header[: len(TABLES[name].columns)] == list(TABLES[name].columns)


def test_a_page_keeps_what_stands_around_its_tables() -> None:
    page = describe_tables("before\n<!-- table costs: x -->\nold\n<!-- end of table -->\nafter\n")
    assert page.startswith("before\n<!-- table costs: x -->\n")
    assert page.endswith("<!-- end of table -->\nafter\n")
    assert "old" not in page
    assert "| `price_year` | year of the price | a whole number, 1950 to 2200 | yes |" in page
    assert describe_tables(page) == page
