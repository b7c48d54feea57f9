# Articles into the store: summaries, identity, upsert, every kind of input.

try simrank add "$FILES/news.jsonl"
# running it twice changes nothing
try simrank add "$FILES/news.jsonl"
try simrank info --format json | sed 's/"bytes":[0-9]*/"bytes":N/;s/"columns":{[^}]*}/"columns":{}/'
# the same id with another text
sed -n '6s/nine thousand/ten thousand/gp' "$FILES/news.jsonl" >changed.jsonl
try simrank add changed.jsonl
try simrank add --format json changed.jsonl

# other kinds of input, each into a store of its own
try simrank add --store a "$FILES/news.csv"
from "$FILES/news.jsonl" simrank add --store b -
mkdir -p many/inner
cp "$FILES/article.txt" many/b.txt
cp "$FILES/news.jsonl" many/inner/a.jsonl
head -3 "$FILES/news.jsonl" | gzip >many/inner/z.jsonl.gz
try simrank add --store c many
head -2 "$FILES/news.jsonl" >two.jsonl
tail -2 "$FILES/news.jsonl" >last.jsonl
printf '%s\n\n%s\r\n' two.jsonl last.jsonl >list.txt
try simrank add --store d --files-from list.txt
from list.txt simrank add --store d "$FILES/article.txt" --files-from -
sed 's/"text"/"words"/' two.jsonl >mapped.jsonl
try simrank add --store e --map text=words,source=author mapped.jsonl
tr ',' ';' <<<'id,text
1,one article of a few words' >semicolon.csv
try simrank add --store f --delimiter ';' semicolon.csv

# quiet, and a report
try simrank add -q --store g --report report.csv two.jsonl
try cat report.csv

# what is not there makes no store
try simrank add --store h nowhere.jsonl
try ls h
