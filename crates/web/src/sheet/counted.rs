//! Figures and scorecards: what was counted, with what it was counted of and its 95 % interval.

use jiff::tz::TimeZone;
use kept_engine::scorecards::{Lasting, Partner, Scorecard, Scorecards, Standing, Warehouse};
use kept_engine::views::{Figures, Quantiles, Share};

use super::{Cell, Table, zone};

const FIGURES: [&str; 13] =
    ["from", "before", "kind", "figure", "group_by", "group", "count", "of", "low", "high", "n", "median_hours", "p90_hours"];

/// The figures of a period (epoch milliseconds), of one kind or all: a row for each figure, and for each group of one.
#[must_use]
pub fn figures(from: i64, before: i64, kind: Option<String>) -> Table {
    Table::new("figures", &FIGURES, move |engine, _| {
        let figures = engine.figures(from, before, kind.as_deref())?;
        let zone = zone(engine);
        let period = [Cell::at(from, &zone), Cell::at(before, &zone), Cell::maybe_text(kind.as_ref())];
        Ok((figure_rows(&figures).into_iter().map(|row| period.iter().cloned().chain(row).collect()).collect(), None))
    })
}

fn figure_rows(figures: &Figures) -> Vec<Vec<Cell>> {
    let counts = [
        ("due", figures.due),
        ("released", figures.released),
        ("late_open", figures.late_open),
        ("open", figures.open),
        ("amended", figures.amended),
        ("disputed", figures.disputed),
        ("chasers", figures.chasers),
    ];
    let shares = [
        ("kept", figures.kept),
        ("kept_late", figures.kept_late),
        ("broken", figures.broken),
        ("withdrawn", figures.withdrawn),
        ("told_first", figures.told_first),
        ("coverage", figures.coverage),
        ("chased", figures.chased),
        ("needless", figures.needless),
        ("by_hand", figures.by_hand),
        ("own_hand", figures.own_hand),
    ];
    let spans = [("length", figures.length_hours), ("lead", figures.lead_hours), ("held", figures.held_hours)];
    let days = |groups: &[(jiff::civil::Date, Share)]| -> Vec<(String, Share)> {
        groups.iter().map(|(day, share)| (day.to_string(), *share)).collect()
    };
    let groups = [
        ("kept", "carrier", figures.by_carrier.clone()),
        ("kept", "kind", figures.by_kind.clone()),
        ("kept", "giver", figures.by_giver.clone()),
        ("kept", "owner", figures.by_owner.clone()),
        ("kept", "week", days(&figures.by_week)),
        ("kept", "month", days(&figures.by_month)),
        ("by_hand", "owner", figures.by_hand_by_owner.clone()),
        ("own_hand", "owner", figures.own_hand_by_owner.clone()),
    ];
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    rows.extend(counts.map(|(figure, count)| {
        let mut row = named(figure, "", "");
        row.push(Cell::value(count));
        row.extend(std::iter::repeat_n(Cell::none(), 6));
        row
    }));
    rows.extend(shares.map(|(figure, share)| of_share(named(figure, "", ""), share)));
    rows.extend(spans.map(|(figure, span)| of_span(named(figure, "", ""), span)));
    for (figure, by, groups) in &groups {
        rows.extend(groups.iter().map(|(group, share)| of_share(named(figure, by, group), *share)));
    }
    rows
}

fn named(figure: &str, by: &str, group: &str) -> Vec<Cell> {
    vec![Cell::value(figure), Cell::value(by), Cell::text(group)]
}

fn of_share(mut row: Vec<Cell>, share: Share) -> Vec<Cell> {
    row.extend([Cell::value(share.count), Cell::value(share.of)]);
    row.extend(interval(share));
    row.extend(std::iter::repeat_n(Cell::none(), 3));
    row
}

fn of_span(mut row: Vec<Cell>, span: Quantiles) -> Vec<Cell> {
    row.extend(std::iter::repeat_n(Cell::none(), 4));
    row.extend([Cell::value(span.n), hours(span.median), hours(span.p90)]);
    row
}

fn hours(hours: Option<f64>) -> Cell {
    Cell::maybe(hours.map(|hours| format!("{hours:.1}")))
}

/// The ends of an interval; nothing where nothing was counted.
fn interval(share: Share) -> [Cell; 2] {
    let end = |end: f64| Cell::maybe((share.of > 0).then(|| format!("{end:.4}")));
    [end(share.low), end(share.high)]
}

const SCORECARDS: [&str; 47] = [
    "from",
    "before",
    "about",
    "name",
    "parcels",
    "handed_over",
    "kept",
    "kept_of",
    "kept_low",
    "kept_high",
    "standing",
    "rank",
    "compared",
    "observed",
    "expected",
    "beyond_low",
    "beyond_high",
    "transit_n",
    "transit_ended",
    "transit_median_hours",
    "transit_p90_hours",
    "silent",
    "silent_of",
    "first_attempt",
    "first_attempt_of",
    "disputed",
    "disputed_of",
    "contested",
    "contested_of",
    "claims",
    "claimed",
    "claimed_of",
    "in_dispute",
    "moved",
    "let_off",
    "handed_too_late",
    "drift",
    "drift_low",
    "drift_high",
    "ship_in_time",
    "ship_in_time_of",
    "never_handed",
    "never_handed_of",
    "preparing_n",
    "preparing_ended",
    "preparing_median_hours",
    "preparing_p90_hours",
];
/// Columns of a scorecard, and those of a warehouse behind them.
const OF_CARD: usize = 35;
const OF_WAREHOUSE: usize = 8;

/// The scorecards of the last so many days: a row for all, and for each carrier, lane and class, the own warehouse, each partner.
#[must_use]
pub fn scorecards(days: i64) -> Table {
    Table::new("scorecards", &SCORECARDS, move |engine, _| {
        let cards = engine.scorecards(days)?;
        Ok((card_rows(&cards, &zone(engine)), None))
    })
}

fn card_rows(cards: &Scorecards, zone: &TimeZone) -> Vec<Vec<Cell>> {
    let begin = |about: &str, name: &str| {
        vec![Cell::at(cards.from, zone), Cell::at(cards.before, zone), Cell::value(about), Cell::text(name)]
    };
    let mut rows = vec![of_card(begin("all", ""), &cards.all)];
    for (about, group) in [("carrier", &cards.carriers), ("lane", &cards.lanes), ("class", &cards.classes)] {
        rows.extend(group.iter().map(|card| of_card(begin(about, &card.name), card)));
    }
    let mut own = begin("warehouse", "");
    own.push(Cell::value(cards.warehouse.parcels));
    own.extend(std::iter::repeat_n(Cell::none(), OF_CARD - 1 - DRIFT));
    own.extend(drift(&cards.warehouse.drift));
    own.extend(of_warehouse(&cards.warehouse));
    rows.push(own);
    rows.extend(cards.partners.iter().map(|partner| of_partner(begin("partner", &partner.name), partner)));
    rows
}

const DRIFT: usize = 3;

fn of_card(mut row: Vec<Cell>, card: &Scorecard) -> Vec<Cell> {
    row.extend([Cell::value(card.parcels), Cell::value(card.handed_over)]);
    row.extend(kept(card.kept));
    row.extend([word(card.standing), Cell::maybe(card.rank)]);
    row.extend(card.against.as_ref().map_or_else(|| std::array::from_fn(|_| Cell::none()), against));
    row.extend(lasting(card.transit));
    for share in [card.silent, card.first_attempt, card.disputed, card.contested] {
        row.extend([Cell::value(share.count), Cell::value(share.of)]);
    }
    let claimed: Vec<String> = card
        .claims
        .iter()
        .filter(|(_, share)| share.count > 0)
        .map(|(cause, share)| format!("{cause}:{}", share.count))
        .collect();
    row.extend([Cell::value(claimed.join(" ")), Cell::none(), Cell::none()]);
    let apart = card.apart;
    row.extend([apart.in_dispute, apart.moved, apart.let_off, apart.handed_too_late].map(Cell::value));
    row.extend(drift(&card.drift));
    row.extend(std::iter::repeat_n(Cell::none(), OF_WAREHOUSE));
    row
}

fn of_partner(mut row: Vec<Cell>, partner: &Partner) -> Vec<Cell> {
    let sends = &partner.hands_over;
    row.extend([Cell::value(sends.parcels), Cell::none()]);
    row.extend(kept(partner.kept));
    row.extend([word(partner.standing), Cell::none()]);
    row.extend(against(&partner.against));
    row.extend(std::iter::repeat_n(Cell::none(), 13));
    row.extend([Cell::value(partner.claimed.count), Cell::value(partner.claimed.of)]);
    row.extend(std::iter::repeat_n(Cell::none(), 4));
    row.extend(drift(&sends.drift));
    row.extend(of_warehouse(sends));
    row
}

fn of_warehouse(warehouse: &Warehouse) -> Vec<Cell> {
    let mut cells = Vec::with_capacity(OF_WAREHOUSE);
    for share in [warehouse.in_time, warehouse.never_handed] {
        cells.extend([Cell::value(share.count), Cell::value(share.of)]);
    }
    cells.extend(lasting(warehouse.preparing));
    cells
}

fn kept(share: Share) -> Vec<Cell> {
    [Cell::value(share.count), Cell::value(share.of)].into_iter().chain(interval(share)).collect()
}

fn against(against: &kept_learn::Against) -> [Cell; 5] {
    [
        Cell::value(against.comparable),
        Cell::value(against.observed),
        Cell::value(format!("{:.1}", against.expected)),
        Cell::value(format!("{:.1}", against.lower)),
        Cell::value(format!("{:.1}", against.upper)),
    ]
}

fn lasting(lasting: Lasting) -> [Cell; 4] {
    [Cell::value(lasting.n), Cell::value(lasting.ended), Cell::maybe(lasting.median_hours), Cell::maybe(lasting.p90_hours)]
}

fn drift(drift: &kept_engine::scorecards::Drift) -> [Cell; DRIFT] {
    let end = |end: Option<f64>| Cell::maybe(end.map(|end| format!("{end:.4}")));
    [word(drift.standing), end(drift.change.map(|change| change.lower)), end(drift.change.map(|change| change.upper))]
}

/// The word of a standing, as the API has it.
fn word(standing: Standing) -> Cell {
    Cell::maybe(serde_json::to_value(standing).ok().as_ref().and_then(serde_json::Value::as_str))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_has_a_cell_for_each_column() {
        assert_eq!(4 + OF_CARD + OF_WAREHOUSE, SCORECARDS.len());
    }
}
