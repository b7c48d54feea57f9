#!/usr/bin/env python3
"""Tantivy's more-like-this with the settings of the tuned Lucene row. The work is in Rust; Python only calls it."""

import tempfile

import runner

with runner.imports():
    import tantivy


def analyzer():
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    for step in (tantivy.Filter.lowercase(), tantivy.Filter.stopword("english"), tantivy.Filter.stemmer("english")):
        builder = builder.filter(step)
    return builder.build()


def main():
    search = runner.Search()
    schema = tantivy.SchemaBuilder()
    schema.add_integer_field("number", stored=True, fast=True)
    schema.add_text_field("text", stored=True, tokenizer_name="related", index_option="freq")
    with tempfile.TemporaryDirectory() as directory:
        index = tantivy.Index(schema.build(), path=directory)
        index.register_tokenizer("related", analyzer())
        with search.index():
            writer = index.writer(heap_size=256_000_000, num_threads=1)
            for number, text in enumerate(search.texts):
                writer.add_document(tantivy.Document(number=number, text=text))
            writer.commit()
            writer.wait_merging_threads()
        index.reload()
        searcher = index.searcher()
        found = searcher.search(tantivy.Query.all_query(), limit=len(search.ids)).hits
        addresses = [address for _, address in found]
        place = dict(zip(searcher.fast_field_values("number", addresses), addresses))
        number_of = {(a.segment_ord, a.doc): number for number, a in place.items()}

        def ask(number):
            query = tantivy.Query.more_like_this_query(place[number], min_doc_frequency=2, min_term_frequency=1,
                                                       max_query_terms=100, boost_factor=1.0)
            hits = searcher.search(query, limit=runner.N_CANDIDATES + 1, count=False).hits
            return [(number_of[address.segment_ord, address.doc], score) for score, address in hits]

        search.ask_all(ask)
    search.finish(runner.version("tantivy"), "stems, stop words, min_tf 1, min_df 2, 100 terms, boost")


main()
