/* walk.c — directories by an explicit stack of sorted name lists. A directory's name is sorted with
 * a slash behind it, which gives the byte order of whole paths ("a.txt" before "a/b"). Links are
 * followed; a link to a directory that is being walked is reported and not entered. */
#include "feed/walk.h"

#include "base/buffer.h"
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* A directory being walked. */
typedef struct level {
    char **names; /* sorted; a directory's ends with a slash */
    size_t n_names;
    size_t capacity;
    size_t next;
    size_t n_path; /* length of the directory's path in `walk->path`, with its slash */
    dev_t device;
    ino_t inode;
} level;

struct sr_walk {
    char **arguments;
    size_t n_arguments;
    size_t next_argument;
    const sr_observer *observer;
    level *levels;
    size_t n_levels;
    size_t level_capacity;
    const char *root; /* see sr_walk_set_root; NULL: none */
    size_t n_root;    /* length of the argument's part of `path` */
    sr_buffer path;
    char problem[160];
};

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void leave_level(sr_walk *walk)
{
    level *top = &walk->levels[--walk->n_levels];
    for (size_t i = 0; i < top->n_names; i++) {
        free(top->names[i]);
    }
    free(top->names);
}

static bool is_stdin(const char *path)
{
    return strcmp(path, "-") == 0;
}

/* Proves that an argument can be read, and adds its size. */
static sr_status check_argument(const char *path, uint64_t *total_bytes, bool *total_known,
                                sr_error *error)
{
    struct stat info;
    if (is_stdin(path)) {
        *total_known = false;
        return SR_OK;
    }
    if (stat(path, &info) != 0) {
        bool missing = errno == ENOENT || errno == ENOTDIR;
        sr_status status = sr_error_set_errno(error, path, "can't read");
        if (missing && error) {
            error->status = SR_ERR_NOT_FOUND;
        }
        return missing ? SR_ERR_NOT_FOUND : status;
    }
    bool is_directory = S_ISDIR(info.st_mode);
    if (access(path, is_directory ? R_OK | X_OK : R_OK) != 0) {
        return sr_error_set_errno(error, path, "can't read");
    }
    *total_known = *total_known && S_ISREG(info.st_mode);
    *total_bytes += S_ISREG(info.st_mode) ? (uint64_t)info.st_size : 0;
    return SR_OK;
}

static sr_status copy_arguments(sr_walk *walk, const char *const *paths, size_t n_paths)
{
    walk->arguments = calloc(n_paths + 1, sizeof *walk->arguments);
    if (!walk->arguments) {
        return SR_ERR_MEMORY;
    }
    for (size_t i = 0; i < n_paths; i++) {
        walk->arguments[i] = strdup(paths[i]);
        if (!walk->arguments[i]) {
            return SR_ERR_MEMORY;
        }
        walk->n_arguments++;
    }
    return SR_OK;
}

sr_status sr_walk_open(const char *const *paths, size_t n_paths, const sr_observer *observer,
                       sr_walk **out, uint64_t *total_bytes, sr_error *error)
{
    uint64_t total = 0;
    bool total_known = true;
    for (size_t i = 0; i < n_paths; i++) {
        SR_TRY(check_argument(paths[i], &total, &total_known, error));
    }
    sr_walk *walk = calloc(1, sizeof *walk);
    if (!walk) {
        return SR_ERR_MEMORY;
    }
    sr_buffer_init(&walk->path, SR_BUFFER_NO_LIMIT);
    walk->observer = observer;
    sr_status status = copy_arguments(walk, paths, n_paths);
    if (status != SR_OK) {
        sr_walk_close(walk);
        return status;
    }
    *total_bytes = total_known ? total : 0;
    *out = walk;
    return SR_OK;
}

void sr_walk_close(sr_walk *walk)
{
    if (!walk) {
        return;
    }
    while (walk->n_levels) {
        leave_level(walk);
    }
    for (size_t i = 0; i < walk->n_arguments; i++) {
        free(walk->arguments[i]);
    }
    free(walk->arguments);
    free(walk->levels);
    sr_buffer_release(&walk->path);
    free(walk);
}

/* Sets the path to the top directory and a name in it, terminated. */
static sr_status set_path(sr_walk *walk, size_t n_directory, const char *name)
{
    walk->path.n_bytes = n_directory;
    SR_TRY(sr_buffer_append(&walk->path, name, strlen(name) + 1));
    walk->path.n_bytes--;
    return SR_OK;
}

static sr_status add_name(level *top, const char *name, bool is_directory)
{
    SR_TRY(sr_array_reserve((void **)&top->names, &top->capacity, top->n_names + 1,
                            sizeof *top->names));
    size_t n = strlen(name);
    char *copy = malloc(n + 2);
    if (!copy) {
        return SR_ERR_MEMORY;
    }
    memcpy(copy, name, n);
    memcpy(copy + n, is_directory ? "/" : "", is_directory ? 2 : 1);
    top->names[top->n_names++] = copy;
    return SR_OK;
}

/* What a writer has not yet given its name. */
static bool is_unfinished(const char *name)
{
    static const char *const ENDS[] = {".tmp", ".part", "~"};
    size_t n_name = strlen(name);
    for (size_t i = 0; i < SR_ARRAY_COUNT(ENDS); i++) {
        size_t n = strlen(ENDS[i]);
        if (n_name >= n && memcmp(name + n_name - n, ENDS[i], n) == 0) {
            return true;
        }
    }
    return false;
}

/* Reads the names of an open directory; what is neither file nor directory is told and passed over.
 */
static sr_status read_names(sr_walk *walk, level *top, DIR *directory)
{
    struct dirent *entry;
    while ((entry = readdir(directory))) {
        struct stat info;
        if (entry->d_name[0] == '.' || (walk->root && is_unfinished(entry->d_name))) {
            continue;
        }
        bool known = fstatat(dirfd(directory), entry->d_name, &info, 0) == 0;
        if (known && !S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode)) {
            sr_observe_message(walk->observer, SR_MESSAGE_WARNING,
                               "%s%s: skipped, it is neither a file nor a directory",
                               walk->path.data, entry->d_name);
            continue;
        }
        SR_TRY(add_name(top, entry->d_name, known && S_ISDIR(info.st_mode)));
    }
    return SR_OK;
}

static bool is_being_walked(const sr_walk *walk, const struct stat *info)
{
    for (size_t i = 0; i < walk->n_levels; i++) {
        if (walk->levels[i].device == info->st_dev && walk->levels[i].inode == info->st_ino) {
            return true;
        }
    }
    return false;
}

/* Enters the directory at `walk->path`, which ends with a slash. `problem` tells why it can't be
 * entered. */
static sr_status enter_directory(sr_walk *walk, bool *entered)
{
    struct stat info;
    DIR *directory = opendir(walk->path.data);
    *entered = false;
    if (!directory || fstat(dirfd(directory), &info) != 0) {
        char text[96];
        snprintf(walk->problem, sizeof walk->problem, "can't read the directory: %s",
                 strerror_r(errno, text, sizeof text));
        if (directory) {
            closedir(directory);
        }
        return SR_OK;
    }
    sr_status status = SR_OK;
    if (is_being_walked(walk, &info)) {
        snprintf(walk->problem, sizeof walk->problem, "is a link to a directory that it is in");
    } else {
        status = sr_array_reserve((void **)&walk->levels, &walk->level_capacity, walk->n_levels + 1,
                                  sizeof *walk->levels);
        if (status == SR_OK) {
            level *top = &walk->levels[walk->n_levels++];
            *top =
                (level){.n_path = walk->path.n_bytes, .device = info.st_dev, .inode = info.st_ino};
            status = read_names(walk, top, directory);
            if (top->n_names) {
                qsort(top->names, top->n_names, sizeof *top->names, compare_names);
            }
            *entered = true;
        }
    }
    closedir(directory);
    return status;
}

static void fill_item(sr_walk *walk, const char *problem, sr_walk_item *item)
{
    const char *path = walk->path.data;
    *item = (sr_walk_item){.path = path,
                           .relative = path + walk->n_root,
                           .argument = walk->next_argument - 1,
                           .is_argument = walk->n_levels == 0 && !walk->root,
                           .problem = problem};
}

void sr_walk_set_root(sr_walk *walk, const char *root)
{
    walk->root = root;
}

/* The length of the root that a path is below, with the slash; 0: it is not. */
static size_t root_length(const sr_walk *walk, const char *path)
{
    size_t n = walk->root ? strlen(walk->root) : 0;
    while (n && walk->root[n - 1] == '/') {
        n--;
    }
    return n && strncmp(path, walk->root, n) == 0 && path[n] == '/' ? n + 1 : 0;
}

/* The next argument: a file gives an item, a directory is entered. */
static sr_status next_argument(sr_walk *walk, sr_walk_item *item, bool *found)
{
    const char *path = walk->arguments[walk->next_argument++];
    struct stat info;
    const char *slash = strrchr(path, '/');
    bool is_directory = !is_stdin(path) && stat(path, &info) == 0 && S_ISDIR(info.st_mode);
    SR_TRY(set_path(walk, 0, path));
    walk->n_root = slash ? (size_t)(slash - path) + 1 : 0;
    size_t n_below = root_length(walk, path);
    walk->n_root = n_below ? n_below : walk->n_root;
    *found = !is_directory;
    if (is_directory) {
        bool entered;
        if (walk->path.data[walk->path.n_bytes - 1] != '/') {
            SR_TRY(set_path(walk, walk->path.n_bytes, "/"));
        }
        walk->n_root = walk->path.n_bytes;
        SR_TRY(enter_directory(walk, &entered));
        *found = !entered;
    }
    if (*found) {
        fill_item(walk, is_directory ? walk->problem : NULL, item);
    }
    return SR_OK;
}

sr_status sr_walk_next(sr_walk *walk, sr_walk_item *item, bool *found)
{
    *found = false;
    while (!*found && (walk->n_levels || walk->next_argument < walk->n_arguments)) {
        if (walk->n_levels == 0) {
            SR_TRY(next_argument(walk, item, found));
            continue;
        }
        level *top = &walk->levels[walk->n_levels - 1];
        if (top->next == top->n_names) {
            leave_level(walk);
            continue;
        }
        SR_TRY(set_path(walk, top->n_path, top->names[top->next++]));
        bool entered = false;
        bool is_directory = walk->path.data[walk->path.n_bytes - 1] == '/';
        if (is_directory) {
            SR_TRY(enter_directory(walk, &entered));
        }
        if (!entered) {
            *found = true;
            fill_item(walk, is_directory ? walk->problem : NULL, item);
        }
    }
    return SR_OK;
}
