/* version.c — the version that CMake gives the project. */
#include "simrank.h"

const char *sr_version(void)
{
    return SIMRANK_VERSION;
}
