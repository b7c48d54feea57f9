/* follow.h — a directory watched by inotify: which of its files have become complete.
 *
 * A file is complete when whoever wrote it has closed it, or when it was moved in. Names that begin
 * with a dot or end in .tmp, .part or ~ are passed over. What was seen is not kept anywhere: at a
 * start all is read once more, and the store's ids make that harmless (unchanged). */
#ifndef CLI_FOLLOW_H
#define CLI_FOLLOW_H

#include "cli/options.h"

typedef struct cli_follow {
    int fd;
    char **directories; /* by watch number; NULL where there is none */
    size_t n_directories;
    cli_list files; /* complete, not yet taken; owned texts, each once */
    bool overflown; /* events were lost: the whole directory is to be read */
} cli_follow;

/* False with errno where the directory can't be watched. */
bool cli_follow_open(cli_follow *follow, const char *directory);
void cli_follow_close(cli_follow *follow);
/* Waits up to `timeout_ms` for files; true where something happened. */
bool cli_follow_wait(cli_follow *follow, int timeout_ms);
/* Forgets the files that were taken. */
void cli_follow_clear(cli_follow *follow);

#endif
