# The backup of the README: a copy under the writer's lock, while others add; only new files are copied again.
run=$(grep '^flock simrank.store/LOCK' "$README")

simrank add -q "$FILES/news.jsonl" >/dev/null
try sh -c "rm -rf backup; $run"
try simrank check --store backup
simrank related --all --format csv >before
simrank related --all --format csv --store backup | cmp - before && echo "the same answers"

# a writer that is at work all the time: each copy is a store of some commit
for i in $(seq 40); do
    printf '{"id":"n%s","title":"Ferry %s","text":"The ferry left at %s with the mail and came back at noon."}\n' \
        "$i" "$i" "$i" | simrank add -q - >/dev/null
done &
for i in $(seq 10); do
    sh -c "rm -rf backup; $run"
    simrank check -q --store backup >/dev/null || echo "copy $i is damaged"
done
wait
sh -c "rm -rf backup; $run"
simrank check --store backup
simrank info | grep ^articles
simrank info --store backup | grep ^articles

# what it does while a writer holds the lock: it waits
hold_lock
try flock -n simrank.store/LOCK true
release_lock
