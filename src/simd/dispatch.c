/* dispatch.c — choosing the kernel table: the first of TABLES that this CPU supports, best first.
 */
#include "base/buffer.h"
#include "simd/tables.h"

#include <stdlib.h>

static const sr_kernels *const TABLES[] = {
#if defined(__x86_64__)
    &sr_kernels_avx512,
    &sr_kernels_avx2,
#elif defined(__aarch64__)
    &sr_kernels_neon,
#endif
    &sr_kernels_scalar,
};

const sr_kernels *sr_kernels_at(size_t i)
{
    return i < SR_ARRAY_COUNT(TABLES) ? TABLES[i] : NULL;
}

static const sr_kernels *best_supported(void)
{
    for (size_t i = 0; i + 1 < SR_ARRAY_COUNT(TABLES); i++) {
        /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): no entry is NULL */
        if (TABLES[i]->supported()) {
            return TABLES[i];
        }
    }
    return &sr_kernels_scalar; /* the last one: every machine has it */
}

/* NULL where SIMRANK_KERNEL names none that this machine has. */
static const sr_kernels *choose(void)
{
    const char *wanted = getenv("SIMRANK_KERNEL");
    if (!wanted || !*wanted) {
        return best_supported();
    }
    for (size_t i = 0; i < SR_ARRAY_COUNT(TABLES); i++) {
        if (strcmp(TABLES[i]->name, wanted) == 0 && TABLES[i]->supported()) {
            return TABLES[i];
        }
    }
    return NULL;
}

const sr_kernels *sr_kernels_get(void)
{
    static const sr_kernels *chosen;
    const sr_kernels *table = __atomic_load_n(&chosen, __ATOMIC_RELAXED);
    if (!table) {
        table = choose();
        table = table ? table : best_supported();
        __atomic_store_n(&chosen, table, __ATOMIC_RELAXED);
    }
    return table;
}

const char *sr_kernel_name(void)
{
    return sr_kernels_get()->name;
}

sr_status sr_kernel_check(sr_error *error)
{
    if (choose()) {
        return SR_OK;
    }
    sr_buffer names;
    sr_buffer_init(&names, 256);
    for (size_t i = 0; i < SR_ARRAY_COUNT(TABLES); i++) {
        if (TABLES[i]->supported()) {
            SR_TRY(sr_buffer_append_format(&names, " %s", TABLES[i]->name));
        }
    }
    sr_error_set(error, SR_ERR_ARGUMENT, NULL, 0,
                 "SIMRANK_KERNEL=%s is no kernel of this machine; it has:%.*s",
                 getenv("SIMRANK_KERNEL"), (int)names.n_bytes, names.data);
    sr_buffer_release(&names);
    return SR_ERR_ARGUMENT;
}
