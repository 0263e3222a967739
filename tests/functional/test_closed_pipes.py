"""A command whose output nobody reads to the end goes on quietly, and ends with the exit code of what it found."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from small_study import spoil

COMMAND = str(Path(sys.executable).parent / "outcomes")
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pipes are closed another way there")


def run_unheard(*words: str | Path, also_stderr: bool = False, cwd: Path | None = None) -> tuple[int, str]:
    """Run a command whose output goes into a pipe that nobody reads; give its exit code and what it said on stderr."""
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = subprocess.run(  # noqa: S603  # our own command
            [COMMAND, *map(str, words)],
            stdin=subprocess.DEVNULL,
            stdout=writer,
            stderr=writer if also_stderr else subprocess.PIPE,
            cwd=cwd,
            text=True,
            check=False,
        )
    finally:
        os.close(writer)
    return done.returncode, done.stderr or ""


QUIET = {
    "help": (("--help",), 0),
    "help of a command": (("explain", "--help"), 0),
    "version": (("--version",), 0),
    "a message": (("explain", "E103"), 0),
    "no such message": (("explain", "X1"), 2),
    "wrong use": (("report", "--nonsense"), 2),
    "no command": ((), 2),
    "a number of people": (("size", "--difference", "5", "--sd", "12"), 0),
    "a study that is not there": (("check", "nowhere"), 1),
}


@pytest.mark.parametrize("also_stderr", [False, True], ids=["output", "output and talk"])
@pytest.mark.parametrize("case", QUIET)
def test_a_closed_pipe_changes_no_exit_code_and_is_not_spoken_of(case: str, also_stderr: bool, tmp_path: Path) -> None:
    words, then = QUIET[case]
    code, said = run_unheard(*words, also_stderr=also_stderr, cwd=tmp_path)
    assert code == then
    for word in ("Traceback", "E199", "BrokenPipe", "Exception ignored"):
        assert word not in said


@pytest.mark.parametrize("also_stderr", [False, True], ids=["output", "output and talk"])
def test_a_report_is_written_whole_though_nobody_reads_where(small_study: Path, also_stderr: bool) -> None:
    code, said = run_unheard("report", small_study, "--out", small_study.parent / "out", also_stderr=also_stderr)
    assert code == 0
    assert "E199" not in said
    assert len(list((small_study.parent / "out").glob("small/*/manifest.json"))) == 1


def test_a_study_with_faults_fails_its_check_though_nobody_reads_them(small_study: Path) -> None:
    assert run_unheard("check", small_study) == (0, "")
    spoil(small_study, "scores.csv", 4, "score", "n/a")
    assert run_unheard("check", small_study) == (1, "")


def test_a_reader_that_leaves_after_one_line_hears_that_line(root: Path) -> None:
    check = subprocess.Popen(  # noqa: S603  # our own command
        [COMMAND, "check", str(root / "data" / "example")], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert check.stdout is not None
    assert check.stderr is not None
    assert check.stdout.readline()
    check.stdout.close()
    assert check.stderr.read() == b""
    check.stderr.close()
    assert check.wait() == 0


@pytest.mark.parametrize("closed", ["stdout", "stderr", "both"])
def test_streams_that_were_never_open_stop_nothing(small_study: Path, closed: str) -> None:
    ends = {"stdout": ">&-", "stderr": "2>&-", "both": ">&- 2>&-"}[closed]
    script = f'"$0" check "$1" {ends} && "$0" size --difference 5 --sd 12 {ends}'
    done = subprocess.run(["sh", "-c", script, COMMAND, str(small_study)], capture_output=True, text=True, check=False)  # noqa: S603, S607  # any shell will do
    assert done.returncode == 0
    assert done.stderr == ""
