//! What to do with a post that somebody told the channel of.
//!
//! Invariants: the channel never proposes its own posts; nothing that is not public is proposed; and a proposal says who
//! asked and whose post it is about, because a post that tells of its author's own therapy or health is taken only if
//! that author asked for it.

use super::{
    Channel, Other, PostAddress, Told,
    asking::{Asked, asked},
};

/// What to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// A proposal to repost.
    Proposal(Proposal),
    /// Nothing.
    Ignored(Ignored),
}

/// A proposal to repost one post.
#[derive(Clone, PartialEq, Eq)]
pub struct Proposal {
    /// The post that would be reposted.
    pub target: PostAddress,
    /// Its author's id, where it is known: to be compared with whom the platform names when the target is fetched.
    pub target_author: Option<String>,
    /// The id of whoever asked.
    pub asked_by: String,
    /// Whether they are one person.
    pub standing: Standing,
    /// A post of somebody else that the target quotes, and that would be shown with it. Its author asked for nothing:
    /// what holds for a target with [`Standing::SomebodyElse`] holds for it.
    pub also_shows: Option<Other>,
}

impl std::fmt::Debug for Proposal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Proposal").field("standing", &self.standing).finish_non_exhaustive()
    }
}

/// Who asked for a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Its author.
    Author,
    /// Somebody else, or perhaps somebody else: refuse the target if it tells of its author's own therapy or health.
    SomebodyElse,
}

/// Why there is nothing to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ignored {
    /// The channel's own post: answering it would never end.
    ByTheChannel,
    /// Not everybody may read it.
    NotPublic,
    /// It has neither the hashtag nor the channel's name.
    NotForUs,
    /// It names the channel, and asks for nothing.
    DoesNotAsk,
    /// It asks for one of the channel's posts.
    AboutTheChannel,
    /// Its own words are a part of a conversation with others, and would stand alone if they were reposted.
    PartOfAConversation,
    /// It both answers and quotes, or what it refers to is not told: whose post is meant is open.
    Unclear,
}

/// Decides.
///
/// - "@channel please share this" asks for the post that is quoted or answered; where there is none, for itself.
/// - The hashtag, or "please share my post", asks for the post itself. In an answer to somebody else it does not.
#[must_use]
pub fn wanted(told: &Told, channel: &Channel) -> Wanted {
    match decide(told, channel) {
        Ok(proposal) => Wanted::Proposal(proposal),
        Err(reason) => Wanted::Ignored(reason),
    }
}

fn decide(told: &Told, channel: &Channel) -> Result<Proposal, Ignored> {
    if told.author == channel.id {
        return Err(Ignored::ByTheChannel);
    }
    if !told.is_public {
        return Err(Ignored::NotPublic);
    }
    let asks = told.mentions_channel.then(|| asked(&told.text, &channel.names)).flatten();
    match (asks, &told.replies_to, &told.quotes) {
        (Some(Asked::This), Some(_), Some(_)) => Err(Ignored::Unclear),
        (Some(Asked::This), Some(other), None) | (Some(Asked::This), None, Some(other)) => {
            of_other(told, other, channel)
        }
        (Some(_), ..) => of_itself(told, channel),
        (None, ..) if told.has_hashtag => of_itself(told, channel),
        (None, ..) if told.mentions_channel => Err(Ignored::DoesNotAsk),
        (None, ..) => Err(Ignored::NotForUs),
    }
}

fn of_other(told: &Told, other: &Other, channel: &Channel) -> Result<Proposal, Ignored> {
    if other.author.as_ref() == Some(&channel.id) {
        return Err(Ignored::AboutTheChannel);
    }
    let is_own = other.author.as_ref() == Some(&told.author);
    Ok(Proposal {
        target: other.post.clone().ok_or(Ignored::Unclear)?,
        target_author: other.author.clone(),
        asked_by: told.author.clone(),
        standing: if is_own { Standing::Author } else { Standing::SomebodyElse },
        also_shows: None,
    })
}

fn of_itself(told: &Told, channel: &Channel) -> Result<Proposal, Ignored> {
    let is_own = |other: &Other| other.author.as_ref() == Some(&told.author);
    if told.replies_to.as_ref().is_some_and(|other| !is_own(other)) {
        return Err(Ignored::PartOfAConversation);
    }
    let is_of_others = |other: &&Other| !is_own(other) && other.author.as_ref() != Some(&channel.id);
    Ok(Proposal {
        target: told.post.clone(),
        target_author: Some(told.author.clone()),
        asked_by: told.author.clone(),
        standing: Standing::Author,
        also_shows: told.quotes.as_ref().filter(is_of_others).cloned(),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const ASKS: &str = "@ClientsConnect please share this";

    fn channel() -> Channel {
        Channel {
            id: "1".to_owned(),
            names: vec!["ClientsConnect".to_owned()],
            hashtag: "clientsconnect".to_owned(),
        }
    }

    fn told(text: &str) -> Told {
        Told {
            post: PostAddress::x("100").unwrap(),
            text: text.to_owned(),
            handle: None,
            author: "2".to_owned(),
            at: None,
            replies_to: None,
            quotes: None,
            mentions_channel: text.contains('@'),
            has_hashtag: text.contains('#'),
            is_public: true,
        }
    }

    fn other(author: Option<&str>) -> Option<Other> {
        Some(Other { post: PostAddress::x("50"), author: author.map(str::to_owned) })
    }

    /// Target, standing, and whether another's post is shown with it; or the reason against it.
    fn outcome(told: &Told) -> Result<(String, Standing, bool), Ignored> {
        match wanted(told, &channel()) {
            Wanted::Proposal(proposal) => {
                assert_eq!(proposal.asked_by, told.author);
                Ok((proposal.target.id().to_owned(), proposal.standing, proposal.also_shows.is_some()))
            }
            Wanted::Ignored(reason) => Err(reason),
        }
    }

    fn itself() -> Result<(String, Standing, bool), Ignored> {
        Ok(("100".to_owned(), Standing::Author, false))
    }

    #[test]
    fn ones_own_post_is_proposed_by_the_hashtag_or_by_asking() {
        assert_eq!(outcome(&told("Words. #clientsconnect")), itself());
        assert_eq!(outcome(&told(ASKS)), itself());
        assert_eq!(outcome(&told("@ClientsConnect hello")), Err(Ignored::DoesNotAsk));
        assert_eq!(outcome(&told("hello")), Err(Ignored::NotForUs));
    }

    #[test]
    fn the_channel_never_proposes_its_own_posts() {
        for text in ["#clientsconnect", ASKS] {
            assert_eq!(outcome(&Told { author: "1".to_owned(), ..told(text) }), Err(Ignored::ByTheChannel));
        }
        for (replies_to, quotes) in [(other(Some("1")), None), (None, other(Some("1")))] {
            let told = Told { replies_to, quotes, ..told(ASKS) };
            assert_eq!(outcome(&told), Err(Ignored::AboutTheChannel));
        }
    }

    #[test]
    fn what_is_not_public_is_not_proposed() {
        for text in ["#clientsconnect", ASKS] {
            assert_eq!(outcome(&Told { is_public: false, ..told(text) }), Err(Ignored::NotPublic));
        }
    }

    #[test]
    fn a_post_of_somebody_else_is_said_to_be_that() {
        let of_somebody = Ok(("50".to_owned(), Standing::SomebodyElse, false));
        let own = Ok(("50".to_owned(), Standing::Author, false));
        for (author, expected) in [(Some("3"), &of_somebody), (None, &of_somebody), (Some("2"), &own)] {
            assert_eq!(&outcome(&Told { quotes: other(author), ..told(ASKS) }), expected);
            assert_eq!(&outcome(&Told { replies_to: other(author), ..told(ASKS) }), expected);
        }
    }

    #[test]
    fn whose_post_is_meant_must_be_clear() {
        let both = Told { quotes: other(Some("3")), replies_to: other(Some("4")), ..told(ASKS) };
        assert_eq!(outcome(&both), Err(Ignored::Unclear));
        let untold = Some(Other { post: None, author: Some("3".to_owned()) });
        assert_eq!(outcome(&Told { replies_to: untold, ..told(ASKS) }), Err(Ignored::Unclear));
    }

    #[test]
    fn an_answer_to_somebody_else_is_not_taken_out_of_its_conversation() {
        for text in ["Words. #clientsconnect", "@ClientsConnect please share my post"] {
            for author in [Some("3"), Some("1"), None] {
                let told = Told { replies_to: other(author), ..told(text) };
                assert_eq!(outcome(&told), Err(Ignored::PartOfAConversation));
            }
            assert_eq!(outcome(&Told { replies_to: other(Some("2")), ..told(text) }), itself());
        }
        let answers = Told { replies_to: other(Some("1")), ..told("@ClientsConnect thank you") };
        assert_eq!(outcome(&answers), Err(Ignored::DoesNotAsk));
    }

    #[test]
    fn what_a_proposed_post_would_show_of_others_is_said() {
        for (author, shows) in [(Some("3"), true), (None, true), (Some("2"), false), (Some("1"), false)] {
            let told = Told { quotes: other(author), ..told("Words. #clientsconnect") };
            assert_eq!(outcome(&told), Ok(("100".to_owned(), Standing::Author, shows)));
        }
    }

    #[test]
    fn the_name_without_a_mention_is_no_mention() {
        assert_eq!(outcome(&Told { mentions_channel: false, ..told(ASKS) }), Err(Ignored::NotForUs));
    }
}
