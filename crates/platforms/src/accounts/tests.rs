//! Accounts told whole, by half and not at all; plans that are none.

#![allow(clippy::unwrap_used)]
use curation::composition::Measure;
use jiff::Timestamp;

use super::*;
use crate::{bluesky, mastodon, secret::FixedSecret, x};

fn listing(name: &str) -> &'static Listing {
    PLATFORMS.iter().find(|listing| listing.name == name).unwrap()
}

/// Every setting has its own name as its value, except those that are left out.
fn without(left_out: &[&str]) -> impl Fn(&Setting) -> Option<Value> {
    move |setting| {
        let value = format!("value of {}", setting.name);
        match (left_out.contains(&setting.name), setting.is_secret) {
            (true, _) => None,
            (false, true) => Some(Value::Secret(Arc::new(FixedSecret::new(value)))),
            (false, false) => Some(Value::Plain(value)),
        }
    }
}

struct Fixed;

impl Freshness for Fixed {
    fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH
    }

    fn nonce(&self) -> [u8; 16] {
        [0; 16]
    }
}

#[test]
fn an_account_is_told_whole_or_not_at_all() {
    for listing in PLATFORMS {
        assert!(listing.told(|_| None).unwrap().is_none(), "{}", listing.title);
        let needed = listing.settings.iter().filter(|one| one.usual.is_none()).collect::<Vec<_>>();
        for setting in &needed {
            let half = listing.told(without(&[setting.name])).unwrap_err();
            assert_eq!(half.missing, [*setting]);
            assert!(half.to_string().contains(setting.name), "{half}");
            assert!(!half.to_string().contains("value of"), "{half}");
            let others = needed.iter().filter(|one| one.name != setting.name).map(|one| one.name);
            let half = listing.told(without(&others.collect::<Vec<_>>())).unwrap_err();
            assert_eq!(half.missing.len(), needed.len() - 1);
        }
    }
}

#[test]
fn what_is_usual_asks_for_no_account_and_completes_one() {
    let x = listing("x");
    let others = x.settings.iter().map(|one| one.name).filter(|name| *name != "X_API");
    assert!(x.told(without(&others.collect::<Vec<_>>())).unwrap().is_none());
    let told = x.told(without(&["X_API"])).unwrap().unwrap();
    assert_eq!(told.plain("X_API"), "https://api.x.com");
}

#[tokio::test]
async fn every_account_is_made_of_its_own_settings_and_prints_no_secret() {
    let freshness: Arc<dyn Freshness> = Arc::new(Fixed);
    for listing in PLATFORMS {
        let told = listing.told(without(&[])).unwrap().unwrap();
        for setting in listing.settings.iter().filter(|one| one.is_secret) {
            let value = format!("value of {}", setting.name);
            assert_eq!(told.secret(setting.name).read().await, Ok(value.clone()));
            assert!(!format!("{told:?} {told}").contains(&value), "{told:?}");
        }
        let account = listing.account(&told, &freshness);
        assert_eq!(account.name().as_str(), listing.name);
        assert_eq!(account.rules(), *listing.usual().rules());
        assert!(told.secret("PASSWORD").read().await.is_err());
    }
}

#[test]
fn settings_are_stored_under_their_names() {
    let names = |name: &str| listing(name).settings.iter().map(Setting::parameter).collect::<Vec<_>>();
    assert_eq!(names("bluesky"), ["bluesky-service", "bluesky-identifier", "bluesky-password"]);
    assert_eq!(names("mastodon"), ["mastodon-server", "mastodon-access-token"]);
    let of_x = "x-api x-user-id x-consumer-key x-consumer-secret x-access-token x-access-token-secret";
    assert_eq!(names("x").join(" "), of_x);
}

#[test]
fn a_plan_says_what_words_are_composed_for() {
    let plan = "bluesky x mastodon:5000:30:quotes".parse::<Plan>().unwrap();
    let limits = mastodon::Limits { longest: 5000, per_url: 30, has_quotes: true };
    assert_eq!(plan.rules(), [bluesky::rules(), x::rules(), mastodon::rules(limits)]);
    let planned = plan.of(listing("mastodon")).unwrap();
    assert_eq!(
        (planned.limits(), planned.to_string().as_str()),
        (Some("5000:30:quotes"), "mastodon:5000:30:quotes")
    );
    assert_eq!(plan.of(listing("x")).unwrap().limits(), None);
    let usual = " mastodon\n".parse::<Plan>().unwrap();
    assert_eq!(usual.rules(), [mastodon::rules(mastodon::Limits::default())]);
    assert_eq!(usual.rules()[0].measure, Measure::Mastodon { per_url: 23 });
    assert!(usual.of(listing("x")).is_none());
}

#[test]
fn what_is_no_plan_is_refused() {
    for text in [
        "",
        " ",
        "none",
        "X",
        "x:280",
        "bluesky:",
        "x x",
        "mastodon mastodon:500:23",
        "mastodon:500",
        "mastodon:0:23",
        "mastodon:500:-1",
        "mastodon:500:23:",
        "mastodon:500:23:boosts",
        "mastodon:500:23:quotes:1",
        "mastodon:1000000:23",
    ] {
        assert_eq!(text.parse::<Plan>(), Err(NotPlanned), "{text}");
    }
}
