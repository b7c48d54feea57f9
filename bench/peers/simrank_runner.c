/* simrank under the same contract as its peers, through simrank.h alone; and a measure of any
 * program from a process that is small itself: Linux counts what a process held before its exec as
 * its peak memory too, so a child of a large Python program would look as large.
 *
 *     simrank_runner sign ARTICLES.txt              one text a line; prints the processor seconds
 * of text in memory → signatures, thrice simrank_runner related STORE QUERIES RUN      ids to ask,
 * 100 candidates each; prints
 *                                                   {"query_seconds":[…]}
 *     simrank_runner measure ANSWER COMMAND…        runs it, writes {"wall","cpu","peak_bytes"} to
 *                                                   ANSWER and ends with its exit code
 */
#include <simrank.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { N_CANDIDATES = 100, N_REPEATS = 3 };

static _Noreturn void fail(const char *what, const sr_error *error)
{
    fprintf(stderr, "simrank_runner: %s%s%s\n", what, error ? ": " : "", error ? error->text : "");
    exit(2);
}

static double seconds(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* The lines of a file as terminated views into its bytes; what follows the last line end is none.
 */
typedef struct lines {
    char *bytes;
    sr_str *views;
    size_t count;
} lines;

static lines read_lines(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file || fseek(file, 0, SEEK_END)) {
        fail(path, NULL);
    }
    size_t n_bytes = (size_t)ftell(file);
    rewind(file);
    lines l = {.bytes = malloc(n_bytes + 1)};
    if (!l.bytes || fread(l.bytes, 1, n_bytes, file) != n_bytes) {
        fail(path, NULL);
    }
    fclose(file);
    for (size_t i = 0; i < n_bytes; i++) {
        l.count += l.bytes[i] == '\n';
    }
    l.views = calloc(l.count + 1, sizeof *l.views);
    if (l.count == 0 || !l.views) {
        fail(path, NULL);
    }
    char *start = l.bytes;
    for (size_t i = 0; i < l.count; i++) {
        char *end = memchr(start, '\n', n_bytes - (size_t)(start - l.bytes));
        *end = '\0';
        l.views[i] = (sr_str){start, (size_t)(end - start)};
        start = end + 1;
    }
    return l;
}

static void release(lines *l)
{
    free(l->views);
    free(l->bytes);
}

static void sign(const char *path)
{
    lines texts = read_lines(path);
    sr_params params;
    sr_params_init(&params);
    sr_signature *signatures = calloc(texts.count, sizeof *signatures);
    if (!signatures) {
        fail("out of memory", NULL);
    }
    printf("{\"seconds\":[");
    for (int repeat = -1; repeat < N_REPEATS; repeat++) { /* the first one warms up */
        double start = seconds(CLOCK_PROCESS_CPUTIME_ID);
        if (sr_sign_texts(&params, texts.views, texts.count, signatures) != SR_OK) {
            fail("sr_sign_texts", NULL);
        }
        if (repeat >= 0) {
            printf("%s%.9f", repeat ? "," : "", seconds(CLOCK_PROCESS_CPUTIME_ID) - start);
        }
    }
    printf("]}\n");
    free(signatures);
    release(&texts);
}

static void write_run(FILE *run, const char *query, const sr_boxes *boxes)
{
    sr_item item;
    for (size_t rank = 0; sr_boxes_item(boxes, 0, rank, &item); rank++) {
        fprintf(run, "%s %.*s %zu %.9f\n", query, (int)item.article.id.n_bytes,
                item.article.id.data, rank + 1, item.score);
    }
}

static void ask_all(const sr_store *store, const lines *queries, FILE *run)
{
    sr_related_options options;
    sr_related_options_init(&options);
    options.n_items = N_CANDIDATES;
    options.ranking = true;
    options.half_life_s = 0;
    printf("{\"query_seconds\":[");
    for (size_t i = 0; i < 2 * queries->count; i++) {
        const char *id = queries->views[i % queries->count].data;
        sr_error error = {0};
        sr_boxes *boxes = NULL;
        double start = seconds(CLOCK_THREAD_CPUTIME_ID);
        if (sr_related(store, &(sr_query){.id = id}, 1, &options, &boxes, &error) != SR_OK) {
            fail(id, &error);
        }
        double taken = seconds(CLOCK_THREAD_CPUTIME_ID) - start;
        if (i >= queries->count) { /* the first round warms up */
            printf("%s%.9f", i > queries->count ? "," : "", taken);
            write_run(run, id, boxes);
        }
        sr_boxes_free(boxes);
    }
    printf("]}\n");
}

static double seconds_of(struct timeval time)
{
    return (double)time.tv_sec + 1e-6 * (double)time.tv_usec;
}

static int measure(const char *path, char **command)
{
    double start = seconds(CLOCK_MONOTONIC);
    pid_t child = fork();
    if (child == 0) {
        execvp(command[0], command);
        fail(command[0], NULL);
    }
    int status;
    struct rusage usage;
    if (child < 0 || wait4(child, &status, 0, &usage) != child) {
        fail("fork", NULL);
    }
    FILE *answer = fopen(path, "w");
    if (!answer) {
        fail(path, NULL);
    }
    fprintf(answer, "{\"wall\":%.6f,\"cpu\":%.6f,\"peak_bytes\":%ld}\n",
            seconds(CLOCK_MONOTONIC) - start,
            seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime), usage.ru_maxrss * 1024);
    if (fclose(answer)) {
        fail(path, NULL);
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int related(const char *dir, const char *ids, const char *out)
{
    sr_error error = {0};
    sr_store *store = NULL;
    if (sr_store_open(dir, SR_STORE_READ, NULL, &store, &error) != SR_OK) {
        fail(dir, &error);
    }
    FILE *run = fopen(out, "w");
    if (!run) {
        fail(out, NULL);
    }
    lines queries = read_lines(ids);
    ask_all(store, &queries, run);
    release(&queries);
    sr_store_close(store);
    return fclose(run) ? 2 : 0;
}

int main(int argc, char **argv)
{
    if (argc > 3 && strcmp(argv[1], "measure") == 0) {
        return measure(argv[2], argv + 3);
    }
    if (argc == 3 && strcmp(argv[1], "sign") == 0) {
        sign(argv[2]);
        return 0;
    }
    if (argc == 5 && strcmp(argv[1], "related") == 0) {
        return related(argv[2], argv[3], argv[4]);
    }
    fail("sign ARTICLES.txt | related STORE QUERIES RUN | measure ANSWER COMMAND…", NULL);
}
