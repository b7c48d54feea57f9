# A box for every article: of feeds without a store, of a store, and only what changed since.

cat >news.jsonl <<'END'
{"id":"a","title":"River breaks dyke","text":"The river Senn broke through a dyke near the village after three days of rain, and families left their homes."}
{"id":"b","title":"Money for the flooded valley","text":"Families whose homes the river Senn flooded near the village get money, the government said after the dyke broke."}
{"id":"c","title":"Chess player wins","text":"The young chess player from the harbour town won the tournament in the last round against the champion."}
{"id":"d","title":"Chess club grows","text":"Since the young player won the tournament the chess club of the harbour town has forty new members."}
END
head -n 1 news.jsonl >one.jsonl
printf '%s\n' '{"id":"e","title":"Dyke to be rebuilt","text":"The dyke of the river Senn near the village will be rebuilt higher, after it broke and families left."}' >more.jsonl

try simrank related --all news.jsonl -n 1 --format csv -q
try simrank related --all one.jsonl --format json -q
simrank add news.jsonl -q >"$CAUGHT/add"
simrank related --all -n 1 --format jsonl >boxes.jsonl
try simrank related --all -n 1 --format csv
try simrank related --all -n 1 --format jsonl --previous boxes.jsonl
simrank add more.jsonl -q >"$CAUGHT/add"
simrank remove d -q >"$CAUGHT/remove"
try simrank related --all -n 1 --format jsonl --previous boxes.jsonl
simrank related --all -n 1 --format jsonl --previous boxes.jsonl >>boxes.jsonl
try simrank related --all -n 1 --format jsonl --previous boxes.jsonl
try simrank related --all -n 1 --previous boxes.jsonl
try simrank related --all -n 1 --format jsonl --previous news.jsonl
try simrank related --all nowhere.jsonl
try simrank related --all --id a
