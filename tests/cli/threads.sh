# The same input gives the same bytes for any number of threads.

# More articles than a batch holds, with copies, out of a small generator of words.
awk 'function random() { # Lehmer 1951: the same numbers from every awk
    seed = (seed * 16807) % 2147483647
    return seed / 2147483647
}
BEGIN {
    seed = 7
    for (i = 1; i <= 4500; i++) {
        if (i % 5 == 0 && n > 20) {
            for (k = 0; k < 2; k++) words[int(random() * n) + 1] = "edit" i
        } else {
            n = 20 + int(random() * 30)
            for (k = 1; k <= n; k++) words[k] = "w" int(4000 * random() * random())
        }
        text = ""
        for (k = 1; k <= n; k++) text = text " " words[k]
        printf "{\"id\":\"a%d\",\"title\":\"Number %d\",\"source\":\"s%d\",\"text\":\"%s\"}\n", i, i, i % 9, text
    }
}' >feed.jsonl
seq -f 'a%.0f' 1 150 4500 >ids.txt

for j in 1 2 3 8; do
    simrank dedup -j $j feed.jsonl -o clean-$j.jsonl --report report-$j.csv >summary-$j.txt
    simrank add -j $j -q --store store-$j feed.jsonl --report add-$j.csv | sed 's/store-.*//' >added-$j.txt
    simrank related -j $j --store store-$j --ids ids.txt --format jsonl >boxes-$j.jsonl
    simrank related -j $j --store store-$j --ids ids.txt --ranking -n 50 >run-$j.txt
done
for j in 2 3 8; do
    for name in clean:jsonl report:csv summary:txt add:csv added:txt boxes:jsonl run:txt; do
        cmp "${name%:*}-1.${name#*:}" "${name%:*}-$j.${name#*:}" || true
    done
    diff -r -x LOCK store-1 store-$j || true
done
wc -l <boxes-1.jsonl
cat summary-1.txt
# Idle threads sleep, unless the user wants otherwise: the program begins again to have it so.
policies() {
    OMP_NUM_THREADS=2 OMP_DISPLAY_ENV=true simrank "$@" 2>&1 >/dev/null | grep -oE "OMP_WAIT_POLICY *= *'[A-Z]+'" | grep -oE "'.*'"
}
(unset OMP_WAIT_POLICY && policies dedup -q feed.jsonl)
(export OMP_WAIT_POLICY=active && policies dedup -q feed.jsonl)
# It keeps its name.
mkfifo endless
(unset OMP_WAIT_POLICY; OMP_NUM_THREADS=2 exec simrank dedup -q endless) &
exec 9>endless # opens when the program reads
cat /proc/$!/comm
exec 9>&-
wait $! || true
