//! The words just before a number: what the writer calls it.
//!
//! Invariant: only words that lead up to the number count ("my new mobile number is"); a look back ends at the first word
//! that doesn't, at the end of a sentence, and after a fixed number of words.

use super::scan::{listed, start_of};

/// What a number is called.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Cue {
    /// Nothing that tells.
    None,
    Phone,
    Nhs,
    NationalInsurance,
    SortCode,
    Account,
    /// A number that somebody's system gave to a thing: an order, a book, a case.
    Thing,
}

/// How many words before a number may lead up to it.
const LEADING: usize = 7;
/// No word of interest is longer.
const LONGEST: usize = 20;

/// The words before `at`, nearest first, each with where it starts. Ends at the end of a sentence.
pub(super) struct Before<'a> {
    folded: &'a [u8],
    at: usize,
}

pub(super) fn words_before(folded: &[u8], at: usize) -> Before<'_> {
    Before { folded, at }
}

impl<'a> Iterator for Before<'a> {
    type Item = (&'a [u8], usize);

    fn next(&mut self) -> Option<Self::Item> {
        let in_word = |byte: u8| byte.is_ascii_alphanumeric() || b"'_".contains(&byte);
        let end = start_of(self.folded, self.at, 6, |byte| !in_word(byte));
        let start = start_of(self.folded, end, LONGEST, in_word);
        let (word, gap) = (&self.folded[start..end], &self.folded[end..self.at]);
        if word.is_empty() || gap.contains(&b'\n') || ends_sentence(word, gap) {
            return None;
        }
        self.at = start;
        Some((word, start))
    }
}

/// "tel." and "no." end no sentence.
fn ends_sentence(word: &[u8], gap: &[u8]) -> bool {
    gap.iter().any(|byte| b"!?;".contains(byte)) || (gap.starts_with(b". ") && word.len() > 4)
}

/// What the words before `at` call the number there.
pub(super) fn cue(folded: &[u8], at: usize) -> Cue {
    let mut a_number = false;
    for (word, start) in words_before(folded, at).take(LEADING) {
        match word {
            b"c" if folded[..start].ends_with(b"a/") => return Cue::Account,
            b"code" if folded[..start].ends_with(b"sort ") => return Cue::SortCode,
            b"insurance" => return Cue::NationalInsurance,
            b"my" | b"his" | b"her" | b"their" if a_number => return Cue::Phone,
            _ => {}
        }
        let named = name(word);
        match named {
            Some(Cue::Phone) if word.len() == 1 && !folded[start + 1..].starts_with(b":") => {
                return Cue::None;
            }
            Some(cue) => return cue,
            None => {}
        }
        a_number |= matches!(word, b"number" | b"no" | b"num" | b"number's" | b"digits");
        if !listed(word, LEADS) {
            return Cue::None;
        }
    }
    Cue::None
}

/// Whether the writer says of the number at `at` that it is theirs and of this sort.
pub(super) fn is_own(folded: &[u8], at: usize, end: usize, sort: Cue) -> bool {
    let mut named = false;
    let owns_before = words_before(folded, at).take(LEADING + 2).any(|(word, _)| {
        named |= name(word) == Some(sort) || (sort == Cue::NationalInsurance && word == b"insurance");
        named && matches!(word, b"my" | b"mine")
    });
    let after: &[u8] = folded[end..].trim_ascii_start();
    let owns_after = [&b"is my "[..], b"(my ", b"- my ", b", my ", b"that's my "].iter().any(|lead| {
        let rest = after.strip_prefix(*lead).unwrap_or_default();
        let rest = rest.strip_prefix(b"own ").unwrap_or(rest);
        match sort {
            Cue::Nhs => rest.starts_with(b"nhs "),
            _ => {
                rest.starts_with(b"ni ")
                    || rest.starts_with(b"nino")
                    || rest.starts_with(b"national insurance")
            }
        }
    });
    (owns_before && cue(folded, at) == sort) || owns_after
}

/// Words that may stand between a number's name and the number.
const LEADS: &str = "is are was no nr num number numbers nos number's the my his her their our your on at to as of a an \
    this it it's following new old via using me him us them you or and for now please direct directly \
    back here with from by only just also uk own work home personal digits main usual current be";

/// What people call a telephone number, and what they do with one.
const PHONES: &str = "phone phones phoned telephone tel mobile mob cell cellphone call calls called calling ring rang \
    ringing text texts texted txt sms whatsapp fax contact contacted contactable reach reached reachable \
    dial landline ph m t voicemail msg signal facetime";

/// What has a number and is no person.
const THINGS: &str = "order ref reference refs invoice tracking parcel isbn issn ean barcode serial model sku imei booking \
    ticket case policy licence license membership member registration reg vat company charity crn utr \
    hospital hosp mrn ubrn specimen sample lab accession receipt transaction confirmation claim version \
    build doi pmid isrctn urn episode requisition request consignment item product part batch lot job \
    meter mpan mprn payment catalogue grant id study trial pin passcode meeting docket delivery incident \
    application dispatch shipment isbn10 user customer passport ward code";

fn name(word: &[u8]) -> Option<Cue> {
    Some(match word {
        b"nhs" | b"chi" | b"nhsno" => Cue::Nhs,
        b"ni" | b"nino" | b"nin" => Cue::NationalInsurance,
        b"sortcode" | b"sc" => Cue::SortCode,
        b"account" | b"acc" | b"acct" => Cue::Account,
        _ if listed(word, PHONES) => Cue::Phone,
        _ if listed(word, THINGS) => Cue::Thing,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_before_a_number_name_it() {
        for (text, expected) in [
            ("my mobile number is ", Cue::Phone),
            ("call me back on ", Cue::Phone),
            ("tel. ", Cue::Phone),
            ("t: ", Cue::Phone),
            ("t ", Cue::None),
            ("order number ", Cue::Thing),
            ("my order arrived. call ", Cue::Phone),
            ("i lost my order. ", Cue::None),
            ("nhs number: ", Cue::Nhs),
            ("my national insurance number is ", Cue::NationalInsurance),
            ("sort code: ", Cue::SortCode),
            ("a/c no. ", Cue::Account),
            ("her number is ", Cue::Phone),
            ("we bought ", Cue::None),
            ("", Cue::None),
        ] {
            assert_eq!(cue(text.as_bytes(), text.len()), expected, "{text:?}");
        }
    }
}
