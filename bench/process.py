"""Child processes, timed: wall and processor seconds and peak memory; cases interleaved; rows as JSON lines."""

import json
import os
import statistics
import subprocess
import sys
import threading
import time

BUILD = os.environ.get("SIMRANK_BUILD", os.path.join(os.path.dirname(os.path.abspath(__file__)), "../build/release"))
SIMRANK = os.path.join(BUILD, "simrank")
# The plain method of the figures: word shingles of the whole text, exact and near copies only.
PLAIN = ["--no-boilerplate", "--plain", "-q"]


def say(text):
    print(f"  … {text}", file=sys.stderr, flush=True)


def fail(text):
    sys.exit(f"bench: {text}")


def emit(name, **row):
    """One row of results; README.md names the keys."""
    print(json.dumps({"name": name, **row}), flush=True)


def cpus(count):
    """The last `count` processors that this process may use: the first ones serve interrupts."""
    return set(sorted(os.sched_getaffinity(0))[-count:])


class Run:
    """What one run of a command took."""

    def __init__(self, command, on_cpus=None, out=None, watch=False):
        command = command if isinstance(command, list) else ["sh", "-c", command]
        self.anonymous_bytes = 0
        with open(out or os.devnull, "wb") as sink:
            start = time.perf_counter()
            child = subprocess.Popen(command, stdout=sink, stderr=subprocess.PIPE,
                                     preexec_fn=(lambda: os.sched_setaffinity(0, on_cpus)) if on_cpus else None)
            if watch:
                threading.Thread(target=self.watch, args=(child.pid,), daemon=True).start()
            errors = child.stderr.read()
            _, status, usage = os.wait4(child.pid, 0)
            self.wall = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            fail(f"{command}: exit {child.returncode}: {errors.decode(errors='replace')[-500:]}")
        self.cpu = usage.ru_utime + usage.ru_stime
        self.peak_bytes = usage.ru_maxrss * 1024

    def watch(self, pid):
        """Peak of the memory that is not a mapped file, looked at every 20 ms."""
        try:
            while True:
                with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as status:
                    for line in status:
                        if line.startswith("RssAnon:"):
                            self.anonymous_bytes = max(self.anonymous_bytes, int(line.split()[1]) * 1024)
                time.sleep(.02)
        except (OSError, ValueError):
            return


class Case:
    """A command to be timed beside others. `figure`: which figure of the issue it gives; `figure_is_time`: as time ÷
    that of the floor instead of speed ÷ its speed."""

    def __init__(self, name, command, *, on_cpus=None, threads=1, n_bytes=0, n_items=0, data="", figure=None,
                 figure_is_time=False):
        self.name, self.command, self.on_cpus, self.threads = name, command, on_cpus, threads
        self.n_bytes, self.n_items, self.data = n_bytes, n_items, data
        self.figure, self.figure_is_time = figure, figure_is_time
        self.runs = []


def compare(cases, repeats, floor=0):
    """Runs the cases in turn, once to warm up and then `repeats` times, and prints their rows."""
    for case in cases:
        Run(case.command, case.on_cpus)
    for number in range(repeats):
        say(f"{cases[-1].name}: {number + 1} of {repeats}")
        for case in cases:
            case.runs.append(Run(case.command, case.on_cpus))
    for case in cases:
        row = {"threads": case.threads, "data": case.data, "seconds": [run.wall for run in case.runs],
               "cpu_seconds": [run.cpu for run in case.runs], "peak_bytes": max(run.peak_bytes for run in case.runs)}
        if case.n_bytes:
            row["bytes"] = case.n_bytes
        if case.n_items:
            row.update(items=case.n_items, item="article")
        if case is not cases[floor]:
            ratio = statistics.median(f.wall / c.wall for f, c in zip(cases[floor].runs, case.runs))
            row.update(floor=cases[floor].name, speed_of_floor=ratio)
            if case.figure:
                row.update(figure=case.figure, value=1 / ratio if case.figure_is_time else ratio)
        emit(case.name, **row)


def arguments():
    """--quick, --full, --data DIR, as every bench takes them."""
    import argparse
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--data", required=True)
    parser.add_argument("--repeats", type=int)
    return parser.parse_args()
