/* gamma_rows.h — Elias' gamma codes read eight bits at a time: what of them is whole, looked up. */
#ifndef SR_STORE_GAMMA_ROWS_H
#define SR_STORE_GAMMA_ROWS_H

#include <stdint.h>

/* Of the codes that lie within eight bits. */
typedef struct sr_gamma_row {
    uint64_t counts; /* code + 1 of each, a byte each, the first in the lowest */
    uint8_t n;
    uint8_t n_bits; /* of all of them */
} sr_gamma_row;

extern const sr_gamma_row sr_gamma_rows[256];

#endif
