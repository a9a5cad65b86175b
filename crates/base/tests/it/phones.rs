use kept_base::{Country, Phone, PhoneError};

fn read(text: &str, country: &str) -> Result<String, PhoneError> {
    Phone::mobile(text, country.parse::<Country>().ok()).map(|phone| phone.to_string())
}

#[test]
fn a_number_is_read_as_people_of_its_country_write_it() {
    for (text, country, e164) in [
        ("06 12 34 56 78", "FR", "+33612345678"),
        ("06.12.34.56.78", "FR", "+33612345678"),
        ("07\u{a0}12\u{202f}34\u{a0}56\u{a0}78", "FR", "+33712345678"),
        ("+33 6 12 34 56 78", "FR", "+33612345678"),
        ("+33 (0)6 12 34 56 78", "", "+33612345678"),
        ("0033612345678", "BE", "+33612345678"),
        ("tel:+33612345678", "", "+33612345678"),
        ("0692 12 34 56", "RE", "+262692123456"),
        ("0470/12.34.56", "BE", "+32470123456"),
        ("079 123 45 67", "CH", "+41791234567"),
        ("0151 23456789", "DE", "+4915123456789"),
        ("612 34 56 78", "ES", "+34612345678"),
        ("347 123 4567", "IT", "+393471234567"),
        ("07700 900123", "GB", "+447700900123"),
        ("(212) 555-0123", "US", "+12125550123"),
        ("1-212-555-0123", "US", "+12125550123"),
        ("+81 90 1234 5678", "", "+819012345678"),
    ] {
        assert_eq!(read(text, country).as_deref(), Ok(e164), "{text} of {country:?}");
    }
}

#[test]
fn what_is_no_mobile_number_is_refused_and_never_mended() {
    for (text, country, why) in [
        ("", "FR", PhoneError::NotANumber),
        ("demander au gardien", "FR", PhoneError::NotANumber),
        ("06 12 34 56 78 / 06 98 76 54 32", "FR", PhoneError::WrongForm),
        ("06 12 34 56 7", "FR", PhoneError::WrongForm),
        // A spreadsheet that took the number for a number.
        ("612345678", "FR", PhoneError::WrongForm),
        ("33612345678", "FR", PhoneError::WrongForm),
        ("+330612345678", "FR", PhoneError::WrongForm),
        ("06 12 34 56 78", "", PhoneError::NoCountry),
        ("06 12 34 56 78", "ZZ", PhoneError::NoCountry),
        ("02 98 12 34 56", "FR", PhoneError::NotMobile),
        ("+33 9 72 12 34 56", "", PhoneError::NotMobile),
        ("0662 123456", "AT", PhoneError::NotMobile),
        ("+0612345678", "FR", PhoneError::WrongForm),
        ("+1234567", "", PhoneError::WrongForm),
        ("٠٦١٢٣٤٥٦٧٨", "FR", PhoneError::NotANumber),
    ] {
        assert_eq!(read(text, country), Err(why), "{text} of {country:?}");
    }
}

#[test]
fn a_number_does_not_show_itself_by_mistake() {
    let phone = Phone::mobile("+33612345678", None).expect("a number");
    assert_eq!(format!("{phone:?}"), "Phone(***)");
}
