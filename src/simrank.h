/* simrank.h — the one installed header of simrank, near-duplicate detector and related-article
 * recommender.
 *
 * Ownership: a handle made by a create/open/run call is freed by the matching free/close call,
 * which accepts NULL. A `sr_str` is a borrowed view: the caller's bytes need only live during the
 * call, a returned view lives as long as the handle that it came from. The library never prints,
 * exits or aborts.
 *
 * Errors: what can fail returns `sr_status`; out-parameters are untouched on failure; calls that
 * take a `sr_error *` (may be NULL) also say where and why.
 *
 * Threads: the stateless calls may be used from any number of threads at once. A `sr_store` opened
 * for reading shows one commit for as long as it is open, whoever writes beside it, and may be
 * shared: any number of threads may ask it, export it and look at its facts at once; it is closed
 * once none of them uses it. A store opened for writing, and every other handle that a call
 * changes, belongs to one thread at a time; of one store there is one such handle at a time in all
 * processes (SR_STORE_WRITE waits for it). Boxes and other results may be read by many threads.
 * Functions of an observer are called from the thread that made the call: for a shared store, from
 * several at once. Calls that work in bulk use OpenMP inside, each on as many threads as OpenMP
 * gives its caller (omp_set_num_threads, OMP_NUM_THREADS); results do not depend on their number.
 *
 * Example:
 *     #include <simrank.h>
 *     #include <stdio.h>
 *     #include <string.h>
 *
 *     int main(void)
 *     {
 *         const char *a = "The bridge was closed after a barge struck its pier, the city said.";
 *         const char *b = "The bridge was closed after a barge struck its pier, the city says!";
 *         sr_params params;
 *         sr_thresholds thresholds;
 *         sr_verdict verdict;
 *         sr_params_init(&params);
 *         sr_thresholds_init(&thresholds);
 *         sr_str left = {a, strlen(a)}, right = {b, strlen(b)};
 *         if (sr_verify_pair(&params, &thresholds, left, right, &verdict) != SR_OK) {
 *             return 1;
 *         }
 *         printf("%s, Jaccard %.2f\n", sr_relation_name(verdict.relation), verdict.jaccard);
 *         return 0;
 *     }
 */
#ifndef SIMRANK_H
#define SIMRANK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define SR_API __attribute__((visibility("default")))
#define SR_MUST_USE __attribute__((warn_unused_result))
#else
#define SR_API
#define SR_MUST_USE
#endif

/* ---------------------------------------------------------------- status */

/* Every status with the sentence that a person reads. */
#define SR_STATUS_LIST(X)                                                                          \
    X(OK, "done")                                                                                  \
    X(ERR_MEMORY, "out of memory")                                                                 \
    X(ERR_IO, "input or output failed")                                                            \
    X(ERR_NOT_FOUND, "not found")                                                                  \
    X(ERR_EXISTS, "exists already")                                                                \
    X(ERR_ARGUMENT, "an argument is not valid")                                                    \
    X(ERR_FORMAT, "the input is not of the expected format")                                       \
    X(ERR_LIMIT, "a limit was exceeded")                                                           \
    X(ERR_CORRUPT, "the store is damaged")                                                         \
    X(ERR_VERSION, "the store was written by another version of the format")                       \
    X(ERR_MISMATCH, "the parameters differ from those of the store")                               \
    X(ERR_LOCKED, "another process is writing to the store")                                       \
    X(ERR_INTERRUPTED, "interrupted")                                                              \
    X(ERR_UNSUPPORTED, "not supported here")

typedef enum sr_status {
#define SR_STATUS_ENUM(name, text) SR_##name,
    SR_STATUS_LIST(SR_STATUS_ENUM)
#undef SR_STATUS_ENUM
        SR_STATUS_COUNT
} sr_status;

/* Where and why a call failed. `line` and `offset` are 0 where they say nothing. */
typedef struct sr_error {
    sr_status status;
    int os_errno;    /* errno, or 0 */
    uint64_t line;   /* 1-based physical line */
    uint64_t offset; /* byte offset */
    char file[512];  /* path, "" where there is none; cut from the left where longer */
    char text[512];  /* what happened, one sentence without a final stop */
} sr_error;

/* The name of a status ("SR_ERR_IO"); never NULL. */
SR_API const char *sr_status_name(sr_status status);
/* The sentence of a status; never NULL. */
SR_API const char *sr_status_text(sr_status status);
/* The version of the library, "0.1.0". */
SR_API const char *sr_version(void);
/* The kernel in use ("scalar", "avx2", "avx512", "neon"). `SIMRANK_KERNEL` forces one: an unknown
 * or unsupported name is SR_ERR_ARGUMENT from sr_kernel_check, which a program calls once at its
 * start. */
SR_API const char *sr_kernel_name(void);
SR_API SR_MUST_USE sr_status sr_kernel_check(sr_error *error);

/* ---------------------------------------------------------------- plain values */

/* A borrowed run of bytes, UTF-8 where it is text; not terminated. `data` may be NULL when
 * `n_bytes` is 0. */
typedef struct sr_str {
    const char *data;
    size_t n_bytes;
} sr_str;

#define SR_TIME_UNKNOWN INT64_MIN /* an article without a date */

/* An article as a feed gives it; empty strings where a field is missing. */
typedef struct sr_article {
    sr_str id;
    sr_str title;
    sr_str text;
    sr_str lead; /* summary, description, excerpt */
    sr_str url;
    sr_str source;
    sr_str author;
    sr_str language; /* "en", "de" …; empty: detected */
    sr_str tags;     /* separated by commas */
    sr_str image;
    int64_t published_s; /* seconds since 1970-01-01T00:00:00Z, or SR_TIME_UNKNOWN */
} sr_article;

/* How one article stands to another. CLI words in the comments. */
typedef enum sr_relation {
    SR_RELATION_NONE,      /* none: not related as copies */
    SR_RELATION_EXACT,     /* exact: the same normalised words */
    SR_RELATION_NEAR,      /* near: likeness ≥ threshold, and the facts agree */
    SR_RELATION_CONTAINED, /* contained: one is an excerpt of the other */
    SR_RELATION_UPDATED,   /* updated: near, same URL or title, other date; facts may differ */
    SR_RELATION_COUNT
} sr_relation;
SR_API const char *sr_relation_name(sr_relation relation);

/* What `add` did with a record. */
typedef enum sr_outcome {
    SR_OUTCOME_NEW,
    SR_OUTCOME_UNCHANGED, /* same id, same text */
    SR_OUTCOME_UPDATED,   /* same id, other text */
    SR_OUTCOME_EXACT,     /* stored; repeats the words of another article */
    SR_OUTCOME_NEAR,
    SR_OUTCOME_CONTAINED,
    SR_OUTCOME_BAD,
    SR_OUTCOME_COUNT
} sr_outcome;
SR_API const char *sr_outcome_name(sr_outcome outcome);

/* How output is written. */
typedef enum sr_format {
    SR_FORMAT_TEXT,
    SR_FORMAT_JSON,
    SR_FORMAT_JSONL,
    SR_FORMAT_CSV,
    SR_FORMAT_HTML,
    SR_FORMAT_RANKING /* TREC's six columns */
} sr_format;

/* Receives rendered output in pieces; anything but true stops the call with SR_ERR_IO. */
typedef bool (*sr_write_fn)(void *context, const char *bytes, size_t n_bytes);

typedef enum sr_message_level { SR_MESSAGE_INFO, SR_MESSAGE_WARNING } sr_message_level;

/* How a long call speaks to its caller. Every member may be NULL; all are called from the calling
 * thread only. */
typedef struct sr_observer {
    void *context;
    void (*message)(void *context, sr_message_level level, const char *text);
    void (*progress)(void *context, const char *what, uint64_t done,
                     uint64_t total); /* total 0: unknown */
    bool (*cancelled)(void *context); /* true: stop cleanly with SR_ERR_INTERRUPTED */
} sr_observer;

/* ---------------------------------------------------------------- parameters and stateless calls
 */

/* Everything that shapes a signature. Two signatures compare only when these are equal. */
typedef struct sr_params {
    uint64_t seed;
    uint32_t n_values;      /* MinHash values: 128 or 256 */
    uint32_t shingle_words; /* words a shingle: 1..16, default 5 */
    uint32_t bands;         /* 1..128, bands × rows ≤ n_values; default 16 */
    uint32_t rows;          /* default 8 */
} sr_params;

/* One article's fingerprint. MinHash "mul4" (Min-Max Hash, Ji et al., ICDM 2013, with signed
 * extension): the low 16 bits of each value; 64-bit SimHash (Charikar 2002; Manku et al. 2007) of
 * the words. */
typedef struct sr_signature {
    uint16_t values[256]; /* the first params.n_values count, the rest is 0 */
    uint64_t simhash;
    uint64_t content[2]; /* 128-bit hash of the normalised words: equal for exact repeats */
    uint32_t n_words;    /* 0: an empty article, equal to nothing */
    uint32_t n_shingles; /* with repetitions */
} sr_signature;

/* Thresholds of the one decider of relations. */
typedef struct sr_thresholds {
    double jaccard;     /* near: likeness at or above this; default .55. Likeness is the Jaccard of
                           word shingles, plus, of what it leaves, the share of words in common */
    double containment; /* contained: share of the shorter at or above this; default .9 */
    bool plain;         /* near by the Jaccard of word shingles and nothing else, nothing contained
                           or updated; default false */
} sr_thresholds;

/* Two texts, compared exactly. */
typedef struct sr_verdict {
    sr_relation relation;
    bool same_template;        /* relation none: much in common, but not the facts */
    double jaccard;            /* of the shingle sets, exact */
    double likeness;           /* Jaccard, and of the rest the share of words that both have */
    double facts;              /* numbers and names in a common context: the share that agrees */
    double jaccard_estimate;   /* from the signatures */
    double containment_a_in_b; /* share of a's shingles that b has */
    double containment_b_in_a;
    uint32_t simhash_distance; /* bits, 0..64 */
} sr_verdict;

SR_API void sr_params_init(sr_params *params);
SR_API void sr_thresholds_init(sr_thresholds *thresholds);
/* SR_ERR_ARGUMENT where a value is out of range. */
SR_API SR_MUST_USE sr_status sr_params_check(const sr_params *params, sr_error *error);
/* One JSON line, NUL-terminated, without line end, and back. SR_ERR_LIMIT: `n_bytes` (≥ 512 always
 * do) is too small; SR_ERR_FORMAT: not such a line, or of another hash or normaliser. */
SR_API SR_MUST_USE sr_status sr_params_to_json(const sr_params *params, char *json, size_t n_bytes);
SR_API SR_MUST_USE sr_status sr_params_from_json(sr_str json, sr_params *params, sr_error *error);

/* Signatures of `n_texts` texts, in parallel. `out` has `n_texts` places. */
SR_API SR_MUST_USE sr_status sr_sign_texts(const sr_params *params, const sr_str *texts,
                                           size_t n_texts, sr_signature *out);
/* The `params->bands` keys under which a signature is looked up; two articles are a candidate pair
 * when a key of the same band is equal. An empty article has no keys: false, nothing written. */
SR_API bool sr_signature_band_keys(const sr_params *params, const sr_signature *signature,
                                   uint32_t *keys);
/* The probability, 0..1, that a pair of this similarity shares a band key: 1 − (1 − J^rows)^bands.
 */
SR_API double sr_params_recall(const sr_params *params, double jaccard);
/* Sets `bands` and `rows` to the steepest such curve that reaches `recall` (between 0 and 1) at
 * `threshold` (above 0): the most rows, and of these the fewest bands. SR_ERR_ARGUMENT;
 * SR_ERR_LIMIT where params->n_values do not suffice. */
SR_API SR_MUST_USE sr_status sr_params_choose_bands(sr_params *params, double threshold,
                                                    double recall, sr_error *error);
/* Estimated Jaccard similarity, 0..1, of two signatures made with the same parameters. */
SR_API double sr_signature_jaccard(const sr_params *params, const sr_signature *a,
                                   const sr_signature *b);
/* Compares two texts exactly and decides. */
SR_API SR_MUST_USE sr_status sr_verify_pair(const sr_params *params,
                                            const sr_thresholds *thresholds, sr_str a, sr_str b,
                                            sr_verdict *verdict);

/* ---------------------------------------------------------------- feeds */

/* How feeds are read. Init, then change what you need. */
typedef struct sr_feed_options {
    const char *map;           /* "text=content.rendered,title=headline", or NULL: guessed */
    const char *input_format;  /* "jsonl", "json", "csv", "text" …, or NULL: by content */
    const char *encoding;      /* "latin1", "utf-16" …, or NULL: by content */
    const char *quotes;        /* CSV, quotes inside quotes: "doubled", "escaped" as \",
                                  or NULL: by content */
    char delimiter;            /* CSV; 0: by content */
    bool keep_furniture;       /* true: no boilerplate removal */
    uint64_t max_record_bytes; /* default 16 MiB */
    int64_t now_s;             /* pages of static sites dated later are left out; SR_TIME_UNKNOWN:
                                  none is, so that what is read depends on the files alone */
    const char *root;          /* a watched directory: feeds below it are named by their path in it,
                                  and unfinished files (.tmp, .part, ~) are passed over; or NULL */
    uint32_t max_unpack_ratio; /* bytes that a byte of a packed file may give; 0: 250 */
    uint32_t max_unpack_layers; /* how often files may be packed into files; 0: 8, at most 32 */
    uint64_t max_bad;           /* bad records allowed; UINT64_MAX: any number */
    double max_bad_share;       /* and as a share of all records, 0..1; default 1 */
} sr_feed_options;
SR_API void sr_feed_options_init(sr_feed_options *options);

/* ---------------------------------------------------------------- the store */

typedef struct sr_store sr_store;

typedef enum sr_store_mode {
    SR_STORE_READ,
    SR_STORE_WRITE,        /* waits for the lock */
    SR_STORE_WRITE_NO_WAIT /* SR_ERR_LOCKED where another process holds it; the error names it */
} sr_store_mode;

typedef struct sr_store_info {
    sr_params params;
    bool dedup_only;
    uint64_t commit;
    uint64_t n_articles; /* live */
    uint64_t n_removed;  /* replaced or removed, still on disk */
    uint64_t n_segments;
    uint64_t n_bytes;         /* on disk */
    uint64_t n_flushed_bytes; /* ever written for articles and removals as they came, */
    uint64_t n_merged_bytes;  /* and for segments that others were merged into */
    uint32_t format_version;
    uint32_t normaliser_version; /* how texts were made words, */
    uint32_t hash_version;       /* and words signatures */
    bool is_outdated; /* one of these is older than this library's: the store is read, articles are
                         removed from it, but none is added before sr_store_compact */
} sr_store_info;

/* What a kind of column takes on disk. */
typedef struct sr_column_info {
    const char *name; /* "values", "bands", "text" …; lives for ever */
    uint64_t n_bytes; /* with frame tables; the last entry, "headers and checksums", is the rest */
} sr_column_info;

/* What happened to the records of one feed. */
typedef struct sr_add_summary {
    uint64_t n_records;
    uint64_t n_empty; /* articles without a word, among the stored ones */
    uint64_t outcomes[SR_OUTCOME_COUNT];
} sr_add_summary;

/* Makes an empty store at `dir`. SR_ERR_EXISTS where one is. */
SR_API SR_MUST_USE sr_status sr_store_init(const char *dir, const sr_params *params,
                                           bool dedup_only, sr_error *error);
/* SR_ERR_NOT_FOUND, SR_ERR_CORRUPT, SR_ERR_VERSION, SR_ERR_LOCKED. `observer` (may be NULL) is kept
 * for later calls. */
SR_API SR_MUST_USE sr_status sr_store_open(const char *dir, sr_store_mode mode,
                                           const sr_observer *observer, sr_store **out,
                                           sr_error *error);
/* Closes; what was not committed is dropped. */
SR_API void sr_store_close(sr_store *store);
SR_API void sr_store_get_info(const sr_store *store, sr_store_info *info);
/* sr_params_to_json of the store's signatures, which an older library may have made. */
SR_API SR_MUST_USE sr_status sr_store_params_to_json(const sr_store *store, char *json,
                                                     size_t n_bytes);
/* The columns that take any bytes, in the order of the format, at most `max_columns`; returns their
 * number. SR_MAX_COLUMNS are always enough. */
#define SR_MAX_COLUMNS 64
SR_API size_t sr_store_get_columns(const sr_store *store, sr_column_info *columns,
                                   size_t max_columns);
/* Reads every byte of the store and proves its checksums; each damage is a warning to the observer.
 * SR_ERR_CORRUPT where there is any. */
SR_API SR_MUST_USE sr_status sr_store_check(const char *dir, const sr_observer *observer,
                                            sr_error *error);
typedef struct sr_repair_summary {
    bool was_needed;          /* false: the store was sound, and nothing was written */
    bool manifest_rebuilt;    /* from the headers of the segments */
    uint64_t n_segments_kept; /* files that the store no longer uses, kept as "*.damaged" */
    uint64_t n_saved;         /* articles read from them and put in again */
    uint64_t n_incomplete;    /* of these, without some of their fields */
    uint64_t n_lost;          /* articles that are gone; each whose id is known was named */
    uint64_t n_removals_lost; /* so many removed or replaced articles may be back */
    uint64_t commit;
} sr_repair_summary;

/* Makes a damaged store sound: keeps its sound segments, puts the articles of the others in again
 * as far as checksums prove them, and commits. Damages and losses are warnings to the observer.
 * Waits for the lock unless `mode` is SR_STORE_WRITE_NO_WAIT. Files of damaged segments are kept
 * beside the others as "*.damaged" until somebody removes them. SR_ERR_CORRUPT where nothing can be
 * repaired, SR_ERR_LOCKED, SR_ERR_IO; the store is then as before. */
SR_API SR_MUST_USE sr_status sr_store_repair(const char *dir, sr_store_mode mode,
                                             const sr_observer *observer,
                                             sr_repair_summary *summary, sr_error *error);
/* Puts the articles of the feeds in, by upsert on id; SR_ERR_VERSION where the store is outdated
 * (sr_store_info). `report` (may be NULL): a .csv or .jsonl file
 * with a line a record. `summaries` has `n_feeds` places. Nothing is visible before
 * sr_store_commit. */
SR_API SR_MUST_USE sr_status sr_store_add_feeds(sr_store *store, const char *const *feeds,
                                                size_t n_feeds, const sr_feed_options *options,
                                                const char *report, sr_add_summary *summaries,
                                                sr_error *error);
/* The same for articles in memory. `outcomes` (may be NULL) has `n_articles` places. */
SR_API SR_MUST_USE sr_status sr_store_add_articles(sr_store *store, const sr_article *articles,
                                                   size_t n_articles, sr_outcome *outcomes,
                                                   sr_error *error);
/* Puts the records of a pipe in while it is being written. Commits at 10,000 records, after 200 ms
 * of silence, and a second after the first record that was not committed; `write` then gets a line
 * a record (SR_FORMAT_CSV or SR_FORMAT_JSONL), in input order, once the commit that holds it is
 * durable. Where this fails, what was answered for is in the store, and nothing else. */
SR_API SR_MUST_USE sr_status sr_store_add_stream(sr_store *store, const char *feed,
                                                 const sr_feed_options *options, sr_format format,
                                                 sr_write_fn write, void *context,
                                                 sr_add_summary *summary, uint64_t *commit,
                                                 sr_error *error);
/* Makes all that was added durable and visible at once; gives the commit's number. */
SR_API SR_MUST_USE sr_status sr_store_commit(sr_store *store, uint64_t *commit, sr_error *error);

/* Which articles to remove: the ids, or all that meet every other condition. */
typedef struct sr_removal {
    const char *const *ids;
    size_t n_ids;
    const char *source; /* NULL: any */
    int64_t before_s;   /* published before; SR_TIME_UNKNOWN: at any time. An article without a date
                           is before nothing */
    bool dry_run;       /* only counts; a store open for reading will do */
    void (*seen)(void *context, sr_str id); /* each article's id; may be NULL */
    void *context;
} sr_removal;

typedef struct sr_removal_summary {
    uint64_t n_removed;
    uint64_t n_unknown; /* ids that are not stored */
} sr_removal_summary;

/* Removes articles: at once for this handle, for all with sr_store_commit. Their place on disk
 * comes back when segments are merged. SR_ERR_ARGUMENT where no condition is given. */
SR_API SR_MUST_USE sr_status sr_store_remove(sr_store *store, const sr_removal *removal,
                                             sr_removal_summary *summary, sr_error *error);
/* Commits, and writes the store anew as one segment without what was removed; answers and the
 * commit's number stay. Readers that have the store open keep what they have. An outdated store is
 * first made anew from its texts, in a commit of its own; SR_ERR_VERSION where it keeps none. */
SR_API SR_MUST_USE sr_status sr_store_compact(sr_store *store, sr_error *error);

/* Everything that the store knows of its live articles, in the order of their adding, as
 * SR_FORMAT_JSONL or SR_FORMAT_CSV: a feed that sr_store_add_feeds reads back without a mapping. */
SR_API SR_MUST_USE sr_status sr_store_export(const sr_store *store, sr_format format,
                                             sr_write_fn write, void *context, sr_error *error);
/* Their MinHash values as a NumPy file (NEP 1), shape (articles, n_values), little-endian u16. */
SR_API SR_MUST_USE sr_status sr_store_export_signatures(const sr_store *store, const char *path,
                                                        sr_error *error);
/* A SimHash of SR_TOPIC_BITS bits of each article's words and those of its neighbours (Charikar,
 * STOC 2002), shape (articles, SR_TOPIC_BITS / 64), little-endian u64: related articles differ in
 * few bits. SR_ERR_UNSUPPORTED for a dedup-only store. */
enum { SR_TOPIC_BITS = 512 };
SR_API SR_MUST_USE sr_status sr_store_export_simhash(const sr_store *store, const char *path,
                                                     sr_error *error);

/* ---------------------------------------------------------------- related articles */

typedef struct sr_related_options {
    uint32_t n_items;           /* default 5 */
    double min_score;           /* 0..1, default 0 */
    int64_t since_s;            /* SR_TIME_UNKNOWN: no bound */
    int64_t until_s;            /* SR_TIME_UNKNOWN: no bound */
    bool older_only;            /* only articles older than the query */
    double half_life_s;         /* 0: time plays no part; default 62 days */
    uint32_t max_per_source;    /* a preference; default 2, 0: off */
    const char *source;         /* only this source, or NULL */
    const char *language;       /* only this language, or NULL */
    const char *tag;            /* only articles with this tag, or NULL */
    const char *const *exclude; /* ids never shown */
    size_t n_exclude;
    bool ranking; /* plain ranking: no collapse, caps, filters, fallback; items have id and score
                     only */
    bool why;     /* say why: shared terms, articles between, factor of time */
    bool lexical_only;    /* score by words alone, also where the store has dense vectors */
    sr_feed_options feed; /* how a query file is read */
} sr_related_options;
SR_API void sr_related_options_init(sr_related_options *options);

/* A query: exactly one member is set. */
typedef struct sr_query {
    const char *path;          /* FILE, FILE:N or "-" */
    const char *id;            /* of a stored article */
    const sr_article *article; /* in memory */
} sr_query;

typedef struct sr_boxes sr_boxes;

/* One item of a box; views live as long as the boxes. */
typedef struct sr_item {
    sr_article article; /* without text; the lead is given or made of the first words */
    double score;       /* 0..1 */
    bool fallback;      /* only fills up: hardly related, or one of the newest (score 0) */
    uint32_t n_also;    /* repeats in other places that were folded into this one */
} sr_item;

/* A box for every query, in order. SR_ERR_NOT_FOUND names an id that is not stored. */
SR_API SR_MUST_USE sr_status sr_related(const sr_store *store, const sr_query *queries,
                                        size_t n_queries, const sr_related_options *options,
                                        sr_boxes **out, sr_error *error);
/* A box for every stored article, in the order of their adding. */
SR_API SR_MUST_USE sr_status sr_related_all(const sr_store *store,
                                            const sr_related_options *options, sr_boxes **out,
                                            sr_error *error);
/* The same for all articles of feeds, without a store of the caller's: a temporary one below
 * `tmp_dir` (NULL: $TMPDIR, else /tmp) lives as long as the call. */
SR_API SR_MUST_USE sr_status sr_related_feeds(const char *const *feeds, size_t n_feeds,
                                              const sr_related_options *options,
                                              const char *tmp_dir, const sr_observer *observer,
                                              sr_boxes **out, sr_error *error);
/* Takes out what is as before: `previous` is a file of boxes as SR_FORMAT_JSONL (later lines of an
 * article count more than earlier ones). Rendered, as SR_FORMAT_JSONL alone, are then the boxes
 * whose items are others or in another order, {"id":…,"removed":true} for each article that has no
 * box any more, and {"commit":…}. SR_ERR_FORMAT names the line that is no box. */
SR_API SR_MUST_USE sr_status sr_boxes_subtract(sr_boxes *boxes, const char *previous,
                                               sr_error *error);
SR_API void sr_boxes_free(sr_boxes *boxes);
SR_API size_t sr_boxes_count(const sr_boxes *boxes);
SR_API size_t sr_boxes_item_count(const sr_boxes *boxes, size_t box);
/* The `rank`th item (0 first) of a box; false past its end. */
SR_API bool sr_boxes_item(const sr_boxes *boxes, size_t box, size_t rank, sr_item *item);

/* `now_s`: what age words count from. */
SR_API SR_MUST_USE sr_status sr_boxes_render(const sr_boxes *boxes, sr_format format, int64_t now_s,
                                             sr_write_fn write, void *context);

/* ---------------------------------------------------------------- looking into feeds */

typedef struct sr_inspection sr_inspection;
/* Reads the feeds to their end and tells what would be read of them: formats, encodings, fields,
 * a sample, problems. `options` may be NULL. */
SR_API SR_MUST_USE sr_status sr_inspect(const char *const *feeds, size_t n_feeds,
                                        const sr_feed_options *options, const sr_observer *observer,
                                        sr_inspection **out, sr_error *error);
SR_API void sr_inspection_free(sr_inspection *inspection);
/* SR_FORMAT_TEXT or SR_FORMAT_JSON. */
SR_API SR_MUST_USE sr_status sr_inspection_render(const sr_inspection *inspection, sr_format format,
                                                  sr_write_fn write, void *context);
/* The clean text of every article, the one that is signed and compared: SR_FORMAT_TEXT (a line
 * "FILE:N id" before each), SR_FORMAT_JSON or SR_FORMAT_JSONL (file, number, id, title, text). Bad
 * records are warnings to the observer. */
SR_API SR_MUST_USE sr_status sr_inspect_texts(const char *const *feeds, size_t n_feeds,
                                              const sr_feed_options *options, sr_format format,
                                              const sr_observer *observer, sr_write_fn write,
                                              void *context, sr_error *error);

/* ---------------------------------------------------------------- duplicates */

typedef struct sr_dedup_options {
    sr_params params; /* `bands` and `rows` 0, as by default: sr_dedup_choose_bands */
    double recall;    /* wanted of the pairs at the threshold; 0: nothing is said of it */
    sr_thresholds thresholds;
    sr_feed_options feed;
    const char *output;         /* FILE, DIR/ or "-"; NULL: none */
    const char *const *reports; /* files, .csv or .jsonl, with any compression */
    size_t n_reports;
    const char *keep; /* criteria in order, separated by commas: "first", "last", "longest",
                         "newest", "oldest", "source=NAME"; "auto" or NULL: the first, of an updated
                         report the latest state */
    bool components;  /* a cluster is all that near pairs connect, up to 1,000 texts; else what is
                         near to its kept record */
    uint32_t drop;    /* bit 1 << sr_relation for each relation that is removed */
    const char *tmp_dir;   /* NULL: $TMPDIR, else beside the output, else /tmp */
    uint64_t memory_bytes; /* that the run may take; 0: half of the control group's limit or RAM */
    const char *against;   /* a store: what it has is dropped; NULL: none */
    bool add;              /* the survivors are put into that store */
    bool resume;        /* go on from where a run with the same options and input was killed; such
                           a run, too, can then be resumed */
    uint32_t n_audited; /* articles drawn for the audit; 0: none */
    bool dry_run;       /* write neither output nor report */
    sr_write_fn write;  /* where output "-" goes */
    void *write_context;
} sr_dedup_options;
SR_API void sr_dedup_options_init(sr_dedup_options *options);
/* Sets `bands` and `rows` where they are 0, as sr_dedup and sr_dedup_plan_make do: those that find
 * `recall` of the pairs at the threshold; without one, .95 of them where the threshold lies below
 * its default; else 32 × 4 rows, which edited copies need, or 16 × 8 for thresholds.plain, which
 * are quicker. `recall` is then 0. SR_ERR_ARGUMENT where both are said; SR_ERR_LIMIT where the
 * values do not suffice.
 */
SR_API SR_MUST_USE sr_status sr_dedup_choose_bands(sr_dedup_options *options, sr_error *error);

/* A share of trials with its 95 % interval (Wilson, JASA 1927). */
typedef struct sr_share {
    uint64_t n_good;
    uint64_t n;
    double share; /* 0 where n is 0 */
    double low;
    double high;
} sr_share;

/* What brute force on articles drawn at random said of a run. */
typedef struct sr_audit {
    uint64_t n_drawn;
    uint64_t n_repeat_pairs; /* pairs of a drawn article and a repeat of it */
    sr_share recall;         /* of the drawn articles with a repeat: one of these, drawn at random,
                                is in the same cluster */
    sr_share precision; /* of those in a cluster: they are related to the kept record, by text */
} sr_audit;

typedef struct sr_dedup_summary {
    uint64_t n_records; /* with bad ones */
    uint64_t n_bad;
    uint64_t n_empty;
    uint64_t n_kept;                        /* records that survive; bad ones do not */
    uint64_t n_relation[SR_RELATION_COUNT]; /* records by their relation to their keeper */
    uint64_t n_clusters;                    /* with two members or more */
    uint64_t largest_clusters[5];           /* sizes, largest first, 0 past the last */
    uint64_t n_stored;  /* of all relations: dropped for an article of the store */
    uint64_t n_added;   /* survivors that were put into the store */
    uint64_t commit;    /* that holds them; 0: none */
    uint64_t n_resplit; /* components of more than 1,000 texts that were not left whole */
    uint64_t n_candidate_pairs;
    uint64_t n_verified_pairs;
    uint64_t n_bytes_read; /* of decompressed input */
    sr_audit audit;        /* n_drawn 0: none was asked for */
} sr_dedup_summary;

/* Finds repeats in the feeds and writes what survives. On failure no output file was touched. Where
 * the input is large, its plan is told to the observer first, and the run can be resumed should it
 * be killed (SR_ERR_MISMATCH: options or input have changed); SR_ERR_LIMIT where the space that it
 * asks for is not there. */
SR_API SR_MUST_USE sr_status sr_dedup(const char *const *feeds, size_t n_feeds,
                                      const sr_dedup_options *options, const sr_observer *observer,
                                      sr_dedup_summary *summary, sr_error *error);

/* What a run will take, estimated from the first articles of its input. */
typedef struct sr_dedup_plan {
    uint64_t n_sampled;        /* articles that were looked at */
    uint64_t n_articles;       /* estimated; exact where `is_exact` */
    bool is_exact;             /* the sample is the whole input */
    bool is_unknown;           /* a pipe is among the feeds: only what was sampled is known */
    uint64_t n_input_bytes;    /* of the files, as they are packed */
    uint64_t n_unpacked_bytes; /* estimated */
    uint64_t n_memory_bytes;   /* estimated peak */
    uint64_t memory_limit_bytes;
    uint64_t n_temp_bytes;  /* estimated */
    uint64_t n_spill_bytes; /* of these, what the memory does not hold; 0: it holds all */
    uint64_t temp_free_bytes;
    uint64_t n_output_bytes; /* at most; 0 where nothing is written */
    uint64_t output_free_bytes;
    double n_vain_pairs; /* estimated: pairs below the threshold that will meet as candidates */
    char temp_dir[512];
    char output_dir[512];
} sr_dedup_plan;
/* Looks at the input of a run, and writes nothing. */
SR_API SR_MUST_USE sr_status sr_dedup_plan_make(const char *const *feeds, size_t n_feeds,
                                                const sr_dedup_options *options,
                                                const sr_observer *observer, sr_dedup_plan *plan,
                                                sr_error *error);

typedef struct sr_comparison sr_comparison;
/* Compares two articles, each FILE, FILE:N or "-" (one of them at most). */
SR_API SR_MUST_USE sr_status sr_compare(const char *a, const char *b, const sr_params *params,
                                        const sr_thresholds *thresholds,
                                        const sr_feed_options *feed, sr_comparison **out,
                                        sr_error *error);
SR_API void sr_comparison_free(sr_comparison *comparison);
SR_API void sr_comparison_get_verdict(const sr_comparison *comparison, sr_verdict *verdict);
/* SR_FORMAT_TEXT or SR_FORMAT_JSON; both show the shared passages, longest first. */
SR_API SR_MUST_USE sr_status sr_comparison_render(const sr_comparison *comparison, sr_format format,
                                                  sr_write_fn write, void *context);

/* ---------------------------------------------------------------- evaluation */

/* How good a ranking is, per query 0..1; k counts from the top. Definitions as trec_eval's, but for
 * nDCG's gain of 2^grade − 1 (Burges et al., ICML 2005); its ideal is over all judged articles. */
#define SR_MEASURE_LIST(X)                                                                         \
    X(NDCG5, "ndcg5")                                                                              \
    X(NDCG10, "ndcg10")                                                                            \
    X(P5, "p5")                                                                                    \
    X(MAP, "map")                                                                                  \
    X(RECALL100, "recall100")                                                                      \
    X(RPREC, "rprec")                                                                              \
    X(MRR, "mrr")

typedef enum sr_measure {
#define SR_MEASURE_ENUM(name, text) SR_MEASURE_##name,
    SR_MEASURE_LIST(SR_MEASURE_ENUM)
#undef SR_MEASURE_ENUM
        SR_MEASURE_COUNT
} sr_measure;
SR_API const char *sr_measure_name(sr_measure measure);

/* A mean over the queries with its 95 % interval (percentile bootstrap, 10,000 samples of a fixed
 * seed; Efron and Tibshirani 1993). */
typedef struct sr_estimate {
    double mean;
    double low;
    double high;
} sr_estimate;

/* The second run less the first, query by query. `p`: how often signs thrown at random give as
 * large a mean difference (randomisation test, 10,000 throws; Smucker et al., CIKM 2007). */
typedef struct sr_paired {
    sr_estimate difference;
    double p;
    uint64_t n_better, n_equal, n_worse;
} sr_paired;

typedef struct sr_evaluation sr_evaluation;
/* Judges runs (TREC's six columns, or four) by qrels; both may be compressed. For the measures
 * without grades an article is relevant from `min_grade` (≥ 1) up. A query of the qrels that a run
 * lacks counts 0; one without a relevant article does not count. SR_ERR_FORMAT names file and line;
 * SR_ERR_NOT_FOUND: no query of the qrels has a relevant article. */
SR_API SR_MUST_USE sr_status sr_evaluate(const char *qrels, const char *const *runs, size_t n_runs,
                                         uint32_t min_grade, const sr_observer *observer,
                                         sr_evaluation **out, sr_error *error);
SR_API void sr_evaluation_free(sr_evaluation *evaluation);
SR_API size_t sr_evaluation_query_count(const sr_evaluation *evaluation);
SR_API void sr_evaluation_get_estimate(const sr_evaluation *evaluation, size_t run,
                                       sr_measure measure, sr_estimate *estimate);
/* False unless there are exactly two runs. */
SR_API bool sr_evaluation_get_paired(const sr_evaluation *evaluation, sr_measure measure,
                                     sr_paired *paired);
/* SR_FORMAT_TEXT, SR_FORMAT_JSON, or SR_FORMAT_CSV: a row a run and query. */
SR_API SR_MUST_USE sr_status sr_evaluation_render(const sr_evaluation *evaluation, sr_format format,
                                                  sr_write_fn write, void *context);

/* ---------------------------------------------------------------- dates and sizes */

/* RFC 3339, RFC 822, "2026-05-26", "2026-05-26 10:00:00", epoch seconds or milliseconds; false
 * where it is none. */
SR_API bool sr_time_parse(sr_str text, int64_t *seconds);
/* "90d", "12h", "30m", "2w" as seconds; false where it is none. */
SR_API bool sr_age_parse(sr_str text, int64_t *seconds);
/* "812 bytes", "3.4 MB", "12 GB" (powers of 1,024), as people read sizes; returns `text`. */
SR_API const char *sr_bytes_show(uint64_t n_bytes, char text[32]);

#ifdef __cplusplus
}
#endif

#endif
