"""Reports read and validated by others: python validators.py FOLDER XSDS

FOLDER holds a folder for each audit, with report.json, .ndjson, .csv, .xml (JUnit), .xlsx, and the two JSON Schemas.
XSDS holds Jenkins' schemas of JUnit; they are skipped where they are not there. Exits with 3 where a package is missing.
"""
import copy
import csv
import datetime
import json
import sys
from pathlib import Path

try:
    import duckdb
    import jsonschema
    import jsonschema_rs
    import openpyxl
    import python_calamine
    from lxml import etree
except ImportError as missing:
    print(missing)
    sys.exit(3)

folder, xsds = Path(sys.argv[1]), Path(sys.argv[2])
csv.field_size_limit(1 << 30)


def strict(schema):
    """The schema, but that no object has members that it does not name: so that none is undocumented."""
    if isinstance(schema, dict):
        schema = {name: strict(value) for name, value in schema.items()}
        if isinstance(schema.get("properties"), dict) and "additionalProperties" not in schema:
            schema["additionalProperties"] = False
    elif isinstance(schema, list):
        schema = [strict(it) for it in schema]
    return schema


def load(name):
    published = json.loads((folder / name).read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(published)
    return published, strict(copy.deepcopy(published))


report, finding = load("report.schema.json"), load("finding.schema.json")
slow = [jsonschema.Draft202012Validator(it) for it in report]
fast = [jsonschema_rs.Draft202012Validator(it) for it in report]
lines = [jsonschema_rs.Draft202012Validator(it) for it in finding]
junit = [etree.XMLSchema(etree.parse(str(it))) for it in sorted(xsds.glob("*.xsd"))]
print(f"{len(junit)} schemas of JUnit")

# A validator that finds nothing wrong with nonsense would prove nothing.
assert not fast[0].is_valid({"schema": "touchstone.report/1"}) and not lines[0].is_valid({"id": "t1-0"})

for home in sorted(it for it in folder.iterdir() if it.is_dir()):
    text = (home / "report.json").read_text(encoding="utf-8")
    whole = json.loads(text)
    for it in fast:
        it.validate(whole)
    if len(whole["findings"]) < 1000:
        for it in slow:
            it.validate(whole)
    each = [json.loads(it) for it in (home / "report.ndjson").read_text(encoding="utf-8").split("\n") if it]
    for line in each:
        for it in lines:
            it.validate(line)
    assert each == whole["findings"], "NDJSON and JSON hold the same findings"
    ids = [it["id"] for it in each]

    for schema in junit:
        schema.assertValid(etree.parse(str(home / "report.xml")))
    cases = [(it.get("classname"), it.get("name")) for it in etree.parse(str(home / "report.xml")).iter("testcase")]
    assert len(set(cases)) == len(cases) > 0, "names of cases differ"

    with open(home / "report.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [it["id"] for it in rows] == ids, "CSV holds the same findings"
    path = str(home / "report.csv")
    # A BOM, types and line ends are left as they are: every cell is text.
    table = duckdb.read_csv(path, all_varchar=True, header=True, delimiter=",", quotechar='"', escapechar='"', max_line_size=1 << 26)
    assert table.columns == list(rows[0] if rows else table.columns)
    seen = [tuple("" if cell is None else cell for cell in row) for row in table.fetchall()]
    assert seen == [tuple(it.values()) for it in rows], "two readers of CSV see the same"
    for row in rows:
        for cell in row.values():
            is_number = cell.lstrip("+-")[:1].isdigit()
            assert cell[:1] not in ("=", "@", "\t", "\r") and (cell[:1] not in ("+", "-") or is_number), cell

    # Not read-only: that mode does not know of filters.
    book = openpyxl.load_workbook(home / "report.xlsx", read_only=len(each) > 1000)
    other = python_calamine.CalamineWorkbook.from_path(str(home / "report.xlsx"))
    assert book.sheetnames == other.sheet_names
    first = [name for name in book.sheetnames if name in ("Findings", "发现项")][0]
    # Every cell of a large workbook takes its time.
    few, last = len(each) <= 1000, None if len(each) <= 1000 else 2000
    for name in book.sheetnames if few else [first]:
        sheet = book[name]
        cells = [list(it) for it in sheet.iter_rows(max_row=last)]
        assert all(it.data_type != "f" for row in cells for it in row), "no formula"
        ours = [[it.value for it in row] for row in cells]
        theirs = other.get_sheet_by_name(name).to_python(skip_empty_area=False)
        assert len(ours) == len(theirs) if few else len(theirs) == len(each) + 1, name
        for mine, yours in zip(ours, theirs):
            for one, two in zip(mine, yours):
                if isinstance(one, datetime.datetime) and not isinstance(two, datetime.datetime):
                    two = datetime.datetime(two.year, two.month, two.day)
                if isinstance(one, (datetime.datetime, datetime.timedelta)):
                    assert abs((one - two).total_seconds()) < 1, (one, two)
                elif isinstance(one, str):
                    # Only one of the two reads the escapes of control characters.
                    assert one == two or "_x" in one or "_x" in two, (one, two)
                else:
                    assert one == two or (one is None and two == ""), (one, two)
    head = [it.value for it in next(book[first].iter_rows(max_row=1))]
    assert len(set(head)) == len(head), "heads of columns differ"
    at = head.index("id" if "id" in head else "指纹")
    assert [row[at] for row in other.get_sheet_by_name(first).to_python()[1:]] == ids
    if few:
        assert book[first].auto_filter.ref and book[first].freeze_panes == "C2"
    print(f"{home.name}: {len(each)} findings, sheets: {len(book.sheetnames)}")
