/* repair.c — `check --repair`: the articles of damaged segments, put in again like new ones. What
 * an article needs for that is its id and its text (in a dedup-only store its signature), each
 * proved by a checksum; any other field that is lost is left empty, and its article hash is then
 * another one, so that the next `add` of the article fills it again. In a store of an older program
 * the articles of sound segments are put in again too.
 */
#include "store/repair.h"
#include "base/hash.h"
#include "ingest/prepare.h"

#include <stdlib.h>

typedef struct rescue {
    sr_repair *repair;
    sr_writer *writer;
    sr_preparer preparer;
    size_t n_sound; /* segments of the writer's snapshot that it began with */
    sr_repair_summary *summary;
} rescue;

/* One article as far as it is proved. */
typedef struct relic {
    sr_str fields[SR_FIELD_COUNT];
    bool has[SR_FIELD_COUNT];
    bool has_facts;
    sr_doc_facts facts;
} relic;

static bool is_dead(const sr_repair_part *part, uint32_t ordinal)
{
    return part->dead && part->dead[ordinal / 64] >> ordinal % 64 & 1;
}

static sr_article article_of(const relic *found)
{
    return (sr_article){
        .id = found->fields[SR_FIELD_ID],
        .title = found->fields[SR_FIELD_TITLE],
        .text = found->fields[SR_FIELD_TEXT],
        .lead = found->fields[SR_FIELD_LEAD],
        .url = found->fields[SR_FIELD_URL],
        .source = found->fields[SR_FIELD_SOURCE],
        .author = found->fields[SR_FIELD_AUTHOR],
        .tags = found->fields[SR_FIELD_TAGS],
        .image = found->fields[SR_FIELD_IMAGE],
        .published_s = found->has_facts ? found->facts.published_s : SR_TIME_UNKNOWN,
    };
}

static void read_relic(sr_salvage *salvage, uint32_t ordinal, relic *found)
{
    const sr_repair_part *part = salvage->part;
    *found = (relic){0};
    for (sr_field field = 0; field < SR_FIELD_COUNT; field++) {
        found->has[field] = sr_salvage_field(salvage, field, ordinal, &found->fields[field]);
    }
    sr_segment_facts(part->segment, ordinal, &found->facts);
    found->has_facts = true; /* the article hash covers date and language: it proves them too */
    sr_article article = article_of(found);
    found->has_facts =
        sr_salvage_row_is_proven(part, SR_SECTION_FACTS, ordinal, SR_FACTS_BYTES) ||
        found->facts.article_hash == sr_article_hash(&article, found->facts.language);
}

/* ------------------------------------------------------------ what is lost */

static void report_lost(const rescue *saving, const sr_repair_part *part, uint32_t ordinal,
                        const relic *found, const char *what)
{
    saving->summary->n_lost++;
    if (found->has[SR_FIELD_ID]) {
        sr_observe_message(saving->repair->observer, SR_MESSAGE_WARNING,
                           "%s: article %u: lost: its %s: %.*s", part->segment->name, ordinal, what,
                           (int)found->fields[SR_FIELD_ID].n_bytes,
                           found->fields[SR_FIELD_ID].data);
    } else {
        sr_observe_message(saving->repair->observer, SR_MESSAGE_WARNING,
                           "%s: article %u: lost: its %s", part->segment->name, ordinal, what);
    }
}

/* Whether all fields of the article are there; names those that are not. */
static bool report_fields(const rescue *saving, const sr_repair_part *part, uint32_t ordinal,
                          const relic *found)
{
    bool dedup_only = saving->repair->manifest.dedup_only;
    bool is_whole = found->has_facts;
    if (!found->has_facts) {
        sr_observe_message(saving->repair->observer, SR_MESSAGE_WARNING,
                           "%s: article %u: saved without its date: %.*s", part->segment->name,
                           ordinal, (int)found->fields[SR_FIELD_ID].n_bytes,
                           found->fields[SR_FIELD_ID].data);
    }
    for (sr_field field = 0; field < SR_FIELD_COUNT; field++) {
        if (found->has[field] || (field == SR_FIELD_TEXT && dedup_only)) {
            continue;
        }
        is_whole = false;
        sr_observe_message(saving->repair->observer, SR_MESSAGE_WARNING,
                           "%s: article %u: saved without its %s: %.*s", part->segment->name,
                           ordinal, sr_field_name(field), (int)found->fields[SR_FIELD_ID].n_bytes,
                           found->fields[SR_FIELD_ID].data);
    }
    return is_whole;
}

/* ------------------------------------------------------------ putting in */

/* The signature as it was stored, for an article whose text was not. */
static void copy_signature(const sr_repair_part *part, uint32_t ordinal, const relic *found,
                           sr_signature *signature)
{
    *signature = (sr_signature){
        .simhash = found->facts.simhash,
        .content = {found->facts.content[0], found->facts.content[1]},
        .n_words = found->facts.n_words,
        .n_shingles = found->facts.n_shingles,
    };
    memcpy(signature->values, part->segment->values + (size_t)ordinal * part->segment->n_values,
           part->segment->n_values * sizeof signature->values[0]);
}

/* Another article of this id that is live: an older one goes, a newer one stays (two can be live
 * only where the removal of one was lost). */
static sr_status settle_id(rescue *saving, const sr_repair_part *part, sr_str id, bool *is_newest,
                           sr_error *error)
{
    const sr_snapshot *snapshot = sr_writer_snapshot(saving->writer);
    bool found = false;
    sr_doc doc = {0};
    SR_TRY(sr_snapshot_find_id(snapshot, id, &found, &doc));
    *is_newest =
        !found || doc.segment >= saving->n_sound ||
        sr_snapshot_segment(snapshot, doc.segment)->first_serial < part->segment->first_serial;
    return found && *is_newest ? sr_writer_remove(saving->writer, doc, error) : SR_OK;
}

static sr_status put_in(rescue *saving, sr_repair_part *part, uint32_t ordinal, const relic *found,
                        sr_error *error)
{
    sr_preparer *preparer = &saving->preparer;
    sr_article article = article_of(found);
    sr_signature signature;
    sr_language language = found->has_facts ? found->facts.language : 0;
    const sr_term *terms = NULL;
    size_t n_terms = 0;
    bool is_newest = true;
    bool flushed = false;
    SR_TRY(settle_id(saving, part, article.id, &is_newest, error));
    if (!is_newest) {
        part->n_settled++;
        return SR_OK;
    }
    if (preparer->extractor) {
        SR_TRY(sr_signer_sign(preparer->signer, article.text, &signature));
        SR_TRY(sr_terms_extract(preparer->extractor, article.title, article.text, &language, &terms,
                                &n_terms));
    } else {
        copy_signature(part, ordinal, found, &signature);
    }
    bool is_whole = report_fields(saving, part, ordinal, found);
    sr_store_entry entry = {
        .article = &article,
        .signature = &signature,
        .language = language,
        .article_hash = is_whole ? found->facts.article_hash : sr_article_hash(&article, language),
        .terms = terms,
        .n_terms = n_terms,
    };
    saving->summary->n_saved++;
    saving->summary->n_incomplete += !is_whole;
    return sr_writer_add(saving->writer, &entry, &flushed, error);
}

static sr_status rescue_article(rescue *saving, sr_repair_part *part, sr_salvage *salvage,
                                uint32_t ordinal, sr_error *error)
{
    bool dedup_only = saving->repair->manifest.dedup_only;
    size_t values_bytes = part->segment->n_values * sizeof(uint16_t);
    relic found;
    read_relic(salvage, ordinal, &found);
    if (!found.has[SR_FIELD_ID]) {
        report_lost(saving, part, ordinal, &found, "id");
    } else if (!dedup_only && !found.has[SR_FIELD_TEXT]) {
        report_lost(saving, part, ordinal, &found, "text");
    } else if (dedup_only &&
               !(sr_salvage_row_is_proven(part, SR_SECTION_FACTS, ordinal, SR_FACTS_BYTES) &&
                 sr_salvage_row_is_proven(part, SR_SECTION_VALUES, ordinal, values_bytes))) {
        report_lost(saving, part, ordinal, &found, "signature");
    } else {
        return put_in(saving, part, ordinal, &found, error);
    }
    return SR_OK;
}

static sr_status rescue_part(rescue *saving, sr_repair_part *part, sr_error *error)
{
    const sr_observer *observer = saving->repair->observer;
    if (!part->segment) {
        saving->summary->n_lost += part->line.doc_count - part->line.n_removed;
        return SR_OK;
    }
    sr_salvage salvage;
    sr_status status = sr_salvage_init(&salvage, part);
    uint32_t n_docs = part->segment->doc_count;
    for (uint32_t i = 0; i < n_docs && status == SR_OK; i++) {
        if (!is_dead(part, i)) {
            status = rescue_article(saving, part, &salvage, i, error);
        }
        if (i % 256 == 0) {
            sr_observe_progress(observer, "repair", i, n_docs);
            status =
                status == SR_OK && sr_observe_cancelled(observer) ? SR_ERR_INTERRUPTED : status;
        }
    }
    sr_salvage_release(&salvage);
    return status == SR_OK ? sr_writer_flush(saving->writer, error) : status;
}

/* Where removals were lost, an article that was replaced may be live beside its successor. */
static sr_status drop_predecessors(rescue *saving, sr_error *error)
{
    const sr_snapshot *snapshot = sr_writer_snapshot(saving->writer);
    sr_buffer id;
    sr_buffer_init(&id, SR_BUFFER_NO_LIMIT);
    sr_status status = SR_OK;
    for (uint32_t s = 0; s < saving->n_sound && status == SR_OK; s++) {
        uint32_t n_docs = sr_segment_doc_count(sr_snapshot_segment(snapshot, s));
        for (uint32_t i = 0; i < n_docs && status == SR_OK; i++) {
            sr_doc doc = {.segment = s, .ordinal = i};
            sr_doc newest = doc;
            bool found = false;
            if (!sr_snapshot_is_live(snapshot, doc)) {
                continue;
            }
            status = sr_snapshot_read_field(snapshot, doc, SR_FIELD_ID, &id, error);
            if (status == SR_OK) { /* looks in the newest segment first */
                status = sr_snapshot_find_id(snapshot, sr_buffer_view(&id), &found, &newest);
            }
            if (status == SR_OK && found && newest.segment > s) {
                status = sr_writer_remove(saving->writer, doc, error);
            }
        }
    }
    sr_buffer_release(&id);
    return status;
}

static sr_status rescue_all(rescue *saving, sr_error *error)
{
    sr_repair *repair = saving->repair;
    sr_repair_summary *summary = saving->summary;
    SR_TRY(
        sr_preparer_init(&saving->preparer, &repair->manifest.params, repair->manifest.dedup_only));
    if (repair->is_outdated) {
        sr_observe_message(repair->observer, SR_MESSAGE_INFO,
                           "the store was made by an older version: all of it is made anew");
    }
    saving->n_sound = sr_snapshot_segment_count(sr_writer_snapshot(saving->writer));
    if (repair->is_rebuilt || repair->n_damaged > 0) {
        SR_TRY(drop_predecessors(saving, error));
    }
    for (size_t i = 0; i < repair->n_parts; i++) {
        summary->n_segments_kept += !repair->parts[i].is_sound;
        if (!repair->parts[i].stays) {
            SR_TRY(rescue_part(saving, &repair->parts[i], error));
        }
    }
    summary->n_removals_lost = sr_repair_removals_lost(repair, saving->writer);
    SR_TRY(sr_repair_commit(repair, saving->writer, error));
    summary->commit = repair->manifest.commit + 1;
    return SR_OK;
}

sr_status sr_store_repair(const char *dir, sr_store_mode mode, const sr_observer *observer,
                          sr_repair_summary *summary, sr_error *error)
{
    sr_repair repair;
    sr_repair_summary done = {0};
    SR_TRY(sr_repair_open(dir, mode != SR_STORE_WRITE_NO_WAIT, observer, &repair, error));
    done.was_needed = sr_repair_is_needed(&repair);
    done.manifest_rebuilt = repair.is_rebuilt;
    done.commit = repair.manifest.commit;
    sr_status status = SR_OK;
    if (done.was_needed) {
        rescue saving = {.repair = &repair, .summary = &done};
        status = sr_repair_begin(&repair, &saving.writer, error);
        if (status == SR_OK) {
            status = rescue_all(&saving, error);
            sr_preparer_release(&saving.preparer);
            sr_writer_close(saving.writer);
        }
    }
    sr_repair_close(&repair);
    if (status == SR_OK) {
        *summary = done;
    }
    return status;
}
