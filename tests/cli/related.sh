# Related Articles boxes.

simrank add -q "$FILES/news.jsonl" >/dev/null
try simrank --related "$FILES/article.txt" --now 2026-05-20
try simrank related "$FILES/article.txt" -n 2 --why --now 2026-05-20
try simrank related --id strike-1 -n 3 --format json
try simrank related --id strike-1 --id museum-1 -n 2 --format jsonl
try simrank related --id strike-1 --id museum-1 -n 2 --format json
try simrank related --id strike-1 -n 2 --format csv
try simrank related --id strike-1 -n 2 --format html
try simrank related "$FILES/news.jsonl:9" -n 1 --format csv
from "$FILES/article.txt" simrank --related - -n 1 --format csv
printf 'bridge-1\nstrike-1\n' >ids.txt
try simrank related --ids ids.txt --ranking -n 4 --half-life off
from ids.txt simrank related --ids - --ranking -n 2

# every stored article
try simrank related --all -n 2 --format csv
try simrank related --all --id strike-1

# what limits a box
try simrank related --id strike-1 --source islander.example --format csv
try simrank related --id strike-1 --lang de --format csv
try simrank related --id strike-1 --tag harbour --format csv
try simrank related --id strike-1 --older-only --exclude bridge-1 -n 3 --format csv
try simrank related --id strike-1 --since 2026-05-10 --until 2026-05-13 --format csv
try simrank related --id strike-1 --since 9d --now 2026-05-20 --format csv

# no item is the answer no; more queries than one are always answered
try simrank related --id strike-1 --min-score 1
try simrank related --id strike-1 --id cup-1 --min-score 1 --format csv

# what is not there
try simrank related --id nobody
try simrank related nowhere.txt
try simrank related "$FILES/news.jsonl:99"
try simrank related --ids nowhere.txt
: >empty.txt
try simrank related --ids empty.txt
try simrank --related empty.txt
