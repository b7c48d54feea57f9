/* memory_limit.c — control groups, version 2 (memory.max, of each group up to the root) and 1
 * (memory.limit_in_bytes). */
#include "base/memory_limit.h"

#include "base/buffer.h"
#include "base/file.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { SMALL_FILE_BYTES = 1 << 16 };

/* The decimal number that begins at `text`; UINT64_MAX where there is none ("max"). */
static uint64_t parse_number(const char *text)
{
    uint64_t number = 0;
    size_t n = 0;
    for (; text[n] >= '0' && text[n] <= '9' && number < UINT64_MAX / 10 - 10; n++) {
        number = number * 10 + (uint64_t)(text[n] - '0');
    }
    return n ? number : UINT64_MAX;
}

/* A small file of the system as a terminated string; false where it can't be read. */
static bool read_small(const char *path, sr_buffer *out)
{
    sr_buffer_clear(out);
    return sr_file_read_all(path, out, NULL) == SR_OK && sr_buffer_append(out, "", 1) == SR_OK;
}

static uint64_t limit_in(const char *path, sr_buffer *scratch)
{
    return read_small(path, scratch) ? parse_number(scratch->data) : UINT64_MAX;
}

/* The least limit of the group of version 2 and of those that it lies in. */
static uint64_t unified_limit(sr_buffer *scratch)
{
    char group[512] = "";
    if (read_small("/proc/self/cgroup", scratch)) {
        const char *line = strstr(scratch->data, "0::");
        if (line && (line == scratch->data || line[-1] == '\n')) {
            snprintf(group, sizeof group, "%.*s", (int)strcspn(line + 3, "\n"), line + 3);
        }
    }
    uint64_t least = UINT64_MAX;
    for (;;) {
        char path[600];
        snprintf(path, sizeof path, "/sys/fs/cgroup%s/memory.max", group);
        uint64_t limit = limit_in(path, scratch);
        least = limit < least ? limit : least;
        char *slash = strrchr(group, '/');
        if (!slash) {
            return least;
        }
        *slash = '\0';
    }
}

uint64_t sr_memory_limit_default(void)
{
    sr_buffer scratch;
    sr_buffer_init(&scratch, SMALL_FILE_BYTES);
    long n_pages = sysconf(_SC_PHYS_PAGES);
    long page_bytes = sysconf(_SC_PAGESIZE);
    uint64_t limit =
        n_pages > 0 && page_bytes > 0 ? (uint64_t)n_pages * (uint64_t)page_bytes : UINT64_MAX;
    uint64_t unified = unified_limit(&scratch);
    uint64_t older = limit_in("/sys/fs/cgroup/memory/memory.limit_in_bytes", &scratch);
    sr_buffer_release(&scratch);
    limit = unified < limit ? unified : limit;
    limit = older < limit ? older : limit;
    return limit / 2;
}

uint64_t sr_memory_resident(void)
{
    char text[256] = "";
    int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    ssize_t n_read = fd >= 0 ? read(fd, text, sizeof text - 1) : 0;
    if (fd >= 0) {
        (void)close(fd);
    }
    text[n_read > 0 ? n_read : 0] = '\0';
    const char *second = strchr(text, ' ');
    uint64_t n_pages = second ? parse_number(second + 1) : UINT64_MAX;
    long page_bytes = sysconf(_SC_PAGESIZE);
    return n_pages != UINT64_MAX && page_bytes > 0 ? n_pages * (uint64_t)page_bytes : 0;
}
