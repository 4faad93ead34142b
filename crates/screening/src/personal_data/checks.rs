//! Check digits and prefixes of structured data, each from its public specification.
//!
//! Invariant: pure arithmetic over digits; a wrong length is simply not valid.

use super::scan::one_of;

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

/// Payment card: an issuer's prefix with one of its lengths, and Luhn (ISO/IEC 7812-1).
pub(crate) fn card(digits: &[u8]) -> bool {
    issuer(digits) && luhn(digits)
}

fn luhn(digits: &[u8]) -> bool {
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

/// The ranges that the card networks publish. Without them one in ten order numbers would be a card.
fn issuer(digits: &[u8]) -> bool {
    if digits.len() < 12 {
        return false;
    }
    let prefix = digits[..6].iter().fold(0_u32, |number, digit| number * 10 + u32::from(*digit));
    match (prefix, digits.len()) {
        // Visa.
        (400_000..=499_999, 13 | 16 | 19) => true,
        // Mastercard.
        (510_000..=559_999 | 222_100..=272_099, 16) => true,
        // American Express.
        (340_000..=349_999 | 370_000..=379_999, 15) => true,
        // Diners Club.
        (300_000..=305_999 | 309_500..=309_599 | 360_000..=369_999 | 380_000..=399_999, 14) => true,
        // JCB.
        (350_000..=359_999, 16..=19) | (213_100..=213_199 | 180_000..=180_099, 15) => true,
        // Discover, UnionPay.
        (601_100..=601_199 | 644_000..=659_999 | 620_000..=629_999, 16..=19) => true,
        // Maestro.
        (
            500_000..=509_999
            | 560_000..=589_999
            | 630_400..=630_499
            | 639_000..=639_099
            | 675_900..=676_399
            | 670_000..=679_999,
            12..=19,
        ) => true,
        _ => false,
    }
}

/// How long an account number in IBAN form is (SWIFT, IBAN registry): the countries of Europe and a few others.
const IBAN_LENGTHS: [(&[u8; 2], usize); 50] = [
    (b"ad", 24),
    (b"ae", 23),
    (b"al", 28),
    (b"at", 20),
    (b"ba", 20),
    (b"be", 16),
    (b"bg", 22),
    (b"br", 29),
    (b"by", 28),
    (b"ch", 21),
    (b"cy", 28),
    (b"cz", 24),
    (b"de", 22),
    (b"dk", 18),
    (b"ee", 20),
    (b"eg", 29),
    (b"es", 24),
    (b"fi", 18),
    (b"fo", 18),
    (b"fr", 27),
    (b"gb", 22),
    (b"ge", 22),
    (b"gi", 23),
    (b"gl", 18),
    (b"gr", 27),
    (b"hr", 21),
    (b"hu", 28),
    (b"ie", 22),
    (b"il", 23),
    (b"is", 26),
    (b"it", 27),
    (b"li", 21),
    (b"lt", 20),
    (b"lu", 20),
    (b"lv", 21),
    (b"mc", 27),
    (b"md", 24),
    (b"me", 22),
    (b"mk", 19),
    (b"mt", 31),
    (b"nl", 18),
    (b"no", 15),
    (b"pk", 24),
    (b"pl", 28),
    (b"pt", 25),
    (b"ro", 24),
    (b"rs", 22),
    (b"se", 24),
    (b"sk", 24),
    (b"tr", 26),
];

/// The number of letters and digits of an account number that begins with this country in IBAN form.
pub(crate) fn iban_length(country: &[u8]) -> Option<usize> {
    IBAN_LENGTHS.iter().find(|(code, _)| code.as_slice() == country).map(|(_, length)| *length)
}

/// Bank account number in IBAN form, letters and digits alone: modulus 97 (ISO 13616).
pub(crate) fn iban(compact: &[u8]) -> bool {
    if compact.len() < 4 || iban_length(&compact[..2]) != Some(compact.len()) {
        return false;
    }
    let (head, tail) = compact.split_at(4);
    let remainder = tail.iter().chain(head).fold(0_u32, |remainder, byte| match byte {
        b'0'..=b'9' => (remainder * 10 + u32::from(byte - b'0')) % 97,
        _ => (remainder * 100 + u32::from(byte.to_ascii_lowercase() - b'a') + 10) % 97,
    });
    remainder == 1
}

/// National Insurance number: prefixes that are given out (HMRC, NIM39110).
pub(crate) fn nino_prefix(prefix: &[u8]) -> bool {
    let [first, second] = prefix else { return false };
    let never: [&[u8]; 7] = [b"bg", b"gb", b"kn", b"nk", b"nt", b"tn", b"zz"];
    let letters = prefix.iter().all(u8::is_ascii_lowercase);
    letters && !b"dfiquv".contains(first) && !b"dfiquvo".contains(second) && !never.contains(&prefix)
}

/// Postcode areas in use (Royal Mail): what may stand before the first digit. Without the one of organisations, BX.
fn in_use(word: &[u8]) -> bool {
    one_of!(word;
        b"ab" b"al" b"b" b"ba" b"bb" b"bd" b"bf" b"bh" b"bl" b"bn" b"br" b"bs" b"bt" b"ca" b"cb"
        b"cf" b"ch" b"cm" b"co" b"cr" b"ct" b"cv" b"cw" b"da" b"dd" b"de" b"dg" b"dh" b"dl" b"dn"
        b"dt" b"dy" b"e" b"ec" b"eh" b"en" b"ex" b"fa" b"fk" b"fy" b"g" b"gl" b"gu" b"gx" b"gy"
        b"ha" b"hd" b"hg" b"hp" b"hr" b"hs" b"hu" b"hx" b"ig" b"im" b"ip" b"iv" b"je" b"ka" b"kt"
        b"kw" b"ky" b"l" b"la" b"ld" b"le" b"ll" b"ln" b"ls" b"lu" b"m" b"me" b"mk" b"ml" b"n"
        b"ne" b"ng" b"nn" b"np" b"nr" b"nw" b"ol" b"ox" b"pa" b"pe" b"ph" b"pl" b"po" b"pr" b"rg"
        b"rh" b"rm" b"s" b"sa" b"se" b"sg" b"sk" b"sl" b"sm" b"sn" b"so" b"sp" b"sr" b"ss" b"st"
        b"sw" b"sy" b"ta" b"td" b"tf" b"tn" b"tq" b"tr" b"ts" b"tw" b"ub" b"w" b"wa" b"wc" b"wd"
        b"wf" b"wn" b"wr" b"ws" b"wv" b"yo" b"ze")
}

/// Whether a postcode area exists.
pub(crate) fn postcode_area(area: &[u8]) -> bool {
    !area.is_empty() && in_use(area)
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
        for (text, expected) in
            [("qq", false), ("ab", true), ("gb", false), ("ao", false), ("a", false), ("a1", false)]
        {
            assert_eq!(nino_prefix(text.as_bytes()), expected, "{text}");
        }
        assert!(iban(b"gb82west12345698765432") && iban(b"de89370400440532013000"));
        assert!(!iban(b"gb83west12345698765432") && !iban(b"gb82west1234569876543") && !iban(b"gb"));
        assert!(postcode_area(b"sw") && postcode_area(b"m") && !postcode_area(b"qx") && !postcode_area(b""));
    }

    #[test]
    fn a_card_has_the_prefix_and_the_length_of_an_issuer() {
        for (number, expected) in [
            ("4222222222222", true),
            ("30569309025904", true),
            ("3530111333300000", true),
            ("6011111111111117", true),
            ("2223003122003222", true),
            ("6759649826438453", true),
            // Luhn holds, but it is a telephone's serial number.
            ("490154203237518", false),
            ("9999999999999995", false),
        ] {
            assert_eq!(card(&digits(number.as_bytes())), expected, "{number}");
        }
    }
}
