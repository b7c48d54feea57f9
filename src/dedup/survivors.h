/* survivors.h — the second reading of the input: what was not dropped goes to the sink, byte by
 * byte. */
#ifndef SR_DEDUP_SURVIVORS_H
#define SR_DEDUP_SURVIVORS_H

#include "dedup/cluster.h"
#include "feed/sink.h"

/* `paths` and `spooled` as given to the first reading; those of a spooled argument come from
 * `raw_spool`. SR_ERR_IO where the input is no longer what it was. The caller commits the sink. */
SR_MUST_USE sr_status sr_dedup_write_survivors(
    const char *const *paths, size_t n_paths, const sr_feed_options *options, const bool *spooled,
    const sr_spool *raw_spool, const sr_feed *first_reading, const sr_dedup_articles *articles,
    const sr_dedup_fate *fates, const sr_observer *observer, sr_sink *sink, sr_error *error);

#endif
