#!/usr/bin/env python3
"""naughty.py SIMRANK — strings that programs trip over survive every way through the program: add and export (JSON
Lines and CSV) give back what was read, what was exported makes an equal store again, and dedup's copies and reports
hold them as they were. Beside the committed strings the big list of naughty strings, where it is there."""
import csv
import io
import json
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
SHARED = HERE.parent.parent / "shared" / "data" / "feeds" / "torture.tar.zst"
BLANKS = "".join(map(chr, range(33)))  # at the ends of a value they are not its own
FIELDS = ["title", "text", "author", "source", "tags"]
csv.field_size_limit(1 << 30)


def run(program, *arguments):
    done = subprocess.run([program, *arguments], capture_output=True, check=False)
    assert done.returncode == 0 and not done.stderr, (arguments, done.returncode, done.stderr.decode())
    return done.stdout


def json_rows(data):
    return [json.loads(line) for line in data.decode().split("\n") if line]


def csv_rows(data):
    return list(csv.DictReader(io.StringIO(data.decode(), newline="")))


def write_feeds(directory, strings):
    """The same articles as JSON Lines and as CSV."""
    with open(directory / "feed.jsonl", "w", encoding="utf-8", newline="\n") as out:
        for number, text in enumerate(strings):
            out.write(json.dumps({"id": str(number), **dict.fromkeys(FIELDS, text)}, ensure_ascii=number % 2 == 0) + "\n")
    with open(directory / "feed.csv", "w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, quoting=csv.QUOTE_ALL)
        writer.writerow(["id", *FIELDS])
        writer.writerows([number, *[text] * len(FIELDS)] for number, text in enumerate(strings))


def check_store(program, directory, feed, strings):
    def export(store, form):
        return run(program, "export", "--store", directory / store, "--format", form)

    first = f"{feed}.store"
    run(program, "add", "-q", "--store", directory / first, directory / feed)
    for form, rows in (("jsonl", json_rows), ("csv", csv_rows)):
        data = export(first, form)
        stored = {row["id"]: row for row in rows(data)}
        assert len(stored) == len(strings)
        for number, text in enumerate(strings):
            for field in FIELDS:
                found = stored[str(number)].get(field) or ""
                assert found.strip(BLANKS) == text.strip(BLANKS), (feed, form, field, number, text, found)
        (directory / f"again.{form}").write_bytes(data)
        again = f"{feed}.{form}.store"
        run(program, "add", "-q", "--store", directory / again, directory / f"again.{form}")
        # a line with nothing but an id is no article
        full = [[row for row in json_rows(export(store, "jsonl")) if len(row) > 1] for store in (first, again)]
        for was, now in zip(*full, strict=True):
            assert was == now, (feed, form, was, now)


def check_dedup(program, directory, strings):
    """Ids are the strings themselves: reports have to hold them."""
    kept = []
    feed = directory / "ids.jsonl"
    with open(feed, "w", encoding="utf-8", newline="\n") as out:
        for number, text in enumerate(strings):
            out.write(json.dumps({"id": text, "text": f"Story {number} of {number * 7919}"}) + "\n")
    reports = [directory / "report.jsonl", directory / "report.csv"]
    run(program, "dedup", "-q", feed, "-o", directory / "clean.jsonl", "--report", reports[0], "--report", reports[1])
    lines = feed.read_bytes().splitlines(keepends=True)
    for rows in (json_rows(reports[0].read_bytes()), csv_rows(reports[1].read_bytes())):
        kept = []
        for row in rows:
            text = strings[int(row["line"]) - 1].strip(BLANKS)
            assert row["id"] == (text or f"ids.jsonl:{row['line']}"), (row, text)
            kept += [int(row["line"])] if row["action"] == "keep" else []
        # what stands alone has no row
        dropped = {int(row["line"]) for row in rows} - set(kept)
        clean = [line for number, line in enumerate(lines, 1) if number not in dropped]
        assert (directory / "clean.jsonl").read_bytes() == b"".join(clean)


def main():
    program = pathlib.Path(sys.argv[1]).resolve()
    sets = [json.loads((HERE / "naughty.json").read_text(encoding="utf-8"))]
    if SHARED.exists():
        packed = ["tar", "--zstd", "-xOf", SHARED, "torture/naughty-strings/blns.json"]
        sets.append(json.loads(subprocess.run(packed, capture_output=True, check=True).stdout))
    else:
        print("the big list of naughty strings is not there: only our own")
    for strings in sets:
        with tempfile.TemporaryDirectory() as name:
            directory = pathlib.Path(name)
            write_feeds(directory, strings)
            check_store(program, directory, "feed.jsonl", strings)
            check_store(program, directory, "feed.csv", strings)
            check_dedup(program, directory, strings)
        print(len(strings), "strings")


if __name__ == "__main__":
    main()
