# What would be read: formats, fields, samples, problems, clean texts.

mkdir -p feeds
cp "$FILES/news.jsonl" "$FILES/news.csv" feeds/
cp "$FILES/article.txt" feeds/
try simrank inspect feeds
try simrank inspect feeds/news.csv --format json
try simrank inspect feeds/news.csv --map text=nothing

# other names, a name that plays no part, bad records, an id that comes twice
cat >odd.jsonl <<'END'
{"guid":"a","headline":"Ferry delayed","body":"The ferry was delayed by fog.","views":3,"date":"2026-03-01"}
{"guid":"a","headline":"Ferry again","body":"It was delayed again.","views":4,"date":"last Tuesday"}
not json
{"views":1}
{"views":2}
END
try simrank inspect odd.jsonl
from odd.jsonl simrank inspect --format json -

# the clean text: furniture goes, --no-boilerplate keeps it
cat >page.txt <<'END'
Ferry delayed by fog
The morning ferry to Lower Tock was delayed for two hours by dense fog on Monday.
Read also: Bridge closed after inspectors find cracks
Passengers were taken across by two fishing boats, the harbour office said.
END
try simrank inspect --text page.txt
try simrank inspect --text page.txt --no-boilerplate
try simrank inspect --text --format jsonl page.txt
try simrank inspect --text --format json page.txt page.txt
try simrank inspect --text odd.jsonl

try simrank inspect --format jsonl page.txt
try simrank inspect
try simrank inspect nowhere.jsonl
