//! Judging what is deployed: keys, tables, queues, mail, pages. Pure: from what was seen to a finding.
//!
//! Invariant: what is not ok names the next command or page, so that nobody has to know AWS to go on.

use aws::dead_letters::{dead_letters_name, queue_name};
use store::schema::DUE_INDEX;

use super::{
    Finding,
    looks::{Identity, LinkKeys, MailAccount, MailEvents, NoAnswer, Page, QueuePair, Table},
};

/// The attribute by which items expire, as the store writes it.
const EXPIRES: &str = "expires_at";

/// What brings back what the template defines.
pub(super) const DEPLOY: &str = "sam build && sam deploy";

/// What a table needs besides protection and recovery.
#[derive(Debug, Clone, Copy)]
pub(super) struct TableNeeds {
    /// The end of its name.
    pub(super) name: &'static str,
    check: &'static str,
    has_due_index: bool,
    expires: bool,
}

/// The tables.
pub(super) const TABLES: [TableNeeds; 4] = [
    // Besides submissions: where a therapist has a seat, which expires.
    TableNeeds { name: "submissions", check: "table submissions", has_due_index: true, expires: true },
    TableNeeds { name: "disclosures", check: "table disclosures", has_due_index: false, expires: false },
    TableNeeds { name: "settings", check: "table settings", has_due_index: false, expires: false },
    TableNeeds { name: "tokens", check: "table tokens", has_due_index: false, expires: true },
];

/// The first call had no answer: nothing else would.
pub(super) fn no_answer(no: &NoAnswer) -> Finding {
    match no {
        NoAnswer::Credentials => {
            let what = "there are no credentials: sign in, or set AWS_PROFILE to a profile that has some";
            Finding::broken("AWS", what, "aws configure")
        }
        NoAnswer::Connection => {
            let what = "cannot be reached: is there a network, and is AWS_ENDPOINT_URL unset?";
            Finding::broken("AWS", what, "aws sts get-caller-identity")
        }
        NoAnswer::Code(code) => {
            let what = format!("does not answer to these credentials: {code}");
            Finding::broken("AWS", what, "aws sts get-caller-identity")
        }
    }
}

/// A parameter that the template writes is not there.
pub(super) fn not_written(check: &'static str, channel: &str, parameter: &str) -> Finding {
    Finding::broken(
        check,
        format!("the parameter /{channel}/{parameter} is missing, or not as it should be"),
        DEPLOY,
    )
}

/// The keys of links.
pub(super) fn link_keys(channel: &str, keys: &LinkKeys) -> Finding {
    const CHECK: &str = "link keys";
    let name = format!("/{channel}/link-keys");
    let put = |overwrite: &str| {
        format!(
            "aws ssm put-parameter --name {name} --type SecureString{overwrite} --value \"$(clientsconnect keys new)\""
        )
    };
    match keys {
        LinkKeys::Missing => Finding::to_do(CHECK, format!("there are none in {name} yet"), put("")),
        LinkKeys::NotSecret => Finding::broken(
            CHECK,
            format!("{name} is no SecureString: others may have read it, so it needs other keys"),
            format!("aws ssm delete-parameter --name {name} && {}", put("")),
        ),
        LinkKeys::Unseen(no) => Finding::unseen(CHECK, no.as_str()),
        LinkKeys::Unusable(error) => {
            Finding::broken(CHECK, format!("{name} cannot be used: {error}"), put(" --overwrite"))
        }
        LinkKeys::Live(1) => Finding::ok(CHECK, format!("{name} has one key")),
        LinkKeys::Live(number) => {
            Finding::ok(CHECK, format!("{name} has {number} keys, of which the first seals"))
        }
    }
}

/// A table.
pub(super) fn table(channel: &str, needs: &TableNeeds, seen: &Result<Option<Table>, NoAnswer>) -> Finding {
    let name = format!("{channel}-{}", needs.name);
    let table = match seen {
        Err(no) => return Finding::unseen(needs.check, no.as_str()),
        Ok(None) => return Finding::broken(needs.check, format!("{name} does not exist"), DEPLOY),
        Ok(Some(table)) => table,
    };
    if needs.has_due_index && !table.indexes.iter().any(|index| index == DUE_INDEX) {
        let what = format!("{name} has no index {DUE_INDEX}, so nothing that waits is found");
        return Finding::broken(needs.check, what, DEPLOY);
    }
    let (mut lacks, mut next) = (Vec::new(), Vec::new());
    if !table.recovers {
        lacks.push("has no point-in-time recovery");
        next.push(format!(
            "aws dynamodb update-continuous-backups --table-name {name} --point-in-time-recovery-specification PointInTimeRecoveryEnabled=true"
        ));
    }
    if !table.is_protected {
        lacks.push("is not protected from deletion");
        next.push(format!("aws dynamodb update-table --table-name {name} --deletion-protection-enabled"));
    }
    if needs.expires && table.expires_by.as_deref() != Some(EXPIRES) {
        lacks.push("does not let expire what should");
        next.push(format!(
            "aws dynamodb update-time-to-live --table-name {name} --time-to-live-specification Enabled=true,AttributeName={EXPIRES}"
        ));
    }
    if lacks.is_empty() {
        return Finding::ok(needs.check, format!("{name} is there, protected and recoverable"));
    }
    Finding::to_do(needs.check, format!("{name} {}", lacks.join(", ")), next.join(" && "))
}

/// A queue.
pub(super) fn queue(channel: &str, queue: &'static str, seen: &Result<QueuePair, NoAnswer>) -> Finding {
    let check = match queue {
        "screening" => "queue screening",
        "invitations" => "queue invitations",
        "intake" => "queue intake",
        _ => "queue bounces",
    };
    let (name, dead) = (queue_name(channel, queue), dead_letters_name(channel, queue));
    let pair = match seen {
        Err(no) => return Finding::unseen(check, no.as_str()),
        Ok(pair) => pair,
    };
    let (waiting, letters) = match (pair.waiting, pair.letters) {
        (None, _) => return Finding::broken(check, format!("{name} does not exist"), DEPLOY),
        (_, None) => return Finding::broken(check, format!("{dead} does not exist"), DEPLOY),
        (Some(waiting), Some(letters)) => (waiting, letters),
    };
    // arn:aws:sqs:REGION:ACCOUNT:NAME
    let target = pair.redrives_to.as_deref().and_then(|arn| arn.rsplit(':').next());
    if target != Some(dead.as_str()) {
        let what = format!("what fails in {name} does not go to {dead}, and could be lost");
        return Finding::broken(check, what, DEPLOY);
    }
    if letters > 0 {
        let what = format!("{letters} that no function could process in {dead}");
        return Finding::to_do(check, what, format!("clientsconnect dead-letters list --tables {channel}"));
    }
    Finding::ok(check, format!("{name} has {waiting} waiting and no dead letters"))
}

/// SES's account.
pub(super) fn mail_account(region: &str, seen: &Result<MailAccount, NoAnswer>) -> Finding {
    const CHECK: &str = "mail account";
    let page = format!("https://{region}.console.aws.amazon.com/ses/home?region={region}#/account");
    match seen {
        Err(no) => Finding::unseen(CHECK, no.as_str()),
        Ok(MailAccount { may_send: false, .. }) => {
            Finding::broken(CHECK, "SES has stopped this account's mail: its page says why", page)
        }
        Ok(MailAccount { is_in_sandbox: true, .. }) => Finding::to_do(
            CHECK,
            "SES is in its sandbox, and mails nobody but verified addresses, 200 a day: ask for production access",
            page,
        ),
        Ok(_) => Finding::ok(CHECK, "SES sends to anybody"),
    }
}

/// The address in `Name <address>`, or the whole.
fn bare_address(from: &str) -> &str {
    let bare = from.rsplit_once('<').and_then(|(_, rest)| rest.split_once('>'));
    bare.map_or(from, |(address, _)| address).trim()
}

/// What SES may know a sender by: the address, its domain, and the domains above, which SES lets send for those below.
pub(super) fn possible_identities(from: &str) -> Vec<String> {
    let address = bare_address(from).to_lowercase();
    let mut names = vec![address.clone()];
    let mut domain = address.rsplit_once('@').map(|(_, domain)| domain);
    while let Some(name) = domain.filter(|name| name.contains('.')) {
        names.push(name.to_owned());
        domain = name.split_once('.').map(|(_, above)| above);
    }
    names
}

/// The sender: verified, and with a signature by which mail programs know that a mail is the channel's.
pub(super) fn sender(region: &str, from: &str, seen: &Result<Vec<Identity>, NoAnswer>) -> Finding {
    const CHECK: &str = "mail sender";
    let address = bare_address(from);
    let page = |identity: &str| {
        format!("https://{region}.console.aws.amazon.com/ses/home?region={region}#/identities/{identity}")
    };
    let identities = match seen {
        Err(no) => return Finding::unseen(CHECK, no.as_str()),
        Ok(identities) => identities,
    };
    let verified = identities.iter().filter(|one| one.is_verified).collect::<Vec<_>>();
    match (identities.first(), verified.iter().find(|one| one.signs), verified.first()) {
        (_, Some(one), _) => {
            Finding::ok(CHECK, format!("{address} may send, verified and signed (DKIM) by {}", one.name))
        }
        (_, None, Some(one)) => {
            let mend = match one.name.contains('@') {
                true => "verify its domain as well",
                false => "set the DNS records that its page shows",
            };
            Finding::to_do(
                CHECK,
                format!(
                    "{address} may send, but without a signature (DKIM) its mail looks like spam: {mend}"
                ),
                page(&one.name),
            )
        }
        (Some(one), None, None) => Finding::to_do(
            CHECK,
            format!(
                "{} is not verified yet: its page has the DNS records to set, or sends the mail again",
                one.name
            ),
            page(&one.name),
        ),
        (None, None, None) => {
            let domain = address.rsplit_once('@').map_or(address, |(_, domain)| domain);
            Finding::to_do(
                CHECK,
                format!(
                    "SES does not know {address}: add its domain, then set the DNS records that it asks for"
                ),
                format!("aws sesv2 create-email-identity --email-identity {domain}"),
            )
        }
    }
}

/// What comes back: bounces and complaints.
pub(super) fn mail_events(channel: &str, seen: &Result<Option<MailEvents>, NoAnswer>) -> Finding {
    const CHECK: &str = "mail that comes back";
    match seen {
        Err(no) => Finding::unseen(CHECK, no.as_str()),
        Ok(None) => Finding::broken(CHECK, format!("the configuration set {channel} does not exist"), DEPLOY),
        Ok(Some(MailEvents { bounces: true, complaints: true })) => {
            Finding::ok(CHECK, "bounces and complaints are reported")
        }
        Ok(Some(_)) => Finding::broken(
            CHECK,
            format!("the configuration set {channel} does not report both bounces and complaints"),
            DEPLOY,
        ),
    }
}

/// The address of a page below `url`.
pub(super) fn page_address(url: &str, path: &str) -> String {
    format!("{}{path}", url.trim_end_matches('/'))
}

/// The log of all functions has the channel's name.
fn logs(channel: &str) -> String {
    format!("aws logs tail {channel} --since 15m")
}

/// What is no address of pages, such as another file's content by mistake, is neither asked nor printed.
pub(super) fn is_page_address(url: &str) -> bool {
    const LONGEST: usize = 200;
    let has_scheme = url.starts_with("https://") || url.starts_with("http://");
    has_scheme && url.len() <= LONGEST && url.chars().all(|one| one.is_ascii_graphic())
}

/// The channel's own answer to whether it is there, and in which version.
pub(super) fn health(channel: &str, url: &str, seen: &Result<Page, NoAnswer>) -> Finding {
    const CHECK: &str = "public pages";
    const OURS: &str = env!("CARGO_PKG_VERSION");
    let address = page_address(url, "/health");
    match seen {
        Err(no) => {
            Finding::broken(CHECK, format!("{address} does not answer: {}", no.as_str()), logs(channel))
        }
        Ok(Page { status: 200, version: Some(version) }) if version == OURS => {
            Finding::ok(CHECK, format!("{url} answers, version {version}"))
        }
        Ok(Page { status: 200, version: Some(version) }) => Finding::to_do(
            CHECK,
            format!("{url} runs version {version}, and this command is {OURS}: deploy, or use that version"),
            DEPLOY,
        ),
        Ok(Page { status, .. }) => Finding::broken(
            CHECK,
            format!("{address} answers {status}, and not as the channel does"),
            logs(channel),
        ),
    }
}

/// The page that must always be there.
pub(super) fn help(channel: &str, url: &str, seen: &Result<Page, NoAnswer>) -> Finding {
    const CHECK: &str = "help page";
    let address = page_address(url, "/help");
    let what = match seen {
        Ok(Page { status: 200, .. }) => return Finding::ok(CHECK, format!("{address} answers")),
        Ok(Page { status, .. }) => format!("{address} answers {status}"),
        Err(no) => format!("{address} does not answer: {}", no.as_str()),
    };
    Finding::broken(CHECK, what, logs(channel))
}

#[cfg(test)]
mod tests;
