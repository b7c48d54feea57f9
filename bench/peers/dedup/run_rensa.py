#!/usr/bin/env python3
"""rensa: R-MinHash of every shingle (not its rho path, which samples positions), in batches, and its LSH."""

import runner

with runner.imports():
    import rensa


def main():
    job = runner.Job()
    signatures = []
    for _, sets in job.shingle_batches():
        with job.stage("sign"):
            signatures += rensa.RMinHash.from_token_sets(sets, num_perm=runner.N_VALUES, seed=42)
    lsh = rensa.RMinHashLSH(threshold=job.threshold, num_perm=runner.N_VALUES, num_bands=runner.BANDS)
    with job.stage("index"):
        lsh.insert_many(signatures)
    with job.stage("cluster"):
        for number, others in enumerate(lsh.query_all(signatures)):
            for other in others:
                job.clusters.join(number, other)
    job.finish(runner.version("rensa"), "R-MinHash, exact path, bands only")


main()
