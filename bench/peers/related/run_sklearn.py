#!/usr/bin/env python3
"""scikit-learn: TfidfVectorizer and the cosine with every article."""

import runner

with runner.imports():
    import numpy
    from sklearn.feature_extraction.text import TfidfVectorizer


def main():
    search = runner.Search()
    vectorizer = TfidfVectorizer(sublinear_tf=True, stop_words="english", min_df=2)
    with search.index():
        matrix = vectorizer.fit_transform(search.texts)
        transposed = matrix.T.tocsr()
    count = min(runner.N_CANDIDATES + 1, len(search.ids))

    def ask(number):
        scores = (matrix[number] @ transposed).toarray()[0]
        best = numpy.argpartition(-scores, count - 1)[:count]
        return [(n, scores[n]) for n in best[numpy.argsort(-scores[best], kind="stable")]]

    search.ask_all(ask)
    search.finish(runner.version("scikit-learn"), "log tf, English stop words, df >= 2, all articles compared")


main()
