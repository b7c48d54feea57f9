# One writer at a time; readers never wait.

simrank add -q "$FILES/news.jsonl" >/dev/null
hold_lock
try sh -c 'simrank add --no-wait "$FILES/news.jsonl" 2>&1 | sed "s/[0-9][0-9]*/N/g"'
try simrank related --id strike-1 -n 1 --format csv
release_lock
try simrank add --no-wait "$FILES/article.txt"
