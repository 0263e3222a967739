"""Ways to spoil a sound study: its rows and columns, its cells, its bytes; and ways that change nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

# Texts that have broken programs before, in the words of this project: numbers, dates, missing values, code, scripts.
NAUGHTY = (
    *(
        "",
        " ",
        "\t",
        "0",
        "-0",
        "1",
        "1.5",
        "1e3",
        "1E5",
        "1e308",
        "1e999",
        "-1e999",
        "007",
        "0x1F",
        "1_000",
        "1,5",
        "1;5",
    ),
    *(
        "1 000",
        "٣",
        "３",
        "½",
        "−1",
        "+1",
        "--1",
        "1-1",
        "NaN",
        "nan",
        "inf",
        "-inf",
        "Infinity",
        "NULL",
        "null",
        "None",
    ),
    *(
        "NA",
        "N/A",
        "#N/A",
        "#REF!",
        "-",
        ".",
        "?",
        "999",
        "-99",
        "99",
        "unknown",
        "True",
        "FALSE",
        "yes",
        "no",
        "y",
        "2",
    ),
    *(
        "2024-01-01",
        "01/02/2024",
        "2023-02-30",
        "2999-01-01",
        "45000",
        "24-01-01",
        "0000-00-00",
        "9999-12-31",
        "10000-01-01",
    ),
    *(
        "=1+1",
        "@SUM(A1)",
        "+cmd|'x'!A0",
        "-1+2",
        "'",
        '"',
        '""',
        "\\",
        "\\N",
        "\\n",
        "%s",
        "%d",
        "{}",
        "{0}",
        "${x}",
        "$(x)",
    ),
    *(
        "<script>alert(1)</script>",
        "&lt;",
        "'; DROP TABLE clients; --",
        "../../etc/passwd",
        "CON",
        "a" * 300,
        "a" * 20_000,
    ),
    *(
        "é",
        "e\u0301",
        "ß",
        "İ",
        "ı",
        "ﬀ",
        "Ⅷ",
        "𝟛",
        "田中",
        "שלום",
        "😀",
        "👩\u200d👩",
        "\u200b",
        "\ufeff",
        "\u202eabc",
        "\xa0",
        "\xad",
    ),
    *(
        "\x00",
        "\x07",
        "\x1b[31m",
        "\x7f",
        "\x85",
        "\u2028",
        "\ufffd",
        "\ufffe",
        "\ue000",
        "a\nb",
        "a\r\nb",
        "a\rb",
        "a,b",
    ),
    *(
        "full",
        "skills",
        "Full",
        "start",
        "end",
        "Start",
        "mood",
        "woman",
        "Woman",
        "wоman",
        "Total",
        "# x",
        "sep=,",
        "client_id",
    ),
    *(
        "943 476 5919",
        "someone@example.org",
        "LS1 4AP",
        "07700 900123",
        "AB010190",
        "Sarah Attwood",
        "1 2 3 4 5 6 7 8 9",
    ),
)
INSERTED = (
    "\n",
    "\r",
    "\r\n",
    ",",
    '"',
    ";",
    "\t",
    "\x00",
    "\ufeff",
    "\u200b",
    "=",
    "-",
    "0",
    "9",
    "e",
    ".",
    " ",
    "\xa0",
    "é",
    "\x1a",
)
NAMES = (
    "score",
    "Score",
    "score ",
    "client_id",
    "visit",
    "date",
    "",
    "1",
    "name",
    "dob",
    "x",
    "sc\u043ere",
    "NHS number",
    "a" * 300,
)

Table = list[list[str]]


def to_table(content: bytes) -> Table:
    """Take a plain table apart."""
    return [line.split(",") for line in content.decode("utf-8").splitlines()]


def to_bytes(table: Table, *, end: str = "\n") -> bytes:
    """Put a table together without quoting anything, as a careless program does."""
    return (end.join(",".join(row) for row in table) + end).encode("utf-8", errors="surrogatepass")


def quoted(cell: str) -> str:
    """Quote a cell as a careful program does."""
    return '"' + cell.replace('"', '""') + '"'


def spoil(content: bytes, chance: random.Random) -> bytes:
    """Spoil a table in one way."""
    return chance.choice(SPOILERS)(content, chance)


def _of_table(change: Callable[[Table, random.Random], None]) -> Callable[[bytes, random.Random], bytes]:
    def spoiler(content: bytes, chance: random.Random) -> bytes:
        try:
            table = to_table(content)
        except UnicodeDecodeError:
            return content
        if len(table) > 1:
            change(table, chance)
        return to_bytes(table)

    spoiler.__name__ = change.__name__
    return spoiler


def _place(table: Table, chance: random.Random) -> tuple[int, int]:
    row = chance.randrange(len(table))
    return row, chance.randrange(len(table[row]))


def put_naughty(table: Table, chance: random.Random) -> None:
    row, column = _place(table, chance)
    table[row][column] = chance.choice(NAUGHTY)


def put_naughty_quoted(table: Table, chance: random.Random) -> None:
    row, column = _place(table, chance)
    table[row][column] = quoted(chance.choice(NAUGHTY))


def put_naughty_everywhere(table: Table, chance: random.Random) -> None:
    _, column = _place(table, chance)
    text = quoted(chance.choice(NAUGHTY))
    for row in table[1:]:
        if column < len(row):
            row[column] = text


def insert_sign(table: Table, chance: random.Random) -> None:
    row, column = _place(table, chance)
    cell = table[row][column]
    at = chance.randrange(len(cell) + 1)
    table[row][column] = cell[:at] + chance.choice(INSERTED) + cell[at:]


def copy_cell(table: Table, chance: random.Random) -> None:
    (row, column), (other, place) = _place(table, chance), _place(table, chance)
    table[row][column] = table[other][place]


def rename_column(table: Table, chance: random.Random) -> None:
    table[0][chance.randrange(len(table[0]))] = chance.choice(NAMES)


def drop_row(table: Table, chance: random.Random) -> None:
    del table[chance.randrange(len(table))]


def repeat_row(table: Table, chance: random.Random) -> None:
    table.append(list(chance.choice(table)))


def blank_row(table: Table, chance: random.Random) -> None:
    table.insert(chance.randrange(len(table) + 1), chance.choice([[""], [""] * len(table[0]), [" "]]))


def odd_row(table: Table, chance: random.Random) -> None:
    table.insert(chance.randrange(len(table) + 1), [chance.choice(NAUGHTY) for _ in range(chance.randrange(1, 7))])


def drop_cell(table: Table, chance: random.Random) -> None:
    row, column = _place(table, chance)
    del table[row][column]
    table[row] = table[row] or [""]


def add_cell(table: Table, chance: random.Random) -> None:
    row, column = _place(table, chance)
    table[row].insert(column, chance.choice(NAUGHTY))


def move_cell(table: Table, chance: random.Random) -> None:
    """One row too short and another too long: the file as a whole has as many commas as before."""
    drop_cell(table, chance)
    add_cell(table, chance)


def drop_column(table: Table, chance: random.Random) -> None:
    column = chance.randrange(len(table[0]))
    for row in table:
        if column < len(row) > 1:
            del row[column]


def swap_cells_of_column(table: Table, chance: random.Random) -> None:
    one, other = (chance.randrange(len(table)) for _ in range(2))
    column = chance.randrange(min(len(table[one]), len(table[other])))
    table[one][column], table[other][column] = table[other][column], table[one][column]


def flip_byte(content: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(content)) if content else 0
    return content[:at] + bytes([chance.randrange(256)]) + content[at + 1 :]


def insert_bytes(content: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(content) + 1)
    return content[:at] + bytes(chance.randrange(256) for _ in range(chance.randrange(1, 5))) + content[at:]


def cut_off(content: bytes, chance: random.Random) -> bytes:
    return content[: chance.randrange(len(content) + 1)]


def cut_out(content: bytes, chance: random.Random) -> bytes:
    start, end = sorted(chance.randrange(len(content) + 1) for _ in range(2))
    return content[:start] + content[end:]


def double(content: bytes, chance: random.Random) -> bytes:
    return content + content[chance.randrange(len(content) + 1) :]


def other_encoding(content: bytes, chance: random.Random) -> bytes:
    name = chance.choice(["utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "utf-8-sig", "cp037"])
    return content.decode("utf-8", errors="ignore").encode(name, errors="replace")


def other_line_ends(content: bytes, chance: random.Random) -> bytes:
    lines = content.split(b"\n")
    return b"".join(line + chance.choice([b"\n", b"\r\n", b"\r", b"\n\r"]) for line in lines)


def other_separator(content: bytes, chance: random.Random) -> bytes:
    return content.replace(b",", chance.choice([b";", b"\t", b"|", b" ", b", ", b",,"]))


CHANGES = (
    *(
        put_naughty,
        put_naughty_quoted,
        put_naughty_everywhere,
        insert_sign,
        copy_cell,
        rename_column,
        drop_row,
        repeat_row,
    ),
    *(blank_row, odd_row, drop_cell, add_cell, move_cell, drop_column, swap_cells_of_column),
)
SPOILERS = (
    *map(_of_table, CHANGES),
    *(flip_byte, insert_bytes, cut_off, cut_out, double, other_encoding, other_line_ends, other_separator),
)


def reorder_rows(content: bytes, chance: random.Random) -> bytes:
    table = to_table(content)
    return to_bytes([table[0], *chance.sample(table[1:], len(table) - 1)])


def reorder_columns(content: bytes, chance: random.Random) -> bytes:
    table = to_table(content)
    order = chance.sample(range(len(table[0])), len(table[0]))
    return to_bytes([[row[place] for place in order] for row in table])


def quote_cells(content: bytes, chance: random.Random) -> bytes:
    share = chance.random()
    return to_bytes([[quoted(cell) if chance.random() < share else cell for cell in row] for row in to_table(content)])


def pad_cells(content: bytes, chance: random.Random) -> bytes:
    pads = ("", " ", "  ", "\t")
    return to_bytes([[chance.choice(pads) + cell + chance.choice(pads) for cell in row] for row in to_table(content)])


def add_blank_rows(content: bytes, chance: random.Random) -> bytes:
    table = to_table(content)
    for _ in range(chance.randrange(1, 4)):
        table.insert(chance.randrange(1, len(table) + 1), chance.choice([[""], [""] * len(table[0])]))
    return to_bytes(table)


def end_lines_as_windows_does(content: bytes, chance: random.Random) -> bytes:
    del chance
    return content.replace(b"\n", b"\r\n")


def mark_byte_order(content: bytes, chance: random.Random) -> bytes:
    del chance
    return b"\xef\xbb\xbf" + content


def end_without_line_end(content: bytes, chance: random.Random) -> bytes:
    del chance
    return content.rstrip(b"\r\n")


# In the order in which they may follow each other.
HARMLESS = (
    *(reorder_rows, reorder_columns, add_blank_rows, pad_cells, quote_cells),
    *(end_lines_as_windows_does, mark_byte_order, end_without_line_end),
)
