#!/usr/bin/env python3
"""Runs the sessions of a Markdown file and compares what they print with what the file says.

usage: readme.py FILE.md DIRECTORY_OF_THE_PROGRAM

A session is a fenced block marked `console`: lines that begin with "$ " are commands (a trailing backslash continues one),
the lines up to the next command are their output, stderr included. `…` stands for anything on its line, a line of `…`
alone for any number of lines. All blocks of a file run one after the other in one copy of datasets/.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent


def commands(text):
    """(line number, command, expected output) of each command."""
    steps, in_session = [], False
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("```"):
            in_session = line.strip() == "```console"
        elif in_session and line.startswith("$ "):
            steps.append([number, line[2:], []])
        elif in_session and steps and not steps[-1][2] and steps[-1][1].endswith("\\"):
            steps[-1][1] += "\n" + line
        elif in_session and steps:
            steps[-1][2].append(line)
    return [(number, command, "".join(line + "\n" for line in lines)) for number, command, lines in steps]


def matches(expected, actual):
    pattern = re.escape(expected)
    pattern = re.sub(r"(?m)^…\n", "(?:.*\\\\n)*", pattern.replace("\\\n", "\n"))
    return re.fullmatch(pattern.replace("…", ".*"), actual) is not None


def main():
    document, program_dir = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]).resolve()
    steps = commands(document.read_text(encoding="utf-8"))
    failed = 0
    with tempfile.TemporaryDirectory() as work:
        shutil.copytree(ROOT / "datasets", pathlib.Path(work, "datasets"))
        environment = {k: v for k, v in os.environ.items() if not k.startswith("SIMRANK_")}
        environment.update(PATH=f"{program_dir}:{environment['PATH']}", COLUMNS="100", LC_ALL="C.UTF-8", TZ="UTC")
        for number, command, expected in steps:
            run = subprocess.run(["bash", "-c", command], cwd=work, env=environment, stdin=subprocess.DEVNULL,
                                 stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            actual = run.stdout.decode("utf-8", "backslashreplace")
            if not matches(expected, actual):
                failed += 1
                print(f"{document.name}:{number}: $ {command}\n--- the text says\n{expected}--- it printed\n{actual}---")
    print(f"{document.name}: {len(steps)} commands, {failed} with other output")
    return 1 if failed or not steps else 0


if __name__ == "__main__":
    sys.exit(main())
