/* counted_list.c — the coding of counted lists. */
#include "store/counted_list.h"

#include "store/bits.h"

enum { COUNT_MAX_ZEROS = 7 };

/* How many bits of each number are written as they are. */
static unsigned low_width(size_t n, uint64_t bound)
{
    uint64_t mean = n ? bound / n : 0;
    return mean ? sr_bits_width(mean) - 1 : 0;
}

/* Counts begin at 2 and 254 of them fit: 1 … 254 in Elias' gamma code, as many zeros as the number
 * has bits behind its first, a one, those bits. */
static uint32_t count_code(uint32_t tf2)
{
    return tf2 < 2 ? 1 : tf2 > SR_TF2_MAX ? SR_TF2_MAX - 1 : tf2 - 1;
}

static unsigned put_count(uint8_t *bytes, uint64_t at, uint32_t code)
{
    unsigned n_zeros = sr_bits_width(code) - 1;
    uint32_t behind = code & ((1u << n_zeros) - 1);
    sr_bits_put(bytes, at, (uint64_t)(behind << 1 | 1) << n_zeros, 2 * n_zeros + 1);
    return 2 * n_zeros + 1;
}

sr_status sr_counted_list_put(sr_buffer *to, const uint32_t *numbers, const uint32_t *counts,
                              size_t stride, size_t n, uint64_t bound)
{
    if (n == 0) {
        return SR_OK;
    }
    unsigned width = low_width(n, bound);
    uint64_t steps_at = (uint64_t)n * width;
    uint64_t counts_at = steps_at + n + ((uint64_t)numbers[(n - 1) * stride] >> width);
    uint64_t n_bits = counts_at;
    for (size_t i = 0; i < n; i++) {
        n_bits += 2 * sr_bits_width(count_code(counts[i * stride])) - 1;
    }
    size_t n_bytes = (size_t)((n_bits + 7) / 8);
    SR_TRY(sr_buffer_reserve(to, n_bytes + 8));
    uint8_t *bytes = (uint8_t *)to->data + to->n_bytes;
    memset(bytes, 0, n_bytes + 8);
    for (size_t i = 0; i < n; i++) {
        uint32_t number = numbers[i * stride];
        sr_bits_put(bytes, (uint64_t)i * width, number & (((uint64_t)1 << width) - 1), width);
        sr_bits_put(bytes, steps_at + i + (number >> width), 1, 1);
        counts_at += put_count(bytes, counts_at, count_code(counts[i * stride]));
    }
    to->n_bytes += n_bytes;
    return SR_OK;
}

/* The upper parts. Bit p of the string of steps is the one of number i where i ones stand before
 * it, and p − i is its upper part. `*at` is where the steps begin, and then where they end. */
static bool get_upper_parts(const uint8_t *bytes, uint64_t n_bits, size_t n, unsigned width,
                            uint64_t bound, uint32_t *numbers, size_t stride, uint64_t *at)
{
    uint64_t first = *at;
    uint64_t largest = (bound - 1) >> width;
    uint64_t window = *at;
    size_t i = 0;
    for (; i < n && window < n_bits; window += SR_BITS_MAX_WIDTH) {
        uint64_t ones = sr_bits_peek(bytes, window) & (((uint64_t)1 << SR_BITS_MAX_WIDTH) - 1);
        for (; ones && i < n; ones &= ones - 1) {
            *at = window + (unsigned)__builtin_ctzll(ones) + 1;
            uint64_t upper = *at - 1 - first - i;
            if (upper > largest) {
                return false;
            }
            numbers[i++ * stride] = (uint32_t)upper;
        }
    }
    return i == n && *at <= n_bits;
}

/* The lower parts, below the upper ones; false where the numbers don't ascend below the bound. */
static bool add_lower_parts(const uint8_t *bytes, size_t n, unsigned width, uint64_t bound,
                            uint32_t *numbers, size_t stride)
{
    uint64_t mask = ((uint64_t)1 << width) - 1;
    uint64_t next = 0; /* the smallest that may come */
    bool ascend = true;
    for (size_t i = 0; i < n; i++) {
        uint64_t number = (uint64_t)numbers[i * stride] << width |
                          (sr_bits_peek(bytes, (uint64_t)i * width) & mask);
        ascend = ascend && number >= next;
        next = number + 1;
        numbers[i * stride] = (uint32_t)number;
    }
    return ascend && next <= bound;
}

static bool get_counts(const uint8_t *bytes, uint64_t n_bits, size_t n, uint32_t *counts,
                       size_t stride, uint64_t *at)
{
    enum { LONGEST = 2 * COUNT_MAX_ZEROS + 1 };
    uint64_t window = 0;
    unsigned n_left = 0;
    for (size_t i = 0; i < n; i++) {
        if (n_left < LONGEST) {
            if (*at >= n_bits) {
                return false;
            }
            window = sr_bits_peek(bytes, *at);
            n_left = SR_BITS_MAX_WIDTH;
        }
        unsigned n_zeros = (unsigned)__builtin_ctzll(window | (uint64_t)1 << (COUNT_MAX_ZEROS + 1));
        uint32_t one = 1u << n_zeros;
        uint32_t code = one | ((uint32_t)(window >> (n_zeros + 1)) & (one - 1));
        if (code > SR_TF2_MAX - 1) { /* more zeros than there may be, too */
            return false;
        }
        counts[i * stride] = code + 1;
        window >>= 2 * n_zeros + 1;
        n_left -= 2 * n_zeros + 1;
        *at += 2 * n_zeros + 1;
    }
    return true;
}

/* What fills up the last byte. */
static bool is_padding(const uint8_t *bytes, size_t n_bytes, uint64_t at)
{
    return (at + 7) / 8 == n_bytes && (at % 8 == 0 || bytes[at >> 3] >> (at & 7) == 0);
}

bool sr_counted_list_get(const uint8_t *bytes, size_t n_bytes, size_t n, uint64_t bound,
                         uint32_t *numbers, uint32_t *counts, size_t stride)
{
    if (n == 0) {
        return n_bytes == 0;
    }
    unsigned width = low_width(n, bound);
    uint64_t n_bits = (uint64_t)n_bytes * 8;
    uint64_t at = (uint64_t)n * width;
    return at + 2 * n <= n_bits &&
           get_upper_parts(bytes, n_bits, n, width, bound, numbers, stride, &at) &&
           add_lower_parts(bytes, n, width, bound, numbers, stride) &&
           get_counts(bytes, n_bits, n, counts, stride, &at) && is_padding(bytes, n_bytes, at);
}
