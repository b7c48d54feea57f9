/* How fast are pages and feeds read, beside libxml2 alone?
 *
 * `markup --data DIR`: the pages DIR/pages/…html, and an RSS feed of 4,000 items made of them. The
 * floor is libxml2 building its own tree of the same bytes. Checked first: every item of the feed
 * is read. `markup --texts DIR` prints {"id", "text"} of each page instead, for bench/html.py. */
#include "corpus.h"

#include "feed/feed.h"
#include "feed/html_read.h"

#include <dirent.h>
#include <libxml/HTMLparser.h>
#include <libxml/parser.h>
#include <stdlib.h>

enum { MAX_PAGES = 1000, N_ITEMS = 4000 };

typedef struct page {
    char id[256];
    char *bytes;
    size_t n_bytes;
} page;

typedef struct work {
    page *pages;
    size_t n_pages;
    size_t n_bytes;
    sr_html_reader reader;
    sr_json *json;
    char *feed_path;
    sr_buffer feed;
} work;

static char *read_all(const char *path, size_t *n_bytes)
{
    FILE *file = fopen(path, "rb");
    if (!file || fseek(file, 0, SEEK_END) != 0) {
        bench_fail("%s: can't be read", path);
    }
    *n_bytes = (size_t)ftell(file);
    rewind(file);
    char *bytes = bench_alloc(*n_bytes + 1);
    if (fread(bytes, 1, *n_bytes, file) != *n_bytes) {
        bench_fail("%s: can't be read", path);
    }
    fclose(file);
    return bytes;
}

static int compare_pages(const void *a, const void *b)
{
    return strcmp(((const page *)a)->id, ((const page *)b)->id);
}

static void read_pages(work *w, const char *directory)
{
    DIR *pages = opendir(directory);
    if (!pages) {
        bench_fail("%s: there are no pages", directory);
    }
    w->pages = bench_alloc(MAX_PAGES * sizeof *w->pages);
    for (struct dirent *entry; (entry = readdir(pages)) && w->n_pages < MAX_PAGES;) {
        const char *dot = strstr(entry->d_name, ".html");
        if (!dot || dot - entry->d_name >= 250) {
            continue;
        }
        page *p = &w->pages[w->n_pages++];
        char path[1024];
        snprintf(p->id, sizeof p->id, "%.*s", (int)(dot - entry->d_name), entry->d_name);
        snprintf(path, sizeof path, "%s/%.255s", directory, entry->d_name);
        p->bytes = read_all(path, &p->n_bytes);
        w->n_bytes += p->n_bytes;
    }
    closedir(pages);
    qsort(w->pages, w->n_pages, sizeof *w->pages, compare_pages);
    w->json = sr_json_create();
    sr_html_reader_init(&w->reader, w->json);
}

static sr_str article_of(work *w, const page *p)
{
    sr_str values[SR_FEED_FIELD_COUNT];
    bench_need(sr_html_read_page(&w->reader, sr_str_make(p->bytes, p->n_bytes),
                                 sr_str_make(NULL, 0), values),
               NULL, "a page");
    return values[SR_FEED_FIELD_TEXT];
}

static void print_texts(work *w)
{
    sr_buffer line;
    sr_buffer_init(&line, SR_BUFFER_NO_LIMIT);
    for (size_t i = 0; i < w->n_pages; i++) {
        sr_buffer_clear(&line);
        bench_need(sr_buffer_append_text(&line, "{\"id\":"), NULL, "a line");
        bench_need(sr_buffer_append_json(&line, sr_str_of(w->pages[i].id)), NULL, "a line");
        bench_need(sr_buffer_append_text(&line, ",\"text\":"), NULL, "a line");
        bench_need(sr_buffer_append_json(&line, article_of(w, &w->pages[i])), NULL, "a line");
        bench_need(sr_buffer_append_text(&line, "}\n"), NULL, "a line");
        fwrite(line.data, 1, line.n_bytes, stdout);
    }
    sr_buffer_release(&line);
}

/* ---------------------------------------------------------------- cases */

static void parse_pages(void *context)
{
    work *w = context;
    for (size_t i = 0; i < w->n_pages; i++) {
        htmlDocPtr tree = htmlReadMemory(w->pages[i].bytes, (int)w->pages[i].n_bytes, NULL, "UTF-8",
                                         HTML_PARSE_RECOVER | HTML_PARSE_NOERROR |
                                             HTML_PARSE_NOWARNING | HTML_PARSE_COMPACT);
        bench_keep(tree);
        xmlFreeDoc(tree);
    }
}

static void read_articles(void *context)
{
    work *w = context;
    for (size_t i = 0; i < w->n_pages; i++) {
        bench_keep(article_of(w, &w->pages[i]).data);
    }
}

static void parse_feed(void *context)
{
    work *w = context;
    size_t n_bytes;
    char *bytes = read_all(w->feed_path, &n_bytes);
    xmlDoc *tree = xmlReadMemory(bytes, (int)n_bytes, NULL, NULL, XML_PARSE_NONET);
    bench_keep(tree);
    xmlFreeDoc(tree);
    free(bytes);
}

static void read_feed(void *context)
{
    size_t n_items = corpus_count(((const work *)context)->feed_path);
    bench_keep(&n_items);
}

/* An RSS feed whose items hold the articles as escaped HTML. */
static void write_feed(work *w, const bench *b)
{
    w->feed_path = bench_path(b, "feed.xml");
    sr_buffer_init(&w->feed, SR_BUFFER_NO_LIMIT);
    sr_buffer *out = &w->feed;
    bench_need(sr_buffer_append_text(out, "<?xml version=\"1.0\"?>\n<rss version=\"2.0\"><channel>"
                                          "<title>Pages</title>\n"),
               NULL, "a feed");
    for (size_t i = 0; i < N_ITEMS; i++) {
        sr_str text = sr_str_trim(article_of(w, &w->pages[i % w->n_pages]));
        bench_need(sr_buffer_append_format(out,
                                           "<item><title>Item %zu</title><guid>http://a.example/"
                                           "%zu</guid><description>&lt;p&gt;. ",
                                           i, i),
                   NULL, "a feed");
        bench_need(sr_buffer_append_html(out, text), NULL, "a feed");
        for (size_t n = text.n_bytes; n < 1000; n += 10) { /* no item is a lead alone */
            bench_need(sr_buffer_append_text(out, " and so on"), NULL, "a feed");
        }
        bench_need(sr_buffer_append_text(out, "&lt;/p&gt;</description></item>\n"), NULL, "a feed");
    }
    bench_need(sr_buffer_append_text(out, "</channel></rss>\n"), NULL, "a feed");
    FILE *file = fopen(w->feed_path, "wb");
    if (!file || fwrite(out->data, 1, out->n_bytes, file) != out->n_bytes || fclose(file) != 0) {
        bench_fail("%s: can't be written", w->feed_path);
    }
}

int main(int argc, char **argv)
{
    work w = {0};
    if (argc == 3 && strcmp(argv[1], "--texts") == 0) {
        read_pages(&w, argv[2]);
        print_texts(&w);
        return 0;
    }
    bench b;
    bench_begin(&b, "html", argc, argv);
    read_pages(&w, bench_path(&b, "pages"));
    const bench_case pages[] = {{"libxml2, its tree of the pages", parse_pages, &w,
                                 (double)w.n_bytes, (double)w.n_pages, "page", "pages", NULL, 0,
                                 NULL},
                                {"simrank, pages to articles", read_articles, &w, (double)w.n_bytes,
                                 (double)w.n_pages, "page", "pages", NULL, 0, NULL}};
    bench_compare(&b, pages, SR_ARRAY_COUNT(pages));
    write_feed(&w, &b);
    if (corpus_count(w.feed_path) != N_ITEMS) {
        bench_fail("only %zu items of %d were read", corpus_count(w.feed_path), N_ITEMS);
    }
    const bench_case feeds[] = {{"libxml2, its tree of the feed", parse_feed, &w,
                                 (double)w.feed.n_bytes, N_ITEMS, "item", "feed.xml", NULL, 0,
                                 NULL},
                                {"simrank, feed to articles", read_feed, &w, (double)w.feed.n_bytes,
                                 N_ITEMS, "item", "feed.xml", NULL, 0, NULL}};
    bench_compare(&b, feeds, SR_ARRAY_COUNT(feeds));
    return 0;
}
