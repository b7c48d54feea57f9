/* sink.c — surviving records back into files of the shapes that they came from, or joined into one.
 *
 * A member's bytes are the same everywhere (what stands before, between and behind its records,
 * below as `shape`); where they go differs: a joined output, a file of the output tree, an entry of
 * an archive in it. Nothing takes its final name before everything is complete. */
#include "feed/sink.h"

#include "feed/archive_output.h"
#include "feed/decode.h"
#include "feed/output.h"
#include "feed/output_tree.h"

#include <stdlib.h>
#include <sys/stat.h>

/* What was written of a member (or of all, where they are joined) so far. */
typedef struct shape {
    sr_feed_format format;
    uint64_t n_records;
    bool line_open; /* the last byte was no line end */
} shape;

struct sr_sink {
    sr_output *joined;            /* one output for all; else NULL */
    sr_output_tree *tree;         /* else a tree of them */
    const sr_feed_member *member; /* begun, and not UNKNOWN; else NULL */
    const sr_feed_member *first;  /* joined: whose format and header all must have */
    shape shape;
    sr_undecode undecode; /* of the member (joined: of the first one) */
    sr_buffer undecoded;
    sr_output *output;          /* of the tree's current file; NULL: none, or not yet */
    sr_archive_output *archive; /* on top of it */
    bool entry_open;
    bool file_begun; /* `file` below is valid */
    size_t file;     /* container number of the tree's current file */
    char *directory; /* of the current file */
};

/* ---------------------------------------------------------------- bytes */

static sr_status emit(sr_sink *sink, sr_str bytes, sr_error *error)
{
    if (bytes.n_bytes) {
        sink->shape.line_open = bytes.data[bytes.n_bytes - 1] != '\n';
    }
    if (sink->undecode.is_open || sink->undecode.lone_cr) {
        sr_buffer_clear(&sink->undecoded);
        SR_TRY(sr_undecode_append(&sink->undecode, bytes, &sink->undecoded));
        bytes = sr_buffer_view(&sink->undecoded);
    }
    if (sink->joined) {
        return sr_output_write(sink->joined, bytes, error);
    }
    return sink->archive ? sr_archive_output_write(sink->archive, bytes, error)
                         : sr_output_write(sink->output, bytes, error);
}

/* A record or header that begins a line: closes the line before it where an input ended without. */
static sr_status emit_line(sr_sink *sink, sr_str bytes, sr_error *error)
{
    if (sink->shape.line_open) {
        SR_TRY(emit(sink, sr_str_make("\n", 1), error));
    }
    return emit(sink, bytes, error);
}

static sr_status begin_shape(sr_sink *sink, const sr_feed_member *member, sr_error *error)
{
    static const char MARK[] = "\xef\xbb\xbf";
    sink->shape = (shape){.format = member->format};
    sr_undecode_close(&sink->undecode);
    if (member->is_decoded) {
        SR_TRY(sr_undecode_open(&sink->undecode, member->encoding, member->lone_cr));
        SR_TRY(member->has_mark ? emit(sink, sr_str_of(MARK), error) : SR_OK);
        sink->shape.line_open = false;
    }
    return emit(sink, member->header, error);
}

static sr_status emit_record(sr_sink *sink, const sr_record *record, sr_error *error)
{
    uint64_t n_before = sink->shape.n_records++;
    if (sink->shape.format == SR_FEED_JSON) {
        SR_TRY(emit(sink, sr_str_of(n_before ? ",\n" : "[\n"), error));
        return emit(sink, record->raw, error);
    }
    if (sink->shape.format == SR_FEED_JSON_FEED) {
        SR_TRY(emit(sink, sr_str_of(n_before ? ",\n" : "\n"), error));
        return emit(sink, record->raw, error);
    }
    if (sink->shape.format == SR_FEED_XML) {
        return emit(sink, record->raw, error); /* the blanks between items are theirs */
    }
    return emit_line(sink, record->raw, error);
}

static sr_status end_shape(sr_sink *sink, const sr_feed_member *member, sr_error *error)
{
    if (member->tail.n_bytes) {
        bool opens_line = sink->shape.format == SR_FEED_JSON_FEED;
        SR_TRY(opens_line ? emit(sink, sr_str_make("\n", 1), error) : SR_OK);
        return emit(sink, member->tail, error);
    }
    if (sink->shape.format != SR_FEED_JSON) {
        return SR_OK;
    }
    return emit(sink, sr_str_of(sink->shape.n_records ? "\n]\n" : "[]\n"), error);
}

/* ---------------------------------------------------------------- joined */

static sr_status begin_joined(sr_sink *sink, const sr_feed_member *member, sr_error *error)
{
    struct stat in;
    struct stat out;
    const char *target = sr_output_target(sink->joined);
    if (target && stat(target, &out) == 0 && stat(member->file, &in) == 0 &&
        in.st_dev == out.st_dev && in.st_ino == out.st_ino) {
        return sr_error_set(error, SR_ERR_ARGUMENT, target, 0,
                            "is an input: write the output to another file");
    }
    if (sr_feed_format_is_whole_file(member->format)) {
        return sr_error_set(error, SR_ERR_ARGUMENT, member->name, 0,
                            "texts can't be joined in one file: name a directory (DIR/)");
    }
    if (!sink->first) {
        sink->first = member;
        return begin_shape(sink, member, error);
    }
    if (member->format != sink->first->format) {
        return sr_error_set(error, SR_ERR_ARGUMENT, member->name, 0,
                            "is %s and %s is %s: they can't be joined in one file, name a "
                            "directory (DIR/)",
                            sr_feed_format_name(member->format), sink->first->name,
                            sr_feed_format_name(sink->first->format));
    }
    if (member->format == SR_FEED_CSV &&
        !sr_str_equal(sr_str_trim(member->header), sr_str_trim(sink->first->header))) {
        return sr_error_set(error, SR_ERR_ARGUMENT, member->name, 0,
                            "begins with another %s than %s: they can't be joined in one file, "
                            "name a directory (DIR/)",
                            member->format == SR_FEED_CSV ? "header row" : "head",
                            sink->first->name);
    }
    return SR_OK;
}

/* ---------------------------------------------------------------- tree */

static sr_status end_member(sr_sink *sink, sr_error *error)
{
    const sr_feed_member *member = sink->member;
    sink->member = NULL;
    if (!member || sink->joined) {
        return SR_OK;
    }
    if (sr_feed_format_is_whole_file(member->format) && sink->shape.n_records == 0) {
        return SR_OK; /* was never begun */
    }
    SR_TRY(end_shape(sink, member, error));
    if (!sink->entry_open) {
        return SR_OK;
    }
    sink->entry_open = false;
    return sr_archive_output_end(sink->archive, error);
}

/* Completes the current file of the tree. */
static sr_status end_file(sr_sink *sink, sr_error *error)
{
    SR_TRY(end_member(sink, error));
    sink->file_begun = false;
    if (sink->archive) {
        SR_TRY(sr_archive_output_finish(sink->archive, error));
        sr_archive_output_free(sink->archive);
        sink->archive = NULL;
    }
    free(sink->directory);
    sink->directory = NULL;
    sr_output *output = sink->output;
    sink->output = NULL;
    return output ? sr_output_tree_keep(sink->tree, output, error) : SR_OK;
}

/* Opens the member's file, where it isn't open yet, and its entry. */
static sr_status open_member(sr_sink *sink, sr_error *error)
{
    const sr_feed_member *member = sink->member;
    if (!sink->output) {
        SR_TRY(sr_output_tree_open(sink->tree, member, &sink->output, error));
    }
    if (member->archive != SR_ARCHIVE_NONE && !sink->archive) {
        sink->directory = sr_path_directory(sr_output_path(sink->output));
        if (!sink->directory) {
            return SR_ERR_MEMORY;
        }
        SR_TRY(sr_archive_output_open(member->archive, sink->directory, sink->output,
                                      &sink->archive, error));
    }
    if (sink->archive) {
        SR_TRY(sr_archive_output_begin(sink->archive, member, error));
        sink->entry_open = true;
    }
    return begin_shape(sink, member, error);
}

static sr_status begin_in_tree(sr_sink *sink, const sr_feed_member *member, sr_error *error)
{
    if (sink->file_begun && sink->file != member->container) {
        SR_TRY(end_file(sink, error));
    }
    SR_TRY(end_member(sink, error));
    sink->file_begun = true;
    sink->file = member->container;
    SR_TRY(sr_output_tree_note_input(sink->tree, member, error));
    sink->member = member;
    sink->shape = (shape){.format = member->format};
    /* A text opens with its first survivor: without one it is left out. */
    return sr_feed_format_is_whole_file(member->format) ? SR_OK : open_member(sink, error);
}

/* ---------------------------------------------------------------- face */

static bool is_directory(const char *path)
{
    struct stat info;
    size_t n = strlen(path);
    return (n && path[n - 1] == '/') || (stat(path, &info) == 0 && S_ISDIR(info.st_mode));
}

sr_status sr_sink_open(const char *target, sr_write_fn write, void *context, sr_sink **out,
                       sr_error *error)
{
    sr_sink *sink = calloc(1, sizeof *sink);
    if (!sink) {
        return sr_error_set(error, SR_ERR_MEMORY, target, 0, "no memory to write it");
    }
    sr_buffer_init(&sink->undecoded, SR_BUFFER_NO_LIMIT);
    sr_status status = is_directory(target)
                           ? sr_output_tree_create(target, &sink->tree, error)
                           : sr_output_open(target, write, context, &sink->joined, error);
    if (status != SR_OK) {
        sr_sink_abort(sink);
        return status;
    }
    *out = sink;
    return SR_OK;
}

sr_status sr_sink_begin_member(sr_sink *sink, const sr_feed_member *member, sr_error *error)
{
    if (member->format == SR_FEED_UNKNOWN) {
        sr_status status = end_member(sink, error);
        sink->member = NULL;
        return status;
    }
    if (!sink->joined) {
        return begin_in_tree(sink, member, error);
    }
    sink->member = member;
    return begin_joined(sink, member, error);
}

sr_status sr_sink_write_record(sr_sink *sink, const sr_record *record, sr_error *error)
{
    assert(sink->member);
    if (!sink->joined && sr_feed_format_is_whole_file(sink->member->format) &&
        sink->shape.n_records == 0) {
        SR_TRY(open_member(sink, error));
    }
    return emit_record(sink, record, error);
}

static sr_status commit(sr_sink *sink, sr_error *error)
{
    if (!sink->joined) {
        SR_TRY(end_file(sink, error));
        return sr_output_tree_commit(sink->tree, error);
    }
    if (sink->first) {
        SR_TRY(end_shape(sink, sink->first, error));
    }
    sr_output *joined = sink->joined;
    sink->joined = NULL;
    return sr_output_commit(joined, error);
}

sr_status sr_sink_commit(sr_sink *sink, sr_error *error)
{
    sr_status status = commit(sink, error);
    sr_sink_abort(sink);
    return status;
}

void sr_sink_abort(sr_sink *sink)
{
    if (sink) {
        sr_archive_output_free(sink->archive);
        sr_output_abort(sink->output);
        sr_output_abort(sink->joined);
        sr_output_tree_free(sink->tree);
        sr_undecode_close(&sink->undecode);
        sr_buffer_release(&sink->undecoded);
        free(sink->directory);
        free(sink);
    }
}
