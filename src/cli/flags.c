/* flags.c — every flag of every verb, once.
 *
 * The order is the order of the help. A brief says what the flag does; the paragraph is read after
 * it and says what one must know to use it well: the default, what is measured, an example.
 */
#include "cli/flags.h"

#include "cli/command.h"
#include "cli/values.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define AT(member) offsetof(cli_options, member)
#define STORED (CLI_ADD | CLI_RELATED | CLI_INIT | CLI_INFO | CLI_CHECK | CLI_REMOVE | CLI_COMPACT)
#define PRINTS                                                                                     \
    (CLI_ADD | CLI_RELATED | CLI_DEDUP | CLI_COMPARE | CLI_INSPECT | CLI_INFO | CLI_CHECK |        \
     CLI_EVAL | CLI_REMOVE | CLI_COMPACT)
#define READS (CLI_ADD | CLI_RELATED | CLI_DEDUP | CLI_COMPARE | CLI_INSPECT)
#define FEEDS (CLI_ADD | CLI_DEDUP)
#define SIGNS (CLI_DEDUP | CLI_COMPARE)

const cli_flag cli_flags[] = {
    {.group = CLI_COMMON,
     .letter = 'h',
     .verbs = CLI_EVERY,
     .kind = CLI_SWITCH,
     .target = AT(brief_help),
     .brief = "the flags, a line each",
     .paragraph = "simrank -h lists the verbs, simrank VERB -h the flags of one."},
    {.group = CLI_COMMON,
     .name = "help",
     .verbs = CLI_EVERY,
     .kind = CLI_SWITCH,
     .target = AT(full_help),
     .brief = "this text: how it works, with examples",
     .paragraph = ""},
    {.group = CLI_COMMON,
     .name = "version",
     .verbs = CLI_EVERY,
     .kind = CLI_SWITCH,
     .target = AT(version),
     .brief = "the version and the kernel in use",
     .paragraph = ""},
    {.group = CLI_COMMON,
     .letter = 'q',
     .verbs = CLI_EVERY & ~CLI_NO_VERB,
     .kind = CLI_SWITCH,
     .target = AT(quiet),
     .brief = "no messages and no progress on stderr; errors stay",
     .paragraph = "Bad records are then only counted in the summary."},
    {.group = CLI_COMMON,
     .letter = 'j',
     .argument = "N",
     .verbs = CLI_ADD | CLI_RELATED | CLI_DEDUP | CLI_INSPECT,
     .kind = CLI_COUNT,
     .target = AT(n_threads),
     .min = 1,
     .max = 1024,
     .brief = "work on N threads",
     .paragraph = "Default: all processors, or $OMP_NUM_THREADS. The output has the same bytes for "
                  "any N."},
    {.group = CLI_COMMON,
     .name = "store",
     .argument = "DIR",
     .verbs = STORED,
     .kind = CLI_TEXT,
     .target = AT(store),
     .brief = "the store to use",
     .paragraph = "Without it $SIMRANK_STORE, and without that ./simrank.store. Only add and init "
                  "ever make a store."},
    {.group = CLI_COMMON,
     .name = "format",
     .argument = "FORMAT",
     .verbs = PRINTS,
     .kind = CLI_OWN,
     .read = cli_read_format,
     .words = "text json jsonl csv html",
     .brief = "how stdout is written: text, json; related also jsonl, csv, html",
     .paragraph = "Default: text, for people. The keys of json stay as they are from version to "
                  "version; new ones may come."},
    {.group = CLI_COMMON,
     .name = "no-wait",
     .verbs = CLI_ADD | CLI_REMOVE | CLI_COMPACT | CLI_CHECK,
     .kind = CLI_SWITCH,
     .target = AT(no_wait),
     .brief = "fail at once where another process is writing",
     .paragraph = "Without it a writer waits for the other one to finish. Readers never wait."},
    {.group = CLI_COMMON,
     .name = "man",
     .verbs = CLI_NO_VERB,
     .kind = CLI_SWITCH,
     .target = AT(manual),
     .brief = "print the man page",
     .paragraph = "To read it: simrank --man | man -l -"},
    {.group = CLI_COMMON,
     .name = "completions",
     .argument = "SHELL",
     .verbs = CLI_NO_VERB,
     .kind = CLI_TEXT,
     .target = AT(completions),
     .words = "bash zsh fish",
     .brief = "print the completions of bash, zsh or fish",
     .paragraph = "For this session of bash: source <(simrank --completions bash)"},
    {.group = CLI_INPUT,
     .name = "map",
     .argument = "FIELD=NAME,…",
     .verbs = READS,
     .kind = CLI_TEXT,
     .target = AT(feed.map),
     .brief = "which field of the feed is which of ours",
     .paragraph = "Ours are id, title, text, lead, url, source, author, published, language, tags, "
                  "image. A name may be a dotted path: --map text=content.rendered,title=headline. "
                  "What is not mapped is guessed from common names. A column of CSV can be "
                  "named by its number: --map title=2,text=3."},
    {.group = CLI_INPUT,
     .name = "input-format",
     .argument = "FORMAT",
     .verbs = READS,
     .kind = CLI_TEXT,
     .target = AT(feed.input_format),
     .words =
         "jsonl json json-feed json-objects csv csv-header csv-rows text html xml markdown warc",
     .brief = "read every file as jsonl, json, csv, text, html, xml, warc …",
     .paragraph = "Default: told by the content, under any compression (gz, xz, bz2, lz4, zst) and "
                  "in tar and zip. Whether the first row of a CSV file names the columns shows by "
                  "content too; csv-header and csv-rows say it."},
    {.group = CLI_INPUT,
     .name = "delimiter",
     .argument = "C",
     .verbs = READS,
     .kind = CLI_OWN,
     .read = cli_read_delimiter,
     .brief = "what stands between the columns of a CSV file",
     .paragraph = "Default: told by the first rows. One ASCII character, or tab."},
    {.group = CLI_INPUT,
     .name = "encoding",
     .argument = "E",
     .verbs = READS,
     .kind = CLI_TEXT,
     .target = AT(feed.encoding),
     .brief = "the encoding of every file: latin1, utf-16, shift_jis …",
     .paragraph =
         "Default: UTF-8, or UTF-16 and windows-1252 where the bytes show it. XML and HTML "
         "tell their own encoding."},
    {.group = CLI_INPUT,
     .name = "files-from",
     .argument = "LIST",
     .verbs = FEEDS | CLI_INSPECT,
     .kind = CLI_TEXT,
     .target = AT(files_from),
     .brief = "read the names of more feeds from LIST, one a line",
     .paragraph = "LIST may be -. These feeds come after those of the command line."},
    {.group = CLI_INPUT,
     .name = "max-record",
     .argument = "SIZE",
     .verbs = READS,
     .kind = CLI_SIZE,
     .target = AT(feed.max_record_bytes),
     .brief = "a longer record is bad",
     .paragraph = "Default: 16M. K, M and G are 1024, 1024² and 1024³ bytes."},
    {.group = CLI_INPUT,
     .name = "max-unpack",
     .argument = "RATIO[,LAYERS]",
     .verbs = READS,
     .kind = CLI_OWN,
     .read = cli_read_max_unpack,
     .brief = "how far a packed file may blow up before it is a bomb",
     .paragraph =
         "Default: 250,8. A file that unpacks to more than 250 times its size (and to more "
         "than 64M), or in which files are packed into files more than 8 times, is "
         "refused."},
    {.group = CLI_INPUT,
     .name = "max-bad",
     .argument = "N|P%",
     .verbs = FEEDS,
     .kind = CLI_OWN,
     .read = cli_read_max_bad,
     .brief = "give up when more records than this are bad",
     .paragraph = "Default: any number; bad records are told, counted and left out. Giving up "
                  "leaves the store and all outputs as they were."},
    {.group = CLI_INPUT,
     .name = "no-boilerplate",
     .verbs = SIGNS | CLI_INSPECT,
     .kind = CLI_SWITCH,
     .target = AT(feed.keep_furniture),
     .brief = "compare the whole text, with the furniture of its page",
     .paragraph = "By default the lines of the site (\"Read also\", lists of links, newsletter "
                  "pitches) play no part."},
    {.group = CLI_INPUT,
     .name = "follow",
     .verbs = CLI_ADD,
     .kind = CLI_SWITCH,
     .target = AT(follow),
     .brief = "keep watching the directory, and add files as they are complete",
     .paragraph =
         "A file is complete when its writer has closed it, or when it was moved in; names "
         "that begin with a dot or end in .tmp, .part or ~ are passed over. Files are "
         "committed together when nothing came for 200 ms. At a start everything is read "
         "once; what the store has is unchanged. Between commits the store is free for "
         "other writers. SIGINT or SIGTERM end it, with exit status 0."},
    {.group = CLI_INPUT,
     .name = "text",
     .verbs = CLI_INSPECT,
     .kind = CLI_SWITCH,
     .target = AT(texts),
     .brief = "print the clean text of each article",
     .paragraph = "The words that are signed and compared; with --format jsonl an object a line."},
    {.group = CLI_BOX,
     .letter = 'n',
     .argument = "N",
     .verbs = CLI_RELATED,
     .kind = CLI_COUNT,
     .target = AT(related.n_items),
     .min = 1,
     .max = 100000,
     .brief = "items in a box",
     .paragraph = "Default: 5."},
    {.group = CLI_BOX,
     .name = "id",
     .argument = "ID",
     .verbs = CLI_RELATED,
     .kind = CLI_LIST,
     .target = AT(ids),
     .brief = "ask for a stored article; repeatable",
     .paragraph = "The queries are answered in the order: ARTICLEs, --id, --ids."},
    {.group = CLI_BOX,
     .name = "ids",
     .argument = "FILE",
     .verbs = CLI_RELATED | CLI_REMOVE,
     .kind = CLI_TEXT,
     .target = AT(ids_file),
     .brief = "the stored articles of FILE, an id a line",
     .paragraph = "related asks for them, remove takes them out. FILE may be -."},
    {.group = CLI_BOX,
     .name = "all",
     .verbs = CLI_RELATED,
     .kind = CLI_SWITCH,
     .target = AT(all),
     .brief = "a box for every stored article",
     .paragraph = "In the order of their adding; on all processors."},
    {.group = CLI_BOX,
     .name = "min-score",
     .argument = "S",
     .verbs = CLI_RELATED,
     .kind = CLI_SHARE,
     .target = AT(related.min_score),
     .brief = "leave out what scores less",
     .paragraph = "Default: 0. A score is from 0 to 1."},
    {.group = CLI_BOX,
     .name = "since",
     .argument = "WHEN",
     .verbs = CLI_RELATED,
     .kind = CLI_WHEN,
     .target = AT(since),
     .brief = "only articles of that time or later",
     .paragraph = "WHEN is a date (2026-05-26), a time (RFC 3339) or an age (90d, 12h) before "
                  "--now."},
    {.group = CLI_BOX,
     .name = "until",
     .argument = "WHEN",
     .verbs = CLI_RELATED,
     .kind = CLI_WHEN,
     .target = AT(until),
     .brief = "only articles of that time or earlier",
     .paragraph = ""},
    {.group = CLI_BOX,
     .name = "older-only",
     .verbs = CLI_RELATED,
     .kind = CLI_SWITCH,
     .target = AT(related.older_only),
     .brief = "only articles older than the query",
     .paragraph = ""},
    {.group = CLI_BOX,
     .name = "dense",
     .argument = "auto|off",
     .verbs = CLI_RELATED,
     .kind = CLI_OWN,
     .read = cli_read_dense,
     .words = "auto off",
     .brief = "whether words of like meaning count",
     .paragraph =
         "Default: auto. A store of 1,000 articles or more learns from its own texts which words "
         "keep the same company; such words then bring articles together, with a weight of 0.15 "
         "beside the words that the articles share. off compares by shared words alone: better "
         "for wires of narrow subject (finance), worse for most else."},
    {.group = CLI_BOX,
     .name = "half-life",
     .argument = "AGE|off",
     .verbs = CLI_RELATED,
     .kind = CLI_OWN,
     .read = cli_read_half_life,
     .brief = "how fast the distance in time lowers a score",
     .paragraph =
         "Default: 62d. A score is multiplied by 0.8 + 0.2 · 2^(−distance / AGE); the distance is "
         "that between the dates of the two articles. off: time plays no part."},
    {.group = CLI_BOX,
     .name = "max-per-source",
     .argument = "N",
     .verbs = CLI_RELATED,
     .kind = CLI_COUNT,
     .target = AT(related.max_per_source),
     .min = 0,
     .max = 100000,
     .brief = "at most N items of one source",
     .paragraph = "Default: 2; 0: no limit. A preference: a box that would stay short is filled "
                  "without it."},
    {.group = CLI_BOX,
     .name = "source",
     .argument = "S",
     .verbs = CLI_RELATED | CLI_REMOVE,
     .kind = CLI_TEXT,
     .target = AT(related.source),
     .brief = "only articles of this source",
     .paragraph = ""},
    {.group = CLI_BOX,
     .name = "before",
     .argument = "WHEN",
     .verbs = CLI_REMOVE,
     .kind = CLI_WHEN,
     .target = AT(before),
     .brief = "only articles published before that time",
     .paragraph = "WHEN is a date (2026-05-26), a time (RFC 3339) or an age (90d, 12h) before now. "
                  "An article without a date stays. With --source both must be true."},
    {.group = CLI_BOX,
     .name = "lang",
     .argument = "L",
     .verbs = CLI_RELATED,
     .kind = CLI_TEXT,
     .target = AT(related.language),
     .brief = "only articles in this language (en, de …)",
     .paragraph = ""},
    {.group = CLI_BOX,
     .name = "tag",
     .argument = "T",
     .verbs = CLI_RELATED,
     .kind = CLI_TEXT,
     .target = AT(related.tag),
     .brief = "only articles with this tag",
     .paragraph = ""},
    {.group = CLI_BOX,
     .name = "exclude",
     .argument = "ID",
     .verbs = CLI_RELATED,
     .kind = CLI_LIST,
     .target = AT(exclude),
     .brief = "never show this article; repeatable",
     .paragraph = ""},
    {.group = CLI_BOX,
     .name = "why",
     .verbs = CLI_RELATED,
     .kind = CLI_SWITCH,
     .target = AT(related.why),
     .brief = "show the words that made an item related",
     .paragraph = "Each with its share of the score."},
    {.group = CLI_BOX,
     .name = "now",
     .argument = "WHEN",
     .verbs = CLI_RELATED | CLI_ADD | CLI_INSPECT,
     .kind = CLI_WHEN,
     .target = AT(now),
     .brief = "count ages from this time",
     .paragraph = "Default: the clock. In related it changes the words \"36 minutes ago\" and what "
                  "an age means in --since and --until, never the ranking. In add and inspect it "
                  "is the time after which a dated page of a static site is not published yet."},
    {.group = CLI_BOX,
     .name = "ranking",
     .verbs = CLI_RELATED,
     .kind = CLI_SWITCH,
     .target = AT(related.ranking),
     .brief = "the plain ranking, six columns a row",
     .paragraph = "As TREC's tools read it: query Q0 article rank score simrank. Repeats stay, "
                  "sources are not limited, nothing is filtered or filled up."},
    {.group = CLI_OUTPUT,
     .letter = 'o',
     .argument = "OUT",
     .verbs = CLI_DEDUP,
     .kind = CLI_TEXT,
     .target = AT(dedup.output),
     .brief = "write the surviving records to FILE, DIR/ or -",
     .paragraph = "DIR/ gets one file for each input, of the same name, format and compression; "
                  "FILE joins all of them, and its ending (.zst, .gz …) chooses the compression. "
                  "Records keep their own bytes and order. An input is never overwritten."},
    {.group = CLI_OUTPUT,
     .name = "report",
     .argument = "FILE",
     .verbs = CLI_ADD | CLI_DEDUP,
     .kind = CLI_LIST,
     .target = AT(reports),
     .brief = "write what happened to each record: .csv, .jsonl; dedup: .html",
     .paragraph = "dedup takes several. An .html one is a page for people: a table by source, and "
                  "the clusters most worth a look with their texts side by side. The columns of "
                  "the others: file, line, id, relation, action, kept_file, kept_line, kept_id, "
                  "similarity, containment, cluster_size; FILE:N pastes straight into simrank "
                  "compare. add - --report - answers each record on stdout."},
    {.group = CLI_OUTPUT,
     .name = "against",
     .argument = "STORE",
     .verbs = CLI_DEDUP,
     .kind = CLI_TEXT,
     .target = AT(dedup.against),
     .brief = "drop what this store has already",
     .paragraph = "Its articles come first in any keep order; what it has is dropped before the "
                  "rest is compared. In the report kept_file is then the store and kept_line is 0. "
                  "A store without texts is asked by signatures alone."},
    {.group = CLI_OUTPUT,
     .name = "add",
     .verbs = CLI_DEDUP,
     .kind = CLI_SWITCH,
     .target = AT(dedup.add),
     .brief = "put the survivors into the store of --against",
     .paragraph = "As one commit, once all outputs are written. dedup --against STORE --add FEED "
                  "keeps a store clean from run to run."},
    {.group = CLI_OUTPUT,
     .name = "repair",
     .verbs = CLI_CHECK,
     .kind = CLI_SWITCH,
     .target = AT(repair),
     .brief = "make a damaged store sound again",
     .paragraph = "Keeps what is sound and puts in again what checksums prove of the rest; what is "
                  "lost is listed with its file and, where it can be read, its id. Damaged files "
                  "are kept in the store's directory as *.damaged until you remove them."},
    {.group = CLI_OUTPUT,
     .name = "dry-run",
     .verbs = CLI_DEDUP | CLI_REMOVE,
     .kind = CLI_SWITCH,
     .target = AT(dedup.dry_run),
     .brief = "find out, but write nothing",
     .paragraph = "remove then prints the ids."},
    {.group = CLI_OUTPUT,
     .name = "plan",
     .verbs = CLI_DEDUP,
     .kind = CLI_SWITCH,
     .target = AT(plan),
     .brief = "say what the run would take and find, and stop",
     .paragraph =
         "Articles, memory, temporary and output space against what is free, the bands, the "
         "share of pairs that they find at each similarity, and the pairs that they will "
         "compare in vain, estimated from the first 2,000 articles. A run over 64M or more "
         "says its needs too, and stops where the space is short."},
    {.group = CLI_OUTPUT,
     .name = "audit",
     .argument = "N",
     .without = "1000",
     .verbs = CLI_DEDUP,
     .kind = CLI_COUNT,
     .target = AT(dedup.n_audited),
     .min = 1,
     .max = 1000000,
     .brief = "check the run by brute force on N articles (1000)",
     .paragraph = "Articles drawn at random, the same ones in every run, are compared with all "
                  "others past the index: the summary then says which share of repeats this run "
                  "found and which share of what it found is right, with 95 % intervals."},
    {.group = CLI_OUTPUT,
     .name = "drop",
     .argument = "LIST",
     .verbs = CLI_DEDUP,
     .kind = CLI_OWN,
     .read = cli_read_drop,
     .words = "exact near contained updated",
     .brief = "which relations are removed: exact,near,contained,updated",
     .paragraph = "Default: all of them. The others are reported and kept."},
    {.group = CLI_OUTPUT,
     .name = "keep",
     .argument = "LIST",
     .verbs = CLI_DEDUP,
     .kind = CLI_OWN,
     .read = cli_read_keep,
     .words = "auto first last longest newest oldest source=",
     .brief = "which of a cluster stays: first, longest, source=NAME …",
     .paragraph = "Criteria in order, separated by commas: first, last, longest, newest, oldest, "
                  "source=NAME (the source, or the host of the URL: source=reuters.com,longest). "
                  "What is equal in all of them: the first in the input. Default: auto, which is "
                  "first. Whatever is asked for, an excerpt never stays instead of its article."},
    {.group = CLI_SIGNATURE,
     .name = "cluster",
     .argument = "KIND",
     .verbs = CLI_DEDUP,
     .kind = CLI_OWN,
     .read = cli_read_cluster,
     .words = "representative components",
     .brief = "what a cluster is: representative or components",
     .paragraph =
         "Default: representative: every member is near to the record that stays. "
         "components: all that is connected by near pairs, whose ends may have little in "
         "common; one of more than 1,000 different texts is split into the other kind, and "
         "that is said."},
    {.group = CLI_OUTPUT,
     .name = "memory",
     .argument = "SIZE",
     .verbs = CLI_DEDUP,
     .kind = CLI_SIZE,
     .target = AT(dedup.memory_bytes),
     .brief = "the memory that the run may take",
     .paragraph = "Default: half of what the control group or the machine has. A run that would "
                  "need more is refused before it begins (a pipe: when it was read); --plan says "
                  "how much it needs."},
    {.group = CLI_OUTPUT,
     .name = "tmp",
     .argument = "DIR",
     .verbs = CLI_DEDUP,
     .kind = CLI_TEXT,
     .target = AT(dedup.tmp_dir),
     .brief = "where temporary files lie",
     .paragraph = "Default: $TMPDIR, else beside the output."},
    {.group = CLI_SIGNATURE,
     .name = "threshold",
     .argument = "J",
     .verbs = SIGNS,
     .kind = CLI_OWN,
     .read = cli_read_threshold,
     .brief = "near: at least this likeness",
     .paragraph =
         "Default: 0.54. Near is a likeness of at least J: the share of the word shingles of two "
         "articles that both have, and of what that leaves, the share of words that both "
         "have, counted in the texts and not guessed from the signatures. Where numbers and names "
         "in the same places differ the two only share a template. dedup "
         "chooses bands for a lower threshold so that 0.95 of the pairs at it are found; "
         "--recall asks for more."},
    {.group = CLI_SIGNATURE,
     .name = "containment",
     .argument = "C",
     .verbs = SIGNS,
     .kind = CLI_SHARE,
     .target = AT(thresholds.containment),
     .brief = "contained: at least this share of the shorter one",
     .paragraph = "Default: 0.85. The share of the shorter article's shingles that stand in the "
                  "longer one too."},
    {.group = CLI_SIGNATURE,
     .name = "shingle",
     .argument = "W",
     .verbs = SIGNS,
     .kind = CLI_COUNT,
     .target = AT(params.shingle_words),
     .min = 1,
     .max = 16,
     .brief = "words in a shingle",
     .paragraph = "Default: 5. Fewer find more loosely worded copies, and more chance likeness."},
    {.group = CLI_SIGNATURE,
     .name = "recall",
     .argument = "R",
     .verbs = CLI_DEDUP,
     .kind = CLI_OWN,
     .read = cli_read_recall,
     .brief = "choose bands that find this share of the pairs at --threshold",
     .paragraph = "Pairs above the threshold are found more surely than those at it. --plan shows "
                  "the bands, the whole curve and what it costs."},
    {.group = CLI_SIGNATURE,
     .name = "bands",
     .argument = "BxR",
     .verbs = CLI_DEDUP,
     .kind = CLI_OWN,
     .read = cli_read_bands,
     .brief = "bands and rows of the search for candidates",
     .paragraph = "Default: 16x8, which meets 95 % of the pairs at J = 0.8. More bands of fewer "
                  "rows meet more pairs and take longer; B times R is at most the number of "
                  "values."},
    {.group = CLI_SIGNATURE,
     .name = "signature",
     .argument = "K",
     .verbs = CLI_DEDUP | CLI_COMPARE | CLI_INIT,
     .kind = CLI_COUNT,
     .target = AT(params.n_values),
     .min = 128,
     .max = 256,
     .words = "128 256",
     .brief = "MinHash values in a signature: 128 or 256",
     .paragraph = "Default: 128. 256 estimate more closely and take twice the space."},
    {.group = CLI_SIGNATURE,
     .name = "dedup-only",
     .verbs = CLI_INIT,
     .kind = CLI_SWITCH,
     .target = AT(dedup_only),
     .brief = "a store of signatures, without texts",
     .paragraph = "Much smaller; it knows repeats, but gives no related articles."},
    {.group = CLI_JUDGING,
     .name = "qrels",
     .argument = "FILE",
     .verbs = CLI_EVAL,
     .kind = CLI_TEXT,
     .target = AT(qrels),
     .brief = "the judgements, a line each: query 0 article grade",
     .paragraph = "Grade 0 is not relevant; what is not listed is not either."},
    {.group = CLI_JUDGING,
     .name = "min-grade",
     .argument = "N",
     .verbs = CLI_EVAL,
     .kind = CLI_COUNT,
     .target = AT(min_grade),
     .min = 1,
     .max = 30,
     .brief = "relevant, for all measures but nDCG, is a grade of N or more",
     .paragraph = "Default: 1."},
};
const size_t cli_flag_count = sizeof cli_flags / sizeof cli_flags[0];

const char *const cli_group_titles[CLI_GROUP_COUNT] = {
    "COMMON", "INPUT", "RELATED", "OUTPUT", "SIGNATURES AND THRESHOLDS", "JUDGING",
};

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
