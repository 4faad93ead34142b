//! The local timeline: a social platform on one page, with the manners of a real one.
//!
//! Invariant: one key, one post. A repeated call with the same words finds the post it made, and a post that was taken
//! down stays down, whatever arrives late.
//!
//! Posts that follow each other are shown as one thread.

use std::{
    collections::HashMap,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use app::ports::Clock;
use async_trait::async_trait;
use curation::{
    composition::{Measure, PlatformName, PlatformRules},
    ids::SubmissionId,
};
use jiff::Timestamp;
use platforms::{Intent, Platform, PlatformError, RemotePost};
use serde::{Deserialize, Serialize};
use unicode_segmentation::UnicodeSegmentation;

use super::journal::{Journal, JournalError, Survives};

/// The timeline's file in the data folder.
const FILE: &str = "timeline.jsonl";
/// The longest post in graphemes: that of Bluesky, the stricter of the platforms with native threads.
const LONGEST: usize = 300;
/// The longest post in bytes, as there.
const MOST_BYTES: usize = 3_000;
/// The longest thread. 2,000 characters fill 7 posts; the rest is room for cuts at the ends of sentences.
const MOST_PARTS: usize = 12;

/// One line of the file.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "event")]
enum Record {
    Posted(Posted),
    Deleted { key: String, at: Timestamp },
}

#[derive(Serialize, Deserialize)]
struct Posted {
    key: String,
    submission: SubmissionId,
    part: usize,
    text: String,
    follows: Option<RemotePost>,
    at: Timestamp,
}

/// One occurrence's posts that still stand, as the timeline shows them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Thread {
    /// The submission whose words these are.
    pub(crate) submission: SubmissionId,
    /// The texts, first to last.
    pub(crate) parts: Vec<String>,
    /// The first post's own time, which is real time.
    pub(crate) at: Timestamp,
}

struct Posts {
    journal: Journal<Record>,
    /// Where in the journal each key's post is, and whether it was taken down.
    by_key: HashMap<String, (usize, bool)>,
}

/// The timeline of one data folder.
pub(crate) struct Timeline {
    posts: Arc<Mutex<Posts>>,
    clock: Arc<dyn Clock>,
}

impl Timeline {
    /// Opens the timeline of the folder `data`. `clock` stamps deletions; posts bring their own time.
    ///
    /// # Errors
    /// [`JournalError`].
    pub(crate) fn open(data: &Path, clock: Arc<dyn Clock>) -> Result<Self, JournalError> {
        let journal = Journal::open(&data.join(FILE), Survives::ThePower)?;
        let mut by_key = HashMap::new();
        for (index, record) in journal.records().iter().enumerate() {
            match record {
                Record::Posted(post) => {
                    by_key.insert(post.key.clone(), (index, false));
                }
                Record::Deleted { key, .. } => {
                    if let Some((_, deleted)) = by_key.get_mut(key) {
                        *deleted = true;
                    }
                }
            }
        }
        Ok(Self { posts: Arc::new(Mutex::new(Posts { journal, by_key })), clock })
    }

    /// What stands on the timeline, oldest first.
    pub(crate) fn threads(&self) -> Vec<Thread> {
        lock(&self.posts).threads()
    }

    /// Runs one change off the async threads, since it waits for the disk.
    async fn change<R: Send + 'static>(
        &self,
        change: impl FnOnce(&mut Posts) -> Result<R, PlatformError> + Send + 'static,
    ) -> Result<R, PlatformError> {
        let posts = Arc::clone(&self.posts);
        tokio::task::spawn_blocking(move || change(&mut lock(&posts)))
            .await
            .map_err(|_| PlatformError::Ambiguous("the timeline's writer stopped"))?
    }
}

fn lock(posts: &Mutex<Posts>) -> MutexGuard<'_, Posts> {
    posts.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Posts {
    fn post(&self, key: &str) -> Option<(&Posted, bool)> {
        let (index, deleted) = *self.by_key.get(key)?;
        match self.journal.records().get(index)? {
            Record::Posted(post) => Some((post, deleted)),
            Record::Deleted { .. } => None,
        }
    }

    fn publish(&mut self, intent: Intent) -> Result<RemotePost, PlatformError> {
        let remote = RemotePost(intent.key.clone());
        if let Some((post, deleted)) = self.post(&intent.key) {
            return if deleted {
                Err(PlatformError::Refused("this post was taken down"))
            } else if post.text == intent.text && post.submission == intent.submission {
                Ok(remote)
            } else {
                Err(PlatformError::Refused("another post has this key"))
            };
        }
        let is_too_long = intent.text.len() > MOST_BYTES || intent.text.graphemes(true).count() > LONGEST;
        if intent.text.trim().is_empty() || is_too_long {
            return Err(PlatformError::Refused("the post is empty or too long"));
        }
        let follows_one = intent.follows.is_some();
        if intent.part >= MOST_PARTS || intent.key.is_empty() || follows_one != (intent.part > 0) {
            return Err(PlatformError::Refused("the key or the part is malformed"));
        }
        if let Some(before) = &intent.follows
            && !matches!(self.post(&before.0), Some((_, false)))
        {
            return Err(PlatformError::Refused("the post to follow is not there"));
        }
        let record = Record::Posted(Posted {
            key: intent.key.clone(),
            submission: intent.submission,
            part: intent.part,
            text: intent.text,
            follows: intent.follows,
            at: intent.created_at,
        });
        let index = self.journal.records().len();
        self.append(record)?;
        self.by_key.insert(intent.key, (index, false));
        Ok(remote)
    }

    fn delete(&mut self, key: String, at: Timestamp) -> Result<(), PlatformError> {
        if let Some((_, false)) = self.post(&key) {
            self.append(Record::Deleted { key: key.clone(), at })?;
            if let Some((_, deleted)) = self.by_key.get_mut(&key) {
                *deleted = true;
            }
        }
        Ok(())
    }

    fn append(&mut self, record: Record) -> Result<(), PlatformError> {
        self.journal.append(record).map_err(|error| match error {
            // Nothing was tried.
            JournalError::Closed => PlatformError::Unavailable("the timeline's file is closed"),
            _ => PlatformError::Ambiguous("the timeline's file cannot be written"),
        })
    }

    /// The first post of a post's thread, whether or not it still stands.
    fn first<'a>(&'a self, mut post: &'a Posted) -> &'a Posted {
        // What a post follows was there before it, so this ends; a damaged file may say otherwise.
        for _ in 0..MOST_PARTS {
            match post.follows.as_ref().and_then(|before| self.post(&before.0)) {
                Some((before, _)) => post = before,
                None => break,
            }
        }
        post
    }

    fn threads(&self) -> Vec<Thread> {
        let mut order = Vec::new();
        let mut groups: HashMap<&str, Vec<&Posted>> = HashMap::new();
        for record in self.journal.records() {
            let Record::Posted(post) = record else { continue };
            if self.by_key.get(&post.key).is_none_or(|(_, deleted)| *deleted) {
                continue;
            }
            let group = self.first(post).key.as_str();
            let posts = groups.entry(group).or_insert_with(|| {
                order.push(group);
                Vec::new()
            });
            posts.push(post);
        }
        order
            .into_iter()
            .filter_map(|group| {
                let mut posts = groups.remove(&group)?;
                posts.sort_by_key(|post| post.part);
                Some(Thread {
                    submission: posts.first()?.submission,
                    at: posts.first()?.at,
                    parts: posts.iter().map(|post| post.text.clone()).collect(),
                })
            })
            .collect()
    }
}

/// What the timeline accepts: also for whoever composes words without having it open.
pub(crate) fn rules() -> PlatformRules {
    PlatformRules {
        platform: PlatformName::new("local"),
        longest: LONGEST,
        measure: Measure::Graphemes,
        most_bytes: MOST_BYTES,
        most_parts: MOST_PARTS,
        quotes: false,
        content_notes: false,
    }
}

#[async_trait]
impl Platform for Timeline {
    fn rules(&self) -> PlatformRules {
        rules()
    }

    fn repeats_safely(&self) -> bool {
        true
    }

    async fn publish(&self, intent: &Intent) -> Result<RemotePost, PlatformError> {
        let intent = intent.clone();
        self.change(|posts| posts.publish(intent)).await
    }

    async fn find(&self, intent: &Intent) -> Result<Option<RemotePost>, PlatformError> {
        let stands = matches!(lock(&self.posts).post(&intent.key), Some((_, false)));
        Ok(stands.then(|| RemotePost(intent.key.clone())))
    }

    async fn delete(&self, post: &RemotePost) -> Result<(), PlatformError> {
        let (key, at) = (post.0.clone(), self.clock.real_time());
        self.change(move |posts| posts.delete(key, at)).await
    }
}

#[cfg(test)]
pub(crate) mod tests {
    #![allow(clippy::unwrap_used)]
    use curation::composition::Replies;

    use super::*;
    use crate::local::clock::tests::Hand;

    pub(crate) fn open(data: &Path) -> Timeline {
        Timeline::open(data, Hand::clock("2026-11-23T12:00:00Z")).unwrap()
    }

    pub(crate) fn intent(submission: u64, part: usize, text: &str) -> Intent {
        let key = |part: usize| RemotePost(format!("occurrence{submission}-{part}"));
        let follows = part.checked_sub(1).map(key);
        Intent {
            submission: SubmissionId::new(submission, [0; 10]),
            key: format!("occurrence{submission}-{part}"),
            part,
            text: text.to_owned(),
            root: follows.is_some().then(|| key(0)),
            follows,
            shares: None,
            content_note: None,
            replies: Replies::Nobody,
            created_at: "2026-11-23T09:00:00Z".parse().unwrap(),
        }
    }

    fn texts(timeline: &Timeline) -> Vec<Vec<String>> {
        timeline.threads().into_iter().map(|thread| thread.parts).collect()
    }

    fn lines(data: &Path) -> usize {
        std::fs::read_to_string(data.join(FILE)).unwrap().lines().count()
    }

    #[tokio::test]
    async fn a_repeated_post_is_the_same_post_also_after_a_restart() {
        let data = tempfile::tempdir().unwrap();
        let timeline = open(data.path());
        let first = timeline.publish(&intent(1, 0, "Hello.")).await.unwrap();
        assert_eq!(timeline.publish(&intent(1, 0, "Hello.")).await.unwrap(), first);
        let timeline = open(data.path());
        assert_eq!(timeline.publish(&intent(1, 0, "Hello.")).await.unwrap(), first);
        assert_eq!(texts(&timeline), [["Hello."]]);
        assert_eq!(lines(data.path()), 1);
    }

    #[tokio::test]
    async fn fifty_repetitions_at_once_make_one_post() {
        let data = tempfile::tempdir().unwrap();
        let timeline = open(data.path());
        let wanted = intent(1, 0, "Hello.");
        let posts = futures::future::join_all((0..50).map(|_| timeline.publish(&wanted))).await;
        assert!(posts.into_iter().all(|post| post == Ok(RemotePost("occurrence1-0".to_owned()))));
        assert_eq!(lines(data.path()), 1);
    }

    #[tokio::test]
    async fn the_same_key_with_other_words_is_refused() {
        let data = tempfile::tempdir().unwrap();
        let timeline = open(data.path());
        timeline.publish(&intent(1, 0, "Hello.")).await.unwrap();
        let refused = timeline.publish(&intent(1, 0, "Good bye.")).await;
        assert_eq!(refused, Err(PlatformError::Refused("another post has this key")));
        assert_eq!(texts(&timeline), [["Hello."]]);
    }

    #[tokio::test]
    async fn a_post_taken_down_is_gone_and_does_not_come_back() {
        let data = tempfile::tempdir().unwrap();
        let timeline = open(data.path());
        let post = timeline.publish(&intent(1, 0, "Hello.")).await.unwrap();
        timeline.publish(&intent(2, 0, "Stays.")).await.unwrap();
        assert_eq!(timeline.find(&intent(1, 0, "Hello.")).await.unwrap(), Some(post.clone()));
        for _ in 0..2 {
            timeline.delete(&post).await.unwrap();
        }
        timeline.delete(&RemotePost("never-0".to_owned())).await.unwrap();
        assert_eq!(lines(data.path()), 3);
        let timeline = open(data.path());
        assert_eq!(timeline.find(&intent(1, 0, "Hello.")).await.unwrap(), None);
        assert_eq!(timeline.find(&intent(9, 0, "Never.")).await.unwrap(), None);
        let late = timeline.publish(&intent(1, 0, "Hello.")).await;
        assert!(matches!(late, Err(PlatformError::Refused(_))));
        assert_eq!(texts(&timeline), [["Stays."]]);
    }

    #[tokio::test]
    async fn the_posts_of_one_occurrence_are_one_thread_in_order() {
        let data = tempfile::tempdir().unwrap();
        let timeline = open(data.path());
        for wanted in [intent(1, 0, "a"), intent(2, 0, "x"), intent(1, 1, "b"), intent(1, 2, "c")] {
            timeline.publish(&wanted).await.unwrap();
        }
        assert_eq!(texts(&timeline), [vec!["a", "b", "c"], vec!["x"]]);
        let shown = serde_json::to_value(&timeline.threads()[1]).unwrap();
        let id = SubmissionId::new(2, [0; 10]).to_string();
        assert_eq!(
            shown,
            serde_json::json!({"submission": id, "parts": ["x"], "at": "2026-11-23T09:00:00Z"})
        );
    }

    #[tokio::test]
    async fn what_a_platform_would_refuse_is_refused() {
        let data = tempfile::tempdir().unwrap();
        let timeline = open(data.path());
        let family = "👩‍👩‍👧‍👦";
        let most = MOST_BYTES / family.len();
        timeline.publish(&intent(1, 0, &"é".repeat(LONGEST))).await.unwrap();
        timeline.publish(&intent(3, 0, &family.repeat(most))).await.unwrap();
        let no_key = Intent { key: String::new(), ..intent(2, 0, "x") };
        for bad in [
            intent(2, 0, &"é".repeat(LONGEST + 1)),
            intent(2, 0, &family.repeat(most + 1)),
            intent(2, 0, " "),
            intent(2, 1, "follows nothing"),
            Intent { follows: None, ..intent(2, MOST_PARTS, "x") },
            no_key,
        ] {
            assert!(matches!(timeline.publish(&bad).await, Err(PlatformError::Refused(_))));
        }
        assert_eq!(lines(data.path()), 2);
    }
}
