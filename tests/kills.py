#!/usr/bin/env python3
"""kills.py SIMRANK GEN_FEED [KILLS] — the program is killed (-9) at work, KILLS times (24): while it makes a store, adds
and replaces, adds a stream, removes, merges all, makes a store of an older version anew, and repairs a damaged one. Each
time the store is as before the work or as after it and sound, has what was promised, and the work, done again, ends as if
nobody had been killed. The moments are drawn from the time that the work takes, so that they fall into all of it."""
import collections
import hashlib
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
PROGRAM, GEN_FEED = sys.argv[1:3]
N_KILLS = int(sys.argv[3]) if len(sys.argv) > 3 else 24
N_STORED, N_CHUNK = 120, 10


def run(*arguments, status=0):
    done = subprocess.run([PROGRAM, *arguments], capture_output=True, check=False)
    assert done.returncode == status, (arguments, done.returncode, done.stderr.decode())
    return done.stdout


def state_of(store):
    """Which articles a reader finds, as of which commit, and which version made them."""
    info = json.loads(run("info", "--store", store, "--format", "json"))
    exported = run("export", "--store", store)
    return hashlib.sha256(exported).hexdigest(), info["commit"], info["articles"], info["params"]["normaliser"]


class Work:
    """What is killed: a command on a copy of a store, which is `before` or `after` it and nothing else."""

    def __init__(self, directory, store, *command):
        self.base, self.command = store, command
        self.copy = str(directory / "copy")
        self.before = self.state(store) if os.path.exists(store) else None
        self.took = 0.0
        took = []
        for _ in range(3):
            self.begin()
            start = time.perf_counter()
            self.wait(self.start())
            took.append(time.perf_counter() - start)
        self.took = sorted(took)[1] * 1.2  # the last writes too, and not many kills too late
        self.after = self.state(self.copy)
        self.legal = {self.before, self.after}

    def begin(self):
        shutil.rmtree(self.copy, ignore_errors=True)
        if self.before:
            shutil.copytree(self.base, self.copy)

    def start(self):
        return subprocess.Popen([PROGRAM, self.command[0], "-q", "--store", self.copy, *self.command[1:]],
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def wait(self, child):
        assert child.wait() == 0, self.command

    def found(self):
        """What a reader finds after the kill."""
        if not os.path.exists(os.path.join(self.copy, "MANIFEST")):
            assert self.before is None
            return None
        return self.state(self.copy)

    def state(self, store):
        run("check", "-q", "--store", store)
        return state_of(store)

    def kill(self):
        """Whether there was anything to kill, and whether unfinished files lay about."""
        self.begin()
        child = self.start()
        time.sleep(random.uniform(0, self.took))
        child.kill()
        killed = child.wait() == -9
        names = os.listdir(self.copy) if os.path.isdir(self.copy) else []
        found = self.found()
        assert found in self.legal, (self.command, found, self.legal)
        self.wait(self.start())
        assert self.state(self.copy)[::2] == self.after[::2], self.command
        return killed, any(name.endswith(".tmp") for name in names), found == self.after


class Making(Work):
    """An empty store may be found too."""

    def __init__(self, directory, *command):
        super().__init__(directory, str(directory / "none"), *command)
        empty = str(directory / "empty")
        run("init", "-q", "--store", empty)
        self.legal.add(state_of(empty))


class Repair(Work):
    """What is damaged stays so until it is repaired."""

    def __init__(self, directory, store):
        segment = max(pathlib.Path(store).glob("*.seg"), key=lambda path: path.stat().st_size)
        with open(segment, "r+b") as file:
            file.seek(segment.stat().st_size // 2)
            byte = file.read(1)
            file.seek(-1, os.SEEK_CUR)
            file.write(bytes([byte[0] ^ 1]))
        super().__init__(directory, store, "check", "--repair")

    def state(self, store):
        done = subprocess.run([PROGRAM, "check", "-q", "--store", store], capture_output=True, check=False)
        return "damaged" if done.returncode else state_of(store)


class Stream(Work):
    """Articles piped in, a chunk after the other; what was answered is in the store for good."""

    def __init__(self, directory, store, feed):
        with open(feed, encoding="utf-8") as lines:
            self.lines = lines.readlines()
        self.ids = [json.loads(line)["id"] for line in self.lines]
        self.n_answered = 0
        super().__init__(directory, store, "add", "--report", "-", "-")
        self.known = set(self.stored())

    def stored(self):
        return [json.loads(line)["id"] for line in run("export", "--store", self.copy).decode().splitlines()]

    def start(self):
        child = subprocess.Popen([PROGRAM, "add", "-q", "--store", self.copy, "--report", "-", "-"],
                                 stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.n_answered = 0
        for first in range(0, len(self.lines), N_CHUNK):
            chunk = self.lines[first:first + N_CHUNK]
            child.stdin.writelines(chunk)
            child.stdin.flush()
            if first + N_CHUNK >= len(self.lines):
                break
            if random.random() < 0.5 and self.took:
                return child  # to be killed with this chunk unanswered
            for _ in range(len(chunk) + (first == 0)):  # the heading too
                child.stdout.readline()
            self.n_answered += len(chunk)
        child.stdin.close()
        return child

    def wait(self, child):
        if not child.stdin.closed:
            child.stdin.close()
        child.stdout.read()
        assert child.wait() == 0

    def kill(self):
        self.begin()
        child = self.start()
        time.sleep(random.uniform(0, 0.3))
        child.kill()
        killed = child.wait() == -9
        child.stdin.close()
        child.stdout.close()
        names = os.listdir(self.copy)
        run("check", "-q", "--store", self.copy)
        stored = self.stored()
        assert set(self.ids[:self.n_answered]) <= set(stored), "an answered article is not there"
        new = [name for name in stored if name in set(self.ids)]
        assert new == self.ids[:len(new)] and len(new) % N_CHUNK == 0, "a part of a commit is there"
        return killed, any(name.endswith(".tmp") for name in names), len(new) > self.n_answered


def feed(path, n_articles, seed, prefix):
    """Generated articles whose ids begin with `prefix`."""
    made = subprocess.run([GEN_FEED, "--articles", str(n_articles), "--median-words", "60", "--seed", str(seed)],
                          check=True, stdout=subprocess.PIPE).stdout.decode()
    with open(path, "w", encoding="utf-8") as out:
        for line in made.splitlines():
            article = json.loads(line)
            article["id"] = prefix + article["id"]
            out.write(json.dumps(article) + "\n")
    return str(path)


def works(directory):
    stored = feed(directory / "stored.jsonl", N_STORED, 1, "a")
    changed = feed(directory / "changed.jsonl", N_STORED // 3, 2, "a")  # ids that are there, and other texts
    fresh = feed(directory / "fresh.jsonl", N_STORED // 3, 3, "b")
    ids = directory / "ids"
    with open(stored, encoding="utf-8") as lines:
        ids.write_text("".join(json.loads(line)["id"] + "\n" for line in list(lines)[::5]), encoding="utf-8")
    store = str(directory / "store")
    run("add", "-q", "--store", store, stored)
    thinned, old, damaged = (str(directory / name) for name in ("thinned", "old", "damaged"))
    shutil.copytree(store, thinned)
    run("add", "-q", "--store", thinned, changed)
    run("remove", "-q", "--store", thinned, "--ids", str(ids))
    shutil.copytree(thinned, damaged)
    shutil.copytree(thinned, old)
    subprocess.run([sys.executable, str(HERE / "age_store.py"), old, "0"], check=True)
    return {
        "a store made": Making(directory, "add", stored),
        "articles added": Work(directory, store, "add", fresh),
        "articles replaced": Work(directory, store, "add", changed, fresh),
        "a stream added": Stream(directory, store, fresh),
        "articles removed": Work(directory, store, "remove", "--ids", str(ids)),
        "all merged": Work(directory, thinned, "compact"),
        "made anew": Work(directory, old, "compact"),
        "repaired": Repair(directory, damaged),
    }


def main():
    random.seed(1)
    counts = collections.defaultdict(collections.Counter)
    with tempfile.TemporaryDirectory() as name:
        todo = works(pathlib.Path(name))
        total = 0
        while total < N_KILLS:
            what = list(todo)[total % len(todo)]
            killed, unfinished, done = todo[what].kill()
            counts[what].update(killed=killed, unfinished=killed and unfinished, after=killed and done)
            total += killed
    for what, count in counts.items():
        print(f"{what}: {count['killed']} kills, {count['after']} found as after, {count['unfinished']} with unfinished files")
    print(f"{total} kills, {total} sound")
    if N_KILLS >= 100:
        for kind in ("unfinished", "after"):
            assert 0 < sum(count[kind] for count in counts.values()) < N_KILLS, kind


main()
