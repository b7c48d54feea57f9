/* container.c — a stack of layers, each sniffed on top of the one below. */
#include "feed/container.h"

#include <stdlib.h>

enum { DEFAULT_RATIO = 250, DEFAULT_LAYERS = 8 };
static const uint64_t HARMLESS_BYTES = (uint64_t)64 << 20;

/* ---------------------------------------------------------------- counting */

/* Passes bytes on and counts them against the container's limit. */
typedef struct counter {
    sr_stream stream;
    sr_stream *below;
    bool owns_below;
    sr_container *container;
} counter;

static sr_status counter_read(sr_stream *stream, char *bytes, size_t capacity, size_t *n_bytes,
                              sr_error *error)
{
    counter *self = (counter *)stream;
    sr_container *container = self->container;
    SR_TRY(sr_stream_read(self->below, bytes, capacity, n_bytes, error));
    container->n_out += *n_bytes;
    uint64_t n_in = sr_file_stream_position(container->file);
    n_in = n_in > container->n_file_bytes ? n_in : container->n_file_bytes;
    if (container->n_out > HARMLESS_BYTES &&
        container->n_out / container->limits.max_ratio > n_in) {
        return sr_error_set(error, SR_ERR_LIMIT, NULL, 0,
                            "the file unpacks to more than %u times its size, as bombs do; "
                            "--max-unpack raises the limit",
                            container->limits.max_ratio);
    }
    return SR_OK;
}

static void counter_close(sr_stream *stream)
{
    counter *self = (counter *)stream;
    if (self->owns_below) {
        sr_stream_close(self->below);
    }
    free(self);
}

/* A new layer that gives the bytes of `below`. */
static sr_status push_counter(sr_container *container, sr_stream *below, bool owns_below)
{
    counter *self = calloc(1, sizeof *self);
    if (!self) {
        if (owns_below) {
            sr_stream_close(below);
        }
        return SR_ERR_MEMORY;
    }
    self->stream = (sr_stream){.read = counter_read, .close = counter_close};
    self->below = below;
    self->owns_below = owns_below;
    self->container = container;
    container->layers[container->n_layers++] =
        (sr_container_layer){.stream = &self->stream, .is_packing = owns_below};
    return SR_OK;
}

/* ---------------------------------------------------------------- layers */

static void pop_layer(sr_container *container)
{
    sr_container_layer *top = &container->layers[--container->n_layers];
    sr_archive_close(top->archive);
    sr_stream_close(top->stream);
}

/* The innermost stream. */
static sr_stream *top_stream(const sr_container *container)
{
    for (size_t i = container->n_layers; i-- > 0;) {
        if (container->layers[i].stream) {
            return container->layers[i].stream;
        }
    }
    return container->file;
}

static sr_status check_room(const sr_container *container, sr_error *error)
{
    uint32_t n_packings = 0;
    for (size_t i = 0; i < container->n_layers; i++) {
        n_packings += container->layers[i].is_packing;
    }
    return n_packings < container->limits.max_layers
               ? SR_OK
               : sr_error_set(error, SR_ERR_LIMIT, NULL, 0,
                              "files are packed into files more than %u times, as bombs are; "
                              "--max-unpack raises the limit",
                              container->limits.max_layers);
}

/* Undoes the compressions on top, and opens the archive that they hold, if any. `first` is the
 * outermost compression. */
static sr_status unpack_top(sr_container *container, sr_compression *first, sr_archive_kind *kind,
                            sr_error *error)
{
    *first = SR_COMPRESSION_NONE;
    for (;;) {
        sr_stream *top = top_stream(container);
        sr_compression compression = sr_compression_of_bytes(sr_stream_peek(top));
        if (compression == SR_COMPRESSION_NONE) {
            break;
        }
        sr_stream *unpacked;
        SR_TRY(check_room(container, error));
        SR_TRY(sr_unpack_stream_open(compression, top, &unpacked, error));
        SR_TRY(push_counter(container, unpacked, true));
        *first = *first ? *first : compression;
    }
    sr_stream *top = top_stream(container);
    *kind = sr_archive_kind_of_bytes(sr_stream_peek(top));
    if (*kind == SR_ARCHIVE_NONE) {
        return SR_OK;
    }
    sr_archive *archive;
    SR_TRY(check_room(container, error));
    SR_TRY(sr_archive_open(*kind, top, &archive, error));
    container->layers[container->n_layers++] = (sr_container_layer){
        .archive = archive, .is_packing = true, .n_name = container->name.n_bytes};
    return SR_OK;
}

sr_status sr_container_open(const char *path, const sr_unpack_limits *limits,
                            const sr_observer *observer, sr_container *container, sr_error *error)
{
    *container = (sr_container){
        .path = path,
        .observer = observer,
        .limits = {.max_ratio = DEFAULT_RATIO, .max_layers = DEFAULT_LAYERS},
    };
    if (limits) {
        container->limits.max_ratio = limits->max_ratio ? limits->max_ratio : DEFAULT_RATIO;
        container->limits.max_layers = limits->max_layers ? limits->max_layers : DEFAULT_LAYERS;
    }
    if (container->limits.max_layers > SR_CONTAINER_MAX_LAYERS) {
        container->limits.max_layers = SR_CONTAINER_MAX_LAYERS;
    }
    sr_buffer_init(&container->name, SR_BUFFER_NO_LIMIT);
    sr_status status = sr_file_stream_open(path, observer, &container->file, error);
    if (status == SR_OK && limits && limits->live) {
        sr_file_stream_set_live(container->file);
    }
    if (status == SR_OK) {
        container->n_file_bytes = sr_file_stream_size(container->file);
        status = unpack_top(container, &container->compression, &container->kind, error);
    }
    if (status != SR_OK) {
        sr_compression compression = container->compression;
        sr_container_close(container);
        container->compression = compression;
    }
    return status;
}

void sr_container_close(sr_container *container)
{
    if (container) {
        while (container->n_layers) {
            pop_layer(container);
        }
        sr_stream_close(container->file);
        sr_buffer_release(&container->name);
        *container = (sr_container){0};
    }
}

/* ---------------------------------------------------------------- entries */

/* Whether a part of the path is hidden (".x", but not "." or ".."), or a resource fork of macOS. */
static bool is_hidden(const char *name)
{
    for (const char *part = name; part;) {
        const char *slash = strchr(part, '/');
        size_t n = slash ? (size_t)(slash - part) : strlen(part);
        bool is_step = (n == 1 && part[0] == '.') || (n == 2 && part[0] == '.' && part[1] == '.');
        if ((part[0] == '.' && !is_step) || (n == 8 && memcmp(part, "__MACOSX", n) == 0)) {
            return true;
        }
        part = slash ? slash + 1 : NULL;
    }
    return false;
}

/* The innermost archive; NULL where there is none. */
static sr_container_layer *top_archive(sr_container *container)
{
    for (size_t i = container->n_layers; i-- > 0;) {
        if (container->layers[i].archive) {
            return &container->layers[i];
        }
    }
    return NULL;
}

/* The name of an entry below the archives that hold it. */
static sr_status set_name(sr_container *container, size_t n_before, const char *entry)
{
    sr_buffer *name = &container->name;
    name->n_bytes = n_before;
    if (n_before) {
        SR_TRY(sr_buffer_append_text(name, "/"));
    }
    return sr_buffer_append(name, entry, strlen(entry) + 1);
}

/* The next file of one archive that is to be read. */
static sr_status next_file(sr_container *container, const sr_container_layer *layer,
                           sr_archive_entry *entry, bool *found, sr_error *error)
{
    sr_stream *content = sr_archive_content(layer->archive);
    bool was_damaged = content->failure.status != SR_OK;
    do {
        sr_status status = sr_archive_next(layer->archive, entry, found, error);
        if (status != SR_OK && was_damaged) { /* told already, with the entry */
            *found = false;
            return SR_OK;
        }
        SR_TRY(status);
        if (*found && entry->is_link && !is_hidden(entry->name)) {
            sr_observe_message(container->observer, SR_MESSAGE_WARNING,
                               "%s/%s: skipped, it is a link", container->path, entry->name);
        }
    } while (*found && (!entry->is_file || is_hidden(entry->name)));
    return SR_OK;
}

/* Goes on until a part is found that is no archive itself. */
static sr_status next_entry(sr_container *container, sr_container_part *part, bool *found,
                            sr_error *error)
{
    sr_container_layer *layer;
    while ((layer = top_archive(container)) != NULL) {
        while (&container->layers[container->n_layers - 1] != layer) {
            pop_layer(container);
        }
        sr_archive_entry entry;
        SR_TRY(next_file(container, layer, &entry, found, error));
        if (!*found) {
            pop_layer(container);
            continue;
        }
        sr_archive_kind kind;
        *part = (sr_container_part){.modified_s = entry.modified_s};
        SR_TRY(set_name(container, layer->n_name, entry.name));
        container->name.n_bytes--; /* the NUL stays behind it */
        SR_TRY(push_counter(container, sr_archive_content(layer->archive), false));
        SR_TRY(unpack_top(container, &part->compression, &kind, error));
        if (kind == SR_ARCHIVE_NONE) {
            part->stream = top_stream(container);
            part->entry = container->name.data;
            return SR_OK;
        }
    }
    *found = false;
    return SR_OK;
}

sr_status sr_container_next(sr_container *container, sr_container_part *part, bool *found,
                            sr_error *error)
{
    bool is_bomb =
        container->n_out > HARMLESS_BYTES && top_stream(container)->failure.status == SR_ERR_LIMIT;
    *found = false;
    if (is_bomb) { /* told already */
        return SR_OK;
    }
    if (container->kind != SR_ARCHIVE_NONE) {
        return next_entry(container, part, found, error);
    }
    *found = !container->begun;
    *part = (sr_container_part){.stream = top_stream(container)};
    container->begun = true;
    return SR_OK;
}
