"""Two files of frozen results: what differs is found, what may differ is not counted; the awkward studies are read."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest

import outcomes
from awkward_studies import KINDS, awkward_study, kind_of
from frozen_results import FIELDS, Source, digest, freeze, main
from outcomes.runs import RESULTS
from small_study import spoil, write_small_study

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.long  # whole studies, one after the other

STORE: dict[str, Any] = {
    "one": {
        "study": "d1",
        "error": None,
        "results": {
            "mmrm.mood.end.difference": {"kind": "estimate", "value": 1.5, "text": "1.5", "notes": ["a"]},
            "retention.full": {"kind": "curve", "curve.value": [1.0, 0.5], "provenance.files": ["clients.csv"]},
        },
    },
    "two": {"study": "d2", "error": "E104", "results": {}},
}


@pytest.fixture
def differ(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    def compare(change: Callable[[Any], Any], *options: str) -> tuple[int, str]:
        after = copy.deepcopy(STORE)
        change(after)
        for name, store in (("before.json", STORE), ("after.json", after)):
            (tmp_path / name).write_text(json.dumps({"studies": store}), encoding="utf-8")
        code = main(["compare", str(tmp_path / "before.json"), str(tmp_path / "after.json"), *options])
        return code, capsys.readouterr().out

    return compare


def put(field: str, value: Any, result: str = "mmrm.mood.end.difference") -> Callable[[Any], None]:
    return lambda store: store["one"]["results"][result].update({field: value})


def test_the_same_results_do_not_differ(differ: Callable[..., tuple[int, str]]) -> None:
    assert differ(lambda _: None) == (0, "2 studies and 2 results are in both files\nno difference\n")


def test_a_number_differs_beyond_the_tolerance_alone(differ: Callable[..., tuple[int, str]]) -> None:
    assert differ(put("value", 1.5 * (1 + 5e-10)))[0] == 0
    assert differ(put("value", 1.5 * (1 + 2e-9)))[0] == 1
    assert differ(put("value", 1.5 * (1 + 2e-9)), "--tolerance", "1e-8")[0] == 0
    assert differ(put("value", 1.5 + 1e-6), "--near-zero", "1e-5")[0] == 0


@pytest.mark.parametrize(
    ("field", "value", "result"),
    [
        ("text", "1.50", "mmrm.mood.end.difference"),
        ("notes", ["a", "b"], "mmrm.mood.end.difference"),
        ("se", 0.2, "mmrm.mood.end.difference"),
        ("value", None, "mmrm.mood.end.difference"),
        ("curve.value", [1.0, 0.4], "retention.full"),
        ("curve.value", [1.0, None], "retention.full"),
        ("provenance.files", ["clients.csv", "scores.csv"], "retention.full"),
    ],
)
def test_what_differs_is_told_with_study_field_and_result(
    differ: Callable[..., tuple[int, str]], field: str, value: Any, result: str
) -> None:
    code, said = differ(put(field, value, result))
    assert code == 1
    assert said.startswith(f"one\n  {field}: 1\n    {result}: ")
    assert differ(put(field, value, result), "--ignore", field)[0] == 0
    assert differ(put(field, value, result), "--ignore", field.split(".", maxsplit=1)[0])[0] == 0
    assert differ(put(field, value, result), "--allow", result[:6])[0] == 0
    assert differ(put(field, value, result), "--allow", "needs")[0] == 1


def test_a_column_that_earlier_code_did_not_have_is_no_difference(differ: Callable[..., tuple[int, str]]) -> None:
    assert differ(put("quantity", "mean"))[0] == 0


def test_a_result_that_went_or_came_differs(differ: Callable[..., tuple[int, str]]) -> None:
    code, said = differ(lambda store: store["one"]["results"].pop("retention.full"))
    assert (code, '    retention.full: "there" → "absent"\n' in said) == (1, True)
    assert differ(lambda store: store["one"]["results"].update({"new.one": {}}))[0] == 1
    assert differ(lambda store: store["one"]["results"].update({"new.one": {}}), "--allow", "new.")[0] == 0


def test_another_fault_and_another_study_differ(differ: Callable[..., tuple[int, str]]) -> None:
    assert '  error: 1\n    "E104" → "E103"\n' in differ(lambda store: store["two"].update(error="E103"))[1]
    assert differ(lambda store: store["two"].update(error=None))[0] == 1
    assert differ(lambda store: store["one"].update(study="d3"))[0] == 1
    assert differ(lambda store: store.pop("two"))[0] == 1


def test_what_is_frozen_is_what_a_run_writes(small_run: Path) -> None:
    content, _ = freeze(Source("small", folder=small_run.parents[2] / "small"))
    written = {row["id"]: row for row in json.loads((small_run / RESULTS).read_text(encoding="utf-8"))["results"]}
    assert content["results"].keys() == written.keys()
    for name, row in content["results"].items():
        assert row == {field: value for field in FIELDS if (value := pick(written[name], field)) is not None}, name


def pick(row: dict[str, Any], field: str) -> Any:
    place, _, part = field.rpartition(".")
    return (row.get(place) or {}).get(part) if place else row.get(field)


def test_a_study_that_is_refused_is_frozen_as_its_code(tmp_path: Path) -> None:
    folder = write_small_study(tmp_path / "small")
    spoil(folder, "scores.csv", 3, "score", "many")
    content, _ = freeze(Source("small", folder=folder))
    assert (content["error"], content["results"]) == ("E104", {})


@pytest.mark.parametrize("seed", range(len(KINDS)), ids=lambda seed: f"{kind_of(seed)} ({seed})")
def test_an_awkward_study_is_read_and_is_the_same_each_time(tmp_path: Path, seed: int) -> None:
    folder = awkward_study(seed, tmp_path / "one")
    assert digest(folder) == digest(awkward_study(seed, tmp_path / "two"))
    outcomes.read_study(folder)
