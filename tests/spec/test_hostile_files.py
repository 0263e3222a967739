"""One case for each way in which a file can be wrong, by its name, with the code that must name it.

Every table is written by hand here as a clinic might send it; beside each stands what `pandas.read_csv` would make of
it, where that is worth knowing.
"""

from __future__ import annotations

import gzip
import io
import os
import zipfile
from typing import TYPE_CHECKING

import pytest

from examined import check_study
from outcomes.study.read import read_study
from outcomes.study.sentences import to_sentences

if TYPE_CHECKING:
    from pathlib import Path

    from outcomes.study.model import Finding

PLAN = """\
version = 1
title = "A tiny study"
[arms]
full   = { value = "full", label = "Full" }
skills = { value = "skills", label = "Skills" }
[visits]
start = { label = "Start", week = 0, window = [-4, 2] }
end   = { label = "End", week = 24, window = [20, 30] }
primary = "end"
[measures.mood]
label = "Mood"
domain = "symptoms"
role = "primary"
better = "lower"
range = [0, 63]
[adjust]
covariates = ["age", "gender"]
skills_group = "group_id"
[completion]
column = "completed"
"""
CLIENTS = """\
client_id,arm,age,gender,group_id,completed,start_date,end_date,end_reason
C001,full,31,woman,G1,yes,2024-01-08,2024-06-24,finished
C002,skills,45,man,G1,no,2024-01-08,2024-03-11,moved away
C003,full,28,woman,G2,yes,2024-02-05,2024-07-22,finished
C004,skills,39,woman,G2,yes,2024-02-05,2024-07-22,finished
C005,full,52,man,G2,no,2024-02-05,2024-04-01,did not come back
C006,skills,24,woman,G1,yes,2024-01-08,2024-06-24,finished
"""
SCORES = """\
client_id,visit,measure,score,date
C001,start,mood,31,2024-01-05
C001,end,mood,22,2024-06-20
C002,start,mood,28,2024-01-06
C002,end,mood,25.5,2024-06-21
C003,start,mood,35,2024-02-01
C003,end,mood,19,2024-07-20
C004,start,mood,22,2024-02-02
C004,end,mood,24,2024-07-19
C005,start,mood,40,2024-02-03
C006,start,mood,33,2024-01-04
C006,end,mood,30,2024-06-19
"""
# Row 4 of scores.csv, which most cases spoil: client, visit, measure, score, date.
ROW = "C002,start,mood,28,2024-01-06"


@pytest.fixture
def study(tmp_path: Path) -> Path:
    folder = tmp_path / "tiny"
    folder.mkdir()
    for name, text in {"plan.toml": PLAN, "clients.csv": CLIENTS, "scores.csv": SCORES}.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def row(client="C002", visit="start", measure="mood", score="28", date="2024-01-06") -> str:
    return SCORES.replace(ROW, f"{client},{visit},{measure},{score},{date}")


def client(old: str, new: str) -> str:
    assert old in CLIENTS
    return CLIENTS.replace(old, new)


def workbook() -> bytes:
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return memory.getvalue()


WIDE = ",".join(["client_id", "visit", "measure", "score", *(f"x{place}" for place in range(20_000))])

# Name of the case: (what stands in scores.csv, code).
SCORES_FILES: dict[str, tuple[str | bytes, str]] = {
    # encodings
    "UTF-16 little endian with a mark": (b"\xff\xfe" + SCORES.encode("utf-16-le"), "E202"),
    "UTF-16 big endian with a mark": (b"\xfe\xff" + SCORES.encode("utf-16-be"), "E202"),
    "UTF-16 little endian without a mark": (SCORES.encode("utf-16-le"), "E202"),
    "UTF-16 big endian without a mark": (SCORES.encode("utf-16-be"), "E202"),
    "UTF-32 with a mark": (SCORES.encode("utf-32"), "E202"),
    "UTF-32 without a mark": (SCORES.encode("utf-32-le"), "E202"),
    "UTF-7 with a mark": (b"+/v8-" + SCORES.encode(), "E202"),
    "Latin-1": (row(client="C\xe9").encode("latin-1"), "E202"),
    "Windows-1252 with curly quotes": (row(client="C\u201d").encode("cp1252"), "E202"),
    "a shift-JIS file": (row(client="\u30e1").encode("shift-jis"), "E202"),
    "an overlong form of UTF-8": (row().encode().replace(b"C002", b"C\xc0\xaf2"), "E202"),
    "a half of a surrogate pair": (row().encode().replace(b"C002", b"C\xed\xa0\x80"), "E202"),
    "a letter that was lost before": (row(client="C\ufffd"), "E202"),
    "a zero byte": (row(client="C\x002"), "E202"),
    "a zero byte at the end": (SCORES + "\x00", "E202"),
    # other files under the name of a CSV
    "a renamed Excel workbook": (workbook(), "E209"),
    "an old Excel workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "E209"),
    "a gzip file": (gzip.compress(SCORES.encode(), mtime=0), "E209"),
    "a PDF document": (b"%PDF-1.7\n1 0 obj\n", "E209"),
    "a web page": ("<!DOCTYPE html>\n<html><body>Please log in</body></html>\n", "E209"),
    "a web page with a mark": (b"\xef\xbb\xbf<html><table><tr><td>client_id</td></tr></table></html>", "E209"),
    "an XML file": ('<?xml version="1.0"?>\n<rows/>\n', "E209"),
    "a JSON file": ('[{"client_id": "C001", "visit": "start"}]\n', "E209"),
    "a database": (b"SQLite format 3\x00" + bytes(100), "E209"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(50), "E209"),
    # line ends
    "line ends of an old Macintosh": (SCORES.replace("\n", "\r"), "E224"),
    "one lone carriage return": (SCORES.replace(ROW + "\n", ROW + "\r"), "E224"),
    "a lone carriage return inside a row": (row(client="C\r002"), "E224"),
    "mixed line ends": (SCORES.replace(ROW + "\n", ROW + "\r\n"), "E224"),
    "two files joined, one of them from Windows": (
        SCORES + SCORES.partition("\n")[2].replace("start", "end").replace("\n", "\r\n"),
        "E224",
    ),
    "other signs for a new line": (row(client="C\u2028002"), "E223"),
    "a vertical tab": (row(client="C\x0b002"), "E223"),
    # separators
    "semicolons": (SCORES.replace(",", ";"), "E203"),
    "semicolons and decimal commas": (SCORES.replace(",", ";").replace(".", ","), "E203"),
    "tabs": (SCORES.replace(",", "\t"), "E203"),
    "bars": (SCORES.replace(",", "|"), "E203"),
    "carets": (SCORES.replace(",", "^"), "E203"),
    "spaces": (SCORES.replace(",", " "), "E203"),
    "a sep= line": ("sep=,\n" + SCORES, "E203"),
    "a sep= line with a semicolon": ("sep=;\n" + SCORES.replace(",", ";"), "E203"),
    "a quoted sep= line": ('"sep=,"\n' + SCORES, "E203"),
    # emptiness
    "an empty file": ("", "E201"),
    "a byte order mark alone": (b"\xef\xbb\xbf", "E201"),
    "spaces alone": ("   \n \n\t\n", "E201"),
    "commas alone": (",,,,\n,,,,\n", "E201"),
    "line ends alone": ("\n\n\n", "E201"),
    "a header alone": ("client_id,visit,measure,score\n", "E205"),
    "a header without a line end": ("client_id,visit,measure,score", "E205"),
    "a header and blank rows": ("client_id,visit,measure,score\n,,,\n\n", "E205"),
    # header
    "an empty first row": ("\n" + SCORES, "E204"),
    "a first row of commas": (",,,,\n" + SCORES, "E204"),
    "no header": (SCORES.partition("\n")[2], "E204"),
    "a column twice": (SCORES.replace("date\n", "score\n", 1), "E204"),
    "a column twice but for capitals": (SCORES.replace("date\n", "Score\n", 1), "E204"),
    "a column twice but for a space": (SCORES.replace("date\n", "sco re\n", 1), "E204"),
    "a column twice but for a space at its end": (SCORES.replace("date\n", "score \n", 1), "E204"),
    "a column twice but for a mark without width": (SCORES.replace("date\n", "score\u200b\n", 1), "E204"),
    "a column twice but for a Cyrillic letter": (SCORES.replace("date\n", "sc\u043ere\n", 1), "E204"),
    "a column twice but for full-width letters": (SCORES.replace("date\n", "\uff53core\n", 1), "E204"),
    "a name with a mark without width": (SCORES.replace("score", "sc\u200bore", 1), "E223"),
    "a name with a byte order mark inside": (SCORES.replace("visit", "\ufeffvisit", 1), "E223"),
    "a name with a hard space": (SCORES.replace("score", "score\xa0", 1), "E223"),
    "a name with a Cyrillic letter": (SCORES.replace("score", "sc\u043ere", 1), "E226"),
    "a name in capitals": (SCORES.replace("score", "Score", 1), "E226"),
    "a name with a space for the line": (SCORES.replace("client_id", "Client ID", 1), "E226"),
    "a column without a name": (SCORES.replace("date\n", "\n", 1), "E204"),
    "trailing commas in every row": (SCORES.replace("\n", ",\n"), "E204"),
    "a number for a name": (SCORES.replace("date\n", "7\n", 1), "E204"),
    "a quoted line break in a name": (SCORES.replace("score", '"sc\nore"', 1), "E223"),
    "20,000 columns": (f"{WIDE}\n{',' * 20_003}\n", "E211"),
    "a missing column": (SCORES.replace("measure", "scale", 1), "E207"),
    # what is no row
    "a title above the header": ("Mood scores 2024\n" + SCORES, "E212"),
    "a title with commas above the header": ("Mood scores,,,,\n" + SCORES, "E212"),
    "three lines above the header": ("Clinic North\nexported\n\n" + SCORES, "E212"),
    "a comment above the header": ("# exported by hand\n" + SCORES, "E212"),
    "a comment between the rows": (SCORES.replace(ROW, "# checked until here,,,,\n" + ROW), "E212"),
    "a comment without commas between the rows": (SCORES.replace(ROW, "# checked until here\n" + ROW), "E206"),
    "a row of totals": (SCORES + "Total,,,309.5,\n", "E212"),
    "a row of means": (SCORES + "Mean,end,mood,28.1,\n", "E212"),
    "a short last line": (SCORES + "11 records exported\n", "E206"),
    "the header once more": (SCORES + SCORES.partition("\n")[0] + "\n", "E218"),
    # rows
    "a short row": (SCORES.replace(ROW, "C002,start,mood"), "E206"),
    "a long row": (SCORES.replace(ROW, ROW + ",extra"), "E206"),
    "a trailing comma in one row": (SCORES.replace(ROW, ROW + ","), "E206"),
    "a short and a long row that make up for each other": (
        SCORES.replace(ROW, "C002,start,mood,28").replace("C003,end,mood,19,", "C003,end,mood,19,,"),
        "E206",
    ),
    "a long first row, which pandas would make an index": (
        "\n".join(line + ",x" if place else line for place, line in enumerate(SCORES.splitlines())),
        "E206",
    ),
    "a decimal comma": (row(score="28,5"), "E206"),
    # quotation marks
    "a mark that is not closed": (row(measure='"mood'), "E206"),
    "a mark that is not closed in the last row": (SCORES + 'C005,end,"mood,31,2024-07-01\n', "E206"),
    "a text after a closing mark": (row(measure='"mood"x'), "E206"),
    "a space after a closing mark": (row(measure='"mood" '), "E206"),
    "a space before an opening mark": (row(measure=' "mood"'), "E206"),
    "a mark inside a text": (row(client='C0"02'), "E206"),
    "a mark escaped by a backslash": (row(measure='"mo\\"od"'), "E206"),
    "three marks, which are one mark in a text": (row(measure='"""mood"'), "E218"),
    "a line break in a number": (row(score='"2\n8"'), "E223"),
    "a line break in an id": (row(client='"C0\n02"'), "E223"),
    "a line break in a word": (row(visit='"start\n"'), "E223"),
    # limits
    "a cell of two megabytes": (row(client="C" * 2_000_000), "E219"),
    "a cell of two megabytes in quotes": (row(client='"' + "C\n" * 1_000_000 + '"'), "E219"),
    "a row of nine megabytes": (row(client="C" * 9_000_000), "E219"),
    "a line of nine megabytes without an end": ("client_id,visit" * 600_000, "E219"),
}

# Name of the case: (what stands in the cell, code).
NUMBERS: dict[str, tuple[str, str]] = {
    "a decimal comma in quotes": ('"28,5"', "E214"),
    "thousands with a comma": ('"1,028"', "E214"),
    "thousands with a point and a comma": ('"1.028,5"', "E214"),
    "thousands with a space": ("1 028", "E214"),
    "thousands with an apostrophe": ("1'028", "E214"),
    "a percent sign": ("28%", "E213"),
    "a currency": ("£28", "E213"),
    "a unit": ("28 points", "E213"),
    "hexadecimal": ("0x1C", "E213"),
    "octal": ("0o34", "E213"),
    "binary": ("0b11100", "E213"),
    "underscores": ("1_0", "E213"),
    "full-width digits": ("２８", "E213"),
    "Arabic digits": ("٢٨", "E213"),
    "Devanagari digits": ("२८", "E213"),
    "raised digits": ("2⁸", "E213"),
    "a circled digit": ("⑧", "E213"),
    "a fraction sign": ("2½", "E213"),
    "a fraction": ("57/2", "E213"),
    "a Unicode minus": ("−2", "E213"),
    "an en dash for a minus": ("–2", "E213"),
    "a plus sign": ("+28", "E213"),
    "two signs": ("--2", "E213"),
    "two points": ("2.8.1", "E213"),
    "brackets of an accountant": ("(28)", "E213"),
    "a hard space": ("28\xa0", "E223"),
    "a hard space before it": ("\xa028", "E223"),
    "a thin space": ("1\u2009028", "E223"),
    "a mark without width": ("2\u200b8", "E223"),
    "inf": ("inf", "E213"),
    "-inf": ("-inf", "E213"),
    "Infinity": ("Infinity", "E213"),
    "NaN": ("NaN", "E213"),
    "nan": ("nan", "E213"),
    "1e308": ("1e308", "E213"),
    "1e999": ("1e999", "E213"),
    "-1e999": ("-1e999", "E213"),
    "1e-400": ("1e-400", "E213"),
    "a hundred digits": ("9" * 100, "E213"),
    "N/A": ("N/A", "E213"),
    "NA": ("NA", "E213"),
    "n/a": ("n/a", "E213"),
    "a hyphen": ("-", "E213"),
    "a point": (".", "E213"),
    "NULL": ("NULL", "E213"),
    "None": ("None", "E213"),
    "#N/A": ("#N/A", "E213"),
    "#REF!": ("#REF!", "E213"),
    "#VALUE!": ("#VALUE!", "E213"),
    "#DIV/0!": ("#DIV/0!", "E213"),
    "unknown": ("unknown", "E213"),
    "missing": ("missing", "E213"),
    "a question mark": ("?", "E213"),
    "999": ("999", "E235"),
    "-99": ("-99", "E235"),
    "99": ("99", "E235"),
    "-1": ("-1", "E235"),
    "a score above the range": ("64", "E235"),
    "a score below the range": ("-0.5", "E235"),
    "a word": ("twelve", "E213"),
    "TRUE": ("TRUE", "E213"),
    "a formula": ("=2+3", "E213"),
    "a date": ("2024-01-06", "E213"),
    "a letter O for a nought": ("2O", "E213"),
    "a letter l for a one": ("l2", "E213"),
    "a range": ("20-30", "E213"),
    "a limit": (">28", "E213"),
    "an asterisk": ("28*", "E213"),
    "a cell in apostrophes": ("'28'", "E213"),
    "an imaginary number": ("28j", "E213"),
    "a Fortran exponent": ("1d1", "E213"),
    "a control character": ("2\x1b8", "E223"),
    "a mark that turns the direction of writing": ("\u202e82", "E223"),
}

DATES: dict[str, tuple[str, str]] = {
    "an Excel serial date": ("45297", "E216"),
    "an Excel serial date with a time": ("45297.5", "E216"),
    "a US date": ("01/26/2024", "E216"),
    "an ambiguous date": ("03/04/2024", "E216"),
    "a British date": ("26/01/2024", "E216"),
    "a German date": ("6.1.2024", "E216"),
    "a year of two digits": ("24-01-06", "E216"),
    "a US date with a year of two digits": ("1/6/24", "E216"),
    "a day that is not in the calendar": ("2023-02-30", "E216"),
    "a leap day in another year": ("2023-02-29", "E216"),
    "a thirteenth month": ("2024-13-01", "E216"),
    "nought for a day": ("2024-01-00", "E216"),
    "a date of noughts": ("0000-00-00", "E216"),
    "a year before anybody was born": ("1024-01-06", "E216"),
    "the first day of a spreadsheet's calendar": ("1899-12-31", "E216"),
    "a day in the future": ("2999-01-06", "E281"),
    "a year with two digits changed": ("2042-01-06", "E281"),
    "a month in words": ("6 January 2024", "E216"),
    "a month in letters": ("06-Jan-2024", "E216"),
    "no hyphens": ("20240106", "E216"),
    "slashes": ("2024/01/06", "E216"),
    "one digit for the month": ("2024-1-06", "E216"),
    "a week": ("2024-W01-6", "E216"),
    "a day of the year": ("2024-006", "E216"),
    "full-width digits": ("２０２４-01-06", "E216"),
    "N/A": ("N/A", "E216"),
    "a word": ("January", "E216"),
    "a hard space": ("2024-01-06\xa0", "E223"),
    "a Unicode hyphen": ("2024‐01‐06", "E216"),
    "signs that spreadsheets show for narrow columns": ("########", "E216"),
}

IDS: dict[str, tuple[str, str]] = {
    "an id that a spreadsheet rewrote": ("1.00E+05", "E220"),
    "an id that became a float": ("2.0", "E220"),
    "an id with a mark without width": ("C00\u200b2", "E223"),
    "an id with a hard space": ("C002\xa0", "E223"),
    "an id with a soft hyphen": ("C0\xad02", "E223"),
    "an id that turns the direction of writing": ("C00\u202e2", "E223"),
    "an id with a tab": ("C0\t02", "E223"),
    "an id that is a formula": ("=C2", "E221"),
    "an id that is a command": ("@SUM(A1)", "E221"),
    "an id of a client from nowhere": ("C999", "E233"),
    "an id in other capitals": ("c002", "E233"),
    "an id with a space inside": ("C 002", "E233"),
    "an id with a letter O for a nought": ("C0O2", "E233"),
    "an id with a Cyrillic letter": ("\u0421002", "E233"),
    "an empty id": ("", "E210"),
    "an id of spaces": ("  ", "E210"),
}

WORDS: dict[str, tuple[str, str]] = {
    "an unknown visit": ("week 12", "E218"),
    "a visit in capitals": ("Start", "E218"),
    "a visit with a hard space": ("start\xa0", "E223"),
    "a visit with a Cyrillic letter": ("st\u0430rt", "E218"),
    "a visit by its number": ("1", "E218"),
    "NA": ("NA", "E218"),
}

# Name of the case: (what stands in clients.csv, code).
CLIENTS_FILES: dict[str, tuple[str, str]] = {
    "an unknown arm": (client("C001,full", "C001,both"), "E218"),
    "an arm in capitals": (client("C001,full", "C001,Full"), "E218"),
    "an empty arm": (client("C001,full", "C001,"), "E210"),
    "one arm is missing": (CLIENTS.replace(",skills,", ",full,"), "E231"),
    "a client twice": (CLIENTS + "C006,skills,24,woman,G1,yes,2024-01-08,2024-06-24,finished\n", "E230"),
    "a client in two arms": (CLIENTS + "C006,full,24,woman,G1,yes,2024-01-08,2024-06-24,finished\n", "E242"),
    "two ids that differ in capitals": (CLIENTS + "c006,full,24,woman,G1,yes,,,\n", "E243"),
    "two ids that differ in a space inside": (CLIENTS + "C 006,full,24,woman,G1,yes,,,\n", "E243"),
    "two ids with one accent in two forms": (
        CLIENTS + "\u00c9001,full,24,woman,G1,yes,,,\nE\u0301001,full,25,man,G1,yes,,,\n",
        "E243",
    ),
    "an id of two alphabets": (CLIENTS + "\u0421O07x,full,24,woman,G1,yes,,,\n", "E220"),
    "an end before the start": (client("2024-01-08,2024-06-24", "2024-06-24,2024-01-08"), "E232"),
    "a start in the future": (
        client("C001,full,31,woman,G1,yes,2024-01-08", "C001,full,31,woman,G1,yes,2999-01-08"),
        "E281",
    ),
    "999 for an age": (client("C001,full,31", "C001,full,999"), "E215"),
    "-99 for an age": (client("C001,full,31", "C001,full,-99"), "E215"),
    "a word for an age": (client("C001,full,31", "C001,full,thirty"), "E213"),
    "unknown for an age": (client("C001,full,31", "C001,full,unknown"), "E213"),
    "a decimal comma for an age": (client("C001,full,31", 'C001,full,"31,5"'), "E214"),
    "N/A for a level": (client("31,woman", "31,N/A"), "E225"),
    "a hyphen for a level": (client("31,woman", "31,-"), "E225"),
    "#REF! for a level": (client("31,woman", "31,#REF!"), "E225"),
    "NULL for a group": (client("woman,G1,yes,2024-01-08,2024-06-24", "woman,NULL,yes,2024-01-08,2024-06-24"), "E225"),
    "a level in other capitals": (client("31,woman", "31,Woman"), "E280"),
    "a level with a space inside": (client("31,woman", "31,wo man"), "E280"),
    "a level with a Cyrillic letter": (client("31,woman", "31,wom\u0430n"), "E280"),
    "a level with a hard space": (client("31,woman", "31,woman\xa0"), "E223"),
    "a group in other capitals": (client("31,woman,G1", "31,woman,g1"), "E280"),
    "perhaps for yes": (client("G1,yes,2024-01-08,2024-06-24", "G1,perhaps,2024-01-08,2024-06-24"), "E217"),
    "N/A for yes": (client("G1,yes,2024-01-08,2024-06-24", "G1,N/A,2024-01-08,2024-06-24"), "E217"),
    "a formula in a text": (client("moved away", '"=HYPERLINK(""x"")"'), "E221"),
    "a command in a text": (client("moved away", "+cmd|' /C calc'!A0"), "E221"),
    "a text that turns the direction of writing": (client("moved away", "moved\u202e away"), "E223"),
    "a control character in a text": (client("moved away", "moved\x1b[2J away"), "E223"),
    "a text of 20,000 signs": (client("moved away", "x" * 20_000), "E219"),
    "a row of totals": (CLIENTS + "Total,,219,,,,,,\n", "E212"),
    "the column of the arm is missing": (CLIENTS.replace("arm", "programme", 1), "E207"),
    "a covariate of the plan is missing": (CLIENTS.replace("gender", "sex", 1), "E207"),
    "a column that differs only in capitals": (CLIENTS.replace("end_reason", "End_Reason", 1), "E226"),
}

# Name of the case: (scores.csv, code).
KEYS: dict[str, tuple[str, str]] = {
    "the same score twice": (SCORES + ROW + "\n", "E234"),
    "two scores that contradict each other": (SCORES + "C002,start,mood,29,2024-01-06\n", "E241"),
    "two scores that contradict each other on different days": (SCORES + "C002,start,mood,29,2024-01-07\n", "E241"),
    "a score and an empty one": (SCORES + "C002,start,mood,,2024-01-07\n", "E241"),
    "visits out of order": (row(date="2024-08-01"), "E239"),
    "a row without a place in time": (row(visit="", date=""), "E236"),
    "an unknown measure": (row(measure="moood"), "E218"),
    "an empty measure": (row(measure=""), "E210"),
}


def codes(study: Path, level: str = "STOP") -> set[str]:
    return {finding.code for finding in check_study(study) if finding.level == level}


def require_refused(study: Path, code: str) -> list[Finding]:
    findings = [finding for finding in check_study(study) if finding.level == "STOP"]
    assert code in {finding.code for finding in findings}, to_sentences(findings)
    return findings


def write(study: Path, name: str, content: str | bytes) -> None:
    (study / name).write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))


def test_the_study_that_is_spoilt_here_is_sound(study: Path) -> None:
    read = read_study(study)
    assert {finding.level for finding in read.findings} <= {"NOTE"}
    assert len(read.scores) == 11


@pytest.mark.parametrize("case", SCORES_FILES)
def test_a_file_is_refused_by_name(study: Path, case: str) -> None:
    content, code = SCORES_FILES[case]
    write(study, "scores.csv", content)
    require_refused(study, code)


@pytest.mark.parametrize("case", NUMBERS)
def test_a_number_is_refused_by_name(study: Path, case: str) -> None:
    text, code = NUMBERS[case]
    write(study, "scores.csv", row(score=text))
    (finding,) = [one for one in require_refused(study, code) if one.code == code]
    assert (finding.file, finding.rows, finding.column) == ("scores.csv", (4,), "score")


@pytest.mark.parametrize("case", DATES)
def test_a_date_is_refused_by_name(study: Path, case: str) -> None:
    text, code = DATES[case]
    write(study, "scores.csv", row(date=text))
    (finding,) = [one for one in require_refused(study, code) if one.code == code]
    assert (finding.file, finding.rows, finding.column) == ("scores.csv", (4,), "date")


@pytest.mark.parametrize("case", IDS)
def test_an_id_is_refused_by_name(study: Path, case: str) -> None:
    text, code = IDS[case]
    write(study, "scores.csv", row(client=text))
    (finding,) = [one for one in require_refused(study, code) if one.code == code]
    assert (finding.file, finding.rows, finding.column) == ("scores.csv", (4,), "client_id")


@pytest.mark.parametrize("case", WORDS)
def test_a_word_is_refused_by_name(study: Path, case: str) -> None:
    text, code = WORDS[case]
    write(study, "scores.csv", row(visit=text))
    require_refused(study, code)


@pytest.mark.parametrize("case", CLIENTS_FILES)
def test_a_table_of_clients_is_refused_by_name(study: Path, case: str) -> None:
    content, code = CLIENTS_FILES[case]
    write(study, "clients.csv", content)
    require_refused(study, code)


@pytest.mark.parametrize("case", KEYS)
def test_rows_that_cannot_both_be_right_are_refused_by_name(study: Path, case: str) -> None:
    content, code = KEYS[case]
    write(study, "scores.csv", content)
    require_refused(study, code)


# What is worth a look and stops nothing: (file, content, level, code).
LOOKS: dict[str, tuple[str, str, str, str]] = {
    "ids that differ in zeros": ("clients.csv", CLIENTS + "0C006,full,24,woman,G1,yes,,,\n", "CHECK", "E222"),
    "ids that differ in O and 0": ("clients.csv", CLIENTS + "CO06,full,24,woman,G1,yes,,,\n", "CHECK", "E222"),
    "a client without scores": ("clients.csv", CLIENTS + "C007,full,24,woman,G1,yes,,,\n", "NOTE", "E244"),
    "unknown for a level": ("clients.csv", client("31,woman", "31,unknown"), "CHECK", "E225"),
    "a misspelt column": ("clients.csv", CLIENTS.replace("end_reason", "end_reasn", 1), "CHECK", "E208"),
    "a score after the end date": ("scores.csv", SCORES, "NOTE", "E245"),
    "a later visit before the start": (
        "scores.csv",
        SCORES + "C005,end,mood,31,2024-02-03\n",
        "CHECK",
        "E246",
    ),
    "two visits on one day": ("scores.csv", SCORES + "C005,end,mood,31,2024-02-03\n", "CHECK", "E249"),
    "the same score for everybody": (
        "scores.csv",
        "\n".join(
            ",".join([*line.split(",")[:3], "30", *line.split(",")[4:]]) if ",start," in line else line
            for line in SCORES.splitlines()
        ),
        "CHECK",
        "E282",
    ),
    "a column that nobody knows": (
        "scores.csv",
        "\n".join(line + (",rater" if not place else ",R1") for place, line in enumerate(SCORES.splitlines())),
        "NOTE",
        "E208",
    ),
    "blank rows": ("scores.csv", SCORES + ",,,,\n\n", "NOTE", "E228"),
    "a copy of a table": ("scores (1).csv", SCORES, "CHECK", "E248"),
    "a table with a capital": ("Attendance.csv", "client_id\n", "CHECK", "E248"),
    "a workbook beside the tables": ("scores.xlsx", "PK", "CHECK", "E248"),
    "a spreadsheet that has a table open": (".~lock.scores.csv#", "", "CHECK", "E248"),
    "a file that nobody knows": ("interviews.csv", "", "NOTE", "E248"),
    "a session twice": (
        "attendance.csv",
        "client_id,week,kind,status\n" + 2 * "C001,1,group,attended\n",
        "CHECK",
        "E253",
    ),
}


@pytest.mark.parametrize("case", LOOKS)
def test_what_is_worth_a_look_stops_nothing(study: Path, case: str) -> None:
    name, content, level, code = LOOKS[case]
    write(study, name, content)
    findings = check_study(study)
    assert (level, code) in {(one.level, one.code) for one in findings}, to_sentences(findings)
    assert not [one for one in findings if one.level == "STOP"], to_sentences(findings)


# Files that are sound though they look odd, and must give the same scores as the plain one.
HARMLESS: dict[str, str | bytes] = {
    "a byte order mark": b"\xef\xbb\xbf" + SCORES.encode(),
    "line ends of Windows": SCORES.replace("\n", "\r\n"),
    "no line end at the end": SCORES.rstrip("\n"),
    "line ends of Windows and none at the end": SCORES.rstrip("\n").replace("\n", "\r\n"),
    "marks around every cell": "\n".join(
        ",".join(f'"{cell}"' for cell in line.split(",")) for line in SCORES.splitlines()
    ),
    "marks around some cells": SCORES.replace("mood", '"mood"'),
    "marks around the names alone": '"client_id","visit","measure","score","date"\n' + SCORES.partition("\n")[2],
    "spaces around cells": SCORES.replace(",", " , ").replace(" , visit", ",visit"),
    "tabs around cells": SCORES.replace("C002,", "C002\t,"),
    "blank rows": SCORES.replace(ROW, "\n,,,,\n" + ROW) + "\n\n",
    "decimals that say nothing": SCORES.replace(",31,", ",31.0,").replace(",22,", ",22.,").replace(",28,", ",028,"),
    "exponents": SCORES.replace(",31,", ",3.1e1,").replace(",22,", ",22E0,"),
    "columns in another order": "\n".join(",".join(reversed(line.split(","))) for line in SCORES.splitlines()),
    "rows in another order": "\n".join([SCORES.splitlines()[0], *reversed(SCORES.splitlines()[1:])]),
}


@pytest.mark.parametrize("case", HARMLESS)
def test_a_sound_file_that_looks_odd_gives_the_same_scores(study: Path, case: str) -> None:
    def scores() -> list[tuple[object, ...]]:
        frame = read_study(study).scores.sort_values(["client_id", "visit"])
        return list(frame[["client_id", "visit", "measure", "score", "date"]].itertuples(index=False, name=None))

    plain = scores()
    write(study, "scores.csv", HARMLESS[case])
    assert scores() == plain


@pytest.mark.parametrize(
    "text", ["007", "1E5", "00123", "True", "NA", "null", "1", "é", "田中", "nan", "inf", "-", "a,b"]
)
def test_an_id_stays_the_text_that_it_is(study: Path, text: str) -> None:
    cell = f'"{text}"' if "," in text else text
    for name in ("clients.csv", "scores.csv"):
        write(study, name, (study / name).read_text(encoding="utf-8").replace("C002", cell))
    read = read_study(study)
    assert text in set(read.clients["client_id"])
    assert set(read.scores["client_id"].astype(str)) <= set(read.clients["client_id"])


def test_a_line_break_in_a_text_is_read(study: Path) -> None:
    write(study, "clients.csv", client("moved away", '"moved\naway, to ""Leeds"""'))
    assert 'moved\naway, to "Leeds"' in set(read_study(study).clients["end_reason"])


def test_rows_behind_a_line_break_keep_the_number_that_a_spreadsheet_shows(study: Path) -> None:
    write(study, "clients.csv", client("moved away", '"moved\naway"').replace("C005,full", "C005,both"))
    (finding,) = require_refused(study, "E218")
    assert finding.rows == (6,)


def test_a_file_of_gigabytes_is_refused_before_it_is_read(study: Path) -> None:
    with (study / "scores.csv").open("wb") as file:
        file.truncate(5 * 2**30)  # holds nothing, and takes no room on the disk
    require_refused(study, "E211")


def test_a_plan_of_gigabytes_is_refused_before_it_is_read(study: Path) -> None:
    with (study / "plan.toml").open("wb") as file:
        file.truncate(5 * 2**30)
    require_refused(study, "E103")


def make_folder(path: Path) -> None:
    path.mkdir()


def make_pipe(path: Path) -> None:
    os.mkfifo(path)


def make_link_out(path: Path) -> None:
    target = path.parent.parent / "elsewhere.csv"
    target.write_text(SCORES, encoding="utf-8")
    path.symlink_to(target)


def make_link_to_nowhere(path: Path) -> None:
    path.symlink_to(path.parent / "nowhere.csv")


def make_link_to_a_device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def make_circle(path: Path) -> None:
    path.symlink_to(path)


ODD_FILES = {
    "a folder": make_folder,
    "a pipe": make_pipe,
    "a link out of the study": make_link_out,
    "a link to nowhere": make_link_to_nowhere,
    "a link to a device": make_link_to_a_device,
    "a link to itself": make_circle,
}


@pytest.mark.skipif(os.name == "nt", reason="Windows has neither pipes in folders nor links for everybody")
@pytest.mark.parametrize("case", ODD_FILES)
@pytest.mark.parametrize("name", ["scores.csv", "attendance.csv"])
def test_what_is_no_plain_file_is_refused(study: Path, case: str, name: str) -> None:
    (study / name).unlink(missing_ok=True)
    ODD_FILES[case](study / name)
    require_refused(study, "E227")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no links for everybody")
def test_a_link_within_the_study_is_read(study: Path) -> None:
    (study / "scores.csv").rename(study / "scores-of-may.csv")
    (study / "scores.csv").symlink_to("scores-of-may.csv")
    assert len(read_study(study).scores) == 11


def test_a_measure_in_scores_and_in_items_is_refused(study: Path) -> None:
    write(study, "plan.toml", PLAN.replace("range = [0, 63]", 'range = [0, 27]\ninstrument = "phq9"'))
    (study / "items").mkdir()
    header = "client_id,visit," + ",".join(f"q{item:02d}" for item in range(1, 10))
    write(study, "items/phq9.csv", f"{header}\nC001,start,0,1,2,3,0,0,1,2,3\n")
    assert "E237" in codes(study)


def test_items_of_an_unknown_instrument_and_odd_answers_are_refused(study: Path) -> None:
    (study / "items").mkdir()
    write(study, "items/mood.csv", "client_id,visit,q01\nC001,start,1\n")
    assert "E238" in codes(study)
    (study / "items" / "mood.csv").unlink()
    write(study, "plan.toml", PLAN.replace("range = [0, 63]", 'range = [0, 27]\ninstrument = "phq9"'))
    header = "client_id,visit," + ",".join(f"q{item:02d}" for item in range(1, 10))
    write(study, "items/phq9.csv", f"{header}\nC001,start,0,1,2,99,0.5,0,1,2,3\n")
    assert {"E240", "E213"} <= codes(study)
