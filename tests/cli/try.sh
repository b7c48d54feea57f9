# try.sh — the words in which cases are written.

# Runs a command; prints it, its stdout, its stderr and its exit code. The directory of the committed inputs is shown as
# FILES, so that the expectation does not depend on where the tree lies.
try() {
    echo "\$ $*" | sed "s|$FILES|FILES|g"
    local code=0
    "$@" >.stdout 2>.stderr || code=$?
    sed "s|$FILES|FILES|g" .stdout
    sed "s|$FILES|FILES|g; s/^/2> /" .stderr
    rm -f .stdout .stderr
    echo "[$code]"
}

# The same with stdin from a file: from FILE COMMAND…
from() {
    local input=$1
    shift
    try "$@" <"$input"
}

# Ends the case: skip REASON.
skip() {
    echo "skipped: $*"
    exit 77
}
