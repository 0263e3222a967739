"""The command line as people use it: whole processes, exit codes, what stands on stdout and on stderr."""

from __future__ import annotations

import gc
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from small_study import spoil

COMMAND = Path(sys.executable).parent / "outcomes"


def run(*words: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONWARNINGS": "error::RuntimeWarning"}
    return subprocess.run(  # noqa: S603  # our own command
        [str(COMMAND), *map(str, words)],
        capture_output=True,
        text=True,
        cwd=cwd,
        env=environment,
        stdin=subprocess.DEVNULL,
        check=False,
    )


def test_help_shows_every_command_and_an_example() -> None:
    answer = run("--help")
    assert answer.returncode == 0
    for command in ("report", "check", "verify", "trace", "new", "explain"):
        assert command in answer.stdout
        assert "Example: outcomes" in run(command, "--help").stdout


def test_every_command_has_an_example_that_is_a_command_it_knows() -> None:
    from outcomes.cli import main

    for name, command in main.commands.items():
        words = (command.help or "").partition("Example: outcomes ")[2].split()
        assert words[:1] == [name]
        known = {option for one in command.params for option in (*one.opts, *one.secondary_opts)}
        assert {word for word in words if word.startswith("--")} <= known


def test_help_says_each_command_in_a_line_that_is_not_cut() -> None:
    listed = run("--help").stdout.partition("Commands:")[2].strip().splitlines()
    assert len(listed) > 8
    assert all(line.rstrip().endswith(".") and not line.rstrip().endswith("..") for line in listed)


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash here")
def test_the_line_for_bash_completes_commands_and_options() -> None:
    line = run("completion", "bash").stdout.strip()
    assert line.startswith("eval ")
    asked = {"COMP_WORDS": "outcomes re", "COMP_CWORD": "1", "_OUTCOMES_COMPLETE": "bash_complete"}
    path = f"{COMMAND.parent}{os.pathsep}{os.environ['PATH']}"
    answer = subprocess.run(  # noqa: S603  # our own command
        [str(COMMAND)], capture_output=True, text=True, env={**os.environ, **asked, "PATH": path}, check=False
    )
    assert answer.stdout.split() == ["plain,report"]
    source = subprocess.run(  # noqa: S603  # our own line
        ["bash", "-c", f"{line}; complete -p outcomes"],  # noqa: S607  # any bash will do
        capture_output=True,
        text=True,
        env={**os.environ, "PATH": path},
        check=False,
    )
    assert "_outcomes_completion" in source.stdout, source.stderr


def ask_as_powershell(words: str, word: str) -> list[list[str]]:
    """Ask as the script for PowerShell does; an empty variable is none there."""
    asked = {"COMP_WORDS": words, "_OUTCOMES_COMPLETE": "powershell_complete"} | ({"COMP_CWORD": word} if word else {})
    answer = subprocess.run(  # noqa: S603  # our own command
        [str(COMMAND)], capture_output=True, text=True, env={**os.environ, **asked}, check=False
    )
    assert answer.stderr == ""
    return [line.split("\t") for line in answer.stdout.splitlines()]


def test_powershell_is_answered_with_commands_options_and_a_word_on_each() -> None:
    assert [answer[:2] for answer in ask_as_powershell("outcomes", "re")] == [["plain", "report"]]
    commands = ask_as_powershell("outcomes", "")
    assert len(commands) > 8
    assert all(len(answer) == 3 and all(answer) for answer in commands)
    assert ["plain", "--out", "Folder of all reports."] in ask_as_powershell("outcomes\nreport", "--o")


def test_powershell_completes_names_of_files_with_backslashes_and_spaces_as_they_are() -> None:
    assert ask_as_powershell("outcomes\nreport", r"C:\My Studies\ne") == [
        ["file", r"C:\My Studies\ne", r"C:\My Studies\ne"]
    ]
    out = ask_as_powershell("outcomes\nreport\nC:\\My Studies\\new\n--out", "x")
    assert [answer[0] for answer in out] == ["file"]


def test_the_script_for_powershell_asks_what_is_answered_and_leaves_nothing_behind() -> None:
    line = run("completion", "powershell").stdout
    assert "powershell_source" in line
    script = subprocess.run(  # noqa: S603  # our own command
        [str(COMMAND)],
        capture_output=True,
        text=True,
        env={**os.environ, "_OUTCOMES_COMPLETE": "powershell_source"},
        check=False,
    ).stdout
    assert "Register-ArgumentCompleter -Native -CommandName 'outcomes', 'outcomes.exe'" in script
    assert all(script.count(opened) == script.count(closed) for opened, closed in ("{}", "()", "[]"))
    for name in ("COMP_WORDS", "COMP_CWORD", "_OUTCOMES_COMPLETE"):
        assert f"$Env:{name} = " in script
        assert f"Env:{name}" in script.partition("Remove-Item")[2]


@pytest.mark.usefixtures("small_study")
def test_a_report_is_written_whole_and_verifies(tmp_path: Path) -> None:
    answer = run("report", "small", "--out", "reports", cwd=tmp_path)
    assert answer.returncode == 0, answer.stderr
    page = tmp_path / answer.stdout.strip()
    assert page.name == "report.html"
    folder = page.parent.parent
    for name in ("manifest.json", "results.json", "share/results.json", "share/report.html"):
        assert (folder / name).is_file()
    assert "Low mood" in answer.stderr
    checked = run("verify", folder, cwd=tmp_path)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_the_bar_has_as_many_steps_as_a_report_tells_of_and_says_what_is_asked(small_study: Path) -> None:
    import outcomes
    from outcomes.runs import count_steps, write_run

    told: list[str] = []
    write_run(outcomes.read_study(small_study), out=small_study.parent / "out", tell=told.append)
    assert len(told) == count_steps()
    assert "Do people in one programme improve more?" in told


def test_where_no_browser_opens_a_sentence_says_what_to_do(small_study: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import click
    from click.testing import CliRunner

    from outcomes.cli import main

    opened: list[str] = []
    for code, phrase in ((0, ""), (1, "open this file yourself")):
        monkeypatch.setattr(click, "launch", lambda address, code=code: opened.append(address) or code)
        answer = CliRunner().invoke(
            main, ["report", str(small_study), "--open", "--quiet", "--out", str(small_study.parent)]
        )
        assert answer.exit_code == 0
        assert phrase in answer.stderr
        assert bool(answer.stderr) == bool(phrase)
    assert all(address.startswith("file://") and address.endswith("report.html") for address in opened)


@pytest.mark.usefixtures("small_study")
def test_two_runs_of_a_study_hold_the_same_bytes(tmp_path: Path) -> None:
    folders = [
        Path(run("report", "small", "--quiet", "--out", name, cwd=tmp_path).stdout.strip()).parent.parent
        for name in ("one", "two")
    ]
    files = [
        {
            path.relative_to(tmp_path / folder): path.read_bytes()
            for path in (tmp_path / folder).rglob("*")
            if path.is_file()
        }
        for folder in folders
    ]
    assert files[0].keys() == files[1].keys()
    assert [name for name in files[0] if files[0][name] != files[1][name]] in ([], [Path("manifest.json")])


@pytest.mark.usefixtures("small_study")
def test_a_run_is_never_written_over_another(tmp_path: Path) -> None:
    pages = {run("report", "small", "--quiet", "--out", "reports", cwd=tmp_path).stdout.strip() for _ in range(2)}
    assert len(pages) == 2


def test_a_fault_in_the_data_ends_in_sentences_and_nothing_is_written(small_study: Path, tmp_path: Path) -> None:
    spoil(small_study, "scores.csv", 4, "score", "SECRET")
    answer = run("report", "small", "--out", "reports", cwd=tmp_path)
    assert answer.returncode == 1
    assert "scores.csv, row 4, column score" in answer.stderr
    assert answer.stdout == ""
    assert "SECRET" not in answer.stderr
    assert "Traceback" not in answer.stderr
    assert not (tmp_path / "reports").exists()


def test_check_tells_findings_for_people_and_for_programs(small_study: Path, tmp_path: Path) -> None:
    sound = run("check", "small", cwd=tmp_path)
    assert sound.returncode == 0
    assert sound.stdout.startswith("Nothing to mend.\n")
    assert "E292" in sound.stdout  # what the edition to share will hide at this size
    spoil(small_study, "scores.csv", 4, "score", "n/a")
    answer = run("check", "small", "--json", cwd=tmp_path)
    assert answer.returncode == 1
    assert [(one["code"], one["rows"]) for one in json.loads(answer.stdout)] == [("E213", [4]), ("E312", [])]


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("report", "nowhere"), 1, "E101"),
        (("verify", "nowhere"), 2, "E107"),
        (("explain", "E999"), 2, "E112"),
        (("report", "--nonsense"), 2, "No such option"),
    ],
)
def test_wrong_use_is_told_with_its_exit_code(tmp_path: Path, words: tuple[str, ...], code: int, says: str) -> None:
    answer = run(*words, cwd=tmp_path)
    assert answer.returncode == code
    assert says in answer.stderr
    assert "Traceback" not in answer.stderr


def test_trace_leads_from_an_id_and_from_a_printed_text_to_the_files(small_run: Path) -> None:
    by_id = run("trace", small_run, "mmrm.mood.end.difference")
    assert by_id.returncode == 0
    text = next(line.split(None, 1)[1] for line in by_id.stdout.splitlines() if line.startswith("text"))
    by_text = run("trace", small_run, text)
    assert "mmrm.mood.end.difference" in by_text.stdout
    assert "clients.csv  sha256" in by_text.stdout
    assert run("trace", small_run, "mmrm.mood.end.differense").returncode == 2


SPOILT = {
    "a number on the page": ("internal/report.html", "</main>", "<p>It was 7.3 points.</p></main>", "bound to nothing"),
    "another text for a result": ("internal/report.html", ">30</data>", ">31</data>", "another text"),
    "a stored value": ("results.json", '"value": 30.0', '"value": 31.0', "value differs"),
    "a table": ("internal/tables/flow.csv", "People", "people", "was changed"),
}


@pytest.mark.parametrize("case", SPOILT)
def test_verify_finds_what_was_changed(small_run: Path, tmp_path: Path, case: str) -> None:
    name, old, new, says = SPOILT[case]
    folder = tmp_path / "spoilt"
    shutil.copytree(small_run, folder)
    text = (folder / name).read_text(encoding="utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new), encoding="utf-8")
    answer = run("verify", folder, "--study", small_run.parents[2] / "small")
    assert answer.returncode == 1
    assert says in answer.stdout


def test_verify_finds_that_the_study_has_changed(small_run: Path, tmp_path: Path) -> None:
    study = tmp_path / "small"
    shutil.copytree(small_run.parents[2] / "small", study)
    spoil(study, "scores.csv", 2, "score", "1")
    answer = run("verify", small_run, "--study", study)
    assert answer.returncode == 1
    assert "scores.csv is not as it was" in answer.stdout


def test_verify_without_the_study_says_that_it_did_not_check(small_run: Path, tmp_path: Path) -> None:
    shutil.copytree(small_run, tmp_path / "alone")
    assert run("verify", tmp_path / "alone").returncode == 2


def test_a_new_study_folder_is_made_once(tmp_path: Path) -> None:
    answer = run("new", "mine", cwd=tmp_path)
    assert answer.stdout.strip() == str(Path("mine") / "plan.toml")
    again = run("new", "mine", cwd=tmp_path)
    assert (again.returncode, "E105" in again.stderr) == (1, True)
    assert run("check", "mine", cwd=tmp_path).returncode == 1  # its tables are still empty


def test_importing_the_package_and_help_load_nothing_heavy() -> None:
    heavy = ("pandas", "numpy", "scipy", "matplotlib", "pydantic")
    code = f"import sys, outcomes, outcomes.cli; print([name for name in {heavy} if name in sys.modules])"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603  # ours
    assert answer.stdout.strip() == "[]"


def test_a_report_loads_no_package_that_it_does_not_ask(small_study: Path, tmp_path: Path) -> None:
    needless = ("statsmodels.api", "statsmodels.formula.api", "joblib", "openpyxl", "matplotlib.pyplot", "rich")
    words = ["report", str(small_study), "--quiet", "--out", str(tmp_path)]
    code = (
        "import sys\nfrom outcomes.cli import main\n"
        f"main({words}, standalone_mode=False)\nprint([name for name in {needless} if name in sys.modules])"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603  # ours
    assert answer.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize(("chosen", "then"), [(None, "1"), ("4", "4")])
def test_a_command_calculates_in_one_thread_unless_told_otherwise(
    chosen: str | None, then: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from outcomes.cli import main
    from outcomes.core.threads import VARIABLES

    for name in VARIABLES:  # a continuous integration states several
        monkeypatch.delenv(name, raising=False)
    if chosen is not None:
        monkeypatch.setenv("OPENBLAS_NUM_THREADS", chosen)
    main(["explain", "E101"], standalone_mode=False)
    assert os.environ["OPENBLAS_NUM_THREADS"] == then


def test_python_collects_rarely_in_a_command_and_as_before_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    from outcomes.cli import main, studies

    during: list[int] = []
    monkeypatch.setattr(studies.explain, "callback", lambda **_: during.append(gc.get_threshold()[0]))
    before = gc.get_threshold()
    assert before[0] < 100_000
    main(["explain", "E101"], standalone_mode=False)
    assert during[0] >= 100_000
    assert gc.get_threshold() == before
