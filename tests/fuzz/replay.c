/* replay.c — runs a fuzz target over the files of a directory: the committed corpus, as an ordinary
 * test. */
#include "fuzz/fuzz.h"

#include "base/file.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
    DIR *dir = argc == 2 ? opendir(argv[1]) : NULL;
    if (!dir) {
        fprintf(stderr, "usage: %s CORPUS_DIR\n", argv[0]);
        return 2;
    }
    size_t n_files = 0;
    for (struct dirent *entry = readdir(dir); entry; entry = readdir(dir)) {
        if (entry->d_name[0] == '.') {
            continue;
        }
        char *path = sr_path_join(argv[1], entry->d_name);
        sr_buffer bytes;
        sr_buffer_init(&bytes, SR_BUFFER_NO_LIMIT);
        sr_error error;
        if (!path || sr_file_read_all(path, &bytes, &error) != SR_OK) {
            fprintf(stderr, "%s: can't be read\n", entry->d_name);
            return 1;
        }
        /* A copy of its exact size, so that a read past the end is seen by the sanitizer. */
        uint8_t *exact = malloc(bytes.n_bytes ? bytes.n_bytes : 1);
        if (!exact) {
            return 1;
        }
        if (bytes.n_bytes) {
            memcpy(exact, bytes.data, bytes.n_bytes);
        }
        LLVMFuzzerTestOneInput(exact, bytes.n_bytes);
        n_files++;
        free(exact);
        sr_buffer_release(&bytes);
        free(path);
    }
    closedir(dir);
    printf("%zu inputs\n", n_files);
    return n_files ? 0 : 1;
}
