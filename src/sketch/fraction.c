/* fraction.c — one comparison a shingle; the place moves on only where it was kept. */
#include "sketch/fraction.h"

enum { SHORT_FRACTION = 2 };

static uint32_t fraction_of(size_t n_shingles)
{
    return n_shingles < SR_FRACTION_SHORT ? SHORT_FRACTION : SR_FRACTION;
}

size_t sr_fraction_sample(const uint32_t *shingles, size_t n_shingles, uint32_t *sample)
{
    uint32_t limit = UINT32_MAX / fraction_of(n_shingles);
    size_t n = 0;
    for (size_t i = 0; i < n_shingles; i++) {
        sample[n] = shingles[i];
        n += shingles[i] < limit;
    }
    return n;
}

double sr_fraction_rate(size_t n_shingles)
{
    return 1.0 / fraction_of(n_shingles);
}
