#!/usr/bin/env python3
"""How do time and memory of `simrank dedup` grow with articles, threads, the share of copies and the length of articles?

Compressed generated feeds, the plain method with a report. Peak memory is what the kernel counts (maxrss, mapped files
included); the part that is no mapped file is beside it. Each point once to warm up where it is short, then repeated.
"""

import os
import tempfile

import feeds
from process import PLAIN, SIMRANK, Run, arguments, cpus, emit, say


def measure(name, feed, n_articles, threads, repeats, work, **row):
    runs = []
    for number in range(repeats):
        say(f"{name}: {number + 1} of {repeats}")
        runs.append(Run([SIMRANK, "dedup", feed, *PLAIN, "-j", str(threads), "--report", f"{work}/report.csv"],
                        cpus(threads), watch=True))
    peak = max(run.peak_bytes for run in runs)
    emit("scaling/" + name, seconds=[run.wall for run in runs], cpu_seconds=[run.cpu for run in runs],
         items=n_articles, item="article", threads=threads, data=os.path.basename(feed), peak_bytes=peak,
         anonymous_bytes=max(run.anonymous_bytes for run in runs), **row)
    return peak


def main():
    options = arguments()
    directory = os.path.join(options.data, "../sizes")
    sizes = [1_000, 10_000, 30_000] if options.quick else [10_000, 100_000, 1_000_000]
    sizes += [4_000_000] if options.full else []
    middle = 10_000 if options.quick else 100_000
    n_cpus = min(2, len(os.sched_getaffinity(0)))
    with tempfile.TemporaryDirectory(dir=options.data) as work:
        for size in sizes:
            feed = feeds.compressed(directory, size)
            repeats = options.repeats or (1 if size > 1_000_000 else 3)
            peak = measure(f"articles/{size}", feed, size, n_cpus, repeats, work, x=size)
            if size >= 1_000_000:
                emit(f"scaling/peak memory a million articles/{size}", value=peak / size, unit="MB",
                     **({"figure": "11"} if size == 1_000_000 else {}))
        feed = feeds.compressed(directory, middle)
        for threads in range(1, len(os.sched_getaffinity(0)) + 1):
            measure(f"threads/{threads}", feed, middle, threads, options.repeats or 3, work, x=threads)
        for share in ("0", "0.1", "0.3", "0.6", "0.9"):
            feed = feeds.compressed(directory, middle, options=f"--copies {share}", name=f"copies{share}")
            measure(f"copies/{share}", feed, middle, n_cpus, options.repeats or 3, work, x=float(share))
        for words in (30, 100, 300, 1000):
            n_articles = middle * 100 // max(100, words)
            feed = feeds.compressed(directory, n_articles, options=f"--median-words {words}", name=f"words{words}")
            measure(f"words/{words}", feed, n_articles, n_cpus, options.repeats or 3, work, x=words)


if __name__ == "__main__":
    main()
