//! Estimates: what we now believe, from the carrier's own word or from how long past parcels took. Too little to learn from, and
//! there is none.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use kept_base::{from_millis, millis};
use kept_domain::parcel::Parcel;
use kept_domain::promise::Estimate;
use kept_domain::vocabulary::Milestone;

use crate::deciding::Situation;
use crate::drafting::slowest;
use crate::{Engine, EngineError};

/// Past parcels looked at.
const PAST: i64 = 1000;
/// Fewer than this that had taken as long already, and nothing is quoted.
const ENOUGH: usize = 20;

impl Engine {
    /// The estimate for the parcel that is least far; only facts known at the situation's moment count. Where one will not come by
    /// itself there is none: that most parcels so late did come in the end says nothing of one that is lost.
    pub(crate) fn estimate(&self, situation: &Situation, zone: &TimeZone) -> Result<Option<Estimate>, EngineError> {
        let Some(parcel) = slowest(&situation.parcels) else { return Ok(None) };
        if parcel.milestone.rank() > Milestone::AvailableForPickup.rank()
            || situation.parcels.iter().any(Parcel::is_awaited_in_vain)
        {
            return Ok(None);
        }
        if let Some(learned) = self.learned_estimate(situation, zone) {
            return Ok(Some(learned));
        }
        let today = from_millis(situation.now).unwrap_or_default().to_zoned(zone.clone()).date();
        if let Some(handed_over) = parcel.handed_over_at() {
            let past = self.reading(|connection| connection.transits(&parcel.carrier, situation.now, PAST))?;
            if let Some(estimate) = from_past(&past, handed_over, situation.now, zone) {
                return Ok(Some(estimate));
            }
        }
        let said = parcel.carrier_estimate.filter(|(day, said_at)| *day >= today && *said_at > situation.now - 2 * 86_400_000);
        Ok(said.map(|(day, _)| Estimate { day, by_day: None, basis: "carrier".to_owned(), n: 0, at: situation.now }))
    }

    /// The days by which half and nine of ten such promises have arrived, as learned; none where too little is known.
    fn learned_estimate(&self, situation: &Situation, zone: &TimeZone) -> Option<Estimate> {
        let outlook = self.outlook_at(&situation.promise, situation.order.as_ref(), &situation.parcels, situation.now)?;
        let likely = outlook.likely?;
        // The moment ends the day.
        let day = |at: i64| Some(from_millis(at - 1)?.to_zoned(zone.clone()).date());
        Some(Estimate {
            day: day(likely.by)?,
            by_day: outlook.nearly_sure.and_then(|arrival| day(arrival.by)),
            basis: "past".to_owned(),
            n: likely.basis.n,
            at: situation.now,
        })
    }
}

/// Median and 90th percentile of the arrival, among past parcels that had taken at least as long as this one has by now.
fn from_past(past: &[i64], handed_over: i64, now: i64, zone: &TimeZone) -> Option<Estimate> {
    let elapsed = now - handed_over;
    let mut longer: Vec<i64> = past.iter().copied().filter(|transit| *transit > elapsed).collect();
    if longer.len() < ENOUGH {
        return None;
    }
    longer.sort_unstable();
    let quantile = |share: usize| longer.get((longer.len() * share / 100).min(longer.len() - 1)).copied();
    let day = |transit: i64| -> Option<Date> { Some(from_millis(handed_over + transit)?.to_zoned(zone.clone()).date()) };
    Some(Estimate {
        day: day(quantile(50)?)?,
        by_day: quantile(90).and_then(day),
        basis: "past".to_owned(),
        n: u32::try_from(longer.len()).unwrap_or(u32::MAX),
        at: millis(from_millis(now)?),
    })
}
