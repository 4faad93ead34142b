//! Helplines that nobody has looked up for a while: somebody is told, and not all day long.

#![allow(clippy::unwrap_used)]

use jiff::SignedDuration;
use tests::Channel;

fn hours(hours: i64) -> SignedDuration {
    SignedDuration::from_hours(hours)
}

#[tokio::test]
async fn coordinators_are_told_of_helplines_once_a_day() {
    let channel = Channel::open().await;
    // As long as the shipped entries are younger than this, nothing is told before.
    channel.pass(hours(200 * 24));
    channel.forget_that_helplines_were_told().await;
    channel.sweep().await;
    let mails = channel.mailbox.take();
    assert_eq!(mails.len(), 1);
    assert_eq!(
        (mails[0].to.as_str(), mails[0].subject.as_str()),
        ("coordinator@example.org", "Needs a look")
    );
    assert!(mails[0].text.contains("30 days"));
    assert!(mails[0].unsubscribe.is_none());
    for _ in 0..5 {
        channel.pass(hours(4));
        channel.sweep().await;
    }
    assert!(channel.mailbox.take().is_empty(), "once a day");
    channel.pass(hours(4));
    channel.sweep().await;
    assert_eq!(channel.mailbox.take().len(), 1, "and again the next day");
    // The public reads all of them, however old.
    let help = channel.get("/help").await;
    assert!(content::helplines().iter().all(|line| help.body.contains(&line.contact)));
}

#[tokio::test]
async fn mail_about_the_channel_that_could_not_go_goes_later() {
    let channel = Channel::open().await;
    channel.pass(hours(200 * 24));
    channel.forget_that_helplines_were_told().await;
    channel.mailbox.fail(Some(app::ports::MailError::Unavailable("down".to_owned())));
    channel.sweep().await;
    assert!(channel.mailbox.take().is_empty());
    channel.mailbox.fail(None);
    channel.pass(hours(3));
    channel.sweep().await;
    assert_eq!(channel.mailbox.take().len(), 1);
}
