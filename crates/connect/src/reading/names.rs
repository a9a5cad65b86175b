//! One carrier, one name, whoever calls it what.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use crate::reading::fold::fold;
use crate::reading::pack::{Pack, PackError};

/// The names by which carriers are called, and the one that Kept uses.
///
/// Read from `packs/carriers/carriers.toml`.
#[derive(Clone, Debug, Default)]
pub struct Carriers {
    names: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CarriersFile {
    #[serde(default)]
    carrier: Vec<CarrierEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CarrierEntry {
    carrier: Spanned<String>,
    #[serde(default)]
    also: Vec<Spanned<String>>,
}

impl Carriers {
    /// Reads the table. `file` is only used to name the place of a mistake.
    ///
    /// # Errors
    /// Text that is not the format, an empty name, or one name for two carriers.
    pub fn read(file: &str, text: &str) -> Result<Carriers, PackError> {
        let pack = Pack { file, text };
        let mut names: BTreeMap<String, String> = BTreeMap::new();
        for entry in pack.read::<CarriersFile>()?.carrier {
            let carrier = entry.carrier.get_ref().clone();
            for name in std::iter::once(&entry.carrier).chain(&entry.also) {
                let key = key(name.get_ref());
                if key.is_empty() {
                    return Err(pack.wrong(name.span(), "a carrier without a name", "write its name or delete the entry"));
                }
                match names.get(&key) {
                    Some(other) if *other != carrier => {
                        let message = format!("{:?} already means {other:?}", name.get_ref());
                        return Err(pack.wrong(name.span(), message, "keep it in one of the two carriers"));
                    }
                    _ => names.insert(key, carrier.clone()),
                };
            }
        }
        Ok(Carriers { names })
    }

    /// The name Kept uses; a name that is not in the table stays as it came, in lower case.
    #[must_use]
    pub fn name(&self, given: &str) -> String {
        self.known(given).map_or_else(|| given.trim().to_lowercase(), str::to_owned)
    }

    /// The name Kept uses, if the table has it.
    #[must_use]
    pub fn known(&self, given: &str) -> Option<&str> {
        self.names.get(&key(given)).map(String::as_str)
    }
}

fn key(name: &str) -> String {
    fold(name).replace(['-', ' '], "_")
}
