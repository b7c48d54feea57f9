/* run_identity.c — options by their values, doubles by their bits; files by size and time. The
 * number of threads, the kernel and the memory are not here: they change nothing. */
#include "dedup/run_identity.h"

#include "base/hash.h"
#include "feed/walk.h"

#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PARAMS_BYTES = 512, LABEL_BYTES = 200 };

static SR_MUST_USE sr_status append_text(sr_buffer *lines, const char *label, const char *text)
{
    SR_TRY(sr_buffer_append_format(lines, "%s: ", label));
    SR_TRY(text ? sr_buffer_append_json(lines, sr_str_of(text)) : SR_OK);
    return sr_buffer_append_text(lines, "\n");
}

static SR_MUST_USE sr_status append_number(sr_buffer *lines, const char *label, uint64_t number)
{
    return sr_buffer_append_format(lines, "%s: %llu\n", label, (unsigned long long)number);
}

static SR_MUST_USE sr_status append_share(sr_buffer *lines, const char *label, double share)
{
    uint64_t bits;
    memcpy(&bits, &share, sizeof bits);
    return append_number(lines, label, bits);
}

static sr_status append_feed_options(sr_buffer *lines, const sr_feed_options *feed)
{
    SR_TRY(append_text(lines, "map", feed->map));
    SR_TRY(append_text(lines, "input format", feed->input_format));
    SR_TRY(append_text(lines, "encoding", feed->encoding));
    SR_TRY(append_text(lines, "root", feed->root));
    SR_TRY(append_text(lines, "quotes", feed->quotes));
    SR_TRY(append_number(lines, "delimiter", (uint64_t)(unsigned char)feed->delimiter));
    SR_TRY(append_number(lines, "furniture", feed->keep_furniture));
    SR_TRY(append_number(lines, "largest record", feed->max_record_bytes));
    SR_TRY(append_number(lines, "present time", (uint64_t)feed->now_s));
    SR_TRY(append_number(lines, "unpacking ratio", feed->max_unpack_ratio));
    SR_TRY(append_number(lines, "unpacking layers", feed->max_unpack_layers));
    SR_TRY(append_number(lines, "number of bad records", feed->max_bad));
    return append_share(lines, "share of bad records", feed->max_bad_share);
}

static sr_status append_options(sr_buffer *lines, const sr_dedup_options *options)
{
    char params[PARAMS_BYTES];
    SR_TRY(append_text(lines, "version", sr_version()));
    SR_TRY(sr_params_to_json(&options->params, params, sizeof params));
    SR_TRY(append_text(lines, "signatures", params));
    SR_TRY(append_share(lines, "threshold", options->thresholds.jaccard));
    SR_TRY(append_share(lines, "containment", options->thresholds.containment));
    SR_TRY(append_number(lines, "method", options->thresholds.plain));
    SR_TRY(append_feed_options(lines, &options->feed));
    SR_TRY(append_text(lines, "output", options->output));
    for (size_t i = 0; i < options->n_reports; i++) {
        SR_TRY(append_text(lines, "report", options->reports[i]));
    }
    SR_TRY(append_text(lines, "keep rule", options->keep));
    SR_TRY(append_number(lines, "clusters", options->components));
    SR_TRY(append_number(lines, "dropped relations", options->drop));
    SR_TRY(append_number(lines, "audit", options->n_audited));
    SR_TRY(append_text(lines, "store", options->against));
    SR_TRY(append_number(lines, "adding", options->add));
    return append_number(lines, "dry run", options->dry_run);
}

static sr_status append_file(sr_buffer *lines, const char *path)
{
    struct stat about;
    if (stat(path, &about) != 0) {
        memset(&about, 0, sizeof about); /* gone: it differs from what it was */
    }
    SR_TRY(sr_buffer_append_format(lines, "file: %llu %lld.%09ld ",
                                   (unsigned long long)about.st_size,
                                   (long long)about.st_mtim.tv_sec, about.st_mtim.tv_nsec));
    SR_TRY(sr_buffer_append_json(lines, sr_str_of(path)));
    return sr_buffer_append_text(lines, "\n");
}

static sr_status append_files(sr_buffer *lines, const char *const *feeds, size_t n_feeds,
                              const sr_feed_options *options, sr_error *error)
{
    sr_walk *walk = NULL;
    uint64_t unused;
    SR_TRY(sr_walk_open(feeds, n_feeds, NULL, &walk, &unused, error));
    sr_walk_set_root(walk, options->root);
    sr_walk_item item;
    bool found = true;
    sr_status status = SR_OK;
    while (status == SR_OK && found) {
        status = sr_walk_next(walk, &item, &found);
        if (status == SR_OK && found) {
            status = append_file(lines, item.path);
        }
    }
    sr_walk_close(walk);
    return status;
}

sr_status sr_run_identity(const char *const *feeds, size_t n_feeds, const sr_dedup_options *options,
                          sr_buffer *lines, sr_error *error)
{
    sr_buffer_clear(lines);
    sr_status status = append_options(lines, options);
    for (size_t i = 0; status == SR_OK && i < n_feeds; i++) {
        status = append_text(lines, "feed", feeds[i]);
    }
    if (status != SR_OK) {
        return sr_error_set(error, status, NULL, 0, "%s", sr_status_text(status));
    }
    return append_files(lines, feeds, n_feeds, &options->feed, error);
}

/* ---------------------------------------------------------------- comparing */

static sr_str next_line(sr_str *rest)
{
    const char *end = rest->n_bytes ? memchr(rest->data, '\n', rest->n_bytes) : NULL;
    size_t n = end ? (size_t)(end - rest->data) : rest->n_bytes;
    sr_str line = sr_str_make(rest->data, n);
    size_t n_gone = end ? n + 1 : n;
    *rest = sr_str_make(rest->data ? rest->data + n_gone : NULL, rest->n_bytes - n_gone);
    return line;
}

static bool begins(sr_str line, const char *text)
{
    size_t n = strlen(text);
    return line.n_bytes >= n && memcmp(line.data, text, n) == 0;
}

/* The quoted path at the end of a line of a file; "": it is none. */
static sr_str path_of(sr_str line)
{
    const char *quote = begins(line, "file: ") ? memchr(line.data, '"', line.n_bytes) : NULL;
    return quote ? sr_str_make(quote, line.n_bytes - (size_t)(quote - line.data))
                 : sr_str_make(NULL, 0);
}

static void copy_cut(sr_str text, char out[LABEL_BYTES])
{
    size_t n = text.n_bytes < LABEL_BYTES - 1 ? text.n_bytes : LABEL_BYTES - 1;
    if (n) {
        memcpy(out, text.data, n);
    }
    out[n] = '\0';
}

static sr_status tell_difference(sr_str before, sr_str now, const char *dir, sr_error *error)
{
    char what[LABEL_BYTES];
    sr_str path = path_of(before);
    sr_str other = path_of(now);
    if (path.n_bytes && sr_str_equal(path, other)) {
        copy_cut(path, what);
        return sr_error_set(error, SR_ERR_MISMATCH, dir, 0,
                            "%s has changed since the run was interrupted; without --resume a new "
                            "run begins",
                            what);
    }
    if (path.n_bytes || other.n_bytes) {
        copy_cut(path.n_bytes ? path : other, what);
        return sr_error_set(error, SR_ERR_MISMATCH, dir, 0,
                            "other files are there than when the run was interrupted, the first is "
                            "%s; without --resume a new run begins",
                            what);
    }
    sr_str line = before.n_bytes ? before : now;
    const char *colon = line.n_bytes ? memchr(line.data, ':', line.n_bytes) : NULL;
    copy_cut(sr_str_make(line.data, colon ? (size_t)(colon - line.data) : line.n_bytes), what);
    return sr_error_set(error, SR_ERR_MISMATCH, dir, 0,
                        "the interrupted run had another %s; without --resume a new run begins",
                        what);
}

sr_str sr_run_identity_options(sr_str lines)
{
    sr_str rest = lines;
    while (rest.n_bytes && !begins(rest, "file: ")) {
        (void)next_line(&rest);
    }
    return sr_str_make(lines.data, lines.n_bytes - rest.n_bytes);
}

sr_status sr_run_identity_compare(sr_str before, sr_str now, const char *dir, sr_error *error)
{
    while (before.n_bytes || now.n_bytes) {
        sr_str a = next_line(&before);
        sr_str b = next_line(&now);
        if (!sr_str_equal(a, b)) {
            return tell_difference(a, b, dir, error);
        }
    }
    return SR_OK;
}

sr_status sr_run_identity_key(const char *const *feeds, size_t n_feeds,
                              const sr_dedup_options *options, uint64_t *key)
{
    sr_buffer text;
    char here[PATH_MAX];
    sr_buffer_init(&text, SR_BUFFER_NO_LIMIT);
    bool has_file = options->output && strcmp(options->output, "-") != 0;
    sr_status status = append_text(&text, "in", getcwd(here, sizeof here) ? here : "");
    if (status == SR_OK && has_file) {
        status = append_text(&text, "output", options->output);
    } else if (status == SR_OK && options->n_reports) {
        status = append_text(&text, "report", options->reports[0]);
    }
    for (size_t i = 0; status == SR_OK && !has_file && !options->n_reports && i < n_feeds; i++) {
        status = append_text(&text, "feed", feeds[i]);
    }
    *key = sr_hash_str(sr_buffer_view(&text));
    sr_buffer_release(&text);
    return status;
}
