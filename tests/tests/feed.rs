//! The public feed: what was published, as it was approved; once; escaped; gone when it was taken down.

#![allow(clippy::unwrap_used)]

use std::{
    io::Write,
    process::{Command, Stdio},
};

use app::feed::Feed;
use curation::composition::Replies;
use curation::ids::SubmissionId;
use jiff::SignedDuration;
use platforms::{Intent, Platform, PlatformError, RemotePost};
use tests::{Answer, Channel};

const TEXT: &str =
    "A first session is often about getting to know each other & asking \"questions\" is <fine>.";

fn intent(number: u64, text: &str) -> Intent {
    Intent {
        submission: SubmissionId::new(number, [0; 10]),
        key: format!("3mexamplekey{number:02}"),
        part: 0,
        text: text.to_owned(),
        fingerprint: None,
        root: None,
        follows: None,
        shares: None,
        content_note: None,
        replies: Replies::Nobody,
        created_at: "2026-11-23T12:00:00Z".parse().unwrap(),
    }
}

async fn feed(channel: &Channel) -> Answer {
    // Beyond the minute for which an answer is given again.
    channel.pass(SignedDuration::from_secs(61));
    channel.get("/feed.atom").await
}

/// What a feed reader shows, if the feed is valid. Runs where `ATOM_PYTHON` names an interpreter that has lxml and
/// feedparser; `scripts/test` does.
fn read(feed: &str) -> Option<serde_json::Value> {
    let Some(python) = std::env::var_os("ATOM_PYTHON") else {
        eprintln!("ATOM_PYTHON is not set: the feed is not validated");
        return None;
    };
    let mut reader = Command::new(python)
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/peers/atom.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    reader.stdin.take().unwrap().write_all(feed.as_bytes()).unwrap();
    let output = reader.wait_with_output().unwrap();
    assert!(output.status.success(), "{}\n{feed}", String::from_utf8_lossy(&output.stderr));
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

#[tokio::test]
async fn what_is_published_is_in_the_feed_and_what_is_withdrawn_is_not() {
    let channel = Channel::open_with_feed().await;
    let empty = feed(&channel).await;
    assert_eq!(empty.status, 200);
    assert!(!empty.body.contains("<entry>"));
    read(&empty.body);
    let id = channel.approved(TEXT).await;
    channel.publish().await.unwrap();
    assert_eq!(channel.state(id).await, "published");
    let shown = feed(&channel).await;
    assert_eq!(shown.body.matches("<entry>").count(), 1);
    assert!(
        shown.body.contains("each other &amp; asking &quot;questions&quot; is &lt;fine&gt;."),
        "{}",
        shown.body
    );
    let disclaimer = channel.core.store.revision(id, 1).await.unwrap().unwrap().composition.disclaimer;
    assert!(shown.body.contains(&disclaimer.text.replace('\'', "&#39;")));
    if let Some(read) = read(&shown.body) {
        assert_eq!(read["entries"].as_array().unwrap().len(), 1);
        assert!(read["entries"][0]["title"].as_str().unwrap().starts_with("A first session is often"));
        let text = read["entries"][0]["shown"].as_str().unwrap();
        assert!(text.contains("&lt;fine&gt;") && !text.contains("<fine"), "{text}");
    }
    app::submitter::withdraw(&channel.core, id).await.unwrap();
    channel.publish().await.unwrap();
    assert_eq!(channel.state(id).await, "retracted");
    let after = feed(&channel).await;
    assert!(!after.body.contains("A first session"));
    read(&after.body);
}

#[tokio::test]
async fn the_feed_is_kept_by_readers_and_asked_for_once_a_minute() {
    let channel = Channel::open_with_feed().await;
    channel.calls.take();
    let first = feed(&channel).await;
    assert_eq!(channel.calls.take(), "Query 1");
    assert_eq!(first.header("content-type"), "application/atom+xml; charset=utf-8");
    assert_eq!(first.header("cache-control"), "public, max-age=300");
    let again = channel.get("/feed.atom").await;
    assert_eq!((again.body, channel.calls.take().as_str()), (first.body.clone(), ""));
    let tag = first.header("etag").to_owned();
    let unchanged =
        channel.get_with("/feed.atom", &[("if-none-match", &format!("W/{tag}, \"other\""))]).await;
    assert_eq!((unchanged.status.as_u16(), unchanged.body.as_str()), (304, ""));
    assert_eq!(unchanged.header("cache-control"), "public, max-age=300");
    let changed = channel.get_with("/feed.atom", &[("if-none-match", "\"other\"")]).await;
    assert_eq!(changed.status, 200);
    assert_eq!(channel.head("/feed.atom").await.status, 200);
    assert_eq!(channel.post_raw("/feed.atom", &[], "").await.status, 405);
    // What is no feed is nobody's to keep.
    assert_eq!(channel.get("/").await.header("cache-control"), "no-store");
}

#[tokio::test]
async fn one_intent_is_one_entry_and_what_was_taken_down_does_not_come_back() {
    let channel = Channel::open().await;
    let platform = Feed::new(channel.core.clone());
    let wanted = intent(1, "Grief has no timetable.");
    assert_eq!(platform.find(&wanted).await, Ok(None));
    let posts = futures::future::join_all((0..20).map(|_| platform.publish(&wanted))).await;
    assert!(posts.iter().all(|post| *post == Ok(RemotePost(wanted.key.clone()))), "{posts:?}");
    assert_eq!(platform.find(&wanted).await, Ok(Some(RemotePost(wanted.key.clone()))));
    let other = platform.publish(&intent(1, "Other words.")).await;
    assert_eq!(other, Err(PlatformError::Refused("another entry has this key")));
    assert_eq!(channel.core.store.feed(9).await.unwrap().len(), 1);
    for _ in 0..2 {
        platform.delete(&RemotePost(wanted.key.clone())).await.unwrap();
    }
    assert_eq!(platform.find(&wanted).await, Ok(None));
    assert_eq!(platform.publish(&wanted).await, Err(PlatformError::Refused("it was taken down")));
    for bad in [
        intent(2, " "),
        Intent { key: String::new(), ..intent(2, "x") },
        Intent { part: 1, ..intent(2, "x") },
    ] {
        assert!(matches!(platform.publish(&bad).await, Err(PlatformError::Refused(_))));
    }
    assert!(channel.core.store.feed(9).await.unwrap().is_empty());
}

#[tokio::test]
async fn whatever_stands_in_a_text_stays_text() {
    let channel = Channel::open().await;
    let platform = Feed::new(channel.core.clone());
    let texts = [
        "]]></div></content></entry><entry>",
        "<script>alert(1)</script> &amp; &#0; <!-- ",
        "<!DOCTYPE x [<!ENTITY y SYSTEM \"file:///etc/hostname\">]>&y;",
        "👩‍👩‍👧‍👦 שלום العربية e\u{301}\n\nSecond\nline",
        "\u{1}\u{8}\u{b}\u{FFFE}\u{FFFF}",
    ];
    for (number, text) in (0..).zip(texts) {
        platform.publish(&intent(number, text)).await.unwrap();
    }
    let shown = feed(&channel).await.body;
    assert_eq!(shown.matches("<entry>").count(), texts.len());
    assert!(!shown.contains("<script") && !shown.contains("<!"), "{shown}");
    if let Some(read) = read(&shown) {
        let entries = read["entries"].as_array().unwrap();
        // The newest first: of keys that were made at once, the last.
        assert_eq!(entries[4]["title"], texts[0]);
        assert!(entries[1]["shown"].as_str().unwrap().contains("<p>Second<br />line</p>"));
    }
}
