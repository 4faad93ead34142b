//! The one request of RFC 8058: `List-Unsubscribe=One-Click`, as a form in either encoding (its section 3.2).
//!
//! Invariant: whatever else a body may be, it is no such request.

use axum::http::{HeaderMap, header};

use crate::routes::intake::Form;

/// The name and the value that our mails announce in `List-Unsubscribe-Post`.
const FIELD: &str = "List-Unsubscribe";
const VALUE: &str = "One-Click";

/// Whether a body asks for the end of mail.
pub(super) fn asks(headers: &HeaderMap, body: &[u8]) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    match boundary(kind) {
        Some(boundary) => std::str::from_utf8(body).is_ok_and(|body| has_part(body, boundary)),
        None => Form::parse(body).is_ok_and(|form| form.is(FIELD, VALUE)),
    }
}

/// What stands between the parts of `multipart/form-data` (RFC 7578, section 4.1).
fn boundary(kind: &str) -> Option<&str> {
    let mut parameters = kind.split(';').map(str::trim);
    if !parameters.next()?.eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    parameter(parameters, "boundary")
}

fn has_part(body: &str, boundary: &str) -> bool {
    let body = body.replace("\r\n", "\n");
    body.split(&format!("--{boundary}")).skip(1).any(|part| {
        let Some((headers, value)) = part.trim_start().split_once("\n\n") else { return false };
        value.trim() == VALUE && headers.lines().any(names_the_field)
    })
}

fn names_the_field(header: &str) -> bool {
    let mut parameters = header.split([':', ';']).map(str::trim);
    parameters.next().is_some_and(|name| name.eq_ignore_ascii_case("content-disposition"))
        && parameters.next().is_some_and(|kind| kind.eq_ignore_ascii_case("form-data"))
        && parameter(parameters, "name") == Some(FIELD)
}

fn parameter<'a>(mut parameters: impl Iterator<Item = &'a str>, wanted: &str) -> Option<&'a str> {
    parameters.find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        let value = value.trim().trim_matches('"');
        (name.trim().eq_ignore_ascii_case(wanted) && !value.is_empty()).then_some(value)
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn asked(kind: Option<&str>, body: &str) -> bool {
        let kind = kind.map(|kind| (header::CONTENT_TYPE, kind.parse().unwrap()));
        asks(&kind.into_iter().collect(), body.as_bytes())
    }

    const URL_ENCODED: &str = "application/x-www-form-urlencoded";
    const MULTIPART: &str = "Multipart/Form-Data; charset=utf-8; Boundary=\"b-1\"";

    fn part(name: &str, value: &str) -> String {
        format!("--b-1\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    }

    #[test]
    fn the_request_is_known_in_both_encodings() {
        let plain = part(FIELD, VALUE);
        let other = part("example", "x");
        for (kind, body) in [
            (Some(URL_ENCODED), "List-Unsubscribe=One-Click".to_owned()),
            (
                Some("application/x-www-form-urlencoded; charset=UTF-8"),
                "List-Unsubscribe=One-Click".to_owned(),
            ),
            (None, "List-Unsubscribe=One-Click&example=x".to_owned()),
            (Some(MULTIPART), format!("{plain}--b-1--\r\n")),
            (Some(MULTIPART), format!("{other}{plain}--b-1--")),
            (Some("multipart/form-data;boundary=b-1"), format!("A preamble.\r\n{plain}--b-1--\r\n")),
            (Some(MULTIPART), plain.replace('"', "").replace("\r\n", "\n")),
        ] {
            assert!(asked(kind, &body), "{kind:?} {body}");
        }
    }

    #[test]
    fn nothing_else_is_the_request() {
        let plain = part(FIELD, VALUE);
        for (kind, body) in [
            (None, String::new()),
            (Some(URL_ENCODED), "List-Unsubscribe=".to_owned()),
            (Some(URL_ENCODED), "List-Unsubscribe".to_owned()),
            (Some(URL_ENCODED), "unsubscribe=yes".to_owned()),
            (Some(URL_ENCODED), "example=List-Unsubscribe%3DOne-Click".to_owned()),
            (Some(URL_ENCODED), "List-Unsubscribe=One-Click&List-Unsubscribe=No".to_owned()),
            (Some(MULTIPART), "List-Unsubscribe=One-Click".to_owned()),
            (Some(MULTIPART), part(FIELD, "No")),
            (Some(MULTIPART), part("example", VALUE)),
            (Some(MULTIPART), part("example", "name=List-Unsubscribe\r\nOne-Click")),
            (Some("multipart/form-data"), plain.clone()),
            (Some("multipart/form-data; boundary=other"), plain.clone()),
            (Some("multipart/form-data; boundary="), plain),
        ] {
            assert!(!asked(kind, &body), "{kind:?} {body}");
        }
        let kind = (header::CONTENT_TYPE, MULTIPART.parse().unwrap());
        assert!(!asks(&[kind].into_iter().collect(), b"--b-1\xff"));
    }
}
