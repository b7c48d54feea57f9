"""Rows of one bench → a table, JSON as Google Benchmark writes it (its compare.py reads it), and CSV."""

import csv
import datetime
import json
import os
import platform
import re
import statistics
import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SHOWN = {"value", "spread", "samples", "speed_of_floor", "x"}
KNOWN = {"name", "seconds", "cpu_seconds", "bytes", "items", "item", "threads", "kernel", "data", "floor", "figure"}


def output_of(command):
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def processor():
    """Its model name, and family/model/stepping, which say more where that is short."""
    cpu = dict(line.split(":", 1) for line in output_of(["lscpu"]).splitlines() if ":" in line)
    codes = "/".join(cpu[key].strip() for key in ("CPU family", "Model", "Stepping") if key in cpu)
    return cpu.get("Model name", platform.machine()).strip(), codes


def directory_of_machine():
    """Where its results go: "amd-epyc-25-17-1-2-cpus"."""
    words = " ".join([*processor(), str(len(os.sched_getaffinity(0))), "cpus"]).lower()
    return "-".join(re.findall(r"[a-z0-9]+", words))


def machine(build):
    """What a number means nothing without."""
    model, codes = processor()
    compiler = ""
    with open(os.path.join(build, "CMakeCache.txt"), encoding="utf-8") as cache:
        for line in cache:
            if line.startswith("CMAKE_C_COMPILER:"):
                compiler = output_of([line.split("=", 1)[1].strip(), "--version"]).splitlines()[0]
    changed = output_of(["git", "status", "--porcelain", "--untracked-files=no", "--", "src", "bench", ":!bench/results"])
    with open("/proc/meminfo", encoding="ascii") as memory:
        n_kib = int(memory.readline().split()[1])
    return {"date": datetime.datetime.now().astimezone().isoformat(timespec="seconds"),
            "commit": output_of(["git", "rev-parse", "--short=12", "HEAD"]) + ("+changes" if changed else ""),
            "compiler": compiler, "cpu": f"{model} ({codes})" if codes else model,
            "num_cpus": len(os.sched_getaffinity(0)), "memory_gib": round(n_kib / 2**20, 1),
            "os": f"{platform.system()} {platform.release()}",
            "load_avg": [round(load, 2) for load in os.getloadavg()],
            "program": output_of([os.path.join(build, "simrank"), "--version"])}


def spread_of(values):
    """Median absolute deviation as a share of the median."""
    median = statistics.median(values)
    return statistics.median(abs(v - median) for v in values) / median if median else 0


def number(value, digits=4):
    return f"{value:.{digits}g}" if abs(value) < 10 ** digits else f"{value:.0f}"


def duration(seconds):
    for unit, size in (("s", 1), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            return f"{number(seconds / size)} {unit}"
    return f"{number(seconds * 1e9)} ns"


def rates(row, median):
    found = []
    if row.get("bytes"):
        found.append(f"{number(row['bytes'] / median / 1e9, 3)} GB/s")
    if row.get("items"):
        each = median / row["items"]
        found.append(f"{number(each * 1e9, 3)} ns/{row['item']}" if each < 1e-5 else f"{number(1 / each, 3)} {row['item']}s/s")
    return ", ".join(found)


def cells(row):
    """Name, result, spread, rate, against its floor, and the rest."""
    others = [f"{key[:-6]} {value / 2**20:.0f} MiB" if key.endswith("_bytes") else f"{key} {number(value)}"
              for key, value in row.items() if isinstance(value, (int, float)) and key not in KNOWN | SHOWN]
    if "missing" in row:
        return [row["name"], "missing", "", "", "", row["missing"]]
    if "seconds" not in row:
        result = f"{number(row.get('value', float('nan')))} {row.get('unit', '')}"
        return [row["name"], result, f"± {number(row['spread'], 2)}" if row.get("spread") else "", "", "", ", ".join(others)]
    median = statistics.median(row["seconds"])
    spread = f"± {100 * spread_of(row['seconds']):.1f} %" if len(row["seconds"]) > 1 else ""
    of_floor = f"{number(row['speed_of_floor'], 3)} × floor" if "speed_of_floor" in row else ""
    return [row["name"], duration(median), spread, rates(row, median), of_floor, ", ".join(others)]


def table(rows):
    lines = [["name", "median", "spread", "rate", "speed", ""]] + [cells(row) for row in rows]
    widths = [max(len(line[column]) for line in lines) for column in range(6)]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in lines)


def benchmarks(rows):
    """Google Benchmark's list: each repeat of each row. What is no time has time 0 and its numbers as counters."""
    for family, row in enumerate(rows):
        seconds = row.get("seconds", [0])
        cpu = row.get("cpu_seconds", seconds)
        counters = {key: value for key, value in row.items() if isinstance(value, (int, float)) and key not in KNOWN}
        kind = {"run_type": "iteration"} if row.get("seconds") else {"run_type": "aggregate", "aggregate_name": "value"}
        for repeat, (wall, busy) in enumerate(zip(seconds, cpu)):
            entry = {"name": row["name"], "run_name": row["name"], "family_index": family, "per_family_instance_index": 0,
                     **kind, "repetitions": len(seconds), "repetition_index": repeat,
                     "threads": row.get("threads", 1), "iterations": 1, "real_time": wall * 1e9, "cpu_time": busy * 1e9,
                     "time_unit": "ns", "label": row.get("missing", row.get("data", "")), **counters}
            if wall and "bytes" in row:
                entry["bytes_per_second"] = row["bytes"] / wall
            if wall and "items" in row:
                entry["items_per_second"] = row["items"] / wall
            for key in ("kernel", "floor", "figure", "unit"):
                if key in row:
                    entry[key] = row[key]
            yield entry


def write_csv(path, rows, context):
    columns = ["name", "commit", "compiler", "cpu", "num_cpus", "kernel", "threads", "data", "repeats", "median", "unit",
               "spread", "bytes_per_second", "items_per_second", "floor", "speed_of_floor", "peak_bytes", "missing"]
    with open(path, "w", newline="", encoding="utf-8") as out:
        writer = csv.DictWriter(out, columns, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        for row in rows:
            line = {**context, **row, "repeats": row.get("samples", 1), "median": row.get("value"), "spread": row.get("spread")}
            if "seconds" in row:
                median = statistics.median(row["seconds"])
                line.update(repeats=len(row["seconds"]), median=f"{median:.9g}", unit="s",
                            spread=f"{spread_of(row['seconds']) * median:.3g}")
                if "bytes" in row:
                    line["bytes_per_second"] = f"{row['bytes'] / median:.0f}"
                if "items" in row:
                    line["items_per_second"] = f"{row['items'] / median:.0f}"
            writer.writerow(line)


def write(directory, question, rows, context):
    """QUESTION.json and QUESTION.csv; the rows themselves as QUESTION.rows.jsonl for plots and figures."""
    os.makedirs(directory, exist_ok=True)
    path = os.path.join(directory, question)
    with open(path + ".json", "w", encoding="utf-8") as out:
        context = {**context, "host_name": "", "executable": f"bench/run {question}", "cpu_scaling_enabled": False,
                   "library_build_type": "release", "caches": []}
        json.dump({"context": context, "benchmarks": list(benchmarks(rows))}, out, indent=1)
        out.write("\n")
    write_csv(path + ".csv", rows, context)


def read(directory, question):
    """The context and the rows, put together again from QUESTION.json; ({}, []) where there is none."""
    try:
        with open(os.path.join(directory, question + ".json"), encoding="utf-8") as file:
            results = json.load(file)
    except FileNotFoundError:
        return {}, []
    rows = {}
    for entry in results["benchmarks"]:
        row = rows.setdefault(entry["name"], {**entry, "seconds": []})
        if entry["real_time"]:
            row["seconds"].append(entry["real_time"] / 1e9)
    return results["context"], list(rows.values())
