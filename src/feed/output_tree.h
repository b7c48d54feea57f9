/* output_tree.h — the files below an output directory: where each goes, that none is an input and
 * no two are the same, and that all appear or none. */
#ifndef SR_FEED_OUTPUT_TREE_H
#define SR_FEED_OUTPUT_TREE_H

#include "feed/output.h"

typedef struct sr_output_tree sr_output_tree;

/* Makes the directory where it is missing. */
SR_MUST_USE sr_status sr_output_tree_create(const char *root, sr_output_tree **out,
                                            sr_error *error);
/* Removes what is not committed, and directories made for it. Accepts NULL. */
void sr_output_tree_free(sr_output_tree *tree);
/* Remembers the member's file as one that must not be overwritten. */
SR_MUST_USE sr_status sr_output_tree_note_input(sr_output_tree *tree, const sr_feed_member *member,
                                                sr_error *error);
/* The output that stands for the member's outermost file. */
SR_MUST_USE sr_status sr_output_tree_open(sr_output_tree *tree, const sr_feed_member *member,
                                          sr_output **out, sr_error *error);
/* Finishes an output and takes it, also on failure. */
SR_MUST_USE sr_status sr_output_tree_keep(sr_output_tree *tree, sr_output *output, sr_error *error);
/* Puts all in place. */
SR_MUST_USE sr_status sr_output_tree_commit(sr_output_tree *tree, sr_error *error);

#endif
