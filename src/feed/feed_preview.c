/* feed_preview.c — whether texts of a table or of JSON are HTML: the records that are in sight when
 * the member is opened decide for all of it, because a record alone does not tell ("a &lt; b" and
 * no tag is HTML among HTML, and text among texts). */
#include "feed/feed_open.h"
#include "feed/format.h"

enum { MAX_PREVIEWED = 32 };

/* The bytes in sight as a stream. */
typedef struct sight {
    sr_stream stream;
    sr_str rest;
} sight;

static sr_status sight_read(sr_stream *stream, char *bytes, size_t capacity, size_t *n_bytes,
                            sr_error *error)
{
    sight *self = (sight *)stream;
    (void)error;
    size_t n = self->rest.n_bytes < capacity ? self->rest.n_bytes : capacity;
    memcpy(bytes, self->rest.data, n);
    self->rest = sr_str_make(self->rest.data + n, self->rest.n_bytes - n);
    *n_bytes = n;
    return SR_OK;
}

/* How many of the values that are there hold tags. */
typedef struct tally {
    unsigned n_values;
    unsigned n_tagged;
} tally;

static void count_value(tally *t, sr_str value)
{
    if (sr_str_trim(value).n_bytes) {
        t->n_values++;
        t->n_tagged += sr_html_has_tags(value);
    }
}

static bool is_html(const tally *t)
{
    return t->n_tagged && t->n_tagged * 2 >= t->n_values;
}

static sr_status preview_record(sr_feed *feed, const sr_record *record, sr_arena *arena,
                                tally *text, tally *lead)
{
    sr_record kept = *record;
    sr_article article;
    sr_error error;
    char *raw = sr_arena_alloc(arena, record->raw.n_bytes + SR_JSON_PADDING);
    if (!raw) {
        return SR_ERR_MEMORY;
    }
    memcpy(raw, record->raw.data, record->raw.n_bytes);
    kept.raw.data = raw;
    kept.member = feed->member;
    sr_status status = sr_record_parse(feed->parser, &kept, arena, &article, &error);
    if (status == SR_OK) {
        count_value(text, article.text);
        count_value(lead, article.lead);
    }
    return status == SR_ERR_MEMORY ? status : SR_OK;
}

static sr_status preview(sr_feed *feed, sr_reader *reader, tally *text, tally *lead)
{
    sr_arena arena;
    sr_arena_init(&arena);
    sr_status status = SR_OK;
    bool found = true;
    for (int i = 0; i < MAX_PREVIEWED && found && status == SR_OK; i++) {
        sr_record record;
        sr_arena_reset(&arena);
        status = reader->next(reader, &record, &found);
        if (status == SR_OK && found && !record.bad && record.raw.n_bytes) {
            status = preview_record(feed, &record, &arena, text, lead);
        }
    }
    sr_arena_release(&arena);
    return status;
}

static void tell(sr_feed *feed)
{
    static const char *const WORDS[] = {"", "text holds HTML", "lead holds HTML",
                                        "text and lead hold HTML"};
    unsigned which = (feed->member->html_fields >> SR_FEED_FIELD_TEXT & 1U) |
                     (feed->member->html_fields >> SR_FEED_FIELD_LEAD & 1U) << 1;
    if (which && which != feed->told_html) {
        sr_observe_message(feed->observer, SR_MESSAGE_INFO, "%s: %s, read without its tags",
                           feed->member->name, WORDS[which]);
    }
    feed->told_html = which;
}

sr_status sr_feed_preview_html(sr_feed *feed, const sr_reader_options *options)
{
    const sr_feed_kind *kind = sr_feed_kind_of(feed->member->format);
    sr_str head = sr_input_view(&feed->input);
    if (!kind->has_values || head.n_bytes == 0) {
        return SR_OK;
    }
    sight s = {.stream = {.read = sight_read}, .rest = head};
    sr_input input;
    sr_reader *reader = NULL;
    tally text = {0};
    tally lead = {0};
    sr_input_init(&input, &s.stream);
    sr_reader_options without = *options;
    without.dialect.has_header = false; /* it is consumed */
    without.dialect.n_before = 0;
    sr_status status = sr_input_fill(&input);
    status = status == SR_OK ? kind->open(&input, &without, &reader) : status;
    if (status == SR_OK) {
        status = preview(feed, reader, &text, &lead);
        reader->free(reader);
    }
    sr_input_release(&input);
    feed->member->html_fields = (is_html(&text) ? 1U << SR_FEED_FIELD_TEXT : 0) |
                                (is_html(&lead) ? 1U << SR_FEED_FIELD_LEAD : 0);
    tell(feed);
    return status;
}
