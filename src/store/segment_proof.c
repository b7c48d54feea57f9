/* segment_proof.c — blocks hashed at first touch (see segment_proof.h). */
#include "store/segment_proof.h"

#include "store/segment.h"

#include <stdlib.h>

_Static_assert(SR_BLOCK_BYTES == 1 << 12, "sr_proof_touch shifts by 12");

sr_status sr_proof_init(sr_proof *proof, const uint8_t *file, size_t checks_at,
                        size_t n_check_bytes, uint64_t sum_of_checks)
{
    size_t n_bytes = checks_at - SR_BLOCK_BYTES;
    size_t n_blocks = (n_bytes + SR_BLOCK_BYTES - 1) / SR_BLOCK_BYTES;
    if (n_check_bytes != n_blocks * sizeof(uint64_t)) {
        return SR_ERR_CORRUPT;
    }
    proof->blocks = file + SR_BLOCK_BYTES;
    proof->sums = file + checks_at;
    proof->n_bytes = n_bytes;
    proof->n_sum_bytes = n_check_bytes;
    proof->sum_of_sums = sum_of_checks;
    proof->proved = calloc(n_blocks / 64 + 1, sizeof *proof->proved);
    return proof->proved ? SR_OK : SR_ERR_MEMORY;
}

void sr_proof_release(sr_proof *proof)
{
    free(proof->proved);
    proof->proved = NULL;
}

static void remember_wrong(sr_proof *proof, size_t block)
{
    uint64_t known = atomic_load(&proof->first_wrong);
    while ((known == 0 || block + 1 < known) &&
           !atomic_compare_exchange_weak(&proof->first_wrong, &known, block + 1)) {
    }
}

/* Two threads may prove the same block at once: they find the same. */
static void prove_block(sr_proof *proof, size_t block)
{
    size_t at = block * SR_BLOCK_BYTES;
    size_t rest = proof->n_bytes - at;
    size_t n_bytes = rest < SR_BLOCK_BYTES ? rest : SR_BLOCK_BYTES;
    uint64_t sum = sr_load_u64(proof->sums + block * sizeof sum);
    if (sr_hash_bytes(proof->blocks + at, n_bytes, 0) != sum) {
        remember_wrong(proof, block);
    }
    atomic_fetch_or_explicit(&proof->proved[block >> 6], UINT64_C(1) << (block & 63),
                             memory_order_release);
}

void sr_proof_blocks(sr_proof *proof, size_t first, size_t last)
{
    if (!atomic_load(&proof->are_sums_proved)) {
        if (sr_hash_bytes(proof->sums, proof->n_sum_bytes, 0) != proof->sum_of_sums) {
            remember_wrong(proof, proof->n_bytes / SR_BLOCK_BYTES + 1);
        }
        atomic_store(&proof->are_sums_proved, true);
    }
    for (size_t block = first; block <= last && block * SR_BLOCK_BYTES < proof->n_bytes; block++) {
        uint64_t word = atomic_load_explicit(&proof->proved[block >> 6], memory_order_relaxed);
        if (!(word >> (block & 63) & 1)) {
            prove_block(proof, block);
        }
    }
}

/* The section in which a block begins; a block of padding belongs to the one before. */
static const char *section_of(const sr_segment *segment, uint64_t offset)
{
    uint32_t found = SR_SECTION_CHECKS;
    uint64_t nearest = 0;
    for (uint32_t type = 0; type < SR_SECTION_LIMIT; type++) {
        const sr_section_view *view = &segment->sections[type];
        if (view->data && view->offset < offset + SR_BLOCK_BYTES && view->offset >= nearest &&
            (view->offset <= offset || nearest == 0)) {
            nearest = view->offset;
            found = type;
        }
    }
    return sr_section_name(found);
}

sr_status sr_segment_damage(const sr_segment *segment, sr_error *error)
{
    uint64_t wrong = atomic_load(&segment->proof->first_wrong);
    if (wrong == 0) {
        return SR_OK;
    }
    uint64_t offset = wrong * SR_BLOCK_BYTES; /* the header is block 0 of the file */
    return sr_error_set(error, SR_ERR_CORRUPT, segment->path, 0,
                        "%s: block %llu: its checksum does not match; simrank check tells more",
                        section_of(segment, offset), (unsigned long long)wrong);
}

sr_status sr_segment_prove(const sr_segment *segment, sr_error *error)
{
    if (segment->proof->n_bytes) {
        sr_proof_touch(segment->proof, segment->proof->blocks, segment->proof->n_bytes);
    }
    return sr_segment_damage(segment, error);
}
