/* segment_file.h — the container of a segment while it is written: a header block, sections one
 * behind the other on 64-byte boundaries, and at the end a checksum for every 4 KB (FORMAT.md §4).
 * What is inside the sections is not its business. */
#ifndef SR_STORE_SEGMENT_FILE_H
#define SR_STORE_SEGMENT_FILE_H

#include "store/format.h"

enum { SR_SEGMENT_MAX_SECTIONS = 96, SR_SEGMENT_BUFFER_BLOCKS = 32 };

typedef struct sr_section_place {
    uint32_t type;
    uint32_t flags;
    uint64_t offset;
    uint64_t n_bytes;
} sr_section_place;

typedef struct sr_segment_file {
    int fd;
    const char *path; /* borrowed */
    uint64_t n_bytes; /* written or buffered */
    sr_section_place sections[SR_SEGMENT_MAX_SECTIONS];
    uint32_t n_sections;
    uint64_t *sums; /* of the blocks behind the header */
    size_t n_sums;
    size_t sums_capacity;
    size_t n_buffered;
    uint8_t buffer[SR_SEGMENT_BUFFER_BLOCKS * SR_BLOCK_BYTES];
} sr_segment_file;

/* What the header says besides the sections. */
typedef struct sr_segment_head {
    uint64_t number;
    uint64_t params_digest;
    uint64_t first_serial;
    uint32_t doc_count;
} sr_segment_head;

SR_MUST_USE sr_status sr_segment_file_create(const char *path, sr_segment_file **out,
                                             sr_error *error);
/* Ends the section before, and begins the next. */
SR_MUST_USE sr_status sr_segment_file_begin(sr_segment_file *file, uint32_t type, uint32_t flags,
                                            sr_error *error);
SR_MUST_USE sr_status sr_segment_file_write(sr_segment_file *file, const void *bytes,
                                            size_t n_bytes, sr_error *error);
/* Bytes of the current section so far. */
uint64_t sr_segment_file_section_bytes(const sr_segment_file *file);
/* Writes checksums and header, and makes the file durable. `*header_sum` is for the MANIFEST. */
SR_MUST_USE sr_status sr_segment_file_finish(sr_segment_file *file, const sr_segment_head *head,
                                             uint64_t *n_bytes, uint64_t *header_sum,
                                             sr_error *error);
/* Closes and frees; accepts NULL. The file stays. */
void sr_segment_file_close(sr_segment_file *file);

#endif
