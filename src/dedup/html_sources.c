/* html_sources.c — an open addressing table of names; sorted once, when all records were counted.
 */
#include "dedup/html_sources.h"

#include "base/arena.h"
#include "base/hash.h"
#include "base/url.h"

#include <stdio.h>
#include <stdlib.h>

enum { MIN_PLACES = 256 };

typedef struct source {
    sr_str name; /* in the arena; data NULL: an empty place */
    uint64_t n_records;
    uint64_t n_dropped;
    uint64_t n_relation[SR_RELATION_COUNT];
} source;

typedef struct source_table {
    source *places;
    size_t n_places; /* a power of two */
    size_t n_sources;
    sr_arena arena;
} source_table;

sr_str sr_report_source(const sr_dedup_articles *articles, uint32_t doc, const sr_article *article)
{
    sr_str name = sr_str_trim(article->source);
    if (name.n_bytes == 0) {
        name = sr_url_host(article->url);
    }
    return name.n_bytes ? name : sr_str_of(articles->members[articles->rows[doc].member]->name);
}

static source *locate(source *places, size_t n_places, sr_str name)
{
    size_t i = sr_hash_str(name) & (n_places - 1);
    while (places[i].name.data && !sr_str_equal(places[i].name, name)) {
        i = (i + 1) & (n_places - 1);
    }
    return &places[i];
}

static sr_status grow(source_table *table)
{
    size_t n_places = table->n_places ? table->n_places * 2 : MIN_PLACES;
    source *places = calloc(n_places, sizeof *places);
    if (!places) {
        return SR_ERR_MEMORY;
    }
    for (size_t i = 0; i < table->n_places; i++) {
        if (table->places[i].name.data) {
            *locate(places, n_places, table->places[i].name) = table->places[i];
        }
    }
    free(table->places);
    table->places = places;
    table->n_places = n_places;
    return SR_OK;
}

static sr_status find(source_table *table, sr_str name, source **out)
{
    if ((table->n_sources + 1) * 2 > table->n_places) {
        SR_TRY(grow(table));
    }
    source *place = locate(table->places, table->n_places, name);
    if (!place->name.data) {
        place->name = sr_arena_copy(&table->arena, name);
        if (!place->name.data) {
            return SR_ERR_MEMORY;
        }
        table->n_sources++;
    }
    *out = place;
    return SR_OK;
}

static sr_status count_records(const sr_dedup_result *result, source_table *table, sr_error *error)
{
    const sr_dedup_articles *articles = result->articles;
    sr_buffer scratch;
    sr_buffer_init(&scratch, SR_BUFFER_NO_LIMIT);
    sr_status status = SR_OK;
    for (uint32_t doc = 0; status == SR_OK && doc < articles->n_rows; doc++) {
        sr_article article;
        source *place = NULL;
        if (sr_dedup_is_bad(articles, doc)) {
            continue;
        }
        status = sr_dedup_articles_read_fields(articles, doc, &scratch, &article, error);
        if (status == SR_OK &&
            find(table, sr_report_source(articles, doc, &article), &place) != SR_OK) {
            status = sr_error_set(error, SR_ERR_MEMORY, NULL, 0, "out of memory");
        }
        if (status == SR_OK) {
            /* Never without. NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
            place->n_records++;
            place->n_dropped += result->fates[doc].dropped;
            place->n_relation[result->fates[doc].relation]++;
        }
    }
    sr_buffer_release(&scratch);
    return status;
}

/* Most dropped first, then most records, then by name; empty places last. */
static int compare_sources(const void *a, const void *b)
{
    const source *x = a;
    const source *y = b;
    if (x->n_dropped != y->n_dropped) {
        return x->n_dropped > y->n_dropped ? -1 : 1;
    }
    if (x->n_records != y->n_records) {
        return x->n_records > y->n_records ? -1 : 1;
    }
    return sr_str_compare(x->name, y->name);
}

static sr_status append_row(sr_buffer *page, sr_str name, const source *row)
{
    SR_TRY(sr_buffer_append_text(page, "<tr><td>"));
    SR_TRY(sr_buffer_append_html(page, name));
    SR_TRY(sr_buffer_append_format(page, "</td><td>%llu</td><td>%llu</td>",
                                   (unsigned long long)row->n_records,
                                   (unsigned long long)row->n_dropped));
    for (int r = SR_RELATION_EXACT; r < SR_RELATION_COUNT; r++) {
        SR_TRY(
            sr_buffer_append_format(page, "<td>%llu</td>", (unsigned long long)row->n_relation[r]));
    }
    return sr_buffer_append_text(page, "</tr>\n");
}

static sr_status append_table(sr_buffer *page, const source_table *table, size_t max_rows)
{
    SR_TRY(sr_buffer_append_text(page, "<div class=\"wide\"><table>\n<tr><th>source</th>"
                                       "<th>records</th><th>dropped</th>"));
    for (int r = SR_RELATION_EXACT; r < SR_RELATION_COUNT; r++) {
        SR_TRY(sr_buffer_append_format(page, "<th>%s</th>", sr_relation_name((sr_relation)r)));
    }
    SR_TRY(sr_buffer_append_text(page, "</tr>\n"));
    source rest = {0};
    for (size_t i = 0; i < table->n_sources; i++) {
        const source *row = &table->places[i];
        if (i < max_rows) {
            SR_TRY(append_row(page, row->name, row));
            continue;
        }
        rest.n_records += row->n_records;
        rest.n_dropped += row->n_dropped;
        for (int r = 0; r < SR_RELATION_COUNT; r++) {
            rest.n_relation[r] += row->n_relation[r];
        }
    }
    if (table->n_sources > max_rows) {
        char name[64];
        snprintf(name, sizeof name, "%zu others", table->n_sources - max_rows);
        SR_TRY(append_row(page, sr_str_of(name), &rest));
    }
    return sr_buffer_append_text(page, "</table></div>\n");
}

sr_status sr_html_append_sources(const sr_dedup_result *result, size_t max_rows, sr_buffer *page,
                                 sr_error *error)
{
    source_table table = {0};
    sr_arena_init(&table.arena);
    sr_status status = count_records(result, &table, error);
    if (status == SR_OK) {
        if (table.n_places) {
            qsort(table.places, table.n_places, sizeof *table.places, compare_sources);
        }
        status = append_table(page, &table, max_rows);
    }
    free(table.places);
    sr_arena_release(&table.arena);
    return status;
}
