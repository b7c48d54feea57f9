/* tokenise.c — one pass over the text: runs of ASCII and of two-byte characters by kernels, those
 * of Chinese and the like by a loop of their own, the rest by fold.h, words with interacting marks
 * once more through utf8proc when they end. Room in the output is kept ahead by an invariant (as
 * many bytes free as input is left, and SLACK), so that the kernel writes without a check. */
#include "text/tokenise.h"

#include "simd/tables.h"
#include "text/fold.h"

#include <stdlib.h>
#include <utf8proc.h>

enum {
    WIDE_RUN = 128, /* likewise, until ASCII gets its faster kernel back */
    ALONE_RUN = 3 * 256,
    ASCII_RUN = 4096, /* bytes given to the kernel at once, so that arrays grow in small steps */
    SLACK = SR_WORDS_PADDING + SR_SPLIT_SLACK, /* the longest mapping has 63 bytes */
    PIECE_CODE_POINTS =
        256, /* what utf8proc gets at once: sorting a million marks must not be quadratic */
    MAX_EXPANSION = 18 /* code points that NFKC makes of one (U+FDFA) */
};

static const size_t MAX_TEXT_BYTES = (size_t)1 << 30;

typedef struct cursor {
    sr_words *words;
    const char *text;
    size_t n_bytes;
    size_t at;
    char *out;
    size_t n_out;
    bool with_raw;
    /* The word under way. */
    bool open;
    bool alone;      /* its first character stands alone: only marks may follow */
    bool interacts;  /* to be normalised as a whole */
    size_t word_out; /* where it starts in the folded text */
    size_t word_raw; /* and in the text */
    size_t word_raw_end;
} cursor;

void sr_words_init(sr_words *words)
{
    *words = (sr_words){.n_words = 0};
    sr_buffer_init(&words->folded, UINT32_MAX);
}

void sr_words_release(sr_words *words)
{
    if (words) {
        sr_buffer_release(&words->folded);
        free(words->starts);
        free(words->ends);
        free(words->raw_starts);
        free(words->raw_ends);
        sr_words_init(words);
    }
}

/* All arrays to the same number of words; `capacity` changes only when every one has grown. */
static sr_status grow_words(sr_words *words, bool with_raw)
{
    size_t n_wanted = words->capacity < 256 ? 256 : words->capacity * 2;
    uint32_t **arrays[] = {&words->starts, &words->ends, &words->raw_starts, &words->raw_ends};
    size_t capacity = words->capacity;
    for (size_t i = 0; i < (with_raw ? 4 : 2); i++) {
        void *items = *arrays[i];
        capacity = words->capacity;
        SR_TRY(sr_array_reserve(&items, &capacity, n_wanted, sizeof(uint32_t)));
        *arrays[i] = items;
    }
    words->capacity = capacity;
    return SR_OK;
}

/* Raw positions come and go with the wish of the call. */
static sr_status prepare_raw(sr_words *words, bool with_raw)
{
    if (!with_raw || !words->raw_starts || !words->raw_ends) {
        free(words->raw_starts);
        free(words->raw_ends);
        words->raw_starts = words->raw_ends = NULL;
    }
    if (with_raw && !words->raw_starts && words->capacity) {
        words->raw_starts = malloc(words->capacity * sizeof(uint32_t));
        words->raw_ends = malloc(words->capacity * sizeof(uint32_t));
        return words->raw_starts && words->raw_ends ? SR_OK : SR_ERR_MEMORY;
    }
    return SR_OK;
}

/* Restores the invariant: room for what is left of the input, and SLACK. */
static sr_status keep_room(cursor *c)
{
    size_t n_needed = c->n_bytes - c->at + SLACK;
    if (c->words->folded.capacity - c->n_out < n_needed) {
        c->words->folded.n_bytes = c->n_out;
        SR_TRY(sr_buffer_reserve(&c->words->folded, n_needed));
        c->out = c->words->folded.data;
    }
    return SR_OK;
}

static void copy_bytes(cursor *c, const char *bytes, size_t n_bytes)
{
    memcpy(c->out + c->n_out, bytes, n_bytes);
    c->n_out += n_bytes;
}

/* Writes the word under way again, as utf8proc normalises it. */
static sr_status normalise_word(cursor *c)
{
    const utf8proc_option_t options =
        UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE;
    int32_t code_points[PIECE_CODE_POINTS * MAX_EXPANSION];
    c->n_out = c->word_out;
    for (size_t at = c->word_raw; at < c->word_raw_end;) {
        size_t end = at;
        for (size_t n = 0; n < PIECE_CODE_POINTS && end < c->word_raw_end; n++) {
            uint32_t code_point;
            end += sr_utf8_decode(c->text + end, c->word_raw_end - end, &code_point);
        }
        utf8proc_ssize_t n =
            utf8proc_decompose((const utf8proc_uint8_t *)c->text + at, (utf8proc_ssize_t)(end - at),
                               code_points, SR_ARRAY_COUNT(code_points), options);
        if (n < 0 || (size_t)n > SR_ARRAY_COUNT(code_points)) {
            return SR_ERR_FORMAT;
        }
        n = utf8proc_normalize_utf32(code_points, n, options);
        for (utf8proc_ssize_t i = 0; i < n; i++) {
            if (sr_fold_class_of(sr_fold_lookup((uint32_t)code_points[i])) != SR_FOLD_SEPARATOR) {
                SR_TRY(keep_room(c));
                c->n_out += sr_utf8_encode((uint32_t)code_points[i], c->out + c->n_out);
            }
        }
        at = end;
    }
    return keep_room(c);
}

static sr_status close_word(cursor *c)
{
    if (!c->open) {
        return SR_OK;
    }
    c->open = false;
    if (c->interacts) {
        SR_TRY(normalise_word(c));
    }
    sr_words *words = c->words;
    if (c->n_out > c->word_out) {
        words->ends[words->n_words] = (uint32_t)c->n_out;
        if (c->with_raw) {
            words->raw_starts[words->n_words] = (uint32_t)c->word_raw;
            words->raw_ends[words->n_words] = (uint32_t)c->word_raw_end;
        }
        words->n_words++;
    }
    return SR_OK;
}

static sr_status open_word(cursor *c, bool alone)
{
    SR_TRY(close_word(c));
    if (c->words->n_words == c->words->capacity) {
        SR_TRY(grow_words(c->words, c->with_raw));
    }
    c->words->starts[c->words->n_words] = (uint32_t)c->n_out;
    c->open = true;
    c->alone = alone;
    c->interacts = false;
    c->word_out = c->n_out;
    c->word_raw = c->at;
    return SR_OK;
}

/* A code point into the word under way. */
static void fold_code_point(cursor *c, uint32_t code_point, uint32_t record, size_t length)
{
    sr_fold_mapping mapping = sr_fold_mapping_of(record);
    if (mapping == SR_FOLD_SAME) {
        copy_bytes(c, c->text + c->at, length);
    } else if (mapping == SR_FOLD_DELTA) {
        c->n_out += sr_utf8_encode(sr_fold_shift(code_point, record), c->out + c->n_out);
    } else {
        sr_str sequence = sr_fold_sequence(record);
        copy_bytes(c, sequence.data, sequence.n_bytes);
    }
    c->interacts |= (record & SR_FOLD_INTERACTS) != 0;
    c->word_raw_end = c->at + length;
}

/* One code point beyond ASCII, or one ill-formed sequence. */
static sr_status take_code_point(cursor *c)
{
    uint32_t code_point;
    size_t length = sr_utf8_decode(c->text + c->at, c->n_bytes - c->at, &code_point);
    if (code_point == SR_UTF8_ILL_FORMED) {
        SR_TRY(close_word(c));
        copy_bytes(c, SR_UTF8_REPLACEMENT, strlen(SR_UTF8_REPLACEMENT));
        c->words->n_bad_sequences++;
        c->at += length;
        return keep_room(c);
    }
    uint32_t record = sr_fold_lookup(code_point);
    sr_fold_class class = sr_fold_class_of(record);
    if (class == SR_FOLD_ALONE || (class == SR_FOLD_WORD && (!c->open || c->alone))) {
        SR_TRY(open_word(c, class == SR_FOLD_ALONE));
    }
    if (class == SR_FOLD_SEPARATOR || !c->open) {
        SR_TRY(close_word(c));
        copy_bytes(c, c->text + c->at, length);
    } else if (class != SR_FOLD_IGNORED) {
        fold_code_point(c, code_point, record, length);
    }
    c->at += length;
    return keep_room(c);
}

/* The rest of a word of ASCII letters that must be normalised as a whole. */
static void extend_interacting_word(cursor *c)
{
    while (c->at < c->n_bytes && sr_ascii_fold[(unsigned char)c->text[c->at]] > SR_NOT_ASCII) {
        c->out[c->n_out++] = (char)sr_ascii_fold[(unsigned char)c->text[c->at++]];
        c->word_raw_end = c->at;
    }
}

/* Raw places of the words that a run of ASCII text appended: `shift` behind their folded ones. */
static void note_raw(sr_words *words, size_t first_start, size_t n_starts, size_t first_end,
                     size_t n_ends, uint32_t shift)
{
    for (size_t i = first_start; i < n_starts; i++) {
        words->raw_starts[i] = words->starts[i] + shift;
    }
    for (size_t i = first_end; i < n_ends; i++) {
        words->raw_ends[i] = words->ends[i] + shift;
    }
}

/* The same for ASCII in a word that must be normalised as a whole; ends the word where no more of
 * it can follow. */
static sr_status take_ascii_interacting(cursor *c)
{
    extend_interacting_word(c);
    bool goes_on = c->at < c->n_bytes && (unsigned char)c->text[c->at] >= 0x80;
    return goes_on ? SR_OK : close_word(c);
}

/* A run of text by a kernel: of ASCII, or of ASCII and two-byte characters. A word under way may go
 * on in it and may be left under way. `*n_taken` 0: its first character is for take_code_point. */
static sr_status take_run(cursor *c, bool wide, size_t *n_taken)
{
    sr_words *words = c->words;
    if (c->open && c->alone) {
        SR_TRY(close_word(c));
    }
    size_t n_limit = wide ? WIDE_RUN : ASCII_RUN;
    size_t n_bytes = c->n_bytes - c->at < n_limit ? c->n_bytes - c->at : n_limit;
    while (words->capacity < words->n_words + n_bytes / 2 + 2 + SR_SPLIT_SLACK) {
        SR_TRY(grow_words(words, c->with_raw));
    }
    size_t n_before = words->n_words;
    uint32_t shift = (uint32_t)(c->at - c->n_out);
    sr_split split = {words->starts, words->ends, n_before + c->open, n_before};
    const sr_kernels *kernels = sr_kernels_get();
    const char *from = c->text + c->at;
    char *to = c->out + c->n_out;
    uint32_t offset = (uint32_t)c->n_out;
    *n_taken = wide ? kernels->split_two_byte(from, n_bytes, sr_fold_two_byte, to, offset, &split)
                    : kernels->split_ascii(from, n_bytes, to, offset, &split);
    if (*n_taken == 0) {
        return SR_OK;
    }
    bool went_on = c->open && split.n_ends == n_before;
    if (c->with_raw) {
        note_raw(words, n_before + c->open, split.n_starts, n_before, split.n_ends, shift);
        if (c->open) {
            words->raw_starts[n_before] = (uint32_t)c->word_raw;
        }
        if (c->open && split.n_ends > n_before && words->ends[n_before] == c->n_out) {
            words->raw_ends[n_before] =
                (uint32_t)c->word_raw_end; /* ignored characters follow it */
        }
    }
    words->n_words = split.n_ends;
    c->n_out += *n_taken;
    c->at += *n_taken;
    c->open = split.n_starts > split.n_ends;
    if (c->open && !went_on) {
        c->alone = false;
        c->interacts = false;
        c->word_out = split.starts[split.n_ends];
        c->word_raw = (uint32_t)c->word_out + shift; /* modulo 2^32: folded text may run ahead */
    }
    c->word_raw_end = c->at;
    return SR_OK;
}

/* The record of the three-byte character at `text`, or a class that no character has. */
static uint32_t three_byte_record(const unsigned char *text)
{
    bool is_whole =
        (text[0] & 0xf0) == 0xe0 && (text[1] & 0xc0) == 0x80 && (text[2] & 0xc0) == 0x80;
    uint32_t code_point =
        (uint32_t)(text[0] & 0xf) << 12 | (uint32_t)(text[1] & 0x3f) << 6 | (text[2] & 0x3f);
    bool is_character = code_point >= 0x800 && (code_point & 0xf800) != 0xd800;
    return is_whole && is_character ? sr_fold_lookup(code_point) : UINT32_MAX;
}

/* A run of three-byte characters that stay as they are and are words of their own or none: most of
 * Chinese, Japanese and Korean text. `*n_taken` 0: there is none here. The last word is left under
 * way, as marks may follow. */
static sr_status take_alone_run(cursor *c, size_t *n_taken)
{
    sr_words *words = c->words;
    const unsigned char *text = (const unsigned char *)c->text + c->at;
    size_t n_bytes = c->n_bytes - c->at < ALONE_RUN ? c->n_bytes - c->at : ALONE_RUN;
    uint32_t record = n_bytes < 3 ? UINT32_MAX : three_byte_record(text);
    *n_taken = 0;
    if (record != SR_FOLD_ALONE && record != SR_FOLD_SEPARATOR) { /* whatever else it says is 0 */
        return SR_OK;
    }
    SR_TRY(close_word(c));
    while (words->capacity < words->n_words + ALONE_RUN / 3 + 1) {
        SR_TRY(grow_words(words, c->with_raw));
    }
    size_t n_words = words->n_words;
    size_t at = 0;
    bool is_word = false;
    while (record == SR_FOLD_ALONE || record == SR_FOLD_SEPARATOR) {
        is_word = record == SR_FOLD_ALONE;
        memcpy(c->out + c->n_out, text + at, 3);
        words->starts[n_words] = (uint32_t)c->n_out;
        words->ends[n_words] = (uint32_t)c->n_out + 3;
        if (c->with_raw) {
            words->raw_starts[n_words] = (uint32_t)(c->at + at);
            words->raw_ends[n_words] = (uint32_t)(c->at + at) + 3;
        }
        n_words += is_word;
        c->n_out += 3;
        at += 3;
        record = n_bytes - at < 3 ? UINT32_MAX : three_byte_record(text + at);
    }
    c->at += at;
    c->open = c->alone = is_word;
    c->interacts = false;
    c->word_out = c->n_out - 3;
    c->word_raw = c->at - 3;
    c->word_raw_end = c->at;
    words->n_words = n_words - is_word;
    *n_taken = at;
    return SR_OK;
}

/* Whatever comes next, by the fastest way that it allows. */
static sr_status take_next(cursor *c)
{
    unsigned char next = (unsigned char)c->text[c->at];
    size_t n_taken = 0;
    if (next < 0x80 && c->open && c->interacts) {
        return take_ascii_interacting(c);
    }
    if (next < 0x80) {
        return take_run(c, false, &n_taken);
    }
    if (next <= 0xdf && !(c->open && (c->alone || c->interacts))) {
        SR_TRY(take_run(c, true, &n_taken));
    } else if (next >= 0xe0) {
        SR_TRY(take_alone_run(c, &n_taken));
    }
    return n_taken ? SR_OK : take_code_point(c);
}

sr_status sr_tokenise(sr_words *words, sr_str text, bool with_raw)
{
    if (text.n_bytes >= MAX_TEXT_BYTES) {
        return SR_ERR_LIMIT;
    }
    sr_buffer_clear(&words->folded);
    words->n_words = 0;
    words->n_bad_sequences = 0;
    SR_TRY(prepare_raw(words, with_raw));
    cursor c = {.words = words,
                .text = text.data,
                .n_bytes = text.n_bytes,
                .out = words->folded.data,
                .with_raw = with_raw};
    SR_TRY(keep_room(&c));
    while (c.at < c.n_bytes) {
        SR_TRY(take_next(&c));
    }
    SR_TRY(close_word(&c));
    memset(c.out + c.n_out, 0, SR_WORDS_PADDING);
    words->folded.n_bytes = c.n_out;
    return SR_OK;
}
