/* fuzz_params.c — any bytes as a line of parameters: what is accepted is in range, and comes back
 * from its own JSON. */
#include "fuzz/fuzz.h"

#include "base/bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes)
{
    sr_params params;
    sr_error error;
    if (sr_params_from_json(sr_str_make((const char *)data, n_bytes), &params, &error) != SR_OK) {
        return 0;
    }
    FUZZ_CHECK(sr_params_check(&params, &error) == SR_OK);
    char json[512];
    FUZZ_CHECK(sr_params_to_json(&params, json, sizeof json) == SR_OK);
    sr_params again;
    FUZZ_CHECK(sr_params_from_json(sr_str_of(json), &again, &error) == SR_OK);
    FUZZ_CHECK(memcmp(&params, &again, sizeof params) == 0);
    return 0;
}
