//! What of somebody's life is private: words on their own, and a few words together.
//!
//! Invariant: a look goes at most [`PHRASE`] tokens to either side, and what is denied is not told.

use super::scene::Scene;
use super::words::is;

/// How far the words of one expression stand apart.
const PHRASE: usize = 4;

impl Scene<'_> {
    /// Whether the token at `at` tells something private; `weak` counts words that are private only of somebody close.
    pub(super) fn private_word(&self, at: usize, weak: bool) -> bool {
        if self.private_phrase(at) {
            return true;
        }
        if !self.is(at, is::PRIVATE) || (!weak && self.is(at, is::WEAK)) {
            return false;
        }
        let negated = (1..=3)
            .any(|steps| matches!(self.before(at, steps), b"not" | b"never" | b"no" | b"'t" | b"without"));
        // "through my depression" is the writer's own, "says that I drink" was ruled out before.
        let own = |steps: usize| matches!(self.before(at, steps), b"my" | b"our" | b"your");
        let own = own(1) || (own(2) && self.is(at - 1, is::ADJECTIVE));
        // "a talk on depression", "taught us about OCD": a subject, not a state.
        let subject =
            self.is(at, is::CONDITION) && matches!(self.before(at, 1), b"about" | b"on" | b"around");
        if negated || own || subject {
            return false;
        }
        if self.is(at, is::NEEDS_IN) {
            return matches!(
                self.before(at, 1),
                b"in"
                    | b"into"
                    | b"on"
                    | b"having"
                    | b"has"
                    | b"had"
                    | b"to"
                    | b"started"
                    | b"needs"
                    | b"takes"
                    | b"taking"
                    | b"attempted"
                    | b"by"
                    | b"from"
                    | b"psychiatric"
            );
        }
        true
    }

    /// Several words that are private together. They need no further verb and bear a denial: "can't have children".
    pub(super) fn private_phrase(&self, at: usize) -> bool {
        let back = |steps: usize| self.before(at, steps);
        let lately = |words: &[&[u8]]| (1..=PHRASE).any(|steps| words.contains(&back(steps)));
        match self.word(at) {
            b"ward" | b"unit" => {
                matches!(back(1), b"psychiatric" | b"psych" | b"secure" | b"locked" | b"mental")
            }
            b"voices" => matches!(back(1), b"hear" | b"hears" | b"hearing" | b"heard"),
            b"off" => {
                matches!(back(1), b"signed")
                    && matches!(
                        self.word(at + 1),
                        b"with" | b"sick" | b"work" | b"after" | b"for" | b"." | b""
                    )
                    || self.word(at + 1) == b"sick"
            }
            b"it" => {
                matches!(back(1), b"end" | b"ending" | b"ended")
                    && lately(&[b"to", b"about", b"tried", b"of"])
            }
            b"life" | b"lives" => {
                matches!(back(1), b"her" | b"his" | b"their")
                    && matches!(back(2), b"end" | b"ending" | b"ended" | b"take" | b"taking" | b"took")
            }
            b"herself" | b"himself" | b"themselves" => {
                matches!(
                    back(1),
                    b"kill"
                        | b"killing"
                        | b"hurt"
                        | b"hurting"
                        | b"harm"
                        | b"harming"
                        | b"starve"
                        | b"cutting"
                        | b"hang"
                ) || (matches!(back(1), b"do" | b"doing") && self.word(at + 1) == b"in")
            }
            b"dead" => lately(&[b"wants", b"wishes", b"wished"]),
            b"watch" => back(1) == b"suicide",
            b"children" | b"kids" | b"conceive" => {
                matches!(back(1), b"have") && matches!(back(2), b"'t" | b"not" | b"cannot")
                    || (self.word(at) == b"conceive" && lately(&[b"'t", b"not", b"cannot"]))
            }
            b"baby" => {
                matches!(back(1), b"the" | b"a" | b"her" | b"his" | b"their")
                    && matches!(back(2), b"lost" | b"lose" | b"losing" | b"hates" | b"hated")
            }
            b"left" => {
                let spouse = |place: usize| {
                    matches!(
                        self.word(place),
                        b"husband"
                            | b"wife"
                            | b"partner"
                            | b"boyfriend"
                            | b"girlfriend"
                            | b"him"
                            | b"her"
                            | b"them"
                    )
                };
                (at + 1..=at + 2)
                    .any(|place| spouse(place) && !(spouse(place) && self.word(place + 1) == b"a"))
                    && (lately(&[b"has", b"'s", b"had"]) || self.is(at.saturating_sub(1), is::RELATIVE))
                    || (1..=2).any(|steps| {
                        at.checked_sub(steps)
                            .is_some_and(|place| matches!(self.word(place), b"wife" | b"husband"))
                    })
                    || (back(1) == b"been" && self.word(at + 1) == b"by")
            }
            b"tablets" | b"meds" | b"pills" => {
                lately(&[b"take", b"takes", b"taking", b"off", b"on", b"stopped"])
            }
            b"aa" | b"priory" | b"na" => matches!(back(1), b"in" | b"the" | b"to") && self.capital(at),
            b"bits" | b"tears" => back(1) == b"in",
            b"head" => back(1) == b"the" && back(2) == b"in" && back(3) == b"funny",
            b"everything" => lately(&[b"told", b"tells"]),
            b"nerves" => matches!(back(1), b"his" | b"her" | b"their") && lately(&[b"with"]),
            b"washed" | b"eaten" => lately(&[b"'t", b"not", b"hardly"]),
            b"room" | b"house" => {
                matches!(back(1), b"his" | b"her" | b"their" | b"the")
                    && back(2) == b"left"
                    && matches!(back(3), b"'t" | b"not" | b"never" | b"hardly")
            }
            b"bed" => matches!(back(1), b"the") && matches!(back(2), b"wets" | b"wet"),
            b"voluntarily" | b"psychotic" => lately(&[b"admitted"]),
            _ => false,
        }
    }
}
