//! What carriers say in so many words, in the languages of `words.toml`.

use kept_connect::CarrierPacks;
use kept_domain::vocabulary::Milestone;

/// Every text is read as the only thing known of a scan.
fn says(texts: &[(&str, &[&str])], so_far: Option<Milestone>) {
    let packs = CarrierPacks::embedded().expect("the packs inside the binary");
    let table = packs.table("seventeentrack");
    for (expected, texts) in texts {
        for text in *texts {
            let meaning = table.meaning("", None, text, so_far);
            let wrong = meaning.exception.map_or("", |exception| exception.word());
            let expected_wrong = expected.split_once('/').map_or("", |(_, wrong)| wrong);
            let milestone = expected.split_once('/').map_or(*expected, |(milestone, _)| milestone);
            assert_eq!((meaning.milestone.word(), wrong), (milestone, expected_wrong), "{text}");
        }
    }
}

/// "Returned to the sender" stands in what is still under way, "delivered" in what went back.
#[test]
fn what_goes_back_and_what_is_back() {
    let going = &[
        "Your package is being returned to the sender",
        "The item was not delivered and is being returned to sender",
        "Votre colis n'a pas pu être livré, il est retourné à l'expéditeur",
        "Die Sendung wird an den Absender zurückgesandt",
        "Die Sendung wird zum Absender zurückgesandt",
        "En proceso de devolución",
        "Pakket gaat retour naar afzender",
    ][..];
    let back = &[
        "Delivered, To Original Sender",
        "Returned to sender.",
        "The shipment has been returned to the original sender",
        "Votre colis a été distribué à l'expéditeur",
        "Die Sendung wurde dem Absender zugestellt",
        "Rücksendung zugestellt",
        "Entregado al remitente",
        "Consegnato al mittente",
        "Afgeleverd bij afzender",
        "Objeto entregue ao remetente",
        "Doręczono nadawcy",
    ][..];
    says(&[("returning/returned_to_sender", going), ("returned/returned_to_sender", back)], None);
}

#[test]
fn not_delivered_and_not_yet() {
    let failed = &[
        "Your item has not been delivered",
        "The parcel couldn't be delivered",
        "Votre colis n'a pas été livré",
        "Nous n'avons pas pu livrer votre colis",
        "Die Zustellung war nicht möglich",
        "No fue entregado",
        "La spedizione non è stata consegnata",
        "Pakket kon niet worden bezorgd",
        "Nie doręczono",
        "Objeto não foi entregue",
    ][..];
    let expected = &[
        "Not yet delivered",
        "Will be delivered to a pickup point",
        "Will be out for delivery tomorrow",
        "Your parcel will be available for pickup tomorrow",
        "Votre colis sera livré en point relais",
        "Votre colis n'a pas encore été livré",
        "Votre colis est prêt à être livré. Nous le préparons pour le mettre en livraison.",
        "Votre colis sera disponible en point relais demain",
        "Votre colis est sur nos plateformes pour vous être livré le plus rapidement possible",
        "Die Sendung wird morgen zugestellt",
        "Wird heute zugestellt",
        "Sarà consegnato",
        "Wordt morgen bezorgd",
        "Zostanie doręczona",
        "Será entregado mañana",
    ][..];
    says(&[("out_for_delivery/undeliverable", failed), ("in_network", expected)], None);
}

/// The van before what is said of the hour.
#[test]
fn on_the_day() {
    let van = &[
        "Out for Delivery, Expected Delivery by 9:00pm",
        "Your parcel is out for delivery. It will be delivered between 10:00 and 11:00",
        "Votre colis est en cours de livraison, il sera livré aujourd'hui",
        "Das Paket wird voraussichtlich im Laufe des Tages zugestellt. Es befindet sich im Zustellfahrzeug",
        "Bezorger is onderweg",
        "Package is with courier",
        "It's with our driver",
        "On its way to you today",
        "Colis chargé dans le véhicule de livraison",
        "Przekazana do doręczenia",
    ][..];
    says(&[("out_for_delivery", van)], None);
}

#[test]
fn at_a_pickup_point_and_at_the_door() {
    let waiting = &[
        "Delivered to UPS Access Point™",
        "Delivered to the parcel shop",
        "Delivered to collection point",
        "Awaiting customer pickup",
        "Votre colis est disponible dans votre point de retrait. Il sera disponible jusqu'au 12/03",
        "Votre colis a été déposé dans votre point relais",
        "Zugestellt an PaketShop",
        "Entregado en punto de recogida",
        "Consegnato al punto di ritiro",
        "Bezorgd bij PostNL-punt",
        "Pakket ligt klaar om opgehaald te worden",
        "Umieszczona w Paczkomacie (odbiorczym)",
    ][..];
    let delivered = &[
        "Colis livré.",
        "Distribué.",
        "Left at the front door",
        "Colis déposé en boîte aux lettres",
        "Remis contre signature",
        "Die Sendung wurde dem Empfänger übergeben",
        "Der Empfänger hat die Sendung in der Filiale abgeholt.",
        "Is bezorgd",
        "Odebrana",
    ][..];
    says(&[("available_for_pickup", waiting), ("delivered", delivered)], None);
}

/// At a pickup point the one who picks up is the customer; before it, the carrier.
#[test]
fn who_picks_up_depends_on_where_it_is() {
    let texts = &["Die Sendung wurde abgeholt", "Picked up", "Zending opgehaald", "Recogido"][..];
    says(&[("handed_over", texts)], None);
    says(&[("handed_over", texts)], Some(Milestone::Announced));
    says(&[("delivered", texts)], Some(Milestone::AvailableForPickup));
    let waits = &["Ligt klaar om opgehaald te worden", "Die Sendung kann in der Filiale abgeholt werden"][..];
    says(&[("available_for_pickup", waits)], Some(Milestone::AvailableForPickup));
}

#[test]
fn given_to_the_carrier_or_not_yet() {
    let given = &[
        "Colis remis au transporteur",
        "Delivered to the courier",
        "Entregado al transportista",
        "Consegnato al corriere",
        "Das Paket wurde im PaketShop abgegeben",
        "Odebrana od nadawcy",
        "Nadana w Paczkomacie",
        "Your shipment has been accepted.",
        "Pickup Scan",
    ][..];
    let not_yet = &[
        "En attente de prise en charge par le transporteur",
        "Awaiting pickup by carrier",
        "Votre Colissimo va bientôt nous être confié !",
        "Shipper created a label, UPS has not received the package yet.",
        "Die Sendung wurde angekündigt, aber noch nicht an DHL übergeben",
    ][..];
    says(
        &[("handed_over", given), ("announced", not_yet), ("in_network", &["Delivered to airline", "Przyjęta w sortowni"])],
        None,
    );
}

/// Words inside other words.
#[test]
fn parts_of_words() {
    let texts: &[(&str, &[&str])] = &[
        ("customs", &["Verzollung abgeschlossen", "The package is at the clearing agency awaiting final release."]),
        ("at_local_depot", &["Aangekomen bij bezorgdepot", "Item received at delivery office"]),
        ("in_network", &["Discarded label replaced, in transit"]),
        ("announced", &["Delivery appointment cancelled", "Sender dispatching item", "Origin Post is Preparing Shipment"]),
        ("available_for_pickup", &["Held at UPS Access Point"]),
        ("handed_over", &["We have your parcel"]),
        ("out_for_delivery/address_problem", &["Vacant"]),
        ("out_for_delivery/attempt_failed_absent", &["The receiver was not available for delivery. We'll make another attempt."]),
    ];
    says(texts, None);
}

/// Why it goes back, what is on its way to the sender, and what only sounds like the end.
#[test]
fn two_things_in_one_text() {
    says(
        &[
            (
                "returning/unclaimed",
                &["Not collected by the recipient, being returned to sender", "Unclaimed, being returned to sender"],
            ),
            ("returning/returned_to_sender", &["In transit to original sender", "On its way back to the sender"]),
            ("out_for_delivery", &["The parcel is being delivered."]),
            ("delivered", &["Het pakket is geleverd."]),
            ("out_for_delivery/undeliverable", &["Het pakket is niet geleverd"]),
            ("announced", &["Zarejestrowano dane przesyłki, przesyłka jeszcze nienadana"]),
            ("customs/documents_missing", &["Clearance delay, information needed from the recipient"]),
            ("customs/payment_due", &["A brokerage fee is due", "Duties are to be paid"]),
            ("customs", &["Payment of duties and taxes received"]),
            ("returned/returned_to_sender", &["Not collected by the recipient, returned to sender"]),
            ("at_local_depot/held", &["Spedizione in giacenza"]),
            ("in_network/security", &["Security check"]),
            ("in_network/held", &["Shipment on hold"]),
            ("in_network/missorted", &["Item missent"]),
            ("out_for_delivery/address_problem", &["Undeliverable as Addressed"]),
            ("at_local_depot", &["Arrived at destination post office"]),
            ("out_for_delivery/address_problem", &["Consignee has moved"]),
            (
                "out_for_delivery/attempt_failed_absent",
                &["Niemand thuis", "A calling card was left", "Destinatario no disponible"],
            ),
            ("available_for_pickup", &["Arrived at the DHL parcel shop"]),
        ],
        None,
    );
}

#[test]
fn the_north_is_understood() {
    says(
        &[
            ("announced", &["Pakkedata modtaget"]),
            ("handed_over", &["Pakken er indleveret til GLS", "Indleveret i pakkeshop"]),
            ("in_network", &["Pakken er ankommet til terminalen", "Paketet är under transport", "Sendingen er sortert"]),
            ("customs", &["Tullbehandling pågår", "Fortolling"]),
            ("out_for_delivery", &["Pakken er ude til levering", "Sendingen er ute til levering", "Paketet är ute för leverans"]),
            ("in_network", &["Pakken bliver leveret i morgen", "Paketet kommer att levereras imorgon"]),
            ("out_for_delivery/undeliverable", &["Pakken kunne ikke leveres", "Paketet kunde inte levereras"]),
            ("out_for_delivery/attempt_failed_absent", &["Modtageren var ikke hjemme", "Mottagaren var inte hemma"]),
            (
                "available_for_pickup",
                &["Pakken er klar til afhentning", "Leveret til pakkeshop", "Paketet kan hämtas hos ombudet", "Klar for henting"],
            ),
            ("delivered", &["Pakken er leveret", "Paketet är levererat", "Sendingen er utlevert", "Pakken er udleveret"]),
            ("returning/returned_to_sender", &["Retur til afsender"]),
            ("in_network/delayed_by_carrier", &["Pakken er forsinket"]),
        ],
        None,
    );
}

/// As services hand carriers' words on, with nothing beside them that says more.
#[test]
fn words_that_came_through_a_service() {
    says(
        &[
            (
                "announced",
                &["Abholauftrag erteilt", "The parcel was not yet handed over to GLS", "Awaiting collection from sender"],
            ),
            (
                "handed_over",
                &[
                    "Posting/Collection",
                    "Przesyłka odebrana przez Kuriera",
                    "Votre colis a été déposé dans un point postal",
                    "Collection Scan",
                ],
            ),
            ("in_network", &["Przyjęta w oddziale InPost", "En transit vers l'agence de livraison"]),
            ("customs/customs_hold", &["Held by import Customs", "Fermo in dogana"]),
            (
                "at_local_depot",
                &["At the local depot", "Im Paketzustellzentrum", "Das Paket ist im GLS Zustelldepot eingetroffen"],
            ),
            ("out_for_delivery", &["Out-For-Delivery Today", "De postbode is onderweg met je pakket"]),
            ("available_for_pickup", &["Disponível para levantamento", "Im GLS PaketShop zur Abholung hinterlegt"]),
            ("delivered", &["Am Wunschort abgelegt", "Pakket is opgehaald door de klant", "Signed by: SMITH"]),
            ("out_for_delivery/refused", &["Colis refusé", "Rehusado por el destinatario", "Le destinataire a refusé le colis"]),
            (
                "out_for_delivery/address_problem",
                &["L'adresse est incomplète", "The street number is incorrect", "Onbekend op adres"],
            ),
            ("out_for_delivery/attempt_failed_absent", &["Nie zastano odbiorcy", "Customer not available or business closed"]),
            ("out_for_delivery/attempt_failed_closed", &["Notice Left (Business Closed)", "Azienda chiusa"]),
            ("out_for_delivery/undeliverable", &["Votre colis ne peut être livré"]),
        ],
        None,
    );
}
