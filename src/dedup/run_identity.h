/* run_identity.h — what must be the same for two runs to give the same bytes: a line for each
 * option, then one for each input file. */
#ifndef SR_DEDUP_RUN_IDENTITY_H
#define SR_DEDUP_RUN_IDENTITY_H

#include "base/buffer.h"

/* Lines "label: value" and "file: size modified path". */
SR_MUST_USE sr_status sr_run_identity(const char *const *feeds, size_t n_feeds,
                                      const sr_dedup_options *options, sr_buffer *lines,
                                      sr_error *error);
/* The lines of options alone. */
sr_str sr_run_identity_options(sr_str lines);
/* SR_ERR_MISMATCH names the first thing that differs. */
SR_MUST_USE sr_status sr_run_identity_compare(sr_str before, sr_str now, const char *dir,
                                              sr_error *error);
/* A number for the place of the results: two runs with the same output have the same. */
SR_MUST_USE sr_status sr_run_identity_key(const char *const *feeds, size_t n_feeds,
                                          const sr_dedup_options *options, uint64_t *key);

#endif
