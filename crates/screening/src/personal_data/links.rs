//! Links that lead to a private person: profiles, personal pages, fundraisers.
//!
//! Invariant: every link is taken, so that its digits and signs are nothing else; only those that lead to a person are a
//! finding. A shop's and a newspaper's are none.

use super::cue::words_before;
use super::public;
use super::scan::{Scan, before, end_of, one_of, start_of};
use crate::finding::Kind::{Handle, Url};

/// The longest host (RFC 1035), and how far a path is read.
const LONGEST_HOST: usize = 253;
const LONGEST_PATH: usize = 2_000;

/// What a link may begin with.
const SCHEMES: [&[u8]; 2] = [b"https://", b"http://"];

/// Where on a host the people are.
enum People {
    /// The first part of the path is an account, unless it is one of these.
    First(&'static [&'static str]),
    /// An account follows one of these.
    After(&'static [&'static str]),
    /// An account follows the sign.
    Sign,
    /// The host itself is an account's: "name.example.com".
    Within,
}

/// Pages of platforms that are nobody's account.
const PAGES: &[&str] = &[
    "about",
    "help",
    "search",
    "hashtag",
    "explore",
    "home",
    "login",
    "events",
    "event",
    "groups",
    "watch",
    "policies",
    "privacy",
    "settings",
    "i",
    "intent",
    "share",
    "sharer",
    "sharer.php",
    "p",
    "reel",
    "reels",
    "stories",
    "legal",
    "business",
    "marketplace",
    "gaming",
    "terms",
    "tos",
    "signup",
    "jobs",
    "discover",
    "tags",
    "tv",
    "ads",
    "hub",
    "pages",
    "story.php",
    "photo",
    "photo.php",
    "download",
    "features",
    "pricing",
    "blog",
    "topics",
    "apps",
];

const HOSTS: &[(&str, People)] = &[
    ("facebook.com", People::First(PAGES)),
    ("fb.com", People::First(PAGES)),
    ("fb.me", People::First(PAGES)),
    ("instagram.com", People::First(PAGES)),
    ("twitter.com", People::First(PAGES)),
    ("x.com", People::First(PAGES)),
    ("linkedin.com", People::After(&["in", "pub"])),
    ("tiktok.com", People::Sign),
    ("threads.net", People::Sign),
    ("threads.com", People::Sign),
    ("medium.com", People::Sign),
    ("youtube.com", People::Sign),
    ("substack.com", People::Sign),
    ("mastodon.social", People::Sign),
    ("mastodon.online", People::Sign),
    ("mas.to", People::Sign),
    ("mstdn.social", People::Sign),
    ("bsky.app", People::After(&["profile"])),
    ("wa.me", People::First(PAGES)),
    ("t.me", People::First(PAGES)),
    ("telegram.me", People::First(PAGES)),
    ("snapchat.com", People::After(&["add", "u"])),
    ("linktr.ee", People::First(PAGES)),
    ("about.me", People::First(PAGES)),
    ("paypal.me", People::First(PAGES)),
    ("paypal.com", People::After(&["paypalme"])),
    ("cash.app", People::First(PAGES)),
    ("monzo.me", People::First(PAGES)),
    ("gofundme.com", People::After(&["f"])),
    ("justgiving.com", People::After(&["fundraising", "page", "crowdfunding"])),
    ("crowdfunder.co.uk", People::After(&["p"])),
    ("ko-fi.com", People::First(PAGES)),
    ("buymeacoffee.com", People::First(PAGES)),
    ("patreon.com", People::First(PAGES)),
    ("onlyfans.com", People::First(PAGES)),
    ("reddit.com", People::After(&["u", "user"])),
    ("pinterest.com", People::First(PAGES)),
    ("pinterest.co.uk", People::First(PAGES)),
    ("twitch.tv", People::First(PAGES)),
    ("soundcloud.com", People::First(PAGES)),
    ("github.com", People::First(PAGES)),
    ("strava.com", People::After(&["athletes"])),
    ("flickr.com", People::After(&["people", "photos"])),
    ("steamcommunity.com", People::After(&["id", "profiles"])),
    ("calendly.com", People::First(PAGES)),
    ("psychologytoday.com", People::After(&["counselling", "therapists", "profile"])),
    ("counselling-directory.org.uk", People::After(&["counsellors"])),
    ("bacp.co.uk", People::After(&["therapists"])),
    ("wordpress.com", People::Within),
    ("tumblr.com", People::Within),
    ("substack.com", People::Within),
    ("github.io", People::Within),
    ("wixsite.com", People::Within),
    ("weebly.com", People::Within),
    ("livejournal.com", People::Within),
    ("dreamwidth.org", People::Within),
    ("carrd.co", People::Within),
    ("neocities.org", People::Within),
    ("home.blog", People::Within),
    ("medium.com", People::Within),
];

/// One link, in bytes of the text.
struct Link<'a> {
    start: usize,
    end: usize,
    host: &'a [u8],
    path: &'a [u8],
    /// It began with "http" or "www", so nothing else was meant.
    plain: bool,
}

pub(super) fn find(scan: &mut Scan<'_>) {
    let mut read = 0;
    for index in 0..scan.dots.len() {
        let dot = scan.dots[index];
        if dot < read || scan.is_taken(dot, dot + 1) {
            continue;
        }
        let (start, end) = host_around(scan.folded, dot);
        read = end;
        if before(scan.folded, start) == Some(b'@') {
            continue;
        }
        let Some(link) = link(scan.folded, start, end) else { continue };
        read = read.max(link.end);
        if is_account(link.host) {
            if !public::is_organisation(first_label(link.host)) {
                scan.put(Handle, "An account name.", link.start, link.end);
            }
        } else if leads_to_a_person(&link)
            || (link.plain || suffix_is_known(link.host)) && is_own(scan.folded, link.start)
        {
            scan.put(Url, "A link that leads to a private person.", link.start, link.end);
        } else if (link.plain || !link.path.is_empty()) && !scan.is_taken(link.start, link.end) {
            scan.take(link.start, link.end);
        }
    }
}

fn host_around(folded: &[u8], dot: usize) -> (usize, usize) {
    let in_host = |byte: u8| byte.is_ascii_alphanumeric() || b".-".contains(&byte);
    let mut start = start_of(folded, dot, LONGEST_HOST, in_host);
    let most = folded.len().min(dot + LONGEST_HOST);
    let mut end = dot + end_of(&folded[dot..most], 0, in_host);
    while !folded[start].is_ascii_alphanumeric() {
        start += 1;
    }
    while !folded[end - 1].is_ascii_alphanumeric() {
        end -= 1;
    }
    (start, end)
}

fn link(folded: &[u8], host_start: usize, host_end: usize) -> Option<Link<'_>> {
    let scheme = SCHEMES.iter().find(|scheme| folded[..host_start].ends_with(scheme));
    let start = host_start - scheme.map_or(0, |scheme| scheme.len());
    let host = &folded[host_start..host_end];
    let plain = scheme.is_some() || host.starts_with(b"www.");
    if !plain && !suffix_is_known(host) {
        return None;
    }
    let mut path_start = host_end;
    if folded.get(path_start) == Some(&b':') {
        let port = end_of(folded, path_start + 1, |byte| byte.is_ascii_digit());
        path_start = if port > path_start + 1 { port } else { path_start };
    }
    let most = folded.len().min(path_start + LONGEST_PATH);
    let mut end = path_start;
    if folded.get(path_start).is_some_and(|byte| b"/?#".contains(byte)) {
        end += end_of(&folded[path_start..most], 0, |byte| {
            !byte.is_ascii_whitespace() && !b"<>\"".contains(&byte)
        });
        let opened = folded[path_start..end].contains(&b'(');
        while end > path_start
            && (b".,;:!?'*]}".contains(&folded[end - 1]) || (folded[end - 1] == b')' && !opened))
        {
            end -= 1;
        }
    }
    let host = host.strip_prefix(b"www.").unwrap_or(host);
    Some(Link { start, end, host, path: &folded[path_start.min(end)..end], plain })
}

fn suffix_is_known(host: &[u8]) -> bool {
    psl::Psl::suffix(&psl::List, host).is_some_and(|suffix| suffix.is_known() && suffix.as_bytes() != host)
}

/// "name.bsky.social" is an account, and its page as well.
fn is_account(host: &[u8]) -> bool {
    host.strip_suffix(b".bsky.social").is_some_and(|name| !name.is_empty() && !name.contains(&b'.'))
}

fn first_label(host: &[u8]) -> &[u8] {
    host.split(|byte| *byte == b'.').next().unwrap_or_default()
}

fn leads_to_a_person(link: &Link<'_>) -> bool {
    let path = link.path.strip_prefix(b"/").unwrap_or(link.path);
    let mut parts = path
        .split(|byte| b"/?#&".contains(byte))
        .map(|part| part.trim_ascii())
        .filter(|part| !part.is_empty());
    // A person's pages on the host of a university or a provider.
    if path.starts_with(b"~") && path.len() > 2 {
        return true;
    }
    let blogger = link.host.windows(10).any(|part| part == b".blogspot.") && first_label(link.host) != b"www";
    if blogger {
        return !public::is_organisation(first_label(link.host));
    }
    HOSTS.iter().any(|(host, people)| {
        let Some(rest) = link.host.strip_suffix(host.as_bytes()) else { return false };
        if !(rest.is_empty() || rest.ends_with(b".")) {
            return false;
        }
        let account = match people {
            People::Within => {
                let label = rest.strip_suffix(b".").unwrap_or_default();
                (!label.is_empty() && !matches!(label, b"en" | b"help" | b"support" | b"on")).then_some(label)
            }
            People::First(pages) => {
                parts.clone().next().filter(|part| !pages.iter().any(|page| page.as_bytes() == *part))
            }
            People::After(words) => {
                let is_word = |part: &&[u8]| words.iter().any(|word| word.as_bytes() == *part);
                parts.clone().skip_while(|part| !is_word(part)).nth(1)
            }
            People::Sign => {
                parts.find(|part| part.starts_with(b"@") && part.len() > 1).map(|part| &part[1..])
            }
        };
        account.is_some_and(|name| !public::is_organisation(name.strip_prefix(b"@").unwrap_or(name)))
    })
}

/// "my website is ...", "I write about ... at ...": the writer says whose it is.
fn is_own(folded: &[u8], start: usize) -> bool {
    let mut writes = false;
    let led =
        words_before(folded, start).next().is_some_and(|(word, _)| matches!(word, b"at" | b"on" | b"here"));
    let writer = led && words_before(folded, start).take(12).any(|(word, _)| {
        let before = writes;
        writes =
            one_of!(word; b"write" b"blog" b"post" b"journal" b"vlog" b"paint" b"draw" b"practise" b"work");
        before && matches!(word, b"i")
    });
    if writer {
        return true;
    }
    let mut site = false;
    words_before(folded, start).take(6).any(|(word, _)| {
        site |= matches!(
            word,
            b"website" | b"site" | b"blog" | b"profile" | b"page" | b"fundraiser" | b"webpage" | b"portfolio"
        );
        site && matches!(word, b"my" | b"her" | b"his")
    })
}
