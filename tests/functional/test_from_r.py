"""The reader that the page for R shows reads a run, by R itself."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def test_the_reader_of_the_page_for_r_reads_every_estimate_of_a_run(tmp_path: Path) -> None:
    r = shutil.which("Rscript")
    have = r and subprocess.run([r, "-e", "stopifnot(requireNamespace('jsonlite'))"], capture_output=True, check=False)  # noqa: S603
    if not have or have.returncode:
        pytest.skip("R with jsonlite is not installed here")
    page = (ROOT / "docs" / "from-r.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```r\n(.*?)```", page, re.DOTALL)
    assert len(code.split("\n\n")[0].splitlines()) <= 20
    program = tmp_path / "read.R"
    run = ROOT / "reports" / "example" / "reference"
    code = code.replace("reports/example/reference", str(run))
    program.write_text(f"{code}\nwrite.csv(results, '{tmp_path}/read.csv', row.names = FALSE)\n", encoding="utf-8")
    assert r is not None
    subprocess.run([r, "--vanilla", str(program)], check=True, capture_output=True)  # noqa: S603
    import pandas as pd

    read = pd.read_csv(tmp_path / "read.csv").set_index("id")
    stored = json.loads((run / "results.json").read_text(encoding="utf-8"))["results"]
    estimates = {one["id"]: one for one in stored if one["kind"] == "estimate"}
    assert list(read.index) == list(estimates)
    for name, column in (("value", "estimate"), ("se", "std.error"), ("low", "conf.low"), ("n", "n")):
        for result, one in estimates.items():
            found = read.loc[result, column]
            assert (pd.isna(found) and one.get(name) is None) or found == pytest.approx(one[name], rel=1e-12)
