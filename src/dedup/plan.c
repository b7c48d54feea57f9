/* plan.c — a sample of the first articles, and the sizes of all files.
 *
 *   articles   bytes of the files × how far the sample unpacked / bytes a record
 *   memory     what is kept of every article while bands are compared
 *   temporary  id and text (by the plain method, words) of every article; its whole record where
 *              the input is packed
 *   in vain    pairs of the sample below the threshold, each weighed with the chance that it meets.
 *              Chance likeness grows with the square of the number of articles; what is alike for a
 *              reason (copies, forms) has few fellows wherever it stands, and grows with it.
 */
#include "dedup/plan.h"

#include "dedup/budget.h"
#include "dedup/temp_dir.h"
#include "feed/pipeline.h"
#include "feed/walk.h"
#include "sketch/banding.h"
#include "sketch/compare.h"
#include "sketch/signer.h"
#include "text/body.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

enum {
    SAMPLE_ARTICLES = 2000,
    SAMPLE_OF_SIZES = 256, /* where no pairs are asked for: before every long run */
    SAMPLE_BATCH_RECORDS = 256,
    SAMPLE_BATCH_BYTES = 1 << 20
};
static const uint64_t ANNOUNCED_BYTES = (uint64_t)64 << 20;
static const uint64_t SAMPLE_BYTES = (uint64_t)32 << 20;

/* What was learnt from the first articles. */
typedef struct plan_sample {
    uint16_t *values; /* of n_articles */
    uint64_t n_articles;
    uint64_t max_articles;
    bool with_pairs; /* the articles are signed */
    uint64_t n_records;
    uint64_t n_raw_bytes;
    uint64_t n_text_bytes; /* ids too */
    uint64_t n_packed_bytes;
    uint64_t n_unpacked_bytes;
    uint64_t first_packed_bytes; /* after the first batch */
    uint64_t first_unpacked_bytes;
    bool ended;
} plan_sample;

typedef struct sampler {
    const sr_dedup_options *options;
    sr_feed *feed;
    sr_record_parser *parser;
    sr_signer *signer;
    sr_cleaner cleaner;
    sr_arena arena;
    plan_sample *sample;
} sampler;

static sr_status sample_record(sampler *self, const sr_record *record)
{
    plan_sample *sample = self->sample;
    sr_article article;
    sr_error ignored;
    sample->n_records++;
    sample->n_raw_bytes += record->raw.n_bytes;
    sr_arena_reset(&self->arena);
    sr_status status =
        record->bad ? SR_ERR_FORMAT
                    : sr_record_parse(self->parser, record, &self->arena, &article, &ignored);
    if (status == SR_ERR_FORMAT || status == SR_ERR_LIMIT) {
        return SR_OK;
    }
    SR_TRY(status);
    sr_str text;
    sr_signature signature;
    uint32_t n_values = self->options->params.n_values;
    SR_TRY(
        sr_body_choose(&article, self->options->feed.keep_furniture, &self->cleaner, &text, NULL));
    bool words_do = self->options->thresholds.plain && !self->options->against;
    if (sample->with_pairs || words_do) {
        SR_TRY(sr_signer_sign_values(self->signer, text, &signature));
    }
    sample->n_text_bytes += article.id.n_bytes;
    sample->n_text_bytes +=
        words_do ? (size_t)signature.n_words * SR_WORD_CODE_BYTES : text.n_bytes;
    if (!sample->with_pairs) {
        sample->n_articles++;
        return SR_OK;
    }
    if (signature.n_words > 0 && sample->n_articles < sample->max_articles) {
        memcpy(sample->values + sample->n_articles++ * n_values, signature.values,
               n_values * sizeof *sample->values);
    }
    return SR_OK;
}

static sr_status sample_feed(sampler *self, sr_error *error)
{
    plan_sample *sample = self->sample;
    sr_record_batch batch;
    uint64_t total;
    sr_record_batch_init(&batch);
    sr_status status = SR_OK;
    while (status == SR_OK && !sample->ended && sample->n_articles < sample->max_articles &&
           sample->n_raw_bytes < SAMPLE_BYTES) {
        status =
            sr_feed_next_batch(self->feed, SAMPLE_BATCH_RECORDS, SAMPLE_BATCH_BYTES, &batch, error);
        sample->ended = batch.n_records == 0;
        for (size_t i = 0; status == SR_OK && i < batch.n_records; i++) {
            status = sample_record(self, &batch.records[i]);
        }
        if (sample->first_unpacked_bytes == 0) {
            sr_feed_progress(self->feed, &sample->first_packed_bytes, &total);
            sample->first_unpacked_bytes = sr_feed_bytes_read(self->feed);
        }
    }
    sr_feed_progress(self->feed, &sample->n_packed_bytes, &total);
    sample->n_unpacked_bytes = sr_feed_bytes_read(self->feed);
    sr_record_batch_release(&batch);
    return status;
}

/* What the feed has to say it says when it is read. */
static sr_status take_sample(const char *const *feeds, size_t n_feeds,
                             const sr_dedup_options *options, const sr_observer *observer,
                             plan_sample *out, sr_error *error)
{
    sampler self = {.options = options, .sample = out};
    sr_observer quiet = observer ? *observer : (sr_observer){0};
    quiet.message = NULL;
    sr_cleaner_init(&self.cleaner);
    sr_arena_init(&self.arena);
    out->values =
        malloc((size_t)out->max_articles * options->params.n_values * sizeof *out->values);
    sr_status status =
        out->values ? sr_signer_create(&options->params, &self.signer) : SR_ERR_MEMORY;
    if (status == SR_OK) {
        status = sr_feed_open(feeds, n_feeds, &options->feed, &quiet, &self.feed, error);
    }
    if (status == SR_OK) {
        status = sr_record_parser_create(self.feed, &self.parser);
    }
    if (status == SR_OK) {
        status = sample_feed(&self, error);
    }
    sr_record_parser_free(self.parser);
    sr_feed_close(self.feed);
    sr_signer_free(self.signer);
    sr_cleaner_release(&self.cleaner);
    sr_arena_release(&self.arena);
    return status == SR_ERR_MEMORY ? sr_error_set(error, status, NULL, 0, "out of memory") : status;
}

/* ---------------------------------------------------------------- sizes */

/* Sum of the files; `is_pipe` where one of them has no size, `packed` of those of a compression. */
static sr_status measure_files(const char *const *feeds, size_t n_feeds, uint64_t *total,
                               uint64_t *packed, bool *is_pipe, sr_error *error)
{
    sr_walk *walk = NULL;
    uint64_t unused;
    SR_TRY(sr_walk_open(feeds, n_feeds, NULL, &walk, &unused, error));
    sr_walk_item item;
    bool found = true;
    sr_status status = SR_OK;
    *total = *packed = 0;
    *is_pipe = false;
    while (status == SR_OK && found) {
        struct stat about;
        status = sr_walk_next(walk, &item, &found);
        if (status != SR_OK || !found || item.problem) {
            continue;
        }
        bool sized =
            strcmp(item.path, "-") != 0 && stat(item.path, &about) == 0 && S_ISREG(about.st_mode);
        *is_pipe |= !sized;
        uint64_t n_bytes = sized ? (uint64_t)about.st_size : 0;
        *total += n_bytes;
        *packed += sr_compression_of_name(item.path) != SR_COMPRESSION_NONE ? n_bytes : 0;
    }
    sr_walk_close(walk);
    return status == SR_OK ? SR_OK
                           : sr_error_set(error, status, NULL, 0, "%s", sr_status_text(status));
}

static uint64_t free_bytes(const char *dir)
{
    struct statvfs room;
    return statvfs(dir, &room) == 0 ? (uint64_t)room.f_bavail * room.f_frsize : UINT64_MAX;
}

/* part · whole / of, in doubles: these are estimates. */
static uint64_t scale(uint64_t part, double factor)
{
    double scaled = (double)part * factor;
    return scaled < 1e18 ? (uint64_t)(scaled + 0.5) : (uint64_t)1e18;
}

static double vain_pairs(const plan_sample *sample, const sr_params *params, double threshold,
                         double growth)
{
    static const double ALIKE_FOR_A_REASON = 0.3;
    uint32_t n_values = params->n_values;
    size_t n_articles = (size_t)sample->n_articles;
    uint64_t *counts = calloc((size_t)n_values + 1, sizeof *counts);
    double sum = 0.0;
    for (size_t a = 0; counts && a < n_articles; a++) {
        for (size_t b = 0; b < a; b++) {
            counts[sr_kernels_get()->count_equal_u16(sample->values + a * n_values,
                                                     sample->values + b * n_values, n_values)]++;
        }
    }
    for (uint32_t n = 0; counts && n <= n_values; n++) {
        double jaccard = (double)n / n_values;
        double factor = jaccard < ALIKE_FOR_A_REASON ? growth * growth : growth;
        if (jaccard < threshold) {
            sum +=
                factor * (double)counts[n] * sr_banding_meets(params->bands, params->rows, jaccard);
        }
    }
    free(counts);
    return sum;
}

/* ---------------------------------------------------------------- the plan */

bool sr_dedup_leaves_checkpoint(const sr_dedup_options *options, bool is_pipe,
                                uint64_t n_input_bytes)
{
    static const uint64_t CHECKPOINT_BYTES = (uint64_t)1 << 30;
    return options->resume || (!is_pipe && n_input_bytes >= CHECKPOINT_BYTES);
}

/* Bytes that a packed byte becomes. Of the sample without its first batch, where that is known:
 * what was read ahead of the articles counts as packed, and is the same at both moments. */
static double unpacking_of(const plan_sample *sample)
{
    uint64_t packed = sample->n_packed_bytes - sample->first_packed_bytes;
    uint64_t unpacked = sample->n_unpacked_bytes - sample->first_unpacked_bytes;
    if (packed == 0 || unpacked == 0) {
        packed = sample->n_packed_bytes;
        unpacked = sample->n_unpacked_bytes;
    }
    return packed ? (double)unpacked / (double)packed : 1.0;
}

static void estimate(const plan_sample *sample, uint64_t n_packed_files,
                     const sr_dedup_options *options, sr_dedup_plan *plan)
{
    bool is_whole = sample->ended || plan->is_unknown;
    double unpacking = unpacking_of(sample);
    plan->is_exact = sample->ended;
    plan->n_sampled = sample->n_records;
    plan->n_unpacked_bytes =
        is_whole ? sample->n_unpacked_bytes : scale(plan->n_input_bytes, unpacking);
    double growth = is_whole || sample->n_raw_bytes == 0
                        ? 1.0
                        : (double)plan->n_unpacked_bytes / (double)sample->n_raw_bytes;
    plan->n_articles = scale(sample->n_records, growth);
    plan->n_temp_bytes = scale(sample->n_text_bytes, growth);
    bool writes = options->output && !options->dry_run;
    bool reads_again = sr_dedup_leaves_checkpoint(options, plan->is_unknown, plan->n_input_bytes);
    if (writes && !reads_again && plan->n_input_bytes) {
        plan->n_temp_bytes +=
            scale(plan->n_unpacked_bytes, (double)n_packed_files / (double)plan->n_input_bytes);
    }
    uint64_t n_text_bytes = scale(sample->n_text_bytes, growth);
    uint64_t n_raw_bytes = plan->n_temp_bytes - n_text_bytes;
    if (reads_again) {
        plan->n_temp_bytes +=
            plan->n_articles * sr_budget_row_bytes(&options->params) +
            (options->thresholds.plain ? 0 : sr_budget_sketch_bytes(n_text_bytes));
    }
    plan->n_memory_bytes = sr_budget_needed(options, plan->n_articles, n_text_bytes, n_raw_bytes);
    if (plan->n_memory_bytes > plan->memory_limit_bytes) {
        plan->n_spill_bytes =
            plan->n_articles * sr_budget_article_bytes(options) +
            (options->thresholds.plain ? 0 : sr_budget_sketch_bytes(n_text_bytes));
        plan->n_temp_bytes = n_text_bytes + n_raw_bytes + plan->n_spill_bytes;
        plan->n_memory_bytes = plan->memory_limit_bytes;
    }
    plan->n_output_bytes = writes && strcmp(options->output, "-") != 0 ? plan->n_unpacked_bytes : 0;
    if (sample->with_pairs) {
        plan->n_vain_pairs =
            vain_pairs(sample, &options->params, options->thresholds.jaccard, growth);
    }
}

static sr_status find_room(const sr_dedup_options *options, sr_dedup_plan *plan, sr_error *error)
{
    char *temp_dir = sr_temp_dir_choose(options->tmp_dir, options->output);
    char *output_dir = sr_directory_of_output(options->output);
    if (temp_dir && output_dir) {
        snprintf(plan->temp_dir, sizeof plan->temp_dir, "%s", temp_dir);
        snprintf(plan->output_dir, sizeof plan->output_dir, "%s", output_dir);
        plan->temp_free_bytes = free_bytes(temp_dir);
        plan->output_free_bytes = free_bytes(output_dir);
    }
    bool has_memory = temp_dir && output_dir;
    free(temp_dir);
    free(output_dir);
    return has_memory ? SR_OK : sr_error_set(error, SR_ERR_MEMORY, NULL, 0, "out of memory");
}

static sr_status make_plan(const char *const *feeds, size_t n_feeds,
                           const sr_dedup_options *options, const sr_observer *observer,
                           bool with_pairs, sr_dedup_plan *plan, sr_error *error)
{
    if (n_feeds == 0) {
        return sr_error_set(error, SR_ERR_ARGUMENT, NULL, 0, "no feed was given");
    }
    SR_TRY(sr_params_check(&options->params, error));
    *plan = (sr_dedup_plan){
        .memory_limit_bytes = sr_budget_limit(options),
    };
    uint64_t n_packed_files = 0;
    SR_TRY(measure_files(feeds, n_feeds, &plan->n_input_bytes, &n_packed_files, &plan->is_unknown,
                         error));
    SR_TRY(find_room(options, plan, error));
    plan_sample sample = {
        .max_articles = with_pairs ? SAMPLE_ARTICLES : SAMPLE_OF_SIZES,
        .with_pairs = with_pairs,
    };
    sr_status status =
        plan->is_unknown ? SR_OK : take_sample(feeds, n_feeds, options, observer, &sample, error);
    if (status == SR_OK) {
        estimate(&sample, n_packed_files, options, plan);
    }
    free(sample.values);
    return status;
}

sr_status sr_dedup_plan_make(const char *const *feeds, size_t n_feeds,
                             const sr_dedup_options *options, const sr_observer *observer,
                             sr_dedup_plan *plan, sr_error *error)
{
    sr_dedup_options chosen = *options;
    SR_TRY(sr_dedup_choose_bands(&chosen, error));
    return make_plan(feeds, n_feeds, &chosen, observer, true, plan, error);
}

sr_status sr_dedup_plan_check(const sr_dedup_plan *plan, sr_error *error)
{
    char wanted[32];
    char there[32];
    bool shared = strcmp(plan->temp_dir, plan->output_dir) == 0;
    uint64_t n_temp_bytes = plan->n_temp_bytes + (shared ? plan->n_output_bytes : 0);
    if (n_temp_bytes > plan->temp_free_bytes) {
        return sr_error_set(error, SR_ERR_LIMIT, plan->temp_dir, 0,
                            "temporary files%s need about %s and %s are free; --tmp DIR puts them "
                            "elsewhere",
                            shared ? " and the output" : "", sr_bytes_show(n_temp_bytes, wanted),
                            sr_bytes_show(plan->temp_free_bytes, there));
    }
    if (plan->n_output_bytes > plan->output_free_bytes) {
        return sr_error_set(error, SR_ERR_LIMIT, plan->output_dir, 0,
                            "the output may need %s and %s are free",
                            sr_bytes_show(plan->n_output_bytes, wanted),
                            sr_bytes_show(plan->output_free_bytes, there));
    }
    return SR_OK;
}

sr_status sr_dedup_plan_announce(const char *const *feeds, size_t n_feeds,
                                 const sr_dedup_options *options, const sr_observer *observer,
                                 sr_dedup_forecast *forecast, sr_error *error)
{
    SR_TRY(sr_budget_check(sr_budget_limit(options), error));
    uint64_t n_bytes = 0;
    uint64_t n_packed = 0;
    bool is_pipe = false;
    SR_TRY(measure_files(feeds, n_feeds, &n_bytes, &n_packed, &is_pipe, error));
    *forecast = (sr_dedup_forecast){.n_input_bytes = n_bytes, .is_pipe = is_pipe};
    bool is_told = n_bytes >= ANNOUNCED_BYTES;
    if (is_pipe || (!is_told && !options->memory_bytes)) {
        return SR_OK;
    }
    sr_dedup_plan plan;
    char text[6][32];
    SR_TRY(make_plan(feeds, n_feeds, options, observer, false, &plan, error));
    sr_observe_message(
        is_told ? observer : NULL, SR_MESSAGE_INFO,
        "about %llu articles in %s; memory %s of %s, temporary %s of %s free in %s",
        (unsigned long long)plan.n_articles, sr_bytes_show(plan.n_input_bytes, text[0]),
        sr_bytes_show(plan.n_memory_bytes, text[1]),
        sr_bytes_show(plan.memory_limit_bytes, text[2]), sr_bytes_show(plan.n_temp_bytes, text[3]),
        sr_bytes_show(plan.temp_free_bytes, text[4]), plan.temp_dir);
    forecast->spills = plan.n_spill_bytes > 0;
    if (forecast->spills) {
        sr_observe_message(observer, SR_MESSAGE_INFO,
                           "what does not fit, %s, is kept in files in %s",
                           sr_bytes_show(plan.n_spill_bytes, text[5]), plan.temp_dir);
    }
    return sr_dedup_plan_check(&plan, error);
}
