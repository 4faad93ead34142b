//! The account's own timeline, in which a post is looked for whose answer was lost.
//!
//! Invariant: a post counts as found if it says the same, follows the same and is no older. X changes texts as it stores
//! them, so the same means: after those changes. What cannot be read is an error, and never an absence.

use std::collections::HashMap;

use curation::composition::{fingerprint, tidied};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::post::{NewPost, id_of, is_id};
use crate::{Intent, html::unescaped};

/// How much older than its intent a post may seem: the clocks of two machines, of which one may have jumped, and X's whole
/// seconds. Far less than the time between two publications of the same words, so that none is taken for the other.
pub(super) const TOLERANCE: SignedDuration = SignedDuration::from_hours(6);
/// The most posts on a page, as the API has it.
pub(super) const PAGE: &str = "100";
/// The most pages that are read. A channel makes a few dozen posts a day, and is looked at within hours.
pub(super) const MOST_PAGES: usize = 3;
/// What is asked of each post.
pub(super) const FIELDS: &str = "conversation_id,created_at,entities,id,note_post,text";
/// Brings what each post replies to and quotes.
pub(super) const EXPANSIONS: &str = "referenced_posts";

/// The answer is no timeline.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unreadable;

/// One page of a timeline.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Page {
    /// The ids of the posts that are the one, as they came: newest first.
    pub(super) found: Vec<String>,
    /// Where it goes on.
    pub(super) next: Option<String>,
}

/// What is looked for.
#[derive(Clone, Copy)]
pub(super) enum Sought<'a> {
    /// A post of the account's own. `root` is the first post of its thread; `known_by` are its fingerprint and its key,
    /// where its words are concealed.
    Post { post: NewPost<'a>, root: Option<&'a str>, known_by: Option<(&'a str, &'a str)> },
    /// The account's repost of the post with this id.
    Repost(&'a str),
}

impl<'a> Sought<'a> {
    /// The post of an intent, which is `post`.
    pub(super) fn of(intent: &'a Intent, post: NewPost<'a>) -> Self {
        let known_by = intent.fingerprint.as_deref().map(|fingerprint| (fingerprint, intent.key.as_str()));
        Self::Post { post, root: intent.root.as_ref().and_then(id_of), known_by }
    }
}

/// Looks through one page for what may be of this time.
pub(super) fn look_through(
    answer: &Value,
    sought: Sought<'_>,
    created_at: Timestamp,
) -> Result<Page, Unreadable> {
    let posts = match answer["data"].as_array() {
        Some(posts) => posts.as_slice(),
        // An account that cannot be read is an error beside no data at all.
        None if answer["meta"]["result_count"] == 0 && answer["errors"][0].is_null() => &[],
        None => return Err(Unreadable),
    };
    let oldest = created_at.checked_sub(TOLERANCE).unwrap_or(Timestamp::MIN);
    let mut found = Vec::new();
    for one in posts {
        let id = one["id"].as_str().filter(|id| is_id(id)).ok_or(Unreadable)?;
        let made =
            one["created_at"].as_str().and_then(|at| at.parse::<Timestamp>().ok()).ok_or(Unreadable)?;
        let is_it = match sought {
            Sought::Repost(of) => made >= oldest && referenced(one, "retweeted") == Some(of),
            Sought::Post { post, root, known_by } => {
                let text = one["note_post"]["text"].as_str().or(one["text"].as_str()).ok_or(Unreadable)?;
                made >= oldest
                    && referenced(one, "retweeted").is_none()
                    && follows_the_same(one, id, &post, root)
                    && is_the_same(text, one, &post, known_by)
            }
        };
        if is_it {
            found.push(id.to_owned());
        }
    }
    let next = answer["meta"]["next_token"].as_str().map(str::to_owned);
    Ok(Page { found, next })
}

/// The id of the post to which this one refers in this way.
fn referenced<'a>(one: &'a Value, kind: &str) -> Option<&'a str> {
    let references = one["referenced_posts"].as_array().or(one["referenced_tweets"].as_array())?;
    references.iter().find(|reference| reference["type"] == kind)?["id"].as_str()
}

fn follows_the_same(one: &Value, id: &str, post: &NewPost, root: Option<&str>) -> bool {
    let conversation = one["conversation_id"].as_str();
    let follows = match (referenced(one, "replied_to"), post.follows) {
        (Some(theirs), ours) => Some(theirs) == ours,
        (None, None) => conversation.is_none_or(|conversation| conversation == id),
        // What it follows may be gone from the answer; the thread is named all the same.
        (None, Some(_)) => root.is_some() && conversation == root,
    };
    follows && (post.quotes.is_none() || referenced(one, "quoted") == post.quotes)
}

/// By the words; by what they are known by where they are concealed.
fn is_the_same(stored: &str, one: &Value, post: &NewPost, known_by: Option<(&str, &str)>) -> bool {
    match known_by {
        Some((expected, key)) if post.text.trim().is_empty() => {
            fingerprint(&unescaped(stored), key).as_deref() == Some(expected)
        }
        _ => says_the_same(stored, one, post),
    }
}

/// Compares word by word. A link of the text stands in the timeline as an address of X's own.
fn says_the_same(stored: &str, one: &Value, post: &NewPost) -> bool {
    let stored = tidied(&unescaped(stored));
    let typed = tidied(post.text);
    let mut stored = stored.split_whitespace().collect::<Vec<_>>();
    let typed = typed.split_whitespace().collect::<Vec<_>>();
    // Of what is quoted, X may add the address.
    if post.quotes.is_some()
        && stored.len() == typed.len() + 1
        && stored.last().is_some_and(|last| is_short(last))
    {
        stored.pop();
    }
    let targets = targets(one);
    !typed.is_empty() // Without its words, which may be erased, a post cannot be told from others.
        && stored.len() == typed.len()
        && stored.iter().zip(&typed).all(|(stored, typed)| is_same_word(stored, typed, &targets))
}

/// Where X's short addresses lead.
fn targets(one: &Value) -> HashMap<&str, &str> {
    let lists = [&one["note_post"]["entities"]["urls"], &one["entities"]["urls"]];
    let urls = lists.into_iter().filter_map(Value::as_array).flatten();
    urls.filter_map(|url| Some((url["url"].as_str()?, url["expanded_url"].as_str()?))).collect()
}

const SHORT: &str = "https://t.co/";

fn is_short(word: &str) -> bool {
    short_address(word).is_some_and(|(before, _, after)| before.is_empty() && after.is_empty())
}

/// The first short address in a word, with what stands before and after it.
fn short_address(word: &str) -> Option<(&str, &str, &str)> {
    let start = word.find(SHORT)?;
    let slug = word[start + SHORT.len()..].bytes().take_while(u8::is_ascii_alphanumeric).count();
    let end = start + SHORT.len() + slug;
    (slug > 0).then(|| (&word[..start], &word[start..end], &word[end..]))
}

fn is_same_word(stored: &str, typed: &str, targets: &HashMap<&str, &str>) -> bool {
    let Some((before, short, after)) = short_address(stored) else { return stored == typed };
    let Some(rest) = typed.strip_prefix(before) else { return false };
    let target = targets.get(short).copied();
    // A link has at least one character, and what follows it may stand in it too.
    let ends = rest.char_indices().map(|(at, one)| at + one.len_utf8());
    let mut ends = ends.filter(|end| is_link_to(&rest[..*end], target));
    ends.any(|end| is_same_word(after, &rest[end..], targets))
}

/// True if a link, as somebody typed it, may lead to `target`. X adds a scheme, and writes other scripts in its own way.
fn is_link_to(link: &str, target: Option<&str>) -> bool {
    let bare = |address: &str| {
        let address = address.to_ascii_lowercase();
        let address = address.trim_start_matches("https://").trim_start_matches("http://");
        address.trim_end_matches('/').to_owned()
    };
    match target {
        Some(target) if link.is_ascii() && !target.contains(['%']) && !target.contains("xn--") => {
            bare(link) == bare(target)
        }
        // A link has a dot, which nothing ends with.
        _ => link.trim_end_matches('.').contains('.'),
    }
}
