/* boilerplate.c — a page of which no line may be furniture (boilerplate_filter.h) is done with. Of
 * any other every line gets a kind from a table of known phrases; then one place is looked
 * for where the article ends. Precision comes first: a phrase must be the whole line, or begin a
 * short one, and a section head ends the article only where what follows looks like furniture too
 * or is the smaller part of the page. */
#include "text/boilerplate.h"

#include "text/boilerplate_rules.h"
#include "text/fold.h"
#include "text/tokenise.h"

#include <stdlib.h>

enum {
    MAX_RULE_WORDS = 60, /* a longer line is prose */
    MAX_START_WORDS = 30,
    MAX_LINK_WORDS = 20, /* headlines of a list; three times as many characters that stand alone */
    MIN_KEPT_WORDS = 20, /* before a head that only links follow */
    MIN_FOOT_WORDS = 50, /* before two heads in a row */
    MIN_KEPT_PERCENT = 40,
    KEY_BYTES = 1024,
    PREFIX_BYTES = 8
};

typedef enum line_kind { BLANK, PROSE, LINK, FURNITURE, LIST_HEAD, FOOT_HEAD } line_kind;

typedef struct sr_page_line {
    size_t start; /* bytes of the text, with the line end */
    size_t end;
    size_t folded_end; /* the same end in the folded text */
    size_t first_word;
    size_t n_words;
    size_t foot_run; /* foot heads from here on in a row, only blank lines and furniture between
                        them */
    line_kind kind;
    bool may_match; /* some rule */
} line;

/* The words of a line in the form of the rules: one blank between words that something separates.
 */
typedef struct line_key {
    char text[KEY_BYTES + PREFIX_BYTES]; /* NUL behind the last word */
    size_t n_bytes;
    size_t starts[MAX_RULE_WORDS];
    size_t n_words;
} line_key;

typedef struct page {
    sr_str text;
    sr_cleaner *cleaner;
    size_t n_lines;
    size_t n_furniture; /* lines that go wherever they stand */
} page;

static bool make_key(const page *p, const line *l, line_key *key)
{
    key->n_bytes = 0;
    key->n_words = 0;
    for (size_t i = 0; i < l->n_words; i++) {
        size_t at = l->first_word + i;
        sr_str word = sr_word(&p->cleaner->words, at);
        bool blank = i > 0 && p->cleaner->words.ends[at - 1] != p->cleaner->words.starts[at];
        if (key->n_bytes + blank + word.n_bytes > KEY_BYTES) {
            return false;
        }
        key->text[key->n_bytes] = ' ';
        key->n_bytes += blank;
        key->starts[key->n_words++] = key->n_bytes;
        memcpy(key->text + key->n_bytes, word.data, word.n_bytes);
        key->n_bytes += word.n_bytes;
    }
    memset(key->text + key->n_bytes, 0, PREFIX_BYTES);
    return true;
}

static size_t word_end(const line_key *key, size_t i)
{
    if (i + 1 == key->n_words) {
        return key->n_bytes;
    }
    size_t next = key->starts[i + 1];
    return key->text[next - 1] == ' ' ? next - 1 : next;
}

/* `phrase` stands at `at` and ends with a word; scripts without blanks know no such end. */
static bool phrase_at(const line_key *key, size_t at, const char *phrase)
{
    size_t n = strlen(phrase);
    if (key->n_bytes - at < n || memcmp(key->text + at, phrase, n) != 0) {
        return false;
    }
    char next = key->text[at + n];
    return next == ' ' || next == '\0' || (unsigned char)phrase[0] >= 0xe3;
}

/* The first bytes of a phrase as a number of the same order. */
static uint64_t prefix_of(const char *bytes, size_t n_bytes)
{
    uint64_t prefix = __builtin_bswap64(sr_load_u64(bytes));
    return n_bytes >= PREFIX_BYTES ? prefix : prefix & ~(UINT64_MAX >> (8 * n_bytes));
}

/* The first row whose phrase is not before `prefix`; a row begins with its phrase. */
static size_t lower_bound(const void *rows, size_t n_rows, size_t row_bytes, uint64_t prefix)
{
    size_t from = 0;
    while (n_rows > 0) {
        size_t half = n_rows / 2;
        if (prefix_of((const char *)rows + (from + half) * row_bytes, PREFIX_BYTES) < prefix) {
            from += half + 1;
            n_rows -= half + 1;
        } else {
            n_rows = half;
        }
    }
    return from;
}

/* An inner rule stands anywhere in the line. */
static bool has_inner(const line_key *key)
{
    for (size_t i = 0; i < key->n_words; i++) {
        const char *word = key->text + key->starts[i];
        size_t n = word_end(key, i) - key->starts[i];
        uint64_t prefix = prefix_of(word, n);
        size_t at =
            lower_bound(sr_inner_rules, sr_inner_rule_count, sizeof sr_inner_rules[0], prefix);
        for (; at < sr_inner_rule_count && prefix_of(sr_inner_rules[at].phrase, n) == prefix;
             at++) {
            if (phrase_at(key, key->starts[i], sr_inner_rules[at].phrase) &&
                strstr(key->text, sr_inner_rules[at].also)) {
                return true;
            }
        }
    }
    return false;
}

/* What stands between the phrase of `n_bytes` that begins the line and the next word, or the line's
 * end. */
static sr_str gap_behind(const page *p, const line *l, const line_key *key, size_t n_bytes)
{
    const sr_words *words = &p->cleaner->words;
    size_t n = 0;
    while (n < key->n_words && key->starts[n] < n_bytes) {
        n++;
    }
    size_t last = l->first_word + n - 1;
    size_t from = words->ends[last];
    size_t to = n < l->n_words ? words->starts[last + 1] : l->folded_end;
    return sr_str_make(words->folded.data + from, to - from);
}

static bool has_colon(sr_str gap)
{
    static const char *const COLONS[] = {":", "：", "»", "›", "→", "|", ">"};
    for (size_t i = 0; i < SR_ARRAY_COUNT(COLONS); i++) {
        if (memmem(gap.data, gap.n_bytes, COLONS[i], strlen(COLONS[i]))) {
            return true;
        }
    }
    return false;
}

static bool has_year(const line_key *key, size_t at)
{
    const char *s = key->text + at; /* behind the phrase: " 2025" */
    size_t n = 0;
    while (n < 4 && at + 1 + n < key->n_bytes && s[1 + n] >= '0' && s[1 + n] <= '9') {
        n++;
    }
    return n == 4;
}

static bool is_number(const line_key *key, size_t i)
{
    const char *word = key->text + key->starts[i];
    return sr_word_is_digits(sr_str_make(word, word_end(key, i) - key->starts[i]));
}

static sr_str line_text(const page *p, const line *l)
{
    return sr_str_trim(sr_str_make(p->text.data + l->start, l->end - l->start));
}

static bool begins_with(sr_str s, const char *start)
{
    size_t n = strlen(start);
    return s.n_bytes >= n && memcmp(s.data, start, n) == 0;
}

static bool ends_with(sr_str s, const char *end)
{
    size_t n = strlen(end);
    return s.n_bytes >= n && memcmp(s.data + s.n_bytes - n, end, n) == 0;
}

/* Wrapped prose may leave one word on its last line ("… a cent a share."), and "Comments?" is a
 * question: a label ends with no such sign. Three points are furniture ("Loading..."). */
static bool may_be_label(sr_str s)
{
    static const char *const ENDS[] = {".", ",", ";", "?", ".\"", ".)"};
    for (size_t i = 0; i < SR_ARRAY_COUNT(ENDS); i++) {
        if (ends_with(s, ENDS[i])) {
            return ends_with(s, "...");
        }
    }
    return true;
}

/* A line that goes on with a sentence begins in lower case, an aside with a bracket. */
static bool begins_anew(sr_str s)
{
    return s.n_bytes && s.data[0] != '(' && !(s.data[0] >= 'a' && s.data[0] <= 'z');
}

/* The whole line but for numbers at its ends ("12 Comments") is one of the phrases. */
static uint32_t match_whole(const line_key *key)
{
    size_t first = 0, last = key->n_words;
    while (first < last && is_number(key, first)) {
        first++;
    }
    while (last > first && is_number(key, last - 1)) {
        last--;
    }
    if (first == last) {
        return 0;
    }
    sr_str whole =
        sr_str_make(key->text + key->starts[first], word_end(key, last - 1) - key->starts[first]);
    uint64_t prefix = prefix_of(whole.data, whole.n_bytes);
    size_t at =
        lower_bound(sr_anchored_rules, sr_anchored_rule_count, sizeof sr_anchored_rules[0], prefix);
    for (; at < sr_anchored_rule_count &&
           prefix_of(sr_anchored_rules[at].phrase, PREFIX_BYTES) == prefix;
         at++) {
        if (sr_str_equal_text(whole, sr_anchored_rules[at].phrase)) {
            return sr_anchored_rules[at].uses & (SR_RULE_HEAD | SR_RULE_LIST | SR_RULE_LINE);
        }
    }
    return 0;
}

/* A phrase begins the line in a way that makes furniture of it. */
static bool match_start(const page *p, const line *l, const line_key *key)
{
    size_t n = word_end(key, 0);
    uint64_t prefix = prefix_of(key->text, n);
    size_t at =
        lower_bound(sr_anchored_rules, sr_anchored_rule_count, sizeof sr_anchored_rules[0], prefix);
    for (; at < sr_anchored_rule_count && prefix_of(sr_anchored_rules[at].phrase, n) == prefix;
         at++) {
        const sr_anchored_rule *rule = &sr_anchored_rules[at];
        size_t n_phrase = strlen(rule->phrase);
        if (!phrase_at(key, 0, rule->phrase)) {
            continue;
        }
        if ((rule->uses & SR_RULE_START && l->n_words <= MAX_START_WORDS) ||
            (rule->uses & SR_RULE_YEAR && has_year(key, n_phrase)) ||
            (rule->uses & SR_RULE_COLON && has_colon(gap_behind(p, l, key, n_phrase)))) {
            return true;
        }
    }
    return false;
}

/* Few words and no end of a sentence. */
static bool looks_like_link(const page *p, const line *l)
{
    static const char *const ENDS[] = {".", "。", "\"", "”", "»"};
    bool alone = sr_word_is_alone(sr_word(&p->cleaner->words, l->first_word));
    if (l->n_words > (alone ? 3 : 1) * MAX_LINK_WORDS) {
        return false;
    }
    for (size_t i = 0; i < SR_ARRAY_COUNT(ENDS); i++) {
        if (ends_with(line_text(p, l), ENDS[i])) {
            return false;
        }
    }
    return true;
}

static line_kind classify_line(const page *p, const line *l)
{
    if (l->n_words == 0) {
        return BLANK;
    }
    if (l->n_words > MAX_RULE_WORDS) {
        return PROSE;
    }
    if (!l->may_match) {
        return looks_like_link(p, l) ? LINK : PROSE;
    }
    line_key key;
    if (!make_key(p, l, &key)) {
        return PROSE;
    }
    sr_str text = line_text(p, l);
    uint32_t uses = may_be_label(text) ? match_whole(&key) : 0;
    if (uses) {
        return uses & SR_RULE_HEAD ? FOOT_HEAD : uses & SR_RULE_LIST ? LIST_HEAD : FURNITURE;
    }
    if (begins_with(text, "©") || (begins_anew(text) && match_start(p, l, &key)) ||
        has_inner(&key)) {
        return FURNITURE;
    }
    return looks_like_link(p, l) ? LINK : PROSE;
}

/* Behind the line that begins at `at`. */
static size_t line_end(sr_str text, size_t at)
{
    const char *newline = memchr(text.data + at, '\n', text.n_bytes - at);
    return newline ? (size_t)(newline - text.data) + 1 : text.n_bytes;
}

/* The words of each line, and whether any of the lines may be furniture. */
static sr_status split_words(page *p, bool *any)
{
    sr_cleaner *cleaner = p->cleaner;
    const sr_words *words = &cleaner->words;
    sr_str folded = sr_buffer_view(&words->folded);
    size_t word = 0;
    *any = false;
    for (size_t at = 0; at < folded.n_bytes;) {
        void *lines = cleaner->lines;
        SR_TRY(sr_array_reserve(&lines, &cleaner->line_capacity, p->n_lines + 1, sizeof(line)));
        cleaner->lines = lines;
        line *l = &cleaner->lines[p->n_lines++];
        size_t end = line_end(folded, at);
        *l = (line){.folded_end = end, .first_word = word};
        l->may_match = sr_boilerplate_filter_line(&cleaner->filter, words, at, end, &word);
        l->n_words = word - l->first_word;
        *any |= l->may_match;
        at = end;
    }
    return SR_OK;
}

/* What each line is. Folding leaves line ends as they are, so that the n-th line of the folded text
 * is that of the text. */
static void classify_lines(page *p)
{
    size_t at = 0;
    for (size_t i = 0; i < p->n_lines; i++) {
        line *l = &p->cleaner->lines[i];
        l->start = at;
        l->end = at = line_end(p->text, at);
        l->kind = classify_line(p, l);
        p->n_furniture += l->kind > LINK;
    }
}

/* Fills foot_run; returns the first line that no prose follows (its own kind does not count). */
static size_t look_ahead(page *p)
{
    size_t n_tail = 0, run = 0;
    bool prose = false;
    for (size_t i = p->n_lines; i > 0; i--) {
        line *l = &p->cleaner->lines[i - 1];
        n_tail += !prose;
        prose |= l->kind == PROSE;
        run = l->kind == PROSE || l->kind == LINK ? 0 : run + (l->kind == FOOT_HEAD);
        l->foot_run = run;
    }
    return p->n_lines - n_tail;
}

/* The line that ends the article: n_lines where none does. */
static size_t find_end(page *p)
{
    size_t tail = look_ahead(p);
    size_t n_kept = 0;
    for (size_t i = 0; i < p->n_lines; i++) {
        const line *l = &p->cleaner->lines[i];
        if (l->kind == PROSE || l->kind == LINK) {
            n_kept += l->n_words;
        } else if (l->kind == FOOT_HEAD || l->kind == LIST_HEAD) {
            bool links_only = i >= tail && n_kept >= MIN_KEPT_WORDS;
            bool larger_part = n_kept * 100 >= p->cleaner->words.n_words * MIN_KEPT_PERCENT;
            bool foot = l->foot_run >= 2 && n_kept >= MIN_FOOT_WORDS;
            if (links_only || (l->kind == FOOT_HEAD && (larger_part || foot))) {
                return i;
            }
        }
    }
    return p->n_lines;
}

/* The words of the lines that are kept: no word goes on in another line. */
static void keep_words(const page *p, size_t n_lines)
{
    sr_words *words = &p->cleaner->words;
    size_t n = 0;
    for (size_t i = 0; i < n_lines; i++) {
        const line *l = &p->cleaner->lines[i];
        if (l->kind <= LINK) {
            memmove(words->starts + n, words->starts + l->first_word,
                    l->n_words * sizeof(uint32_t));
            memmove(words->ends + n, words->ends + l->first_word, l->n_words * sizeof(uint32_t));
            n += l->n_words;
        }
    }
    words->n_words = n;
}

static sr_status write_kept(const page *p, size_t n_lines, sr_str *cleaned)
{
    bool any = false;
    for (size_t i = 0; i < n_lines && !any; i++) {
        any = p->cleaner->lines[i].kind == PROSE || p->cleaner->lines[i].kind == LINK;
    }
    if (!any) {
        return SR_OK; /* nothing but furniture: not ours to judge */
    }
    sr_buffer *kept = &p->cleaner->kept;
    sr_buffer_clear(kept);
    for (size_t i = 0; i < n_lines; i++) {
        const line *l = &p->cleaner->lines[i];
        if (l->kind <= LINK) {
            SR_TRY(sr_buffer_append(kept, p->text.data + l->start, l->end - l->start));
        }
    }
    *cleaned = sr_buffer_view(kept);
    keep_words(p, n_lines);
    return SR_OK;
}

void sr_cleaner_init(sr_cleaner *cleaner)
{
    *cleaner = (sr_cleaner){.line_capacity = 0};
    sr_words_init(&cleaner->words);
    sr_buffer_init(&cleaner->kept, SR_BUFFER_NO_LIMIT);
    sr_boilerplate_filter_init(&cleaner->filter);
}

void sr_cleaner_release(sr_cleaner *cleaner)
{
    sr_words_release(&cleaner->words);
    sr_buffer_release(&cleaner->kept);
    free(cleaner->lines);
}

sr_status sr_boilerplate_remove(sr_cleaner *cleaner, sr_str text, sr_str *cleaned, sr_words **words)
{
    *cleaned = text;
    *words = NULL;
    if (!text.n_bytes || !memchr(text.data, '\n', text.n_bytes)) {
        return SR_OK;
    }
    SR_TRY(sr_tokenise(&cleaner->words, text, false));
    *words = &cleaner->words;
    page p = {.text = text, .cleaner = cleaner};
    bool any;
    SR_TRY(split_words(&p, &any));
    if (!any) {
        return SR_OK;
    }
    classify_lines(&p);
    return p.n_furniture ? write_kept(&p, find_end(&p), cleaned) : SR_OK;
}
