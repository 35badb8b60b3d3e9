"""Kappa and alpha of an archived survey's double codings, apart from our own code: scikit-learn and krippendorff.

Usage: python3 agreement.py ARCHIVE.zip
Prints the array that agreement.golden holds.
"""
import json, sys, zipfile
import krippendorff, numpy as np
from sklearn.metrics import cohen_kappa_score

lines = zipfile.ZipFile(sys.argv[1]).read("data/codings.jsonl").decode().splitlines()
by = {}
for row in map(json.loads, lines):
    by.setdefault(row["listing"], []).append(row)
twice = [sorted(rows, key=lambda r: r["nth"]) for rows in by.values() if len(rows) >= 2]
both = [rows for rows in twice if all(r["included"] == "yes" for r in rows)]

def kinds(of):
    return lambda r: "+".join(sorted({of(k) or "cannot tell" for k in r["specimens"]})) or "cannot tell"

def four(x):
    return "" if x is None or np.isnan(x) else f"{x + 0.0:.4f}"

def alpha(units, level):
    return four(krippendorff.alpha(reliability_data=np.array(units, dtype=float).T, level_of_measurement=level))

words = [
    ("included", lambda r: r["included"], twice),
    ("group", kinds(lambda k: k["group"]), both),
    ("term", kinds(lambda k: k["term"]), both),
    ("scientificName", kinds(lambda k: k["scientificName"].lower()), both),
    ("live", lambda r: r["live"], both),
    ("legality_claim", lambda r: r["legality_claim"], both),
    ("age_claim", lambda r: r["age_claim"], both),
    ("seller_type", lambda r: r["seller_type"], both),
    ("asking", lambda r: r["asking"]["kind"], both),
]
print("[")
for name, of, rows in words:
    pairs = [(of(a), of(b)) for a, b in rows]
    place = {word: n for n, word in enumerate(sorted({w for p in pairs for w in p}))}
    kappa = cohen_kappa_score([p[0] for p in pairs], [p[1] for p in pairs]) if len(place) > 1 else None
    value = alpha([[place[w] for w in p] for p in pairs], "nominal") if len(place) > 1 else ""
    print(f'    ("{name}", "{len(pairs)}", "{four(kappa)}", "{value}"),')
counts = [[sum(k["count"] for k in r["specimens"]) for r in rows] for rows in both]
print(f'    ("count", "{len(counts)}", "", "{alpha(counts, "ordinal")}"),')
asked = [[r["asking"] for r in rows] for rows in both]
prices = [[float(a["amount"]) for a in p] for p in asked if all(a["kind"] == "stated" for a in p) and len({a["currency"] for a in p}) == 1]
print(f'    ("price", "{len(prices)}", "", "{alpha(prices, "interval")}"),')
print("]")
