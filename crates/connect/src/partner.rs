//! What a partner says of itself, and the packs it is made with. It knows no partner; the registry knows all of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use kept_engine::ports::Inbound;

use crate::reading::codes::CodeTable;
use crate::reading::names::Carriers;
use crate::shops::names::ShopNames;

/// A partner: its name, the file of its table with the text inside the binary, and its parser.
pub(crate) struct Partner {
    /// The name in `POST /in/{source}` and `--source`.
    pub source: &'static str,
    /// What its codes mean: a file's text from `packs/carriers`.
    pub table: &'static str,
    /// Makes its parser.
    pub parser: fn(&CarrierPacks) -> Arc<dyn Inbound>,
}

/// What codes and carriers' names mean: `packs/carriers`.
#[derive(Clone, Debug)]
pub struct CarrierPacks {
    pub(crate) tables: BTreeMap<&'static str, Arc<CodeTable>>,
    /// Carriers' names.
    pub carriers: Arc<Carriers>,
    /// Where shops keep what their systems have no field for.
    pub(crate) shops: Arc<ShopNames>,
}

impl CarrierPacks {
    /// What this source's codes mean; a source that is not there knows no code.
    #[must_use]
    pub fn table(&self, source: &str) -> Arc<CodeTable> {
        self.tables.get(source).cloned().unwrap_or_default()
    }
}
