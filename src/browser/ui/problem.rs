//! Why the gate cannot start: a picture, a title, at most three steps, retry, a small code.

use super::icon::{Icon, icon};
use super::part::{Heading, Weight, button, language_button, picture_picker};
use super::{Scene, banner};
use crate::session::{CameraFault, DeskPage, Event, Problem, StoreFault};
use yew::prelude::*;

pub fn problem(scene: &Scene, problem: Problem) -> Html {
    let said = scene.text.problem(problem);
    let steps = said.steps.iter().map(|step| html! { <li>{ *step }</li> });
    html! {
        <main class="page problem">
            { banner::demo(scene) }
            <header class="top bare">{ language_button(scene, "lang", Some(scene.text.language.short)) }</header>
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

/// Without a camera the gate still works by picture and by hand.
fn actions(scene: &Scene, problem: Problem) -> Html {
    let text = &scene.text.problem;
    // `RetryTapped` on a second tab takes the log over.
    let label = if problem == Problem::SecondTab { text.take_over } else { text.retry };
    let retry = button(Weight::Primary, "retry", label, scene.tap(|| Event::RetryTapped));
    let manual = html! { <>{ icon(Icon::NoCode) }{ scene.text.scan.manual }</> };
    html! {
        <div class="acts">
            { retry }
            if problem == Problem::Store(StoreFault::CannotOpen) {
                { button(Weight::Second, "repair", text.repair, scene.tap(|| Event::DeskTapped(DeskPage::Repair))) }
            }
            if matches!(problem, Problem::Camera(_)) {
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
    let drawing = match problem {
        Problem::Camera(CameraFault::Denied) => denied(),
        Problem::Camera(CameraFault::InAppBrowser) => in_app(),
        Problem::Camera(CameraFault::Insecure) => insecure(),
        Problem::Camera(CameraFault::Absent) => {
            camera(html! { <path class="a4" d="M84 36L216 164" /> })
        }
        Problem::Camera(CameraFault::Busy) => camera(html! { <>
            <rect class="a1" x="176" y="20" width="96" height="128" rx="12" />
            <path class="a3" d="M196 52h56M196 76h36" />
            <circle class="a4" cx="224" cy="84" r="62" />
        </> }),
        Problem::Camera(CameraFault::Unknown) => camera(html! { <>
            <circle class="a4" cx="236" cy="56" r="34" /><path class="a2" d="M236 40v20M236 68v5" />
        </> }),
        Problem::Camera(CameraFault::Unsupported) | Problem::OldBrowser => outdated(),
        Problem::SecondTab => tabs(),
        Problem::NoSite | Problem::NoRegistry => paper(html! { <>
            <path class="a2" d="M112 66h76M112 94h76M112 122h40" /><circle class="a4" cx="206" cy="136" r="34" />
            <path class="a2" d="M206 120v20M206 148v5" />
        </> }),
        Problem::RootChanged => paper(html! { <>
            <path class="a2" d="M112 66h76M112 94h40" />
            <circle class="a4" cx="196" cy="124" r="44" />
            <path class="a2" d="M172 124a12 12 0 1 0 24 0a12 12 0 1 0-24 0M196 124h28v12M212 124v9" />
        </> }),
        Problem::Store(StoreFault::Full) => stack(html! { <path class="a4" d="M96 44h108" /> }),
        Problem::Store(_) => stack(html! { <>
            <circle class="a4" cx="212" cy="128" r="38" /><path class="a2" d="M198 114l28 28M226 114l-28 28" />
        </> }),
    };
    html! { <svg class="scene" viewBox="0 0 300 190" aria-hidden="true">{ drawing }</svg> }
}

fn address_bar() -> Html {
    html! { <rect class="a1" x="12" y="14" width="276" height="56" rx="12" /> }
}

fn denied() -> Html {
    html! { <>
        { address_bar() }
        <path class="a2" d="M36 40v-5a8 8 0 0 1 16 0v5M32 40h24v17H32z" />
        <path class="a3" d="M84 42h120" />
        <circle class="a4" cx="44" cy="43" r="33" />
        <path class="a1" d="M44 104l12-14 12 14h192v72H28v-72z" />
        <path class="a2" d="M50 130h12l5-8h14l5 8h12v28H50zM68 143a6 6 0 1 0 12 0a6 6 0 1 0-12 0" />
        <path class="a3" d="M118 142h58" />
        <rect class="a6" x="192" y="126" width="52" height="32" rx="16" />
        <circle class="a7" cx="228" cy="142" r="11" />
    </> }
}

fn in_app() -> Html {
    html! { <>
        { address_bar() }
        <path class="a3" d="M40 42h150" />
        <path class="a5" d="M256 28h.01M256 42h.01M256 56h.01" />
        <circle class="a4" cx="256" cy="43" r="33" />
        <path class="a1" d="M92 90h176v86H92z" />
        <path class="a3" d="M116 116h88" />
        <path class="a2" d="M116 150h64M204 160l32-32M214 128h22v22" />
    </> }
}

fn insecure() -> Html {
    html! { <>
        { address_bar() }
        <path class="a2" d="M36 40v-5a8 8 0 0 1 16 0M32 40h24v17H32z" />
        <path class="a3" d="M84 42h150" />
        <path class="a4" d="M84 42h64" />
        <rect class="a1" x="12" y="106" width="276" height="56" rx="12" />
        <path class="a2" d="M36 132v-5a8 8 0 0 1 16 0v5M32 132h24v17H32z" />
        <path class="a3" d="M84 134h150" />
        <circle class="a4" cx="44" cy="135" r="33" />
    </> }
}

fn camera(over: Html) -> Html {
    html! { <>
        <path class="a1" d="M52 66h48l18-28h64l18 28h48v96H52z" />
        <path class="a2" d="M122 112a28 28 0 1 0 56 0a28 28 0 1 0-56 0" />
        <path class="a3" d="M70 86h24" />
        { over }
    </> }
}

fn outdated() -> Html {
    html! { <>
        <rect class="a1" x="44" y="20" width="212" height="150" rx="12" />
        <path class="a3" d="M64 44h80M44 66h212" />
        <path class="a2" d="M180 120a30 30 0 1 1-9-21M180 84v18h-18" />
        <circle class="a4" cx="150" cy="120" r="44" />
    </> }
}

fn tabs() -> Html {
    html! { <>
        <rect class="a1" x="28" y="22" width="168" height="116" rx="12" />
        <path class="a3" d="M48 46h64" />
        <rect class="a1" x="100" y="58" width="172" height="116" rx="12" />
        <path class="a3" d="M120 82h64" />
        <path class="a2" d="M150 128h66M196 108l20 20-20 20" />
        <circle class="a4" cx="184" cy="128" r="42" />
    </> }
}

fn paper(over: Html) -> Html {
    html! { <><path class="a1" d="M84 18h132v156H84z" />{ over }</> }
}

fn stack(over: Html) -> Html {
    html! { <>
        <path class="a1" d="M88 44c0-14 28-24 62-24s62 10 62 24v102c0 14-28 24-62 24s-62-10-62-24z" />
        <path class="a2" d="M88 44c0 14 28 24 62 24s62-10 62-24M88 80c0 14 28 24 62 24s62-10 62-24M88 114c0 14 28 24 62 24s62-10 62-24" />
        { over }
    </> }
}
