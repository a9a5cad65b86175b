//! The partners that are there, and the packs they read.

use std::path::Path;
use std::sync::Arc;

use kept_domain::input::{Input, News};
use kept_engine::ports::Inbound;
use serde_json::{Value, json};

use crate::aftership::AfterShip;
use crate::carriers::Carriers;
use crate::codes::CodeTable;
use crate::laposte::LaPoste;
use crate::pack::PackError;

const LAPOSTE: (&str, &str) = ("laposte.toml", include_str!("../../../packs/carriers/laposte.toml"));
const AFTERSHIP: (&str, &str) = ("aftership.toml", include_str!("../../../packs/carriers/aftership.toml"));
const CARRIERS: (&str, &str) = ("carriers.toml", include_str!("../../../packs/carriers/carriers.toml"));

/// What codes and carriers' names mean: `packs/carriers`.
#[derive(Clone, Debug)]
pub struct CarrierPacks {
    /// La Poste's event codes.
    pub laposte: Arc<CodeTable>,
    /// AfterShip's subtags and tags.
    pub aftership: Arc<CodeTable>,
    /// Carriers' names.
    pub carriers: Arc<Carriers>,
}

impl CarrierPacks {
    /// The packs inside the binary.
    ///
    /// # Errors
    /// None for a released binary: a test reads them.
    pub fn embedded() -> Result<CarrierPacks, PackError> {
        Self::read_with(|(name, text)| Ok((name.to_owned(), text.to_owned())))
    }

    /// The packs of a directory (`packs/carriers`): a file there replaces the one inside the binary, the others stay.
    ///
    /// # Errors
    /// A directory or file that cannot be read; a mistake in a file, with its line and column.
    pub fn load(directory: &Path) -> Result<CarrierPacks, PackError> {
        // A mistyped path must not silently mean "the defaults".
        std::fs::read_dir(directory).map_err(|source| PackError::Unreadable { file: directory.display().to_string(), source })?;
        Self::read_with(|(name, text)| {
            let path = directory.join(name);
            let file = path.display().to_string();
            match std::fs::read_to_string(&path) {
                Ok(replacement) => Ok((file, replacement)),
                Err(source) if source.kind() == std::io::ErrorKind::NotFound => Ok((name.to_owned(), text.to_owned())),
                Err(source) => Err(PackError::Unreadable { file, source }),
            }
        })
    }

    fn read_with(text_of: impl Fn((&str, &str)) -> Result<(String, String), PackError>) -> Result<CarrierPacks, PackError> {
        let (file, text) = text_of(LAPOSTE)?;
        let laposte = CodeTable::read(&file, &text, crate::laposte::SOURCE)?;
        let (file, text) = text_of(AFTERSHIP)?;
        let aftership = CodeTable::read(&file, &text, crate::aftership::SOURCE)?;
        let (file, text) = text_of(CARRIERS)?;
        let carriers = Carriers::read(&file, &text)?;
        Ok(CarrierPacks { laposte: Arc::new(laposte), aftership: Arc::new(aftership), carriers: Arc::new(carriers) })
    }
}

/// Every partner whose bytes can come in, for `POST /in/{source}` and `--source`.
///
/// Those that answer `NotDefined` to `verify` are pulled: the entrance must not take their bytes from strangers.
#[must_use]
pub fn inbounds(packs: &CarrierPacks) -> Vec<Arc<dyn Inbound>> {
    vec![Arc::new(LaPoste::new(packs)), Arc::new(AfterShip::new(packs))]
}

/// The fact that `kept parse` prints for a scan; any other input in the shape of `kept record`.
///
/// `{"kind":"parcel.scanned","tracking_number","carrier","code","text","location","at","offset","milestone","exception"}`, with
/// null for a location or an exception that is not there. `at` carries the offset as it came, and none where none is known.
#[must_use]
pub fn scan_json(input: &Input) -> Value {
    match &input.news {
        News::ParcelScanned(scan) => json!({
            "kind": "parcel.scanned",
            "tracking_number": scan.tracking_number,
            "carrier": scan.carrier,
            "code": scan.code,
            "text": scan.text,
            "location": scan.location,
            "at": scan.at.at_text(),
            "offset": scan.at.offset_word(),
            "milestone": scan.milestone.word(),
            "exception": scan.exception.map(|exception| exception.word()),
        }),
        _ => serde_json::to_value(input).unwrap_or(Value::Null),
    }
}
