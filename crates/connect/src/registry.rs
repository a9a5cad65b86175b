//! The partners that are there, and the packs they read.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use kept_domain::input::{Input, News};
use kept_engine::ports::Inbound;
use serde_json::{Value, json};

use crate::partner::{CarrierPacks, Partner};
use crate::reading::codes::CodeTable;
use crate::reading::names::Carriers;
use crate::reading::pack::PackError;
use crate::shops::SHOPS;
use crate::shops::names::ShopNames;
use crate::{aggregators, carriers, sms};

/// Who is there. Each partner's module says what it is (`PARTNER`). Shops have no codes and stand in a list of their own (`shops::SHOPS`).
const PARTNERS: &[Partner] = &[
    aggregators::aftership::PARTNER,
    aggregators::easypost::PARTNER,
    aggregators::epcis::PARTNER,
    aggregators::sendcloud::PARTNER,
    aggregators::seventeentrack::PARTNER,
    aggregators::shippo::PARTNER,
    carriers::amazon_shipping::PARTNER,
    carriers::aramex::PARTNER,
    carriers::asendia::PARTNER,
    carriers::australiapost::PARTNER,
    carriers::bpost::PARTNER,
    carriers::canadapost::PARTNER,
    carriers::canpar::PARTNER,
    carriers::chronopost::PARTNER,
    carriers::colissimo::PARTNER,
    carriers::dhl::PARTNER,
    carriers::dhl_express::PARTNER,
    carriers::dhl_parcel_de::PARTNER,
    carriers::dhl_poland::PARTNER,
    carriers::dpd::PARTNER,
    carriers::fedex::PARTNER,
    carriers::gls::PARTNER,
    carriers::hermes::PARTNER,
    carriers::inpost::PARTNER,
    carriers::landmark::PARTNER,
    carriers::laposte::PARTNER,
    carriers::mondial_relay::PARTNER,
    carriers::mydhl::PARTNER,
    carriers::parcelone::PARTNER,
    carriers::postnl::PARTNER,
    carriers::purolator::PARTNER,
    carriers::royalmail::PARTNER,
    carriers::seko::PARTNER,
    carriers::sendle::PARTNER,
    carriers::smartkargo::PARTNER,
    carriers::spring::PARTNER,
    carriers::teleship::PARTNER,
    carriers::tnt::PARTNER,
    carriers::ups::PARTNER,
    carriers::usps::PARTNER,
    carriers::usps_international::PARTNER,
];

const NAMES: (&str, &str) = ("carriers.toml", include_str!("../../../packs/carriers/carriers.toml"));
const SHOP_NAMES: (&str, &str) = ("shops.toml", include_str!("../../../packs/carriers/shops.toml"));
const WORDS: (&str, &str) = ("words.toml", include_str!("../../../packs/carriers/words.toml"));

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
        let (file, text) = text_of(WORDS)?;
        let words = Arc::new(CodeTable::read(&file, &text, "words")?);
        let mut tables = BTreeMap::new();
        for partner in PARTNERS {
            let (file, text) = text_of((&format!("{}.toml", partner.source), partner.table))?;
            tables.insert(partner.source, Arc::new(CodeTable::read_with(&file, &text, partner.source, Some(&words))?));
        }
        let (file, text) = text_of(NAMES)?;
        let carriers = Arc::new(Carriers::read(&file, &text)?);
        let (file, text) = text_of(SHOP_NAMES)?;
        Ok(CarrierPacks { tables, carriers, shops: Arc::new(ShopNames::read(&file, &text)?) })
    }
}

/// Every partner whose bytes can come in, for `POST /in/{source}` and `--source`.
///
/// Those that answer `NotDefined` to `verify` are pulled: the entrance must not take their bytes from strangers.
#[must_use]
pub fn inbounds(packs: &CarrierPacks) -> Vec<Arc<dyn Inbound>> {
    let partners = PARTNERS.iter().map(|partner| (partner.parser)(packs));
    partners.chain(SHOPS.iter().map(|shop| (shop.parser)(packs))).chain(sms::inbounds()).collect()
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
