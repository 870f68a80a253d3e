//! Time that a thread had a processor, and what is said of many such times.

use cpu_time::ThreadTime;

/// The least milliseconds of several runs, and what the last one gave.
pub fn least_ms<T>(rounds: usize, mut run: impl FnMut() -> T) -> (f64, T) {
    let mut once = || {
        let began = ThreadTime::now();
        let given = run();
        (began.elapsed().as_secs_f64() * 1000.0, given)
    };
    let (mut least, mut given) = once();
    for _ in 1..rounds {
        let (ms, next) = once();
        least = least.min(ms);
        given = next;
    }
    (least, given)
}

/// `part` from 0 to 1 of the way through the sorted values.
pub fn percentile(values: &[f64], part: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let last = sorted.len().saturating_sub(1);
    let at = (part * sorted.len() as f64) as usize;
    sorted.get(at.min(last)).copied().unwrap_or(f64::NAN)
}
