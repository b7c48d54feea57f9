#!/usr/bin/env python3
"""seomoz's simhash-cpp through simhash-pybind: 64 bits over 3-word shingles, pairs of at most 6 differing bits in 8 blocks.
A SimHash has no Jaccard threshold: these are the settings with which it does best at a precision near 1."""

import runner

with runner.imports():
    import simhash

SHINGLE_WORDS, BLOCKS, BITS = 3, 8, 6


def main():
    job = runner.Job()
    signatures = []
    for _, sets in job.shingle_batches(SHINGLE_WORDS):
        with job.stage("sign"):
            signatures += [simhash.compute([simhash.unsigned_hash(shingle.encode()) for shingle in shingles])
                           for shingles in sets]
    by_value = {}
    with job.stage("index"):
        for number, value in enumerate(signatures):
            by_value.setdefault(value, []).append(number)
        pairs = simhash.find_all(list(by_value), BLOCKS, BITS)
    with job.stage("cluster"):
        for numbers in by_value.values():
            job.clusters.join_all(numbers)
        for a, b in pairs:
            job.clusters.join(by_value[a][0], by_value[b][0])
    job.finish(runner.version("simhash-pybind"), f"{SHINGLE_WORDS}-word shingles, d <= {BITS}, {BLOCKS} blocks")


main()
