//! X's webhook beside the other routes, for who asks for an account on X in the environment.
//!
//! Invariant: without the account there is no route, so that nothing unsigned is ever believed.

use std::fmt;

use app::Core;
use axum::Router;

/// The account whose webhook is answered.
#[derive(Clone)]
pub(crate) struct Asked {
    account: String,
    name: String,
    consumer_secret: String,
}

impl fmt::Debug for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Asked").field("account", &self.account).finish_non_exhaustive()
    }
}

impl Asked {
    /// The account of the process's environment, if it names one with its secret. That half of one is refused is looked
    /// after by [`super::accounts`].
    pub(crate) fn of_process() -> Option<Self> {
        let read = |name: &str| {
            let value = std::env::var(name).ok()?.trim().to_owned();
            (!value.is_empty()).then_some(value)
        };
        Some(Self {
            account: read("X_USER_ID")?,
            consumer_secret: read("X_CONSUMER_SECRET")?,
            name: read("X_USERNAME").unwrap_or_else(|| app::intake::CHANNEL_NAME.to_owned()),
        })
    }

    /// The function's routes.
    pub(crate) fn router(&self, core: Core) -> Router {
        let Self { account, name, consumer_secret } = self;
        let webhook = receive_webhook::Webhook::new(core, account.clone(), name.clone(), consumer_secret);
        receive_webhook::router(webhook)
    }

    /// What whoever starts the channel should know.
    pub(crate) fn news(&self, address: &str) -> String {
        format!(
            "X's events are taken at {address}{}, for the account {}.",
            receive_webhook::PATH,
            self.account
        )
    }
}
