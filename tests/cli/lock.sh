# One writer at a time; readers never wait.

simrank add -q "$FILES/news.jsonl" >/dev/null
mkfifo pipe
simrank add -q - <pipe >/dev/null &
exec 3>pipe
for _ in $(seq 50); do
    simrank add -q --no-wait "$FILES/news.jsonl" >/dev/null 2>&1 || break
    sleep 0.1
done
try sh -c 'simrank add --no-wait "$FILES/news.jsonl" 2>&1 | sed "s/[0-9][0-9]*/N/g"'
try simrank related --id strike-1 -n 1 --format csv
exec 3>&-
wait
try simrank add --no-wait "$FILES/article.txt"
