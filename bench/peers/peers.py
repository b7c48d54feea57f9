#!/usr/bin/env python3
"""How fast and how well do other programs find near-duplicates in the same articles, on one processor?

Each peer runs in turn with simrank, with the same shingles (5 words, lower-cased), 128 values and 16 bands of 8 where it can
be told so; clusters are judged by recorded truth. `seconds` are processor seconds of the job, start of the interpreter and
imports not counted for a peer, all counted for simrank. README.md says what each peer is and where it differs.
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
from process import PLAIN, SIMRANK, arguments, emit, fail, say  # noqa: E402

THRESHOLD = .7
EQUAL_RECALL = 5e-4  # recalls that differ by less are equal
LONGEST = 40  # seconds that the repeats of one peer may take together

# simrank as it is compared: the settings of all, which it verifies pair by pair and so finds a little less than bands alone
# do; with a lower threshold, so that bands decide; and with more bands, for a recall above that of all peers.
OWN = {
    "simrank": ["--cluster", "components", "--threshold", "0.7", "--bands", "16x8"],
    "simrank, J ≥ .5": ["--cluster", "components", "--threshold", "0.5", "--bands", "16x8"],
    "simrank, J ≥ .6, 18×7": ["--cluster", "components", "--threshold", "0.6", "--bands", "18x7"],
}
# Name, command after the interpreter, does it work by MinHash.
PEERS = [
    ("datasketch", ["datasketch", "sha1"], True),
    ("datasketch, xxh32", ["datasketch", "xxh32"], True),
    ("text-dedup", ["text_dedup"], True),
    ("datatrove", ["datatrove"], True),
    ("rensa", ["rensa"], True),
    ("gaoya", None, True),
    ("gaoya, Python", ["gaoya"], True),
    ("simhash-cpp", ["simhash"], False),
    ("semhash", ["semhash"], False),
]


def generate(directory, articles):
    """A generated feed and its truth; the median article has 250 words."""
    feed = os.path.join(directory, f"generated-{articles}.jsonl")
    return feeds.make(feed, f"{{gen_feed}} --articles {articles} --seed 5 --truth '{feed}.truth' -o {{out}}")


def prepare(options, work):
    """Articles of id and text alone, so that all read the same; gives (name, texts by id, truth)."""
    recorded = os.path.join(place.SHARED, "data/duplicates/news_copies")
    if options.quick or not os.path.exists(recorded + ".jsonl.zst"):
        feed = generate(os.path.join(options.data, "peers"), 1_500 if options.quick else 30_000)
        records = [json.loads(line) for line in judge.lines_of(feed)]
        texts = {record["id"]: record["text"] for record in records}
        name, truth = os.path.basename(feed), judge.Truth.generated(feed + ".truth", texts)
    else:
        records = [json.loads(line) for line in judge.lines_of(recorded + ".jsonl.zst")]
        texts = {record["id"]: record["text"] for record in records}
        name = "news_copies.jsonl"
        truth = judge.Truth.recorded(recorded + ".truth.tsv", recorded + ".pairs.tsv.zst")
    with open(f"{work}/articles.jsonl", "w", encoding="utf-8") as out:
        for article, text in texts.items():
            out.write(json.dumps({"id": article, "text": text}, ensure_ascii=False) + "\n")
    with open(f"{work}/texts.txt", "w", encoding="utf-8") as out:
        for text in texts.values():
            out.write(" ".join(text.split()) + "\n")
    return name, texts, truth


class Bench:
    def __init__(self, options, work):
        self.options, self.work = options, work
        self.data, self.texts, self.truth = prepare(options, work)
        self.n_bytes = sum(len(text.encode()) for text in self.texts.values())
        self.own = {name: [] for name in OWN}  # runs of simrank
        self.own_judged = {}
        self.minhash = []  # (name, its seconds, simrank's beside them, judged) of the peers that count for the figure

    def emit(self, name, about="", **row):
        emit("peers/" + name, bytes=self.n_bytes, items=len(self.texts), item="article", threads=1,
             data=self.data + about, **row)

    def run_own(self):
        """Each way of simrank once; gives their seconds by name."""
        for name, options in OWN.items():
            command = [SIMRANK, "dedup", f"{self.work}/articles.jsonl", *PLAIN, *options, "-j", "1", "--report",
                       f"{self.work}/report.csv"]
            self.own[name].append(place.Measured(command).needed())
            if name not in self.own_judged:
                clusters = judge.clusters_of_report(f"{self.work}/report.csv", self.texts)
                self.own_judged[name] = self.judged(clusters, name)
        return {name: runs[-1].cpu for name, runs in self.own.items()}

    def emit_own(self):
        for name, runs in self.own.items():
            self.emit(name, f"; {' '.join(OWN[name])}", seconds=[run.cpu for run in runs], cpu_seconds=[run.cpu for run in runs],
                      peak_bytes=max(run.peak_bytes for run in runs), **self.own_judged[name])

    def judged(self, clusters, name):
        if clusters.keys() != self.texts.keys():
            fail(f"{name} lost articles")
        return self.truth.judge(clusters)

    def command_of(self, name, script):
        if script is None:
            return [place.GAOYA, f"{self.work}/articles.jsonl", f"{self.work}/clusters.tsv", str(THRESHOLD)]
        return [place.PYTHON, os.path.join(HERE, f"dedup/run_{script[0]}.py"), f"{self.work}/articles.jsonl",
                f"{self.work}/clusters.tsv", str(THRESHOLD), *script[1:]]

    def peer(self, name, script, by_minhash):
        command = self.command_of(name, script)
        runs, own = [], []
        while not runs or (len(runs) < (self.options.repeats or 3) and (len(runs) + 1) * runs[0].run.cpu < LONGEST):
            say(f"{name}: run {len(runs) + 1}")
            own.append(self.run_own())
            peer = place.Peer(command, script[0] if script else "gaoya_runner")
            if peer.missing:
                emit("peers/" + name, missing=peer.missing)
                return None
            runs.append(peer)
        judged = self.judged(judge.clusters_of_tsv(f"{self.work}/clusters.tsv"), name)
        os.remove(f"{self.work}/clusters.tsv")  # the next one writes its own, or fails
        answer = runs[0].answer
        seconds = [sum(peer.answer["stages"].values()) for peer in runs]
        stages = {f"{stage}_s": statistics.median(peer.answer["stages"][stage] for peer in runs)
                  for stage in answer["stages"]}
        ratio = statistics.median(mine["simrank"] / its for mine, its in zip(own, seconds))
        self.emit(name, f"; version {answer['version']}; {answer['settings']}", seconds=seconds,
                  cpu_seconds=[peer.run.cpu for peer in runs], floor="peers/simrank", speed_of_floor=ratio,
                  peak_bytes=max(peer.run.peak_bytes for peer in runs), **judged, **stages)
        if by_minhash:
            self.minhash.append((name, seconds, own, judged))
        return stages

    def whole(self):
        """Figure 7: the fastest MinHash peer against the first way of simrank that finds as much as it."""
        if not self.minhash:
            return
        peer, seconds, own, judged = min(self.minhash, key=lambda row: statistics.median(row[1]))
        enough = [name for name in OWN if all(self.own_judged[name][key] >= judged[key] - EQUAL_RECALL
                                              for key in ("recall_70", "recall_80"))]
        for name in OWN:
            ratio = statistics.median(its / mine[name] for mine, its in zip(own, seconds))
            figure = {"figure": "7"} if name in enough[:1] else {}
            emit(f"peers/whole dedup: {name} ÷ the fastest MinHash peer", value=ratio, unit=f"× {peer}",
                 has_its_recall=int(name in enough), **figure)

    def signing(self, name, stages, figure):
        """Figure 3: text in memory → signature, the peer's stages of the run above against ours right after it."""
        if not stages:
            return
        seconds = json.loads(place.Measured([place.RUNNER, "sign", f"{self.work}/texts.txt"]).needed().out)["seconds"]
        ratio = (stages["tokenise_s"] + stages["sign_s"]) / statistics.median(seconds)
        self.emit(f"text → signature: simrank beside {name}", seconds=seconds)
        emit(f"peers/text → signature: simrank ÷ {name}", value=ratio, unit="×", **figure)


def main():
    options = arguments()
    with place.scratch(options.data) as work:
        bench = Bench(options, work)
        say(f"{bench.data}: {len(bench.texts)} articles, {bench.n_bytes / 1e6:.1f} MB of text")
        bench.run_own()
        bench.own = {name: [] for name in OWN}  # that one was to warm up and to be judged
        for name, script, by_minhash in PEERS:
            stages = bench.peer(name, script, by_minhash)
            if name.startswith("datasketch"):
                bench.signing(name, stages, {"figure": "3"} if name == "datasketch" else {})
        bench.emit_own()
        bench.whole()


if __name__ == "__main__":
    main()
