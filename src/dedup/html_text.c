/* html_text.c — runs of a text, in turn not shared and shared; of each, head and tail are shown. */
#include "dedup/html_text.h"

#include <stdlib.h>

enum { SHOWN_SHARED = 160, SHOWN_OWN = 500, MAX_SHOWN = 6000 };

static int compare_starts(const void *a, const void *b)
{
    const sr_passage *x = a;
    const sr_passage *y = b;
    return (x->start > y->start) - (x->start < y->start);
}

/* The last place at or before `at` where a character begins. */
static size_t character_start(sr_str text, size_t at)
{
    while (at > 0 && at < text.n_bytes && ((unsigned char)text.data[at] & 0xc0) == 0x80) {
        at--;
    }
    return at;
}

static size_t count_characters(sr_str text)
{
    size_t n = 0;
    for (size_t i = 0; i < text.n_bytes; i++) {
        n += ((unsigned char)text.data[i] & 0xc0) != 0x80;
    }
    return n;
}

static sr_status append_cut(sr_buffer *page, sr_str left_out)
{
    size_t n = count_characters(left_out);
    return sr_buffer_append_format(page, "<span class=\"cut\">[… %zu character%s …]</span>", n,
                                   n == 1 ? "" : "s");
}

/* `n_shown` bytes of each end of a run. */
static sr_status append_run(sr_buffer *page, sr_str run, bool shared)
{
    size_t n_shown = shared ? SHOWN_SHARED : SHOWN_OWN;
    SR_TRY(sr_buffer_append_text(page, shared ? "<mark>" : ""));
    if (run.n_bytes <= 2 * n_shown + n_shown / 2) {
        SR_TRY(sr_buffer_append_html(page, run));
    } else {
        size_t head = character_start(run, n_shown);
        size_t tail = character_start(run, run.n_bytes - n_shown);
        SR_TRY(sr_buffer_append_html(page, sr_str_make(run.data, head)));
        SR_TRY(append_cut(page, sr_str_make(run.data + head, tail - head)));
        SR_TRY(sr_buffer_append_html(page, sr_str_make(run.data + tail, run.n_bytes - tail)));
    }
    return sr_buffer_append_text(page, shared ? "</mark>" : "");
}

static sr_status append_runs(sr_buffer *page, sr_str text, const sr_passage *passages,
                             size_t n_passages)
{
    size_t n_before = page->n_bytes;
    size_t at = 0;
    for (size_t i = 0; i < n_passages && page->n_bytes - n_before < MAX_SHOWN; i++) {
        size_t start = passages[i].start > at ? passages[i].start : at;
        if (passages[i].end <= start) {
            continue;
        }
        SR_TRY(append_run(page, sr_str_make(text.data + at, start - at), false));
        SR_TRY(append_run(page, sr_str_make(text.data + start, passages[i].end - start), true));
        at = passages[i].end;
    }
    sr_str rest = sr_str_make(text.data + at, text.n_bytes - at);
    if (page->n_bytes - n_before >= MAX_SHOWN && rest.n_bytes) {
        return append_cut(page, rest);
    }
    return append_run(page, rest, false);
}

sr_status sr_html_append_marked(sr_signer *signer, sr_str text, sr_str other, sr_buffer *page)
{
    sr_passage *passages = NULL;
    size_t n_passages = 0;
    SR_TRY(sr_passages_find(signer, text, other, &passages, &n_passages));
    if (n_passages) {
        qsort(passages, n_passages, sizeof *passages, compare_starts);
    }
    sr_status status = append_runs(page, text, passages, n_passages);
    free(passages);
    return status;
}
