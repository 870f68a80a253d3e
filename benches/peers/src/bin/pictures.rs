//! What each decoder spends on the outside pictures, in one run.
//!
//! Shape: `pictures FOLDER [--rounds N] [--only TEXT] [--peers A,B] [--each]`; FOLDER holds `cases.jsonl`.
//! `--each` prints every picture's milliseconds instead of the table.

use gerbang_peers::Picture;
use gerbang_peers::peer::Peer;
use gerbang_peers::spent::{least_ms, percentile};
use std::path::Path;

fn main() {
    let given: Vec<String> = std::env::args().skip(1).collect();
    let option = |name: &str| {
        let at = given.iter().position(|word| word == name)?;
        given.get(at + 1).cloned()
    };
    let folder = given.first().expect("the folder of the pictures");
    let rounds = option("--rounds").map_or(3, |rounds| rounds.parse().expect("a number"));
    let only = option("--only").unwrap_or_default();
    let wanted = option("--peers");
    let is_wanted = |name: &str| {
        wanted.as_ref().is_none_or(|wanted| wanted.split(',').any(|part| part == name))
    };
    let mut peers: Vec<Peer> =
        Peer::all().into_iter().filter(|peer| is_wanted(peer.name)).collect();
    let mut ms = vec![Vec::new(); peers.len()];
    let mut codes = vec![0; peers.len()];
    let each = given.iter().any(|word| word == "--each");
    let pictures = pictures(Path::new(folder), &only);
    for (id, picture) in &pictures {
        let mut line = String::new();
        for (at, peer) in peers.iter_mut().enumerate() {
            let (spent, read) = least_ms(rounds, || peer.read(picture));
            ms[at].push(spent);
            codes[at] += read.len();
            line += &format!("{spent:10.3} {:3}", read.len());
        }
        if each {
            println!("{line}  {id}");
        }
    }
    let reference = peers.iter().position(|peer| peer.name == "zxing-cpp").unwrap_or(0);
    let base = percentile(&ms[reference], 0.5);
    println!("{} outside pictures, least of {rounds} runs, native", pictures.len());
    println!(
        "{:12}{:>8}{:>10}{:>8}{:>10}{:>9}",
        "", "contents", "median ms", "ratio", "p95 ms", "sum ms"
    );
    for ((peer, ms), codes) in peers.iter().zip(&ms).zip(&codes) {
        let median = percentile(ms, 0.5);
        println!(
            "{:12}{codes:8}{median:10.3}{:8.2}{:10.2}{:9.0}",
            peer.name,
            median / base,
            percentile(ms, 0.95),
            ms.iter().sum::<f64>()
        );
    }
}

fn pictures(folder: &Path, only: &str) -> Vec<(String, Picture)> {
    let cases = std::fs::read_to_string(folder.join("cases.jsonl")).expect("cases.jsonl");
    let mut pictures = Vec::new();
    for line in cases.lines().filter(|line| line.contains(only)) {
        let case: serde_json::Value = serde_json::from_str(line).expect("a case a line");
        let (Some(id), Some(file)) = (case["id"].as_str(), case["file"].as_str()) else { continue };
        let grey = image::open(folder.join(file))
            .or_else(|_| {
                image::ImageReader::open(folder.join(file))?.with_guessed_format()?.decode()
            })
            .expect("a picture")
            .into_luma8();
        let (width, height) = (grey.width() as usize, grey.height() as usize);
        pictures.push((id.to_owned(), Picture { luma: grey.into_raw(), width, height }));
    }
    pictures
}
