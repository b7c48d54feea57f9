#!/usr/bin/env python3
"""clang-tidy over the files of the library and the program, two at a time, skipping those that passed before.

A file is checked again when it, a header that it includes, .clang-tidy or clang-tidy itself has changed: the hash of all
of them is the name of an empty file in build/tidy/. The compile commands come from build/check.
"""

import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
DATABASE = ROOT / "build/check"
PASSED = ROOT / "build/tidy"


def digest(*parts):
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def with_includes(file, contents):
    """The bytes of the file and of every file of ours that it includes, each once."""
    todo, seen = [file], {}
    while todo:
        path = todo.pop()
        if path in seen or not path.exists():
            continue
        seen[path] = contents.setdefault(path, path.read_bytes())
        todo += [ROOT / "src" / name.decode() for name in re.findall(rb'#\s*include\s+"([^"]+)"', seen[path])]
    return [seen[path] for path in sorted(seen)]


def check(file):
    run = subprocess.run(["clang-tidy", "-p", str(DATABASE), "--quiet", str(file)], capture_output=True, text=True)
    return run.returncode, run.stdout, run.stderr


def main():
    if not (DATABASE / "compile_commands.json").exists():
        subprocess.run(["cmake", "--preset", "check"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    commands = json.loads((DATABASE / "compile_commands.json").read_text())
    files = {}
    for command in commands:
        file = pathlib.Path(command["directory"], command["file"]).resolve()
        if file.is_relative_to(ROOT / "src") and file.suffix == ".c" and file.exists():
            files[file] = command["command"].encode()
    version = subprocess.run(["clang-tidy", "--version"], capture_output=True, check=True).stdout
    common = digest(version, (ROOT / ".clang-tidy").read_bytes()).encode()

    PASSED.mkdir(parents=True, exist_ok=True)
    contents = {}
    stamps = {f: PASSED / digest(common, command, *with_includes(f, contents)) for f, command in files.items()}
    todo = sorted(f for f, stamp in stamps.items() if not stamp.exists())
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for file, (code, out, err) in zip(todo, pool.map(check, todo)):
            if code == 0 and "warning:" not in out:
                stamps[file].touch()
                continue
            failed += 1
            print(out.strip() or err.strip())
    for old in set(PASSED.iterdir()) - set(stamps.values()):
        old.unlink()
    print(f"clang-tidy: {len(files)} files, {len(todo)} of them checked anew, {failed} with findings")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
