/* inspect_render.c — an inspection as lines for people and as JSON for programs. */
#include "base/date.h"
#include "ingest/inspect.h"
#include "related/render.h"

enum { SHOWN_CHARACTERS = 160 };

/* ---------------------------------------------------------------- text */

/* "  title       headline, name (guessed)   167": a name column wide enough for the fields. */
static sr_status append_label(sr_buffer *out, const char *label)
{
    return sr_buffer_append_format(out, "  %-11s ", label);
}

static sr_status append_format_line(sr_buffer *out, const sr_inspect_group *group)
{
    static const char *const DELIMITER_NAMES[] = {
        [','] = "comma", [';'] = "semicolon", ['\t'] = "tab", ['|'] = "bar"};
    SR_TRY(append_label(out, "format"));
    SR_TRY(sr_buffer_append_text(out, sr_feed_format_name(group->format)));
    size_t c = (unsigned char)group->delimiter;
    const char *named = c < SR_ARRAY_COUNT(DELIMITER_NAMES) ? DELIMITER_NAMES[c] : NULL;
    if (group->format == SR_FEED_CSV) {
        SR_TRY(named ? sr_buffer_append_format(out, ", by %s", named)
                     : sr_buffer_append_format(out, ", by '%c'", group->delimiter));
        SR_TRY(sr_buffer_append_text(out, group->has_header ? "" : ", no header row"));
    }
    if (group->format != SR_FEED_UNKNOWN) {
        SR_TRY(sr_buffer_append_format(out, ", %s", group->encoding));
    }
    if (group->compression != SR_COMPRESSION_NONE) {
        SR_TRY(sr_buffer_append_format(out, ", compressed (%s)",
                                       sr_compression_extension(group->compression) + 1));
    }
    return sr_buffer_append_text(out, "\n");
}

static sr_status append_field(sr_buffer *out, sr_feed_field f, const sr_inspect_group *group)
{
    const sr_inspect_field *field = &group->fields[f];
    uint64_t n_good = group->n_records - group->n_bad;
    if (field->n_filled == 0 && field->n_names == 0) {
        return SR_OK;
    }
    SR_TRY(append_label(out, sr_feed_field_name(f)));
    for (size_t i = 0; i < field->n_names; i++) {
        SR_TRY(sr_buffer_append_text(out, i ? ", " : "= "));
        SR_TRY(sr_render_line(out, field->names[i], 0));
    }
    if (f == SR_FEED_FIELD_ID && field->n_names == 0) {
        return sr_buffer_append_text(out, group->fields[SR_FEED_FIELD_URL].n_filled ? "the url\n"
                                                                                    : "the path\n");
    }
    const char *gap = field->n_names ? "  " : "";
    if (field->n_filled == n_good) {
        return sr_buffer_append_format(out, "%s(all)\n", gap);
    }
    return sr_buffer_append_format(
        out, "%s(%llu of %llu%s)\n", gap, (unsigned long long)field->n_filled,
        (unsigned long long)n_good,
        f == SR_FEED_FIELD_PUBLISHED && field->n_filled == 0 ? ": not understood as a date" : "");
}

static sr_status append_sample_line(sr_buffer *out, const char *label, sr_str value)
{
    if (value.n_bytes == 0) {
        return SR_OK;
    }
    SR_TRY(sr_buffer_append_format(out, "    %-9s ", label));
    SR_TRY(sr_render_line(out, value, SHOWN_CHARACTERS));
    return sr_buffer_append_text(out, "\n");
}

static sr_status append_sample(sr_buffer *out, const sr_inspect_group *group)
{
    const sr_article *sample = &group->sample;
    char published[SR_TIME_TEXT_BYTES];
    sr_time_format(sample->published_s, published);
    SR_TRY(append_label(out, "sample"));
    SR_TRY(sr_render_line(out, group->sample_file, 0));
    SR_TRY(sr_buffer_append_format(out, ":%llu\n", (unsigned long long)group->sample_number));
    const struct {
        const char *label;
        sr_str value;
    } LINES[] = {{"id", sample->id},
                 {"title", sample->title},
                 {"url", sample->url},
                 {"source", sample->source},
                 {"author", sample->author},
                 {"published", sr_str_of(published)},
                 {"language", sample->language},
                 {"tags", sample->tags},
                 {"image", sample->image},
                 {"lead", sample->lead},
                 {"text", sample->text}};
    for (size_t i = 0; i < SR_ARRAY_COUNT(LINES); i++) {
        SR_TRY(append_sample_line(out, LINES[i].label, LINES[i].value));
    }
    return SR_OK;
}

static sr_status append_problems(sr_buffer *out, const sr_inspect_group *group)
{
    uint64_t n_more = group->n_bad;
    for (size_t i = 0; i < group->n_problems; i++) {
        const sr_inspect_problem *problem = &group->problems[i];
        SR_TRY(append_label(out, i ? "" : "problems"));
        SR_TRY(sr_render_line(out, problem->file, 0));
        if (problem->line) {
            SR_TRY(sr_buffer_append_format(out, ":%llu", (unsigned long long)problem->line));
        }
        SR_TRY(sr_buffer_append_text(out, ": "));
        SR_TRY(sr_render_line(out, problem->reason, 0));
        SR_TRY(problem->n_records > 1
                   ? sr_buffer_append_format(out, " (%llu records)\n",
                                             (unsigned long long)problem->n_records)
                   : sr_buffer_append_text(out, "\n"));
        n_more -= problem->n_records;
    }
    if (n_more) {
        SR_TRY(append_label(out, ""));
        return sr_buffer_append_format(out, "and %llu more\n", (unsigned long long)n_more);
    }
    return SR_OK;
}

static sr_status append_group(sr_buffer *out, const sr_inspect_group *group)
{
    SR_TRY(sr_render_line(out, group->file, 0));
    if (group->n_files > 1) {
        SR_TRY(sr_buffer_append_format(out, " and %llu more file%s",
                                       (unsigned long long)(group->n_files - 1),
                                       group->n_files == 2 ? "" : "s"));
    }
    SR_TRY(sr_buffer_append_text(out, "\n"));
    SR_TRY(append_format_line(out, group));
    SR_TRY(append_label(out, "records"));
    SR_TRY(sr_buffer_append_format(out, "%llu", (unsigned long long)group->n_records));
    if (group->n_bad) {
        SR_TRY(sr_buffer_append_format(out, ", %llu bad", (unsigned long long)group->n_bad));
    }
    if (group->n_empty) {
        SR_TRY(sr_buffer_append_format(out, ", %llu without a word",
                                       (unsigned long long)group->n_empty));
    }
    SR_TRY(sr_buffer_append_text(out, "\n"));
    for (int f = 0; f < SR_FEED_FIELD_COUNT; f++) {
        SR_TRY(append_field(out, (sr_feed_field)f, group));
    }
    for (size_t i = 0; i < group->n_unread; i++) {
        SR_TRY(i ? sr_buffer_append_text(out, ", ") : append_label(out, "not read"));
        SR_TRY(sr_render_line(out, group->unread[i], 0));
    }
    SR_TRY(sr_buffer_append_text(out, group->n_unread ? "\n" : ""));
    SR_TRY(group->has_sample ? append_sample(out, group) : SR_OK);
    return append_problems(out, group);
}

static sr_status render_text(const sr_inspection *inspection, sr_buffer *out)
{
    for (size_t i = 0; i < inspection->n_groups; i++) {
        SR_TRY(sr_buffer_append_text(out, i ? "\n" : ""));
        SR_TRY(append_group(out, &inspection->groups[i]));
    }
    if (inspection->n_groups == 0) {
        SR_TRY(sr_buffer_append_text(out, "there is no file to read\n"));
    }
    if (inspection->n_repeated_ids) {
        SR_TRY(sr_buffer_append_format(
            out, "\nrecords with the id of an earlier one, which they would replace: %llu\n",
            (unsigned long long)inspection->n_repeated_ids));
    }
    for (size_t i = 0; i < inspection->n_skips; i++) {
        SR_TRY(sr_buffer_append_format(out, "%s%llu %s", i ? ", " : "\nleft out: ",
                                       (unsigned long long)inspection->skips[i].n_records,
                                       inspection->skips[i].what));
    }
    SR_TRY(sr_buffer_append_text(out, inspection->n_skips ? "\n" : ""));
    for (size_t i = 0; i < inspection->n_warnings; i++) {
        SR_TRY(sr_buffer_append_text(out, i ? "" : "\n"));
        SR_TRY(sr_render_line(out, inspection->warnings[i], 0));
        SR_TRY(sr_buffer_append_text(out, "\n"));
    }
    return SR_OK;
}

/* ---------------------------------------------------------------- JSON */

static sr_status append_member(sr_buffer *out, const char *key, sr_str value)
{
    SR_TRY(sr_buffer_append_format(out, ",\"%s\":", key));
    return sr_buffer_append_json(out, value);
}

static sr_status append_names(sr_buffer *out, const sr_str *names, size_t n_names)
{
    SR_TRY(sr_buffer_append_text(out, "["));
    for (size_t i = 0; i < n_names; i++) {
        SR_TRY(sr_buffer_append_text(out, i ? "," : ""));
        SR_TRY(sr_buffer_append_json(out, names[i]));
    }
    return sr_buffer_append_text(out, "]");
}

static sr_status append_fields_json(sr_buffer *out, const sr_inspect_group *group)
{
    const char *joint = "";
    SR_TRY(sr_buffer_append_text(out, ",\"fields\":{"));
    for (int f = 0; f < SR_FEED_FIELD_COUNT; f++) {
        const sr_inspect_field *field = &group->fields[f];
        if (field->n_filled || field->n_names) {
            SR_TRY(sr_buffer_append_format(out, "%s\"%s\":{\"names\":", joint,
                                           sr_feed_field_name((sr_feed_field)f)));
            SR_TRY(append_names(out, field->names, field->n_names));
            SR_TRY(sr_buffer_append_format(out, ",\"filled\":%llu}",
                                           (unsigned long long)field->n_filled));
            joint = ",";
        }
    }
    SR_TRY(sr_buffer_append_text(out, "},\"not_read\":"));
    return append_names(out, group->unread, group->n_unread);
}

static sr_status append_sample_json(sr_buffer *out, const sr_inspect_group *group)
{
    const sr_article *sample = &group->sample;
    char published[SR_TIME_TEXT_BYTES];
    sr_time_format(sample->published_s, published);
    SR_TRY(sr_buffer_append_text(out, ",\"sample\":{\"file\":"));
    SR_TRY(sr_buffer_append_json(out, group->sample_file));
    SR_TRY(
        sr_buffer_append_format(out, ",\"number\":%llu", (unsigned long long)group->sample_number));
    SR_TRY(append_member(out, "id", sample->id));
    SR_TRY(append_member(out, "title", sample->title));
    SR_TRY(append_member(out, "url", sample->url));
    SR_TRY(append_member(out, "source", sample->source));
    SR_TRY(append_member(out, "author", sample->author));
    SR_TRY(append_member(out, "published", sr_str_of(published)));
    SR_TRY(append_member(out, "language", sample->language));
    SR_TRY(append_member(out, "tags", sample->tags));
    SR_TRY(append_member(out, "image", sample->image));
    SR_TRY(append_member(out, "lead", sample->lead));
    SR_TRY(append_member(out, "text", sample->text));
    return sr_buffer_append_text(out, "}");
}

static sr_status append_group_json(sr_buffer *out, const sr_inspection *inspection,
                                   const sr_inspect_group *group)
{
    const char *packed = sr_compression_extension(group->compression);
    SR_TRY(sr_buffer_append_text(out, "{\"feed\":"));
    SR_TRY(sr_buffer_append_json(out, inspection->feeds[group->argument]));
    SR_TRY(append_member(out, "file", group->file));
    SR_TRY(sr_buffer_append_format(
        out, ",\"files\":%llu,\"format\":\"%s\",\"encoding\":\"%s\",\"compression\":\"%s\"",
        (unsigned long long)group->n_files, sr_feed_format_name(group->format), group->encoding,
        packed[0] ? packed + 1 : ""));
    if (group->format == SR_FEED_CSV) {
        SR_TRY(append_member(out, "delimiter", sr_str_make(&group->delimiter, 1)));
        SR_TRY(
            sr_buffer_append_format(out, ",\"header\":%s", group->has_header ? "true" : "false"));
    }
    SR_TRY(sr_buffer_append_format(
        out, ",\"records\":%llu,\"bad\":%llu,\"empty\":%llu", (unsigned long long)group->n_records,
        (unsigned long long)group->n_bad, (unsigned long long)group->n_empty));
    SR_TRY(append_fields_json(out, group));
    SR_TRY(group->has_sample ? append_sample_json(out, group) : SR_OK);
    SR_TRY(sr_buffer_append_text(out, ",\"problems\":["));
    for (size_t i = 0; i < group->n_problems; i++) {
        SR_TRY(sr_buffer_append_text(out, i ? ",{\"file\":" : "{\"file\":"));
        SR_TRY(sr_buffer_append_json(out, group->problems[i].file));
        SR_TRY(sr_buffer_append_format(out, ",\"line\":%llu",
                                       (unsigned long long)group->problems[i].line));
        SR_TRY(append_member(out, "reason", group->problems[i].reason));
        SR_TRY(sr_buffer_append_format(out, ",\"records\":%llu",
                                       (unsigned long long)group->problems[i].n_records));
        SR_TRY(sr_buffer_append_text(out, "}"));
    }
    return sr_buffer_append_text(out, "]}");
}

static sr_status render_json(const sr_inspection *inspection, sr_buffer *out)
{
    SR_TRY(sr_buffer_append_text(out, "{\"groups\":["));
    for (size_t i = 0; i < inspection->n_groups; i++) {
        SR_TRY(sr_buffer_append_text(out, i ? "," : ""));
        SR_TRY(append_group_json(out, inspection, &inspection->groups[i]));
    }
    SR_TRY(sr_buffer_append_format(out, "],\"repeated_ids\":%llu,\"warnings\":",
                                   (unsigned long long)inspection->n_repeated_ids));
    SR_TRY(append_names(out, inspection->warnings, inspection->n_warnings));
    SR_TRY(sr_buffer_append_text(out, ",\"left_out\":{"));
    for (size_t i = 0; i < inspection->n_skips; i++) {
        SR_TRY(sr_buffer_append_format(out, "%s\"%s\":%llu", i ? "," : "",
                                       inspection->skips[i].what,
                                       (unsigned long long)inspection->skips[i].n_records));
    }
    return sr_buffer_append_text(out, "}}\n");
}

sr_status sr_inspection_render(const sr_inspection *inspection, sr_format format, sr_write_fn write,
                               void *context)
{
    sr_buffer out;
    sr_buffer_init(&out, SR_BUFFER_NO_LIMIT);
    sr_status status = format == SR_FORMAT_TEXT   ? render_text(inspection, &out)
                       : format == SR_FORMAT_JSON ? render_json(inspection, &out)
                                                  : SR_ERR_ARGUMENT;
    if (status == SR_OK && !write(context, out.data, out.n_bytes)) {
        status = SR_ERR_IO;
    }
    sr_buffer_release(&out);
    return status;
}
