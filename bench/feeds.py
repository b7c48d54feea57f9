"""Makes the generated feeds that benches work on; a feed is kept as long as gen_feed stays the same."""

import csv
import json
import os
import subprocess

from process import BUILD, say

GEN_FEED = os.path.join(BUILD, "gen_feed")


def is_made(path):
    return os.path.exists(path) and os.path.getmtime(path) >= os.path.getmtime(GEN_FEED)


def make(path, command):
    """Runs a shell command that writes to {out}; the file appears whole or not at all."""
    if not is_made(path):
        say(f"making {os.path.basename(path)}")
        os.makedirs(os.path.dirname(path), exist_ok=True)
        subprocess.run(["bash", "-c", "set -o pipefail; " + command.format(gen_feed=GEN_FEED, out=path + ".part")],
                       check=True)
        os.rename(path + ".part", path)
    return path


def compressed(directory, articles, *, options="", name="feed"):
    """A .jsonl.zst of so many articles, and its truth beside it."""
    path = os.path.join(directory, f"{name}-{articles}.jsonl.zst")
    return make(path, f"{{gen_feed}} --articles {articles} {options} --truth '{path}.truth' | zstd -q -3 -T0 -f -o {{out}}")


def to_csv(jsonl, path):
    with open(jsonl, encoding="utf-8") as feed, open(path + ".part", "w", newline="", encoding="utf-8") as out:
        writer = None
        for line in feed:
            article = json.loads(line)
            writer = writer or csv.DictWriter(out, list(article), lineterminator="\n")
            if not writer.fieldnames == list(article):
                raise SystemExit("bench: the generated articles have not all the same fields")
            if not out.tell():
                writer.writeheader()
            writer.writerow(article)
    os.rename(path + ".part", path)


def basic(directory, articles):
    """The same articles as .jsonl, .jsonl.zst (one frame) and .csv, and fewer in Cyrillic."""
    feed = make(os.path.join(directory, "latin.jsonl"),
                f"{{gen_feed}} --articles {articles} --seed 1 --truth '{directory}/latin.truth' -o {{out}}")
    make(feed + ".zst", f"zstd -q -3 -f -o {{out}} '{feed}'")
    make(os.path.join(directory, "cyrillic.jsonl"),
         f"{{gen_feed}} --articles {articles // 4} --seed 1 --languages cyrillic -o {{out}}")
    table = os.path.join(directory, "latin.csv")
    if not is_made(table):
        say("making latin.csv")
        to_csv(feed, table)
