#!/usr/bin/env python3
"""Xapian's way to similar documents: the 100 best terms of the article's relevance set (get_eset), joined as an OR query,
BM25. Runs on the system's Python, which has the binding."""

import tempfile

import runner

with runner.imports():
    import xapian

N_TERMS = 100


def main():
    search = runner.Search()
    generator = xapian.TermGenerator()
    generator.set_stemmer(xapian.Stem("en"))
    generator.set_stemming_strategy(xapian.TermGenerator.STEM_ALL)
    with tempfile.TemporaryDirectory() as directory:
        with search.index():
            base = xapian.WritableDatabase(directory, xapian.DB_CREATE_OR_OVERWRITE)
            for text in search.texts:
                document = xapian.Document()
                generator.set_document(document)
                generator.index_text_without_positions(text)
                base.add_document(document)
            base.commit()
            base.close()
        base = xapian.Database(directory)
        enquire = xapian.Enquire(base)

        def ask(number):
            relevant = xapian.RSet()
            relevant.add_document(number + 1)
            enquire.set_query(xapian.Query())
            terms = [item.term for item in enquire.get_eset(N_TERMS, relevant)]
            enquire.set_query(xapian.Query(xapian.Query.OP_OR, terms))
            return [(match.docid - 1, match.weight) for match in enquire.get_mset(0, runner.N_CANDIDATES + 1)]

        search.ask_all(ask)
    search.finish(xapian.version_string(), f"stems, eset of {N_TERMS} terms, OR, BM25")


main()
