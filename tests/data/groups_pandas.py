"""Holds the groups and windows of a JSON report to pandas.

    groups_pandas.py RECORDS.csv REPORT.json

The rules are those of `tests/pandas.rs`. Ends with 0 where every figure is the same, with 3 where there is no pandas.
"""
import json
import sys
from math import isclose

try:
    import pandas as pd
except ImportError:
    sys.exit(3)

records = pd.read_csv(sys.argv[1], dtype={"id": str, "team": str})
with open(sys.argv[2], encoding="utf-8") as file:
    report = json.load(file)
records["at"] = pd.to_datetime(records["at"])
records["month"] = records["at"].dt.strftime("%Y-%m")
faults = []


def hold(what, found, expected):
    if pd.isna(expected):
        expected = None
    if found is None or expected is None:
        same = found is None and expected is None
    else:
        same = isclose(found, expected, rel_tol=1e-12, abs_tol=1e-12)
    if not same:
        faults.append(f"{what}: {found}, pandas says {expected}")


def figures(part):
    kept = part["kept"].dropna()
    return {
        "rate(kept)": kept.astype(bool).mean() if len(kept) else None,
        "count(kept)": int(kept.astype(bool).sum()),
        "count()": len(part),
        "sum(share)": part["share"].sum() if part["share"].count() else None,
        "mean(share)": part["share"].mean(),
        "min(share)": part["share"].min(),
        "max(share)": part["share"].max(),
        "median(share)": part["share"].median(),
        "percentile(share, 90)": part["share"].quantile(0.9),
        "percentile(score, 12.5)": part["score"].quantile(0.125),
        "distinct(score)": part["score"].nunique(),
    }


groups = {}
for group in report["groups"]:
    groups[(group["team"], group["month(at)"])] = group
levels = [["team", "month"], ["team"], []]
expected = {}
for level in levels:
    there = records.dropna(subset=["team", "month"])
    for key, part in there.groupby(level) if level else [((), there)]:
        expected[tuple(key) + (None,) * (2 - len(key))] = part
if set(groups) != set(expected):
    faults.append(f"groups: {sorted(set(groups) ^ set(expected), key=str)[:5]}")
for key, part in expected.items():
    own = {it["of"]: it["value"] for it in groups.get(key, {}).get("figures", [])}
    for name, value in figures(part).items():
        hold(f"{key} {name}", own.get(name), value)

windows = {it["key"]: it["evidence"]["fields"] for it in report["findings"] if it["rule"].endswith("/window")}
# pandas takes records of one moment one after the other; only their last has all of them.
there = records.dropna(subset=["team", "at"]).sort_values("at", kind="stable")
for team, part in there.groupby("team"):
    rolled = part.set_index("at")["share"].rolling("7D")
    table = pd.DataFrame({
        "count()": part.set_index("at").assign(one=1)["one"].rolling("7D").sum().to_numpy(),
        "sum(share)": rolled.sum().to_numpy(), "mean(share)": rolled.mean().to_numpy(),
        "max(share)": rolled.max().to_numpy(), "median(share)": rolled.median().to_numpy(),
        "at": part["at"].to_numpy(),
    }).groupby("at").last()
    for record in part.itertuples():
        own = windows.get(record.id)
        if own is None:
            faults.append(f"no window of {record.id}")
            continue
        for name, value in table.loc[record.at].items():
            # pandas' running sums lose digits, ours do not.
            if own[name] is None or not isclose(own[name], value, rel_tol=1e-7, abs_tol=1e-7):
                faults.append(f"{record.id} {name}: {own[name]}, pandas says {value}")

print(f"{len(expected)} groups, {len(windows)} windows")
if faults:
    print("\n".join(faults[:20]))
    sys.exit(1)
