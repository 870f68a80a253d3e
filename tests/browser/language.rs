//! Which language is spoken: of those in the list, of those a site offers, of those a phone asks for.

use gerbang::browser::annex::told::Wish;
use gerbang::browser::language::{named, next, offered, spoken_first};
use gerbang::session::Language;
use wasm_bindgen_test::wasm_bindgen_test;

const ID: Language = Language::tagged("id");
const EN: Language = Language::tagged("en");

fn tags(tags: &[&str]) -> Vec<String> {
    tags.iter().map(|tag| (*tag).to_owned()).collect()
}

#[wasm_bindgen_test]
fn a_site_offers_what_it_lists_and_the_build_has() {
    let check = |site: &[&str], expected: &[Language]| {
        assert_eq!(offered(&tags(site)), expected, "{site:?}");
    };
    check(&["id", "en"], &[ID, EN]);
    check(&["en", "id"], &[EN, ID]);
    check(&["id"], &[ID]);
    check(&["xx", "en", "en"], &[EN]);
    assert!(offered(&[]).starts_with(&[ID, EN]), "all of them");
    assert_eq!(offered(&tags(&["xx"])), offered(&[]), "all of them where none is known");
}

#[wasm_bindgen_test]
fn the_phone_chooses_by_its_own_order_among_what_is_offered() {
    let check = |offered: &[Language], phone: &[&str], expected: Language| {
        assert_eq!(spoken_first(offered, &tags(phone)), expected, "{phone:?}");
    };
    check(&[ID, EN], &["en-AU", "id"], EN);
    check(&[ID, EN], &["fr", "id-ID", "en"], ID);
    check(&[ID, EN], &["fr"], ID);
    check(&[EN, ID], &["fr"], EN);
    check(&[EN, ID], &["id"], ID);
    check(&[ID], &["en"], ID);
    check(&[ID, EN], &[], ID);
}

#[wasm_bindgen_test]
fn a_tap_goes_round_all_that_are_offered() {
    assert_eq!(next(&[ID, EN], ID), Some(EN));
    assert_eq!(next(&[ID, EN], EN), Some(ID));
    assert_eq!(next(&[ID], ID), None);
    assert_eq!(next(&[EN], ID), Some(EN), "from one that is not offered");
}

#[wasm_bindgen_test]
fn a_wish_for_a_language_is_its_tag_and_one_that_is_not_there_is_no_wish() {
    let wish = Wish::Language(EN);
    assert_eq!(wish.name(), "language-en");
    assert_eq!(Wish::parse("language-en"), Some(wish));
    assert_eq!(Wish::parse("language-xx"), None);
    assert_eq!(named("xx"), None);
}
