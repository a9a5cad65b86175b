//! What the figures say, and that nothing made them better.

use anyhow::{Context, Result};
use kept_base::{millis, moment::zone_named};
use kept_engine::views::{Figures, PromiseFilter, Share};
use serde_json::{Value, json};

use super::Telling;
use super::expectations::compare;
use super::fields::Fields;

/// Figures as they stood, with the period they are of.
pub struct Taken {
    from: i64,
    before: i64,
    kind: Option<String>,
    figures: Figures,
}

/// Takes the figures of `from..before` (days where the house works), of one `kind` or all.
pub fn take(telling: &Telling, fields: &mut Fields) -> Result<Taken> {
    let (from, before, kind) = (start_of(&fields.need("from")?)?, start_of(&fields.need("before")?)?, fields.text("kind")?);
    let figures = telling.installation.engine.figures(from, before, kind.as_deref())?;
    Ok(Taken { from, before, kind, figures })
}

/// Checks one line of a `figures` block; gives what does not hold.
pub fn check(telling: &Telling, value: &Value) -> Result<Vec<String>> {
    let mut fields = Fields::of(value)?;
    if let Some(name) = fields.text("not_better_than")? {
        fields.done()?;
        let mark = telling.marks.get(&name).with_context(|| format!("nothing was marked as `{name}`"))?;
        let then = mark.figures.as_ref().with_context(|| format!("`{name}` was marked without figures"))?;
        let now = telling.installation.engine.figures(then.from, then.before, then.kind.as_deref())?;
        return Ok(better(&then.figures, &now));
    }
    if let Some(name) = fields.text("partner")? {
        return partner(telling, &name, fields);
    }
    let taken = take(telling, &mut fields)?;
    let mut wrong = compare("figures", fields.left()?, |name| value_of(&taken.figures, name))?;
    wrong.extend(opened(telling, &taken)?);
    Ok(wrong)
}

/// A partner's card of the last year.
fn partner(telling: &Telling, name: &str, fields: Fields) -> Result<Vec<String>> {
    telling.installation.engine.learn()?;
    let cards = telling.installation.engine.scorecards(365)?;
    let card = cards.partners.iter().find(|card| card.name == name).with_context(|| format!("{name} has no card"))?;
    compare(name, fields.left()?, |key| {
        Some(match key {
            "parcels" => json!(card.hands_over.parcels),
            "in_time" => pair(card.hands_over.in_time),
            "kept" => pair(card.kept),
            "standing" => json!(card.standing),
            _ => return None,
        })
    })
}

fn start_of(day: &str) -> Result<i64> {
    let day: jiff::civil::Date = day.parse().with_context(|| format!("`{day}` is no day"))?;
    Ok(millis(day.to_zoned(zone_named("Europe/Paris")?)?.timestamp()))
}

fn pair(share: Share) -> Value {
    json!([share.count, share.of])
}

fn value_of(figures: &Figures, name: &str) -> Option<Value> {
    let groups =
        |groups: &[(String, Share)]| Value::Object(groups.iter().map(|(name, share)| (name.clone(), pair(*share))).collect());
    Some(match name {
        "due" => json!(figures.due),
        "kept" => pair(figures.kept),
        "kept_late" => pair(figures.kept_late),
        "broken" => pair(figures.broken),
        "late_open" => json!(figures.late_open),
        "open" => json!(figures.open),
        "amended" => json!(figures.amended),
        "disputed" => json!(figures.disputed),
        "told_first" => pair(figures.told_first),
        "coverage" => pair(figures.coverage),
        "chased" => pair(figures.chased),
        "chasers" => json!(figures.chasers),
        "needless" => pair(figures.needless),
        "days_money_was_held" => json!(figures.held_hours.median.map(|hours| (hours / 24.0).round() as i64)),
        "warnings_with_lead" => json!(figures.lead_hours.n),
        "by_carrier" => groups(&figures.by_carrier),
        "by_kind" => groups(&figures.by_kind),
        _ => return None,
    })
}

/// A figure opens exactly the promises it counts.
fn opened(telling: &Telling, taken: &Taken) -> Result<Vec<String>> {
    let figures = &taken.figures;
    let counts = [
        ("kept", figures.kept.count),
        ("kept_late", figures.kept_late.count),
        ("broken", figures.broken.count),
        ("late_open", figures.late_open),
        ("open", figures.open),
        ("amended", figures.amended),
        ("disputed", figures.disputed),
        ("told_first", figures.told_first.count),
        ("chased", figures.chased.count),
        ("needless", figures.needless.count),
    ];
    let mut wrong = Vec::new();
    for (figure, count) in counts {
        let filter = PromiseFilter {
            kind: taken.kind.clone(),
            first_due_from: Some(taken.from),
            first_due_before: Some(taken.before),
            figure: Some(figure.to_owned()),
            ..PromiseFilter::default()
        };
        let listed = telling.installation.engine.promises(&filter)?.total;
        if listed != count {
            wrong.push(format!("figures: {figure} counts {count}, and opens a list of {listed}"));
        }
    }
    Ok(wrong)
}

/// What got better between two looks at the same period; nothing may, by clicking.
fn better(then: &Figures, now: &Figures) -> Vec<String> {
    let rises = |name: &str, then: Share, now: Share| {
        let more = now.count > then.count || (now.count * then.of > then.count * now.of && then.of > 0);
        more.then(|| format!("{name} rose from {}/{} to {}/{}", then.count, then.of, now.count, now.of))
    };
    let falls = |name: &str, then: u64, now: u64| (now < then).then(|| format!("{name} fell from {then} to {now}"));
    let not_kept = |figures: &Figures| figures.kept.of - figures.kept.count;
    [
        rises("kept", then.kept, now.kept),
        rises("told first", then.told_first, now.told_first),
        rises("coverage", then.coverage, now.coverage),
        falls("promises not kept in time", not_kept(then), not_kept(now)),
        falls("broken or late and open", then.broken.count + then.late_open, now.broken.count + now.late_open),
        falls("promises in the period", then.due, now.due),
        falls("chased", then.chased.count, now.chased.count),
        falls("chasers", then.chasers, now.chasers),
        falls("needless alarms", then.needless.count, now.needless.count),
    ]
    .into_iter()
    .flatten()
    .map(|what| format!("figures got better: {what}"))
    .collect()
}
