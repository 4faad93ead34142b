//! Structured personal data, datum by datum: what is found, what it is called, and exactly where.
//!
//! Invariant: a row states every datum of its text and no other, so a trap is a row without marks. `{phone:...}` marks a
//! datum. All people, numbers and addresses are examples: numbers that Ofcom keeps for plays, published test numbers,
//! example hosts.

use proptest::prelude::*;
use screening::{Category, Kind, screen};

const CONTACT: &[&str] = &[
    "Write to {email:sam.example@mail.example.com}",
    "Write to {email:sam.example@mail.example.com}.",
    "({email:sam.example@example.org})",
    "<{email:sam.example@example.org}>",
    "\"{email:sam.example@example.org}\"",
    "mailto:{email:sam.example@example.org}",
    "Email: {email:SAM.Example+therapy@Example.CO.UK}, thanks",
    "{email:o'example@example.com} is mine",
    "{email:a_b-c%d@sub.domain.example.ac.uk}!",
    "{email:sam@example.com},{email:robin@example.com};{email:kim@example.com}",
    "{email:sam@example.com}.Please write",
    "{email:sam@example.com}...",
    "{email:sam.example @ gmail.com}",
    "{email:sam.example @gmail.com}",
    "thanks sam {handle:@quiet.meadow}",
    "{email:sam at example dot com}",
    "mail me: {email:sam.example at gmail dot com} please",
    "{email:sam (at) example (dot) com} is where I am",
    "{email:sam[at]example[dot]co[dot]uk}",
    "{email:sam {at} example {dot} org}",
    "{email:sam [at] example.com}",
    "{email:sam AT example DOT co DOT uk}",
    "{email:sam at example dot co dot uk}",
    "{email:samexample at hotmail.com}",
    "{email:first dot last at example dot com}",
    "{email:jane.example@nhs.net} is her address at work",
    "Mail jo@samaritans.org if writing is easier",
    "Ask info@example.org or hello@example.com",
    "enquiries@example.co.uk is the office",
    "noreply@example.com",
    "I'm a counsellor with a space free, write to {email:hello@sample-therapy.example.com}",
    "The service answers at hello@sample-therapy.example.com",
    "ring {phone:oh seven seven double oh, nine hundred, two four six}, after lunch",
    "It is {phone:zero-seven-seven-zero-zero nine zero zero one two three}",
    "oh one, two, three, and breathe",
    "oh no, one more, oh two",
    "We met at the dot com office",
    "Look at example.com for more",
    "Come at me",
    "meet me at home.com is not a thing",
    "five @ two pounds",
    "a@b",
    "@",
    "sam@",
    "I was at work. Dot came too.",
    "Ring me on {phone:07700 900123}",
    "My number is {phone:07700900123}.",
    "{phone:07700 900 123}",
    "{phone:07700-900-123}",
    "{phone:07700.900.123}",
    "{phone:(07700) 900123}",
    "{phone:(07700)900123}",
    "({phone:07700 900123})",
    "{phone:0770 0900 123}",
    "{phone:07 700 900 123}",
    "{phone:0 7 7 0 0 9 0 0 1 2 3}",
    "{phone:+447700900123}",
    "{phone:+44 7700 900123}",
    "{phone:+44 (0)7700 900 123} any time",
    "{phone:+44(0)7700900123}",
    "{phone:(+44) 7700 900123}",
    "({phone:+44 7700 900123})",
    "{phone:+44-7700-900-123}",
    "{phone:0044 7700 900123}",
    "{phone:00447700900123}",
    "{phone:0044 (0)7700 900123}",
    "{phone:447700900123}",
    "whatsapp {phone:44 7700 900123}",
    "{phone:020 7946 0958}",
    "{phone:02079460958}",
    "{phone:0207 946 0958}",
    "{phone:(020) 7946 0958}",
    "{phone:+44 20 7946 0958}",
    "{phone:+44(0)20 7946 0958}",
    "{phone:0161 496 0123}",
    "{phone:0161-496-0123}",
    "{phone:(0161) 4960123}",
    "{phone:01632 960123}",
    "{phone:(01632) 960 123}",
    "{phone:+441632960123}",
    "{phone:028 9018 0123}",
    "{phone:+44(0)28 9018123}",
    "{phone:(029)2018123}",
    "{phone:0909 8790123}",
    "{phone:0808 157 0123}",
    "Home: {phone:03069990123}",
    "Tel. {phone:020 7946 0958 ext 12} is not all: {phone:020 7946 0959}",
    "{phone:020 7946 0958/9}",
    "{phone:020 7946 0958 x12}",
    "{phone:020 7946 0958 (ext. 12}) rings",
    "t: {phone:01632 960123}, m: {phone:07700 900123}",
    "{phone:07700 900123} / {phone:01632 960123}",
    "{phone:07700 900123} or {phone:07700 900124}",
    "{phone:07700 900123},{phone:07700 900124}",
    "Tel:{phone:07700900123}",
    "tel{phone:07700900123}",
    "{phone:07700\u{200b}900\u{200b}123}",
    "{phone:０７７００ ９００１２３}",
    "{phone:07700\n900123}",
    "{phone:07700 900123}🙂",
    "🙂{phone:07700 900123}",
    "{phone:+33 1 99 00 12 34} is her number",
    "{phone:+1 202 555 0123}",
    "{phone:+1-202-555-0123}",
    "{phone:+353 1 555 0123}",
    "{phone:+61 491 570 156}",
    "{phone:(212) 555-0187}",
    "call {phone:212-555-0187}",
    "ring me on {phone:496 0123}",
    "my mobile is {phone:7700900123}",
    "I rang about my order. {phone:07700 900123}",
    "Her number is {phone:07700 900123}, NHS 111 is busy",
    "Ms Ward {phone:07700 900123}",
    "Infoline 0300 123 3393. {phone:+44 808 157 0123}",
    "{phone:(029)2018577}\n0-86-25",
    "632 008 0931 442 446 0818",
    "Reach Samaritans on 116 123, at any hour.",
    "Call PAPYRUS on 0800 068 4141 or Childline on 0800 1111.",
    "CALM answers on 0800 58 58 58 in the evening.",
    "Text SHOUT to 85258",
    "Call 999 or 111, option 2",
    "Mind is on 0300 123 3393",
    "call the council on 0345 600 0123",
    "The helpline is 0808 157 0123",
    "Call me on {phone:0800 157 0123}",
    "Lifeline: 0808 808 8000, from abroad +44 808 808 8000",
    "It cost £1,250.00 in 2019 and £1250 in 2023",
    "From 1999 to 2024",
    "We won 3-2, then 10-0",
    "Order 07700900123 is on its way",
    "order no. 01632960123",
    "Your reference: 01632 960123",
    "tracking number 07700900123",
    "ISBN 0-306-40615-2",
    "ISBN 978-0-306-40615-7",
    "ISBN 0306406152",
    "It was 2024-05-01 at 10:30, and 3 people came.",
    "On 01/02/2024 10:30 we met",
    "01.02.2024 12.30",
    "077009001234",
    "07700 9001234",
    "07700 90012",
    "1234567890",
    "Version 10.0.19041.1234",
    "192.168.100.200",
    "AB07700900123",
    "07700900123AB",
    "#07700900123",
    "943-476-5918",
    "012 345 6788",
    "About 1 in 4 people each year, 1000000 times",
    "50mg at 09:00, 100mg at 21:00",
    "call at 10.30",
    "text me 20 30 40 times",
    "Meeting ID 943 476 5918",
    "+1 for that",
    "UTC+01 00 2024 10 30",
];

const IDENTITY: &[&str] = &[
    "NHS number {nhs_number:943 476 5919}",
    "NHS number: {nhs_number:9434765919}",
    "NHS No. {nhs_number:943-476-5919}",
    "{nhs_number:943 476 5919}",
    "{nhs_number:9434765919}",
    "patient {nhs_number:401 023 2137}, seen today",
    "({nhs_number:4010232137})",
    "Our ref: {nhs_number:943 476 5919}",
    "Patient ID {nhs_number:943 476 5919}",
    "CHI {nhs_number:9434765919}",
    "nhs no {nhs_number:943476 5919}",
    "My NHS number is {nhs_number:943 476 5918}",
    "my nhs number: {nhs_number:9434765918}",
    "My own NHS number is {nhs_number:943 476 591}",
    "{nhs_number:943 476 5918} is my NHS number",
    "NHS number 943 476 5918 is only a made-up one",
    "943 476 5918",
    "9434765918",
    "His NHS number is 943 476 5918",
    "NHS number 9434765918",
    "NHS number 1111111111",
    "the number 4010232138",
    "order 9434765919",
    "Order number: 943 476 5919",
    "ISBN 0747532699",
    "invoice 4010232137",
    "94347659190",
    "A9434765919",
    "9434765919-1",
    "{nino:AB123456C}",
    "{nino:AB 12 34 56 C}",
    "{nino:AB 123456 C}",
    "{nino:AB-12-34-56-C}",
    "{nino:AB 123 456 C}",
    "{nino:ab123456c}",
    "NI number: {nino:JG103759A}",
    "NI number: {nino:SC 33 24 38 A}",
    "ni no {nino:ab 12 34 56 c}",
    "National Insurance number {nino:AB123456}",
    "({nino:CE123456D}).",
    "My national insurance number is {nino:QQ123456C}",
    "my NI number is {nino:ZZ 12 34 56 T}",
    "{nino:QQ123456C} is my NI number",
    "The code GB123456A is not given out",
    "QQ123456C",
    "NI number QQ123456C is for examples",
    "DA123456A",
    "AO123456A",
    "AB123456E",
    "AB12345C",
    "AB1234567C",
    "XAB123456C",
    "at 12 34 56 a bell rings",
    "by 10 20 30 a tree grew",
    "order AB123456C",
];

const BIRTH: &[&str] = &[
    "date of birth {date_of_birth:3/5/1984}",
    "Date of Birth: {date_of_birth:03/05/1984}",
    "DOB {date_of_birth:03/05/84}",
    "DOB:{date_of_birth:03.05.1984}",
    "d.o.b. {date_of_birth:3-5-1984}",
    "D.O.B: {date_of_birth:3 May 1984}",
    "dob - {date_of_birth:1984-05-03}",
    "DOB (dd/mm/yyyy): {date_of_birth:03/05/1984}",
    "DOB {date_of_birth:03051984}",
    "DOB: {date_of_birth:03-May-1984}",
    "DOB: {date_of_birth:03-May-84}",
    "DOB: {date_of_birth:1984-05-03}T00:00:00",
    "I was born on {date_of_birth:3 May 1984}",
    "I was born {date_of_birth:3rd May 1984}.",
    "She was born on the {date_of_birth:3rd of May 1984}",
    "He was born on {date_of_birth:May 3, 1984}, in spring",
    "born {date_of_birth:May 3rd 1984}",
    "born on Thursday {date_of_birth:3 May 1984}",
    "I was born in a small place on {date_of_birth:3 May 1984}",
    "(born {date_of_birth:03/05/1984})",
    "(b. {date_of_birth:3 May 1984})",
    "Born: {date_of_birth:3 May '84}",
    "My date of birth is {date_of_birth:3rd May, 1984}",
    "her date of birth was recorded as {date_of_birth:03/05/1984}",
    "My birthday is {date_of_birth:3 May}",
    "my birthday is on {date_of_birth:May 3rd}",
    "his birthday is the {date_of_birth:3rd of May}",
    "birthday: {date_of_birth:03/05/1984}",
    "my bday is {date_of_birth:3rd may}",
    "{date_of_birth:3 May 1984} is my birthday",
    "{date_of_birth:03/05/1984} (DOB)",
    "Robin Sample ({date_of_birth:03/05/1984}, DOB)",
    "{date_of_birth:May 3 1984} is her date of birth",
    "DOB {date_of_birth:03/05/1984}, seen 01/02/2024",
    "birthdate {date_of_birth:03/05/1984}",
    "birth date: {date_of_birth:03/05/1984}",
    "Seen on 03/05/2024",
    "Appointment 3 May 2024 at 10:30",
    "The date is 3 May 1984",
    "born in 1984",
    "born to be wild, 3 May 1984",
    "The NHS was born on 5 July 1948",
    "He was born on 6 May 1856",
    "my birthday was lovely",
    "birthday party on 3 May",
    "Birth plan, 03/05/2024",
    "newborn 03/05/2024",
    "DOB unknown. Seen 03/05/2024",
    "DOB 45/13/1984",
    "DOB: on file; seen 03/05/2024",
    "I was reborn. 3 May 1984 came",
];

const MONEY: &[&str] = &[
    "Card {card_or_account:4111 1111 1111 1111}",
    "{card_or_account:4111111111111111}",
    "{card_or_account:4111-1111-1111-1111}",
    "{card_or_account:5555 5555 5555 4444}, expires 05/29",
    "{card_or_account:378282246310005}",
    "{card_or_account:3782 822463 10005}",
    "{card_or_account:30569309025904}",
    "{card_or_account:6011111111111117}",
    "{card_or_account:3530111333300000}",
    "{card_or_account:2223003122003222}",
    "{card_or_account:6759649826438453}",
    "{card_or_account:4222222222222}",
    "Order 4111 1111 1111 1112 has arrived",
    "4111 1111 1111 1112",
    "order number 4111111111111111",
    "IMEI 490154203237518",
    "978-0-306-40615-7",
    "9999999999999995",
    "41111111111111110",
    "{card_or_account:GB82 WEST 1234 5698 7654 32}",
    "{card_or_account:GB82WEST12345698765432}",
    "IBAN: {card_or_account:gb82 west 1234 5698 7654 32}.",
    "{card_or_account:DE89 3704 0044 0532 0130 00}",
    "{card_or_account:FR1420041010050500013M02606}",
    "GB83 WEST 1234 5698 7654 32",
    "sort code {card_or_account:12-34-56}, account number {card_or_account:12345678}",
    "{card_or_account:12-34-56 12345678}",
    "{card_or_account:12-34-56, 12345678} is mine",
    "{card_or_account:12-34-56} account {card_or_account:12345678}",
    "Sort code: {card_or_account:12 34 56}",
    "sort code {card_or_account:123456} acc no {card_or_account:12345678}",
    "Account number: {card_or_account:12345678}",
    "a/c no. {card_or_account:12345678}",
    "my account is {card_or_account:12345678}",
    "On 12-05-24 we met",
    "12345678",
    "123456",
    "12-34-56",
    "code 12345678",
];

const PLACES: &[&str] = &[
    "We meet near {postcode:M1 1AE}",
    "{postcode:SW1A 2AB}",
    "{postcode:EC1A 1BB}.",
    "({postcode:W1A 0AX})",
    "{postcode:CR2 6XH},",
    "{postcode:DN55 1PT}",
    "{postcode:B33 8TH}",
    "{postcode:M11AE}",
    "{postcode:EC1A1BB}",
    "{postcode:DN551PT}",
    "my postcode is {postcode:m1 1ae}",
    "{postcode:ec1a 1bb}",
    "I live in {postcode:dn551pt}",
    "postcode {postcode:m11ae}",
    "{postcode:N7K 3GX}",
    "{postcode:CH04 5SH}",
    "Write to your MP at SW1A 0AA",
    "10 Downing Street, SW1A 2AA",
    "QX1 1AA",
    "M1 1CK",
    "vitamin b12 3rd dose",
    "user m11ae wrote",
    "GH15 LVS is a car",
    "M25 traffic at 5pm",
    "A1 2 go",
    "Ward B12, bed 4",
    "ref M11AE",
    "S1 2PMX",
    "I live at {address:14 Orchard Lane}",
    "{address:14 Orchard Lane}, Exampleton",
    "{address:14 Orchard Lane}\nExampleton\n{postcode:M1 1AE}",
    "{address:14b Orchard Rd}.",
    "{address:12-14 Orchard Road}",
    "{address:Flat 3, 12 Acacia Avenue}",
    "{address:Flat 3B, 12 Acacia Avenue}, {postcode:M1 1AE}",
    "{address:Flat 4\nExample Locks}\nExampleton\n{postcode:M1 1AE}",
    "{address:Flat 3, Cedar House}, {postcode:M1 1AE}",
    "{address:221B Baker Street}",
    "{address:1 The Avenue}",
    "{address:12 High Street}, Exampleton",
    "{address:10 St John's Road}",
    "{address:10 St. John's Road}",
    "{address:7 Queen's Gardens}",
    "{address:5 Upper Mill Hill Lane}",
    "{address:12 Park Road}",
    "i live at {address:14 orchard lane}",
    "my address is {address:14 orchard close}",
    "We moved to {address:5 Dean Passage}",
    "{address:20 Katie Squares}\nDunnbury\n{postcode:TR8 8AR}",
    "Address: {address:38 Smith Row}\nPort Example\n{postcode:CT1 1AE}",
    "{address:Rose Cottage, Mill Lane}",
    "I live at {address:Rose Cottage}",
    "{address:PO Box 123}, Exampleton",
    "{address:P.O. Box 123}",
    "Write to Samaritans, PO Box 9090",
    "Take a walk down the street for 10 minutes",
    "10 Minutes Walk",
    "5 people went down the lane",
    "In 2019 Wall Street fell",
    "10 Downing Street",
    "Room 5 is down the road",
    "7 ways to rest, 3 steps to hill walking",
    "2 Green Views",
    "I walked 20 miles on the road",
    "House prices rose 5 per cent",
    "The Farm, a novel",
];

const ONLINE: &[&str] = &[
    "I write about my garden and my head at {url:https://sample.example.net/about-me}",
    "They write about gardens at https://sample.example.net/about-me",
    "Ask {handle:@quiet_meadow_91} about it",
    "{handle:@quietmeadow} hello",
    "({handle:@quietmeadow})",
    "{handle:@quietmeadow}: thanks.",
    "thanks {handle:@quiet.meadow}.",
    "{handle:@quietmeadow@social.example.org} said",
    "{handle:quietmeadow.bsky.social}",
    "{handle:@quietmeadow.bsky.social}",
    "my insta is {handle:quiet_meadow}",
    "my snap is {handle:quietmeadow}",
    "insta: {handle:quiet.meadow91}",
    "find me on discord {handle:quietmeadow#1234}",
    "add me on snap {handle:quiet91}",
    "my twitter handle is {handle:quietmeadow}",
    "username: {handle:quietmeadow}",
    "{handle:u/quietmeadow} wrote it",
    "see {handle:/u/quietmeadow}",
    "Thank you @ClientsConnect and @samaritans",
    "Thanks @YoungMindsUK, @Mind_Charity, @NHSuk",
    "meet @ 5pm",
    "@5pm",
    "@home",
    "3 @ £2",
    "my snap is private",
    "my facebook is broken",
    "my insta is down again",
    "I left facebook in 2019",
    "and/or, him/her, u/s",
    "instagram made me sad",
    "twitter: where hope goes",
    "{url:https://www.facebook.com/example.person.91}",
    "{url:facebook.com/example.person}",
    "{url:https://instagram.com/quiet_meadow/}.",
    "{url:https://x.com/quietmeadow/status/123456789012}",
    "{url:https://www.linkedin.com/in/robin-sample-91}",
    "{url:uk.linkedin.com/in/robin-sample}",
    "{url:https://www.tiktok.com/@quietmeadow}",
    "{url:https://bsky.app/profile/quietmeadow.example.org}",
    "{url:https://wa.me/447700900123}",
    "{url:https://www.gofundme.com/f/help-robin-sample}",
    "{url:https://www.justgiving.com/fundraising/robin-sample}",
    "{url:https://linktr.ee/quietmeadow}",
    "{url:https://quietmeadow.wordpress.com/2024/05/a-day}",
    "{url:http://robinsample.blogspot.co.uk/}",
    "{url:https://quietmeadow.github.io}",
    "{url:https://www.example.ac.uk/~robin/}",
    "My blog is {url:https://quietmeadow.example.com}",
    "my website: {url:www.robinsample.co.uk}",
    "({url:https://www.reddit.com/user/quietmeadow})",
    "https://www.example.com/books/anxiety",
    "https://www.bbc.co.uk/news/health-12345678",
    "www.example.co.uk",
    "Samaritans' page is https://www.samaritans.org/how-we-can-help/",
    "https://www.facebook.com/samaritans",
    "https://x.com/ClientsConnect",
    "https://www.instagram.com/p/Cabc123/",
    "https://twitter.com/hashtag/therapy",
    "https://www.linkedin.com/company/example",
    "https://example.com/order/07700900123?ref=9434765919",
    "https://shop.example.com/@sale",
    "Read it at nhs.uk/mental-health",
    "end of sentence.Next one",
    "e.g. this, i.e. that",
    "https://",
    "notfacebook.com/about-us",
];

/// A row without its marks, and the marked data.
fn unmarked(row: &str) -> (String, Vec<(Kind, usize, usize)>) {
    const KINDS: [(&str, Kind); 10] = [
        ("{email:", Kind::Email),
        ("{phone:", Kind::Phone),
        ("{nhs_number:", Kind::NhsNumber),
        ("{nino:", Kind::Nino),
        ("{date_of_birth:", Kind::DateOfBirth),
        ("{card_or_account:", Kind::CardOrAccount),
        ("{postcode:", Kind::Postcode),
        ("{address:", Kind::Address),
        ("{handle:", Kind::Handle),
        ("{url:", Kind::Url),
    ];
    let (mut text, mut data, mut rest) = (String::new(), Vec::new(), row);
    while let Some((at, mark, kind)) =
        KINDS.iter().filter_map(|(mark, kind)| Some((rest.find(mark)?, *mark, *kind))).min_by_key(|hit| hit.0)
    {
        text.push_str(&rest[..at]);
        let inner = &rest[at + mark.len()..];
        // Brackets within a datum come in pairs.
        let mut depth = 1;
        let end = inner.find(|c| {
            depth += i32::from(c == '{') - i32::from(c == '}');
            depth == 0
        });
        let end = end.unwrap_or(inner.len());
        let start = text.chars().count();
        text.push_str(&inner[..end]);
        data.push((kind, start, text.chars().count()));
        rest = inner.get(end + 1..).unwrap_or_default();
    }
    text.push_str(rest);
    (text, data)
}

/// The structured data that screening finds; names are another matter.
fn found(text: &str) -> Vec<(Kind, usize, usize)> {
    let mut data: Vec<_> = screen(text)
        .findings
        .iter()
        .filter(|finding| finding.category == Category::PersonalData)
        .filter_map(|finding| Some((finding.kind?, finding.start, finding.end)))
        .filter(|(kind, _, _)| *kind != Kind::PersonName)
        .collect();
    data.sort_by_key(|(_, start, _)| *start);
    data
}

fn check(rows: &[&str]) {
    let mut wrong = Vec::new();
    for row in rows {
        let (text, expected) = unmarked(row);
        let got = found(&text);
        if got != expected {
            wrong.push(format!("{row:?}\n    got {got:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {} rows:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
}

#[test]
fn addresses_and_numbers_to_reach_somebody_by_are_found_and_the_publics_are_not() {
    check(CONTACT);
}

#[test]
fn numbers_of_the_state_are_found_by_their_checks() {
    check(IDENTITY);
}

#[test]
fn a_date_is_a_date_of_birth_where_a_word_says_so() {
    check(BIRTH);
}

#[test]
fn cards_and_accounts_are_found_and_orders_are_not() {
    check(MONEY);
}

#[test]
fn postcodes_and_addresses_are_found_to_the_letter() {
    check(PLACES);
}

#[test]
fn accounts_and_links_count_where_they_lead_to_a_person() {
    check(ONLINE);
}

#[test]
fn the_tables_are_large_and_have_as_many_traps_as_they_should() {
    let rows: Vec<&str> = [CONTACT, IDENTITY, BIRTH, MONEY, PLACES, ONLINE].concat();
    let traps = rows.iter().filter(|row| unmarked(row).1.is_empty()).count();
    assert!(rows.len() >= 350 && traps >= 120, "{} rows, {traps} traps", rows.len());
}

/// A digit for each `#` of a pattern.
fn filled(pattern: &str, digits: &[u8]) -> String {
    let mut digits = digits.iter().cycle();
    pattern
        .chars()
        .map(|sign| match sign {
            '#' => digits.next().map_or('0', |digit| char::from(b'0' + digit % 10)),
            other => other,
        })
        .collect()
}

/// Digits with the groups and the sign that a writer chose.
fn grouped(digits: &str, groups: &[usize], sign: &str) -> String {
    let mut rest = digits;
    let mut parts = Vec::new();
    for length in groups {
        let (part, after) = rest.split_at(*length);
        parts.push(part);
        rest = after;
    }
    parts.join(sign)
}

/// The check digit of nine digits (NHS Data Dictionary); 10 is given to nobody.
fn nhs_check(nine: &[u8]) -> u32 {
    let sum: u32 = nine.iter().zip((2..=10).rev()).map(|(digit, weight)| u32::from(*digit) * weight).sum();
    (11 - sum % 11) % 11
}

fn luhn_check(digits: &[u8]) -> u8 {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| {
            let value = u32::from(*digit) * if place % 2 == 0 { 2 } else { 1 };
            value / 10 + value % 10
        })
        .sum();
    u8::try_from((10 - sum % 10) % 10).unwrap_or_default()
}

fn text_of(digits: &[u8]) -> String {
    digits.iter().map(|digit| char::from(b'0' + digit)).collect()
}

fn phone() -> impl Strategy<Value = String> {
    let nationals = proptest::sample::select(
        &[
            "7700 900###",
            "7700 900 ###",
            "20 7946 0###",
            "161 496 0###",
            "113 4960###",
            "1632 960###",
            "1632 960 ###",
            "29 2018 0###",
        ][..],
    );
    let prefix = proptest::sample::select(&["0", "+44", "+44 ", "+44(0)", "+44 (0)", "0044 ", "(0"][..]);
    let sign = proptest::sample::select(&[" ", "-", ".", ""][..]);
    (nationals, prefix, sign, proptest::collection::vec(0_u8..10, 3)).prop_map(
        |(national, prefix, sign, digits)| {
            let national = filled(national, &digits);
            match prefix {
                // The bracket closes behind the area.
                "(0" => format!("(0{}", national.replacen(' ', ") ", 1)),
                _ => format!("{prefix}{}", national.replace(' ', sign)),
            }
        },
    )
}

fn nhs_number() -> impl Strategy<Value = String> {
    let nine = proptest::collection::vec(0_u8..10, 9).prop_map(|mut nine| {
        nine[0] = nine[0] % 9 + 1;
        nine
    });
    let nine = nine.prop_filter("10 is no digit", |nine| {
        nhs_check(nine) < 10 && nine.iter().any(|digit| *digit != nine[0])
    });
    (nine, proptest::sample::select(&["", " ", "-"][..])).prop_map(|(mut digits, sign)| {
        digits.push(u8::try_from(nhs_check(&digits)).unwrap_or_default());
        grouped(&text_of(&digits), &[3, 3, 4], sign)
    })
}

fn nino() -> impl Strategy<Value = String> {
    let form = proptest::sample::select(&["## ## ## ", "######", " ###### ", " ## ## ## ", "-##-##-##-"][..]);
    let prefix = proptest::sample::select(&["AB", "CE", "JG", "WM", "ZY"][..]);
    (
        prefix,
        form,
        proptest::collection::vec(0_u8..10, 6),
        proptest::sample::select(&["A", "B", "C", "D"][..]),
    )
        .prop_map(|(prefix, form, digits, suffix)| format!("{prefix}{}{suffix}", filled(form, &digits)))
}

fn card() -> impl Strategy<Value = String> {
    let forms: &[(&[u8], usize, &[usize])] = &[
        (&[4], 16, &[4, 4, 4, 4]),
        (&[5, 3], 16, &[4, 4, 4, 4]),
        (&[3, 7], 15, &[4, 6, 5]),
        (&[6, 0, 1, 1], 16, &[4, 4, 4, 4]),
        (&[3, 6], 14, &[4, 6, 4]),
    ];
    (
        proptest::sample::select(forms),
        proptest::collection::vec(0_u8..10, 19),
        proptest::sample::select(&["", " ", "-"][..]),
    )
        .prop_map(|((prefix, length, groups), random, sign)| {
            let mut digits: Vec<u8> = prefix.iter().chain(&random).copied().take(length - 1).collect();
            digits.push(luhn_check(&digits));
            grouped(&text_of(&digits), groups, sign)
        })
}

fn postcode() -> impl Strategy<Value = String> {
    let form =
        proptest::sample::select(&["M# #AE", "CR# #XH", "DN## #PT", "B## #TH", "EC#A #BB", "W#A #AX"][..]);
    (form, proptest::collection::vec(1_u8..10, 3), any::<bool>()).prop_map(|(form, digits, joined)| {
        let code = filled(form, &digits);
        if joined { code.replace(' ', "") } else { code }
    })
}

fn email() -> impl Strategy<Value = String> {
    (
        "[a-z][a-z0-9]{1,8}([._+-][a-z0-9]{1,6})?",
        "[a-z][a-z0-9-]{0,6}[a-z0-9]",
        proptest::sample::select(&["example.com", "example.org", "example.co.uk", "example.ac.uk"][..]),
    )
        .prop_map(|(local, within, host)| format!("{local}x9@{within}.{host}"))
}

fn birth() -> impl Strategy<Value = String> {
    let months = &[
        "January", "Feb", "March", "apr", "May", "JUNE", "Jul", "August", "Sept", "October", "Nov",
        "december",
    ];
    (1_u32..29, 0_usize..12, 1920_u32..2020, 0_usize..10).prop_map(move |(day, month, year, style)| {
        let (number, name, short) = (month + 1, months[month], year % 100);
        match style {
            0 => format!("{day}/{number}/{year}"),
            1 => format!("{day:02}/{number:02}/{year}"),
            2 => format!("{day:02}.{number:02}.{short:02}"),
            3 => format!("{year}-{number:02}-{day:02}"),
            4 => format!("{day} {name} {year}"),
            5 => format!("{day}th of {name} {year}"),
            6 => format!("{name} {day}, {year}"),
            7 => format!("{day:02}-{name}-{year}"),
            8 => format!("{day:02}-{number:02}-{year}"),
            _ => format!("{day}th {name}, {year}"),
        }
    })
}

fn datum() -> impl Strategy<Value = (Kind, String)> {
    prop_oneof![
        3 => phone().prop_map(|text| (Kind::Phone, text)),
        2 => nhs_number().prop_map(|text| (Kind::NhsNumber, text)),
        2 => nino().prop_map(|text| (Kind::Nino, text)),
        1 => card().prop_map(|text| (Kind::CardOrAccount, text)),
        2 => postcode().prop_map(|text| (Kind::Postcode, text)),
        1 => email().prop_map(|text| (Kind::Email, text)),
        2 => birth().prop_map(|text| (Kind::DateOfBirth, text)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_datum_in_any_style_is_found_to_the_letter(
        (kind, datum) in datum(),
        before in proptest::sample::select(&["", "Seen today. ", "Bitte: ", "(", "é🙂 ", "It is\n"][..]),
        after in proptest::sample::select(&["", ".", ", thank you", ")", " 🙂", "\nGood.", "; then", "?"][..]),
    ) {
        let cue = if kind == Kind::DateOfBirth { "DOB: " } else { "" };
        let text = format!("{before}{cue}{datum}{after}");
        let start = before.chars().count() + cue.chars().count();
        prop_assert_eq!(found(&text), vec![(kind, start, start + datum.chars().count())], "{}", text);
    }

    #[test]
    fn several_data_in_one_text_stay_apart(data in proptest::collection::vec(datum(), 2..6), between in proptest::sample::select(&[", ", " and ", "; ", ". Then "][..])) {
        let (mut text, mut expected) = (String::from("So: "), Vec::new());
        for (index, (kind, datum)) in data.iter().enumerate() {
            if index > 0 {
                text.push_str(between);
            }
            if *kind == Kind::DateOfBirth {
                text.push_str("born ");
            }
            expected.push((*kind, text.chars().count(), text.chars().count() + datum.chars().count()));
            text.push_str(datum);
        }
        prop_assert_eq!(found(&text), expected, "{}", text);
    }

    #[test]
    fn ten_digits_with_a_wrong_check_are_nothing(digits in proptest::collection::vec(0_u8..10, 10), sign in proptest::sample::select(&["", " ", "-"][..]), lead in proptest::sample::select(&["", "NHS number ", "The number ", "Ref "][..])) {
        prop_assume!(digits[0] != 0 && nhs_check(&digits[..9]) != u32::from(digits[9]));
        let text = format!("{lead}{}", grouped(&text_of(&digits), &[3, 3, 4], sign));
        prop_assert_eq!(found(&text), vec![], "{}", text);
    }

    #[test]
    fn no_mixture_of_signs_breaks_it(text in "[0-9 a-z@.:/()+#'A-Z\n-]{0,120}") {
        let length = text.chars().count();
        prop_assert!(found(&text).windows(2).all(|pair| pair[0].2 <= pair[1].1));
        prop_assert!(found(&text).iter().all(|(_, start, end)| start < end && *end <= length));
    }
}
