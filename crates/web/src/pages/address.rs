//! Another address, or a pick-up point: given by the customer behind their link, or on the phone to a person of the team.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use kept_base::{Country, Language, PromiseId};
use kept_domain::address::{AddressFault, AddressPart, LONGEST_PART};
use kept_domain::errand::DeliveryAddress;
use kept_domain::input::Answer;
use kept_engine::views::PromiseFile;
use serde::Deserialize;

use crate::access::{Agent, CustomerLink};
use crate::ask::{ask, record_answer};
use crate::failure::Failure;
use crate::form::{Checked, FromHere};
use crate::pages::words::{Words, arg};
use crate::pages::{customer_page, done, promise};
use crate::route::{Routes, Who};
use crate::state::App;

/// What the form says, as it came.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Entered {
    /// About which promise; on the team's page the address of the form says it.
    pub promise: String,
    /// `new_address` or `pickup_point`.
    pub says: String,
    /// For whom.
    pub name: String,
    /// The pick-up point's name.
    pub point: String,
    /// Street and number.
    pub street: String,
    /// Second line.
    pub more: String,
    /// Postal code.
    pub postal: String,
    /// City.
    pub city: String,
    /// Phone.
    pub phone: String,
    /// Language chosen on the customer's page.
    pub lang: String,
}

/// The form that asks for an address.
#[derive(Clone, Debug)]
pub struct AddressForm {
    /// Where it goes.
    pub action: String,
    /// The promise it is about.
    pub promise: String,
    /// What it says.
    pub says: &'static str,
    /// What opens it.
    pub title: String,
    /// What follows from it.
    pub said: String,
    /// Its button.
    pub act: String,
    /// Its fields.
    pub fields: Vec<AddressField>,
    /// The country, in a sentence.
    pub country: String,
    /// It stands open.
    pub open: bool,
    /// It was refused: what is wrong stands beside a field.
    pub refused: bool,
}

/// A field of it.
#[derive(Clone, Debug)]
pub struct AddressField {
    /// Its name.
    pub name: &'static str,
    /// Id on the page.
    pub id: String,
    /// What it asks.
    pub label: String,
    /// What was typed.
    pub value: String,
    /// What browsers may fill in.
    pub autocomplete: &'static str,
    /// It must not be empty.
    pub required: bool,
    /// It stands on a line of its own.
    pub wide: bool,
    /// What is wrong with it; empty where nothing is.
    pub wrong: String,
}

/// A form that was sent and is shown again.
#[derive(Clone, Debug)]
pub struct Again {
    /// What was typed.
    pub entered: Entered,
    /// What is wrong with it.
    pub fault: AddressFault,
}

/// The routes of this form.
pub fn routes() -> Routes {
    Routes::new().post("/p/{secret}/address", Who::CustomerLink, answer).post("/promises/{id}/address", Who::Agent, note)
}

/// The forms on the customer's own page: what is offered there. `named`: the choice that a link in a message named.
pub fn own_forms(w: &Words, file: &PromiseFile, action: &str, named: Option<&str>, again: Option<&Again>) -> Vec<AddressForm> {
    let offered = |says: &str| file.offers.choices.iter().any(|choice| choice.says == says);
    let passed_on = file.line.parcels.iter().any(kept_domain::parcel::Parcel::has_left);
    let said = if passed_on { "address-said-passed-on" } else { "address-said" };
    let forms = SAYS.into_iter().filter(|says| offered(says)).filter_map(|says| {
        let mut form = form(w, file, says, action, again)?;
        form.said = w.t(said);
        form.open |= named == Some(says);
        Some(form)
    });
    forms.collect()
}

/// The forms on the team's page: for whoever says it on the phone, as long as it is owed.
pub fn team_forms(w: &Words, file: &PromiseFile, again: Option<&Again>) -> Vec<AddressForm> {
    let promise = &file.line.promise;
    let action = format!("/promises/{}/address", promise.id);
    if promise.kind != "delivery" || !(promise.state.is_open() || again.is_some()) {
        return Vec::new();
    }
    let points = file.offers.choices.iter().any(|choice| choice.says == "pickup_point");
    let says = SAYS
        .into_iter()
        .filter(|says| *says == "new_address" || points || again.is_some_and(|again| again.entered.says == *says));
    says.filter_map(|says| form(w, file, says, &action, again)).collect()
}

const SAYS: [&str; 2] = ["new_address", "pickup_point"];

/// A form, where the country is known that the order goes to.
fn form(w: &Words, file: &PromiseFile, says: &'static str, action: &str, again: Option<&Again>) -> Option<AddressForm> {
    let country = file.offers.destination?;
    let id = file.line.promise.id.to_string();
    let again = again.filter(|again| again.entered.says == says && again.entered.promise == id);
    let known = file.line.person.as_ref().and_then(|person| person.details.as_ref()).and_then(|details| details.name.clone());
    let entered =
        again.map_or_else(|| Entered { name: known.unwrap_or_default(), ..Entered::default() }, |again| again.entered.clone());
    let is_point = says == "pickup_point";
    let field = |part: AddressPart, value: String, autocomplete: &'static str, required: bool| AddressField {
        name: part.word(),
        id: format!("{}-{}-{id}", says.replace('_', "-"), part.word()),
        label: w.word("address", part.word()),
        value,
        autocomplete,
        required,
        wide: !matches!(part, AddressPart::Postal | AddressPart::City | AddressPart::Phone),
        wrong: again.filter(|again| part_of(again.fault) == part).map(|again| words_of(w, again.fault)).unwrap_or_default(),
    };
    let mut fields = vec![field(AddressPart::Name, entered.name, "name", true)];
    if is_point {
        fields.push(field(AddressPart::Point, entered.point, "off", true));
    }
    // What the browser knows is the reader's own address, not that of a pick-up point.
    let fill = |kind: &'static str| if is_point { "off" } else { kind };
    fields.extend([
        field(AddressPart::Street, entered.street, fill("address-line1"), true),
        field(AddressPart::More, entered.more, fill("address-line2"), false),
        field(AddressPart::Postal, entered.postal, fill("postal-code"), true),
        field(AddressPart::City, entered.city, fill("address-level2"), true),
        field(AddressPart::Phone, entered.phone, "tel", false),
    ]);
    Some(AddressForm {
        action: action.to_owned(),
        promise: id,
        says,
        title: w.t(if is_point { "own-choice-pickup-point" } else { "own-choice-new-address" }),
        said: w.t("address-said-team"),
        act: w.t(if is_point { "address-act-point" } else { "address-act" }),
        fields,
        country: w.say("address-country", &[("country", w.word("country", country.code()).into())]),
        open: again.is_some(),
        refused: again.is_some(),
    })
}

/// Beside which field a fault is said.
fn part_of(fault: AddressFault) -> AddressPart {
    match fault {
        AddressFault::Missing(part) | AddressFault::TooLong(part) => part,
        AddressFault::Phone => AddressPart::Phone,
        AddressFault::Postal { .. } | AddressFault::Elsewhere(_) => AddressPart::Postal,
    }
}

fn words_of(w: &Words, fault: AddressFault) -> String {
    match fault {
        AddressFault::Missing(part) => w.word("address-missing", part.word()),
        AddressFault::TooLong(_) => w.say("address-too-long", &[("most", arg(LONGEST_PART))]),
        AddressFault::Postal { country, example } => {
            w.say("address-wrong-postal", &[("country", w.word("country", country.code()).into()), ("example", example.into())])
        }
        AddressFault::Phone => w.t("address-wrong-phone"),
        AddressFault::Elsewhere(country) => {
            w.say("address-wrong-country", &[("country", w.word("country", country.code()).into())])
        }
    }
}

impl Entered {
    /// What the customer says with it.
    fn read(&self, country: Country) -> Result<Answer, AddressFault> {
        let optional = |text: &str| Some(text.to_owned()).filter(|text| !text.trim().is_empty());
        let point = optional(self.point.trim()).filter(|_| self.says == "pickup_point");
        let address = DeliveryAddress {
            first_name: None,
            last_name: self.name.clone(),
            company: point.clone(),
            street: self.street.clone(),
            more: optional(&self.more),
            postal: self.postal.clone(),
            city: self.city.clone(),
            state: None,
            country,
            phone: optional(&self.phone),
        }
        .trimmed();
        if self.says == "pickup_point" && point.is_none() {
            return Err(AddressFault::Missing(AddressPart::Point));
        }
        match (address.fault(None), point) {
            (Some(fault), _) => Err(fault),
            (None, Some(name)) => Ok(Answer::PickupPoint { name, address }),
            (None, None) => Ok(Answer::NewAddress { address }),
        }
    }
}

/// From the customer's own page.
async fn answer(State(app): State<App>, link: CustomerLink, FromHere(entered): FromHere<Entered>) -> Result<Response, Failure> {
    let id: PromiseId = entered.promise.parse().map_err(|_| Failure::form_unreadable())?;
    let file = link.page.promises.iter().find(|file| file.line.promise.id == id).ok_or_else(Failure::not_found)?;
    let lang = Language::from_tag(&entered.lang);
    let back = |said: &str| {
        let lang = lang.map_or("", Language::tag);
        Redirect::to(&crate::pages::address(&format!("/p/{}", link.secret), &[("lang", lang), ("said", said)])).into_response()
    };
    let offered = file.offers.choices.iter().any(|choice| choice.says == entered.says && SAYS.contains(&choice.says));
    let Some(country) = file.offers.destination.filter(|_| offered) else { return Ok(back("not-taken")) };
    match entered.read(country) {
        Ok(answer) => {
            let recorded =
                ask(&app.engine, move |engine| record_answer(engine, &engine.zone(), "customer_page", id, answer, None)).await?;
            Ok(back(if recorded.rejected.is_empty() { &entered.says } else { "not-taken" }))
        }
        Err(fault) => {
            let asked = customer_page::Asked { lang: lang.map(|lang| lang.tag().to_owned()), ..customer_page::Asked::default() };
            let shown = customer_page::again(&app, &link, &asked, Again { entered, fault }).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, shown).into_response())
        }
    }
}

/// Told to a person of the team, who notes it.
async fn note(
    State(app): State<App>,
    Agent(session): Agent,
    Path(id): Path<String>,
    Checked(entered): Checked<Entered>,
) -> Result<Response, Failure> {
    let id: PromiseId = id.parse().map_err(|_| Failure::not_found())?;
    let entered = Entered { promise: id.to_string(), ..entered };
    let path = format!("/promises/{id}");
    let file = ask(&app.engine, move |engine| engine.promise(id)).await?.ok_or_else(Failure::not_found)?;
    let Some(country) = file.offers.destination.filter(|_| SAYS.contains(&entered.says.as_str())) else {
        return Ok(done(&path, "not-taken").into_response());
    };
    match entered.read(country) {
        Ok(answer) => {
            let by = session.user.name;
            let recorded =
                ask(&app.engine, move |engine| record_answer(engine, &engine.zone(), "agent", id, answer, Some(by))).await?;
            Ok(done(&path, if recorded.rejected.is_empty() { "address-noted" } else { "not-taken" }).into_response())
        }
        Err(fault) => {
            let again = promise::Again { address: Some(Again { entered, fault }), ..promise::Again::default() };
            Ok((StatusCode::UNPROCESSABLE_ENTITY, promise::again(&app, &session, id, again).await?).into_response())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pick_up_point_is_an_address_with_its_name() {
        let entered = Entered {
            says: "pickup_point".to_owned(),
            name: " Anne Perret ".to_owned(),
            point: " Tabac du Port ".to_owned(),
            street: "1 quai".to_owned(),
            postal: "29200".to_owned(),
            city: "Brest".to_owned(),
            ..Entered::default()
        };
        let Ok(Answer::PickupPoint { name, address }) = entered.read(Country::FR) else { panic!("a point") };
        assert_eq!((name.as_str(), address.company.as_deref()), ("Tabac du Port", Some("Tabac du Port")));
        assert_eq!(address.last_name, "Anne Perret");
        let nameless = Entered { point: "  ".to_owned(), ..entered.clone() };
        assert_eq!(nameless.read(Country::FR), Err(AddressFault::Missing(AddressPart::Point)));
        let elsewhere = Entered { says: "new_address".to_owned(), ..entered };
        let Ok(Answer::NewAddress { address }) = elsewhere.read(Country::FR) else { panic!("an address") };
        assert_eq!(address.company, None, "what the other form asks for is not taken from this one");
    }
}
