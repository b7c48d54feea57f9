/* profile.c — a fact is a number, whose parts ("6-1/8", "1,200.5") are one, or a word that was
 * folded from a capital and does not begin a sentence. Scripts without capitals have numbers only,
 * and a text in capitals (a wire's tables) is all names: both are what they look like to a reader.
 */
#include "dedup/profile.h"

#include "sketch/fraction.h"

#include <stdlib.h>

enum { MAX_BUCKET_BITS = 20 };

sr_status sr_profile_init(sr_profile *profile, const sr_params *params)
{
    *profile = (sr_profile){.signer = NULL};
    return sr_signer_create(params, &profile->signer);
}

void sr_profile_release(sr_profile *profile)
{
    sr_signer_free(profile->signer);
    sr_shingle_set_release(&profile->set);
    sr_shingle_set_release(&profile->pairs);
    free(profile->facts);
    free(profile->known.places);
    free(profile->slots);
    free(profile->unsorted);
    free(profile->bucket_starts);
    free(profile->numbers);
    free(profile->kept);
    *profile = (sr_profile){.signer = NULL};
}

/* ---------------------------------------------------------------- learnt furniture */

static sr_str gap_before(const sr_profile *profile, size_t word)
{
    size_t from = word ? profile->words->raw_ends[word - 1] : 0;
    return sr_str_make(profile->text.data + from, profile->words->raw_starts[word] - from);
}

/* Does a sentence or a line begin with this word? "3.5" and "U.S" go on. */
static bool begins_passage(const sr_profile *profile, size_t word)
{
    sr_str gap = gap_before(profile, word);
    if (gap.n_bytes == 1) {
        return gap.data[0] == '\n';
    }
    for (size_t i = 0; i < gap.n_bytes; i++) {
        char c = gap.data[i];
        if (c == '\n' || c == '.' || c == '!' || c == '?') {
            return true;
        }
    }
    return gap.n_bytes >= 3 && memmem(gap.data, gap.n_bytes, "。", 3);
}

static bool has_furniture(const sr_profile *profile)
{
    for (size_t i = 0; i < profile->n_shingles; i++) {
        if (sr_furniture_has(profile->furniture, profile->shingles[i])) {
            return true;
        }
    }
    return false;
}

typedef enum passage_kind { PASSAGE_OWN, PASSAGE_FURNITURE, PASSAGE_UNKNOWN } passage_kind;

/* What most of the sampled shingles say that have their middle in words `start` … `end` − 1. */
static passage_kind kind_of_passage(const sr_profile *profile, size_t start, size_t end)
{
    size_t middle = sr_signer_params(profile->signer)->shingle_words / 2;
    size_t n_furniture = 0;
    size_t n_own = 0;
    for (size_t i = start < middle ? 0 : start - middle;
         i + middle < end && i < profile->n_shingles; i++) {
        bool known = sr_furniture_has(profile->furniture, profile->shingles[i]);
        n_furniture += known;
        n_own += !known && sr_fraction_is_sampled(profile->shingles[i]);
    }
    return n_furniture + n_own == 0 ? PASSAGE_UNKNOWN
           : n_furniture > n_own    ? PASSAGE_FURNITURE
                                    : PASSAGE_OWN;
}

/* A short passage of which nothing is known is furniture between furniture. */
enum { UNKNOWN_WORDS = 16 };

/* Says of each word whether it is kept. Passages of which nothing is known wait for the next one
 * that is known. */
static sr_status choose_kept(sr_profile *profile)
{
    size_t n_words = profile->words->n_words;
    SR_TRY(sr_array_reserve((void **)&profile->kept, &profile->kept_capacity, n_words + 1, 1));
    bool after_furniture = true;
    size_t waiting = 0; /* words from here to the passage are of unknown passages */
    for (size_t start = 0, end; start < n_words; start = end) {
        for (end = start + 1; end < n_words && !begins_passage(profile, end); end++) {
        }
        passage_kind kind = kind_of_passage(profile, start, end);
        if (kind == PASSAGE_UNKNOWN && end < n_words) {
            continue;
        }
        bool goes = kind == PASSAGE_FURNITURE;
        bool ends_unknown = kind == PASSAGE_UNKNOWN;
        size_t known = ends_unknown ? end : start;
        bool unknown_go = after_furniture && (goes || ends_unknown) && waiting > 0 &&
                          known - waiting <= UNKNOWN_WORDS;
        memset(profile->kept + waiting, !unknown_go, known - waiting);
        memset(profile->kept + known, !goes, end - known);
        after_furniture = goes;
        waiting = end;
    }
    return SR_OK;
}

static sr_status leave_out_furniture(sr_profile *profile)
{
    if (!profile->furniture || !profile->furniture->shingles.n_values ||
        profile->words->n_words < SR_SHORT_WORDS || !has_furniture(profile)) {
        return SR_OK;
    }
    SR_TRY(choose_kept(profile));
    sr_signer_keep_words(profile->signer, profile->kept);
    profile->shingles = sr_signer_shingles(profile->signer, &profile->n_shingles);
    return SR_OK;
}

sr_status sr_profile_load(sr_profile *profile, sr_str text)
{
    profile->text = text;
    profile->has_facts = false;
    SR_TRY(sr_signer_shingles_located(profile->signer, text, &profile->shingles,
                                      &profile->n_shingles));
    profile->words = sr_signer_words(profile->signer);
    SR_TRY(leave_out_furniture(profile));
    profile->word_hashes = sr_signer_word_hashes(profile->signer);
    SR_TRY(sr_shingle_set_fill(&profile->set, profile->shingles, profile->n_shingles));
    uint32_t pairs[SR_SHORT_WORDS];
    return sr_shingle_set_fill(&profile->pairs, pairs,
                               sr_signer_word_pairs(profile->signer, pairs));
}

sr_status sr_profile_load_codes(sr_profile *profile, sr_str codes)
{
    profile->text = (sr_str){0};
    profile->has_facts = false;
    profile->pairs.n_values = 0;
    return sr_signer_shingle_codes(profile->signer, codes, &profile->set);
}

/* ---------------------------------------------------------------- facts */

static bool begins_with_digit(sr_str word)
{
    return word.n_bytes && word.data[0] >= '0' && word.data[0] <= '9';
}

/* "6-1/8": the next word goes on with the number. */
static bool continues_number(const sr_profile *profile, size_t word)
{
    sr_str gap = gap_before(profile, word);
    return gap.n_bytes == 1 && memchr(".,/:-", gap.data[0], 5) &&
           begins_with_digit(sr_word(profile->words, word));
}

static bool begins_sentence(const sr_profile *profile, size_t word)
{
    static const char *const MARKS[] = {"“", "”", "„", "«", "»", "。"};
    sr_str gap = gap_before(profile, word);
    if (word == 0) {
        return true;
    }
    for (size_t i = 0; i < gap.n_bytes; i++) {
        if (memchr(".!?\n\":", gap.data[i], 6)) {
            return true;
        }
    }
    for (size_t i = 0; i < SR_ARRAY_COUNT(MARKS); i++) {
        if (gap.n_bytes >= strlen(MARKS[i]) &&
            memmem(gap.data, gap.n_bytes, MARKS[i], strlen(MARKS[i]))) {
            return true;
        }
    }
    return false;
}

/* Folding changed its first letter; a single letter is an initial and says little. */
static bool is_name(const sr_profile *profile, size_t word)
{
    sr_str folded = sr_word(profile->words, word);
    unsigned char raw = (unsigned char)profile->text.data[profile->words->raw_starts[word]];
    if (folded.n_bytes < 2 || begins_with_digit(folded)) {
        return false;
    }
    bool changed = raw != (unsigned char)folded.data[0];
    if (raw >= 0xc0 && raw < 0xe0) { /* Latin, Greek, Cyrillic: two bytes */
        changed |= profile->text.data[profile->words->raw_starts[word] + 1] != folded.data[1];
    } else if (raw >= 0x80) {
        return false;
    }
    return changed && !begins_sentence(profile, word);
}

static uint32_t hash_pair(uint64_t first, uint64_t second, uint64_t side)
{
    return (uint32_t)(sr_mix64(first * 3 + second + side) >> 32);
}

static sr_status add_slot(sr_profile *profile, uint32_t context, uint32_t fact)
{
    SR_TRY(sr_array_reserve((void **)&profile->slots, &profile->slot_capacity, profile->n_slots + 1,
                            sizeof *profile->slots));
    profile->slots[profile->n_slots++] = (sr_slot){context, fact};
    return SR_OK;
}

/* The fact of words `first` … `last`. */
static sr_status add_fact(sr_profile *profile, size_t first, size_t last, bool is_number)
{
    const uint64_t *hashes = profile->word_hashes;
    uint64_t all = hashes[first];
    for (size_t i = first + 1; i <= last; i++) {
        all = sr_mix64(all) + hashes[i];
    }
    uint32_t fact = (uint32_t)all;
    SR_TRY(sr_array_reserve((void **)&profile->facts, &profile->fact_capacity, profile->n_facts + 1,
                            sizeof *profile->facts));
    profile->facts[profile->n_facts++] = fact;
    if (is_number) {
        SR_TRY(sr_array_reserve((void **)&profile->numbers, &profile->number_capacity,
                                profile->n_numbers + 1, sizeof *profile->numbers));
        profile->numbers[profile->n_numbers++] = fact;
    }
    if (first >= 2) {
        uint32_t context = hash_pair(hashes[first - 2], hashes[first - 1], 1);
        SR_TRY(add_slot(profile, context, fact));
    }
    if (last + 2 < profile->words->n_words) {
        uint32_t context = hash_pair(hashes[last + 1], hashes[last + 2], 2);
        SR_TRY(add_slot(profile, context, fact));
    }
    return SR_OK;
}

static bool is_before(sr_slot a, sr_slot b)
{
    return a.context != b.context ? a.context < b.context : a.fact < b.fact;
}

/* Shell's sort: in place, quick for the few slots of a bucket, and no worse than n^1.5 where all
 * have one context. */
static void sort_bucket(sr_slot *slots, size_t n_slots)
{
    for (size_t gap = n_slots / 2; gap > 0; gap = gap == 2 ? 1 : gap * 5 / 11) {
        for (size_t i = gap; i < n_slots; i++) {
            sr_slot moved = slots[i];
            size_t at = i;
            for (; at >= gap && is_before(moved, slots[at - gap]); at -= gap) {
                slots[at] = slots[at - gap];
            }
            slots[at] = moved;
        }
    }
}

/* Contexts are mixed hashes, evenly spread: their first bits give each slot a bucket of one or two,
 * unless a text has one context all over. */
static sr_status sort_slots(sr_profile *profile)
{
    size_t n_slots = profile->n_slots;
    if (n_slots == 0) {
        return SR_OK;
    }
    unsigned bits = 4;
    while (bits < MAX_BUCKET_BITS && (size_t)1 << bits < n_slots) {
        bits++;
    }
    size_t n_buckets = (size_t)1 << bits;
    SR_TRY(sr_array_reserve((void **)&profile->unsorted, &profile->unsorted_capacity, n_slots + 1,
                            sizeof *profile->unsorted));
    SR_TRY(sr_array_reserve((void **)&profile->bucket_starts, &profile->bucket_capacity,
                            n_buckets + 1, sizeof *profile->bucket_starts));
    sr_slot *slots = profile->slots;
    uint32_t *starts = profile->bucket_starts;
    memset(starts, 0, (n_buckets + 1) * sizeof *starts);
    for (size_t i = 0; i < n_slots; i++) {
        profile->unsorted[i] = slots[i];
        starts[(slots[i].context >> (32 - bits)) + 1]++;
    }
    for (size_t i = 1; i < n_buckets; i++) {
        starts[i + 1] += starts[i];
    }
    for (size_t i = 0; i < n_slots; i++) {
        slots[starts[profile->unsorted[i].context >> (32 - bits)]++] = profile->unsorted[i];
    }
    for (size_t b = 0, start = 0; b < n_buckets; start = starts[b++]) {
        sort_bucket(slots + start, starts[b] - start);
    }
    return SR_OK;
}

sr_status sr_profile_find_facts(sr_profile *profile)
{
    if (profile->has_facts) {
        return SR_OK;
    }
    size_t n_words = profile->words->n_words;
    profile->n_slots = profile->n_numbers = profile->n_facts = profile->n_asked = 0;
    for (size_t i = 0; i < n_words; i++) {
        size_t first = i;
        if (begins_with_digit(sr_word(profile->words, i))) {
            while (i + 1 < n_words && continues_number(profile, i + 1)) {
                i++;
            }
            SR_TRY(add_fact(profile, first, i, true));
        } else if (is_name(profile, i)) {
            SR_TRY(add_fact(profile, i, i, false));
        }
    }
    SR_TRY(sort_slots(profile));
    profile->has_facts = true;
    return SR_OK;
}

static sr_status gather_known(sr_profile *profile)
{
    SR_TRY(sr_hash_set_reset(&profile->known, profile->words->n_words + profile->n_facts));
    for (size_t i = 0; i < profile->words->n_words; i++) {
        (void)sr_hash_set_add(&profile->known, (uint32_t)profile->word_hashes[i]);
    }
    for (size_t i = 0; i < profile->n_facts; i++) {
        (void)sr_hash_set_add(&profile->known, profile->facts[i]);
    }
    return SR_OK;
}

sr_status sr_profile_has_fact(sr_profile *profile, uint32_t fact, bool *found)
{
    enum { ASKED_OFTEN = 8 }; /* so many searches cost as much as the set */
    if (profile->n_asked <= ASKED_OFTEN && profile->n_asked++ == ASKED_OFTEN) {
        SR_TRY(gather_known(profile));
    }
    if (profile->n_asked > ASKED_OFTEN) {
        *found = sr_hash_set_has(&profile->known, fact);
        return SR_OK;
    }
    bool any = false;
    for (size_t i = 0; i < profile->n_facts; i++) {
        any |= profile->facts[i] == fact;
    }
    for (size_t i = 0; i < profile->words->n_words; i++) {
        any |= (uint32_t)profile->word_hashes[i] == fact;
    }
    *found = any;
    return SR_OK;
}
