"""Whether a notebook shows a figure: IPython draws one only after somebody has told it how."""

from __future__ import annotations

import sys


def ensure_shown() -> None:
    """Tell a running IPython to show figures as pictures, unless it knows already; elsewhere do nothing."""
    ipython = sys.modules.get("IPython")
    shell = None if ipython is None else ipython.get_ipython()
    if shell is None:
        return
    from IPython.core.pylabtools import select_figure_formats
    from matplotlib.figure import Figure

    formatters = shell.display_formatter.formatters
    if not any(Figure in formatters[kind].type_printers for kind in ("image/png", "image/svg+xml")):
        select_figure_formats(shell, {"png"})  # type: ignore[no-untyped-call]
