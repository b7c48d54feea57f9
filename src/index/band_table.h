/* band_table.h — an in-memory index from (band, key) to document numbers that grows by appending:
 * for articles that are added but not committed yet, and for look-ups in input order. Open
 * addressing; chains keep ascending numbers. */
#ifndef SR_INDEX_BAND_TABLE_H
#define SR_INDEX_BAND_TABLE_H

#include "base/status.h"

typedef struct sr_band_table sr_band_table;

SR_MUST_USE sr_status sr_band_table_create(uint32_t bands, sr_band_table **out);
void sr_band_table_free(sr_band_table *table);
/* `doc` must be larger than every one before. `keys` has one key a band. */
SR_MUST_USE sr_status sr_band_table_add(sr_band_table *table, const uint32_t *keys, uint32_t doc);
/* Documents that share at least one (band, key), ascending, without repetitions, at most `max_docs`
 * per band (the first ones). The view lives until the next call on this table. */
SR_MUST_USE sr_status sr_band_table_find(sr_band_table *table, const uint32_t *keys,
                                         uint32_t max_docs, const uint32_t **docs, size_t *n_docs);
void sr_band_table_clear(sr_band_table *table);

#endif
