#!/usr/bin/env python3
"""Touchstone beside DuckDB on the speed workload: whole processes, taken in turn, in one run.

    benches/side_by_side.py [--rows N] [--rounds N] [--threads N] [--ten] [--only CASE]

Needs python3, the PyPI package duckdb, the shared folder (TOUCHSTONE_SHARED, else ../shared) and a release build
(TOUCHSTONE_BIN, else target/release/touchstone). The workload is generated once and kept in target/bench. Prints for each
case the least, median and largest time of both, the ratio of the medians, and the peak memory of both. --ten measures
memory on ten times the records as well (about 2.3 GB, deleted afterwards).
"""
import argparse
import os
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("TOUCHSTONE_SHARED", ROOT / "../shared")).resolve()
BINARY = Path(os.environ.get("TOUCHSTONE_BIN", ROOT / "target/release/touchstone"))
FOLDER = ROOT / "target/bench"
TIMES = 10

CASES = {
    "csv-key-rule": ["--no-sync", "--columns", "key,rule", "-o", "out.csv"],
    "csv-full": ["--no-sync", "-o", "out.csv"],
    "ndjson-full": ["--no-sync", "-o", "out.ndjson"],
}


def measured(command, folder):
    # Every report is a new file, for both: to replace a large one costs the file system time of its own.
    for old in ("out.csv", "out.ndjson", "duckdb.csv"):
        (folder / old).unlink(missing_ok=True)
    """Wall seconds and peak resident memory in MB of a child."""
    log = folder / "log"
    with open(log, "wb") as out:
        started = time.perf_counter()
        child = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - started
    code = os.waitstatus_to_exitcode(status)
    # Linux tells kilobytes, macOS bytes.
    peak = usage.ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)
    if code not in (0, 1):
        sys.exit(f"{command}: exit code {code}\n{log.read_text(errors='replace')}")
    return seconds, peak


def project(folder, tickets):
    """The audit of the workload over a file of tickets."""
    if folder.exists():
        shutil.rmtree(folder)
    shutil.copytree(SHARED / "bench/project", folder, copy_function=shutil.copyfile)
    for path in [folder, folder / "rules"]:
        path.chmod(0o755)
    target = folder / "tickets.csv"
    target.unlink(missing_ok=True)
    # A link that leads out of the project would be refused.
    os.link(tickets, target)
    return folder


def generate(rows):
    FOLDER.mkdir(parents=True, exist_ok=True)
    tickets = FOLDER / f"tickets-{rows}.csv"
    if not tickets.exists():
        print(f"generating {rows} tickets", file=sys.stderr)
        part = tickets.with_suffix(".part")
        subprocess.run([sys.executable, SHARED / "bench/generate.py", str(rows), part], check=True)
        part.rename(tickets)
    return tickets


def multiply(tickets, times):
    """The same tickets again and again under ids of their own."""
    large = FOLDER / f"tickets-times-{times}.csv"
    with open(tickets, "rb") as source, open(large, "wb") as out:
        header = source.readline()
        out.write(header)
        for number in range(times):
            source.seek(len(header))
            mark = b"%d" % number
            out.writelines(b"T" + mark + line[1:] for line in source)
    return large


def line(name, seconds, peaks):
    low, middle, high = min(seconds), statistics.median(seconds), max(seconds)
    print(f"  {name:<11} {low:8.3f} {middle:8.3f} {high:8.3f} s   {max(peaks):7.0f} MB")


def arguments(parser):
    """Reads the arguments, once all that measuring needs is there."""
    args = parser.parse_args()
    if not (SHARED / "bench/generate.py").exists():
        sys.exit("the workload's generator is not there: set TOUCHSTONE_SHARED")
    if not BINARY.exists():
        sys.exit("no release build: cargo build --release")
    return args


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--ten", action="store_true", help="measure memory on ten times the records as well")
    parser.add_argument("--only", choices=list(CASES), help="one case")
    args = arguments(parser)
    tickets = generate(args.rows)
    small = project(FOLDER / "project", tickets)
    audit = [str(BINARY.resolve()), "audit", ".", "--quiet", "--threads", str(args.threads)]
    duckdb = [sys.executable, str(SHARED / "bench/duckdb_audit.py"), str(tickets), "duckdb.csv", str(args.threads)]
    print(f"{args.rows} records, {args.threads} threads, {args.rounds} rounds, load {os.getloadavg()[0]:.1f}")
    print(f"{'':13} {'least':>8} {'median':>8} {'most':>8}")
    # Once unmeasured, so that both find the file in memory.
    measured(audit + CASES["csv-key-rule"], small)
    measured(duckdb, small)
    for case, options in CASES.items():
        if args.only not in (None, case):
            continue
        ours, theirs = [], []
        for _ in range(args.rounds):
            ours.append(measured(audit + options, small))
            theirs.append(measured(duckdb, small))
        print(case)
        line("touchstone", *zip(*ours))
        line("duckdb", *zip(*theirs))
        ratio = statistics.median(it[0] for it in theirs) / statistics.median(it[0] for it in ours)
        print(f"  ratio of the medians {ratio:.2f}   (load {os.getloadavg()[0]:.1f})")
    if args.ten:
        large = multiply(tickets, TIMES)
        try:
            folder = project(FOLDER / "project-large", large)
            print(f"memory, {args.rows * TIMES} records")
            for case, options in CASES.items():
                seconds, peak = measured(audit + options, folder)
                print(f"  {case:<13} {seconds:8.3f} s   {peak:7.0f} MB")
        finally:
            large.unlink(missing_ok=True)
            shutil.rmtree(FOLDER / "project-large", ignore_errors=True)


if __name__ == "__main__":
    main()
