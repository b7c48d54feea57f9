#!/usr/bin/env python3
"""semhash with its default encoder, a Model2Vec file: runs where that file is in the local model cache."""

import os

import runner

with runner.imports():
    os.environ["HF_HUB_OFFLINE"] = "1"
    from model2vec import StaticModel
    from semhash import SemHash

MODEL = "minishlab/potion-base-8M"


def load_model():
    try:
        return StaticModel.from_pretrained(MODEL)
    except Exception as error:  # pylint: disable=broad-except
        runner.missing(f"its model {MODEL} is not in the local cache and nothing is downloaded here "
                       f"({type(error).__name__})")


def main():
    model = load_model()
    job = runner.Job()
    records = [{"text": text, "number": number} for number, text in enumerate(job.texts)]
    with job.stage("sign"):  # indexes too
        index = SemHash.from_records(records, columns=["text"], model=model)
    with job.stage("cluster"):
        result = index.self_deduplicate(threshold=0.9)
        for duplicate in result.filtered:
            for other, _ in duplicate.duplicates:
                job.clusters.join(duplicate.record["number"], other["number"])
    job.finish(runner.version("semhash"), f"{MODEL}, cosine >= 0.9")


main()
