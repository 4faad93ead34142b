//! Logs hold ids and codes: nothing that somebody wrote, no address, no token.

use std::sync::{Arc, Mutex};

use app::ports::MailError;
use tests::Channel;
use tracing_subscriber::{EnvFilter, fmt::MakeWriter};

use crate::{FORM, JSON, filled};

/// All that was logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// What must be nowhere, one word of each thing that somebody wrote.
const WORDS: [&str; 9] = [
    "zebraquartz",
    "Zebraquartz",
    "private.person",
    "example.org",
    "example.net",
    "192.0.2.7",
    "want to die",
    "v4.local",
    "Example Therapist",
];

#[tokio::test]
async fn logs_hold_ids_and_codes_only() {
    let log = Log::default();
    // Our own code at its most talkative; others' as in production.
    let filter = "info,app=trace,store=trace,web=trace,screening=trace,curation=trace,platforms=trace";
    let subscriber = tracing_subscriber::fmt()
        .json()
        .with_env_filter(EnvFilter::new(filter))
        .with_writer(log.clone())
        .finish();
    let guard = tracing::subscriber::set_default(subscriber);
    let channel = Channel::open().await;

    let mut body = tests::proposal("Some words about a zebraquartz.");
    body["email"] = "private.person@example.net".into();
    body["contact"] = true.into();
    let headers = [JSON, ("idempotency-key", "zebraquartz")];
    let told = channel.post_raw("/submissions", &headers, body.to_string()).await.json();
    let status = told["status_url"].as_str().unwrap().strip_prefix(&channel.web.base_url).unwrap().to_owned();
    channel.get(&status).await;
    let code = told["return_code"].as_str().unwrap();
    channel.post_form("/status", &[("return_code", code)]).await;

    // Everything that is refused.
    channel.post_raw("/submissions", &headers, tests::proposal("Zebraquartz").to_string()).await;
    channel.post_raw("/submissions", &[JSON], "{\"text\":\"zebraquartz").await;
    channel.post_raw("/submissions", &[FORM], "text=zebraquartz&text=I+want+to+die").await;
    channel.post_raw("/submissions", &[("content-type", "zebraquartz")], "zebraquartz").await;
    channel.post_form("/submissions", &filled("email", "zebraquartz")).await;
    channel.post_form("/submissions", &filled("adult", "zebraquartz")).await;
    channel.get("/zebraquartz?zebraquartz").await;
    channel.get("/review/zebraquartz").await;
    channel.post_form("/review/fresh", &[("email", "therapist0@example.org")]).await;
    channel.post_json(&tests::proposal("I want to die.")).await;

    // Mail that fails, then goes; votes with remarks; publication; a concern.
    channel.mailbox.fail(Some(MailError::Unavailable("zebraquartz".to_owned())));
    channel.settle().await;
    channel.mailbox.fail(Some(MailError::Refused("private.person@example.net".to_owned())));
    channel.pass(jiff::SignedDuration::from_mins(10));
    channel.sweep().await;
    channel.mailbox.fail(None);
    let id = channel.propose("More words about a zebraquartz.").await;
    let invited = channel.mailbox.review_paths();
    assert_eq!(invited.len(), 5);
    for (_, path) in &invited {
        channel.vote(path, &[("decision", "approve"), ("note", "A zebraquartz.")]).await;
    }
    channel.settle().await;
    channel.publish().await.unwrap();
    assert_eq!(channel.state(id).await, "published");
    channel.vote(&invited[0].1, &[("decision", "concern"), ("note", "A zebraquartz.")]).await;
    channel.settle().await;
    channel.publish().await.unwrap();

    // Mail that comes back, and mail that is ended.
    let unsubscribe = channel.mailbox.all().iter().find_map(|mail| mail.unsubscribe.clone()).unwrap();
    channel.post_form(unsubscribe.strip_prefix(&channel.web.base_url).unwrap(), &[]).await;
    for to in ["therapist1@example.org", "lead@example.org", "private.person@example.net", "x@example.net"] {
        for kind in ["Permanent", "Transient"] {
            let bounce = serde_json::json!({
                "bounceType": kind, "bouncedRecipients": [{ "emailAddress": to }],
            });
            let mail = serde_json::json!({ "tags": { "submission": [told["id"]] } });
            let event = serde_json::json!({ "eventType": "Bounce", "bounce": bounce, "mail": mail });
            channel.came_back(&event).await;
        }
    }
    let nonsense = serde_json::json!({ "eventType": "Bounce", "bounce": "private.person@example.net" });
    assert_eq!(channel.came_back(&nonsense).await, ["bounce"]);

    // A store that fails under everything.
    for table in [&channel.tables.submissions, &channel.tables.tokens] {
        channel.raw.delete_table().table_name(table).send().await.unwrap();
    }
    assert_eq!(channel.post_json(&body).await.status, 503);
    assert_eq!(channel.get(&status).await.status, 503);
    assert_eq!(channel.get(&invited[0].1).await.status, 503);
    let body = "{\"submission\":\"zebraquartz\",\"text\":\"zebraquartz\"}".to_owned();
    let failed = channel.deliver(app::ports::QueueName::Invitations, &[("m".to_owned(), body)]).await;
    assert_eq!(failed, ["m"]);
    drop(guard);

    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    for event in [
        "accepted",
        "answered",
        "panel drawn",
        "ballot recorded",
        "published",
        "a mail came back",
        "a proposal was not stored",
    ] {
        assert!(log.contains(&format!("\"message\":\"{event}\"")), "{event} was not logged: {log}");
    }
    assert!(log.contains(&id.to_string()), "ids are what logs are for");
    assert!(log.contains("/review/{token}"), "the route, not the path");
    for word in WORDS.into_iter().chain([code, status.as_str(), "therapist0"]) {
        let line = log.lines().find(|line| line.contains(word));
        assert_eq!(line, None, "{word}");
    }
}
