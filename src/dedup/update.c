/* update.c — a title is a set of words kept in 64 bits, one bit a word: titles of a dozen words
 * hardly collide, equal ones have equal bits, and of two of them the share of common words can be
 * counted. What a wire writes before the title of its second state ("UPDATE 1-", "CORRECTED") does
 * not count, nor does its number. */
#include "dedup/update.h"

#include "simd/kernels.h"
#include "text/stop_words.h"

/* The form of every day has the title of the day before: in Reuters-21578 the reports of one title
 * that stand further apart are other fillings of a form. */
enum { MIN_TITLE_WORDS = 3, MAX_TITLE_DISTANCE_S = 18 * 3600, PITCH_WORDS = 100 };

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

static bool has_word(const sr_words *words, sr_str word)
{
    for (size_t i = 0; i < words->n_words; i++) {
        sr_str other = sr_word(words, i);
        if (other.n_bytes == word.n_bytes && memcmp(other.data, word.data, word.n_bytes) == 0) {
            return true;
        }
    }
    return false;
}

/* Fewer than a quarter of the title's words, no stop words, stand in a text of a few lines. */
static bool is_foreign(const sr_words *title, const sr_words *body)
{
    size_t n = 0;
    size_t n_found = 0;
    if (body->n_words >= PITCH_WORDS || title->n_words >= PITCH_WORDS) {
        return false;
    }
    for (size_t i = 0; i < title->n_words; i++) {
        sr_str word = sr_word(title, i);
        if (!sr_stop_word_languages(word)) {
            n++;
            n_found += has_word(body, word);
        }
    }
    return n >= MIN_TITLE_WORDS && 4 * n_found < n;
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
