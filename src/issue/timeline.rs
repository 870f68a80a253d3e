//! A trace as a picture: a row for each venue, the subject's visits, and who was there with her.
//!
//! Shape: `Trace` → SVG. The subject in indigo; whoever shared `near_ms` or more in brick, others
//! outlined. Only contacts are drawn: nobody else's visits are anybody's business.
//! Limits and errors: at most `LANES_MAX` lanes a venue; what does not fit is counted.

use super::paper::svg::escaped;
use crate::audit_log::{Contact, Trace, Visit, rfc3339};
use std::fmt::Write;
use std::ops::Range;

pub const LANES_MAX: usize = 12;

const LEFT: f64 = 226.0;
const RIGHT: f64 = 1128.0;
const LANE: f64 = 13.0;
const HOUR_MS: i64 = 3_600_000;

#[derive(Debug, Clone, Copy)]
pub struct Heading<'a> {
    /// The subject's tag.
    pub subject: &'a str,
    pub exports: usize,
    pub exports_whole: usize,
    pub utc_offset_min: i16,
    pub near_ms: i64,
}

/// The picture's file.
pub fn svg(trace: &Trace, heading: &Heading<'_>) -> String {
    let span = span(trace);
    let axis = Axis { span: span.clone(), utc_offset_min: heading.utc_offset_min };
    let mut rows = String::new();
    let mut top = 170.0;
    let mut venues: Vec<&str> = trace.visits.iter().map(|visit| visit.venue.as_str()).collect();
    venues.dedup();
    for venue in venues {
        top += push_venue(&mut rows, trace, venue, heading.near_ms, &axis, top);
    }
    let mut out = String::new();
    push_head(&mut out, trace, heading, &axis, top);
    out.push_str(&rows);
    out.push_str("</svg>\n");
    out
}

/// Whole hours around everything that is drawn.
fn span(trace: &Trace) -> Range<i64> {
    let visits = trace.visits.iter().map(|visit| (visit.from_unix_ms, visit.until_unix_ms));
    let contacts = trace.contacts.iter().flat_map(|contact| contact.visits.iter().copied());
    let (from, until) = visits
        .chain(contacts)
        .reduce(|(from, until), (a, b)| (from.min(a), until.max(b)))
        .unwrap_or((0, HOUR_MS));
    let start = from.div_euclid(HOUR_MS) * HOUR_MS;
    start..(until.div_euclid(HOUR_MS) + 1) * HOUR_MS
}

struct Axis {
    span: Range<i64>,
    utc_offset_min: i16,
}

impl Axis {
    fn x(&self, at_unix_ms: i64) -> f64 {
        let length = ms(self.span.end - self.span.start).max(1.0);
        LEFT + ms(at_unix_ms - self.span.start) / length * (RIGHT - LEFT)
    }

    /// A dozen marks at most, at whole hours.
    fn marks(&self) -> impl Iterator<Item = i64> {
        let hours = (self.span.end - self.span.start) / HOUR_MS;
        let steps = [1, 2, 3, 6, 12, 24, 48, 168];
        let step = steps.into_iter().find(|step| hours / step <= 12).unwrap_or(720) * HOUR_MS;
        let offset_ms = i64::from(self.utc_offset_min) * 60_000;
        let first = (self.span.start + offset_ms).div_euclid(step) * step - offset_ms;
        let end = self.span.end;
        let marks = (0..).map(move |count: i64| first + count * step);
        let start = self.span.start;
        marks.take_while(move |at| *at <= end).filter(move |at| *at >= start)
    }

    /// `08.00`, as it is written in Indonesian; behind a day at its beginning.
    fn clock(&self, at_unix_ms: i64) -> String {
        let text = rfc3339(at_unix_ms, self.utc_offset_min);
        let clock = text.get(11..16).unwrap_or_default().replace(':', ".");
        match (clock.as_str(), text.get(5..10)) {
            ("00.00", Some(day)) => day.to_owned(),
            _ => clock,
        }
    }
}

/// Lossless for anything within a million years.
fn ms(length: i64) -> f64 {
    let (high, low) = (length.div_euclid(1 << 31), length.rem_euclid(1 << 31));
    let exact = |part: i64| i32::try_from(part).map_or(f64::NAN, f64::from);
    exact(high) * 2_147_483_648.0 + exact(low)
}

fn push_head(out: &mut String, trace: &Trace, heading: &Heading<'_>, axis: &Axis, height: f64) {
    let day = rfc3339(axis.span.start, heading.utc_offset_min);
    let day = day.get(..10).unwrap_or_default();
    let near =
        trace.contacts.iter().filter(|contact| contact.together_ms >= heading.near_ms).count();
    let minutes = heading.near_ms / 60_000;
    write!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1200 {height:.0}\" \
         font-family=\"system-ui, Helvetica, Arial, sans-serif\" role=\"img\" \
         aria-label=\"Kunjungan per tempat\">\n<style>text{{font-size:14px;fill:#4A5662}}\
         .h{{font-size:28px;font-weight:700;fill:#14202B}}.v{{font-size:16px;font-weight:700;\
         fill:#14202B}}.l{{font-size:13px;font-weight:700;fill:#fff}}.s{{fill:#1F4A7E}}\
         .o{{fill:#9B4A2B}}.n{{fill:#fff;stroke:#857C69;stroke-width:1.2}}.g{{stroke:#E3DDCF}}\
         .r{{stroke:#CFC7B5;stroke-width:1.5}}.w{{stroke:#1F4A7E;stroke-width:1.5;\
         stroke-dasharray:3 4}}</style>\n<rect width=\"1200\" height=\"{height:.0}\" fill=\"#fff\"/>\n\
         <g transform=\"translate(36 0)\">\n\
         <text class=\"h\" y=\"52\">Siapa berada di sana bersama {}</text>\n\
         <text y=\"78\">Mulai {day}. {} berkas catatan, {} utuh. {near} pas bersama {minutes} menit \
         atau lebih, {} lebih singkat.</text>\n\
         <rect class=\"s\" y=\"98\" width=\"34\" height=\"14\"/><text x=\"43\" y=\"110\">Yang \
         ditelusuri</text><rect class=\"o\" x=\"180\" y=\"100\" width=\"34\" height=\"10\"/>\
         <text x=\"223\" y=\"110\">Bersama {minutes} menit atau lebih</text>\
         <rect class=\"n\" x=\"440\" y=\"100\" width=\"34\" height=\"10\"/>\
         <text x=\"483\" y=\"110\">Lebih singkat</text>\n</g>\n",
        escaped(heading.subject),
        heading.exports,
        heading.exports_whole,
        trace.contacts.len() - near,
    )
    .expect("writing to a String cannot fail");
    for mark in axis.marks() {
        let (x, clock) = (axis.x(mark), axis.clock(mark));
        writeln!(
            out,
            "<path class=\"g\" d=\"M{x:.1} 156V{height:.0}\"/><text x=\"{x:.1}\" y=\"148\" \
             text-anchor=\"middle\">{clock}</text>"
        )
        .expect("writing to a String cannot fail");
    }
}

/// The row's height.
fn push_venue(
    out: &mut String,
    trace: &Trace,
    venue: &str,
    near_ms: i64,
    axis: &Axis,
    top: f64,
) -> f64 {
    let visits: Vec<&Visit> = trace.visits.iter().filter(|visit| visit.venue == venue).collect();
    let contacts = trace.contacts.iter().filter(|contact| contact.venue == venue);
    let (lanes, left_out) = lanes(contacts, near_ms);
    let depth = f64::from(u32::try_from(lanes.len()).unwrap_or(0)) * LANE;
    let height = 52.0 + depth;
    let mut push = |text: String| {
        out.push_str(&text);
        out.push('\n');
    };
    push(format!("<path class=\"r\" d=\"M36 {top:.1}H{RIGHT:.1}\"/>"));
    push(format!("<text class=\"v\" x=\"36\" y=\"{:.1}\">{}</text>", top + 26.0, escaped(venue)));
    if left_out > 0 {
        let y = top + 46.0;
        push(format!("<text x=\"36\" y=\"{y:.1}\">{left_out} lagi tidak digambar</text>"));
    }
    for visit in visits {
        let (from, until) = (axis.x(visit.from_unix_ms), axis.x(visit.until_unix_ms));
        let (clock_from, clock_until) =
            (axis.clock(visit.from_unix_ms), axis.clock(visit.until_unix_ms));
        push(format!(
            "<rect class=\"s\" x=\"{from:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"20\">\
             <title>{clock_from}–{clock_until}</title></rect>",
            top + 8.0,
            (until - from).max(2.0)
        ));
        if until - from > 90.0 {
            let (x, y) = (from.midpoint(until), top + 22.5);
            push(format!(
                "<text class=\"l\" x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"middle\">\
                 {clock_from}–{clock_until}</text>"
            ));
        }
        for x in [from, until] {
            push(format!(
                "<path class=\"w\" d=\"M{x:.1} {:.1}V{:.1}\"/>",
                top + 28.0,
                top + 40.0 + depth
            ));
        }
    }
    for ((from, until), is_near, lane) in lanes
        .iter()
        .enumerate()
        .flat_map(|(lane, bars)| bars.iter().map(move |(visit, is_near)| (*visit, *is_near, lane)))
    {
        let y = top + 36.0 + f64::from(u32::try_from(lane).unwrap_or(0)) * LANE;
        let class = if is_near { "o" } else { "n" };
        let (x, width) = (axis.x(from), (axis.x(until) - axis.x(from)).max(2.0));
        push(format!(
            "<rect class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"9\"/>"
        ));
    }
    height
}

/// A visit, and whether its visitor was together long enough.
type Bar = ((i64, i64), bool);

/// Visits side by side where they do not overlap, the longest contacts first.
fn lanes<'a>(contacts: impl Iterator<Item = &'a Contact>, near_ms: i64) -> (Vec<Vec<Bar>>, usize) {
    let mut lanes: Vec<Vec<Bar>> = Vec::new();
    let mut left_out = 0;
    for contact in contacts {
        for visit in &contact.visits {
            let bar = (*visit, contact.together_ms >= near_ms);
            let free = |lane: &Vec<Bar>| {
                lane.iter().all(|((from, until), _)| visit.1 <= *from || *until <= visit.0)
            };
            match lanes.iter().position(free) {
                Some(lane) => lanes[lane].push(bar),
                None if lanes.len() < LANES_MAX => lanes.push(vec![bar]),
                None => left_out += 1,
            }
        }
    }
    (lanes, left_out)
}
