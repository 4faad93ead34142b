//! One mail as it goes over the wire: RFC 5322 with both forms of the text, in UTF-8.
//!
//! Invariants: nothing that is filled in can begin a header of its own; the same mail gives the same bytes, without the
//! name or the clock of this machine. `Date` and `Message-ID` are left to SES, which sets them at its own.

use app::ports::{Mail, MailError};
use mail_builder::{
    headers::{Header, address::Address, content_type::ContentType, text::Text},
    mime::MimePart,
};
use sha2::{Digest, Sha256};

/// The longest line of a message, in bytes without its end (RFC 5322, section 2.1.1).
const LONGEST_LINE: usize = 998;

/// The message.
///
/// # Errors
/// [`MailError::Refused`] where an address, the subject or the unsubscribing address cannot be part of a header.
pub(super) fn written(from: &str, mail: &Mail) -> Result<Vec<u8>, MailError> {
    let refused = |what: &str| MailError::Refused(format!("the {what} is malformed"));
    let (name, sender) = name_and_address(from);
    if !is_address(sender) || name.contains(char::is_control) {
        // The channel is set up wrongly: no mail is lost for that.
        return Err(MailError::Unavailable("the sender is malformed".to_owned()));
    }
    if !is_address(&mail.to) {
        return Err(refused("address"));
    }
    if mail.subject.is_empty() || mail.subject.contains(char::is_control) {
        return Err(refused("subject"));
    }
    let mut message = Vec::new();
    let name = (!name.is_empty()).then_some(name);
    header(&mut message, "From", &Address::new_address(name, sender));
    header(&mut message, "To", &Address::new_address(None::<&str>, mail.to.as_str()));
    header(&mut message, "Subject", &Text::new(mail.subject.as_str()));
    // RFC 3834: nobody's automatic answer is wanted.
    message.extend(b"Auto-Submitted: auto-generated\r\n");
    if let Some(url) = &mail.unsubscribe {
        let line = format!("List-Unsubscribe: <{url}>");
        let is_plain = url.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'<' | b'>' | b','));
        if url.is_empty() || !is_plain || line.len() > LONGEST_LINE {
            return Err(refused("unsubscribing address"));
        }
        // RFC 8058: both, and a mail program may offer a button that posts to it.
        message.extend(line.bytes());
        message.extend(b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n");
    }
    message.extend(b"MIME-Version: 1.0\r\n");
    let kind = ContentType::new("multipart/alternative").attribute("boundary", boundary(mail));
    // The form that is preferred comes last (RFC 2046, section 5.1.4).
    let parts = [("text/plain", &mail.text), ("text/html", &mail.html)];
    let parts = parts.map(|(kind, text)| {
        MimePart::new(ContentType::new(kind).attribute("charset", "utf-8"), text.as_str())
    });
    MimePart::new(kind, parts.to_vec()).write_part(&mut message);
    Ok(message)
}

fn header(message: &mut Vec<u8>, name: &str, value: &impl Header) {
    message.extend(name.bytes());
    message.extend(b": ");
    value.write_header(message, name.len() + 2);
}

/// `Name <address>`, or an address alone, taken apart.
pub(super) fn name_and_address(from: &str) -> (&str, &str) {
    match from.trim().strip_suffix('>').and_then(|from| from.split_once('<')) {
        Some((name, address)) => (name.trim().trim_matches('"'), address.trim()),
        None => ("", from.trim()),
    }
}

/// Not whether somebody reads it: only that it is one address and cannot end where it should not.
fn is_address(text: &str) -> bool {
    let is_one = |c: char| !c.is_control() && !c.is_whitespace() && !"<>(),;:\\\"[]".contains(c);
    text.split_once('@').is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty())
        && text.matches('@').count() == 1
        && text.chars().all(is_one)
}

/// What parts the two forms: a hash of them, which therefore stands in neither.
fn boundary(mail: &Mail) -> String {
    let hash = Sha256::new().chain_update(&mail.text).chain_update([0]).chain_update(&mail.html).finalize();
    hash[..16].iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use mail_parser::{HeaderName, MessageParser};

    use super::*;

    const FROM: &str = "Example Chännel, of words <channel@example.org>";
    const LONG: &str = "https://channel.example/review/unsubscribe/v4.local.";

    fn mail() -> Mail {
        Mail {
            to: "reader@example.net".to_owned(),
            subject: "Something waits, réference 3NG5ZV".to_owned(),
            text: format!("Hello,\n\nœ — ✓\n.\nFrom here on: {}\n", "long ".repeat(400)),
            html: "<!doctype html><p>œ = 1 &amp; 2</p>".to_owned(),
            submission: "01JD00000000000000000000AA".parse().unwrap(),
            unsubscribe: Some(format!("{LONG}{}", "A".repeat(380))),
        }
    }

    #[test]
    fn another_parser_reads_what_was_written() {
        let (mail, bytes) = (mail(), written(FROM, &mail()).unwrap());
        let parsed = MessageParser::default().parse(&bytes).unwrap();
        let from = parsed.from().unwrap().first().unwrap();
        assert_eq!(from.name.as_deref(), Some("Example Chännel, of words"));
        assert_eq!(from.address.as_deref(), Some("channel@example.org"));
        assert_eq!(parsed.to().unwrap().first().unwrap().address.as_deref(), Some("reader@example.net"));
        assert_eq!(parsed.subject(), Some(mail.subject.as_str()));
        assert_eq!(parsed.body_text(0).unwrap().replace("\r\n", "\n"), mail.text);
        assert_eq!(parsed.body_html(0).unwrap(), mail.html);
        let raw = |name: &'static str| parsed.header_raw(HeaderName::from(name)).map(str::trim);
        assert_eq!(raw("Auto-Submitted"), Some("auto-generated"));
        assert_eq!(raw("List-Unsubscribe"), Some(format!("<{}>", mail.unsubscribe.unwrap()).as_str()));
        assert_eq!(raw("List-Unsubscribe-Post"), Some("List-Unsubscribe=One-Click"));
        assert!(raw("Content-Type").unwrap().starts_with("multipart/alternative"));
    }

    #[test]
    fn every_line_ends_and_none_is_longer_than_it_may_be() {
        let bytes = written(FROM, &mail()).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        assert!(text.is_ascii() && !text.replace("\r\n", "").contains(['\r', '\n']));
        assert!(text.lines().all(|line| line.len() <= LONGEST_LINE));
    }

    #[test]
    fn the_same_mail_gives_the_same_bytes_and_says_nothing_of_the_machine() {
        let bytes = written(FROM, &mail()).unwrap();
        assert_eq!(bytes, written(FROM, &mail()).unwrap());
        let text = String::from_utf8(bytes).unwrap().to_lowercase();
        assert!(!text.contains("\r\ndate:") && !text.contains("message-id:") && !text.contains("localhost"));
    }

    #[test]
    fn mail_that_is_a_duty_has_nothing_to_unsubscribe_from() {
        let bytes = written("channel@example.org", &Mail { unsubscribe: None, ..mail() }).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        assert!(!text.contains("Unsubscribe") && text.starts_with("From: <channel@example.org>\r\n"));
    }

    #[test]
    fn nothing_that_is_filled_in_begins_a_header() {
        for evil in ["\r\nBcc: other@example.net", "\nBcc: other@example.net", "\rBcc: x@example.net", "\0"] {
            let with = |text: &str| format!("{text}{evil}");
            let table = [
                Mail { to: with("reader@example.net"), ..mail() },
                Mail { subject: with("Words"), ..mail() },
                Mail { unsubscribe: Some(with(LONG)), ..mail() },
            ];
            for bad in table {
                assert!(matches!(written(FROM, &bad), Err(MailError::Refused(_))), "{evil:?}");
            }
            for from in [with("channel@example.org"), format!("Name{evil} <channel@example.org>")] {
                assert!(matches!(written(&from, &mail()), Err(MailError::Unavailable(_))), "{evil:?}");
            }
            // In the text it is text.
            let bytes = written(FROM, &Mail { text: with("Words"), html: with("<p>"), ..mail() }).unwrap();
            assert!(MessageParser::default().parse(&bytes).unwrap().bcc().is_none());
        }
        let others = ["", "reader", "@example.net", "a@b, c@d", "a@b>", "a b@example.net", "a@@b", "\"a\"@b"];
        for to in others {
            let outcome = written(FROM, &Mail { to: to.to_owned(), ..mail() });
            assert!(matches!(outcome, Err(MailError::Refused(_))), "{to}");
        }
        for url in ["", "https://a.example/<b>", "https://a.example/é", "https://a.example/,b"] {
            let outcome = written(FROM, &Mail { unsubscribe: Some(url.to_owned()), ..mail() });
            assert!(matches!(outcome, Err(MailError::Refused(_))), "{url}");
        }
    }
}
