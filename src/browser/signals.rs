//! Sounds and vibrations of the verdicts: the table of patterns, and playing it.

use super::bindings::Phone;
use super::clock;
use crate::session::{Loudness, Signal};
use gloo::timers::callback::Timeout;
use js_sys::Array;
use std::cell::{Cell, RefCell};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{AudioContext, AudioContextState, OscillatorType};

/// A tone, or with `hertz` 0 a pause.
#[derive(Debug, Clone, Copy)]
struct Tone {
    hertz: f32,
    length_ms: f64,
}

const fn tone(hertz: f32, length_ms: f64) -> Tone {
    Tone { hertz, length_ms }
}

const fn pause(length_ms: f64) -> Tone {
    Tone { hertz: 0.0, length_ms }
}

/// One signal: how it sounds and how it shakes.
struct Pattern {
    wave: OscillatorType,
    tones: &'static [Tone],
    loudness: f32,
    again_after_ms: Option<u32>,
    vibration_ms: &'static [u32],
}

const ADMIT: &[Tone] = &[tone(784.0, 90.0), tone(1175.0, 200.0)];
const EXIT: &[Tone] = &[tone(1175.0, 90.0), tone(784.0, 200.0)];
const REFER: &[Tone] = &[tone(880.0, 130.0), pause(110.0), tone(880.0, 130.0)];
const REFUSE: &[Tone] = &[tone(659.0, 220.0), tone(440.0, 480.0)];
const ALERT: &[Tone] = &[
    tone(988.0, 110.0),
    tone(698.0, 110.0),
    tone(988.0, 110.0),
    tone(698.0, 110.0),
    tone(988.0, 110.0),
    tone(698.0, 110.0),
];
const UNREAD: &[Tone] = &[tone(1000.0, 25.0)];
const SPECIMEN: &[Tone] =
    &[tone(1319.0, 45.0), pause(60.0), tone(1319.0, 45.0), pause(60.0), tone(1319.0, 45.0)];
/// A square wave sounds far louder than a triangle of the same height.
const SQUARE_LOUDNESS: f32 = 0.25;
const SOFT_LOUDNESS: f32 = 0.7;
/// A quarter of the power: quieter, and still over a counter.
const SOFT_PART: f32 = 0.5;
/// Rise and fall of a tone, so that it does not click.
const EDGE_S: f64 = 0.005;

fn pattern(signal: Signal) -> Pattern {
    let (wave, tones, vibration_ms): (_, _, &[u32]) = match signal {
        Signal::Admit => (OscillatorType::Triangle, ADMIT, &[70]),
        Signal::Exit => (OscillatorType::Triangle, EXIT, &[70]),
        Signal::Refer => (OscillatorType::Triangle, REFER, &[120, 110, 120]),
        Signal::Refuse => (OscillatorType::Square, REFUSE, &[650]),
        Signal::Alert => (OscillatorType::Square, ALERT, &[110, 110, 110, 110, 110, 110, 700]),
        Signal::Unread => (OscillatorType::Sine, UNREAD, &[]),
        Signal::Specimen => (OscillatorType::Sine, SPECIMEN, &[40, 60, 40, 60, 40]),
    };
    let loudness = if wave == OscillatorType::Square { SQUARE_LOUDNESS } else { SOFT_LOUDNESS };
    let again_after_ms = (signal == Signal::Alert).then_some(3_000);
    Pattern { wave, tones, loudness, again_after_ms, vibration_ms }
}

/// The speaker and the motor.
#[derive(Default)]
pub struct Signals {
    audio: RefCell<Option<AudioContext>>,
    loudness: Cell<Loudness>,
    again: RefCell<Option<Timeout>>,
}

impl Signals {
    /// Whether a verdict will be heard, as far as the browser tells; `None`: never asked, or no sound.
    pub fn is_on(&self) -> Option<bool> {
        let audible = self.loudness.get() != Loudness::Mute;
        let audio = self.audio.borrow();
        audio.as_ref().map(|audio| audible && audio.state() == AudioContextState::Running)
    }

    pub fn set_loudness(&self, loudness: Loudness) {
        self.loudness.set(loudness);
    }

    /// Within a tap: browsers let a page sound only then. Later calls wake a speaker that fell asleep.
    pub fn unlock(&self) {
        let mut audio = self.audio.borrow_mut();
        if audio.is_none() {
            *audio = AudioContext::new().ok();
        }
        if let Some(audio) = audio.as_ref()
            && audio.state() != AudioContextState::Running
        {
            // A refusal leaves the screen and the motor; nothing else can be done.
            drop(audio.resume());
        }
    }

    /// Sounds and shakes now; silences what still sounds from before.
    pub fn play(self: &std::rc::Rc<Self>, signal: Signal) {
        let pattern = pattern(signal);
        self.again.borrow_mut().take();
        self.sound(&pattern);
        vibrate(pattern.vibration_ms);
        if let Some(after_ms) = pattern.again_after_ms {
            let signals = self.clone();
            *self.again.borrow_mut() =
                Some(Timeout::new(after_ms, move || signals.sound(&self::pattern(signal))));
        }
    }

    /// The verdict has gone: nothing sounds again.
    pub fn hush(&self) {
        self.again.borrow_mut().take();
    }

    fn sound(&self, pattern: &Pattern) {
        let part = match self.loudness.get() {
            Loudness::Loud => 1.0,
            Loudness::Soft => SOFT_PART,
            Loudness::Mute => return,
        };
        let audio = self.audio.borrow();
        // A browser without this sound still has the screen: failures are not worth a word.
        if let Some(audio) = audio.as_ref() {
            let _unheard = schedule(audio, pattern, pattern.loudness * part);
        }
    }
}

fn schedule(audio: &AudioContext, pattern: &Pattern, loudness: f32) -> Result<(), JsValue> {
    let mut at_s = audio.current_time() + EDGE_S;
    for tone in pattern.tones {
        let end_s = at_s + tone.length_ms / 1000.0;
        if tone.hertz > 0.0 {
            let oscillator = audio.create_oscillator()?;
            oscillator.set_type(pattern.wave);
            oscillator.frequency().set_value(tone.hertz);
            let gain = audio.create_gain()?;
            gain.gain().set_value_at_time(0.0, at_s)?;
            gain.gain().linear_ramp_to_value_at_time(loudness, at_s + EDGE_S)?;
            gain.gain().set_value_at_time(loudness, end_s - EDGE_S)?;
            gain.gain().linear_ramp_to_value_at_time(0.0, end_s)?;
            oscillator.connect_with_audio_node(&gain)?;
            gain.connect_with_audio_node(&audio.destination())?;
            oscillator.start_with_when(at_s)?;
            oscillator.stop_with_when(end_s)?;
        }
        at_s = end_s;
    }
    Ok(())
}

fn vibrate(pattern_ms: &[u32]) {
    let navigator = clock::window().navigator();
    let phone: &Phone = navigator.unchecked_ref();
    if pattern_ms.is_empty() || phone.has_vibrate().is_undefined() {
        return;
    }
    let steps: Array = pattern_ms.iter().copied().map(JsValue::from).collect();
    navigator.vibrate_with_pattern(&steps);
}
