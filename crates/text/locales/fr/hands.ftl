### Ce que l’équipe note à la main : qu’un client a pris contact, et qu’une promesse est faite.
form-wrong = Rien n’est encore noté. Ce que vous avez écrit est toujours là : voyez ce qui est marqué.
form-too-long = { $over ->
     [one] C’est un signe de trop
    *[other] C’est { $over } signes de trop
    } ; { $most } sont possibles.

## A contact
contact-title = Le client a pris contact
contact-counts-promise = S’il a dû demander, cela compte comme une relance sur cette promesse. Votre nom est noté avec.
contact-counts-customer = S’il a dû demander, cela compte comme une relance sur chaque promesse qui lui est encore due. Votre nom est noté avec. Sur la page d’une promesse, cela ne compte que pour elle.
contact-channel = Par quel moyen
contact-asked = A-t-il fallu demander où elle en est ?
contact-asked-yes = Oui, il a fallu demander
contact-asked-no = Non, c’était autre chose
contact-text = Ce qui a été dit (facultatif)
contact-text-hint = Seule l’équipe le lit ; effacé avec la personne.
contact-at = Quand (facultatif)
contact-at-hint = Maintenant, sauf si vous dites autre chose. Heures de { $zone }.
contact-act = Noter le contact
contact-wrong-channel = Choisissez par quel moyen le contact s’est fait.
contact-wrong-asked = Répondez oui ou non : les chiffres comptent combien de fois il a fallu demander.
contact-wrong-at = Ce n’est pas une date avec son heure, comme 2026-11-28 14:30. Laissez vide pour maintenant.
contact-wrong-future = Ce moment n’est pas encore venu ; il est { $now }.
contact-wrong-before = La promesse n’a été faite que { $made } ; personne ne pouvait demander avant.

## Done by hand
deed-title = C’est fait
deed-said = Sur votre parole, la promesse est close dès maintenant et compte comme tenue à la main. Le client voit que c’est notre équipe qui le dit, et peut le contester.
deed-late = Son échéance est passée : elle comptera comme tenue en retard.
deed-yourself = Vous répondez de cette promesse, ou en avez répondu : les chiffres comptent aussi à part ce que chacun juge de ses propres promesses.
deed-evidence = À quoi le voit-on ?
deed-hint = Par exemple : appelé à 14 h 10, six minutes. Seule l’équipe le lit.
deed-act = Noter que c’est fait
deed-wrong-empty = Dites à quoi on voit que c’est fait : une parole sans rien à l’appui ne clôt rien.
deed-wrong-closed = Cette promesse ne peut plus être close à la main : quelqu’un a été plus rapide, ou son temps était passé. Voici où elle en est ; copiez votre texte s’il vous le faut.
deed-own = qui en répond
done-deed = Noté : c’est fait, sur votre parole.
fact-deed = { $name } dit que c’est fait
judge-hand = la parole d’une personne de l’équipe
judged-by-hand = jugée sur la parole d’une personne de l’équipe : { $name }
judged-by-own-hand = jugée sur la parole de qui en répondait : { $name }
own-hand-claims = C’est notre équipe qui le dit ; si ce n’est pas ainsi, dites-le-nous.
thanks-not-so = C’est noté. Quelqu’un regarde et vous répondra.

## Their figures
figure-by-hand = Tenues sur la parole de l’équipe
figure-own-hand = Tenues sur la parole de qui en répond
figures-by-hand = Tenues sur la parole de l’équipe, par qui en répond
figures-own-hand = Tenues sur la parole de qui en répond
method-by-hand = Parmi celles tenues, à temps ou en retard : celles dont une personne de l’équipe a dit qu’elles étaient faites, sans rien d’autre à l’appui, comme un rappel ou une réponse. Ce qui est fait compte quand c’est noté, jamais d’avant.
method-own-hand = Parmi celles tenues : celles où cette personne répondait de la promesse, alors ou à quelque moment avant. La donner à quelqu’un d’autre n’y cache rien.
