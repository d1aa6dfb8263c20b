"""Our statistics against those of others: python statistics.py FOLDER, with a file of inputs and answers for each kind.

Exits with 3 where a package is missing.
"""
import json
import sys
import warnings
from pathlib import Path

# This file is named like a module that others ask for.
sys.path = [it for it in sys.path if Path(it or ".").resolve() != Path(__file__).resolve().parent]

try:
    import krippendorff
    import numpy as np
    from scipy import stats
    from sklearn.metrics import cohen_kappa_score
    from statsmodels.stats.inter_rater import cohens_kappa, fleiss_kappa
    from statsmodels.stats.proportion import proportion_confint
except ImportError as missing:
    print(missing)
    sys.exit(3)

warnings.simplefilter("ignore")
folder = Path(sys.argv[1])
LIMIT = 1e-9


def held(kind, row, ours, theirs):
    """Both have no value, or the same but for LIMIT."""
    theirs = float(theirs)
    if ours is None:
        assert np.isnan(theirs), (kind, row, theirs)
    else:
        assert abs(ours - theirs) <= LIMIT * max(1.0, abs(theirs)), (kind, row, ours, theirs)


def interval(row):
    for name, ours in zip(["wilson", "beta", "agresti_coull", "normal"], row["ours"]):
        for one, two in zip(ours, proportion_confint(row["hits"], row["n"], 0.05, name)):
            held("interval", row, one, two)


def agreement(row):
    a, b = zip(*row["pairs"])
    labels = sorted(set(a) | set(b))
    if len(labels) < 2:
        assert row["ours"] == [None] * 3
        return
    for weights, ours in zip([None, "linear", "quadratic"], row["ours"]):
        held("kappa", row, ours[0], cohen_kappa_score(a, b, weights=weights))
    table = np.zeros((len(labels), len(labels)))
    for one, two in row["pairs"]:
        table[labels.index(one), labels.index(two)] += 1
    # Of variances: the root of a difference of equals has half of the digits.
    held("error of kappa", row, row["ours"][0][1] ** 2, np.nan_to_num(cohens_kappa(table).std_kappa) ** 2)


def many_raters(row):
    counts = np.array(row["counts"])
    if (counts.sum(axis=0) > 0).sum() < 2:
        assert row["ours"] is None
        return
    held("fleiss", row, row["ours"], fleiss_kappa(counts))


def alpha(row):
    table = np.array([[np.nan if it is None else it for it in record] for record in row["table"]]).T
    try:
        theirs = krippendorff.alpha(reliability_data=table, level_of_measurement=row["level"])
    except ValueError:
        theirs = np.nan
    # Where only one rating is left in pairs, nothing can be said; the package says 1 or divides by zero.
    paired = table[:, (~np.isnan(table)).sum(axis=0) > 1]
    if len(set(paired[~np.isnan(paired)])) < 2:
        theirs = np.nan
    held("alpha", row, row["ours"], theirs)


def order(row):
    held("spearman", row, row["ours"][0], stats.spearmanr(row["a"], row["b"]).statistic)
    held("tau", row, row["ours"][1], stats.kendalltau(row["a"], row["b"]).statistic)


def quantile(row):
    held("quantile", row, row["ours"], np.percentile(row["values"], row["p"], method=row["definition"]))


def points(row):
    held("student", row, row["ours"][0], stats.t.ppf(0.975, row["freedom"]))
    held("normal", row, row["ours"][1], stats.norm.ppf((1 + row["within"]) / 2))


for check in [interval, agreement, many_raters, alpha, order, quantile, points]:
    lines = (folder / check.__name__).read_text().splitlines()
    for line in lines:
        check(json.loads(line))
    print(f"{check.__name__}: {len(lines)}")
