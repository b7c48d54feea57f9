# A reader that goes away is no error: nothing is said.

simrank add -q "$FILES/news.jsonl" >/dev/null

# the reader closes before anything is written
gone() {
    echo "\$ $* | (closed)" | portable
    mkfifo pipe
    : <pipe &
    exec 3>pipe
    wait $!
    local code=0
    "$@" >&3 2>"$CAUGHT/stderr" || code=$?
    exec 3>&-
    rm pipe
    : >"$CAUGHT/stdout"
    tell "$code"
}
gone simrank --help
gone simrank info
gone simrank --related "$FILES/article.txt" --format html
gone simrank compare "$FILES/news.jsonl:1" "$FILES/news.jsonl:3"
gone simrank dedup "$FILES/news.jsonl"
# here the work isn't done, and no report is written
gone simrank dedup "$FILES/news.jsonl" -o - --report report.csv
try ls report.csv
