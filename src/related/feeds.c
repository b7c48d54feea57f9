/* feeds.c — sr_related_feeds: boxes for all articles of feeds, by way of a store that lives in a
 * temporary directory as long as the call. */
#include "simrank.h"

#include "base/file.h"
#include "dedup/temp_dir.h"

#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* The store's directory holds files only. */
static void remove_store(const char *dir)
{
    DIR *entries = opendir(dir);
    if (entries) {
        for (const struct dirent *entry = readdir(entries); entry; entry = readdir(entries)) {
            (void)unlinkat(dirfd(entries), entry->d_name, 0); /* "." and ".." stay */
        }
        closedir(entries);
    }
    (void)rmdir(dir);
}

static sr_status fill(const char *dir, const char *const *feeds, size_t n_feeds,
                      const sr_feed_options *options, const sr_observer *observer, sr_error *error)
{
    sr_params params;
    sr_params_init(&params);
    SR_TRY(sr_store_init(dir, &params, false, error));
    sr_add_summary *summaries = calloc(n_feeds + 1, sizeof *summaries);
    sr_store *store = NULL;
    uint64_t commit = 0;
    sr_status status =
        summaries ? sr_store_open(dir, SR_STORE_WRITE, observer, &store, error) : SR_ERR_MEMORY;
    if (status == SR_OK) {
        status = sr_store_add_feeds(store, feeds, n_feeds, options, NULL, summaries, error);
    }
    if (status == SR_OK) {
        status = sr_store_commit(store, &commit, error);
    }
    sr_store_close(store);
    free(summaries);
    return status;
}

static sr_status ask(const char *dir, const sr_related_options *options,
                     const sr_observer *observer, sr_boxes **out, sr_error *error)
{
    sr_store *store = NULL;
    SR_TRY(sr_store_open(dir, SR_STORE_READ, observer, &store, error));
    sr_status status = sr_related_all(store, options, out, error);
    sr_store_close(store);
    return status;
}

sr_status sr_related_feeds(const char *const *feeds, size_t n_feeds,
                           const sr_related_options *options, const char *tmp_dir,
                           const sr_observer *observer, sr_boxes **out, sr_error *error)
{
    char *base = sr_temp_dir_choose(tmp_dir, NULL);
    char *dir = base ? sr_path_join(base, "simrank-feeds-XXXXXX") : NULL;
    free(base);
    if (!dir) {
        return SR_ERR_MEMORY;
    }
    if (!mkdtemp(dir)) {
        sr_status status = sr_error_set_errno(error, dir, "can't make a temporary directory");
        free(dir);
        return status;
    }
    sr_status status = fill(dir, feeds, n_feeds, &options->feed, observer, error);
    if (status == SR_OK) {
        status = ask(dir, options, observer, out, error);
    }
    remove_store(dir);
    free(dir);
    return status;
}
