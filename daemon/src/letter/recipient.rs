//! The one address a letter goes to: plain, checked, and of a known house.

use super::withheld::Withheld;

/// RFC 5321 section 4.5.3.1: a path has at most 256 octets with its brackets, a local part 64.
const ADDRESS: usize = 254;
const LOCAL_PART: usize = 64;
const DOMAIN: usize = 253;
const LABEL: usize = 63;

/// A checked address, lower case, fit for a header and an SMTP command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    pub address: String,
    /// The organisational domain, which the budget counts (`batangkab.go.id` of `a@dinkes.batangkab.go.id`).
    pub domain: String,
}

impl Recipient {
    /// One plain `local@domain` and nothing else: no quoting, no route, no literal, no second address, no control character.
    pub fn new(written: &str) -> Result<Self, Withheld> {
        if !written.is_ascii() {
            return Err(Withheld::International(written.to_owned()));
        }
        let address = written.to_ascii_lowercase();
        let sound = address.len() <= ADDRESS
            && address
                .rsplit_once('@')
                .is_some_and(|(local, domain)| is_local_part(local) && is_domain(domain));
        if !sound {
            return Err(Withheld::UnsafeAddress(written.to_owned()));
        }
        let host = address.rsplit_once('@').map_or("", |(_, host)| host);
        let domain = organisation(host);
        Ok(Self { address, domain })
    }
}

/// The domain under which one organisation registers, by the public suffix list; the domain itself where it is a suffix.
pub(super) fn organisation(domain: &str) -> String {
    let lower = domain.trim_end_matches('.').to_lowercase();
    psl::domain_str(&lower).unwrap_or(&lower).to_owned()
}

/// A dot-atom (RFC 5322 section 3.2.3) without the signs of old routes (`%`, `!`) and of shells.
fn is_local_part(local: &str) -> bool {
    let plain = |c: char| {
        c.is_ascii_alphanumeric()
            || matches!(c, '.' | '-' | '_' | '+' | '=' | '~' | '\'' | '&' | '#')
    };
    local.len() <= LOCAL_PART
        && !local.starts_with('-')
        && local.split('.').all(|atom| !atom.is_empty())
        && local.chars().all(plain)
}

/// At least two labels, and a last one that is no number: an address literal has no mailbox that we may write to.
fn is_domain(domain: &str) -> bool {
    let is_label = |label: &str| {
        (1..=LABEL).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    let last = domain.rsplit('.').next().unwrap_or_default();
    domain.len() <= DOMAIN
        && domain.contains('.')
        && domain.split('.').all(is_label)
        && !last.chars().all(|c| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    /// `faults.md` S6 and more of its kind.
    #[test]
    fn nothing_but_one_plain_address_is_written_to() {
        let long_local = format!("{}@b.example", "a".repeat(65));
        let long = format!("a@{}example", "b.".repeat(160));
        let long_label = format!("a@{}.example", "b".repeat(64));
        let hostile = [
            "",
            "@",
            "a",
            "a@",
            "@b.example",
            "a@b",
            "a@b>\r\nRCPT TO:<v@x.example",
            "\"a\r\nBcc:\"@x.example",
            "a@b.example,c@d.example",
            "a@b.example c@d.example",
            "a@b.example\r\n",
            "a@b.example\n.\n",
            "a\0@b.example",
            "<a@b.example>",
            "a@[127.0.0.1]",
            "a@[IPv6:::1]",
            "a@127.0.0.1",
            "-a@b.example",
            "-oQ/tmp@b.example",
            "a..b@c.example",
            ".a@b.example",
            "a.@b.example",
            "\"a b\"@c.example",
            "a%b.example@c.example",
            "b.example!a@c.example",
            "@c.example:a@b.example",
            "a@b@c.example",
            "a|b@c.example",
            "a`id`@c.example",
            "a$(id)@c.example",
            "a(comment)@b.example",
            "a@b..example",
            "a@-b.example",
            "a@b-.example",
            "a@b_c.example",
            "a@b.example.",
            "a;b@c.example",
            "a:b@c.example",
            "a\\@b.example",
            "a@b.123",
            &long_local,
            &long,
            &long_label,
        ];
        for address in hostile {
            let refused = Recipient::new(address);
            assert_eq!(
                refused,
                Err(Withheld::UnsafeAddress(address.to_owned())),
                "{address:?}"
            );
        }
    }

    #[test]
    fn an_international_address_is_not_answered() {
        for address in ["büdi@b.example", "a@bücher.example", "a@b.example\u{2028}"] {
            let refused = Recipient::new(address).unwrap_err();
            assert_eq!(refused, Withheld::International(address.to_owned()));
        }
    }

    #[test]
    fn an_honest_address_is_lower_case_and_of_its_house() {
        let check = |address: &str, expect: &str, house: &str| {
            let recipient = Recipient::new(address).unwrap();
            assert_eq!(
                (recipient.address.as_str(), recipient.domain.as_str()),
                (expect, house)
            );
        };
        check(
            "Budi.S@Dinkes.Batangkab.GO.ID",
            "budi.s@dinkes.batangkab.go.id",
            "batangkab.go.id",
        );
        check(
            "o'neil+csirt=x@mail.example.com",
            "o'neil+csirt=x@mail.example.com",
            "example.com",
        );
        check(
            "kades@desa.batang.desa.id",
            "kades@desa.batang.desa.id",
            "batang.desa.id",
        );
        check(
            "a@xn--bcher-kva.example",
            "a@xn--bcher-kva.example",
            "xn--bcher-kva.example",
        );
        check("x@go.id", "x@go.id", "go.id");
    }

    #[test]
    fn neighbours_under_one_suffix_are_not_one_house() {
        assert_ne!(
            organisation("batangkab.go.id"),
            organisation("pekalongankab.go.id")
        );
        assert_ne!(organisation("a.co.id"), organisation("b.co.id"));
        assert_eq!(organisation("mail.a.co.id"), organisation("A.CO.ID."));
    }
}
