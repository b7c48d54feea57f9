/* temp_dir.h — where a run keeps its temporary files. */
#ifndef SR_DEDUP_TEMP_DIR_H
#define SR_DEDUP_TEMP_DIR_H

#include "base/status.h"

/* `given`, else $TMPDIR, else the directory in which `output` stands (NULL and "-": none), else
 * /tmp; only directories that exist. Allocated; NULL where memory is out. */
char *sr_temp_dir_choose(const char *given, const char *output);

#endif
