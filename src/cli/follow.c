/* follow.c — one watch a directory; new directories are watched and looked through at once. */
#include "cli/follow.h"

#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

enum { EVENT_BYTES = 64 * 1024 };

static bool ends_with(const char *name, const char *end)
{
    size_t n_name = strlen(name);
    size_t n_end = strlen(end);
    return n_name >= n_end && strcmp(name + n_name - n_end, end) == 0;
}

static bool is_passed_over(const char *name)
{
    return name[0] == '.' || ends_with(name, ".tmp") || ends_with(name, ".part") ||
           ends_with(name, "~");
}

static char *join(const char *directory, const char *name)
{
    size_t n = strlen(directory) + strlen(name) + 2;
    char *path = malloc(n);
    if (path) {
        snprintf(path, n, "%s/%s", directory, name);
    }
    return path;
}

/* Takes the path over. */
static void add_file(cli_follow *follow, char *path)
{
    for (size_t i = 0; path && i < follow->files.n_items; i++) {
        if (strcmp(follow->files.items[i], path) == 0) {
            free(path);
            return;
        }
    }
    if (!path || !cli_list_append(&follow->files, path)) {
        free(path);
        follow->overflown = true; /* no memory to remember it: everything is read */
    }
}

static bool watch(cli_follow *follow, const char *directory)
{
    int number = inotify_add_watch(follow->fd, directory,
                                   IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE | IN_ONLYDIR);
    if (number < 0) {
        return false;
    }
    size_t n_needed = (size_t)number + 1;
    if (n_needed > follow->n_directories) {
        char **more = realloc(follow->directories, n_needed * 2 * sizeof *more);
        if (!more) {
            return false;
        }
        memset(more + follow->n_directories, 0,
               (n_needed * 2 - follow->n_directories) * sizeof *more);
        follow->directories = more;
        follow->n_directories = n_needed * 2;
    }
    free(follow->directories[number]);
    follow->directories[number] = strdup(directory);
    return follow->directories[number] != NULL;
}

/* The list owns the text; false where memory is out, and the text is freed. */
static bool append_owned(cli_list *list, char *text)
{
    if (!text || !cli_list_append(list, text)) {
        free(text);
        return false;
    }
    return true;
}

/* NOLINTBEGIN(clang-analyzer-unix.Malloc): lists own their texts, and the analyser does not see
 * that through their being const. */

/* Watches what is below a directory, which becomes the first of a queue; files are noted where
 * `take_files` says so. */
static bool watch_tree(cli_follow *follow, const char *root, bool take_files)
{
    cli_list queue = {0};
    bool sound = append_owned(&queue, strdup(root)) && watch(follow, root);
    for (size_t i = 0; sound && i < queue.n_items; i++) {
        DIR *directory = opendir(queue.items[i]);
        if (directory && i > 0) {
            sound = watch(follow, queue.items[i]);
        }
        for (struct dirent *entry; directory && sound && (entry = readdir(directory));) {
            if (is_passed_over(entry->d_name)) {
                continue;
            }
            char *path = join(queue.items[i], entry->d_name);
            struct stat info;
            if (path && lstat(path, &info) == 0 && S_ISDIR(info.st_mode)) {
                sound = append_owned(&queue, path);
            } else if (take_files) {
                add_file(follow, path);
            } else {
                free(path);
            }
        }
        if (directory) {
            closedir(directory);
        }
    }
    int failure = errno;
    for (size_t i = 0; i < queue.n_items; i++) {
        free((char *)(uintptr_t)queue.items[i]);
    }
    free(queue.items);
    errno = failure;
    return sound;
}

bool cli_follow_open(cli_follow *follow, const char *directory)
{
    *follow = (cli_follow){.fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK)};
    if (follow->fd >= 0 && watch_tree(follow, directory, false)) {
        return true;
    }
    int failure = errno;
    cli_follow_close(follow);
    errno = failure;
    return false;
}

void cli_follow_close(cli_follow *follow)
{
    cli_follow_clear(follow);
    free(follow->files.items);
    for (size_t i = 0; i < follow->n_directories; i++) {
        free(follow->directories[i]);
    }
    free(follow->directories);
    if (follow->fd >= 0) {
        close(follow->fd);
    }
    *follow = (cli_follow){.fd = -1};
}

void cli_follow_clear(cli_follow *follow)
{
    for (size_t i = 0; i < follow->files.n_items; i++) {
        free((char *)(uintptr_t)follow->files.items[i]);
    }
    follow->files.n_items = 0;
    follow->overflown = false;
}

static void take_event(cli_follow *follow, const struct inotify_event *event)
{
    size_t number = (size_t)event->wd;
    if (event->mask & IN_Q_OVERFLOW) {
        follow->overflown = true;
        return;
    }
    bool is_known = event->wd >= 0 && number < follow->n_directories && follow->directories[number];
    if (!is_known || event->len == 0 || is_passed_over(event->name)) {
        return;
    }
    char *path = join(follow->directories[number], event->name);
    if (event->mask & IN_ISDIR) {
        if (!path || !watch_tree(follow, path, true)) {
            follow->overflown = true;
        }
        free(path);
    } else if (event->mask & (IN_CLOSE_WRITE | IN_MOVED_TO)) {
        add_file(follow, path);
    } else {
        free(path);
    }
}

bool cli_follow_wait(cli_follow *follow, int timeout_ms)
{
    _Alignas(struct inotify_event) char bytes[EVENT_BYTES];
    struct pollfd wait = {.fd = follow->fd, .events = POLLIN};
    if (poll(&wait, 1, timeout_ms) <= 0) {
        return false;
    }
    ssize_t n = read(follow->fd, bytes, sizeof bytes);
    for (ssize_t at = 0; at < n;) {
        const struct inotify_event *event = (const void *)(bytes + at);
        take_event(follow, event);
        at += (ssize_t)(sizeof *event + event->len);
    }
    return n > 0;
}

/* NOLINTEND(clang-analyzer-unix.Malloc) */
