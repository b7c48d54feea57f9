# shellcheck shell=bash
# try.sh — the words in which cases are written. $FILES has the committed inputs, $CAUGHT is where output is caught.

# Paths as the expectation has them: it does not depend on where the tree or the scratch directory lies.
portable() {
    sed "s|$FILES|FILES|g; s|$TMPDIR|TMPDIR|g; s|$PWD/||g"
}

# Prints what was caught: stdout, stderr, the exit code.
tell() {
    portable <"$CAUGHT/stdout"
    portable <"$CAUGHT/stderr" | sed 's/^/2> /'
    echo "[$1]"
}

# Runs a command; prints it, its stdout, its stderr and its exit code.
try() {
    local code=0
    echo "\$ $*" | portable
    "$@" >"$CAUGHT/stdout" 2>"$CAUGHT/stderr" || code=$?
    tell "$code"
}

# The same with stdin from a file: from FILE COMMAND…
from() {
    local input=$1
    shift
    try "$@" <"$input"
}

# A writer that holds the lock of simrank.store, which has news.jsonl, until release_lock.
hold_lock() {
    mkfifo pipe
    simrank add -q - <pipe >/dev/null &
    exec 3>pipe
    for _ in $(seq 50); do
        simrank add -q --no-wait "$FILES/news.jsonl" >/dev/null 2>&1 || break
        sleep 0.1
    done
}

release_lock() {
    exec 3>&-
    wait
}

# Ends the case: skip REASON.
skip() {
    echo "skipped: $*"
    exit 77
}
