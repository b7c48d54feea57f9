/* site_files.c — names. */
#include "feed/site_files.h"

static const char *const FOLDERS[] = {"_site", "_layouts",     "_includes", "_sass",
                                      "_data", "node_modules", "_plugins",  "__pycache__"};

static const char *const FILES[] = {
    "Gemfile", "Gemfile.lock", "Rakefile",          "Makefile",      "Dockerfile",
    "LICENSE", "package.json", "package-lock.json", "tsconfig.json", "robots.txt"};

static const char *const ENDS[] = {"css",  "scss", "sass", "less",  "js",   "mjs",  "cjs",  "ts",
                                   "map",  "py",   "rb",   "sh",    "yml",  "yaml", "toml", "ini",
                                   "lock", "svg",  "png",  "jpg",   "jpeg", "gif",  "webp", "avif",
                                   "ico",  "bmp",  "woff", "woff2", "ttf",  "otf",  "eot",  "mp3",
                                   "mp4",  "webm", "ogg",  "wav",   "mov"};

static bool equals_lower(const char *name, const char *lower)
{
    size_t i = 0;
    while (name[i] && lower[i]) {
        char c = name[i] >= 'A' && name[i] <= 'Z' ? (char)(name[i] + 32) : name[i];
        if (c != lower[i]) {
            return false;
        }
        i++;
    }
    return name[i] == lower[i];
}

static bool is_folder(const char *name, size_t n_bytes)
{
    for (size_t i = 0; i < SR_ARRAY_COUNT(FOLDERS); i++) {
        if (strlen(FOLDERS[i]) == n_bytes && memcmp(FOLDERS[i], name, n_bytes) == 0) {
            return true;
        }
    }
    return false;
}

bool sr_site_file_is_no_article(const char *relative)
{
    const char *file = relative;
    for (const char *slash = strchr(file, '/'); slash; slash = strchr(file, '/')) {
        if (is_folder(file, (size_t)(slash - file))) {
            return true;
        }
        file = slash + 1;
    }
    if (strstr(file, ".11tydata.")) { /* Eleventy's settings of a page or folder */
        return true;
    }
    for (size_t i = 0; i < SR_ARRAY_COUNT(FILES); i++) {
        if (strcmp(file, FILES[i]) == 0) {
            return true;
        }
    }
    const char *dot = strrchr(file, '.');
    for (size_t i = 0; dot && dot > file && i < SR_ARRAY_COUNT(ENDS); i++) {
        if (equals_lower(dot + 1, ENDS[i])) {
            return true;
        }
    }
    return false;
}
