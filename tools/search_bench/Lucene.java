// Lucene's part of the benchmark, one file that `java -cp lucene-core.jar Lucene.java` compiles and runs.
//   build WORDS SIZE INDEX       lines of day, source, tag, author, words; the file again and again up to SIZE
//   add WORDS COUNT INDEX        the first lines, to what is there; prints nanoseconds until they are found
//   ask INDEX QUERIES REPEATS    lines of join, words, days, facets, offset, by date; prints per query: total, nanoseconds…
// Exact totals, ten best, one thread, one segment, index mapped into memory: as the others are asked.

import java.io.BufferedReader;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.document.*;
import org.apache.lucene.index.*;
import org.apache.lucene.search.*;
import org.apache.lucene.store.MMapDirectory;
import org.apache.lucene.util.BytesRef;

public class Lucene {
  static final String[] FACETS = {"source", "tag", "author"};
  static final int WARM_UP = 30;

  /** The words of a line, cut at blanks. */
  static final class Words extends TokenStream {
    private final CharTermAttribute term = addAttribute(CharTermAttribute.class);
    private final String[] words;
    private int next;

    Words(String text) {
      words = text.isEmpty() ? new String[0] : text.split(" ");
    }

    @Override
    public boolean incrementToken() {
      if (next == words.length) return false;
      clearAttributes();
      term.append(words[next++]);
      return true;
    }

    @Override
    public void reset() {
      next = 0;
    }
  }

  record Question(Query query, boolean facets, int offset, boolean byDate) {}

  public static void main(String[] args) throws Exception {
    if (args[0].equals("build")) build(Path.of(args[1]), Integer.parseInt(args[2]), Path.of(args[3]), true);
    else if (args[0].equals("add")) {
      long started = System.nanoTime();
      build(Path.of(args[1]), Integer.parseInt(args[2]), Path.of(args[3]), false);
      DirectoryReader.open(new MMapDirectory(Path.of(args[3]))).close();
      System.out.println(System.nanoTime() - started);
    }
    else ask(Path.of(args[1]), Path.of(args[2]), Integer.parseInt(args[3]));
  }

  static void build(Path words, int size, Path folder, boolean merged) throws Exception {
    FieldType type = new FieldType();
    type.setIndexOptions(IndexOptions.DOCS_AND_FREQS_AND_POSITIONS);
    type.freeze();
    IndexWriterConfig config = new IndexWriterConfig(null).setRAMBufferSizeMB(1024);
    try (IndexWriter writer = new IndexWriter(new MMapDirectory(folder), config)) {
      for (int done = 0; done < size; ) {
        try (BufferedReader lines = Files.newBufferedReader(words)) {
          for (String line; done < size && (line = lines.readLine()) != null; done++) {
            String[] parts = line.split("\t", -1);
            Document document = new Document();
            document.add(new Field("body", new Words(parts[4]), type));
            document.add(new SortedDocValuesField("id", new BytesRef("document-" + done)));
            document.add(new LongPoint("day", Long.parseLong(parts[0])));
            document.add(new NumericDocValuesField("day", Long.parseLong(parts[0])));
            for (int i = 0; i < FACETS.length; i++)
              document.add(new SortedDocValuesField(FACETS[i], new BytesRef(parts[1 + i])));
            writer.addDocument(document);
          }
        }
      }
      if (merged) writer.forceMerge(1);
    }
  }

  static void ask(Path folder, Path queries, int repeats) throws Exception {
    long started = System.nanoTime();
    DirectoryReader reader = DirectoryReader.open(new MMapDirectory(folder));
    IndexSearcher searcher = new IndexSearcher(reader);
    searcher.setQueryCache(null);
    System.out.println("open\t" + (System.nanoTime() - started));
    List<Question> asked = new ArrayList<>();
    for (String line : Files.readAllLines(queries)) asked.add(parse(line));
    long[] totals = new long[asked.size()];
    for (int round = 0; round < WARM_UP; round++)
      for (int i = 0; i < asked.size(); i++) totals[i] = answer(searcher, asked.get(i));
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long[][] spent = new long[asked.size()][repeats];
    for (int round = 0; round < repeats; round++)
      for (int i = 0; i < asked.size(); i++) {
        started = threads.getCurrentThreadCpuTime();
        answer(searcher, asked.get(i));
        spent[i][round] = threads.getCurrentThreadCpuTime() - started;
      }
    for (int i = 0; i < asked.size(); i++) {
      StringBuilder line = new StringBuilder().append(totals[i]);
      for (long time : spent[i]) line.append('\t').append(time);
      System.out.println(line);
    }
    reader.close();
  }

  static Question parse(String line) {
    String[] parts = line.split("\t", -1);
    String[] words = parts[1].split(" ");
    Query query;
    if (parts[0].equals("prefix")) query = new PrefixQuery(new Term("body", words[0]));
    else if (parts[0].equals("phrase")) query = new PhraseQuery("body", words);
    else {
      BooleanQuery.Builder all = new BooleanQuery.Builder();
      for (String word : words) all.add(new TermQuery(new Term("body", word)), occur(parts[0]));
      query = words.length == 1 ? new TermQuery(new Term("body", words[0])) : all.build();
    }
    if (!parts[2].isEmpty()) {
      String[] days = parts[2].split(" ");
      Query dates = LongPoint.newRangeQuery("day", Long.parseLong(days[0]), Long.parseLong(days[1]));
      query = new BooleanQuery.Builder().add(query, BooleanClause.Occur.MUST).add(dates, BooleanClause.Occur.FILTER).build();
    }
    return new Question(query, parts[3].equals("1"), Integer.parseInt(parts[4]), parts[5].equals("1"));
  }

  static BooleanClause.Occur occur(String join) {
    return join.equals("and") ? BooleanClause.Occur.MUST : BooleanClause.Occur.SHOULD;
  }

  static long answer(IndexSearcher searcher, Question asked) throws Exception {
    int limit = asked.offset() + 10;
    TopDocs found;
    if (asked.byDate()) {
      Sort newest = new Sort(new SortField("day", SortField.Type.LONG, true));
      found = searcher.search(asked.query(), new TopFieldCollectorManager(newest, limit, null, Integer.MAX_VALUE, false));
    } else {
      found = searcher.search(asked.query(), new TopScoreDocCollectorManager(limit, null, Integer.MAX_VALUE, false));
    }
    for (ScoreDoc hit : found.scoreDocs) id(searcher, hit.doc);
    if (asked.facets()) count(searcher, asked.query());
    return found.totalHits.value;
  }

  static String id(IndexSearcher searcher, int doc) throws Exception {
    LeafReaderContext leaf = searcher.getIndexReader().leaves().get(0);
    SortedDocValues ids = DocValues.getSorted(leaf.reader(), "id");
    ids.advanceExact(doc);
    return ids.lookupOrd(ids.ordValue()).utf8ToString();
  }

  /** How many matches each value of each facet has. */
  static long count(IndexSearcher searcher, Query query) throws Exception {
    long[][] counts = new long[FACETS.length][];
    searcher.search(query, new SimpleCollector() {
      private final SortedDocValues[] values = new SortedDocValues[FACETS.length];

      @Override
      protected void doSetNextReader(LeafReaderContext context) throws java.io.IOException {
        for (int i = 0; i < FACETS.length; i++) {
          values[i] = DocValues.getSorted(context.reader(), FACETS[i]);
          if (counts[i] == null) counts[i] = new long[values[i].getValueCount()];
        }
      }

      @Override
      public void collect(int doc) throws java.io.IOException {
        for (int i = 0; i < FACETS.length; i++) if (values[i].advanceExact(doc)) counts[i][values[i].ordValue()]++;
      }

      @Override
      public ScoreMode scoreMode() {
        return ScoreMode.COMPLETE_NO_SCORES;
      }
    });
    return counts[0] == null ? 0 : counts[0].length;
  }
}
