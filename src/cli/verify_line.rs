//! `gerbang verify --jsonl`: each line brings its own payload, clock and trust.

mod named;

use super::failure::Failure;
use super::{moment, verify};
use crate::credential::{Payload, date};
use crate::gate::{self, Here, History};
use crate::rules::Policy;
use crate::trust::{BlockList, Issuer, Registry, RegistryBody};
use data_encoding::HEXLOWER_PERMISSIVE as HEX;
use serde_json::{Value, json};
use std::io::{BufRead, BufWriter, Write};
use std::process::ExitCode;

/// One answer a line, in the same order; empty lines have none.
pub fn run(lines: impl BufRead, out: impl Write) -> Result<ExitCode, Failure> {
    let mut out = BufWriter::new(out);
    for line in lines.lines() {
        let line = line?;
        if !line.trim().is_empty() {
            writeln!(out, "{}", line_answer(&line))?;
        }
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

/// One line in, one answer out.
pub fn line_answer(line: &str) -> Value {
    let Ok(asked) = serde_json::from_str::<Value>(line) else {
        return json!({ "id": null, "error": "INPUT-JSON" });
    };
    let mut answer = judged(&asked).unwrap_or_else(|code| json!({ "error": code }));
    if let Some(object) = answer.as_object_mut() {
        object.insert("id".to_owned(), asked.get("id").cloned().unwrap_or_default());
    }
    answer
}

fn judged(asked: &Value) -> Result<Value, &'static str> {
    let payload = payload(asked).ok_or("INPUT-PAYLOAD")?;
    let now_unix_s = match asked.get("now").and_then(Value::as_str) {
        Some(text) => date::unix_s_of_time(text).ok_or("INPUT-NOW")?,
        None => moment::now_unix_ms() / 1000,
    };
    let trust = asked.get("trust").and_then(Value::as_array);
    let named = trust.map(Vec::as_slice).unwrap_or_default();
    let mut body = believing(named.iter().filter_map(named::issuer).collect(), now_unix_s);
    body.block_list = BlockList::new([0; 32], named.iter().flat_map(named::blocked));
    let registry = Registry::standing_in(body);
    let policy_id = asked.get("policy").and_then(Value::as_str).unwrap_or("proven");
    let policy = Policy::choose(&registry, policy_id).map_err(|error| error.code())?;
    let here = Here { venue_id: "", utc_offset_min: 0 };
    let history = History::default();
    let now_unix_ms = now_unix_s.saturating_mul(1000);
    Ok(verify::answer(&gate::decide(&payload, &policy, &registry, &here, &history, now_unix_ms)))
}

fn payload(asked: &Value) -> Option<Payload> {
    if let Some(hex) = asked.get("bytes_hex").and_then(Value::as_str) {
        let bytes = HEX.decode(hex.as_bytes()).ok()?;
        let text = String::from_utf8(bytes.clone()).ok();
        return Some(Payload::from_bytes(bytes, text));
    }
    match asked.get("text")? {
        Value::Array(chunks) => {
            let chunks: Option<Vec<&str>> = chunks.iter().map(Value::as_str).collect();
            Some(Payload::from_chunks(&chunks?))
        }
        text => text.as_str().map(Payload::from_text),
    }
}

/// A registry's body that is as young as it can be and names these issuers alone.
pub fn believing(issuers: Vec<Issuer>, now_unix_s: i64) -> RegistryBody {
    const YEAR_S: i64 = 365 * 24 * 3600;
    RegistryBody {
        version: 0,
        issued_unix_s: now_unix_s,
        expires_unix_s: now_unix_s.saturating_add(YEAR_S),
        fresh_s: YEAR_S,
        warn_s: YEAR_S,
        issuers,
        policies: Vec::new(),
        venues: Vec::new(),
        block_list: BlockList::default(),
        rotations: Vec::new(),
        revocations: Vec::new(),
        sealing: None,
        hub: None,
    }
}
