//! `gerbang rules test`: does a policy do what its author means?

use super::super::failure::Failure;
use super::super::{moment, trusted, verify, verify_line};
use crate::rules::country;
use crate::rules::{
    CASES_BYTES_MAX, Case, CasesError, Here, Policy, Ruling, Status, Tried, Verdict, facts,
    parse_cases,
};
use crate::trust::{Registry, limits};
use clap::Args;
use serde_json::{Value, json};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Try a policy on a table of cases, and explain what it makes of them, step by step.
///
/// A case names the facts that matter (docs/policy.md lists them all) and what shall come of them.
/// Ends with 0 when all do as expected, 1 when one does not, 2 when a file is not in order.
#[derive(Debug, Args)]
#[command(after_help = r#"The cases:
  {"cases": [
    {"name": "two doses",
     "facts": {"vaccinations": [{"product": "CoronaVac", "dose": 2, "total": 2, "date": "2021-08-02"}]},
     "expect": {"status": "green", "decision": "admit"}},
    {"name": "one dose",
     "facts": {"vaccination": {"dose": 1, "total": 2}},
     "expect": {"status": "yellow", "reasons": ["POL-ONE-DOSE"]}},
    {"name": "on the block list", "facts": {"blocked": true}, "expect": {"status": "black"}}
  ]}
`expect` has one or more of `status` (green, yellow, red, black), `decision` (admit, refer, refuse,
alert), `reasons` (codes, in order) and `fault` (true: the policy cannot judge, so nobody is let in).

Examples:
  gerbang rules test --policy pedulilindungi-2021 cases.json
  gerbang rules test --policy kota/policy.json --explain cases.json"#)]
pub struct TestArgs {
    /// A shipped policy by its name, or a policy's file.
    #[arg(long, value_name = "ID|FILE")]
    policy: String,
    /// Show the steps of every case, not of failed ones alone.
    #[arg(long)]
    explain: bool,
    /// One JSON object a case, with its steps.
    #[arg(long)]
    json: bool,
    /// What `here.now` is. Default: now.
    #[arg(long, value_name = "TIME", value_parser = moment::parse)]
    now: Option<i64>,
    /// The table of cases.
    file: PathBuf,
}

pub fn run(args: &TestArgs) -> Result<ExitCode, Failure> {
    let policy = read_policy(&args.policy)?;
    let cases = read_cases(&args.file)?;
    let now_unix_s = args.now.unwrap_or_else(|| moment::now_unix_ms() / 1000);
    let nobody = Registry::standing_in(verify_line::believing(Vec::new(), now_unix_s));
    let here = Here { venue_id: "here", utc_offset_min: 0 };
    let now_unix_ms = now_unix_s.saturating_mul(1000);
    let blank = facts(&[], &nobody, &here, now_unix_ms, policy.parameters());
    let mut out = io::stdout().lock();
    let mut failed = 0;
    for case in &cases {
        let tried = case.run(&policy, &blank);
        failed += usize::from(!tried.as_expected);
        if args.json {
            writeln!(out, "{}", as_json(case, &tried))?;
        } else {
            write_plainly(&mut out, case, &tried, args.explain)?;
        }
    }
    if !args.json {
        writeln!(out, "{} cases, {failed} not as expected", cases.len())?;
    }
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn read_policy(named: &str) -> Result<Policy, Failure> {
    let path = Path::new(named);
    if !path.exists() {
        let (id, json) = country::SHIPPED;
        let policy = if named == id { Policy::parse(json) } else { Policy::shipped(named) };
        return policy.map_err(|error| verify::policy_failure(named, error));
    }
    let bytes = trusted::read_at_most(path, limits::POLICY_BYTES_MAX)?;
    let text = String::from_utf8(bytes)
        .map_err(|_| Failure::new("POLICY-JSON", format!("{named} is no text in UTF-8")))?;
    Policy::parse(&text).map_err(|error| verify::policy_failure(named, error))
}

fn read_cases(path: &Path) -> Result<Vec<Case>, Failure> {
    let bytes = trusted::read_at_most(path, CASES_BYTES_MAX)?;
    parse_cases(&bytes).map_err(|error| {
        let words = match error {
            CasesError::TooLong => "is too long".to_owned(),
            CasesError::Json { line, column } => {
                format!("is no table of cases: line {line}, column {column}")
            }
            CasesError::Expects(index) => format!("expects nothing in case {}", index + 1),
        };
        Failure::new(error.code(), format!("{} {words}", path.display()))
    })
}

fn as_json(case: &Case, tried: &Tried) -> Value {
    let step = |step: &crate::rules::Step| {
        json!({
            "code": step.code,
            "id": step.said.id,
            "en": step.said.en,
            "failed": step.failed.map(ruling_word),
        })
    };
    let verdict = tried.verdict.as_ref();
    json!({
        "name": case.name,
        "ok": tried.as_expected,
        "status": verdict.map(|verdict| verdict.status.word()),
        "decision": verdict.map(|verdict| ruling_word(verdict.ruling)),
        "reasons": verdict.map(codes),
        "steps": verdict.map(|verdict| verdict.steps.iter().map(step).collect::<Vec<_>>()),
        "fault": verdict.is_none(),
    })
}

fn write_plainly(
    out: &mut impl Write,
    case: &Case,
    tried: &Tried,
    explain: bool,
) -> io::Result<()> {
    let state = if tried.as_expected { "ok  " } else { "FAIL" };
    let came = match &tried.verdict {
        Some(verdict) => {
            let (status, ruling) = (verdict.status.word(), ruling_word(verdict.ruling));
            format!("{status}, {ruling} {}", codes(verdict).join(" "))
        }
        None => "fault: a rule cannot be evaluated, so nobody is let in".to_owned(),
    };
    writeln!(out, "{state} {}: {}", case.name, came.trim_end())?;
    if !tried.as_expected {
        writeln!(out, "     expected {}", expected_words(case))?;
    }
    if explain || !tried.as_expected {
        for step in tried.verdict.iter().flat_map(|verdict| &verdict.steps) {
            let came = step.failed.map_or("holds", ruling_word);
            writeln!(out, "     {came:<7} {} ({})", step.said.en, step.code)?;
        }
    }
    Ok(())
}

fn expected_words(case: &Case) -> String {
    let expect = &case.expect;
    let mut words = Vec::new();
    words.extend(expect.status.map(Status::word).map(str::to_owned));
    words.extend(expect.decision.map(ruling_word).map(str::to_owned));
    words.extend(expect.reasons.as_ref().map(|reasons| format!("reasons [{}]", reasons.join(" "))));
    words.extend(expect.fault.then(|| "a fault".to_owned()));
    words.join(", ")
}

fn codes(verdict: &Verdict) -> Vec<&str> {
    verdict.reasons.iter().map(|reason| reason.code.as_str()).collect()
}

fn ruling_word(ruling: Ruling) -> &'static str {
    match ruling {
        Ruling::Admit => "admit",
        Ruling::Refer => "refer",
        Ruling::Refuse => "refuse",
        Ruling::Alert => "alert",
    }
}
