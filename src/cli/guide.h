/* guide.h — what is true of all verbs: the words of `simrank --help` and of the man page. */
#ifndef CLI_GUIDE_H
#define CLI_GUIDE_H

#include <stddef.h>

typedef struct cli_chapter {
    const char *title;
    const char *text; /* paragraphs; a line that starts with two blanks stands as it is */
} cli_chapter;

extern const char cli_guide_brief[];         /* the program in a few words */
extern const cli_chapter cli_guide_before[]; /* chapters before the verbs; ends with a NULL title */
extern const cli_chapter cli_guide_after[];  /* chapters behind them; likewise */

#endif
