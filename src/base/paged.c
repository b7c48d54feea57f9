/* paged.c — a list of the mapped blocks behind one mutex; whoever finds the process too large drops
 * them all while the others wait for it. */
#include "base/paged.h"

#include "base/bytes.h"
#include "base/file.h"
#include "base/memory_limit.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum {
    SMALL_BYTES = 64 << 10, /* not worth a file */
    WATCH_NS = 1000 * 1000
};
/* Between what may be resident and where pages are dropped: what the threads touch meanwhile. */
static const uint64_t MAX_MARGIN_BYTES = (uint64_t)64 << 20;
/* What is resident although everything was dropped is no reason to drop again. */
static const uint64_t LEAST_GAIN_BYTES = (uint64_t)8 << 20;

typedef struct mapping {
    void *bytes;
    size_t n_bytes;
} mapping;

struct sr_pager {
    char *dir;
    uint64_t high_bytes; /* resident: drop */
    atomic_bool spills;
    pthread_mutex_t mutex; /* of all below */
    pthread_cond_t stop;
    bool stopping;
    pthread_t watcher;
    mapping *mappings;
    size_t n_mappings;
    size_t capacity;
    uint64_t floor_bytes; /* resident when all had been dropped */
    sr_error failure;
    atomic_bool has_mappings; /* and a watcher */
};

sr_status sr_pager_create(const char *dir, uint64_t limit_bytes, sr_pager **out)
{
    sr_pager *pager = calloc(1, sizeof *pager);
    char *copy = strdup(dir);
    if (!pager || !copy) {
        free(pager);
        free(copy);
        return SR_ERR_MEMORY;
    }
    uint64_t margin = limit_bytes / 6;
    pager->dir = copy;
    pager->high_bytes = limit_bytes - (margin < MAX_MARGIN_BYTES ? margin : MAX_MARGIN_BYTES);
    atomic_init(&pager->spills, false);
    atomic_init(&pager->has_mappings, false);
    (void)pthread_mutex_init(&pager->mutex, NULL);
    (void)pthread_cond_init(&pager->stop, NULL);
    *out = pager;
    return SR_OK;
}

void sr_pager_free(sr_pager *pager)
{
    if (!pager) {
        return;
    }
    if (atomic_load(&pager->has_mappings)) {
        (void)pthread_mutex_lock(&pager->mutex);
        pager->stopping = true;
        (void)pthread_cond_signal(&pager->stop);
        (void)pthread_mutex_unlock(&pager->mutex);
        (void)pthread_join(pager->watcher, NULL);
    }
    assert(pager->n_mappings == 0);
    (void)pthread_cond_destroy(&pager->stop);
    (void)pthread_mutex_destroy(&pager->mutex);
    free(pager->mappings);
    free(pager->dir);
    free(pager);
}

void sr_pager_spill(sr_pager *pager)
{
    if (pager) {
        atomic_store(&pager->spills, true);
    }
}

bool sr_pager_spills(const sr_pager *pager)
{
    return pager && atomic_load(&pager->spills);
}

/* ---------------------------------------------------------------- residence */

/* The mutex is held. */
static void drop_where_needed(sr_pager *pager)
{
    uint64_t most = pager->floor_bytes + LEAST_GAIN_BYTES;
    most = pager->high_bytes > most ? pager->high_bytes : most;
    if (sr_memory_resident() <= most) {
        return;
    }
    for (size_t i = 0; i < pager->n_mappings; i++) {
        (void)madvise(pager->mappings[i].bytes, pager->mappings[i].n_bytes, MADV_DONTNEED);
    }
    pager->floor_bytes = sr_memory_resident();
}

void sr_pager_relieve(sr_pager *pager)
{
    if (pager && atomic_load_explicit(&pager->has_mappings, memory_order_relaxed)) {
        (void)pthread_mutex_lock(&pager->mutex);
        drop_where_needed(pager);
        (void)pthread_mutex_unlock(&pager->mutex);
    }
}

static void *watch(void *context)
{
    sr_pager *pager = context;
    (void)pthread_mutex_lock(&pager->mutex);
    while (!pager->stopping) {
        struct timespec until;
        (void)clock_gettime(CLOCK_REALTIME, &until);
        until.tv_nsec += WATCH_NS;
        if (until.tv_nsec >= 1000 * 1000 * 1000) {
            until.tv_nsec -= 1000 * 1000 * 1000;
            until.tv_sec++;
        }
        (void)pthread_cond_timedwait(&pager->stop, &pager->mutex, &until);
        drop_where_needed(pager);
    }
    (void)pthread_mutex_unlock(&pager->mutex);
    return NULL;
}

/* ---------------------------------------------------------------- blocks */

/* Enters a mapping; the first one starts the watcher. */
static sr_status enter(sr_pager *pager, void *bytes, size_t n_bytes)
{
    sr_status status = SR_OK;
    (void)pthread_mutex_lock(&pager->mutex);
    status = sr_array_reserve((void **)&pager->mappings, &pager->capacity, pager->n_mappings + 1,
                              sizeof *pager->mappings);
    if (status == SR_OK && !atomic_load(&pager->has_mappings)) {
        status = pthread_create(&pager->watcher, NULL, watch, pager) == 0 ? SR_OK : SR_ERR_MEMORY;
        atomic_store(&pager->has_mappings, status == SR_OK);
    }
    if (status == SR_OK) {
        pager->mappings[pager->n_mappings++] = (mapping){bytes, n_bytes};
    }
    (void)pthread_mutex_unlock(&pager->mutex);
    return status;
}

static sr_status map_shared(sr_pager *pager, int fd, int protection, const char *path,
                            uint64_t n_bytes, void **block, sr_error *error)
{
    if (n_bytes > SIZE_MAX) {
        return sr_error_set(error, SR_ERR_LIMIT, path, 0, "is too large to be mapped");
    }
    void *bytes = mmap(NULL, (size_t)n_bytes, protection, MAP_SHARED, fd, 0);
    if (bytes == MAP_FAILED) {
        return sr_error_set_errno(error, path, "can't map");
    }
    if (enter(pager, bytes, (size_t)n_bytes) != SR_OK) {
        (void)munmap(bytes, (size_t)n_bytes);
        return sr_error_set(error, SR_ERR_MEMORY, path, 0, "out of memory");
    }
    *block = bytes;
    return SR_OK;
}

sr_status sr_pager_map(sr_pager *pager, int fd, const char *path, uint64_t n_bytes, void **block,
                       sr_error *error)
{
    *block = NULL;
    return n_bytes ? map_shared(pager, fd, PROT_READ, path, n_bytes, block, error) : SR_OK;
}

/* An unnamed file with room for all of it: a disk that is full must say so now, not by a signal at
 * the first touch. */
static sr_status make_block(sr_pager *pager, size_t n_bytes, void **block, sr_error *error)
{
    int fd = -1;
    int failure;
    SR_TRY(sr_file_open_unnamed(pager->dir, &fd, error));
    do {
        failure = posix_fallocate(fd, 0, (off_t)n_bytes);
    } while (failure == EINTR);
    sr_status status = SR_OK;
    if (failure) {
        errno = failure;
        status = sr_error_set_errno(error, pager->dir, "no room for %zu bytes of temporary files",
                                    n_bytes);
    } else {
        status = map_shared(pager, fd, PROT_READ | PROT_WRITE, pager->dir, n_bytes, block, error);
    }
    (void)close(fd);
    return status;
}

void *sr_paged_calloc(sr_pager *pager, size_t n_items, size_t item_bytes)
{
    size_t n_bytes = 0;
    if (!sr_size_multiply(n_items, item_bytes, &n_bytes)) {
        return NULL;
    }
    if (!sr_pager_spills(pager) || n_bytes < SMALL_BYTES) {
        return calloc(n_items, item_bytes);
    }
    void *block = NULL;
    sr_error error = {0};
    if (make_block(pager, n_bytes, &block, &error) != SR_OK) {
        (void)pthread_mutex_lock(&pager->mutex);
        pager->failure = error;
        (void)pthread_mutex_unlock(&pager->mutex);
    }
    return block;
}

/* Takes a mapping out of the list; its size, or 0 where it is none. */
static size_t leave(sr_pager *pager, const void *block)
{
    size_t n_bytes = 0;
    (void)pthread_mutex_lock(&pager->mutex);
    for (size_t i = 0; i < pager->n_mappings; i++) {
        if (pager->mappings[i].bytes == block) {
            n_bytes = pager->mappings[i].n_bytes;
            pager->mappings[i] = pager->mappings[--pager->n_mappings];
            break;
        }
    }
    (void)pthread_mutex_unlock(&pager->mutex);
    return n_bytes;
}

void sr_paged_free(sr_pager *pager, void *block)
{
    size_t n_bytes = block && pager ? leave(pager, block) : 0;
    if (n_bytes) {
        (void)munmap(block, n_bytes);
    } else {
        free(block);
    }
}

sr_status sr_pager_explain(sr_pager *pager, sr_status status, sr_error *error)
{
    if (!pager || status != SR_ERR_MEMORY || pager->failure.status == SR_OK) {
        return status;
    }
    if (error) {
        *error = pager->failure;
    }
    return pager->failure.status;
}
