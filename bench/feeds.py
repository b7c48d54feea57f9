"""Makes the generated feeds that benches work on; a feed is kept as long as gen_feed and the way to make it stay the
same."""

import csv
import json
import os
import subprocess

from process import BUILD, say

GEN_FEED = os.path.join(BUILD, "gen_feed")
# One article in ten repeats another, as in the corpus that the figures were first measured on.
COPIES = "--copies 0.1"


def is_made(path, command="", source=GEN_FEED):
    """Newer than what it is made of, and by the same command, which is noted beside it."""
    try:
        with open(path + ".command", encoding="utf-8") as noted:
            return os.path.getmtime(path) >= max(map(os.path.getmtime, (GEN_FEED, source))) and noted.read() == command
    except OSError:
        return False


def note(path, command=""):
    with open(path + ".command", "w", encoding="utf-8") as noted:
        noted.write(command)


def make(path, command, source=GEN_FEED):
    """Runs a shell command that writes to {out}; the file appears whole or not at all."""
    if not is_made(path, command, source):
        say(f"making {os.path.basename(path)}")
        os.makedirs(os.path.dirname(path), exist_ok=True)
        subprocess.run(["bash", "-c", "set -o pipefail; " + command.format(gen_feed=GEN_FEED, out=path + ".part")],
                       check=True)
        os.rename(path + ".part", path)
        note(path, command)
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
                f"{{gen_feed}} --articles {articles} --seed 1 {COPIES} --truth '{directory}/latin.truth' -o {{out}}")
    make(feed + ".zst", f"zstd -q -3 -f -o {{out}} '{feed}'", feed)
    make(os.path.join(directory, "cyrillic.jsonl"),
         f"{{gen_feed}} --articles {articles // 4} --seed 1 {COPIES} --languages cyrillic -o {{out}}")
    table = os.path.join(directory, "latin.csv")
    if not is_made(table, source=feed):
        say("making latin.csv")
        to_csv(feed, table)
        note(table)
