/* fuzz_date.c — any bytes as a date, an age: what is written of a time that was understood is that
 * time again. */
#include "fuzz/fuzz.h"

#include "base/date.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes)
{
    sr_str text = sr_str_make((const char *)data, n_bytes);
    int64_t seconds = 0;
    int64_t again = 0;
    (void)sr_age_parse(text, &seconds);
    if (!sr_time_parse(text, &seconds)) {
        return 0;
    }
    char written[SR_TIME_TEXT_BYTES];
    sr_time_format(seconds, written);
    FUZZ_CHECK(strlen(written) < sizeof written);
    FUZZ_CHECK(sr_time_parse(sr_str_of(written), &again) && again == seconds);
    return 0;
}
