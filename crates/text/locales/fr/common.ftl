### Words of the ledger, in French. Same keys and values as in the other language; a test compares them.
### A key is the word of the code with hyphens for underscores. Ordinary spaces before : ; ! ? and inside « » are narrowed when read.

## How a promise stands
state-open = Ouverte
state-at-risk = En danger
state-late = En retard
state-kept = Tenue
state-kept-late = Tenue en retard
state-broken = Rompue
state-released = Levée
state-amended = Modifiée
state-disputed = Contestée
state-settled = Réglée
state-held = Retenue
state-told = Prévenu
state-waiting = En attente d’une condition

## How a promise stands, said to the customer it was made to
customer-state-open = En cours
customer-state-at-risk = Sera sans doute en retard
customer-state-late = En retard
customer-state-kept = Tenue
customer-state-kept-late = Tenue, mais en retard
customer-state-broken = Non tenue
customer-state-released = Vous nous en avez libérés
customer-state-amended = Changée avec votre accord
customer-state-disputed = Vous dites le contraire

## How far a parcel is
milestone-announced = Annoncé
milestone-handed-over = Remis au transporteur
milestone-in-network = En chemin
milestone-customs = En douane
milestone-at-local-depot = À l’agence de livraison
milestone-out-for-delivery = En cours de livraison
milestone-available-for-pickup = À retirer
milestone-delivered = Livré, dit le transporteur
milestone-returning = En retour
milestone-returned = Revenu chez nous
milestone-cancelled = Annulé
milestone-unknown = Inconnu

## What is wrong with a parcel
exception-attempt-failed-absent = Absent, dit le transporteur
exception-attempt-failed-closed = Fermé, dit le transporteur
exception-attempt-failed-access = Accès impossible, dit le transporteur
exception-address-problem = Adresse à corriger
exception-refused = Refusé à la porte
exception-customs-hold = Retenu par la douane
exception-payment-due = Droits à payer
exception-documents-missing = Papiers manquants
exception-damaged = Abîmé
exception-lost = Perdu
exception-missorted = Mal orienté
exception-delayed-by-carrier = Retard annoncé par le transporteur
exception-weather = Retenu par le temps qu’il fait
exception-held = Retenu, raison non dite
exception-unclaimed = Non retiré à temps
exception-undeliverable = Non livrable, raison non dite
exception-destroyed = Détruit
exception-returned-to-sender = Renvoyé à l’expéditeur
exception-preparation-problem = Problème de préparation
exception-security = Arrêté par un contrôle de sûreté
exception-label-not-handed-over = Étiquette créée, colis jamais remis
exception-stalled-in-network = Sans nouvelle depuis trop longtemps
exception-no-first-scan = Remis, jamais vu par le transporteur
exception-tracking-number-unknown = Numéro inconnu du transporteur
exception-stuck-at-hub = Bloqué au même endroit
exception-out-for-delivery-not-closed = En livraison, puis plus rien de la journée
exception-pickup-about-to-expire = Bientôt renvoyé du point de retrait
exception-presumed-lost = À tenir pour perdu
exception-event-regression = Retour en arrière dans le suivi
exception-delivered-disputed = Dit livré, le client dit que non

## Who caused it
cause-carrier = Le transporteur
cause-merchant = La boutique
cause-recipient = Le destinataire
cause-customs = La douane
cause-force-majeure = Force majeure
cause-unknown = Cause inconnue

## Who noticed it
opened-by-carrier-event = Dit par le transporteur
opened-by-silence = Notre veille : plus rien ne venait
opened-by-promise = Notre veille : la promesse ne tenait plus
opened-by-customer = Dit par le client

## Who gave a word
giver-agent = Un agent
giver-system = Le système
giver-shop = La boutique
giver-partner = Un partenaire
giver-carrier = Le transporteur
giver-law = La loi
giver-customer = Le client

## Kinds of promises
kind-delivery = Livraison
kind-reply = Réponse
kind-call-back = Rappel
kind-refund = Remboursement
kind-repair = Réparation
kind-supply = Remise par un partenaire
kind-restock = Réassort
kind-outage-fix = Remise en service
kind-special-request = Demande particulière
kind-statutory-deadline = Délai de la loi

## What the watch noticed
signal-at-risk = Sera sans doute en retard
signal-silent = Sans nouvelle
signal-unseen = Jamais vu par le transporteur
signal-lost = À tenir pour perdu
signal-declared-lost = Perdu, dit le transporteur
signal-found-again = Retrouvé
signal-late = Échéance passée
signal-delivered-after-warning = Arrivé après un avertissement
signal-attempt-failed = Livraison manquée
signal-address-problem = Adresse à corriger
signal-pickup-waiting = À retirer
signal-pickup-reminder = Attend toujours d’être retiré
signal-backordered = Pas en stock
signal-lines-withdrawn = Articles retirés
signal-returned = Revenu ou en retour
signal-disputed = Contesté par le client
signal-review-due = À revoir
signal-next-word-due = Prochaine nouvelle due
signal-chosen = Le client a choisi
signal-refund-owed = Somme à rendre
signal-refunded = Somme rendue
signal-errand-done = Fait dans la boutique
signal-errand-refused = La boutique ne l’a pas fait

## How far a playbook is trusted
mode-off = Éteinte
mode-shadow = Dans l’ombre
mode-approve = À approuver
mode-automatic = Automatique
mode-off-said = Elle ne fait rien.
mode-shadow-said = Elle montre ce qu’elle ferait ; rien ne part.
mode-approve-said = Elle prépare ; une personne laisse partir chaque message.
mode-automatic-said = Elle agit seule, dans les limites de la garde.

## Why the guard held a message
guard-no-address = Aucune adresse où écrire
guard-bounced = L’adresse a déjà renvoyé un message
guard-told-already = Déjà dit
guard-asked-already = Déjà demandé à la boutique
guard-no-way-out = Aucune interface de la boutique ne peut en être priée
guard-nothing-to-do = Rien à demander à la boutique
guard-quiet-hours = Heures de repos chez le client
guard-no-playbook = Aucune règle n’y répond
guard-nothing-new = Rien de neuf à dire
guard-peace = Le client a demandé la paix à ce sujet
guard-erased = La personne a été effacée
guard-too-many = Trop de messages à la fois : une personne doit confirmer
guard-outcome-known = L’issue est déjà connue
guard-long-over = C’est fini depuis longtemps : un passé importé n’est dit à personne
guard-due-before-morning = Au matin, le jour promis serait passé

## What became of a message
message-shadow = Dans l’ombre, non envoyé
message-waiting = En attente d’accord
message-held = Retenu par la garde
message-queued = Prêt à partir
message-sending = En train de partir
message-accepted = Accepté par le serveur du client
message-refused = Refusé par le serveur du client
message-unknown = On ne sait pas s’il est parti
message-retry = Sera retenté
message-dropped = Abandonné
csv-download = Télécharger en CSV
csv-orders = Télécharger toutes les commandes en CSV, telles que cette page les lit
