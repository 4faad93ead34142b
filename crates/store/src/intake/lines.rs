//! Whose turn it is: posts stand in the line of whoever asked for them first, and the lines take turns.
//!
//! Invariant: a source with many posts waits no less for each of them than one with a single post, and nobody's line is
//! lost: a turn is dropped only when its line has been empty for a while.

use curation::time::Now;
use jiff::{SignedDuration, Timestamp};

use super::{ARRIVED, GONE, POST, POSTS_KEPT, Post, PostKey, PostState, Reason, SETTLED};
use crate::{
    Store, StoreError,
    item::{DOCUMENT, Item, instant, key, number, string, text, with_document},
    schema::DUE_INDEX,
    transaction::{Change, Transaction},
};

/// The lane in which the lines wait for their turns.
const TURNS: &str = "turns";
/// For how long an empty line keeps its place. The index may be behind by a moment, so what looks empty may not be.
const EMPTY_LINES_KEPT: SignedDuration = SignedDuration::from_hours(1);
/// How long a line is found by whence somebody uses the form: longer than the day in which their links are counted.
const LINKS_TOLD_APART: SignedDuration = SignedDuration::from_hours(48);
/// Real time for which the index may be behind: a line that somebody asked in since then may hold more than it shows.
const INDEX_IS_BEHIND: SignedDuration = SignedDuration::from_mins(1);
/// So much later than now a line that was served waits again: behind all that waited before.
const NEXT_ROUND: SignedDuration = SignedDuration::from_millis(1);

fn line(source: &str) -> String {
    format!("line#{source}")
}

pub(super) fn turn_partition(source: &str) -> String {
    format!("turn#{source}")
}

/// The change by which a line that was served goes behind all others.
pub(super) fn served(now: Now) -> Change {
    Change::new("SET lane = :turns, due_at = :next")
        .with(":turns", text(TURNS))
        .with(":next", instant(now.after(NEXT_ROUND)))
}

/// The change that settles a post that waits, and forgets where and whose it was.
pub(super) fn settled(post: &Post, state: PostState, expires_at: i64, now: Now) -> Change {
    Change::new("ADD version :one")
        .named("#document", DOCUMENT)
        .named("#state", "state")
        .when("version = :version AND #state = :waiting")
        .with(":nothing", text("null"))
        .with(":state", text(state.name()))
        .with(":waiting", text(PostState::Waiting.name()))
        .with(":lane", text(SETTLED))
        .with(":now", instant(now.at))
        .with(":expires", number(expires_at))
        .with(":version", number(post.version))
        .with(":one", number(1))
}

/// What [`settled`] sets.
pub(super) const SETS: [&str; 5] =
    ["#document = :nothing", "#state = :state", "lane = :lane", "due_at = :now", "expires_at = :expires"];

impl Store {
    /// The line of whoever uses the form: a name that says nothing, `fresh` unless they have one, and found by `bucket` for
    /// 48 hours. Nothing else is kept of the bucket. One read, and one write for a new line.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if it was begun and forgotten at this moment.
    pub async fn line_of(&self, bucket: &str, fresh: &str, now: Now) -> Result<String, StoreError> {
        let (table, pk) = (&self.tables.tokens, format!("line#{bucket}"));
        for _ in 0..2 {
            let known: Option<(String, i64)> = self.get(table, &pk, "line", "line").await?;
            if let Some((known, _)) = known.filter(|(_, until)| *until > now.at.as_second()) {
                return Ok(known);
            }
            let until = now.after(LINKS_TOLD_APART).as_second();
            let mut item = with_document(&pk, "line", &(fresh, until))?;
            item.insert("expires_at".to_owned(), number(until));
            let mut transaction = Transaction::default();
            transaction.put_over_expired(table, item, now.at.as_second())?;
            if transaction.run_or_tell(&self.client).await?.is_empty() {
                return Ok(fresh.to_owned());
            }
        }
        Err(StoreError::Conflict)
    }

    /// Posts that came in and stand in no line yet, the oldest first: one query.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn arrived(&self, limit: i32) -> Result<Vec<PostKey>, StoreError> {
        let items = self.in_lane(ARRIVED, None, limit).await?;
        Ok(items.iter().filter_map(PostKey::of).collect())
    }

    /// Posts that are gone and of which something is left to be forgotten now, the oldest first: one query.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn gone(&self, now: Now, limit: i32) -> Result<Vec<PostKey>, StoreError> {
        let items = self.in_lane(GONE, Some(now.at), limit).await?;
        Ok(items.iter().filter_map(PostKey::of).collect())
    }

    /// Puts a post that came in at the end of its source's line: one transaction; two if nothing else of the line is due,
    /// so that its turn was put off.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if it changed since it was read: it is found again if it still stands in no line.
    pub async fn line_up(&self, post: &Post, now: Now) -> Result<(), StoreError> {
        let Some(wish) = &post.wish else { return Ok(()) };
        let next = instant(now.after(NEXT_ROUND));
        // Whose turn comes keeps it; whose turn was put off comes behind all others that wait.
        let kept =
            Change::new("SET lane = :turns, due_at = if_not_exists(due_at, :since), lined_up_at = :now")
                .when("attribute_not_exists(due_at) OR due_at <= :next")
                .with(":since", instant(wish.received_at));
        let next_round = Change::new("SET lane = :turns, due_at = :next, lined_up_at = :now");
        for turn in [kept, next_round] {
            let mut transaction = Transaction::default();
            let change = Change::new("SET lane = :line, due_at = :since ADD version :one")
                .when("version = :version AND lane = :arrived")
                .with(":line", text(line(&wish.source)))
                .with(":since", instant(wish.received_at))
                .with(":arrived", text(ARRIVED))
                .with(":version", number(post.version))
                .with(":one", number(1));
            transaction.update(&self.tables.submissions, &post.key.partition(), POST, change)?;
            let place = transaction.len();
            let turn =
                turn.with(":turns", text(TURNS)).with(":next", next.clone()).with(":now", instant(now.at));
            transaction.update(&self.tables.submissions, &turn_partition(&wish.source), "turn", turn)?;
            match transaction.run_or_tell(&self.client).await?.as_slice() {
                [] => return Ok(()),
                [failed] if *failed == place => {}
                _ => break,
            }
        }
        Err(StoreError::Conflict)
    }

    /// The sources whose turn it is, who waited longest first: one query.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn turns(&self, now: Now, limit: i32) -> Result<Vec<String>, StoreError> {
        let items = self.in_lane(TURNS, Some(now.after(NEXT_ROUND)), limit).await?;
        let source = |item: &Item| string(item, "pk")?.strip_prefix("turn#").map(str::to_owned);
        Ok(items.iter().filter_map(source).collect())
    }

    /// The first post in a source's line, and from when on it may be taken: one query.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn first_in_line(&self, source: &str) -> Result<Option<(PostKey, Timestamp)>, StoreError> {
        let items = self.in_lane(&line(source), None, 1).await?;
        Ok(items.first().and_then(|item| {
            let at = super::numeric(item, "due_at").and_then(|at| i64::try_from(at).ok())?;
            Some((PostKey::of(item)?, Timestamp::from_millisecond(at).ok()?))
        }))
    }

    /// A source's turn comes again at `at`: one update.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn turn_later(&self, source: &str, at: Timestamp) -> Result<(), StoreError> {
        let change = Change::new("SET due_at = :at").when("attribute_exists(pk)").with(":at", instant(at));
        let mut transaction = Transaction::default();
        transaction.update(&self.tables.submissions, &turn_partition(source), "turn", change)?;
        // A turn that is not there any more needs no time.
        transaction.run_or_tell(&self.client).await.map(drop)
    }

    /// Nothing of a source's line is due before `at`: its turn comes then. It comes in a moment if somebody stood in line so
    /// lately that the index may not show it yet. One update, or two.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn line_waits(&self, source: &str, at: Timestamp, now: Now) -> Result<(), StoreError> {
        let shown = now.after_real(-INDEX_IS_BEHIND);
        let change = Change::new("SET due_at = :at")
            .when("attribute_exists(pk) AND lined_up_at <= :shown")
            .with(":at", instant(at))
            .with(":shown", instant(shown));
        let mut transaction = Transaction::default();
        transaction.update(&self.tables.submissions, &turn_partition(source), "turn", change)?;
        if transaction.run_or_tell(&self.client).await?.is_empty() {
            return Ok(());
        }
        self.turn_later(source, at.min(now.after_real(INDEX_IS_BEHIND))).await
    }

    /// A source's line is empty: its turn is dropped if that has been so for a while, and comes later otherwise.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn line_is_empty(&self, source: &str, now: Now) -> Result<(), StoreError> {
        let since = now.at.saturating_sub(EMPTY_LINES_KEPT).unwrap_or(Timestamp::MIN);
        let answer = self
            .client
            .delete_item()
            .table_name(&self.tables.submissions)
            .set_key(Some(key(&turn_partition(source), "turn")))
            .condition_expression("attribute_not_exists(pk) OR lined_up_at <= :since")
            .expression_attribute_values(":since", instant(since))
            .send()
            .await;
        match answer.map_err(aws_sdk_dynamodb::error::SdkError::into_service_error) {
            Ok(_) => Ok(()),
            Err(error) if error.is_conditional_check_failed_exception() => {
                self.line_waits(source, now.after(EMPTY_LINES_KEPT), now).await
            }
            Err(error) => Err(StoreError::from_engine(&error)),
        }
    }

    /// A post is looked at again at `at`; others of its line may come before: one transaction.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if it changed since it was read.
    pub async fn postpone(&self, post: &Post, at: Timestamp) -> Result<(), StoreError> {
        let change = Change::new("SET due_at = :at ADD version :one")
            .named("#state", "state")
            .when("version = :version AND #state = :waiting")
            .with(":at", instant(at))
            .with(":waiting", text(PostState::Waiting.name()))
            .with(":version", number(post.version))
            .with(":one", number(1));
        let mut transaction = Transaction::default();
        transaction.update(&self.tables.submissions, &post.key.partition(), POST, change)?;
        transaction.run(&self.client).await
    }

    /// A post that waited is not taken: where it was and whose it was are forgotten. One transaction.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if it changed since it was read.
    pub async fn refuse(&self, post: &Post, reason: Reason, now: Now) -> Result<(), StoreError> {
        let mut transaction = Transaction::default();
        self.add_refusal(&mut transaction, post, reason, now)?;
        transaction.run(&self.client).await
    }

    /// A post waits under another address: it is settled under this one, and which other it was is known for when it is
    /// deleted under this one. One transaction.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if it changed since it was read.
    pub async fn moved(&self, post: &Post, to: &PostKey, now: Now) -> Result<(), StoreError> {
        let sets = [&SETS[..], &["reason = :reason", "moved_to = :to"]].concat();
        let change = settled(post, PostState::Refused, now.after(POSTS_KEPT).as_second(), now)
            .with(":reason", text(Reason::OtherAddress.as_str()))
            .with(":to", text(to.0.as_str()))
            .adding(&sets);
        let mut transaction = Transaction::default();
        transaction.update(&self.tables.submissions, &post.key.partition(), POST, change)?;
        transaction.run(&self.client).await
    }

    /// The words of a post are those of another: one more voice asks for that one, and this one is settled. One read, one
    /// transaction; two if nothing is known of the other any more.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if it changed since it was read.
    pub async fn fold_words(&self, post: &Post, words: &str, now: Now) -> Result<(), StoreError> {
        let other: Option<String> =
            self.get(&self.tables.tokens, &format!("words#{words}"), "words", "words").await?;
        let Some(other) = other.map(PostKey).filter(|other| *other != post.key) else {
            return self.refuse(post, Reason::SameWords, now).await;
        };
        let mut transaction = Transaction::default();
        self.add_refusal(&mut transaction, post, Reason::SameWords, now)?;
        let place = transaction.len();
        let change = Change::new("ADD voices :one").when("attribute_exists(pk)").with(":one", number(1));
        transaction.update(&self.tables.submissions, &other.partition(), POST, change)?;
        match transaction.run_or_tell(&self.client).await?.as_slice() {
            [] => Ok(()),
            [failed] if *failed == place => self.refuse(post, Reason::SameWords, now).await,
            _ => Err(StoreError::Conflict),
        }
    }

    pub(super) fn add_refusal(
        &self,
        transaction: &mut Transaction,
        post: &Post,
        reason: Reason,
        now: Now,
    ) -> Result<(), StoreError> {
        let sets = [&SETS[..], &["reason = :reason"]].concat();
        let change = settled(post, PostState::Refused, now.after(POSTS_KEPT).as_second(), now)
            .with(":reason", text(reason.as_str()))
            .adding(&sets);
        transaction.update(&self.tables.submissions, &post.key.partition(), POST, change)
    }

    /// Nothing is left to be done about a post that is gone: one transaction, in which its words and its place on the
    /// lead's list go.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if it changed since it was read.
    pub async fn forgotten(&self, post: &Post, now: Now) -> Result<(), StoreError> {
        let mut transaction = Transaction::default();
        let change = Change::new(
            "SET lane = :lane, due_at = :now REMOVE words, submission, moved_to ADD version :one",
        )
        .when("version = :version")
        .with(":lane", text(SETTLED))
        .with(":now", instant(now.at))
        .with(":version", number(post.version))
        .with(":one", number(1));
        transaction.update(&self.tables.submissions, &post.key.partition(), POST, change)?;
        for hash in post.words.iter().flat_map(|words| words.split(' ')) {
            transaction.delete(&self.tables.tokens, &format!("words#{hash}"), "words")?;
        }
        self.take_off_list_in(&mut transaction, &post.key)?;
        transaction.run(&self.client).await
    }

    /// What is left of a post that is gone is forgotten at `at`; others come before. One update.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if it changed since it was read.
    pub async fn forget_later(&self, post: &Post, at: Timestamp) -> Result<(), StoreError> {
        let change = Change::new("SET due_at = :at ADD version :one")
            .when("version = :version AND lane = :gone")
            .with(":at", instant(at))
            .with(":gone", text(GONE))
            .with(":version", number(post.version))
            .with(":one", number(1));
        let mut transaction = Transaction::default();
        transaction.update(&self.tables.submissions, &post.key.partition(), POST, change)?;
        transaction.run(&self.client).await
    }

    /// Drops an item if it has expired. Somebody may have asked for the post anew since it was read.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn drop_expired(&self, post: &PostKey, now: Now) -> Result<(), StoreError> {
        let answer = self
            .client
            .delete_item()
            .table_name(&self.tables.submissions)
            .set_key(Some(key(&post.partition(), POST)))
            .condition_expression("expires_at <= :now AND attribute_not_exists(submission)")
            .expression_attribute_values(":now", number(now.at.as_second()))
            .send()
            .await;
        match answer.map_err(aws_sdk_dynamodb::error::SdkError::into_service_error) {
            Ok(_) => Ok(()),
            Err(error) if error.is_conditional_check_failed_exception() => Ok(()),
            Err(error) => Err(StoreError::from_engine(&error)),
        }
    }

    pub(super) async fn in_lane(
        &self,
        lane: &str,
        until: Option<Timestamp>,
        limit: i32,
    ) -> Result<Vec<Item>, StoreError> {
        let mut query = self
            .client
            .query()
            .table_name(&self.tables.submissions)
            .index_name(DUE_INDEX)
            .expression_attribute_values(":lane", text(lane))
            .limit(limit);
        query = match until {
            None => query.key_condition_expression("lane = :lane"),
            Some(until) => query
                .key_condition_expression("lane = :lane AND due_at <= :until")
                .expression_attribute_values(":until", instant(until)),
        };
        let page =
            query.send().await.map_err(|error| StoreError::from_engine(&error.into_service_error()))?;
        Ok(page.items.unwrap_or_default())
    }
}
