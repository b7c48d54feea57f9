/* keep.c — criteria parsed and asked. */
#include "dedup/keep.h"

#include "base/url.h"

static const char *const NAMES[] = {"first", "last", "longest", "newest", "oldest"};

static bool parse_criterion(sr_str word, sr_keep_criterion *criterion)
{
    static const char SOURCE[] = "source=";
    size_t n_source = strlen(SOURCE);
    for (size_t i = 0; i < SR_ARRAY_COUNT(NAMES); i++) {
        if (sr_str_equal_text(word, NAMES[i])) {
            *criterion = (sr_keep_criterion){.kind = (sr_keep_kind)i};
            return true;
        }
    }
    if (sr_str_equal_text(word, "auto")) {
        *criterion = (sr_keep_criterion){.kind = SR_KEEP_FIRST};
        return true;
    }
    if (word.n_bytes > n_source && memcmp(word.data, SOURCE, n_source) == 0) {
        *criterion = (sr_keep_criterion){
            .kind = SR_KEEP_SOURCE,
            .source = sr_str_make(word.data + n_source, word.n_bytes - n_source),
        };
        return true;
    }
    return false;
}

sr_status sr_keep_parse(const char *text, sr_keep_rule *rule, sr_error *error)
{
    *rule = (sr_keep_rule){.keeps_later = !text};
    if (!text) {
        return SR_OK;
    }
    for (const char *word = text;; word++) {
        sr_str view = sr_str_make(word, strcspn(word, ","));
        if (rule->n_criteria == SR_KEEP_MAX_CRITERIA) {
            return sr_error_set(error, SR_ERR_ARGUMENT, NULL, 0,
                                "more than %d criteria of what to keep", SR_KEEP_MAX_CRITERIA);
        }
        if (!parse_criterion(view, &rule->criteria[rule->n_criteria])) {
            return sr_error_set(error, SR_ERR_ARGUMENT, NULL, 0,
                                "\"%.*s\" is no keep rule: auto, first, last, longest, newest, "
                                "oldest or source=NAME",
                                (int)(view.n_bytes < 100 ? view.n_bytes : 100), view.data);
        }
        rule->keeps_later |= sr_str_equal_text(view, "auto");
        rule->n_criteria++;
        word += view.n_bytes;
        if (!*word) {
            return SR_OK;
        }
    }
}

static char fold(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Equal, or the end of `name` behind a dot; ASCII letters of either case. */
static bool is_of(sr_str name, sr_str source)
{
    if (name.n_bytes < source.n_bytes) {
        return false;
    }
    size_t n_before = name.n_bytes - source.n_bytes;
    for (size_t i = 0; i < source.n_bytes; i++) {
        if (fold(name.data[n_before + i]) != fold(source.data[i])) {
            return false;
        }
    }
    return n_before == 0 || name.data[n_before - 1] == '.';
}

uint32_t sr_keep_sources(const sr_keep_rule *rule, const sr_article *article)
{
    uint32_t bits = 0;
    for (uint32_t i = 0; i < rule->n_criteria; i++) {
        if (rule->criteria[i].kind == SR_KEEP_SOURCE) {
            sr_str source = rule->criteria[i].source;
            bool is_source = is_of(sr_str_trim(article->source), source) ||
                             is_of(sr_url_host(article->url), source);
            bits |= (uint32_t)is_source << i;
        }
    }
    return bits;
}

/* −1: `a` stays, 1: `b`, 0: this criterion does not say. */
static int ask(sr_keep_kind kind, uint32_t bit, const sr_dedup_article *rows, uint32_t a,
               uint32_t b)
{
    const sr_dedup_article *x = &rows[a];
    const sr_dedup_article *y = &rows[b];
    bool dated = x->published_s != SR_TIME_UNKNOWN && y->published_s != SR_TIME_UNKNOWN;
    int order = 0;
    switch (kind) {
    case SR_KEEP_FIRST:
        order = (a > b) - (a < b);
        break;
    case SR_KEEP_LAST:
        order = (a < b) - (a > b);
        break;
    case SR_KEEP_LONGEST:
        order = (x->n_words < y->n_words) - (x->n_words > y->n_words);
        break;
    case SR_KEEP_NEWEST:
    case SR_KEEP_OLDEST:
        order = (x->published_s < y->published_s) - (x->published_s > y->published_s);
        order = kind == SR_KEEP_OLDEST && dated ? -order : order;
        break;
    case SR_KEEP_SOURCE:
        order = (int)(y->sources >> bit & 1) - (int)(x->sources >> bit & 1);
        break;
    }
    return order;
}

bool sr_keep_before(const sr_keep_rule *rule, const sr_dedup_article *rows, uint32_t a, uint32_t b)
{
    int order = 0;
    for (uint32_t i = 0; order == 0 && i < rule->n_criteria; i++) {
        order = ask(rule->criteria[i].kind, i, rows, a, b);
    }
    return order ? order < 0 : a < b;
}
