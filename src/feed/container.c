/* container.c — sniffs a file through its layers. An archive inside an archive is not entered. */
#include "feed/container.h"

sr_status sr_container_open(const char *path, const sr_observer *observer, sr_container *container,
                            sr_error *error)
{
    sr_container opened = {.path = path, .observer = observer};
    SR_TRY(sr_file_stream_open(path, observer, &opened.file, error));
    sr_stream *top = opened.file;
    sr_status status = SR_OK;
    opened.compression = sr_compression_of_bytes(sr_stream_peek(top));
    if (opened.compression != SR_COMPRESSION_NONE) {
        status = sr_unpack_stream_open(opened.compression, top, &opened.unpacked, error);
        top = opened.unpacked;
    }
    if (status == SR_OK) {
        opened.kind = sr_archive_kind_of_bytes(sr_stream_peek(top));
    }
    if (opened.kind != SR_ARCHIVE_NONE) {
        status = sr_archive_open(opened.kind, top, &opened.archive, error);
    }
    if (status != SR_OK) {
        sr_container_close(&opened);
        return status;
    }
    *container = opened;
    return SR_OK;
}

void sr_container_close(sr_container *container)
{
    if (container) {
        sr_stream_close(container->entry_unpacked);
        sr_archive_close(container->archive);
        sr_stream_close(container->unpacked);
        sr_stream_close(container->file);
        *container = (sr_container){0};
    }
}

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

static sr_status next_entry(sr_container *container, sr_container_part *part, bool *found,
                            sr_error *error)
{
    sr_archive_entry entry;
    bool was_damaged = container->content && container->content->failure.status != SR_OK;
    do {
        sr_status status = sr_archive_next(container->archive, &entry, found, error);
        if (status != SR_OK && was_damaged) { /* told already, with the entry */
            *found = false;
            return SR_OK;
        }
        SR_TRY(status);
        if (*found && entry.is_link && !is_hidden(entry.name)) {
            sr_observe_message(container->observer, SR_MESSAGE_WARNING,
                               "%s/%s: skipped, it is a link", container->path, entry.name);
        }
    } while (*found && (!entry.is_file || is_hidden(entry.name)));
    if (*found) {
        container->content = sr_archive_content(container->archive);
        *part = (sr_container_part){
            .stream = container->content, .entry = entry.name, .modified_s = entry.modified_s};
        part->compression = sr_compression_of_bytes(sr_stream_peek(container->content));
    }
    return SR_OK;
}

sr_status sr_container_next(sr_container *container, sr_container_part *part, bool *found,
                            sr_error *error)
{
    sr_stream_close(container->entry_unpacked);
    container->entry_unpacked = NULL;
    if (!container->archive) {
        sr_stream *top = container->unpacked ? container->unpacked : container->file;
        *found = !container->begun;
        *part = (sr_container_part){.stream = top};
        container->begun = true;
        return SR_OK;
    }
    SR_TRY(next_entry(container, part, found, error));
    if (*found && part->compression != SR_COMPRESSION_NONE) {
        SR_TRY(sr_unpack_stream_open(part->compression, part->stream, &container->entry_unpacked,
                                     error));
        part->stream = container->entry_unpacked;
    }
    return SR_OK;
}
