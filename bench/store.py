#!/usr/bin/env python3
"""How does a store grow? Articles by the million, in commits of 10,000: load, open, ask, remove, compact.

Generated articles are piped into `add -`, so that no feed lies on the disk. Each tenth of the load is timed by the answers
that `add` gives (they come after the commit): what an article costs at the end beside what it cost at the beginning.
Opening is timed in this process through the library, with the memory that it takes besides mapped pages.
"""

import argparse
import ctypes
import json
import os
import re
import shutil
import statistics
import subprocess
import time

import feeds
from process import BUILD, SIMRANK, Run, emit, fail, say


def info(store):
    return json.loads(subprocess.run([SIMRANK, "info", "--store", store, "--format", "json"], check=True,
                                     stdout=subprocess.PIPE).stdout)


def feed(n_articles, seed):
    return f"{feeds.GEN_FEED} --articles {n_articles} --copies 0.3 --seed {seed}"


def cpu_seconds(pid):
    """What a process has used so far."""
    with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as stat:
        fields = stat.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def load(name, store, n_articles, kind):
    """Every article answered; what a tenth of them cost is the processor time between its answers."""
    if kind == "dedup_only":
        subprocess.run([SIMRANK, "init", "-q", "--dedup-only", "--store", store], check=True, stdout=subprocess.DEVNULL)
    start = time.perf_counter()
    made = subprocess.Popen(feed(n_articles, 7).split(), stdout=subprocess.PIPE)
    child = subprocess.Popen([SIMRANK, "add", "-q", "--store", store, "--report", "-", "-"], stdin=made.stdout,
                             stdout=subprocess.PIPE)
    made.stdout.close()
    step = max(n_articles // 10, 1)
    n_answers, times = -1, [0.0]  # less the heading
    while block := child.stdout.read1(1 << 16):
        n_answers += block.count(b"\n")
        while n_answers >= len(times) * step:
            times.append(cpu_seconds(child.pid))
            say(f"{name}: {len(times) - 1} tenths in {time.perf_counter() - start:.0f} s")
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode or made.wait() or n_answers != n_articles:
        fail(f"{name}: add ended with {child.returncode} after {n_answers} answers")
    wall = time.perf_counter() - start
    tenths = [b - a for a, b in zip(times, times[1:])]
    cpu = usage.ru_utime + usage.ru_stime
    emit(f"{name}/load", seconds=[wall], cpu_seconds=[cpu], items=n_articles, item="article",
         peak_bytes=usage.ru_maxrss * 1024)
    emit(f"{name}/load, processor time of the last tenth to the first", value=tenths[-1] / (tenths[0] or 1), unit="ratio",
         **{f"tenth {i + 1}": seconds for i, seconds in enumerate(tenths)})


def sizes(name, store):
    said = info(store)
    shown = sum(said["columns"].get(column, 0) for column in ("title", "url", "lead", "text"))
    live = said["articles"]
    emit(f"{name}/bytes an article", value=said["bytes"] / live, unit="B")
    emit(f"{name}/bytes an article besides title, url, lead, text", value=(said["bytes"] - shown) / live, unit="B",
         **{column: n_bytes / live for column, n_bytes in said["columns"].items()})
    emit(f"{name}/bytes written for each that came in", value=said["write_amplification"], unit="ratio",
         segments=said["segments"], commits=said["commit"])


def anonymous_bytes():
    with open("/proc/self/smaps_rollup", encoding="ascii") as lines:
        return 1024 * int(re.search(r"Anonymous:\s+(\d+)", lines.read())[1])


def open_store(name, store):
    library = ctypes.CDLL(os.path.join(BUILD, "libsimrank.so"))
    library.sr_store_open.argtypes = [ctypes.c_char_p, ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p]
    library.sr_store_close.argtypes = [ctypes.c_void_p]
    took, memory = [], []
    for _ in range(9):
        handle = ctypes.c_void_p()
        before = anonymous_bytes()
        start = time.perf_counter()
        status = library.sr_store_open(os.fsencode(store), 0, None, ctypes.byref(handle), None)
        took.append(time.perf_counter() - start)
        if status:
            fail(f"{name}: sr_store_open gives {status}")
        memory.append(anonymous_bytes() - before)
        library.sr_store_close(handle)
    emit(f"{name}/open", seconds=took, anonymous_bytes=max(memory))


def ask(name, store, work, kind):
    """The boxes of a thousand articles, or which of a thousand new articles the store has."""
    if kind == "dedup_only":
        Run(feed(1000, 8), out=f"{work}/fresh.jsonl")
        command = [SIMRANK, "dedup", "-q", f"{work}/fresh.jsonl", "--against", store, "--dry-run"]
    else:
        n_articles = info(store)["articles"]
        with open(f"{work}/asked", "w", encoding="ascii") as file:
            file.writelines(f"n{number * n_articles // 1000 | 1:08d}\n" for number in range(1000))
        command = [SIMRANK, "related", "-q", "--store", store, "--ranking", "--ids", f"{work}/asked"]
    runs = [Run(command, watch=True) for _ in range(3)]
    emit(f"{name}/{'dedup --against' if kind == 'dedup_only' else 'related'} of 1,000", seconds=[r.wall for r in runs],
         cpu_seconds=[r.cpu for r in runs], items=1000, item="article", anonymous_bytes=max(r.anonymous_bytes for r in runs))


def one(name, command, **row):
    run = Run(command, watch=True)
    emit(name, seconds=[run.wall], cpu_seconds=[run.cpu], anonymous_bytes=run.anonymous_bytes,
         peak_bytes=run.peak_bytes, **row)


def live(name, store, work, n_articles):
    """One article in a hundred goes, by id; then all are merged."""
    ids = f"{work}/ids"
    with open(ids, "w", encoding="ascii") as file:
        file.writelines(f"n{number:08d}\n" for number in range(0, n_articles, 100))
    one(f"{name}/remove 1 %", [SIMRANK, "remove", "-q", "--store", store, "--ids", ids], items=(n_articles + 99) // 100,
        item="article")
    before = info(store)
    one(f"{name}/compact", [SIMRANK, "compact", "-q", "--store", store], items=n_articles, item="article")
    after = info(store)
    if after["articles"] != n_articles - (n_articles + 99) // 100 or after["removed"]:
        fail(f"{name}: {after['articles']} articles after remove and compact, {after['removed']} removed")
    emit(f"{name}/bytes after compact", value=after["bytes"] / before["bytes"], unit="ratio")
    one(f"{name}/check", [SIMRANK, "check", "-q", "--store", store], items=n_articles, item="article")


def measure(directory, n_articles, kind, keep):
    name = f"store/{kind}/{n_articles}"
    work = os.path.join(directory, f"{kind}{n_articles}")
    store = f"{work}/store"
    shutil.rmtree(work, ignore_errors=True)
    os.makedirs(work)
    load(name, store, n_articles, kind)
    sizes(name, store)
    open_store(name, store)
    ask(name, store, work, kind)
    live(f"{name}", store, work, n_articles)
    open_store(f"{name}/compacted", store)
    ask(f"{name}/compacted", store, work, kind)
    if not keep:
        shutil.rmtree(work)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--data", required=True)
    parser.add_argument("--repeats", type=int)
    parser.add_argument("--keep", action="store_true", help="leave the stores")
    parser.add_argument("--only", help="dedup_only or related")
    options = parser.parse_args()
    n_signed, n_related = ((20_000, 10_000) if options.quick else (10_000_000, 1_000_000) if options.full
                           else (1_000_000, 100_000))
    directory = os.path.join(options.data, "../stores")
    for kind, n_articles in (("dedup_only", n_signed), ("related", n_related)):
        if options.only in (None, kind):
            measure(directory, n_articles, kind, options.keep)


if __name__ == "__main__":
    main()
