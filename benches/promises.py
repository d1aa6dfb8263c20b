#!/usr/bin/env python3
"""What five promises add to the audit of the speed workload: whole processes, taken in turn, in one run.

    benches/promises.py [--rows N] [--rounds N] [--threads N]

Needs python3, the shared folder (TOUCHSTONE_SHARED, else ../shared) and a release build (TOUCHSTONE_BIN, else
target/release/touchstone). Prints the least, median and largest seconds without and with the promises, and the median of
the rounds' ratios: with the summary only, and with findings written, for breaches are findings and those have a price too.
"""
import argparse
import statistics
import os

from side_by_side import BINARY, FOLDER, arguments, generate, measured, project

CALENDAR = """
[[calendar]]
id = "desk"
hours = { mon-fri = ["08:00-12:00", "13:00-20:00"], sat = ["09:00-14:00"] }
holidays = ["2026-01-01", "2026-05-01", "2026-12-25", "2026-12-26"]
"""

# Of each kind that a service desk has: by tier and priority, by an amount, in business days, for some records only.
PROMISES = """
[[table]]
id = "first-reply"
inputs = ["tier"]
output = "amount"
rows = [["platinum", "1h"], ["gold", "2h"], ["silver", "4h"], ["*", "8h"]]

[[table]]
id = "solution"
inputs = ["tier", "priority"]
output = "amount"
rows = [["platinum", "P1", "8h"], ["platinum", "*", "16h"], ["gold", "*", "24h"], ["*", "P1", "40h"], ["*", "*", "80h"]]

[[promise]]
id = "first-response"
on = "ticket"
title = "First reply in time"
start = "opened_at"
stop = "first_response_at"
target = { table = "first-reply" }
calendar = "desk"

[[promise]]
id = "resolution"
on = "ticket"
title = "Solved in time"
start = "opened_at"
stop = "resolved_at"
target = { table = "solution" }
calendar = "desk"

[[promise]]
id = "chat"
on = "ticket"
title = "Chats are answered at once"
when = 'channel == "chat"'
start = "opened_at"
stop = "first_response_at"
target = "30m"

[[promise]]
id = "work"
on = "ticket"
title = "Solved in time once answered"
start = "first_response_at"
stop = "resolved_at"
target = "60h"
calendar = "desk"

[[promise]]
id = "week"
on = "ticket"
title = "Nothing takes longer than two weeks of work"
start = "opened_at"
stop = "resolved_at"
target = "10bd"
calendar = "desk"
"""


# Open clocks must not depend on the day of the run.
AS_OF = "2026-07-01"

CASES = {"summary": [], "csv-key-rule": ["--columns", "key,rule", "-o", "out.csv"], "csv-full": ["-o", "out.csv"]}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--threads", type=int, default=2)
    given = arguments(parser)
    tickets = generate(given.rows)
    folders = {name: FOLDER / f"promises-{name}" for name in ("without", "with")}
    for name, folder in folders.items():
        project(folder, tickets)
        if name == "with":
            with open(folder / "audit.toml", "a", encoding="utf-8") as file:
                file.write(CALENDAR)
            (folder / "rules/promises.toml").write_text(PROMISES, encoding="utf-8")
    for what, options in CASES.items():
        command = [str(BINARY.resolve()), "audit", ".", "--quiet", "--threads", str(given.threads), "--as-of", AS_OF, *options]
        # Once unmeasured, so that the file is in memory.
        measured(command, folders["without"])
        taken = {name: [] for name in folders}
        for _ in range(given.rounds):
            for name, folder in folders.items():
                taken[name].append(measured(command, folder)[0])
        for name, times in taken.items():
            print(f"{what:<13} {name:<8} {min(times):.2f} {statistics.median(times):.2f} {max(times):.2f} s")
        ratios = [more / less for less, more in zip(taken["without"], taken["with"])]
        print(f"{what:<13} ratio    {100 * (statistics.median(ratios) - 1):+.0f} %   (load {os.getloadavg()[0]:.1f})")


if __name__ == "__main__":
    main()
