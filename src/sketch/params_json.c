/* params_json.c — parameters as one JSON line, for programs that keep signatures in a database of
 * their own. */
#include "base/buffer.h"
#include "feed/json_shim.h"
#include "sketch/params.h"
#include "text/tokenise.h"

#include <stdio.h>

/* The whole numbers of the line; the seed is a string, since JSON readers may keep only 53 bits of
 * a number. */
typedef struct number_field {
    const char *key;
    uint32_t value;
    bool seen;
} number_field;

enum { HASH, NORMALISER, VALUES, SHINGLE, BANDS, ROWS, N_NUMBERS };

sr_status sr_params_to_json(const sr_params *params, char *json, size_t n_bytes)
{
    return sr_params_show_json(params, SR_NORMALISER_VERSION, SR_HASH_VERSION, json, n_bytes);
}

sr_status sr_params_show_json(const sr_params *params, uint32_t normaliser, uint32_t hash,
                              char *json, size_t n_bytes)
{
    int n = snprintf(
        json, n_bytes,
        "{\"minhash\":\"mul4\",\"hash\":%u,\"normaliser\":%u,\"seed\":\"%016llx\",\"values\":%u,"
        "\"shingle\":%u,\"bands\":%u,\"rows\":%u}",
        hash, normaliser, (unsigned long long)params->seed, params->n_values, params->shingle_words,
        params->bands, params->rows);
    return n > 0 && (size_t)n < n_bytes ? SR_OK : SR_ERR_LIMIT;
}

static bool parse_seed(sr_str text, uint64_t *seed)
{
    uint64_t value = 0;
    for (size_t i = 0; i < text.n_bytes; i++) {
        char c = text.data[i];
        int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
        if (digit < 0) {
            return false;
        }
        value = value << 4 | (uint64_t)digit;
    }
    *seed = value;
    return text.n_bytes == 16;
}

static bool parse_number(sr_json_value value, uint32_t *number)
{
    char text[SR_JSON_SCALAR_BYTES];
    size_t n_bytes =
        sr_json_value_type(value) == SR_JSON_SCALAR ? sr_json_value_scalar(value, text) : 0;
    uint32_t parsed = 0;
    for (size_t i = 0; i < n_bytes; i++) {
        if (text[i] < '0' || text[i] > '9') {
            return false;
        }
        parsed = parsed * 10 + (uint32_t)(text[i] - '0');
    }
    *number = parsed;
    return n_bytes > 0 && n_bytes < 8;
}

/* False where a known key has a value of the wrong kind; unknown keys are passed over. */
static bool take_pair(sr_str key, sr_json_value value, number_field *numbers, bool *mul4,
                      bool *seeded, uint64_t *seed)
{
    bool is_string = sr_json_value_type(value) == SR_JSON_STRING;
    if (sr_str_equal_text(key, "minhash")) {
        *mul4 = is_string && sr_str_equal_text(sr_json_value_string(value), "mul4");
        return *mul4;
    }
    if (sr_str_equal_text(key, "seed")) {
        *seeded = is_string && parse_seed(sr_json_value_string(value), seed);
        return *seeded;
    }
    for (size_t i = 0; i < N_NUMBERS; i++) {
        if (sr_str_equal_text(key, numbers[i].key)) {
            numbers[i].seen = parse_number(value, &numbers[i].value);
            return numbers[i].seen;
        }
    }
    return true;
}

static sr_status read_document(sr_json_value root, sr_params *params, sr_error *error)
{
    number_field numbers[N_NUMBERS] = {{"hash", 0, false},   {"normaliser", 0, false},
                                       {"values", 0, false}, {"shingle", 0, false},
                                       {"bands", 0, false},  {"rows", 0, false}};
    bool mul4 = false;
    bool seeded = false;
    uint64_t seed = 0;
    sr_json_walk walk = sr_json_value_walk(root);
    sr_str key;
    sr_json_value value;
    while (sr_json_walk_next(&walk, &key, &value)) {
        if (!take_pair(key, value, numbers, &mul4, &seeded, &seed)) {
            return sr_error_set(error, SR_ERR_FORMAT, NULL, 0,
                                "\"%.*s\" has no value that is known here", (int)key.n_bytes,
                                key.data);
        }
    }
    for (size_t i = 0; i < N_NUMBERS; i++) {
        if (!numbers[i].seen || !mul4 || !seeded) {
            return sr_error_set(error, SR_ERR_FORMAT, NULL, 0, "the parameters are not complete");
        }
    }
    if (numbers[HASH].value != SR_HASH_VERSION ||
        numbers[NORMALISER].value != SR_NORMALISER_VERSION) {
        return sr_error_set(
            error, SR_ERR_FORMAT, NULL, 0,
            "made with hash %u and normaliser %u; this is hash %d and normaliser %d",
            numbers[HASH].value, numbers[NORMALISER].value, SR_HASH_VERSION, SR_NORMALISER_VERSION);
    }
    sr_params read = {.seed = seed,
                      .n_values = numbers[VALUES].value,
                      .shingle_words = numbers[SHINGLE].value,
                      .bands = numbers[BANDS].value,
                      .rows = numbers[ROWS].value};
    if (sr_params_check(&read, error) != SR_OK) {
        return SR_ERR_FORMAT;
    }
    *params = read;
    return SR_OK;
}

sr_status sr_params_from_json(sr_str json, sr_params *params, sr_error *error)
{
    sr_json *parser = sr_json_create();
    if (!parser) {
        return SR_ERR_MEMORY;
    }
    sr_json_value root;
    const char *reason = "";
    sr_status status = SR_ERR_FORMAT;
    if (sr_json_parse(parser, json, &root, &reason) != SR_JSON_OK) {
        sr_error_set(error, SR_ERR_FORMAT, NULL, 0, "the parameters are no JSON: %s", reason);
    } else if (sr_json_value_type(root) != SR_JSON_OBJECT) {
        sr_error_set(error, SR_ERR_FORMAT, NULL, 0, "the parameters are no JSON object");
    } else {
        status = read_document(root, params, error);
    }
    sr_json_free(parser);
    return status;
}
