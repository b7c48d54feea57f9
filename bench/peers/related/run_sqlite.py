#!/usr/bin/env python3
"""SQLite FTS5: bm25 of the article's 100 best words by tf-idf, joined by OR; FTS5 has no more-like-this of its own, so the
words are chosen here, from counts made when the index is made."""

import collections
import math
import sqlite3

import runner

# The most frequent English words; FTS5 has no stop words.
STOP_WORDS = set("""a about after all also an and are as at be because been but by can could for from had has have he her his
how i if in into is it its just more most no not of on one only or other our out over said say she so some such than that the
their them then there these they this to two up was we were what when which who will with would you your""".split())
N_TERMS = 100


def main():
    search = runner.Search()
    base = sqlite3.connect(":memory:")
    try:
        base.execute("CREATE VIRTUAL TABLE article USING fts5(text, content='', tokenize='porter unicode61')")
    except sqlite3.OperationalError as error:
        runner.missing(error)
    frequency = collections.Counter()
    counts = []
    with search.index():
        base.executemany("INSERT INTO article(rowid, text) VALUES (?, ?)", enumerate(search.texts, 1))
        base.execute("INSERT INTO article(article) VALUES ('optimize')")
        for text in search.texts:
            counts.append(collections.Counter(word for word in runner.words(text) if word not in STOP_WORDS))
            frequency.update(counts[-1].keys())

    def ask(number):
        weights = [(-count * math.log(len(counts) / frequency[word]), word) for word, count in counts[number].items()
                   if frequency[word] > 1]
        best = [word for _, word in sorted(weights)[:N_TERMS]]
        if not best:
            return []
        query = " OR ".join(f'"{word}"' for word in best)
        rows = base.execute("SELECT rowid, rank FROM article WHERE article MATCH ? ORDER BY rank LIMIT ?",
                            (query, runner.N_CANDIDATES + 1))
        return [(row - 1, -rank) for row, rank in rows]

    search.ask_all(ask)
    search.finish(sqlite3.sqlite_version, f"FTS5, porter, bm25, OR of {N_TERMS} words")


main()
