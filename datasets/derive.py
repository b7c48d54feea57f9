#!/usr/bin/env python3
"""Makes the derived part of datasets/ from the hand-written articles, so that labels are right by construction.

Reads   feed/english.jsonl feed/world.jsonl (written by hand) and forms.py, planted.py (tables of what to derive)
Writes  feed/copies.jsonl feed/notices.jsonl feed/notices_daily.jsonl.zst feed/market.csv feed/pages/*.txt
        labels.tsv stories.qrels
Usage   derive.py           write them
        derive.py --check   exit 1 where a written file differs from what would be written
Needs the zstd program. No randomness but a seeded generator per item: the same bytes every time.
"""
import csv
import datetime
import io
import itertools
import json
import os
import random
import re
import subprocess
import sys

import forms
import planted

HERE = os.path.dirname(os.path.abspath(__file__))
STORY = re.compile(r"^(?:pages/)?([a-z]+)-\d+-")


def read_articles():
    articles = {}
    for name in ("english.jsonl", "world.jsonl"):
        with open(os.path.join(HERE, "feed", name), encoding="utf-8") as file:
            for line in file:
                article = json.loads(line)
                assert article["id"] not in articles, article["id"]
                articles[article["id"]] = article
    return articles


def later(published, hours):
    """An RFC 3339 time, `hours` later."""
    moment = datetime.datetime.strptime(published, "%Y-%m-%dT%H:%M:%SZ") + datetime.timedelta(hours=hours)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def copy_of(base, outlet, hours):
    """The base article as another outlet would carry it: new id, source, url and date; no author."""
    story, number, _ = base["id"].rsplit("-", 2) if STORY.match(base["id"]) else (base["id"], "", "")
    name, domain = planted.OUTLETS[outlet]
    slug = base["url"].rsplit("/", 1)[1]
    copy = {"id": f"{story}-{number}-{outlet}" if number else f"{base['id']}-{outlet}",
            "title": base["title"], "text": base["text"],
            "url": f"https://{domain}/news/{slug}.html", "source": name,
            "published": later(base["published"], hours)}
    for key in ("language", "tags"):
        if key in base:
            copy[key] = base[key]
    return copy


def dress(article, outlet):
    """Puts the outlet's furniture around the text."""
    head, foot = planted.FURNITURE[outlet]
    fill = {"date": article["published"][:10], "title": article["title"]}
    lines = [line.format(**fill) for line in head] + [article["text"]] + [line.format(**fill) for line in foot]
    article["text"] = "\n".join(lines)


def edit_words(text, low, high, rng):
    """Changes a share of the words within [low, high]: swaps from a table, then small insertions."""
    words = re.split(r"(\s+)", text)
    places = [i for i in range(0, len(words), 2) if words[i]]
    wanted = max(1, round(rng.uniform(low, high) * len(places)))
    swaps = [i for i in places if words[i].strip(",.;:\"'").lower() in planted.SWAPS]
    inserts = [i for i in places if words[i] in ("is", "was", "are", "were", "will", "has", "had")]
    rng.shuffle(swaps)
    rng.shuffle(inserts)
    chosen = swaps[:wanted]
    for i in chosen:
        core = words[i].strip(",.;:\"'")
        new = planted.SWAPS[core.lower()]
        if core[0].isupper():
            new = new[0].upper() + new[1:]
        words[i] = words[i].replace(core, new)
    for i in inserts[:wanted - len(chosen)]:
        words[i] += " " + rng.choice(("also", "now", "therefore", "reportedly"))
        chosen.append(i)
    rate = len(chosen) / len(places)
    assert low <= rate <= high, f"{text[:40]}: {rate:.3f}"
    return "".join(words)


def replace_all(text, changes, who):
    for old, new in changes:
        assert text.count(old) == 1, f"{who}: {old!r} stands {text.count(old)} times"
        text = text.replace(old, new)
    return text


def make_copies(articles):
    """Yields (copy, base id, label, how)."""
    for base, outlet, hours in planted.REPRINTS:
        yield copy_of(articles[base], outlet, hours), base, "exact", "reprint"
    for base, outlet, hours in planted.DRESSED:
        copy = copy_of(articles[base], outlet, hours)
        dress(copy, outlet)
        yield copy, base, "near", "furniture"
    for base, outlet, hours, n_lines, tail in planted.EXCERPTS:
        copy = copy_of(articles[base], outlet, hours)
        lines = copy["text"].split("\n")
        assert n_lines < len(lines), base
        copy["text"] = "\n".join(lines[:n_lines]) + (("\n" + tail) if tail else "")
        yield copy, base, "contained", "teaser" if tail else "excerpt"
    for base, outlet, hours, low, high in planted.EDITED:
        copy = copy_of(articles[base], outlet, hours)
        copy["text"] = edit_words(copy["text"], low, high, random.Random(copy["id"]))
        yield copy, base, "near", f"edit {low:.0%}-{high:.0%}".replace("%", "")
    for base, outlet, hours, changes in planted.EDITED_BY_HAND:
        copy = copy_of(articles[base], outlet, hours)
        copy["text"] = replace_all(copy["text"], changes, base)
        yield copy, base, "near", "edit by hand"
    for base, name, hours, changes, more in planted.UPDATES:
        old = articles[base]
        copy = dict(old, id=f"{base}-{name}", published=later(old["published"], hours))
        copy["text"] = replace_all(copy["text"], changes, base) + "".join("\n" + line for line in more)
        yield copy, base, "updated", "update"


def make_pages(articles):
    """Yields (page id, text, base id or None, label, how)."""
    for name, outlet, base, text in planted.PAGES:
        if base:
            article = dict(articles[base])
        else:
            title, _, body = text.partition("\n")
            article = {"title": title, "text": body, "published": ""}
        head, foot = planted.PAGE_FURNITURE[outlet]
        fill = {"title": article["title"]}
        lines = [line.format(**fill) for line in head] + [article["title"], article["text"]] + list(foot)
        yield f"pages/{name}.txt", "\n".join(lines) + "\n", base, "near", "page"


def label_between(a, b):
    """Two copies of one base: the weaker of their relations to it."""
    order = ["exact", "near", "contained", "updated"]
    if {a[0], b[0]} == {"contained", "updated"}:
        raise AssertionError("an excerpt and an update of one base: no certain label")
    return a if order.index(a[0]) >= order.index(b[0]) else b


def as_jsonl(articles):
    return "".join(json.dumps(a, ensure_ascii=False, separators=(",", ":")) + "\n" for a in articles)


def as_csv(rows):
    out = io.StringIO()
    writer = csv.DictWriter(out, ["id", "title", "text", "published", "source", "url", "section"], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def build():
    """All files by relative path, as text."""
    articles = read_articles()
    pairs, files, copies, groups = [], {}, [], {}
    for copy, base, label, how in make_copies(articles):
        copies.append(copy)
        groups.setdefault(base, []).append((copy["id"], label, how))
    for page, text, base, label, how in make_pages(articles):
        files[f"feed/{page}"] = text
        if base:
            groups.setdefault(base, []).append((page, label, how))
    for base, members in groups.items():
        pairs += [(base, member, label, how) for member, label, how in members]
        for a, b in itertools.combinations(members, 2):
            pairs.append((a[0], b[0]) + label_between(a[1:], b[1:]))
    series = {name: list(items) for name, items in forms.make_series()}
    for name, items in series.items():
        ids = [item["id"] for item in items]
        pairs += [(a, b, "template", name) for a, b in itertools.combinations(ids, 2)]
    copies.sort(key=lambda a: (a["published"], a["id"]))
    files["feed/copies.jsonl"] = as_jsonl(copies + planted.ODD_ITEMS)
    files["feed/notices.jsonl"] = as_jsonl(series["call"] + series["briefing"] + series["lottery"])
    files["feed/notices_daily.jsonl.zst"] = as_jsonl(
        sorted(series["ferry"] + series["weather"], key=lambda a: (a["published"], a["id"])))
    files["feed/market.csv"] = as_csv(
        sorted(series["exchange"] + series["fish"] + forms.MARKET_NEWS, key=lambda a: (a["published"], a["id"])))
    ids = list(articles) + [c["id"] for c in copies] + [p[5:] for p in files if p.startswith("feed/pages/")]
    assert len(ids) == len(set(ids)), [i for i in ids if ids.count(i) > 1]
    files["labels.tsv"] = "id_a\tid_b\tlabel\thow\n" + "".join("\t".join(p) + "\n" for p in sorted(pairs))
    files["stories.qrels"] = make_qrels(ids)
    return files


def make_qrels(ids):
    stories = {}
    for item in sorted(ids):
        match = STORY.match(item)
        if match:
            stories.setdefault(match.group(1), []).append(item)
    lines = []
    for story in sorted(stories):
        members = stories[story]
        assert len(members) >= 3, story
        lines += [f"{a} 0 {b} 1\n" for a in members for b in members if a != b]
    return "".join(lines)


def zstd(flags, data):
    return subprocess.run(["zstd", "-q", "-c"] + flags, input=data, capture_output=True, check=True).stdout


def main():
    check = sys.argv[1:] == ["--check"]
    bad = 0
    for name, text in build().items():
        path, data = os.path.join(HERE, name), text.encode()
        if check:
            with open(path, "rb") as file:
                found = file.read()
            if name.endswith(".zst"):
                found = zstd(["-d"], found)
            if found != data:
                print(f"{name} is not what derive.py writes", file=sys.stderr)
                bad = 1
            continue
        with open(path, "wb") as file:
            file.write(zstd(["-19"], data) if name.endswith(".zst") else data)
    return bad


if __name__ == "__main__":
    sys.exit(main())
