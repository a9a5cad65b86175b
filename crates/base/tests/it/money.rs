use kept_base::{Currency, Language, Money, MoneyError};
use proptest::prelude::*;

const EUR: Currency = Currency::EUR;

fn currency(code: &str) -> Currency {
    code.parse().unwrap()
}

#[test]
fn decimal_text_is_read_with_either_separator() {
    for (text, minor) in [
        ("12.30", 1230),
        ("12,30", 1230),
        ("12,3", 1230),
        ("12", 1200),
        ("-0,01", -1),
        ("+5", 500),
        ("1 234,50", 123_450),
        ("1\u{202f}234,50", 123_450),
        ("1,234.50", 123_450),
        ("1.234,50", 123_450),
        ("1.234.567", 123_456_700),
        ("92233720368547758.07", i64::MAX),
    ] {
        assert_eq!(Money::parse(text, EUR), Ok(Money::new(minor, EUR)), "{text}");
    }
    assert_eq!(Money::parse("1200", Currency::JPY).unwrap().minor, 1200);
    assert_eq!(Money::parse("1,234", currency("TND")).unwrap().minor, 1234);
}

#[test]
fn an_amount_is_never_guessed_or_rounded() {
    for text in ["", "-", ",5", "5.", "1.2.3", "12,34.5", "twelve", "1e3", "--1", "12,34,567", "€5"] {
        assert!(matches!(Money::parse(text, EUR), Err(MoneyError::NotAnAmount { .. })), "{text}");
    }
    for (text, code) in [("1,234", "EUR"), ("0.005", "EUR"), ("1.5", "JPY")] {
        let error = Money::parse(text, currency(code)).unwrap_err();
        assert!(matches!(error, MoneyError::TooManyDecimals { .. }), "{text}: {error}");
    }
    assert_eq!(Money::parse("92233720368547758.08", EUR), Err(MoneyError::TooLarge));
}

#[test]
fn sums_are_checked() {
    let one = Money::new(100, EUR);
    assert_eq!(one.checked_add(Money::new(-30, EUR)), Ok(Money::new(70, EUR)));
    assert!(matches!(one.checked_add(Money::new(1, Currency::GBP)), Err(MoneyError::CurrenciesDiffer { .. })));
    assert_eq!(one.checked_add(Money::new(i64::MAX, EUR)), Err(MoneyError::TooLarge));
}

#[test]
fn amounts_are_written_as_their_reader_writes_them() {
    let format = |minor, code: &str, language| Money::new(minor, currency(code)).format(language);
    let (fr, en) = (Language::French, Language::English);
    assert_eq!(format(123_450, "EUR", fr), "1\u{202f}234,50\u{a0}€");
    assert_eq!(format(123_450, "EUR", en), "€1,234.50");
    assert_eq!(format(-5, "EUR", fr), "-0,05\u{a0}€");
    assert_eq!(format(-123_456_789, "GBP", en), "-£1,234,567.89");
    assert_eq!(format(1_234_567, "JPY", en), "¥1,234,567");
    assert_eq!(format(1_234_567, "TND", fr), "1\u{202f}234,567\u{a0}TND");
    assert_eq!(format(100, "CHF", en), "CHF\u{a0}1.00");
    assert_eq!(format(i64::MIN, "EUR", en), "-€92,233,720,368,547,758.08");
}

#[test]
fn json_has_minor_units_and_the_code() {
    let money = Money::new(1230, EUR);
    assert_eq!(serde_json::to_string(&money).unwrap(), r#"{"minor":1230,"currency":"EUR"}"#);
    let read: Money = serde_json::from_str(r#"{"minor":1230,"currency":"eur"}"#).unwrap();
    assert_eq!(read, money);
    assert!(serde_json::from_str::<Money>(r#"{"minor":1,"currency":"EURO"}"#).is_err());
}

proptest! {
    #[test]
    fn every_amount_survives_its_decimal_text(
        minor in -i64::MAX..=i64::MAX,
        code in prop::sample::select(vec!["EUR", "JPY", "TND", "CLF"]),
    ) {
        let money = Money::new(minor, currency(code));
        prop_assert_eq!(Money::parse(&money.decimal_text(), money.currency), Ok(money));
        let french = money.format(Language::French);
        let number = french.split('\u{a0}').next().unwrap();
        prop_assert_eq!(Money::parse(number, money.currency), Ok(money));
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in "\\PC*", number in "[-0-9., ]{0,12}") {
        let _ = Money::parse(&text, EUR);
        let _ = Money::parse(&number, EUR);
    }
}
