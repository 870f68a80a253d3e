//! Runs the real binary as a script does.

use serde_json::Value;
use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

/// An empty folder of this test's own.
pub fn folder(test: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("cli").join(test);
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).expect("the target folder can be written");
    path
}

pub fn gerbang(arguments: &[&str], input: &str) -> Output {
    gerbang_with(&[], arguments, input)
}

/// With these variables in its environment.
pub fn gerbang_with(variables: &[(&str, &str)], arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_gerbang"))
        .args(arguments)
        .env_remove("GERBANG_PASSPHRASE")
        .env_remove("GERBANG_PASSPHRASE_FILE")
        .env_remove("GERBANG_HUB_PASSWORD")
        .envs(variables.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command starts");
    let mut stdin = child.stdin.take().expect("piped");
    // A command that does not read its input may be gone already.
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    child.wait_with_output().expect("the command ends")
}

pub fn status(output: &Output) -> i32 {
    output.status.code().expect("no signal ended it")
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

pub fn json_lines(output: &Output) -> Vec<Value> {
    let parse = |line: &str| serde_json::from_str(line).expect("a JSON object a line");
    text(&output.stdout).lines().map(parse).collect()
}

pub fn check_fails(arguments: &[&str], code: &str) {
    let output = gerbang(arguments, "");
    assert_eq!(status(&output), 2);
    let said = text(&output.stderr);
    assert!(
        said.starts_with("gerbang: ") && said.trim_end().ends_with(&format!("({code})")),
        "{said}"
    );
    assert!(output.stdout.is_empty());
}
