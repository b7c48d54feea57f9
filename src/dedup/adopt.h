/* adopt.h — the survivors of a run into a store (dedup --against STORE --add). */
#ifndef SR_DEDUP_ADOPT_H
#define SR_DEDUP_ADOPT_H

#include "dedup/cluster.h"
#include "store/store.h"

/* Puts every record that was not dropped into the store, as `add` would; the caller commits. The
 * articles were packed with their texts. */
SR_MUST_USE sr_status sr_dedup_adopt(const sr_dedup_articles *articles, const sr_dedup_fate *fates,
                                     const sr_observer *observer, sr_store *store,
                                     sr_dedup_summary *summary, sr_error *error);
/* Are all of them there? Of several with one id, the last. */
SR_MUST_USE sr_status sr_dedup_is_adopted(const sr_dedup_articles *articles,
                                          const sr_dedup_fate *fates, const sr_snapshot *snapshot,
                                          bool *adopted, sr_error *error);

#endif
