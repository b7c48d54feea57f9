/* compression.c — magic bytes and extensions. */
#include "feed/compression.h"

static const char *const EXTENSIONS[SR_COMPRESSION_COUNT] = {"",     ".gz",  ".xz",
                                                             ".bz2", ".lz4", ".zst"};

static bool begins_with(sr_str head, const char *bytes, size_t n_bytes)
{
    return head.n_bytes >= n_bytes && memcmp(head.data, bytes, n_bytes) == 0;
}

sr_compression sr_compression_of_bytes(sr_str head)
{
    if (begins_with(head, "\x1f\x8b\x08", 3)) {
        return SR_COMPRESSION_GZ;
    }
    if (begins_with(head, "\xfd\x37zXZ", 6)) { /* with the string's own NUL */
        return SR_COMPRESSION_XZ;
    }
    /* "BZh", a digit, then the magic of a block or of the end. */
    if (begins_with(head, "BZh", 3) && head.n_bytes >= 10 &&
        (memcmp(head.data + 4, "1AY&SY", 6) == 0 ||
         memcmp(head.data + 4, "\x17\x72\x45\x38\x50\x90", 6) == 0)) {
        return SR_COMPRESSION_BZ2;
    }
    if (begins_with(head, "\x04\x22\x4d\x18", 4)) {
        return SR_COMPRESSION_LZ4;
    }
    /* A frame, or one of the sixteen skippable frames that may precede it. */
    bool skippable = head.n_bytes >= 4 && ((unsigned char)head.data[0] & 0xf0) == 0x50 &&
                     memcmp(head.data + 1, "\x2a\x4d\x18", 3) == 0;
    return skippable || begins_with(head, "\x28\xb5\x2f\xfd", 4) ? SR_COMPRESSION_ZST
                                                                 : SR_COMPRESSION_NONE;
}

/* The number of a tar header's checksum field: octal digits among blanks. */
static uint64_t octal(const char *digits, size_t n)
{
    uint64_t value = 0;
    for (size_t i = 0; i < n; i++) {
        if (digits[i] >= '0' && digits[i] <= '7') {
            value = value * 8 + (uint64_t)(digits[i] - '0');
        }
    }
    return value;
}

/* A tar header sums its 512 bytes, with blanks in place of the sum (POSIX.1-1988 ustar). */
static bool is_tar_header(sr_str head)
{
    enum { HEADER = 512, SUM_AT = 148, SUM_BYTES = 8 };
    if (head.n_bytes < HEADER || head.data[0] == '\0') {
        return false;
    }
    uint64_t sum = ' ' * SUM_BYTES;
    for (size_t i = 0; i < HEADER; i++) {
        sum += i >= SUM_AT && i < SUM_AT + SUM_BYTES ? 0 : (unsigned char)head.data[i];
    }
    return sum == octal(head.data + SUM_AT, SUM_BYTES);
}

/* Documents of office programs and e-books are zips, but no archives of articles: their first entry
 * tells. */
static bool is_document(sr_str head)
{
    static const char *const FIRST[] = {"[Content_Types].xml", "docProps/", "_rels/.rels",
                                        "mimetypeapplication/", "META-INF/"};
    enum { NAME_AT = 30 };
    for (size_t i = 0; i < SR_ARRAY_COUNT(FIRST); i++) {
        size_t n = strlen(FIRST[i]);
        if (head.n_bytes >= NAME_AT + n && memcmp(head.data + NAME_AT, FIRST[i], n) == 0) {
            return true;
        }
    }
    return false;
}

sr_archive_kind sr_archive_kind_of_bytes(sr_str head)
{
    if (begins_with(head, "PK\x03\x04", 4) && is_document(head)) {
        return SR_ARCHIVE_NONE;
    }
    if (begins_with(head, "PK\x03\x04", 4) || begins_with(head, "PK\x05\x06", 4)) {
        return SR_ARCHIVE_ZIP;
    }
    return is_tar_header(head) ? SR_ARCHIVE_TAR : SR_ARCHIVE_NONE;
}

static bool ends_with(sr_str name, const char *end)
{
    size_t n = strlen(end);
    return name.n_bytes > n && memcmp(name.data + name.n_bytes - n, end, n) == 0;
}

sr_compression sr_compression_of_name(const char *path)
{
    static const struct {
        char extension[6];
        unsigned char compression;
    } TARS[] = {{".tgz", SR_COMPRESSION_GZ},
                {".txz", SR_COMPRESSION_XZ},
                {".tbz2", SR_COMPRESSION_BZ2},
                {".tzst", SR_COMPRESSION_ZST}};
    sr_str name = sr_str_of(path);
    for (int i = SR_COMPRESSION_GZ; i < SR_COMPRESSION_COUNT; i++) {
        if (ends_with(name, EXTENSIONS[i])) {
            return (sr_compression)i;
        }
    }
    for (size_t i = 0; i < SR_ARRAY_COUNT(TARS); i++) {
        if (ends_with(name, TARS[i].extension)) {
            return (sr_compression)TARS[i].compression;
        }
    }
    return SR_COMPRESSION_NONE;
}

const char *sr_compression_extension(sr_compression compression)
{
    return EXTENSIONS[compression];
}

sr_str sr_compression_strip_name(const char *path)
{
    sr_str name = sr_str_of(path);
    for (int i = SR_COMPRESSION_GZ; i < SR_COMPRESSION_COUNT; i++) {
        if (ends_with(name, EXTENSIONS[i])) {
            return sr_str_make(name.data, name.n_bytes - strlen(EXTENSIONS[i]));
        }
    }
    return name;
}
