/* json_head.c — strings and brackets told apart, the names of the outermost object looked at. */
#include "feed/json_head.h"

typedef struct head_scan {
    sr_str text;
    size_t at;
    size_t depth;
    sr_str name; /* of the member being read, at depth 1 */
    bool has_text;
} head_scan;

static size_t skip_blanks(sr_str text, size_t at)
{
    while (at < text.n_bytes && strchr(" \t\r\n", text.data[at]) && text.data[at]) {
        at++;
    }
    return at;
}

/* Behind the string that begins at `at`; its content goes to `content`. */
static size_t skip_string(sr_str text, size_t at, sr_str *content)
{
    size_t start = ++at;
    while (at < text.n_bytes && text.data[at] != '"') {
        at += text.data[at] == '\\' ? 2 : 1;
    }
    at = at < text.n_bytes ? at : text.n_bytes;
    *content = sr_str_make(text.data + start, at - start);
    return at < text.n_bytes ? at + 1 : at;
}

/* What lists of articles are called. */
static bool is_list_name(sr_str name)
{
    static const char *const NAMES[] = {"items",   "articles", "entries", "posts",
                                        "results", "stories",  "data",    "documents"};
    for (size_t i = 0; i < SR_ARRAY_COUNT(NAMES); i++) {
        if (sr_str_equal_text(name, NAMES[i])) {
            return true;
        }
    }
    return false;
}

/* What an article's own text is called. */
static bool is_text_name(sr_str name)
{
    static const char *const NAMES[] = {"text",         "body",         "content",
                                        "content_html", "content_text", "article_body"};
    for (size_t i = 0; i < SR_ARRAY_COUNT(NAMES); i++) {
        if (sr_str_equal_text(name, NAMES[i])) {
            return true;
        }
    }
    return false;
}

/* One step; true where an array of objects with a name of lists begins. */
static bool step(head_scan *s)
{
    char c = s->text.data[s->at];
    if (c == '"') {
        sr_str content;
        s->at = skip_string(s->text, s->at, &content);
        size_t behind = skip_blanks(s->text, s->at);
        bool is_name = s->depth == 1 && behind < s->text.n_bytes && s->text.data[behind] == ':';
        s->name = is_name ? content : s->name;
        s->has_text = s->has_text || (is_name && is_text_name(content));
        return false;
    }
    s->at++;
    if (c == '[' && s->depth == 1 && is_list_name(s->name)) {
        size_t behind = skip_blanks(s->text, s->at);
        return behind < s->text.n_bytes && strchr("{]", s->text.data[behind]);
    }
    s->depth += c == '{' || c == '[';
    s->depth -= (c == '}' || c == ']') && s->depth > 0;
    return false;
}

sr_json_head sr_json_head_scan(sr_str head)
{
    static const char FEED[] = "https://jsonfeed.org/version/";
    static const char ESCAPED[] = "https:\\/\\/jsonfeed.org\\/version\\/";
    sr_json_head found = {0};
    head_scan s = {.text = head, .at = skip_blanks(head, 0)};
    found.is_feed = head.n_bytes && (memmem(head.data, head.n_bytes, FEED, sizeof FEED - 1) ||
                                     memmem(head.data, head.n_bytes, ESCAPED, sizeof ESCAPED - 1));
    while (s.at < head.n_bytes && !found.records) {
        found.spans_lines = found.spans_lines || (head.data[s.at] == '\n' && s.depth);
        if (step(&s)) {
            found.records = s.at;
            found.has_text = s.has_text;
        } else if (s.depth == 0) {
            break; /* the first object ends */
        }
    }
    return found;
}
