"""The report as PDF by typst: tagged, for archives (PDF/A-2a) and screen readers (PDF/UA-1), always the same bytes.

The layout is a template, `report.typ`. The content is handed over as data, so that no label can be read as markup.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from outcomes.render.pdf.compiler import compiler
from outcomes.render.pdf.content import to_content

if TYPE_CHECKING:
    from outcomes.render.document import Document

TEMPLATE = Path(__file__).parent / "report.typ"
STANDARDS = ["a-2a", "ua-1"]
# A fixed time, so that the same report is the same file; when a run was made stands in its manifest alone.
TIMESTAMP = 946_684_800


def render_pdf(document: Document, *, run: str) -> bytes:
    """Write a report as PDF.

    Parameters
    ----------
    document : Document
    run : str
        For the running head.
    """
    content = json.dumps(to_content(document, run=run), ensure_ascii=False)
    written: bytes = compiler().compile(
        input=TEMPLATE.read_bytes(),
        format="pdf",
        sys_inputs={"document": content},
        pdf_standards=STANDARDS,
        timestamp=TIMESTAMP,
    )
    return written
