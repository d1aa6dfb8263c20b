#!/usr/bin/env python3
"""Rules over groups and windows beside DuckDB on the speed workload: whole processes, taken in turn, in one run.

    benches/groups.py [--rows N] [--rounds N] [--threads N] [--only CASE]

Needs what benches/side_by_side.py needs. Each case is a rule with three aggregates (a window for the last) and the same in SQL, over
the same file; beside it stands a rule that only reads, and a SQL query that only reads the same columns, so that the cost of
groups alone shows. Prints medians, their ratio, and the nanoseconds a record that groups add.
"""
import argparse
import os
import shutil
import statistics
import sys

from side_by_side import BINARY, FOLDER, arguments, generate, measured, project

RULE = """[pack]
id = "desk"
[[rule]]
id = "rule"
title = "Rule"
on = "ticket"
severity = "major"
{keys}
"""

# Name, keys of the rule, SQL; and rule and SQL that read the same columns without groups.
CASES = {
    "team": (
        "per = [\"team\"]\ncheck = 'rate(closing_ok) >= 0.0 && mean(csat) >= 0.0 && sum(transfers) >= 0'",
        "SELECT team, avg(closing_ok::INT), avg(csat), sum(transfers) FROM t GROUP BY team",
        "when = 'team != \"x\"'\ncheck = 'closing_ok || csat >= 0 || transfers >= 0'",
        "SELECT count(*) FROM t WHERE team = 'x' OR NOT (closing_ok OR csat >= 0 OR transfers >= 0)",
    ),
    "customer": (
        "per = [\"customer_id\"]\ncheck = 'rate(closing_ok) >= 0.0 && mean(csat) >= 0.0 && sum(transfers) >= 0'",
        "SELECT customer_id, avg(closing_ok::INT), avg(csat), sum(transfers) FROM t GROUP BY customer_id",
        "when = 'customer_id != \"x\"'\ncheck = 'closing_ok || csat >= 0 || transfers >= 0'",
        "SELECT count(*) FROM t WHERE customer_id = 'x' OR NOT (closing_ok OR csat >= 0 OR transfers >= 0)",
    ),
    "quantiles": (
        "per = [\"agent\"]\ncheck = 'median(claim_amount) >= 0.0 && percentile(claim_amount, 90) >= 0.0 && distinct(customer_id) >= 0'",
        "SELECT agent, quantile_cont(claim_amount, 0.5), quantile_cont(claim_amount, 0.9), count(DISTINCT customer_id) FROM t GROUP BY agent",
        "when = 'agent != \"x\" && customer_id != \"x\"'\ncheck = 'claim_amount >= 0'",
        "SELECT count(*) FROM t WHERE agent = 'x' OR customer_id = 'x' OR NOT claim_amount >= 0",
    ),
    "window": (
        "within = { of = [\"customer_id\"], time = \"opened_at\", last = \"7d\" }\ncheck = 'count() <= 100'",
        "SELECT count(*) FILTER (n > 100) FROM (SELECT count(*) OVER (PARTITION BY customer_id ORDER BY opened_at"
        " RANGE BETWEEN INTERVAL 7 DAYS PRECEDING AND CURRENT ROW) n FROM t)",
        "when = 'customer_id != \"x\"'\ncheck = 'opened_at > time(\"2000-01-01T00:00\")'",
        "SELECT count(*) FROM t WHERE customer_id = 'x' OR NOT opened_at > TIMESTAMP '2000-01-01'",
    ),
}

QUERY = """import duckdb, sys
con = duckdb.connect()
con.execute(f"SET threads TO {sys.argv[3]}")
con.execute(f"CREATE VIEW t AS SELECT * FROM read_csv('{sys.argv[1]}')")
con.execute(f"COPY ({sys.argv[2]}) TO 'duckdb.csv'")
"""


def audited(name, tickets, keys):
    folder = project(FOLDER / f"project-{name}", tickets)
    shutil.rmtree(folder / "rules")
    (folder / "rules").mkdir()
    (folder / "rules/pack.toml").write_text(RULE.format(keys=keys))
    return folder


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--only", choices=list(CASES), help="one case")
    args = arguments(parser)
    tickets = generate(args.rows)
    threads = str(args.threads)
    audit = [str(BINARY.resolve()), "audit", ".", "--quiet", "--threads", threads, "-o", "out.csv"]
    print(f"{args.rows} records, {threads} threads, {args.rounds} rounds, load {os.getloadavg()[0]:.1f}")
    for case, (keys, sql, plain_keys, plain_sql) in CASES.items():
        if args.only not in (None, case):
            continue
        query = lambda text: [sys.executable, "-c", QUERY, str(tickets), text, threads]
        ours, plain = audited("groups", tickets, keys), audited("plain", tickets, plain_keys)
        runs = {
            "touchstone": (audit, ours),
            "touchstone, reading only": (audit, plain),
            "duckdb": (query(sql), ours),
            "duckdb, reading only": (query(plain_sql), ours),
        }
        taken = {name: [] for name in runs}
        for round_number in range(args.rounds + 1):
            for name, (command, folder) in runs.items():
                found = measured(command, folder)
                # Once unmeasured, so that all find the file in memory.
                if round_number > 0:
                    taken[name].append(found)
        print(case)
        medians = {}
        for name, found in taken.items():
            medians[name] = statistics.median(it[0] for it in found)
            print(f"  {name:<25} {medians[name]:8.3f} s   {max(it[1] for it in found):6.0f} MB")
        added = lambda name: (medians[name] - medians[f"{name}, reading only"]) / args.rows * 1e9
        ratio = medians["duckdb"] / medians["touchstone"]
        print(f"  ratio {ratio:.2f}; added a record: touchstone {added('touchstone'):.0f} ns, duckdb {added('duckdb'):.0f} ns")


if __name__ == "__main__":
    main()
