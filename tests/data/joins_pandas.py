"""Holds counts and sums over joined records to pandas.

    joins_pandas.py VIOLATIONS.csv INSPECTIONS.csv COUNTS.json SUMS.json

COUNTS are violations by score of their inspection, SUMS the sums of these scores by business, as `touchstone eval` writes them.
Ends with 0 where every figure is the same, with 3 where there is no pandas.
"""
import json
import sys

try:
    import pandas as pd
except ImportError:
    sys.exit(3)

violations, inspections, counts, sums = sys.argv[1:]
keys = ["business_id", "date"]
joined = pd.read_csv(violations, dtype=str).merge(pd.read_csv(inspections, dtype=str), on=keys, how="left")
joined["score"] = pd.to_numeric(joined["score"])


def read(path, name):
    with open(path, encoding="utf-8") as file:
        return {str(it[name]): it["value"] for it in json.load(file)}


faults = []


def hold(what, found, expected):
    if found != expected:
        odd = [it for it in expected if found.get(it) != expected[it]] + [it for it in found if it not in expected]
        faults.append(f"{what}: {len(odd)} differ, such as {odd[:3]}")


scored = joined.dropna(subset=["score"])
hold("counts", read(counts, "inspection.score"), {str(int(k)): len(v) for k, v in scored.groupby("score")})
by_business = {k: (int(v["score"].sum()) if v["score"].notna().any() else None) for k, v in joined.groupby("business_id")}
hold("sums", read(sums, "business_id"), by_business)
print(f"{len(joined)} violations, {joined['score'].notna().sum()} with an inspection")
print("\n".join(faults))
sys.exit(1 if faults else 0)
