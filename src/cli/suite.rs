//! `gerbang suite`: one step of verification alone, for the published test suites.

use super::failure::Failure;
use crate::credential::Algorithm;
use crate::trust::check_signature;
use clap::{Args, Subcommand};
use data_encoding::HEXLOWER_PERMISSIVE as HEX;
use serde_json::{Value, json};
use std::io::{self, BufRead, Write};
use std::process::ExitCode;

/// One step of verification alone, for the published test suites.
#[derive(Debug, Args)]
pub struct SuiteArgs {
    #[command(subcommand)]
    command: SuiteCommand,
}

#[derive(Debug, Subcommand)]
enum SuiteCommand {
    /// Signatures: lines {"id", "alg", "public_key_hex" or "public_key_spki_hex", "msg_hex",
    /// "sig_hex"} give {"id", "valid"}.
    Signature {
        /// One JSON object a line, in and out.
        #[arg(long, required = true)]
        jsonl: bool,
    },
}

pub fn run(args: &SuiteArgs) -> Result<ExitCode, Failure> {
    let SuiteCommand::Signature { jsonl: _ } = args.command;
    let mut out = io::BufWriter::new(io::stdout().lock());
    for line in io::stdin().lock().lines() {
        let line = line?;
        if !line.trim().is_empty() {
            writeln!(out, "{}", signature_answer(&line))?;
        }
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

/// What cannot be read is not valid; `error` says so beside it.
pub fn signature_answer(line: &str) -> Value {
    let Ok(case) = serde_json::from_str::<Value>(line) else {
        return json!({ "id": null, "valid": false, "error": "INPUT-JSON" });
    };
    match holds(&case) {
        Some(valid) => json!({ "id": case.get("id"), "valid": valid }),
        None => json!({ "id": case.get("id"), "valid": false, "error": "INPUT-KEYS" }),
    }
}

fn holds(case: &Value) -> Option<bool> {
    let bytes = |name: &str| HEX.decode(case.get(name)?.as_str()?.as_bytes()).ok();
    let algorithm = match case.get("alg").and_then(Value::as_str).unwrap_or("EdDSA") {
        "EdDSA" => Algorithm::EdDsa,
        "ES256" => Algorithm::Es256,
        "PS256" => Algorithm::Ps256,
        _ => return None,
    };
    let spki = bytes("public_key_spki_hex");
    let public_key = match algorithm {
        Algorithm::EdDsa => bytes("public_key_hex").or_else(|| raw_ed25519(&spki?)),
        Algorithm::Es256 | Algorithm::Ps256 => spki.or_else(|| bytes("public_key_hex")),
    };
    let (signed, signature) = (bytes("msg_hex")?, bytes("sig_hex")?);
    Some(check_signature(algorithm, &public_key?, &signed, &signature).is_ok())
}

/// The 32 bytes of an Ed25519 SubjectPublicKeyInfo (RFC 8410 §4).
pub fn raw_ed25519(spki: &[u8]) -> Option<Vec<u8>> {
    const HEAD: [u8; 12] = *b"\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00";
    let key = spki.strip_prefix(&HEAD)?;
    (key.len() == 32).then(|| key.to_vec())
}
