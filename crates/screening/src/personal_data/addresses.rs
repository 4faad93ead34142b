//! Street addresses: a number and a street, a flat, a house with a name, a post office box.
//!
//! Invariant: the datum is the line that finds the door; town and postcode are not part of it. Many words end the names
//! of streets and mean other things: the rarer of them count only where something else says that this is an address.

use super::cue::words_before;
use super::public;
use super::scan::{Mark, Scan, before, end_of, one_of, start_of};
use crate::finding::Kind::Address;

const REASON: &str = "A street address.";
/// How many words a street's name has before its last.
const NAME_WORDS: usize = 4;
/// How far behind a street its postcode may stand.
const REACH: usize = 70;

/// Words that end nothing but the name of a street, in full and short.
fn is_street(word: &[u8]) -> bool {
    one_of!(word;
        b"road" b"rd" b"street" b"avenue" b"ave" b"lane" b"ln" b"drive" b"crescent" b"cres"
        b"terrace" b"gardens" b"gdns" b"grove" b"mews" b"close" b"parade" b"esplanade"
        b"boulevard" b"broadway" b"causeway" b"quay" b"wharf" b"wynd" b"brae" b"promenade"
        b"embankment")
}

/// Words that end the names of streets and places, and other names.
fn may_be_street(word: &[u8]) -> bool {
    one_of!(word;
        b"st" b"dr" b"cl" b"ct" b"pl" b"sq" b"court" b"place" b"square" b"hill" b"walk" b"row"
        b"way" b"park" b"view" b"green" b"rise" b"house" b"gate" b"common" b"circus" b"mount"
        b"vale" b"valleys" b"meadow" b"meadows" b"fields" b"field" b"bank" b"end" b"yard" b"heights"
        b"mansions" b"buildings" b"tower" b"towers" b"lodge" b"cottages" b"villas" b"passage"
        b"path" b"alley" b"link" b"side" b"croft" b"orchard" b"approach" b"arcade" b"bypass"
        b"loop" b"ridge" b"ring" b"spur" b"track" b"trail" b"turnpike" b"valley" b"viaduct"
        b"village" b"wells" b"well" b"woods" b"wood" b"wall" b"walks" b"ways" b"squares"
        b"streets" b"roads" b"station" b"stream" b"summit" b"spring" b"springs" b"shore" b"shores"
        b"route" b"river" b"ramp" b"port" b"ports" b"point" b"points" b"plaza" b"plain" b"plains"
        b"pines" b"pine" b"pass" b"parks" b"parkway" b"parkways" b"oval" b"neck" b"motorway"
        b"mountain" b"mountains" b"mission" b"mills" b"mill" b"manor" b"manors" b"mall" b"locks"
        b"lock" b"loaf" b"light" b"lights" b"landing" b"land" b"lakes" b"lake" b"knolls" b"knoll"
        b"key" b"keys" b"junction" b"junctions" b"isle" b"island" b"islands" b"inlet" b"hollow"
        b"hills" b"highway" b"haven" b"harbor" b"harbour" b"harbors" b"groves" b"greens" b"glen"
        b"glens" b"gateway" b"garden" b"freeway" b"forks" b"fork" b"forges" b"forge" b"forest"
        b"fords" b"ford" b"flats" b"flat" b"ferry" b"falls" b"fall" b"fort" b"extension"
        b"extensions" b"expressway" b"estate" b"estates" b"drives" b"divide" b"dam" b"dale"
        b"curve" b"crossroad" b"crossing" b"crest" b"creek" b"coves" b"cove" b"course" b"corners"
        b"corner" b"clubs" b"club" b"cliffs" b"cliff" b"circles" b"circle" b"centers" b"center"
        b"cape" b"canyon" b"camp" b"burgs" b"burg" b"brooks" b"brook" b"bridge" b"branch"
        b"overpass" b"pike" b"prairie" b"radial" b"ranch" b"rapid" b"rapids" b"rest" b"rue" b"run"
        b"shoal" b"shoals" b"skyway" b"stravenue" b"throughway" b"trace" b"trafficway" b"tunnel"
        b"underpass" b"union" b"unions" b"via" b"views" b"villages" b"ville" b"vista" b"courts"
        b"ridges" b"spurs" b"rows" b"places" b"mounts" b"banks" b"vistas" b"crossroads" b"inlets")
}

pub(super) fn find(scan: &mut Scan<'_>) {
    let mut done = 0;
    for index in 0..scan.groups.len() {
        let run = scan.groups[index];
        if run.start >= done
            && !scan.is_taken(run.start, run.end)
            && let Some((start, end)) = numbered(scan, index).or_else(|| post_box(scan, index))
            && scan.put(Address, REASON, start, end)
        {
            done = end;
        }
    }
}

/// Houses that have a name and no number.
pub(super) fn find_houses(scan: &mut Scan<'_>) {
    for index in 0..scan.marks.len() {
        if let (Mark::House, start, end) = scan.marks[index]
            && let Some((start, end)) = named_house(scan, start, end)
        {
            scan.put(Address, REASON, start, end);
        }
    }
}

/// The words of a street behind a number: where they end, and whether the last can mean nothing else.
struct Street {
    end: usize,
    sure: bool,
    /// Every word begins with a capital.
    capitals: bool,
}

fn street(scan: &Scan<'_>, at: usize) -> Option<Street> {
    let (folded, cased) = (scan.folded, scan.cased);
    let mut capitals = true;
    let mut last: Option<Street> = None;
    let mut from = at;
    for count in 0..=NAME_WORDS {
        let until = end_of(folded, from, |byte| byte.is_ascii_lowercase() || b"'-".contains(&byte));
        let word = &folded[from..until];
        // Letters with digits behind them begin a postcode.
        let code = folded.get(until).is_some_and(u8::is_ascii_digit);
        if word.is_empty() || code || (count == 0 && never_a_name(word)) {
            break;
        }
        let capital = cased[from].is_ascii_uppercase();
        let little = matches!(word, b"of" | b"the" | b"and" | b"on" | b"le" | b"de") && count > 0;
        if capitals && !capital && !little && last.is_some() {
            break;
        }
        capitals &= capital || little;
        let alone = matches!(word, b"broadway" | b"parade" | b"promenade" | b"esplanade");
        if (count > 0 || alone) && (is_street(word) || may_be_street(word)) {
            // "12 Park Road" goes on after "Park"; "4 Mill Lane Close" ends with its last.
            last = Some(Street { end: until, sure: is_street(word), capitals });
            if !followed_by_street(scan, until) {
                break;
            }
        } else if count > 0 && last.is_none() && !capital && never_a_name(word) {
            break;
        }
        // "St. John's Road", "King St., Leeds".
        let dotted = folded.get(until) == Some(&b'.') && matches!(word, b"st");
        from = until + usize::from(dotted);
        if folded.get(from) != Some(&b' ') {
            break;
        }
        from += 1;
    }
    last
}

/// Whether more words of a street's name follow: "Mill" of "Mill Hill Lane" doesn't end it.
fn followed_by_street(scan: &Scan<'_>, end: usize) -> bool {
    let mut at = end;
    for _ in 0..2 {
        if scan.folded.get(at) != Some(&b' ') || !scan.cased.get(at + 1).is_some_and(u8::is_ascii_uppercase) {
            return false;
        }
        let until = end_of(scan.folded, at + 1, |byte| byte.is_ascii_lowercase());
        if is_street(&scan.folded[at + 1..until]) {
            return true;
        }
        at = until;
    }
    false
}

/// What a count is followed by, and no street is called.
fn never_a_name(word: &[u8]) -> bool {
    one_of!(word;
        b"minute" b"minutes" b"min" b"mins" b"hour" b"hours" b"day" b"days" b"week" b"weeks"
        b"month" b"months" b"year" b"years" b"miles" b"people" b"times" b"tips" b"ways" b"steps"
        b"things" b"reasons" b"of" b"and" b"or" b"to" b"in" b"on" b"at" b"for" b"from" b"with"
        b"is" b"was" b"my" b"your" b"our" b"percent" b"mg" b"ml" b"am" b"pm" b"a" b"i" b"we" b"it" b"but" b"if" b"patients" b"clients"
        b"sessions" b"km" b"m" b"nd" b"rd" b"th" b"metres" b"pages" b"more" b"other" b"per" b"out"
        b"by" b"then")
}

fn numbered(scan: &Scan<'_>, index: usize) -> Option<(usize, usize)> {
    let folded = scan.folded;
    let run = scan.groups[index];
    if run.len() > 4
        || before(folded, run.start)
            .is_some_and(|byte| byte.is_ascii_alphanumeric() || b"_-/.:*$#@+".contains(&byte))
    {
        return None;
    }
    let unit = unit_before(folded, run.start);
    // "14b", "12-14", "3/1".
    let mut at = run.end;
    if folded.get(at).is_some_and(u8::is_ascii_lowercase)
        && !folded.get(at + 1).is_some_and(u8::is_ascii_alphanumeric)
    {
        at += 1;
    }
    if let Some(next) = scan.groups.get(index + 1)
        && scan.gap(index).is_some_and(|gap| matches!(gap, b"-" | b"/" | b" - "))
        && next.len() <= 4
    {
        at = next.end;
        if folded.get(at).is_some_and(u8::is_ascii_lowercase)
            && !folded.get(at + 1).is_some_and(u8::is_ascii_alphanumeric)
        {
            at += 1;
        }
    }
    let number_end = at;
    at = end_of(folded, at, |byte| b", ".contains(&byte));
    if at == number_end || at - number_end > 2 {
        return None;
    }
    if let Some(start) = unit {
        // "Flat 3, 12 Acacia Avenue", "Flat 3, Cedar House, 12 Acacia Avenue".
        if let Some(end) =
            folded.get(at).filter(|byte| byte.is_ascii_digit()).and_then(|_| house_number(scan, at))
        {
            return Some((start, end));
        }
        let line = street(scan, at).filter(|line| line.capitals || line.sure)?;
        let onward = end_of(folded, line.end, |byte| b", ".contains(&byte));
        let end = folded
            .get(onward)
            .filter(|byte| byte.is_ascii_digit() && onward > line.end)
            .and_then(|_| house_number(scan, onward));
        return Some((start, end.unwrap_or(line.end)));
    }
    let line = street(scan, at)?;
    let year = run.len() == 4 && matches!(&folded[run.start..run.start + 2], b"19" | b"20");
    // "On 3 May Park Lane was closed."
    let month = super::dates::is_month(&folded[at..end_of(folded, at, |byte| byte.is_ascii_lowercase())]);
    if month && !lives(folded, run.start) {
        return None;
    }
    // Only an address and a list's heading have a capital on each of its words.
    let given = if line.capitals && line.sure {
        !year || told(scan, run.start, line.end)
    } else {
        told(scan, run.start, line.end) && (line.capitals || lives(folded, run.start))
    };
    let public = folded[run.start..line.end].starts_with(b"10 downing");
    (given && !public).then_some((run.start, line.end))
}

/// A house's number at `at` and its street: where it ends.
fn house_number(scan: &Scan<'_>, at: usize) -> Option<usize> {
    let digits = end_of(scan.folded, at, |byte| byte.is_ascii_digit() || b"-/".contains(&byte));
    let letter = scan.folded.get(digits).is_some_and(u8::is_ascii_lowercase);
    let end = digits + usize::from(letter);
    let from = end_of(scan.folded, end, |byte| b", ".contains(&byte));
    if from == end || digits - at > 9 {
        return None;
    }
    street(scan, from).map(|line| line.end)
}

/// "flat", "apartment" right before a number: where it starts.
fn unit_before(folded: &[u8], at: usize) -> Option<usize> {
    let end = folded[..at].strip_suffix(b" ").map(<[u8]>::len)?;
    let start = start_of(folded, end, 10, |byte| byte.is_ascii_lowercase());
    matches!(
        &folded[start..end],
        b"flat" | b"apartment" | b"apt" | b"unit" | b"studio" | b"suite" | b"maisonette"
    )
    .then_some(start)
}

/// Whether something beside the words says that an address stands here: a word before it, or a postcode behind it.
fn told(scan: &Scan<'_>, start: usize, end: usize) -> bool {
    lives(scan.folded, start)
        || words_before(scan.folded, start)
            .take(2)
            .any(|(word, _)| matches!(word, b"at" | b"of" | b"to" | b"house" | b"visit"))
        || postcode_behind(scan, end)
}

/// Words with which people say where somebody lives.
fn lives(folded: &[u8], start: usize) -> bool {
    words_before(folded, start).take(5).any(|(word, _)| {
        matches!(
            word,
            b"live"
                | b"lives"
                | b"living"
                | b"lived"
                | b"address"
                | b"addr"
                | b"resides"
                | b"residing"
                | b"resident"
                | b"moved"
                | b"home"
                | b"staying"
                | b"residence"
                | b"addressed"
                | b"post"
                | b"send"
                | b"delivered"
                | b"deliver"
        )
    })
}

fn postcode_behind(scan: &Scan<'_>, end: usize) -> bool {
    let first = scan.groups.partition_point(|run| run.start < end);
    // A postcode has a digit in each half; the first that follows decides.
    scan.groups.get(first).is_some_and(|run| {
        run.start <= end + REACH
            && scan.is_taken(run.start, run.end)
            && run.start >= 1
            && scan.cased[run.start - 1].is_ascii_uppercase()
    })
}

/// How a post office box is written.
const BOXES: [&[u8]; 6] =
    [b"po box ", b"p.o. box ", b"p o box ", b"p.o.box ", b"pobox ", b"post office box "];

/// "PO Box 123".
fn post_box(scan: &Scan<'_>, index: usize) -> Option<(usize, usize)> {
    let run = scan.groups[index];
    let lead = &scan.folded[..run.start];
    let name = BOXES.iter().find(|name| lead.ends_with(name))?;
    let start = run.start - name.len();
    // Charities and companies give out their boxes themselves.
    let organisation = words_before(scan.folded, start)
        .take(6)
        .any(|(word, _)| public::is_organisation(word) || word == b"freepost");
    (!organisation && !scan.joined_after(run.end) && run.len() <= 6).then_some((start, run.end))
}

/// "Rose Cottage, Mill Lane"; "I live at Rose Cottage".
fn named_house(scan: &Scan<'_>, start: usize, end: usize) -> Option<(usize, usize)> {
    let (folded, cased) = (scan.folded, scan.cased);
    if !cased[start].is_ascii_uppercase() {
        return None;
    }
    // The words of the name, each with a capital.
    let mut from = start;
    for _ in 0..3 {
        let Some(rest) = folded[..from].strip_suffix(b" ") else { break };
        let word =
            start_of(folded, rest.len(), 20, |byte| byte.is_ascii_lowercase() || b"'-".contains(&byte));
        if word == rest.len() || !cased[word].is_ascii_uppercase() || never_a_name(&folded[word..rest.len()])
        {
            break;
        }
        from = word;
    }
    if from == start {
        return None;
    }
    let comma = end_of(folded, end, |byte| b", ".contains(&byte));
    let line = (comma > end).then(|| street(scan, comma)).flatten().filter(|line| line.sure && line.capitals);
    let lives = words_before(folded, from)
        .take(2)
        .any(|(word, _)| matches!(word, b"live" | b"lives" | b"living" | b"address"))
        || (words_before(folded, from).next().is_some_and(|(word, _)| word == b"at") && lives(folded, from));
    match line {
        Some(line) => Some((from, line.end)),
        None => lives.then_some((from, end)),
    }
}
