# Where the store is looked for; init, info, check; a damaged store.

try simrank info
try simrank check --store elsewhere
try env SIMRANK_STORE=from-environment simrank --related "$FILES/article.txt"

try simrank init
try simrank init
try simrank init --store wide --signature 256 --dedup-only
try simrank info --store wide
try simrank info --store wide --format json | sed 's/"bytes":[0-9]*/"bytes":N/;s/"columns":{[^}]*}/"columns":{}/'
try env SIMRANK_STORE=wide simrank check
try simrank check --format json
mkdir empty
try simrank info --store empty
try simrank info --store "$FILES/article.txt"

# one flipped bit in the largest file
simrank add -q "$FILES/news.jsonl" >/dev/null
try simrank check
file=$(find simrank.store -type f -printf '%s %p\n' | sort -n | tail -1 | cut -d' ' -f2-)
size=$(stat -c %s "$file")
byte=$(od -An -tu1 -j $((size / 2)) -N 1 "$file")
printf "\\x$(printf %x $((byte ^ 4)))" | dd of="$file" bs=1 seek=$((size / 2)) conv=notrunc status=none
try simrank check
try simrank check --format json

# the same store repaired: the damage was in what is derived from the texts
cp -r simrank.store flipped.store
try simrank check --repair
try simrank check
try simrank check --repair
(cd simrank.store && ls *.damaged)
try simrank check --store flipped.store --repair --format json
head -c 50 flipped.store/MANIFEST >cut && mv cut flipped.store/MANIFEST
try simrank check --store flipped.store --repair
rm flipped.store/*.seg
head -c 50 flipped.store/MANIFEST >cut && mv cut flipped.store/MANIFEST
try simrank check --store flipped.store --repair
