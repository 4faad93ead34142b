//! Check digits and prefixes of structured data, each from its public specification.
//!
//! Invariant: pure arithmetic over digits; a wrong length is simply not valid.

/// The digits of a span, in order.
pub(crate) fn digits(span: &[u8]) -> Vec<u8> {
    span.iter().filter(|byte| byte.is_ascii_digit()).map(|byte| byte - b'0').collect()
}

/// NHS number: ten digits, modulus 11 (NHS Data Dictionary). A check value of 10 never occurs.
pub(crate) fn nhs_number(digits: &[u8]) -> bool {
    if digits.len() != 10 || digits.iter().all(|digit| *digit == digits[0]) {
        return false;
    }
    let sum: u32 =
        digits.iter().take(9).zip((2..=10).rev()).map(|(digit, weight)| u32::from(*digit) * weight).sum();
    let check = (11 - sum % 11) % 11;
    check < 10 && check == u32::from(digits[9])
}

/// Payment card: 13 to 19 digits, an issuer's first digit from 2 to 6, Luhn (ISO/IEC 7812-1).
pub(crate) fn card(digits: &[u8]) -> bool {
    if !(13..=19).contains(&digits.len()) || !(2..=6).contains(&digits[0]) {
        return false;
    }
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| {
            let value = u32::from(*digit) * if place % 2 == 1 { 2 } else { 1 };
            value / 10 + value % 10
        })
        .sum();
    sum.is_multiple_of(10)
}

/// British bank account number in IBAN form: modulus 97 (ISO 13616).
pub(crate) fn iban(span: &[u8]) -> bool {
    let compact: Vec<u8> = span.iter().copied().filter(u8::is_ascii_alphanumeric).collect();
    if compact.len() != 22 {
        return false;
    }
    let (head, tail) = compact.split_at(4);
    let remainder = tail.iter().chain(head).fold(0_u32, |remainder, byte| match byte {
        b'0'..=b'9' => (remainder * 10 + u32::from(byte - b'0')) % 97,
        _ => (remainder * 100 + u32::from(byte.to_ascii_lowercase() - b'a') + 10) % 97,
    });
    remainder == 1
}

/// National Insurance number: prefixes that are never given out (HMRC, NIM39110).
pub(crate) fn nino(span: &[u8]) -> bool {
    let compact: Vec<u8> = span.iter().copied().filter(u8::is_ascii_alphanumeric).collect();
    if compact.len() != 9 {
        return false;
    }
    let (first, second) = (compact[0], compact[1]);
    let letters =
        !b"dfiquv".contains(&first) && !b"dfiquvo".contains(&second) && b"abcd".contains(&compact[8]);
    let given_out =
        ![b"bg", b"gb", b"kn", b"nk", b"nt", b"tn", b"zz"].iter().any(|never| compact.starts_with(*never));
    letters && given_out
}

/// Postcode areas in use (Royal Mail): what may stand before the first digit.
const POSTCODE_AREAS: &str = " ab al b ba bb bd bh bl bn br bs bt ca cb cf ch cm co cr ct cv cw da dd de dg dh dl dn dt dy e ec eh en ex fa fk fy g gl gu gy ha hd hg hp hr hs hu hx ig im ip iv je ka kt kw ky l la ld le ll ln ls lu m me mk ml n ne ng nn np nr nw ol ox pa pe ph pl po pr rg rh rm s sa se sg sk sl sm sn so sp sr ss st sw sy ta td tf tn tq tr ts tw ub w wa wc wd wf wn wr ws wv yo ze ";

/// Whether a span in the shape of a postcode starts with an area that exists.
pub(crate) fn postcode(span: &[u8]) -> bool {
    let area: String =
        span.iter().take_while(|byte| byte.is_ascii_alphabetic()).map(|byte| char::from(*byte)).collect();
    POSTCODE_AREAS.contains(&format!(" {area} "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_digits_accept_the_right_and_refuse_every_single_slip() {
        // Published test values, nobody's own.
        for (valid, check) in [
            ("9434765919", nhs_number as fn(&[u8]) -> bool),
            ("4010232137", nhs_number),
            ("4111111111111111", card),
            ("5555555555554444", card),
            ("378282246310005", card),
        ] {
            let right = digits(valid.as_bytes());
            assert!(check(&right), "{valid}");
            for place in 0..right.len() {
                let mut wrong = right.clone();
                wrong[place] = (wrong[place] + 1) % 10;
                assert!(!check(&wrong), "{valid} with a slip at {place}");
            }
        }
        assert!(!nhs_number(&digits(b"1111111111")));
        assert!(!nhs_number(&[]));
        assert!(!card(&[]));
    }

    #[test]
    fn prefixes_and_ibans() {
        for (text, expected) in [
            ("qq123456c", false),
            ("ab123456c", true),
            ("gb123456a", false),
            ("ao123456a", false),
            ("ab12345", false),
            ("ab123456e", false),
        ] {
            assert_eq!(nino(text.as_bytes()), expected, "{text}");
        }
        assert!(iban(b"gb82 west 1234 5698 7654 32"));
        assert!(!iban(b"gb83 west 1234 5698 7654 32"));
        assert!(postcode(b"sw1a 1aa") && postcode(b"m1 1ae") && !postcode(b"qx1 1aa"));
    }
}
