//! Looking: calls of AWS and of the public pages, and what they answered. Nothing is judged here.
//!
//! Invariant: every call reads. A secret is looked at for its shape and dropped.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use anyhow::Context;
use aws::{
    dead_letters::{dead_letters_name, queue_name},
    start::SystemFreshness,
};
use aws_config::SdkConfig;
use aws_sdk_dynamodb::{
    error::{ProvideErrorMetadata, SdkError},
    types::{PointInTimeRecoveryStatus, TimeToLiveStatus},
};
use aws_sdk_sesv2::types::{DkimStatus, EventType};
use aws_sdk_sqs::types::QueueAttributeName;
use aws_sdk_ssm::{
    config::{ProvideCredentials, SharedCredentialsProvider},
    types::ParameterType,
};
use platforms::{
    accounts::{Listing, PLATFORMS, Planned, Setting, Value},
    secret::FixedSecret,
    x::Freshness,
};
use serde::Deserialize;
use web::links::{Keyring, KeyringError};

use super::{
    super::connect,
    things::{page_address, possible_identities},
};

/// One request of a page: a cold function answers within a second or two.
const PAGE_WITHIN: Duration = Duration::from_secs(15);
/// As much of a page as is read, in bytes: what `/health` answers is shorter by far.
const MOST_OF_A_PAGE: usize = 64 * 1024;

/// The ends of the names of the parameters `/NAME/...`, besides those of accounts.
const PARAMETERS: [&str; 5] = ["link-keys", "public-url", "mail-from", "trial", connect::PLAN];

/// As many parameters as SSM gives at once.
const AT_ONCE: usize = 10;

/// Why there was no answer: a service's code, or what kept the call from it. Without personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NoAnswer {
    /// There are no credentials.
    Credentials,
    /// The service could not be reached.
    Connection,
    /// The service said so.
    Code(String),
}

impl NoAnswer {
    /// In a word or two.
    pub(super) fn as_str(&self) -> &str {
        match self {
            Self::Credentials => "there are no credentials",
            Self::Connection => "no connection",
            Self::Code(code) => code,
        }
    }

    fn of<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> Self {
        match error {
            SdkError::TimeoutError(_) | SdkError::DispatchFailure(_) => Self::Connection,
            error => Self::Code(error.code().unwrap_or("an answer that cannot be read").to_owned()),
        }
    }
}

/// The channel's parameters: the values of the plain ones, and that the secret ones exist.
#[derive(Debug, Clone, Default)]
pub(super) struct Parameters {
    pub(super) values: BTreeMap<String, String>,
    pub(super) secrets: BTreeSet<String>,
}

impl Parameters {
    /// The value of a plain parameter.
    pub(super) fn plain(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(|value| value.trim()).filter(|value| !value.is_empty())
    }
}

/// The keys of links.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum LinkKeys {
    Missing,
    /// Kept where everybody who may read parameters reads it.
    NotSecret,
    Unseen(NoAnswer),
    Unusable(KeyringError),
    Live(usize),
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Table {
    /// The names of its indexes.
    pub(super) indexes: Vec<String>,
    pub(super) is_protected: bool,
    /// Point-in-time recovery.
    pub(super) recovers: bool,
    /// The attribute by which items expire.
    pub(super) expires_by: Option<String>,
}

/// A queue and the one for its dead letters.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct QueuePair {
    /// Messages in the queue; none if there is no such queue.
    pub(super) waiting: Option<u64>,
    /// The ARN of where its dead letters go.
    pub(super) redrives_to: Option<String>,
    /// The dead letters; none if there is no such queue.
    pub(super) letters: Option<u64>,
}

/// SES's account in the region.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct MailAccount {
    pub(super) is_in_sandbox: bool,
    pub(super) may_send: bool,
}

/// Somebody whom SES lets send: an address or a domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Identity {
    pub(super) name: String,
    pub(super) is_verified: bool,
    pub(super) signs: bool,
}

/// What the configuration set reports.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct MailEvents {
    pub(super) bounces: bool,
    pub(super) complaints: bool,
}

/// A page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Page {
    pub(super) status: u16,
    /// The version that it names, if it is `/health`.
    pub(super) version: Option<String>,
}

/// Looks at one channel.
pub(super) struct Looks {
    pub(super) channel: String,
    pub(super) region: String,
    credentials: Option<SharedCredentialsProvider>,
    dynamodb: aws_sdk_dynamodb::Client,
    mail: aws_sdk_sesv2::Client,
    queues: aws_sdk_sqs::Client,
    parameters: aws_sdk_ssm::Client,
    pages: reqwest::Client,
}

impl Looks {
    /// # Errors
    /// If there is no way to make HTTP requests.
    pub(super) fn new(sdk: &SdkConfig, channel: &str) -> anyhow::Result<Self> {
        let pages = reqwest::Client::builder()
            .timeout(PAGE_WITHIN)
            // A page that moved is not where the mails say that it is.
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .context("the public pages cannot be looked at from here")?;
        Ok(Self {
            channel: channel.to_owned(),
            region: sdk.region().map(ToString::to_string).unwrap_or_default(),
            credentials: sdk.credentials_provider(),
            dynamodb: aws_sdk_dynamodb::Client::new(sdk),
            mail: aws_sdk_sesv2::Client::new(sdk),
            queues: aws_sdk_sqs::Client::new(sdk),
            parameters: aws_sdk_ssm::Client::new(sdk),
            pages,
        })
    }

    /// The parameters that there are: the first call, which also tells whether there will be answers at all.
    pub(super) async fn parameters(&self) -> Result<Parameters, NoAnswer> {
        let credentials = self.credentials.as_ref().ok_or(NoAnswer::Credentials)?;
        credentials.provide_credentials().await.map_err(|_| NoAnswer::Credentials)?;
        let under = format!("/{}/", self.channel);
        let of_accounts = PLATFORMS.iter().flat_map(|listing| listing.settings);
        let names = PARAMETERS.map(str::to_owned).into_iter().chain(of_accounts.map(Setting::parameter));
        let names = names.map(|name| format!("{under}{name}")).collect::<Vec<_>>();
        let mut parameters = Vec::new();
        for names in names.chunks(AT_ONCE) {
            let answer = self.parameters.get_parameters().set_names(Some(names.to_vec())).send().await;
            parameters.extend(answer.map_err(|error| NoAnswer::of(&error))?.parameters.unwrap_or_default());
        }
        let mut found = Parameters::default();
        for parameter in parameters {
            let name = parameter.name.unwrap_or_default();
            let name = name.strip_prefix(&under).unwrap_or(&name).to_owned();
            match parameter.r#type {
                Some(ParameterType::SecureString) => {
                    found.secrets.insert(name);
                }
                _ => {
                    found.values.insert(name, parameter.value.unwrap_or_default());
                }
            }
        }
        Ok(found)
    }

    pub(super) async fn link_keys(&self, parameters: &Parameters) -> LinkKeys {
        const NAME: &str = "link-keys";
        if parameters.values.contains_key(NAME) {
            return LinkKeys::NotSecret;
        }
        if !parameters.secrets.contains(NAME) {
            return LinkKeys::Missing;
        }
        match self.secret(NAME).await.map(|text| text.parse::<Keyring>()) {
            Ok(Ok(keyring)) => LinkKeys::Live(keyring.key_ids().len()),
            Ok(Err(error)) => LinkKeys::Unusable(error),
            Err(no) => LinkKeys::Unseen(no),
        }
    }

    async fn secret(&self, name: &str) -> Result<String, NoAnswer> {
        let name = format!("/{}/{name}", self.channel);
        let answer = self.parameters.get_parameter().name(name).with_decryption(true).send().await;
        let answer = answer.map_err(|error| NoAnswer::of(&error))?;
        Ok(answer.parameter.and_then(|parameter| parameter.value).unwrap_or_default())
    }

    /// Whether an account takes its secrets, and what words should be composed for there.
    pub(super) async fn account(
        &self,
        listing: &'static Listing,
        parameters: &Parameters,
    ) -> Result<Planned, String> {
        let mut secrets = BTreeMap::new();
        for setting in listing.settings.iter().filter(|setting| setting.is_secret) {
            let secret = self.secret(&setting.parameter()).await.map_err(|no| no.as_str().to_owned())?;
            secrets.insert(setting.name, secret);
        }
        let told = listing.told(|setting| match setting.is_secret {
            true => secrets
                .get(setting.name)
                .map(|secret| Value::Secret(Arc::new(FixedSecret::new(secret.clone())))),
            false => parameters.plain(&setting.parameter()).map(|value| Value::Plain(value.to_owned())),
        });
        let told = told.map_err(|half| half.to_string())?.ok_or("there is none")?;
        let freshness: Arc<dyn Freshness> = Arc::new(SystemFreshness);
        let account = listing.account(&told, &freshness);
        account.verify().await.map_err(|error| error.to_string())?;
        account.planned().await.map_err(|error| error.to_string())
    }

    /// The table whose name ends so; none if there is none.
    pub(super) async fn table(&self, name: &str) -> Result<Option<Table>, NoAnswer> {
        let name = format!("{}-{name}", self.channel);
        let described = self.dynamodb.describe_table().table_name(&name).send().await;
        let description = match described {
            Ok(answer) => answer.table,
            Err(error) if error.code() == Some("ResourceNotFoundException") => return Ok(None),
            Err(error) => return Err(NoAnswer::of(&error)),
        };
        let backups = self.dynamodb.describe_continuous_backups().table_name(&name).send().await;
        let backups = backups.map_err(|error| NoAnswer::of(&error))?.continuous_backups_description;
        let recovery = backups.and_then(|backups| backups.point_in_time_recovery_description);
        let recovery = recovery.and_then(|recovery| recovery.point_in_time_recovery_status);
        let expiry = self.dynamodb.describe_time_to_live().table_name(&name).send().await;
        let expiry = expiry.map_err(|error| NoAnswer::of(&error))?.time_to_live_description;
        let is_on = |status: &Option<TimeToLiveStatus>| {
            matches!(status, Some(TimeToLiveStatus::Enabled | TimeToLiveStatus::Enabling))
        };
        Ok(Some(Table {
            indexes: description
                .iter()
                .flat_map(|table| table.global_secondary_indexes())
                .filter_map(|index| index.index_name.clone())
                .collect(),
            is_protected: description.and_then(|table| table.deletion_protection_enabled).unwrap_or(false),
            recovers: recovery == Some(PointInTimeRecoveryStatus::Enabled),
            expires_by: expiry
                .filter(|expiry| is_on(&expiry.time_to_live_status))
                .and_then(|expiry| expiry.attribute_name),
        }))
    }

    /// One of the queues that functions read.
    pub(super) async fn queue(&self, queue: &str) -> Result<QueuePair, NoAnswer> {
        let source = self.attributes(&queue_name(&self.channel, queue)).await?;
        let letters = self.attributes(&dead_letters_name(&self.channel, queue)).await?;
        let waiting = |attributes: &Attributes| {
            let of = |name| attributes.get(&name).and_then(|number: &String| number.parse::<u64>().ok());
            // What is being looked at is still there.
            of(QueueAttributeName::ApproximateNumberOfMessages).unwrap_or_default()
                + of(QueueAttributeName::ApproximateNumberOfMessagesNotVisible).unwrap_or_default()
        };
        Ok(QueuePair {
            waiting: source.as_ref().map(waiting),
            redrives_to: source
                .and_then(|mut attributes| attributes.remove(&QueueAttributeName::RedrivePolicy))
                .and_then(|policy| serde_json::from_str::<RedrivePolicy>(&policy).ok())
                .map(|policy| policy.dead_letter_target_arn),
            letters: letters.as_ref().map(waiting),
        })
    }

    async fn attributes(&self, name: &str) -> Result<Option<Attributes>, NoAnswer> {
        let found = self.queues.get_queue_url().queue_name(name).send().await;
        let url = match found {
            Ok(answer) => answer.queue_url.unwrap_or_default(),
            Err(error) => {
                let code = error.code().unwrap_or_default();
                // Two protocols of SQS, two names for one thing.
                let is_missing = code.ends_with("QueueDoesNotExist") || code.ends_with("NonExistentQueue");
                return if is_missing { Ok(None) } else { Err(NoAnswer::of(&error)) };
            }
        };
        let asked = self.queues.get_queue_attributes().queue_url(url);
        let answer = asked.attribute_names(QueueAttributeName::All).send().await;
        Ok(Some(answer.map_err(|error| NoAnswer::of(&error))?.attributes.unwrap_or_default()))
    }

    pub(super) async fn mail_account(&self) -> Result<MailAccount, NoAnswer> {
        let account = self.mail.get_account().send().await.map_err(|error| NoAnswer::of(&error))?;
        Ok(MailAccount {
            is_in_sandbox: !account.production_access_enabled,
            may_send: account.sending_enabled && account.enforcement_status() != Some("SHUTDOWN"),
        })
    }

    /// What SES knows that may send as `from`, the most particular first.
    pub(super) async fn identities(&self, from: &str) -> Result<Vec<Identity>, NoAnswer> {
        let mut identities = Vec::new();
        for name in possible_identities(from) {
            match self.mail.get_email_identity().email_identity(&name).send().await {
                Ok(answer) => identities.push(Identity {
                    is_verified: answer.verified_for_sending_status,
                    signs: answer
                        .dkim_attributes
                        .is_some_and(|dkim| dkim.signing_enabled && dkim.status == Some(DkimStatus::Success)),
                    name,
                }),
                Err(error) if error.code() == Some("NotFoundException") => {}
                Err(error) => return Err(NoAnswer::of(&error)),
            }
        }
        Ok(identities)
    }

    /// What the channel's configuration set reports; none if there is none.
    pub(super) async fn mail_events(&self) -> Result<Option<MailEvents>, NoAnswer> {
        let set = self.mail.get_configuration_set_event_destinations();
        let destinations = match set.configuration_set_name(&self.channel).send().await {
            Ok(answer) => answer.event_destinations.unwrap_or_default(),
            Err(error) if error.code() == Some("NotFoundException") => return Ok(None),
            Err(error) => return Err(NoAnswer::of(&error)),
        };
        let reports = |event: EventType| {
            destinations.iter().any(|one| one.enabled && one.matching_event_types.contains(&event))
        };
        Ok(Some(MailEvents {
            bounces: reports(EventType::Bounce),
            complaints: reports(EventType::Complaint),
        }))
    }

    /// A public page.
    pub(super) async fn page(&self, url: &str, path: &str) -> Result<Page, NoAnswer> {
        #[derive(Deserialize)]
        struct Health {
            version: String,
        }
        let answer = self.pages.get(page_address(url, path)).send().await;
        let mut answer = answer.map_err(|_| NoAnswer::Connection)?;
        let status = answer.status().as_u16();
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|_| NoAnswer::Connection)? {
            body.extend_from_slice(&chunk);
            if body.len() > MOST_OF_A_PAGE {
                break;
            }
        }
        let version = serde_json::from_slice::<Health>(&body).ok().map(|health| health.version);
        Ok(Page { status, version })
    }
}

type Attributes = std::collections::HashMap<QueueAttributeName, String>;

/// SQS's own document, of which one part matters here.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RedrivePolicy {
    dead_letter_target_arn: String,
}
