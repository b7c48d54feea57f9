/* fill.c — places in boxes sorted by article, then read field by field (see fill.h).
 *
 * The cold columns are frames of 64 KB: read box by box, every item unpacks a frame a field for
 * itself; read in the store's order, each frame is unpacked once.
 */
#include "related/fill.h"

#include <omp.h>
#include <stdlib.h>

/* A place where an article is shown: as an item, or as one of an item's repeats. */
typedef struct shown_place {
    uint64_t key; /* sr_doc_key */
    sr_box_item *item;
    sr_also *also;
} shown_place;

/* Places a task. */
enum { CHUNK = 1024 };

typedef struct fill_run {
    const sr_snapshot *snapshot;
    shown_place *places; /* ascending by key */
    size_t n_places;
    size_t failed; /* the first task that failed, or SIZE_MAX */
    sr_status status;
    sr_error error;
    bool ids_only;
} fill_run;

static int compare_places(const void *a, const void *b)
{
    const shown_place *x = a;
    const shown_place *y = b;
    return (x->key > y->key) - (x->key < y->key);
}

static size_t count_places(const sr_boxes *boxes)
{
    size_t n = 0;
    for (size_t i = 0; i < boxes->n_boxes; i++) {
        const sr_box *box = &boxes->boxes[i];
        for (size_t j = 0; j < box->n_items; j++) {
            n += 1 + box->items[j].shown.n_also;
        }
    }
    return n;
}

static sr_status collect(fill_run *run, const sr_boxes *boxes)
{
    run->places = calloc(count_places(boxes) + 1, sizeof *run->places);
    if (!run->places) {
        return SR_ERR_MEMORY;
    }
    for (size_t i = 0; i < boxes->n_boxes; i++) {
        const sr_box *box = &boxes->boxes[i];
        for (size_t j = 0; j < box->n_items; j++) {
            sr_box_item *item = &box->items[j];
            run->places[run->n_places++] = (shown_place){.key = item->key, .item = item};
            for (uint32_t k = 0; k < item->shown.n_also; k++) {
                run->places[run->n_places++] =
                    (shown_place){.key = item->also[k].key, .also = &item->also[k]};
            }
        }
    }
    qsort(run->places, run->n_places, sizeof *run->places, compare_places);
    return SR_OK;
}

static sr_str *member_of(sr_article *article, sr_field field)
{
    switch (field) {
    case SR_FIELD_ID:
        return &article->id;
    case SR_FIELD_TITLE:
        return &article->title;
    case SR_FIELD_LEAD:
        return &article->lead;
    case SR_FIELD_URL:
        return &article->url;
    case SR_FIELD_SOURCE:
        return &article->source;
    case SR_FIELD_AUTHOR:
        return &article->author;
    case SR_FIELD_TAGS:
        return &article->tags;
    case SR_FIELD_IMAGE:
        return &article->image;
    default:
        return NULL;
    }
}

/* Where a place has the field; NULL where it does not show it. */
static sr_str *find_member(const shown_place *place, sr_field field)
{
    if (place->item) {
        return member_of(&place->item->shown.article, field);
    }
    switch (field) {
    case SR_FIELD_ID:
        return &place->also->id;
    case SR_FIELD_SOURCE:
        return &place->also->source;
    case SR_FIELD_URL:
        return &place->also->url;
    default:
        return NULL;
    }
}

/* One field of the places [first, last); those of one article get one copy. */
static sr_status fill_field(const fill_run *run, sr_worker *worker, size_t first, size_t last,
                            sr_field field)
{
    for (size_t i = first; i < last;) {
        uint64_t key = run->places[i].key;
        sr_str value = {0};
        for (; i < last && run->places[i].key == key; i++) {
            sr_str *to = find_member(&run->places[i], field);
            if (to && !value.data) {
                SR_TRY(sr_worker_read(worker, worker->results, sr_doc_of_key(key), field, &value));
            }
            if (to) {
                *to = value;
            }
        }
    }
    return SR_OK;
}

/* What stands in hot columns. */
static sr_status fill_facts(const fill_run *run, sr_worker *worker, size_t first, size_t last)
{
    for (size_t i = first; i < last; i++) {
        if (!run->places[i].item) {
            continue;
        }
        sr_doc doc = sr_doc_of_key(run->places[i].key);
        sr_article *article = &run->places[i].item->shown.article;
        sr_doc_facts facts;
        sr_segment_facts(sr_snapshot_segment(run->snapshot, doc.segment), doc.ordinal, &facts);
        article->published_s = facts.published_s;
        char language[3];
        sr_language_format(facts.language, language);
        SR_TRY(sr_arena_keep(worker->results, sr_str_of(language), &article->language));
    }
    return SR_OK;
}

static sr_status fill_places(const fill_run *run, sr_worker *worker, size_t first, size_t last)
{
    static const sr_field FIELDS[] = {SR_FIELD_ID,   SR_FIELD_TITLE,  SR_FIELD_LEAD,
                                      SR_FIELD_URL,  SR_FIELD_SOURCE, SR_FIELD_AUTHOR,
                                      SR_FIELD_TAGS, SR_FIELD_IMAGE};
    size_t n_fields = run->ids_only ? 1 : SR_ARRAY_COUNT(FIELDS);
    worker->error = (sr_error){0};
    for (size_t i = 0; i < n_fields; i++) {
        SR_TRY(fill_field(run, worker, first, last, FIELDS[i]));
    }
    return run->ids_only ? SR_OK : fill_facts(run, worker, first, last);
}

/* Where the articles of a task begin: not within those of the task before. */
static size_t begin_of(const fill_run *run, size_t task)
{
    size_t at = task * CHUNK;
    while (at > 0 && at < run->n_places && run->places[at].key == run->places[at - 1].key) {
        at++;
    }
    return at < run->n_places ? at : run->n_places;
}

static void note_failure(fill_run *run, size_t task, sr_status status, const sr_error *error)
{
#pragma omp critical(sr_fill_failure)
    if (task < run->failed) {
        run->failed = task;
        run->status = status;
        run->error = *error;
    }
}

sr_status sr_boxes_fill(sr_boxes *boxes, sr_worker *const *workers, size_t n_workers, bool ids_only,
                        sr_error *error)
{
    fill_run run = {.snapshot = workers[0]->snapshot, .failed = SIZE_MAX, .ids_only = ids_only};
    SR_TRY(collect(&run, boxes));
    size_t n_tasks = (run.n_places + CHUNK - 1) / CHUNK;
    size_t n_threads = n_tasks < n_workers ? n_tasks : n_workers;
#pragma omp parallel for schedule(dynamic, 1) num_threads((int)n_threads) if (n_threads > 1)
    for (size_t task = 0; task < n_tasks; task++) {
        sr_worker *worker = workers[omp_get_thread_num()];
        sr_status status =
            fill_places(&run, worker, begin_of(&run, task), begin_of(&run, task + 1));
        if (status != SR_OK) {
            note_failure(&run, task, status, &worker->error);
        }
    }
    free(run.places);
    if (run.status != SR_OK && error) {
        *error = run.error;
    }
    return run.status;
}
