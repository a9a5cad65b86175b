//! Every signature: accepted as given; refused with anything changed, and with an empty secret.

use kept_connect::aggregators::{aftership, easypost, sendcloud, seventeentrack, shippo};
use kept_engine::ports::Verification;
use serde_json::Value;

use crate::shared::{shared_sample, source};

/// A vector of `signatures.json`: two are the vendors' own, three were computed by us from the documented rule.
struct Vector {
    source: String,
    header: &'static str,
    secret: String,
    body: Vec<u8>,
    value: String,
}

fn vectors() -> Option<Vec<Vector>> {
    let read: Value = serde_json::from_slice(&shared_sample("signatures.json")?).expect("JSON");
    let vectors = read.as_array().expect("a list").iter().map(|vector| {
        let text = |name: &str| vector[name].as_str().map(str::to_owned);
        let source = text("source").expect("a source");
        let header = match source.as_str() {
            "aftership" => aftership::SIGNATURE_HEADER,
            "easypost" => easypost::SIGNATURE_HEADER,
            "sendcloud" => sendcloud::SIGNATURE_HEADER,
            "seventeentrack" => seventeentrack::SIGNATURE_HEADER,
            "shippo" => shippo::SIGNATURE_HEADER,
            other => panic!("nobody signs for {other}"),
        };
        assert_eq!(text("header").expect("a header").to_lowercase(), header.to_lowercase());
        let body = match (text("body"), text("body_file")) {
            (Some(body), _) => body.into_bytes(),
            (None, Some(file)) => shared_sample(&file).expect("the body"),
            (None, None) => panic!("a vector without a body"),
        };
        Vector { source, header, secret: text("secret").expect("a secret"), body, value: text("value").expect("a value") }
    });
    Some(vectors.collect())
}

impl Vector {
    fn verify(&self, value: Option<&str>, body: &[u8], secret: &str) -> Verification {
        let lookup = |name: &str| value.filter(|_| name == self.header).map(str::to_owned);
        source(&self.source).verify(&lookup, body, secret)
    }

    fn refused(&self, value: Option<&str>, body: &[u8], secret: &str, why: &str) {
        assert_eq!(self.verify(value, body, secret), Verification::Refused, "{}: {why}", self.source);
    }
}

#[test]
fn accepted_as_given_and_refused_with_anything_changed() {
    let Some(vectors) = vectors() else { return };
    assert_eq!(vectors.len(), 5);
    for vector in vectors {
        let (value, body, secret) = (Some(vector.value.as_str()), vector.body.as_slice(), vector.secret.as_str());
        assert_eq!(vector.verify(value, body, secret), Verification::Verified, "{}", vector.source);
        for place in 0..body.len() {
            let mut changed = body.to_vec();
            changed[place] ^= 1;
            vector.refused(value, &changed, secret, "one byte changed");
        }
        // The last characters of a digest, and its first after what stands before it.
        for place in
            [vector.value.len() - 3, vector.value.rfind('=').filter(|at| at + 1 < vector.value.len()).map_or(0, |at| at + 1)]
        {
            let mut changed = vector.value.clone().into_bytes();
            changed[place] = if changed[place] == b'0' { b'1' } else { b'0' };
            vector.refused(std::str::from_utf8(&changed).ok(), body, secret, "another digest");
        }
        let again: Value = serde_json::from_slice(body).expect("JSON");
        let pretty = serde_json::to_string_pretty(&again).expect("JSON");
        vector.refused(value, pretty.as_bytes(), secret, "re-serialised");
        let mut newline = body.to_vec();
        newline.push(b'\n');
        vector.refused(value, &newline, secret, "a final newline");
        vector.refused(value, body, "", "an empty secret");
        vector.refused(value, body, &format!("{secret}x"), "another secret");
        for header in [
            None,
            Some(""),
            Some("="),
            Some("hmac-sha256-hex="),
            Some("t=1,v1="),
            Some("not hexadecimal!"),
            vector.value.get(..20),
        ] {
            vector.refused(header, body, secret, "another header");
        }
    }
}

/// Anybody can compute what an empty secret signs.
#[test]
fn a_signature_made_with_an_empty_secret_is_refused() {
    use hmac::{Hmac, KeyInit, Mac};
    use sha2::{Digest, Sha256};
    let hmac = |pieces: &[&[u8]]| {
        let mut mac = Hmac::<Sha256>::new_from_slice(b"").expect("any length");
        pieces.iter().for_each(|piece| mac.update(piece));
        hex::encode(mac.finalize().into_bytes())
    };
    let plain = hex::encode(Sha256::digest(b"{}/"));
    let signed = [
        ("easypost", easypost::SIGNATURE_HEADER, format!("hmac-sha256-hex={}", hmac(&[b"{}"]))),
        ("sendcloud", sendcloud::SIGNATURE_HEADER, hmac(&[b"{}"])),
        ("shippo", shippo::SIGNATURE_HEADER, format!("t=1,v1={}", hmac(&[b"1.", b"{}"]))),
        ("seventeentrack", seventeentrack::SIGNATURE_HEADER, plain),
    ];
    for (name, header, value) in signed {
        let lookup = |asked: &str| (asked == header).then(|| value.clone());
        assert_eq!(source(name).verify(&lookup, b"{}", ""), Verification::Refused, "{name}");
    }
}

#[test]
fn epcis_signs_nothing() {
    let anything = |_: &str| Some("anything".to_owned());
    assert_eq!(source("epcis").verify(&anything, b"{}", "secret"), Verification::NotDefined);
}
