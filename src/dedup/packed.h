/* packed.h — the fields of an article beside id and text, as one run of bytes in the spool: what a
 * page that shows it, or a store that takes it, needs later. */
#ifndef SR_DEDUP_PACKED_H
#define SR_DEDUP_PACKED_H

#include "base/buffer.h"

/* Appends; `with_text`: the text too, as the feed gave it. SR_ERR_LIMIT for 4 GiB and more. */
SR_MUST_USE sr_status sr_article_pack(const sr_article *article, bool with_text, sr_buffer *out);
/* Fills every field but id and date with views of `packed`; the text is empty where it was not
 * packed. SR_ERR_CORRUPT. */
SR_MUST_USE sr_status sr_article_unpack(sr_str packed, sr_article *article);

#endif
