//! From a slot to posts, and when posts need a human.

use jiff::Timestamp;

use super::InvalidTransition;
use crate::{
    audit::Actor,
    composition::Rendering,
    ids::PersonId,
    roster::Duty,
    submission::{
        About, Afterwards, Attention, Delivery, DeliveryStatus, Recipient, State, Step, Submission, waits,
    },
    time::Now,
};

impl Submission {
    /// Takes the item for publishing: fixes every delivery's intent, and leases it. `created_at` is real time.
    ///
    /// # Errors
    /// Unless it is approved and waits for a slot.
    pub fn take(
        mut self,
        renderings: &[Rendering],
        created_at: Timestamp,
        now: Now,
    ) -> Result<Step, InvalidTransition> {
        let State::Approved { awaits_submitter: false, .. } = self.state else {
            return self.refuse("publishing");
        };
        let occurrence = &self.content.as_str()[..OCCURRENCE_DIGITS];
        self.deliveries = renderings
            .iter()
            .flat_map(|rendering| {
                (0..rendering.parts.len()).map(|part| Delivery {
                    platform: rendering.platform.clone(),
                    part,
                    key: format!("{occurrence}-{part}"),
                    created_at,
                    status: DeliveryStatus::Pending,
                    post: None,
                })
            })
            .collect();
        if let Some(first) = self.deliveries.first_mut() {
            first.status = DeliveryStatus::Sending;
        }
        Ok(self.enter(leased(now), Actor::System, "publishing", now))
    }

    /// The submitter agrees to words that others changed.
    ///
    /// # Errors
    /// Unless that is what the item waits for.
    pub fn agree(self, now: Now) -> Result<Step, InvalidTransition> {
        let State::Approved { awaits_submitter: true, .. } = self.state else {
            return self.refuse("agreeing to changed words");
        };
        let state = State::Approved { awaits_submitter: false, due_at: now.at };
        Ok(self.enter(state, Actor::Submitter, "agreed", now))
    }

    /// Renews the lease: of a publisher at work, or taken over from one that vanished.
    ///
    /// # Errors
    /// Unless it is being posted or taken down.
    pub fn renew_lease(self, now: Now) -> Result<Step, InvalidTransition> {
        let state = match self.state {
            State::Publishing { .. } => leased(now),
            State::Retracting { then, .. } => {
                State::Retracting { then, due_at: now.after_real(waits::LEASE) }
            }
            _ => return self.refuse("a lease"),
        };
        Ok(self.waiting(state))
    }

    /// Records how far one delivery is, and ends publishing when all are sent.
    ///
    /// # Errors
    /// Unless it is being posted or taken down: a post made while a concern arrived is recorded, to be taken down.
    pub fn delivered(
        mut self,
        index: usize,
        status: DeliveryStatus,
        post: Option<String>,
        now: Now,
    ) -> Result<Step, InvalidTransition> {
        let state = match self.state {
            State::Publishing { .. } => leased(now),
            State::Retracting { then, due_at } => State::Retracting { then, due_at },
            _ => return self.refuse("recording a post"),
        };
        if let Some(delivery) = self.deliveries.get_mut(index) {
            delivery.status = status;
            delivery.post = post.or_else(|| delivery.post.take());
        }
        let is_sent = self.deliveries.iter().all(|delivery| delivery.status == DeliveryStatus::Sent);
        if is_sent && matches!(state, State::Publishing { .. }) {
            return Ok(self
                .enter(State::Published { at: now.at }, Actor::System, "published", now)
                .telling(Recipient::Submitter, About::Status));
        }
        Ok(self.waiting(state))
    }

    /// A delivery cannot go on without a human.
    ///
    /// # Errors
    /// Unless it is being posted.
    pub fn needs_attention(
        mut self,
        index: usize,
        status: DeliveryStatus,
        why: Attention,
        now: Now,
    ) -> Result<Step, InvalidTransition> {
        if !matches!(self.state, State::Publishing { .. }) {
            return self.refuse("asking a human");
        }
        if let Some(delivery) = self.deliveries.get_mut(index) {
            delivery.status = status;
        }
        Ok(self.await_human(why, now))
    }

    fn await_human(self, why: Attention, now: Now) -> Step {
        let state = State::NeedsAttention { why, due_at: now.after(waits::ATTENTION_AGAIN) };
        self.enter(state, Actor::System, "needs_attention", now)
            .telling(Recipient::Duty(Duty::Coordinator), About::NeedsAttention)
    }

    /// A coordinator saw the post on the platform (`Some`), or attests that it is not there (`None`): publishing goes on.
    ///
    /// # Errors
    /// Unless a human was asked about a publication.
    pub fn attest(
        mut self,
        coordinator: PersonId,
        post: Option<String>,
        now: Now,
    ) -> Result<Step, InvalidTransition> {
        if !matches!(self.state, State::NeedsAttention { .. }) {
            return self.refuse("attesting a post");
        }
        let asked = |delivery: &&mut Delivery| {
            !matches!(delivery.status, DeliveryStatus::Sent | DeliveryStatus::Pending)
        };
        let action = if post.is_some() { "attested: present" } else { "attested: absent" };
        if let Some(delivery) = self.deliveries.iter_mut().find(asked) {
            delivery.status = if post.is_some() { DeliveryStatus::Sent } else { DeliveryStatus::Pending };
            delivery.post = post;
        }
        let state = State::Publishing { due_at: now.at };
        Ok(self.enter(state, Actor::Person(coordinator), action, now))
    }

    /// Posts could not be taken down just now.
    ///
    /// # Errors
    /// Unless it is being taken down.
    pub fn retract_again(self, now: Now) -> Result<Step, InvalidTransition> {
        let State::Retracting { then, .. } = self.state else {
            return self.refuse("retracting");
        };
        let step = self.waiting(State::Retracting { then, due_at: now.after_real(waits::RETRACT_AGAIN) });
        Ok(match then {
            // Somebody may be harmed for as long as it is there: every failure tells a human.
            Afterwards::Held => step.telling(Recipient::Duty(Duty::Coordinator), About::NeedsAttention),
            Afterwards::Retracted => step,
        })
    }
}

/// How many digits of the content hash name an occurrence: 64 bits, far beyond any channel's number of posts.
const OCCURRENCE_DIGITS: usize = 16;

fn leased(now: Now) -> State {
    State::Publishing { due_at: now.after_real(waits::LEASE) }
}
