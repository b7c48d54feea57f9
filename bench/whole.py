#!/usr/bin/env python3
"""How long does the whole of `simrank dedup` take beside what reading, decompressing and writing the same bytes takes?

From .jsonl, .jsonl.zst and .csv in the page cache, with one and with two processors, beside floors that run in turn with
it. One processor means that the process may use no other. Checked first: the report is the same for every number of threads,
the clean copy the same for every form of the feed, and nearly all planted copies are found.
"""

import csv
import filecmp
import os
import subprocess
import tempfile

from process import BUILD, PLAIN, SIMRANK, Case, Run, arguments, compare, cpus, emit, fail, say

FLOORS = os.path.join(BUILD, "bench/bench_floors")


def check(data, work):
    say("checking the results")
    feed = os.path.join(data, "latin.jsonl")
    for form, threads in (("jsonl", 1), ("jsonl", 2), ("jsonl.zst", 2)):
        name = f"{work}/{form}.{threads}"
        os.makedirs(name)
        Run([SIMRANK, "dedup", f"{data}/latin.{form}", *PLAIN, "-j", str(threads), "-o", f"{name}/clean.jsonl",
             "--report", f"{name}/report.csv"])
        if not filecmp.cmp(f"{name}/clean.jsonl", f"{work}/jsonl.1/clean.jsonl", shallow=False):
            fail(f"the clean copy of {form} with {threads} threads differs")
    if not filecmp.cmp(f"{work}/jsonl.1/report.csv", f"{work}/jsonl.2/report.csv", shallow=False):
        fail("the report depends on the number of threads")
    with open(f"{work}/jsonl.1/report.csv", newline="", encoding="utf-8") as report:
        relation = {row["id"]: row["relation"] for row in csv.DictReader(report)}
    with open(os.path.join(data, "latin.truth"), encoding="utf-8") as truth:
        rows = list(csv.DictReader(truth, delimiter="\t"))
    exact = [relation[row["id"]] for row in rows if row["kind"] == "exact" and row["id"] in relation]
    templates = [relation[row["id"]] for row in rows if row["kind"] == "template" and row["id"] in relation]
    found = sum(r == "exact" for r in exact) / max(1, len(exact))
    merged = sum(r in ("exact", "near") for r in templates) / max(1, len(templates))
    emit("whole/exact copies found", value=found, unit="share", samples=len(exact))
    emit("whole/templates merged", value=merged, unit="share", samples=len(templates))
    if found < .99:
        fail(f"only {found:.3f} of the exact copies are found")
    return os.path.getsize(feed), len(rows)


def main():
    options = arguments()
    repeats = options.repeats or (3 if options.quick else 9)
    data, one, two = options.data, cpus(1), cpus(2)
    with tempfile.TemporaryDirectory(dir=data) as work:
        n_bytes, n_articles = check(data, work)

        def dedup(name, form, on_cpus, extra, **figure):
            command = [SIMRANK, "dedup", f"{data}/latin.{form}", *(figure.pop("method", PLAIN)), "-j",
                       str(len(on_cpus)), *extra]
            return Case("whole/" + name, command, on_cpus=on_cpus, threads=len(on_cpus), n_bytes=n_bytes,
                        n_items=n_articles, data=f"latin.{form}", **figure)

        def floor(name, command, on_cpus, form):
            return Case("whole/" + name, command, on_cpus=on_cpus, threads=len(on_cpus), n_bytes=n_bytes,
                        n_items=n_articles, data=f"latin.{form}")

        report, clean = ["--report", f"{work}/report.csv"], ["-o", f"{work}/clean.jsonl"]
        zst = f"'{data}/latin.jsonl.zst'"
        compare([floor("floor: simdjson parse + write, 1 cpu",
                       [FLOORS, "--parse-write", f"{data}/latin.jsonl", f"{work}/copy"], one, "jsonl"),
                 dedup(".jsonl → clean .jsonl, 1 cpu", "jsonl", one, clean, figure="4")], repeats)
        compare([floor("floor: zstd -dc | wc -l, 1 cpu", f"zstd -dcq {zst} | wc -l", one, "jsonl.zst"),
                 dedup(".jsonl.zst → report, 1 cpu", "jsonl.zst", one, report)], repeats)
        if len(two) == 2:
            compare([floor("floor: zstd -dc | wc -l, 2 cpus", f"zstd -dcq {zst} | wc -l", two, "jsonl.zst"),
                     dedup(".jsonl.zst → report, 2 cpus", "jsonl.zst", two, report, figure="5", figure_is_time=True)],
                    repeats)
            compare([floor("floor: zstd -dc | zstd -1 -T2, 2 cpus",
                           f"zstd -dcq {zst} | zstd -q -1 -T2 -f -o '{work}/copy.zst'", two, "jsonl.zst"),
                     dedup(".jsonl.zst → clean .jsonl.zst, 2 cpus", "jsonl.zst", two,
                           ["-o", f"{work}/clean.jsonl.zst"], figure="6", figure_is_time=True)], repeats)
        for form, name, method in (("jsonl", ".jsonl → summary", PLAIN), ("csv", ".csv → summary", PLAIN),
                                   ("jsonl", ".jsonl → summary, default method", ["-q"])):
            cases = [dedup(f"{name}, 1 cpu", form, one, [], method=method)]
            if len(two) == 2:
                figure = {"figure": "8"} if (form, method) == ("jsonl", PLAIN) else {}
                cases.append(dedup(f"{name}, 2 cpus", form, two, [], method=method, **figure))
            compare(cases, repeats)


if __name__ == "__main__":
    main()
