/* worker.c — one thread's scratch (see worker.h). */
#include "related/worker.h"

#include <stdlib.h>

static sr_status worker_init(sr_worker *worker, const sr_snapshot *snapshot)
{
    worker->snapshot = snapshot;
    sr_arena_init(&worker->scratch);
    sr_buffer_init(&worker->field, SR_BUFFER_NO_LIMIT);
    sr_cleaner_init(&worker->cleaner);
    SR_TRY(sr_weigher_init(&worker->weigher, snapshot));
    SR_TRY(sr_scorer_init(&worker->scorer, snapshot));
    sr_vector_maker_init(&worker->maker, NULL);
    SR_TRY(sr_term_extractor_create(&worker->extractor));
    return sr_signer_create(sr_snapshot_params(snapshot), &worker->signer);
}

sr_status sr_worker_create(const sr_snapshot *snapshot, sr_worker **out)
{
    sr_worker *worker = calloc(1, sizeof *worker);
    if (!worker) {
        return SR_ERR_MEMORY;
    }
    sr_status status = worker_init(worker, snapshot);
    if (status != SR_OK) {
        sr_worker_free(worker);
        return status;
    }
    *out = worker;
    return SR_OK;
}

void sr_worker_free(void *item)
{
    sr_worker *worker = item;
    if (!worker) {
        return;
    }
    sr_weigher_release(&worker->weigher);
    sr_scorer_release(&worker->scorer);
    sr_candidates_release(&worker->candidates);
    free(worker->scored);
    free(worker->smoothed_scores);
    free(worker->smoothings);
    free(worker->passed);
    free(worker->known);
    free(worker->keyed);
    sr_term_extractor_free(worker->extractor);
    sr_signer_free(worker->signer);
    sr_buffer_release(&worker->field);
    sr_cleaner_release(&worker->cleaner);
    sr_arena_release(&worker->scratch);
    free(worker);
}

void sr_worker_begin(sr_worker *worker, const sr_shared *shared, sr_arena *results)
{
    worker->maker.model = shared->with_dense ? sr_snapshot_model(worker->snapshot) : NULL;
    worker->verdicts = shared->verdicts;
    worker->results = results;
}

sr_status sr_arena_keep(sr_arena *arena, sr_str text, sr_str *out)
{
    sr_str copy = sr_arena_copy(arena, text);
    if (!copy.data) {
        return SR_ERR_MEMORY;
    }
    *out = copy;
    return SR_OK;
}

sr_status sr_worker_read(sr_worker *worker, sr_arena *arena, sr_doc doc, sr_field field,
                         sr_str *out)
{
    SR_TRY(sr_snapshot_read_field(worker->snapshot, doc, field, &worker->field, &worker->error));
    return sr_arena_keep(arena, sr_buffer_view(&worker->field), out);
}
