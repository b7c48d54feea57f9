/* values.c — reading the values of flags. */
#include "cli/values.h"

#include <string.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Digits at the front of `text`; how many were read, 0 where there is none or the number exceeds
 * `max`. */
static size_t read_digits(const char *text, uint64_t max, uint64_t *out)
{
    uint64_t value = 0;
    size_t n = 0;
    for (; is_digit(text[n]); n++) {
        uint64_t digit = (uint64_t)(text[n] - '0');
        if (value > (max - digit) / 10 || digit > max) {
            return 0;
        }
        value = value * 10 + digit;
    }
    if (n) {
        *out = value;
    }
    return n;
}

bool cli_value_count(const char *text, uint64_t max, uint64_t *out)
{
    uint64_t value = 0;
    size_t n = read_digits(text, max, &value);
    if (n == 0 || text[n]) {
        return false;
    }
    *out = value;
    return true;
}

/* Up to 15 significant digits are exact in a double, and so is 10^15: one division rounds once. */
bool cli_value_decimal(const char *text, size_t n_bytes, double *out)
{
    uint64_t digits = 0;
    double scale = 1.0;
    size_t n_digits = 0;
    bool has_point = false;
    for (size_t i = 0; i < n_bytes; i++) {
        if (text[i] == '.' && !has_point) {
            has_point = true;
            continue;
        }
        if (!is_digit(text[i]) || ++n_digits > 15) {
            return false;
        }
        digits = digits * 10 + (uint64_t)(text[i] - '0');
        scale *= has_point ? 10.0 : 1.0;
    }
    if (n_digits == 0) {
        return false;
    }
    *out = (double)digits / scale;
    return true;
}

bool cli_value_size(const char *text, uint64_t *out)
{
    static const char UNITS[] = "KMG";
    uint64_t value = 0;
    size_t n = read_digits(text, UINT64_MAX >> 31, &value);
    const char *unit = n && text[n] ? strchr(UNITS, text[n]) : NULL;
    if (n == 0 || value == 0 || (text[n] && (!unit || text[n + 1]))) {
        return false;
    }
    *out = unit ? value << (10 * (unit - UNITS + 1)) : value;
    return true;
}

bool cli_value_when(const char *text, cli_when *out)
{
    sr_str view = {text, strlen(text)};
    int64_t seconds = 0;
    bool is_age = sr_age_parse(view, &seconds);
    if (!is_age && !sr_time_parse(view, &seconds)) {
        return false;
    }
    *out = (cli_when){.seconds = seconds, .is_given = true, .is_age = is_age};
    return true;
}

bool cli_value_is_among(const char *text, size_t n_bytes, const char *words)
{
    while (*words) {
        size_t n = strcspn(words, " ");
        if (n == n_bytes && memcmp(words, text, n) == 0) {
            return true;
        }
        words += n;
        words += strspn(words, " ");
    }
    return false;
}

const char *cli_read_format(const char *value, cli_options *options)
{
    static const char *const NAMES[] = {"text", "json", "jsonl", "csv", "html"};
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++) {
        if (strcmp(value, NAMES[i]) == 0) {
            options->format = (sr_format)i;
            return NULL;
        }
    }
    return "text, json, jsonl, csv or html";
}

const char *cli_read_max_bad(const char *value, cli_options *options)
{
    size_t n = strlen(value);
    double percent = 0.0;
    if (n > 1 && value[n - 1] == '%') {
        if (cli_value_decimal(value, n - 1, &percent) && percent <= 100.0) {
            options->feed.max_bad_share = percent / 100.0;
            return NULL;
        }
    } else if (cli_value_count(value, UINT64_MAX - 1, &options->feed.max_bad)) {
        return NULL;
    }
    return "a number of records, or a share such as 2%";
}

const char *cli_read_max_unpack(const char *value, cli_options *options)
{
    static const char WANTED[] = "RATIO or RATIO,LAYERS, for example 1000 or 1000,12";
    char ratio_text[24];
    size_t n_ratio = strcspn(value, ",");
    uint64_t ratio;
    uint64_t layers = 0;
    if (n_ratio >= sizeof ratio_text) {
        return WANTED;
    }
    memcpy(ratio_text, value, n_ratio);
    ratio_text[n_ratio] = '\0';
    if (!cli_value_count(ratio_text, UINT32_MAX, &ratio) || ratio == 0 ||
        (value[n_ratio] && (!cli_value_count(value + n_ratio + 1, 32, &layers) || layers == 0))) {
        return WANTED;
    }
    options->feed.max_unpack_ratio = (uint32_t)ratio;
    options->feed.max_unpack_layers = (uint32_t)layers;
    return NULL;
}

const char *cli_read_delimiter(const char *value, cli_options *options)
{
    bool is_tab = strcmp(value, "tab") == 0 || strcmp(value, "\\t") == 0;
    unsigned char c = (unsigned char)value[0];
    if (!is_tab && (c == 0 || c > 126 || c == '"' || c == '\n' || c == '\r' || value[1])) {
        return "one ASCII character, or tab";
    }
    options->feed.delimiter = is_tab ? '\t' : value[0];
    return NULL;
}

const char *cli_read_half_life(const char *value, cli_options *options)
{
    int64_t seconds = 0;
    if (strcmp(value, "off") != 0 &&
        (!sr_age_parse((sr_str){value, strlen(value)}, &seconds) || seconds <= 0)) {
        return "an age such as 62d or 12h, or off";
    }
    options->related.half_life_s = (double)seconds;
    return NULL;
}

const char *cli_read_dense(const char *value, cli_options *options)
{
    bool is_off = strcmp(value, "off") == 0;
    if (!is_off && strcmp(value, "auto") != 0) {
        return "auto or off";
    }
    options->related.lexical_only = is_off;
    return NULL;
}

const char *cli_read_drop(const char *value, cli_options *options)
{
    uint32_t drop = 0;
    for (const char *word = value;; word++) {
        size_t n = strcspn(word, ",");
        uint32_t bit = 0;
        for (int r = SR_RELATION_EXACT; r < SR_RELATION_COUNT; r++) {
            const char *name = sr_relation_name((sr_relation)r);
            if (strlen(name) == n && memcmp(name, word, n) == 0) {
                bit = 1u << r;
            }
        }
        if (!bit) {
            return "a list of exact, near, contained, updated, separated by commas";
        }
        drop |= bit;
        word += n;
        if (!*word) {
            break;
        }
    }
    options->dedup.drop = drop;
    return NULL;
}

const char *cli_read_bands(const char *value, cli_options *options)
{
    uint64_t bands = 0;
    uint64_t rows = 0;
    size_t n = read_digits(value, 128, &bands);
    if (n == 0 || value[n] != 'x' || !cli_value_count(value + n + 1, 256, &rows) || bands == 0 ||
        rows == 0) {
        return "bands x rows, such as 16x8";
    }
    options->params.bands = (uint32_t)bands;
    options->params.rows = (uint32_t)rows;
    options->has_bands = true;
    return NULL;
}

/* The library knows the criteria, and tells which of them is none. */
const char *cli_read_keep(const char *value, cli_options *options)
{
    options->dedup.keep = value;
    return NULL;
}

const char *cli_read_cluster(const char *value, cli_options *options)
{
    options->dedup.components = strcmp(value, "components") == 0;
    bool is_known = options->dedup.components || strcmp(value, "representative") == 0;
    return is_known ? NULL : "representative or components";
}

const char *cli_read_threshold(const char *value, cli_options *options)
{
    return cli_value_decimal(value, strlen(value), &options->thresholds.jaccard) &&
                   options->thresholds.jaccard <= 1.0
               ? NULL
               : "a number from 0 to 1";
}

const char *cli_read_recall(const char *value, cli_options *options)
{
    bool is_read = cli_value_decimal(value, strlen(value), &options->dedup.recall);
    return is_read && options->dedup.recall > 0.0 && options->dedup.recall < 1.0
               ? NULL
               : "a number above 0 and below 1";
}

size_t cli_word_distance(const char *a, size_t n_bytes_a, const char *b)
{
    enum { LONGEST = 32 };
    size_t row[LONGEST + 1];
    size_t n_bytes_b = strlen(b);
    if (n_bytes_a > LONGEST || n_bytes_b > LONGEST) {
        return SIZE_MAX;
    }
    for (size_t j = 0; j <= n_bytes_b; j++) {
        row[j] = j;
    }
    for (size_t i = 1; i <= n_bytes_a; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= n_bytes_b; j++) {
            size_t best = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            best = row[j] + 1 < best ? row[j] + 1 : best;
            row[j] = row[j - 1] + 1 < best ? row[j - 1] + 1 : best;
        }
    }
    return row[n_bytes_b];
}
