#!/usr/bin/env python3
"""How long does a Related Articles box take over 10 thousand, 100 thousand and a million articles, on one processor?

With the store open (bench_related: stored ids, and new articles in memory, one at a time), and from a cold start of the
program: a process of its own each time, with the store's pages in the cache and with them thrown out of it.
"""

import json
import os
import statistics
import subprocess

import feeds
from process import BUILD, SIMRANK, Run, arguments, cpus, emit, fail, say

N_NEW = 500


def make_store(directory, size):
    """A store of `size` articles, and a feed of N_NEW that come after them in the same stream."""
    store = os.path.join(directory, f"store-{size}")
    feed = feeds.compressed(directory, size)
    new = feeds.make(os.path.join(directory, f"new-{size}.jsonl"),
                     f"{{gen_feed}} --articles {size + N_NEW} | tail -n {N_NEW} >{{out}}")
    made = store + ".made.json"  # what adding took; a store lasts as long as the program that made it
    if not os.path.exists(made) or os.path.getmtime(made) < os.path.getmtime(SIMRANK):
        say(f"adding {size} articles to a store")
        subprocess.run(["rm", "-rf", store], check=True)
        run = Run([SIMRANK, "add", feed, "--store", store, "-q"], watch=True)
        n_bytes = sum(os.path.getsize(os.path.join(store, name)) for name in os.listdir(store))
        with open(made, "w", encoding="utf-8") as out:
            json.dump({"seconds": [run.wall], "cpu_seconds": [run.cpu], "items": size, "item": "article",
                       "peak_bytes": run.peak_bytes, "anonymous_bytes": run.anonymous_bytes, "store_bytes": n_bytes,
                       "threads": len(os.sched_getaffinity(0)), "data": os.path.basename(feed)}, out)
    with open(made, encoding="utf-8") as file:
        emit(f"related/add/{size}", **json.load(file))
    return store, new


def evict(store):
    for name in os.listdir(store):
        descriptor = os.open(os.path.join(store, name), os.O_RDONLY)
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(descriptor)


def cold(store, size, repeats, is_largest):
    for name, is_evicted in (("cached", False), ("evicted", True)):
        say(f"cold starts over {size} articles, pages {name}")
        runs = []
        for number in range(repeats):
            if is_evicted:
                evict(store)
            article = f"n{(number * 7919 + 13) % size:08d}"
            runs.append(Run([SIMRANK, "related", "--id", article, "--store", store, "-j", "1"], cpus(1)))
        median = statistics.median(run.wall for run in runs)
        row = {"figure": f"12 cold {name}", "value": median * 1e3, "unit": "ms"} if is_largest else {}
        emit(f"related/cold start, pages {name}/{size}", seconds=[run.wall for run in runs],
             cpu_seconds=[run.cpu for run in runs], peak_bytes=max(run.peak_bytes for run in runs), x=size,
             data=f"store-{size}", **row)


def main():
    options = arguments()
    directory = os.path.join(options.data, "../sizes")
    sizes = [1_000, 10_000] if options.quick else [10_000, 100_000, 1_000_000]
    for size in sizes:
        store, new = make_store(directory, size)
        say(f"queries over {size} articles")
        for name in os.listdir(store):  # the store is open, not cold: that is asked below
            with open(os.path.join(store, name), "rb") as file:
                while file.read(1 << 24):
                    pass
        os.environ["OMP_NUM_THREADS"] = "1"
        command = [os.path.join(BUILD, "bench/bench_related"), store, new, str(size), str(300 if options.quick else 2000)]
        done = subprocess.run(command, check=False, preexec_fn=lambda: os.sched_setaffinity(0, cpus(1)))
        if done.returncode:
            fail("bench_related failed")
        del os.environ["OMP_NUM_THREADS"]
        cold(store, size, options.repeats or (5 if options.quick else 20), size == sizes[-1])


if __name__ == "__main__":
    main()
