//! Why the gate cannot start: a picture, a title, at most three steps, retry, a small code.

use super::icon::{Icon, icon};
use super::part::{Heading, Weight, button, language_button, picture_picker};
use super::scan::tally;
use super::{Scene, banner, kiosk};
use crate::session::{CameraFault, DeskPage, Event, Problem, StoreFault};
use yew::prelude::*;

pub fn problem(scene: &Scene, problem: Problem) -> Html {
    let said = scene.text.problem(problem);
    let steps = said.steps.iter().map(|step| html! { <li>{ *step }</li> });
    html! {
        <main class="page problem">
            { banner::demo(scene) }
            <header class="top bare">
                if matches!(problem, Problem::Camera(_)) && !scene.model.kiosk {
                    { desk(scene, "list", Icon::List, tally(scene), DeskPage::History) }
                    { desk(scene, "menu", Icon::Menu, scene.text.scan.menu.to_owned(), DeskPage::Menu) }
                }
                { language_button(scene, "lang", Some(scene.text.language.short)) }
                if scene.model.kiosk {
                    { kiosk::leave(scene, "lang") }
                }
            </header>
            <section class="pm">
                { picture(problem) }
                <Heading>{ said.title }</Heading>
                if said.steps.len() > 1 {
                    <ol>{ for steps }</ol>
                } else {
                    <ul>{ for steps }</ul>
                }
            </section>
            <div class="foot stick">
                { actions(scene, problem) }
                <p class="xs code">{ code(problem) }</p>
            </div>
        </main>
    }
}

/// A gate that is typed at needs its history and its settings as much as one with a camera.
fn desk(scene: &Scene, action: &'static str, picture: Icon, name: String, page: DeskPage) -> Html {
    html! {
        <button class="icb" data-action={action} aria-label={name} onclick={scene.tap(move || Event::DeskTapped(page))}>
            { icon(picture) }
        </button>
    }
}

/// Stable; what an officer reads out when she asks for help.
pub fn code(problem: Problem) -> &'static str {
    match problem {
        Problem::Camera(CameraFault::Denied) => "CAM-DENIED",
        Problem::Camera(CameraFault::Absent) => "CAM-ABSENT",
        Problem::Camera(CameraFault::Busy) => "CAM-BUSY",
        Problem::Camera(CameraFault::Insecure) => "CAM-HTTP",
        Problem::Camera(CameraFault::InAppBrowser) => "CAM-IN-APP",
        Problem::Camera(CameraFault::Unsupported) => "CAM-UNSUPPORTED",
        Problem::Camera(CameraFault::Unknown) => "CAM-UNKNOWN",
        Problem::SecondTab => "TAB-SECOND",
        Problem::NoSite => "SITE-NONE",
        Problem::NoRegistry => "REG-NONE",
        Problem::RootChanged => "ROOT-CHANGED",
        Problem::Store(StoreFault::CannotOpen) => "STORE-OPEN",
        Problem::Store(StoreFault::Blocked) => "STORE-BLOCKED",
        Problem::Store(StoreFault::Lost) => "STORE-LOST",
        Problem::Store(StoreFault::Full) => "STORE-FULL",
        Problem::Store(StoreFault::Fork) => "STORE-FORK",
        Problem::Store(StoreFault::Unknown) => "STORE-UNKNOWN",
        Problem::OldBrowser => "BROWSER-OLD",
    }
}

/// The kind of trouble, for tests and for style.
pub fn name(problem: Problem) -> &'static str {
    match problem {
        Problem::Camera(CameraFault::Denied) => "camera-denied",
        Problem::Camera(CameraFault::Absent) => "camera-absent",
        Problem::Camera(CameraFault::Busy) => "camera-busy",
        Problem::Camera(CameraFault::Insecure) => "insecure",
        Problem::Camera(CameraFault::InAppBrowser) => "in-app",
        Problem::Camera(CameraFault::Unsupported) | Problem::OldBrowser => "old-browser",
        Problem::Camera(CameraFault::Unknown) => "camera-unknown",
        Problem::SecondTab => "second-tab",
        Problem::NoSite => "no-site",
        Problem::NoRegistry => "no-registry",
        Problem::RootChanged => "root-changed",
        Problem::Store(_) => "store",
    }
}

/// Without a camera the gate still works by picture and by hand, where an officer stands at it.
fn actions(scene: &Scene, problem: Problem) -> Html {
    let text = &scene.text.problem;
    // `RetryTapped` on a second tab takes the log over.
    let label = if problem == Problem::SecondTab { text.take_over } else { text.retry };
    let retry = button(Weight::Primary, "retry", label, scene.tap(|| Event::RetryTapped));
    let manual = html! { <>{ icon(Icon::NoCode) }{ scene.text.scan.manual }</> };
    html! {
        <div class="acts">
            { retry }
            if problem == Problem::Store(StoreFault::CannotOpen) && !scene.model.kiosk {
                { button(Weight::Second, "repair", text.repair, scene.tap(|| Event::DeskTapped(DeskPage::Repair))) }
            }
            if matches!(problem, Problem::Camera(_)) && !scene.model.kiosk {
                <div class="acts two">
                    { picture_picker("btn sec", text.use_picture) }
                    { button(Weight::Second, "manual", manual, scene.tap(|| Event::ManualTapped)) }
                </div>
            }
        </div>
    }
}

/// What the thumb has to find is circled in brick.
fn picture(problem: Problem) -> Html {
    let (below, above): (&[Line], &[Line]) = match problem {
        Problem::Camera(CameraFault::Denied) => (DENIED, &[]),
        Problem::Camera(CameraFault::InAppBrowser) => (IN_APP, &[]),
        Problem::Camera(CameraFault::Insecure) => (INSECURE, &[]),
        Problem::Camera(CameraFault::Absent) => (CAMERA, ABSENT),
        Problem::Camera(CameraFault::Busy) => (CAMERA, BUSY),
        Problem::Camera(CameraFault::Unknown) => (CAMERA, UNKNOWN),
        Problem::Camera(CameraFault::Unsupported) | Problem::OldBrowser => (OUTDATED, &[]),
        Problem::SecondTab => (TABS, &[]),
        Problem::NoSite | Problem::NoRegistry => (PAPER, NO_PAPER),
        Problem::RootChanged => (PAPER, OTHER_ROOT),
        Problem::Store(StoreFault::Full) => (STACK, FULL),
        Problem::Store(_) => (STACK, BROKEN),
    };
    let lines = below.iter().chain(above).map(|&(class, d)| html! { <path {class} {d} /> });
    html! { <svg class="scene" viewBox="0 0 300 190" aria-hidden="true">{ for lines }</svg> }
}

/// A stroke's class and path: data, as elements of their own would weigh 4 KB.
type Line = (&'static str, &'static str);

const DENIED: &[Line] = &[
    (
        "a1",
        "M24 14h252a12 12 0 0 1 12 12v32a12 12 0 0 1-12 12h-252a12 12 0 0 1-12-12v-32a12 12 0 0 1 12-12z",
    ),
    ("a2", "M36 40v-5a8 8 0 0 1 16 0v5M32 40h24v17H32z"),
    ("a3", "M84 42h120"),
    ("a4", "M11 43a33 33 0 1 0 66 0a33 33 0 1 0-66 0z"),
    ("a1", "M44 104l12-14 12 14h192v72H28v-72z"),
    ("a2", "M50 130h12l5-8h14l5 8h12v28H50zM68 143a6 6 0 1 0 12 0a6 6 0 1 0-12 0"),
    ("a3", "M118 142h58"),
    (
        "a6",
        "M208 126h20a16 16 0 0 1 16 16v0a16 16 0 0 1-16 16h-20a16 16 0 0 1-16-16v-0a16 16 0 0 1 16-16z",
    ),
    ("a7", "M217 142a11 11 0 1 0 22 0a11 11 0 1 0-22 0z"),
];

const IN_APP: &[Line] = &[
    (
        "a1",
        "M24 14h252a12 12 0 0 1 12 12v32a12 12 0 0 1-12 12h-252a12 12 0 0 1-12-12v-32a12 12 0 0 1 12-12z",
    ),
    ("a3", "M40 42h150"),
    ("a5", "M256 28h.01M256 42h.01M256 56h.01"),
    ("a4", "M223 43a33 33 0 1 0 66 0a33 33 0 1 0-66 0z"),
    ("a1", "M92 90h176v86H92z"),
    ("a3", "M116 116h88"),
    ("a2", "M116 150h64M204 160l32-32M214 128h22v22"),
];

const INSECURE: &[Line] = &[
    (
        "a1",
        "M24 14h252a12 12 0 0 1 12 12v32a12 12 0 0 1-12 12h-252a12 12 0 0 1-12-12v-32a12 12 0 0 1 12-12z",
    ),
    ("a2", "M36 40v-5a8 8 0 0 1 16 0M32 40h24v17H32z"),
    ("a3", "M84 42h150"),
    ("a4", "M84 42h64"),
    (
        "a1",
        "M24 106h252a12 12 0 0 1 12 12v32a12 12 0 0 1-12 12h-252a12 12 0 0 1-12-12v-32a12 12 0 0 1 12-12z",
    ),
    ("a2", "M36 132v-5a8 8 0 0 1 16 0v5M32 132h24v17H32z"),
    ("a3", "M84 134h150"),
    ("a4", "M11 135a33 33 0 1 0 66 0a33 33 0 1 0-66 0z"),
];

const CAMERA: &[Line] = &[
    ("a1", "M52 66h48l18-28h64l18 28h48v96H52z"),
    ("a2", "M122 112a28 28 0 1 0 56 0a28 28 0 1 0-56 0"),
    ("a3", "M70 86h24"),
];

const ABSENT: &[Line] = &[("a4", "M84 36L216 164")];

const BUSY: &[Line] = &[
    (
        "a1",
        "M188 20h72a12 12 0 0 1 12 12v104a12 12 0 0 1-12 12h-72a12 12 0 0 1-12-12v-104a12 12 0 0 1 12-12z",
    ),
    ("a3", "M196 52h56M196 76h36"),
    ("a4", "M162 84a62 62 0 1 0 124 0a62 62 0 1 0-124 0z"),
];

const UNKNOWN: &[Line] =
    &[("a4", "M202 56a34 34 0 1 0 68 0a34 34 0 1 0-68 0z"), ("a2", "M236 40v20M236 68v5")];

const OUTDATED: &[Line] = &[
    (
        "a1",
        "M56 20h188a12 12 0 0 1 12 12v126a12 12 0 0 1-12 12h-188a12 12 0 0 1-12-12v-126a12 12 0 0 1 12-12z",
    ),
    ("a3", "M64 44h80M44 66h212"),
    ("a2", "M180 120a30 30 0 1 1-9-21M180 84v18h-18"),
    ("a4", "M106 120a44 44 0 1 0 88 0a44 44 0 1 0-88 0z"),
];

const TABS: &[Line] = &[
    (
        "a1",
        "M40 22h144a12 12 0 0 1 12 12v92a12 12 0 0 1-12 12h-144a12 12 0 0 1-12-12v-92a12 12 0 0 1 12-12z",
    ),
    ("a3", "M48 46h64"),
    (
        "a1",
        "M112 58h148a12 12 0 0 1 12 12v92a12 12 0 0 1-12 12h-148a12 12 0 0 1-12-12v-92a12 12 0 0 1 12-12z",
    ),
    ("a3", "M120 82h64"),
    ("a2", "M150 128h66M196 108l20 20-20 20"),
    ("a4", "M142 128a42 42 0 1 0 84 0a42 42 0 1 0-84 0z"),
];

const PAPER: &[Line] = &[("a1", "M84 18h132v156H84z")];

const NO_PAPER: &[Line] = &[
    ("a2", "M112 66h76M112 94h76M112 122h40"),
    ("a4", "M172 136a34 34 0 1 0 68 0a34 34 0 1 0-68 0z"),
    ("a2", "M206 120v20M206 148v5"),
];

const OTHER_ROOT: &[Line] = &[
    ("a2", "M112 66h76M112 94h40"),
    ("a4", "M152 124a44 44 0 1 0 88 0a44 44 0 1 0-88 0z"),
    ("a2", "M172 124a12 12 0 1 0 24 0a12 12 0 1 0-24 0M196 124h28v12M212 124v9"),
];

const STACK: &[Line] = &[
    ("a1", "M88 44c0-14 28-24 62-24s62 10 62 24v102c0 14-28 24-62 24s-62-10-62-24z"),
    (
        "a2",
        "M88 44c0 14 28 24 62 24s62-10 62-24M88 80c0 14 28 24 62 24s62-10 62-24M88 114c0 14 28 24 62 24s62-10 62-24",
    ),
];

const FULL: &[Line] = &[("a4", "M96 44h108")];

const BROKEN: &[Line] = &[
    ("a4", "M174 128a38 38 0 1 0 76 0a38 38 0 1 0-76 0z"),
    ("a2", "M198 114l28 28M226 114l-28 28"),
];
