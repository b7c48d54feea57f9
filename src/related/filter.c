/* filter.c — options to conditions (see filter.h). */
#include "related/filter.h"

#include "base/hash.h"

#include <stdlib.h>

static sr_status check_options(const sr_related_options *options, sr_error *error)
{
    if (options->n_items == 0 || options->n_items > 100000) {
        return sr_error_set(error, SR_ERR_ARGUMENT, NULL, 0, "a box has 1 to 100000 items, not %u",
                            options->n_items);
    }
    if (!(options->min_score >= 0.0 && options->min_score <= 1.0)) {
        return sr_error_set(error, SR_ERR_ARGUMENT, NULL, 0, "a score lies between 0 and 1");
    }
    if (!(options->half_life_s >= 0.0)) {
        return sr_error_set(error, SR_ERR_ARGUMENT, NULL, 0, "a half-life cannot be negative");
    }
    if (options->language && sr_language_parse(sr_str_of(options->language)) == 0) {
        return sr_error_set(error, SR_ERR_ARGUMENT, NULL, 0,
                            "\"%.40s\" is no language code (two letters: en, de …)",
                            options->language);
    }
    return SR_OK;
}

static sr_status find_excluded(sr_filter *filter)
{
    const sr_related_options *options = filter->options;
    SR_TRY(sr_array_reserve((void **)&filter->excluded, &filter->capacity, options->n_exclude,
                            sizeof *filter->excluded));
    for (size_t i = 0; i < options->n_exclude; i++) {
        bool found;
        sr_doc doc;
        SR_TRY(sr_snapshot_find_id(filter->snapshot, sr_str_of(options->exclude[i]), &found, &doc));
        if (found) {
            filter->excluded[filter->n_excluded++] = doc;
        }
    }
    return SR_OK;
}

sr_status sr_filter_init(sr_filter *filter, const sr_snapshot *snapshot,
                         const sr_related_options *options, sr_error *error)
{
    *filter = (sr_filter){.snapshot = snapshot, .options = options};
    SR_TRY(check_options(options, error));
    if (options->source) {
        filter->source_hash = sr_hash_str(sr_str_of(options->source));
    }
    if (options->language) {
        filter->language = sr_language_parse(sr_str_of(options->language));
    }
    filter->needs_facts = options->source || filter->language || options->older_only ||
                          options->since_s != SR_TIME_UNKNOWN ||
                          options->until_s != SR_TIME_UNKNOWN;
    return find_excluded(filter);
}

void sr_filter_release(sr_filter *filter)
{
    free(filter->excluded);
    *filter = (sr_filter){0};
}

bool sr_filter_is_active(const sr_filter *filter)
{
    const sr_related_options *options = filter->options;
    return options->source || options->language || options->tag || options->n_exclude ||
           options->older_only || options->since_s != SR_TIME_UNKNOWN ||
           options->until_s != SR_TIME_UNKNOWN;
}

static bool accept_date(const sr_related_options *options, const sr_subject *subject,
                        int64_t date_s)
{
    if (options->since_s != SR_TIME_UNKNOWN && date_s < options->since_s) {
        return false; /* an unknown date is smaller than all */
    }
    if (options->until_s != SR_TIME_UNKNOWN &&
        (date_s == SR_TIME_UNKNOWN || date_s > options->until_s)) {
        return false;
    }
    return !options->older_only || (date_s != SR_TIME_UNKNOWN && date_s < subject->reference_s);
}

static bool accept_facts(const sr_filter_view *view, sr_doc doc)
{
    const sr_filter *filter = view->filter;
    const sr_related_options *options = filter->options;
    sr_doc_facts facts;
    sr_segment_facts(sr_snapshot_segment(filter->snapshot, doc.segment), doc.ordinal, &facts);
    return accept_date(options, view->subject, facts.published_s) &&
           (!options->source || facts.source_hash == filter->source_hash) &&
           (!filter->language || facts.language == filter->language);
}

bool sr_filter_accept(const void *context, sr_doc doc)
{
    const sr_filter_view *view = context;
    const sr_filter *filter = view->filter;
    const sr_related_options *options = filter->options;
    if (view->subject->is_stored && sr_doc_equal(doc, view->subject->doc)) {
        return false;
    }
    if (options->ranking) {
        return true;
    }
    if (filter->needs_facts && !accept_facts(view, doc)) {
        return false;
    }
    for (size_t i = 0; i < filter->n_excluded; i++) {
        if (sr_doc_equal(filter->excluded[i], doc)) {
            return false;
        }
    }
    return true;
}

/* One of a list separated by commas. */
static bool has_tag(sr_str tags, sr_str tag)
{
    while (tags.n_bytes) {
        const char *comma = memchr(tags.data, ',', tags.n_bytes);
        size_t n_bytes = comma ? (size_t)(comma - tags.data) : tags.n_bytes;
        if (sr_str_equal(sr_str_trim(sr_str_make(tags.data, n_bytes)), tag)) {
            return true;
        }
        size_t n_skip = comma ? n_bytes + 1 : n_bytes;
        tags = sr_str_make(tags.data + n_skip, tags.n_bytes - n_skip);
    }
    return false;
}

sr_status sr_filter_accept_tag(const sr_filter *filter, sr_worker *worker, sr_doc doc,
                               bool *accepted)
{
    *accepted = true;
    if (filter->options->tag) {
        SR_TRY(sr_snapshot_read_field(filter->snapshot, doc, SR_FIELD_TAGS, &worker->field,
                                      &worker->error));
        *accepted =
            has_tag(sr_buffer_view(&worker->field), sr_str_trim(sr_str_of(filter->options->tag)));
    }
    return SR_OK;
}
