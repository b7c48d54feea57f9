# Articles go by id, by source, by age; the store is compacted, and says what it has become.

simrank add -q "$FILES/news.jsonl" >/dev/null
try simrank info | sed 's/^bytes .*/bytes      N/;s/^written .*/written    N/;/^column/d'
try simrank remove
try simrank remove --store nowhere x
first=$(simrank related --ranking -n 1 "$FILES/article.txt" | cut -d' ' -f3)
try simrank remove "$first" no-such-id --dry-run
try simrank remove "$first" no-such-id "$first"
try simrank remove "$first" --format json
try simrank remove "$first" --before 90d
printf '\n' >none.txt
try simrank remove --ids none.txt
try simrank remove --source no-such-source
try simrank remove --before 1900-01-01 --dry-run
try simrank compact | sed 's/[0-9.]* MB, were.*/N MB/'
try simrank check
try simrank info | sed 's/^bytes .*/bytes      N/;s/^written .*/written    N/;/^column/d'
try simrank remove --before 2100-01-01 --format json
try simrank compact --format json | sed 's/"bytes\([_a-z]*\)":[0-9]*/"bytes\1":N/g'
try simrank check
