//! What each answer of X, and each fault on the way, leads to.

#![allow(clippy::unwrap_used)]

mod contract;
mod peer;

use curation::{
    composition::{Replies, Visible},
    ids::SubmissionId,
};
use jiff::SignedDuration;
use proptest::prelude::*;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use self::peer::{Fate, NOW, Peer, USER, credentials, stored};
use super::*;
use crate::secret::{FixedSecret, SecretUnavailable};

fn intent() -> Intent {
    Intent {
        submission: SubmissionId::new(1, [0; 10]),
        key: "3mdexample222".to_owned(),
        fingerprint: None,
        part: 0,
        text: "An example.".to_owned(),
        root: None,
        follows: None,
        shares: None,
        content_note: None,
        replies: Replies::Nobody,
        created_at: NOW.parse().unwrap(),
    }
}

fn following(root: &RemotePost, text: &str) -> Intent {
    let root = Some(root.clone());
    Intent { part: 1, text: text.to_owned(), root: root.clone(), follows: root, ..intent() }
}

fn refused(status: u16, body: Value) -> Fate {
    Fate::Refused(status, Vec::new(), body.to_string())
}

fn problem(kind: &str) -> Value {
    json!({ "type": format!("https://api.x.com/2/problems/{kind}"), "title": "A title", "detail": "A sentence." })
}

#[derive(Debug, PartialEq)]
enum Expected {
    Posted,
    Unavailable,
    Refused,
    Ambiguous,
}

fn kind<T>(result: &Result<T, PlatformError>) -> Expected {
    match result {
        Ok(_) => Expected::Posted,
        Err(PlatformError::Unavailable(_)) => Expected::Unavailable,
        Err(PlatformError::Refused(_)) => Expected::Refused,
        Err(PlatformError::Ambiguous(_)) => Expected::Ambiguous,
    }
}

#[tokio::test]
async fn a_thread_is_made_found_and_taken_down() {
    let peer = Peer::start().await;
    let x = peer.x();
    assert_eq!(x.check().await, Ok(()));
    let first = x.publish(&intent()).await.unwrap();
    let second = x.publish(&following(&first, "General information.")).await.unwrap();
    assert_eq!(
        peer.bodies(),
        [
            json!({ "text": "An example.", "reply_settings": "mentionedUsers" }),
            json!({ "text": "General information.", "reply": { "in_reply_to_tweet_id": first.0 } }),
        ]
    );
    assert_eq!(x.find(&intent()).await, Ok(Some(first.clone())));
    assert_eq!(x.find(&following(&first, "General information.")).await, Ok(Some(second.clone())));
    for post in [&second, &first, &first] {
        assert_eq!(x.delete(post).await, Ok(()));
    }
    assert_eq!(peer.posts(), Vec::<Value>::new());
    assert_eq!(x.find(&intent()).await, Ok(None));
}

#[tokio::test]
async fn an_answer_says_truthfully_whether_there_may_be_a_post() {
    use Expected::{Ambiguous, Posted, Refused, Unavailable};
    let duplicate = "You are not allowed to create a Tweet with duplicate content.";
    for (fate, expected) in [
        (Fate::Served, Posted),
        (Fate::CutUnread, Ambiguous),
        (Fate::CutServed, Ambiguous),
        (Fate::Half, Ambiguous),
        (Fate::Garbled, Ambiguous),
        (Fate::Nonsense, Ambiguous),
        (Fate::Silent, Ambiguous),
        (refused(201, json!({})), Ambiguous),
        (refused(201, json!({ "data": { "id": "not an id" } })), Ambiguous),
        (refused(200, json!({ "errors": [problem("internal-error")] })), Ambiguous),
        (refused(403, json!({ "type": "about:blank", "detail": duplicate })), Ambiguous),
        (
            refused(403, json!({ "errors": [{ "code": 187, "message": "Status is a duplicate." }] })),
            Ambiguous,
        ),
        (Fate::Refused(403, vec![], "<html>".to_owned()), Ambiguous),
        (refused(400, json!({ "detail": duplicate })), Ambiguous),
        (refused(500, problem("internal-error")), Ambiguous),
        (refused(502, Value::Null), Ambiguous),
        (refused(503, Value::Null), Ambiguous),
        (refused(504, Value::Null), Ambiguous),
        (refused(408, Value::Null), Ambiguous),
        (refused(409, Value::Null), Ambiguous),
        (refused(400, problem("invalid-request")), Refused),
        (refused(403, problem("not-authorized-for-resource")), Refused),
        (refused(413, Value::Null), Refused),
        (refused(403, problem("oauth1-permissions")), Unavailable),
        (refused(403, json!({ "detail": "Your account is suspended." })), Unavailable),
        (refused(402, problem("credits")), Unavailable),
        (refused(401, json!({ "title": "Unauthorized", "status": 401 })), Unavailable),
        (refused(404, Value::Null), Unavailable),
        (refused(405, Value::Null), Unavailable),
        (refused(307, Value::Null), Unavailable),
        (refused(501, Value::Null), Unavailable),
        (refused(429, json!({ "title": "Too Many Requests" })), Unavailable),
        (Fate::Refused(429, vec![], String::new()), Unavailable),
    ] {
        let peer = Peer::start().await;
        peer.fates([fate.clone()]);
        let result = peer.x().publish(&intent()).await;
        assert_eq!(kind(&result), expected, "{fate:?}: {result:?}");
        if matches!(expected, Refused | Unavailable) {
            assert!(peer.posts().is_empty());
        }
        // Whatever happened, it was asked for once.
        assert!(peer.requests().len() <= 1);
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_has_made_no_post() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    for base in [base, "http://x.example".to_owned(), "nonsense".to_owned()] {
        let peer = Peer::start().await;
        let mut x = peer.x();
        x.server = Server::new(base, COUNTING, CALL);
        assert_eq!(kind(&x.publish(&intent()).await), Expected::Unavailable);
        assert_eq!(kind(&x.find(&intent()).await), Expected::Unavailable);
        assert_eq!(kind(&x.delete(&RemotePost("20".to_owned())).await), Expected::Unavailable);
        assert!(x.check().await.is_err());
    }
}

#[tokio::test]
async fn a_post_whose_answer_was_lost_is_found() {
    for fate in [Fate::CutServed, Fate::Half, Fate::Garbled, Fate::Nonsense, Fate::Silent] {
        let peer = Peer::start().await;
        let x = peer.x();
        peer.fates([fate]);
        assert_eq!(kind(&x.publish(&intent()).await), Expected::Ambiguous);
        peer.hide(1);
        assert_eq!(x.find(&intent()).await, Ok(None));
        peer.hide(0);
        let found = x.find(&intent()).await.unwrap().unwrap();
        assert_eq!(peer.posts()[0]["id"], found.0.as_str());
        // And a second one would have been refused as a duplicate, which is no proof of anything.
        assert_eq!(kind(&x.publish(&intent()).await), Expected::Ambiguous);
    }
}

#[tokio::test]
async fn no_call_goes_out_before_the_time_that_was_given() {
    let peer = Peer::start().await;
    let x = peer.x();
    let reset = NOW.parse::<Timestamp>().unwrap().as_second() + 600;
    let headers = vec![
        ("date", "Mon, 23 Nov 2026 12:00:00 GMT".to_owned()),
        ("x-user-limit-24hour-remaining", "0".to_owned()),
        ("x-user-limit-24hour-reset", reset.to_string()),
    ];
    peer.fates([Fate::Refused(429, headers, String::new())]);
    assert_eq!(x.publish(&intent()).await, Err(PlatformError::Unavailable("too many calls")));
    peer.requests();
    for _ in 0..3 {
        assert_eq!(kind(&x.publish(&intent()).await), Expected::Unavailable);
    }
    assert!(peer.requests().is_empty());
    // What is looked for has a limit of its own.
    assert_eq!(x.find(&intent()).await, Ok(None));
    // A clock that is put right meanwhile changes nothing.
    peer.pass(SignedDuration::from_hours(24));
    assert_eq!(kind(&x.publish(&intent()).await), Expected::Unavailable);
    for (seconds, expected) in [(599, Expected::Unavailable), (2, Expected::Posted)] {
        tokio::time::pause();
        tokio::time::advance(Duration::from_secs(seconds)).await;
        tokio::time::resume();
        assert_eq!(kind(&x.publish(&intent()).await), expected);
    }
}

/// A key that somebody changes.
#[derive(Default)]
struct Changing(Mutex<u8>);

#[async_trait]
impl Secret for Changing {
    async fn read(&self) -> Result<String, SecretUnavailable> {
        Ok(format!("token-{}", self.0.lock().unwrap()))
    }
}

#[tokio::test]
async fn keys_that_are_not_taken_are_tried_again_once_they_change_or_after_minutes() {
    let peer = Peer::start().await;
    let token = Arc::new(Changing::default());
    let x = peer.x_with(Arc::clone(&token) as Arc<dyn Secret>);
    peer.fates([refused(401, json!({ "title": "Unauthorized", "status": 401 }))]);
    assert_eq!(x.publish(&intent()).await, Err(PlatformError::Unavailable("X does not take the keys")));
    peer.requests();
    for _ in 0..3 {
        assert_eq!(kind(&x.publish(&intent()).await), Expected::Unavailable);
        assert_eq!(kind(&x.find(&intent()).await), Expected::Unavailable);
        assert_eq!(kind(&x.delete(&RemotePost("20".to_owned())).await), Expected::Unavailable);
        assert!(x.check().await.is_err());
    }
    assert!(peer.requests().is_empty());
    *token.0.lock().unwrap() += 1;
    assert_eq!(kind(&x.publish(&intent()).await), Expected::Posted);
    // What is up comes down, even if the keys were refused for a moment.
    peer.fates([refused(401, json!({ "title": "Unauthorized", "status": 401 }))]);
    assert_eq!(kind(&x.delete(&RemotePost("20".to_owned())).await), Expected::Unavailable);
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(5 * 60)).await;
    tokio::time::resume();
    assert_eq!(x.delete(&RemotePost("20".to_owned())).await, Ok(()));
}

struct NoSecret;

#[async_trait]
impl Secret for NoSecret {
    async fn read(&self) -> Result<String, SecretUnavailable> {
        Err(SecretUnavailable("ParameterNotFound".to_owned()))
    }
}

#[tokio::test]
async fn keys_that_are_not_there_ask_nobody() {
    let peer = Peer::start().await;
    for (token, why) in [
        (Arc::new(NoSecret) as Arc<dyn Secret>, "a key cannot be read"),
        (Arc::new(FixedSecret::new(" \n".to_owned())), "a key is empty"),
    ] {
        assert_eq!(peer.x_with(token).publish(&intent()).await, Err(PlatformError::Unavailable(why)));
    }
    assert!(peer.requests().is_empty());
}

#[tokio::test]
async fn keys_of_another_account_are_seen() {
    let peer = Peer::start().await;
    let mut x = peer.x();
    x.user = "20".to_owned();
    assert_eq!(x.check().await, Err(PlatformError::Unavailable("the keys are another account's")));
    x.user = "not a number".to_owned();
    assert_eq!(x.find(&intent()).await, Err(PlatformError::Unavailable("the account's id is no number")));
}

#[tokio::test]
async fn what_is_not_deleted_is_not_called_so() {
    use Expected::{Ambiguous, Posted, Unavailable};
    for (fate, expected) in [
        (Fate::Served, Posted),
        (Fate::Refused(204, vec![], String::new()), Unavailable),
        (Fate::Refused(200, vec![], String::new()), Unavailable),
        (refused(404, problem("resource-not-found")), Posted),
        (refused(404, json!({ "errors": [{ "code": 144, "message": "A sentence." }] })), Posted),
        // Some other server.
        (refused(404, Value::Null), Unavailable),
        (refused(403, problem("not-authorized-for-resource")), Unavailable),
        (refused(200, json!({ "data": { "deleted": false } })), Unavailable),
        (refused(500, Value::Null), Unavailable),
        (refused(429, Value::Null), Unavailable),
        (Fate::CutServed, Ambiguous),
        (Fate::Half, Ambiguous),
        (Fate::Nonsense, Ambiguous),
        (Fate::Silent, Ambiguous),
    ] {
        let peer = Peer::start().await;
        let x = peer.x();
        let post = x.publish(&intent()).await.unwrap();
        peer.fates([fate.clone()]);
        assert_eq!(kind(&x.delete(&post).await), expected, "{fate:?}");
        // It is there, or a second try finds it gone.
        assert_eq!(x.delete(&post).await.is_ok(), !matches!(&fate, Fate::Refused(429, ..)), "{fate:?}");
    }
    let peer = Peer::start().await;
    assert_eq!(
        kind(&peer.x().delete(&RemotePost("https://x.com/example".to_owned())).await),
        Expected::Refused
    );
}

#[tokio::test]
async fn what_cannot_be_read_is_never_an_absence() {
    let nothing = json!({ "meta": { "result_count": 0 } });
    let of = |post: Value| json!({ "data": [post], "meta": { "result_count": 1 } });
    for (fate, found) in [
        (refused(200, nothing.clone()), Ok(None)),
        (refused(200, json!({})), Err(())),
        (refused(200, Value::Null), Err(())),
        (refused(200, json!({ "errors": [problem("resource-not-found")] })), Err(())),
        (
            refused(200, json!({ "meta": { "result_count": 0 }, "errors": [problem("resource-not-found")] })),
            Err(()),
        ),
        (refused(200, of(json!({ "id": "20", "text": "An example." }))), Err(())),
        (refused(200, of(json!({ "id": "20", "created_at": NOW }))), Err(())),
        (refused(200, of(json!({ "text": "An example.", "created_at": NOW }))), Err(())),
        (refused(200, of(json!({ "id": "20", "text": "An example.", "created_at": NOW }))), Ok(Some("20"))),
        (refused(401, Value::Null), Err(())),
        (refused(403, Value::Null), Err(())),
        (refused(404, Value::Null), Err(())),
        (refused(429, Value::Null), Err(())),
        (refused(500, Value::Null), Err(())),
        (Fate::CutUnread, Err(())),
        (Fate::Half, Err(())),
        (Fate::Garbled, Err(())),
        (Fate::Nonsense, Err(())),
        (Fate::Silent, Err(())),
    ] {
        let peer = Peer::start().await;
        peer.fates([fate.clone()]);
        let expected = found.map(|id| id.map(|id: &str| RemotePost(id.to_owned())));
        let result = peer.x().find(&intent()).await;
        assert!(!matches!(result, Err(PlatformError::Refused(_))));
        assert_eq!(result.map_err(drop), expected, "{fate:?}");
    }
    // Erased words cannot be looked for.
    let peer = Peer::start().await;
    let wordless = Intent { text: " ".to_owned(), ..intent() };
    assert_eq!(kind(&peer.x().find(&wordless).await), Expected::Unavailable);
    assert!(peer.requests().is_empty());
}

#[tokio::test]
async fn only_a_post_that_says_and_follows_the_same_and_is_no_older_is_found() {
    let parent = RemotePost("10".to_owned());
    let made = |id: &str, text: &str, seconds: i64, replied_to: Option<&str>| {
        let at = NOW.parse::<Timestamp>().unwrap() + SignedDuration::from_secs(seconds);
        let mut post = json!({ "id": id, "text": text, "created_at": at.to_string(), "conversation_id": id });
        if let Some(replied_to) = replied_to {
            post["conversation_id"] = json!("10");
            post["referenced_posts"] =
                json!([{ "type": "quoted", "id": "9" }, { "type": "replied_to", "id": replied_to }]);
        }
        post
    };
    let reply = || following(&parent, "An example.");
    for (post, intent, is_found) in [
        (made("20", "An example.", 1, None), intent(), true),
        (made("20", "An example.", -6 * 3600, None), intent(), true),
        (made("20", "An example.", -6 * 3600 - 1, None), intent(), false),
        (made("20", "An  example.\n", 1, None), intent(), true),
        (made("20", "Another example.", 1, None), intent(), false),
        (made("20", "An example. And more.", 1, None), intent(), false),
        (made("20", "An example.", 1, Some("10")), intent(), false),
        (made("20", "An example.", 1, Some("10")), reply(), true),
        (made("20", "An example.", 1, Some("11")), reply(), false),
        (made("20", "An example.", 1, None), reply(), false),
    ] {
        let peer = Peer::start().await;
        peer.put(post.clone());
        let found = peer.x().find(&intent).await.unwrap();
        assert_eq!(found.is_some(), is_found, "{post}");
    }
}

#[tokio::test]
async fn pages_are_turned_and_the_first_post_counts() {
    let peer = Peer::start().await;
    let x = peer.x();
    for (id, text) in [("20", "An example."), ("21", "An example."), ("22", "Another."), ("23", "More.")] {
        peer.put(json!({ "id": id, "text": text, "created_at": NOW, "conversation_id": id }));
    }
    assert_eq!(x.find(&intent()).await, Ok(Some(RemotePost("20".to_owned()))));
    assert_eq!(peer.requests().len(), 2);
    for id in 30..40 {
        peer.put(json!({ "id": id.to_string(), "text": "Others.", "created_at": NOW }));
    }
    assert_eq!(kind(&x.find(&intent()).await), Expected::Unavailable);
    assert_eq!(peer.requests().len(), MOST_PAGES);
}

#[tokio::test]
async fn a_post_to_follow_that_is_named_by_its_page_is_followed() {
    let peer = Peer::start().await;
    let x = peer.x();
    let first = x.publish(&intent()).await.unwrap();
    let page = RemotePost(format!("https://x.com/example/status/{}", first.0));
    let second = x.publish(&following(&page, "More.")).await.unwrap();
    assert_eq!(x.find(&following(&page, "More.")).await, Ok(Some(second)));
    let nameless = following(&RemotePost("somewhere".to_owned()), "More.");
    assert_eq!(kind(&x.publish(&nameless).await), Expected::Refused);
    assert_eq!(kind(&x.find(&nameless).await), Expected::Unavailable);
}

/// True if a post that X stored as this is taken for the one with this text.
fn is_taken_for(stored: &str, urls: &[Value], text: &str) -> bool {
    let post = NewPost { text, follows: None, quotes: None, replies: Replies::Nobody };
    let one = json!({ "id": "20", "text": stored, "created_at": NOW, "entities": { "urls": urls } });
    let answer = json!({ "data": [one], "meta": { "result_count": 1 } });
    !look_through(&answer, Sought::Post { post, root: None, known_by: None }, NOW.parse().unwrap())
        .unwrap()
        .found
        .is_empty()
}

#[test]
fn texts_are_compared_as_they_are_stored() {
    let url = |short: &str, target: &str| json!({ "url": short, "expanded_url": target });
    let one = [url("https://t.co/a", "https://example.org/a")];
    for (stored, urls, text, expected) in [
        ("Fish &amp; chips &lt;3 &amp;amp;", &[][..], "Fish & chips <3 &amp;", true),
        ("caf\u{e9}", &[], "cafe\u{301}", true),
        ("c\u{301}", &[], "c\u{200E}\u{301}", true),
        ("a\n\nb", &[], " a\r\n\r\n\r\nb\u{200E} ", true),
        ("See https://t.co/a.", &one, "See https://example.org/a.", true),
        ("See https://t.co/a.", &one, "See example.org/a/.", true),
        ("See https://t.co/a.", &one, "See https://example.org/b.", false),
        ("See https://t.co/a.", &one, "See https://example.org/a!", false),
        ("(https://t.co/a)", &one, "(https://example.org/a)", true),
        ("See https://t.co/a", &[], "See https://example.org/whatever", true),
        ("See https://t.co/a", &[], "See nothing", false),
        ("See https://t.co/a", &[], "See example.org nothing", false),
        (
            "https://t.co/a",
            &[url("https://t.co/a", "https://xn--exmple-cua.de/%C3%BC")],
            "https://exämple.de/ü",
            true,
        ),
        ("https://t.co/a,https://t.co/b", &[url("https://t.co/b", "https://b.org")], "a.org,b.org", true),
        ("", &[], "", false),
    ] {
        assert_eq!(is_taken_for(stored, urls, text), expected, "{stored} for {text}");
    }
    // Concealed words are known by their fingerprint.
    let wordless = NewPost { text: "", follows: None, quotes: None, replies: Replies::Nobody };
    let fingerprint = curation::composition::fingerprint("Fish & chips at example.org", &intent().key);
    let known = Intent { text: String::new(), fingerprint, ..intent() };
    for (stored, expected) in
        [("Fish &amp; chips at https://t.co/a", 1), ("Fish &amp; peas at https://t.co/a", 0)]
    {
        let answer = json!({ "data": [{ "id": "20", "text": stored, "created_at": NOW }] });
        assert_eq!(
            look_through(&answer, Sought::of(&known, wordless), NOW.parse().unwrap()).unwrap().found.len(),
            expected,
            "{stored}"
        );
    }
    let quote = NewPost { text: "Look.", follows: None, quotes: Some("7"), replies: Replies::Nobody };
    let quoted = |id: &str| {
        json!({ "data": [{ "id": "20", "text": "Look. https://t.co/q", "created_at": NOW,
            "referenced_posts": [{ "type": "quoted", "id": id }] }] })
    };
    let sought = Sought::Post { post: quote, root: None, known_by: None };
    let found = |id: &str| look_through(&quoted(id), sought, NOW.parse().unwrap()).unwrap().found.len();
    assert_eq!((found("7"), found("8")), (1, 0));
}

proptest! {
    #[test]
    fn whatever_is_stored_is_recognised_and_nothing_else(
        words in proptest::collection::vec("[a-c&<>é👩\u{200D}\u{301}日\u{200E};.]{1,6}|(https://)?example\\.(org|com)(/[a-z]{1,3})?", 1..8),
        space in "[ \n]{1,3}",
    ) {
        let text = words.join(&space);
        let (kept, urls) = stored(&text);
        // What X takes out whole is no text.
        prop_assume!(!kept.trim().is_empty());
        prop_assert!(is_taken_for(&kept, &urls, &text), "{kept}");
        let with_more = format!("{} more", text);
        prop_assert!(!is_taken_for(&kept, &urls, &with_more));
    }
}

#[tokio::test]
async fn errors_hold_nothing_of_a_text_a_key_or_an_answer() {
    let peer = Peer::start().await;
    let x = peer.x();
    let planted = Intent { text: "planted words".to_owned(), ..intent() };
    for status in [400, 403, 404, 500] {
        peer.fates([refused(
            status,
            json!({ "type": "planted words", "title": "planted words", "detail": "planted words" }),
        )]);
        let error = x.publish(&planted).await.unwrap_err();
        assert!(!format!("{error} {error:?}").contains("planted"));
    }
    assert_eq!(format!("{x:?}"), "X { .. }");
    let account = Account { base: String::new(), user: USER.to_owned() };
    let nobody = X::new(account, credentials(Arc::new(NoSecret)), Arc::clone(&x.freshness));
    assert!(nobody.publish(&planted).await.is_err());
}

const THEIRS: &str = "https://x.com/i/status/1700000000000000001";

fn theirs() -> Value {
    json!({ "id": "1700000000000000001", "text": "Theirs.", "author_id": "12", "created_at": NOW })
}

fn quoting() -> Intent {
    Intent { shares: Some(Share::Quote(THEIRS.to_owned())), ..intent() }
}

fn boosting() -> Intent {
    Intent { shares: Some(Share::Boost(THEIRS.to_owned())), text: String::new(), ..intent() }
}

#[tokio::test]
async fn a_quote_is_made_with_the_disclaimer_in_it_and_found_and_taken_down() {
    let peer = Peer::start().await;
    peer.others_post(theirs());
    let x = peer.x();
    peer.fates([Fate::CutServed]);
    assert_eq!(kind(&x.publish(&quoting()).await), Expected::Ambiguous);
    let quote = x.find(&quoting()).await.unwrap().unwrap();
    assert_eq!(x.find(&intent()).await, Ok(None), "the same words without the quote are another post");
    let expected = json!({
        "text": "An example.", "quote_tweet_id": "1700000000000000001", "reply_settings": "mentionedUsers",
    });
    assert_eq!(peer.bodies(), [expected]);
    x.delete(&quote).await.unwrap();
    assert_eq!(x.find(&quoting()).await, Ok(None));
}

#[tokio::test]
async fn a_repost_is_made_once_found_and_undone() {
    use Expected::{Ambiguous, Posted, Refused, Unavailable};
    for (fate, expected) in [
        (Fate::Served, Posted),
        (Fate::CutServed, Ambiguous),
        (Fate::Half, Ambiguous),
        (refused(200, json!({ "data": {} })), Ambiguous),
        (refused(403, json!({ "errors": [{ "code": 327, "message": "A sentence." }] })), Posted),
        (refused(403, problem("not-authorized-for-resource")), Refused),
        (refused(404, problem("resource-not-found")), Refused),
        (refused(404, Value::Null), Unavailable),
        (refused(429, Value::Null), Unavailable),
    ] {
        let peer = Peer::start().await;
        peer.others_post(theirs());
        let x = peer.x();
        peer.fates([fate.clone()]);
        assert_eq!(kind(&x.publish(&boosting()).await), expected, "{fate:?}");
        if expected != Ambiguous {
            continue;
        }
        let found = x.find(&boosting()).await.unwrap();
        assert_eq!(found.is_some(), !peer.posts().is_empty(), "{fate:?}");
    }
    let peer = Peer::start().await;
    peer.others_post(theirs());
    let x = peer.x();
    assert_eq!(x.find(&boosting()).await, Ok(None));
    let repost = x.publish(&boosting()).await.unwrap();
    assert_eq!(x.publish(&boosting()).await, Ok(repost.clone()));
    assert_eq!(
        peer.bodies(),
        [json!({ "tweet_id": "1700000000000000001" }), json!({ "tweet_id": "1700000000000000001" })]
    );
    assert_eq!((peer.posts().len(), x.find(&boosting()).await), (1, Ok(Some(repost.clone()))));
    assert_eq!(x.find(&intent()).await, Ok(None), "a repost is no post of one's own");
    for _ in 0..2 {
        x.delete(&repost).await.unwrap();
        assert!(peer.posts().is_empty());
    }
    peer.fates([refused(200, json!({ "data": { "retweeted": true } }))]);
    assert_eq!(kind(&x.delete(&repost).await), Unavailable);
    let nowhere = Intent { shares: Some(Share::Boost("somewhere".to_owned())), ..boosting() };
    assert_eq!((kind(&x.publish(&nowhere).await), kind(&x.find(&nowhere).await)), (Refused, Unavailable));
}

#[tokio::test]
async fn somebodys_post_is_looked_at_in_its_latest_version() {
    let peer = Peer::start().await;
    let x = peer.x();
    assert_eq!(x.look_at(THEIRS).await, Ok(Seen::Gone));
    peer.others_post(theirs());
    let Seen::There(target, Visible::Public) = x.look_at(THEIRS).await.unwrap() else { panic!() };
    assert_eq!((target.text.as_str(), target.post.as_str()), ("Theirs.", THEIRS));
    assert_eq!(target.still(&x.look_at(THEIRS).await.unwrap()), Ok(()));
    let mut before = theirs();
    before["id"] = json!("20");
    before["edit_history_post_ids"] = json!(["20", "1700000000000000001"]);
    peer.others_post(before);
    peer.requests();
    assert_eq!(x.look_at("https://x.com/i/status/20").await, Ok(Seen::There(target, Visible::Public)));
    assert_eq!(peer.requests(), ["GET /2/tweets/20", "GET /2/tweets/1700000000000000001"]);
    let mut endless = theirs();
    endless["id"] = json!("30");
    endless["edit_history_post_ids"] = json!(["30", "31"]);
    let mut back = endless.clone();
    back["id"] = json!("31");
    back["edit_history_post_ids"] = json!(["30", "31", "99"]);
    peer.others_post(endless);
    peer.others_post(back);
    assert_eq!(x.look_at("https://x.com/i/status/30").await, Ok(Seen::Gone), "the latest is gone");
}

#[tokio::test]
async fn what_is_no_post_on_x_is_not_asked_for() {
    let peer = Peer::start().await;
    let x = peer.x();
    for post in
        ["20", "https://x.example/i/status/20", "at://did:plc:example/app.bsky.feed.post/3mdexample222"]
    {
        assert_eq!(kind(&x.look_at(post).await), Expected::Refused, "{post}");
    }
    assert!(peer.requests().is_empty());
    for fate in [
        refused(500, Value::Null),
        refused(401, Value::Null),
        Fate::Half,
        Fate::Nonsense,
        refused(302, Value::Null),
    ] {
        let peer = Peer::start().await;
        peer.fates([fate.clone()]);
        assert_eq!(kind(&peer.x().look_at(THEIRS).await), Expected::Unavailable, "{fate:?}");
    }
}
