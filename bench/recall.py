#!/usr/bin/env python3
"""How many of the ten best articles of a full scan does the ranking find by its candidates, in stores of 10, 22, 100 thousand and a million?

The question is asked by bench_recall (recall.c); here its stores are made.
"""

import os
import subprocess

from process import BUILD, arguments, fail, say
from related import make_store


def main():
    options = arguments()
    sizes = {10_000: 30} if options.quick else {10_000: 200, 22_000: 200, 100_000: 100, 1_000_000: 100}
    for size, n_queries in sizes.items():
        store, _ = make_store(os.path.join(options.data, "../sizes"), size)
        say(f"{n_queries} full scans of {size} articles")
        done = subprocess.run([os.path.join(BUILD, "bench/bench_recall"), store, str(n_queries)], check=False)
        if done.returncode:
            fail(f"bench_recall ended with {done.returncode}")


if __name__ == "__main__":
    main()
