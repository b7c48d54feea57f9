/* temp_dir.h — where a run keeps its temporary files. */
#ifndef SR_DEDUP_TEMP_DIR_H
#define SR_DEDUP_TEMP_DIR_H

#include "base/status.h"

/* `given`, else $TMPDIR, else the directory in which `output` stands (NULL and "-": none), else
 * /tmp; only directories that exist. Allocated; NULL where memory is out. */
char *sr_temp_dir_choose(const char *given, const char *output);

/* The directory in which an output FILE stands or DIR/ begins, "." for NULL and "-"; allocated. */
char *sr_directory_of_output(const char *output);

#endif
