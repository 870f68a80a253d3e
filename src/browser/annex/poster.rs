//! A venue's poster, opened by whoever comes: where they stand, whose gate it is, what to bring.
//!
//! Shape: the address's fragment → descriptor → `Poster` under the site's roots → a page of its own.
//! The app itself is not loaded for it, and nothing is stored, counted or sent.
//! Limits and errors: `NETWORK_MS_MAX`; a poster that is not the authority's says so, with its code.
//! Not here: what a poster is and who may sign one (trust).

use super::text::{DeskText, PosterText};
use crate::browser::ui::icon::{Icon, icon};
use crate::browser::ui::part::Heading;
use crate::browser::ui::sign::logo;
use crate::browser::ui::text::Text;
use crate::browser::{clock, fetch, language};
use crate::credential::poster::descriptor;
use crate::gate::{Policy, Registry, Sentence};
use crate::session::Language;
use crate::trust::poster::{Poster, PosterError};
use crate::trust::{self, RootKey, Site};
use yew::prelude::*;

const NETWORK_MS_MAX: u32 = 15_000;
const SITE_URL: &str = "site.json";

pub struct PosterPage {
    /// By the site, once it is known.
    offered: Vec<Language>,
    spoken: Language,
    shown: Shown,
}

pub enum Shown {
    Opening,
    Believed {
        poster: Poster,
        bring: Option<Sentence>,
        demo: bool,
    },
    /// With a stable code.
    Refused(&'static str),
    Expired(&'static str),
}

pub enum Message {
    /// With the tags of the site's languages.
    Opened(Shown, Vec<String>),
    Language(Language),
}

impl Component for PosterPage {
    type Message = Message;
    type Properties = ();

    fn create(context: &Context<Self>) -> Self {
        context.link().send_future(async {
            let (shown, tags) = open().await;
            Message::Opened(shown, tags)
        });
        let offered = language::offered(&[]);
        let spoken = language::spoken_first(&offered, &language::phone());
        Self { offered, spoken, shown: Shown::Opening }
    }

    fn update(&mut self, _: &Context<Self>, message: Message) -> bool {
        match message {
            Message::Opened(shown, tags) => {
                self.offered = language::offered(&tags);
                if !self.offered.contains(&self.spoken) {
                    self.spoken = language::spoken_first(&self.offered, &language::phone());
                }
                self.shown = shown;
            }
            Message::Language(language) => self.spoken = language,
        }
        true
    }

    fn view(&self, context: &Context<Self>) -> Html {
        let text = &DeskText::of(self.spoken).poster;
        let words = Text::of(self.spoken);
        let switch = language::next(&self.offered, self.spoken).map(|next| {
            let switch = context.link().callback(move |_: MouseEvent| Message::Language(next));
            html! {
                <button class="lang" data-action="language" onclick={switch}>
                    { icon(Icon::Language) }{ words.language.short }
                    <span class="heard" lang={next.tag()}>{ Text::of(next).language.name }</span>
                </button>
            }
        });
        let (state, body) = match &self.shown {
            Shown::Opening => ("opening", html! { <p class="lead">{ words.welcome.starting }</p> }),
            Shown::Believed { poster, bring, .. } => {
                ("believed", self.believed(text, poster, bring.as_ref()))
            }
            Shown::Refused(code) => ("refused", doubted(text.refused, text.refused_to_do, code)),
            Shown::Expired(code) => ("expired", doubted(text.expired, text.refused_to_do, code)),
        };
        html! {
            <div class="app" data-screen="poster" data-poster={state} lang={words.tag}>
                <main class="page poster">
                    if matches!(self.shown, Shown::Believed { demo: true, .. }) {
                        <div class="banner demo" role="note" data-banner="demo">
                            <span>{ words.banner.demo }</span>
                        </div>
                    }
                    <header class="hero">
                        { logo("mark") }
                        <div><p class="cap">{ text.you_are_at }</p></div>
                        { for switch }
                    </header>
                    { body }
                    <div class="foot">
                        <p class="sm">{ text.nothing_recorded }</p>
                        <a class="btn txt" data-action="open-gate" href="./">{ text.staff }</a>
                    </div>
                </main>
            </div>
        }
    }
}

impl PosterPage {
    fn believed(&self, text: &PosterText, poster: &Poster, bring: Option<&Sentence>) -> Html {
        let read = Text::of(self.spoken).language.policy;
        let bring = bring.map(|bring| read(bring).to_owned());
        let steps = text.steps.iter().map(|step| html! { <li>{ *step }</li> });
        html! { <>
            <section class="place">
                <Heading>{ poster.venue.clone() }</Heading>
                if let Some(gate) = &poster.gate { <p class="door">{ gate.clone() }</p> }
                <p class="do">{ icon(Icon::Check) }<span>{ (text.gate_of)(&poster.office) }</span></p>
                <p class="sm">{ text.compare }</p>
            </section>
            if let Some(bring) = bring {
                <h2 class="sec-t">{ text.bring }</h2>
                <section class="card">
                    <p class="row">{ icon(Icon::IdCard) }<span class="t"><b>{ bring }</b></span></p>
                </section>
            }
            <h2 class="sec-t">{ text.how }</h2>
            <ol class="card how">{ for steps }</ol>
        </> }
    }
}

fn doubted(happened: &'static str, to_do: &'static str, code: &'static str) -> Html {
    html! {
        <section class="place" role="alert">
            <Heading>{ happened }</Heading>
            <p class="do">{ icon(Icon::Warn) }<span>{ to_do }</span></p>
            <p class="xs code">{ code }</p>
        </section>
    }
}

/// With the tags of the languages that the site lists.
async fn open() -> (Shown, Vec<String>) {
    let address = clock::window().location().href().unwrap_or_default();
    let Some(descriptor) = descriptor(&address) else {
        return (Shown::Refused(PosterError::Unreadable.code()), Vec::new());
    };
    let json = fetch::bytes(SITE_URL, NETWORK_MS_MAX, trust::SITE_BYTES_MAX).await.ok();
    let Some(site) = json.and_then(|json| Site::parse(&json).ok()) else {
        return (Shown::Refused("SITE-JSON"), Vec::new());
    };
    let shown = judge(&descriptor, &site).await;
    (shown, site.languages)
}

async fn judge(descriptor: &[u8], site: &Site) -> Shown {
    let bytes_max = trust::limits::REGISTRY_BYTES_MAX;
    let bytes = fetch::bytes(&site.registry, NETWORK_MS_MAX, bytes_max).await.ok();
    let registry = bytes.and_then(|bytes| Registry::open(&bytes, site, 0).ok());
    let signer = registry.as_ref().map(Registry::root);
    let roots: Vec<RootKey> = site.roots.iter().copied().chain(signer).collect();
    let now_unix_s = clock::now_unix_ms().div_euclid(1_000);
    match Poster::open(descriptor, &roots, now_unix_s) {
        Ok(poster) => {
            let id = poster.policy_id.clone().unwrap_or_else(|| site.gate.policy_id.clone());
            let policy = registry.and_then(|registry| Policy::choose(&registry, &id).ok());
            let bring = policy.map(|policy| policy.bring().unwrap_or(policy.title()).clone());
            Shown::Believed { poster, bring, demo: site.demo }
        }
        Err(error @ PosterError::Expired { .. }) => Shown::Expired(error.code()),
        Err(error) => Shown::Refused(error.code()),
    }
}
