/* walk.h — the FEED arguments as a sequence of files: a file is itself, a directory every regular
 * file below it in byte order of the paths. One directory's names a level are held, never the whole
 * tree. */
#ifndef SR_FEED_WALK_H
#define SR_FEED_WALK_H

#include "base/observe.h"
#include "base/status.h"

typedef struct sr_walk sr_walk;

typedef struct sr_walk_item {
    const char *path;     /* "-" for stdin; lives until the next item */
    const char *relative; /* below the argument; the file name where the argument is a file */
    size_t argument;
    bool is_argument;    /* the argument itself, not something below it */
    const char *problem; /* not NULL: this file or directory can't be read, and why */
} sr_walk_item;

/* Every path must exist and be readable. `total_bytes`: of all files, 0 where a directory or a pipe
 * is among them. */
SR_MUST_USE sr_status sr_walk_open(const char *const *paths, size_t n_paths,
                                   const sr_observer *observer, sr_walk **out,
                                   uint64_t *total_bytes, sr_error *error);
void sr_walk_close(sr_walk *walk);
/* Arguments below `root` (borrowed) are relative to it, and unfinished files are passed over. */
void sr_walk_set_root(sr_walk *walk, const char *root);
/* `found` false at the end. Dot files inside directories are passed over. */
SR_MUST_USE sr_status sr_walk_next(sr_walk *walk, sr_walk_item *item, bool *found);

#endif
