#!/usr/bin/env python3
"""BM25 with the whole article as the query, over all articles, by scikit-learn's counts: k1 1.2, b .75, k3 8."""

import ctypes
import ctypes.util

import runner

with runner.imports():
    import numpy
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, CountVectorizer

    stemmer = ctypes.CDLL(ctypes.util.find_library("stemmer"))
    stemmer.sb_stemmer_new.restype = ctypes.c_void_p
    stemmer.sb_stemmer_stem.restype = ctypes.c_char_p
    stemmer.sb_stemmer_stem.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int]

K1, B, K3 = 1.2, .75, 8


def stems(text, english=stemmer.sb_stemmer_new(b"english", None), known={}):  # pylint: disable=dangerous-default-value
    for word in runner.words(text):
        if word not in ENGLISH_STOP_WORDS:
            if word not in known:
                letters = word.encode()
                known[word] = stemmer.sb_stemmer_stem(english, letters, len(letters)).decode()
            yield known[word]


def main():
    search = runner.Search()
    with search.index():
        counts = CountVectorizer(analyzer=stems, dtype=numpy.float64).fit_transform(search.texts)
        articles, df = counts.shape[0], numpy.bincount(counts.indices, minlength=counts.shape[1])
        lengths = counts.sum(1).A1
        rows = numpy.repeat(lengths / lengths.mean(), numpy.diff(counts.indptr))
        idf = numpy.log(1 + (articles - df + .5) / (df + .5))
        weights = counts.copy()
        weights.data = idf[counts.indices] * counts.data * (K1 + 1) / (counts.data + K1 * (1 - B + B * rows))
        weights = weights.T.tocsr()
    count = min(runner.N_CANDIDATES + 1, articles)

    def ask(number):
        query = counts[number]
        query.data = query.data * (K3 + 1) / (query.data + K3)
        scores = (query @ weights).toarray()[0]
        return [(n, scores[n]) for n in numpy.argsort(-scores, kind="stable")[:count]]

    search.ask_all(ask)
    search.finish(runner.version("scikit-learn"), f"Snowball stems, English stop words, k1 {K1}, b {B}, k3 {K3}")


main()
