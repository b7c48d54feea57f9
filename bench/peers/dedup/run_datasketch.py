#!/usr/bin/env python3
"""datasketch: MinHash.update_batch with its default hash (SHA-1) or xxh32, MinHashLSH."""

import sys

import runner

with runner.imports():
    import datasketch
    import xxhash

HASHES = {"sha1": None, "xxh32": xxhash.xxh32_intdigest}


def main():
    hash_name = sys.argv[4] if len(sys.argv) > 4 else "sha1"
    job = runner.Job()
    signatures = []
    prototype = datasketch.MinHash(num_perm=runner.N_VALUES, hashfunc=HASHES[hash_name])
    for _, sets in job.shingle_batches():
        with job.stage("sign"):
            for shingles in sets:
                signature = prototype.copy()
                signature.update_batch(shingle.encode() for shingle in shingles)
                signatures.append(signature)
    lsh = datasketch.MinHashLSH(num_perm=runner.N_VALUES, params=(runner.BANDS, runner.ROWS))
    with job.stage("index"):
        for number, signature in enumerate(signatures):
            lsh.insert(number, signature, check_duplication=False)
    with job.stage("cluster"):
        for number, signature in enumerate(signatures):
            for other in lsh.query(signature):
                job.clusters.join(number, other)
    job.finish(runner.version("datasketch"), f"scheme {prototype.scheme}, {hash_name}, bands only")


main()
