"""What every peer's runner shares: arguments, a stage clock in processor seconds, clusters, the answer on stdout.

A runner of duplicates is called `run_PEER.py ARTICLES.jsonl CLUSTERS.tsv THRESHOLD`, reads articles of `id` and `text`,
writes a line `id<TAB>cluster` an article, and answers with one JSON line: version, settings, seconds of each stage. A
runner of related articles is called `run_PEER.py ARTICLES.jsonl QUERIES RUN SETTINGS`, writes 100 lines
`query article rank score` a query, and answers with version, settings, seconds of the index and of each query. A peer that
can't run exits 3 with the reason on stderr: it becomes a row of its own.

The clock counts processor time, not the start of the interpreter nor imports: what the peer would cost in a long job.
"""

import contextlib
import importlib.metadata
import json
import re
import sys
import time

SHINGLE_WORDS = 5
N_VALUES, BANDS, ROWS = 128, 16, 8
N_CANDIDATES = 100
WORD = re.compile(r"\w+")


def missing(reason):
    print(" ".join(str(reason).split())[:300], file=sys.stderr)
    sys.exit(3)


@contextlib.contextmanager
def imports():
    """A package that is not there makes its peer missing, whatever the error."""
    try:
        yield
    except Exception as error:  # pylint: disable=broad-except
        missing(f"{type(error).__name__}: {error}")


def version(package):
    return importlib.metadata.version(package)


def words(text):
    return WORD.findall(text.lower())


def shingles(text, size=SHINGLE_WORDS):
    """The set of runs of `size` words, as strings; a shorter text is one shingle."""
    tokens = words(text)
    if len(tokens) < size:
        return {" ".join(tokens)} if tokens else set()
    return set(map(" ".join, zip(*(tokens[start:] for start in range(size)))))


def batches(items, size=512):
    for start in range(0, len(items), size):
        yield items[start:start + size]


class Clusters:
    """Union-find over the numbers of the articles."""

    def __init__(self, count):
        self.parent = list(range(count))

    def root(self, item):
        parent = self.parent
        while parent[item] != item:
            parent[item] = parent[parent[item]]
            item = parent[item]
        return item

    def join(self, a, b):
        a, b = self.root(a), self.root(b)
        if a != b:
            self.parent[max(a, b)] = min(a, b)

    def join_all(self, members):
        members = iter(members)
        first = next(members, None)
        for member in members:
            self.join(first, member)


class Job:
    """One run over the articles; `ids` and `texts` are read at once, in the stage `read`."""

    def __init__(self):
        self.articles, self.out, self.threshold = sys.argv[1], sys.argv[2], float(sys.argv[3])
        self.seconds = {}
        with self.stage("read"):
            self.ids, self.texts = [], []
            with open(self.articles, encoding="utf-8") as lines:
                for line in lines:
                    record = json.loads(line)
                    self.ids.append(record["id"])
                    self.texts.append(record["text"])
        self.clusters = Clusters(len(self.ids))

    @contextlib.contextmanager
    def stage(self, name):
        start = time.process_time()
        yield
        self.seconds[name] = self.seconds.get(name, 0) + time.process_time() - start

    def shingle_batches(self, size=SHINGLE_WORDS):
        """(number of the first article, sets of shingles) of a batch, tokenised in the stage `tokenise`."""
        first = 0
        for texts in batches(self.texts):
            with self.stage("tokenise"):
                sets = [shingles(text, size) for text in texts]
            yield first, sets
            first += len(texts)

    def finish(self, peer_version, settings, root=None):
        root = root or self.clusters.root
        with open(self.out, "w", encoding="utf-8") as out:
            for number, article in enumerate(self.ids):
                out.write(f"{article}\t{root(number)}\n")
        print(json.dumps({"version": peer_version, "settings": settings, "stages": self.seconds}))


class Search:
    """Articles to index, the queries among them, and the run to write."""

    def __init__(self):
        articles, queries, self.out, self.settings = sys.argv[1:5]
        self.ids, self.texts = [], []
        with open(articles, encoding="utf-8") as lines:
            for line in lines:
                record = json.loads(line)
                self.ids.append(record["id"])
                self.texts.append(record["title"] + "\n" + record["text"])
        self.numbers = {article: number for number, article in enumerate(self.ids)}
        with open(queries, encoding="utf-8") as lines:
            self.queries = [line.strip() for line in lines if line.strip()]
        self.index_seconds = 0
        self.query_seconds = []

    @contextlib.contextmanager
    def index(self):
        start = time.process_time()
        yield
        self.index_seconds += time.process_time() - start

    def ask_all(self, ask):
        """`ask(number of the article)` gives (number, score) pairs, best first, itself allowed among them. All queries are
        asked once to warm up."""
        for query in self.queries:
            ask(self.numbers[query])
        with open(self.out, "w", encoding="utf-8") as out:
            for query in self.queries:
                start = time.thread_time()
                found = ask(self.numbers[query])
                self.query_seconds.append(time.thread_time() - start)
                others = [(n, score) for n, score in found if self.ids[n] != query][:N_CANDIDATES]
                for rank, (number, score) in enumerate(others, 1):
                    out.write(f"{query} {self.ids[number]} {rank} {score:.6f}\n")

    def finish(self, peer_version, settings):
        print(json.dumps({"version": peer_version, "settings": settings, "index_seconds": self.index_seconds,
                          "query_seconds": self.query_seconds}))
