/* offers.c — taking the better value; old values stay in the bytes until they are cleared. */
#include "feed/offers.h"

enum { MAX_JOINED = 16 * 1024 }; /* more tags than that are dropped */

void sr_offers_init(sr_offers *offers)
{
    sr_buffer_init(&offers->bytes, SR_BUFFER_NO_LIMIT);
    sr_offers_clear(offers);
}

void sr_offers_release(sr_offers *offers)
{
    sr_buffer_release(&offers->bytes);
}

void sr_offers_clear(sr_offers *offers)
{
    sr_buffer_clear(&offers->bytes);
    for (int f = 0; f < SR_FEED_FIELD_COUNT; f++) {
        offers->best[f] = (sr_offer){.rank = SR_FIELD_NO_RANK};
    }
}

static const char *separator_of(sr_feed_field field)
{
    return field == SR_FEED_FIELD_TAGS ? "," : field == SR_FEED_FIELD_AUTHOR ? ", " : NULL;
}

/* Whether `value` is one of those joined in `list`. */
static bool holds(sr_str list, sr_str value, const char *separator)
{
    size_t n_separator = strlen(separator);
    for (size_t at = 0; at < list.n_bytes;) {
        sr_str rest = sr_str_make(list.data + at, list.n_bytes - at);
        const char *end = memmem(rest.data, rest.n_bytes, separator, n_separator);
        size_t n = end ? (size_t)(end - rest.data) : rest.n_bytes;
        if (sr_str_equal(sr_str_make(rest.data, n), value)) {
            return true;
        }
        at += n + n_separator;
    }
    return false;
}

sr_status sr_offers_take(sr_offers *offers, sr_feed_field field, unsigned rank, sr_str value)
{
    sr_offer *best = &offers->best[field];
    const char *separator = separator_of(field);
    value = sr_str_trim(value);
    if (value.n_bytes == 0 || rank > best->rank || (rank == best->rank && !separator)) {
        return SR_OK;
    }
    sr_buffer *bytes = &offers->bytes;
    size_t start = bytes->n_bytes;
    if (rank == best->rank) {
        if (best->n_bytes > MAX_JOINED || holds(sr_offers_get(offers, field), value, separator)) {
            return SR_OK;
        }
        SR_TRY(sr_buffer_reserve(bytes, best->n_bytes)); /* so that the source does not move */
        SR_TRY(sr_buffer_append(bytes, bytes->data + best->start, best->n_bytes));
        SR_TRY(sr_buffer_append_text(bytes, separator));
    }
    SR_TRY(sr_buffer_append_str(bytes, value));
    *best = (sr_offer){.start = start, .n_bytes = bytes->n_bytes - start, .rank = rank};
    return SR_OK;
}
