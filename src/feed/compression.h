/* compression.h — what a file is packed in: told by its first bytes when read, by its name when
 * written. */
#ifndef SR_FEED_COMPRESSION_H
#define SR_FEED_COMPRESSION_H

#include "base/bytes.h"

typedef enum sr_compression {
    SR_COMPRESSION_NONE,
    SR_COMPRESSION_GZ,
    SR_COMPRESSION_XZ,
    SR_COMPRESSION_BZ2,
    SR_COMPRESSION_LZ4,
    SR_COMPRESSION_ZST,
    SR_COMPRESSION_COUNT
} sr_compression;

typedef enum sr_archive_kind { SR_ARCHIVE_NONE, SR_ARCHIVE_TAR, SR_ARCHIVE_ZIP } sr_archive_kind;

/* As many first bytes as the two functions below need to be sure. */
enum { SR_SNIFF_BYTES = 512 };

sr_compression sr_compression_of_bytes(sr_str head);
sr_archive_kind sr_archive_kind_of_bytes(sr_str head);
/* By extension: ".zst", ".gz" …, and ".tgz" and its like. */
sr_compression sr_compression_of_name(const char *path);
/* ".zst"; "" for none. */
const char *sr_compression_extension(sr_compression compression);
/* The name without the extension of a compression: "a.csv" of "a.csv.zst". */
sr_str sr_compression_strip_name(const char *path);

#endif
