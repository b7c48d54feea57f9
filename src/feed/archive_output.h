/* archive_output.h — a tar or zip written into an output, entry by entry. The content of an entry
 * is collected in an unnamed file first, because an archive wants its size before its bytes. */
#ifndef SR_FEED_ARCHIVE_OUTPUT_H
#define SR_FEED_ARCHIVE_OUTPUT_H

#include "feed/output.h"

typedef struct sr_archive_output sr_archive_output;

/* `directory`: where the unnamed file goes. The output stays the caller's. */
SR_MUST_USE sr_status sr_archive_output_open(sr_archive_kind kind, const char *directory,
                                             sr_output *output, sr_archive_output **out,
                                             sr_error *error);
/* Begins an entry like that of `member`. */
SR_MUST_USE sr_status sr_archive_output_begin(sr_archive_output *archive,
                                              const sr_feed_member *member, sr_error *error);
SR_MUST_USE sr_status sr_archive_output_write(sr_archive_output *archive, sr_str bytes,
                                              sr_error *error);
SR_MUST_USE sr_status sr_archive_output_end(sr_archive_output *archive, sr_error *error);
/* Writes the end of the archive. */
SR_MUST_USE sr_status sr_archive_output_finish(sr_archive_output *archive, sr_error *error);
/* Accepts NULL. */
void sr_archive_output_free(sr_archive_output *archive);

#endif
