//! `gerbang rules`: CertLogic for scripts and suites, and an authority's own cases of a policy.

mod cases;

use clap::{Args, Subcommand};
use serde_json::{Value, json};
use std::io::{self, BufRead, Write};
use std::process::ExitCode;

use super::failure::Failure;
use crate::rules::certlogic;

#[derive(Debug, Args)]
pub struct RulesArgs {
    #[command(subcommand)]
    command: RulesCommand,
}

#[derive(Debug, Subcommand)]
enum RulesCommand {
    /// Values of expressions over data, and what is wrong with expressions.
    Eval(EvalArgs),
    Test(cases::TestArgs),
}

#[derive(Debug, Args)]
struct EvalArgs {
    /// Lines on stdin: {"id", "logic", "data"} gives {"id", "result"} or {"id", "error"};
    /// {"id", "check": EXPRESSION} gives {"id", "issues": [{"expr", "message"}]}.
    #[arg(long, required = true)]
    jsonl: bool,
}

pub fn run(args: &RulesArgs) -> Result<ExitCode, Failure> {
    match &args.command {
        RulesCommand::Eval(_) => Ok(eval(io::stdin().lock(), io::stdout().lock())?),
        RulesCommand::Test(args) => cases::run(args),
    }
}

/// One answer a line, in the same order; empty lines have none.
fn eval(lines: impl BufRead, out: impl Write) -> io::Result<ExitCode> {
    let mut out = io::BufWriter::new(out);
    for line in lines.lines() {
        let line = line?;
        if !line.trim().is_empty() {
            writeln!(out, "{}", answer(&line))?;
        }
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

/// The answer to one line. `INPUT-JSON`: no JSON object; `INPUT-KEYS`: neither `logic` nor `check`.
pub fn answer(line: &str) -> Value {
    let Ok(Value::Object(asked)) = serde_json::from_str(line) else {
        return json!({"id": null, "error": "INPUT-JSON"});
    };
    let id = asked.get("id");
    if let Some(logic) = asked.get("check") {
        let issues: Vec<Value> = certlogic::validate(logic)
            .iter()
            .map(|issue| {
                json!({
                    "expr": issue.expr,
                    "message": issue.flaw.to_string(),
                    "code": issue.flaw.code(),
                })
            })
            .collect();
        return json!({"id": id, "issues": issues});
    }
    let Some(logic) = asked.get("logic") else {
        return json!({"id": id, "error": "INPUT-KEYS"});
    };
    match certlogic::evaluate(logic, asked.get("data").unwrap_or(&Value::Null)) {
        Ok(result) => json!({"id": id, "result": result}),
        Err(error) => json!({"id": id, "error": error.code()}),
    }
}
