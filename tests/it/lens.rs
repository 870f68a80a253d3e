//! Which lens is looked through, on phones as they are.

use gerbang::scan::lens::{Focus, Listed, TRIED_MAX, focus_of, known, to_try};

fn listed(labels: &[&str]) -> Vec<Listed> {
    labels
        .iter()
        .enumerate()
        .map(|(at, label)| Listed { id: format!("id{at}"), label: (*label).to_owned() })
        .collect()
}

/// Goes from lens to lens as the shell does; answers where it ends.
fn settle(lenses: &[Listed], focus: &[Focus], first: usize, before: Option<&Listed>) -> String {
    let at = |id: &str| lenses.iter().position(|lens| lens.id == id).expect("listed");
    let first = lenses[first].id.clone();
    if let Some(lens) = known(lenses, &first, before) {
        return lens.label.clone();
    }
    let mut tried = vec![first.clone()];
    let mut now = first.clone();
    while focus[at(&now)] == Focus::Fixed && before.is_none() {
        let Some(next) = to_try(lenses, &tried) else {
            now = first;
            break;
        };
        now.clone_from(&next.id);
        tried.push(now.clone());
    }
    lenses[at(&now)].label.clone()
}

#[test]
fn a_phone_with_four_lenses_is_not_left_with_the_one_that_cannot_focus() {
    // The browser hands out the wide lens, whose focus is fixed; the main one is listed last.
    let lenses = listed(&[
        "camera2 1, facing front",
        "camera2 3, facing front",
        "camera2 2, facing back",
        "camera2 0, facing back",
    ]);
    let focus = [Focus::Fixed, Focus::Fixed, Focus::Fixed, Focus::Moves];
    assert_eq!(settle(&lenses, &focus, 2, None), "camera2 0, facing back");
    // One that can focus is kept, wherever it stands.
    let focus = [Focus::Fixed, Focus::Fixed, Focus::Moves, Focus::Moves];
    assert_eq!(settle(&lenses, &focus, 2, None), "camera2 2, facing back");
    // Where none can, the first is as good as any.
    assert_eq!(settle(&lenses, &[Focus::Fixed; 4], 2, None), "camera2 2, facing back");
}

#[test]
fn an_iphone_looks_through_the_lens_that_changes_by_itself() {
    for (labels, wanted) in [
        (
            &["Front Camera", "Back Ultra Wide Camera", "Back Dual Wide Camera", "Back Camera"][..],
            "Back Dual Wide Camera",
        ),
        (
            &["Front Camera", "Back Camera", "Back Telephoto Camera", "Back Triple Camera"],
            "Back Triple Camera",
        ),
        (
            &["Kamera Depan", "Kamera Belakang", "Kamera Ganda Lebar Belakang"],
            "Kamera Ganda Lebar Belakang",
        ),
        // An SE has one, and it is right.
        (&["Front Camera", "Back Camera"], "Back Camera"),
    ] {
        let lenses = listed(labels);
        let first =
            labels.iter().position(|label| label.contains("Camera") && label.contains("Back"));
        let first = first.unwrap_or(1);
        let found = settle(&lenses, &vec![Focus::Unknown; labels.len()], first, None);
        let single = labels.len() == 2;
        assert!(found == wanted || single, "{labels:?}: {found}");
    }
}

#[test]
fn what_somebody_chose_is_found_again_by_its_id_or_its_label() {
    let lenses = listed(&["facing front", "facing back 0", "facing back 2"]);
    let focus = [Focus::Moves; 3];
    let chosen = |id: &str, label: &str| Listed { id: id.to_owned(), label: label.to_owned() };
    let again = |before: &Listed| settle(&lenses, &focus, 1, Some(before));
    assert_eq!(again(&chosen("id2", "facing back 2")), "facing back 2");
    // Safari gives new ids each time.
    assert_eq!(again(&chosen("other", "facing back 2")), "facing back 2");
    assert_eq!(again(&chosen("id0", "facing front")), "facing front", "a front camera too");
    // The phone has it no more.
    assert_eq!(again(&chosen("gone", "usb")), "facing back 0");
    assert_eq!(again(&chosen("gone", "")), "facing back 0", "no label is no lens's");
}

#[test]
fn what_is_not_known_changes_nothing() {
    let laptop = listed(&["Integrated Camera"]);
    assert_eq!(known(&laptop, "id0", None), None);
    assert_eq!(to_try(&laptop, &["id0".to_owned()]), None);
    let unnamed = listed(&["", ""]);
    assert_eq!(known(&unnamed, "id0", None), None);
    assert_eq!(to_try(&unnamed, &["id0".to_owned()]), None);
    assert_eq!(focus_of([]), Focus::Unknown);
    assert_eq!(focus_of(["manual"]), Focus::Fixed);
    assert_eq!(focus_of(["none"]), Focus::Fixed);
    assert_eq!(focus_of(["manual", "single-shot"]), Focus::Moves);
    assert_eq!(focus_of(["manual", "continuous"]), Focus::Moves);
}

#[test]
fn only_so_many_are_tried() {
    let labels: Vec<String> = (0..9).map(|at| format!("camera2 {at}, facing back")).collect();
    let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
    let lenses = listed(&labels);
    let mut tried = vec!["id0".to_owned()];
    while let Some(next) = to_try(&lenses, &tried) {
        assert!(!tried.contains(&next.id));
        tried.push(next.id.clone());
    }
    assert_eq!(tried.len(), TRIED_MAX + 1);
}
