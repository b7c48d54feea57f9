"""Judges clusters of duplicates by recorded truth, and rankings by recorded relevance. Standard library only."""

import collections
import csv
import math
import subprocess

import runner


def lines_of(path):
    if path.endswith(".zst"):
        done = subprocess.run(["zstd", "-dcq", path], check=True, capture_output=True)
        return done.stdout.decode("utf-8").splitlines()
    with open(path, encoding="utf-8") as file:
        return file.read().splitlines()


def pairs_of(count):
    return count * (count - 1) // 2


class Truth:
    """Groups of copies, and the exact Jaccard of 5-word shingles of the pairs inside of them."""

    def __init__(self, group, pairs):
        self.group = group  # article: group
        self.pairs = pairs  # [(article, article, jaccard)]

    @classmethod
    def recorded(cls, truth, pairs):
        """Of a set that comes with both files."""
        rows = [line.split("\t") for line in lines_of(truth)[1:]]
        pairs = [line.split("\t") for line in lines_of(pairs)]
        return cls({row[0]: row[1] for row in rows}, [(a, b, float(jaccard)) for a, b, jaccard in pairs])

    @classmethod
    def generated(cls, truth, texts):
        """Of a generated feed: the pairs are compared here. `texts` maps article to text."""
        rows = [line.split("\t") for line in lines_of(truth)[1:]]
        group = {row[0]: row[1] for row in rows if row[0] in texts}
        members = collections.defaultdict(list)
        for article, number in group.items():
            members[number].append(article)
        pairs = []
        for articles in members.values():
            sets = [runner.shingles(texts[article]) for article in articles] if len(articles) > 1 else []
            for i, left in enumerate(sets):
                for j in range(i):
                    common = len(left & sets[j])
                    jaccard = common / ((len(left) + len(sets[j]) - common) or 1)
                    pairs.append((articles[j], articles[i], jaccard))
        return cls(group, pairs)

    def judge(self, clusters):
        """`clusters` maps article to cluster; pair precision, and recall of the pairs of each likeness."""
        members = collections.defaultdict(list)
        for article, cluster in clusters.items():
            members[cluster].append(article)
        n_pairs = n_true = 0
        for articles in members.values():
            n_pairs += pairs_of(len(articles))
            groups = collections.Counter(self.group[article] for article in articles)
            n_true += sum(pairs_of(count) for count in groups.values())
        row = {"precision": n_true / n_pairs if n_pairs else 1.0}
        for name, lowest in (("recall_70", .7), ("recall_80", .8)):
            chosen = [(a, b) for a, b, jaccard in self.pairs if jaccard >= lowest]
            found = sum(clusters[a] == clusters[b] for a, b in chosen)
            row[name] = found / len(chosen) if chosen else 1.0
        return row


def clusters_of_tsv(path):
    return dict(line.split("\t") for line in lines_of(path))


def clusters_of_report(path, articles):
    """Of `simrank dedup --report`: every article with the one that is kept for it."""
    clusters = {article: article for article in articles}
    with open(path, newline="", encoding="utf-8") as report:
        for row in csv.DictReader(report):
            if row["relation"] in ("exact", "near"):
                clusters[row["id"]] = row["kept_id"]
    return {article: follow(clusters, article) for article in clusters}


def follow(kept, article):
    while kept[article] != article:
        article = kept[article]
    return article


def dcg(gains):
    return sum(gain / math.log2(rank + 2) for rank, gain in enumerate(gains))


def ndcg(relevant, run, depth=10):
    """Mean nDCG at `depth` over the queries of `relevant` {query: {article: grade}}: gain 2^grade - 1, ideal over all that
    is judged; order by score, ties by rank; a query that the run lacks counts 0."""
    ranked = collections.defaultdict(list)
    for line in lines_of(run):
        parts = line.split()
        query, article, rank, score = (parts[0], *parts[2:5]) if len(parts) == 6 else parts
        if query != article:
            ranked[query].append((-float(score), int(rank), article))
    total = n_queries = 0
    for query, grades in relevant.items():
        ideal = dcg(sorted((2 ** grade - 1 for grade in grades.values()), reverse=True)[:depth])
        if ideal:
            found = [2 ** grades.get(article, 0) - 1 for _, _, article in sorted(ranked[query])[:depth]]
            total += dcg(found) / ideal
            n_queries += 1
    return total / max(1, n_queries)


def relevance(path):
    grades = collections.defaultdict(dict)
    for line in lines_of(path):
        query, _, article, grade = line.split()
        grades[query][article] = int(grade)
    return grades
