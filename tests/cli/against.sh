# What a store has already is dropped, and what survives can be added to it.

sed -n "2p;7p" "$FILES/news.jsonl" >known.jsonl
simrank add -q known.jsonl --store news.store >/dev/null

try simrank dedup "$FILES/news.jsonl" --against news.store -o clean.jsonl --report dups.csv
cut -c1-24 clean.jsonl
try cat dups.csv
simrank dedup "$FILES/news.jsonl" --against news.store --format json | grep -o '"stored.*"clusters":[0-9]*'
# relations that are not dropped do not count against the store either
simrank dedup -q "$FILES/news.jsonl" --against news.store --drop exact | grep '^kept\|^dropped\|^stored'

# the survivors go in, once
try simrank dedup "$FILES/news.jsonl" --against news.store --add --dry-run
try simrank dedup "$FILES/news.jsonl" --against news.store --add -o more.jsonl
cmp clean.jsonl more.jsonl
try simrank dedup "$FILES/news.jsonl" --against news.store --add
# as they would by add, from a pipe too
grep -v -e '"budget-2"' clean.jsonl | cat known.jsonl - >all.jsonl
simrank add -q all.jsonl --store plain.store >/dev/null
from "$FILES/news.csv" simrank dedup -q - --against plain.store --add
simrank add "$FILES/news.jsonl" --store news.store | head -1 | portable

# a longer article is no repeat of its stored teaser; a store without texts tells by signatures
head -1 "$FILES/news.jsonl" | sed 's/ Harbour master Ilse.*deserved its rest\././; s/"bridge-1"/"teaser"/' >teaser.jsonl
simrank add -q teaser.jsonl --store teaser.store >/dev/null
head -1 "$FILES/news.jsonl" >one.jsonl
simrank dedup -q one.jsonl --against teaser.store | grep '^kept\|^stored'
simrank add -q one.jsonl --store article.store >/dev/null
simrank dedup -q teaser.jsonl --against article.store | grep '^kept\|^stored'
simrank init -q --dedup-only --store signs.store
simrank add -q known.jsonl --store signs.store >/dev/null
simrank dedup -q "$FILES/news.jsonl" --against signs.store --add | grep '^kept\|^stored\|^added'

# what can't be
try simrank dedup one.jsonl --against nowhere.store
try simrank dedup one.jsonl --add
try simrank dedup one.jsonl --against news.store --signature 256
# a run that nobody killed begins
simrank dedup one.jsonl --against news.store --add --resume --tmp . 2>&1 | grep '^kept\|^stored\|resume' | sed "s/dedup-[0-9a-f]*:/dedup-…:/"
ls -A | grep -c dedup- || true
