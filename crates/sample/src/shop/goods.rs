//! What Maison Lumen sells: lamps, and what belongs to them.

use kept_base::{Currency, Money};
use kept_domain::input::LineOrdered;

use crate::rng::Rng;

/// Article number, French title, English title, price in cents.
const GOODS: [(&str, &str, &str, i64); 22] = [
    ("LAM-ORB-01", "Lampe de table Orbe, laiton", "Orbe table lamp, brass", 12_900),
    ("LAM-ORB-02", "Lampe de table Orbe, noir", "Orbe table lamp, black", 11_900),
    ("LAM-PAP-01", "Lanterne Papier, grand modèle", "Papier lantern, large", 8_900),
    ("SUS-VER-01", "Suspension Verrière, verre fumé", "Verrière pendant, smoked glass", 18_500),
    ("SUS-VER-02", "Suspension Verrière, verre clair", "Verrière pendant, clear glass", 17_900),
    ("SUS-OSI-01", "Suspension Osier, 40 cm", "Osier pendant, 40 cm", 7_400),
    ("APP-LUN-01", "Applique Lune, céramique", "Lune wall light, ceramic", 9_600),
    ("APP-LUN-02", "Applique Lune, plâtre", "Lune wall light, plaster", 8_800),
    ("LIS-HER-01", "Liseuse Héron, articulée", "Héron reading lamp", 15_400),
    ("PIE-TRE-01", "Lampadaire Trépied, chêne", "Trépied floor lamp, oak", 24_900),
    ("BAL-NOM-01", "Baladeuse Nomade, rechargeable", "Nomade lamp, rechargeable", 6_900),
    ("BAL-NOM-02", "Baladeuse Nomade, terracotta", "Nomade lamp, terracotta", 6_900),
    ("GUI-FET-10", "Guirlande Fête, 10 m", "Fête string lights, 10 m", 4_200),
    ("ABA-LIN-30", "Abat-jour lin, 30 cm", "Linen shade, 30 cm", 3_900),
    ("ABA-LIN-40", "Abat-jour lin, 40 cm", "Linen shade, 40 cm", 4_900),
    ("AMP-E27-02", "Ampoules E27 blanc chaud, lot de 2", "E27 warm bulbs, set of 2", 1_490),
    ("AMP-E14-02", "Ampoules E14 blanc chaud, lot de 2", "E14 warm bulbs, set of 2", 1_290),
    ("AMP-FIL-01", "Ampoule à filament Ambre", "Ambre filament bulb", 1_690),
    ("CAB-TEX-03", "Câble textile, 3 m", "Textile cable, 3 m", 1_900),
    ("VAR-DIM-01", "Variateur tactile", "Touch dimmer", 3_400),
    ("BOU-CIR-01", "Bougie Cire d'abeille", "Beeswax candle", 1_800),
    ("BOU-CIR-03", "Coffret de trois bougies", "Box of three candles", 4_500),
];

/// One to four lines of different articles.
pub(crate) fn basket(rng: &mut Rng, french: bool) -> Vec<LineOrdered> {
    let lines = [1, 1, 1, 2, 2, 3, 4];
    let wanted = rng.pick(&lines);
    let mut goods = GOODS;
    rng.shuffle(&mut goods);
    let chosen = goods.into_iter().take(wanted);
    chosen
        .map(|(sku, title, english, cents)| {
            let quantity = if cents < 5_000 && rng.percent(25) { 2 } else { 1 };
            LineOrdered {
                sku: sku.to_owned(),
                title: Some(if french { title } else { english }.to_owned()),
                quantity,
                price: Some(Money::new(cents * i64::from(quantity), Currency::EUR)),
                seller: None,
            }
        })
        .collect()
}

/// The sum of the lines, in cents.
pub(crate) fn total(lines: &[LineOrdered]) -> i64 {
    lines.iter().filter_map(|line| line.price).map(|price| price.minor).sum()
}
