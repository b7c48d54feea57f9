"""run_trafilatura.py PAGES — the text that trafilatura finds in each page, as JSON lines. Exit 3 where it is not installed.
Settings: no comments, as its own evaluation has them."""

import json
import os
import sys

try:
    import trafilatura
except ImportError as error:
    print(error, file=sys.stderr)
    sys.exit(3)

pages = sys.argv[1]
for name in sorted(os.listdir(pages)):
    with open(os.path.join(pages, name), "rb") as page:
        found = trafilatura.extract(page.read(), include_comments=False)
    print(json.dumps({"id": name[:-len(".html")], "text": found or ""}, ensure_ascii=False))
