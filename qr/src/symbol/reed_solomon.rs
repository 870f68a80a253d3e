//! Reed–Solomon over GF(256) with erasures: as many errors as the check codewords can prove.
//!
//! Source: ISO/IEC 18004:2015, §7.5.2, annex B: primitive polynomial x⁸+x⁴+x³+x²+1, first root α⁰.

/// Longest block of any version, rounded up to the field's limit.
const BLOCK_LEN_MAX: usize = 255;
/// Most check codewords in a block, and a bit.
const CHECK_LEN_MAX: usize = 32;

type Poly = [u8; CHECK_LEN_MAX + 1];

const EXP: [u8; 512] = exp_table();
const LOG: [u8; 256] = log_table();

const fn exp_table() -> [u8; 512] {
    let mut table = [0; 512];
    let mut value: u16 = 1;
    let mut at = 0;
    while at < 512 {
        table[at] = value.to_le_bytes()[0];
        value <<= 1;
        if value & 0x100 != 0 {
            value ^= 0x11d;
        }
        at += 1;
    }
    table
}

const fn log_table() -> [u8; 256] {
    let mut table = [0; 256];
    let mut at: u8 = 0;
    while at < 255 {
        table[EXP[at as usize] as usize] = at;
        at += 1;
    }
    table
}

fn multiply(a: u8, b: u8) -> u8 {
    if a == 0 || b == 0 {
        return 0;
    }
    EXP[usize::from(LOG[usize::from(a)]) + usize::from(LOG[usize::from(b)])]
}

fn divide(a: u8, b: u8) -> u8 {
    if a == 0 {
        return 0;
    }
    EXP[usize::from(LOG[usize::from(a)]) + 255 - usize::from(LOG[usize::from(b)])]
}

fn power(exponent: usize) -> u8 {
    EXP[exponent % 255]
}

/// A received block's values at the generator's roots: all 0 where nothing is wrong.
pub struct Syndromes(Poly);

impl Syndromes {
    /// `None` where no version has such a block.
    pub fn of(block: &[u8], check_len: usize) -> Option<Self> {
        let fits = check_len <= CHECK_LEN_MAX && (check_len..=BLOCK_LEN_MAX).contains(&block.len());
        fits.then(|| Self(syndromes(block, check_len)))
    }
}

/// Corrects `block` in place and says how many codewords changed.
///
/// `erased`: positions that are known to be doubtful. `reserved`: check codewords that must stay unspent.
/// `None`: too much is wrong; the block is then as it was.
pub fn correct(
    block: &mut [u8],
    Syndromes(syndromes): &Syndromes,
    check_len: usize,
    erased: &[usize],
    reserved: usize,
) -> Option<usize> {
    let len = block.len();
    let usable = check_len.checked_sub(reserved)?;
    if erased.len() > usable {
        return None;
    }
    if syndromes[..check_len].iter().all(|s| *s == 0) {
        return Some(0);
    }
    let (locator, degree) = locator(syndromes, check_len, erased, len)?;
    let errors = degree.checked_sub(erased.len())?;
    if 2 * errors + erased.len() > usable {
        return None;
    }
    let mut fixes = [(0usize, 0u8); CHECK_LEN_MAX];
    let found = fix_values(syndromes, &locator, degree, check_len, len, &mut fixes)?;
    let mut changed = 0;
    for &(at, value) in &fixes[..found] {
        block[at] ^= value;
        changed += usize::from(value != 0);
    }
    Some(changed)
}

fn syndromes(block: &[u8], check_len: usize) -> Poly {
    let mut syndromes = [0; CHECK_LEN_MAX + 1];
    for (i, syndrome) in syndromes[..check_len].iter_mut().enumerate() {
        let root = power(i);
        *syndrome = block.iter().fold(0, |sum, codeword| multiply(sum, root) ^ codeword);
    }
    syndromes
}

/// Berlekamp–Massey, started from the erasures' locator. Coefficients ascending.
fn locator(
    syndromes: &Poly,
    check_len: usize,
    erased: &[usize],
    len: usize,
) -> Option<(Poly, usize)> {
    let mut locator: Poly = [0; CHECK_LEN_MAX + 1];
    locator[0] = 1;
    for (count, &at) in erased.iter().enumerate() {
        let root = power(len.checked_sub(1 + at)?);
        for i in (1..=count + 1).rev() {
            locator[i] ^= multiply(locator[i - 1], root);
        }
    }
    let mut previous = locator;
    let mut degree = erased.len();
    for step in erased.len()..check_len {
        let discrepancy = (0..=degree.min(step))
            .fold(0, |sum, i| sum ^ multiply(locator[i], syndromes[step - i]));
        previous.copy_within(0..CHECK_LEN_MAX, 1);
        previous[0] = 0;
        if discrepancy == 0 {
            continue;
        }
        let before = locator;
        for (to, from) in locator.iter_mut().zip(&previous) {
            *to ^= multiply(discrepancy, *from);
        }
        if 2 * degree <= step + erased.len() {
            degree = step + 1 + erased.len() - degree;
            for (to, from) in previous.iter_mut().zip(&before) {
                *to = divide(*from, discrepancy);
            }
        }
    }
    (degree <= check_len && locator[degree] != 0).then_some((locator, degree))
}

/// Chien search and Forney's formula.
fn fix_values(
    syndromes: &Poly,
    locator: &Poly,
    degree: usize,
    check_len: usize,
    len: usize,
    fixes: &mut [(usize, u8); CHECK_LEN_MAX],
) -> Option<usize> {
    let mut evaluator: Poly = [0; CHECK_LEN_MAX + 1];
    for i in 0..check_len {
        evaluator[i] =
            (0..=i.min(degree)).fold(0, |sum, j| sum ^ multiply(locator[j], syndromes[i - j]));
    }
    let at_value = |poly: &[u8], x: u8| poly.iter().rev().fold(0, |sum, c| multiply(sum, x) ^ c);
    let mut found = 0;
    for at in 0..len {
        let inverse = power(255 - (len - 1 - at) % 255);
        if at_value(&locator[..=degree], inverse) != 0 {
            continue;
        }
        // The derivative keeps the odd powers; with first root α⁰ the value is X·Ω(X⁻¹)/Λ'(X⁻¹).
        let square = multiply(inverse, inverse);
        let derivative =
            (1..degree + 1).step_by(2).rev().fold(0, |sum, i| multiply(sum, square) ^ locator[i]);
        if derivative == 0 || found == degree {
            return None;
        }
        let value =
            divide(at_value(&evaluator[..check_len], inverse), multiply(derivative, inverse));
        fixes[found] = (at, value);
        found += 1;
    }
    (found == degree).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn correct(
        block: &mut [u8],
        check_len: usize,
        erased: &[usize],
        reserved: usize,
    ) -> Option<usize> {
        let syndromes = Syndromes::of(block, check_len)?;
        super::correct(block, &syndromes, check_len, erased, reserved)
    }

    fn encode(data: &[u8], check_len: usize) -> Vec<u8> {
        let mut generator = vec![1u8];
        for i in 0..check_len {
            let mut next = vec![0; generator.len() + 1];
            for (at, c) in generator.iter().enumerate() {
                next[at] ^= c;
                next[at + 1] ^= multiply(*c, power(i));
            }
            generator = next;
        }
        let mut rest = data.to_vec();
        rest.resize(data.len() + check_len, 0);
        for at in 0..data.len() {
            let lead = rest[at];
            for (i, g) in generator.iter().enumerate() {
                rest[at + i] ^= multiply(*g, lead);
            }
        }
        [data, &rest[data.len()..]].concat()
    }

    fn noise(seed: &mut u32) -> u32 {
        *seed ^= *seed << 13;
        *seed ^= *seed >> 17;
        *seed ^= *seed << 5;
        *seed
    }

    #[test]
    fn every_mix_of_errors_and_erasures_within_the_limit_is_corrected() {
        let mut seed = 0x1234_5678;
        for check_len in [7, 10, 17, 22, 30] {
            for erasures in 0..=check_len {
                for errors in 0..=(check_len - erasures) / 2 {
                    let data: Vec<u8> =
                        (0..40).map(|_| noise(&mut seed).to_le_bytes()[0]).collect();
                    let whole = encode(&data, check_len);
                    let mut block = whole.clone();
                    let mut places: Vec<usize> = (0..block.len()).collect();
                    for i in 0..places.len() {
                        places.swap(i, noise(&mut seed) as usize % block.len());
                    }
                    for &at in &places[..erasures + errors] {
                        block[at] ^= (noise(&mut seed) % 255 + 1).to_le_bytes()[0];
                    }
                    let fixed = correct(&mut block, check_len, &places[..erasures], 0);
                    assert_eq!((fixed, &block), (Some(erasures + errors), &whole));
                }
            }
        }
    }

    #[test]
    fn one_error_too_many_is_not_corrected_into_the_original() {
        let whole = encode(&[7; 20], 10);
        let mut block = whole.clone();
        for at in 0..6 {
            block[at * 3] ^= 0x55;
        }
        let damaged = block.clone();
        assert_eq!(correct(&mut block, 10, &[], 0), None);
        assert_eq!(block, damaged);
    }

    #[test]
    fn reserved_codewords_stay_unspent() {
        let whole = encode(&[1; 16], 10);
        let mut block = whole.clone();
        for codeword in &mut block[..5] {
            *codeword ^= 1;
        }
        assert_eq!(correct(&mut block.clone(), 10, &[], 0), Some(5));
        assert_eq!(correct(&mut block, 10, &[], 2), None);
    }
}
