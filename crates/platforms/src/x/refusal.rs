//! Errors of X's API, version 2 (<https://docs.x.com/x-api/fundamentals/response-codes-and-errors>).
//!
//! Invariant: nothing of an answer's text is in what is read from it.

use std::fmt;

use serde_json::Value;

use crate::http;

/// Why a call did not succeed.
pub(super) type CallError = http::CallError<Refusal>;

/// An answer that is an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) status: u16,
    /// X's name for it, such as `invalid-request` or `187`; `none` if there is none.
    pub(super) code: String,
    /// What it is about, as far as its sentences tell.
    pub(super) about: About,
}

/// What an error is about. X says some of this in sentences alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum About {
    /// A post with these very words, which may be the one that is being made.
    Duplicate,
    /// The account, the app or what it may do: any post would be refused.
    Account,
    /// The request itself, as far as can be told.
    Request,
    /// The answer is none of X's errors.
    Unreadable,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.status, self.code)
    }
}

/// Reads an error in either of X's forms: a problem with a `type`, or a list of errors with numbers. Their sentences are
/// looked at and not kept.
pub(super) fn refusal(status: u16, answer: &Value) -> Refusal {
    let first = &answer["errors"][0];
    let kind = answer["type"].as_str().or(first["type"].as_str()).and_then(|kind| kind.rsplit('/').next());
    let number = first["code"].as_u64().or(answer["code"].as_u64()).map(|number| number.to_string());
    let code = kind.map(str::to_owned).filter(|kind| is_word(kind)).or(number);
    let texts = ["title", "detail", "message", "reason"].into_iter();
    let texts = texts.flat_map(|name| [answer[name].as_str(), first[name].as_str()]).flatten();
    let texts = texts.collect::<Vec<_>>().join(" ").to_ascii_lowercase();
    let has = |parts: &[&str]| parts.iter().any(|part| texts.contains(part));
    let code = code.unwrap_or_else(|| "none".to_owned());
    let about = if has(&["duplicate"]) || code == "187" {
        About::Duplicate
    } else if has(&[
        "your account",
        "account is temporarily locked",
        "app permissions",
        "access level",
        "not enrolled",
        "credits",
    ]) || is_of_account(&code)
    {
        About::Account
    } else if code == "none" && texts.is_empty() {
        About::Unreadable
    } else {
        About::Request
    };
    Refusal { status, code, about }
}

/// X's names and numbers (<https://developer.x.com/en/support/x-api/error-troubleshooting>) for what is not about one post:
/// the app's permissions and plan; an account that is suspended (64) or locked (326); no right to write (261, 453).
fn is_of_account(code: &str) -> bool {
    matches!(
        code,
        "oauth1-permissions"
            | "client-forbidden"
            | "unsupported-authentication"
            | "usage-capped"
            | "client-not-enrolled"
            | "64"
            | "261"
            | "326"
            | "453"
    )
}

/// An error's name is a word; anything else that stands in its place is not repeated in logs.
fn is_word(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b':'))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn errors_are_read_in_all_their_forms() {
        let duplicate = "You are not allowed to create a Tweet with duplicate content.";
        for (answer, code, about) in [
            (
                json!({ "type": "about:blank", "title": "Forbidden", "detail": duplicate }),
                "about:blank",
                About::Duplicate,
            ),
            (
                json!({ "errors": [{ "code": 187, "message": "Status is a duplicate." }] }),
                "187",
                About::Duplicate,
            ),
            (
                json!({ "type": "https://api.x.com/2/problems/invalid-request", "title": "Invalid Request" }),
                "invalid-request",
                About::Request,
            ),
            (
                json!({ "type": "https://api.x.com/2/problems/oauth1-permissions" }),
                "oauth1-permissions",
                About::Account,
            ),
            (json!({ "errors": [{ "code": 64, "message": "A sentence." }] }), "64", About::Account),
            (json!({ "code": 32, "message": "A sentence." }), "32", About::Request),
            (json!({ "detail": "Your account is suspended." }), "none", About::Account),
            (json!({ "detail": "You have been blocked by somebody." }), "none", About::Request),
            (json!({ "type": "a sentence with words of somebody" }), "none", About::Unreadable),
            (json!([]), "none", About::Unreadable),
            (Value::Null, "none", About::Unreadable),
        ] {
            let read = refusal(403, &answer);
            assert_eq!((read.code.as_str(), read.about), (code, about), "{answer}");
        }
    }
}
