#!/usr/bin/env python3
"""text-dedup: embed_func of its minhash command, its hash tables and its union-find, without the Hugging Face dataset
around them, which would only add time. Tables are filled as its main() fills them."""

import collections
import re

import runner

with runner.imports():
    import numpy
    from text_dedup.minhash import SIGNATURE_COLUMN, embed_func
    from text_dedup.utils import INDEX_COLUMN, UnionFind, xxh3_32hash


def main():
    job = runner.Job()
    union = UnionFind()
    random = numpy.random.RandomState(42)
    modulo = numpy.uint32((1 << 32) - 5)
    permutations = (random.randint(1, modulo, size=(runner.N_VALUES,), dtype=numpy.uint32),
                    random.randint(0, modulo, size=(runner.N_VALUES,), dtype=numpy.uint32))
    ranges = [(band * runner.ROWS, (band + 1) * runner.ROWS) for band in range(runner.BANDS)]
    tables = [collections.defaultdict(set) for _ in ranges]
    # Its own splitting leaves an empty word between two separators: one run of them, so that shingles are those of all.
    separators = re.compile(r"\W+")
    for first in range(0, len(job.texts), 512):
        with job.stage("sign"):  # tokenises too
            signed = [embed_func(separators.sub(" ", text).strip(), first + number, num_perm=runner.N_VALUES,
                                 ngram_size=runner.SHINGLE_WORDS, min_length=1, hashranges=ranges,
                                 permutations=permutations, hash_func=xxh3_32hash, dtype=numpy.uint32,
                                 max_hash=numpy.uint32((1 << 32) - 1), modulo_prime=modulo)
                      for number, text in enumerate(job.texts[first:first + 512])]
        with job.stage("index"):
            for signature in signed:
                for table, key in zip(tables, signature[SIGNATURE_COLUMN]):
                    table[key].add(signature[INDEX_COLUMN])
    with job.stage("cluster"):
        for table in tables:
            for cluster in table.values():
                if len(cluster) > 1:
                    least = min(cluster)
                    for number in cluster:
                        union.union(number, least)
    job.finish(runner.version("text-dedup"), "xxh3, 32 bits, bands only", union.find)


main()
