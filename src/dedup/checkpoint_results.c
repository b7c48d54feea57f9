/* checkpoint_results.c — what the comparing and the clustering have found so far, as files.
 *
 *   pass.N   parents of the disjoint sets │ refused pairs │ contained pairs
 *   fates    one behind the other
 */
#include "dedup/checkpoint.h"

#include "base/file.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

static sr_status open_file(const sr_checkpoint *checkpoint, const char *name, int flags,
                           char **path, int *fd, sr_error *error)
{
    *path = sr_checkpoint_path(checkpoint, name);
    *fd = -1;
    if (!*path) {
        return sr_error_set(error, SR_ERR_MEMORY, checkpoint->dir, 0, "out of memory");
    }
    *fd = open(*path, flags | O_CLOEXEC, 0600);
    if (*fd < 0) {
        sr_status status = sr_error_set_errno(error, *path, "can't open");
        free(*path);
        *path = NULL;
        return status;
    }
    return SR_OK;
}

static const char *name_of_pass(uint32_t n_passes)
{
    return n_passes % 2 ? "pass.1" : "pass.0";
}

sr_status sr_checkpoint_save_pass(sr_checkpoint *checkpoint, uint32_t n_passes,
                                  const sr_dedup_matches *matches, sr_refusals *refusals,
                                  const sr_dedup_summary *summary, sr_error *error)
{
    char *path;
    int fd;
    const sr_union_find *near = &matches->near;
    size_t n_parents = (size_t)near->n_items * sizeof *near->parents;
    size_t n_contained = matches->n_contained * sizeof *matches->contained;
    size_t n_refusals;
    const void *refused = sr_refusals_bytes(refusals, &n_refusals);
    SR_TRY(open_file(checkpoint, name_of_pass(n_passes), O_WRONLY | O_CREAT | O_TRUNC, &path, &fd,
                     error));
    sr_status status = sr_file_write(fd, path, near->parents, n_parents, error);
    if (status == SR_OK) {
        status = sr_file_write(fd, path, refused, n_refusals, error);
    }
    if (status == SR_OK) {
        status = sr_file_write(fd, path, matches->contained, n_contained, error);
    }
    (void)close(fd);
    free(path);
    SR_TRY(status);
    checkpoint->state.phase = SR_CHECKPOINT_MATCHING;
    checkpoint->state.n_passes = n_passes;
    checkpoint->state.n_contained = matches->n_contained;
    checkpoint->state.summary = *summary;
    return sr_checkpoint_save(checkpoint, error);
}

sr_status sr_checkpoint_load_pass(const sr_checkpoint *checkpoint, sr_dedup_matches *matches,
                                  sr_refusals *refusals, sr_error *error)
{
    char *path;
    int fd;
    const sr_union_find *near = &matches->near;
    size_t n_contained = (size_t)checkpoint->state.n_contained;
    size_t n_parents = (size_t)near->n_items * sizeof *near->parents;
    size_t n_refusals;
    void *refused = sr_refusals_bytes(refusals, &n_refusals);
    if (sr_array_reserve((void **)&matches->contained, &matches->contained_capacity,
                         n_contained + 1, sizeof *matches->contained) != SR_OK) {
        return sr_error_set(error, SR_ERR_MEMORY, checkpoint->dir, 0, "out of memory");
    }
    SR_TRY(open_file(checkpoint, name_of_pass(checkpoint->state.n_passes), O_RDONLY, &path, &fd,
                     error));
    sr_status status = sr_file_pread(fd, path, near->parents, n_parents, 0, error);
    if (status == SR_OK) {
        status = sr_file_pread(fd, path, refused, n_refusals, n_parents, error);
    }
    if (status == SR_OK) {
        status =
            sr_file_pread(fd, path, matches->contained, n_contained * sizeof *matches->contained,
                          n_parents + n_refusals, error);
    }
    matches->n_contained = n_contained;
    (void)close(fd);
    free(path);
    return status;
}

sr_status sr_checkpoint_save_fates(sr_checkpoint *checkpoint, const sr_dedup_fate *fates,
                                   uint32_t n_fates, const sr_dedup_summary *summary,
                                   sr_error *error)
{
    char *path;
    int fd;
    SR_TRY(open_file(checkpoint, "fates", O_WRONLY | O_CREAT | O_TRUNC, &path, &fd, error));
    sr_status status = sr_file_write(fd, path, fates, (size_t)n_fates * sizeof *fates, error);
    (void)close(fd);
    free(path);
    SR_TRY(status);
    checkpoint->state.phase = SR_CHECKPOINT_CLUSTERED;
    checkpoint->state.summary = *summary;
    return sr_checkpoint_save(checkpoint, error);
}

sr_status sr_checkpoint_load_fates(const sr_checkpoint *checkpoint, sr_dedup_fate *fates,
                                   uint32_t n_fates, sr_error *error)
{
    char *path;
    int fd;
    SR_TRY(open_file(checkpoint, "fates", O_RDONLY, &path, &fd, error));
    sr_status status = sr_file_pread(fd, path, fates, (size_t)n_fates * sizeof *fates, 0, error);
    (void)close(fd);
    free(path);
    return status;
}
