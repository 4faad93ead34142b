//! `clientsconnect roster`: who reviews, and who runs the channel.

use app::{Core, roster::NewTherapist};
use clap::{Args, Subcommand, ValueEnum};
use curation::{
    ids::PersonId,
    roster::{CHECK_HOLDS_MONTHS, Duty, Membership, Officer, Therapist, oldest_check},
    time::Now,
};
use jiff::{ToSpan, civil::Date};
use serde::Serialize;
use serde_json::json;

use super::{
    advice,
    connect::Place,
    print::{Shown, clean, day, table},
};

/// Keep the roster: who reviews, and who runs the channel
#[derive(Debug, Args)]
#[command(after_help = "\
A therapist reviews only while a human has found them in the public register of their body, as a full member,
within the last three months. Look them up first (content/registers.toml has the registers' addresses), then
say so with `add` or `check`. Nobody is removed: who stops is paused, since the record of their votes stays.

Examples:
  clientsconnect roster add --name \"Example Therapist\" --email therapist@example.org \\
      --register UKCP --number EX1 --membership full --checked-by \"Example Coordinator\"
  clientsconnect roster add --officer lead --name \"Example Lead\" --email lead@example.org
  clientsconnect roster list
  clientsconnect roster check 01JD00000000000000000000AA --membership full --checked-by \"Example Coordinator\"
  clientsconnect roster pause 01JD00000000000000000000AA")]
pub(crate) struct RosterArgs {
    #[command(subcommand)]
    pub(crate) command: RosterCommand,
    #[command(flatten)]
    pub(crate) place: Place,
}

/// What to do with the roster.
#[derive(Debug, Subcommand)]
pub(crate) enum RosterCommand {
    /// Show everybody, with ids, and who may review today
    #[command(after_help = "\
With --json: {\"therapists\": [{id, name, email, register, register_number, membership, checked_on, checked_by,
holds_until, standing, bouncing, unsubscribed, away_until}], \"officers\": [{id, name, email, duty, bouncing}]}.
standing: good, paused, lapsed, not_full; a good one may also be bouncing, unsubscribed or away, and is then not
invited.")]
    List,
    /// Add a therapist whom you have just looked up, or with --officer somebody who runs the channel
    #[command(after_help = "With --json: the new person, as in `roster list --json`.")]
    Add(Box<AddArgs>),
    /// Say that you have looked a therapist up again in the public register, today
    #[command(after_help = "With --json: the therapist, as in `roster list --json`.")]
    Check {
        /// Whom: the id that `roster list` shows
        id: PersonId,
        /// What the register says
        #[arg(long)]
        membership: MembershipArg,
        /// Who looked
        #[arg(long, value_name = "NAME")]
        checked_by: String,
    },
    /// Let a therapist rest: no invitations, no votes, and every link they hold is dead
    #[command(after_help = "With --json: the therapist, as in `roster list --json`.")]
    Pause {
        /// Whom: the id that `roster list` shows
        id: PersonId,
    },
    /// Let somebody take part again: after a pause, after they unsubscribed, or once their mailbox works again
    #[command(after_help = "\
Works for therapists and for those who run the channel. Links from before a pause stay dead.

With --json: the person, as in `roster list --json`.")]
    Resume {
        /// Whom: the id that `roster list` shows
        id: PersonId,
    },
}

/// A new person.
#[derive(Debug, Args)]
pub(crate) struct AddArgs {
    /// Their name: for the channel's own people, never public
    #[arg(long)]
    name: String,
    /// Where mail to them goes
    #[arg(long)]
    email: String,
    /// They run the channel and do not review: the safeguarding lead, the deputy or a coordinator
    #[arg(long, value_name = "DUTY", conflicts_with_all = ["register", "number", "membership", "checked_by", "checked_on"])]
    officer: Option<DutyArg>,
    /// Their register's short name, such as UKCP or BACP
    #[arg(long, required_unless_present = "officer")]
    register: Option<String>,
    /// Their number in it
    #[arg(long, required_unless_present = "officer")]
    number: Option<String>,
    /// What the register says: only full members review
    #[arg(long, required_unless_present = "officer")]
    membership: Option<MembershipArg>,
    /// Who looked them up
    #[arg(long, value_name = "NAME", required_unless_present = "officer")]
    checked_by: Option<String>,
    /// When they were looked up, as 2026-11-23 [default: today]
    #[arg(long, value_name = "DATE")]
    checked_on: Option<Date>,
}

/// A duty, as typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum DutyArg {
    /// The safeguarding lead, whom alone a crisis disclosure reaches
    Lead,
    /// The lead's deputy, who confirms what the lead releases
    Deputy,
    /// Runs the channel, and sees no crisis text
    Coordinator,
}

impl From<DutyArg> for Duty {
    fn from(duty: DutyArg) -> Self {
        match duty {
            DutyArg::Lead => Self::Lead,
            DutyArg::Deputy => Self::Deputy,
            DutyArg::Coordinator => Self::Coordinator,
        }
    }
}

/// A membership, as typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum MembershipArg {
    /// Full, accredited or registered
    Full,
    /// Student, trainee, affiliate, retired: does not review
    Other,
}

impl From<MembershipArg> for Membership {
    fn from(membership: MembershipArg) -> Self {
        match membership {
            MembershipArg::Full => Self::Full,
            MembershipArg::Other => Self::Other,
        }
    }
}

/// Does it.
///
/// # Errors
/// In plain English, with what to do next.
pub(crate) async fn run(core: &Core, command: RosterCommand) -> anyhow::Result<Shown> {
    match command {
        RosterCommand::List => list(core).await,
        RosterCommand::Add(args) => add(core, *args).await,
        RosterCommand::Check { id, membership, checked_by } => {
            let checked = app::roster::check(core, id, membership.into(), checked_by).await;
            changed(core, checked, "Looked up")
        }
        RosterCommand::Pause { id } => changed(
            core,
            app::roster::pause(core, id, true).await,
            "Paused, and every link they hold is dead",
        ),
        RosterCommand::Resume { id } => resume(core, id).await,
    }
}

async fn resume(core: &Core, id: PersonId) -> anyhow::Result<Shown> {
    match app::roster::pause(core, id, false).await {
        Err(app::roster::RosterError::Unknown) => {
            let officer =
                app::roster::resume_officer(core, id).await.map_err(|error| advice::of_roster(&error))?;
            let plain = format!(
                "Gets mail again: {} ({}), {}\n",
                officer.id,
                clean(&officer.name),
                officer.duty.as_str()
            );
            Shown::new(plain, &OfficerLine::of(&officer))
        }
        resumed => changed(core, resumed, "Takes part again"),
    }
}

async fn add(core: &Core, args: AddArgs) -> anyhow::Result<Shown> {
    if let Some(duty) = args.officer {
        let officer = app::roster::add_officer(core, args.name, &args.email, duty.into())
            .await
            .map_err(|error| advice::of_roster(&error))?;
        let plain = format!("Added as {}: {}\nUse this id with --as.\n", officer.duty.as_str(), officer.id);
        return Shown::new(plain, &OfficerLine::of(&officer));
    }
    // The parser asks for these unless --officer is there; an empty one is refused by name.
    let new = NewTherapist {
        name: args.name,
        email: args.email,
        register: args.register.unwrap_or_default(),
        register_number: args.number.unwrap_or_default(),
        membership: args.membership.map_or(Membership::Other, Membership::from),
        checked_on: args.checked_on,
        checked_by: args.checked_by.unwrap_or_default(),
    };
    changed(core, app::roster::add(core, new).await, "Added")
}

fn changed(
    core: &Core,
    result: Result<Therapist, app::roster::RosterError>,
    what: &str,
) -> anyhow::Result<Shown> {
    let therapist = result.map_err(|error| advice::of_roster(&error))?;
    let line = TherapistLine::of(&therapist, core.clock.now());
    let plain = format!("{what}: {} ({})\n{}\n", therapist.id, clean(&therapist.name), line.in_words());
    Shown::new(plain, &line)
}

async fn list(core: &Core) -> anyhow::Result<Shown> {
    let now = core.clock.now();
    let therapists = core.store.therapists().await.map_err(|error| advice::of_store(&error))?;
    let officers = core.store.officers().await.map_err(|error| advice::of_store(&error))?;
    let lines = therapists.iter().map(|therapist| TherapistLine::of(therapist, now)).collect::<Vec<_>>();
    let people = officers.iter().map(OfficerLine::of).collect::<Vec<_>>();
    let good = lines.iter().filter(|line| line.standing == "good").count();
    let mut plain = format!("Therapists: {}, of whom {good} may review today.\n", lines.len());
    if !lines.is_empty() {
        let rows = lines.iter().map(TherapistLine::row).collect::<Vec<_>>();
        plain.push_str(&table(["ID", "NAME", "REGISTER", "NUMBER", "LOOKED UP", "STANDING"], &rows));
    }
    plain.push_str(&format!("\nWho runs the channel: {}.\n", people.len()));
    if people.is_empty() {
        plain.push_str("Add at least a lead, a deputy and a coordinator: `clientsconnect roster add --officer lead ...`.\n");
    } else {
        let rows = people
            .iter()
            .map(|one| [one.id.to_string(), clean(one.name), one.in_words()])
            .collect::<Vec<_>>();
        plain.push_str(&table(["ID", "NAME", "DUTY"], &rows));
    }
    Shown::new(plain, &json!({ "therapists": lines, "officers": people }))
}

/// A therapist as shown. Field names are stable.
#[derive(Serialize)]
struct TherapistLine<'a> {
    id: PersonId,
    name: &'a str,
    email: &'a str,
    register: &'a str,
    register_number: &'a str,
    membership: Membership,
    checked_on: Date,
    checked_by: &'a str,
    /// The last day on which the look into the register holds.
    holds_until: Date,
    standing: &'static str,
    bouncing: bool,
    unsubscribed: bool,
    away_until: Option<Date>,
}

impl<'a> TherapistLine<'a> {
    fn of(therapist: &'a Therapist, now: Now) -> Self {
        let standing = match therapist {
            _ if therapist.in_good_standing(now) => "good",
            _ if !therapist.active => "paused",
            _ if therapist.membership != Membership::Full => "not_full",
            _ => "lapsed",
        };
        Self {
            id: therapist.id,
            name: &therapist.name,
            email: &therapist.email,
            register: &therapist.register.0,
            register_number: &therapist.register_number,
            membership: therapist.membership,
            checked_on: therapist.checked_on,
            checked_by: &therapist.checked_by,
            holds_until: holds_until(therapist.checked_on),
            standing,
            bouncing: therapist.bouncing,
            unsubscribed: therapist.unsubscribed,
            away_until: therapist.away_until.filter(|until| *until >= now.today()),
        }
    }

    fn in_words(&self) -> String {
        match self.standing {
            "paused" => "Paused: `clientsconnect roster resume` lets them take part again.".to_owned(),
            "not_full" => "Does not review: not a full member.".to_owned(),
            "lapsed" => format!(
                "Does not review: last looked up on {}. Look them up, then `clientsconnect roster check`.",
                day(self.checked_on)
            ),
            _ => {
                let mut words = format!("May review until {}", day(self.holds_until));
                if self.bouncing {
                    words.push_str("; not invited, since mail to them comes back");
                }
                if self.unsubscribed {
                    words.push_str("; not invited, since they unsubscribed");
                }
                if let Some(until) = self.away_until {
                    words.push_str(&format!("; away until {}", day(until)));
                }
                words + "."
            }
        }
    }

    fn row(&self) -> [String; 6] {
        [
            self.id.to_string(),
            clean(self.name),
            self.register.to_owned(),
            clean(self.register_number),
            day(self.checked_on),
            self.in_words(),
        ]
    }
}

/// The inverse of [`oldest_check`], which is the rule: months have different lengths, so it is asked and not guessed.
fn holds_until(checked_on: Date) -> Date {
    let holds = |date: Date| {
        let noon = curation::time::on_wall(date, jiff::civil::Time::constant(12, 0, 0, 0));
        checked_on >= oldest_check(Now::real(noon))
    };
    let mut last = checked_on.saturating_add(CHECK_HOLDS_MONTHS.months());
    while last < Date::MAX && holds(last.saturating_add(1.day())) {
        last = last.saturating_add(1.day());
    }
    last
}

/// Somebody who runs the channel, as shown. Field names are stable.
#[derive(Serialize)]
struct OfficerLine<'a> {
    id: PersonId,
    name: &'a str,
    email: &'a str,
    duty: &'static str,
    bouncing: bool,
}

impl<'a> OfficerLine<'a> {
    fn of(officer: &'a Officer) -> Self {
        let (name, email) = (&officer.name, &officer.email);
        Self { id: officer.id, name, email, duty: officer.duty.as_str(), bouncing: officer.bouncing }
    }

    fn in_words(&self) -> String {
        match self.bouncing {
            true => format!("{}; mail to them comes back, and goes to others", self.duty),
            false => self.duty.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn the_last_day_of_a_check_is_the_last_on_which_the_rule_says_so() {
        assert_eq!(holds_until(date(2026, 8, 23)), date(2026, 11, 23));
        // Three months before 30 November is 30 August; before 28 to 30 November the shorter months say more.
        assert_eq!(holds_until(date(2026, 8, 31)), date(2026, 11, 30));
        assert_eq!(holds_until(date(2026, 11, 30)), date(2027, 2, 28));
    }
}
