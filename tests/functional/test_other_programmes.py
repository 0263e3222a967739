"""A report about another treatment and other arms has none of DBT's words, and none of the example's arms."""

from __future__ import annotations

import re
import zipfile
from typing import TYPE_CHECKING

import pytest

import outcomes
from active_study import write_active_study
from page_tree import read_tree

if TYPE_CHECKING:
    from pathlib import Path

ARMS = {"Full programme": "Day clinic (five days)", "Skills group only": "Evening course"}
FOREIGN = re.compile(
    r"full programme|skills group|skills only|\b121 (?:sessions?|therapists?)\b|\bDBT\b|\{(?:full|skills|individual)\}",
    re.IGNORECASE,
)


def texts_of(folder: Path) -> dict[str, str]:
    """Give what stands in each document of a run, and in its results, by name."""
    found = {page.name: read_tree(page.read_text(encoding="utf-8")).text() for page in folder.glob("*.html")}
    for paper in folder.glob("*.docx"):
        with zipfile.ZipFile(paper) as packed:
            found[paper.name] = re.sub(r"<[^>]+>", "", packed.read("word/document.xml").decode())
    return found


@pytest.mark.long
def test_another_treatment_has_none_of_the_words_of_dbt(tmp_path: Path) -> None:
    study = write_active_study(tmp_path / "study")
    plan = (study / "plan.toml").read_text(encoding="utf-8")
    for label, other in ARMS.items():
        plan = plan.replace(f'"{label}"', f'"{other}"')
    (study / "plan.toml").write_text(plan + '\n[programme]\nname = "STEPPS"\n', encoding="utf-8")
    run = outcomes.report(outcomes.read_study(study), out=tmp_path / "r").folder
    results = (run / "results.json").read_text(encoding="utf-8")
    assert "individual sessions" in results
    assert "Day clinic" in results
    texts = {"results.json": results}
    for edition in ("internal", "share"):
        texts |= {f"{edition}/{name}": text for name, text in texts_of(run / edition).items()}
    assert len(texts) > 5
    strange = {name: sorted({one.group() for one in FOREIGN.finditer(text)}) for name, text in texts.items()}
    assert {name: words for name, words in strange.items() if words} == {}
