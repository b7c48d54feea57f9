#!/usr/bin/env python3
"""Judges `simrank dedup` on feeds of recorded truth, and holds it to the figures of a committed file.

usage: dedup_quality.py SIMRANK GEN_FEED FIGURES.csv [--update]

A line of FIGURES is a feed, a figure, what was measured, and what is the least or the most allowed. Copies are judged
by the kind of change that made them: the share that lands in one cluster with its original. Pairs of a cluster that are
no copies of one original are false; those of one form with other facts are counted for themselves. The test tests
itself: with a threshold that is far too high, and with one that is far too low for the plain method, figures must be
missed.
"""
import collections
import csv
import itertools
import os
import subprocess
import sys
import tempfile

FEEDS = {
    "latin": ["--languages", "latin", "--median-words", "180"],
    "cyrillic": ["--languages", "cyrillic", "--median-words", "180"],
    "cjk": ["--languages", "cjk", "--median-words", "120"],
    "short": ["--languages", "latin", "--median-words", "45"],
}
COMMON = ["--articles", "4000", "--copies", "0.4", "--templates", "0.1", "--edits", "split", "--seed", "23"]


def cluster_ids(simrank, feed, options):
    """The clusters that dedup reports, as lists of ids."""
    with tempfile.TemporaryDirectory() as scratch:
        report = os.path.join(scratch, "report.csv")
        subprocess.run([simrank, "dedup", feed, "--report", report, "-q", *options], check=True,
                       stdout=subprocess.DEVNULL)
        cluster_of = {}
        with open(report, newline="", encoding="utf-8") as rows:
            for row in csv.DictReader(rows):
                one = cluster_of.setdefault(row["id"], {row["id"]})
                other = cluster_of.setdefault(row["kept_id"], {row["kept_id"]})
                if one is not other:
                    one |= other
                    cluster_of.update((i, one) for i in other)
    return list({id(ids): ids for ids in cluster_of.values()}.values())


def bucket(row):
    """The kind of a copy; edits and cuts by how much they change."""
    share = float(row["param"])
    if row["kind"] == "trunc":
        return "trunc below .7" if share < 0.7 else "trunc from .7"
    if row["kind"] in ("edit-words", "edit"):
        return row["kind"] + (" to .03" if share <= 0.03 else " to .06" if share <= 0.06 else " to .1")
    return row["kind"]


def judge(simrank, feed, truth_file, options):
    with open(truth_file, newline="", encoding="utf-8") as file:
        truth = {row["id"]: row for row in csv.DictReader(file, delimiter="\t")}
    place, n_pairs, n_true, n_forms = {}, 0, 0, 0
    for number, ids in enumerate(cluster_ids(simrank, feed, options)):
        place.update((i, number) for i in ids)
        for a, b in itertools.combinations(sorted(ids), 2):
            x, y = truth[a], truth[b]
            n_pairs += 1
            n_true += x["group"] == y["group"]
            n_forms += x["group"] != y["group"] and x["story"] == y["story"] and x["story"].startswith("form")
    hits = collections.defaultdict(list)
    for row in truth.values():
        original = f"n{int(row['group']):08d}"
        if row["id"] != original:
            hits[bucket(row)].append(place.get(row["id"], -1) == place.get(original, -2))
    figures = {"pair precision": n_true / n_pairs if n_pairs else 0.0, "pairs of one form": float(n_forms)}
    figures |= {"found: " + kind: sum(found) / len(found) for kind, found in sorted(hits.items())}
    return figures


def is_missed(row, value):
    return bool((row["least"] and value < float(row["least"])) or (row["most"] and value > float(row["most"])))


def main():
    simrank, gen_feed, figures_file = sys.argv[1:4]
    with open(figures_file, newline="", encoding="utf-8") as file:
        wanted = list(csv.DictReader(file))
    measured, missed = {}, []
    with tempfile.TemporaryDirectory() as scratch:
        made = {}
        for name, options in FEEDS.items():
            made[name] = (os.path.join(scratch, name + ".jsonl"), os.path.join(scratch, name + ".truth"))
            subprocess.run([gen_feed, *COMMON, *options, "--truth", made[name][1], "-o", made[name][0]], check=True)
            for figure, value in judge(simrank, *made[name], []).items():
                measured[name, figure] = value
        strict = judge(simrank, *made["latin"], ["--threshold", "0.98"])
        loose = judge(simrank, *made["latin"], ["--plain", "--threshold", "0.1", "--bands", "42x3"])
    if "--update" in sys.argv:
        old = {(row["feed"], row["figure"]): row for row in wanted}
        with open(figures_file, "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(["feed", "figure", "measured", "least", "most"])
            for (name, figure), value in measured.items():
                row = old.get((name, figure), {"least": "", "most": ""})
                writer.writerow([name, figure, f"{value:.4f}", row["least"], row["most"]])
        return 0
    for row in wanted:
        value = measured.pop((row["feed"], row["figure"]), None)
        if value is None or is_missed(row, value):
            missed.append(f"{row['feed']}, {row['figure']}: {value}, allowed {row['least']} … {row['most']}")
        elif abs(value - float(row["measured"])) > 1e-4:
            print(f"{row['feed']}, {row['figure']}: {value:.4f}, was {row['measured']}")
    missed += [f"{name}, {figure}: has no line" for name, figure in measured]
    for what, figures in (("strict", strict), ("loose", loose)):
        if not any(is_missed(row, figures[row["figure"]]) for row in wanted if row["feed"] == "latin"):
            missed.append(f"a {what} run misses no figure: the test tests nothing")
    print("\n".join(missed) if missed else f"{len(wanted)} figures hold")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
