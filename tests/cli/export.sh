# What a store knows goes out as a feed, and comes back as an equal store.

simrank add "$FILES/news.jsonl" -q --store a.store >"$CAUGHT/add" 2>&1
simrank remove bridge-3 -q --store a.store >"$CAUGHT/remove" 2>&1 || true
try simrank export --store a.store --format jsonl
try simrank export --store a.store --format csv
simrank export --store a.store >a.jsonl
simrank export --store a.store --format csv >a.csv
try simrank add a.jsonl -q --store b.store
simrank add a.csv -q --store c.store >"$CAUGHT/add" 2>&1
simrank export --store b.store >b.jsonl
simrank export --store c.store >c.jsonl
try cmp a.jsonl b.jsonl
try cmp a.jsonl c.jsonl
try simrank export --store a.store --signatures values.npy
head -c 128 values.npy | tail -c 118
wc -c <values.npy
try simrank export --store a.store --simhash topics.npy
head -c 128 topics.npy | tail -c 118
wc -c <topics.npy
OMP_NUM_THREADS=1 simrank export --store a.store --simhash one.npy --signatures both.npy
cmp topics.npy one.npy && cmp values.npy both.npy
simrank init --store d.store --dedup-only -q
try simrank export --store d.store --simhash none.npy
try simrank export --store nowhere.store
try simrank export --store a.store --format html
