/* test_store_power.c — the power goes at any moment. A journal of everything that a session does to
 * its files is cut after each step, and the disk is imagined as it may be found afterwards: of what
 * was written since a file's last fsync any part may be there, whole or torn at a sector, in any
 * order; of the names that changed since the directory's last fsync likewise. What is found must be
 * the store as of the last commit that was told, or of the one that was under way, and sound.
 *
 * Two sessions: changes and a compaction; a store of an older version that is made anew.
 */
#include "store_age.h"

#include "io_layer.h"

#include <omp.h>

enum {
    MAX_INODES = 256,
    MAX_NAMES = 256,
    MAX_STEPS = 4096,
    MAX_FDS = 1024,
    SECTOR_BYTES = 512,
    N_CHANGES = 4,
    N_SESSIONS = N_CHANGES + 1, /* and a compaction */
    N_DOCS = 12
};

/* ------------------------------------------------------------ the journal */

typedef enum step_kind { STEP_WRITE, STEP_CUT, STEP_SYNC, STEP_NAME, STEP_SYNC_NAMES } step_kind;

/* A change of a file's bytes, of a name, or the promise that earlier ones last. */
typedef struct step {
    step_kind kind;
    int inode;
    char name[64]; /* STEP_NAME: now means `inode`; −1: nothing */
    char *bytes;
    size_t n_bytes;
    uint64_t offset;
} step;

static struct journal {
    char dir[512];
    step steps[MAX_STEPS];
    int n_steps;
    int n_inodes;
    int inode_of_fd[MAX_FDS];
    struct {
        char name[64];
        int inode;
    } names[MAX_NAMES]; /* as the running program sees them */
    int n_names;
    int told[N_SESSIONS + 1]; /* steps done when the commit was told */
} journal;

enum { INODE_NONE = -1, INODE_DIRECTORY = -2 };

static step *new_step(step_kind kind, int inode)
{
    assert_true(journal.n_steps < MAX_STEPS);
    step *made = &journal.steps[journal.n_steps++];
    *made = (step){.kind = kind, .inode = inode};
    return made;
}

/* The name below the store, or NULL for another file. */
static const char *name_of(const char *path)
{
    size_t n = strlen(journal.dir);
    bool is_below = strncmp(path, journal.dir, n) == 0 && path[n] == '/' && path[n + 1] != '.';
    return is_below ? path + n + 1 : NULL;
}

static int find_name(const char *name)
{
    for (int i = 0; i < journal.n_names; i++) {
        if (strcmp(journal.names[i].name, name) == 0) {
            return i;
        }
    }
    return -1;
}

static void set_name(const char *name, int inode)
{
    int i = find_name(name);
    if (i < 0) {
        assert_true(journal.n_names < MAX_NAMES);
        i = journal.n_names++;
        snprintf(journal.names[i].name, sizeof journal.names[i].name, "%s", name);
    }
    journal.names[i].inode = inode;
    step *made = new_step(STEP_NAME, inode);
    snprintf(made->name, sizeof made->name, "%s", name);
}

static void hear_opened(const char *path, int fd)
{
    assert_true(fd < MAX_FDS);
    journal.inode_of_fd[fd] = INODE_NONE;
    if (strcmp(path, journal.dir) == 0) {
        journal.inode_of_fd[fd] = INODE_DIRECTORY;
        return;
    }
    const char *name = name_of(path);
    if (!name) {
        return;
    }
    int i = find_name(name);
    if (i < 0 || journal.names[i].inode == INODE_NONE) {
        assert_true(journal.n_inodes < MAX_INODES);
        set_name(name, journal.n_inodes++);
        i = find_name(name);
    }
    journal.inode_of_fd[fd] = journal.names[i].inode;
}

static void hear_closed(int fd)
{
    if (fd >= 0 && fd < MAX_FDS) {
        journal.inode_of_fd[fd] = INODE_NONE;
    }
}

static void hear_written(int fd, const void *bytes, size_t n_bytes, uint64_t offset)
{
    int inode = journal.inode_of_fd[fd];
    if (inode >= 0) {
        step *made = new_step(STEP_WRITE, inode);
        made->bytes = malloc(n_bytes);
        assert_non_null(made->bytes);
        memcpy(made->bytes, bytes, n_bytes);
        made->n_bytes = n_bytes;
        made->offset = offset;
    }
}

static void hear_truncated(int fd, uint64_t n_bytes)
{
    int inode = journal.inode_of_fd[fd];
    if (inode >= 0) {
        new_step(STEP_CUT, inode)->offset = n_bytes;
    }
}

static void hear_synced(int fd)
{
    int inode = journal.inode_of_fd[fd];
    if (inode != INODE_NONE) {
        new_step(inode == INODE_DIRECTORY ? STEP_SYNC_NAMES : STEP_SYNC, inode);
    }
}

/* One step that takes the new name; the old one goes in a step of its own, so that either may be
 * found: both names, or none but the new. */
static void hear_renamed(const char *from, const char *to)
{
    const char *old_name = name_of(from);
    const char *new_name = name_of(to);
    if (old_name && new_name) {
        set_name(new_name, journal.names[find_name(old_name)].inode);
        set_name(old_name, INODE_NONE);
    }
}

static void hear_unlinked(const char *path)
{
    const char *name = name_of(path);
    if (name && find_name(name) >= 0) {
        set_name(name, INODE_NONE);
    }
}

static const io_journal listener = {
    .created = hear_opened,
    .closed = hear_closed,
    .written = hear_written,
    .truncated = hear_truncated,
    .synced = hear_synced,
    .renamed = hear_renamed,
    .unlinked = hear_unlinked,
};

/* ------------------------------------------------------------ the disk afterwards */

/* How much of what was not promised is there. */
typedef enum luck {
    LUCK_NOTHING,
    LUCK_EVERYTHING,
    LUCK_BYTES_ONLY,
    LUCK_NAMES_ONLY,
    LUCK_CHANCE
} luck;

typedef struct disk {
    sr_buffer files[MAX_INODES];
    struct {
        char name[64];
        int inode;
    } names[MAX_NAMES];
    int n_names;
} disk;

static disk found;

static void apply_write(sr_buffer *file, const char *bytes, size_t n_bytes, uint64_t offset)
{
    while (file->n_bytes < offset + n_bytes) {
        assert_ok(sr_buffer_append(file, "", 1)); /* a hole of zeros */
    }
    memcpy(file->data + offset, bytes, n_bytes);
}

/* A part of a write: each sector of it is there or not. */
static void tear_write(sr_buffer *file, const step *from, uint64_t *random)
{
    for (size_t at = 0; at < from->n_bytes; at += SECTOR_BYTES) {
        size_t n = from->n_bytes - at < SECTOR_BYTES ? from->n_bytes - at : SECTOR_BYTES;
        if (fixture_random(random) % 2) {
            apply_write(file, from->bytes + at, n, from->offset + at);
        }
    }
}

static void apply_name(const char *name, int inode)
{
    for (int i = 0; i < found.n_names; i++) {
        if (strcmp(found.names[i].name, name) == 0) {
            found.names[i].inode = inode;
            return;
        }
    }
    assert_true(found.n_names < MAX_NAMES);
    snprintf(found.names[found.n_names].name, sizeof found.names[0].name, "%s", name);
    found.names[found.n_names++].inode = inode;
}

/* Whether an fsync before step `end` promises what step `i` did. */
static bool is_promised(int i, int end)
{
    const step *made = &journal.steps[i];
    step_kind wanted = made->kind == STEP_NAME ? STEP_SYNC_NAMES : STEP_SYNC;
    for (int j = i + 1; j < end; j++) {
        const step *later = &journal.steps[j];
        if (later->kind == wanted && (wanted == STEP_SYNC_NAMES || later->inode == made->inode)) {
            return true;
        }
    }
    return false;
}

/* 0: not there, 1: there, 2: torn. */
static int draw(luck chance, step_kind kind, uint64_t *random)
{
    switch (chance) {
    case LUCK_NOTHING:
        return 0;
    case LUCK_EVERYTHING:
        return 1;
    case LUCK_BYTES_ONLY:
        return kind != STEP_NAME;
    case LUCK_NAMES_ONLY:
        return kind == STEP_NAME;
    default:
        return (int)(fixture_random(random) % (kind == STEP_WRITE ? 3 : 2));
    }
}

static void imagine_disk(int end, luck chance, uint64_t seed)
{
    uint64_t random = seed;
    found.n_names = 0;
    for (int i = 0; i < journal.n_inodes; i++) {
        sr_buffer_clear(&found.files[i]);
    }
    for (int i = 0; i < end; i++) {
        const step *made = &journal.steps[i];
        int fate = is_promised(i, end) ? 1 : draw(chance, made->kind, &random);
        if (fate == 0) {
            continue;
        }
        if (made->kind == STEP_NAME) {
            apply_name(made->name, made->inode);
        } else if (made->kind == STEP_CUT) {
            sr_buffer *file = &found.files[made->inode];
            file->n_bytes = file->n_bytes < made->offset ? file->n_bytes : (size_t)made->offset;
        } else if (made->kind == STEP_WRITE && fate == 2) {
            tear_write(&found.files[made->inode], made, &random);
        } else if (made->kind == STEP_WRITE) {
            apply_write(&found.files[made->inode], made->bytes, made->n_bytes, made->offset);
        }
    }
}

static void write_disk(const char *dir)
{
    for (int i = 0; i < found.n_names; i++) {
        char *path = sr_path_join(dir, found.names[i].name);
        unlink(path);
        if (found.names[i].inode >= 0) {
            const sr_buffer *file = &found.files[found.names[i].inode];
            FILE *out = fopen(path, "w");
            if (!out) {
                fail_msg("%s: %s", path, strerror(errno));
            }
            assert_int_equal(fwrite(file->data, 1, file->n_bytes, out), file->n_bytes);
            assert_int_equal(fclose(out), 0);
        }
        free(path);
    }
}

static void clear_disk(const char *dir)
{
    for (int i = 0; i < journal.n_names; i++) {
        char *path = sr_path_join(dir, journal.names[i].name);
        unlink(path);
        free(path);
    }
}

/* ------------------------------------------------------------ the walk */

/* Session `number` adds its own articles and removes one of the session before. */
static void change(const char *dir, uint32_t number)
{
    sr_writer *writer = fixture_writer(dir);
    for (uint32_t i = 0; i < N_DOCS; i++) {
        fixture_add(writer, number * N_DOCS + i, 1);
    }
    if (number > 0) {
        sr_doc doc = {.segment = 0, .ordinal = number};
        assert_ok(sr_writer_remove(writer, doc, NULL));
    }
    fixture_commit(writer);
    sr_writer_close(writer);
}

static void compact(const char *dir)
{
    sr_writer *writer = fixture_writer(dir);
    assert_ok(sr_writer_compact(writer, NULL));
    fixture_commit(writer);
    sr_writer_close(writer);
}

/* Live articles after `n` sessions. */
static uint64_t live_after(int n)
{
    n = n < N_CHANGES ? n : N_CHANGES;
    return n == 0 ? 0 : (uint64_t)n * N_DOCS - (uint64_t)(n - 1);
}

/* What was found opens as the last state told, or as the one under way; and can be gone on with. */
static void check_found(const char *dir, int end, luck chance)
{
    int n_told = 0;
    while (n_told < N_SESSIONS && journal.told[n_told + 1] <= end) {
        n_told++;
    }
    sr_snapshot *snapshot = NULL;
    sr_error error = {0};
    if (sr_snapshot_open(dir, &snapshot, &error) != SR_OK) {
        fail_msg("power off after step %d of %d, luck %d: %s: %s", end, journal.n_steps,
                 (int)chance, error.file, error.text);
    }
    uint64_t n_live = sr_snapshot_live_count(snapshot);
    sr_snapshot_close(snapshot);
    if (n_live != live_after(n_told) && n_live != live_after(n_told + 1)) {
        fail_msg("power off after step %d, luck %d: %llu articles after %d commits", end,
                 (int)chance, (unsigned long long)n_live, n_told);
    }
    if (sr_store_verify(dir, NULL, &error) != SR_OK) {
        fail_msg("power off after step %d, luck %d: %s", end, (int)chance, error.text);
    }
}

/* A store made anew has the same articles; what tells is the version. */
static void check_found_rebuilt(const char *dir, int end, luck chance)
{
    sr_snapshot *snapshot = NULL;
    sr_error error = {0};
    if (sr_snapshot_open(dir, &snapshot, &error) != SR_OK ||
        sr_store_verify(dir, NULL, &error) != SR_OK) {
        fail_msg("power off after step %d of %d, luck %d: %s: %s", end, journal.n_steps,
                 (int)chance, error.file, error.text);
    }
    assert_int_equal(sr_snapshot_live_count(snapshot), live_after(N_CHANGES));
    bool is_told = journal.told[1] <= end;
    assert_false(is_told && sr_snapshot_is_outdated(snapshot));
    sr_snapshot_close(snapshot);
}

/* ------------------------------------------------------------ the sessions */

/* What lies there already was written, named and synced. */
static void remember_file(const char *dir, const char *name)
{
    char *path = sr_path_join(dir, name);
    sr_buffer bytes;
    sr_buffer_init(&bytes, SR_BUFFER_NO_LIMIT);
    assert_ok(sr_file_read_all(path, &bytes, NULL));
    int inode = journal.n_inodes++;
    set_name(name, inode);
    journal.inode_of_fd[0] = inode; /* of no file that a store opens */
    hear_written(0, bytes.data, bytes.n_bytes, 0);
    hear_synced(0);
    hear_closed(0);
    sr_buffer_release(&bytes);
    free(path);
}

static void remember_store(const char *dir)
{
    DIR *entries = opendir(dir);
    assert_non_null(entries);
    for (const struct dirent *entry = readdir(entries); entry; entry = readdir(entries)) {
        if (entry->d_name[0] != '.') {
            remember_file(dir, entry->d_name);
        }
    }
    closedir(entries);
    new_step(STEP_SYNC_NAMES, INODE_DIRECTORY);
}

static void begin_journal(const char *dir)
{
    memset(&journal, 0, sizeof journal);
    snprintf(journal.dir, sizeof journal.dir, "%s", dir);
    memset(journal.inode_of_fd, 0xff, sizeof journal.inode_of_fd);
    for (int i = 0; i < MAX_INODES; i++) {
        sr_buffer_init(&found.files[i], SR_BUFFER_NO_LIMIT);
    }
}

static void release_journal(void)
{
    for (int i = 0; i < journal.n_steps; i++) {
        free(journal.steps[i].bytes);
    }
    for (int i = 0; i < MAX_INODES; i++) {
        sr_buffer_release(&found.files[i]);
    }
}

typedef void (*check_fn)(const char *dir, int end, luck chance);

static void walk_disks(check_fn check)
{
    int n_chances = getenv("SR_TEST_FULL") ? 40 : 4;
    char *copy = fixture_directory();
    long n_states = 0;
    for (int end = journal.told[0]; end <= journal.n_steps; end++) {
        for (int i = 0; i < (int)LUCK_CHANCE + n_chances; i++) {
            luck chance = i < (int)LUCK_CHANCE ? (luck)i : LUCK_CHANCE;
            imagine_disk(end, chance, (uint64_t)end * 1000 + (uint64_t)i);
            write_disk(copy);
            check(copy, end, chance);
            clear_disk(copy);
            n_states++;
        }
    }
    print_message("%d steps, %ld disks\n", journal.n_steps - journal.told[0], n_states);
    assert_true(n_states > 80);
    fixture_remove_directory(copy);
}

static void test_power_goes_at_any_moment(void **state)
{
    (void)state;
    char *dir = fixture_directory();
    begin_journal(dir);
    io_listener = &listener;
    fixture_create(dir, false);
    journal.told[0] = journal.n_steps;
    for (uint32_t i = 0; i < N_SESSIONS; i++) {
        if (i < N_CHANGES) {
            change(dir, i);
        } else {
            compact(dir);
        }
        journal.told[i + 1] = journal.n_steps;
    }
    io_listener = NULL;
    walk_disks(check_found);
    release_journal();
    fixture_remove_directory(dir);
}

static void test_power_goes_while_a_store_is_made_anew(void **state)
{
    (void)state;
    char *dir = fixture_directory();
    fixture_create(dir, false);
    for (uint32_t i = 0; i < N_CHANGES; i++) {
        change(dir, i);
    }
    age_store(dir, 0, 1);
    begin_journal(dir);
    remember_store(dir);
    journal.told[0] = journal.n_steps;
    io_listener = &listener;
    sr_store *store = NULL;
    assert_ok(sr_store_open(dir, SR_STORE_WRITE, NULL, &store, NULL));
    assert_ok(sr_store_compact(store, NULL));
    journal.told[1] = journal.n_steps;
    sr_store_close(store);
    io_listener = NULL;
    walk_disks(check_found_rebuilt);
    release_journal();
    fixture_remove_directory(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_power_goes_at_any_moment),
        cmocka_unit_test(test_power_goes_while_a_store_is_made_anew),
    };
    omp_set_num_threads(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
