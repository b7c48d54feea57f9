# A watched directory: files are added as they are complete, by path; a signal ends it cleanly.

mkdir -p in
cp "$FILES/news.jsonl" in/first.jsonl
printf 'half\n' >in/half.part
simrank add in --follow >out.txt 2>err.txt &
job=$!
wait_for() { # a disk that others write to may take long to flush a commit
    for _ in $(seq 600); do grep -q "$1" out.txt && return; sleep 0.1; done
    echo "never came: $1"
    cat err.txt
}
wait_for 'commit 1'
printf 'Ferry late\nThe ferry was late by an hour.\n' >in/.hidden.txt
printf 'Ferry late\nThe ferry was late by an hour.\n' >in/x.tmp
mv in/x.tmp in/ferry.txt
wait_for 'commit 2'
mkdir -p in/sub/deep
printf 'Fog\nDense fog lay on the river all day.\n' >in/sub/deep/fog.txt
wait_for 'commit 3'
printf '\0\0\0' >in/bad.bin
cp in/ferry.txt in/again.txt
wait_for 'commit 4'
kill -TERM $job
code=0
wait $job || code=$?
echo "exit $code"
grep -v -e bad.bin out.txt
grep -c 'bad.bin' err.txt | sed 's/^[1-9]$/told/'
try simrank add in
simrank related --id sub/deep/fog.txt --format json | grep -o '"query":{"id":"[^"]*"}'
try simrank add in in --follow
try simrank add nowhere --follow
