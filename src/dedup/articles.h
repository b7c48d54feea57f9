/* articles.h — what a dedup run remembers of every record: 104 bytes, the signature's values (256
 * bytes at 128 values) and the containment sketch (about 4 bytes for 8 words). Everything else (id,
 * the text that was signed, or the codes of its words) is in a spool. Columns that outgrow what a
 * run may have in memory lie in files, and are mapped once the last record was appended.
 *
 * A record's number in input order, from 0, is its document number; bad records have one too, so
 * that a second reading of the input can count along.
 */
#ifndef SR_DEDUP_ARTICLES_H
#define SR_DEDUP_ARTICLES_H

#include "base/column.h"
#include "dedup/spool.h"
#include "dedup/update.h"
#include "feed/feed.h"

#define SR_DOC_NONE UINT32_MAX

typedef struct sr_dedup_article {
    uint64_t content[2];
    uint64_t offset;     /* in the spool: the id, then the text; before it what is packed */
    uint64_t number;     /* N of FILE:N */
    int64_t published_s; /* or SR_TIME_UNKNOWN */
    uint32_t member;     /* index into members */
    uint32_t raw_check;  /* of the record's bytes, to see that the input did not change; else 0 */
    uint32_t id_bytes;   /* 0: a bad record */
    uint32_t n_words;    /* 0: an empty article, or a bad record */
    uint32_t n_shingles; /* with repetitions */
    uint32_t text_bytes;
    uint32_t sources;      /* of the keep rule, a bit a criterion (keep.h) */
    uint32_t n_sketch;     /* hashes of the containment sketch (sketch/fraction.h) */
    uint32_t packed_bytes; /* of the other fields (packed.h) */
    uint64_t sketch;       /* where they begin in `sketches` */
    sr_update_marks marks; /* of URL and title */
} sr_dedup_article;

/* Which fields beside id and text are spooled. */
typedef enum sr_dedup_packing {
    SR_PACK_NOTHING,
    SR_PACK_FIELDS, /* all but the text as it was in the feed */
    SR_PACK_ALL
} sr_dedup_packing;

/* The columns; in this order in what goes over them all. */
enum { SR_COLUMN_ROWS, SR_COLUMN_VALUES, SR_COLUMN_SKETCHES, SR_COLUMN_COUNT };

typedef struct sr_dedup_articles {
    const sr_dedup_article
        *rows;                /* views of the columns; NULL until these are sealed, where they */
    const uint16_t *values;   /* lie in files. n_values a row; 0 where there is no word */
    const uint32_t *sketches; /* of all rows, one behind the other */
    uint32_t n_rows;
    uint32_t n_values;
    size_t n_sketched;
    sr_column columns[SR_COLUMN_COUNT];
    sr_pager *pager;       /* of these and of every big block of the run; NULL: plain memory */
    const char *dir;       /* where columns lie that have outgrown max_memory */
    uint64_t max_memory;   /* of the columns together */
    const uint64_t *aside; /* a bit a document: takes no part; NULL: none (against.h) */
    const sr_feed_member **members; /* in input order; owned by the feed that gave them */
    uint32_t n_members;
    size_t member_capacity;
    sr_dedup_packing packing;
    bool words_do;       /* what is spooled for a text are the codes of its words (signer.h) */
    bool keep_furniture; /* none is learnt from them */
    sr_spool spool;
} sr_dedup_articles;

void sr_dedup_articles_init(sr_dedup_articles *articles, uint32_t n_values);
void sr_dedup_articles_release(sr_dedup_articles *articles);
/* Before the first record: the columns may lie in files of `pager`, unnamed ones in `dir` (both
 * borrowed), once they take more than `max_memory`. */
void sr_dedup_articles_limit(sr_dedup_articles *articles, sr_pager *pager, const char *dir,
                             uint64_t max_memory);
/* Instead: in the files `paths`, of which the first `n_bytes` are the columns of the first records.
 */
SR_MUST_USE sr_status sr_dedup_articles_open(sr_dedup_articles *articles, sr_pager *pager,
                                             char *const paths[SR_COLUMN_COUNT],
                                             const uint64_t n_bytes[SR_COLUMN_COUNT],
                                             sr_error *error);
/* What was appended is in the files. */
SR_MUST_USE sr_status sr_dedup_articles_flush(sr_dedup_articles *articles, sr_error *error);
/* A known record is met again: notes its file. */
SR_MUST_USE sr_status sr_dedup_articles_meet(sr_dedup_articles *articles, const sr_record *record,
                                             sr_error *error);
/* After the last record, in memory or, where the pager spills, in files. */
SR_MUST_USE sr_status sr_dedup_articles_seal(sr_dedup_articles *articles, sr_error *error);
/* Fills what a row says of a good record, and spools its id and text, behind what `packed` has of
 * the other fields (NULL: nothing), which is used up. */
SR_MUST_USE sr_status sr_dedup_article_fill(sr_dedup_article *row, const sr_signature *signature,
                                            sr_str id, sr_str text, sr_buffer *packed,
                                            sr_spool_writer *spool, sr_error *error);
/* Appends a record, whose id and text are spooled: `row` but for its member and the place of its
 * sketch; `values` NULL where there is no word. SR_ERR_LIMIT past 2^32 − 2 records. */
SR_MUST_USE sr_status sr_dedup_articles_append(sr_dedup_articles *articles, const sr_record *record,
                                               const sr_dedup_article *row, const uint16_t *values,
                                               const uint32_t *sketch, sr_error *error);
/* The text that was signed (where words do: its codes), or the id, in the spool or in `scratch`.
 * Thread-safe once all is flushed. */
SR_MUST_USE sr_status sr_dedup_articles_read_text(const sr_dedup_articles *articles, uint32_t doc,
                                                  sr_buffer *scratch, sr_str *text,
                                                  sr_error *error);
SR_MUST_USE sr_status sr_dedup_articles_read_id(const sr_dedup_articles *articles, uint32_t doc,
                                                sr_buffer *scratch, sr_str *id, sr_error *error);

/* The fields that were packed, and the date; id and text are left empty. The views live in the
 * scratch or the spool. */
SR_MUST_USE sr_status sr_dedup_articles_read_fields(const sr_dedup_articles *articles, uint32_t doc,
                                                    sr_buffer *scratch, sr_article *article,
                                                    sr_error *error);

static inline const uint16_t *sr_dedup_values(const sr_dedup_articles *articles, uint32_t doc)
{
    return articles->values + (size_t)doc * articles->n_values;
}

static inline bool sr_dedup_is_bad(const sr_dedup_articles *articles, uint32_t doc)
{
    return articles->rows[doc].id_bytes == 0;
}

/* Neither empty nor set aside. */
static inline bool sr_dedup_takes_part(const sr_dedup_articles *articles, uint32_t doc)
{
    return articles->rows[doc].n_words > 0 &&
           !(articles->aside && (articles->aside[doc / 64] >> doc % 64 & 1));
}

static inline bool sr_dedup_same_content(const sr_dedup_articles *articles, uint32_t a, uint32_t b)
{
    const sr_dedup_article *x = &articles->rows[a];
    const sr_dedup_article *y = &articles->rows[b];
    return x->n_words > 0 && x->content[0] == y->content[0] && x->content[1] == y->content[1] &&
           x->n_words == y->n_words;
}

/* Are two documents states of one report, by what stands around their texts? */
static inline sr_update_link sr_dedup_update_link(const sr_dedup_articles *articles, uint32_t a,
                                                  uint32_t b)
{
    const sr_dedup_article *x = &articles->rows[a];
    const sr_dedup_article *y = &articles->rows[b];
    return sr_update_link_of(x->marks, x->published_s, y->marks, y->published_s);
}

/* Are two documents two articles of which both have the page's furniture for a text? */
static inline bool sr_dedup_are_two(const sr_dedup_articles *articles, uint32_t a, uint32_t b)
{
    return sr_update_are_two(articles->rows[a].marks, articles->rows[b].marks);
}

/* What a record's bytes are remembered by. */
uint32_t sr_dedup_raw_check(const sr_record *record);

#endif
