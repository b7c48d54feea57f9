# Ctrl-C: exit code 130, the store and the outputs as before, no lock left behind.

simrank add -q "$FILES/news.jsonl" >/dev/null

# Feeds the command through a pipe that stays open and silent, and sends the signal when it waits there.
interrupt() {
    local signal=$1 code=0
    shift
    echo "\$ $*  # SIG$signal"
    mkfifo pipe
    exec 3<>pipe
    set -m # a job of its own hears SIGINT
    "$@" <pipe >"$CAUGHT/stdout" 2>"$CAUGHT/stderr" 3>&- &
    local job=$!
    set +m
    for _ in $(seq 200); do sed "s/bridge-/more-/" "$FILES/news.jsonl"; done >&3
    sleep 0.3
    kill -s "$signal" "$job"
    for _ in $(seq 50); do kill -0 "$job" 2>/dev/null || break; sleep 0.1; done
    exec 3>&-
    wait "$job" || code=$?
    rm pipe
    tell "$code"
}
interrupt INT simrank add -
try simrank check
try simrank info --format json | sed 's/"bytes":[0-9]*/"bytes":N/;s/"columns":{[^}]*}/"columns":{}/'
interrupt TERM simrank dedup - -o out.jsonl --report out.csv
try ls -A
try simrank add --no-wait "$FILES/news.jsonl"
