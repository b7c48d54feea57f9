/* output.h — the steps of an sr_output that a sink with many of them takes apart: all are finished
 * before the first one replaces its target. */
#ifndef SR_FEED_OUTPUT_H
#define SR_FEED_OUTPUT_H

#include "feed/sink.h"

/* As sr_output_open, with the compression said. SR_ERR_EXISTS where this process is writing the
 * target already. */
SR_MUST_USE sr_status sr_output_open_as(const char *path, sr_compression compression,
                                        sr_write_fn write, void *context, sr_output **out,
                                        sr_error *error);
/* Everything on disk under the temporary name. */
SR_MUST_USE sr_status sr_output_finish(sr_output *output, sr_error *error);
/* Puts it in the place of the target. The directory is still to be synced. */
SR_MUST_USE sr_status sr_output_publish(sr_output *output, sr_error *error);
/* The file that is replaced; NULL where bytes go straight to a function, a device or a pipe. */
const char *sr_output_target(const sr_output *output);
/* As it was named, or what a link of that name leads to. */
const char *sr_output_path(const sr_output *output);
/* The directory of a path: "." where it has none. Allocated; NULL where memory is out. */
char *sr_path_directory(const char *path);

#endif
