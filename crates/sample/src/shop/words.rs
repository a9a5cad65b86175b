//! What customers write, in their own language; `{order}` stands for the order's number.

/// They have to ask where it is; the second time with less patience.
pub(super) fn where_is_it(french: bool, again: bool) -> &'static str {
    match (french, again) {
        (true, false) => "Bonjour, ma commande {order} devait arriver hier et je n'ai aucune nouvelle. Où est-elle ?",
        (true, true) => "Je vous ai déjà écrit au sujet de la commande {order}. Toujours rien, et personne ne me répond.",
        (false, false) => "Hello, my order {order} was due yesterday and I have heard nothing. Where is it?",
        (false, true) => "I have already written about order {order}. Still nothing, and nobody answers.",
    }
}

/// They have to ask for their money.
pub(super) fn where_is_my_money(french: bool) -> &'static str {
    match french {
        true => "Bonjour, vous avez annulé ma commande {order}. Quand serai-je remboursé ?",
        false => "Hello, you cancelled my order {order}. When will I be paid back?",
    }
}

/// They complete their address.
pub(super) fn my_address(french: bool) -> &'static str {
    match french {
        true => "Le transporteur dit que mon adresse est incomplète : c'est le bâtiment B, deuxième étage.",
        false => "The carrier says my address is incomplete: it is building B, second floor.",
    }
}

/// Nothing is owed because of it, and nothing is kept by it.
pub(super) fn thanks(french: bool) -> &'static str {
    match french {
        true => "Bien reçu, merci beaucoup ! La lampe est superbe.",
        false => "All received, thank you! The lamp is lovely.",
    }
}
