# Output that can't be written: told once, exit code 2, the store and the files as before.

[ -e /dev/full ] || skip "there is no /dev/full"
simrank add -q "$FILES/news.jsonl" >/dev/null

to_full() {
    local code=0
    echo "\$ $* > /dev/full" | portable
    : >"$CAUGHT/stdout"
    "$@" 2>"$CAUGHT/stderr" >/dev/full || code=$?
    tell "$code"
}
to_full simrank info
to_full simrank --related "$FILES/article.txt"
to_full simrank dedup "$FILES/news.jsonl"
to_full simrank dedup "$FILES/news.jsonl" -o - --report report.csv
try ls report.csv
to_full simrank --help
try sh -c 'simrank info >&-'

# files may not grow: as on a full disk
for i in $(seq 400); do
    echo "{\"id\":\"n$i\",\"text\":\"$(seq -s ' ' "$i" $((i + 40))) and $((i * 7919)) $((i * 104729)) $((i * 1299709))\"}"
done >many.jsonl
limited() {
    local code=0
    echo "\$ $* # files of 16 KiB at most"
    (
        trap '' XFSZ # the write fails, as on a full disk
        ulimit -f 16
        exec "$@" >"$CAUGHT/stdout" 2>"$CAUGHT/stderr"
    ) || code=$?
    tell "$code" | sed 's/seg-[0-9]*/SEGMENT/'
}
limited simrank add many.jsonl
try simrank check
try simrank info --format json | sed 's/"bytes":[0-9]*/"bytes":N/;s/"columns":{[^}]*}/"columns":{}/'
limited simrank dedup many.jsonl --drop exact -o many.clean.jsonl
try ls many.clean.jsonl
