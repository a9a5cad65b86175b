//! What a case is known by, and the groups it is counted in.

use serde::{Deserialize, Serialize};

/// What is known of a case before it moves. Words are the caller's own; what is not known is empty and costs nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Features {
    /// Who carries it.
    pub carrier: String,
    /// The carrier's service.
    pub service: String,
    /// From where to where, as coarse as the caller likes: `FR-75>FR-13`, `BR`.
    pub lane: String,
    /// How long the promise was, in bands of the caller's: a stand-in for distance where there is no lane.
    pub band: String,
}

/// How fine a group is. Coarse groups back up fine ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Everything that was ever counted.
    All,
    /// One carrier.
    Carrier,
    /// One service of a carrier.
    Service,
    /// One lane of a service.
    Lane,
    /// One band of promises on a lane.
    Band,
}

impl Level {
    /// The word in the API and in keys of texts.
    pub fn word(self) -> &'static str {
        match self {
            Level::All => "all",
            Level::Carrier => "carrier",
            Level::Service => "service",
            Level::Lane => "lane",
            Level::Band => "band",
        }
    }
}

/// Where a parcel, or an order without one, stands on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Ordered or announced, and not handed over: the merchant's own delay.
    Placed,
    /// Handed over, somewhere in the network.
    InNetwork,
    /// At the depot that will deliver it.
    AtDepot,
    /// Out for delivery.
    OutForDelivery,
}

impl Stage {
    /// All stages, in the order of the way.
    pub const ALL: [Stage; STAGES] = [Stage::Placed, Stage::InNetwork, Stage::AtDepot, Stage::OutForDelivery];

    pub(crate) fn place(self) -> usize {
        match self {
            Stage::Placed => 0,
            Stage::InNetwork => 1,
            Stage::AtDepot => 2,
            Stage::OutForDelivery => 3,
        }
    }
}

pub(crate) const STAGES: usize = 4;

/// How a stage ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Exit {
    /// On to another stage; also back, as after a failed attempt.
    To(Stage),
    /// At the customer.
    Delivered,
    /// Cancelled, returned, lost, no longer followed: how long it would have taken is not known, only that it had not ended yet.
    Censored,
}

/// Places that an exit can lead to: the stages, then delivery.
pub(crate) const EXITS: usize = STAGES + 1;

impl Exit {
    /// The place it leads to; `None` where it leads nowhere.
    pub(crate) fn place(self) -> Option<usize> {
        match self {
            Exit::To(stage) => Some(stage.place()),
            Exit::Delivered => Some(STAGES),
            Exit::Censored => None,
        }
    }
}

/// The name of a group in the counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Group {
    pub(crate) level: Level,
    pub(crate) key: String,
}

impl Features {
    /// The groups of a case at a stage, coarsest first. What is not known makes no group of its own.
    pub(crate) fn groups(&self, stage: Stage) -> Vec<Group> {
        let mut key = stage.place().to_string();
        let mut groups = vec![Group { level: Level::All, key: key.clone() }];
        let parts = [
            (Level::Carrier, 'c', &self.carrier),
            (Level::Service, 's', &self.service),
            (Level::Lane, 'l', &self.lane),
            (Level::Band, 'b', &self.band),
        ];
        for (level, letter, word) in parts {
            if word.is_empty() {
                continue;
            }
            key.push(SEPARATOR);
            key.push(letter);
            key.push_str(word);
            groups.push(Group { level, key: key.clone() });
        }
        groups
    }
}

/// Stands in no word that a carrier or shop writes; one that held it would share another group's counts, nothing worse.
const SEPARATOR: char = '\u{1f}';

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_makes_no_group() {
        let features = Features { carrier: "dpd".to_owned(), band: "12".to_owned(), ..Features::default() };
        let levels: Vec<Level> = features.groups(Stage::Placed).iter().map(|group| group.level).collect();
        assert_eq!(levels, [Level::All, Level::Carrier, Level::Band]);
    }

    #[test]
    fn equal_words_in_different_places_are_different_groups() {
        let lane = Features { lane: "x".to_owned(), ..Features::default() };
        let band = Features { band: "x".to_owned(), ..Features::default() };
        assert_ne!(lane.groups(Stage::Placed), band.groups(Stage::Placed));
        assert_ne!(lane.groups(Stage::Placed), lane.groups(Stage::InNetwork));
    }
}
