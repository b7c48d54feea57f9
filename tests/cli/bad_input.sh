# Bad input: told with file and line, the good records kept, the store unharmed.

first=$(sed -n 1p "$FILES/news.jsonl")
second=$(sed -n 5p "$FILES/news.jsonl")
third=$(sed -n 9p "$FILES/news.jsonl")

# a line that is no object, one that is cut short, one without a text, an empty article, one of one word
cat >lines.jsonl <<END
$first
[1, 2]
{"id": "cut", "text": "this line ends
{"id": "no-text", "url": "https://x.example/"}
{"id": "empty-1", "text": ""}
{"id": "empty-2", "text": " . "}
{"id": "one", "text": "Hello"}
"just a text"

$second
END
try simrank add lines.jsonl
try simrank dedup lines.jsonl -o clean.jsonl
try cmp <(sed -n '1p;5,7p;10p' lines.jsonl) clean.jsonl

# bytes that are no UTF-8 stay as they were
printf '{"id":"latin","text":"Caf\xe9 am Hafen, sagte sie, bleibt heute wegen Regen zu"}\n' >latin.jsonl
try simrank add latin.jsonl
try simrank dedup -q latin.jsonl -o same.jsonl
try cmp latin.jsonl same.jsonl

# a quote that is not closed: the record is bad, reading goes on at the next line
cat >quote.csv <<'END'
id,title,text
1,First,"The first article is sound and of one line."
2,Second,"The second article has a quote that nothing ends.
3,Third,The third article is on the line behind it.
4,Fourth,The fourth article is the last one of the file.
END
try simrank add --max-record 150 quote.csv
try simrank dedup quote.csv

# a record that is too long
{
    printf '{"id":"long","text":"'
    for _ in $(seq 400); do printf 'word %.0s' 1 2 3; done
    printf '"}\n%s\n' "$third"
} >long.jsonl
try simrank add --max-record 4K long.jsonl

# a compressed file that ends too soon
try simrank add "$FILES/cut.jsonl.zst"
try simrank dedup "$FILES/cut.jsonl.zst" -o rest.jsonl

# not there, not to be read, empty, of another kind
try simrank add two.jsonl nowhere.jsonl
mkdir -p closed/inner
cp "$FILES/news.csv" closed/a.csv
cp "$FILES/news.csv" closed/inner/b.csv
chmod 000 closed/inner
user=()
if [ "$(id -u)" -eq 0 ]; then # root may read everything: be somebody else
    chmod 755 "$PWD" "$PWD/.."
    chmod 777 "$TMPDIR"
    install -m 755 "$(command -v simrank)" "$CAUGHT/../simrank"
    user=(setpriv --reuid=65534 --regid=65534 --clear-groups env "PATH=$CAUGHT/..:$PATH")
fi
try "${user[@]}" simrank dedup closed --format json | sed 's/^\$ .* simrank/$ simrank/'
chmod 755 closed/inner

: >empty.jsonl
try simrank add empty.jsonl
head -c 3000 /dev/zero >zeros.bin
try simrank dedup --input-format jsonl zeros.bin

# too many bad ones: nothing happens
try simrank add --max-bad 3 lines.jsonl
try simrank add --max-bad 10% lines.jsonl
try simrank dedup --max-bad 3 lines.jsonl -o never.jsonl --report never.csv
try ls never.jsonl never.csv
try simrank add -q --max-bad 60% lines.jsonl
try simrank check
