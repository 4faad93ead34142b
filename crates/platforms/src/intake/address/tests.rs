//! Tables of good and bad addresses.

#![allow(clippy::unwrap_used)]
use super::*;
use proptest::prelude::*;

const PLC: &str = "did:plc:abcdefghijklmnopqrstuvwx";
const KEY: &str = "3mdexample222";

fn server() -> MastodonServer {
    MastodonServer::parse("https://social.example").unwrap()
}

fn parsed(text: &str) -> Result<String, NotAPost> {
    PostAddress::parse(text, Some(&server())).map(|post| post.to_string())
}

#[test]
fn every_way_to_write_a_post_on_x_is_one_address() {
    for text in [
        "https://x.com/someone/status/1346889436626259968",
        "https://x.com/Some_One1/status/1346889436626259968",
        "https://twitter.com/someone/status/1346889436626259968",
        "https://www.x.com/someone/status/1346889436626259968",
        "https://www.twitter.com/someone/status/1346889436626259968",
        "https://mobile.x.com/someone/status/1346889436626259968",
        "https://mobile.twitter.com/someone/status/1346889436626259968",
        "https://twitter.com/someone/statuses/1346889436626259968",
        "https://x.com/i/status/1346889436626259968",
        "https://x.com/i/web/status/1346889436626259968",
        "https://x.com/someone/status/1346889436626259968?s=20",
        "https://x.com/someone/status/1346889436626259968?s=46&t=Ab-_9",
        "HTTPS://X.com/someone/status/1346889436626259968",
    ] {
        assert_eq!(parsed(text).as_deref(), Ok("https://x.com/i/status/1346889436626259968"), "{text}");
    }
    assert!(parsed("https://x.com/a/status/9223372036854775807").is_ok());
}

#[test]
fn every_way_to_write_a_post_on_bluesky_has_its_owner_and_its_key() {
    for (text, owner) in [
        (format!("https://bsky.app/profile/{PLC}/post/{KEY}"), PLC),
        (format!("at://{PLC}/app.bsky.feed.post/{KEY}"), PLC),
        (format!("https://bsky.app/profile/did:web:someone.example/post/{KEY}"), "did:web:someone.example"),
        (format!("https://bsky.app/profile/someone.bsky.social/post/{KEY}"), "someone.bsky.social"),
        (format!("https://bsky.app/profile/Some-One.Example/post/{KEY}"), "some-one.example"),
        (format!("at://someone.example/app.bsky.feed.post/{KEY}"), "someone.example"),
    ] {
        let post = PostAddress::parse(&text, None).unwrap();
        assert_eq!((post.owner(), post.id()), (Some(owner), KEY), "{text}");
        assert_eq!(post.to_string(), format!("at://{owner}/app.bsky.feed.post/{KEY}"));
        assert_eq!(post.page(), format!("https://bsky.app/profile/{owner}/post/{KEY}"));
        assert_eq!(post.is_settled(), owner.starts_with("did:"));
    }
}

#[test]
fn every_way_to_write_a_post_on_our_mastodon_server_is_one_address() {
    for text in [
        "https://social.example/@someone/103270115826048975",
        "https://social.example/@someone@elsewhere.example/103270115826048975",
        "https://social.example/@some.one-1_@sub.elsewhere.example/103270115826048975",
        "https://social.example/users/someone/statuses/103270115826048975",
        "https://social.example/ap/users/115/statuses/103270115826048975",
        "https://social.example/statuses/103270115826048975",
        "https://Social.Example/@someone/103270115826048975",
    ] {
        assert_eq!(
            parsed(text).as_deref(),
            Ok("https://social.example/statuses/103270115826048975"),
            "{text}"
        );
    }
    let other = MastodonServer::parse("https://other.example");
    for server in [None, other.as_ref()] {
        let text = "https://social.example/@someone/1";
        assert_eq!(PostAddress::parse(text, server), Err(NotAPost::OtherSite));
    }
}

#[test]
fn anything_else_is_no_address_of_a_post() {
    let long = format!("https://x.com/someone/status/1?t={}", "a".repeat(600));
    for (text, why) in [
        // Schemes.
        ("", NotAPost::NotHttps),
        ("1346889436626259968", NotAPost::NotHttps),
        ("x.com/someone/status/1", NotAPost::NotHttps),
        ("http://x.com/someone/status/1", NotAPost::NotHttps),
        ("http://social.example/@someone/1", NotAPost::NotHttps),
        ("ftp://x.com/someone/status/1", NotAPost::NotHttps),
        ("javascript://x.com/someone/status/1", NotAPost::NotHttps),
        ("//x.com/someone/status/1", NotAPost::NotHttps),
        (" https://x.com/someone/status/1", NotAPost::NotHttps),
        ("https:x.com/someone/status/1", NotAPost::NotHttps),
        ("https:/x.com/someone/status/1", NotAPost::NotHttps),
        // Hosts.
        ("https:///x.com/someone/status/1", NotAPost::OtherPage),
        ("https://", NotAPost::OtherSite),
        ("https://example.com/someone/status/1", NotAPost::OtherSite),
        ("https://x.com.example/someone/status/1", NotAPost::OtherSite),
        ("https://notx.com/someone/status/1", NotAPost::OtherSite),
        ("https://evil.x.com/someone/status/1", NotAPost::OtherSite),
        ("https://x.com./someone/status/1", NotAPost::OtherSite),
        ("https://www.bsky.app/profile/a.example/post/3mdexample222", NotAPost::OtherSite),
        ("https://social.example.evil/@someone/1", NotAPost::OtherSite),
        ("https://127.0.0.1/@someone/1", NotAPost::OtherSite),
        ("https://[::1]/@someone/1", NotAPost::OtherSite),
        ("https://169.254.169.254/latest/meta-data", NotAPost::OtherSite),
        ("https://0x7f.1/someone/status/1", NotAPost::OtherPage),
        ("https://х.com/someone/status/1", NotAPost::OtherPage),
        ("https://x。com/someone/status/1", NotAPost::OtherPage),
        // Users and ports.
        ("https://user@x.com/someone/status/1", NotAPost::OtherSite),
        ("https://user:password@x.com/someone/status/1", NotAPost::OtherSite),
        ("https://@x.com/someone/status/1", NotAPost::OtherPage),
        ("https://x.com@example.com/someone/status/1", NotAPost::OtherSite),
        ("https://x.com:8443/someone/status/1", NotAPost::OtherSite),
        ("https://x.com:443/someone/status/1", NotAPost::OtherPage),
        ("https://x.com:/someone/status/1", NotAPost::OtherPage),
        ("https://social.example:444/@someone/1", NotAPost::OtherSite),
        // Paths.
        ("https://x.com", NotAPost::OtherPage),
        ("https://x.com/someone", NotAPost::OtherPage),
        ("https://x.com/someone/status/", NotAPost::OtherPage),
        ("https://x.com/someone/status/1/", NotAPost::OtherPage),
        ("https://x.com/someone/status/1/photo/1", NotAPost::OtherPage),
        ("https://x.com/someone/status/1/analytics", NotAPost::OtherPage),
        ("https://x.com//someone/status/1", NotAPost::OtherPage),
        ("https://x.com/some-one/status/1", NotAPost::OtherPage),
        ("https://x.com/aaaaaaaaaaaaaaaaaaaaa/status/1", NotAPost::OtherPage),
        ("https://x.com/a/../someone/status/1", NotAPost::OtherPage),
        ("https://x.com/someone/./status/1", NotAPost::OtherPage),
        ("https://x.com\\someone\\status\\1", NotAPost::OtherPage),
        ("https://x.com/someone%2Fstatus%2F1", NotAPost::OtherPage),
        ("https://x.com/someone/st%61tus/1", NotAPost::OtherPage),
        ("https://x.com/some\tone/status/1", NotAPost::OtherPage),
        ("https://x.com/someone/status/1\n", NotAPost::OtherPage),
        ("https://x.com/someone/status/1 ", NotAPost::OtherPage),
        ("https://x.com/someone/status/1#top", NotAPost::OtherPage),
        ("https://x.com/someone/status/1#", NotAPost::OtherPage),
        ("https://x.com/someone/status/1?", NotAPost::OtherPage),
        ("https://x.com/someone/status/1?next=https://example.com", NotAPost::OtherPage),
        ("https://x.com/someone/status/1?s=20&u=1", NotAPost::OtherPage),
        ("https://x.com/someone/status/1?s=", NotAPost::OtherPage),
        ("https://bsky.app/profile/a.example/post/3mdexample222?ref=x", NotAPost::OtherPage),
        ("https://bsky.app/profile/a.example/post/3mdexample222/", NotAPost::OtherPage),
        ("https://bsky.app/profile/a.example/lists/3mdexample222", NotAPost::OtherPage),
        ("https://social.example/@someone/1?s=20", NotAPost::OtherPage),
        ("https://social.example/@someone/1/embed", NotAPost::OtherPage),
        ("https://social.example/@someone", NotAPost::OtherPage),
        ("https://social.example/web/@someone/1", NotAPost::OtherPage),
        ("https://social.example/someone/1", NotAPost::OtherPage),
        ("https://social.example/@/1", NotAPost::OtherPage),
        ("https://social.example/@a@b/1", NotAPost::OtherPage),
        ("https://social.example/@a@b.example@c.example/1", NotAPost::OtherPage),
        ("https://social.example/@.a/1", NotAPost::OtherPage),
        // Ids.
        ("https://x.com/someone/status/0", NotAPost::OtherPage),
        ("https://x.com/someone/status/01", NotAPost::OtherPage),
        ("https://x.com/someone/status/-1", NotAPost::OtherPage),
        ("https://x.com/someone/status/+1", NotAPost::OtherPage),
        ("https://x.com/someone/status/1a", NotAPost::OtherPage),
        ("https://x.com/someone/status/9223372036854775808", NotAPost::OtherPage),
        ("https://x.com/someone/status/13468894366262599680", NotAPost::OtherPage),
        ("https://x.com/someone/status/１", NotAPost::OtherPage),
        ("https://bsky.app/profile/a.example/post/3mdexample22", NotAPost::OtherPage),
        ("https://bsky.app/profile/a.example/post/3mdexample2222", NotAPost::OtherPage),
        ("https://bsky.app/profile/a.example/post/3MDEXAMPLE222", NotAPost::OtherPage),
        ("https://bsky.app/profile/a.example/post/zmdexample222", NotAPost::OtherPage),
        ("https://bsky.app/profile/a.example/post/3mdexample201", NotAPost::OtherPage),
        // Owners.
        ("https://bsky.app/profile/someone/post/3mdexample222", NotAPost::OtherPage),
        ("https://bsky.app/profile/a..example/post/3mdexample222", NotAPost::OtherPage),
        ("https://bsky.app/profile/-a.example/post/3mdexample222", NotAPost::OtherPage),
        ("https://bsky.app/profile/a.1/post/3mdexample222", NotAPost::OtherPage),
        ("https://bsky.app/profile/handle.invalid/post/3mdexample222", NotAPost::OtherPage),
        ("https://bsky.app/profile/did:plc:short/post/3mdexample222", NotAPost::OtherPage),
        ("https://bsky.app/profile/did:key:abc/post/3mdexample222", NotAPost::OtherPage),
        ("https://bsky.app/profile/did:web:A.example/post/3mdexample222", NotAPost::OtherPage),
        ("https://bsky.app/profile/did:web:a.example:8080/post/3mdexample222", NotAPost::OtherPage),
        ("at://a.example", NotAPost::OtherPage),
        ("at://a.example/app.bsky.feed.like/3mdexample222", NotAPost::OtherPage),
        ("at://a.example/app.bsky.feed.post/3mdexample222/", NotAPost::OtherPage),
        ("at://a.example/app.bsky.feed.post/3mdexample222#x", NotAPost::OtherPage),
        ("AT://a.example/app.bsky.feed.post/3mdexample222", NotAPost::NotHttps),
        (long.as_str(), NotAPost::TooLong),
    ] {
        assert_eq!(parsed(text), Err(why), "{text}");
    }
}

#[test]
fn a_server_is_named_by_a_bare_address_with_tls_or_on_this_machine() {
    for (text, origin) in [
        ("https://social.example", Some("https://social.example")),
        ("https://social.example/", Some("https://social.example")),
        ("https://Social.Example", Some("https://social.example")),
        ("http://127.0.0.1:3000", Some("http://127.0.0.1:3000")),
        ("http://localhost:3000/", Some("http://localhost:3000")),
        ("http://social.example", None),
        ("https://social.example:8443", None),
        ("https://social.example/path", None),
        ("https://user@social.example", None),
        ("https://social.example?x", None),
        ("social.example", None),
        ("", None),
    ] {
        assert_eq!(MastodonServer::parse(text).as_ref().map(MastodonServer::origin), origin, "{text}");
    }
    let here = MastodonServer::parse("http://127.0.0.1:3000").unwrap();
    let post = PostAddress::parse("http://127.0.0.1:3000/@someone/1", Some(&here)).unwrap();
    assert_eq!(post, PostAddress::mastodon(&here, "1").unwrap());
    assert_eq!(PostAddress::parse("http://127.0.0.1:3001/@someone/1", Some(&here)), Err(NotAPost::NotHttps));
    assert!(PostAddress::parse("http://127.0.0.1:30000/@someone/1", Some(&here)).is_err());
}

#[test]
fn an_address_survives_being_stored() {
    let here = MastodonServer::parse("http://127.0.0.1:3000").unwrap();
    for post in [
        PostAddress::x("1").unwrap(),
        PostAddress::bluesky(PLC, KEY).unwrap(),
        PostAddress::bluesky("a.example", KEY).unwrap(),
        PostAddress::mastodon(&server(), "1").unwrap(),
        PostAddress::mastodon(&here, "1").unwrap(),
    ] {
        let json = serde_json::to_string(&post).unwrap();
        assert_eq!(serde_json::from_str::<PostAddress>(&json).unwrap(), post);
    }
    for stored in ["\"\"", "\"https://x.com\"", "1", "\"http://social.example/statuses/1\""] {
        assert!(serde_json::from_str::<PostAddress>(stored).is_err(), "{stored}");
    }
}

#[test]
fn nothing_of_an_address_is_in_a_debug_print() {
    let post = PostAddress::bluesky("someone.example", KEY).unwrap();
    assert_eq!(format!("{post:?}"), "PostAddress(bluesky, ..)");
}

proptest! {
    #[test]
    fn any_text_has_an_answer(text in "\\PC{0,80}") {
        let _ = (PostAddress::parse(&text, Some(&server())), PostAddress::try_from(text.clone()));
        let _ = MastodonServer::parse(&text);
    }

    #[test]
    fn whatever_is_read_is_on_a_known_host_and_reads_back_the_same(
        start in "(https://|http://|at://|HTTPS://|https:/)", user in "(|u@|u:p@)",
        host in "(x\\.com|twitter\\.com|www\\.x\\.com|bsky\\.app|social\\.example|evil\\.example|x\\.com\\.evil)",
        port in "(|:443|:80)", path in "(/i|/@a|/users/a|/profile/a\\.example|/statuses|/\\.\\.|/%2e){0,2}",
        kind in "(|/status|/statuses|/post|/app\\.bsky\\.feed\\.post)",
        id in "(|/[0-9]{1,20}|/3[a-z2-7]{12})", end in "(|/|\\?s=1|\\?x|#|\\PC)",
    ) {
        let text = format!("{start}{user}{host}{port}{path}{kind}{id}{end}");
        if let Ok(post) = PostAddress::parse(&text, Some(&server())) {
            let canonical = post.to_string();
            prop_assert_eq!(&PostAddress::parse(&canonical, Some(&server())).unwrap(), &post);
            prop_assert_eq!(&PostAddress::parse(&post.page(), Some(&server())).unwrap(), &post);
            prop_assert_eq!(&PostAddress::try_from(canonical).unwrap(), &post);
            prop_assert!(user.is_empty() && port.is_empty() && !host.contains("evil") || start == "at://");
        }
    }

    #[test]
    fn ids_are_positive_numbers_of_64_bits(id in 1i64..=i64::MAX, name in "[A-Za-z0-9_]{1,15}") {
        let text = format!("https://x.com/{name}/status/{id}");
        let post = PostAddress::parse(&text, None).unwrap();
        prop_assert_eq!(post.id(), id.to_string());
    }
}
