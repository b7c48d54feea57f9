/* session.c — upsert: same id and same article, unchanged; same id, replaced; else new, told apart
 * by what it repeats. */
#include "ingest/session.h"

#include <omp.h>
#include <stdlib.h>

/* Candidates looked at per article: the first of each band and segment; and the margin below the
 * threshold, in standard errors √(J(1−J)/k), at which an estimate still earns the exact comparison.
 */
enum { MAX_DOCS_PER_BAND = 4, MARGIN_STANDARD_ERRORS = 4 };

/* Where a store keeps no text: facts can't be weighed, so only what is alike nearly throughout. */
static const double ESTIMATE_NEAR = 0.7;

static void session_free(void *opaque)
{
    sr_session *session = opaque;
    for (size_t i = 0; i < session->n_preparers; i++) {
        sr_preparer_release(&session->preparers[i]);
    }
    free(session->preparers);
    sr_pending_release(&session->pending);
    sr_buffer_release(&session->stored_text);
    sr_profile_release(&session->own);
    sr_profile_release(&session->other);
    sr_evidence_scratch_release(&session->scratch);
    free(session->docs);
    free(session);
}

static sr_status session_fill(sr_session *session)
{
    SR_TRY(sr_pending_init(&session->pending, &session->params, !session->dedup_only));
    size_t n_threads = (size_t)omp_get_max_threads();
    session->preparers = calloc(n_threads, sizeof *session->preparers);
    if (!session->preparers) {
        return SR_ERR_MEMORY;
    }
    session->n_preparers = n_threads;
    SR_TRY(sr_profile_init(&session->own, &session->params));
    SR_TRY(sr_profile_init(&session->other, &session->params));
    SR_TRY(sr_evidence_scratch_init(&session->scratch));
    for (size_t i = 0; i < n_threads; i++) {
        SR_TRY(sr_preparer_init(&session->preparers[i], &session->params, session->dedup_only));
    }
    return SR_OK;
}

sr_status sr_session_of(sr_store *store, sr_session **out, sr_error *error)
{
    if (!store->writer) {
        return sr_error_set(error, SR_ERR_ARGUMENT, store->dir, 0,
                            "the store is open for reading only");
    }
    if (!store->session) {
        sr_session *session = calloc(1, sizeof *session);
        if (!session) {
            return SR_ERR_MEMORY;
        }
        session->writer = store->writer;
        session->params = *sr_snapshot_params(sr_store_snapshot(store));
        session->dedup_only = sr_snapshot_dedup_only(sr_store_snapshot(store));
        sr_thresholds_init(&session->thresholds);
        sr_buffer_init(&session->stored_text, SR_BUFFER_NO_LIMIT);
        sr_status status = session_fill(session);
        if (status != SR_OK) {
            session_free(session);
            return status;
        }
        store->session = session;
        store->session_free = session_free;
    }
    *out = store->session;
    return SR_OK;
}

sr_status sr_session_to_add(sr_store *store, sr_session **out, sr_error *error)
{
    SR_TRY(sr_session_of(store, out, error));
    return sr_snapshot_must_be_current(sr_store_snapshot(store), error);
}

static sr_status add_article(sr_session *session, const sr_prepared *prepared, sr_error *error)
{
    sr_store_entry entry = sr_prepared_entry(prepared);
    bool flushed = false;
    SR_TRY(sr_writer_add(session->writer, &entry, &flushed, error));
    if (flushed) {
        sr_pending_clear(&session->pending);
        return SR_OK;
    }
    return sr_pending_add(&session->pending, prepared);
}

/* Replaces or keeps an article whose id is there already; `found` false where none is. */
static sr_status put_same_id(sr_session *session, const sr_prepared *prepared, bool *found,
                             sr_decision *decision, sr_error *error)
{
    const sr_snapshot *snapshot = sr_writer_snapshot(session->writer);
    uint32_t number = sr_pending_find_id(&session->pending, prepared->article.id);
    uint64_t stored_hash = 0;
    sr_doc doc = {0};
    *found = number != SR_PENDING_NONE;
    if (*found) {
        stored_hash = session->pending.articles[number].article_hash;
    } else {
        SR_TRY(sr_snapshot_find_id(snapshot, prepared->article.id, found, &doc));
        if (!*found) {
            return SR_OK;
        }
        sr_doc_facts facts;
        sr_segment_facts(sr_snapshot_segment(snapshot, doc.segment), doc.ordinal, &facts);
        stored_hash = facts.article_hash;
    }
    if (stored_hash == prepared->article_hash) {
        decision->outcome = SR_OUTCOME_UNCHANGED;
        return SR_OK;
    }
    decision->outcome = SR_OUTCOME_UPDATED;
    if (number != SR_PENDING_NONE) {
        session->pending.articles[number].removed = true;
        SR_TRY(sr_writer_remove_pending(session->writer, number, error));
    } else {
        SR_TRY(sr_writer_remove(session->writer, doc, error));
    }
    return add_article(session, prepared, error);
}

/* One article that may be repeated: pending (by number) or stored. */
typedef struct candidate {
    bool is_pending;
    uint32_t number;
    sr_doc doc;
    const uint16_t *values;
} candidate;

static sr_status name_candidate(sr_session *session, const candidate *other, sr_decision *decision,
                                sr_error *error)
{
    sr_buffer_clear(decision->of);
    if (other->is_pending) {
        return sr_buffer_append_str(decision->of, session->pending.articles[other->number].id);
    }
    return sr_snapshot_read_field(sr_writer_snapshot(session->writer), other->doc, SR_FIELD_ID,
                                  decision->of, error);
}

static sr_status put_exact(sr_session *session, const sr_prepared *prepared, bool *found,
                           sr_decision *decision, sr_error *error)
{
    const uint64_t *content = prepared->signature.content;
    candidate other = {.is_pending = true,
                       .number = sr_pending_find_content(&session->pending, content)};
    *found = false;
    size_t n_docs = 0;
    SR_TRY(sr_snapshot_find_content(sr_writer_snapshot(session->writer), content, &session->docs,
                                    &n_docs, &session->doc_capacity));
    if (n_docs) {
        other = (candidate){.doc = session->docs[0]};
    } else if (other.number == SR_PENDING_NONE) {
        return SR_OK;
    }
    *found = true;
    decision->outcome = SR_OUTCOME_EXACT;
    decision->similarity = 1.0;
    return name_candidate(session, &other, decision, error);
}

/* Relation and Jaccard of an article to one candidate: by the texts, or by estimate where the store
 * keeps none. */
static sr_status compare_candidate(sr_session *session, const sr_prepared *prepared,
                                   const candidate *other, sr_relation *relation,
                                   double *similarity, sr_error *error)
{
    double threshold =
        session->dedup_only ? ESTIMATE_NEAR : sr_thresholds_floor(&session->thresholds);
    double estimate =
        sr_values_jaccard(prepared->signature.values, other->values, session->params.n_values);
    *relation = session->dedup_only && estimate >= threshold ? SR_RELATION_NEAR : SR_RELATION_NONE;
    *similarity = estimate;
    double standard_error =
        __builtin_sqrt(threshold * (1.0 - threshold) / session->params.n_values);
    if (session->dedup_only || estimate < threshold - MARGIN_STANDARD_ERRORS * standard_error) {
        return SR_OK;
    }
    sr_str text =
        other->is_pending ? session->pending.articles[other->number].text : sr_str_make(NULL, 0);
    if (!other->is_pending) {
        SR_TRY(sr_snapshot_read_field(sr_writer_snapshot(session->writer), other->doc,
                                      SR_FIELD_TEXT, &session->stored_text, error));
        text = sr_buffer_view(&session->stored_text);
    }
    SR_TRY(sr_profile_load(&session->other, text));
    sr_pair_evidence evidence;
    SR_TRY(sr_relation_gather(&session->thresholds, &session->own, &session->other, false,
                              &session->scratch, &evidence));
    sr_measures measures;
    sr_evidence_measure(&evidence, &measures);
    *relation = sr_relation_decide(&session->thresholds, &evidence, NULL);
    *similarity = measures.jaccard;
    return SR_OK;
}

typedef struct best_match {
    sr_relation relation;
    double similarity;
    candidate other;
} best_match;

static sr_status consider(sr_session *session, const sr_prepared *prepared, const candidate *other,
                          best_match *best, sr_error *error)
{
    sr_relation relation;
    double similarity;
    SR_TRY(compare_candidate(session, prepared, other, &relation, &similarity, error));
    if (relation != SR_RELATION_NONE &&
        (best->relation == SR_RELATION_NONE || similarity > best->similarity)) {
        *best = (best_match){.relation = relation, .similarity = similarity, .other = *other};
    }
    return SR_OK;
}

static sr_status find_near(sr_session *session, const sr_prepared *prepared, sr_decision *decision,
                           sr_error *error)
{
    uint32_t keys[SR_MINHASH_MAX_VALUES];
    if (!sr_signature_band_keys(&session->params, &prepared->signature, keys)) {
        return SR_OK;
    }
    const sr_snapshot *snapshot = sr_writer_snapshot(session->writer);
    size_t n_docs = 0;
    SR_TRY(sr_snapshot_find_bands(snapshot, keys, MAX_DOCS_PER_BAND, &session->docs, &n_docs,
                                  &session->doc_capacity));
    const uint32_t *numbers;
    size_t n_numbers;
    SR_TRY(
        sr_band_table_find(session->pending.bands, keys, MAX_DOCS_PER_BAND, &numbers, &n_numbers));
    if (n_docs + n_numbers == 0) {
        return SR_OK;
    }
    SR_TRY(sr_profile_load(&session->own, prepared->article.text));
    best_match best = {.relation = SR_RELATION_NONE};
    for (size_t i = 0; i < n_docs; i++) {
        sr_doc doc = session->docs[i];
        const sr_segment *segment = sr_snapshot_segment(snapshot, doc.segment);
        candidate other = {.doc = doc, .values = sr_segment_values(segment, doc.ordinal)};
        SR_TRY(consider(session, prepared, &other, &best, error));
    }
    for (size_t i = 0; i < n_numbers; i++) {
        const sr_pending_article *article = &session->pending.articles[numbers[i]];
        candidate other = {.is_pending = true, .number = numbers[i], .values = article->values};
        if (!article->removed) {
            SR_TRY(consider(session, prepared, &other, &best, error));
        }
    }
    if (best.relation == SR_RELATION_NONE) {
        return SR_OK;
    }
    decision->outcome =
        best.relation == SR_RELATION_CONTAINED ? SR_OUTCOME_CONTAINED : SR_OUTCOME_NEAR;
    decision->similarity = best.similarity;
    return name_candidate(session, &best.other, decision, error);
}

sr_status sr_session_put(sr_session *session, const sr_prepared *prepared, sr_decision *decision,
                         sr_error *error)
{
    decision->outcome = SR_OUTCOME_NEW;
    decision->similarity = 0.0;
    sr_buffer_clear(decision->of);
    bool found;
    SR_TRY(put_same_id(session, prepared, &found, decision, error));
    if (found) {
        return SR_OK;
    }
    if (prepared->signature.n_words) {
        SR_TRY(put_exact(session, prepared, &found, decision, error));
    }
    if (!found) {
        SR_TRY(find_near(session, prepared, decision, error));
    }
    return add_article(session, prepared, error);
}
