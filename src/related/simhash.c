/* simhash.c — sr_store_export_simhash: each article's smoothed lexical vector in 512 bits.
 *
 * Every term votes with its weight for or against each bit, as the bits of its hash say (Charikar,
 * STOC 2002); the sign of the sum is the bit. The angle between two smoothed vectors is then about
 * π · (bits that differ) / 512: a ranking by 64 bytes an article that needs nothing but a
 * population count. The 512 bits of a term are sr_mix64(hash + k · TOPIC_STEP) for k = 0 … 7,
 * the lowest bit first.
 */
#include "related/smooth.h"

#include "base/npy.h"
#include "related/boxes.h"
#include "store/handle.h"

#include <omp.h>
#include <stdlib.h>

#define TOPIC_STEP UINT64_C(0x9e3779b97f4a7c15)
enum { N_WORDS = SR_TOPIC_BITS / 64, BATCH = 1024 };

typedef struct simhash_run {
    const sr_snapshot *snapshot;
    const sr_observer *observer;
    sr_worker **workers;
    size_t n_workers;
    sr_doc next; /* to be looked at */
    uint64_t n_done;
    sr_doc *docs; /* of a batch */
    uint64_t (*rows)[N_WORDS];
} simhash_run;

static void vote(const sr_vector *vector, uint64_t row[N_WORDS])
{
    double sums[SR_TOPIC_BITS];
    for (size_t b = 0; b < SR_TOPIC_BITS; b++) {
        sums[b] = 0.0;
    }
    for (size_t i = 0; i < vector->n_terms; i++) {
        double weight = vector->terms[i].weight;
        for (size_t k = 0; k < N_WORDS; k++) {
            uint64_t bits = sr_mix64(vector->terms[i].hash + k * TOPIC_STEP);
            for (size_t b = 0; b < 64; b++) {
                sums[64 * k + b] += bits >> b & 1 ? weight : -weight;
            }
        }
    }
    for (size_t k = 0; k < N_WORDS; k++) {
        row[k] = 0;
        for (size_t b = 0; b < 64; b++) {
            row[k] |= (uint64_t)(sums[64 * k + b] > 0.0) << b;
        }
    }
}

static sr_status make_row(sr_worker *worker, sr_doc doc, uint64_t row[N_WORDS])
{
    sr_subject subject;
    uint64_t bits[N_WORDS];
    SR_TRY(sr_subject_of_doc(&subject, worker, doc));
    SR_TRY(sr_smooth_subject(worker, &subject));
    vote(&worker->smoothed, bits);
    for (size_t k = 0; k < N_WORDS; k++) {
        sr_store_u64((uint8_t *)row + 8 * k, bits[k]);
    }
    return SR_OK;
}

/* The next live articles in the order of their adding. */
static size_t take_docs(simhash_run *run)
{
    size_t n = 0;
    while (n < BATCH && sr_snapshot_next_live(run->snapshot, &run->next, &run->docs[n])) {
        n++;
    }
    return n;
}

static sr_status next_rows(void *context, sr_buffer *rows, sr_error *error)
{
    simhash_run *run = context;
    size_t n = take_docs(run);
    sr_status failed = SR_OK;
#pragma omp parallel for schedule(dynamic, 16) num_threads((int)run->n_workers)
    for (size_t i = 0; i < n; i++) {
        sr_status status = make_row(run->workers[omp_get_thread_num()], run->docs[i], run->rows[i]);
        if (status != SR_OK) {
#pragma omp critical(sr_simhash_failure)
            failed = status;
        }
    }
    SR_TRY(sr_snapshot_damage(run->snapshot, error));
    SR_TRY(failed);
    run->n_done += n;
    sr_observe_progress(run->observer, "exporting", run->n_done,
                        sr_snapshot_live_count(run->snapshot));
    if (sr_observe_cancelled(run->observer)) {
        return sr_error_set(error, SR_ERR_INTERRUPTED, NULL, 0, "interrupted");
    }
    return sr_buffer_append(rows, run->rows, n * sizeof *run->rows);
}

static sr_status export_rows(simhash_run *run, sr_arena *results, const char *path, sr_error *error)
{
    size_t n_threads = (size_t)omp_get_max_threads();
    run->docs = calloc(BATCH, sizeof *run->docs);
    run->rows = calloc(BATCH, sizeof *run->rows);
    run->workers = calloc(n_threads, sizeof *run->workers);
    if (!run->docs || !run->rows || !run->workers) {
        return SR_ERR_MEMORY;
    }
    for (; run->n_workers < n_threads; run->n_workers++) {
        SR_TRY(sr_worker_create(run->snapshot, &run->workers[run->n_workers]));
        sr_worker_begin(run->workers[run->n_workers], &(sr_shared){.with_dense = true}, results);
    }
    return sr_npy_write(path, "<u8", sr_snapshot_live_count(run->snapshot), N_WORDS, next_rows, run,
                        error);
}

sr_status sr_store_export_simhash(const sr_store *store, const char *path, sr_error *error)
{
    simhash_run run = {.snapshot = sr_store_snapshot(store), .observer = sr_store_observer(store)};
    if (sr_snapshot_dedup_only(run.snapshot)) {
        return sr_error_set(error, SR_ERR_UNSUPPORTED, NULL, 0,
                            "this store keeps signatures only (it was made with --dedup-only): "
                            "SimHash needs the words of the articles");
    }
    sr_arena results;
    sr_arena_init(&results);
    sr_status status = export_rows(&run, &results, path, error);
    for (size_t i = 0; i < run.n_workers; i++) {
        sr_worker_free(run.workers[i]);
    }
    free(run.workers);
    free(run.docs);
    free(run.rows);
    sr_arena_release(&results);
    return status;
}
