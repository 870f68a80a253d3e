//! Pictures that others made: at least so many codes are read per category, and nothing is ever misread.
//!
//! `GERBANG_VECTORS` names the folder with `qr-images`; unset, the test says that it was skipped.

mod written;

use gerbang_qr::symbol::{CodewordReader, Modules, Version, read};
use gerbang_qr::{Effort, LumaFrame, Mode, ScannedCode, Scanner};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use written::{LEVELS, MASKS, PADS, Stream};

/// Least reads per category. Raised with every gain, never lowered.
const RATCHET: [(&str, usize); 27] = [
    ("boofcv/blurred", 31),
    ("boofcv/bright_spots", 44),
    ("boofcv/brightness", 39),
    ("boofcv/close", 20),
    ("boofcv/curved", 28),
    ("boofcv/damaged", 8),
    ("boofcv/glare", 26),
    ("boofcv/high_version", 12),
    ("boofcv/lots", 180),
    ("boofcv/monitor", 7),
    ("boofcv/nominal", 40),
    ("boofcv/noncompliant", 9),
    ("boofcv/pathological", 8),
    ("boofcv/perspective", 14),
    ("boofcv/rotations", 63),
    ("boofcv/shadows", 12),
    ("jsqr/found-by-jsqr", 30),
    ("jsqr/not-found-by-jsqr", 4),
    ("zxing-cpp/multi-1", 5),
    ("zxing-cpp/qrcode-2", 10),
    ("zxing/multi-qrcode-1", 4),
    ("zxing/qrcode-1", 9),
    ("zxing/qrcode-2", 16),
    ("zxing/qrcode-3", 23),
    ("zxing/qrcode-4", 17),
    ("zxing/qrcode-5", 9),
    ("zxing/qrcode-6", 3),
];
/// Calls for one picture.
const SLICES_MAX: usize = 64;

#[test]
fn outside_pictures_are_read_at_least_as_well_as_before_and_never_misread() {
    let Some(vectors) = std::env::var_os("GERBANG_VECTORS") else {
        println!("skipped: GERBANG_VECTORS is not set");
        return;
    };
    let folder = Path::new(&vectors).join("qr-images");
    let cases = std::fs::read_to_string(folder.join("cases.jsonl"))
        .expect("GERBANG_VECTORS holds qr-images");
    let mut scanner = Scanner::new();
    let mut read = BTreeMap::<String, usize>::new();
    for line in cases.lines() {
        let case: Value = serde_json::from_str(line).expect("a case per line");
        let name = |key: &str| case[key].as_str().expect("text").to_owned();
        let answers = scan(&mut scanner, &folder.join(name("file")));
        let codes = case["codes"].as_array().expect("a list");
        for answer in &answers {
            assert_is_vouched_for(&name("id"), answer);
        }
        let count = judge(&name("id"), codes, &answers);
        *read.entry(format!("{}/{}", name("suite"), name("category"))).or_default() += count;
    }
    let told = |(category, count): (&String, &usize)| println!("{category:28}{count:5}");
    read.iter().for_each(told);
    let short: Vec<_> = RATCHET
        .iter()
        .map(|(category, least)| (category, least, read.get(*category).copied().unwrap_or(0)))
        .filter(|(_, least, read)| read < least)
        .collect();
    assert!(short.is_empty(), "category, least, read: {short:?}");
}

/// Encoded again at its version, level and mask, an answer gives the modules that were sampled, but for what error
/// correction says it changed, which is no more than it may.
fn assert_is_vouched_for(id: &str, answer: &ScannedCode) {
    // Escapes of FNC1 and the second byte table of Hanzi are not encoded again as they were.
    if answer.fnc1.is_some() || answer.segments.iter().any(|s| s.mode == Mode::Hanzi) {
        return;
    }
    let mut stream = Stream::new(answer.version.into());
    if let Some(header) = answer.structured_append {
        stream = stream.append(header);
    }
    let stream = stream.segments(&answer.bytes, &answer.segments);
    let (level, mask) = (LEVELS[answer.ecc as usize], MASKS[usize::from(answer.mask)]);
    let version = Version::new(answer.version.into()).expect("1 to 40");
    let side = version.side();
    let data: Vec<usize> =
        (0..side * side).filter(|at| !version.is_function(at % side, at / side)).collect();
    // Some modules belong to no codeword, and nothing corrects them.
    let remainder = data.len() - 8 * version.codewords();
    // Encoders differ in what they pad with, so that is taken from the code.
    let mut reader = CodewordReader::default();
    let mut modules = Modules::from_fn(side, |x, y| answer.modules[y * side + x]);
    let padding_start = match read(&mut modules, &mut reader) {
        Ok(_) => stream.codewords(),
        // Without erasures it may not be readable; then it must be by the book.
        Err(_) => usize::MAX,
    };
    let pad = |at: usize| {
        reader.data().get(padding_start.saturating_add(at)).copied().unwrap_or(PADS[at % 2])
    };
    let again = stream.padded(pad, level, mask);
    let wrong = data.iter().filter(|at| again.dark[**at] != answer.modules[**at]).count();
    let told = answer.corrected;
    assert!(wrong <= 8 * told + remainder, "{id}: {wrong} modules, {told} codewords told");
    let blocks = version.blocks(answer.ecc);
    assert!(told <= blocks.count * (blocks.check_len - blocks.reserved), "{id}: {told} codewords");
}

fn scan(scanner: &mut Scanner, path: &Path) -> Vec<ScannedCode> {
    let picture = image::ImageReader::open(path)
        .expect("there")
        .with_guessed_format()
        .expect("readable")
        .decode()
        .expect("an image")
        .into_luma8();
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let frame = LumaFrame::new(picture.as_raw(), width, height, width).expect("a frame");
    let mut codes: Vec<ScannedCode> = Vec::new();
    for _ in 0..SLICES_MAX {
        let scan = scanner.scan(frame, Effort::Hard);
        for code in scan.codes {
            if !codes.iter().any(|known| known.is_same(&code)) {
                codes.push(code);
            }
        }
        if !scan.pending {
            break;
        }
    }
    codes
}

/// How many of the case's codes were read; panics at a misread.
fn judge(id: &str, codes: &[Value], answers: &[ScannedCode]) -> usize {
    assert!(!codes.is_empty() || answers.is_empty(), "{id}: read where there is no code");
    let mut used = vec![false; answers.len()];
    let mut read = 0;
    for code in codes {
        let inside = |answer: &ScannedCode| is_inside(answer, &code["corners_px"]);
        let known = code["text"].is_string() || code["bytes_hex"].is_string();
        let place = answers.iter().enumerate().position(|(at, answer)| {
            !used[at] && inside(answer).unwrap_or(true) && (!known || is_content(answer, code))
        });
        if let Some(at) = place {
            used[at] = true;
            read += usize::from(known || inside(&answers[at]).is_some());
        }
    }
    for (answer, _) in answers.iter().zip(&used).filter(|(_, used)| !**used) {
        let here: Vec<_> = codes
            .iter()
            .filter(|code| is_inside(answer, &code["corners_px"]) == Some(true))
            .collect();
        let contradicted = !here.is_empty()
            && here.iter().all(|code| {
                (code["text"].is_string() || code["bytes_hex"].is_string())
                    && !is_content(answer, code)
            });
        assert!(!contradicted, "{id}: misread");
    }
    read
}

/// Text is compared tolerant of the character set, as the collections do not tell it.
fn is_content(answer: &ScannedCode, code: &Value) -> bool {
    let plain = |text: &str| text.replace("\r\n", "\n").trim_end_matches('\n').to_owned();
    let hex: String = answer.bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let latin_1: String = answer.bytes.iter().copied().map(char::from).collect();
    let utf_8 = String::from_utf8_lossy(&answer.bytes);
    let expected = code["text"].as_str().map(plain);
    code["bytes_hex"].as_str() == Some(&hex)
        || expected.is_some_and(|text| {
            text == plain(&utf_8)
                || text == plain(&latin_1)
                || answer.text.as_deref().is_some_and(|answer| plain(answer) == text)
                || !answer.bytes.is_ascii() && answer.text.is_none()
        })
}

/// `None` where the case has no corners.
fn is_inside(answer: &ScannedCode, corners: &Value) -> Option<bool> {
    let corners: Vec<(f64, f64)> = corners
        .as_array()?
        .iter()
        .map(|c| (c[0].as_f64().expect("a number"), c[1].as_f64().expect("a number")))
        .collect();
    let centre = answer.centre_px();
    let (x, y) = (f64::from(centre.x), f64::from(centre.y));
    let mut odd = false;
    for (at, &(x1, y1)) in corners.iter().enumerate() {
        let (x2, y2) = corners[(at + 1) % corners.len()];
        if (y1 > y) != (y2 > y) && x < (x2 - x1) * (y - y1) / (y2 - y1) + x1 {
            odd = !odd;
        }
    }
    Some(odd)
}
