/* update.c — a title is a set of words kept in 64 bits, one bit a word: titles of a dozen words
 * hardly collide, equal ones have equal bits, and of two of them the share of common words can be
 * counted. What a wire writes before the title of its second state ("UPDATE 1-", "CORRECTED") does
 * not count, nor does its number. */
#include "dedup/update.h"

#include "simd/kernels.h"
#include "text/stop_words.h"

/* The form of every day has the title of the day before: in Reuters-21578 the reports of one title
 * that stand further apart are other fillings of a form. */
enum { MIN_TITLE_WORDS = 3, MAX_TITLE_DISTANCE_S = 18 * 3600, MAX_SOUGHT = 32, SOUGHT_BITS = 256 };

static uint64_t hash_of(sr_str text)
{
    uint64_t hash[2];
    sr_kernels_get()->hash_bytes(text.data, text.n_bytes, hash);
    return hash[0];
}

static bool is_mark(sr_str word)
{
    static const char *const MARKS[] = {"update",     "updated", "correction", "corrected",
                                        "korrektur",  "refile",  "wrapup",     "breaking",
                                        "developing", "upd",     "обновлено",  "更新"};
    for (size_t i = 0; i < SR_ARRAY_COUNT(MARKS); i++) {
        if (sr_str_equal_text(word, MARKS[i])) {
            return true;
        }
    }
    return false;
}

static bool is_small_number(sr_str word)
{
    return word.n_bytes == 1 && word.data[0] >= '0' && word.data[0] <= '9';
}

/* Two links to one page differ in the fragment, or in a slash at the end. */
static sr_str without_fragment(sr_str url)
{
    const char *fragment = url.n_bytes ? memchr(url.data, '#', url.n_bytes) : NULL;
    url.n_bytes = fragment ? (size_t)(fragment - url.data) : url.n_bytes;
    while (url.n_bytes && url.data[url.n_bytes - 1] == '/') {
        url.n_bytes--;
    }
    return url;
}

/* Does a line begin with word `at`, or end before it? Folding leaves line ends as they are. */
static bool begins_line(const sr_words *words, size_t at)
{
    if (at == 0 || at == words->n_words) {
        return true;
    }
    size_t from = words->ends[at - 1];
    return memchr(words->folded.data + from, '\n', words->starts[at] - from) != NULL;
}

/* Is the title, word for word, a line of the body, from word `at` on? */
static bool title_at(const sr_words *title, const sr_words *body, size_t at)
{
    if (body->n_words - at < title->n_words ||
        !sr_str_equal(sr_word(title, 0), sr_word(body, at)) || !begins_line(body, at) ||
        !begins_line(body, at + title->n_words)) {
        return false;
    }
    for (size_t i = 1; i < title->n_words; i++) {
        if (!sr_str_equal(sr_word(title, i), sr_word(body, at + i))) {
            return false;
        }
    }
    return true;
}

/* The words of a title, until they are found. */
typedef struct sought_words {
    sr_str words[MAX_SOUGHT];
    uint32_t kinds[MAX_SOUGHT];
    size_t n_words;
    uint64_t may_be[SOUGHT_BITS / 64]; /* a bit a kind of these */
} sought_words;

/* By length and first bytes, mixed; a word has four readable bytes. */
static uint32_t kind_of(const sr_words *words, size_t i)
{
    uint32_t n_bytes = words->ends[i] - words->starts[i];
    uint32_t start = sr_load_u32(words->folded.data + words->starts[i]);
    start = n_bytes < 4 ? start & ((1U << 8 * n_bytes) - 1) : start;
    return (start ^ n_bytes) * 2654435769U;
}

static uint64_t *word_of_kind(sought_words *sought, uint32_t kind)
{
    return &sought->may_be[kind >> 24 & (SOUGHT_BITS / 64 - 1)];
}

static uint64_t bit_of_kind(uint32_t kind)
{
    return (uint64_t)1 << (kind >> 26);
}

static void seek_words(const sr_words *title, sought_words *sought)
{
    for (size_t i = 0; i < title->n_words && i < MAX_SOUGHT; i++) {
        uint32_t kind = kind_of(title, i);
        sought->words[i] = sr_word(title, i);
        sought->kinds[i] = kind;
        sought->n_words++;
        *word_of_kind(sought, kind) |= bit_of_kind(kind);
    }
}

/* How many of the sought words are this one, but for stop words; they are not looked for again. */
static size_t take_found(sought_words *sought, uint32_t kind, sr_str word)
{
    size_t n_left = 0;
    size_t n_before = sought->n_words;
    for (size_t i = 0; i < n_before; i++) {
        if (sought->kinds[i] != kind || !sr_str_equal(sought->words[i], word)) {
            sought->kinds[n_left] = sought->kinds[i];
            sought->words[n_left++] = sought->words[i];
        }
    }
    sought->n_words = n_left;
    return n_left < n_before && !sr_stop_word_languages(word) ? n_before - n_left : 0;
}

/* Are there so many words, no stop words, among those that were not found? */
static bool has_many_left(const sought_words *sought, size_t n_wanted)
{
    size_t n = 0;
    for (size_t i = 0; i < sought->n_words && n < n_wanted; i++) {
        n += !sr_stop_word_languages(sought->words[i]);
    }
    return n >= n_wanted;
}

/* Fewer than a quarter of the title's words, no stop words, stand in the text but for a line that
 * is the title itself, which a page repeats above whatever stands for the text. Most texts have so
 * many in their first lines. */
static bool is_foreign(const sr_words *title, const sr_words *body)
{
    sought_words sought = {.n_words = 0};
    seek_words(title, &sought);
    size_t n_sought = sought.n_words;
    size_t n_found = 0;
    size_t n_of_title = 0; /* words of the body */
    for (size_t i = 0; i < body->n_words && 4 * n_found < n_sought; i++) {
        uint32_t kind = kind_of(body, i);
        if (!(*word_of_kind(&sought, kind) & bit_of_kind(kind))) {
            continue;
        }
        if (title_at(title, body, i)) {
            n_of_title += title->n_words;
            i += title->n_words - 1;
        } else {
            n_found += take_found(&sought, kind, sr_word(body, i));
        }
    }
    size_t n_wanted = 3 * n_found + 1; /* n_found are less than a quarter with so many more */
    n_wanted = n_found + n_wanted < MIN_TITLE_WORDS ? MIN_TITLE_WORDS - n_found : n_wanted;
    return n_of_title < body->n_words && 4 * n_found < n_sought && has_many_left(&sought, n_wanted);
}

sr_status sr_update_mark(const sr_article *article, const sr_words *body, sr_words *scratch,
                         sr_update_marks *marks)
{
    sr_str url = without_fragment(sr_str_trim(article->url));
    *marks = (sr_update_marks){0};
    marks->url = url.n_bytes ? (uint32_t)hash_of(url) : 0;
    SR_TRY(sr_tokenise(scratch, article->title, false));
    size_t first = 0;
    if (scratch->n_words && is_mark(sr_word(scratch, 0))) {
        first = scratch->n_words > 1 && is_small_number(sr_word(scratch, 1)) ? 2 : 1;
    }
    for (size_t i = first; i < scratch->n_words; i++) {
        marks->title_words |= (uint64_t)1 << (hash_of(sr_word(scratch, i)) & 63);
    }
    if (__builtin_popcountll(marks->title_words) < MIN_TITLE_WORDS) {
        marks->title_words = 0;
    }
    marks->is_foreign = marks->title_words && is_foreign(scratch, body);
    return SR_OK;
}

bool sr_update_are_two(sr_update_marks a, sr_update_marks b)
{
    int n_common = __builtin_popcountll(a.title_words & b.title_words);
    int n_union = __builtin_popcountll(a.title_words | b.title_words);
    return a.is_foreign && b.is_foreign && 3 * n_common < n_union && !(a.url && a.url == b.url);
}

int64_t sr_update_later_by(int64_t a_published_s, int64_t b_published_s)
{
    int64_t later_s = 0;
    bool is_known = a_published_s != SR_TIME_UNKNOWN && b_published_s != SR_TIME_UNKNOWN &&
                    !__builtin_sub_overflow(a_published_s, b_published_s, &later_s);
    return is_known ? later_s : 0;
}

sr_update_link sr_update_link_of(sr_update_marks a, int64_t a_published_s, sr_update_marks b,
                                 int64_t b_published_s)
{
    if (a_published_s == b_published_s || a_published_s == SR_TIME_UNKNOWN ||
        b_published_s == SR_TIME_UNKNOWN) {
        return SR_UPDATE_NONE;
    }
    if (a.url && a.url == b.url) {
        return SR_UPDATE_SAME_URL;
    }
    uint64_t distance_s = a_published_s > b_published_s
                              ? (uint64_t)a_published_s - (uint64_t)b_published_s
                              : (uint64_t)b_published_s - (uint64_t)a_published_s;
    if (!a.title_words || !b.title_words || distance_s > MAX_TITLE_DISTANCE_S) {
        return SR_UPDATE_NONE;
    }
    int n_common = __builtin_popcountll(a.title_words & b.title_words);
    int n_union = __builtin_popcountll(a.title_words | b.title_words);
    if (n_common == n_union) {
        return SR_UPDATE_SAME_TITLE;
    }
    return 4 * n_common >= 3 * n_union ? SR_UPDATE_LIKE_TITLE : SR_UPDATE_NONE;
}
