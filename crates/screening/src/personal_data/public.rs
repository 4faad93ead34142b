//! What belongs to the public: helplines, organisations, offices.
//!
//! Invariant: helplines come from `content`, so that an entry there is known here.

use std::sync::LazyLock;

use super::checks;
use super::scan::one_of;

/// Accounts and addresses of organisations that a post about mental health may well name.
fn names_an_organisation(word: &[u8]) -> bool {
    one_of!(word;
        b"clientsconnect" b"samaritans" b"giveusashout" b"shout" b"shoutukorg" b"papyrus"
        b"papyrusuk" b"papyruscharity" b"calmzone" b"thecalmzone" b"childline" b"nspcc"
        b"barnardos" b"mind" b"mindcharity" b"nhs" b"nhsuk" b"nhsengland" b"ukcp" b"ukcpupdates"
        b"bacp" b"ncps" b"bpc" b"cosca" b"babcp" b"bps" b"bpsofficial" b"hcpc" b"thehcpc"
        b"rcpsych" b"nice" b"nicecomms" b"rethink" b"rethinkmentalillness" b"youngminds"
        b"youngmindsuk" b"beat" b"beatedsupport" b"ocduk" b"ocdaction" b"anxietyuk" b"bipolaruk"
        b"sane" b"sanecharity" b"cruse" b"crusesupport" b"relate" b"refuge" b"refugecharity"
        b"womensaid" b"mentalhealth" b"mentalhealthfoundation" b"mhfaengland" b"ageuk" b"shelter"
        b"switchboardlgbt" b"stonewalluk" b"themix" b"themixuk" b"kooth" b"breathingspace"
        b"lifeline")
}

/// Whether what stands before the `@` of an address belongs to an office, not to a person.
pub(super) fn is_office(word: &[u8]) -> bool {
    one_of!(word;
        b"info" b"hello" b"contact" b"contactus" b"enquiries" b"enquiry" b"support" b"help"
        b"helpline" b"office" b"admin" b"reception" b"press" b"media" b"privacy" b"noreply"
        b"no-reply" b"team" b"service" b"services" b"feedback" b"complaints" b"customerservice"
        b"webmaster")
}

/// Whether an address names a therapist's practice, as against a charity or a service.
pub(super) fn is_practice(address: &[u8]) -> bool {
    let Some(at) = address.iter().position(|byte| *byte == b'@') else { return false };
    let host = &address[at + 1..];
    let has = |part: &[u8]| host.windows(part.len()).any(|window| window == part);
    (has(b"therap") || has(b"counsel") || has(b"psycho"))
        && !is_helpline_host(host)
        && !has(b".nhs.uk")
        && !has(b".org")
}

/// Whether a name on a platform, without its signs, is an organisation's.
pub(super) fn is_organisation(name: &[u8]) -> bool {
    let plain: String =
        name.iter().filter(|byte| byte.is_ascii_alphanumeric()).map(|byte| char::from(*byte)).collect();
    names_an_organisation(plain.as_bytes())
        || plain.starts_with("nhs")
        || plain.ends_with("nhs")
        || plain.starts_with("bbc")
        || plain.ends_with("police")
        || plain.ends_with("govuk")
}

/// The digits of every helpline that `content` knows.
static HELPLINES: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    content::helplines()
        .iter()
        .flat_map(|line| [Some(&line.contact), line.call.as_ref(), line.text_to.as_ref()])
        .flatten()
        .map(|number| checks::digits(number.as_bytes()))
        .filter(|digits| digits.len() >= 5)
        .collect()
});

/// Hosts of the helplines, without `www.`.
static HELPLINE_HOSTS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let host = |url: &str| {
        url.split("://")
            .nth(1)
            .and_then(|rest| rest.split('/').next())
            .map(|host| host.trim_start_matches("www.").to_owned())
    };
    content::helplines().iter().filter_map(|line| host(&line.url)).collect()
});

/// Whether these digits, as dialled within the country, reach a helpline.
pub(super) fn is_helpline(digits: &[u8]) -> bool {
    HELPLINES.iter().any(|known| known == digits)
}

/// Whether a host, or a host within it, is a helpline's.
pub(super) fn is_helpline_host(host: &[u8]) -> bool {
    HELPLINE_HOSTS.iter().any(|known| {
        host.strip_suffix(known.as_bytes()).is_some_and(|rest| rest.is_empty() || rest.ends_with(b"."))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_helplines_are_known() {
        assert!(HELPLINES.len() >= 8);
        assert!(is_helpline(&checks::digits(b"0800 068 4141")) && is_helpline(&checks::digits(b"116123")));
        assert!(!is_helpline(&checks::digits(b"07700 900123")));
        assert!(is_helpline_host(b"samaritans.org") && is_helpline_host(b"www.samaritans.org"));
        assert!(!is_helpline_host(b"notsamaritans.org"));
    }

    #[test]
    fn organisations_are_known_in_every_spelling() {
        assert!(
            is_organisation(b"young_minds")
                && is_organisation(b"nhs_example")
                && is_organisation(b"clientsconnect")
        );
        assert!(!is_organisation(b"quiet_meadow_91"));
    }
}
