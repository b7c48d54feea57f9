#!/usr/bin/env python3
"""How fast and how well do other programs rank related articles over the same articles, on one processor?

The query is a stored article, 100 candidates are asked, the index is made beforehand, every query is asked once before it is
timed. nDCG@10 by recorded relevance: the evaluation sets where they lie beside the repository, else generated stories.
README.md says what each peer is and how it is set.
"""

import json
import os
import statistics
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
sys.dont_write_bytecode = True

import feeds  # noqa: E402
import judge  # noqa: E402
import place  # noqa: E402
from process import SIMRANK, arguments, emit, say  # noqa: E402

SETS = ("bbc", "reuters", "ag", "ng20")
JAVA = ["java", "-XX:+UseSerialGC", "-Xmx2g", "-cp", f"{place.LUCENE}/runner.jar:{place.LUCENE}/lib/*", "MoreLikeThisRunner"]
# Name, command before the common arguments, settings.
PEERS = [
    ("Lucene MoreLikeThis, default", JAVA, "default"),
    ("Lucene MoreLikeThis, tuned", JAVA, "tuned"),
    ("Tantivy", [place.PYTHON, f"{HERE}/related/run_tantivy.py"], "tuned"),
    ("Xapian", [place.SYSTEM_PYTHON, f"{HERE}/related/run_xapian.py"], "default"),
    ("SQLite FTS5", [place.PYTHON, f"{HERE}/related/run_sqlite.py"], "tuned"),
    ("scikit-learn", [place.PYTHON, f"{HERE}/related/run_sklearn.py"], "tuned"),
    ("BM25", [place.PYTHON, f"{HERE}/related/run_bm25.py"], "tuned"),
]


def write(work, articles, queries):
    with open(f"{work}/articles.jsonl", "w", encoding="utf-8") as out:
        for article in articles:
            out.write(json.dumps(article, ensure_ascii=False) + "\n")
    with open(f"{work}/queries", "w", encoding="utf-8") as out:
        out.writelines(query + "\n" for query in queries)


def recorded(name, work):
    """A set with judgements; its articles without their dates: time plays no part here."""
    directory = os.path.join(place.SHARED, "eval")
    records = map(json.loads, judge.lines_of(f"{directory}/{name}.jsonl.zst"))
    write(work, [{"id": r["id"], "title": r.get("title") or "", "text": r.get("body") or ""} for r in records],
          judge.lines_of(f"{directory}/queries/{name}.sample"))
    return judge.relevance(f"{directory}/qrels/{name}.qrels.zst")


def generated(articles, options, work):
    """Generated stories without copies: relevant is what belongs to the same story."""
    feed = os.path.join(options.data, "peers", f"stories-{articles}.jsonl")
    feeds.make(feed, f"{{gen_feed}} --articles {articles} --copies 0 --templates 0 --seed 6 --truth '{feed}.truth' "
                     "-o {out}")
    rows = [line.split("\t") for line in judge.lines_of(feed + ".truth")[1:]]
    story = {row[0]: row[4] for row in rows if row[4] != "-"}
    members = {}
    for article, number in story.items():
        members.setdefault(number, []).append(article)
    several = [article for article, number in story.items() if len(members[number]) > 2]
    queries = several[::max(1, len(several) // (100 if options.quick else 300))]
    records = map(json.loads, judge.lines_of(feed))
    write(work, [{"id": r["id"], "title": r["title"], "text": r["text"]} for r in records], queries)
    return {query: {other: 1 for other in members[story[query]] if other != query} for query in queries}


class Bench:
    def __init__(self, name, grades, work):
        self.name, self.grades, self.work = name, grades, work
        self.n_articles = len(judge.lines_of(f"{work}/articles.jsonl"))
        self.against_lucene = []  # (speed of simrank ÷ its, nDCG of simrank − its, name)

    def emit(self, name, answer, about="", **row):
        """Gives (mean seconds a query, nDCG@10)."""
        seconds = answer["query_seconds"]
        quality = judge.ndcg(self.grades, f"{self.work}/run")
        os.remove(f"{self.work}/run")  # the next one writes its own, or fails
        median = statistics.median(seconds)
        emit(f"related_peers/{self.name}/{name}", seconds=[median], items=1, item="answer", p50_ms=median * 1e3,
             mean_ms=statistics.mean(seconds) * 1e3, p99_ms=sorted(seconds)[int(.99 * (len(seconds) - 1))] * 1e3,
             queries=len(seconds), ndcg10=quality, index_s=answer["index_seconds"], articles=self.n_articles, threads=1,
             data=self.name + about, **row)
        return statistics.mean(seconds), quality

    def simrank(self):
        say(f"{self.name}: simrank")
        added = place.Measured([SIMRANK, "add", f"{self.work}/articles.jsonl", "--store", f"{self.work}/store", "-j", "1",
                                "-q"]).needed()
        done = place.Measured([place.RUNNER, "related", f"{self.work}/store", f"{self.work}/queries",
                               f"{self.work}/run"]).needed()
        answer = {**json.loads(done.out), "index_seconds": added.cpu}
        return self.emit("simrank", answer, peak_bytes=done.peak_bytes)

    def peer(self, name, command, settings, own):
        say(f"{self.name}: {name}")
        note = "lucene" if command is JAVA else os.path.basename(command[1])[len("run_"):-len(".py")]
        files = [f"{self.work}/articles.jsonl", f"{self.work}/queries", f"{self.work}/run"]
        peer = place.Peer([*command, *files, settings], note)
        if peer.missing:
            emit(f"related_peers/{self.name}/{name}", missing=peer.missing)
            return
        answer = peer.answer
        seconds, quality = self.emit(name, answer, f"; version {answer['version']}; {answer['settings']}",
                                     peak_bytes=peer.run.peak_bytes)
        if command is JAVA:
            self.against_lucene.append((seconds / own[0], own[1] - quality, f"{self.name}, {name}"))


def main():
    options = arguments()
    sets = [name for name in SETS if os.path.exists(os.path.join(place.SHARED, f"eval/{name}.jsonl.zst"))]
    against = []
    for name in ["stories"] if options.quick or not sets else sets:
        with place.scratch(options.data) as work:
            size = 2_000 if options.quick else 20_000
            grades = generated(size, options, work) if name == "stories" else recorded(name, work)
            bench = Bench(name, grades, work)
            own = bench.simrank()
            for peer in PEERS:
                bench.peer(*peer, own)
            against += bench.against_lucene
    if against:
        slowest, worst = min(against), min(against, key=lambda row: row[1])
        emit("related_peers/simrank ÷ Lucene, queries a second, lowest of all sets", value=slowest[0],
             unit=f"× {slowest[2]}", figure="13")
        emit("related_peers/nDCG@10 of simrank − Lucene's, lowest of all sets", value=worst[1], unit=f"({worst[2]})",
             figure="13 ndcg")


if __name__ == "__main__":
    main()
