# Clean feeds: outputs, reports, summaries.

export SIMRANK_STORE=/nonexistent/never-looked-at

try simrank dedup "$FILES/news.jsonl"
try simrank dedup "$FILES/news.jsonl" --format json
try simrank dedup "$FILES/news.jsonl" -o clean.jsonl --report dups.csv --report dups.jsonl
try cat dups.csv dups.jsonl
try cmp <(grep -v -e '"bridge-[23]"' -e '"budget-2"' "$FILES/news.jsonl") clean.jsonl

# records on stdout, the summary on stderr
from "$FILES/news.jsonl" simrank dedup - -o - >stdout.txt
grep -c '"id"' stdout.txt
grep '^2> kept' stdout.txt
from "$FILES/news.jsonl" simrank dedup -q -o - - | cut -c1-24

# CSV stays CSV, with its header and its quoted newlines
try simrank dedup -q "$FILES/news.csv" -o clean.csv
try cat clean.csv

# a tree of files of the same names and compressions; the order of the inputs counts
mkdir -p in/sub
head -4 "$FILES/news.jsonl" >in/a.jsonl
tail -n +3 "$FILES/news.jsonl" | gzip >in/sub/b.jsonl.gz
try simrank dedup in -o out/ --drop exact
try find out -type f
gzip -dc out/sub/b.jsonl.gz | cut -c1-24
try simrank dedup -q in -o joined.jsonl.gz --threshold 1 --containment 1
gzip -dc joined.jsonl.gz | cut -c1-24

# keepers
try simrank dedup -q "$FILES/news.jsonl" -o longest.jsonl --keep longest
cut -c1-24 longest.jsonl
simrank dedup "$FILES/news.jsonl" --keep last,longest -o - -q | cut -c1-24
try simrank dedup "$FILES/news.jsonl" --keep first,source=
try simrank dedup -q "$FILES/news.jsonl" --cluster components --threshold 0.4

# nothing is written
try simrank dedup "$FILES/news.jsonl" --dry-run -o never.jsonl --report never.csv
try ls never.jsonl never.csv
# an input is never overwritten; a report needs a known ending; outputs need their directory
cp "$FILES/news.jsonl" mine.jsonl
try simrank dedup mine.jsonl -o mine.jsonl
try cmp "$FILES/news.jsonl" mine.jsonl
try simrank dedup mine.jsonl --report report.pdf
try simrank dedup mine.jsonl -o no/such/directory.jsonl
try simrank dedup nowhere.jsonl -o x.jsonl

# other parameters are named in the summary
try simrank dedup "$FILES/news.jsonl" --bands 20x6 --shingle 3 --threshold 0.725 --no-boilerplate

# the plain method: the Jaccard of shingles, and no excerpts; made from words or from texts the same
try simrank dedup "$FILES/news.jsonl" --plain --no-boilerplate --report plain.csv
try cut -d, -f2-5,9 plain.csv
try simrank dedup "$FILES/news.jsonl" --plain --no-boilerplate -q --report texts.csv --report texts.html
try cmp plain.csv texts.csv
simrank dedup "$FILES/news.jsonl" --plain --format json | grep -o '"thresholds":{[^}]*}'

# a file without records keeps its place in the output tree
mkdir tree
: >tree/empty.jsonl
echo 'id,title,text' >tree/header.csv
echo '{"id":"x","text":"hello there world"}' >tree/one.jsonl
try simrank dedup tree -q -o tree.out/
try find tree.out -type f -size -1
try cat tree.out/header.csv

# a page for people: nothing of a feed becomes markup, and what is shared is marked
{
    echo '{"id":"<script>1","title":"A & B","source":"<i>S</i>","text":"one two three four five six seven <eight> & nine ten eleven twelve thirteen fourteen fifteen sixteen"}'
    echo '{"id":"2","url":"https://www.two.example/x","text":"one two three four five six seven <eight> & nine ten eleven twelve thirteen fourteen fifteen changed"}'
} >page.jsonl
try simrank dedup -q page.jsonl --threshold 0.6 --report page.html --report page2.html.gz
sed -n '/<h1>/,$p' page.html
gzip -dc page2.html.gz | cmp - page.html
grep -c '<script\|http' page.html || true
