//! The signs and the gate, drawn once: silhouettes differ, colour comes last.
//!
//! Shape: `Sign` → `mark` (small, coloured by the theme) or `panel` (a verdict's whole picture).
//! A panel is ONE SVG with its colours as attributes, ground and word too: a forced dark mode
//! repaints CSS grounds and HTML text, but leaves SVG alone.
//! Source: design of the signs; overlap of any two silhouettes at most 0.49 (IoU).

use yew::prelude::*;

/// What stands for an answer, big and small.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// Tick in a disc.
    Admit,
    /// `!` in a triangle.
    Refer,
    /// Bare saltire.
    Refuse,
    /// Saltire in a double diamond.
    Alert,
    /// Ticket.
    Specimen,
    /// `?` in a broken square.
    Unread,
}

/// Colours of a panel; the same in both themes.
struct Paint {
    ground: &'static str,
    gate: &'static str,
    word: &'static str,
    shape: &'static str,
    glyph: &'static str,
}

impl Sign {
    /// For `data-verdict`, classes and tests.
    pub fn name(self) -> &'static str {
        match self {
            Self::Admit => "admit",
            Self::Refer => "refer",
            Self::Refuse => "refuse",
            Self::Alert => "alert",
            Self::Specimen => "specimen",
            Self::Unread => "unread",
        }
    }

    fn paint(self) -> Paint {
        let (ground, gate, word, shape, glyph) = match self {
            Self::Admit => ("#12A36F", "#0C8559", "#02170E", "#FFFFFF", "#02170E"),
            Self::Refer => ("#FFC640", "#EDA91C", "#1A1200", "#1A1200", "#FFC640"),
            Self::Refuse => ("#9E1B2D", "#7C1020", "#FFFFFF", "#FFFFFF", "#9E1B2D"),
            Self::Alert => ("#08090B", "#17191C", "#FFFFFF", "#FFFFFF", "#08090B"),
            Self::Specimen | Self::Unread => {
                ("#CBD0D3", "#B6BDC2", "#171D22", "#F7F8F8", "#171D22")
            }
        };
        Paint { ground, gate, word, shape, glyph }
    }

    /// On a 200 by 200 field; `shape` is the silhouette, `glyph` what is cut into it.
    fn drawing(self, shape: &'static str, glyph: &'static str) -> Html {
        match self {
            Self::Admit => html! { <>
                <circle cx="100" cy="100" r="96" fill={shape} />
                <path d="M50 103L86 139L150 67" fill="none" stroke={glyph} stroke-width="25" />
            </> },
            Self::Refer => html! { <>
                <path d="M100 8L194 178H6Z" fill={shape} stroke={shape} stroke-width="10" stroke-linejoin="round" />
                <path d="M88 66h24l-5 62h-14z" fill={glyph} />
                <path d="M88 140h24v24h-24z" fill={glyph} />
            </> },
            Self::Refuse => html! {
                <path d="M25 25L175 175M175 25L25 175" fill="none" stroke={shape} stroke-width="60" />
            },
            Self::Alert => html! { <>
                <path d="M100 6L194 100L100 194L6 100Z" fill="none" stroke={shape} stroke-width="6" />
                <path d="M100 23L177 100L100 177L23 100Z" fill={shape} />
                <path d="M72 72L128 128M128 72L72 128" fill="none" stroke={glyph} stroke-width="25" />
            </> },
            Self::Specimen => html! { <>
                <path d={TICKET} fill={shape} stroke={glyph} stroke-width="10" />
                <path d="M70 52v104" fill="none" stroke={glyph} stroke-width="9" stroke-dasharray="14 11" />
                <path d="M94 82h66M94 112h44" fill="none" stroke={glyph} stroke-width="14" />
            </> },
            Self::Unread => html! { <>
                <path d={CORNERS} fill="none" stroke={glyph} stroke-width="14" />
                <path d="M76 82c0-16 10-26 25-26s25 10 25 24c0 20-25 20-25 42" fill="none" stroke={glyph} stroke-width="16" />
                <path d="M92 138h18v18h-18z" fill={glyph} />
            </> },
        }
    }
}

const TICKET: &str = "M6 40h188v38a22 22 0 0 0 0 44v38H6v-38a22 22 0 0 0 0-44z";
const CORNERS: &str = "M12 66V12h54M134 12h54v54M188 134v54h-54M66 188H12v-54";

/// The gate's two halves in the logo, on a 40 by 40 field.
pub const LOGO: &str = "M17 4H13V9H9V16H5V24H2V36H17ZM23 4H27V9H31V16H35V24H38V36H23Z";

pub fn logo(class: &'static str) -> Html {
    html! {
        <svg class={class} viewBox="0 0 40 40" aria-hidden="true">
            <path d={LOGO} fill="currentColor" />
        </svg>
    }
}

/// Small, beside a word that says the same.
pub fn mark(sign: Sign) -> Html {
    let (shape, glyph) = match sign {
        Sign::Specimen | Sign::Unread => ("none", "currentColor"),
        _ => ("currentColor", "var(--mark-glyph)"),
    };
    html! {
        <svg class={classes!("mk", format!("mk-{}", sign.name()))} viewBox="0 0 200 200" aria-hidden="true">
            { sign.drawing(shape, glyph) }
        </svg>
    }
}

/// For a sheet or the help: as large as its box, in ink.
pub fn plain(sign: Sign) -> Html {
    html! {
        <svg class="sign" viewBox="0 0 200 200" aria-hidden="true">
            { sign.drawing("none", "currentColor") }
        </svg>
    }
}

/// On its own ground, small: for explaining what the panel looks like.
pub fn swatch(sign: Sign) -> Html {
    let paint = sign.paint();
    html! {
        <svg class="swatch" viewBox="-50 -50 300 300" aria-hidden="true">
            <path d="M-50 -50h300v300h-300z" fill={paint.ground} />
            { sign.drawing(paint.shape, paint.glyph) }
        </svg>
    }
}

/// Where things stand on a panel, in parts of its height.
struct Places {
    sign_y: &'static str,
    sign_height: &'static str,
    word_y: &'static str,
    word_height: &'static str,
    second_y: &'static str,
}

impl Sign {
    /// The barred gate needs room for its bar, the alarm for its stripes and its second line.
    fn places(self) -> Places {
        let (sign_y, sign_height, word_y, word_height, second_y) = match self {
            Self::Refuse => ("2%", "63%", "76%", "21%", ""),
            Self::Alert => ("9%", "50%", "61%", "17%", "80%"),
            Self::Specimen => ("3%", "64%", "70%", "18%", "89%"),
            Self::Admit | Self::Refer | Self::Unread => ("3%", "70%", "76%", "21%", ""),
        };
        Places { sign_y, sign_height, word_y, word_height, second_y }
    }
}

/// Ground, gate, sign, word, and for some a second line.
pub fn panel(sign: Sign, word: &'static str, second: Option<&str>) -> Html {
    let paint = sign.paint();
    let at = sign.places();
    html! {
        <svg class="panel" aria-hidden="true">
            <rect width="100%" height="100%" fill={paint.ground} />
            { gate(sign, &paint) }
            <svg y={at.sign_y} width="100%" height={at.sign_height} viewBox="-60 -8 320 216">
                { sign.drawing(paint.shape, paint.glyph) }
            </svg>
            <svg x="4%" y={at.word_y} width="92%" height={at.word_height} viewBox="0 0 358 62">
                { word_in_svg(word, paint.word) }
            </svg>
            if let Some(second) = second {
                <svg x="4%" y={at.second_y} width="92%" height="9%" viewBox="0 0 358 32">
                    { second_line(sign, second, &paint) }
                </svg>
            }
        </svg>
    }
}

/// Fits whatever the phone's font is: long words are set to the full width.
fn word_in_svg(word: &'static str, fill: &'static str) -> Html {
    const FULL_FROM_CHARS: usize = 7;
    let fitted = word.chars().count() >= FULL_FROM_CHARS;
    html! {
        <text x="179" y="58" text-anchor="middle" class="word" font-size="78" font-weight="900" fill={fill}
            textLength={fitted.then_some("350")} lengthAdjust={fitted.then_some("spacingAndGlyphs")}>
            { word }
        </text>
    }
}

fn second_line(sign: Sign, line: &str, paint: &Paint) -> Html {
    html! { <>
        if sign == Sign::Alert {
            <rect x="24" y="1.5" width="310" height="29" fill="none" stroke={paint.word} stroke-width="3" />
        }
        <text x="179" y="22" text-anchor="middle" class="word" font-size="18" font-weight="700" fill={paint.word}>
            { line }
        </text>
    </> }
}

/// Open, ajar, shut and barred; stripes for the alarm, hatching for what is not real.
fn gate(sign: Sign, paint: &Paint) -> Html {
    match sign {
        Sign::Admit => halves(paint, "half-left open", OPEN_LEFT, "half-right open", OPEN_RIGHT),
        Sign::Refer => halves(paint, "half-left ajar", AJAR_LEFT, "half-right ajar", AJAR_RIGHT),
        Sign::Refuse => html! { <>
            { halves(paint, "half-left shut", SHUT_LEFT, "half-right shut", SHUT_RIGHT) }
            <svg y="74%" width="100%" height="28" overflow="visible">
                <g transform="translate(0 -28)">
                    <rect width="100%" height="28" fill={paint.word} />
                    <path d={stripes(28, 26, 54)} fill={paint.ground} />
                </g>
            </svg>
        </> },
        Sign::Alert => html! { <>
            <path d={stripes(26, 22, 44)} fill={paint.word} />
            <svg y="100%" width="100%" height="26" overflow="visible">
                <path transform="translate(0 -26)" d={stripes(26, 22, 44)} fill={paint.word} />
            </svg>
        </> },
        Sign::Specimen | Sign::Unread => html! { <>
            <svg width="100%" height="100%" viewBox="0 0 390 390" preserveAspectRatio="xMidYMid slice">
                <path d={hatching()} fill={paint.gate} />
            </svg>
            <svg y="68%" width="100%" height="4" overflow="visible">
                <path d="M0 2h2000" stroke={paint.word} stroke-width="4" stroke-dasharray="12 8" />
            </svg>
        </> },
    }
}

fn halves(
    paint: &Paint,
    left_class: &'static str,
    left: &'static str,
    right_class: &'static str,
    right: &'static str,
) -> Html {
    html! {
        <svg width="100%" height="74%" viewBox="0 0 390 334" preserveAspectRatio="xMidYMax slice">
            <path class={left_class} d={left} fill={paint.gate} />
            <path class={right_class} d={right} fill={paint.gate} />
        </svg>
    }
}

/// Slanted stripes along a band, wide enough for any phone held any way.
fn stripes(height: u16, width: u16, step: u16) -> String {
    const BAND_PX: u16 = 2_000;
    let slant = height * 2 / 3;
    (0..BAND_PX / step)
        .map(|index| {
            let x = i32::from(index * step) - i32::from(step);
            format!("M{x} {height}l{slant}-{height}h{width}l-{slant} {height}z")
        })
        .collect()
}

fn hatching() -> String {
    (0..13).map(|index| format!("M{} 390l390-390h34l-390 390z", index * 68 - 400)).collect()
}

const OPEN_LEFT: &str = "M94 4H78V36H62V45.6H70V71.2H46V80.8H55.6V109.6H23.6V122.4H36.4V157.6H-2V172H14V220H-27.6V237.6H-11.6V877.6H94Z";
const OPEN_RIGHT: &str = "M296 4H312V36H328V45.6H320V71.2H344V80.8H334.4V109.6H366.4V122.4H353.6V157.6H392V172H376V220H417.6V237.6H401.6V877.6H296Z";
const AJAR_LEFT: &str = "M145 10H130V40H115V49H122.5V73H100V82H109V109H79V121H91V154H55V167.5H70V212.5H31V229H46V829H145Z";
const AJAR_RIGHT: &str = "M245 10H260V40H275V49H267.5V73H290V82H281V109H311V121H299V154H335V167.5H320V212.5H359V229H344V829H245Z";
const SHUT_LEFT: &str = "M195.6 8H176.6V46H157.6V57.4H167.1V87.8H138.6V99.2H150V133.4H112V148.6H127.2V190.4H81.6V207.5H100.6V264.5H51.2V285.4H70.2V1045.4H195.6Z";
const SHUT_RIGHT: &str = "M194.4 8H213.4V46H232.4V57.4H222.9V87.8H251.4V99.2H240V133.4H278V148.6H262.8V190.4H308.4V207.5H289.4V264.5H338.8V285.4H319.8V1045.4H194.4Z";
