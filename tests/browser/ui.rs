//! What the screens promise: a name only where it is proven, "tercatat" only when it is, no inline style.

use gerbang::audit_log::{Answer, Direction};
use gerbang::browser::ui;
use gerbang::gate::{
    Decision, Family, Holder, Outcome, Payload, Reason, SignatureState, TrustError,
};
use gerbang::session::{
    CameraFault, DeskPage, Event, Language, ManualForm, Model, Problem, Recorded, ReferReason,
    ReferStep, Screen, Sheet, StoreFault, VerdictScreen,
};
use gloo::timers::future::TimeoutFuture;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Element, HtmlElement};
use yew::{AppHandle, Callback, Component, Context, Html, NodeRef, Properties};

const NAME: &str = "Sekar Contohwati";
/// 24 November 2026, 10.26.07 in Jakarta.
const NOW_UNIX_MS: i64 = 1_795_490_767_000;
const JAKARTA_MIN: i16 = 420;

/// One model drawn over and over, as the app does.
struct Stage {
    model: Model,
    video: NodeRef,
}

#[derive(Properties, PartialEq)]
struct Props {
    send: Callback<Event>,
    drawn: Callback<()>,
}

enum Change {
    Screen(Screen),
    Sheet(Sheet),
    Language(Language),
}

impl Component for Stage {
    type Message = Change;
    type Properties = Props;

    fn create(_: &Context<Self>) -> Self {
        let mut model = Model::starting();
        model.demo = true;
        model.screen = Screen::Scan;
        Self { model, video: NodeRef::default() }
    }

    fn update(&mut self, _: &Context<Self>, change: Change) -> bool {
        match change {
            Change::Screen(screen) => self.model.screen = screen,
            Change::Sheet(sheet) => self.model.sheet = Some(sheet),
            Change::Language(language) => self.model.language = language,
        }
        true
    }

    fn view(&self, context: &Context<Self>) -> Html {
        let send = &context.props().send;
        ui::view(&self.model, NOW_UNIX_MS, JAKARTA_MIN, &self.video, send)
    }

    fn rendered(&mut self, context: &Context<Self>, _first: bool) {
        context.props().drawn.emit(());
    }
}

struct Shown {
    place: Element,
    app: AppHandle<Stage>,
    sent: Rc<RefCell<Vec<String>>>,
    /// How often the stage has been drawn.
    drawn: Rc<Cell<u32>>,
}

impl Shown {
    async fn new(screen: Screen) -> Self {
        let document = web_sys::window().expect("a page").document().expect("a document");
        let place = document.create_element("div").expect("a div");
        document.body().expect("a body").append_child(&place).expect("it is empty");
        let sent = Rc::new(RefCell::new(Vec::new()));
        let heard = sent.clone();
        let send = Callback::from(move |event| heard.borrow_mut().push(format!("{event:?}")));
        let drawn = Rc::new(Cell::new(0));
        let count = drawn.clone();
        let props = Props { send, drawn: Callback::from(move |()| count.set(count.get() + 1)) };
        let app = yew::Renderer::<Stage>::with_root_and_props(place.clone(), props).render();
        let shown = Self { place, app, sent, drawn };
        shown.drawn_after(0).await;
        shown.change(Change::Screen(screen)).await;
        shown
    }

    async fn change(&self, change: Change) {
        let before = self.drawn.get();
        self.app.send_message(change);
        self.drawn_after(before).await;
    }

    async fn drawn_after(&self, before: u32) {
        while self.drawn.get() == before {
            TimeoutFuture::new(0).await;
        }
    }

    fn find(&self, selector: &str) -> Option<Element> {
        self.place.query_selector(selector).expect("a selector")
    }

    fn attribute(&self, name: &str) -> Option<String> {
        self.find("[data-screen]").expect("a screen").get_attribute(name)
    }

    fn text(&self) -> String {
        self.place.text_content().unwrap_or_default()
    }

    fn tap(&self, selector: &str) {
        let found = self.find(selector).expect("it is on the screen");
        found.unchecked_into::<HtmlElement>().click();
    }

    /// What was sent since the last question.
    fn sent(&self) -> Vec<String> {
        self.sent.take()
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        self.place.remove();
    }
}

fn decision(outcome: Outcome, signature: SignatureState, reasons: Vec<Reason>) -> Decision {
    Decision {
        outcome,
        status: None,
        specimen: false,
        reasons,
        steps: Vec::new(),
        family: Family::Gerbang,
        signature,
        issuer: None,
        role: None,
        expires_unix_s: None,
        // Even where there should be none: the screen must not trust that.
        holder: Some(Holder { name: Some(NAME.into()), birth_date: Some("1988-02-14".into()) }),
        credential_id: None,
    }
}

fn verdict_of(decision: Decision) -> VerdictScreen {
    let asks = decision.outcome == Outcome::Refer;
    VerdictScreen {
        decision,
        payload: Payload::from_text(""),
        explained: false,
        direction: Direction::Entry,
        sequence: 12,
        recorded: Recorded::Recorded,
        shown_unix_ms: NOW_UNIX_MS,
        leaves_unix_ms: Some(NOW_UNIX_MS + 30_000),
        refer: if asks { ReferStep::Asked } else { ReferStep::NotAsked },
    }
}

fn verdict(outcome: Outcome, signature: SignatureState, reasons: Vec<Reason>) -> Screen {
    Screen::Verdict(Box::new(verdict_of(decision(outcome, signature, reasons))))
}

fn admitted() -> VerdictScreen {
    verdict_of(decision(Outcome::Admit, SignatureState::Valid, Vec::new()))
}

#[wasm_bindgen_test]
async fn a_name_shows_only_where_it_is_proven_and_has_to_be_compared() {
    use SignatureState::{Invalid, UnknownKey, Valid};
    for (outcome, signature, named) in [
        (Outcome::Admit, Valid, true),
        (Outcome::Refer, Valid, true),
        (Outcome::Refer, UnknownKey, false),
        (Outcome::Refuse, Valid, false),
        (Outcome::Refuse, Invalid, false),
        (Outcome::RefuseAndAlert, Valid, false),
    ] {
        let shown = Shown::new(verdict(outcome, signature, Vec::new())).await;
        assert_eq!(shown.text().contains(NAME), named, "{outcome:?} {signature:?}");
        shown.change(Change::Screen(Screen::Scan)).await;
        assert!(!shown.text().contains(NAME), "the name goes with the screen");
    }
}

#[wasm_bindgen_test]
async fn a_specimen_shows_neither_a_name_nor_a_verdict() {
    let mut screen = admitted();
    screen.decision.specimen = true;
    let shown = Shown::new(Screen::Verdict(Box::new(screen))).await;
    assert_eq!(shown.attribute("data-verdict").as_deref(), Some("specimen"));
    assert!(!shown.text().contains(NAME));
    assert!(shown.text().contains("CONTOH"));
}

#[wasm_bindgen_test]
async fn recorded_is_said_only_when_the_store_said_so() {
    for (recorded, name, words) in [
        (Recorded::Saving, "saving", "Menyimpan…"),
        (Recorded::NotYet, "not-yet", "Belum tercatat, dicoba lagi…"),
        (Recorded::Recorded, "recorded", "Tercatat"),
    ] {
        let shown =
            Shown::new(Screen::Verdict(Box::new(VerdictScreen { recorded, ..admitted() }))).await;
        assert_eq!(shown.attribute("data-recorded").as_deref(), Some(name));
        assert!(shown.text().contains(words));
        assert_eq!(shown.text().contains("Tercatat"), recorded == Recorded::Recorded);
    }
}

#[wasm_bindgen_test]
async fn a_refusal_says_reason_and_remedy_in_both_languages() {
    // Until the end of 23 November in Jakarta.
    let expired = TrustError::Expired { at_unix_s: 1_795_453_200 };
    let screen = verdict(Outcome::Refuse, SignatureState::Valid, vec![Reason::Trust(expired)]);
    let shown = Shown::new(screen).await;
    assert_eq!(shown.attribute("data-code").as_deref(), Some("PASS-EXP"));
    assert!(shown.text().contains("Pas berakhir 23 November."));
    assert!(shown.text().contains("Arahkan ke meja layanan."));
    assert!(shown.text().contains("10.26.07"));
    shown.change(Change::Language(Language::tagged("en"))).await;
    assert!(shown.text().contains("Pass expired 23 November."));
    assert!(shown.text().contains("Send to the service desk."));
    assert!(shown.text().contains("10:26:07"));
    assert!(shown.text().contains("NO ENTRY"));
}

#[wasm_bindgen_test]
async fn an_alarm_does_not_show_what_it_is_about() {
    let revoked = vec![Reason::Trust(TrustError::Revoked)];
    let shown = Shown::new(verdict(Outcome::RefuseAndAlert, SignatureState::Valid, revoked)).await;
    assert!(!shown.text().contains("TRUST-REVOKED"));
    assert!(shown.text().contains("Panggil penanggung jawab"));
}

#[wasm_bindgen_test]
async fn a_tap_anywhere_goes_on_once() {
    let shown = Shown::new(Screen::Verdict(Box::new(admitted()))).await;
    shown.tap(".verdict .panel ~ .answer");
    assert_eq!(shown.sent(), ["NextTapped"]);
    shown.tap("[data-action=next]");
    assert_eq!(shown.sent(), ["NextTapped"]);
}

#[wasm_bindgen_test]
async fn a_question_is_answered_by_its_buttons_and_a_reason_only() {
    let asked = || verdict_of(decision(Outcome::Refer, SignatureState::Valid, Vec::new()));
    let shown = Shown::new(Screen::Verdict(Box::new(asked()))).await;
    shown.tap(".answer");
    assert!(shown.sent().is_empty(), "a stray touch answers nothing");
    shown.tap("[data-action=refer-turn-away]");
    assert_eq!(shown.sent(), ["ReferTapped(TurnedAway)"]);
    let refer = ReferStep::Choosing(Answer::Allowed);
    shown
        .change(Change::Screen(Screen::Verdict(Box::new(VerdictScreen { refer, ..asked() }))))
        .await;
    let reasons = shown.place.query_selector_all("[data-action=refer-reason]").expect("a selector");
    let expected = ReferReason::list_for(Answer::Allowed);
    assert_eq!(usize::try_from(reasons.length()), Ok(expected.len()));
    shown.tap("[data-action=refer-reason]");
    let first = expected.first().expect("there are reasons");
    assert_eq!(shown.sent(), [format!("ReferAnswered {{ answer: Allowed, reason: {first:?} }}")]);
}

#[wasm_bindgen_test]
async fn without_a_reason_nobody_is_let_in_by_hand() {
    let shown = Shown::new(Screen::Manual(ManualForm::default())).await;
    shown.tap("[data-action=manual-allow]");
    assert!(shown.sent().is_empty());
}

#[wasm_bindgen_test]
async fn the_cameras_place_is_never_made_anew_and_has_no_children_of_ours() {
    let shown = Shown::new(Screen::Scan).await;
    let place = shown.find(".camera").expect("the camera's place");
    for screen in
        [Screen::Verdict(Box::new(admitted())), Screen::Desk(DeskPage::Menu), Screen::Scan]
    {
        shown.change(Change::Screen(screen)).await;
        assert_eq!(shown.find(".camera").as_ref(), Some(&place));
        assert_eq!(place.child_element_count(), 0);
    }
}

#[wasm_bindgen_test]
async fn no_screen_has_an_inline_style_and_every_button_has_an_action() {
    let shown = Shown::new(Screen::Scan).await;
    for language in ["id", "en"].map(Language::tagged) {
        shown.change(Change::Language(language)).await;
        for screen in every_screen() {
            shown.change(Change::Screen(screen)).await;
            shown.change(Change::Sheet(Sheet::Unread)).await;
            let name = shown.attribute("data-screen");
            assert!(shown.find("[style]").is_none(), "{name:?}");
            assert!(shown.find("button:not([data-action])").is_none(), "{name:?}");
            assert!(shown.find("video").is_none(), "{name:?}");
        }
    }
}

#[wasm_bindgen_test]
async fn every_problem_has_a_title_at_most_three_steps_and_a_way_on() {
    for problem in every_problem() {
        let shown = Shown::new(Screen::Problem(problem)).await;
        let steps = shown.place.query_selector_all(".pm li").expect("a selector").length();
        assert!((1..=3).contains(&steps), "{problem:?}");
        assert!(shown.find(".pm svg").is_some());
        assert!(shown.attribute("data-code").is_some_and(|code| !code.is_empty()));
        shown.tap("[data-action=retry]");
        assert_eq!(shown.sent(), ["RetryTapped"]);
    }
}

fn every_screen() -> Vec<Screen> {
    use SignatureState::Valid;
    let outcomes = [Outcome::Admit, Outcome::Refer, Outcome::Refuse, Outcome::RefuseAndAlert];
    let mut screens = vec![
        Screen::Starting,
        Screen::Welcome,
        Screen::Scan,
        Screen::Manual(ManualForm::default()),
        Screen::Desk(DeskPage::History),
    ];
    screens.extend(outcomes.map(|outcome| verdict(outcome, Valid, Vec::new())));
    screens.extend(every_problem().into_iter().map(Screen::Problem));
    screens
}

fn every_problem() -> Vec<Problem> {
    use CameraFault::{Absent, Busy, Denied, InAppBrowser, Insecure, Unknown, Unsupported};
    let cameras = [Denied, Absent, Busy, Insecure, InAppBrowser, Unsupported, Unknown];
    let stores = [StoreFault::CannotOpen, StoreFault::Blocked, StoreFault::Full, StoreFault::Fork];
    let mut problems = vec![
        Problem::SecondTab,
        Problem::NoSite,
        Problem::NoRegistry,
        Problem::RootChanged,
        Problem::OldBrowser,
    ];
    problems.extend(cameras.map(Problem::Camera));
    problems.extend(stores.map(Problem::Store));
    problems
}
