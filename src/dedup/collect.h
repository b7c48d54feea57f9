/* collect.h — the first reading of the input: records are parsed, cleaned and signed on all
 * threads, and appended to the columns in input order. */
#ifndef SR_DEDUP_COLLECT_H
#define SR_DEDUP_COLLECT_H

#include "dedup/checkpoint.h"
#include "dedup/keep.h"
#include "feed/pipeline.h"

enum { SR_DEDUP_BATCH_RECORDS = 2048, SR_DEDUP_BATCH_BYTES = 2 << 20 };

/* Reads `feed` to its end, through the pipeline whose observer it was opened with. `spooled` (NULL:
 * nothing is read again) tells of each FEED argument how the second reading will get its records:
 * from `raw_spool`, to which they go as (32-bit length, bytes), or from the input, for which their
 * bytes are remembered by a hash. Bad records are warned of, up to 20 a file, and counted
 * in the summary with all others. `checkpoint` (NULL: none) is saved now and then; records that the
 * articles have already are passed over, but for a look at whether they are the same: SR_ERR_IO.
 * SR_ERR_LIMIT where they are more than the options allow,
 * SR_ERR_FORMAT where there is no good record among them. */
SR_MUST_USE sr_status sr_dedup_collect(sr_pipeline *pipeline, sr_feed *feed,
                                       const sr_params *params, bool is_plain,
                                       const sr_feed_options *options, const sr_keep_rule *keep,
                                       const bool *spooled, sr_spool *raw_spool,
                                       const sr_observer *observer, sr_checkpoint *checkpoint,
                                       sr_dedup_articles *articles, sr_dedup_summary *summary,
                                       sr_error *error);

#endif
