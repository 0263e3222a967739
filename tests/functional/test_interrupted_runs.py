"""A run that is killed, starved or raced leaves nothing, or a whole run; and the next one says what it found."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from datetime import datetime, tzinfo
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import outcomes
from outcomes.errors import OutputNotWritableError
from outcomes.runs import folder, manifest, write
from outcomes.runs.folder import DRAFT, LOCK, sweep, written_whole
from outcomes.study import source
from small_study import write_small_study

if TYPE_CHECKING:
    from collections.abc import Callable

COMMAND = Path(sys.executable).parent / "outcomes"


def start(study: Path, out: Path, **more: object) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603  # our own command
        [str(COMMAND), "report", str(study), "--out", str(out), "--quiet"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        **more,  # type: ignore[call-overload]
    )


def final_folders(out: Path) -> list[Path]:
    return [path for path in out.glob("*/*") if not path.name.startswith(DRAFT)]


def drafts(out: Path) -> list[Path]:
    return list(out.glob(f"*/{DRAFT}*"))


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_small_study(tmp_path_factory.mktemp("data") / "small")


def test_a_run_that_is_killed_leaves_no_run_or_a_whole_one_and_the_next_run_tidies_up(
    study: Path, tmp_path: Path
) -> None:
    chance = random.Random(7)  # noqa: S311  # moments, not secrets
    killed_while_writing = 0
    for _ in range(8):
        process = start(study, tmp_path)
        deadline = time.monotonic() + 60
        while not drafts(tmp_path) and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.002)
        time.sleep(chance.uniform(0, 0.6))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        if process.returncode != 0:
            killed_while_writing += bool(drafts(tmp_path))
            break_or_whole = [outcomes.verify(run, study).exit_code for run in final_folders(tmp_path)]
            assert not any(break_or_whole)
        if killed_while_writing:
            break
    assert killed_while_writing, "no run was killed while it wrote: the test must be timed anew"
    again = subprocess.run(  # noqa: S603  # our own command
        [str(COMMAND), "report", str(study), "--out", str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert again.returncode == 0
    assert "stopped before the end; what was left behind has been removed" in again.stderr
    assert not drafts(tmp_path)


def test_two_runs_at_once_are_both_whole(study: Path, tmp_path: Path) -> None:
    processes = [start(study, tmp_path) for _ in range(2)]
    for process in processes:
        process.communicate()
    assert [process.returncode for process in processes] == [0, 0]
    runs = final_folders(tmp_path)
    assert len(runs) == 2
    assert [outcomes.verify(run, study).exit_code for run in runs] == [0, 0]
    assert not drafts(tmp_path)


def test_a_name_that_is_taken_in_the_last_moment_gets_a_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rename = Path.rename

    def taken(self: Path, target: Path) -> Path:
        if not Path(target).exists() and Path(target).name == "run":
            (Path(target) / "internal").mkdir(parents=True)
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", taken)
    with written_whole(tmp_path) as draft:
        (draft.path / "a").write_text("a", encoding="utf-8")
        assert draft.settle("run").name == "run-2"
    assert [path.name for path in (tmp_path / "run-2").iterdir()] == ["a"]


def test_a_draft_that_is_being_written_is_never_swept(tmp_path: Path) -> None:
    with written_whole(tmp_path) as draft:
        code = (
            f"from pathlib import Path; from outcomes.runs.folder import sweep; print(sweep(Path({str(tmp_path)!r})))"
        )
        other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
        assert other.stdout.strip() == "0"
        assert draft.path.is_dir()


@pytest.mark.parametrize("place", ["small", "another study"])
def test_a_draft_that_nobody_holds_is_swept_at_once_whatever_study_it_was_of(tmp_path: Path, place: str) -> None:
    left = tmp_path / place / f"{DRAFT}left"
    left.mkdir(parents=True)
    (left / "results.json").write_text("x", encoding="utf-8")
    held = tmp_path / place / f"{DRAFT}held"
    held.mkdir()
    held.with_name(f"{DRAFT}held{LOCK}").write_bytes(b"")
    assert sweep(tmp_path) == 2
    assert not list((tmp_path / place).iterdir())


@pytest.mark.parametrize("moment", ["mkdir", "rename", "chmod", "unlink"])
def test_whenever_a_run_is_killed_what_it_leaves_is_its_owners_and_goes_with_the_next_run(
    tmp_path: Path, moment: str
) -> None:
    """The process ends at each step by which a draft becomes a run, before that step and after it."""
    for after in (False, True):
        home = tmp_path / f"{moment} {after}"
        code = (
            "import importlib.util, os, sys\nfrom pathlib import Path\n"
            f"spec = importlib.util.spec_from_file_location('folder', {folder.__file__!r})\n"  # alone, without pandas
            "folder = sys.modules['folder'] = importlib.util.module_from_spec(spec)\nspec.loader.exec_module(folder)\n"
            f"home = Path({str(home)!r})\nhome.mkdir(0o755)\nstep = Path.{moment}\n"
            "def killed(self, *rest, **more):\n"
            "    if self.name.startswith('.unfinished-') or self.name == 'run':\n"
            f"        {after} and step(self, *rest, **more)\n"
            "        os._exit(9)\n"
            "    return step(self, *rest, **more)\n"
            f"Path.{moment} = killed\n"
            "with folder.written_whole(home) as draft:\n"
            "    folder.write_file(draft.path / 'results.json', 'x')\n"
            "    draft.settle('run')\n"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)  # noqa: S603  # ours
        assert done.returncode == 9, done.stderr
        left = [path for path in home.iterdir() if path.name.startswith(DRAFT)]
        assert not [path.name for path in left if path.stat().st_mode & 0o077]
        sweep(tmp_path)
        assert [path.name for path in home.iterdir()] in ([], ["run"])


def test_a_draft_is_its_owners_alone_and_a_run_is_as_open_as_the_folder_of_all_runs(tmp_path: Path) -> None:
    for mode in (0o755, 0o750, 0o700):
        home = tmp_path / f"{mode:o}"
        home.mkdir()
        home.chmod(mode)
        with written_whole(home) as draft:
            assert draft.path.stat().st_mode & 0o777 == 0o700
            assert draft.settle("run").stat().st_mode & 0o777 == mode


def fill_the_disk(monkeypatch: pytest.MonkeyPatch, *, when: Callable[[int, Path], bool]) -> None:
    """Let a write fail by its number, counted from one, or by its path."""
    number = count(1)

    def write_or_fail(path: Path, content: str | bytes) -> None:
        if when(next(number), path):
            raise OSError(28, "No space left on device")
        folder.write_file(path, content)

    monkeypatch.setattr(write, "write_file", write_or_fail)


def assert_it_ends_with_nothing_behind(study: Path, out: Path) -> None:
    with pytest.raises(OutputNotWritableError, match="No space left on device"):
        outcomes.report(study, out=out)
    assert not final_folders(out)
    assert not drafts(out)


@pytest.mark.parametrize("fails_at", [1, 4, 9])
def test_a_disk_that_fills_up_leaves_nothing_behind(
    study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails_at: int
) -> None:
    fill_the_disk(monkeypatch, when=lambda number, _: number == fails_at)
    assert_it_ends_with_nothing_behind(study, tmp_path)


@pytest.mark.parametrize("name", ["report.pdf", "report.docx"])
@pytest.mark.parametrize("edition", ["internal", "share"])
def test_a_format_that_is_written_aside_and_fails_leaves_nothing_behind(
    study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, edition: str, name: str
) -> None:
    fill_the_disk(monkeypatch, when=lambda _, path: path.parts[-2:] == (edition, name))
    assert_it_ends_with_nothing_behind(study, tmp_path)


def test_a_real_limit_on_the_size_of_files_ends_with_a_sentence(study: Path, tmp_path: Path) -> None:
    resource = pytest.importorskip("resource", reason="limits of processes are a matter of Unix")

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

    process = start(study, tmp_path, preexec_fn=limit)  # nothing else runs in this process
    _, said = process.communicate()
    assert process.returncode == 1
    assert said.decode().startswith("E106")
    assert not final_folders(tmp_path)
    assert not drafts(tmp_path)


def test_a_place_that_cannot_be_written_is_named(study: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    process = start(study, tmp_path / "file")
    _, said = process.communicate()
    assert process.returncode == 1
    assert said.decode().startswith("E106")


def test_a_read_only_target_is_named_and_left_as_it_was(
    study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> str:
        raise OSError(30, "Read-only file system")  # a root user writes anywhere, so that the system must say it

    monkeypatch.setattr(folder.tempfile, "mkstemp", refuse)
    with pytest.raises(OutputNotWritableError, match="Read-only file system"):
        outcomes.report(study, out=tmp_path / "out")
    assert not list(tmp_path.glob("out/*/*"))


def test_a_clock_that_is_wrong_changes_nothing_but_the_time_of_the_run(
    study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = outcomes.report(study, out=tmp_path / "right").folder

    class Wrong(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:
            return datetime(1987, 1, 2, 3, 4, 5, tzinfo=tz)

    monkeypatch.setattr(manifest, "datetime", Wrong)
    wrong = outcomes.report(study, out=tmp_path / "wrong").folder
    assert json.loads((wrong / "manifest.json").read_text(encoding="utf-8"))["created"].startswith("1987")
    for path in right.rglob("*"):
        if path.is_file() and path.name != "manifest.json":
            assert path.read_bytes() == (wrong / path.relative_to(right)).read_bytes(), path.name


def test_place_time_language_and_hash_seed_change_no_byte(study: Path, tmp_path: Path) -> None:
    found = []
    settings = [
        {"PYTHONHASHSEED": "1", "TZ": "Pacific/Kiritimati", "LC_ALL": "C", "PYTHONUTF8": "0"},
        {"PYTHONHASHSEED": "77", "TZ": "America/Anchorage", "LC_ALL": "C.UTF-8", "COLUMNS": "40"},
    ]
    for number, setting in enumerate(settings):
        place = tmp_path / f"place {number}"
        place.mkdir()
        process = start(study, place / "reports", cwd=place, env={**os.environ, **setting})
        _, said = process.communicate()
        assert process.returncode == 0, said
        (run,) = final_folders(place / "reports")
        files = sorted(path for path in run.rglob("*") if path.is_file() and path.name != "manifest.json")
        found.append({path.relative_to(run).as_posix(): path.read_bytes() for path in files})
    assert len(found[0]) > 20
    assert found[0] == found[1]


def test_a_file_that_changes_while_it_is_read_stops_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = write_small_study(tmp_path / "copy")
    read = source.Source._read

    def read_and_write(self: source.Source) -> bytes:
        content = read(self)
        if self.name == "scores.csv" and content:
            with (copy / "scores.csv").open("a", encoding="utf-8") as file:
                file.write("P001,start,mood,1\n")
        return content

    monkeypatch.setattr(source.Source, "_read", read_and_write)
    with pytest.raises(outcomes.errors.InputChangedError, match=r"scores\.csv changed"):
        outcomes.read_study(copy)
