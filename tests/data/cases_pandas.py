"""Holds figures of cases to pandas.

    cases_pandas.py LOG.csv CASE STEP TIME ACTOR FORMAT FIGURES.json

FIGURES holds, by expression, the value of each case. Ends with 0 where every figure is the same, with 3 where there is no
pandas.
"""
import json
import re
import sys
from math import isclose

try:
    import pandas as pd
except ImportError:
    sys.exit(3)

path, case, step, time, actor, form, figures = sys.argv[1:]
log = pd.read_csv(path, dtype=str, keep_default_na=False, na_values=["?", ""])
log["at"] = pd.to_datetime(log[time], format=form, utc=True)
log["row"] = range(len(log))
log = log.sort_values([case, "at", "row"], kind="stable")
with open(figures, encoding="utf-8") as file:
    figures = json.load(file)


def first(events, name):
    found = events[events[step] == name]
    return None if found.empty else found.iloc[0]


def last(events, name):
    found = events[events[step] == name]
    return None if found.empty else found.iloc[-1]


def between(events, a, b):
    start = first(events, a)
    if start is None:
        return None
    behind = events[events["order"] >= start["order"]]
    end = first(behind, b)
    return None if end is None else (end["at"] - start["at"]).total_seconds()


def in_order(events, names):
    places = [first(events, name) for name in names]
    if any(place is None for place in places):
        return False
    return all(one["order"] <= other["order"] for one, other in zip(places, places[1:]))


def expected(text, events):
    names = re.findall(r'"([^"]*)"', text)
    if text.startswith("count("):
        return int((events[step] == names[0]).sum())
    if text.startswith("between("):
        return between(events, *names)
    if text.startswith("in_order("):
        return in_order(events, names)
    if text.startswith("hand_offs"):
        actors = events[actor].dropna()
        return int((actors != actors.shift()).sum()) - 1 if len(actors) else 0
    if text.startswith("idle_max"):
        gaps = events["at"].diff().dropna()
        return gaps.max().total_seconds() if len(gaps) else None
    if text.startswith("last(") and text.endswith(".actor"):
        found = last(events, names[0])
        return None if found is None or pd.isna(found[actor]) else found[actor]
    if text.startswith("never_after("):
        a, b = last(events, names[0]), first(events, names[1])
        return a is None or b is None or a["order"] <= b["order"]
    raise ValueError(text)


faults = []
cases = 0
for name, events in log.groupby(case, sort=True):
    cases += 1
    events = events.assign(order=range(len(events)))
    for text, values in figures.items():
        found, wanted = values.get(name), expected(text, events)
        same = isclose(found, wanted, abs_tol=1e-6) if isinstance(wanted, float) and found is not None else found == wanted
        if not same:
            faults.append(f"{name} {text}: {found}, pandas says {wanted}")
for text, values in figures.items():
    if len(values) != cases:
        faults.append(f"{text}: {len(values)} cases, pandas has {cases}")
print(f"{cases} cases, {len(log)} events, {len(figures)} figures of each")
print("\n".join(faults[:20]))
sys.exit(1 if faults else 0)
