"""The figures that simrank is held to, beside what the newest results say: a Markdown table."""

import report

# Key of the rows' "figure", number, question, what, target, is it reached.
FIGURES = [
    ("1", "1", "stages", "ASCII split + fold ÷ memcpy", "≥ .45", lambda v: v >= .45),
    ("2", "2", "stages", "text in memory → 128-value signature, 1 core, ÷ XXH3 of the same documents", "≥ .09",
     lambda v: v >= .09),
    ("3", "3", "peers", "the same against datasketch", "≥ 500×", lambda v: v >= 500),
    ("4", "4", "whole", ".jsonl in page cache → clusters and clean output, 1 core, bytes/s ÷ (simdjson parse + write)",
     "≥ .35", lambda v: v >= .35),
    ("5", "5", "whole", ".jsonl.zst → clusters (report), 2 cores, time ÷ `zstd -dc \\| wc -l`", "≤ 1.0", lambda v: v <= 1),
    ("6", "6", "whole", "the same with the clean .jsonl.zst written, time ÷ `zstd -dc \\| zstd -1 -T2`", "≤ 1.1",
     lambda v: v <= 1.1),
    ("7", "7", "peers", "whole dedup against the fastest MinHash peer, same recall or better, 1 core", "≥ 25×",
     lambda v: v >= 25),
    ("8", "8", "whole", "2 threads ÷ 1 thread, .jsonl in page cache → clusters", "≥ 1.7", lambda v: v >= 1.7),
    ("9", "9", "stages", "Cyrillic text → signature ÷ ASCII text → signature, bytes/s", "≥ .5", lambda v: v >= .5),
    ("10", "10 rmse", "accuracy", "RMSE ÷ √(J(1−J)/k), the worst band of J, 10-60-shingle articles included", "≤ 1.05",
     lambda v: v <= 1.05),
    ("10", "10 bias", "accuracy", "abs bias, the worst band", "≤ .002", lambda v: v <= .002),
    ("11", "11", "scaling", "peak memory of dedup per million articles (k = 128)", "≤ 450 MB", lambda v: v <= 450),
    ("12", "12 p50", "related", "`related`, one core, store open: p50", "≤ 3 ms", lambda v: v <= 3),
    ("12", "12 p99", "related", "p99", "≤ 15 ms", lambda v: v <= 15),
    ("12", "12 cold cached", "related", "cold CLI, pages of the store cached", "≤ 100 ms", lambda v: v <= 100),
    ("12", "12 cold evicted", "related", "cold CLI, pages of the store not cached", "≤ 100 ms", lambda v: v <= 100),
    ("13", "13", "related_peers", "`related` against Lucene MoreLikeThis, same articles, same candidates asked", "≥ 5×",
     lambda v: v >= 5),
    ("13", "13 ndcg", "related_peers", "its nDCG@10 − that of MoreLikeThis", "> 0", lambda v: v > 0),
    ("–", "html f1", "html", "main text of 181 pages, F1 of 4-token shingles", "≥ .93", lambda v: v >= .93),
    ("–", "index", "phases", "index + verify + union ÷ signing time", "≤ .10", lambda v: v <= .10),
]


def markdown(directory):
    newest, found, machines = {}, {}, {}
    for question in dict.fromkeys(figure[2] for figure in FIGURES):
        context, rows = report.read(directory, question)
        if rows:
            newest[question] = context
            machines.setdefault(f"{context['cpu']}, {context['num_cpus']} CPUs, {context['memory_gib']} GiB, "
                                f"{context['compiler']}", []).append(f"{question} at {context['commit']}")
        found.update({row["figure"]: row for row in rows if "figure" in row and "value" in row})
    lines = ["| # | figure | target | measured | | made by |", "|---|---|---|---|---|---|"]
    for shown, key, question, what, target, is_reached in FIGURES:
        row = found.get(key)
        value = report.number(row["value"], 3) if row else "not measured"
        verdict = ("reached" if is_reached(row["value"]) else "**missed**") if row else ""
        note = f"`bench/run {question}`"
        lines.append(f"| {shown} | {what} | {target} | {value} | {verdict} | {note} |")
    lines += [""] + [f"Measured on {machine}: {', '.join(questions)}." for machine, questions in machines.items()]
    return "\n".join(lines)
