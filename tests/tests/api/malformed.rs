//! Bodies that are not what they say they are.

use tests::{Channel, contents};

use crate::{FILLED, FORM, JSON, TEXT, assert_page, assert_problem, fields};

const CONSENT: &str = r#""adult":true,"consent":{"publish":true,"health":true}"#;

#[tokio::test]
async fn json_that_is_none_is_refused() {
    let channel = Channel::open_with(0).await;
    let whole = tests::proposal(TEXT).to_string();
    let raw = |text: &[u8]| {
        let mut bytes = b"{\"text\":\"".to_vec();
        bytes.extend(text);
        bytes.extend(b"\",");
        bytes.extend(CONSENT.as_bytes());
        bytes.extend(b"}");
        bytes
    };
    assert_eq!(channel.post_raw("/submissions", &[JSON], raw(b"Words.")).await.status, 202);
    let stored = contents(&channel).await;
    let mut bodies = vec![
        ("nothing", vec![]),
        ("white space", b" \n ".to_vec()),
        ("words", TEXT.into()),
        ("a string", format!("\"{TEXT}\"").into()),
        ("an array", format!("[{whole}]").into()),
        ("a number", b"1".to_vec()),
        ("null", b"null".to_vec()),
        ("a form", tests::form_body(&FILLED).into()),
        ("something after it", format!("{whole} {{}}").into()),
        ("a comment", format!("/* {TEXT} */ {whole}").into()),
        ("a comma too many", whole.replace('}', ",}").into()),
        ("single quotes", whole.replace('"', "'").into()),
        ("a byte order mark", format!("\u{feff}{whole}").into()),
        ("a repeated name", format!(r#"{{"text":"One.","text":"Two.",{CONSENT}}}"#).into()),
        ("a repeated name, escaped", format!(r#"{{"text":"One.","te\u0078t":"Two.",{CONSENT}}}"#).into()),
        ("a repeated name, equal", format!(r#"{{"text":"One.","text":"One.",{CONSENT}}}"#).into()),
        (
            "a repeated name in consent",
            br#"{"text":"One.","adult":true,"consent":{"publish":false,"publish":true,"health":true}}"#
                .to_vec(),
        ),
        ("a repeated consent", format!(r#"{{"text":"One.",{CONSENT},{CONSENT}}}"#).into()),
        ("invalid UTF-8", raw(b"caf\xe9")),
        ("an overlong slash", raw(b"\xc0\xaf")),
        ("a surrogate in UTF-8", raw(b"\xed\xa0\x80")),
        ("beyond Unicode", raw(b"\xf5\x80\x80\x80")),
        ("UTF-16", whole.encode_utf16().flat_map(u16::to_le_bytes).collect()),
        ("a raw NUL", raw(b"a\0b")),
        ("a raw line feed in a string", raw(b"a\nb")),
        ("a raw escape", raw(b"a\x1bb")),
    ];
    for cut in [1, whole.len() / 2, whole.len() - 1] {
        bodies.push(("cut off", whole.as_bytes()[..cut].to_vec()));
    }
    for (what, body) in bodies {
        let answer = channel.post_raw("/submissions", &[JSON], body).await;
        assert_eq!(answer.status, 400, "{what}: {}", answer.body);
        assert_problem(&answer, 400);
        assert!(!answer.body.contains("getting to know"), "{what}");
    }
    assert_eq!(contents(&channel).await, stored);
}

#[tokio::test]
async fn nesting_costs_no_stack() {
    let channel = Channel::open_with(0).await;
    let stored = contents(&channel).await;
    // As deep as fits: closed brackets take two bytes a level, open ones one.
    let (open, closed) = (10_000, 8_000);
    let array = "[".repeat(closed) + &"]".repeat(closed);
    let object = "{\"a\":".repeat(2_500) + "1" + &"}".repeat(2_500);
    for (what, body, status) in [
        ("open brackets", "[".repeat(open), 400),
        ("open objects", "{\"a\":".repeat(3_000), 400),
        ("an array", array.clone(), 400),
        ("an object", object.clone(), 422),
        ("open as text", format!("{{\"text\":{}", "[".repeat(open)), 400),
        ("as text", format!("{{\"text\":{array},{CONSENT}}}"), 422),
        ("as text, objects", format!("{{\"text\":{object},{CONSENT}}}"), 422),
        ("as adult", format!("{{\"text\":\"One.\",\"adult\":{array}}}"), 422),
        ("as consent", format!("{{\"text\":\"One.\",\"adult\":true,\"consent\":{object}}}"), 422),
        ("as consent, an array", format!("{{\"text\":\"One.\",\"adult\":true,\"consent\":{array}}}"), 422),
        (
            "in consent",
            format!("{{\"text\":\"One.\",\"adult\":true,\"consent\":{{\"publish\":{object}}}}}"),
            422,
        ),
        ("as something unknown", format!("{{\"text\":\"One.\",\"more\":{array},{CONSENT}}}"), 422),
        ("ten thousand, closed", "[".repeat(open) + &"]".repeat(open), 413),
    ] {
        let answer = channel.post_raw("/submissions", &[JSON], body).await;
        assert_eq!(answer.status, status, "{what}: {}", answer.body);
        assert_problem(&answer, status);
    }
    assert_eq!(contents(&channel).await, stored);
}

#[tokio::test]
async fn forms_that_are_none_are_refused() {
    let channel = Channel::open_with(0).await;
    let stored = contents(&channel).await;
    let whole = tests::form_body(&FILLED);
    for (what, body) in [
        ("a repeated field", format!("{whole}&text=More.").into_bytes()),
        ("a repeated field, encoded", format!("{whole}&te%78t=More.").into_bytes()),
        ("a repeated tick", format!("{whole}&adult=true").into_bytes()),
        ("an encoded byte that is no UTF-8", format!("{whole}&email=%FF").into_bytes()),
        ("an encoded surrogate", format!("{whole}&email=%ED%A0%80").into_bytes()),
        ("a raw byte that is no UTF-8", [whole.as_bytes(), b"&email=\xff"].concat()),
        ("a name that is no UTF-8", [whole.as_bytes(), b"&%ff=1"].concat()),
    ] {
        let answer = channel.post_raw("/submissions", &[FORM], body).await;
        assert_eq!(answer.status, 400, "{what}");
        assert_page(&answer, 400);
        assert!(!answer.body.contains("getting to know"), "{what}");
    }
    // JSON under a form's name has no field that we know.
    let json = tests::proposal(TEXT).to_string();
    assert_page(&channel.post_raw("/submissions", &[FORM], json).await, 422);
    assert_eq!(contents(&channel).await, stored);
}

#[tokio::test]
async fn other_kinds_of_body_are_refused() {
    let channel = Channel::open_with(0).await;
    let stored = contents(&channel).await;
    let body = tests::proposal(TEXT).to_string();
    for content_type in [
        None,
        Some(""),
        Some("text/plain"),
        Some("text/json"),
        Some("application/jsonp"),
        Some("application/xml"),
        Some("multipart/form-data; boundary=example"),
        Some("é"),
    ] {
        let mut headers = content_type.map(|value| ("content-type", value)).into_iter().collect::<Vec<_>>();
        assert_problem(&channel.post_raw("/submissions", &headers, body.clone()).await, 415);
        headers.push(("accept", "text/html,application/xhtml+xml,*/*;q=0.8"));
        assert_page(&channel.post_raw("/submissions", &headers, body.clone()).await, 415);
    }
    assert_eq!(contents(&channel).await, stored);
}

/// Escapes that JSON allows and text does not: understood, and refused as words.
#[tokio::test]
async fn escaped_controls_are_a_matter_of_the_field() {
    let channel = Channel::open_with(0).await;
    for escape in ["\\u0000", "\\u001b", "\\u202e", "\\u2066", "\\ud800", "\\udc00\\ud800", "\\uffff"] {
        let body = format!("{{\"text\":\"a{escape}b\",{CONSENT}}}");
        let problem = assert_problem(&channel.post_raw("/submissions", &[JSON], body).await, 422);
        assert_eq!(fields(&problem), ["text"], "{escape}");
    }
}
