# What a run would take and find, beforehand; and afterwards by brute force.

# free space and memory are those of the machine
plan() {
    simrank dedup --plan "$@" | sed -e 's/of [0-9.]* [A-Z]*B allowed/of N allowed/' \
        -e 's/^\(memory     \)[0-9.]* [A-Z]*B/\1N/' -e 's/of [0-9.]* [A-Z]*B free/of N free/' \
        -e "s|$TMPDIR|TMP|"
}

plan "$FILES/news.jsonl"
plan "$FILES/news.jsonl" --threshold 0.5 --recall 0.9 -o clean.jsonl | head -7
plan "$FILES/news.jsonl" --threshold 0.5 | grep '^bands'
plan "$FILES/news.jsonl" --bands 14x8 --shingle 3 | grep '^bands'
plan "$FILES/news.jsonl" --format json | sed 's/"memory_bytes.*"temp_dir":"[^"]*"/…/'
try ls clean.jsonl

# what can't be
try simrank dedup "$FILES/news.jsonl" --bands 14x8 --recall 0.9
try simrank dedup "$FILES/news.jsonl" --recall 1
try simrank dedup "$FILES/news.jsonl" --threshold 0.01 --recall 0.9999
from "$FILES/news.jsonl" simrank dedup - --plan | head -2

# afterwards: brute force on a sample
try simrank dedup "$FILES/news.jsonl" --audit --bands 16x8
simrank dedup "$FILES/news.jsonl" --audit=5 --format json | grep -o '"audit":.*,"params"'
# an index too coarse to find the near copies, which the audit tells
simrank dedup "$FILES/news.jsonl" --audit --bands 1x64 | grep -A2 '^audit'
try simrank dedup "$FILES/news.jsonl" --audit=0
