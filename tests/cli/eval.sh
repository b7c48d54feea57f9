# Rankings judged: one alone, two compared, files that are none.

cat >stories.qrels <<'END'
q1 0 a 3
q1 0 b 1
q1 0 c 0
q2 0 a 1
q2 0 d 2
q3 0 z 1
q4 0 z 0
END
# q1 in perfect order; q2 finds d second; q3 is missing; a repeated row and the query itself do not count.
cat >first.run <<'END'
q1 Q0 q1 1 9.5 made
q1 Q0 a 2 0.9 made
q1 Q0 a 3 0.8 made
q1 Q0 b 4 0.7 made
q2 Q0 x 1 .5 made
q2 Q0 d 2 .25 made
END
# Four columns; equal scores go by rank.
printf 'q1 b 1 2\nq1 a 2 2\nq2 d 1 1e-3\nq2 a 2 1e-4\nq3 z 1 0\n' >second.run

try simrank eval --qrels stories.qrels first.run
try simrank eval --qrels stories.qrels first.run second.run
try simrank eval --qrels stories.qrels first.run --min-grade 2 --format json
try simrank eval --qrels stories.qrels first.run second.run --format csv
zstd -q stories.qrels
from second.run simrank eval --qrels stories.qrels.zst - --format csv
try simrank eval first.run
try simrank eval --qrels stories.qrels
try simrank eval --qrels stories.qrels nowhere.run
try simrank eval --qrels stories.qrels first.run --min-grade 9
try simrank eval --qrels first.run second.run
try simrank eval --qrels stories.qrels first.run --format html
printf 'q1 Q0 a 1 0.5 made\nq1 Q0 b 2 a,5 made\n' >bad.run
try simrank eval --qrels stories.qrels bad.run
printf 'q1 0 a 1\nq1 0 a 2\n' >twice.qrels
try simrank eval --qrels twice.qrels first.run
printf '\n' >empty.run
try simrank eval --qrels stories.qrels empty.run
