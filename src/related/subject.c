/* subject.c — query to subject (see subject.h). */
#include "related/subject.h"

#include "text/body.h"

static sr_status sign(sr_subject *subject, sr_worker *worker)
{
    sr_signature *signature = sr_arena_alloc(&worker->scratch, sizeof *signature);
    if (!signature) {
        return SR_ERR_MEMORY;
    }
    SR_TRY(sr_signer_sign(worker->signer, subject->text, signature));
    subject->content[0] = signature->content[0];
    subject->content[1] = signature->content[1];
    subject->n_words = signature->n_words;
    subject->n_shingles = signature->n_shingles;
    subject->values = signature->values;
    return SR_OK;
}

/* Is the very same text stored under its id? Then the store's statistics count it already. */
static sr_status find_itself(sr_subject *subject, sr_worker *worker, bool *is_counted)
{
    *is_counted = false;
    if (subject->id.n_bytes == 0) {
        return SR_OK;
    }
    SR_TRY(sr_snapshot_find_id(worker->snapshot, subject->id, &subject->is_stored, &subject->doc));
    if (subject->is_stored) {
        sr_doc_facts facts;
        sr_segment_facts(sr_snapshot_segment(worker->snapshot, subject->doc.segment),
                         subject->doc.ordinal, &facts);
        *is_counted = subject->n_words > 0 && facts.content[0] == subject->content[0] &&
                      facts.content[1] == subject->content[1];
    }
    return SR_OK;
}

sr_status sr_subject_extract(sr_subject *subject, sr_worker *worker, const sr_term **terms,
                             size_t *n_terms)
{
    SR_TRY(sr_subject_load_text(subject, worker));
    return sr_terms_extract(worker->extractor, subject->title, subject->text, &subject->language,
                            terms, n_terms);
}

sr_status sr_subject_prepare(sr_subject *subject, sr_worker *worker, const sr_article *article,
                             bool keep_furniture)
{
    *subject = (sr_subject){.id = article->id,
                            .title = article->title,
                            .language = sr_language_parse(article->language),
                            .published_s = article->published_s,
                            .is_given = true,
                            .has_text = true};
    sr_str body;
    SR_TRY(sr_body_choose(article, keep_furniture, &worker->cleaner, &body, NULL));
    SR_TRY(sr_arena_keep(&worker->scratch, body, &subject->text));
    SR_TRY(sign(subject, worker));
    const sr_term *terms = NULL;
    size_t n_terms = 0;
    SR_TRY(sr_subject_extract(subject, worker, &terms, &n_terms));
    sr_stored_term *stored = sr_arena_alloc(&worker->scratch, (n_terms + 1) * sizeof *stored);
    if (!stored) {
        return SR_ERR_MEMORY;
    }
    for (size_t i = 0; i < n_terms; i++) {
        stored[i] = (sr_stored_term){.hash = terms[i].hash, .tf2 = terms[i].tf2};
    }
    sr_vector_make(&worker->maker, stored, n_terms, &subject->dense);
    bool is_counted;
    SR_TRY(find_itself(subject, worker, &is_counted));
    if (is_counted) {
        sr_weigher_count_stored(&worker->weigher);
    } else {
        SR_TRY(sr_weigher_count_also(&worker->weigher, stored, n_terms));
        subject->is_counted_also = true;
    }
    return sr_weigher_weigh(&worker->weigher, stored, n_terms, &subject->vector);
}

sr_status sr_subject_find(sr_subject *subject, sr_worker *worker, sr_str id)
{
    *subject = (sr_subject){.id = id};
    SR_TRY(sr_snapshot_find_id(worker->snapshot, id, &subject->is_stored, &subject->doc));
    if (!subject->is_stored) {
        return sr_error_set(&worker->error, SR_ERR_NOT_FOUND, NULL, 0,
                            "no article with the id \"%.*s\" is in the store",
                            id.n_bytes < 300 ? (int)id.n_bytes : 300, id.n_bytes ? id.data : "");
    }
    sr_doc doc = subject->doc;
    SR_TRY(sr_subject_of_doc(subject, worker, doc));
    subject->id = id;
    return SR_OK;
}

sr_status sr_subject_of_doc(sr_subject *subject, sr_worker *worker, sr_doc doc)
{
    *subject = (sr_subject){.is_stored = true, .doc = doc};
    const sr_segment *segment = sr_snapshot_segment(worker->snapshot, subject->doc.segment);
    sr_doc_facts facts;
    sr_segment_facts(segment, subject->doc.ordinal, &facts);
    subject->language = facts.language;
    subject->published_s = facts.published_s;
    subject->content[0] = facts.content[0];
    subject->content[1] = facts.content[1];
    subject->n_words = facts.n_words;
    subject->n_shingles = facts.n_shingles;
    subject->values = sr_segment_values(segment, subject->doc.ordinal);
    sr_stored_term terms[SR_TERMS_STORED];
    size_t n_terms;
    SR_TRY(sr_term_memo_terms(&worker->scorer.memo, subject->doc, terms, &n_terms));
    sr_weigher_count_stored(&worker->weigher);
    SR_TRY(sr_snapshot_vector(worker->snapshot, &worker->maker, subject->doc, &subject->dense));
    return sr_weigher_weigh(&worker->weigher, terms, n_terms, &subject->vector);
}

sr_status sr_subject_load_text(sr_subject *subject, sr_worker *worker)
{
    if (subject->has_text) {
        return SR_OK;
    }
    SR_TRY(sr_worker_read(worker, &worker->scratch, subject->doc, SR_FIELD_TITLE, &subject->title));
    SR_TRY(sr_worker_read(worker, &worker->scratch, subject->doc, SR_FIELD_TEXT, &subject->text));
    subject->has_text = true;
    return SR_OK;
}
