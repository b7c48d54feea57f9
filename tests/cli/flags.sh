# Every form of a flag, and everything that can be wrong with one. Nothing here reads a feed or a store.

try simrank
try simrank frobnicate
try simrank dedpu
touch article.txt
try simrank article.txt
try simrank --nope
try simrank -x
try simrank add --stroe x
try simrank -j4
try simrank add --man

# a flag of another verb
try simrank add --threshold 0.5 x
try simrank dedup --why x
try simrank info --report x
try simrank dedup --store x y

# values that are missing or that were not meant
try simrank add --report
try simrank add --store --format json
try simrank related -qn
try simrank dedup --dry-run=yes x
try simrank dedup --files-from= x

# numbers, words and dates out of range
try simrank dedup --shingle 0 x
try simrank dedup --shingle=17 x
try simrank dedup --threshold 1.5 x
try simrank dedup --threshold -1 x
try simrank dedup --threshold 0,5 x
try simrank dedup --signature 200 x
try simrank dedup --bands 16x x
try simrank dedup --bands 64x8 x
try simrank dedup --drop exact,foo x
try simrank dedup --keep best x
try simrank dedup --max-bad 120% x
try simrank dedup --max-record 0 x
try simrank dedup --max-record 9999999999G x
try simrank dedup --delimiter ab x
try simrank dedup --input-format xml x
try simrank dedup --format yaml x
try simrank dedup --format html x
try simrank related -n0 x
try simrank related -n 18446744073709551617 x
try simrank related --since tomorrow x
try simrank related --half-life never x
try simrank related --min-score 2 x
try simrank add -j 0 x
try simrank --completions ksh

# arguments
try simrank add
try simrank dedup
try simrank related
try simrank compare x
try simrank compare x y z
try simrank info x
try simrank add --report a.csv --report b.csv x
try simrank dedup --files-from nowhere.txt

# forms that work: each names a store that is not there, and gets as far as that
try simrank --store nowhere info
try simrank info --store=nowhere
try simrank related -qj2 -n3 --store nowhere -- -odd-name
try simrank --related article.txt --store nowhere
try simrank --store nowhere --related=article.txt
# which kernels there are depends on the machine
try sh -c 'SIMRANK_KERNEL=abacus simrank info 2>&1 | sed "s/it has:.*/it has: …/"'
