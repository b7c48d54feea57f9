/* create.c — making an empty store: a directory whose MANIFEST lists no segments. */
#include "base/file.h"
#include "store/lock.h"
#include "store/manifest.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Only what a creation that was interrupted leaves may be there. */
static sr_status check_empty(const char *dir, sr_error *error)
{
    DIR *entries = opendir(dir);
    if (!entries) {
        return sr_error_set_errno(error, dir, "can't list the directory");
    }
    sr_status status = SR_OK;
    for (const struct dirent *entry = readdir(entries); entry && status == SR_OK;
         entry = readdir(entries)) {
        static const char *const OURS[] = {".", "..", SR_LOCK_NAME, SR_MANIFEST_TEMPORARY};
        bool ours = false;
        for (size_t i = 0; i < SR_ARRAY_COUNT(OURS); i++) {
            ours = ours || strcmp(entry->d_name, OURS[i]) == 0;
        }
        if (strcmp(entry->d_name, SR_MANIFEST_NAME) == 0) {
            status = sr_error_set(error, SR_ERR_EXISTS, dir, 0, "a store is there already");
        } else if (!ours) {
            status = sr_error_set(error, SR_ERR_EXISTS, dir, 0,
                                  "the directory is not empty and holds no store");
        }
    }
    closedir(entries);
    return status;
}

/* Makes the entry of the directory in its parent durable; a parent that can't be opened is no
 * reason to fail, the store itself is complete. */
static void sync_parent(const char *dir)
{
    char *parent = sr_path_join(dir, "..");
    if (parent) {
        sr_status ignored = sr_file_sync_directory(parent, NULL);
        (void)ignored;
        free(parent);
    }
}

static sr_status write_first(const char *dir, const sr_params *params, bool dedup_only,
                             sr_error *error)
{
    SR_TRY(check_empty(dir, error));
    sr_manifest manifest = {
        .params = *params, .dedup_only = dedup_only, .next_segment = 1, .next_serial = 1};
    sr_manifest_set_versions(&manifest);
    bool replaced = false;
    return sr_manifest_write(dir, &manifest, &replaced, error);
}

sr_status sr_store_create(const char *dir, const sr_params *params, bool dedup_only,
                          sr_error *error)
{
    SR_TRY(sr_params_check(params, error));
    bool made = mkdir(dir, 0777) == 0;
    if (!made && errno != EEXIST) {
        return sr_error_set_errno(error, dir, "can't make the directory");
    }
    if (!made) {
        SR_TRY(check_empty(dir, error));
    }
    int lock = -1;
    SR_TRY(sr_lock_take(dir, false, NULL, &lock, error));
    sr_status status = write_first(dir, params, dedup_only, error);
    sr_lock_give(lock);
    if (status == SR_OK) {
        sync_parent(dir);
    }
    return status;
}
