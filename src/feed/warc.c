/* warc.c — headers of records, and what makes a record a page: a response with status 200 and a
 * type that people read, or a text that was made of one. */
#include "feed/warc.h"

#include "feed/header_block.h"

bool sr_warc_is_head(sr_str head)
{
    head = sr_str_trim(head);
    return sr_header_begins(head, "warc/0.") || sr_header_begins(head, "warc/1.") ||
           sr_header_begins(head, "filedesc://");
}

static bool is_warc(sr_str bytes)
{
    return sr_header_begins(bytes, "warc/");
}

/* An ARC record begins with one line; that of the file itself has two more behind it. */
size_t sr_warc_measure_head(sr_str bytes)
{
    if (is_warc(bytes)) {
        return sr_header_block_measure(bytes);
    }
    const char *end = bytes.n_bytes ? memchr(bytes.data, '\n', bytes.n_bytes) : NULL;
    return end ? (size_t)(end - bytes.data) + 1 : 0;
}

static bool read_number(sr_str digits, uint64_t *number)
{
    *number = 0;
    for (size_t i = 0; i < digits.n_bytes; i++) {
        if (digits.data[i] < '0' || digits.data[i] > '9' || *number > UINT64_MAX / 20) {
            return false;
        }
        *number = *number * 10 + (uint64_t)(digits.data[i] - '0');
    }
    return digits.n_bytes > 0;
}

/* What wget notes of its own run. */
static bool is_of_crawler(sr_str uri)
{
    return sr_header_begins(uri, "metadata:");
}

/* By the type of its content. */
static void judge_type(sr_str type, sr_warc_record *record)
{
    if (sr_header_equal(type, "text/html") || sr_header_equal(type, "application/xhtml+xml")) {
        record->kind = SR_WARC_PAGE;
    } else if (sr_header_equal(type, "text/plain")) {
        record->kind = SR_WARC_TEXT;
    } else {
        record->refusal = sr_header_begins(type, "image/") ? "images" : "other types";
    }
}

/* What crawlers ask for and nobody reads. */
static bool is_for_robots(sr_str uri)
{
    static const char NAME[] = "/robots.txt";
    size_t n = sizeof NAME - 1;
    return uri.n_bytes >= n && memcmp(uri.data + uri.n_bytes - n, NAME, n) == 0;
}

static void judge_response(sr_str block, sr_warc_record *record)
{
    sr_http_message message;
    if (is_for_robots(record->uri)) {
        record->refusal = "robots.txt";
        return;
    }
    if (!sr_http_message_read(block, &message)) {
        record->refusal = "other protocols";
        return;
    }
    record->is_http = true;
    if (message.status >= 300 && message.status < 400) {
        record->refusal = "redirects";
    } else if (message.status != 200) {
        record->refusal = "errors";
    } else if (message.type.n_bytes == 0) {
        sr_str body = sr_str_trim(message.body);
        record->kind = body.n_bytes && body.data[0] == '<' ? SR_WARC_PAGE : SR_WARC_OTHER;
        record->refusal = "other types";
    } else {
        judge_type(message.type, record);
    }
}

/* "<urn:uuid:…>" without its brackets: old writers put addresses into them too. */
static sr_str strip_brackets(sr_str text)
{
    bool has = text.n_bytes > 2 && text.data[0] == '<' && text.data[text.n_bytes - 1] == '>';
    return has ? sr_str_make(text.data + 1, text.n_bytes - 2) : text;
}

static bool read_warc(sr_str head, sr_str block, sr_warc_record *record)
{
    if (!read_number(sr_header_block_find(head, "Content-Length"), &record->n_block)) {
        return false;
    }
    record->type = sr_header_block_find(head, "WARC-Type");
    record->uri = strip_brackets(sr_header_block_find(head, "WARC-Target-URI"));
    record->date = sr_header_block_find(head, "WARC-Date");
    record->id = strip_brackets(sr_header_block_find(head, "WARC-Record-ID"));
    sr_str languages = sr_header_block_find(head, "WARC-Identified-Content-Language");
    const char *comma = languages.n_bytes ? memchr(languages.data, ',', languages.n_bytes) : NULL;
    record->language =
        comma ? sr_str_make(languages.data, (size_t)(comma - languages.data)) : languages;
    sr_str type = sr_header_value_type(sr_header_block_find(head, "Content-Type"));
    if (sr_header_equal(record->type, "warcinfo")) {
        record->kind = SR_WARC_INFO;
    } else if (sr_header_equal(record->type, "response")) {
        judge_response(block, record);
    } else if (is_of_crawler(record->uri)) {
        record->refusal = "metadata";
    } else if (sr_header_equal(record->type, "conversion") ||
               sr_header_equal(record->type, "resource")) {
        judge_type(type, record);
    } else {
        record->refusal = sr_header_equal(record->type, "request")    ? "requests"
                          : sr_header_equal(record->type, "metadata") ? "metadata"
                          : sr_header_equal(record->type, "revisit")  ? "revisits"
                                                                      : "other records";
    }
    return true;
}

/* "URL IP date type length": split at the blanks from the right, because old URLs have some. */
static bool read_arc(sr_str head, sr_str block, sr_warc_record *record)
{
    enum { N_FIELDS = 5 };
    sr_str fields[N_FIELDS];
    sr_str rest = sr_str_trim(head);
    for (int i = N_FIELDS - 1; i > 0; i--) {
        const char *blank = rest.n_bytes ? memrchr(rest.data, ' ', rest.n_bytes) : NULL;
        if (!blank) {
            return false;
        }
        size_t n_left = (size_t)(blank - rest.data);
        fields[i] = sr_str_make(blank + 1, rest.n_bytes - n_left - 1);
        rest.n_bytes = n_left;
    }
    fields[0] = rest;
    if (!memmem(rest.data, rest.n_bytes, ":", 1) || !read_number(fields[4], &record->n_block)) {
        return false;
    }
    record->uri = fields[0];
    record->date = fields[2];
    record->type = sr_str_of("response");
    if (sr_header_begins(record->uri, "filedesc:")) {
        record->kind = SR_WARC_INFO;
    } else {
        judge_response(block, record);
    }
    return true;
}

bool sr_warc_read(sr_str bytes, size_t n_head, sr_warc_record *record)
{
    sr_str head = sr_str_make(bytes.data, n_head);
    sr_str block = sr_str_make(bytes.data + n_head, bytes.n_bytes - n_head);
    *record = (sr_warc_record){.head = head};
    return is_warc(head) ? read_warc(head, block, record) : read_arc(head, block, record);
}
