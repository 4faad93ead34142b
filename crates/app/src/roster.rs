//! The roster, as a coordinator keeps it.

use curation::{
    audit::{Actor, ChainHead},
    ids::PersonId,
    roster::{Duty, Membership, Officer, Register, Therapist},
};
use jiff::civil::Date;
use store::{StoreError, Switches};

use crate::{
    Core,
    accept::{Email, InvalidEmail},
};

/// The longest name and number: registers publish no formats, so that a human compares; this only keeps pages whole.
const LONGEST_FIELD: usize = 120;

/// Why the roster did not change.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RosterError {
    /// No such person.
    #[error("nobody on the roster has this id: `clientsconnect roster list` shows the ids")]
    Unknown,
    /// No such register.
    #[error("this register is not known: content/registers.toml lists those that are")]
    UnknownRegister,
    /// Somebody has this address.
    #[error("somebody on the roster has this address already")]
    Duplicate,
    /// A field is empty or too long.
    #[error("the {0} is empty or longer than {LONGEST_FIELD} characters")]
    Field(&'static str),
    /// The day of a check lies in the future.
    #[error("the check cannot lie in the future")]
    Future,
    /// No address.
    #[error(transparent)]
    Email(#[from] InvalidEmail),
    /// The store did not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A therapist as a coordinator enters them, having looked them up.
#[derive(Debug, Clone)]
pub struct NewTherapist {
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// Their register's code, as in `content/registers.toml`.
    pub register: String,
    /// Their number there.
    pub register_number: String,
    /// The kind of membership found there.
    pub membership: Membership,
    /// When it was looked up; today if not said.
    pub checked_on: Option<Date>,
    /// Who looked.
    pub checked_by: String,
}

/// Adds a therapist.
///
/// # Errors
/// [`RosterError`].
pub async fn add(core: &Core, new: NewTherapist) -> Result<Therapist, RosterError> {
    let now = core.clock.now();
    let email = Email::parse(&new.email)?;
    let register = content::register(&new.register).ok_or(RosterError::UnknownRegister)?;
    let checked_on = new.checked_on.unwrap_or(now.today());
    if checked_on > now.today() {
        return Err(RosterError::Future);
    }
    if core.store.therapists().await?.iter().any(|therapist| therapist.email == email.as_str()) {
        return Err(RosterError::Duplicate);
    }
    let therapist = Therapist {
        id: new_id(core),
        name: field(new.name, "name")?,
        email: email.as_str().to_owned(),
        register: Register(register.code.clone()),
        register_number: field(new.register_number, "register number")?,
        membership: new.membership,
        checked_on,
        checked_by: field(new.checked_by, "name of who checked")?,
        active: true,
        bouncing: false,
        unsubscribed: false,
        away_until: None,
        epoch: 0,
        invited: vec![],
        version: 1,
    };
    core.store.put_therapist(&therapist).await?;
    Ok(therapist)
}

/// Adds somebody who runs the channel.
///
/// # Errors
/// [`RosterError`].
pub async fn add_officer(core: &Core, name: String, email: &str, duty: Duty) -> Result<Officer, RosterError> {
    let email = Email::parse(email)?.as_str().to_owned();
    // A release takes two people: one mailbox must not be both of them.
    let other = match duty {
        Duty::Lead => Some(Duty::Deputy),
        Duty::Deputy => Some(Duty::Lead),
        Duty::Coordinator => None,
    };
    let officers = core.store.officers().await?;
    if officers.iter().any(|officer| Some(officer.duty) == other && officer.email == email) {
        return Err(RosterError::Duplicate);
    }
    let name = field(name, "name")?;
    let officer = Officer { id: new_id(core), name, email, duty, bouncing: false, version: 1 };
    core.store.put_officer(&officer).await?;
    Ok(officer)
}

/// A human looked a therapist up again.
///
/// # Errors
/// [`RosterError`].
pub async fn check(
    core: &Core,
    id: PersonId,
    membership: Membership,
    checked_by: String,
) -> Result<Therapist, RosterError> {
    let checked_by = field(checked_by, "name of who checked")?;
    change(core, id, |therapist| {
        therapist.membership = membership;
        therapist.checked_on = core.clock.now().today();
        therapist.checked_by.clone_from(&checked_by);
    })
    .await
}

/// Pauses a therapist, or lets them take part again, whatever kept them from it: a pause, their own wish, or mail that
/// came back. Pausing kills every link they hold.
///
/// # Errors
/// [`RosterError`].
pub async fn pause(core: &Core, id: PersonId, is_paused: bool) -> Result<Therapist, RosterError> {
    change(core, id, |therapist| {
        therapist.active = !is_paused;
        therapist.epoch += u32::from(is_paused);
        if !is_paused {
            therapist.bouncing = false;
            therapist.unsubscribed = false;
        }
    })
    .await
}

/// Whoever runs the channel gets mail again: somebody has seen that their mailbox works.
///
/// # Errors
/// [`RosterError::Unknown`] if nobody who runs the channel has this id.
pub async fn resume_officer(core: &Core, id: PersonId) -> Result<Officer, RosterError> {
    mark_officer(core, id, false).await
}

/// Marks whether mail to somebody who runs the channel comes back.
pub(crate) async fn mark_officer(
    core: &Core,
    id: PersonId,
    is_bouncing: bool,
) -> Result<Officer, RosterError> {
    for _ in 0..crate::MOST_RACES {
        let officers = core.store.officers().await?;
        let mut officer =
            officers.into_iter().find(|officer| officer.id == id).ok_or(RosterError::Unknown)?;
        officer.bouncing = is_bouncing;
        officer.version += 1;
        match core.store.put_officer(&officer).await {
            Ok(()) => return Ok(officer),
            Err(StoreError::Conflict) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(StoreError::Conflict.into())
}

/// Stops or starts publishing and inviting, for the whole channel.
///
/// # Errors
/// [`RosterError::Store`].
pub async fn pause_channel(core: &Core, actor: Actor, is_paused: bool) -> Result<(), RosterError> {
    let action = if is_paused { "paused" } else { "resumed" };
    turn_switch(core, actor, action, |switches| switches.paused = is_paused).await?;
    Ok(())
}

/// Turns a switch, and writes into the channel's record who did what; decided anew when somebody else was first.
pub(crate) async fn turn_switch(
    core: &Core,
    actor: Actor,
    action: &str,
    turn: impl Fn(&mut Switches),
) -> Result<Switches, StoreError> {
    for _ in 0..crate::MOST_RACES {
        let mut switches = core.store.channel().await?.switches;
        turn(&mut switches);
        let entry = switches.chain.of_channel(core.clock.now().at, actor, action.to_owned());
        switches.version += 1;
        switches.chain = ChainHead { sequence: entry.sequence, hash: entry.hash() };
        match core.store.set_switches(&switches, &entry).await {
            Ok(()) => return Ok(switches),
            Err(StoreError::Conflict) => {}
            Err(error) => return Err(error),
        }
    }
    Err(StoreError::Conflict)
}

pub(crate) async fn change(
    core: &Core,
    id: PersonId,
    change: impl Fn(&mut Therapist),
) -> Result<Therapist, RosterError> {
    for _ in 0..crate::MOST_RACES {
        let mut therapist = core.store.therapist(id).await?.ok_or(RosterError::Unknown)?;
        change(&mut therapist);
        therapist.version += 1;
        match core.store.put_therapist(&therapist).await {
            Ok(()) => return Ok(therapist),
            Err(StoreError::Conflict) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(StoreError::Conflict.into())
}

fn new_id(core: &Core) -> PersonId {
    let milliseconds = u64::try_from(core.clock.now().at.as_millisecond()).unwrap_or_default();
    PersonId::new(milliseconds, core.randomness.bytes())
}

fn field(text: String, name: &'static str) -> Result<String, RosterError> {
    let text = text.trim().to_owned();
    let is_whole =
        !text.is_empty() && text.chars().count() <= LONGEST_FIELD && !text.contains(char::is_control);
    if is_whole { Ok(text) } else { Err(RosterError::Field(name)) }
}
