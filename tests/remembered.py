"""Files are made again once for the same results and manifest: tests that spoil one file need not wait for all."""

from __future__ import annotations

import copy
import json
import sys
from typing import TYPE_CHECKING, Any

import outcomes.audit.verify  # noqa: F401  # patched by its name in sys.modules
from outcomes import pipeline
from outcomes.audit import again, share
from outcomes.audit.page import check_page
from outcomes.results.store import to_json

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    import pytest

    from outcomes.pipeline import Answers
    from outcomes.results.registry import Registry
    from outcomes.study.model import Study

_KNOWN: dict[tuple[str, ...], Any] = {}
_answer = pipeline.answer
# Fields of which no file is made.
_BESIDE = {"outputs", "digest", "created", "study_path", "source", "machine", "study", "schema", "note"}


def remember(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the audit remember what it made."""
    verify = sys.modules["outcomes.audit.verify"]  # the name in its package is that of the function
    monkeypatch.setattr(verify, "make_run_again", _remembered("run", again.make_run_again))
    monkeypatch.setattr(share, "make_shared_again", _remembered("share", again.make_shared_again))
    monkeypatch.setattr(pipeline, "answer", _answer_once)
    for module in (verify, share):
        monkeypatch.setattr(module, "check_page", _check_page_once)


def _answer_once(study: Study, *, tell: Callable[[str], None] | None = None) -> Answers:
    key = ("answers", *(f"{file.name} {file.sha256}" for file in study.files))
    if key not in _KNOWN:
        _KNOWN[key] = _answer(study, tell=tell)
    answers: Answers = _KNOWN[key]
    return answers


def _check_page_once(path: Path, registry: Registry, manifest: Mapping[str, Any]) -> Any:
    content = path.read_bytes().hex() if path.is_file() else "missing"
    key = "page", f"{path.parent.name}/{path.name}", content, to_json(registry), _said(manifest)
    if key not in _KNOWN:
        _KNOWN[key] = check_page(path, registry, manifest)
    return _KNOWN[key]


def _said(manifest: Mapping[str, Any]) -> str:
    return json.dumps({key: value for key, value in manifest.items() if key not in _BESIDE}, sort_keys=True)


def _remembered(kind: str, make: Callable[..., Any]) -> Callable[..., Any]:
    def remembered(registry: Registry, manifest: Mapping[str, Any]) -> Any:
        key = kind, to_json(registry), _said(manifest)
        if key not in _KNOWN:
            _KNOWN[key] = make(registry, manifest)
        made = _KNOWN[key]
        fresh = copy.copy(made)
        fresh.files = dict(made.files)
        if kind == "share":  # what is sealed again tells of the files that stand there now
            fresh.shared = made.shared._replace(manifest=manifest)
        return fresh

    return remembered
