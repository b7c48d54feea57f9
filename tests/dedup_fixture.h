/* dedup_fixture.h — a directory of its own for each test of dedup runs, runs in it, and articles.
 */
#ifndef DEDUP_FIXTURE_H
#define DEDUP_FIXTURE_H

#include "base/file.h"
#include "simrank.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* ---------------------------------------------------------------- a directory of one's own */

typedef struct fixture {
    char dir[64];
    char feed[128];
    char out[128];
    char report[128];
    char messages[4096];
} fixture;

static inline int set_up(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    snprintf(f->dir, sizeof f->dir, "/tmp/simrank-dedup-XXXXXX");
    if (!f || !mkdtemp(f->dir)) {
        return -1;
    }
    snprintf(f->feed, sizeof f->feed, "%s/feed.jsonl", f->dir);
    snprintf(f->out, sizeof f->out, "%s/out.jsonl", f->dir);
    snprintf(f->report, sizeof f->report, "%s/dups.csv", f->dir);
    *state = f;
    return 0;
}

/* Files only: nothing of these tests makes directories. */
static inline int tear_down(void **state)
{
    fixture *f = *state;
    DIR *stream = opendir(f->dir);
    if (!stream) {
        return -1;
    }
    for (struct dirent *entry; (entry = readdir(stream));) {
        (void)unlinkat(dirfd(stream), entry->d_name, 0);
    }
    closedir(stream);
    int failed = rmdir(f->dir);
    free(f);
    return failed;
}

static inline void write_file(const char *path, const char *bytes, size_t n_bytes)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, n_bytes, file), n_bytes);
    assert_int_equal(fclose(file), 0);
}

static inline char *read_file(const char *path)
{
    sr_buffer out;
    sr_buffer_init(&out, 1 << 28);
    sr_error error = {0};
    assert_int_equal(sr_file_read_all(path, &out, &error), SR_OK);
    assert_int_equal(sr_buffer_append(&out, "", 1), SR_OK);
    return out.data;
}

static inline int count_files(const char *dir)
{
    int n_files = 0;
    DIR *stream = opendir(dir);
    assert_non_null(stream);
    for (struct dirent *entry; (entry = readdir(stream));) {
        n_files += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    }
    closedir(stream);
    return n_files;
}

static inline void keep_message(void *context, sr_message_level level, const char *text)
{
    fixture *f = context;
    (void)level;
    size_t used = strlen(f->messages);
    snprintf(f->messages + used, sizeof f->messages - used, "%s\n", text);
}

static inline sr_status run(fixture *f, sr_dedup_options *options, sr_dedup_summary *summary,
                            sr_error *error)
{
    const char *feeds[] = {f->feed};
    const sr_observer observer = {.context = f, .message = keep_message};
    options->tmp_dir = f->dir;
    return sr_dedup(feeds, 1, options, &observer, summary, error);
}

/* Output and a CSV report of a feed; both read back by the test. */
static inline sr_dedup_summary run_ok(fixture *f, sr_dedup_options *options)
{
    const char *reports[] = {f->report};
    options->output = f->out;
    options->reports = reports;
    options->n_reports = 1;
    sr_dedup_summary summary;
    sr_error error = {0};
    if (run(f, options, &summary, &error) != SR_OK) {
        fail_msg("%s: %s", error.file, error.text);
    }
    return summary;
}

/* ---------------------------------------------------------------- articles */

#define HARBOUR                                                                                    \
    "The harbour council of Port Almen voted on Tuesday to close the old northern ferry terminal " \
    "by the end of the year, after engineers had found cracks in two of its four main pillars. "   \
    "Travellers will be sent to the new terminal on the south bank, which opened last spring and " \
    "has room for twice as many ships. The mayor said that the town would keep the clock tower. "
#define HARBOUR_EDITED                                                                             \
    "The harbour council of Port Almen voted on Tuesday to close the old northern ferry terminal " \
    "by the end of the year, after engineers had found cracks in two of its four main pillars. "   \
    "Travellers will be sent to the new terminal on the south bank, which opened last spring and " \
    "has room for twice as many ships. The mayor said that the town would keep the stone tower. "
#define EXCERPT                                                                                    \
    "Growers in the valley of Senn expect the smallest plum harvest since records began, because " \
    "a late frost in April killed most of the blossom within two cold nights. "
#define PLUMS_ONE                                                                                  \
    "The ministry has promised loans at no interest for three years to every farm that lost more " \
    "than half of its trees. Beekeepers say that their hives had come through the winter well, "   \
    "and they hope for the late limes along the river road near the old mill. "
#define PLUMS_TWO                                                                                  \
    "Shops have begun to import fruit from the southern provinces, where prices doubled in one "   \
    "week. A jam factory in Oberau sent forty workers home and will reopen only in August, its "   \
    "director told reporters who had come to see the empty halls and the silent kettles. "
#define OTHER                                                                                      \
    "A lost violin of the maker Tomas Brandl was found behind a wall of a school in Kessel, "      \
    "where workers were laying new water pipes. It will be shown in the town museum from May. "

static const char feed_of_all[] = "{\"id\":\"a\",\"text\":\"" HARBOUR "\"}\n"        /* 1: keeper */
                                  "{\"id\":\"b\",\"text\":\"" OTHER "\"}\n"          /* 2: alone */
                                  "{\"id\":\"c\",\"text\":\"\"}\n"                   /* 3: empty */
                                  "{\"id\":\"d\",\"text\":\"" HARBOUR_EDITED "\"}\n" /* 4: near 1 */
                                  "{\"id\":\"e\",\"text\":\"\"}\n"                   /* 5: empty */
                                  "{\"id\":\"f\",  \"text\":\"" HARBOUR "\"}\n" /* 6: exact 1 */
                                  "{\"id\":\"g\",\"text\":\" -- \"}\n";         /* 7: no word */

#define ON_DISK(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

#endif
