//! What each account is called, and what is next.

#![allow(clippy::unwrap_used)]
use super::*;
use crate::operate::doctor::Status;

fn with(values: &[(&str, &str)], secrets: &[&str]) -> Parameters {
    Parameters {
        values: values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        secrets: secrets.iter().map(|name| (*name).to_owned()).collect(),
    }
}

fn next(finding: &Finding) -> &str {
    finding.next.as_deref().unwrap()
}

fn listing(title: &str) -> &'static Listing {
    PLATFORMS.iter().find(|listing| listing.title == title).unwrap()
}

const BLUESKY: [(&str, &str); 2] =
    [("bluesky-service", "https://bsky.social"), ("bluesky-identifier", "example.org")];
const X: [(&str, &str); 2] = [("x-api", "https://api.x.com"), ("x-user-id", "42")];
const MASTODON: [(&str, &str); 1] = [("mastodon-server", "https://mastodon.example")];

#[test]
fn publishing_is_off_a_trial_or_where_there_are_accounts() {
    let trial = [&BLUESKY[..], &[("trial", "yes")]].concat();
    let all = [&BLUESKY[..], &X, &MASTODON, &[("trial", "no")]].concat();
    for (parameters, expected, titles) in [
        (with(&[], &[]), "off: no platform is set up", vec![]),
        (with(&trial, &[]), "this is a trial", vec![]),
        (with(&[("trial", "no")], &["bluesky-password"]), "off: no platform is set up", vec![]),
        (with(&BLUESKY, &[]), "what is approved appears on Bluesky", vec!["Bluesky"]),
        (with(&all, &[]), "appears on Bluesky, X and Mastodon", vec!["Bluesky", "X", "Mastodon"]),
    ] {
        let finding = publishing("example", &parameters, 0);
        assert_eq!(finding.status, Status::Ok, "{finding:?}");
        assert!(finding.what.contains(expected), "{finding:?}");
        assert_eq!(set_up(&parameters).map(|one| one.title).collect::<Vec<_>>(), titles);
        // What is public already can be taken down by no channel that has nowhere to publish.
        let published = publishing("example", &parameters, 3);
        match expected {
            "this is a trial" | "off: no platform is set up" => {
                assert_eq!(published.status, Status::Broken, "{published:?}");
                assert!(published.what.starts_with(expected), "{published:?}");
                assert!(published.what.contains("3 published before cannot be taken down"), "{published:?}");
                assert!(published.what.contains("`clientsconnect pause --tables example`"), "{published:?}");
                let is_trial = expected == "this is a trial";
                assert_eq!(is_trial, next(&published) == "sam deploy --parameter-overrides Trial=no");
                assert_eq!(!is_trial, next(&published) == "sam deploy --guided");
            }
            _ => assert_eq!(published, finding),
        }
    }
}

#[test]
fn an_account_lacks_what_the_template_or_somebody_has_yet_to_write() {
    let lacking = |title: &str, values: &[(&str, &str)], secrets: &[&str]| {
        lacks("example", listing(title), &with(values, secrets))
    };
    assert_eq!(lacking("Bluesky", &BLUESKY, &["bluesky-password"]), None);
    let half = lacking("Bluesky", &BLUESKY[1..], &[]).unwrap();
    assert_eq!((half.status, next(&half)), (Status::Broken, DEPLOY));
    assert!(half.what.contains("/example/bluesky-service is missing"), "{half:?}");

    let waits = lacking("Bluesky", &BLUESKY, &[]).unwrap();
    assert_eq!(waits.status, Status::ToDo);
    assert!(waits.what.contains("/example/bluesky-password is missing: an app password"), "{waits:?}");
    assert!(
        next(&waits).contains("put-parameter --name /example/bluesky-password --type SecureString --value")
    );

    let two = ["x-consumer-key", "x-access-token-secret"];
    let waits = lacking("X", &X, &two).unwrap();
    assert!(
        waits.what.contains("/example/x-consumer-secret and /example/x-access-token is missing"),
        "{waits:?}"
    );
    let command = next(&waits);
    assert!(command.starts_with("for NAME in x-consumer-secret x-access-token; do"), "{command}");
    assert!(
        command.contains("read -rs SECRET") && command.contains("--name \"/example/$NAME\""),
        "{command}"
    );
    let all = ["x-consumer-key", "x-consumer-secret", "x-access-token", "x-access-token-secret"];
    assert_eq!(lacking("X", &X, &all), None);

    let open = [&MASTODON[..], &[("mastodon-access-token", "planted")]].concat();
    let open = lacking("Mastodon", &open, &[]).unwrap();
    assert_eq!(open.status, Status::Broken);
    assert!(open.what.contains("no SecureString: /example/mastodon-access-token"), "{open:?}");
    assert!(
        next(&open).starts_with("aws ssm delete-parameters --names /example/mastodon-access-token && read")
    );
    assert!(!format!("{open:?}").contains("planted"));
}

#[test]
fn an_account_is_in_order_if_it_takes_its_secrets_and_words_are_composed_for_it() {
    let judged = |title: &str, values: &[(&str, &str)], seen: Result<&str, &str>| {
        let seen = seen.map(|text| text.parse().unwrap()).map_err(str::to_owned);
        account("example", listing(title), &with(values, &[]), &seen)
    };
    let x = [&X[..], &[("platforms", "bluesky x")]].concat();
    assert_eq!(judged("X", &x, Ok("x")).what, "the account (https://api.x.com, 42) may post");
    let refused = judged("X", &x, Err("the platform is unavailable: a key is empty"));
    assert_eq!(refused.status, Status::Broken);
    assert!(refused.what.contains("a key is empty") && next(&refused).contains("--overwrite"), "{refused:?}");
    for setting in listing("X").settings.iter().filter(|one| one.is_secret) {
        assert!(next(&refused).contains(&setting.parameter()), "{refused:?}");
    }
    let forgotten = judged("X", &[&X[..], &[("platforms", "bluesky")]].concat(), Ok("x"));
    assert_eq!((forgotten.status, next(&forgotten)), (Status::Broken, DEPLOY));

    let mastodon = |planned| [&MASTODON[..], &[("platforms", planned)]].concat();
    for planned in ["mastodon", "mastodon:500:23", "x mastodon:500:23"] {
        assert_eq!(judged("Mastodon", &mastodon(planned), Ok("mastodon:500:23")).status, Status::Ok);
    }
    let other = judged("Mastodon", &mastodon("mastodon:5000:23"), Ok("mastodon:500:30"));
    assert_eq!(other.status, Status::Broken);
    assert!(other.what.contains("accepts 500:30, and words are composed for 5000:23"), "{other:?}");
    assert_eq!(next(&other), "sam deploy --parameter-overrides MastodonLimits=500:30");
}

#[test]
fn the_template_writes_for_what_words_are_composed() {
    let judged = |values: &[(&str, &str)]| composition("example", &with(values, &[]));
    assert_eq!(
        judged(&[("platforms", "bluesky mastodon:500:23")]).what,
        "words are composed for Bluesky and Mastodon"
    );
    for values in [&[][..], &[("platforms", "none")]] {
        let missing = judged(values);
        assert_eq!((missing.status, next(&missing)), (Status::Broken, DEPLOY));
    }
}
