#!/usr/bin/env python3
"""How well and how fast is the article found in a page, beside readability and trafilatura?

The pages and their texts by hand (article-extraction-benchmark, 181 pages) lie beside the repository. Quality is that
benchmark's own: precision and recall of 4-token shingles, each page with the same weight. Speed comes from bench_markup:
the same pages and an RSS feed, floor libxml2's own tree; the peers' is that of their whole run.
"""

import collections
import json
import os
import re
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "peers"))
sys.dont_write_bytecode = True

import place  # noqa: E402
from process import BUILD, arguments, cpus, emit, say  # noqa: E402

ARCHIVE = os.path.join(place.SHARED, "data/feeds/html_articles.tar.zst")
MARKUP = os.path.join(BUILD, "bench/bench_markup")
# Name, program that prints {"id", "text"} a page of the directory that it is given.
READERS = [
    ("simrank", [MARKUP, "--texts"]),
    ("readability", ["node", os.path.join(HERE, "peers/html/run_readability.js"), place.INSTALLED]),
    ("trafilatura", [place.PYTHON, os.path.join(HERE, "peers/html/run_trafilatura.py")]),
]


def shingles(text, size=4):
    tokens = re.findall(r"\w+", text)
    return collections.Counter(tuple(tokens[i:i + size]) for i in range(max(1, len(tokens) - size + 1)) if tokens)


def page_score(expected, got):
    """Shares of shingles found, superfluous and missing."""
    a, b = shingles(expected), shingles(got)
    both, more, less = (a & b).total(), (b - a).total(), (a - b).total()
    total = both + more + less
    return (both / total, more / total, less / total) if total else (0, 0, 0)


def quality(scores):
    found, more, less = (sum(column) for column in zip(*scores))
    precision, recall = found / (found + more or 1), found / (found + less or 1)
    return 2 * precision * recall / (precision + recall or 1), precision, recall


def unpack(data):
    pages = os.path.join(data, "pages")
    gold = os.path.join(data, "gold.jsonl")
    if not os.path.exists(gold):
        os.makedirs(pages, exist_ok=True)
        strip = ["tar", "--zstd", "-xf", ARCHIVE, "--strip-components=3", "-C", pages, "html_articles/aeb/html"]
        subprocess.run(strip, check=True)
        with open(gold, "wb") as out:
            subprocess.run(["tar", "--zstd", "-xOf", ARCHIVE, "html_articles/aeb/gold.jsonl"], check=True, stdout=out)
    with open(gold, encoding="utf-8") as file:
        return pages, [json.loads(line) for line in file]


def ask(name, command, pages, gold):
    say(f"{name} over {len(gold)} pages")
    start = time.perf_counter()
    done = subprocess.run(command + [pages], capture_output=True, text=True, check=False, env=place.ONE_THREAD,
                          preexec_fn=lambda: os.sched_setaffinity(0, cpus(1)))
    seconds = time.perf_counter() - start
    if done.returncode:
        reason = "not installed" if done.returncode == place.NOT_INSTALLED else done.stderr.strip()[-200:]
        emit(f"html/{name}", missing=reason)
        return
    texts = {row["id"]: row["text"] for row in map(json.loads, done.stdout.splitlines())}
    scores = [page_score(page["text"], texts.get(page["id"], "")) for page in gold]
    f1, precision, recall = quality(scores)
    figure = {"figure": "html f1"} if name == "simrank" else {}
    emit(f"html/{name}", value=f1, unit="F1", samples=len(gold), precision=precision, recall=recall,
         f1_tuned_half=quality(scores[0::2])[0], f1_other_half=quality(scores[1::2])[0], **figure)
    n_bytes = sum(os.path.getsize(os.path.join(pages, page)) for page in os.listdir(pages))
    emit(f"html/{name}, whole run", seconds=[seconds], bytes=n_bytes, items=len(gold), item="page")


def main():
    options = arguments()
    if not os.path.exists(ARCHIVE):
        emit("html/pages", missing="the pages do not lie beside the repository")
        return
    data = os.path.join(options.data, "html")
    os.makedirs(data, exist_ok=True)
    pages, gold = unpack(data)
    for name, command in READERS:
        ask(name, command, pages, gold)
    flags = ["--quick"] if options.quick else []
    sys.stdout.flush()
    subprocess.run([MARKUP, "--data", data] + flags, check=True)


if __name__ == "__main__":
    main()
