/* compare_render.c — a comparison as text for people and as JSON. */
#include "dedup/comparison.h"

enum { SHOWN_PASSAGES = 10 };

/* A share with four decimals, never by the C locale. */
static sr_status append_share(sr_buffer *out, double share)
{
    unsigned ten_thousandths = (unsigned)(share * 10000.0 + 0.5);
    return sr_buffer_append_format(out, "%u.%04u", ten_thousandths / 10000,
                                   ten_thousandths % 10000);
}

static sr_status append_share_line(sr_buffer *out, const char *label, double value,
                                   const char *remark)
{
    SR_TRY(sr_buffer_append_format(out, "%-20s", label));
    SR_TRY(append_share(out, value));
    return sr_buffer_append_format(out, "%s%s\n", remark[0] ? "  " : "", remark);
}

static sr_str passage_text(const sr_comparison *comparison, const sr_passage *passage)
{
    return sr_str_make(comparison->a.text.data + passage->start, passage->end - passage->start);
}

/* The passage on one line: runs of white space become one space. */
static sr_status append_one_line(sr_buffer *out, sr_str text)
{
    bool space = false;
    for (size_t i = 0; i < text.n_bytes; i++) {
        bool is_space = (unsigned char)text.data[i] <= ' ';
        if (!is_space) {
            SR_TRY(sr_buffer_append(out, text.data + i, 1));
        } else if (!space) {
            SR_TRY(sr_buffer_append(out, " ", 1));
        }
        space = is_space;
    }
    return SR_OK;
}

static size_t shown_passages(const sr_comparison *comparison)
{
    return comparison->n_passages < SHOWN_PASSAGES ? comparison->n_passages : SHOWN_PASSAGES;
}

static sr_status append_thresholds(sr_buffer *out, const sr_comparison *comparison)
{
    SR_TRY(sr_buffer_append_format(out, "%-20s", "thresholds"));
    SR_TRY(sr_buffer_append_text(out, "near from likeness "));
    SR_TRY(append_share(out, comparison->thresholds.jaccard));
    SR_TRY(sr_buffer_append_text(out, ", contained from "));
    SR_TRY(append_share(out, comparison->thresholds.containment));
    return sr_buffer_append_format(out, "; shingles of %u words, %s\n",
                                   comparison->params.shingle_words,
                                   comparison->keep_furniture ? "raw" : "without furniture");
}

static sr_status render_text(const sr_comparison *comparison, sr_buffer *out)
{
    const sr_verdict *verdict = &comparison->verdict;
    SR_TRY(sr_buffer_append_format(out, "%-20s%s\n", "a", comparison->a.spec));
    SR_TRY(sr_buffer_append_format(out, "%-20s%s\n", "b", comparison->b.spec));
    SR_TRY(sr_buffer_append_format(out, "%-20s%s\n", "relation",
                                   verdict->same_template ? "same template"
                                                          : sr_relation_name(verdict->relation)));
    SR_TRY(append_share_line(out, "likeness", verdict->likeness,
                             "Jaccard, and of the rest the words of both"));
    SR_TRY(append_share_line(out, "Jaccard", verdict->jaccard, "of the shingles"));
    SR_TRY(append_share_line(out, "estimated Jaccard", verdict->jaccard_estimate,
                             "from the signatures"));
    SR_TRY(append_share_line(out, "a in b", verdict->containment_a_in_b, "of a's shingles"));
    SR_TRY(append_share_line(out, "b in a", verdict->containment_b_in_a, "of b's shingles"));
    SR_TRY(append_share_line(out, "facts that agree", verdict->facts,
                             "of numbers and names in one context"));
    SR_TRY(sr_buffer_append_format(out, "%-20s%u of %d bits\n", "SimHash distance",
                                   verdict->simhash_distance, SR_SIMHASH_BITS));
    SR_TRY(append_thresholds(out, comparison));
    SR_TRY(sr_buffer_append_format(out, "%-20s%zu\n", "shared passages", comparison->n_passages));
    size_t n_shown = shown_passages(comparison);
    for (size_t i = 0; i < n_shown; i++) {
        const sr_passage *passage = &comparison->passages[i];
        SR_TRY(sr_buffer_append_format(out, "  %zu words: \"", passage->n_words));
        SR_TRY(append_one_line(out, passage_text(comparison, passage)));
        SR_TRY(sr_buffer_append_text(out, "\"\n"));
    }
    if (comparison->n_passages > n_shown) {
        SR_TRY(sr_buffer_append_format(out, "  and %zu shorter ones\n",
                                       comparison->n_passages - n_shown));
    }
    return SR_OK;
}

static sr_status append_side_json(sr_buffer *out, const char *key, const sr_compared *side)
{
    SR_TRY(sr_buffer_append_format(out, "\"%s\":{\"article\":", key));
    SR_TRY(sr_buffer_append_json(out, sr_str_of(side->spec)));
    SR_TRY(sr_buffer_append_text(out, ",\"id\":"));
    SR_TRY(sr_buffer_append_json(out, side->id));
    SR_TRY(sr_buffer_append_text(out, ",\"title\":"));
    SR_TRY(sr_buffer_append_json(out, side->title));
    return sr_buffer_append_text(out, "},");
}

static sr_status append_share_json(sr_buffer *out, const char *key, double value)
{
    SR_TRY(sr_buffer_append_format(out, "\"%s\":", key));
    SR_TRY(append_share(out, value));
    return sr_buffer_append_text(out, ",");
}

static sr_status append_verdict_json(sr_buffer *out, const sr_comparison *comparison)
{
    const sr_verdict *verdict = &comparison->verdict;
    SR_TRY(
        sr_buffer_append_format(out, "\"relation\":\"%s\",", sr_relation_name(verdict->relation)));
    SR_TRY(sr_buffer_append_format(out, "\"same_template\":%s,",
                                   verdict->same_template ? "true" : "false"));
    SR_TRY(append_share_json(out, "likeness", verdict->likeness));
    SR_TRY(append_share_json(out, "facts", verdict->facts));
    SR_TRY(append_share_json(out, "jaccard", verdict->jaccard));
    SR_TRY(append_share_json(out, "jaccard_estimate", verdict->jaccard_estimate));
    SR_TRY(append_share_json(out, "containment_a_in_b", verdict->containment_a_in_b));
    SR_TRY(append_share_json(out, "containment_b_in_a", verdict->containment_b_in_a));
    SR_TRY(sr_buffer_append_format(out, "\"simhash_distance\":%u,\"thresholds\":{",
                                   verdict->simhash_distance));
    SR_TRY(append_share_json(out, "jaccard", comparison->thresholds.jaccard));
    SR_TRY(append_share_json(out, "containment", comparison->thresholds.containment));
    return sr_buffer_append_format(out, "\"shingle_words\":%u,\"furniture\":%s},",
                                   comparison->params.shingle_words,
                                   comparison->keep_furniture ? "true" : "false");
}

static sr_status render_json(const sr_comparison *comparison, sr_buffer *out)
{
    SR_TRY(sr_buffer_append_text(out, "{"));
    SR_TRY(append_side_json(out, "a", &comparison->a));
    SR_TRY(append_side_json(out, "b", &comparison->b));
    SR_TRY(append_verdict_json(out, comparison));
    SR_TRY(
        sr_buffer_append_format(out, "\"n_passages\":%zu,\"passages\":[", comparison->n_passages));
    size_t n_shown = shown_passages(comparison);
    for (size_t i = 0; i < n_shown; i++) {
        const sr_passage *passage = &comparison->passages[i];
        SR_TRY(sr_buffer_append_format(out, "%s{\"words\":%zu,\"text\":", i ? "," : "",
                                       passage->n_words));
        SR_TRY(sr_buffer_append_json(out, passage_text(comparison, passage)));
        SR_TRY(sr_buffer_append_text(out, "}"));
    }
    return sr_buffer_append_text(out, "]}\n");
}

sr_status sr_comparison_render(const sr_comparison *comparison, sr_format format, sr_write_fn write,
                               void *context)
{
    if (format != SR_FORMAT_TEXT && format != SR_FORMAT_JSON) {
        return SR_ERR_ARGUMENT;
    }
    sr_buffer out;
    sr_buffer_init(&out, SR_BUFFER_NO_LIMIT);
    sr_status status =
        format == SR_FORMAT_TEXT ? render_text(comparison, &out) : render_json(comparison, &out);
    if (status == SR_OK && !write(context, out.data, out.n_bytes)) {
        status = SR_ERR_IO;
    }
    sr_buffer_release(&out);
    return status;
}
