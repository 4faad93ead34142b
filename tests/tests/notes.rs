//! What reviewers write is screened before it is stored and before it is shown.

#![allow(clippy::unwrap_used)]

use aws_sdk_dynamodb::types::AttributeValue;
use curation::ids::SubmissionId;
use tests::{Answer, Channel, contents, field};

const TEXT: &str = "A first session is often about getting to know each other. It is fine to ask questions.";
const CRISIS: &str = "I want to die.";
const PERSONAL: &str = "Ask someone.private@example.com about it.";
const KIND: &str = "Clear and kind.";

async fn reviewed(channel: &Channel) -> (SubmissionId, Vec<String>) {
    let id = channel.propose(TEXT).await;
    (id, channel.mailbox.review_paths().into_iter().map(|(_, path)| path).collect())
}

fn help_is_first(page: &Answer) -> bool {
    let main = page.body.split("<main").nth(1).unwrap();
    let support = main.find("id=\"support\"");
    support.is_some_and(|at| main.find("<form").is_none_or(|form| at < form))
}

#[tokio::test]
async fn a_note_with_personal_detail_is_refused_kindly_and_not_kept() {
    let channel = Channel::open().await;
    let (_, paths) = reviewed(&channel).await;
    let before = contents(&channel).await;
    for fields in [
        vec![("decision", "approve"), ("note", PERSONAL)],
        vec![("decision", "step_back"), ("note", PERSONAL)],
        vec![("decision", "reword"), ("suggestion", PERSONAL)],
        vec![("decision", "reword"), ("reword_reason", PERSONAL)],
        vec![("decision", "reject"), ("reject_reason", PERSONAL)],
    ] {
        let page = channel.vote(&paths[0], &fields).await;
        assert_eq!(page.status, 422, "{fields:?}");
        assert!(page.body.contains("without personal detail"), "{fields:?}");
        assert!(page.body.contains("it can be wrong"), "{fields:?}");
        assert!(page.body.contains(PERSONAL), "nobody types it twice");
    }
    assert_eq!(contents(&channel).await, before, "nothing of it is kept");
    // What is left under another choice is neither sent on nor in the way.
    let done = channel.vote(&paths[0], &[("decision", "approve"), ("reject_reason", PERSONAL)]).await;
    assert_eq!(done.status, 200);
    assert!(!contents(&channel).await.values().any(|item| item.contains("someone.private")));
}

#[tokio::test]
async fn a_note_that_tells_of_danger_is_met_with_help_and_goes_to_the_lead_or_nowhere() {
    let channel = Channel::open().await;
    let (id, paths) = reviewed(&channel).await;
    let before = contents(&channel).await;
    let refused = channel.vote(&paths[0], &[("decision", "approve"), ("note", CRISIS)]).await;
    assert_eq!(refused.status, 422);
    assert!(help_is_first(&refused) && refused.body.contains("choose the safeguarding concern"));
    assert_eq!(contents(&channel).await, before);

    let page = channel.get(&paths[0]).await;
    assert!(!help_is_first(&page), "or this test shows nothing");
    let token = field(&page.body, "form_token").unwrap();
    let chosen = [("form_token", token.as_str()), ("decision", "concern"), ("note", CRISIS)];
    assert!(help_is_first(&channel.post_form(&paths[0], &chosen).await), "on the page that asks once more");
    let raised = channel.vote(&paths[0], &[("decision", "concern"), ("note", CRISIS)]).await;
    assert!(raised.status == 200 && help_is_first(&raised));
    assert_eq!(channel.state(id).await, "held");
    let stored = contents(&channel).await;
    let kept = stored.iter().filter(|(_, item)| item.contains(CRISIS)).map(|(key, _)| key.as_str());
    let kept = kept.collect::<Vec<_>>();
    assert!(kept.len() == 1 && kept[0].starts_with("test-disclosures "), "{kept:?}");

    // Also where nothing is taken any more.
    let late = channel.post_form(&paths[1], &[("decision", "approve"), ("note", CRISIS)]).await;
    assert!(late.status == 409 && help_is_first(&late));
    let dead =
        channel.post_form("/review/v4.local.example", &[("decision", "approve"), ("note", CRISIS)]).await;
    assert!(dead.status == 404 && help_is_first(&dead));
    let calm = channel.post_form("/review/v4.local.example", &[("decision", "approve")]).await;
    assert!(calm.status == 404 && !help_is_first(&calm));
}

#[tokio::test]
async fn the_step_itself_takes_no_such_note_whoever_calls_it() {
    let channel = Channel::open().await;
    let (id, _) = reviewed(&channel).await;
    let person = channel.load(id).await.review.unwrap().seats[0].person;
    let holder = app::vote::Holder { submission: id, person, revision: 1, epoch: 0 };
    for note in [CRISIS, PERSONAL] {
        let ballot = app::vote::NewBallot {
            decision: curation::review::Decision::Approve,
            reason: None,
            suggestion: None,
            comment: Some(note.to_owned()),
        };
        let refused = app::vote::cast(&channel.core, holder, &ballot).await;
        assert!(matches!(refused, Err(app::vote::ReviewError::Note(_))), "{refused:?}");
    }
}

/// Puts other words in place of [`KIND`] wherever a ballot has it, as if they had been stored before notes were screened.
async fn plant(channel: &Channel, words: &str) {
    let scan = channel.raw.scan().table_name(&channel.tables.submissions).send().await.unwrap();
    for mut item in scan.items.unwrap_or_default() {
        let document = item["document"].as_s().unwrap().replace(KIND, words);
        item.insert("document".to_owned(), AttributeValue::S(document));
        channel
            .raw
            .put_item()
            .table_name(&channel.tables.submissions)
            .set_item(Some(item))
            .send()
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn what_was_stored_unscreened_is_masked_or_not_shown() {
    for (words, shows_rest) in [(PERSONAL, true), (CRISIS, false)] {
        let channel = Channel::open().await;
        let (id, paths) = reviewed(&channel).await;
        channel.vote(&paths[0], &[("decision", "reword"), ("reword_reason", KIND)]).await;
        channel.vote(&paths[1], &[("decision", "reword"), ("reword_reason", "Say more.")]).await;
        assert!(channel.get(&paths[1]).await.body.contains(KIND), "or this test shows nothing");
        plant(&channel, words).await;
        let page = channel.get(&paths[1]).await;
        assert!(!page.body.contains(words) && !page.body.contains("someone.private"));
        assert_eq!(page.body.contains("about it."), shows_rest);
        assert_eq!(page.body.contains(app::note::NOT_SHOWN), !shows_rest);

        // The submitter reads the same, no more.
        for path in &paths[2..] {
            channel.vote(path, &[("decision", "reword"), ("reword_reason", "Say more.")]).await;
        }
        assert_eq!(channel.state(id).await, "rewording");
        let advice = app::submitter::look(&channel.core, id).await.unwrap().advice.join(" ");
        assert!(advice.contains("Say more.") && !advice.contains(words));
        assert!(!advice.contains("someone.private"));
    }
}

#[tokio::test]
async fn words_that_come_in_later_are_screened_like_the_first_whoever_gives_them() {
    let coordinators = |channel: &Channel| channel.officer(curation::roster::Duty::Coordinator).clone();
    for (words, state) in [(PERSONAL, "needs_redaction"), (CRISIS, "held"), (TEXT, "in_review")] {
        let channel = Channel::open().await;
        let (core, rules) = (&channel.core, &channel.web.rules);
        assert_eq!(channel.state(channel.propose(words).await).await, state, "proposed");

        let id = channel.propose(PERSONAL).await;
        let parsed = curation::words::Words::parse(words).unwrap();
        let reviser = app::Reviser { actor: curation::audit::Actor::Submitter, is_other: false };
        app::submitter::revise(core, rules, id, &parsed, reviser, 1).await.unwrap();
        assert_eq!(channel.state(id).await, state, "changed by the submitter");

        let id = channel.propose(PERSONAL).await;
        app::queue::redact(core, rules, id, &coordinators(&channel), Some(words)).await.unwrap();
        assert_eq!(channel.state(id).await, state, "changed by a coordinator");

        // A suggestion that somebody takes over: it was screened as a note, and is screened as words.
        channel.mailbox.take();
        let (id, paths) = reviewed(&channel).await;
        let suggested = channel.vote(&paths[0], &[("decision", "reword"), ("suggestion", words)]).await;
        assert_eq!(suggested.status == 200, state == "in_review", "suggested");
        for path in &paths[1..] {
            channel.vote(path, &[("decision", "reword"), ("reword_reason", "Say more.")]).await;
        }
        if channel.state(id).await == "rewording" {
            app::submitter::revise(core, rules, id, &parsed, reviser, 1).await.unwrap();
            assert_eq!(channel.state(id).await, state, "taken over");
        }
    }
    // What is proposed as a link is not taken yet: `a_refused_form_shows_help_before_the_form_and_keeps_nothing`.
}
