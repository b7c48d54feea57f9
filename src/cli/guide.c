/* guide.c — the text that teaches the program as a whole, in the order that needs arise. */
#include "cli/guide.h"

const char cli_guide_brief[] = "finds near-duplicate articles, and related ones";

const cli_chapter cli_guide_before[] = {
    {"DESCRIPTION",
     "simrank reads articles as crawlers write them, makes a fingerprint of each, finds those that "
     "repeat another one, and finds those that are related.\n\n"
     "Put what you have into a store, then ask it what is related to an article:\n\n"
     "  simrank add articles.jsonl\n"
     "  simrank --related article.txt\n\n"
     "Or clean a feed of its repeats; that needs no store:\n\n"
     "  simrank dedup feed.jsonl -o clean.jsonl --report dups.csv\n"},
    {NULL, NULL},
};

const cli_chapter cli_guide_after[] = {
    {"ARGUMENTS",
     "FEED is a file, a directory (read recursively, in the order of its bytes), an archive or - "
     "(stdin). JSON Lines, a JSON array of objects, CSV with a header row, and plain text files, "
     "plain or as .gz, .xz, .bz2, .lz4, .zst, .tar, .zip; the content tells which.\n\n"
     "ARTICLE is FILE, FILE:N (its Nth record; in JSON Lines, the record of line N) or -.\n\n"
     "WHEN is a date (2026-05-26), a time (RFC 3339), or an age (90d, 12h).\n\n"
     "Flags may stand anywhere; -- ends them. A value that starts with a dash is joined: "
     "--flag=-value.\n"},
    {"OUTPUT",
     "Results go to stdout; messages and progress to stderr, where -q leaves them out. The same "
     "input and parameters give the same bytes for any -j, any processor and any day (the words "
     "for ages excepted). The words for what happens to a record are the same everywhere: new, "
     "unchanged, updated, exact, near, contained, bad.\n"},
    {"EXIT STATUS", "  0    done\n"
                    "  1    the answer is no: compare, no relation; check, damage; related for one "
                    "query, no item\n"
                    "  2    an error; the store and all outputs are as before\n"
                    "  130  interrupted; likewise\n"},
    {"ENVIRONMENT",
     "SIMRANK_STORE is the store where --store is not given; dedup never looks at it. "
     "SIMRANK_KERNEL forces a kernel: scalar, avx2, avx512 or neon. OMP_NUM_THREADS is the number "
     "of threads where -j is not given. TMPDIR is where dedup puts temporary files.\n"},
    {NULL, NULL},
};
