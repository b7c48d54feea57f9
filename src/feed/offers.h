/* offers.h — the values of one article while it is read: several places offer a field, the best one
 * gives it; authors and tags of equally good places are joined. */
#ifndef SR_FEED_OFFERS_H
#define SR_FEED_OFFERS_H

#include "feed/fields.h"

typedef struct sr_offer {
    size_t start; /* in the bytes */
    size_t n_bytes;
    unsigned rank; /* 0 the best; SR_FIELD_NO_RANK: nothing yet */
    bool is_html;
} sr_offer;

typedef struct sr_offers {
    sr_buffer bytes;
    sr_offer best[SR_FEED_FIELD_COUNT];
} sr_offers;

void sr_offers_init(sr_offers *offers);
void sr_offers_release(sr_offers *offers);
void sr_offers_clear(sr_offers *offers);
/* Takes `value`, trimmed, where `rank` is better than what there is. SR_ERR_MEMORY. */
SR_MUST_USE sr_status sr_offers_take(sr_offers *offers, sr_feed_field field, unsigned rank,
                                     sr_str value);
static inline sr_str sr_offers_get(const sr_offers *offers, sr_feed_field field)
{
    const sr_offer *best = &offers->best[field];
    return best->n_bytes ? sr_str_make(offers->bytes.data + best->start, best->n_bytes)
                         : sr_str_make("", 0);
}

#endif
