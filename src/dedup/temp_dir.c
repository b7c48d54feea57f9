/* temp_dir.c — the first of the places that is a directory. */
#include "dedup/temp_dir.h"

#include <stdlib.h>
#include <sys/stat.h>

static bool is_directory(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

/* "a/b/" → "a", "a/b" → "a", "b" → ".", "/b" → "/"; allocated. */
static char *parent_of(const char *path)
{
    size_t n_bytes = strlen(path);
    while (n_bytes > 1 && path[n_bytes - 1] == '/') {
        n_bytes--;
    }
    while (n_bytes > 0 && path[n_bytes - 1] != '/') {
        n_bytes--;
    }
    while (n_bytes > 1 && path[n_bytes - 1] == '/') {
        n_bytes--;
    }
    return n_bytes ? strndup(path, n_bytes) : strdup(".");
}

char *sr_directory_of_output(const char *output)
{
    if (!output || strcmp(output, "-") == 0) {
        return strdup(".");
    }
    return is_directory(output) ? strdup(output) : parent_of(output);
}

char *sr_temp_dir_choose(const char *given, const char *output)
{
    if (given) {
        return strdup(given); /* as it was asked for: a failure will name it */
    }
    const char *environment = getenv("TMPDIR");
    if (environment && is_directory(environment)) {
        return strdup(environment);
    }
    if (output && strcmp(output, "-") != 0) {
        if (is_directory(output)) {
            return strdup(output);
        }
        char *parent = parent_of(output);
        if (!parent || is_directory(parent)) {
            return parent;
        }
        free(parent);
    }
    return strdup("/tmp");
}
