#!/usr/bin/env python3
"""datatrove: its three minhash steps (signature, buckets, cluster) over files, as its pipeline runs them, with words split
as for all peers: its own splitters need models that are downloaded."""

import os
import struct
import sys
import tempfile

import runner

with runner.imports():
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    from loguru import logger
    from datatrove.data import Document
    from datatrove.pipeline.dedup import MinhashDedupBuckets, MinhashDedupCluster, MinhashDedupSignature
    from datatrove.pipeline.dedup.minhash import MinhashConfig
    from datatrove.utils.hashing import HashConfig
    from datatrove.utils.word_tokenizers import WordTokenizer


class Words(WordTokenizer):
    """Runs of letters and digits; the step has lower-cased and cleaned the text before."""

    def word_tokenize(self, text):
        return runner.WORD.findall(text)

    def sent_tokenize(self, text):
        return [text]

    def span_tokenize(self, text):
        return [(0, len(text))]


def main():
    logger.remove()  # and its progress bars:
    os.environ["TQDM_DISABLE"] = "1"
    job = runner.Job()
    config = MinhashConfig(n_grams=runner.SHINGLE_WORDS, num_buckets=runner.BANDS, hashes_per_bucket=runner.ROWS,
                           hash_config=HashConfig(precision=64, hash_fc="xxhash"))
    with tempfile.TemporaryDirectory() as work:
        signatures, buckets, clusters = (os.path.join(work, name) for name in ("signatures", "buckets", "clusters"))
        with job.stage("sign"):  # tokenises too, and sorts the buckets
            documents = (Document(text=text, id=article) for article, text in zip(job.ids, job.texts))
            MinhashDedupSignature(signatures, config, language=Words()).run(documents, 0, 1)
        with job.stage("index"):
            for bucket in range(runner.BANDS):
                MinhashDedupBuckets(signatures, buckets, config=config).run(None, bucket, runner.BANDS)
        with job.stage("cluster"):
            MinhashDedupCluster(buckets, clusters, config=config, save_cluster_id=True).run(None, 0, 1)
        ids = {}
        found = os.path.join(clusters, "000000.clusters")
        if os.path.exists(found):
            with open(found, "rb") as file:
                ids = dict(struct.iter_unpack("<2I", file.read()))
    job.finish(runner.version("datatrove"), "xxhash, 64 bits, bands only, through files",
               lambda number: f"c{ids[number]}" if number in ids else number)


main()
