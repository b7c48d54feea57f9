# A store of an older normaliser: read, checked, exported, removed from; not added to before `compact` has made it anew.

age() { python3 "$FILES/../../age_store.py" "$1" 0; }
simrank add -q "$FILES/news.jsonl" >/dev/null
simrank init -q --dedup-only --store signatures >/dev/null
simrank add -q --store signatures "$FILES/news.jsonl" >/dev/null
simrank export >before.jsonl
age simrank.store
age signatures

try simrank info | grep -v '^bytes\|^column'
try simrank info --store signatures --format json | sed 's/"bytes":[0-9]*/"bytes":N/;s/"columns":{[^}]*}/"columns":{}/'
try simrank check
try simrank related --id bridge-1 --ranking
try simrank related "$FILES/article.txt" --ranking
simrank export | cmp - before.jsonl
try simrank remove ferry-1
try simrank add "$FILES/news.jsonl"
try sh -c 'head -n 1 "$FILES/news.jsonl" | simrank add - --report -'
try simrank dedup "$FILES/news.jsonl" --against simrank.store
python3 "$FILES/../../../tools/dump_store.py" signatures | sed -n '1s/,"values.*//p'

# made anew
try simrank compact
try simrank info | grep -v '^bytes\|^column\|^written'
try simrank check
grep -v ferry-1 before.jsonl >left.jsonl
simrank export | cmp - left.jsonl
try simrank add "$FILES/news.jsonl"
try simrank dedup -q "$FILES/news.jsonl" --against simrank.store

# without texts
try simrank compact --store signatures
try simrank add --store signatures "$FILES/news.jsonl"
try simrank remove --store signatures ferry-1
try simrank check --store signatures
