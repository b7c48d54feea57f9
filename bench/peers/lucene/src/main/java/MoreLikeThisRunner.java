import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedWriter;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.apache.lucene.analysis.standard.StandardAnalyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.FieldType;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.queries.mlt.MoreLikeThis;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.MMapDirectory;
import org.apache.lucene.util.Version;

/**
 * Lucene's MoreLikeThis under the contract of ../runner.py: ARTICLES.jsonl QUERIES RUN default|tuned.
 *
 * <p>Title and text are one field with stored term vectors, so a query re-analyses nothing; the index is merged to one segment
 * and documents keep their order: the number of the line is the number of the document. Every query is asked before any is
 * timed, twice, for the compiler of the JVM; times are of the asking thread, without its garbage collection and compilation.
 */
public final class MoreLikeThisRunner {
    private static final String FIELD = "text";
    private static final int N_CANDIDATES = 100;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final boolean tuned;
    private final Analyzer analyzer;
    private final List<String> ids = new ArrayList<>();
    private final Map<String, Integer> numbers = new HashMap<>();
    private double indexSeconds;

    private MoreLikeThisRunner(boolean tuned) {
        this.tuned = tuned;
        this.analyzer = tuned ? new EnglishAnalyzer() : new StandardAnalyzer();
    }

    private void index(Path articles, Directory directory) throws Exception {
        List<String> texts = new ArrayList<>();
        ObjectMapper mapper = new ObjectMapper();
        for (String line : Files.readAllLines(articles)) {
            JsonNode record = mapper.readTree(line);
            numbers.put(record.get("id").asText(), ids.size());
            ids.add(record.get("id").asText());
            texts.add(record.get("title").asText() + "\n" + record.get("text").asText());
        }
        FieldType type = new FieldType(TextField.TYPE_NOT_STORED);
        type.setStoreTermVectors(true);
        type.freeze();
        long start = System.nanoTime();
        try (IndexWriter writer = new IndexWriter(directory, new IndexWriterConfig(analyzer))) {
            for (String text : texts) {
                Document document = new Document();
                document.add(new Field(FIELD, text, type));
                writer.addDocument(document);
            }
            writer.forceMerge(1);
        }
        indexSeconds = (System.nanoTime() - start) / 1e9;
    }

    private MoreLikeThis moreLikeThis(DirectoryReader reader) throws Exception {
        MoreLikeThis mlt = new MoreLikeThis(reader);
        mlt.setAnalyzer(analyzer);
        mlt.setFieldNames(new String[] {FIELD});
        if (tuned) {
            mlt.setMinTermFreq(1);
            mlt.setMinDocFreq(2);
            mlt.setMaxQueryTerms(100);
            mlt.setBoost(true);
        }
        return mlt;
    }

    private void write(BufferedWriter run, String query, ScoreDoc[] found) throws Exception {
        int rank = 0;
        for (ScoreDoc hit : found) {
            String id = ids.get(hit.doc);
            if (!id.equals(query) && rank < N_CANDIDATES) {
                run.write(String.format(Locale.ROOT, "%s %s %d %.6f%n", query, id, ++rank, hit.score));
            }
        }
    }

    private void ask(DirectoryReader reader, List<String> queries, Path out) throws Exception {
        IndexSearcher searcher = new IndexSearcher(reader);
        searcher.setQueryCache(null);
        MoreLikeThis mlt = moreLikeThis(reader);
        for (int round = 0; round < 2; round++) {
            for (String query : queries) {
                searcher.search(mlt.like(numbers.get(query)), N_CANDIDATES + 1);
            }
        }
        StringJoiner seconds = new StringJoiner(",");
        try (BufferedWriter run = Files.newBufferedWriter(out)) {
            for (String query : queries) {
                int number = numbers.get(query);
                long start = THREADS.getCurrentThreadCpuTime();
                ScoreDoc[] found = searcher.search(mlt.like(number), N_CANDIDATES + 1).scoreDocs;
                seconds.add(Double.toString((THREADS.getCurrentThreadCpuTime() - start) / 1e9));
                write(run, query, found);
            }
        }
        System.out.printf(Locale.ROOT,
                "{\"version\":\"%s\",\"settings\":\"%s\",\"index_seconds\":%f,\"query_seconds\":[%s]}%n", Version.LATEST,
                tuned ? "stems, stop words, min_tf 1, min_df 2, 100 terms, boost" : "as it comes: min_tf 2, min_df 5, 25 terms",
                indexSeconds, seconds);
    }

    public static void main(String[] arguments) throws Exception {
        MoreLikeThisRunner runner = new MoreLikeThisRunner(arguments[3].equals("tuned"));
        Path directory = Files.createTempDirectory(Path.of(arguments[2]).toAbsolutePath().getParent(), "lucene");
        try (Directory index = new MMapDirectory(directory)) {
            runner.index(Path.of(arguments[0]), index);
            try (DirectoryReader reader = DirectoryReader.open(index)) {
                runner.ask(reader, Files.readAllLines(Path.of(arguments[1])), Path.of(arguments[2]));
            }
            for (String name : index.listAll()) {
                index.deleteFile(name);
            }
        }
        Files.deleteIfExists(directory);
    }
}
