#!/bin/bash
# gen_feed: same seed, same bytes; the recorded truth agrees with the texts.
# usage: gen_feed.sh PROGRAM
set -euo pipefail
program=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

fail() {
    echo "gen_feed.sh: $*" >&2
    exit 1
}

articles=6000
"$program" --articles $articles --copies 0.4 --templates 0.05 --seed 5 --median-words 80 --truth truth -o feed
"$program" --articles $articles --copies 0.4 --templates 0.05 --seed 5 --median-words 80 --truth truth2 >feed2
if ! cmp feed feed2 || ! cmp truth truth2; then
    fail "the same seed gives other bytes"
fi
"$program" --articles $articles --copies 0.4 --templates 0.05 --seed 6 --median-words 80 -o feed2
cmp -s feed feed2 && fail "another seed gives the same bytes"

[ "$(wc -l <feed)" -eq $articles ] || fail "not $articles lines"
[ "$(tail -n +2 truth | cut -f1 | sort -u | wc -l)" -eq $articles ] || fail "not every article has its truth"
kinds=$(tail -n +2 truth | cut -f3 | LC_ALL=C sort -u | tr '\n' ' ')
[ "$kinds" = "boiler boiler+edit edit exact orig shuffle template trunc " ] || fail "kinds: $kinds"

# Columns: id, group, kind, param, story, text (its line ends as \n, so that it stays one field).
sed -E 's/.*"text":"([^"]*)".*/\1/' feed | paste <(tail -n +2 truth) - >joined
LC_ALL=C awk -F'\t' '
function bad(why) { print $1 " (" $3 "): " why; failed = 1 }
function sorted(text,    n, i, j, t, lines) { # insertion sort of the paragraphs
    n = split(text, lines, /\\n/)
    for (i = 2; i <= n; i++) {
        t = lines[i]
        for (j = i - 1; j > 0 && lines[j] > t; j--) lines[j + 1] = lines[j]
        lines[j + 1] = t
    }
    t = ""
    for (i = 1; i <= n; i++) t = t lines[i] "|"
    return t
}
{ plain = index($6, "(c) ") == 0 }
$3 == "orig" || $3 == "template" {
    if ("n" sprintf("%08d", $2) != $1) bad("is not of its own group")
    original[$2] = $6
    bare[$2] = plain
}
$3 == "exact" && $6 != original[$2] { bad("differs from its original") }
$3 == "boiler" && plain { bad("has no furniture") }
$3 == "boiler" && bare[$2] && index($6, original[$2]) == 0 { bad("does not hold its original") }
$3 == "edit" && $6 == original[$2] { bad("equals its original") }
$3 == "trunc" && (length($6) >= length(original[$2]) || index(original[$2], $6) == 0) { bad("is no part of its original") }
$3 == "shuffle" && bare[$2] && (sorted($6) != sorted(original[$2]) || $6 == original[$2]) { bad("has other paragraphs") }
$3 == "edit" && ($4 < .01 || $4 >= .1) || $3 == "boiler+edit" && ($4 < .01 || $4 >= .03) ||
    $3 == "trunc" && ($4 < .5 || $4 >= .95) { bad("parameter " $4) }
$3 == "template" && $5 in form { # the same form: most words stay, at least three facts differ
    n = split($6, now, " ")
    m = split(form[$5], before, " ")
    for (same = i = 0; i++ < n;) same += now[i] == before[i]
    if (n != m || n - same < 3 || same < n / 2) bad(same " of " n " words as in " $5)
    forms++
}
$3 == "template" { form[$5] = $6 }
$5 ~ /^s/ { stories[$5]++ }
END {
    for (s in stories) told += stories[s] > 2
    if (forms < 50) { print "only " forms + 0 " repeated forms"; failed = 1 }
    if (told < 100) { print "only " told + 0 " stories of three articles"; failed = 1 }
    exit failed
}' joined || fail "the truth does not agree with the texts"

# Split edits: the words of the one kind change around numbers that stay, of the other only facts change.
"$program" --articles $articles --copies 0.4 --seed 5 --median-words 80 --edits split --truth truth2 -o feed2
sed -E 's/.*"text":"([^"]*)".*/\1/' feed2 | paste <(tail -n +2 truth2) - | LC_ALL=C awk -F'\t' '
function numbers(text,    all) {
    gsub(/\(c\).*/, "", text)
    while (match(text, /[0-9]+/)) { all = all " " substr(text, RSTART, RLENGTH); text = substr(text, RSTART + RLENGTH) }
    return all
}
$3 == "orig" { original[$2] = $6; bare[$2] = index($6, "(c) ") == 0 }
$3 == "edit" { bad++ }
bare[$2] && $3 == "edit-words" { n_words++; bad += numbers($6) != numbers(original[$2]) }
bare[$2] && $3 == "edit-facts" { n_facts++; bad += split($6, a, " ") != split(original[$2], b, " ") }
END { exit bad > 0 || n_words < 50 || n_facts < 50 }' || fail "split edits are not what they should be"

"$program" --articles 300 --languages latin=2,cyrillic,cjk --seed 9 -o mixed
iconv -f UTF-8 -t UTF-8 mixed >/dev/null || fail "not UTF-8"
for language in en ru zh; do
    grep -q "\"language\":\"$language\"" mixed || fail "no article in $language"
done
for wrong in "--articles 0" "--articles 5 --copies 1.5" "--articles 5 --languages klingon" "--articles"; do
    # shellcheck disable=SC2086  # options are to be split
    "$program" $wrong >/dev/null 2>&1 && fail "accepted: $wrong"
done
exit 0
