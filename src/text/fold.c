/* fold.c — the generated tables of fold.h. */
#include "text/fold.h"

#include "text/fold_table.inc"
