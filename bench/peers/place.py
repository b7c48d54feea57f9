"""Where setup puts the peers, and how one is run: bound to one processor, one thread, its answer read from stdout."""

import json
import os
import shutil
import subprocess
import tempfile

from process import BUILD, cpus, fail

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
SHARED = os.path.join(os.path.dirname(ROOT), "shared")
INSTALLED = os.path.join(ROOT, "build/peers")
PYTHON = os.path.join(INSTALLED, "venv/bin/python")
SYSTEM_PYTHON = "/usr/bin/python3"
GAOYA = os.path.join(INSTALLED, "gaoya/release/gaoya_runner")
LUCENE = os.path.join(INSTALLED, "lucene")
RUNNER = os.path.join(BUILD, "bench/bench_simrank_runner")
ONE_THREAD = {**os.environ, "PYTHONPATH": HERE, "PYTHONDONTWRITEBYTECODE": "1", "TOKENIZERS_PARALLELISM": "false",
              **{name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS",
                                        "PYTHONHASHSEED")}}
NOT_INSTALLED = 3  # exit of a runner whose peer is not there


def scratch(data):
    os.makedirs(data, exist_ok=True)
    return tempfile.TemporaryDirectory(dir=data)


class Measured:
    """One run of a command on one processor with one thread: `cpu`, `wall` seconds, `peak_bytes`, what it said."""

    def __init__(self, command):
        with tempfile.TemporaryDirectory() as work, tempfile.TemporaryFile() as errors:
            done = subprocess.run([RUNNER, "measure", f"{work}/answer", *command], stdout=subprocess.PIPE, stderr=errors,
                                  env=ONE_THREAD, preexec_fn=lambda: os.sched_setaffinity(0, cpus(1)), check=False)
            errors.seek(0)
            self.errors = errors.read().decode(errors="replace")
            self.out, self.code = done.stdout.decode(), done.returncode
            with open(f"{work}/answer", encoding="ascii") as answer:
                self.__dict__.update(json.load(answer))

    def needed(self):
        if self.code:
            fail(f"exit {self.code}: {self.errors[-500:]}")
        return self


class Peer:
    """One run of a runner. `missing` is the reason where it could not run, else None; then `answer` is what it said."""

    def __init__(self, command, note):
        self.missing, self.answer = None, None
        note = os.path.join(INSTALLED, "missing", note)  # what setup could not install
        if os.path.exists(note):
            with open(note, encoding="utf-8") as file:
                self.missing = " ".join(file.read().split())[-300:]
        elif not shutil.which(command[0]) or not os.path.isdir(INSTALLED):
            self.missing = "bench/peers/setup has not been run"
        else:
            self.run = Measured(command)
            if self.run.code == 0:
                self.answer = json.loads(self.run.out)
            else:
                lines = [line for line in self.run.errors.splitlines() if line.strip()] or ["no reason given"]
                broken = "" if self.run.code == NOT_INSTALLED else f"it failed (exit {self.run.code}): "
                self.missing = broken + lines[-1][:300]
