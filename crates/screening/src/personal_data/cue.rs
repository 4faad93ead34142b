//! The words just before a number: what the writer calls it.
//!
//! Invariant: only words that lead up to the number count ("my new mobile number is"); a look back ends at the first word
//! that doesn't, at the end of a sentence, and after a fixed number of words.

use super::scan::{one_of, start_of};

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
    gap.iter().any(|byte| b"!?;".contains(byte))
        || (gap.starts_with(b". ") && (word.len() > 4 || word.iter().any(u8::is_ascii_digit)))
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
        if !leads_up(word) {
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
fn leads_up(word: &[u8]) -> bool {
    one_of!(word;
        b"is" b"are" b"was" b"no" b"nr" b"num" b"number" b"numbers" b"nos" b"number's" b"the"
        b"my" b"his" b"her" b"their" b"our" b"your" b"on" b"at" b"to" b"as" b"of" b"a" b"an"
        b"this" b"it" b"it's" b"following" b"new" b"old" b"via" b"using" b"me" b"him" b"us"
        b"them" b"you" b"or" b"and" b"for" b"now" b"please" b"direct" b"directly" b"back" b"here"
        b"with" b"from" b"by" b"only" b"just" b"also" b"uk" b"own" b"work" b"home" b"personal"
        b"digits" b"main" b"usual" b"current" b"be")
}

/// What people call a telephone number, and what they do with one.
fn names_a_phone(word: &[u8]) -> bool {
    one_of!(word;
        b"phone" b"phones" b"phoned" b"telephone" b"tel" b"mobile" b"mob" b"cell" b"cellphone"
        b"call" b"calls" b"called" b"calling" b"ring" b"rang" b"ringing" b"text" b"texts"
        b"texted" b"txt" b"sms" b"whatsapp" b"fax" b"contact" b"contacted" b"contactable" b"reach"
        b"reached" b"reachable" b"dial" b"landline" b"ph" b"m" b"t" b"voicemail" b"msg" b"signal"
        b"facetime")
}

/// What has a number and is no person.
fn names_a_thing(word: &[u8]) -> bool {
    one_of!(word;
        b"order" b"ref" b"reference" b"refs" b"invoice" b"tracking" b"parcel" b"isbn" b"issn"
        b"ean" b"barcode" b"serial" b"model" b"sku" b"imei" b"booking" b"ticket" b"case" b"policy"
        b"licence" b"license" b"membership" b"member" b"registration" b"reg" b"vat" b"company"
        b"charity" b"crn" b"utr" b"hospital" b"hosp" b"mrn" b"ubrn" b"specimen" b"sample" b"lab"
        b"accession" b"receipt" b"transaction" b"confirmation" b"claim" b"version" b"build" b"doi"
        b"pmid" b"isrctn" b"urn" b"episode" b"requisition" b"request" b"consignment" b"item"
        b"product" b"batch" b"meter" b"mpan" b"mprn" b"payment" b"catalogue"
        b"id" b"study" b"trial" b"pin" b"passcode" b"meeting" b"docket" b"delivery"
        b"incident" b"application" b"dispatch" b"shipment" b"isbn10" b"user" b"customer"
        b"passport" b"code")
}

fn name(word: &[u8]) -> Option<Cue> {
    Some(match word {
        b"nhs" | b"chi" | b"nhsno" => Cue::Nhs,
        b"ni" | b"nino" | b"nin" => Cue::NationalInsurance,
        b"sortcode" | b"sc" => Cue::SortCode,
        b"account" | b"acc" | b"acct" => Cue::Account,
        _ if names_a_phone(word) => Cue::Phone,
        _ if names_a_thing(word) => Cue::Thing,
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
