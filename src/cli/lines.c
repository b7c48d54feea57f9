/* lines.c — reading a list, one entry a line. */
#include "cli/lines.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_BYTES = 1 << 16 };
static const size_t MAX_BYTES = (size_t)1 << 30;

static sr_status fail(sr_error *error, sr_status status, const char *path, const char *what)
{
    memset(error, 0, sizeof *error);
    error->status = status;
    error->os_errno = errno;
    snprintf(error->file, sizeof error->file, "%s", path);
    snprintf(error->text, sizeof error->text, "%s", what);
    return status;
}

static sr_status read_all(FILE *file, const char *path, char **text, size_t *n_bytes,
                          sr_error *error)
{
    size_t capacity = 0;
    *n_bytes = 0;
    do {
        if (*n_bytes + 1 >= capacity) {
            capacity = capacity ? capacity * 2 : FIRST_BYTES;
            char *more = capacity <= MAX_BYTES ? realloc(*text, capacity) : NULL;
            if (!more) {
                return fail(error, SR_ERR_LIMIT, path, "the list is too long");
            }
            *text = more;
        }
        *n_bytes += fread(*text + *n_bytes, 1, capacity - 1 - *n_bytes, file);
        if (ferror(file)) {
            return fail(error, SR_ERR_IO, path, strerror(errno));
        }
    } while (!feof(file));
    (*text)[*n_bytes] = '\0';
    return SR_OK;
}

sr_status cli_lines_read(const char *path, cli_list *list, char **text, sr_error *error)
{
    bool is_stdin = strcmp(path, "-") == 0;
    *text = NULL;
    FILE *file = is_stdin ? stdin : fopen(path, "rb");
    if (!file) {
        return fail(error, SR_ERR_IO, path, strerror(errno));
    }
    size_t n_bytes = 0;
    sr_status status = read_all(file, path, text, &n_bytes, error);
    if (!is_stdin) {
        fclose(file);
    }
    if (status != SR_OK) {
        return status;
    }
    if (memchr(*text, '\0', n_bytes)) {
        return fail(error, SR_ERR_FORMAT, path, "the list has a zero byte");
    }
    for (char *line = *text; *line;) {
        size_t n = strcspn(line, "\n");
        char *next = line + n + (line[n] == '\n');
        n -= n > 0 && line[n - 1] == '\r';
        line[n] = '\0';
        if (n > 0 && !cli_list_append(list, line)) {
            return fail(error, SR_ERR_MEMORY, path, sr_status_text(SR_ERR_MEMORY));
        }
        line = next;
    }
    return SR_OK;
}
