/* markdown_reader.c — a page of a static site is one record, unless its site would not show it yet:
 * drafts, pages dated later than now, lists (_index.md). These are left out and counted.
 *
 * "Now" is what the caller says it is: without that nothing is later, and what is read is a
 * function of the files alone. */
#include "feed/front_matter.h"
#include "feed/reader.h"

#include <stdlib.h>

typedef struct markdown_reader {
    sr_reader reader;
    sr_front_matter matter;
    sr_str *views; /* names, then values */
    size_t view_capacity;
    const char *name;
    int64_t now_s;
    bool done;
} markdown_reader;

static bool is_true(sr_str value)
{
    return sr_str_equal_text(value, "true") || sr_str_equal_text(value, "True") ||
           sr_str_equal_text(value, "yes");
}

static bool is_false(sr_str value)
{
    return sr_str_equal_text(value, "false") || sr_str_equal_text(value, "False") ||
           sr_str_equal_text(value, "no");
}

static sr_str last_part(const char *name)
{
    const char *slash = strrchr(name, '/');
    return sr_str_of(slash ? slash + 1 : name);
}

/* Jekyll's feed.xml, search.json, main.scss: front matter, and then no page. */
static bool is_template_of_data(sr_str file)
{
    static const char *const ENDS[] = {".xml", ".json", ".txt", ".css", ".scss", ".js"};
    for (size_t i = 0; i < SR_ARRAY_COUNT(ENDS); i++) {
        size_t n = strlen(ENDS[i]);
        if (file.n_bytes > n && memcmp(file.data + file.n_bytes - n, ENDS[i], n) == 0) {
            return true;
        }
    }
    return false;
}

/* Why a site does not show the page; NULL: it does. */
static const char *reason_to_skip(const markdown_reader *markdown)
{
    const sr_front_matter *matter = &markdown->matter;
    int64_t seconds;
    sr_str file = last_part(markdown->name);
    if (file.n_bytes >= 7 && memcmp(file.data, "_index.", 7) == 0) {
        return "index pages";
    }
    if (is_template_of_data(file)) {
        return "templates";
    }
    if (is_true(sr_front_matter_find(matter, "draft")) ||
        is_false(sr_front_matter_find(matter, "published")) || strstr(markdown->name, "_drafts/")) {
        return "drafts";
    }
    if (markdown->now_s == SR_TIME_UNKNOWN) {
        return NULL;
    }
    sr_str date = sr_front_matter_find(matter, "publishdate");
    date = date.n_bytes ? date : sr_front_matter_find(matter, "date");
    if (date.n_bytes && sr_time_parse(date, &seconds) && seconds > markdown->now_s) {
        return "pages dated later than now (--now)";
    }
    sr_str expiry = sr_front_matter_find(matter, "expirydate");
    return expiry.n_bytes && sr_time_parse(expiry, &seconds) && seconds <= markdown->now_s
               ? "expired pages (--now)"
               : NULL;
}

static sr_status set_record(markdown_reader *markdown, sr_str page, sr_record *record)
{
    const sr_front_matter *matter = &markdown->matter;
    SR_TRY(sr_array_reserve((void **)&markdown->views, &markdown->view_capacity,
                            2 * matter->n_pairs + 1, sizeof *markdown->views));
    for (size_t i = 0; i < matter->n_pairs; i++) {
        markdown->views[i] = sr_front_matter_name(matter, i);
        markdown->views[matter->n_pairs + i] = sr_front_matter_value(matter, i);
    }
    *record = (sr_record){.number = 1,
                          .line = 1,
                          .raw = page,
                          .fields = markdown->views,
                          .n_fields = 2 * matter->n_pairs};
    return SR_OK;
}

static sr_status markdown_next(sr_reader *reader, sr_record *record, bool *found)
{
    markdown_reader *markdown = (markdown_reader *)reader;
    sr_input *input = reader->input;
    sr_str page;
    *found = false;
    if (markdown->done) {
        return SR_OK;
    }
    markdown->done = true;
    SR_TRY(sr_input_peek(input, reader->max_record_bytes + 1, &page));
    if (page.n_bytes == 0 || input->damage.status != SR_OK) {
        return SR_OK;
    }
    *found = true;
    reader->n_records = 1;
    if (page.n_bytes > reader->max_record_bytes) {
        sr_reader_refuse(reader, record, 1, "the page is longer than %zu bytes",
                         reader->max_record_bytes);
        return SR_OK;
    }
    sr_str front;
    sr_str body;
    sr_front_kind kind = sr_front_matter_cut(page, &front, &body);
    SR_TRY(sr_front_matter_read(&markdown->matter, kind, front));
    if (markdown->matter.problem[0]) {
        sr_reader_refuse(reader, record, 1, "the front matter is not %s: %s",
                         kind == SR_FRONT_YAML   ? "YAML"
                         : kind == SR_FRONT_TOML ? "TOML"
                                                 : "JSON",
                         markdown->matter.problem);
        return SR_OK;
    }
    const char *skip = reason_to_skip(markdown);
    if (skip) {
        sr_reader_skip(reader, skip);
        *found = false;
        return SR_OK;
    }
    return set_record(markdown, page, record);
}

static void markdown_free(sr_reader *reader)
{
    markdown_reader *markdown = (markdown_reader *)reader;
    sr_front_matter_release(&markdown->matter);
    free(markdown->views);
    free(markdown);
}

sr_status sr_markdown_reader_create(sr_input *input, const sr_reader_options *options,
                                    sr_reader **out)
{
    markdown_reader *markdown = calloc(1, sizeof *markdown);
    if (!markdown) {
        return SR_ERR_MEMORY;
    }
    markdown->reader = (sr_reader){.next = markdown_next,
                                   .free = markdown_free,
                                   .input = input,
                                   .max_record_bytes = options->max_record_bytes,
                                   .skips = options->skips};
    sr_front_matter_init(&markdown->matter);
    markdown->name = options->name;
    markdown->now_s = options->now_s;
    *out = &markdown->reader;
    return SR_OK;
}
