#!/usr/bin/env python3
"""The writer of benchmark results: what goes in as rows comes out in the three forms, and a missed target is told.

usage: bench.py DIRECTORY_OF_BENCH
"""

import csv
import json
import os
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, sys.argv[1])

import figures  # noqa: E402
import report  # noqa: E402

CONTEXT = {"date": "2026-01-01T00:00:00+00:00", "commit": "abc", "compiler": "cc 1", "cpu": "a CPU", "num_cpus": 2,
           "memory_gib": 8}
ROWS = [
    {"name": "whole/floor", "seconds": [1.0, 3.0, 2.0], "bytes": 4_000_000_000, "threads": 1, "data": "feed"},
    {"name": "whole/slow", "seconds": [4.0, 6.0, 5.0], "cpu_seconds": [1, 2, 3], "floor": "whole/floor", "speed_of_floor": .3,
     "figure": "4", "value": .3, "peak_bytes": 1 << 20},
    {"name": "whole/share", "value": .5, "unit": "share", "samples": 7, "spread": .1, "recall": 0},
    {"name": "whole/peer", "missing": "no such package"},
]


def check(holds, what):
    if not holds:
        sys.exit(f"bench.py: {what}")


def main():
    with tempfile.TemporaryDirectory() as directory:
        report.write(directory, "whole", ROWS, CONTEXT)
        with open(os.path.join(directory, "whole.json"), encoding="utf-8") as file:
            entries = json.load(file)["benchmarks"]
        # What Google Benchmark's compare.py looks at.
        for entry in entries:
            for key in ("name", "run_name", "run_type", "real_time", "cpu_time", "time_unit", "repetition_index",
                        "family_index", "per_family_instance_index"):
                check(key in entry, f"{entry['name']} has no {key}")
            check((entry["real_time"] > 0) == (entry["run_type"] == "iteration"), f"{entry['name']}: a time is an iteration")
        check([e["real_time"] for e in entries if e["name"] == "whole/floor"] == [1e9, 3e9, 2e9], "repeats")
        with open(os.path.join(directory, "whole.csv"), newline="", encoding="utf-8") as file:
            lines = {line["name"]: line for line in csv.DictReader(file)}
        floor = lines["whole/floor"]
        check((floor["median"], floor["repeats"], floor["spread"], floor["commit"], floor["cpu"], floor["bytes_per_second"]) ==
              ("2", "3", "1", "abc", "a CPU", "2000000000"), f"CSV: {floor}")
        check(lines["whole/peer"]["missing"] == "no such package", "a missing peer is no row of the CSV")
        _, rows = report.read(directory, "whole")
        check([row["name"] for row in rows] == [row["name"] for row in ROWS], "rows read back")
        table = report.table(ROWS)
        check("2 s" in table and "± 50.0 %" in table and "missing" in table, f"table:\n{table}")
        text = figures.markdown(directory)
        check("| 0.3 | **missed** |" in text and "a CPU, 2 CPUs" in text and "not measured" in text, f"figures:\n{text}")


if __name__ == "__main__":
    main()
