//! A network that does to requests what networks do: one request at a time, the faults follow from a seed.
//!
//! Shape: `proxy(hub, seed)` → an address whose requests are lost, held back until others went before them, passed on twice,
//! refused with 409 or 500; answers are lost or cut off. `tiring(hub, left)` → one that ends after so many.

use crate::chance::Chance;
use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

const REQUEST_BYTES_MAX: u64 = 8 << 20;

/// Answers where it listens.
pub fn proxy(hub: &str, seed: u64) -> String {
    let target = hub.trim_start_matches("http://").to_owned();
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = format!("http://{}", listener.local_addr().expect("bound"));
    let mut chance = Chance(seed ^ 0x5eed);
    let mut late = Vec::new();
    thread::spawn(move || {
        for client in listener.incoming().flatten() {
            // Whoever asked may have given up.
            let _ = pass(client, &target, &mut chance, &mut late);
        }
    });
    address
}

/// Passes on so many requests, counts down, and then no more; answers where it listens.
pub fn tiring(hub: &str, left: &Arc<AtomicUsize>) -> String {
    let target = hub.trim_start_matches("http://").to_owned();
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = format!("http://{}", listener.local_addr().expect("bound"));
    let left = left.clone();
    thread::spawn(move || {
        for mut client in listener.incoming().flatten() {
            let one_less = |left: usize| left.checked_sub(1);
            if left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_less).is_err() {
                continue;
            }
            let answer = read_request(&mut client).and_then(|request| forward(&request, &target));
            // Whoever asked may have given up.
            let _ = answer.and_then(|answer| client.write_all(&answer));
        }
    });
    address
}

/// A request that was held back, and how many others go before it.
type Late = (u64, Vec<u8>);

fn pass(
    mut client: TcpStream,
    target: &str,
    chance: &mut Chance,
    late: &mut Vec<Late>,
) -> io::Result<()> {
    let request = read_request(&mut client)?;
    late.iter_mut().for_each(|(others, _)| *others = others.saturating_sub(1));
    for (_, request) in late.extract_if(.., |(others, _)| *others == 0) {
        // Nobody waits for this answer any more.
        drop(forward(&request, target)?);
    }
    let said = |status: &str, body: &str| {
        let length = body.len();
        format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}")
    };
    match chance.below(24) {
        // Lost on the way there.
        0..3 => return client.shutdown(Shutdown::Both),
        3 => return client.write_all(said("500 Internal", "{\"error\":\"oh\"}").as_bytes()),
        4 => return client.write_all(said("409 Conflict", "{\"error\":\"conflict\"}").as_bytes()),
        // Late: whoever asked has given up by then, and has asked again.
        7..10 => {
            late.push((1 + chance.below(12), request));
            return client.shutdown(Shutdown::Both);
        }
        // Twice.
        5..7 => drop(forward(&request, target)?),
        _ => {}
    }
    let answer = forward(&request, target)?;
    match chance.below(24) {
        // Lost on the way back: it is done, and nobody knows.
        0..3 => client.shutdown(Shutdown::Both),
        // Cut off.
        3..6 => {
            let half = usize::try_from(chance.below(answer.len().max(1) as u64)).unwrap_or(0);
            client.write_all(answer.get(..half).unwrap_or_default())
        }
        _ => client.write_all(&answer),
    }
}

/// Head and body, as far as its `Content-Length` says; the connection closes behind it.
fn read_request(client: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && head.len() < 65_536 {
        client.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    let text = String::from_utf8_lossy(&head).to_ascii_lowercase();
    let length = text.split("content-length:").nth(1).and_then(|rest| rest.lines().next());
    let length: u64 = length.and_then(|text| text.trim().parse().ok()).unwrap_or(0);
    let mut body = Vec::new();
    client.take(length.min(REQUEST_BYTES_MAX)).read_to_end(&mut body)?;
    let closing = text.contains("\r\nconnection:");
    let blank = head.len() - 2;
    let added: &[u8] = if closing { b"" } else { b"Connection: close\r\n" };
    Ok([&head[..blank], added, b"\r\n", &body].concat())
}

fn forward(request: &[u8], target: &str) -> io::Result<Vec<u8>> {
    let mut hub = TcpStream::connect(target)?;
    hub.write_all(request)?;
    let mut answer = Vec::new();
    hub.read_to_end(&mut answer)?;
    Ok(answer)
}
