/* memory_limit.h — how much memory a run may take where nobody said it. */
#ifndef SR_BASE_MEMORY_LIMIT_H
#define SR_BASE_MEMORY_LIMIT_H

#include "base/platform.h"

/* Half of what the control group of this process allows, or of the machine's memory where that is
 * less or nothing is said. */
uint64_t sr_memory_limit_default(void);
/* Bytes of this process that are in memory now; 0 where the system does not tell. */
uint64_t sr_memory_resident(void);

#endif
