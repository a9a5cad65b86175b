use kept_base::{Currency, Money, Offset};
use kept_connect::orders_csv::{Mapping, OrderRead, RowError, preview, read};
use kept_domain::input::{News, OrderPlaced};

const FRENCH: &str = r#"
zone = "Europe/Paris"
currency = "EUR"
decimal_comma = true
date_format = "%d/%m/%Y %H:%M"

[columns]
order_number = "N° commande"
at = "Date"
promised_day = "Promis le"
delivery_fee = "Port"
destination_country = "Pays"
"customer.email" = "E-mail"
"customer.name" = "Client"
"customer.consumer" = "Particulier"
"line.sku" = "Réf."
"line.title" = "Article"
"line.quantity" = "Qté"
"line.unit_price" = "PU"

[constants]
"customer.language" = "fr"

[values.destination_country]
France = "FR"
Belgique = "BE"
"#;

const HEADER: &str = "N° commande;Date;Promis le;Port;Pays;E-mail;Client;Particulier;Réf.;Article;Qté;PU;Commentaire";

fn french() -> Mapping {
    Mapping::from_toml("orders.toml", FRENCH).unwrap_or_else(|error| panic!("{error}"))
}

fn sheet(rows: &[&str]) -> String {
    format!("{HEADER}\r\n{}\r\n", rows.join("\r\n"))
}

fn all(csv: &[u8], mapping: &Mapping) -> Vec<Result<OrderRead, RowError>> {
    read(csv, mapping).collect()
}

fn order(read: &Result<OrderRead, RowError>) -> &OrderPlaced {
    match &read.as_ref().unwrap_or_else(|error| panic!("{error}")).input.news {
        News::OrderPlaced(order) => order,
        other => panic!("{other:?}"),
    }
}

#[test]
fn rows_of_one_order_become_one_order_wherever_they_stand() {
    let csv = sheet(&[
        "R-1;05/01/2026 10:30;12/01/2026;4,90;France;ada@example.org;Ada Martin;oui;LAMP-1;Lampe;2;1.024,90;",
        "R-2;05/07/2026 11:00;;;Belgique;bob@example.org;Bob;non;CHAIR;\"Chaise; pliante\";1;49,00 €;vite",
        "R-1;05/01/2026 10:30;12/01/2026;4,90;France;ada@example.org;Ada Martin;oui;BULB;Ampoule;;3,5;",
        ";;;;;;;;;;;;",
    ]);
    let read = all(csv.as_bytes(), &french());
    assert_eq!(read.len(), 2);
    insta::assert_json_snapshot!("orders_csv", read.iter().map(|order| order.as_ref().expect("read")).collect::<Vec<_>>());
    assert_eq!(order(&read[0]).lines[0].price, Some(Money::new(204_980, Currency::EUR)));
    assert_eq!(order(&read[0]).at.offset, Offset::Known(3600));
    assert_eq!(order(&read[1]).at.offset, Offset::Known(7200));
}

#[test]
fn windows_1252_and_a_byte_order_mark_are_read() {
    let csv = sheet(&["R-1;05/01/2026 10:30;;;France;a@example.org;Zoé Œuvre;oui;A;Été – 5 €;1;1,00;"]);
    let with_mark = format!("\u{feff}{csv}");
    let table = [('°', 0xb0), ('é', 0xe9), ('É', 0xc9), ('Œ', 0x8c), ('–', 0x96), ('€', 0x80)];
    let narrow: Vec<u8> = csv
        .chars()
        .map(|character| match table.iter().find(|(known, _)| *known == character) {
            Some((_, byte)) => *byte,
            None => u8::try_from(u32::from(character)).expect("in the table"),
        })
        .collect();
    let expected = all(csv.as_bytes(), &french());
    assert_eq!(order(&expected[0]).customer.name.as_deref(), Some("Zoé Œuvre"));
    assert_eq!(order(&expected[0]).lines[0].title.as_deref(), Some("Été – 5 €"));
    assert_eq!(all(with_mark.as_bytes(), &french()), expected);
    assert_eq!(all(&narrow, &french()), expected);
    assert_eq!(preview(&narrow, &french(), 1).encoding, "windows-1252");
}

#[test]
fn a_missing_column_is_named_with_those_present_and_the_nearest() {
    let csv = "N° commande;Date de commande;Email\nR-1;x;y\n";
    let mapping = "[columns]\norder_number = \"N° commande\"\nat = \"Date de commande\"\n\"customer.email\" = \"E-mail\"\n";
    let mapping = Mapping::from_toml("m", mapping).expect("a mapping");
    let read = all(csv.as_bytes(), &mapping);
    assert_eq!(read.len(), 1);
    let error = read[0].as_ref().expect_err("a missing column");
    assert_eq!(error.to_string(), "line 1, column \"E-mail\": the file has no column \"E-mail\" (for `customer.email`)");
    assert_eq!(
        error.hint.as_deref(),
        Some("did you mean \"Email\"? the file has \"N° commande\", \"Date de commande\", \"Email\"")
    );
    let preview = preview(csv.as_bytes(), &mapping, 3);
    assert_eq!((preview.missing.len(), preview.orders), (1, 0));
}

#[test]
fn an_order_with_a_bad_row_is_left_out_whole_and_the_others_are_read() {
    let csv = sheet(&[
        "R-1;05/01/2026 10:30;;;France;;;;A;;1;1,00;",
        "R-1;05/01/2026 10:30;;;France;;;;B;;deux;1,00;",
        "R-2;31/02/2026 10:30;;;France;;;;A;;1;1,00;",
        ";05/01/2026 10:30;;;France;;;;A;;1;1,00;",
        "R-3;05/01/2026 10:30;;;Narnia;;;;A;;1;1,00;",
        "R-4;;;;France;;;;A;;1;1,00;",
        "R-5;05/01/2026 10:30;;;France;;;;A;;1;abc;",
        "R-6;05/01/2026 10:30;;;France;;;;A;;1;1,00;;;one;more",
        "R-7;05/01/2026 10:30;;;France;;;;A;;1;1,00;",
    ]);
    let read = all(csv.as_bytes(), &french());
    let numbers: Vec<&str> = read.iter().filter(|read| read.is_ok()).map(|read| order(read).order_number.as_str()).collect();
    assert_eq!(numbers, ["R-7"]);
    let mut errors: Vec<(u64, String)> =
        read.iter().filter_map(|read| read.as_ref().err()).map(|error| (error.line, error.to_string())).collect();
    errors.sort();
    insta::assert_json_snapshot!("orders_csv_errors", errors);
    assert!(read.iter().filter_map(|read| read.as_ref().err()).all(|error| error.hint.is_some()));
}

#[test]
fn rows_that_contradict_each_other_are_noted_without_their_values() {
    let csv = sheet(&[
        "R-1;05/01/2026 10:30;;;France;a@example.org;;;A;;1;1,00;",
        "R-1;05/01/2026 10:30;;;France;b@example.org;;;B;;1;1,00;",
    ]);
    let read = all(csv.as_bytes(), &french());
    let read = read[0].as_ref().expect("read");
    assert_eq!(read.notes, ["line 3: `customer.email` differs from the order's other rows; the first is kept"]);
    assert_eq!(read.lines, [2, 3]);
}

#[test]
fn the_preview_shows_what_would_be_read() {
    let csv = sheet(&[
        "R-1;05/01/2026 10:30;;;France;;;;A;;1;1,00;",
        "R-2;05/01/2026 10:30;;;France;;;;A;;1;1,00;",
        "R-3;never;;;France;;;;A;;1;1,00;",
    ]);
    let preview = preview(csv.as_bytes(), &french(), 1);
    assert_eq!((preview.columns.len(), preview.orders, preview.sample.len(), preview.errors.len()), (13, 2, 1, 1));
    assert_eq!((preview.delimiter, preview.encoding), (';', "utf-8"));
    assert_eq!(preview.unread, ["Commentaire"]);
    assert_eq!(preview.missing, []);
    assert!(preview.mapped.contains(&("E-mail".to_owned(), "customer.email".to_owned())));
}

#[test]
fn iso_times_bare_days_and_the_hour_that_clocks_repeat() {
    let with = |head: &str| {
        Mapping::from_toml("m", &format!("{head}\n[columns]\norder_number = \"n\"\nat = \"d\"\n")).expect("a mapping")
    };
    let at = |mapping: &Mapping, written: &str| order(&all(format!("n,d\n1,{written}\n").as_bytes(), mapping)[0]).at;
    let paris = with("zone = \"Europe/Paris\"");
    assert_eq!(at(&with(""), "2026-01-05T10:00:00-05:00").offset, Offset::Known(-18000));
    assert_eq!(at(&with(""), "2026-01-05 10:00").offset, Offset::Unknown);
    assert_eq!(at(&with(""), "2026-01-05").offset, Offset::Unknown);
    assert_eq!(at(&paris, "2026-01-05 10:00").offset, Offset::Known(3600));
    assert_eq!(at(&paris, "2026-01-05").offset, Offset::Guessed(3600));
    assert_eq!(at(&paris, "2026-10-25 02:30").offset, Offset::Guessed(7200));
    assert_eq!(at(&paris, "2026-03-29 02:30").offset, Offset::Guessed(3600));
    let american = with("date_format = \"%m/%d/%Y %I:%M %p\"");
    assert_eq!(at(&american, "8/17/2021 12:35 AM").at_text(), "2021-08-17T00:35:00");
    assert_eq!(at(&american, "8/17/2021 7:11 PM").at_text(), "2021-08-17T19:11:00");
    assert_eq!(at(&american, "8/17/2021").at_text(), "2021-08-17T00:00:00");
}

#[test]
fn an_ambiguous_amount_is_refused_and_decimal_comma_settles_it() {
    let mapping = |head: &str| {
        Mapping::from_toml("m", &format!("{head}\ndelimiter = \";\"\n[columns]\norder_number = \"n\"\nat = \"d\"\n\"line.sku\" = \"s\"\n\"line.price\" = \"p\"\n")).expect("a mapping")
    };
    let csv = b"n;d;s;p\n1;2026-01-05;A;1,234\n";
    let error = all(csv, &mapping("currency = \"EUR\"")).remove(0).expect_err("ambiguous");
    assert_eq!(error.column.as_deref(), Some("p"));
    assert!(error.hint.expect("a hint").contains("decimal_comma"));
    let english = all(csv, &mapping("currency = \"EUR\"\ndecimal_comma = false"));
    assert_eq!(order(&english[0]).lines[0].price, Some(Money::new(123_400, Currency::EUR)));
    assert!(all(csv, &mapping("currency = \"EUR\"\ndecimal_comma = true"))[0].is_err());
    assert!(all(csv, &mapping(""))[0].as_ref().expect_err("no currency").message.contains("no currency"));
}

#[test]
fn empty_and_foreign_files_say_so() {
    for bytes in [&b""[..], b"\n\n", b"PK\x03\x04\x00\x00", b"\xff\xfen\0"] {
        let read = all(bytes, &french());
        assert_eq!(read.len(), 1);
        assert!(read[0].as_ref().expect_err("an error").hint.is_some());
        assert_eq!(preview(bytes, &french(), 1).errors.len(), 1);
    }
}

#[test]
fn lines_are_counted_through_quoted_line_ends() {
    for end in ["\n", "\r\n"] {
        let rows = ["R-1;05/01/2026 10:30;;;France;;\"Ada\nMartin\";;A;;1;1,00;", "", "R-2;never;;;France;;;;A;;1;1,00;"];
        let csv = format!("{HEADER}{end}{}{end}", rows.join(end));
        let read = all(csv.as_bytes(), &french());
        assert_eq!(read[0].as_ref().expect("read").lines, [2]);
        assert_eq!(read[1].as_ref().expect_err("no date").line, 5, "{end:?}");
    }
}
