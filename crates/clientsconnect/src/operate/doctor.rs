//! `clientsconnect doctor --aws`: looks at a deployed channel from end to end, and says what to do next.
//!
//! Invariants: it changes nothing; and it prints no secret and nobody's address but the channel's own.

mod accounts;
mod looks;
mod people;
mod things;

use anyhow::ensure;
use app::ports::Clock;
use aws::{dead_letters::QUEUES, start::SystemClock};
use clap::Args;
use serde::Serialize;
use serde_json::json;
use store::{Store, Tables};

use super::{
    connect,
    print::{Shown, clean},
};
use looks::Looks;

/// The channel's name if none is given: the template's.
const CHANNEL: &str = "clientsconnect";

/// Check a deployed channel from end to end, and say what to do next
#[derive(Debug, Args)]
#[command(after_help = "\
Each line is ok, to do or broken, and says what was looked at; under what is not ok stands the next command to copy, or
the page to open. Work from the top: later lines often mend themselves. Nothing is changed, and no secret is shown.
The exit status is 0 only if every line is ok.

Examples:
  clientsconnect doctor --aws
  clientsconnect doctor --aws --tables my-channel

With --json: {channel, region, findings: [{check, status, what, next}]}; status is ok, to_do or broken.")]
pub(crate) struct DoctorArgs {
    /// Look at a channel that is deployed on AWS; region, credentials and endpoint come from the usual AWS_ variables
    #[arg(long)]
    aws: bool,
    /// The channel's name, which is its stack's name and the prefix of its tables
    #[arg(long, value_name = "PREFIX", default_value = CHANNEL, value_parser = connect::prefix)]
    tables: String,
    /// Answer as JSON: field names are stable
    #[arg(long)]
    pub(crate) json: bool,
}

/// How something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Status {
    /// As it should be.
    Ok,
    /// Somebody has yet to do something; nothing is wrong with what is there.
    ToDo,
    /// Something that should be there is not, or is not as it should be.
    Broken,
}

/// What was found in one place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Finding {
    check: &'static str,
    status: Status,
    what: String,
    /// A command to copy, or a page to open: there unless it is ok.
    next: Option<String>,
}

impl Finding {
    fn ok(check: &'static str, what: impl Into<String>) -> Self {
        Self { check, status: Status::Ok, what: what.into(), next: None }
    }

    fn to_do(check: &'static str, what: impl Into<String>, next: impl Into<String>) -> Self {
        Self { check, status: Status::ToDo, what: what.into(), next: Some(next.into()) }
    }

    fn broken(check: &'static str, what: impl Into<String>, next: impl Into<String>) -> Self {
        Self { check, status: Status::Broken, what: what.into(), next: Some(next.into()) }
    }

    /// Something could not be looked at. `code` is a service's, without personal data.
    fn unseen(check: &'static str, code: &str) -> Self {
        let who = "aws sts get-caller-identity";
        Self::broken(check, format!("cannot be looked at with these credentials: {code}"), who)
    }
}

/// Looks at everything.
///
/// # Errors
/// Without `--aws`. What is wrong with the deployment is an answer and no error.
pub(crate) async fn run(args: &DoctorArgs) -> anyhow::Result<Shown> {
    ensure!(
        args.aws,
        "`clientsconnect doctor --aws` checks a channel that is deployed on AWS. A local one needs no doctor: \
         `clientsconnect local` says itself what is wrong"
    );
    let channel = &args.tables;
    let sdk = match connect::sdk().await {
        Ok(sdk) => sdk,
        Err(error) => {
            let finding = Finding::broken("AWS", format!("{error:#}"), "export AWS_REGION=eu-west-2");
            return shown(channel, None, &[finding]);
        }
    };
    let looks = Looks::new(&sdk, channel)?;
    let store = Store::new(aws_sdk_dynamodb::Client::new(&sdk), Tables::with_prefix(channel));
    let findings = examine(&looks, &store).await;
    shown(channel, Some(&looks.region), &findings)
}

/// The checks in order: what others depend on comes first, and where nothing further makes sense it ends.
async fn examine(looks: &Looks, store: &Store) -> Vec<Finding> {
    let channel = looks.channel.as_str();
    let mut found = Vec::new();
    let parameters = match looks.parameters().await {
        Ok(parameters) => {
            found.push(Finding::ok("AWS", format!("{} answers to these credentials", looks.region)));
            parameters
        }
        Err(no) => return vec![things::no_answer(&no)],
    };
    found.push(things::link_keys(channel, &looks.link_keys(&parameters).await));

    let mut tables = Vec::new();
    for what in things::TABLES {
        tables.push((what, looks.table(what.name).await));
    }
    if tables.iter().all(|(_, table)| matches!(table, Ok(None))) {
        found.push(Finding::broken(
            "tables",
            format!("no channel {channel} is deployed in {}, or it has another name", looks.region),
            "sam build && sam deploy --guided",
        ));
        return found;
    }
    found.extend(tables.iter().map(|(what, table)| things::table(channel, what, table)));
    for queue in QUEUES {
        found.push(things::queue(channel, queue, &looks.queue(queue).await));
    }
    found.push(things::mail_account(&looks.region, &looks.mail_account().await));
    found.push(match parameters.plain("mail-from") {
        Some(from) => things::sender(&looks.region, from, &looks.identities(from).await),
        None => things::not_written("mail sender", channel, "mail-from"),
    });
    found.push(things::mail_events(channel, &looks.mail_events().await));
    match parameters.plain("public-url").filter(|url| things::is_page_address(url)) {
        Some(url) => {
            found.push(things::health(channel, url, &looks.page(url, "/health").await));
            found.push(things::help(channel, url, &looks.page(url, "/help").await));
        }
        None => found.push(things::not_written("public pages", channel, "public-url")),
    }
    let (seen, out_there) = people::all(channel, store, SystemClock.now()).await;
    found.extend(seen);
    found.push(accounts::composition(channel, &parameters));
    found.push(accounts::publishing(channel, &parameters, out_there));
    for listing in accounts::set_up(&parameters) {
        let finding = match accounts::lacks(channel, listing, &parameters) {
            Some(finding) => finding,
            None => {
                accounts::account(channel, listing, &parameters, &looks.account(listing, &parameters).await)
            }
        };
        found.push(finding);
    }
    found
}

fn shown(channel: &str, region: Option<&str>, findings: &[Finding]) -> anyhow::Result<Shown> {
    let json = json!({ "channel": channel, "region": region, "findings": findings });
    let mut shown = Shown::new(plain(channel, findings), &json)?;
    shown.in_order = findings.iter().all(|finding| finding.status == Status::Ok);
    Ok(shown)
}

fn plain(channel: &str, findings: &[Finding]) -> String {
    let mut text = format!("The channel {channel}, looked at from end to end:\n\n");
    for Finding { check, status, what, next } in findings {
        let status = match status {
            Status::Ok => "ok",
            Status::ToDo => "to do",
            Status::Broken => "broken",
        };
        text.push_str(&format!("{status:<7} {check}: {}\n", clean(what)));
        if let Some(next) = next {
            text.push_str(&format!("        next: {next}\n"));
        }
    }
    let count = |status| findings.iter().filter(|finding| finding.status == status).count();
    text.push_str(&match (count(Status::Broken), count(Status::ToDo)) {
        (0, 0) => "\nEverything is in order.\n".to_owned(),
        (broken, to_do) => {
            format!("\n{broken} broken, {to_do} to do. Begin with the first, then look again.\n")
        }
    });
    text
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn each_finding_is_a_line_and_what_is_not_ok_says_what_is_next() {
        let findings = [
            Finding::ok("AWS", "eu-west-2 answers to these credentials"),
            Finding::to_do("link keys", "there are none yet", "do this"),
            Finding::broken("table tokens", "is missing", "sam deploy"),
        ];
        let shown = shown("example", Some("eu-west-2"), &findings).unwrap();
        insta::assert_snapshot!(shown.plain, @r"
        The channel example, looked at from end to end:

        ok      AWS: eu-west-2 answers to these credentials
        to do   link keys: there are none yet
                next: do this
        broken  table tokens: is missing
                next: sam deploy

        1 broken, 1 to do. Begin with the first, then look again.
        ");
        assert!(!shown.in_order);
        assert_eq!(shown.json["findings"][1]["status"], "to_do");
        assert_eq!(shown.json["findings"][0]["next"], serde_json::Value::Null);
    }

    #[test]
    fn all_is_in_order_only_if_every_line_is_ok() {
        let ok = Finding::ok("AWS", "answers");
        assert!(shown("example", None, std::slice::from_ref(&ok)).unwrap().in_order);
        let to_do = Finding::to_do("queue", "waits", "look");
        assert!(!shown("example", None, &[ok, to_do]).unwrap().in_order);
    }

    #[tokio::test]
    async fn a_local_channel_needs_no_doctor() {
        let args = DoctorArgs { aws: false, tables: CHANNEL.to_owned(), json: false };
        let error = run(&args).await.unwrap_err().to_string();
        assert!(error.contains("--aws") && error.contains("clientsconnect local"), "{error}");
    }
}
