# add - --report -: every record is answered, when it is safe and not before.

# waits until a file has so many lines
lines() {
    for _ in $(seq 200); do
        [ "$(wc -l <"$1")" -ge "$2" ] && return
        sleep 0.05
    done
    echo "$1 has $(wc -l <"$1") lines and not $2"
}

from "$FILES/news.jsonl" simrank add - --report -
from "$FILES/news.jsonl" simrank add -q - --report - --format json
from "$FILES/news.csv" simrank add -q - --report - --store other.store

# a crawler that writes now and then, a half line among it, and is answered while it lives
mkfifo in
simrank add -q - --report - --store live.store <in >answers 2>/dev/null &
program=$!
exec 3>in
head -2 "$FILES/news.jsonl" >&3
lines answers 3
sed -n 3,4p "$FILES/news.jsonl" >&3
printf '{"id":"half","text":"one two' >&3
lines answers 5
cat answers
# what was answered for is in the store, what was not is not
{
    kill -9 $program
    wait $program || true
} 2>/dev/null
exec 3>&-
simrank info --store live.store | grep -o 'live articles *[0-9]*\|articles *[0-9]*' | head -1
simrank check --store live.store >/dev/null && echo sound

# where the reader of the answers has gone, the program stops
(cat "$FILES/news.jsonl"; sleep 1; cat "$FILES/news.jsonl") | simrank add -q - --report - --store gone.store | head -1

# only for a pipe
try simrank add "$FILES/news.jsonl" --report -
try simrank add - "$FILES/news.jsonl" --report -
echo 'not a record' >bad
from bad simrank add -q - --report - --input-format jsonl --store bad.store
