/* flag_find.c — looking for flags in the table of flags.c. */
#include "cli/flags.h"
#include "cli/values.h"

#include <stdio.h>
#include <string.h>

const cli_flag *cli_flag_find(const char *name, size_t n_bytes)
{
    for (size_t i = 0; i < cli_flag_count; i++) {
        const char *own = cli_flags[i].name;
        if (own && strlen(own) == n_bytes && memcmp(own, name, n_bytes) == 0) {
            return &cli_flags[i];
        }
    }
    return NULL;
}

const cli_flag *cli_flag_find_letter(char letter)
{
    for (size_t i = 0; i < cli_flag_count; i++) {
        if (cli_flags[i].letter == letter) {
            return &cli_flags[i];
        }
    }
    return NULL;
}

const char *cli_flag_nearest(const char *name, size_t n_bytes)
{
    const char *nearest = NULL;
    size_t least = n_bytes / 3 + 2;
    for (size_t i = 0; i < cli_flag_count; i++) {
        size_t distance =
            cli_flags[i].name ? cli_word_distance(name, n_bytes, cli_flags[i].name) : SIZE_MAX;
        if (distance < least) {
            least = distance;
            nearest = cli_flags[i].name;
        }
    }
    return nearest;
}

const char *cli_flag_show(const cli_flag *flag, char *text, size_t n_bytes)
{
    if (flag->name) {
        snprintf(text, n_bytes, "--%s", flag->name);
    } else {
        snprintf(text, n_bytes, "-%c", flag->letter);
    }
    return text;
}
