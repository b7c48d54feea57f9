/* fuzz.h — what a fuzz target is: one function that must neither crash, hang nor break a promise on
 * any bytes. A promise that does not hold calls abort() through FUZZ_CHECK. */
#ifndef SR_FUZZ_FUZZ_H
#define SR_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes);

#define FUZZ_CHECK(holds)                                                                          \
    do {                                                                                           \
        if (!(holds)) {                                                                            \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

#endif
