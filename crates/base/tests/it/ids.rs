use kept_base::{CaseId, IdError, OrderId, ParcelId, Position, SubjectId};
use proptest::prelude::*;

#[test]
fn an_id_is_shown_in_crockford_base_32_without_leading_zeros() {
    assert_eq!(OrderId::new(1).to_string(), "ord_1");
    assert_eq!(OrderId::new(31).to_string(), "ord_Z");
    assert_eq!(OrderId::new(32).to_string(), "ord_10");
    assert_eq!(OrderId::new(7_965_321).to_string(), "ord_7K2M9");
    assert_eq!(ParcelId::new(i64::MAX).to_string(), "par_7ZZZZZZZZZZZZ");
    assert_eq!(format!("{:?}", CaseId::new(33)), "cas_11");
}

#[test]
fn what_people_type_is_read() {
    let id = "ord_7K2M9".parse::<OrderId>().unwrap();
    assert_eq!("ORD_7k2m9".parse::<OrderId>().unwrap(), id);
    assert_eq!("ord_1O".parse::<OrderId>().unwrap().get(), 32);
    assert_eq!("ord_io".parse::<OrderId>().unwrap().get(), 32);
    assert_eq!("ord_L0".parse::<OrderId>().unwrap().get(), 32);
    assert_eq!("7K2M9".parse::<SubjectId>().unwrap(), SubjectId::from(id));
}

#[test]
fn what_is_no_id_is_refused_with_what_was_read() {
    for text in ["", "ord", "7K2M9", "par_7K2M9"] {
        assert!(matches!(text.parse::<OrderId>(), Err(IdError::WrongPrefix { .. })), "{text}");
    }
    for text in ["ord_", "ord_0", "ord_8000000000000", "ord_ZZZZZZZZZZZZZZZZZZZZZZZZ"] {
        assert!(matches!(text.parse::<OrderId>(), Err(IdError::OutOfRange { .. })), "{text}");
    }
    for text in ["ord_U", "ord_-1", "ord_1 ", "ord_é", "ord_1_2"] {
        let error = text.parse::<OrderId>().unwrap_err();
        assert!(matches!(error, IdError::WrongCharacter { .. }), "{text}");
        assert!(error.to_string().contains(text), "{error}");
    }
}

#[test]
fn a_position_holds_its_block_and_index() {
    let position = Position::new(5, 3);
    assert_eq!(position, Position(5 << 20 | 3));
    assert_eq!((position.block(), position.index()), (5, 3));
    assert_eq!(position.to_string(), "5.3");
    assert_eq!(serde_json::to_string(&position).unwrap(), "5242883");
    assert_eq!(Position::new(1, u32::MAX).block(), 1);
    assert!(Position::new(1, Position::MAX_INDEX) < Position::new(2, 0));
}

proptest! {
    #[test]
    fn every_id_survives_its_text_and_its_json(number in 1..=i64::MAX) {
        let id = OrderId::new(number);
        prop_assert_eq!(id.to_string().parse::<OrderId>().unwrap(), id);
        prop_assert_eq!(id.to_string().to_lowercase().parse::<OrderId>().unwrap(), id);
        let json = serde_json::to_string(&id).unwrap();
        prop_assert_eq!(&json, &number.to_string());
        prop_assert_eq!(serde_json::from_str::<OrderId>(&json).unwrap(), id);
        prop_assert_eq!(OrderId::from(SubjectId::from(id)), id);
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in "\\PC*", tail in "[0-9A-Za-z_]{0,20}") {
        let _ = text.parse::<OrderId>();
        let _ = format!("ord_{text}").parse::<OrderId>();
        if let Ok(id) = format!("ord_{tail}").parse::<OrderId>() {
            prop_assert!(id.get() > 0);
        }
    }

    #[test]
    fn every_position_comes_apart_as_it_was_put_together(
        block in 0..(1_i64 << 43),
        index in 0..=Position::MAX_INDEX,
    ) {
        let position = Position::new(block, index);
        prop_assert_eq!((position.block(), position.index()), (block, index));
    }
}
