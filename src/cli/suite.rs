//! `gerbang suite`: one step of verification alone, for the published test suites.

use super::failure::Failure;
use super::public_key::raw_ed25519;
use crate::credential::Algorithm;
use crate::envelope::rdf::{self, Escapes, RdfError};
use crate::envelope::rdf_canon;
use crate::trust::check_signature;
use clap::{Args, Subcommand};
use data_encoding::HEXLOWER_PERMISSIVE as HEX;
use serde_json::{Value, json};
use sha2::{Digest, Sha256, Sha384};
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
    /// RDF datasets: lines {"id", "kind", "hash", "input"} give {"id", "output"}, or {"id", "error"}.
    RdfCanon {
        /// One JSON object a line, in and out.
        #[arg(long, required = true)]
        jsonl: bool,
    },
}

pub fn run(args: &SuiteArgs) -> Result<ExitCode, Failure> {
    let answer = match args.command {
        SuiteCommand::Signature { .. } => signature_answer,
        SuiteCommand::RdfCanon { .. } => rdf_canon_answer,
    };
    let mut out = io::BufWriter::new(io::stdout().lock());
    for line in io::stdin().lock().lines() {
        let line = line?;
        if !line.trim().is_empty() {
            writeln!(out, "{}", answer(&line))?;
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

/// `kind` `map` asks for the labels, anything else for the canonical N-Quads.
pub fn rdf_canon_answer(line: &str) -> Value {
    let Ok(case) = serde_json::from_str::<Value>(line) else {
        return json!({ "id": null, "error": "INPUT-JSON" });
    };
    let text = |key: &str| case.get(key).and_then(Value::as_str);
    let output = match (text("hash").unwrap_or("SHA256"), text("input")) {
        ("SHA256", Some(input)) => rdf_canon_output::<Sha256>(text("kind"), input),
        ("SHA384", Some(input)) => rdf_canon_output::<Sha384>(text("kind"), input),
        _ => return json!({ "id": case.get("id"), "error": "INPUT-KEYS" }),
    };
    match output {
        Ok(output) => json!({ "id": case.get("id"), "output": output }),
        Err(error) => json!({ "id": case.get("id"), "error": error.code() }),
    }
}

fn rdf_canon_output<D: Digest>(kind: Option<&str>, input: &str) -> Result<Value, RdfError> {
    /// Credentials need far fewer; the suite's hardest datasets some hundreds.
    const STEPS_MAX: usize = 20_000;
    let quads = rdf::parse(input)?;
    if kind == Some("map") {
        return Ok(json!(rdf_canon::labels::<D>(&quads, Escapes::Rdfc10, STEPS_MAX)?));
    }
    rdf_canon::canonical::<D>(&quads, Escapes::Rdfc10, STEPS_MAX).map(Value::from)
}

fn holds(case: &Value) -> Option<bool> {
    let bytes = |name: &str| HEX.decode(case.get(name)?.as_str()?.as_bytes()).ok();
    let algorithm = match case.get("alg").and_then(Value::as_str).unwrap_or("EdDSA") {
        "EdDSA" => Algorithm::EdDsa,
        "ES256" => Algorithm::Es256,
        "ES384" => Algorithm::Es384,
        "ES512" => Algorithm::Es512,
        "PS256" => Algorithm::Ps256,
        _ => return None,
    };
    let spki = bytes("public_key_spki_hex");
    let public_key = match algorithm {
        Algorithm::EdDsa => bytes("public_key_hex").or_else(|| raw_ed25519(&spki?)),
        _ => spki.or_else(|| bytes("public_key_hex")),
    };
    let (signed, signature) = (bytes("msg_hex")?, bytes("sig_hex")?);
    Some(check_signature(algorithm, &public_key?, &signed, &signature).is_ok())
}
