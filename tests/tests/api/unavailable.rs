//! When the tables are missing: an answer with help, a time to come back, and no word of what is broken.

use tests::Channel;

use crate::{FILLED, TEXT, assert_page, assert_problem, filled};

async fn without_tables() -> (Channel, String) {
    let channel = Channel::open_with(0).await;
    let told = channel.post_json(&tests::proposal(TEXT)).await.json();
    let status = told["status_url"].as_str().unwrap().strip_prefix(&channel.web.base_url).unwrap().to_owned();
    let tables = &channel.tables;
    for table in [&tables.submissions, &tables.disclosures, &tables.settings, &tables.tokens] {
        channel.raw.delete_table().table_name(table).send().await.unwrap();
    }
    (channel, status)
}

fn assert_discreet(body: &str) {
    for word in ["table", "Table", "test-", "DynamoDB", "Exception", "resource", "127.0.0.1"] {
        assert!(!body.contains(word), "{word}: {body}");
    }
}

#[tokio::test]
async fn a_proposal_is_not_lost_without_a_word() {
    let (channel, _) = without_tables().await;
    let answer = channel.post_json(&tests::proposal(TEXT)).await;
    assert_problem(&answer, 503);
    assert_eq!(answer.header("retry-after"), "5");
    assert_discreet(&answer.body);
    assert!(!answer.body.contains(TEXT));

    let page = channel.post_form("/submissions", &filled("form_token", "an-example-mark")).await;
    assert_page(&page, 503);
    assert_eq!(page.header("retry-after"), "5");
    // The style sheet knows tables of its own.
    assert_discreet(page.body.split_once("</style>").unwrap().1);
    let form = tests::html::forms(&page.body).remove(0);
    for (name, value) in FILLED.into_iter().chain([("form_token", "an-example-mark")]) {
        assert!(form.fields.contains(&(name.to_owned(), value.to_owned())), "{name} is lost");
    }
}

#[tokio::test]
async fn pages_that_need_the_tables_say_when_to_come_back() {
    let (channel, status) = without_tables().await;
    let id = "01JD00000000000000000000AA".to_owned();
    let review = web::links::Link {
        purpose: web::links::Purpose::Review,
        subject: id.clone(),
        revision: 1,
        person: id,
        epoch: 0,
        expires_at: channel.now().after(jiff::SignedDuration::from_hours(1)),
    };
    let review = format!("/review/{}", channel.web.keys.seal(&review).unwrap().as_str());
    for answer in [
        channel.get(&status).await,
        channel.get(&review).await,
        channel.post_form(&review, &[("decision", "approve")]).await,
        channel.post_form(&format!("{review}/confirm"), &[("decision", "approve")]).await,
        channel.post_form(&format!("{status}/withdraw"), &[("withdraw", "yes")]).await,
        channel.post_form("/status", &[("return_code", "0000-0000-0000-0000")]).await,
        channel.post_form("/review/fresh", &[("email", "someone@example.net")]).await,
    ] {
        assert_page(&answer, 503);
        assert_eq!(answer.header("retry-after"), "5");
        assert_discreet(answer.body.split_once("</style>").unwrap().1);
    }
    for path in ["/", "/help", "/status", "/health"] {
        assert_eq!(channel.get(path).await.status, 200, "{path} needs no table");
    }
}
