/* output_tree.c — names, directories and the commit of many outputs. Targets are found again by a
 * table of hashes of their paths; inputs are known by device and inode. */
#include "feed/output_tree.h"

#include "base/buffer.h"
#include "base/file.h"
#include "base/hash.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct file_identity {
    dev_t device;
    ino_t inode;
} file_identity;

/* A place of the table of targets. */
typedef struct target {
    uint64_t hash;     /* of the relative path; 0: free */
    const char *input; /* borrowed from the member */
} target;

struct sr_output_tree {
    char *root;
    sr_output **outputs; /* finished */
    size_t n_outputs;
    size_t output_capacity;
    target *targets; /* open addressing; a power of two */
    size_t n_targets;
    size_t target_capacity;
    file_identity *inputs;
    size_t n_inputs;
    size_t input_capacity;
    const char *last_input;
    char **made; /* directories, in the order of making */
    size_t n_made;
    size_t made_capacity;
};

/* ---------------------------------------------------------------- directories */

static sr_status make_directory(sr_output_tree *tree, const char *path, sr_error *error)
{
    if (mkdir(path, 0777) != 0) {
        struct stat info;
        if (errno == EEXIST && stat(path, &info) == 0 && S_ISDIR(info.st_mode)) {
            return SR_OK;
        }
        return sr_error_set_errno(error, path, "can't make the directory");
    }
    SR_TRY(sr_array_reserve((void **)&tree->made, &tree->made_capacity, tree->n_made + 1,
                            sizeof *tree->made));
    tree->made[tree->n_made] = strdup(path);
    if (!tree->made[tree->n_made]) {
        return SR_ERR_MEMORY;
    }
    tree->n_made++;
    return SR_OK;
}

/* Makes the directories in which `path` lies. */
static sr_status make_directories(sr_output_tree *tree, char *path, sr_error *error)
{
    sr_status status = SR_OK;
    for (char *slash = strchr(path + 1, '/'); slash && status == SR_OK;
         slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        status = make_directory(tree, path, error);
        *slash = '/';
    }
    return status;
}

sr_status sr_output_tree_create(const char *root, sr_output_tree **out, sr_error *error)
{
    sr_output_tree *tree = calloc(1, sizeof *tree);
    if (!tree) {
        return sr_error_set(error, SR_ERR_MEMORY, root, 0, "no memory to write it");
    }
    tree->root = sr_path_join(root, ""); /* with a slash behind it */
    sr_status status = tree->root ? make_directories(tree, tree->root, error) : SR_ERR_MEMORY;
    if (status != SR_OK) {
        sr_output_tree_free(tree);
        return status;
    }
    *out = tree;
    return SR_OK;
}

void sr_output_tree_free(sr_output_tree *tree)
{
    if (!tree) {
        return;
    }
    for (size_t i = 0; i < tree->n_outputs; i++) {
        sr_output_abort(tree->outputs[i]);
    }
    while (tree->n_made) {
        char *path = tree->made[--tree->n_made];
        rmdir(path); /* fails where something is in it, as after a commit it is */
        free(path);
    }
    free(tree->made);
    free(tree->outputs);
    free(tree->targets);
    free(tree->inputs);
    free(tree->root);
    free(tree);
}

/* ---------------------------------------------------------------- inputs and targets */

sr_status sr_output_tree_note_input(sr_output_tree *tree, const sr_feed_member *member,
                                    sr_error *error)
{
    struct stat info;
    if ((tree->last_input && strcmp(tree->last_input, member->file) == 0) ||
        strcmp(member->file, "-") == 0 || stat(member->file, &info) != 0) {
        return SR_OK;
    }
    sr_status status = sr_array_reserve((void **)&tree->inputs, &tree->input_capacity,
                                        tree->n_inputs + 1, sizeof *tree->inputs);
    if (status != SR_OK) {
        return sr_error_set(error, status, NULL, 0, "no memory to write it");
    }
    tree->inputs[tree->n_inputs++] = (file_identity){.device = info.st_dev, .inode = info.st_ino};
    tree->last_input = member->file;
    return SR_OK;
}

static target *find_target(target *targets, size_t capacity, uint64_t hash)
{
    size_t at = hash & (capacity - 1);
    while (targets[at].hash && targets[at].hash != hash) {
        at = (at + 1) & (capacity - 1);
    }
    return &targets[at];
}

static sr_status grow_targets(sr_output_tree *tree)
{
    if (tree->n_targets < tree->target_capacity / 2) {
        return SR_OK;
    }
    size_t capacity = tree->target_capacity ? tree->target_capacity * 2 : 64;
    target *grown = calloc(capacity, sizeof *grown);
    if (!grown) {
        return SR_ERR_MEMORY;
    }
    for (size_t i = 0; i < tree->target_capacity; i++) {
        if (tree->targets[i].hash) {
            *find_target(grown, capacity, tree->targets[i].hash) = tree->targets[i];
        }
    }
    free(tree->targets);
    tree->targets = grown;
    tree->target_capacity = capacity;
    return SR_OK;
}

/* Refuses a relative path that another input has taken. */
static sr_status claim_target(sr_output_tree *tree, const char *relative,
                              const sr_feed_member *member, sr_error *error)
{
    SR_TRY(grow_targets(tree));
    uint64_t hash = sr_hash_str(sr_str_of(relative));
    hash += hash == 0;
    target *place = find_target(tree->targets, tree->target_capacity, hash);
    if (place->hash) {
        return sr_error_set(error, SR_ERR_ARGUMENT, member->file, 0,
                            "and %s would both be written to %s%s: give them one by one",
                            place->input, tree->root, relative);
    }
    *place = (target){.hash = hash, .input = member->file};
    tree->n_targets++;
    return SR_OK;
}

/* The path below the root: that below the FEED argument; stdin gets a name. */
static sr_status relative_path(const sr_feed_member *member, sr_buffer *path)
{
    static const char *const FORMATS[] = {"", ".jsonl", ".json", ".csv", ".txt"};
    static const char *const ARCHIVES[] = {"", ".tar", ".zip"};
    if (strcmp(member->file, "-") != 0) {
        SR_TRY(sr_buffer_append_text(path, member->file_relative));
    } else {
        bool is_archive = member->archive != SR_ARCHIVE_NONE;
        SR_TRY(sr_buffer_append_text(path, "stdin"));
        SR_TRY(sr_buffer_append_text(path, is_archive ? ARCHIVES[member->archive]
                                                      : FORMATS[member->format]));
        SR_TRY(sr_buffer_append_text(path, sr_compression_extension(member->compression)));
    }
    return sr_buffer_append(path, "", 1);
}

static sr_status refuse_input(const char *path, sr_error *error)
{
    return sr_error_set(error, SR_ERR_ARGUMENT, path, 0,
                        "is an input: write the output to another directory");
}

static sr_status open_path(sr_output_tree *tree, const char *relative, const sr_feed_member *member,
                           sr_output **out, sr_error *error)
{
    SR_TRY(claim_target(tree, relative, member, error));
    char *path = sr_path_join(tree->root, relative);
    if (!path) {
        return SR_ERR_MEMORY;
    }
    struct stat info;
    struct stat own;
    sr_status status = SR_OK;
    if (stat(path, &info) == 0 && stat(member->file, &own) == 0 && info.st_dev == own.st_dev &&
        info.st_ino == own.st_ino) {
        status = refuse_input(path, error);
    }
    if (status == SR_OK) {
        status = make_directories(tree, path, error);
    }
    if (status == SR_OK) {
        status = sr_output_open_as(path, member->compression, NULL, NULL, out, error);
    }
    free(path);
    return status;
}

sr_status sr_output_tree_open(sr_output_tree *tree, const sr_feed_member *member, sr_output **out,
                              sr_error *error)
{
    sr_buffer relative;
    sr_buffer_init(&relative, SR_BUFFER_NO_LIMIT);
    sr_status status = relative_path(member, &relative);
    if (status == SR_OK) {
        status = open_path(tree, relative.data, member, out, error);
    }
    sr_buffer_release(&relative);
    if (status == SR_ERR_MEMORY) {
        sr_error_set(error, status, NULL, 0, "no memory to write it");
    }
    return status;
}

/* ---------------------------------------------------------------- commit */

sr_status sr_output_tree_keep(sr_output_tree *tree, sr_output *output, sr_error *error)
{
    sr_status status = sr_output_finish(output, error);
    if (status == SR_OK) {
        status = sr_array_reserve((void **)&tree->outputs, &tree->output_capacity,
                                  tree->n_outputs + 1, sizeof *tree->outputs);
    }
    if (status != SR_OK) {
        sr_output_abort(output);
        return status;
    }
    tree->outputs[tree->n_outputs++] = output;
    return SR_OK;
}

static sr_status sync_directory_of(const char *path, char **last, sr_error *error)
{
    char *directory = sr_path_directory(path);
    if (!directory) {
        return SR_ERR_MEMORY;
    }
    if (*last && strcmp(*last, directory) == 0) {
        free(directory);
        return SR_OK;
    }
    free(*last);
    *last = directory;
    return sr_file_sync_directory(directory, error);
}

static int compare_identities(const void *a, const void *b)
{
    const file_identity *x = a;
    const file_identity *y = b;
    int devices = (x->device > y->device) - (x->device < y->device);
    return devices ? devices : (x->inode > y->inode) - (x->inode < y->inode);
}

/* An input may be reached by another name than its own: every target is looked at before the first
 * is replaced. */
static sr_status check_targets(sr_output_tree *tree, sr_error *error)
{
    if (tree->n_inputs) {
        qsort(tree->inputs, tree->n_inputs, sizeof *tree->inputs, compare_identities);
    }
    for (size_t i = 0; i < tree->n_outputs; i++) {
        const char *path = sr_output_target(tree->outputs[i]);
        struct stat info;
        if (!path || stat(path, &info) != 0) {
            continue;
        }
        file_identity wanted = {.device = info.st_dev, .inode = info.st_ino};
        if (tree->n_inputs &&
            bsearch(&wanted, tree->inputs, tree->n_inputs, sizeof wanted, compare_identities)) {
            return refuse_input(path, error);
        }
    }
    return SR_OK;
}

sr_status sr_output_tree_commit(sr_output_tree *tree, sr_error *error)
{
    SR_TRY(check_targets(tree, error));
    char *last = NULL;
    sr_status status = SR_OK;
    for (size_t i = 0; i < tree->n_outputs && status == SR_OK; i++) {
        status = sr_output_publish(tree->outputs[i], error);
    }
    for (size_t i = 0; i < tree->n_outputs && status == SR_OK; i++) {
        status = sync_directory_of(sr_output_path(tree->outputs[i]), &last, error);
    }
    free(last);
    return status;
}
