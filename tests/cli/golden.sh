# Stores of every version of the format that was closed are kept for ever: they open, are sound, are read and added to.

for kept in "$FILES"/../../golden/[0-9]*/*; do
    name=$(basename "$(dirname "$kept")")-$(basename "$kept")
    cp -r "$kept" "$name"
    try simrank info --store "$name"
    try simrank check --store "$name"
    simrank export --store "$name" >"$name.jsonl"
    try cut -c1-60 "$name.jsonl"
    try sha256sum "$name.jsonl"
    try simrank dedup -q "$FILES/news.jsonl" --against "$name" --dry-run
done
try simrank related --store 1-two --id bridge-1 --ranking
try simrank related --store 1-one --id bridge-1 --ranking
# By hand: d0005 and d1001 are each other's only neighbour, s = .3725 in the list, .599 by the statistics of now; without
# dense vectors w = s²/(s² + 1/20) = .735, |z_q| = 1.556, |z_d| = 1.445: (.561 + .735 · .522) / 1.445 = .654.
try simrank related --store 1-dense --id d0005 --ranking
try simrank related --store 1-dense --id d0005 --ranking --dense off
head -n 3 "$FILES/news.jsonl" | sed 's/"id": "/&new-/' | simrank add -q --store 1-two - >/dev/null
simrank compact -q --store 1-two >/dev/null
try simrank check --store 1-two
