/* html_main.c — marks, lines, the element that holds the article, and which of its lines stay. */
#include "feed/html_main.h"

#include "feed/html_words.h"

#include <stdlib.h>

enum {
    PROSE_CHARS = 60, /* a shorter line proves nothing */
    SCORED_CHARS = 25,
    LEVELS = 5,      /* how far up a line's score is handed */
    SCORE_UNIT = 60, /* divisible by 2, and by 3 times the levels */
    MAX_FURNITURE_PERCENT =
        35 /* of all prose; a bigger element is no furniture whatever its name */
};

void sr_html_main_init(sr_html_main *self)
{
    *self = (sr_html_main){0};
}

void sr_html_main_release(sr_html_main *self)
{
    if (self) {
        free(self->marks);
        free(self->lines);
        sr_html_main_init(self);
    }
}

/* ---------------------------------------------------------------- marks */

static bool contains(sr_str text, const char *part)
{
    return text.n_bytes && memmem(text.data, text.n_bytes, part, strlen(part)) != NULL;
}

static bool is_hidden(const sr_html_tree *tree, size_t node)
{
    sr_str style = sr_html_attribute_get(tree, node, SR_ATTRIBUTE_STYLE);
    return sr_html_attribute_has(tree, node, SR_ATTRIBUTE_HIDDEN) ||
           contains(style, "display:none") || contains(style, "display: none") ||
           contains(style, "visibility:hidden");
}

static unsigned judge_node(const sr_html_tree *tree, size_t node)
{
    static const sr_html_attribute_name NAMES[] = {SR_ATTRIBUTE_CLASS, SR_ATTRIBUTE_ID,
                                                   SR_ATTRIBUTE_ROLE, SR_ATTRIBUTE_ITEMPROP};
    unsigned judgement = 0;
    for (size_t i = 0; i < SR_ARRAY_COUNT(NAMES); i++) {
        sr_str value = sr_html_attribute_get(tree, node, NAMES[i]);
        if (value.n_bytes) {
            judgement |= sr_html_names_judge(value);
        }
    }
    return judgement;
}

static void mark_node(const sr_html_tree *tree, sr_html_mark *marks, size_t i)
{
    const sr_html_node *node = &tree->nodes[i];
    const sr_html_mark *parent = &marks[node->parent];
    unsigned traits = sr_html_tag_traits((sr_html_tag)node->tag);
    marks[i] = (sr_html_mark){.block = traits & SR_HTML_BLOCK ? (uint32_t)i : parent->block,
                              .dropped = i && (parent->dropped || (traits & SR_HTML_SILENT)),
                              .linked = i && (parent->linked || node->tag == SR_TAG_A)};
    if (node->tag != SR_TAG_TEXT && node->n_attributes && !marks[i].dropped) {
        marks[i].judgement = (uint8_t)judge_node(tree, i);
        marks[i].dropped = is_hidden(tree, i) || (marks[i].judgement & SR_HTML_NAME_HIDDEN) != 0;
    }
}

/* Visible characters, a run of white space counted as one. */
static uint32_t count_chars(sr_str text, uint32_t *n_commas)
{
    uint32_t n = 0;
    bool blank = true;
    for (size_t i = 0; i < text.n_bytes; i++) {
        unsigned char c = (unsigned char)text.data[i];
        bool is_blank = c <= ' ';
        n += is_blank ? !blank : (c & 0xc0) != 0x80;
        blank = is_blank;
        *n_commas += c == ',';
    }
    return n;
}

/* ---------------------------------------------------------------- lines */

static sr_status append_line(sr_html_main *self, size_t node, uint32_t block)
{
    SR_TRY(sr_array_reserve((void **)&self->lines, &self->line_capacity, self->n_lines + 1,
                            sizeof *self->lines));
    self->lines[self->n_lines++] =
        (sr_html_line){.first = (uint32_t)node, .last = (uint32_t)node, .block = block};
    return SR_OK;
}

/* Cuts the texts that are not dropped into lines. */
static sr_status cut_lines(sr_html_main *self, const sr_html_tree *tree)
{
    bool open = false;
    self->n_lines = 0;
    for (size_t i = 1; i < tree->n_nodes; i++) {
        const sr_html_mark *mark = &self->marks[i];
        if (tree->nodes[i].tag != SR_TAG_TEXT) {
            unsigned traits = sr_html_tag_traits((sr_html_tag)tree->nodes[i].tag);
            open = open && !(traits & (SR_HTML_BREAK | SR_HTML_BLOCK));
            continue;
        }
        uint32_t n_commas = 0;
        uint32_t n_chars = mark->dropped ? 0 : count_chars(sr_html_text_of(tree, i), &n_commas);
        if (mark->dropped) {
            continue;
        }
        if (!open || self->lines[self->n_lines - 1].block != mark->block) {
            if (n_chars == 0) {
                continue;
            }
            SR_TRY(append_line(self, i, mark->block));
            open = true;
        }
        sr_html_line *line = &self->lines[self->n_lines - 1];
        line->last = (uint32_t)i;
        line->n_chars += n_chars;
        line->n_linked += mark->linked ? n_chars : 0;
        line->n_commas += n_commas;
    }
    return SR_OK;
}

static bool is_prose(const sr_html_line *line)
{
    return line->n_chars >= PROSE_CHARS && line->n_linked * 3 <= line->n_chars;
}

/* Sums over what is below each node. */
static void count_marks(sr_html_main *self, const sr_html_tree *tree)
{
    for (size_t i = 0; i < tree->n_nodes; i++) {
        sr_html_mark *m = &self->marks[i];
        m->n_chars = m->n_linked = m->n_prose = m->n_lines = 0;
    }
    for (size_t l = 0; l < self->n_lines; l++) {
        const sr_html_line *line = &self->lines[l];
        sr_html_mark *m = &self->marks[line->block];
        if (!m->dropped) {
            m->n_chars += line->n_chars;
            m->n_linked += line->n_linked;
            m->n_prose += is_prose(line) ? line->n_chars : 0;
            m->n_lines += is_prose(line);
        }
    }
    for (size_t i = tree->n_nodes; i-- > 1;) {
        const sr_html_mark *m = &self->marks[i];
        sr_html_mark *parent = &self->marks[tree->nodes[i].parent];
        parent->n_chars += m->n_chars;
        parent->n_linked += m->n_linked;
        parent->n_prose += m->n_prose;
        parent->n_lines += m->n_lines;
    }
}

/* ---------------------------------------------------------------- furniture */

static bool is_furniture_tag(sr_html_tag tag)
{
    return tag == SR_TAG_NAV || tag == SR_TAG_ASIDE || tag == SR_TAG_FOOTER ||
           tag == SR_TAG_FIGCAPTION || tag == SR_TAG_MENU || tag == SR_TAG_DIALOG ||
           tag == SR_TAG_FORM || tag == SR_TAG_HEAD;
}

/* Sets aside what is furniture by tag or name, unless it holds much of the page's prose. */
static void drop_furniture(sr_html_main *self, const sr_html_tree *tree)
{
    uint64_t n_all = self->marks[0].n_prose;
    for (size_t i = 1; i < tree->n_nodes; i++) {
        sr_html_mark *m = &self->marks[i];
        sr_html_tag tag = (sr_html_tag)tree->nodes[i].tag;
        if (self->marks[tree->nodes[i].parent].dropped) {
            m->dropped = true;
        }
        if (m->dropped || tag == SR_TAG_TEXT || tag == SR_TAG_BODY || tag == SR_TAG_HTML) {
            continue;
        }
        bool bulky = m->n_prose * 100 > n_all * MAX_FURNITURE_PERCENT;
        bool named = (m->judgement & SR_HTML_NAME_FURNITURE) && !(m->judgement & SR_HTML_NAME_BODY);
        m->dropped = tag == SR_TAG_HEAD || (!bulky && (named || is_furniture_tag(tag)));
    }
}

/* ---------------------------------------------------------------- the element */

static int32_t base_score(const sr_html_tree *tree, const sr_html_mark *mark, size_t node)
{
    int32_t score = 0;
    switch (tree->nodes[node].tag) {
    case SR_TAG_ARTICLE:
        score = 15;
        break;
    case SR_TAG_DIV:
    case SR_TAG_MAIN:
    case SR_TAG_SECTION:
        score = 5;
        break;
    case SR_TAG_PRE:
    case SR_TAG_TD:
    case SR_TAG_BLOCKQUOTE:
        score = 3;
        break;
    case SR_TAG_ADDRESS:
    case SR_TAG_OL:
    case SR_TAG_UL:
    case SR_TAG_DL:
    case SR_TAG_DD:
    case SR_TAG_DT:
    case SR_TAG_LI:
    case SR_TAG_FORM:
        score = -3;
        break;
    case SR_TAG_TH:
    case SR_TAG_H1:
    case SR_TAG_H2:
    case SR_TAG_H3:
    case SR_TAG_H4:
    case SR_TAG_H5:
    case SR_TAG_H6:
        score = -5;
        break;
    default:
        break;
    }
    score += mark->judgement & SR_HTML_NAME_BODY      ? 50
             : mark->judgement & SR_HTML_NAME_ARTICLE ? 25
                                                      : 0;
    score -= mark->judgement & SR_HTML_NAME_FURNITURE  ? 25
             : mark->judgement & SR_HTML_NAME_DOUBTFUL ? 10
                                                       : 0;
    return score * SCORE_UNIT;
}

/* Hands the line's score to what it is in. */
static void score_line(sr_html_main *self, const sr_html_tree *tree, const sr_html_line *line)
{
    uint32_t n_hundreds = line->n_chars / 100;
    int32_t score = (int32_t)(1 + line->n_commas + (n_hundreds < 3 ? n_hundreds : 3)) * SCORE_UNIT;
    uint32_t node = line->block;
    if (tree->nodes[node].tag != SR_TAG_DIV && tree->nodes[node].tag != SR_TAG_TD &&
        tree->nodes[node].tag != SR_TAG_ARTICLE && tree->nodes[node].tag != SR_TAG_SECTION) {
        node = tree->nodes[node].parent;
    }
    for (int32_t level = 0; level < LEVELS && node; level++) {
        int32_t divider = level == 0 ? 1 : level == 1 ? 2 : level * 3;
        self->marks[node].score += score / divider;
        node = tree->nodes[node].parent;
    }
}

static uint32_t best_node(sr_html_main *self, const sr_html_tree *tree)
{
    for (size_t i = 0; i < tree->n_nodes; i++) {
        self->marks[i].score = base_score(tree, &self->marks[i], i);
    }
    for (size_t l = 0; l < self->n_lines; l++) {
        const sr_html_line *line = &self->lines[l];
        if (!self->marks[line->block].dropped && line->n_chars >= SCORED_CHARS) {
            score_line(self, tree, line);
        }
    }
    uint32_t best = 0;
    int64_t best_score = INT64_MIN;
    for (size_t i = 1; i < tree->n_nodes; i++) {
        sr_html_mark *m = &self->marks[i];
        if (m->dropped || m->n_lines == 0 || tree->nodes[i].tag == SR_TAG_TEXT) {
            continue;
        }
        int64_t score = (int64_t)m->score * (m->n_chars - m->n_linked) / (m->n_chars + 1);
        m->score = (int32_t)score;
        if (score > best_score) {
            best_score = score;
            best = (uint32_t)i;
        }
    }
    return best;
}

/* Up to where the neighbours hold prose too: an article whose paragraphs stand in several
 * elements. */
static uint32_t widen(const sr_html_main *self, const sr_html_tree *tree, uint32_t node)
{
    for (uint32_t parent = tree->nodes[node].parent; parent; parent = tree->nodes[parent].parent) {
        const sr_html_mark *inner = &self->marks[node];
        const sr_html_mark *outer = &self->marks[parent];
        sr_html_tag tag = (sr_html_tag)tree->nodes[parent].tag;
        if (tag == SR_TAG_BODY || tag == SR_TAG_HTML || outer->score * 3 < inner->score) {
            return node;
        }
        uint32_t n_more = outer->n_prose - inner->n_prose;
        if (n_more * 4 < inner->n_prose && outer->n_lines - inner->n_lines < 3) {
            return node;
        }
        node = parent;
    }
    return node;
}

/* ---------------------------------------------------------------- its lines */

static bool is_heading(const sr_html_tree *tree, const sr_html_line *line)
{
    return (sr_html_tag_traits((sr_html_tag)tree->nodes[line->block].tag) & SR_HTML_HEADING) != 0;
}

/* Whether a line of the article's element stays. */
static bool stays(const sr_html_main *self, const sr_html_tree *tree, const sr_html_line *line)
{
    if (line->n_linked * 2 > line->n_chars && line->n_chars < 200) {
        return false;
    }
    if (tree->nodes[line->block].tag == SR_TAG_H1) {
        return false;
    }
    (void)self;
    return true;
}

/* Headings behind which no text follows. */
static void drop_last_headings(sr_html_main *self, const sr_html_tree *tree)
{
    bool followed = false;
    for (size_t l = self->n_lines; l-- > 0;) {
        sr_html_line *line = &self->lines[l];
        if (!line->kept) {
            continue;
        }
        bool heading = is_heading(tree, line);
        line->kept = !heading || followed;
        followed = !heading;
    }
}

static void choose_lines(sr_html_main *self, const sr_html_tree *tree, uint32_t root)
{
    uint32_t end = tree->nodes[root].end;
    for (size_t l = 0; l < self->n_lines; l++) {
        sr_html_line *line = &self->lines[l];
        bool inside = line->first >= root && line->first < end;
        line->kept = inside && !self->marks[line->block].dropped &&
                     !self->marks[line->first].dropped && stays(self, tree, line);
    }
    drop_last_headings(self, tree);
}

/* ---------------------------------------------------------------- text */

/* Appends one line, runs of white space as one blank. */
static sr_status append_text(const sr_html_main *self, const sr_html_tree *tree,
                             const sr_html_line *line, sr_buffer *text)
{
    bool preformatted = tree->nodes[line->block].tag == SR_TAG_PRE;
    bool blank = true;
    for (uint32_t i = line->first; i <= line->last; i++) {
        if (tree->nodes[i].tag != SR_TAG_TEXT || self->marks[i].dropped) {
            continue;
        }
        sr_str piece = sr_html_text_of(tree, i);
        SR_TRY(sr_buffer_reserve(text, piece.n_bytes + 1));
        for (size_t b = 0; b < piece.n_bytes; b++) {
            char c = piece.data[b];
            bool nbsp = c == '\xc2' && b + 1 < piece.n_bytes && piece.data[b + 1] == '\xa0';
            b += nbsp;
            bool is_blank = nbsp || ((unsigned char)c <= ' ' && !preformatted);
            if (!is_blank || !blank) {
                text->data[text->n_bytes++] = is_blank ? ' ' : c;
            }
            blank = is_blank;
        }
    }
    while (text->n_bytes && text->data[text->n_bytes - 1] == ' ') {
        text->n_bytes--;
    }
    return sr_buffer_append(text, "\n", 1);
}

static sr_status prepare(sr_html_main *self, const sr_html_tree *tree)
{
    SR_TRY(sr_array_reserve((void **)&self->marks, &self->mark_capacity, tree->n_nodes,
                            sizeof *self->marks));
    self->marks[0] = (sr_html_mark){0};
    for (size_t i = 0; i < tree->n_nodes; i++) {
        mark_node(tree, self->marks, i);
    }
    return cut_lines(self, tree);
}

static sr_status append_kept(const sr_html_main *self, const sr_html_tree *tree, sr_buffer *text)
{
    for (size_t l = 0; l < self->n_lines; l++) {
        if (self->lines[l].kept) {
            SR_TRY(append_text(self, tree, &self->lines[l], text));
        }
    }
    return SR_OK;
}

sr_status sr_html_main_read(sr_html_main *self, const sr_html_tree *tree, sr_buffer *text)
{
    SR_TRY(prepare(self, tree));
    count_marks(self, tree);
    drop_furniture(self, tree);
    count_marks(self, tree);
    uint32_t root = widen(self, tree, best_node(self, tree));
    choose_lines(self, tree, root);
    return append_kept(self, tree, text);
}

sr_status sr_html_main_read_all(sr_html_main *self, const sr_html_tree *tree, sr_buffer *text)
{
    SR_TRY(prepare(self, tree));
    for (size_t l = 0; l < self->n_lines; l++) {
        self->lines[l].kept = true;
    }
    return append_kept(self, tree, text);
}
