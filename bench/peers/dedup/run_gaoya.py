#!/usr/bin/env python3
"""gaoya from Python: its own tokeniser in Rust; a query signs its text again, since its index takes texts only."""

import runner

with runner.imports():
    from gaoya.minhash import MinHashStringIndex


def main():
    job = runner.Job()
    index = MinHashStringIndex(hash_size=32, jaccard_threshold=job.threshold, num_bands=runner.BANDS,
                               band_size=runner.ROWS, analyzer="word", lowercase=True,
                               ngram_range=(runner.SHINGLE_WORDS, runner.SHINGLE_WORDS))
    with job.stage("sign"):  # tokenises and indexes too
        for number, text in enumerate(job.texts):
            index.insert_document(number, text)
    with job.stage("cluster"):
        for number, text in enumerate(job.texts):
            for other in index.query(text):
                job.clusters.join(number, other)
    job.finish(runner.version("gaoya"), f"32 bits, estimate >= {job.threshold}")


main()
