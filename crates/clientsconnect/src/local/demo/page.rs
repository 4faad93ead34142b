//! What a browser reads out of one of our own pages: forms with their hidden fields, and the errors that it lists.
//!
//! Invariant: only for pages of this program, whose attributes are quoted and whose text is escaped. It is no HTML parser.

use std::sync::LazyLock;

use regex::Regex;

/// A form to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Form {
    /// The path that it is sent to.
    pub(crate) action: String,
    /// Hidden fields, and then what somebody filled in.
    pub(crate) fields: Vec<(String, String)>,
}

impl Form {
    /// The same form with a field filled in.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.fields.push((name.to_owned(), value.to_owned()));
        self
    }
}

#[allow(clippy::expect_used)]
fn pattern(pattern: &str) -> Regex {
    // Unwrap safety: only for the patterns below, which a test uses.
    Regex::new(pattern).expect("the pattern is well formed")
}

static FORM: LazyLock<Regex> =
    LazyLock::new(|| pattern(r#"(?s)<form method="post" action="([^"]*)"[^>]*>(.*?)</form>"#));
static HIDDEN: LazyLock<Regex> =
    LazyLock::new(|| pattern(r#"<input type="hidden" name="([^"]*)" value="([^"]*)">"#));
static TAG: LazyLock<Regex> = LazyLock::new(|| pattern("<[^>]*>"));
static HEADING: LazyLock<Regex> = LazyLock::new(|| pattern("(?s)<h1>(.*?)</h1>"));
static REFERENCE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r#"Reference <span class="mono">([^<]*)</span>"#));
static RETURN_CODE: LazyLock<Regex> = LazyLock::new(|| pattern(r#"<p class="code"[^>]*>([^<]*)</p>"#));
static ERROR: LazyLock<Regex> =
    LazyLock::new(|| pattern(r#"(?s)<span class="error"[^>]*>(.*?)</span>\s*\n?"#));

/// The first form of a page that has the field `field`.
pub(crate) fn form(page: &str, field: &str) -> Option<Form> {
    let named = format!("name=\"{field}\"");
    let found = FORM.captures_iter(page).find(|form| form[2].contains(&named))?;
    let fields = HIDDEN.captures_iter(&found[2]).map(|hidden| (unescaped(&hidden[1]), unescaped(&hidden[2])));
    Some(Form { action: unescaped(&found[1]), fields: fields.collect() })
}

/// What a page says at its top.
pub(crate) fn heading(page: &str) -> String {
    first(&HEADING, page).unwrap_or_else(|| "a page without a heading".to_owned())
}

/// The reference of the submission that a page is about.
pub(crate) fn reference(page: &str) -> Option<String> {
    first(&REFERENCE, page)
}

/// The code that the page after sending shows once.
pub(crate) fn return_code(page: &str) -> Option<String> {
    first(&RETURN_CODE, page)
}

/// What a page says is wrong with what was entered.
pub(crate) fn errors(page: &str) -> Vec<String> {
    let plain = |error: &str| error.replacen("Error: ", "", 1);
    ERROR
        .captures_iter(&page.replace("<span class=\"visually-hidden\">Error: </span>", ""))
        .map(|error| plain(&text(&error[1])))
        .collect()
}

fn first(pattern: &Regex, page: &str) -> Option<String> {
    pattern.captures(page).map(|found| text(&found[1]))
}

fn text(html: &str) -> String {
    unescaped(TAG.replace_all(html, "").trim())
}

/// The characters that a template escapes, as they were.
fn unescaped(text: &str) -> String {
    [
        ("&#60;", "<"),
        ("&#62;", ">"),
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&#38;", "&"),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&amp;", "&"),
    ]
    .iter()
    .fold(text.to_owned(), |text, (escaped, plain)| text.replace(escaped, plain))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use web::pages::{Entered, Errors, Page, Reading, ReviewConfirm, Submit, ThankYou};

    #[test]
    fn the_form_for_words_is_read_with_its_hidden_field() {
        let page = Submit { form_token: "a\"b&<c>'d".to_owned(), ..Submit::default() }.html();
        let form = form(&page, "text").unwrap();
        assert_eq!(form.action, "/submissions");
        assert_eq!(form.fields, [("form_token".to_owned(), "a\"b&<c>'d".to_owned())]);
        assert_eq!(heading(&page), "Propose words for the channel");
        assert_eq!(errors(&page), [""; 0]);
    }

    #[test]
    fn what_is_wrong_is_read_as_it_is_said() {
        let mut wrong = Errors::none();
        wrong.add("text", "Please write something, it's empty.");
        let page = Submit { errors: wrong, ..Submit::default() }.html();
        assert_eq!(errors(&page), ["Please write something, it's empty."]);
    }

    #[test]
    fn what_was_chosen_goes_on_to_the_confirmation() {
        let entered = Entered {
            decision: web::pages::Decision::from_value("approve"),
            note: "Yes & \"no\"".to_owned(),
            ..Entered::default()
        };
        let page = ReviewConfirm {
            errors: Errors::none(),
            reference: "ABC123".to_owned(),
            action: "/review/v4.local.x".to_owned(),
            form_token: "seal".to_owned(),
            entered,
            urgent: false,
        }
        .html();
        let form = form(&page, "declaration").unwrap();
        assert_eq!(form.action, "/review/v4.local.x/confirm");
        let sent = [("form_token", "seal"), ("decision", "approve"), ("note", "Yes & \"no\"")];
        assert_eq!(form.fields, sent.map(|(name, value)| (name.to_owned(), value.to_owned())));
        assert_eq!(reference(&page).unwrap(), "ABC123");
        assert_eq!(super::form(&page, "text"), None);
    }

    #[test]
    fn the_reference_and_the_code_are_found_after_sending() {
        let page = ThankYou {
            reference: "ABC123".to_owned(),
            return_code: "0000-1111-2222-3333".to_owned(),
            status_url: "/status/x".to_owned(),
            reading: Reading::Passed,
        }
        .html();
        assert_eq!(reference(&page).unwrap(), "ABC123");
        assert_eq!(return_code(&page).unwrap(), "0000-1111-2222-3333");
    }
}
