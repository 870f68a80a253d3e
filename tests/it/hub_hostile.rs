//! A hub that is none: whatever it answers, the command stops with a code.

use crate::command::{gerbang_with, status, text};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

/// Answers every request with these bytes; ends with the test.
fn server(answer: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = format!("http://{}", listener.local_addr().expect("it is bound"));
    let answer_one = move |mut stream: TcpStream| {
        let mut request = [0; 4096];
        // Whoever asks may be gone by now.
        let _ = stream.read(&mut request);
        let _ = stream.write_all(answer);
    };
    thread::spawn(move || listener.incoming().flatten().for_each(answer_one));
    address
}

fn check(answer: &'static [u8], code: &str) {
    let address = server(answer);
    for command in [&["verify"][..], &["purge"], &["retire", "--venue-id", "a", "b"]] {
        let arguments = [&["hub"], command, &["--hub", &address]].concat();
        let output = gerbang_with(&[("GERBANG_HUB_PASSWORD", "secret")], &arguments, "");
        let said = text(&output.stderr);
        assert_eq!(status(&output), 2, "{said}");
        assert!(said.trim_end().ends_with(&format!("({code})")), "{command:?}: {said}");
        assert!(!said.contains("secret"), "{said}");
    }
}

#[test]
fn no_answer_of_a_server_makes_more_than_a_code() {
    check(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n<htm>", "HUB-ANSWER");
    check(
        b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
        "HUB-ANSWER",
    );
    check(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"results\":[", "HUB-REACH");
    check(b"no HTTP at all", "HUB-REACH");
    check(b"", "HUB-REACH");
    check(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\n{}", "HUB-ADMIN");
    check(
        b"HTTP/1.1 500 Oh\r\nContent-Length: 26\r\n\r\n{\"reason\":\"\\u0007 broken\"}\n",
        "HUB-REFUSED",
    );
    let deep = b"HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\n";
    let deep: &'static [u8] = [&deep[..], &[b'['; 4000]].concat().leak();
    check(deep, "HUB-ANSWER");
}
