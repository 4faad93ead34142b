//! Every page, from its samples: what each must have, and what none may have.

#![allow(clippy::unwrap_used)]

use super::samples::{Sample, samples, samples_with};
use super::*;
use crate::headers::{STYLE, content_security_policy};
use sha2::{Digest, Sha256};

/// The opening tags with this name, each from `<` to `>`. Good enough for our own pages: no attribute holds a `>`.
fn tags<'a>(html: &'a str, name: &str) -> Vec<&'a str> {
    let open = format!("<{name}");
    html.match_indices(&open)
        .map(|(at, _)| &html[at..at + html[at..].find('>').unwrap() + 1])
        .filter(|tag| tag[open.len()..].starts_with([' ', '>']))
        .collect()
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let start = format!(" {name}=\"");
    let from = tag.find(&start)? + start.len();
    Some(&tag[from..from + tag[from..].find('"').unwrap()])
}

/// A sentence as a page has it.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('\'', "&#39;").replace('"', "&quot;")
}

fn body(sample: &Sample) -> &str {
    &sample.html[sample.html.find("<body>").unwrap()..]
}

/// Feed readers find the feed by it, and browsers load nothing for it.
const FEED: &str =
    "<link rel=\"alternate\" type=\"application/atom+xml\" title=\"ClientsConnect\" href=\"/feed.atom\">";

#[test]
fn every_page_has_its_frame() {
    for sample in samples() {
        let (name, html) = (sample.name, &sample.html);
        assert!(html.starts_with("<!doctype html>\n<html lang=\"en-GB\">"), "{name}");
        assert!(
            html.contains("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"),
            "{name}"
        );
        assert_eq!(tags(html, "h1").len(), 1, "{name}");
        assert_eq!(tags(html, "title").len(), 1, "{name}");
        assert_eq!(tags(html, "main").len(), 1, "{name}");
        assert!(html.contains("<a class=\"skip\" href=\"#main\">"), "{name}");
        let leave = tags(html, "a").into_iter().find(|tag| tag.contains("class=\"leave\"")).unwrap();
        assert!(leave.contains("rel=\"noreferrer"), "{name}");
        assert!(html.contains("href=\"/help\"") && html.contains("href=\"tel:999\""), "{name}");
        assert!(html.contains(FEED), "{name}");
        assert!(!html.contains("{{") && !html.contains("{%"), "{name}");
    }
}

#[test]
fn pages_have_titles_of_their_own() {
    let mut seen = std::collections::BTreeMap::new();
    for sample in samples() {
        let title = sample.html.split("<title>").nth(1).unwrap().split("</title>").next().unwrap().to_owned();
        assert!(!title.starts_with(" ·") && title.contains(" · "), "{}: {title}", sample.name);
        let page = sample.name.split('-').next().unwrap().to_owned();
        let other = seen.insert(title.clone(), page.clone());
        assert!(other.as_ref().is_none_or(|other| *other == page), "{title}: {} and {other:?}", sample.name);
    }
}

#[test]
fn the_policy_allows_the_style_as_it_stands_in_each_page_and_nothing_runs() {
    for sample in samples() {
        let (name, html) = (sample.name, &sample.html);
        let style = html.split("<style>").nth(1).unwrap().split("</style>").next().unwrap();
        assert_eq!(style, STYLE, "{name}");
        let hash = data_encoding::BASE64.encode(&Sha256::digest(style.as_bytes()));
        assert!(content_security_policy().contains(&format!("'sha256-{hash}'")), "{name}");
        for forbidden in
            ["<script", " style=", "<img", "<iframe", "<link", "javascript:", " onclick", "<base"]
        {
            assert!(!html.replace(FEED, "").contains(forbidden), "{name}: {forbidden}");
        }
    }
}

#[test]
fn nothing_is_chosen_unless_somebody_chose_it() {
    for sample in samples() {
        let chosen: Vec<&str> =
            tags(&sample.html, "input").into_iter().filter(|tag| tag.contains(" checked")).collect();
        assert!(!sample.html.contains(" selected"), "{}", sample.name);
        let names: Vec<&str> = chosen.iter().map(|tag| attribute(tag, "name").unwrap()).collect();
        match sample.name {
            "submit-again" => assert_eq!(names, ["role", "contact", "consent_publish"]),
            "review-again" => assert_eq!(names, ["decision", "could_harm"]),
            name => assert!(names.is_empty() && !sample.keeps_choices, "{name}: {names:?}"),
        }
    }
}

/// What a browser, or a scanner, sends for a form that it leaves as it stands.
fn sent_as_it_stands(html: &str) -> Vec<(String, Vec<(String, String)>)> {
    html.split("<form ")
        .skip(1)
        .map(|form| {
            let form = form.split("</form>").next().unwrap();
            let action = attribute(&format!(" {form}"), "action").unwrap().to_owned();
            let fields = tags(form, "input")
                .into_iter()
                .filter(|tag| {
                    !matches!(attribute(tag, "type"), Some("radio" | "checkbox")) || tag.contains(" checked")
                })
                .map(|tag| {
                    (attribute(tag, "name").unwrap().to_owned(), attribute(tag, "value").unwrap().to_owned())
                })
                .collect();
            (action, fields)
        })
        .collect()
}

#[test]
fn a_form_left_as_it_stands_lacks_the_field_that_acts() {
    let mut forms = 0;
    for sample in samples().into_iter().filter(|sample| !sample.keeps_choices) {
        for (action, fields) in sent_as_it_stands(&sample.html) {
            let sent = |name: &str| fields.iter().any(|(field, value)| field == name && !value.is_empty());
            let needed = match action.rsplit('/').next().unwrap() {
                _ if action.contains("/unsubscribe/") => "confirm",
                "submissions" => "consent_publish",
                "status" => "return_code",
                "words" => "confirm",
                "agree" => "answer",
                "appeal" => "appeal",
                "withdraw" => "withdraw",
                "fresh" => "email",
                "confirm" if action.ends_with("withdraw/confirm") => "confirm",
                "confirm" => "declaration",
                "v4.local.example" => "decision",
                other => panic!("{}: no rule for a form to {other}", sample.name),
            };
            assert!(!sent(needed), "{}: {action} acts as it stands", sample.name);
            assert!(
                tags(&sample.html, "input").iter().any(|tag| attribute(tag, "name") == Some(needed)),
                "{}: {action} can never act",
                sample.name
            );
            forms += 1;
        }
    }
    assert!(forms > 15);
}

#[test]
fn every_form_is_a_post_to_ourselves_and_every_field_has_a_label() {
    for sample in samples() {
        let (name, html) = (sample.name, body(&sample));
        for form in tags(html, "form") {
            assert_eq!(attribute(form, "method"), Some("post"), "{name}");
            assert!(attribute(form, "action").unwrap().starts_with('/'), "{name}");
        }
        for field in [tags(html, "input"), tags(html, "textarea")].concat() {
            if attribute(field, "type") == Some("hidden") {
                continue;
            }
            let id = attribute(field, "id").unwrap();
            assert_eq!(html.matches(&format!("<label for=\"{id}\">")).count(), 1, "{name}: {id}");
            for described in attribute(field, "aria-describedby").unwrap_or_default().split_whitespace() {
                assert!(html.contains(&format!(" id=\"{described}\"")), "{name}: {described}");
            }
        }
        for radio in tags(html, "input").into_iter().filter(|tag| tag.contains("\"radio\"")) {
            let before = &html[..html.find(radio).unwrap()];
            assert!(
                before.matches("<fieldset").count() > before.matches("</fieldset").count(),
                "{name}: {radio}"
            );
        }
        assert_eq!(html.matches("<fieldset").count(), html.matches("<legend>").count(), "{name}");
    }
}

#[test]
fn ids_are_unique_and_what_points_at_one_finds_it() {
    for sample in samples() {
        let (name, html) = (sample.name, body(&sample));
        let mut ids: Vec<&str> =
            html.split(" id=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
        let count = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), count, "{name}");
        for reference in ["href=\"#", "aria-labelledby=\""] {
            for target in html.split(reference).skip(1).map(|rest| rest.split('"').next().unwrap()) {
                assert!(ids.contains(&target), "{name}: {target}");
            }
        }
    }
}

#[test]
fn errors_come_first_and_lead_to_their_fields() {
    for sample in
        samples().iter().filter(|sample| sample.name.ends_with("-again") || sample.name == "status-rewording")
    {
        let html = body(sample);
        assert!(html.find("role=\"alert\"").unwrap() < html.find("<h1>").unwrap(), "{}", sample.name);
        assert!(sample.html.contains("<title>Error: "), "{}", sample.name);
        assert!(html.contains("aria-invalid=\"true\"") || html.contains("cards wrong"), "{}", sample.name);
    }
}

#[test]
fn what_people_type_never_becomes_markup_or_turns_text_around() {
    let hostile = "<script>alert(1)</script>\" onfocus=\"x\u{202E}\u{2066}\0'></textarea>";
    let plain = samples();
    for (sample, plain) in samples_with(hostile).iter().zip(&plain) {
        let (name, html) = (sample.name, &sample.html);
        for forbidden in ["<script", "\u{202E}", "\u{2066}", "\0", "\" onfocus", "'></textarea>"] {
            assert!(!html.contains(forbidden), "{name}: {forbidden:?}");
        }
        for tag in ["textarea", "input", "p", "a", "form", "mark", "li"] {
            if name != "status-agree" && name != "review-revised" {
                assert_eq!(tags(html, tag).len(), tags(&plain.html, tag).len(), "{name}: {tag}");
            }
        }
    }
    let with_text = samples_with(hostile).iter().filter(|s| s.html.contains("&lt;script&gt;")).count();
    assert!(with_text > 20, "{with_text}");
}

#[test]
fn text_goes_back_into_its_field_as_it_was() {
    let text = "\n two\n lines & <b>";
    let html = Submit { text: text.to_owned(), ..Submit::default() }.html();
    let field = html.split("<textarea").nth(1).unwrap();
    let field = &field[field.find('>').unwrap() + 1..field.find("</textarea>").unwrap()];
    // The parser drops one line break right after the tag.
    assert_eq!(field, "\n\n two\n lines &amp; &lt;b&gt;");
}

#[test]
fn marks_and_parts_show_the_text_exactly() {
    let review = samples().into_iter().find(|sample| sample.name == "review-findings").unwrap();
    for line in [
        "aria-label=\"Mark 1, glance: How suicide is written about\">1</a>",
        "<strong>2. Somebody else&#39;s private life</strong>\n<p>Tells of somebody else</p>",
        "href=\"#place-3\"",
        "disclaimer\">General information",
    ] {
        assert!(review.html.contains(line), "{line}");
    }
    let order = ["Must not appear", "May need other words", "Worth a glance"]
        .map(|heading| review.html.find(&format!("\">{heading}</h3>")).unwrap());
    assert!(order.is_sorted(), "the gravest first");
    // Without its tags, the marked text is the text: nothing added, nothing lost.
    let marked = review.html.split("<div class=\"card\"><p class=\"words\" dir=\"auto\">").nth(1);
    let marked = marked.unwrap().split("</p>").next().unwrap();
    let mut left = String::new();
    for piece in marked.split("<a class=\"tag\"").enumerate().map(|(at, piece)| match at {
        0 => piece,
        _ => piece.split_once("</a>").unwrap().1,
    }) {
        left.push_str(piece);
    }
    for tag in ["<mark class=\"note\">", "<mark class=\"caution\">", "<mark class=\"stop\">", "</mark>"] {
        left = left.replace(tag, "");
    }
    assert!(
        review
            .html
            .contains(&format!("<p class=\"words\" dir=\"auto\">{left}\n\n<span class=\"disclaimer\"")),
        "{left}"
    );
    let rendered = "Words. \n\nThe disclaimer.";
    let part = Part::new(rendered, "The disclaimer.");
    assert_eq!(format!("{}{}", part.words, part.disclaimer), rendered);
    assert_eq!(Part::new("Words.", "Other."), Part { words: "Words.".to_owned(), disclaimer: String::new() });
}

#[test]
fn a_confirmation_sends_only_what_belongs_to_the_decision() {
    for (name, expected) in [
        ("review-confirm-approve", vec!["form_token", "decision", "note"]),
        ("review-confirm-reword", vec!["form_token", "decision", "suggestion", "reword_reason", "note"]),
        ("review-confirm-reject", vec!["form_token", "decision", "reject_reason", "could_harm", "note"]),
        ("review-confirm-concern", vec!["form_token", "decision", "note"]),
        ("review-confirm-step-back", vec!["form_token", "decision", "note"]),
    ] {
        let sample = samples().into_iter().find(|sample| sample.name == name).unwrap();
        let (_, fields) = sent_as_it_stands(&sample.html).remove(0);
        assert_eq!(fields.iter().map(|(field, _)| field.as_str()).collect::<Vec<_>>(), expected, "{name}");
        let declares = sample.html.contains("I did not write or propose this");
        assert_eq!(declares, !name.ends_with("concern") && !name.ends_with("step-back"), "{name}");
    }
}

#[test]
fn help_is_on_every_page_that_somebody_in_danger_could_meet() {
    for sample in samples() {
        let public = ["submit", "thank", "status", "problem", "refused", "help"]
            .iter()
            .any(|start| sample.name.starts_with(start));
        if public
            && sample.name != "status-entry"
            && !matches!(sample.name, "status-confirm" | "status-entry-again")
        {
            assert!(body(&sample).contains("tel:116123"), "{}", sample.name);
        }
    }
    for name in ["thank-you-urgent", "thank-you-unread", "submit-again", "status-rewording", "status-held"] {
        let sample = samples().into_iter().find(|sample| sample.name == name).unwrap();
        let html = body(&sample);
        assert!(
            html.find("id=\"support\"").unwrap() < html.find("class=\"steps\"").unwrap_or(html.len()),
            "{name}"
        );
    }
    let minor = samples().into_iter().find(|sample| sample.name == "refused-minor").unwrap();
    let html = body(&minor);
    assert!(html.find("tel:08001111").unwrap() < html.find("tel:999").unwrap());
}

#[test]
fn whoever_is_told_of_danger_learns_what_was_noticed_that_it_can_be_wrong_and_who_decides() {
    let find = |name: &str| samples().into_iter().find(|sample| sample.name == name).unwrap().html;
    let told = find("thank-you-urgent");
    let words = content::screening();
    for sentence in [&words.noticed, &words.noticed_unsure, &words.set_aside, &words.set_aside_next[0]] {
        assert!(told.contains(&escaped(sentence)), "{sentence}");
    }
    assert!(!told.contains(&content::wording().what_next[1]), "no therapist on the panel reads it");
    assert!(find("status-held").contains(&escaped(&words.set_aside_status)));
    for name in ["submit", "status", "status-declined", "status-redaction"] {
        assert!(find(name).contains(&escaped(&words.reads_first)), "{name}");
    }
    assert!(find("status-declined").contains("name=\"appeal\""));
    assert!(!find("status-declined-asked").contains("name=\"appeal\""));
}

#[test]
fn whoever_must_change_words_or_is_declined_learns_it_at_once() {
    let find = |name: &str| samples().into_iter().find(|sample| sample.name == name).unwrap().html;
    let (words, panel) = (content::screening(), &content::wording().what_next[1]);
    for (name, told) in [
        ("thank-you-sent-back", [&words.sent_back, &words.sent_back_next[0]]),
        ("thank-you-declined", [&words.declined, &words.declined_next[0]]),
    ] {
        let html = find(name);
        for sentence in told {
            assert!(html.contains(&escaped(sentence)), "{name}: {sentence}");
        }
        assert!(!html.contains(&escaped(panel)), "{name}: no therapist reads it now");
    }
    assert!(find("thank-you").contains(&escaped(panel)));
}

#[test]
fn a_dead_link_has_one_page_and_does_not_tell_who_is_on_the_list() {
    let asked = DeadLink { asked: true, urgent: false }.html();
    assert!(asked.contains("If that address is on our list, a fresh link is on its way."));
    assert!(DeadLink::default().html().contains("action=\"/review/fresh\""));
}

#[test]
fn every_status_has_words_without_blame() {
    for status in [400, 403, 404, 405, 409, 413, 415, 429, 500, 503, 599] {
        let problem = Problem::for_status(status);
        assert!(!problem.title.is_empty() && problem.what_to_do.ends_with('.'), "{status}");
    }
}

/// Below `<body>`, since the style would drown the rest.
fn shown(name: &str) -> String {
    let sample = samples().into_iter().find(|sample| sample.name == name).unwrap();
    body(&sample).lines().map(str::trim_end).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

#[test]
fn key_pages_read_as_they_should() {
    insta::assert_snapshot!("review_findings", shown("review-findings"));
    insta::assert_snapshot!("review_guidance", shown("review-guidance"));
    insta::assert_snapshot!("review_shared", shown("review-shared"));
    insta::assert_snapshot!("review_boosted", shown("review-boosted"));
    insta::assert_snapshot!("review_confirm_reword", shown("review-confirm-reword"));
    insta::assert_snapshot!("thank_you", shown("thank-you"));
    insta::assert_snapshot!("thank_you_urgent", shown("thank-you-urgent"));
    insta::assert_snapshot!("status_redaction", shown("status-redaction"));
    insta::assert_snapshot!("status_declined", shown("status-declined"));
    insta::assert_snapshot!("dead_link", shown("dead-link"));
}

/// Writes every sample as a file, to look at in a browser: `PAGES_DIR=/some/folder cargo nextest run -p web samples_as_files`.
#[test]
fn samples_as_files() {
    let names: std::collections::BTreeSet<&str> = samples().iter().map(|sample| sample.name).collect();
    assert_eq!(names.len(), samples().len(), "two samples share a name");
    let Ok(folder) = std::env::var("PAGES_DIR") else { return };
    for sample in samples() {
        std::fs::write(format!("{folder}/{}.html", sample.name), sample.html).unwrap();
    }
}
