//! Judging the accounts: where the channel publishes, with which secrets, and for what its words are composed. Pure.
//!
//! Invariant: no secret is shown, and what is not ok names the next command.

use platforms::accounts::{Listing, PLATFORMS, Plan, Planned, Setting};

use super::{
    super::connect::PLAN,
    Finding,
    looks::Parameters,
    things::{DEPLOY, not_written},
};

/// What words are composed for: what the template wrote for the functions.
pub(super) fn composition(channel: &str, parameters: &Parameters) -> Finding {
    const CHECK: &str = "composition";
    match plan(parameters) {
        None => not_written(CHECK, channel, PLAN),
        Some(plan) => {
            let planned = PLATFORMS.iter().filter(|listing| plan.of(listing).is_some());
            let planned = planned.map(|listing| listing.title).collect::<Vec<_>>();
            Finding::ok(CHECK, format!("words are composed for {}", and(&planned)))
        }
    }
}

fn plan(parameters: &Parameters) -> Option<Plan> {
    parameters.plain(PLAN)?.parse().ok()
}

fn and(names: &[&str]) -> String {
    match names {
        [others @ .., last] if !others.is_empty() => format!("{} and {last}", others.join(", ")),
        names => names.concat(),
    }
}

/// Whether, and where, the channel publishes; `out_there` is how many items have posts on a platform already.
pub(super) fn publishing(channel: &str, parameters: &Parameters, out_there: usize) -> Finding {
    const CHECK: &str = "publishing";
    // Who has no account and no secret cannot take down either, whatever somebody reports or withdraws.
    let stuck = |why: &str, next: &str| {
        let what = format!(
            "{why}, and {out_there} published before cannot be taken down. To stop posting, use \
             `clientsconnect pause --tables {channel}` instead"
        );
        Finding::broken(CHECK, what, next)
    };
    if is_trial(parameters) {
        return match out_there {
            0 => Finding::ok(CHECK, "this is a trial: nothing is published anywhere"),
            _ => stuck("this is a trial", "sam deploy --parameter-overrides Trial=no"),
        };
    }
    let titles = set_up(parameters).map(|listing| listing.title).collect::<Vec<_>>();
    match (titles.is_empty(), out_there) {
        (false, _) => Finding::ok(CHECK, format!("what is approved appears on {}", and(&titles))),
        (true, 0) => Finding::ok(CHECK, "off: no platform is set up, so what is approved waits"),
        (true, _) => stuck("off: no platform is set up", "sam deploy --guided"),
    }
}

fn is_trial(parameters: &Parameters) -> bool {
    parameters.plain("trial") == Some("yes")
}

/// The platforms on which the channel should have an account: the template wrote of it. In a trial none is looked at.
pub(super) fn set_up(parameters: &Parameters) -> impl Iterator<Item = &'static Listing> {
    let is_told = |setting: &&Setting| !setting.is_secret && parameters.plain(&setting.parameter()).is_some();
    let is_set_up = move |listing: &&Listing| listing.settings.iter().find(is_told).is_some();
    PLATFORMS.iter().filter(move |listing| !is_trial(parameters) && is_set_up(listing))
}

/// What an account lacks before it can be asked for anything.
pub(super) fn lacks(channel: &str, listing: &Listing, parameters: &Parameters) -> Option<Finding> {
    let has_plain = |setting: &Setting| parameters.plain(&setting.parameter()).is_some();
    let (secrets, plain) = listing.settings.iter().partition::<Vec<_>, _>(|setting| setting.is_secret);
    if let Some(setting) = plain.into_iter().find(|setting| !has_plain(setting)) {
        return Some(not_written(listing.title, channel, &setting.parameter()));
    }
    let names = |settings: &[&Setting]| settings.iter().map(|one| one.parameter()).collect::<Vec<_>>();
    let open = names(
        &secrets
            .iter()
            .copied()
            .filter(|one| parameters.values.contains_key(&one.parameter()))
            .collect::<Vec<_>>(),
    );
    if !open.is_empty() {
        let full = open.iter().map(|name| format!("/{channel}/{name}")).collect::<Vec<_>>();
        let what =
            format!("no SecureString: {}. Others may have read it, so it needs a new value", full.join(", "));
        let delete = format!("aws ssm delete-parameters --names {}", full.join(" "));
        return Some(Finding::broken(
            listing.title,
            what,
            format!("{delete} && {}", put(channel, &open, false)),
        ));
    }
    let missing = secrets.into_iter().filter(|one| !parameters.secrets.contains(&one.parameter()));
    let missing = missing.collect::<Vec<_>>();
    let first = missing.first()?;
    let names = names(&missing);
    let what = format!(
        "nothing is posted there: {} is missing: {}",
        names.iter().map(|name| format!("/{channel}/{name}")).collect::<Vec<_>>().join(" and "),
        first.whence
    );
    Some(Finding::to_do(listing.title, what, put(channel, &names, false)))
}

/// Asks for each secret without showing it, and stores it.
fn put(channel: &str, names: &[String], is_there: bool) -> String {
    let overwrite = if is_there { " --overwrite" } else { "" };
    let put = |name: &str| {
        format!(
            "read -rs SECRET && aws ssm put-parameter --name {name} --type SecureString{overwrite} --value \"$SECRET\""
        )
    };
    match names {
        [name] => put(&format!("/{channel}/{name}")),
        names => format!(
            "for NAME in {}; do echo \"$NAME:\"; {}; done",
            names.join(" "),
            put(&format!("\"/{channel}/$NAME\""))
        ),
    }
}

/// Whether the account takes its secrets, and whether words are composed for what its server accepts.
pub(super) fn account(
    channel: &str,
    listing: &'static Listing,
    parameters: &Parameters,
    seen: &Result<Planned, String>,
) -> Finding {
    let public = listing.settings.iter().filter(|setting| !setting.is_secret);
    let public = public.filter_map(|setting| parameters.plain(&setting.parameter()));
    let public = public.collect::<Vec<_>>().join(", ");
    let should = match seen {
        Ok(planned) => planned,
        Err(why) => {
            let secrets = listing.settings.iter().filter(|setting| setting.is_secret);
            return Finding::broken(
                listing.title,
                format!(
                    "the account ({public}) cannot be used: {why}. What is approved waits for it. If a secret is wrong, make another"
                ),
                put(channel, &secrets.map(Setting::parameter).collect::<Vec<_>>(), true),
            );
        }
    };
    let plan = plan(parameters);
    let planned = plan.as_ref().and_then(|plan| plan.of(listing));
    match (planned, should.limits()) {
        (None, _) => {
            let what = format!("the account ({public}) is in order, but no words are composed for it");
            Finding::broken(listing.title, what, DEPLOY)
        }
        (Some(planned), Some(limits)) if planned.rules() != should.rules() => Finding::broken(
            listing.title,
            format!(
                "its server accepts {limits}, and words are composed for {}: what is too long is refused",
                planned.limits().unwrap_or("the usual")
            ),
            format!("sam deploy --parameter-overrides {}Limits={limits}", listing.title),
        ),
        (Some(_), _) => Finding::ok(listing.title, format!("the account ({public}) may post")),
    }
}

#[cfg(test)]
mod tests;
