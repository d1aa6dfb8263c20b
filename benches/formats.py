#!/usr/bin/env python3
"""What reports cost beside the audit itself, as ratios in one run: benches/formats.py [--rows N] [--rounds N] [--sync] [--project DIR]

A million records, three rules and some 400,000 findings, or the project of a folder; whole processes, taken in turn. The binary is
TOUCHSTONE_BIN, else target/release/touchstone. Each ratio is of the time that the report adds to the time of the audit alone, medians of
both.
"""
import argparse
import os
import random
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BINARY = Path(os.environ.get("TOUCHSTONE_BIN", ROOT / "target/release/touchstone"))
AUDIT = """[project]
name = "Desk"
packs = ["./rules"]
[[source]]
id = "tickets"
path = "tickets.csv"
kind = "ticket"
key = "id"
"""
RULE = '[[rule]]\nid = "{}"\ntitle = "{}"\non = "ticket"\nseverity = "minor"\ncheck = "{}"\nmessage = "{{id}}: {{note}}"\n'
RULES = [("greeting", "The customer is greeted", "greeted"), ("calm", "Few are angry", "angry <= 5"), ("kind", "Somebody is", "angry >= 0")]
TEXT = ["csv", "ndjson", "json", "sarif", "junit", "gitlab", "github", "markdown"]


def project(folder, rows):
    random.seed(1)
    (folder / "rules").mkdir()
    (folder / "audit.toml").write_text(AUDIT)
    (folder / "rules/pack.toml").write_text('[pack]\nid = "desk"\n' + "".join(RULE.format(*it) for it in RULES))
    with open(folder / "tickets.csv", "w") as file:
        file.write("id,greeted,angry,agent,note\n")
        for row in range(rows):
            file.write(f"T{row},{'true' if random.random() < 0.6 else 'false'},{row % 5},A{row % 40},n {row}\n")


def seconds(folder, out, formats, sync):
    files = {it: out / f"out.{it}" for it in formats}
    outputs = [part for it, file in files.items() for part in ("-o", f"{it}:{file}")]
    command = [BINARY, "audit", "-q", "--no-progress", *([] if sync else ["--no-sync"]), *outputs]
    start = time.perf_counter()
    subprocess.run(command, cwd=folder, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    taken = time.perf_counter() - start
    size = sum(file.stat().st_size for file in files.values())
    for file in files.values():
        file.unlink()
    return taken, size


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--sync", action="store_true")
    parser.add_argument("--project", type=Path)
    asked = parser.parse_args()
    cases = [[], *([it] for it in TEXT), TEXT, ["xlsx"]]
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        if asked.project is None:
            project(out, asked.rows)
        audited = asked.project or out
        rounds = [[seconds(audited, out, it, asked.sync) for it in cases] for _ in range(asked.rounds)]
    alone = statistics.median(it[0][0] for it in rounds)
    print(f"audit alone {alone:.3f} s")
    for index, formats in list(enumerate(cases))[1:]:
        taken = statistics.median(it[index][0] for it in rounds)
        name = formats[0] if len(formats) == 1 else "all text formats"
        print(f"{name:18} {taken:.3f} s  {rounds[0][index][1] / 1e6:7.1f} MB  adds {(taken - alone) / alone:5.1f} times the audit")


main()
