/* side_file.h — a stream of bytes that is written beside a segment because its section comes later
 * in the file, or that is looked up while another is written: an unnamed file in the store's
 * directory, gone when closed. So a merge needs no memory for what it makes. */
#ifndef SR_STORE_SIDE_FILE_H
#define SR_STORE_SIDE_FILE_H

#include "store/segment_file.h"

typedef struct sr_side_file {
    int fd;
    const char *dir; /* borrowed */
    uint64_t n_bytes;
    size_t n_buffered;
    uint8_t *buffer;
    sr_str view; /* after sr_side_file_map */
} sr_side_file;

/* For sr_side_file_close in any case, also where `init` failed. */
#define SR_SIDE_FILE_NONE ((sr_side_file){.fd = -1})

SR_MUST_USE sr_status sr_side_file_init(sr_side_file *side, const char *dir, sr_error *error);
void sr_side_file_close(sr_side_file *side);
SR_MUST_USE sr_status sr_side_file_write(sr_side_file *side, const void *bytes, size_t n_bytes,
                                         sr_error *error);
/* Appends all of it to the current section and empties it. */
SR_MUST_USE sr_status sr_side_file_move(sr_side_file *side, sr_segment_file *file, sr_error *error);
/* What was written, as a read-only mapping until close; nothing may be written after. */
SR_MUST_USE sr_status sr_side_file_map(sr_side_file *side, sr_error *error);

#endif
