"""How the site of the documentation is built: `make docs`."""

from __future__ import annotations

import tomllib
from pathlib import Path

_ROOT = Path(__file__).parents[1]
_STATED = tomllib.loads((_ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

project = _STATED["name"]
author = "The outcomes developers"
project_copyright = "the outcomes developers"
release = version = _STATED["version"]

extensions = [
    "myst_nb",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx_click",
]
exclude_patterns = ["_build"]
source_suffix = {".md": "myst-nb"}
root_doc = "index"

html_theme = "pydata_sphinx_theme"
html_title = f"outcomes {version}"
html_show_sourcelink = False
html_theme_options = {"show_toc_level": 2, "navigation_with_keys": False}

nb_execution_mode = "off"  # notebooks are run by the tests, and committed with what they gave
myst_heading_anchors = 4
autosummary_generate = False
numpydoc_show_class_members = False
autodoc_typehints = "none"  # the docstrings say what each thing is
autodoc_member_order = "bysource"
suppress_warnings = [
    "myst.xref_missing",  # pages link to files of the repository, which are no pages of the site
    "toc.not_included",
]
