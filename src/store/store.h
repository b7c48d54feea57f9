/* store.h — the directory of articles: MANIFEST, immutable segments, a writer's lock (FORMAT.md).
 * Readers open a snapshot and keep it; a writer fills new segments and replaces the MANIFEST in one
 * rename.
 */
#ifndef SR_STORE_STORE_H
#define SR_STORE_STORE_H

#include "base/buffer.h"
#include "base/observe.h"
#include "text/language.h"
#include "text/terms.h"

/* ------------------------------------------------------------------ reading */

/* An article's place in a snapshot. */
typedef struct sr_doc {
    uint32_t segment;
    uint32_t ordinal;
} sr_doc;

static inline bool sr_doc_equal(sr_doc a, sr_doc b)
{
    return a.segment == b.segment && a.ordinal == b.ordinal;
}

/* Cold columns: zstd frames, read one at a time. */
typedef enum sr_field {
    SR_FIELD_ID,
    SR_FIELD_TITLE,
    SR_FIELD_LEAD,
    SR_FIELD_URL,
    SR_FIELD_SOURCE,
    SR_FIELD_AUTHOR,
    SR_FIELD_TAGS,
    SR_FIELD_IMAGE,
    SR_FIELD_TEXT, /* the clean text; absent in a dedup-only store */
    SR_FIELD_COUNT
} sr_field;

/* Hot columns of one article. */
typedef struct sr_doc_facts {
    uint64_t content[2];
    uint64_t simhash;
    int64_t published_s;
    uint64_t article_hash; /* of everything stored, as the writer gave it */
    uint64_t source_hash;  /* sr_hash_str of the source, 0 where it is empty */
    uint32_t n_words;
    uint32_t n_shingles;
    sr_language language;
} sr_doc_facts;

/* A term of a stored article: its hash and its weighted count in halves. */
typedef struct sr_stored_term {
    uint64_t hash;
    uint32_t tf2;
} sr_stored_term;

/* One article of a postings list. */
typedef struct sr_posting {
    uint32_t ordinal;
    uint32_t tf2;
} sr_posting;

/* A term's articles, ascending, and its counts in them. */
typedef struct sr_posting_list {
    uint32_t *ordinals;
    uint8_t *counts;
    size_t n;
    size_t ordinals_capacity, counts_capacity;
} sr_posting_list;

void sr_posting_list_release(sr_posting_list *list);

typedef struct sr_segment sr_segment;

uint32_t sr_segment_doc_count(const sr_segment *segment);
const uint16_t *sr_segment_values(const sr_segment *segment,
                                  uint32_t ordinal); /* the MinHash values */
void sr_segment_facts(const sr_segment *segment, uint32_t ordinal, sr_doc_facts *facts);
/* Euclidean length of the article's lexical vector, as it was when its segment was written: good
 * enough to pick candidates, not to score. */
float sr_segment_norm(const sr_segment *segment, uint32_t ordinal);
/* The article's stored terms, ascending by hash; `terms` has SR_TERMS_STORED places.
 * SR_ERR_CORRUPT. */
SR_MUST_USE sr_status sr_segment_terms(const sr_segment *segment, uint32_t ordinal,
                                       sr_stored_term *terms, size_t *n_terms);
/* The postings of a term in ascending order, appended to `*postings` (an sr_array_reserve array of
 * `*capacity`);
 * `*n_postings` is the new count. Nothing is appended where the segment does not know the term. */
SR_MUST_USE sr_status sr_segment_postings(const sr_segment *segment, uint64_t term_hash,
                                          sr_posting **postings, size_t *n_postings,
                                          size_t *capacity);

/* A consistent view of the whole store. Thread-safe for reading after open. */
typedef struct sr_snapshot sr_snapshot;

SR_MUST_USE sr_status sr_snapshot_open(const char *dir, sr_snapshot **out, sr_error *error);
void sr_snapshot_close(sr_snapshot *snapshot);
/* Whether everything that was read from mapped columns so far was sound: SR_OK, or SR_ERR_CORRUPT
 * that names file, section and block. To be asked before results are handed out. */
SR_MUST_USE sr_status sr_snapshot_damage(const sr_snapshot *snapshot, sr_error *error);
const sr_params *sr_snapshot_params(const sr_snapshot *snapshot);
bool sr_snapshot_dedup_only(const sr_snapshot *snapshot);
/* Its words and signatures are those of an older program: what is looked up in it must not be made
 * by this one, and nothing may be added before it is made anew. */
bool sr_snapshot_is_outdated(const sr_snapshot *snapshot);
/* SR_ERR_VERSION where it is; the error says what is to be done. */
SR_MUST_USE sr_status sr_snapshot_must_be_current(const sr_snapshot *snapshot, sr_error *error);
void sr_snapshot_info(const sr_snapshot *snapshot, sr_store_info *info);
size_t sr_snapshot_columns(const sr_snapshot *snapshot, sr_column_info *columns,
                           size_t max_columns);
uint32_t sr_snapshot_segment_count(const sr_snapshot *snapshot);
const sr_segment *sr_snapshot_segment(const sr_snapshot *snapshot, uint32_t segment);
bool sr_snapshot_is_live(const sr_snapshot *snapshot, sr_doc doc);
uint64_t sr_snapshot_live_count(const sr_snapshot *snapshot);
/* The first live article from `at` on, in the order of adding; `at` then stands behind it. False at
 * the end. Begins with {0}. */
bool sr_snapshot_next_live(const sr_snapshot *snapshot, sr_doc *at, sr_doc *found);
/* Every article gets a number at its adding, above all that the store ever gave; merges of segments
 * keep it, so it is what lasting links to articles are made of. An article that replaces another
 * has a new one. `find` is false where no article of the snapshot has the number (never given, or
 * purged by a merge); one that is found may be dead: ask sr_snapshot_is_live. */
uint64_t sr_snapshot_serial(const sr_snapshot *snapshot, sr_doc doc);
bool sr_snapshot_find_serial(const sr_snapshot *snapshot, uint64_t serial, sr_doc *doc);
/* The serial that the next added article gets: above all in the snapshot. */
uint64_t sr_snapshot_next_serial(const sr_snapshot *snapshot);
/* The live article of this id; false where there is none. The id itself is compared, not only its
 * hash. */
SR_MUST_USE sr_status sr_snapshot_find_id(const sr_snapshot *snapshot, sr_str id, bool *found,
                                          sr_doc *doc);
/* Live articles with this content hash / one equal band key, in order of (segment, ordinal),
 * without repetitions, appended to an sr_array_reserve array; at most `max_docs` per segment and
 * band. */
SR_MUST_USE sr_status sr_snapshot_find_content(const sr_snapshot *snapshot,
                                               const uint64_t content[2], sr_doc **docs,
                                               size_t *n_docs, size_t *capacity);
SR_MUST_USE sr_status sr_snapshot_find_bands(const sr_snapshot *snapshot, const uint32_t *keys,
                                             uint32_t max_docs, sr_doc **docs, size_t *n_docs,
                                             size_t *capacity);
/* A neighbour of an article in the store's graph; both numbers in 255ths. */
typedef struct sr_neighbour {
    sr_doc doc;
    uint8_t similarity; /* cosine of the lexical vectors */
    uint8_t closeness;  /* what neighbours are ordered by: with the dense vectors where there are */
} sr_neighbour;

enum { SR_NEIGHBOURS = 20 };

/* The nearest live neighbours of an article, nearest first, up to `limit` (at most SR_NEIGHBOURS).
 * One of them stands for all that repeat it, and none repeats the article. SR_ERR_CORRUPT. */
SR_MUST_USE sr_status sr_snapshot_neighbours(const sr_snapshot *snapshot, sr_doc doc, size_t limit,
                                             sr_neighbour *neighbours, size_t *n_neighbours);
/* Live articles that hold the term, over all segments. */
uint64_t sr_snapshot_df(const sr_snapshot *snapshot, uint64_t term_hash);
/* One cold column of one article; replaces what `out` held. Thread-safe. SR_ERR_CORRUPT names file
 * and frame. */
SR_MUST_USE sr_status sr_snapshot_read_field(const sr_snapshot *snapshot, sr_doc doc,
                                             sr_field field, sr_buffer *out, sr_error *error);

/* ------------------------------------------------------------------ writing */

/* An article ready to be stored. */
typedef struct sr_store_entry {
    const sr_article *article; /* text is the clean text; lead is filled */
    const sr_signature *signature;
    sr_language language;
    uint64_t article_hash; /* of everything stored: equal means an unchanged article */
    const sr_term *terms;  /* all of them, ascending by hash; NULL in a dedup-only store */
    size_t n_terms;
} sr_store_entry;

typedef struct sr_writer sr_writer;

SR_MUST_USE sr_status sr_store_create(const char *dir, const sr_params *params, bool dedup_only,
                                      sr_error *error);
/* Takes the lock (LOCK, flock) and opens the newest snapshot. `wait` false: SR_ERR_LOCKED at once,
 * naming the holder's process id; true: waits, and tells the observer after a second. */
SR_MUST_USE sr_status sr_writer_open(const char *dir, bool wait, const sr_observer *observer,
                                     sr_writer **out, sr_error *error);
/* Drops what was not committed (temporary segments are removed) and gives the lock back. */
void sr_writer_close(sr_writer *writer);
/* The snapshot that this writer adds to: the last commit plus the segments that it has flushed
 * since (not yet visible to others) with the articles removed by it taken out. Changes only in
 * sr_writer_add, _remove, _commit and _compact; the first and the last two may merge segments, so
 * that places of articles (sr_doc) do not outlive them. */
const sr_snapshot *sr_writer_snapshot(const sr_writer *writer);
/* Articles added since the last flush: not in the snapshot yet, numbered from 0. */
uint32_t sr_writer_pending_count(const sr_writer *writer);
/* Appends an article. `*flushed` tells that the pending articles (this one with them) became a
 * segment of the snapshot, so that indexes over the pending ones must be emptied. The id must not
 * be live: remove it first. */
SR_MUST_USE sr_status sr_writer_add(sr_writer *writer, const sr_store_entry *entry, bool *flushed,
                                    sr_error *error);
/* Takes a stored article out; a pending one by its number. */
SR_MUST_USE sr_status sr_writer_remove(sr_writer *writer, sr_doc doc, sr_error *error);
SR_MUST_USE sr_status sr_writer_remove_pending(sr_writer *writer, uint32_t number, sr_error *error);
/* What is pending becomes a segment of the snapshot; nothing is visible to others. */
SR_MUST_USE sr_status sr_writer_flush(sr_writer *writer, sr_error *error);
/* Flushes, writes the MANIFEST, makes all durable. The same commit number where nothing changed. */
SR_MUST_USE sr_status sr_writer_commit(sr_writer *writer, uint64_t *commit, sr_error *error);
/* Commits, and makes one segment of all (as few as its limits allow), without what was removed. The
 * commit's number does not change by it. */
SR_MUST_USE sr_status sr_writer_compact(sr_writer *writer, sr_error *error);
/* A second writer into the store of `writer`, which begins without an article and writes by the
 * versions of this program. `writer`, which has nothing pending, is only read from meanwhile. Until
 * sr_writer_replace nothing is seen of it. */
SR_MUST_USE sr_status sr_writer_begin_anew(const sr_writer *writer, sr_writer **out,
                                           sr_error *error);
/* Commits what `*anew` has in place of all that `*writer` has. Once that commit stands, also where
 * the call fails after it, `*writer` is the new one, the old one is closed, and `*anew` is NULL. */
SR_MUST_USE sr_status sr_writer_replace(sr_writer **writer, sr_writer **anew, sr_error *error);

/* Reads and proves everything; each damage goes to the observer as "file: section: block: what". */
SR_MUST_USE sr_status sr_store_verify(const char *dir, const sr_observer *observer,
                                      sr_error *error);

#endif
