/* test_store_snapshot.c — what was added is what is read: every column, index and count, against
 * the articles that the fixture makes again from their numbers. */
#include "store_fixture.h"

#include "index/term_weight.h"
#include "sketch/compare.h"

enum { N = 300 };

static void check_field(const sr_snapshot *snapshot, sr_doc doc, sr_field field, sr_str expected)
{
    sr_buffer value;
    sr_buffer_init(&value, SR_BUFFER_NO_LIMIT);
    sr_error error = {0};
    if (sr_snapshot_read_field(snapshot, doc, field, &value, &error) != SR_OK) {
        fail_msg("field %d: %s: %s", (int)field, error.file, error.text);
    }
    assert_true(sr_str_equal(sr_buffer_view(&value), expected));
    sr_buffer_release(&value);
}

static sr_doc find(const sr_snapshot *snapshot, const char *id)
{
    bool found = false;
    sr_doc doc = {0};
    assert_ok(sr_snapshot_find_id(snapshot, sr_str_of(id), &found, &doc));
    assert_true(found);
    return doc;
}

static void check_article(const sr_snapshot *snapshot, uint32_t number, uint32_t version,
                          bool dedup_only)
{
    fixture_article *made = malloc(sizeof *made);
    assert_non_null(made);
    fixture_make(made, number, version);
    fixture_sign(made, sr_snapshot_params(snapshot));
    sr_doc doc = find(snapshot, made->id);
    const sr_segment *segment = sr_snapshot_segment(snapshot, doc.segment);
    const sr_article *article = &made->article;
    check_field(snapshot, doc, SR_FIELD_ID, article->id);
    check_field(snapshot, doc, SR_FIELD_TITLE, article->title);
    check_field(snapshot, doc, SR_FIELD_LEAD, article->lead);
    check_field(snapshot, doc, SR_FIELD_URL, article->url);
    check_field(snapshot, doc, SR_FIELD_SOURCE, article->source);
    check_field(snapshot, doc, SR_FIELD_AUTHOR, sr_str_of(""));
    if (!dedup_only) {
        check_field(snapshot, doc, SR_FIELD_TEXT, article->text);
    }
    sr_doc_facts facts;
    sr_segment_facts(segment, doc.ordinal, &facts);
    assert_true(facts.content[0] == made->signature.content[0]);
    assert_true(facts.content[1] == made->signature.content[1]);
    assert_true(facts.simhash == made->signature.simhash);
    assert_true(facts.published_s == article->published_s);
    assert_true(facts.article_hash == number * 31ULL + version);
    assert_true(facts.source_hash == (*made->source ? sr_hash_str(article->source) : 0));
    assert_int_equal(facts.n_words, made->signature.n_words);
    assert_int_equal(facts.n_shingles, made->signature.n_shingles);
    assert_int_equal(facts.language, SR_LANGUAGE('e', 'n'));
    assert_memory_equal(sr_segment_values(segment, doc.ordinal), made->signature.values,
                        sr_snapshot_params(snapshot)->n_values * sizeof(uint16_t));
    free(made);
}

static void test_round_trip(void **state)
{
    (void)state;
    char *dir = fixture_directory();
    fixture_fill(dir, false, N);
    sr_snapshot *snapshot = fixture_open(dir);
    assert_int_equal(sr_snapshot_live_count(snapshot), N);
    for (uint32_t i = 0; i < N; i++) {
        check_article(snapshot, i, 1, false);
    }
    bool found = true;
    sr_doc doc;
    assert_ok(sr_snapshot_find_id(snapshot, sr_str_of("no such id"), &found, &doc));
    assert_false(found);
    sr_store_info info;
    sr_snapshot_info(snapshot, &info);
    assert_int_equal(info.n_articles, N);
    assert_int_equal(info.n_removed, 0);
    assert_int_equal(info.n_segments, 1);
    assert_int_equal(info.commit, 1);
    assert_false(info.dedup_only);
    assert_true(info.n_bytes > N * 500);
    sr_snapshot_close(snapshot);
    assert_ok(sr_store_verify(dir, NULL, NULL));
    fixture_remove_directory(dir);
}

static void test_dedup_only(void **state)
{
    (void)state;
    char *dir = fixture_directory();
    fixture_fill(dir, true, 50);
    sr_snapshot *snapshot = fixture_open(dir);
    assert_true(sr_snapshot_dedup_only(snapshot));
    for (uint32_t i = 0; i < 50; i++) {
        check_article(snapshot, i, 1, true);
    }
    sr_buffer value;
    sr_buffer_init(&value, SR_BUFFER_NO_LIMIT);
    assert_int_equal(sr_snapshot_read_field(snapshot, (sr_doc){0}, SR_FIELD_TEXT, &value, NULL),
                     SR_ERR_NOT_FOUND);
    sr_buffer_release(&value);
    sr_stored_term terms[SR_TERMS_STORED];
    size_t n_terms = 99;
    assert_ok(sr_segment_terms(sr_snapshot_segment(snapshot, 0), 0, terms, &n_terms));
    assert_int_equal(n_terms, 0);
    assert_int_equal(sr_snapshot_df(snapshot, 1234), 0);
    sr_snapshot_close(snapshot);
    assert_ok(sr_store_verify(dir, NULL, NULL));
    fixture_remove_directory(dir);
}

/* The article stands in the postings of each of its terms, once. */
static void check_article_terms(const sr_segment *segment, uint32_t ordinal, sr_posting **postings,
                                size_t *capacity)
{
    sr_stored_term terms[SR_TERMS_STORED];
    size_t n_terms = 0;
    assert_ok(sr_segment_terms(segment, ordinal, terms, &n_terms));
    for (size_t t = 0; t < n_terms; t++) {
        assert_true(t == 0 || terms[t - 1].hash < terms[t].hash);
        size_t n_postings = 0;
        assert_ok(sr_segment_postings(segment, terms[t].hash, postings, &n_postings, capacity));
        size_t n_here = 0;
        for (size_t p = 0; p < n_postings; p++) {
            const sr_posting *posting = &(*postings)[p];
            assert_true(p == 0 || (*postings)[p - 1].ordinal < posting->ordinal);
            n_here += posting->ordinal == ordinal && posting->tf2 == terms[t].tf2;
        }
        assert_int_equal(n_here, 1);
    }
}

/* df, postings and terms of a snapshot tell the same story, live articles only where it says so. */
static void check_terms(const sr_snapshot *snapshot)
{
    for (uint32_t s = 0; s < sr_snapshot_segment_count(snapshot); s++) {
        const sr_segment *segment = sr_snapshot_segment(snapshot, s);
        sr_posting *postings = NULL;
        size_t capacity = 0;
        for (uint32_t i = 0; i < sr_segment_doc_count(segment); i++) {
            check_article_terms(segment, i, &postings, &capacity);
        }
        free(postings);
    }
}

/* Live articles with the term, by reading every article's terms. */
static uint64_t brute_df(const sr_snapshot *snapshot, uint64_t hash)
{
    uint64_t df = 0;
    for (uint32_t s = 0; s < sr_snapshot_segment_count(snapshot); s++) {
        const sr_segment *segment = sr_snapshot_segment(snapshot, s);
        for (uint32_t i = 0; i < sr_segment_doc_count(segment); i++) {
            sr_stored_term terms[SR_TERMS_STORED];
            size_t n_terms = 0;
            assert_ok(sr_segment_terms(segment, i, terms, &n_terms));
            bool has = false;
            for (size_t t = 0; t < n_terms; t++) {
                has = has || terms[t].hash == hash;
            }
            df += has && sr_snapshot_is_live(snapshot, (sr_doc){.segment = s, .ordinal = i});
        }
    }
    return df;
}

static void check_df(const sr_snapshot *snapshot)
{
    for (uint64_t word = 0; word < 1024; word += 37) {
        uint64_t hash = sr_term_hash(sr_mix64(word + 1)) & ~1ULL;
        assert_int_equal(sr_snapshot_df(snapshot, hash), brute_df(snapshot, hash));
    }
}

static void test_terms(void **state)
{
    (void)state;
    char *dir = fixture_directory();
    fixture_fill(dir, false, N);
    sr_snapshot *snapshot = fixture_open(dir);
    check_terms(snapshot);
    check_df(snapshot);
    /* An article with few terms keeps all of them; one with many exactly
     * SR_TERMS_CHOSEN. */
    size_t n_full = 0;
    for (uint32_t i = 0; i < N; i++) {
        fixture_article *made = malloc(sizeof *made);
        assert_non_null(made);
        fixture_make(made, i, 1);
        sr_stored_term terms[SR_TERMS_STORED];
        size_t n_terms = 0;
        assert_ok(sr_segment_terms(sr_snapshot_segment(snapshot, 0), i, terms, &n_terms));
        assert_int_equal(n_terms,
                         made->n_terms < SR_TERMS_CHOSEN ? made->n_terms : SR_TERMS_CHOSEN);
        n_full += made->n_terms > SR_TERMS_CHOSEN;
        float norm = sr_segment_norm(sr_snapshot_segment(snapshot, 0), i);
        assert_true(made->n_terms ? norm > 0.0f : norm == 0.0f);
        free(made);
    }
    assert_true(n_full > 10);
    sr_snapshot_close(snapshot);
    fixture_remove_directory(dir);
}

/* Upserts over many commits: the newest version is the live one, df counts live articles only. */
static void test_updates(void **state)
{
    (void)state;
    char *dir = fixture_directory();
    fixture_create(dir, false);
    for (uint32_t round = 0; round < 5; round++) {
        sr_writer *writer = fixture_writer(dir);
        for (uint32_t i = round * 20; i < round * 20 + 40; i++) {
            char id[64];
            snprintf(id, sizeof id, "article-%u", i);
            bool found = false;
            sr_doc doc;
            assert_ok(sr_snapshot_find_id(sr_writer_snapshot(writer), sr_str_of(id), &found, &doc));
            assert_int_equal(found, round > 0 && i < round * 20 + 20);
            if (found) {
                assert_ok(sr_writer_remove(writer, doc, NULL));
                assert_int_equal(sr_writer_remove(writer, doc, NULL), SR_ERR_ARGUMENT);
            }
            fixture_add(writer, i, round);
        }
        assert_int_equal(fixture_commit(writer), round + 1);
        check_df(sr_writer_snapshot(writer));
        sr_writer_close(writer);
    }
    sr_snapshot *snapshot = fixture_open(dir);
    assert_int_equal(sr_snapshot_live_count(snapshot), 120);
    for (uint32_t i = 0; i < 120; i++) {
        check_article(snapshot, i, i / 20 < 4 ? i / 20 : 4, false);
    }
    check_terms(snapshot);
    check_df(snapshot);
    sr_store_info info;
    sr_snapshot_info(snapshot, &info);
    assert_int_equal(info.n_removed, 80);
    assert_int_equal(info.n_segments, 5);
    sr_snapshot_close(snapshot);
    assert_ok(sr_store_verify(dir, NULL, NULL));
    fixture_remove_directory(dir);
}

/* Numbers ascend over updates and commits, are never given twice, and lead back to the article. */
static void test_serials(void **state)
{
    (void)state;
    char *dir = fixture_directory();
    fixture_create(dir, false);
    sr_writer *writer = fixture_writer(dir);
    for (uint32_t i = 0; i < 30; i++) {
        fixture_add(writer, i, 1);
    }
    assert_ok(sr_writer_remove_pending(writer, 7, NULL)); /* never written: gets no number */
    fixture_commit(writer);
    assert_int_equal(sr_snapshot_next_serial(sr_writer_snapshot(writer)), 30);
    sr_doc replaced = find(sr_writer_snapshot(writer), "article-3");
    assert_ok(sr_writer_remove(writer, replaced, NULL));
    fixture_add(writer, 3, 2);
    fixture_commit(writer);
    sr_writer_close(writer);
    sr_snapshot *snapshot = fixture_open(dir);
    assert_int_equal(sr_snapshot_next_serial(snapshot), 31);
    sr_doc doc = {0};
    for (uint64_t serial = 1; serial <= 30; serial++) {
        assert_true(sr_snapshot_find_serial(snapshot, serial, &doc));
        assert_int_equal(sr_snapshot_serial(snapshot, doc), serial);
        assert_int_equal(sr_snapshot_is_live(snapshot, doc), serial != 4);
    }
    assert_true(sr_doc_equal(doc, find(snapshot, "article-3")));
    assert_int_equal(sr_snapshot_serial(snapshot, find(snapshot, "article-6")), 7);
    assert_int_equal(sr_snapshot_serial(snapshot, find(snapshot, "article-8")), 8);
    assert_false(sr_snapshot_find_serial(snapshot, 0, &doc));
    assert_false(sr_snapshot_find_serial(snapshot, 31, &doc));
    assert_false(sr_snapshot_find_serial(snapshot, UINT64_MAX, &doc));
    sr_snapshot_close(snapshot);
    assert_ok(sr_store_verify(dir, NULL, NULL));
    fixture_remove_directory(dir);
}

static bool is_in(const sr_doc *docs, size_t n_docs, sr_doc doc)
{
    for (size_t i = 0; i < n_docs; i++) {
        if (sr_doc_equal(docs[i], doc)) {
            return true;
        }
    }
    return false;
}

static void test_find_content_and_bands(void **state)
{
    (void)state;
    char *dir = fixture_directory();
    fixture_create(dir, false);
    sr_writer *writer = fixture_writer(dir);
    for (uint32_t i = 0; i < N; i++) {
        fixture_add(writer, i, 1);
        if (i == N / 2) {
            fixture_commit(writer);
        }
    }
    fixture_commit(writer);
    sr_writer_close(writer);
    sr_snapshot *snapshot = fixture_open(dir);
    const sr_params *params = sr_snapshot_params(snapshot);
    sr_doc *docs = NULL;
    size_t capacity = 0;
    size_t n_pairs = 0;
    for (uint32_t i = 0; i < N; i++) {
        char id[64];
        snprintf(id, sizeof id, "article-%u", i);
        sr_doc doc = find(snapshot, id);
        const sr_segment *segment = sr_snapshot_segment(snapshot, doc.segment);
        sr_doc_facts facts;
        sr_segment_facts(segment, doc.ordinal, &facts);
        size_t n_docs = 0;
        assert_ok(sr_snapshot_find_content(snapshot, facts.content, &docs, &n_docs, &capacity));
        bool empty = facts.n_words == 0;
        assert_int_equal(is_in(docs, n_docs, doc), !empty);
        n_pairs += n_docs == 2;
        uint32_t keys[128];
        sr_values_band_keys(params, sr_segment_values(segment, doc.ordinal), keys);
        n_docs = 0;
        assert_ok(sr_snapshot_find_bands(snapshot, keys, 100, &docs, &n_docs, &capacity));
        assert_int_equal(is_in(docs, n_docs, doc), !empty);
        for (size_t d = 1; d < n_docs; d++) {
            assert_true(
                docs[d - 1].segment < docs[d].segment ||
                (docs[d - 1].segment == docs[d].segment && docs[d - 1].ordinal < docs[d].ordinal));
        }
    }
    assert_true(n_pairs >= 2 * (N / 10 - 6)); /* the planted repeats, less those that are empty */
    free(docs);
    sr_snapshot_close(snapshot);
    fixture_remove_directory(dir);
}

/* An empty column, a value longer than a frame, bytes that are no text. */
static void test_long_and_odd_values(void **state)
{
    (void)state;
    char *dir = fixture_directory();
    fixture_create(dir, false);
    sr_writer *writer = fixture_writer(dir);
    size_t n_long = 300 * 1024;
    char *text = malloc(n_long);
    assert_non_null(text);
    uint64_t random = 7;
    for (size_t i = 0; i < n_long; i++) {
        text[i] = (char)fixture_random(&random);
    }
    sr_signature signature = {.n_words = 1, .content = {1, 2}};
    const size_t lengths[] = {1, n_long, 0, 65536, 65535, 3};
    for (size_t i = 0; i < SR_ARRAY_COUNT(lengths); i++) {
        char id[16];
        snprintf(id, sizeof id, "%zu", i);
        sr_article article = {.id = sr_str_of(id), .text = sr_str_make(text, lengths[i])};
        sr_store_entry entry = {.article = &article, .signature = &signature};
        bool flushed = true;
        assert_ok(sr_writer_add(writer, &entry, &flushed, NULL));
        assert_false(flushed);
    }
    assert_int_equal(sr_writer_pending_count(writer), SR_ARRAY_COUNT(lengths));
    fixture_commit(writer);
    assert_int_equal(sr_writer_pending_count(writer), 0);
    for (size_t i = 0; i < SR_ARRAY_COUNT(lengths); i++) {
        char id[16];
        snprintf(id, sizeof id, "%zu", i);
        check_field(sr_writer_snapshot(writer), find(sr_writer_snapshot(writer), id), SR_FIELD_TEXT,
                    sr_str_make(text, lengths[i]));
    }
    sr_writer_close(writer);
    free(text);
    assert_ok(sr_store_verify(dir, NULL, NULL));
    fixture_remove_directory(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_dedup_only),
        cmocka_unit_test(test_terms),
        cmocka_unit_test(test_updates),
        cmocka_unit_test(test_serials),
        cmocka_unit_test(test_find_content_and_bands),
        cmocka_unit_test(test_long_and_odd_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
