//! Reading JSON of which anything may be missing or of another type: each look gives a value that fits, or none.
//!
//! Invariant: of keys that occur twice the last one counts, as in most readers, and nothing else depends on order.

use serde_json::Value;

use super::{LARGEST_BODY, LONGEST_TEXT, Unreadable, address::is_number};

/// The longest handle: a domain name, as on Bluesky (RFC 1035).
const LONGEST_HANDLE: usize = 253;

/// The document, if it is one.
pub(super) fn document(body: &[u8]) -> Result<Value, Unreadable> {
    if body.len() > LARGEST_BODY {
        return Err(Unreadable::TooLarge);
    }
    serde_json::from_slice(body).map_err(|_| Unreadable::NotJson)
}

/// The text of the first of these places that has one.
pub(super) fn text<'a>(value: &'a Value, places: &[&str]) -> Option<&'a str> {
    places.iter().find_map(|place| value.pointer(place).and_then(Value::as_str))
}

/// The words of the first of these places that has some, unless they are longer than a post.
pub(super) fn words<'a>(value: &'a Value, places: &[&str]) -> Option<&'a str> {
    text(value, places).filter(|words| words.chars().take(LONGEST_TEXT + 1).count() <= LONGEST_TEXT)
}

/// An id of digits, which older documents write as a number.
pub(super) fn number(value: &Value, places: &[&str]) -> Option<String> {
    places.iter().find_map(|place| match value.pointer(place)? {
        Value::String(digits) => is_number(digits).then(|| digits.clone()),
        Value::Number(number) => number.as_u64().map(|id| id.to_string()).filter(|id| is_number(id)),
        _ => None,
    })
}

/// A handle: letters, digits, `_`, `-` and `.`, and on Mastodon `@` before the server.
pub(super) fn handle(value: &Value, places: &[&str]) -> Option<String> {
    let is_part = |one: char| one.is_alphanumeric() || matches!(one, '_' | '-' | '.' | '@');
    text(value, places)
        .filter(|handle| (1..=LONGEST_HANDLE).contains(&handle.len()) && handle.chars().all(is_part))
        .map(str::to_owned)
}

/// The elements of every array at these places.
pub(super) fn items<'a>(value: &'a Value, places: &'a [&str]) -> impl Iterator<Item = &'a Value> {
    places.iter().filter_map(|place| value.pointer(place).and_then(Value::as_array)).flatten()
}
