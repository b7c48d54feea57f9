#!/bin/bash
# hugo.sh PROGRAM — builds a small site as docs/sites.md shows it and finds the boxes in its pages. 77: hugo is not installed.
set -euo pipefail
program=$(realpath "$1")
root=$(cd "$(dirname "$0")/../.." && pwd)
command -v hugo >/dev/null || {
    echo "skipped: hugo is not installed"
    exit 77
}
site=$(mktemp -d)
trap 'rm -rf "$site"' EXIT
cd "$site"
mkdir -p content/posts data layouts/_default layouts/partials

# The pages: the project's own articles, one a file, in both kinds of front matter.
python3 - "$root/datasets/feed/english.jsonl" <<'END'
import json, sys
for number, line in enumerate(open(sys.argv[1], encoding="utf-8")):
    article = json.loads(line)
    if number >= 120 or not article.get("text") or not article.get("title"):
        continue
    title = json.dumps(article["title"], ensure_ascii=False)
    date = article.get("published", "2026-01-01T00:00:00Z")
    head = f"---\ntitle: {title}\ndate: {date}\n---\n" if number % 2 else f"+++\ntitle = {title}\ndate = {date}\n+++\n"
    with open(f"content/posts/{article['id']}.md", "w", encoding="utf-8") as page:
        page.write(head + "\n" + article["text"] + "\n")
END
printf -- '---\ntitle: A draft\ndraft: true\n---\nThe river Senn broke through a dyke.\n' >content/posts/draft.md
printf -- '---\ntitle: All posts\n---\n' >content/posts/_index.md

# What the guide shows, taken from it.
# shellcheck disable=SC2016
sed -n '/^## Hugo/,/^## Jekyll/p' "$root/docs/sites.md" | sed -n '/^```html/,/^```/p' | sed '1d;$d' >layouts/partials/related.html
printf 'baseURL = "https://example.org/"\ntitle = "Site"\n' >config.toml
printf '<h1>{{ .Title }}</h1>{{ .Content }}{{ partial "related.html" . }}\n' >layouts/_default/single.html
printf '{{ range .Pages }}{{ .Title }}{{ end }}\n' >layouts/_default/list.html

"$program" related --all content/ -n 3 --format json >data/related.json
hugo --quiet --buildFuture

pages=0 boxes=0
for page in public/posts/*/index.html; do
    pages=$((pages + 1))
    links=$(sed -n '/<aside class="related">/,/<\/aside>/p' "$page" | grep -c '<li><a href="/posts/' || true)
    [ "$links" -eq 3 ] && boxes=$((boxes + 1))
done
echo "$pages pages, $boxes with a box of three"
[ "$pages" -gt 50 ]
[ "$boxes" -eq "$pages" ]
# The flood story's page links to the next report of it.
grep -q 'href="/posts/flood-[0-9]-[a-z]*/"' "public/posts/flood-1-tidewire/index.html"
! grep -rq 'draft' public/posts/*/index.html
