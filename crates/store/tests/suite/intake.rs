//! Posts that somebody asks for: each is one item however often it is told, waits for its turn, and leaves nothing.

use curation::{
    composition::PlatformName,
    roster::Duty,
    submission::{About, Notice, Recipient},
    time::Now,
    transitions::Route,
};
use jiff::SignedDuration;
use store::{
    Admission, Admitted, Ask, Asked, Ledger, Listing, Post, PostKey, PostState, Reason, StoreError, Wish,
    leads_list,
};

use crate::{
    harness::{Item, World},
    people::{Example, minutes_later, monday, submission_id},
};

const ADDRESS: &str = "https://x.com/i/status/4711";
const MOST: u64 = 20;

fn post(number: u32) -> PostKey {
    PostKey::new(&PlatformName::new("x"), &format!("hash-{number:05}"))
}

fn wish(source: &str, now: Now) -> Wish {
    Wish {
        address: ADDRESS.to_owned(),
        author: Some("author-12".to_owned()),
        source: source.to_owned(),
        received_at: now.at,
    }
}

struct Asking<'a> {
    event: &'a str,
    source: &'a str,
    by_author: bool,
}

const SOMEBODY: Asking<'static> = Asking { event: "event-1", source: "somebody", by_author: false };

impl World {
    async fn ask(&self, number: u32, asking: &Asking<'_>, now: Now) -> Asked {
        let wish = wish(asking.source, now);
        let ask = Ask {
            event: Some(asking.event),
            key: &post(number),
            wish: &wish,
            source: asking.source,
            by_author: asking.by_author,
            daily_limit: MOST,
        };
        self.store.ask(&ask, now).await.unwrap()
    }

    async fn item(&self, number: u32, now: Now) -> Post {
        self.store.post(&post(number), now).await.unwrap().unwrap()
    }

    /// Everything that came in stands in line.
    async fn line_up(&self, now: Now) {
        for key in self.store.arrived(1_000).await.unwrap() {
            let post = self.store.post(&key, now).await.unwrap().unwrap();
            self.store.line_up(&post, now).await.unwrap();
        }
    }

    async fn admit(
        &self,
        post: &Post,
        number: u32,
        words: &str,
        author: &str,
    ) -> Result<Admitted, StoreError> {
        let example = Example::screened(number, Route::Review, monday());
        let mut ledger = self.store.ledger().await.unwrap();
        ledger.version += 1;
        ledger.waiting.push(submission_id(number));
        let admission = Admission {
            post,
            step: &example.step,
            revision: &example.revision,
            report: example.report.as_ref(),
            origin: &serde_json::json!({"origin": "platform"}),
            ledger: &ledger,
            words: &words.split(' ').map(str::to_owned).collect::<Vec<_>>(),
            author,
            author_limit: 2,
            author_window: SignedDuration::from_hours(7 * 24),
        };
        self.store.admit(&admission, monday()).await
    }
}

#[tokio::test]
async fn a_post_is_one_item_and_one_call_however_often_it_is_told() {
    let world = World::new().await;
    assert_eq!(world.ask(1, &SOMEBODY, monday()).await, Asked::Taken);
    assert_eq!(world.calls.take(), "TransactWriteItems 1");
    assert_eq!(world.ask(1, &SOMEBODY, monday()).await, Asked::Repeated);
    assert_eq!(world.calls.take(), "TransactWriteItems 1");
    let another = Asking { event: "event-2", source: "another", by_author: true };
    assert_eq!(world.ask(1, &another, minutes_later(1)).await, Asked::Taken);
    assert_eq!(world.calls.take(), "TransactWriteItems 1");

    let item = world.item(1, monday()).await;
    assert_eq!((item.state, item.voices, item.by_author), (PostState::Waiting, 2, true));
    assert_eq!(item.wish, Some(wish("somebody", monday())), "who asked first");
    assert_eq!(world.store.arrived(10).await.unwrap(), [post(1)]);
    let again = Now::real(monday().after(SignedDuration::from_hours(7 * 24)));
    assert_eq!(world.ask(1, &SOMEBODY, again).await, Asked::Taken, "an event is forgotten in time");
}

#[tokio::test]
async fn a_source_asks_for_so_much_a_day() {
    let world = World::new().await;
    let mut taken = Vec::new();
    for number in 0..25 {
        let event = format!("event-{number}");
        let asking = Asking { event: &event, ..SOMEBODY };
        taken.push(world.ask(number, &asking, monday()).await);
    }
    assert!(taken[..20].iter().all(|asked| *asked == Asked::Taken));
    assert!(taken[20..].iter().all(|asked| *asked == Asked::OverLimit));
    assert_eq!(world.store.post(&post(24), monday()).await.unwrap(), None);
    let another = Asking { event: "event-24", source: "another", by_author: false };
    assert_eq!(world.ask(24, &another, monday()).await, Asked::Taken);
    let asking = Asking { event: "event-23", ..SOMEBODY };
    assert_eq!(world.ask(23, &asking, minutes_later(24 * 60)).await, Asked::Taken);
}

#[tokio::test]
async fn lines_take_turns_and_each_is_served_in_the_order_of_asking() {
    let world = World::new().await;
    let asked = [("a", 0), ("a", 1), ("a", 2), ("b", 3), ("c", 4), ("b", 5)];
    for (number, (source, minutes)) in (0..).zip(asked) {
        let event = format!("event-{number}");
        let asking = Asking { event: &event, source, by_author: false };
        world.ask(number, &asking, minutes_later(minutes)).await;
    }
    world.line_up(minutes_later(6)).await;
    assert_eq!(world.store.arrived(10).await.unwrap(), []);
    let mut served = Vec::new();
    for minutes in 7..20 {
        let now = minutes_later(minutes);
        world.calls.take();
        let Some(source) = world.store.turns(now, 1).await.unwrap().pop() else { break };
        let Some((key, at)) = world.store.first_in_line(&source).await.unwrap() else {
            assert_eq!(world.calls.take(), "Query 2");
            world.store.line_is_empty(&source, now).await.unwrap();
            continue;
        };
        assert!(at <= now.at);
        let item = world.store.post(&key, now).await.unwrap().unwrap();
        world.store.refuse(&item, Reason::NotTaken, now).await.unwrap();
        world.store.turn_later(&source, now.at).await.unwrap();
        served.push(key);
    }
    let numbers = [0, 3, 4, 1, 5, 2];
    assert_eq!(served, numbers.map(post), "a, b, c; a, b; a");
}

#[tokio::test]
async fn an_empty_line_is_dropped_after_a_while_and_not_before() {
    let world = World::new().await;
    world.ask(1, &SOMEBODY, monday()).await;
    world.line_up(monday()).await;
    let item = world.item(1, monday()).await;
    world.store.refuse(&item, Reason::NotPublic, monday()).await.unwrap();
    world.store.line_is_empty("somebody", minutes_later(59)).await.unwrap();
    assert!(world.sort_keys(&world.tables.submissions).await.contains(&"turn".to_owned()));
    assert_eq!(world.store.turns(minutes_later(60), 1).await.unwrap(), [] as [String; 0]);
    world.store.line_is_empty("somebody", minutes_later(119)).await.unwrap();
    assert!(!world.sort_keys(&world.tables.submissions).await.contains(&"turn".to_owned()));
}

#[tokio::test]
async fn a_line_that_was_put_off_is_served_in_the_next_round_when_its_source_asks_again() {
    let world = World::new().await;
    world.ask(1, &SOMEBODY, monday()).await;
    world.line_up(monday()).await;
    let item = world.item(1, monday()).await;
    world.store.postpone(&item, minutes_later(600).at).await.unwrap();
    world.store.line_waits("somebody", minutes_later(600).at, minutes_later(2)).await.unwrap();
    assert_eq!(world.store.turns(minutes_later(599), 9).await.unwrap(), [] as [String; 0]);

    // Somebody else waits already, and keeps the place before.
    world.ask(2, &Asking { event: "event-2", source: "another", by_author: false }, minutes_later(4)).await;
    world.line_up(minutes_later(4)).await;
    world.ask(3, &Asking { event: "event-3", ..SOMEBODY }, minutes_later(5)).await;
    let item = world.item(3, monday()).await;
    world.calls.take();
    world.store.line_up(&item, minutes_later(5)).await.unwrap();
    assert_eq!(world.calls.take(), "TransactWriteItems 2");
    assert_eq!(world.store.line_up(&item, minutes_later(5)).await, Err(StoreError::Conflict), "once");
    assert_eq!(world.store.turns(minutes_later(5), 9).await.unwrap(), ["another", "somebody"]);
    assert_eq!(world.store.first_in_line("somebody").await.unwrap().unwrap().0, post(3));

    // Whoever looked at the line a moment before does not hide what came since, nor does an index that is behind.
    world.store.line_waits("somebody", minutes_later(600).at, minutes_later(5)).await.unwrap();
    assert_eq!(world.store.turns(minutes_later(6), 9).await.unwrap(), ["another", "somebody"]);
    world.store.line_is_empty("somebody", minutes_later(5)).await.unwrap();
    assert_eq!(world.store.turns(minutes_later(6), 9).await.unwrap(), ["another", "somebody"]);
}

#[tokio::test]
async fn whoever_uses_the_form_has_a_line_whose_name_says_nothing_for_two_days() {
    let world = World::new().await;
    let of =
        async |bucket: &str, fresh: &str, now: Now| world.store.line_of(bucket, fresh, now).await.unwrap();
    assert_eq!(of("bucket", "one", monday()).await, "one");
    assert_eq!(world.calls.take(), "GetItem 1, TransactWriteItems 1");
    assert_eq!(of("bucket", "two", minutes_later(48 * 60 - 1)).await, "one");
    assert_eq!(world.calls.take(), "GetItem 1");
    assert_eq!(of("another", "three", monday()).await, "three");
    assert_eq!(
        of("bucket", "four", minutes_later(48 * 60)).await,
        "four",
        "whenever the engine deletes the first"
    );
}

#[tokio::test]
async fn of_what_was_refused_nothing_is_kept_but_that() {
    let world = World::new().await;
    world.ask(1, &SOMEBODY, monday()).await;
    world.line_up(monday()).await;
    assert!(world.holds(ADDRESS).await);
    let item = world.item(1, monday()).await;
    world.calls.take();
    world.store.refuse(&item, Reason::NotTaken, monday()).await.unwrap();
    assert_eq!(world.calls.take(), "TransactWriteItems 1");
    assert!(!world.holds(ADDRESS).await && !world.holds("author-12").await);
    assert_eq!(world.store.refuse(&item, Reason::NotTaken, monday()).await, Err(StoreError::Conflict));

    // Others who ask change nothing; the author does, once.
    let other = Asking { event: "event-2", source: "other", by_author: false };
    assert_eq!(world.ask(1, &other, monday()).await, Asked::Taken);
    assert_eq!(world.store.arrived(10).await.unwrap(), []);
    assert_eq!(world.item(1, monday()).await.wish, None);
    let author = Asking { event: "event-3", source: "author", by_author: true };
    world.calls.take();
    assert_eq!(world.ask(1, &author, monday()).await, Asked::Taken);
    assert_eq!(world.calls.take(), "TransactWriteItems 2");
    assert_eq!(world.store.arrived(10).await.unwrap(), [post(1)]);
    let item = world.item(1, monday()).await;
    assert_eq!((item.state, item.by_author, item.voices), (PostState::Waiting, true, 3));
    world.line_up(monday()).await;
    let item = world.item(1, monday()).await;
    world.store.refuse(&item, Reason::NotTaken, monday()).await.unwrap();
    let again = Asking { event: "event-4", ..author };
    assert_eq!(world.ask(1, &again, monday()).await, Asked::Taken);
    assert_eq!(world.item(1, monday()).await.state, PostState::Refused);
    let later = Now::real(monday().after(SignedDuration::from_hours(30 * 24)));
    assert_eq!(world.store.post(&post(1), later).await.unwrap(), None, "and in the end not even that");
}

#[tokio::test]
async fn an_admission_is_one_transaction_and_counts_author_words_and_ledger() {
    let world = World::new().await;
    for number in 0..5 {
        let event = format!("event-{number}");
        world.ask(number, &Asking { event: &event, ..SOMEBODY }, minutes_later(number.into())).await;
    }
    world.line_up(minutes_later(10)).await;
    let item = world.item(0, monday()).await;
    world.store.ledger().await.unwrap();
    world.calls.take();
    assert_eq!(world.admit(&item, 100, "words-0 nearly-0", "author").await, Ok(Admitted::Yes));
    assert_eq!(world.calls.take(), "GetItem 1, TransactWriteItems 1", "the ledger, and all else");
    let admitted = world.item(0, monday()).await;
    assert_eq!((admitted.state, admitted.submission), (PostState::Admitted, Some(submission_id(100))));
    assert_eq!(admitted.wish, None);
    assert_eq!(world.verified(submission_id(100)).await, ["received", "screened: review"]);
    let ledger = world.store.ledger().await.unwrap();
    assert_eq!(ledger, Ledger { version: 1, waiting: vec![submission_id(100)] });
    assert_eq!(world.admit(&item, 101, "words-1", "author").await, Err(StoreError::Conflict));

    let before = world.everything().await;
    let same = world.item(1, monday()).await;
    let nearly = world.admit(&same, 101, "words-1 nearly-0", "another").await;
    assert_eq!(nearly, Ok(Admitted::SameWords(1)));
    assert_eq!(world.everything().await, before);
    world.store.fold_words(&same, "nearly-0", monday()).await.unwrap();
    assert_eq!(world.item(1, monday()).await.state, PostState::Refused);
    assert_eq!(world.item(0, monday()).await.voices, 2);

    let second = world.item(2, monday()).await;
    assert_eq!(world.admit(&second, 102, "words-2", "author").await, Ok(Admitted::Yes));
    let third = world.item(3, monday()).await;
    assert_eq!(world.admit(&third, 103, "words-3", "author").await, Ok(Admitted::AuthorWaits));
    world.store.postpone(&third, minutes_later(7 * 24 * 60).at).await.unwrap();
    let (first, _) = world.store.first_in_line("somebody").await.unwrap().unwrap();
    assert_eq!(first, post(4), "others of its line come before it");
}

#[tokio::test]
async fn words_of_which_nothing_else_is_known_any_more_settle_a_post_all_the_same() {
    let world = World::new().await;
    for number in 1..=2 {
        let event = format!("event-{number}");
        world.ask(number, &Asking { event: &event, ..SOMEBODY }, monday()).await;
    }
    world.line_up(monday()).await;
    let item = world.item(1, monday()).await;
    world.admit(&item, 100, "words", "author").await.unwrap();
    let submission = world.store.load(submission_id(100)).await.unwrap().unwrap();
    let withdrawn = world.withdrawn(&submission).await;
    world.store.erase(&withdrawn, &withdrawn.clone().erase(monday()).unwrap(), monday()).await.unwrap();
    let item = world.item(2, monday()).await;
    world.store.fold_words(&item, "words", monday()).await.unwrap();
    assert_eq!(world.item(2, monday()).await.state, PostState::Refused);
    assert_eq!(world.store.post(&post(1), monday()).await.unwrap(), None);
}

#[tokio::test]
async fn what_has_expired_and_is_still_there_swallows_no_wish() {
    let world = World::new().await;
    world.ask(1, &Asking { by_author: true, ..SOMEBODY }, monday()).await;
    world.line_up(monday()).await;
    let item = world.item(1, monday()).await;
    world.store.refuse(&item, Reason::NotTaken, monday()).await.unwrap();
    // The engine deletes what has expired within two days, or later.
    let later = Now::real(monday().after(SignedDuration::from_hours(30 * 24)));
    assert_eq!(world.store.post(&post(1), later).await.unwrap(), None);
    world.store.drop_expired(&post(1), minutes_later(1)).await.unwrap();
    let another = Asking { event: "event-2", source: "another", by_author: false };
    assert_eq!(world.ask(1, &another, later).await, Asked::Taken);
    let item = world.item(1, later).await;
    assert_eq!((item.state, item.voices, item.by_author), (PostState::Waiting, 1, false));
    assert_eq!(item.wish, Some(wish("another", later)));
    assert_eq!(world.store.arrived(10).await.unwrap(), [post(1)]);

    // Whoever found it expired a moment before does not drop what was asked for since.
    world.store.drop_expired(&post(1), later).await.unwrap();
    assert_eq!(world.item(1, later).await.wish, Some(wish("another", later)));
    let gone = Now::real(later.after(SignedDuration::from_hours(30 * 24)));
    world.store.drop_expired(&post(1), gone).await.unwrap();
    assert_eq!(world.store.arrived(10).await.unwrap(), []);
}

#[tokio::test]
async fn a_post_that_is_gone_is_forgotten_whenever_that_is_told() {
    let world = World::new().await;
    // Before it was asked for.
    assert!(world.store.post_gone(Some("gone-1"), &post(1), monday()).await.unwrap());
    assert_eq!(world.calls.take(), "TransactWriteItems 1");
    assert!(!world.store.post_gone(Some("gone-1"), &post(1), monday()).await.unwrap());
    assert_eq!(world.ask(1, &SOMEBODY, monday()).await, Asked::Taken);
    assert_eq!(world.item(1, monday()).await.state, PostState::Gone);
    assert!(!world.holds(ADDRESS).await);
    assert_eq!(world.store.arrived(10).await.unwrap(), []);

    // While it waits.
    let waiting = Asking { event: "event-2", ..SOMEBODY };
    world.ask(2, &waiting, monday()).await;
    world.line_up(monday()).await;
    world.store.post_gone(Some("gone-2"), &post(2), monday()).await.unwrap();
    assert!(!world.holds(ADDRESS).await);
    assert_eq!(world.store.first_in_line("somebody").await.unwrap(), None);

    // After it became a submission.
    world.ask(3, &Asking { event: "event-3", ..SOMEBODY }, monday()).await;
    world.line_up(monday()).await;
    let item = world.item(3, monday()).await;
    world.admit(&item, 100, "words-3", "author").await.unwrap();
    world.store.post_gone(Some("gone-3"), &post(3), monday()).await.unwrap();
    let gone = world.store.gone(monday(), 10).await.unwrap();
    assert_eq!(gone.len(), 3);
    // What cannot be forgotten now keeps no other waiting.
    let first = world.item(1, monday()).await;
    world.store.forget_later(&first, minutes_later(15).at).await.unwrap();
    assert_eq!(world.store.gone(monday(), 10).await.unwrap(), [post(2), post(3)]);
    assert_eq!(world.store.gone(minutes_later(15), 10).await.unwrap().len(), 3);
    let item = world.item(3, monday()).await;
    assert_eq!((item.state, item.submission), (PostState::Gone, Some(submission_id(100))));
    world.calls.take();
    world.store.forgotten(&item, monday()).await.unwrap();
    assert_eq!(world.calls.take(), "TransactWriteItems 1");
    assert_eq!(world.store.gone(minutes_later(15), 10).await.unwrap(), [post(2), post(1)]);
    assert!(!world.table_holds(&world.tables.tokens, "hash-00003").await, "nor its words");
    assert_eq!(world.item(3, monday()).await.submission, None);
}

#[tokio::test]
async fn the_leads_list_holds_an_address_until_a_day_after_it_was_shown() {
    let world = World::new().await;
    let listed = async |world: &World, number: u32| {
        let event = format!("event-{number}");
        world.ask(number, &Asking { event: &event, ..SOMEBODY }, monday()).await;
        world.line_up(monday()).await;
        let item = world.item(number, monday()).await;
        world.calls.take();
        let listing = world.store.refuse_and_list(&item, monday()).await.unwrap();
        let calls = if listing == Listing::Told { 1 } else { 2 };
        assert_eq!(world.calls.take(), format!("TransactWriteItems {calls}"));
    };
    listed(&world, 1).await;
    assert!(!world.table_holds(&world.tables.submissions, ADDRESS).await);
    assert!(world.table_holds(&world.tables.disclosures, ADDRESS).await);
    let lead = Notice { to: Recipient::Duty(Duty::Lead), about: About::SafeguardingHold };
    let mail = world.store.notices(leads_list()).await.unwrap();
    assert_eq!(mail.iter().flat_map(|batch| batch.notices.clone()).collect::<Vec<_>>(), [lead]);
    assert_eq!(world.store.list_waits_since().await.unwrap(), Some(monday().at));
    assert_eq!(world.item(1, monday()).await.wish, None);

    // Nobody looks: the deputy is told, then a coordinator.
    let hours = |hours: i64| Now::real(monday().after(SignedDuration::from_hours(hours)));
    world.calls.take();
    assert!(!world.store.keep_list(hours(11), 10).await.unwrap());
    assert_eq!(world.calls.take(), "Query 1");
    assert!(world.store.keep_list(hours(12), 10).await.unwrap());
    assert!(!world.store.keep_list(hours(12), 10).await.unwrap());
    assert!(world.store.keep_list(hours(24), 10).await.unwrap());
    assert_eq!(world.store.notices(leads_list()).await.unwrap().len(), 3);

    let shown = world.store.open_list(hours(30)).await.unwrap();
    assert_eq!((shown[0].address.as_str(), shown[0].ends_at), (ADDRESS, hours(54).at));
    assert_eq!(world.store.list_waits_since().await.unwrap(), None);
    assert_eq!(world.store.open_list(hours(53)).await.unwrap(), shown, "showing it again keeps it no longer");
    assert!(world.store.open_list(hours(54)).await.unwrap().is_empty());
    assert!(!world.store.keep_list(hours(54), 10).await.unwrap());
    assert!(!world.holds(ADDRESS).await);

    // Never shown: seven days.
    listed(&world, 2).await;
    for at in [24, 7 * 24 - 1] {
        world.store.keep_list(hours(at), 10).await.unwrap();
    }
    assert!(world.holds(ADDRESS).await);
    world.store.keep_list(hours(7 * 24), 10).await.unwrap();
    assert!(!world.holds(ADDRESS).await);

    // Deleted: at once.
    listed(&world, 3).await;
    world.store.post_gone(None, &post(3), monday()).await.unwrap();
    let item = world.item(3, monday()).await;
    world.store.forgotten(&item, monday()).await.unwrap();
    assert!(!world.holds(ADDRESS).await);
    assert_eq!(world.store.list_length().await.unwrap(), 0);
}

#[tokio::test]
async fn the_lead_is_told_once_an_hour_and_anew_after_they_looked() {
    let world = World::new().await;
    let list = async |number: u32, now: Now| {
        world.store.list_post(&format!("event-{number}"), &post(number), ADDRESS, now).await.unwrap()
    };
    assert_eq!(list(1, monday()).await, Listing::Told);
    assert_eq!(list(1, monday()).await, Listing::Known);
    for batch in world.store.notices(leads_list()).await.unwrap() {
        world.store.notices_sent(leads_list(), &batch).await.unwrap();
    }
    world.calls.take();
    assert_eq!(list(2, minutes_later(1)).await, Listing::Added, "its address is not dropped");
    assert_eq!(world.calls.take(), "TransactWriteItems 2");
    assert_eq!(list(3, minutes_later(59)).await, Listing::Added);
    assert!(world.store.notices(leads_list()).await.unwrap().is_empty());
    assert_eq!(list(4, minutes_later(60)).await, Listing::Told);
    assert_eq!(list(5, minutes_later(61)).await, Listing::Added);
    assert_eq!(world.store.open_list(minutes_later(62)).await.unwrap().len(), 5);
    assert_eq!(list(6, minutes_later(62)).await, Listing::Told);

    // The deputy as well, of all that nobody has looked at since noon.
    for number in 7..10 {
        list(number, minutes_later(63)).await;
    }
    let noon = |minutes: i64| minutes_later(12 * 60 + minutes);
    assert!(world.store.keep_list(noon(62), 10).await.unwrap());
    assert!(!world.store.keep_list(noon(63), 10).await.unwrap(), "told a minute ago");
    assert!(!world.store.keep_list(noon(123), 10).await.unwrap(), "nothing is due");
}

#[tokio::test]
async fn what_a_step_costs_does_not_grow_with_what_is_stored() {
    let world = World::new().await;
    world.ask(1, &SOMEBODY, monday()).await;
    world.line_up(monday()).await;
    let table = &world.tables.submissions;
    let key = (table.clone(), "p#x#hash-00001".to_owned(), "post".to_owned());
    let like = world.everything().await.remove(&key).unwrap();
    let text = |text: String| aws_sdk_dynamodb::types::AttributeValue::S(text);
    let many = (0..5_000).map(|number| {
        let mut item: Item = like.clone();
        item.insert("pk".to_owned(), text(format!("p#x#other-{number:05}")));
        let lane = if number % 2 == 0 { format!("line#source-{number}") } else { "settled".to_owned() };
        item.insert("lane".to_owned(), text(lane));
        item
    });
    world.plant_many(table, many.collect()).await;
    world.calls.take();
    let asking = Asking { event: "event-2", ..SOMEBODY };
    world.ask(2, &asking, monday()).await;
    assert_eq!(world.calls.take(), "TransactWriteItems 1");
    assert_eq!(world.store.arrived(10).await.unwrap(), [post(2)]);
    assert_eq!(world.store.gone(monday(), 10).await.unwrap(), []);
    assert_eq!(world.store.turns(monday(), 10).await.unwrap(), ["somebody"]);
    assert_eq!(world.store.first_in_line("somebody").await.unwrap().unwrap().0, post(1));
    assert_eq!(world.calls.take(), "Query 4");
    let overview = world.store.intake_overview(monday()).await.unwrap();
    assert_eq!((overview[0].platform.as_str(), overview[0].count), ("x", 5_002));
    assert_eq!(overview[0].oldest, monday().at);
}

#[tokio::test]
async fn marks_and_posts_of_an_erased_submission() {
    let world = World::new().await;
    let mark = serde_json::json!({"done": "2026-11-23T12:00:00Z"});
    assert_eq!(world.store.read_up_to("bluesky").await.unwrap(), None);
    world.store.mark_read_up_to("bluesky", &mark).await.unwrap();
    assert_eq!(world.store.read_up_to("bluesky").await.unwrap(), Some(mark));
    assert_eq!(world.store.read_up_to("mastodon").await.unwrap(), None);

    world.ask(1, &SOMEBODY, monday()).await;
    world.line_up(monday()).await;
    let item = world.item(1, monday()).await;
    world.admit(&item, 100, "words", "author").await.unwrap();
    let submission = world.store.load(submission_id(100)).await.unwrap().unwrap();
    let withdrawn = world.withdrawn(&submission).await;
    let years = Now::real(monday().after(SignedDuration::from_hours(24 * 1_000)));
    assert!(
        world.store.post(&post(1), years).await.unwrap().is_some(),
        "known for as long as its submission"
    );
    world.store.erase(&withdrawn, &withdrawn.clone().erase(monday()).unwrap(), monday()).await.unwrap();
    assert_eq!(world.store.post(&post(1), monday()).await.unwrap(), None);
}
