//! Our own scenes: how many each decoder reads, and the files that other benches read.
//!
//! Shape: `scenes read [--count N] [--from SEED]` prints reads per difficulty; `scenes write FOLDER [--count N]
//! [--from SEED] [--only FAMILY]` writes frames for the cost of each and clips of each family, with `truth.json`
//! beside them.

#[path = "../../../../qr/tests/scene/mod.rs"]
mod scene;

use gerbang_peers::Picture;
use gerbang_peers::peer::Peer;
use scene::clip::{self, Clip};
use scene::draw::{DIFFICULTIES, Difficulty, FAMILIES, Family};
use scene::{Medium, Optics, Scene, y4m};
use serde_json::{Value, json};
use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

fn main() {
    let given: Vec<String> = std::env::args().skip(1).collect();
    let option = |name: &str, default: u64| {
        let at = given.iter().position(|word| word == name);
        let value = at.and_then(|at| given.get(at + 1));
        value.map_or(default, |value| value.parse().expect("a number"))
    };
    match given.first().map(String::as_str) {
        Some("read") => read(option("--count", 10), option("--from", 1)),
        Some("write") => {
            let folder = given.get(1).expect("a folder");
            let only = given.iter().skip_while(|word| *word != "--only").nth(1);
            let clips = lots(option("--count", 2), option("--from", 1))
                .filter(|(family, _)| only.is_none_or(|only| only == family.name));
            write(Path::new(folder), clips).expect("a folder to write into");
        }
        _ => eprintln!("scenes read | scenes write FOLDER"),
    }
}

/// `count` scenes of each family and difficulty.
fn read(count: u64, from: u64) {
    let mut peers: Vec<Peer> = Peer::all().into_iter().filter(|p| p.name != "rxing").collect();
    let names: Vec<_> = peers.iter().map(|peer| peer.name).collect();
    let reference = names.iter().position(|name| *name == "zxing-cpp").expect("there");
    print!("{:8}{:>7}", "scenes", "");
    names.iter().for_each(|name| print!("{name:>10}"));
    println!("{:>16}{:>16}", "zxing-cpp only", "full only");
    for difficulty in DIFFICULTIES {
        let mut reads = vec![0; peers.len()];
        let mut missed = String::new();
        let (mut all, mut theirs_only, mut ours_only, mut misreads) = (0, 0, 0, 0);
        for (family, seed) in lots(count, from) {
            let scene = scene::draw::scene(family, difficulty, seed);
            let content = &scene.medium.as_ref().expect("a code").content;
            let drawn = scene.picture();
            let (width, height) = (drawn.width, drawn.height);
            let picture = Picture { luma: drawn.luma, width, height };
            let read: Vec<bool> = peers
                .iter_mut()
                .map(|peer| {
                    let contents = peer.read(&picture);
                    misreads += contents.iter().filter(|read| *read != content).count();
                    contents.contains(content)
                })
                .collect();
            all += 1;
            reads.iter_mut().zip(&read).for_each(|(sum, read)| *sum += usize::from(*read));
            if read[reference] && !read[1] {
                theirs_only += 1;
                missed += &format!(" {}-{seed}", family.name);
            }
            ours_only += usize::from(!read[reference] && read[1]);
        }
        print!("{:8}{all:7}", format!("{difficulty:?}"));
        reads.iter().for_each(|reads| print!("{reads:10}"));
        println!("{theirs_only:16}{ours_only:16}  misreads of all {misreads}{missed}");
    }
}

fn lots(count: u64, from: u64) -> impl Iterator<Item = (&'static Family, u64)> {
    (from..from + count)
        .flat_map(|seed| FAMILIES.iter().zip(0u64..).map(move |(f, at)| (f, seed * 100 + at)))
}

fn write(
    folder: &Path,
    clips: impl Iterator<Item = (&'static Family, u64)>,
) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let save = |name: &str, frames: &mut dyn Iterator<Item = scene::Picture>| {
        let mut out = BufWriter::new(File::create(folder.join(format!("{name}.y4m")))?);
        y4m::write(&mut out, frames)
    };
    let mut truth = Vec::new();
    for (name, scene) in cost_scenes() {
        save(&name, &mut std::iter::once(scene.picture()))?;
        truth.push(entry(&name, "cost", &scene, None));
    }
    for (family, seed) in clips {
        for difficulty in [Difficulty::Easy, Difficulty::Usual, Difficulty::Hard] {
            let name = format!("{}-{difficulty:?}-{seed}", family.name).to_lowercase();
            let clip = Clip::new(family, difficulty, seed);
            save(&name, &mut (0..clip::FRAMES).map(|at| clip.frame(at)))?;
            truth.push(entry(&name, "clip", &clip.scene, Some((family, difficulty))));
        }
    }
    std::fs::write(folder.join("truth.json"), serde_json::to_string_pretty(&truth)?)
}

fn entry(name: &str, kind: &str, scene: &Scene, drawn: Option<(&Family, Difficulty)>) -> Value {
    let hex = |medium: &Medium| -> String {
        medium.content.iter().map(|byte| format!("{byte:02x}")).collect()
    };
    json!({
        "name": name,
        "kind": kind,
        "family": drawn.map(|(family, _)| family.name),
        "difficulty": drawn.map(|(_, difficulty)| format!("{difficulty:?}").to_lowercase()),
        "width_px": scene.width,
        "height_px": scene.height,
        "version": scene.medium.as_ref().map(|medium| medium.version),
        "bytes_hex": scene.medium.as_ref().map(hex),
    })
}

/// A wall, a busy lobby, and a code of version 10 and 30 as they are usually held.
fn cost_scenes() -> Vec<(String, Scene)> {
    let optics = Optics { noise: 2.0, ..Optics::default() };
    let empty = |width, height, clutter| Scene {
        medium: None,
        width,
        height,
        clutter,
        optics: optics.clone(),
        ..Scene::default()
    };
    let code = |width, height: usize, family: &Family, version: i16, share: f32| {
        let mut medium = family.medium(&mut scene::Noise::new(3));
        medium.version = version;
        let module_px = share * height as f32 / medium.side();
        let medium = Some(medium);
        Scene { medium, module_px, tilt: 0.05, turn_rad: 0.1, ..empty(width, height, 12) }
    };
    let mut scenes = Vec::new();
    for (width, height) in [(1280, 720), (1920, 1080)] {
        scenes.push((format!("wall-{height}"), empty(width, height, 0)));
        scenes.push((format!("lobby-{height}"), empty(width, height, 60)));
    }
    scenes.push(("version-10-720".to_owned(), code(1280, 720, &FAMILIES[0], 10, 0.5)));
    scenes.push(("version-30-1080".to_owned(), code(1920, 1080, &FAMILIES[4], 30, 0.6)));
    scenes
}
