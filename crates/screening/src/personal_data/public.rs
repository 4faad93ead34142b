//! What belongs to the public: helplines, organisations, offices.
//!
//! Invariant: helplines come from `content`, so that an entry there is known here.

use std::sync::LazyLock;

use super::checks;
use super::scan::listed;

/// Accounts and addresses of organisations that a post about mental health may well name.
const ORGANISATIONS: &str = "clientsconnect samaritans giveusashout shout shoutukorg papyrus papyrusuk papyruscharity calmzone \
    thecalmzone childline nspcc barnardos mind mindcharity nhs nhsuk nhsengland ukcp ukcpupdates bacp \
    ncps bpc cosca babcp bps bpsofficial hcpc thehcpc rcpsych nice nicecomms rethink \
    rethinkmentalillness youngminds youngmindsuk beat beatedsupport ocduk ocdaction anxietyuk bipolaruk \
    sane sanecharity cruse crusesupport relate refuge refugecharity womensaid mentalhealth \
    mentalhealthfoundation mhfaengland ageuk shelter switchboardlgbt stonewalluk themix themixuk kooth \
    breathingspace lifeline";

/// What is read before the `@` of an address that belongs to an office, not to a person.
const OFFICES: &str = "info hello contact contactus enquiries enquiry support help helpline office admin reception press \
    media privacy noreply no-reply team service services feedback complaints customerservice webmaster";

/// Whether a name on a platform, without its signs, is an organisation's.
pub(super) fn is_organisation(name: &[u8]) -> bool {
    let plain: String =
        name.iter().filter(|byte| byte.is_ascii_alphanumeric()).map(|byte| char::from(*byte)).collect();
    listed(plain.as_bytes(), ORGANISATIONS)
        || plain.starts_with("nhs")
        || plain.ends_with("nhs")
        || plain.starts_with("bbc")
        || plain.ends_with("police")
        || plain.ends_with("govuk")
}

/// Whether the part before the `@` of an address is an office's.
pub(super) fn is_office(local: &[u8]) -> bool {
    listed(local, OFFICES)
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
