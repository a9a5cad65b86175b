//! Replays histories of orders and prints what the forecasts and the warnings were worth.
//!
//! ```sh
//! cargo run --release -p kept-learn --example orders -- orders.csv --from "1/16/2018 17:02"
//! ```
//!
//! The CSV has the columns `order_id`, `order_purchase_timestamp`, `order_delivered_carrier_date`, `order_delivered_customer_date` and
//! `order_estimated_delivery_date`: local wall clocks, month/day/year hour:minute. Orders bought before `--from` are played and learned
//! from, and not scored. All columns of all orders are played together in the order of time: nothing is known before it happened.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::DateTime;
use kept_learn::score::{auc, average_precision, calibration_error};
use kept_learn::{Case, Costs, DAY, Exit, Features, Glance, HOUR, Model, NOTICES, Policy, STEP, Settings, Snapshot, Stage};

type Failure = Box<dyn std::error::Error>;

#[derive(Clone, Debug)]
struct Order {
    placed: i64,
    handed_over: Option<i64>,
    delivered: Option<i64>,
    due: i64,
    scored: bool,
    features: Features,
}

impl Order {
    fn late(&self) -> bool {
        self.delivered.is_none_or(|delivered| delivered >= self.due)
    }
}

/// What was said of an order while it was open.
#[derive(Clone, Debug, Default)]
struct Said {
    glances: Vec<(Glance, u32)>,
    at_hand_over: Option<Glance>,
    at_purchase: Option<Glance>,
    /// Days by which it was to have arrived: when said, the share, and the end of the day.
    estimates: Vec<(i64, &'static str, f64, i64)>,
    /// By rule.
    warned: Vec<Option<i64>>,
}

enum Rule {
    Fixed(&'static str, Policy),
    Chosen(&'static str, Costs),
}

fn main() -> Result<(), Failure> {
    let mut files = Vec::new();
    let mut from = None;
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--from" => from = Some(wall(&arguments.next().ok_or("--from wants a moment")?)?.ok_or("--from wants a moment")?),
            _ => files.push(argument),
        }
    }
    let mut orders = Vec::new();
    for file in &files {
        orders.extend(read(file)?);
    }
    orders.sort_by_key(|order| order.placed);
    let rules = rules();
    let began = std::time::Instant::now();
    let (said, model) = play(&orders, &rules);
    println!("{} orders played in {:.1} s; {} groups", orders.len(), began.elapsed().as_secs_f64(), model.groups());
    println!("the counts as JSON: {} KB", serde_json::to_vec(&model)?.len() / 1024);
    let from = from.unwrap_or(i64::MIN);
    report(&orders, &said, &rules, from);
    Ok(())
}

fn rules() -> Vec<Rule> {
    let fixed =
        |name, days: i64, hours: i64, threshold| Rule::Fixed(name, Policy { notice: days * DAY + hours * HOUR, threshold });
    let chosen = |name, unannounced| Rule::Chosen(name, Costs { needless: 1.0, unannounced, notice: 2 * DAY });
    vec![
        fixed("from 60 d, .5", 60, 0, 0.5),
        fixed("from 10 d, .5", 10, 0, 0.5),
        fixed("from 10 d, .6", 10, 0, 0.6),
        fixed("from 4 d, .5", 4, 0, 0.5),
        fixed("2 d 16 h, open", 2, 16, 0.0),
        fixed("2 d 6 h, open", 2, 6, 0.0),
        fixed("2 d 6 h, .3", 2, 6, 0.3),
        fixed("2 d 6 h, .5", 2, 6, 0.5),
        fixed("2 d 6 h, .6", 2, 6, 0.6),
        chosen("chosen, costs 1:1", 1.0),
        chosen("chosen, costs 1:3", 3.0),
        chosen("chosen, costs 3:1", 1.0 / 3.0),
    ]
}

fn read(file: &str) -> Result<Vec<Order>, Failure> {
    let mut reader = csv::Reader::from_path(file)?;
    let headers = reader.headers()?.clone();
    let column = |name: &str| headers.iter().position(|header| header == name).ok_or(format!("{file}: no column {name}"));
    let (placed, handed) = (column("order_purchase_timestamp")?, column("order_delivered_carrier_date")?);
    let (delivered, due) = (column("order_delivered_customer_date")?, column("order_estimated_delivery_date")?);
    let status = column("order_status").ok();
    let mut orders = Vec::new();
    for row in reader.records() {
        let row = row?;
        let moment = |column: usize| wall(row.get(column).unwrap_or_default());
        let (Some(placed), Some(promised)) = (moment(placed)?, moment(due)?) else { continue };
        let due = (promised.div_euclid(DAY) + 1) * DAY;
        let (handed_over, delivered) = (moment(handed)?, moment(delivered)?);
        let arrived = status.is_none_or(|status| row.get(status) == Some("delivered"));
        orders.push(Order {
            placed,
            handed_over,
            delivered,
            due,
            scored: arrived && handed_over.is_some() && delivered.is_some(),
            features: Features { band: band(due - placed), ..Features::default() },
        });
    }
    Ok(orders)
}

/// Bands of promises in days, upper bounds included.
fn band(length: i64) -> String {
    let bound = [12, 16, 20, 24, 28, 35].into_iter().find(|bound| length <= bound * DAY);
    bound.map_or_else(|| "more".to_owned(), |bound| bound.to_string())
}

/// A wall clock as if it were UTC: the grid then counts local days.
fn wall(text: &str) -> Result<Option<i64>, Failure> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let read = DateTime::strptime("%m/%d/%Y %H:%M", text.trim())?;
    Ok(Some(read.to_zoned(jiff::tz::TimeZone::UTC)?.timestamp().as_millisecond()))
}

fn month(at: i64) -> String {
    jiff::Timestamp::from_millisecond(at)
        .map(|at| at.to_zoned(jiff::tz::TimeZone::UTC).strftime("%Y-%m").to_string())
        .unwrap_or_default()
}

/// What stands open, and where.
struct Open {
    case: Case,
    judged: bool,
}

fn play(orders: &[Order], rules: &[Rule]) -> (Vec<Said>, Model) {
    let mut events: Vec<(i64, u8, usize)> = Vec::new();
    for (index, order) in orders.iter().enumerate() {
        events.push((order.placed, 0, index));
        events.extend(order.handed_over.filter(|at| *at >= order.placed).map(|at| (at, 1, index)));
        events.extend(order.delivered.filter(|at| *at >= order.placed).map(|at| (at, 2, index)));
    }
    events.sort_unstable();
    let mut said = vec![Said { warned: vec![None; rules.len()], ..Said::default() }; orders.len()];
    let mut open: BTreeMap<usize, Open> = BTreeMap::new();
    let mut model =
        Model::new(std::env::var("TRY").ok().and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_else(Settings::default));
    let Some(first) = events.first().map(|event| event.0 / STEP * STEP) else { return (said, model) };
    let last = events.last().map_or(first, |event| event.0) + 30 * DAY;
    let mut snapshot: Snapshot = model.snapshot(first);
    let mut policies: Vec<Option<Policy>> = Vec::new();
    let mut coming = events.into_iter().peekable();
    let mut now = first;
    while now <= last {
        while let Some((at, kind, index)) = coming.next_if(|event| event.0 <= now) {
            let order = &orders[index];
            match kind {
                0 => {
                    model.observe_entry(&order.features, Stage::Placed, at);
                    let case = Case { features: order.features.clone(), stage: Stage::Placed, since: at, due: order.due };
                    if let Ok(forecast) = snapshot.late(&case, at) {
                        said[index].at_purchase =
                            Some(Glance { notice: order.due - at, raw: forecast.raw, probability: forecast.probability });
                    }
                    estimate(&snapshot, &case, at, "purchase", &mut said[index]);
                    open.insert(index, Open { case, judged: false });
                }
                1 => {
                    let Some(standing) = open.get_mut(&index) else { continue };
                    model.observe_exit(&order.features, Stage::Placed, standing.case.since, at, Exit::To(Stage::InNetwork));
                    model.observe_entry(&order.features, Stage::InNetwork, at);
                    standing.case.stage = Stage::InNetwork;
                    standing.case.since = at;
                    estimate(&snapshot, &standing.case, at, "hand-over", &mut said[index]);
                    if let Ok(forecast) = snapshot.late(&standing.case, at) {
                        said[index].at_hand_over =
                            Some(Glance { notice: order.due - at, raw: forecast.raw, probability: forecast.probability });
                    }
                }
                _ => {
                    let Some(standing) = open.remove(&index) else { continue };
                    model.observe_exit(&order.features, standing.case.stage, standing.case.since, at, Exit::Delivered);
                    if !standing.judged {
                        judge(&mut model, &said[index], at >= order.due, at.min(order.due));
                    }
                }
            }
        }
        for (index, standing) in open.iter_mut().filter(|(_, standing)| !standing.judged && standing.case.due <= now) {
            standing.judged = true;
            judge(&mut model, &said[*index], true, standing.case.due);
        }
        if now.rem_euclid(DAY) == 0 {
            model.prune(now);
            snapshot = model.snapshot(now);
            policies = rules.iter().map(|rule| choose(rule, &snapshot)).collect();
        }
        for (index, standing) in open.iter().filter(|(_, standing)| !standing.judged) {
            let notice = standing.case.due - now;
            if NOTICES.contains(&notice)
                && let Ok(forecast) = snapshot.late(&standing.case, now)
            {
                said[*index]
                    .glances
                    .push((Glance { notice, raw: forecast.raw, probability: forecast.probability }, forecast.basis.n));
            }
            if notice == 4 * DAY {
                estimate(&snapshot, &standing.case, now, "T-3 (4 d)", &mut said[*index]);
            }
            for (warned, policy) in said[*index].warned.iter_mut().zip(&policies) {
                let Some(policy) = policy.filter(|policy| warned.is_none() && policy.notice + STEP > notice) else { continue };
                // Within this step; what is heard in the next one is weighed again.
                let at = snapshot.warning(&standing.case, now, &policy).ok().flatten().filter(|at| *at < now + STEP);
                *warned = at.filter(|at| orders[*index].delivered.is_none_or(|delivered| *at < delivered));
            }
        }
        now += STEP;
    }
    (said, model)
}

fn estimate(snapshot: &Snapshot, case: &Case, now: i64, when: &'static str, said: &mut Said) {
    if std::env::var("TRY").is_ok() {
        return;
    }
    for share in [0.5, 0.8, 0.9] {
        if let Ok(arrival) = snapshot.arrival(case, now, share) {
            said.estimates.push((now, when, share, arrival.by));
        }
    }
}

fn arrivals(orders: &[Order], said: &[Said], rows: &[usize]) {
    for when in ["purchase", "hand-over", "T-3 (4 d)"] {
        for share in [0.5, 0.8, 0.9] {
            let found: Vec<(f64, bool)> = rows
                .iter()
                .flat_map(|index| said[*index].estimates.iter().map(move |estimate| (index, estimate)))
                .filter(|(_, (_, at, of, _))| *at == when && *of == share)
                .filter_map(|(index, (now, _, _, by))| Some(((*by - *now) as f64 / DAY as f64, orders[*index].delivered? < *by)))
                .collect();
            let kept = found.iter().filter(|(_, kept)| *kept).count();
            let mut days: Vec<f64> = found.iter().map(|(days, _)| *days).collect();
            days.sort_by(f64::total_cmp);
            println!(
                "{when:<10} {share:.2} {:>6} kept {:.3} median {:.1} d ahead",
                found.len(),
                kept as f64 / found.len() as f64,
                days.get(days.len() / 2).copied().unwrap_or(0.0)
            );
        }
    }
}

fn judge(model: &mut Model, said: &Said, late: bool, at: i64) {
    let glances: Vec<Glance> = said.glances.iter().map(|(glance, _)| *glance).chain(said.at_hand_over).collect();
    model.observe_outcome(&glances, late, at);
}

fn choose(rule: &Rule, snapshot: &Snapshot) -> Option<Policy> {
    match rule {
        Rule::Fixed(_, policy) => Some(*policy),
        Rule::Chosen(_, costs) => snapshot.policy(costs).ok().map(|point| point.policy),
    }
}

fn report(orders: &[Order], said: &[Said], rules: &[Rule], from: i64) {
    let scored: Vec<usize> = (0..orders.len()).filter(|index| orders[*index].scored).collect();
    let tested: Vec<usize> = scored.iter().copied().filter(|index| orders[*index].placed >= from).collect();
    println!(
        "\nwarnings\n{:<22}{:>22} {:>7} {:>9} {:>7} {:>6} {:>6} {:>6} {:>7}",
        "orders", "rule", "warned", "precision", "recall", ">=1d", ">=2d", ">=3d", "median"
    );
    for (place, rule) in rules.iter().enumerate() {
        println!("{}", warnings("tested", orders, said, &tested, place, name(rule)));
    }
    let months: BTreeSet<String> = scored.iter().map(|index| month(orders[*index].placed)).collect();
    for place in [7, 9] {
        for wanted in &months {
            let rows: Vec<usize> = scored.iter().copied().filter(|index| month(orders[*index].placed) == *wanted).collect();
            println!("{}", warnings(wanted, orders, said, &rows, place, name(&rules[place])));
        }
    }
    println!(
        "\nforecasts\n{:<10}{:>10} {:>6} {:>6} {:>6} {:>6} {:>6} {:>6} {:>7} {:>7} {:>6} {:>6} {:>6}",
        "orders", "look", "n", "late", "AUC", "AP", "mean", "rmean", "ECE raw", "ECE", "floor", "brierR", "brier"
    );
    forecasts("tested", orders, said, &tested);
    for wanted in &months {
        let rows: Vec<usize> = scored.iter().copied().filter(|index| month(orders[*index].placed) == *wanted).collect();
        forecasts(wanted, orders, said, &rows);
    }
    forecasts("all", orders, said, &scored);
    println!("\narrivals, tested");
    arrivals(orders, said, &tested);
    println!("\narrivals, all");
    arrivals(orders, said, &scored);
}

fn name(rule: &Rule) -> &'static str {
    match rule {
        Rule::Fixed(name, _) | Rule::Chosen(name, _) => name,
    }
}

fn warnings(label: &str, orders: &[Order], said: &[Said], rows: &[usize], rule: usize, name: &str) -> String {
    let late = rows.iter().filter(|index| orders[**index].late()).count();
    let leads: Vec<(i64, bool)> = rows
        .iter()
        .filter_map(|index| Some((orders[*index].due - said[*index].warned[rule]?, orders[*index].late())))
        .filter(|(lead, _)| *lead > 0)
        .collect();
    let mut hits: Vec<i64> = leads.iter().filter(|(_, late)| *late).map(|(lead, _)| *lead).collect();
    hits.sort_unstable();
    let with = |days: i64| hits.iter().filter(|lead| **lead >= days * DAY).count();
    let share = |count: usize, of: usize| if of == 0 { "-".to_owned() } else { format!("{:.3}", count as f64 / of as f64) };
    format!(
        "{label:<14}{:>8}{name:>22} {:>7} {:>9} {:>7} {:>6} {:>6} {:>6} {:>7}",
        format!("{late}/{}", rows.len()),
        share(leads.len(), rows.len()),
        share(hits.len(), leads.len()),
        share(hits.len(), late),
        share(with(1), late),
        share(with(2), late),
        share(with(3), late),
        hits.get(hits.len() / 2).map_or_else(|| "-".to_owned(), |lead| format!("{:.2}", *lead as f64 / DAY as f64)),
    )
}

fn forecasts(label: &str, orders: &[Order], said: &[Said], rows: &[usize]) {
    let looks: [(&str, Box<dyn Fn(&Said) -> Option<Glance>>); 5] = [
        ("purchase", Box::new(|said| said.at_purchase)),
        ("hand-over", Box::new(|said| said.at_hand_over)),
        ("7 d", Box::new(|said| at(said, 7 * DAY))),
        ("T-3 (4 d)", Box::new(|said| at(said, 4 * DAY))),
        ("2 d 6 h", Box::new(|said| at(said, 2 * DAY + 6 * HOUR))),
    ];
    for (look, find) in looks {
        let found: Vec<(Glance, bool)> =
            rows.iter().filter_map(|index| Some((find(&said[*index])?, orders[*index].late()))).collect();
        let chances: Vec<(f64, bool)> = found.iter().map(|(glance, late)| (glance.probability, *late)).collect();
        let raw: Vec<(f64, bool)> = found.iter().map(|(glance, late)| (glance.raw, *late)).collect();
        if std::env::var("BINS").is_ok() {
            for low in 0..10 {
                let bin: Vec<&(f64, bool)> = raw.iter().filter(|(p, _)| (p * 10.0).min(9.0) as i32 == low).collect();
                let n = bin.len() as f64;
                println!(
                    "{label} {look} bin {low} n {n} mean {:.3} late {:.3}",
                    bin.iter().map(|b| b.0).sum::<f64>() / n,
                    bin.iter().filter(|b| b.1).count() as f64 / n
                );
            }
        }
        let Some(error) = calibration_error(&chances) else { continue };
        let late = chances.iter().filter(|(_, late)| *late).count() as f64 / chances.len() as f64;
        println!(
            "{label:<10}{look:>10} {:>6} {:>6.3} {:>6.3} {:>6.3} {:>6.3} {:>6.3} {:>7.3} {:>7.3} {:>6.3} {:>6.4} {:>6.4}",
            error.n,
            late,
            auc(&chances).unwrap_or(f64::NAN),
            average_precision(&chances).unwrap_or(f64::NAN),
            error.bias + late,
            calibration_error(&raw).map_or(f64::NAN, |error| error.bias + late),
            calibration_error(&raw).map_or(f64::NAN, |error| error.error),
            error.error,
            error.floor,
            calibration_error(&raw).map_or(f64::NAN, |error| error.brier),
            error.brier,
        );
    }
}

fn at(said: &Said, notice: i64) -> Option<Glance> {
    said.glances.iter().map(|(glance, _)| *glance).find(|glance| glance.notice == notice)
}
