#!/usr/bin/env python3
"""Runs the sessions of a Markdown file and compares what they print with what the file says.

usage: readme.py [--update] FILE.md DIRECTORY_OF_THE_PROGRAM

--update writes what was printed into the file where it differs.

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


class Step:
    """A command, the lines of the document that it fills, and what it is expected to print."""

    def __init__(self, line, command):
        self.line, self.command, self.first, self.expected = line, command, line, []


def read_steps(lines):
    steps, in_session = [], False
    for number, line in enumerate(lines, 1):
        if line.startswith("```"):
            in_session = line.strip() == "```console"
        elif in_session and line.startswith("$ "):
            steps.append(Step(number, line[2:]))
        elif in_session and steps and not steps[-1].expected and steps[-1].command.endswith("\\"):
            steps[-1].command += "\n" + line
            steps[-1].first = number
        elif in_session and steps:
            steps[-1].expected.append(line)
    return steps


def matches(expected, actual):
    pattern = re.escape(expected)
    pattern = re.sub(r"(?m)^…\n", "(?:.*\\\\n)*", pattern.replace("\\\n", "\n"))
    return re.fullmatch(pattern.replace("…", ".*"), actual) is not None


def run(command, work, environment):
    result = subprocess.run(["bash", "-c", command], cwd=work, env=environment, stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return result.stdout.decode("utf-8", "backslashreplace")


def main():
    update, (document, program_dir) = "--update" in sys.argv, map(pathlib.Path, sys.argv[-2:])
    lines = document.read_text(encoding="utf-8").splitlines()
    steps = read_steps(lines)
    environment = {k: v for k, v in os.environ.items() if not k.startswith("SIMRANK_")}
    environment.update(PATH=f"{program_dir.resolve()}:{environment['PATH']}", COLUMNS="100", LC_ALL="C.UTF-8", TZ="UTC")
    differing = []
    with tempfile.TemporaryDirectory() as work:
        shutil.copytree(ROOT / "datasets", pathlib.Path(work, "datasets"))
        for step in steps:
            expected, actual = "".join(line + "\n" for line in step.expected), run(step.command, work, environment)
            if not matches(expected, actual):
                differing.append((step, actual))
                print(f"{document.name}:{step.line}: $ {step.command}\n--- the text says\n{expected}--- it printed\n{actual}---")
    print(f"{document.name}: {len(steps)} commands, {len(differing)} with other output")
    if update:
        for step, actual in reversed(differing):
            lines[step.first:step.first + len(step.expected)] = actual.splitlines()
        document.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
    return 1 if differing or not steps else 0


if __name__ == "__main__":
    sys.exit(main())
