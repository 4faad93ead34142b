//! What happens to letters, call by call.

#![allow(clippy::unwrap_used)]

use std::sync::Mutex;

use super::*;

/// Letters in a drawer, and what was asked of it.
#[derive(Default)]
struct Fake {
    pages: Mutex<Vec<Vec<DeadLetter>>>,
    calls: Mutex<Vec<String>>,
    fails: Option<&'static str>,
}

impl Fake {
    fn with(pages: &[&[&str]]) -> Self {
        let page = |ids: &&[&str]| ids.iter().map(|id| letter(id)).collect();
        Self { pages: Mutex::new(pages.iter().rev().map(page).collect()), ..Self::default() }
    }

    fn call(&self, call: &str, letter: &DeadLetter) -> Result<(), Unusable> {
        let call = format!("{call} {}", letter.id);
        let fails = self.fails == Some(call.as_str());
        self.calls.lock().unwrap().push(call);
        match fails {
            true => Err(Unusable { queue: "example".to_owned(), reason: "no answer".to_owned() }),
            false => Ok(()),
        }
    }
}

fn letter(id: &str) -> DeadLetter {
    let body = r#"{"submission":"01JD00000000000000000000AA"}"#;
    let body = if id.starts_with("odd") { "planted" } else { body };
    DeadLetter::new(id, body)
}

#[async_trait]
impl Drawer for Fake {
    async fn receive(&self) -> Result<Vec<DeadLetter>, Unusable> {
        Ok(self.pages.lock().unwrap().pop().unwrap_or_default())
    }

    async fn send(&self, letter: &DeadLetter) -> Result<(), Unusable> {
        self.call("send", letter)
    }

    async fn delete(&self, letter: &DeadLetter) -> Result<(), Unusable> {
        self.call("delete", letter)
    }

    async fn show_again(&self, letter: &DeadLetter) {
        self.call("show", letter).unwrap();
    }
}

fn ids(ids: &[&str]) -> Vec<String> {
    ids.iter().map(|id| (*id).to_owned()).collect()
}

#[tokio::test]
async fn each_letter_is_sent_back_before_it_is_deleted() {
    let drawers = [("screening", Fake::with(&[&["a", "b"], &["c"]])), ("bounces", Fake::with(&[&["odd"]]))];
    let outcome = each(&drawers, &[], Fate::SentBack).await.unwrap();
    let expected = ["send a", "delete a", "send b", "delete b", "send c", "delete c"];
    assert_eq!(*drawers[0].1.calls.lock().unwrap(), expected);
    assert_eq!(*drawers[1].1.calls.lock().unwrap(), ["send odd", "delete odd"]);
    let shown = outcome.shown(Fate::SentBack).unwrap();
    assert_eq!(shown.plain, "4 messages went back to their queues.\n");
    assert!(shown.in_order);
    assert_eq!(shown.json["done"][3], json!({"queue": "bounces", "id": "odd"}));
}

#[tokio::test]
async fn only_the_named_are_touched_and_the_others_shown_again() {
    let drawers = [("screening", Fake::with(&[&["a", "b", "c"]]))];
    let outcome = each(&drawers, &ids(&["b", "gone"]), Fate::Discarded).await.unwrap();
    assert_eq!(*drawers[0].1.calls.lock().unwrap(), ["delete b", "show a", "show c"]);
    let shown = outcome.shown(Fate::Discarded).unwrap();
    assert!(shown.plain.starts_with("1 message is discarded.\nNot found: gone\n"), "{}", shown.plain);
    assert!(!shown.in_order);
}

#[tokio::test]
async fn what_could_not_be_sent_is_not_deleted() {
    let fake = Fake { fails: Some("send b"), ..Fake::with(&[&["a", "b", "c"]]) };
    let drawers = [("screening", fake)];
    let error = format!("{:#}", each(&drawers, &[], Fate::SentBack).await.unwrap_err());
    assert_eq!(*drawers[0].1.calls.lock().unwrap(), ["send a", "delete a", "send b"]);
    assert!(error.contains("1 were done before that"), "{error}");
}

#[tokio::test]
async fn a_queue_that_shows_the_same_letters_again_ends() {
    let drawers = [("screening", Fake::with(&[&["a"], &["a"], &["b"]]))];
    let shown = list(&drawers).await.unwrap();
    assert_eq!(shown.json.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_list_tells_hints_from_the_rest_and_shows_no_body() {
    let drawers = [("screening", Fake::with(&[&["a", "odd"]])), ("bounces", Fake::with(&[]))];
    let shown = list(&drawers).await.unwrap();
    assert!(shown.plain.contains("hint at 0000AA") && shown.plain.contains("not a hint"), "{}", shown.plain);
    assert!(!shown.plain.contains("planted") && !shown.json.to_string().contains("planted"));
    assert_eq!((&shown.json[0]["reference"], &shown.json[1]["submission"]), (&"0000AA".into(), &json!(null)));
    assert_eq!(*drawers[0].1.calls.lock().unwrap(), ["show a", "show odd"]);
    assert_eq!(list(&drawers).await.unwrap().plain, "There are no dead letters.\n");
}

#[test]
fn local_letters_are_listed_and_need_no_retry() {
    let data = tempfile::tempdir().unwrap();
    assert_eq!(local::list(data.path()).unwrap().plain, "There are no dead letters.\n");
    let line = r#"{"queue":"screening","body":"planted","reason":"the message is no hint","at":"2026-11-23T12:00:00Z"}"#;
    std::fs::write(data.path().join("dead-letters.jsonl"), format!("{line}\n")).unwrap();
    let shown = local::list(data.path()).unwrap();
    assert!(shown.plain.contains("not a hint") && shown.plain.contains("the message is no hint"));
    assert!(!shown.plain.contains("planted") && !shown.json.to_string().contains("planted"));
    assert!(local::retry().unwrap().in_order);
}
