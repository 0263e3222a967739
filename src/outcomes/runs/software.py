"""What a run was made by: code, versions of what could change a number or a picture, lock file, machine."""

from __future__ import annotations

import hashlib
import platform
import re
import sys
import zlib
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from outcomes.study.example import EXAMPLE

CODE = "code"  # key of the digest of this package among the versions
ABSENT = "none"
REQUIREMENTS = "requirements.lock"
ROOT = Path(__file__).parents[1]
# Packages that could change a number or a picture.
NAMED_PACKAGES = (
    *("outcomes", "numpy", "pandas", "scipy", "statsmodels", "matplotlib", "pandera", "pydantic"),
    *("typst", "python-docx", "lxml"),
)
_POINTER = "ref: "  # begins the file that says which branch is looked at
_COMMIT = re.compile(r"[0-9a-f]{40,64}")


def name_software() -> dict[str, str]:
    """Versions of what could change a number."""
    versions = {name: _version_of(name) for name in NAMED_PACKAGES}
    return {"python": platform.python_version(), CODE: _digest_code()[:16]} | versions


def name_source() -> dict[str, str | None]:
    """Where the code is from: release, commit of a checkout, and SHA-256 of the lock file of its dependencies.

    None where there is none. A commit tells where to look; what the code is, its digest tells.
    """
    return {"release": _version_of("outcomes"), "commit": _commit(), "requirements": _digest_requirements()}


def name_machine() -> dict[str, str]:
    """Name the kind of machine, as far as it can change the last places of a number or the bytes of a file."""
    from threadpoolctl import threadpool_info

    libraries = sorted({_describe(one) for one in threadpool_info() if one["user_api"] == "blas"})
    return {
        "platform": " ".join(filter(None, (sys.platform, platform.machine(), *platform.libc_ver()))),
        "blas": ", ".join(libraries) or ABSENT,
        "zlib": zlib.ZLIB_RUNTIME_VERSION,
    }


def _describe(library: dict[str, object]) -> str:
    named = (library.get(part) for part in ("internal_api", "version", "architecture"))
    return " ".join([*(str(part) for part in named if part), f"in {library.get('num_threads')}"])


def _version_of(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ABSENT


@cache
def _digest_code() -> str:
    """SHA-256 of this package's own modules and templates: two versions of one number may differ in code."""
    digest = hashlib.sha256()
    for path in sorted(ROOT.rglob("*")):
        # the example lies inside an installed package, and outside the package in a checkout
        if path.is_file() and path.suffix != ".pyc" and not path.is_relative_to(ROOT / EXAMPLE):
            content = path.read_bytes().replace(b"\r\n", b"\n")  # a checkout on Windows has other line ends
            digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + content + b"\0")
    return digest.hexdigest()


@cache
def _digest_requirements() -> str | None:
    """SHA-256 of the lock file of a checkout; a package that was installed by itself has followed none."""
    place = _checkout() / REQUIREMENTS
    if not place.is_file() or not (_checkout() / "pyproject.toml").is_file():
        return None
    return hashlib.sha256(place.read_bytes().replace(b"\r\n", b"\n")).hexdigest()


def _checkout() -> Path:
    return ROOT.parents[1]


@cache
def _commit() -> str | None:
    """Commit of the checkout that the code runs from; None where it is installed, or where git keeps it otherwise."""
    try:
        home = _git_folder(_checkout() / ".git")
        head = (home / "HEAD").read_text(encoding="utf-8").strip()
        if not head.startswith(_POINTER):
            return head if _COMMIT.fullmatch(head) else None
        return _read_branch(home, head.removeprefix(_POINTER))
    except (OSError, UnicodeDecodeError):
        return None


def _git_folder(place: Path) -> Path:
    """Folder in which git keeps this checkout; of a second one of a repository a file says where."""
    if place.is_dir():
        return place
    return (place.parent / place.read_text(encoding="utf-8").strip().removeprefix("gitdir: ")).resolve()


def _read_branch(home: Path, branch: str) -> str | None:
    """Commit of a branch, by itself in a file or packed with others."""
    common = home / "commondir"
    top = (home / common.read_text(encoding="utf-8").strip()).resolve() if common.is_file() else home
    if (top / branch).is_file():
        found = (top / branch).read_text(encoding="utf-8").strip()
        return found if _COMMIT.fullmatch(found) else None
    packed = (top / "packed-refs").read_text(encoding="utf-8").splitlines()
    lines = (line.partition(" ") for line in packed)
    return next((commit for commit, _, name in lines if name == branch and _COMMIT.fullmatch(commit)), None)
