# Two articles side by side.

try simrank compare "$FILES/news.jsonl:1" "$FILES/news.jsonl:2"
try simrank compare "$FILES/news.jsonl:1" "$FILES/news.jsonl:3"
try simrank compare "$FILES/news.jsonl:1" "$FILES/news.jsonl:4" --format json
try simrank compare "$FILES/news.jsonl:1" "$FILES/news.jsonl:9"
from "$FILES/article.txt" simrank compare - "$FILES/article.txt"
try simrank compare "$FILES/news.jsonl:1" "$FILES/news.jsonl:3" --threshold 0.99 --containment 0.99 --signature 256
try simrank compare "$FILES/news.jsonl:1" nowhere.txt
try simrank compare "$FILES/news.jsonl:0" "$FILES/article.txt"
from "$FILES/article.txt" simrank compare - -
