//! Platforms beside the timeline, for who asks for them in the environment.
//!
//! Invariant: all of an account or nothing. Half of one is refused at the start, so that nobody believes that posts
//! appear where they do not.

use std::{fmt, sync::Arc, time::Duration};

use anyhow::bail;
use aws::start::SystemFreshness;
use curation::composition::PlatformRules;
use futures::future::join_all;
use platforms::{
    accounts::{Account, Half, Listing, PLATFORMS, Setting, Value},
    intake::MastodonServer,
    secret::FixedSecret,
    x::Freshness,
};
use tokio::time::timeout;

use super::timeline;

/// How long the start waits for a platform's answer: somebody is looking on.
const ANSWERS_WITHIN: Duration = Duration::from_secs(5);

/// The accounts that were asked for.
#[derive(Clone, Default)]
pub(crate) struct Asked(Vec<One>);

#[derive(Clone)]
struct One {
    listing: &'static Listing,
    /// What of it may be shown.
    shown: String,
    account: Arc<dyn Account>,
}

impl fmt::Debug for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|one| one.listing.name)).finish()
    }
}

impl Asked {
    /// The accounts of the process's environment.
    ///
    /// # Errors
    /// If it names a part of one; says what is missing.
    pub(crate) fn of_process() -> anyhow::Result<Self> {
        Self::of(|name| std::env::var(name).ok())
    }

    fn of(read: impl Fn(&str) -> Option<String>) -> anyhow::Result<Self> {
        let freshness: Arc<dyn Freshness> = Arc::new(SystemFreshness);
        let look = |setting: &Setting| {
            let value = read(setting.name).map(|value| value.trim().to_owned());
            let value = value.filter(|value| !value.is_empty())?;
            Some(match setting.is_secret {
                true => Value::Secret(Arc::new(FixedSecret::new(value))),
                false => Value::Plain(value),
            })
        };
        let mut asked = Vec::new();
        for listing in PLATFORMS {
            match listing.told(look) {
                Ok(None) => {}
                Ok(Some(told)) => {
                    let account = listing.account(&told, &freshness);
                    asked.push(One { listing, shown: told.to_string(), account });
                }
                Err(Half { title, missing }) => {
                    let missing = missing.iter().map(|one| one.name).collect::<Vec<_>>().join(" and ");
                    let all = listing.settings.iter().map(|one| one.name).collect::<Vec<_>>().join(", ");
                    bail!(
                        "to publish to {title}, set {missing} too; to publish without {title}, unset all of {all}"
                    )
                }
            }
        }
        Ok(Self(asked))
    }

    /// The platforms.
    pub(crate) fn platforms(&self) -> impl Iterator<Item = Arc<dyn platforms::Platform>> {
        self.0.iter().map(|one| Arc::clone(&one.account) as Arc<dyn platforms::Platform>)
    }

    /// The Mastodon server whose posts can be proposed by their link.
    pub(crate) fn mastodon_server(&self) -> Option<MastodonServer> {
        let one = self.0.iter().find(|one| one.listing.name == "mastodon")?;
        let shown = one.shown.split(", ");
        shown.filter_map(MastodonServer::parse).next()
    }

    /// What words are composed for here: the timeline, and what is asked for. Asks the servers whose limits are their own,
    /// and says where that was in vain.
    pub(crate) async fn rules(&self) -> (Vec<PlatformRules>, Vec<String>) {
        let (mut rules, mut news) = (vec![timeline::rules(), app::feed::rules()], Vec::new());
        for (one, planned) in self.0.iter().zip(join_all(self.0.iter().map(One::planned)).await) {
            match planned {
                Ok(planned) => rules.push(planned.rules().clone()),
                Err(why) => {
                    let usual = one.listing.usual();
                    let title = one.listing.title;
                    news.push(format!(
                        "{title}'s limits cannot be read ({why}): words are composed for those of an unchanged server, {} characters.",
                        usual.rules().longest
                    ));
                    rules.push(usual.rules().clone());
                }
            }
        }
        (rules, news)
    }

    /// What whoever starts the channel should know: where posts appear, and whether these accounts take them.
    pub(crate) async fn news(&self) -> Vec<String> {
        let found = join_all(self.0.iter().map(One::verified)).await;
        self.0
            .iter()
            .zip(found)
            .map(|(One { listing: Listing { title, .. }, shown, .. }, found)| match found {
                Ok(()) => {
                    format!("Posts appear on {title} too ({shown}): what is approved here is public.")
                }
                Err(why) => format!(
                    "Posts are to appear on {title} too ({shown}), but it takes none now: {why}. What is approved waits for it."
                ),
            })
            .collect()
    }
}

impl One {
    async fn planned(&self) -> Result<platforms::accounts::Planned, String> {
        match timeout(ANSWERS_WITHIN, self.account.planned()).await {
            Ok(planned) => planned.map_err(|error| error.to_string()),
            Err(_) => Err("no answer in time".to_owned()),
        }
    }

    async fn verified(&self) -> Result<(), String> {
        match timeout(ANSWERS_WITHIN, self.account.verify()).await {
            Ok(found) => found.map_err(|error| error.to_string()),
            Err(_) => Err("no answer in time".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use axum::{Json, Router, routing::get};
    use serde_json::json;

    use super::*;

    /// Nobody listens there.
    const NOWHERE: &str = "http://127.0.0.1:1";

    fn asked(values: &[(&str, &str)]) -> anyhow::Result<Asked> {
        Asked::of(|name| values.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()))
    }

    fn refusal(values: &[(&str, &str)]) -> String {
        asked(values).err().unwrap().to_string()
    }

    async fn names(asked: &Asked) -> Vec<String> {
        asked.rules().await.0.into_iter().map(|one| one.platform.to_string()).collect()
    }

    fn whole(server: &str) -> [(&'static str, String); 11] {
        [
            ("BLUESKY_SERVICE", server.to_owned()),
            ("BLUESKY_IDENTIFIER", "channel.example".to_owned()),
            ("BLUESKY_PASSWORD", "hunter2".to_owned()),
            ("X_USER_ID", "42".to_owned()),
            ("X_API", server.to_owned()),
            ("X_CONSUMER_KEY", "hunter2".to_owned()),
            ("X_CONSUMER_SECRET", "hunter2".to_owned()),
            ("X_ACCESS_TOKEN", "hunter2".to_owned()),
            ("X_ACCESS_TOKEN_SECRET", "hunter2".to_owned()),
            ("MASTODON_SERVER", server.to_owned()),
            ("MASTODON_ACCESS_TOKEN", "hunter2".to_owned()),
        ]
    }

    #[test]
    fn half_an_account_is_refused_by_the_names_of_what_is_missing() {
        assert!(asked(&[]).unwrap().0.is_empty());
        assert!(asked(&[("BLUESKY_SERVICE", " "), ("X_API", "https://api.x.example")]).unwrap().0.is_empty());
        let refused = refusal(&[("BLUESKY_SERVICE", "https://bsky.example"), ("BLUESKY_PASSWORD", "")]);
        assert!(refused.contains("set BLUESKY_IDENTIFIER and BLUESKY_PASSWORD too"), "{refused}");
        let refused = refusal(&[("MASTODON_ACCESS_TOKEN", "hunter2")]);
        assert!(refused.contains("set MASTODON_SERVER too"), "{refused}");
        assert!(!refused.contains("hunter2"));
        let refused = refusal(&[("X_CONSUMER_KEY", "hunter2"), ("X_ACCESS_TOKEN", "hunter2")]);
        let missing = "to publish to X, set X_USER_ID and X_CONSUMER_SECRET and X_ACCESS_TOKEN_SECRET too";
        assert!(refused.starts_with(missing), "{refused}");
        assert!(!refused.contains("hunter2"));
    }

    #[tokio::test]
    async fn whole_accounts_add_platforms_and_no_secret_is_told() {
        let values = whole(NOWHERE);
        let values = values.iter().map(|(name, value)| (*name, value.as_str())).collect::<Vec<_>>();
        let all = asked(&values).unwrap();
        assert_eq!(names(&all).await, ["local", "feed", "bluesky", "x", "mastodon"]);
        assert_eq!(all.platforms().count(), 3);
        assert_eq!(names(&asked(&values[3..9]).unwrap()).await, ["local", "feed", "x"]);
        assert_eq!(names(&Asked::default()).await, ["local", "feed"]);
        let news = all.news().await.join("\n");
        assert!(news.contains("Bluesky too (channel.example, http://127.0.0.1:1), but"), "{news}");
        assert_eq!(news.matches("What is approved waits for it.").count(), 3, "{news}");
        assert!(!news.contains("hunter2") && !format!("{all:?}").contains("hunter2"));
    }

    #[tokio::test]
    async fn words_are_composed_for_what_the_server_says_and_else_for_an_unchanged_one() {
        let instance = json!({ "configuration": { "statuses": {
            "max_characters": 1234, "characters_reserved_per_url": 30,
        } } });
        let router = Router::new().route("/api/v2/instance", get(move || async { Json(instance) }));
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let server = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        for (server, longest, line) in [(server.as_str(), 1234, None), (NOWHERE, 500, Some("500 characters"))]
        {
            let asked = asked(&[("MASTODON_SERVER", server), ("MASTODON_ACCESS_TOKEN", "hunter2")]).unwrap();
            let (rules, news) = asked.rules().await;
            assert_eq!(rules[2].longest, longest);
            assert_eq!(news.len(), usize::from(line.is_some()), "{news:?}");
            assert!(line.is_none_or(|line| news[0].contains(line)), "{news:?}");
        }
    }
}
