/* worker.c — one thread's scratch (see worker.h). */
#include "related/worker.h"

#include <stdlib.h>

sr_status sr_worker_init(sr_worker *worker, const sr_snapshot *snapshot, bool with_dense,
                         sr_arena *results)
{
    *worker = (sr_worker){.snapshot = snapshot, .results = results};
    sr_arena_init(&worker->scratch);
    sr_buffer_init(&worker->field, SR_BUFFER_NO_LIMIT);
    sr_cleaner_init(&worker->cleaner);
    sr_vector_maker_init(&worker->maker, with_dense ? sr_snapshot_model(snapshot) : NULL);
    SR_TRY(sr_weigher_init(&worker->weigher, snapshot));
    SR_TRY(sr_scorer_init(&worker->scorer, snapshot));
    SR_TRY(sr_term_extractor_create(&worker->extractor));
    return sr_signer_create(sr_snapshot_params(snapshot), &worker->signer);
}

void sr_worker_release(sr_worker *worker)
{
    sr_weigher_release(&worker->weigher);
    sr_scorer_release(&worker->scorer);
    sr_candidates_release(&worker->candidates);
    free(worker->scored);
    free(worker->smoothed_scores);
    sr_term_extractor_free(worker->extractor);
    sr_signer_free(worker->signer);
    sr_buffer_release(&worker->field);
    sr_cleaner_release(&worker->cleaner);
    sr_arena_release(&worker->scratch);
    *worker = (sr_worker){0};
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
