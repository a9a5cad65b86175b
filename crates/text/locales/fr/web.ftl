### Texts of the pages, in French. Same keys and values as in the other language; a test compares them.
## The frame
skip = Aller au contenu
menu = Menu
nav-main = Navigation
nav-all = Toutes les pages
nav-short = Pages principales
nav-today = Aujourd’hui
nav-promises = Promesses
nav-parcels = Colis
nav-customers = Clients
nav-messages = Messages
nav-playbooks = Règles
nav-figures = Chiffres
nav-unmapped = Non compris
nav-settings = Réglages
search-label = Chercher un numéro, un identifiant ou une adresse
search-placeholder = Chercher un numéro, une adresse…
search-title = Recherche
search-nothing = Rien ne porte ce nom :
search-what = Un numéro de commande ou de suivi en entier, un identifiant (prm_…, par_…), ou l’adresse d’un client mènent droit à leur page.
sign-out = Se déconnecter
other-language = English
other-language-tag = en
keys-title = Touches
keys-said = j et k : ligne suivante, précédente · o : ouvrir · / ou Ctrl+K : chercher · ? : cette aide
demo-note = Démonstration : les clients et les colis sont inventés, rien ne part vers l’extérieur.
ledger-verified = Registre vérifié : { $when }
ledger-facts = Registre : { $count ->
     [one] { $count } fait
    *[other] { $count } faits
    }
ledger-broken = La chaîne du registre est rompue
ledger-unwatched = { $count ->
     [one] { $count } promesse sans veille
    *[other] { $count } promesses sans veille
    }
pager = Pages de la liste
page-first = Début de la liste
page-next = Suite
see-all = Voir les { $count }
role-agent = Service clients
role-supervisor = Responsable
role-admin = Administration

## Small words
list-mark = {" ; "}
never = jamais
yes = oui
times = { $count ->
     [one] { $count } fois
    *[other] { $count } fois
    }
span-days = { $days } jours
over = terminé
contested = contesté par le client
quoted = « { $text } »
offset-guessed = { $offset }, décalage deviné
offset-unknown = décalage inconnu
the-guard = la garde
by-whom = par { $name }
noted-by = noté par { $name }
by-playbook = règle { $playbook }
judged-by = jugée sur : { $name }
to-whom = à { $name }
to-operations = l’équipe
somebody-erased = une personne effacée
order-number = commande { $number }
language-fr = français
language-en = anglais
language-own-fr = Français
language-own-en = English
in-french = en français
in-english = en anglais
channel-phone = téléphone
channel-mail = courriel
channel-chat = messagerie
channel-letter = lettre
channel-shop = en boutique
channel-page = sa page
channel-api = l’API

## Owners, as the packs name them
owner-operations = Expéditions
owner-accounts = Comptabilité
owner-service = Service clients
owner-workshop = Atelier

## Playbooks, as the packs name them, in a few words
playbook-tell-late = prévenir du retard
playbook-apologise-late = s’excuser du retard
playbook-next-word = écrire de nouveau
playbook-close-the-loop = dire que c’est arrivé
playbook-failed-attempt = livraison manquée
playbook-address-problem = demander l’adresse
playbook-pickup-waiting = à retirer
playbook-pickup-reminder = rappel de retrait
playbook-presumed-lost = colis perdu
playbook-declared-lost = perdu, dit le transporteur
playbook-file-claim = réclamation à faire
playbook-found-again = colis retrouvé
playbook-claim-over = réclamation à revoir
playbook-carrier-enquiry = demande au transporteur
playbook-backordered = article non en stock
playbook-still-missing = article toujours manquant
playbook-lines-withdrawn = articles retirés
playbook-returned = colis revenu
playbook-not-arrived = dit non arrivé
playbook-silent-operations = alerter l’équipe
playbook-ask-for-proof = demander la preuve
playbook-carry-out-cancel = annuler à la demande du client
playbook-send-again = renvoyer à la demande du client
playbook-pay-back = rembourser ce qui est dû
playbook-confirm-choice = confirmer que c’est fait
playbook-confirm-refund = dire que c’est remboursé
playbook-choice-not-possible = dire qu’une personne reprend la demande
playbook-errand-refused = alerter d’un refus de la boutique
playbook-refund-late = remboursement en retard
playbook-partner-late = partenaire en retard

## Carriers and sources
carrier-laposte = La Poste
carrier-colissimo = Colissimo
carrier-chronopost = Chronopost
carrier-dpd = DPD
carrier-dhl = DHL
carrier-ups = UPS
carrier-gls = GLS
carrier-fedex = FedEx
carrier-usps = USPS
carrier-mondial-relay = Mondial Relay
carrier-colis-prive = Colis Privé
carrier-dhl-express = DHL Express
carrier-dhl-parcel-de = DHL Paket
carrier-dhl-poland = DHL Polska
carrier-mydhl = MyDHL
carrier-usps-international = USPS International
carrier-amazon-shipping = Amazon Shipping
carrier-aramex = Aramex
carrier-asendia = Asendia
carrier-australiapost = Australia Post
carrier-bpost = bpost
carrier-canadapost = Canada Post
carrier-canpar = Canpar Express
carrier-hermes = Hermes
carrier-inpost = InPost
carrier-landmark = Landmark Global
carrier-parcelone = PARCEL.ONE
carrier-postnl = PostNL
carrier-purolator = Purolator
carrier-royal-mail = Royal Mail
carrier-royalmail = Royal Mail
carrier-seko = SEKO
carrier-sendle = Sendle
carrier-smartkargo = SmartKargo
carrier-spring = Spring
carrier-teleship = Teleship
carrier-tnt = TNT
carrier-easypost = EasyPost
carrier-sendcloud = Sendcloud
carrier-seventeentrack = 17TRACK
carrier-shippo = Shippo
carrier-epcis = EPCIS
carrier-aftership = AfterShip
carrier-woocommerce = WooCommerce
carrier-shopify = Shopify
carrier-prestashop = PrestaShop
carrier-own = Faits de la boutique
carrier-api = Faits de la boutique

## Sentences of promises, to the team
sentence-by = { $sentence } au plus tard { $due }
sentence-delivery-order-named = Livrer la commande { $number } à { $name }
sentence-delivery-order-unnamed = Livrer la commande { $number }
sentence-delivery-named = Livrer { $name }
sentence-delivery-unnamed = Livrer une commande
sentence-refund-amount-named = Rembourser { $amount } à { $name }
sentence-refund-amount-unnamed = Rembourser { $amount }
sentence-refund-order-named = Rembourser la commande { $number } à { $name }
sentence-refund-order-unnamed = Rembourser la commande { $number }
sentence-refund-named = Rembourser { $name }
sentence-refund-unnamed = Rembourser
sentence-reply-order-named = Répondre à { $name } sur la commande { $number }
sentence-reply-order-unnamed = Répondre sur la commande { $number }
sentence-reply-named = Répondre à { $name }
sentence-reply-unnamed = Répondre
sentence-call-back-order-named = Rappeler { $name } sur la commande { $number }
sentence-call-back-order-unnamed = Rappeler sur la commande { $number }
sentence-call-back-named = Rappeler { $name }
sentence-call-back-unnamed = Rappeler
sentence-repair-order-named = Réparer pour { $name } (commande { $number })
sentence-repair-order-unnamed = Réparer (commande { $number })
sentence-repair-named = Réparer pour { $name }
sentence-repair-unnamed = Réparer
sentence-supply-order-named = { $name } remet sa part de la commande { $number } au transporteur
sentence-supply-order-unnamed = Remise de la commande { $number } au transporteur
sentence-supply-named = { $name } remet sa part de la commande au transporteur
sentence-supply-unnamed = Remise au transporteur par un partenaire
sentence-other-named = { $kind } pour { $name }
sentence-other-unnamed = { $kind }

## Sentences of promises, to the customer
you-delivery-order = Livrer votre commande { $number }
you-delivery = Livrer votre commande
you-refund-amount = Vous rembourser { $amount }
you-refund-order = Vous rembourser la commande { $number }
you-refund = Vous rembourser
you-reply-order = Vous répondre au sujet de la commande { $number }
you-reply = Vous répondre
you-call-back-order = Vous rappeler au sujet de la commande { $number }
you-call-back = Vous rappeler
you-repair = Réparer ce que vous nous avez confié
you-other = { $kind }

## The line of a promise
line-given = donnée { $when }
line-due = due { $when }
line-review = à revoir { $when }
line-estimate = nous pensons à { $when }
line-told = client prévenu { $when }
line-late = en retard de { $by }
line-ended = { $state } { $when }
label-given = donnée { $when }
label-due = échéance { $when }
label-review = à revoir { $when }
label-now = maintenant
strip-said = Étape : { $milestone }
review-on = revoir { $when }

## Rows
no-parcel-yet = aucun colis annoncé
and-more-parcels = { $count ->
     [one] et { $count } autre colis
    *[other] et { $count } autres colis
    }
parcel-said = { $carrier } { $number }, { $state }
word-by-on = promis par { $giver } { $when }
by-shop = la boutique
by-agent = un agent
by-system = le système
by-partner = un partenaire
by-law = la loi
by-customer = le client
told-on = prévenu { $when }
told-bounced = message revenu, client non prévenu
asked-times = { $count ->
     [one] a demandé { $count } fois
    *[other] a demandé { $count } fois
    }
choice-made = choix : { $choice }
choice-wait = attendre
choice-cancel = annuler
choice-reship = un nouvel envoi
choice-another-day = un autre jour
peace-wanted = veut la paix à ce sujet
act-read-message = Lire le message
act-settle = Régler
act-approve = Laisser partir
act-say-nothing = Ne rien dire
held-until = jusqu’à { $when }
letter-erased = Le texte a été effacé

## Today
today-late = En retard
today-late-hint = depuis l’échéance
today-due-hint = échéance
today-hour = Dans l’heure
today-day = Avant ce soir
today-risk = En danger plus tard
today-disputed = Contestées par le client
today-disputed-hint = à régler sur preuve
today-waiting = Messages qui attendent votre accord
today-waiting-hint = rien ne part sans vous
today-held = Retenus par la garde
today-held-hint = pourquoi
today-unknown = Envois au sort inconnu
today-unknown-hint = jamais renvoyés en silence
today-errands-hint = attend une personne
today-first-late = { $count ->
     [one] Une promesse est en retard
    *[other] { $said } promesses sont en retard
    }
today-first-none = Aucune promesse n’est en retard
today-rest-soon = { $count ->
     [0] aucune n’est à tenir avant ce soir
     [one] une est à tenir avant ce soir
    *[other] { $said } sont à tenir avant ce soir
    }
today-rest-risk = { $count ->
     [0] aucune n’est en danger plus tard
     [one] une est en danger plus tard
    *[other] { $said } sont en danger plus tard
    }
today-told = { $told ->
     [0] Aucun des clients concernés ne l’a encore appris de nous.
     [one] Un client sur { $of } l’a appris de nous avant d’avoir à demander.
    *[other] { $said } clients sur { $of } l’ont appris de nous avant d’avoir à demander.
    }
today-open = En tout, { $count ->
     [one] une promesse court
    *[other] { $count } promesses courent
    }.
today-calm = Rien ne demande une personne pour l’instant. Une promesse en retard, en danger ou contestée, un message à approuver ou retenu paraîtra ici de lui-même.
today-not-understood = Non compris : { $codes ->
     [one] { $codes } code
    *[other] { $codes } codes
    } sans signification, { $payloads ->
     [one] { $payloads } envoi illisible
    *[other] { $payloads } envois illisibles
    }.

## Promises
promises-intro = { $count ->
     [0] Aucune promesse ne répond à ces critères.
     [one] Une promesse.
    *[other] { $count } promesses, la prochaine échéance d’abord.
    }
promises-intro-newest = { $count ->
     [0] Aucune promesse ne répond à ces critères.
     [one] Une promesse.
    *[other] { $count } promesses, les plus récentes d’abord.
    }
promises-intro-many = Plus de { $count } promesses, la prochaine échéance d’abord.
promises-intro-newest-many = Plus de { $count } promesses, les plus récentes d’abord.
promises-empty = Une promesse naît d’une commande, d’une parole donnée ou de la loi ; elle paraîtra ici dès que le fait sera reçu.
promises-of-figure = Promesses sous le chiffre « { $figure } », première échéance du { $from } au { $to }.
filter-act = Montrer
filter-clear = Tout montrer
filter-state = État
filter-kind = Sorte
filter-owner = Répond de
filter-due = Échéance
filter-number = Numéro de commande ou de suivi
filter-person = Adresse ou référence entière
filter-milestone = Étape
filter-exception = Incident
filter-carrier = Transporteur
filter-under-way = En route seulement
filter-without-order = Sans commande connue
filter-any-state = Tous les états
filter-still-owed = Encore dues
filter-any-kind = Toutes les sortes
filter-any-owner = Tout le monde
filter-any-due = Toutes
filter-due-1 = d’ici un jour
filter-due-7 = d’ici sept jours
filter-due-30 = d’ici trente jours
filter-any-milestone = Toutes les étapes
filter-no-matter = Avec ou sans
filter-any-trouble = Tout incident ouvert

## A promise
fact3-owner = Répond de
fact3-to = À qui
fact3-order = Commande
fact3-parcel = Colis
fact3-first-due = Première échéance
fact3-review = À revoir
fact3-next-word = Prochaine nouvelle due
fact3-watch = Prochain regard
fact3-told = Client prévenu
fact3-partner = Partenaire
fact3-serves = Pour
fact3-serves-what = ce que nous avons promis au client
fact3-penalty = Ajouté par la loi
fact3-penalty-so-far = { $amount } ({ $percent } %)
fact3-penalty-next = La loi ajoute
fact3-penalty-then = { $amount } de plus, { $when }
fact3-held = Argent retenu
fact3-held-days = { $count ->
    [one] { $count } jour
   *[other] { $count } jours
}
fact3-asked = Client a demandé
fact3-choice = Choix du client
fact3-peace = Veut la paix
fact3-carrier = Transporteur
fact3-carrier-day = Il pense livrer
fact3-scans = Passages lus
fact3-first-seen = Connu depuis
fact3-placed = Passée
fact3-promised = Promise par la boutique
fact3-ship-by = Remise au transporteur
fact3-fee = Frais de port
fact3-refunded = Remboursé
fact3-country = Pays
fact3-email = Courriel
fact3-phone = Téléphone
fact3-address = Adresse
fact3-reference = Référence
fact3-language = Langue
fact3-consumer = Qualité
fact3-zone = Fuseau
fact3-since = Connu depuis
fact3-bounced = Courriel revenu
consumer = consommateur
firm = professionnel
carrier-day-said = { $day } (dit { $when })
remark-amended = Échéance déplacée au souhait du client
remark-uncertain = Probablement : l’heure du transporteur laisse un doute près de l’échéance
remark-first-due = contre la première échéance : { $state }
words-title = Paroles données
words-none = Aucune parole n’a encore été donnée.
words-who = Qui
words-said = Ce qui a été dit
words-due = Échéance
words-standing = Valeur
word-governs = en vigueur, la plus tôt
word-in-force = en vigueur
word-waiting = attend une condition
word-exceeded = au-delà des pouvoirs, honorée quand même
word-announced = date annoncée à la commande
word-not-said = sans phrase conservée
no-due = sans échéance
happened-title = Ce qui s’est passé
nothing-happened = Rien encore.
messages-title = Messages
letter-meta = { $state } · règle { $playbook }, mode { $mode } · { $language }
estimate-title = D’où vient l’estimation
estimate-range = Plutôt { $day }, neuf fois sur dix d’ici { $by }.
estimate-day = Plutôt { $day }.
estimate-carrier = C’est le jour que le transporteur lui-même a dit, { $when }.
estimate-past = { $count ->
     [one] Apprise d’un colis passé semblable
    *[other] Apprise de { $count } colis passés semblables
    }, { $when }.
estimate-not-due = Une estimation ne déplace jamais l’échéance.
items-title = Articles
item-fee = Frais de port
item-fee-of = Frais de port, { $amount }
item-whole = Le tout
item-sold-by = vendu par { $name }
item-no-stock = pas en stock, sans date
item-no-stock-until = pas en stock, attendu au plus tard { $day }
item-owed = Dû
item-kept = Donné
item-kept-late = Donné en retard
item-broken = Ne viendra pas
item-released = Levé par le client
related-title = Autres promesses de la commande
acts-title = Agir
assign-title = Donner à quelqu’un d’autre
assign-who = Qui en répond
assign-act = Donner
amend-title = Noter le souhait du client d’un autre jour
amend-said = Seul le souhait du client déplace une échéance. Votre nom est noté avec.
amend-day = Le jour souhaité
amend-act = Noter
withdraw-title = Retirer la promesse
withdraw-said = Une promesse que l’entreprise retire est rompue : elle compte comme telle, avec votre nom.
withdraw-cause = Cause
withdraw-act = Retirer
settle-title = Régler la contestation
settle-said = Sur preuve : signature, enquête du transporteur, parole du client.
settle-state = Jugée
settle-act = Régler
ledger-title = Tous les faits du registre
ledger-position = Position
ledger-kind = Fait
ledger-recorded = Enregistré
ledger-source = Source

## What happened
fact-registered = Client connu de nous
fact-asked = Le client a dû demander
fact-contacted = Le client a écrit ou appelé
fact-answered = Le client dit : { $says }
fact-erased = Données personnelles effacées
fact-bounced = Un message est revenu : le client n’est pas prévenu
fact-placed = Commande passée
fact-named = Le client de la commande est connu
lines-count = { $count ->
     [one] { $count } article
    *[other] { $count } articles
    }
fact-cancelled-shop = { $count ->
     [one] Un article ne viendra pas, retiré par la boutique
    *[other] { $count } articles ne viendront pas, retirés par la boutique
    }
fact-cancelled-customer = { $count ->
     [one] Un article annulé par le client
    *[other] { $count } articles annulés par le client
    }
fact-lines-added = { $count ->
    [one] Un article s’ajoute à la commande
   *[other] { $count } articles s’ajoutent à la commande
}
fact-line-split = Une partie d’un article suit désormais son propre chemin
fact-backordered = { $count ->
    [one] Un article n’est pas en stock
   *[other] { $count } articles ne sont pas en stock
}
fact-stock-expected = attendu au plus tard { $day }
fact-stock-unknown = sans date
fact-available = { $count ->
    [one] Un article est de nouveau en stock
   *[other] { $count } articles sont de nouveau en stock
}
fact-items-added = { $count ->
    [one] La promesse couvre un article de plus
   *[other] La promesse couvre { $count } articles de plus
}
fact-penalty = La loi ajoute { $amount } à ce qui est dû
fact-penalty-percent = { $percent } % en tout, parce que le remboursement est en retard
fact-refunded = { $amount } remboursés
fact-unmapped = Un code que nulle table ne traduit
fact-announced = Étiquette créée
fact-linked = Colis rattaché à sa commande
fact-scan-withdrawn = Un passage a été retiré par sa source
withdrawn-by-source = retiré par sa source
fact-estimated = Le transporteur pense livrer { $day }
fact-contested = Le client conteste ce que dit le transporteur
fact-made = La promesse naît
fact-adopted = La promesse a trouvé son client
fact-word = Parole donnée par { $giver }, échéance { $due }
fact-word-undated = Parole donnée par { $giver }, sans échéance
fact-item = Un article : { $state }
fact-assessed = Jugée { $state }
fact-reopened = Ce qui fondait le jugement a été retiré : de nouveau due
fact-settled = Contestation réglée : { $state }
fact-amended = Le client souhaite { $due }
fact-disputed = Le client dit que ce n’est pas ainsi
fact-assigned = { $owner } en répond désormais
fact-signal = Signal : { $signal }
fact-decided = Un message est préparé
fact-decided-nothing = Rien à dire
fact-released = Message libéré
fact-dropped = Message abandonné
fact-resolved = Sort du message établi
fact-told = Le client est prévenu
fact-told-team = L’équipe est prévenue
fact-refused = Message refusé : le client n’est pas prévenu
fact-refused-team = Message refusé : l’équipe n’est pas prévenue
fact-retry = Envoi reporté, sera retenté
fact-unknown = On ne sait pas si le message est parti
fact-decided-do = Quelque chose est à faire dans la boutique
fact-errand-proposed = À faire dans la boutique, si quelqu’un en décide : { $what }
fact-errand-asked = Demandé à la boutique : { $what }
fact-errand-released = La boutique en est priée
fact-errand-dropped = Renoncé : la boutique n’en est pas priée
fact-errand-by-hand = Fait à la main
fact-errand-done = La boutique l’a fait
fact-errand-refused = La boutique ne l’a pas fait
fact-errand-retry = La boutique n’a pas répondu, nouvel essai plus tard
fact-errand-unknown = On ne sait pas si la boutique l’a fait ; elle sera interrogée d’abord
fact-not-known = fait d’une sorte que ce programme ne connaît pas
says-arrived = c’est arrivé
says-not-arrived = ce n’est pas arrivé
says-attempt-contested = j’étais là
says-wait = j’attends
says-another-day = un autre jour
says-cancel = annulez
says-peace = laissez-moi en paix
says-told-otherwise = on m’a dit autre chose
judge-carrier-claim = ce que dit le transporteur
judge-customer = la parole du client
judge-rule = les règles de la promesse
why-unavailable = indisponible
why-closed = boutique fermée
why-lost = perdu
why-service-not-given = service non rendu
why-withdrawn = retirée par l’entreprise
why-removed = retirée de la commande
why-refunded = remboursée par la boutique
why-never-came = jamais arrivé
why-returned = revenu à l’expéditeur
why-too-late = trop tard
reason-not-handed-over = le colis n’a jamais été remis au transporteur
reason-unreachable = l’échéance ne peut plus être atteinte
reason-silent = plus de nouvelles depuis trop longtemps
reason-no-first-scan = remis depuis un jour, jamais vu par le transporteur
reason-tracking-number-unknown = le transporteur ne connaît pas le numéro
reason-stuck-at-hub = le colis ne quitte plus le même endroit
reason-out-for-delivery-not-closed = en livraison, et la journée a fini sans nouvelle
reason-pickup-reminder = le colis attend depuis un jour
reason-pickup-about-to-expire = le point de retrait le renverra bientôt
reason-presumed-lost = plus de nouvelles depuis si longtemps qu’il est à tenir pour perdu
reason-seen-again = le transporteur en donne de nouveau des nouvelles
reason-reshipped = le transporteur en donne de nouveau des nouvelles, alors qu’un nouvel envoi est demandé
reason-paid-back = le transporteur en donne de nouveau des nouvelles, alors que son prix est rendu
reason-reship-withdrawn = le transporteur en donne de nouveau des nouvelles, et rien n’est renvoyé
reason-due-passed = l’échéance est passée
reason-word-promised = un message a promis une nouvelle
reason-review = il est temps d’y revenir
reason-carrier-day = le transporteur annonce un jour plus tardif
reason-exception = un incident est ouvert
reason-pickup = le colis attend au point de retrait
reason-no-date = la boutique ne sait pas quand
reason-too-late = il sera en stock trop tard
reason-not-restocked = il devait être en stock, il ne l’est pas
reason-withdrawn = des articles ont été retirés de la commande
reason-not-arrived = le client dit n’avoir rien reçu
reason-cancel = le client choisit d’annuler
reason-reship = le client choisit un nouvel envoi
reason-owed = des articles payés ne viendront pas
reason-paid = la boutique dit l’avoir rendue
reason-note = une note
reason-cancel-order = l’annulation
reason-cancel-lines = l’annulation d’articles
reason-refund = le remboursement
reason-reshipment = le nouvel envoi
reason-address-change = le changement d’adresse
reason-threshold = seuil { $span }
noticed-late = vu { $span } après

## Parcels
parcels-intro = { $count ->
     [0] Aucun colis ne répond à ces critères.
     [one] Un colis.
    *[other] { $count } colis.
    }
parcels-intro-many = Plus de { $count } colis.
standing-title = Arrêtés au même endroit
standing-hint = une seule affaire avec le transporteur
standing = { $count } colis { $carrier } arrêtés à { $place }
standing-since = le premier sans nouvelle { $when }
standing-all = Voir tous les colis
standing-over = Les colis de cet endroit ne sont plus arrêtés
parcels-empty = Un colis paraît ici dès qu’une étiquette ou un passage est reçu d’un transporteur, même avant sa commande.
parcel-without-order = sans commande connue
last-news = dernière nouvelle { $when }
no-news-yet = aucune nouvelle encore
parcel-sentence = { $state }, { $when }
parcel-sentence-silent = Annoncé { $when }, sans nouvelle depuis
parcel-promise-title = La promesse qu’il sert
troubles-title = Incidents
troubles-none = Aucun.
trouble-cause = Cause, telle que dite : { $cause } · { $opened }
trouble-since = depuis { $from }
trouble-from-to = du { $from } au { $to }
clocks-title = Ce que valent ces heures
clocks-said = Passages dont le décalage horaire est donné par la source : { $known } ; deviné d’après le lieu : { $guessed } ; inconnu : { $unknown }. Une heure devinée ne décide jamais seule d’un retard.
step-announced = Annoncé
step-handed-over = Remis
step-in-network = En chemin
step-customs = Douane
step-at-local-depot = Agence
step-out-for-delivery = En livraison
step-available-for-pickup = À retirer
step-delivered = Livré
step-returning = En retour
step-returned = Revenu
step-cancelled = Annulé
step-unknown = Inconnu

## Orders
order-sentence = Commande { $number } de { $name }, { $when }
order-sentence-unnamed = Commande { $number }, { $when }
order-promises-title = Ce que nous devons
order-no-promise = Aucune promesse sur cette commande.
order-parcels-title = Colis
line-title = Article
line-sku = Référence
line-quantity = Quantité
line-price = Prix
cancelled-by-shop = Retiré par la boutique, { $when }
cancelled-by-customer = Annulé par le client, { $when }

## Customers
customers-intro = { $count ->
     [0] Aucun client.
     [one] Un client.
    *[other] { $count } clients, les plus récents d’abord.
    }
customers-empty = Un client paraît ici avec sa première commande. Pour en trouver un, donnez son adresse entière ou sa référence.
orders-count = { $count ->
     [one] { $count } commande
    *[other] { $count } commandes
    }
owed-count = { $count ->
     [0] rien de dû
     [one] une promesse due
    *[other] { $count } promesses dues
    }
since-day = depuis { $day }
mail-bounced = courriel revenu
customer-intro = { $owed ->
     [0] Nous ne lui devons rien.
     [one] Nous lui devons une promesse.
    *[other] Nous lui devons { $owed } promesses.
    } { $contacts ->
     [0] Aucun contact vu.
     [one] Un contact vu,
    *[other] { $contacts } contacts vus,
    } { $contacts ->
     [0] {""}
     [one] { $asked ->
         [0] jamais pour demander où en est une promesse.
         [one] une fois pour demander où en est une promesse.
        *[other] dont { $asked } pour demander où en est une promesse.
        }
    *[other] { $asked ->
         [0] jamais pour demander où en est une promesse.
         [one] dont un pour demander où en est une promesse.
        *[other] dont { $asked } pour demander où en est une promesse.
        }
    }
customer-promises-title = Ce que nous lui devons
customer-no-promise = Aucune promesse.
customer-orders-title = Commandes
customer-erased = Cette personne a été effacée. Les faits restent, sans rien de personnel ; les chiffres ne changent pas.
customer-link-title = Sa page secrète
customer-link-said = Qui a ce lien voit la page. Ne le donnez qu’à la personne elle-même.
erase-title = Effacer la personne
erase-said = Nom, adresses et textes seront effacés partout et pour toujours. Les faits restent, sans rien de personnel.
erase-type = Pour confirmer, écrivez
erase-word = effacer
erase-act = Effacer

## Messages
messages-tabs = Messages par état
tab-waiting = À approuver
tab-held = Retenus
tab-unknown = Sort inconnu
tab-shadow = Dans l’ombre
tab-queued = Prêts à partir
tab-retry = À retenter
tab-accepted = Acceptés
tab-refused = Refusés
tab-dropped = Abandonnés
sent-waiting = À approuver
sent-held = Retenu
sent-unknown = Sort inconnu
sent-shadow = Dans l’ombre
sent-queued = Prêt à partir
sent-retry = À retenter
sent-accepted = Accepté
sent-refused = Refusé
sent-dropped = Abandonné
messages-intro-waiting = { $count ->
     [0] Aucun message n’attend votre accord.
     [one] Un message attend votre accord. Il partira tel que vous le lisez, ou pas du tout.
    *[other] { $count } messages attendent votre accord. Chacun partira tel que vous le lisez, ou pas du tout.
    }
messages-intro-held = { $count ->
     [0] La garde ne retient aucun message.
     [one] La garde retient un message, avec sa raison.
    *[other] La garde retient { $count } messages, chacun avec sa raison.
    }
messages-intro-unknown = { $count ->
     [0] Le sort de chaque message est connu.
     [one] Nul ne sait si un message est parti. Il n’est jamais renvoyé en silence.
    *[other] Nul ne sait si { $count } messages sont partis. Ils ne sont jamais renvoyés en silence.
    }
messages-intro-shadow = { $count ->
     [0] Aucun message dans l’ombre.
     [one] Un message serait parti ; sa règle est dans l’ombre.
    *[other] { $count } messages seraient partis ; leurs règles sont dans l’ombre.
    }
messages-intro-queued = { $count ->
     [0] Rien n’attend de partir.
     [one] Un message est prêt à partir.
    *[other] { $count } messages sont prêts à partir.
    }
messages-intro-retry = { $count ->
     [0] Rien à retenter.
     [one] Un message sera retenté.
    *[other] { $count } messages seront retentés.
    }
messages-intro-accepted = { $count ->
     [0] Aucun message accepté encore.
     [one] Un message accepté par le serveur du client.
    *[other] { $count } messages acceptés par le serveur du client.
    }
messages-intro-refused = { $count ->
     [0] Aucun message refusé.
     [one] Un message refusé : ce client n’est pas prévenu.
    *[other] { $count } messages refusés : ces clients ne sont pas prévenus.
    }
messages-intro-dropped = { $count ->
     [0] Aucun message abandonné.
     [one] Un message abandonné.
    *[other] { $count } messages abandonnés.
    }
messages-of-playbook = Seulement la règle « { $playbook } ».
messages-empty = Une règle qui répond à un signal prépare un message ; il paraîtra ici selon ce qu’il devient.
messages-pick = Choisir
messages-read = Lire tel quel
messages-release = Laisser partir les messages choisis
messages-drop = Les abandonner
messages-bulk-said = Seuls les messages cochés sont touchés.
## Ce qui est à faire dans la boutique
errands-title = À faire dans la boutique
errand-note = Noter sur la commande
errand-cancel-order = Annuler la commande
errand-cancel-lines = Annuler des articles
errand-refund = Rembourser
errand-reshipment = Renvoyer la commande, sans frais
errand-address-change = Changer l’adresse
errand-amount = { $what } : { $amount }
errand-by-customer = choisi par le client
errand-no-way = aucune interface de cette boutique ne peut en être priée : à faire à la main
errand-handled = traité par { $name }
errand-said = réponse : « { $text } »
errand-release = Demander à la boutique
errand-release-again = Demander de nouveau
errand-by-hand = C’est fait à la main…
errand-evidence = À quoi cela se voit (numéro, date)
errand-by-hand-act = Noter que c’est fait
errand-drop = Y renoncer
errand-ask-title = Demander quelque chose à la boutique…
errand-ask-said = La boutique en est priée aussitôt, une seule fois. Une annulation ou un nouvel envoi vaut pour la commande entière.
errand-what = Quoi
errand-how-much = Montant, pour un remboursement
errand-how-much-hint = par exemple 12,90
errand-text = Note, ou raison
errand-ask-act = Demander
errand-reason = demandé par l’équipe
errand-wrong-note = Une note a besoin d’un texte.
errand-wrong-amount = Un remboursement a besoin d’un montant en { $currency }, par exemple 12,90.
errand-wrong-what = Dites quoi demander.
errand-wrong-twice = C’est déjà demandé : voyez plus haut ce qu’il en est.
errand-state-shadow = Dans l’ombre
errand-state-waiting = Attend une personne
errand-state-queued = Part pour la boutique
errand-state-retry = À retenter
errand-state-unknown = Sort inconnu
errand-state-done = Fait
errand-state-refused = Pas fait
errand-state-dropped = Abandonné
letter-from = De
letter-to = À
letter-subject = Objet
letter-html = Voir la version mise en forme, seule et sans scripts
letter-exactly = C’est exactement ce qui partira, à cette adresse.
letter-no-act = Rien à faire : son sort est connu.
letter-about = La promesse
letter-fate = Son histoire
drop-reason = Pourquoi (facultatif)
drop-act = Abandonner le message
unknown-said = Demandez au client ou au serveur. Renvoyer peut le faire parvenir deux fois.
unknown-arrived = Il est bien arrivé
unknown-send = Renvoyer sciemment
fate-decided = Décidé { $when } par la règle { $playbook }, sur le signal « { $signal } ».
fate-handled = Traité par { $name }.
fate-attempts = { $count ->
     [one] Un essai d’envoi.
    *[other] { $count } essais d’envoi.
    }
fate-settled = { $state }, { $when }.
fate-reply = Le serveur a répondu : { $reply }
fate-next-word = Il promet une autre nouvelle { $when }.

## Playbooks
playbooks-intro = Chaque règle naît dans l’ombre et montre ce qu’elle ferait sur vos propres données. À vous de dire jusqu’où elle agit.
playbooks-empty = Aucune règle n’est installée. Les règles sont des fichiers dans packs/playbooks.
playbook-on = Répond à : { $signals } · écrit { $to }
playbook-to-customer = au client
playbook-to-operations = à l’équipe
playbook-on-errand = Répond à : { $signals } · dans la boutique : { $what }
playbook-record-errand = Ce qu’elle demande à la boutique, et ce qu’il en est devenu, se lit sur la page de chaque promesse.
playbook-no-record = Encore aucun cas : son bilan paraîtra ici.
playbook-record = Jusqu’ici { $decided ->
     [one] un message décidé
    *[other] { $decided } messages décidés
    } ; leurs promesses ensuite en retard ou rompues : { $late }, tenues à temps : { $kept }, encore ouvertes : { $open }.
playbook-record-shadow = Dans l’ombre, elle aurait écrit { $decided ->
     [one] un message
    *[other] { $decided } messages
    } ; leurs promesses ensuite en retard ou rompues : { $late }, tenues à temps : { $kept }, encore ouvertes : { $open }.
record-shadow = { $count ->
     [one] un dans l’ombre
    *[other] { $count } dans l’ombre
    }
record-waiting = { $count ->
     [one] un à approuver
    *[other] { $count } à approuver
    }
record-held = { $count ->
     [one] un retenu
    *[other] { $count } retenus
    }
record-accepted = { $count ->
     [one] un accepté
    *[other] { $count } acceptés
    }
record-refused = { $count ->
     [one] un échoué
    *[other] { $count } échoués
    }
playbook-legend = Jusqu’où agit la règle :
playbook-save = Enregistrer

## Figures
figures-first = { $percent } des promesses ont été tenues à leur première échéance
figures-rest = , sur { $count ->
     [one] une promesse due
    *[other] { $count } promesses dues
    } du { $from } au { $to }.
figures-rest-among = , sur { $counted } comptées parmi les { $count } dues du { $from } au { $to } : ce que le client a déplacé, libéré ou conteste ne compte pas, ni ce dont l’échéance est à venir.
figures-told = Parmi celles qui ne l’ont pas été, { $told ->
     [0] aucun client sur { $of } ne l’a appris
     [one] un client sur { $of } l’a appris
    *[other] { $told } clients sur { $of } l’ont appris
    } de nous d’abord ; nous voyons les voies de { $coverage } des clients.
figures-none = Rien à compter encore
figures-none-rest = , entre { $from } et { $to }.
figures-period = Première échéance
period-7 = 7 derniers jours
period-30 = 30 derniers jours
period-90 = 90 derniers jours
period-365 = 12 derniers mois
period-1826 = 5 dernières années
figures-counts = Comptes
figures-spans = Durées
figures-by-week = Tenues à la première échéance, semaine par semaine
figures-by-carrier = Par transporteur
figures-by-kind = Par sorte de promesse
figures-by-hint = barre : intervalle de Wilson à 95 %
figures-by-month = Tenues à la première échéance, mois par mois
figures-by-giver = Par qui a donné sa parole
figures-by-owner = Par qui en répond
figure-withdrawn = Abandonnées par l’entreprise
figure-released = Levées par le client
figure-decided = Jugées
figure-warned = Annoncées en retard
method-withdrawn = Parmi les rompues : celles que l’entreprise a abandonnées, en retirant la promesse ou ses articles, avec qui l’a fait. Abandonner avant l’échéance n’y change rien : c’est la première échéance qui compte.
method-released = Le client a levé la promesse avant la première échéance : neutre, comptée à part. Levée après, elle reste rompue.
method-groups = Par parole : celle qui a fixé la première échéance. Par responsable : celui d’aujourd’hui. Par transporteur : celui des colis. Par semaine et par mois : de la première échéance, là où la boutique travaille.
figure-groups = Groupes
month-1 = janvier
month-2 = février
month-3 = mars
month-4 = avril
month-5 = mai
month-6 = juin
month-7 = juillet
month-8 = août
month-9 = septembre
month-10 = octobre
month-11 = novembre
month-12 = décembre
month-of-year = { $month } { $year }
week-of = semaine du { $day }
count-of = { $count } sur { $of }
between = entre { $low } et { $high }
interval-said = { $name } : { $value }, { $range }, { $count }
nothing-to-count = rien à compter
median-note = médiane ; neuf sur dix sous { $p90 } ; n = { $count }
figure-kept = Tenues à la première échéance
figure-kept-late = Tenues en retard
figure-late = Tenues en retard
figure-broken = Rompues
figure-late-open = En retard, encore ouvertes
figure-open = Pas encore dues
figure-amended = Déplacées par le client
figure-disputed = Contestées, non réglées
figure-told-first = Prévenus d’abord
figure-coverage = Couverture
figure-chased = Promesses où le client a dû demander
figure-chasers = Relances de clients
figure-needless = Avertissements inutiles
figure-length = Longueur des promesses
figure-lead = Avance des avertissements
figure-held = Argent retenu
figure-interval = Intervalles
method-title = Comment chaque chiffre est calculé
method-kept = Promesses dont la première échéance tombe dans la période et dont tous les articles ont été donnés avant elle. Une nouvelle date dite au client ne change rien.
method-kept-late = Les mêmes, données après la première échéance.
method-broken = Non données, ou retirées par l’entreprise, avec leur cause.
method-amended = Déplacées par le souhait du client lui-même : neutres, comptées à part.
method-disputed = Le client dit que ce n’est pas ainsi ; comptées nulle part ailleurs tant que ce n’est pas réglé.
method-told-first = Parmi les promesses non tenues à temps : celles dont notre message a été accepté avant l’échéance et avant que le client ne demande. Ce qui a été abandonné n’est jamais prévenu d’abord.
method-coverage = Part des promesses dont nous voyons les voies du client ; « prévenus d’abord » ne vaut que là.
method-chased = Promesses au sujet desquelles le client a dû demander au moins une fois.
method-needless = Parmi les promesses où nous avons averti : celles qui ont ensuite été tenues à temps.
method-length = Du moment donné à la première échéance : promettre plus long se voit.
method-lead = Du message accepté à l’échéance, pour les avertissements.
method-held = De la commande payée jusqu’au dernier euro rendu, ou jusqu’à aujourd’hui : combien de temps nous avons gardé l’argent de ce qui n’est pas venu.
method-interval = Wilson à 95 % : entre ces deux bornes, le vrai taux est plausible ; peu de cas, large intervalle.

## Not understood
unmapped-title = Ce qui n’est pas compris
unmapped-intro = { $codes ->
     [0] Chaque code a une signification.
     [one] Un code n’a pas de signification.
    *[other] { $codes } codes n’ont pas de signification.
    } { $payloads ->
     [0] Aucun envoi illisible.
     [one] Un envoi n’a pu être lu.
    *[other] { $payloads } envois n’ont pu être lus.
    } Tout est gardé et compté ; rien n’est deviné.
unmapped-codes = Codes, événements, champs
unmapped-hint = les passages déjà gardés seront relus
unmapped-none = Rien d’inconnu. Un code que nulle table ne traduit paraîtra ici.
unmapped-code = code
unmapped-event = événement
unmapped-field = champ
unmapped-answer = réponse
seen-times = { $count ->
     [one] vu une fois, { $when }
    *[other] vu { $count } fois, dernière { $when }
    }
map-milestone = Que dit ce code ?
map-exception = Et qu’est-ce qui ne va pas ?
map-choose = Choisir…
map-nothing-wrong = Rien
map-act = Donner cette signification
map-not-here = Rien à choisir ici : gardé et compté.
quarantine-title = Quarantaine
quarantine-hint = octets gardés tels quels
quarantine-none = Aucun envoi illisible.
payload-lead = { $source }, { $size } octets, { $when }
payload-erased = Effacé.

## Settings
settings-intro = L’état du registre, les personnes et les jetons.
health-title = Santé du registre
health-chain = Chaîne
health-verified-at = vérifiée { $when }, elle tient
health-broken-at = ROMPUE, vue { $when }
health-never-verified = pas encore vérifiée
health-facts = Faits
health-facts-blocks = { $facts } faits en { $blocks } blocs
health-last = Dernier fait
health-unwatched = Promesses sans veille (doit être 0)
health-signals = Signaux à décider
health-outbox = Messages à partir
health-outbound = Sortie
health-database = Base
health-packs = Paquets en vigueur
health-packs-error = Derniers paquets refusés
outbound-smtp = courriel (SMTP)
outbound-drawer = tiroir : rien ne sort
database-sqlite = SQLite
database-postgres = PostgreSQL
settings-connections = Les boutiques, les transporteurs, les passerelles et les secrets avec lesquels ils signent ont leur page, avec leur état et ce qu’il y a à faire.
settings-connections-link = Connexions, leur état et leurs secrets
source-name = Source
source-last = Dernière nouvelle
source-refused = Signature refusée
source-unreadable = Illisibles
secret-there = enregistré
secret-missing = aucun
secret-act = Enregistrer
people-title = Personnes
person-active = peut entrer
person-role = Rôle
person-password = Mot de passe
person-new-password = nouveau mot de passe
person-save = Enregistrer
person-add = Ajouter une personne
person-add-act = Ajouter
person-name = Nom
person-email = Courriel
person-language = Langue
tokens-title = Jetons de l’API
token-add = Créer un jeton
token-name = À quoi il sert
token-add-act = Créer
token-made = Voici le nouveau jeton.
token-once = Il n’est montré qu’une fois : gardez-le en lieu sûr.
token-revoke = Révoquer
never-used = jamais servi
used-at = servi { $when }
revoked-at = révoqué { $when }
scope-facts-write = écrire des faits
scope-read = lire, sans données personnelles
scope-personal = lire aussi noms et textes
scope-admin = administrer

## After an act
done-assigned = C’est fait : quelqu’un d’autre en répond.
done-amended = Le souhait du client est noté.
done-withdrawn = La promesse est retirée ; elle compte comme rompue.
done-settled = La contestation est réglée.
done-not-taken = Rien n’a changé : l’état de la promesse ou du message ne le permet plus. Relisez la page.
done-noted = Le contact est noté.
done-erased = La personne est effacée.
done-erase-word-wrong = Rien n’a été effacé : le mot à écrire n’était pas le bon.
done-released = Libéré : il part maintenant.
done-dropped = Abandonné : rien ne sera dit.
done-none-picked = Rien n’était coché ; rien n’a changé.
done-resolved = Son sort est noté.
done-errand-asked = La boutique en est priée maintenant.
done-errand-dropped = Abandonné : la boutique n’en est pas priée.
done-errand-done = C’est noté : fait à la main.
done-switched = La règle est réglée ainsi désormais.
done-mapped = Ce code a sa signification ; les passages gardés sont relus.
done-user-added = La personne peut entrer.
done-user-changed = Enregistré.
done-user-refused = Rien n’a changé : il faut un nom, une adresse et un mot de passe assez long et difficile à deviner.
done-user-yourself = Rien n’a changé : une autre personne de l’administration doit vous retirer ce droit.
done-token-refused = Rien n’a changé : il faut un nom et au moins un droit.
done-token-revoked = Le jeton n’ouvre plus rien.
done-secret-set = Le secret est enregistré.
done-secret-empty = Rien n’a changé : le secret était vide.

## The customer’s own page
own-title = Ce que nous vous avons promis
own-greeting = Bonjour { $name }. Voici chaque promesse qui vous a été faite, et où elle en est.
own-greeting-unnamed = Bonjour. Voici chaque promesse qui vous a été faite, et où elle en est.
own-language = Français
own-empty = Aucune promesse n’est en cours.
own-estimate = Nous pensons maintenant à { $day }.
own-estimate-in-time = Nous pensons à { $day }.
own-estimate-range = Nous pensons à { $day }, et presque sûrement d’ici { $by }.
own-amended = Selon votre souhait : { $due }.
own-parcel = { $state } (dernière nouvelle { $since }).
own-no-parcel = Votre colis n’est pas encore parti de chez nous.
own-no-stock = { $title } : pas en stock, et nous ne savons pas encore quand.
own-no-stock-until = { $title } : pas en stock ; nous pensons l’avoir { $day }.
own-milestone-announced = Votre colis est prêt, le transporteur ne l’a pas encore
own-milestone-handed-over = Le transporteur a votre colis
own-milestone-in-network = Votre colis est en chemin
own-milestone-customs = Votre colis est en douane
own-milestone-at-local-depot = Votre colis est à l’agence près de chez vous
own-milestone-out-for-delivery = Votre colis est dans la tournée du livreur
own-milestone-available-for-pickup = Votre colis vous attend au point de retrait
own-milestone-delivered = Le transporteur dit avoir livré votre colis
own-milestone-returning = Votre colis revient vers nous
own-milestone-returned = Votre colis est revenu chez nous
own-milestone-cancelled = L’envoi a été annulé
own-milestone-unknown = Nous n’avons pas encore de nouvelles de votre colis
own-exception-attempt-failed-absent = Le transporteur dit être passé sans trouver personne
own-exception-attempt-failed-closed = Le transporteur dit avoir trouvé porte close
own-exception-attempt-failed-access = Le transporteur dit n’avoir pas pu accéder à votre porte
own-exception-address-problem = Le transporteur a besoin d’une précision sur votre adresse
own-exception-stalled-in-network = Nous n’avons plus de nouvelles de votre colis depuis trop longtemps
own-exception-label-not-handed-over = Votre colis n’a pas encore été remis au transporteur
own-exception-delayed-by-carrier = Le transporteur annonce un retard
own-exception-weather = Le mauvais temps retient votre colis
own-exception-customs-hold = Votre colis est retenu en douane
own-exception-damaged = Votre colis a été abîmé en route
own-exception-lost = Le transporteur dit avoir perdu votre colis
own-exception-missorted = Votre colis a pris une mauvaise route
own-exception-unclaimed = Votre colis n’a pas été retiré à temps
own-exception-returned-to-sender = Votre colis nous est renvoyé
own-exception-delivered-disputed = Le transporteur dit l’avoir livré, vous dites que non
own-exception-held = Votre colis est retenu, sans raison donnée
own-exception-refused = Le transporteur dit que le colis a été refusé
own-exception-payment-due = Des droits ou des frais sont à payer avant que votre colis reparte
own-exception-documents-missing = Il manque au transporteur des papiers pour votre colis
own-exception-undeliverable = Le transporteur dit n’avoir pas pu livrer votre colis, sans raison donnée
own-exception-destroyed = Le transporteur dit que votre colis a été détruit
own-exception-preparation-problem = Un problème est survenu quand nous préparions votre colis
own-exception-security = Votre colis a été arrêté par un contrôle de sûreté
own-exception-no-first-scan = Nous avons remis votre colis, le transporteur ne l’a pas encore vu
own-exception-tracking-number-unknown = Le transporteur ne connaît pas encore le numéro de votre colis
own-exception-stuck-at-hub = Votre colis est au même endroit depuis trop longtemps
own-exception-out-for-delivery-not-closed = Votre colis était dans la tournée du livreur, et le transporteur n’a plus rien dit
own-exception-pickup-about-to-expire = Votre colis sera bientôt renvoyé du point de retrait
own-exception-presumed-lost = Nous n’avons plus de nouvelles de votre colis depuis si longtemps que nous le tenons pour perdu
own-exception-event-regression = Les nouvelles du transporteur sur votre colis sont revenues en arrière
own-ended-kept = Tenue { $when }.
own-ended-kept-late = Tenue, mais en retard, { $when }. Nous vous en demandons pardon.
own-ended-broken = Nous n’avons pas tenu cette promesse. Nous vous en demandons pardon.
own-ended-released = Vous nous en avez libérés { $when }.
own-carrier-claims = C’est le transporteur qui le dit ; si ce n’est pas ainsi, dites-le-nous.
own-disputed = Vous nous avez dit que ce n’est pas ainsi ; nous cherchons et vous répondrons.
own-choice = Votre choix : { $choice }.
own-history = Ce qui s’est passé
own-step-made = Promesse faite
own-step-told = Nous vous avons écrit
own-choices = Vos choix
own-choice-arrived = C’est arrivé
own-choice-not-arrived = Je n’ai rien reçu
own-choice-not-so = Ce n’est pas ce qui s’est passé
own-choice-attempt-contested = J’étais là, personne n’est venu
own-choice-wait = Attendre
own-choice-cancel = Annuler et être remboursé
own-choice-cancel-amount = Annuler et être remboursé de { $amount }
own-choice-ask-cancel = Annuler et être remboursé (une personne vérifie d’abord)
own-choice-reship = Recevoir un nouvel envoi, sans frais
own-errand-cancel-order-under-way = À votre demande, nous annulons votre commande.
own-errand-cancel-order-looked-at = Vous demandez l’annulation : une personne s’en occupe et vous répondra.
own-errand-cancel-order-done = Votre commande est annulée, comme vous l’avez choisi.
own-errand-cancel-lines-under-way = Nous annulons des articles de votre commande.
own-errand-cancel-lines-looked-at = Une personne s’occupe d’annuler des articles de votre commande.
own-errand-cancel-lines-done = Des articles de votre commande sont annulés.
own-errand-refund-under-way = Le remboursement est en route.
own-errand-refund-looked-at = Une personne s’occupe de votre remboursement.
own-errand-refund-done = Le remboursement est parti.
own-errand-reshipment-under-way = À votre demande, nous vous renvoyons votre commande.
own-errand-reshipment-looked-at = Vous demandez un nouvel envoi : une personne s’en occupe et vous répondra.
own-errand-reshipment-done = Votre commande repart, comme vous l’avez choisi.
own-errand-address-change-under-way = Nous changeons l’adresse de livraison.
own-errand-address-change-looked-at = Une personne s’occupe du changement d’adresse.
own-errand-address-change-done = L’adresse de livraison est changée.
own-choice-peace = Ne plus m’écrire à ce sujet
own-choice-another-day = Recevoir un autre jour
own-day = Quel jour vous convient ?
own-day-act = Demander ce jour
own-otherwise = On m’a promis autre chose…
own-otherwise-about = Au sujet de
own-otherwise-text = Ce qui vous a été dit, par qui, quand
own-otherwise-act = Nous le dire
own-next-word = Nous vous écrirons de nouveau { $when }, même s’il n’y a rien de neuf.
own-next-if-late = Si cette promesse est en danger, nous vous écrirons avant l’échéance.
own-next-soon = Nous suivons cela de près et vous écrirons dès que nous en saurons plus.
own-confirm = Vous avez suivi le lien d’un message. Confirmez votre choix :
own-next-peace = Comme vous l’avez demandé, nous ne vous écrirons plus à ce sujet.
own-footer = Cette page est à vous seule : le lien est secret. Elle ne vous suit pas et ne vend rien.
customer-state-settled = Réglée
thanks-arrived = Merci, c’est noté : arrivé.
thanks-not-arrived = C’est noté. Nous demandons une preuve au transporteur et vous répondrons.
thanks-attempt-contested = C’est noté : vous étiez là. Cela ne vous sera pas reproché.
thanks-wait = C’est noté : vous attendez. Nous vous tiendrons au courant.
thanks-reship = C’est noté : vous demandez un nouvel envoi. Nous vous écrirons dès que c’est fait.
thanks-another-day = C’est noté, le jour que vous souhaitez est écrit ci-dessous.
thanks-cancel = C’est noté : vous souhaitez annuler. Nous vous écrirons dès que c’est fait.
thanks-peace = C’est noté. Nous ne vous écrirons plus à ce sujet.
thanks-told-otherwise = Merci. C’est au registre ; une personne le lira et vous répondra.
thanks-not-taken = Votre réponse n’a pas pu être prise : cette promesse a changé entre-temps. Voici où elle en est.

# Foresight
outlook-title = Ce que nous croyons à cette heure
outlook-late = Risque de retard : { $percent }.
outlook-days = La moitié de telles promesses sont arrivées d’ici { $day }, neuf sur dix d’ici { $by }.
outlook-day = La moitié de telles promesses sont arrivées d’ici { $day }.
outlook-none = Aucun risque ne peut encore être chiffré.
outlook-too-few = { $count ->
     [0] Aucun cas comparable n’est connu
     [one] Un cas comparable est connu
    *[other] { $count } cas comparables sont connus
    } ; il en faut { $needed }.
outlook-not-kept = Les jours ainsi annoncés ont été tenus trop rarement ces derniers temps ({ $kept } sur { $count }) : aucun n’est annoncé.
outlook-too-far = C’est trop incertain pour nommer un jour.
outlook-slower = Ces jours-ci, tout va moins vite que ces derniers mois ; il en est tenu compte.
outlook-faster = Ces jours-ci, tout va plus vite que ces derniers mois ; il en est tenu compte.
learned-from-all = Appris de { $count } cas de cette boutique depuis { $since }.
learned-from-carrier = Appris de { $count } cas de ce transporteur depuis { $since }.
learned-from-service = Appris de { $count } cas de ce service du transporteur depuis { $since }.
learned-from-lane = Appris de { $count } cas de ce transporteur vers ce pays depuis { $since }.
learned-from-band = Appris de { $count } cas de ce transporteur vers ce pays, promis aussi loin à l’avance, depuis { $since }.
curve-title = Quand prévenir : ce que chaque règle aurait donné
curve-not-ready = Aucune règle n’est encore choisie : trop peu d’historique. D’ici là, les durées fixes des packs disent quand une promesse est menacée.
curve-chosen = En vigueur : prévenir à partir d’un risque de { $percent }, au plus tôt { $notice } avant l’échéance.
curve-why = C’est la règle qui aurait coûté le moins : { $needless } pour une alerte inutile, { $unannounced } pour un retard qui n’a pas été annoncé { $notice } à l’avance.
curve-counted = Compté sur { $count } commandes dont l’issue est connue, dont { $late } en retard ; les récentes pèsent plus.
curve-drawn = La règle en vigueur : { $precision } de ses alertes se sont vérifiées, { $recall } des retards ont été annoncés à temps.
curve-axes = Vers le haut : part des alertes qui se sont vérifiées. Vers la droite : part des retards annoncés à temps.
curve-threshold = À partir d’un risque de
curve-alarms = Alertes pour 100 commandes
curve-precision = Vérifiées
curve-recall = Retards annoncés à temps
curve-notice = Avance médiane
curve-in-force = en vigueur
notice-span-hours = { $hours ->
    [one] { $hours } heure
   *[other] { $hours } heures
}
notice-span-days = { $days ->
    [one] { $days } jour
   *[other] { $days } jours
}
notice-span-days-hours = { $days } j { $hours } h
reason-foreseen = un retard est prévu
reason-foreseen-said = un retard est prévu : risque de { $percent }, alerte à partir de { $threshold }
