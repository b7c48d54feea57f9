//! gaoya as a Rust program uses it: one signature an article, its own splitter and shingler, one thread. The contract is
//! that of ../runner.py: `gaoya_runner ARTICLES.jsonl CLUSTERS.tsv THRESHOLD`.

use gaoya::minhash::{MinHashIndex, MinHasher, MinHasher32};
use gaoya::text::{shingle_tokens, whitespace_split};
use std::io::{BufWriter, Write};

const SHINGLE_WORDS: usize = 5;
const BANDS: usize = 16;
const ROWS: usize = 8;

#[derive(serde::Deserialize)]
struct Article {
    id: String,
    text: String,
}

/// Processor seconds of this process.
fn seconds() -> f64 {
    let text = std::fs::read_to_string("/proc/self/schedstat").expect("schedstat");
    let nanoseconds: f64 = text.split(' ').next().unwrap().parse().unwrap();
    nanoseconds / 1e9
}

fn root(parent: &mut [usize], mut item: usize) -> usize {
    while parent[item] != item {
        parent[item] = parent[parent[item]];
        item = parent[item];
    }
    item
}

fn sign(hasher: &MinHasher32<std::hash::BuildHasherDefault<fxhash::FxHasher>>, text: &str) -> Vec<u32> {
    let lower = text.to_lowercase();
    let words: Vec<&str> = whitespace_split(&lower).collect();
    if words.len() < SHINGLE_WORDS {
        return hasher.create_signature(std::iter::once(words.join("")));
    }
    hasher.create_signature(shingle_tokens(&words, SHINGLE_WORDS))
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let threshold: f64 = arguments[3].parse().expect("threshold");
    let start = seconds();
    let feed = std::fs::read_to_string(&arguments[1]).expect("feed");
    let articles: Vec<Article> =
        feed.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect();
    let read = seconds();
    let hasher = MinHasher32::new_with_hasher(BANDS * ROWS, Default::default());
    let signatures: Vec<Vec<u32>> =
        articles.iter().map(|article| sign(&hasher, &article.text)).collect();
    let signed = seconds();
    let mut index = MinHashIndex::new(BANDS, ROWS, threshold);
    for (number, signature) in signatures.iter().enumerate() {
        index.insert(number, signature.clone());
    }
    let indexed = seconds();
    let mut parent: Vec<usize> = (0..articles.len()).collect();
    for (number, signature) in signatures.iter().enumerate() {
        for &other in index.query(signature).iter() {
            let (a, b) = (root(&mut parent, number), root(&mut parent, *other));
            parent[a.max(b)] = a.min(b);
        }
    }
    let clustered = seconds();
    let mut out = BufWriter::new(std::fs::File::create(&arguments[2]).expect("clusters"));
    for (number, article) in articles.iter().enumerate() {
        writeln!(out, "{}\t{}", article.id, root(&mut parent, number)).expect("clusters");
    }
    println!(
        "{{\"version\": \"0.2.2\", \"settings\": \"Rust, 32 bits, fxhash, estimate >= {threshold}\", \
         \"stages\": {{\"read\": {}, \"sign\": {}, \"index\": {}, \"cluster\": {}}}}}",
        read - start, signed - read, indexed - signed, clustered - indexed
    );
}
