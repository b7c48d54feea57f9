/* pool.c — a stack under a mutex (see pool.h). */
#include "base/pool.h"

#include <pthread.h>
#include <stdlib.h>

enum { MAX_ITEMS = 64 }; /* threads that ask at once and find their things again */

struct sr_pool {
    pthread_mutex_t mutex;
    size_t n_items;
    struct {
        void *item;
        sr_pool_free_fn free_item;
    } items[MAX_ITEMS];
};

sr_status sr_pool_create(sr_pool **out)
{
    sr_pool *pool = calloc(1, sizeof *pool);
    if (!pool) {
        return SR_ERR_MEMORY;
    }
    if (pthread_mutex_init(&pool->mutex, NULL) != 0) {
        free(pool);
        return SR_ERR_MEMORY;
    }
    *out = pool;
    return SR_OK;
}

void sr_pool_free(sr_pool *pool)
{
    if (!pool) {
        return;
    }
    while (pool->n_items > 0) {
        pool->n_items--;
        pool->items[pool->n_items].free_item(pool->items[pool->n_items].item);
    }
    pthread_mutex_destroy(&pool->mutex);
    free(pool);
}

void *sr_pool_take(sr_pool *pool)
{
    void *item = NULL;
    if (pool) {
        pthread_mutex_lock(&pool->mutex);
        item = pool->n_items > 0 ? pool->items[--pool->n_items].item : NULL;
        pthread_mutex_unlock(&pool->mutex);
    }
    return item;
}

void sr_pool_give(sr_pool *pool, void *item, sr_pool_free_fn free_item)
{
    bool is_kept = false;
    if (!item) {
        return;
    }
    if (pool) {
        pthread_mutex_lock(&pool->mutex);
        is_kept = pool->n_items < MAX_ITEMS;
        if (is_kept) {
            pool->items[pool->n_items].item = item;
            pool->items[pool->n_items++].free_item = free_item;
        }
        pthread_mutex_unlock(&pool->mutex);
    }
    if (!is_kept) {
        free_item(item);
    }
}
