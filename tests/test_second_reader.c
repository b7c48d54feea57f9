/* test_second_reader.c — tools/dump_store.py, which was written from FORMAT.md and not from this
 * code, reads the same of a store as the library: every field of every article, terms and
 * postings, indexes, bands, kills, edges and the model, line by line. */
#include "store_fixture.h"

#include "index/term_weight.h"
#include "simrank.h"
#include "sketch/params.h"
#include "store/segment.h"
#include "store/snapshot.h"

enum { N = 1100, N_LATER = 60, LINE_BYTES = 64 * 1024 };

static void put(sr_store *store, uint32_t number, uint32_t version)
{
    char text[FIXTURE_TEXT_BYTES];
    char id[32];
    uint64_t state = number * 1000003ULL + version;
    size_t n = 0;
    for (uint32_t i = 0; i < 40 + number % 50; i++) {
        uint64_t random = fixture_random(&state);
        n += (size_t)snprintf(text + n, sizeof text - n, "topic%u ",
                              (unsigned)(number % 20 * 40 + random % 60));
    }
    text[n - 1] = '\0';
    snprintf(id, sizeof id, "article-%u", number);
    sr_article article = {
        .id = sr_str_of(id),
        .title = sr_str_of(number % 3 ? "A \"title\"" : ""),
        .text = number == 5 ? sr_str_of("") : sr_str_make(text, n - 1),
        .url = sr_str_of("https://example.org/news"),
        .source = sr_str_of(number % 4 ? "a.example" : "b.example"),
        .author = sr_str_of("B. Back\\slash"),
        .tags = sr_str_of("one,two"),
        .image = sr_str_of(number % 2 ? "https://example.org/a.png" : ""),
        .lead = sr_str_of(number % 6 ? "" : "A lead of its own."),
        .published_s = number % 11 ? 1700000000 + (int64_t)number : SR_TIME_UNKNOWN,
    };
    assert_ok(sr_store_add_articles(store, &article, 1, NULL, NULL));
}

static void make_store(const char *dir, bool dedup_only)
{
    sr_params params;
    sr_params_init(&params);
    assert_ok(sr_store_init(dir, &params, dedup_only, NULL));
    sr_store *store = NULL;
    uint64_t commit = 0;
    assert_ok(sr_store_open(dir, SR_STORE_WRITE, NULL, &store, NULL));
    for (uint32_t i = 0; i < N; i++) {
        put(store, i, 1);
    }
    assert_ok(sr_store_commit(store, &commit, NULL));
    for (uint32_t i = N - 20; i < N + N_LATER; i++) {
        put(store, i, 2);
    }
    assert_ok(sr_store_commit(store, &commit, NULL));
    sr_store_close(store);
}

/* ------------------------------------------------------------ the other program's lines */

/* The next line of the second reader must be this one. */
SR_PRINTF(2, 3)
static void expect(FILE *other, const char *format, ...)
{
    static char line[LINE_BYTES];
    static char expected[LINE_BYTES];
    va_list arguments;
    va_start(arguments, format);
    int n = vsnprintf(expected, sizeof expected, format, arguments);
    va_end(arguments);
    assert_true(n > 0 && (size_t)n < sizeof expected);
    assert_non_null(fgets(line, sizeof line, other));
    line[strcspn(line, "\n")] = '\0';
    if (strcmp(line, expected) != 0) {
        fail_msg("the second reader: %s\nthe library:       %s", line, expected);
    }
}

static uint32_t bits_of(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

/* [1,2,…] */
#define APPEND_LIST(text, items, n_items, format, member)                                          \
    do {                                                                                           \
        append(text, "[");                                                                         \
        for (size_t item = 0; item < (n_items); item++) {                                          \
            append(text, "%s" format, item ? "," : "", member((items)[item]));                     \
        }                                                                                          \
        append(text, "]");                                                                         \
    } while (0)
#define AS_IS(value) (value)

SR_PRINTF(2, 3) static void append(char *text, const char *format, ...)
{
    size_t n = strlen(text);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text + n, LINE_BYTES - n, format, arguments);
    va_end(arguments);
}

/* Texts of this test have nothing to escape but quotes and backslashes. */
static void append_field(char *text, const sr_snapshot *snapshot, sr_doc doc, sr_field field)
{
    sr_buffer value;
    sr_buffer_init(&value, SR_BUFFER_NO_LIMIT);
    assert_ok(sr_snapshot_read_field(snapshot, doc, field, &value, NULL));
    append(text, "\"%s\":\"", sr_field_name(field));
    for (size_t i = 0; i < value.n_bytes; i++) {
        char byte = value.data[i];
        append(text, byte == '"' || byte == '\\' ? "\\%c" : "%c", byte);
    }
    append(text, "\",");
    sr_buffer_release(&value);
}

static void append_neighbours(char *text, const sr_segment *segment, uint32_t ordinal)
{
    sr_link links[SR_NEIGHBOURS];
    uint64_t serial = sr_segment_serial(segment, ordinal);
    size_t n = segment->lists
                   ? sr_list_decode(segment->lists + (size_t)ordinal * SR_LIST_BYTES, serial, links)
                   : 0;
    append(text, "\"neighbours\":[");
    for (size_t i = 0; i < n; i++) {
        append(text, "%s[%llu,%u,%u]", i ? "," : "", (unsigned long long)links[i].serial,
               links[i].similarity, links[i].closeness);
    }
    append(text, "],");
}

static void append_terms(char *text, const sr_segment *segment, uint32_t ordinal)
{
    sr_stored_term terms[SR_TERMS_STORED];
    size_t n_terms = 0;
    assert_ok(sr_segment_terms(segment, ordinal, terms, &n_terms));
    append(text, "\"terms\":[");
    for (size_t i = 0; i < n_terms; i++) {
        append(text, "%s[\"%016llx\",%u]", i ? "," : "", (unsigned long long)terms[i].hash,
               terms[i].tf2);
    }
    append(text, "],");
}

static void expect_article(FILE *other, const sr_snapshot *snapshot, sr_doc doc)
{
    static char fields[LINE_BYTES];
    static char arrays[LINE_BYTES];
    const sr_segment *segment = sr_snapshot_segment(snapshot, doc.segment);
    sr_field n_fields = sr_snapshot_dedup_only(snapshot) ? SR_FIELD_TEXT : SR_FIELD_COUNT;
    sr_doc_facts facts;
    char language[3];
    char published[32] = "null";
    fields[0] = arrays[0] = '\0';
    for (sr_field field = 0; field < n_fields; field++) {
        append_field(fields, snapshot, doc, field);
    }
    sr_segment_facts(segment, doc.ordinal, &facts);
    sr_language_format(facts.language, language);
    if (facts.published_s != SR_TIME_UNKNOWN) {
        snprintf(published, sizeof published, "%lld", (long long)facts.published_s);
    }
    const uint16_t *values = sr_segment_values(segment, doc.ordinal);
    append(arrays, "\"values\":");
    APPEND_LIST(arrays, values, segment->n_values, "%u", AS_IS);
    append(arrays, ",");
    append_terms(arrays, segment, doc.ordinal);
    append_neighbours(arrays, segment, doc.ordinal);
    append(arrays, "\"vector\":");
    const int8_t *vector = segment->vectors ? segment->vectors[doc.ordinal].values : NULL;
    APPEND_LIST(arrays, vector, vector ? SR_DENSE_DIMENSIONS : 0U, "%d", AS_IS);
    expect(other,
           "{\"kind\":\"article\",\"segment\":%llu,\"ordinal\":%u,\"serial\":%llu,\"live\":%s,%s"
           "\"content\":\"%016llx%016llx\",\"simhash\":\"%016llx\",\"published\":%s,"
           "\"article_hash\":\"%016llx\",\"source_hash\":\"%016llx\",\"words\":%u,\"shingles\":%u,"
           "\"norm\":\"%08x\",\"language\":\"%s\",%s}",
           (unsigned long long)segment->number, doc.ordinal,
           (unsigned long long)sr_snapshot_serial(snapshot, doc),
           sr_snapshot_is_live(snapshot, doc) ? "true" : "false", fields,
           (unsigned long long)facts.content[0], (unsigned long long)facts.content[1],
           (unsigned long long)facts.simhash, published, (unsigned long long)facts.article_hash,
           (unsigned long long)facts.source_hash, facts.n_words, facts.n_shingles,
           bits_of(sr_segment_norm(segment, doc.ordinal)), language, arrays);
}

static void expect_terms(FILE *other, const sr_segment *segment)
{
    static char array[LINE_BYTES];
    sr_posting *postings = NULL;
    size_t capacity = 0;
    for (size_t i = 0; i < segment->lexicon.n_terms; i++) {
        size_t n_postings = 0;
        assert_ok(sr_segment_term_postings(segment, i, &postings, &n_postings, &capacity));
        array[0] = '\0';
        for (size_t p = 0; p < n_postings; p++) {
            append(array, "%s[%u,%u]", p ? "," : "", postings[p].ordinal, postings[p].tf2);
        }
        expect(other, "{\"kind\":\"term\",\"segment\":%llu,\"hash\":\"%016llx\",\"articles\":[%s]}",
               (unsigned long long)segment->number,
               (unsigned long long)sr_lexicon_hash(&segment->lexicon, i), array);
    }
    free(postings);
}

static void expect_index(FILE *other, const sr_segment *segment, const char *name,
                         const sr_hash_index *index)
{
    for (size_t i = 0; i < index->n_entries; i++) {
        expect(other,
               "{\"kind\":\"index\",\"segment\":%llu,\"name\":\"%s\",\"hash\":\"%016llx\","
               "\"ordinal\":%u}",
               (unsigned long long)segment->number, name, (unsigned long long)index->hashes[i],
               index->ordinals[i]);
    }
}

static void expect_bands(FILE *other, const sr_segment *segment)
{
    static char arrays[LINE_BYTES];
    enum { MAX_ENTRIES = N + N_LATER };
    for (uint32_t band = 0; band < segment->bands && segment->band_shape.n_entries > 0; band++) {
        uint32_t keys[MAX_ENTRIES];
        uint32_t ordinals[MAX_ENTRIES];
        sr_band entries;
        sr_band_walk walk = {0};
        sr_segment_band(segment, band, &entries);
        size_t n = segment->band_shape.n_entries;
        for (assert_true(n <= MAX_ENTRIES); walk.entry < n; walk.entry++) {
            keys[walk.entry] = sr_band_walk_key(&entries, &walk);
            ordinals[walk.entry] = sr_band_ordinal(&entries, walk.entry);
        }
        arrays[0] = '\0';
        append(arrays, "\"keys\":");
        APPEND_LIST(arrays, keys, n, "%u", AS_IS);
        append(arrays, ",\"ordinals\":");
        APPEND_LIST(arrays, ordinals, n, "%u", AS_IS);
        expect(other, "{\"kind\":\"band\",\"segment\":%llu,\"band\":%u,%s}",
               (unsigned long long)segment->number, band, arrays);
    }
}

static void expect_edges(FILE *other, const sr_segment *segment)
{
    const sr_edges *edges = &segment->edges;
    for (size_t t = 0; t < edges->n_targets; t++) {
        for (size_t e = edges->firsts[t]; e < edges->firsts[t + 1]; e++) {
            expect(other,
                   "{\"kind\":\"edge\",\"segment\":%llu,\"target\":%llu,\"source\":%u,"
                   "\"similarity\":%u,\"closeness\":%u}",
                   (unsigned long long)segment->number, (unsigned long long)edges->targets[t],
                   edges->sources[e], edges->similarities[e], edges->closenesses[e]);
        }
    }
}

static void expect_model(FILE *other, const sr_segment *segment)
{
    static char array[LINE_BYTES];
    const sr_model *model = &segment->model;
    if (segment->vectors) {
        expect(other, "{\"kind\":\"vectors\",\"segment\":%llu,\"epoch\":%llu}",
               (unsigned long long)segment->number, (unsigned long long)segment->vector_epoch);
    }
    if (!model->epoch) {
        return;
    }
    array[0] = '\0';
    APPEND_LIST(array, model->mean, SR_DENSE_DIMENSIONS, "\"%08x\"", bits_of);
    expect(other,
           "{\"kind\":\"model\",\"segment\":%llu,\"epoch\":%llu,\"trained\":%llu,\"mean\":%s}",
           (unsigned long long)segment->number, (unsigned long long)model->epoch,
           (unsigned long long)model->n_trained, array);
    for (size_t w = 0; w < model->n_words; w++) {
        array[0] = '\0';
        APPEND_LIST(array, model->rows + w * SR_DENSE_DIMENSIONS, SR_DENSE_DIMENSIONS, "%d", AS_IS);
        expect(other, "{\"kind\":\"word\",\"hash\":\"%016llx\",\"weight\":\"%08x\",\"row\":%s}",
               (unsigned long long)model->hashes[w], bits_of(model->weights[w]), array);
    }
}

static void expect_segment(FILE *other, const sr_snapshot *snapshot, uint32_t s)
{
    const sr_segment *segment = sr_snapshot_segment(snapshot, s);
    expect(other,
           "{\"kind\":\"segment\",\"number\":%llu,\"bytes\":%zu,\"articles\":%u,\"removed\":%u,"
           "\"first_serial\":%llu}",
           (unsigned long long)segment->number, segment->file.n_bytes, segment->doc_count,
           snapshot->segments[s].n_dead, (unsigned long long)segment->first_serial);
    for (size_t k = 0; k < sr_segment_kill_count(segment); k++) {
        uint64_t number = 0;
        uint32_t ordinal = 0;
        sr_segment_kill(segment, k, &number, &ordinal);
        expect(other, "{\"kind\":\"kill\",\"segment\":%llu,\"number\":%llu,\"ordinal\":%u}",
               (unsigned long long)segment->number, (unsigned long long)number, ordinal);
    }
    for (uint32_t i = 0; i < segment->doc_count; i++) {
        expect_article(other, snapshot, (sr_doc){.segment = s, .ordinal = i});
    }
    expect_terms(other, segment);
    expect_index(other, segment, "id", &segment->ids);
    expect_index(other, segment, "content", &segment->contents);
    expect_bands(other, segment);
    expect_edges(other, segment);
    expect_model(other, segment);
}

static void compare_readers(const char *dir)
{
    char command[512];
    snprintf(command, sizeof command, "python3 %s/../tools/dump_store.py %s", SR_TEST_LISTS, dir);
    FILE *other = popen(command, "r");
    assert_non_null(other);
    sr_snapshot *snapshot = fixture_open(dir);
    const sr_manifest *manifest = &snapshot->manifest;
    const sr_params *params = &manifest->params;
    expect(other,
           "{\"kind\":\"store\",\"commit\":%llu,\"dedup_only\":%s,\"normaliser\":%d,\"hash\":%d,"
           "\"values\":%u,\"seed\":\"%016llx\",\"shingle\":%u,\"bands\":%u,\"rows\":%u,"
           "\"next_segment\":%llu,\"next_serial\":%llu,\"flushed\":%llu,\"merged\":%llu}",
           (unsigned long long)manifest->commit, manifest->dedup_only ? "true" : "false",
           (int)manifest->normaliser, (int)manifest->hash, params->n_values,
           (unsigned long long)params->seed, params->shingle_words, params->bands, params->rows,
           (unsigned long long)manifest->next_segment, (unsigned long long)manifest->next_serial,
           (unsigned long long)manifest->n_flushed_bytes,
           (unsigned long long)manifest->n_merged_bytes);
    for (uint32_t s = 0; s < sr_snapshot_segment_count(snapshot); s++) {
        expect_segment(other, snapshot, s);
    }
    assert_int_equal(fgetc(other), EOF);
    assert_int_equal(pclose(other), 0);
    sr_snapshot_close(snapshot);
}

static void skip_without_python(void)
{
    if (system("python3 -c 'import ctypes.util as u, sys; sys.exit(not (u.find_library(\"xxhash\") "
               "and u.find_library(\"zstd\")))'") != 0) {
        print_message("skipped: no python3 that finds libxxhash and libzstd\n");
        skip();
    }
}

static void test_readers_agree(void **state)
{
    (void)state;
    skip_without_python();
    for (int dedup_only = 0; dedup_only <= 1; dedup_only++) {
        char *dir = fixture_directory();
        make_store(dir, dedup_only);
        compare_readers(dir);
        sr_writer *writer = fixture_writer(dir); /* with section SERIALS */
        assert_ok(sr_writer_compact(writer, NULL));
        sr_writer_close(writer);
        compare_readers(dir);
        fixture_remove_directory(dir);
    }
}

/* The stores of earlier programs. */
static void test_golden(void **state)
{
    (void)state;
    static const char *const KEPT[] = {"1/two", "1/one", "1/signatures", "1/dense"};
    skip_without_python();
    for (size_t i = 0; i < SR_ARRAY_COUNT(KEPT); i++) {
        char dir[512];
        snprintf(dir, sizeof dir, "%s/golden/%s", SR_TEST_LISTS, KEPT[i]);
        assert_ok(sr_store_check(dir, NULL, NULL));
        compare_readers(dir);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_readers_agree),
                                       cmocka_unit_test(test_golden)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
