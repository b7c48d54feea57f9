/* counted_list.c — the coding of counted lists. */
#include "store/counted_list.h"

#include "simd/kernels.h"
#include "store/bits.h"
#include "store/gamma_rows.h"

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

/* A code that is longer than eight bits, or the end of the list where `n_bits` are left. */
static bool get_long_count(uint64_t window, uint64_t n_left, uint8_t *count, uint64_t *n_bits)
{
    unsigned n_zeros = (unsigned)__builtin_ctzll(window | (uint64_t)1 << (COUNT_MAX_ZEROS + 1));
    uint32_t one = 1u << n_zeros;
    uint32_t code = one | ((uint32_t)(window >> (n_zeros + 1)) & (one - 1));
    *n_bits = 2 * n_zeros + 1;
    *count = (uint8_t)(code + 1);
    return code <= SR_TF2_MAX - 1 && *n_bits <= n_left; /* more zeros than there may be, too */
}

/* Reads eight bits at a time what of them is whole, and the few long codes one by one. */
static bool get_counts(const uint8_t *bytes, uint64_t n_bits, size_t n, uint8_t *counts,
                       uint64_t *at)
{
    enum { STEPS = SR_BITS_MAX_WIDTH / 8 - 1 }; /* that one window serves, and a long code */
    for (size_t i = 0; i < n;) {
        if (*at >= n_bits) {
            return false;
        }
        uint64_t n_left = n_bits - *at;
        uint64_t window = sr_bits_peek(bytes, *at);
        window &= n_left < 64 ? ((uint64_t)1 << n_left) - 1 : UINT64_MAX;
        uint64_t n_used = 0;
        for (unsigned step = 0; step < STEPS && i < n; step++) {
            const sr_gamma_row *row = &sr_gamma_rows[window & 0xff];
            if (row->n == 0) {
                break;
            }
            sr_store_u64(counts + i, row->counts);
            i += row->n;
            n_used += row->n_bits;
            window >>= row->n_bits;
        }
        if (n_used == 0) {
            if (!get_long_count(window, n_left, &counts[i++], &n_used)) {
                return false;
            }
        }
        *at += n_used;
        if (i > n) { /* bits behind the list that are no padding */
            return false;
        }
    }
    return true;
}

/* What fills up the last byte. */
static bool is_padding(const uint8_t *bytes, size_t n_bytes, uint64_t at)
{
    return (at + 7) / 8 == n_bytes && (at % 8 == 0 || bytes[at >> 3] >> (at & 7) == 0);
}

bool sr_counted_list_get(const uint8_t *bytes, size_t n_bytes, size_t n, uint64_t bound,
                         uint32_t *numbers, uint8_t *counts)
{
    if (n == 0) {
        return n_bytes == 0;
    }
    unsigned width = low_width(n, bound);
    uint64_t n_bits = (uint64_t)n_bytes * 8;
    if ((uint64_t)n * width + 2 * n > n_bits) {
        return false;
    }
    uint64_t at = sr_kernels_get()->unpack_ascending(bytes, n_bytes, n, width, numbers);
    return at && numbers[n - 1] < bound && get_counts(bytes, n_bits, n, counts, &at) &&
           is_padding(bytes, n_bytes, at);
}
