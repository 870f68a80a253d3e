//! `gerbang verify`: what a gate would answer.

use super::failure::Failure;
use super::moment;
use super::said;
use super::scan;
use super::trusted::{self, RootArgs};
use super::verify_line;
use crate::credential::Payload;
use crate::gate::{self, Decision, Here, History, Outcome, SignatureState, Status};
use crate::rules::{Policy, PolicyError};
use crate::trust::Registry;
use clap::{ArgGroup, Args};
use data_encoding::HEXLOWER_PERMISSIVE as HEX;
use serde_json::{Value, json};
use std::io::{self, BufRead, Write};
use std::path::PathBuf;
use std::process::ExitCode;

/// Say what a gate would answer to a code.
///
/// Without a registry nobody is believed: then it says what a code is, and whether it can be read.
/// Ends with 0 when the code admits, 1 when it is referred or refused, 2 when it is unreadable; with
/// several codes always with 0.
#[derive(Debug, Args)]
#[command(
    group = ArgGroup::new("what").required(true).args(["text", "image", "stdin", "jsonl"]),
    after_help = "Examples:
  gerbang verify --registry dist/registry.cose 'GB1:...'
  gerbang verify --registry dist/registry.cose --image pass.png --json
  gerbang verify --registry dist/registry.cose --venue balai-kota --policy signed-pass --stdin < texts
  gerbang verify --jsonl < cases.jsonl"
)]
pub struct VerifyArgs {
    /// Whom to believe.
    #[arg(long, value_name = "FILE")]
    registry: Option<PathBuf>,
    #[command(flatten)]
    roots: RootArgs,
    /// The venue's rules, by name: of the registry, or a shipped one.
    #[arg(long, value_name = "ID", default_value = "proven")]
    policy: String,
    /// The venue that the gate belongs to.
    #[arg(long, value_name = "ID", default_value = "")]
    venue: String,
    /// The gate's local time minus UTC.
    #[arg(long, value_name = "MINUTES", default_value_t = 420, allow_negative_numbers = true)]
    utc_offset: i16,
    /// The gate's clock. Default: this machine's.
    #[arg(long, value_name = "TIME", value_parser = moment::parse)]
    now: Option<i64>,
    /// One JSON object a code.
    #[arg(long)]
    json: bool,
    /// One code a line on standard input; a line that starts with hex: is raw bytes.
    #[arg(long)]
    stdin: bool,
    /// The codes of a picture.
    #[arg(long, value_name = "FILE")]
    image: Option<PathBuf>,
    /// For suites: a JSON object a line, {"id", "text" or "bytes_hex", "now", "trust", "policy"}.
    #[arg(long)]
    jsonl: bool,
    /// What the code holds.
    text: Option<String>,
}

pub fn run(args: &VerifyArgs) -> Result<ExitCode, Failure> {
    if args.jsonl {
        return verify_line::run(io::stdin().lock(), io::stdout().lock());
    }
    let judge = Judge::new(args)?;
    let mut out = io::stdout().lock();
    if args.stdin {
        for line in io::stdin().lock().split(b'\n') {
            let line = line?;
            let line = line.strip_suffix(b"\r").unwrap_or(&line);
            if !line.is_empty() {
                judge.say(&payload(line)?, args.json, &mut out)?;
            }
        }
        return Ok(ExitCode::SUCCESS);
    }
    let payloads = match (&args.text, &args.image) {
        (Some(text), _) => vec![payload(text.as_bytes())?],
        (None, Some(path)) => scan::payloads(path)?,
        (None, None) => Vec::new(),
    };
    let mut status = ExitCode::from(2);
    for payload in &payloads {
        let outcome = judge.say(payload, args.json, &mut out)?;
        status = exit_status(outcome);
    }
    match payloads.len() {
        0 => Err(Failure::new("NO-CODE", "no code was read in the picture")),
        1 => Ok(status),
        _ => Ok(ExitCode::SUCCESS),
    }
}

/// Everything of a gate but the code.
struct Judge<'a> {
    registry: Registry,
    policy: Policy,
    here: Here<'a>,
    now_unix_ms: i64,
}

impl<'a> Judge<'a> {
    fn new(args: &'a VerifyArgs) -> Result<Self, Failure> {
        let now_unix_ms = args.now.map_or_else(moment::now_unix_ms, |now| now.saturating_mul(1000));
        let registry = match &args.registry {
            Some(path) => trusted::open(path, &args.roots)?,
            None => Registry::standing_in(verify_line::believing(Vec::new(), now_unix_ms / 1000)),
        };
        let policy = Policy::choose(&registry, &args.policy)
            .map_err(|error| policy_failure(&args.policy, error))?;
        let here = Here { venue_id: &args.venue, utc_offset_min: args.utc_offset };
        Ok(Self { registry, policy, here, now_unix_ms })
    }

    fn say(&self, payload: &Payload, as_json: bool, out: &mut impl Write) -> io::Result<Said> {
        let decision = gate::decide(
            payload,
            &self.policy,
            &self.registry,
            &self.here,
            &History::default(),
            self.now_unix_ms,
        );
        if as_json {
            writeln!(out, "{}", answer(&decision))?;
        } else {
            write_plainly(&decision, out)?;
        }
        Ok(said(&decision))
    }
}

pub fn policy_failure(id: &str, error: PolicyError) -> Failure {
    let words = match error {
        PolicyError::Unknown => format!("no policy is called {id}"),
        _ => format!("the policy {id} is not in order"),
    };
    Failure::new(error.code(), words)
}

/// A line of bytes, or `hex:` and the bytes in hexadecimal.
fn payload(line: &[u8]) -> Result<Payload, Failure> {
    if let Some(hex) = line.strip_prefix(b"hex:") {
        let bytes = HEX.decode(hex).map_err(|_| {
            Failure::new("INPUT-HEX", "what follows hex: is no even number of digits")
        })?;
        let text = String::from_utf8(bytes.clone()).ok();
        return Ok(Payload::from_bytes(bytes, text));
    }
    let text = String::from_utf8(line.to_vec()).ok();
    Ok(Payload::from_bytes(line.to_vec(), text))
}

/// What a script is told; an alarm is a refusal with status black.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    Admit,
    Refer,
    Refuse,
    Unreadable,
}

impl Said {
    fn word(self) -> &'static str {
        match self {
            Self::Admit => "admit",
            Self::Refer => "refer",
            Self::Refuse => "refuse",
            Self::Unreadable => "unreadable",
        }
    }
}

fn said(decision: &Decision) -> Said {
    match decision.outcome {
        // A specimen lets nobody in, whatever it would have been.
        Outcome::Admit if decision.specimen => Said::Refuse,
        Outcome::Admit => Said::Admit,
        Outcome::Refer => Said::Refer,
        Outcome::Refuse | Outcome::RefuseAndAlert | Outcome::NotACredential(_) => Said::Refuse,
        Outcome::Unreadable => Said::Unreadable,
    }
}

fn exit_status(said: Said) -> ExitCode {
    match said {
        Said::Admit => ExitCode::SUCCESS,
        Said::Refer | Said::Refuse => ExitCode::from(1),
        Said::Unreadable => ExitCode::from(2),
    }
}

/// The object that the design's "The command" promises to scripts.
pub fn answer(decision: &Decision) -> Value {
    json!({
        "family": decision.family.name(),
        "issuer": decision.issuer,
        "signature": signature_word(decision.signature),
        "decision": said(decision).word(),
        "status": decision.status.map(Status::word),
        "reasons": codes(decision),
        "expires": decision.expires_unix_s.map(moment::rfc3339),
        "specimen": decision.specimen,
    })
}

fn codes(decision: &Decision) -> Vec<&str> {
    let specimen = decision.specimen.then_some("SPECIMEN");
    specimen.into_iter().chain(decision.reasons.iter().map(gate::Reason::code)).collect()
}

fn signature_word(state: SignatureState) -> &'static str {
    match state {
        SignatureState::Valid => "valid",
        SignatureState::Invalid => "invalid",
        SignatureState::UnknownKey => "unknown-key",
        SignatureState::Unchecked => "unchecked",
    }
}

fn write_plainly(decision: &Decision, out: &mut impl Write) -> io::Result<()> {
    write!(out, "{}", said(decision).word())?;
    if let Some(status) = decision.status {
        write!(out, ", {}", status.word())?;
    }
    writeln!(
        out,
        ": family {}, signature {}",
        decision.family.name(),
        signature_word(decision.signature)
    )?;
    if let Some(issuer) = &decision.issuer {
        writeln!(out, "  issuer  {issuer}")?;
    }
    if let Some(expires) = decision.expires_unix_s {
        writeln!(out, "  expires {}", moment::rfc3339(expires))?;
    }
    if decision.specimen {
        writeln!(out, "  A specimen, for training. (SPECIMEN)")?;
    }
    for reason in &decision.reasons {
        writeln!(out, "  {} ({})", said::words(reason), reason.code())?;
    }
    Ok(())
}
