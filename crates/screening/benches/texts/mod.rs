//! Shapes of text for measuring: ordinary ones, and such as were made to be slow.
//!
//! Invariant: a shape is a piece that is repeated, so that the same shape can be had in any length. People, addresses and
//! numbers are examples.

/// Each shape has a name and the piece that is repeated.
pub(crate) const SHAPES: &[(&str, &str)] = &[
    ("neutral", "A first session is a conversation, and you can ask how somebody works before you decide. "),
    (
        "distress",
        "I cried in the car again and nothing I try seems to help, I am so tired of feeling like this. ",
    ),
    (
        "crisis",
        "I can't go on. I want to die and I have decided that it will be tonight, please tell them I'm sorry. ",
    ),
    (
        "personal data",
        "Ring Sam Sample on 07700 900123 or write to sam@example.org, 14 Orchard Lane, M1 1AE. ",
    ),
    ("one letter", "a"),
    ("one capital", "A"),
    ("digits", "7"),
    ("digits in groups", "0770 090 0123 "),
    ("numbers and separators", "1-2.3/4 5,6+7(8)9"),
    ("at signs", "@"),
    ("handles", "@a "),
    ("half addresses", "a@a.a"),
    ("dots", "."),
    ("dotted letters", "a."),
    ("quotation marks", "\""),
    ("apostrophes", "'"),
    ("open quotations", "'I \"said "),
    ("i want to", "i want to "),
    ("i want to die", "i want to die "),
    ("not", "not "),
    ("not i never", "not i never no "),
    ("if she said that", "if she said that "),
    ("my sister my boss", "my sister my boss at "),
    ("zero width", "\u{200b}"),
    ("letters and zero width", "d\u{200b}i\u{200b}e\u{200b} "),
    ("combining marks", "\u{301}"),
    ("letters and combining marks", "e\u{301}\u{302}\u{323}"),
    ("ligatures that become words", "ﷺ"),
    ("confusables", "ԁіе "),
    ("emoji", "🙂"),
    ("joined emoji", "👩\u{200d}👩\u{200d}👧\u{200d}👦"),
    ("no spaces", "therapyisaconversation"),
    ("hashtags", "#killmyselfnever"),
    ("one long hashtag", "#a"),
    ("spaced letters", "k i l l "),
    ("stretched letters", "diiiiiiiiiie "),
    ("figures for letters", "k1ll my53lf "),
    ("spaces", " "),
    ("tabs and returns", "\t\r"),
    ("new lines", "\n"),
    ("short lines", "a\n"),
    ("brackets", "("),
    ("nested brackets", "[({<"),
    ("links", "https://example.org/a?b=c#d "),
    ("endless link", "a/%2F"),
    ("half links", "http://"),
    ("dashes", "-"),
    ("letters and dashes", "a-"),
    ("underscores", "_a"),
    ("names", "Aa Aa "),
    ("initials", "A. B. "),
    ("capitals", "HELP ME "),
    ("repeated word", "help "),
    ("direction marks", "\u{202e}a\u{202c}"),
    ("nul", "\0"),
    ("mixed", "I'm not @sam's \"sister\" 07700-900 🙂 #cbt d\u{200b}ie (http://a.b) Dr A. É. \n"),
];

/// The shape of this name, in so many characters.
pub(crate) fn grown(piece: &str, characters: usize) -> String {
    piece.chars().cycle().take(characters).collect()
}
