# Little to go by: few articles in the store, or little in the article.

simrank init --store empty >/dev/null
printf '{"id":"only","title":"Ferry strike ends","text":"Crews of the island ferries went back to work after nine days.","published":"2026-05-01T10:00:00Z"}\n' >one.jsonl
simrank add -q one.jsonl --store one >/dev/null
simrank add -q "$FILES/news.jsonl" >/dev/null

# a store without articles, and with one
try simrank related one.jsonl --store empty
try simrank related --id only --store one
try simrank related --id only --store one --format json
try simrank related "$FILES/article.txt" --store one --now 2026-05-20

# an article of a title and nothing else
printf '{"id":"headline","title":"Ferry strike at the harbour"}\n' >headline.jsonl
try simrank related headline.jsonl -n 2 --format csv
try simrank related headline.jsonl -n 2 --store empty

# an article of nothing at all gets the newest articles
printf '{"id":"nothing","title":"","text":""}\n' >nothing.jsonl
try simrank related nothing.jsonl -n 2 --now 2026-05-20
try simrank related nothing.jsonl -n 2 --format csv

# a language that is not known: words are words
printf '{"id":"unknown","title":"Qeylis betleH","text":"tlhIngan maH! qaStaH nuq? Dajatlh harbour strike ferry. batlh bIHeghjaj Qapla wIj jup."}\n' >unknown.jsonl
try simrank related unknown.jsonl -n 2 --format csv
printf '{"id":"strange","title":"","text":"tlhIngan maH qaStaH nuq batlh bIHeghjaj Qapla"}\n' >strange.jsonl
try simrank related strange.jsonl -n 2 --format csv

# an article of nothing fills no box; one of a title does
printf '{"id":"blank","title":"","text":" . ","published":"2026-05-19"}\n{"id":"short","title":"Ferries run again","text":"","published":"2026-05-18"}\n' >blank.jsonl
simrank add -q one.jsonl blank.jsonl --store three >/dev/null
try simrank related strange.jsonl --store three --format csv
