# Connexions : chaque source avec sa santé, et ce qu’il faut remplir.
nav-connections = Connexions
connections-intro =
    { $count ->
        [0] Rien n’est encore connecté.
        [one] Une source.
       *[other] { $count } sources.
    } { $bad ->
        [0] {""}
        [one] Une demande un coup d’œil.
       *[other] { $bad } demandent un coup d’œil.
    }
connections-there = Connectées
connections-there-hint = dernière nouvelle de chacune, et que faire
connections-none = Connectez d’abord la boutique : tout le reste parle de ses commandes.
connections-how = Comment
connections-lately-head = Un jour, sept jours
connections-lately = { $day } en un jour, { $week } en sept
connections-stands = État
connections-asked = interrogée
connections-asked-every =
    { $minutes ->
        [one] interrogée chaque minute
       *[other] interrogée toutes les { $minutes } minutes
    }
connections-sends = envoie, signé
connections-hands-in = remise
connections-at-start = réglée au démarrage de Kept
connect-at-start = Ses réglages ont été donnés au démarrage de Kept : ils se changent là-bas, puis Kept est redémarré.
connect-other-gateway = Les SMS partent par { $name }, d’après les réglages donnés au démarrage de Kept. Une seule passerelle est en service : pour utiliser celle-ci, démarrez Kept sans l’autre.
connections-not = pas connectée
connections-day = Depuis un jour
connections-week = Depuis sept jours
connections-answered = Dernière réponse
connections-failing = Ne répond plus ({ $when }) : { $trouble }
connections-unanswered = N’a pas répondu depuis plusieurs tours
connections-unanswered-do = Kept tourne-t-il sans arrêt, et seul sur cette base ? Essayez la connexion.
connections-silent = Silencieuse : dernière nouvelle { $since }. La plus longue pause des deux semaines d’avant était de { $pause }.
connections-silent-do = Voyez si le partenaire envoie encore : des webhooks se coupent après des erreurs. Essayez la connexion.
connections-unread =
    { $count ->
        [one] Un envoi n’a pas été pris, { $when } : { $trouble }
       *[other] { $count } envois n’ont pas été pris, le dernier { $when } : { $trouble }
    }
connections-unread-do = Rien n’est perdu : les octets sont gardés sous Non compris.
connections-good = Bien
connections-quiet = Connectée, rien entendu encore
connections-detail = Les mots tels quels
connections-mail = Courriel sortant
connections-mail-waiting =
    { $count ->
        [0] rien n’attend de partir
        [one] un message attend de partir
       *[other] { $count } messages attendent de partir
    }
connections-mail-none = Aucun serveur de courriel : personne n’est prévenu de rien
connections-mail-none-do = Les lettres restent dans le tiroir, sous Messages. Réglez KEPT_SMTP_HOST là où Kept est démarré.
connections-mail-good = Prêt
connections-others = À connecter
connections-others-hint = dix minutes chacune
connections-kind-shop = Boutiques
connections-kind-carrier = Transporteurs
connections-kind-aggregator = Agrégateurs : une connexion pour beaucoup de transporteurs

## What kind of trouble, and what to do
trouble-key = la clé est refusée, ou absente
trouble-key-do = Recopiez la clé depuis l’espace du partenaire, entière et sans espace, puis enregistrez-la ici.
trouble-rights = la clé est bonne, mais n’a pas le droit de lire cela
trouble-rights-do = Donnez à la clé le droit de lire les commandes (d’écrire, si Kept doit agir), ou créez-en une qui l’a.
trouble-address = rien de tel à cette adresse
trouble-address-do = Vérifiez l’adresse : elle commence par https:// et mène à la boutique même, ni à l’une de ses pages ni ailleurs.
trouble-unreachable = pas de connexion, ou réponse trop lente
trouble-unreachable-do = Kept réessaie de lui-même. Si cela dure : l’adresse est-elle bonne, le serveur du partenaire répond-il ?
trouble-too-often = interrogé trop souvent
trouble-too-often-do = Rien à faire : Kept attend aussi longtemps qu’on le lui a dit.
trouble-out-of-order = en panne
trouble-out-of-order-do = Rien à faire ici : Kept réessaie de lui-même.
trouble-not-found = le numéro n’y est pas connu
trouble-not-found-do = Souvent c’est trop tôt : un numéro est connu quelques heures après l’étiquette.
trouble-question = la question n’a pas été acceptée
trouble-question-do = Vérifiez ce qui est rempli : le fuseau, l’utilisateur, le numéro.
trouble-not-data = ce qui est venu n’est pas des données : une page web, rien, ou un morceau
trouble-not-data-do = Vérifiez l’adresse ; une page de maintenance répond aussi ainsi.
trouble-form = ce qui est venu n’a pas la forme que le partenaire documente
trouble-form-do = Regardez les octets tels quels, sous Non compris.
trouble-not-taken = lu, mais tout n’a pas pu être pris
trouble-not-taken-do = Regardez-le sous Non compris ; il sera réessayé quand il reviendra.
trouble-other = le partenaire a répondu par une erreur à lui
trouble-other-do = Regardez les mots tels quels.

## Connecting
connect-title = Connecter
connect-change = Changer ce qui est rempli
connect-act = Connecter et essayer
connect-act-hint = Interroge pour de bon, et dit ce qui est revenu.
connect-optional = (peut rester vide)
connect-empty = Ceci ne peut pas rester vide.
connect-try = Essayer
connect-remove = Déconnecter
connect-remove-said = Elle n’est plus interrogée, et la clé est oubliée. Ce qui est venu reste.
connect-remove-act = Oublier la clé
connect-not-exchanged = Rien n’a changé, car ce qui est nouveau ne marche pas : { $trouble }
connect-stored-refused = Enregistré, mais cela ne marche pas encore : { $trouble }
connect-tried-refused = Cela ne marche pas : { $trouble }
connect-tried-orders =
    { $count ->
        [0] Cela marche. Aucune commande n’a changé depuis un jour.
        [one] Cela marche. Une commande a changé depuis un jour.
       *[other] Cela marche. { $count } commandes au moins ont changé depuis un jour.
    }
connect-tried-parcel =
    { $count ->
        [one] Cela marche : un passage du colis { $number }.
       *[other] Cela marche : { $count } passages du colis { $number }.
    }
connect-tried-unknown = Cela marche : la clé est acceptée. Le numéro { $number } n’y est pas connu, ce qui est normal sans colis à vous.
connect-hook-title = Webhook : ce qu’elle envoie d’elle-même
connect-hook-there = un secret est enregistré
connect-hook-missing = pas encore de secret : rien n’est pris
connect-address-is = L’adresse à coller là-bas :
connect-token-place = LE-SECRET
connect-secret-is = Le secret :
connect-secret-made = Voici le secret, et l’adresse avec lui.
connect-secret-make = Créer un secret
connect-secret-again = Créer un autre secret
connect-secret-or = Ou enregistrer le vôtre :
connect-secret-theirs = Le secret que le partenaire montre :
field-url = Adresse de la boutique
field-url-hint = https://votre-boutique.example
field-shopify-url = Adresse de la boutique chez Shopify
field-shopify-url-hint = https://votre-boutique.myshopify.com
field-key = Clé
field-woocommerce-key = Clé client (consumer key)
field-woocommerce-key-hint = Commence par ck_
field-secret = Secret
field-woocommerce-secret = Secret client (consumer secret)
field-woocommerce-secret-hint = Commence par cs_
field-client-id = Client ID
field-client-secret = Client secret
field-token = Jeton d’accès
field-token-hint = Seulement si l’application en a un qui ne finit pas ; l’ID et le secret peuvent alors rester vides.
field-user = Nom d’utilisateur
field-password = Mot de passe
field-zone = Le fuseau de la boutique
field-zone-hint = Europe/Paris ; celui de Kept si rien n’est écrit
field-address = Une autre adresse du même service
field-address-hint = Un bac à sable ; celle du transporteur si rien n’est écrit.
field-laposte-key = Clé Okapi

connect-woocommerce-1 = Dans WordPress, ouvrez WooCommerce → Réglages → Avancé → API REST, et ajoutez une clé.
connect-woocommerce-2 = Droits : Lecture, ou Lecture/écriture si Kept doit agir (annulations, remboursements, notes).
connect-woocommerce-3 = Copiez les deux clés aussitôt : WooCommerce ne montre le secret qu’à ce moment. L’adresse est celle du site, en https.
connect-woocommerce-hook-1 = Créez un secret ici ; puis dans WooCommerce → Réglages → Avancé → Webhooks, ajoutez-en un pour chacun : commande créée, modifiée, supprimée.
connect-woocommerce-hook-2 = URL de livraison : l’adresse ci-dessous, avec le secret à la place de LE-SECRET. Secret : le même.
connect-shopify-1 = Créez une application pour votre boutique avec les droits read_orders, read_customers, et read_all_orders pour ce qui a plus de 60 jours ; pour agir aussi write_orders, write_order_edits et write_draft_orders.
connect-shopify-2 = L’application doit pouvoir voir noms et adresses (données protégées des clients).
connect-shopify-3 = Installez-la, et copiez le client ID et le client secret de sa page du Dev Dashboard ; ou le jeton d’accès, si elle en a un.
connect-shopify-hook-1 = Dans l’application, ajoutez des webhooks pour orders/create, orders/updated, orders/cancelled, fulfillments/create et fulfillments/update, avec l’adresse ci-dessous.
connect-shopify-hook-2 = Ils sont signés avec le client secret de l’application : enregistrez-le ici.
connect-prestashop-1 = Dans l’administration, ouvrez Paramètres avancés → Webservice, activez-le, et ajoutez une clé.
connect-prestashop-2 = Droits : GET sur orders, order_carriers, order_slip, customers, addresses, countries, states, currencies, languages et carriers ; pour agir aussi POST sur order_histories et addresses, PATCH sur orders.
connect-prestashop-3 = Copiez la clé et l’adresse. PrestaShop écrit des heures sans fuseau : remplissez-le si ce n’est pas celui de Kept.
connect-laposte-1 = Sur developer.laposte.fr, ouvrez une application pour le produit Suivi v2.
connect-laposte-2 = Copiez sa clé Okapi. Elle sert pour Colissimo, les lettres, et Chronopost par la même porte.
connect-ups-1 = L’API Track est interrogée avec le client ID et le client secret d’une application de votre compte développeur UPS.
connect-ups-hook-1 = Track Alert : créez un secret ici, et donnez-le comme identifiant de l’abonnement, avec l’adresse ci-dessous.
connect-fedex-1 = L’API Track est interrogée avec le client ID et le client secret d’un projet développeur FedEx.
connect-usps-1 = USPS est interrogé avec le client ID et le client secret d’une application de son portail développeur.
connect-gls-1 = GLS est interrogé avec le nom d’utilisateur et le mot de passe que GLS a donnés pour son suivi.
connect-dhl-1 = Sur developer.dhl.com, demandez l’API Shipment Tracking – Unified, et copiez la clé. Les nouvelles clés permettent peu d’appels.
connect-dhl-hook-1 = Push : créez un secret ici ; à l’abonnement choisissez l’en-tête x-kept-token et le secret comme jeton, avec l’adresse ci-dessous.
connect-chronopost-1 = Le suivi de Chronopost ne demande aucune clé : connectez, et il est interrogé.
connect-aftership-hook-1 = Dans les réglages d’AfterShip, ajoutez un webhook avec l’adresse ci-dessous.
connect-aftership-hook-2 = Copiez le secret de webhook montré là-bas, et enregistrez-le ici.
connect-easypost-hook-1 = Créez un secret ici, et donnez-le avec l’adresse ci-dessous en ajoutant le webhook dans EasyPost.
connect-shippo-hook-1 = Dans Shippo, ajoutez un webhook pour track_updated avec l’adresse ci-dessous.
connect-shippo-hook-2 = Shippo met les signatures en place sur demande : demandez-les, et enregistrez le secret ici.
connect-sendcloud-hook-1 = Dans l’intégration de Sendcloud, activez les webhooks, avec l’adresse ci-dessous.
connect-sendcloud-hook-2 = Enregistrez ici la clé secrète de cette intégration : elle signe ce qui est envoyé.
connect-seventeentrack-hook-1 = Dans les réglages d’API de 17TRACK, mettez le webhook à l’adresse ci-dessous.
connect-seventeentrack-hook-2 = Enregistrez ici la clé d’API : elle signe ce qui est envoyé.

## Import
import-title = Le passé de la boutique
import-said = Les commandes passées sont lues pour suivre celles qui sont en route, et pour regarder le passé. Personne n’est prévenu de ce qui est fini depuis longtemps.
import-back = Lire en arrière
import-days = { $days } jours
import-first-hint = Lues une fois, en arrière-plan.
import-act = Relire
import-progress = Jusqu’où c’est lu
import-begins = Les commandes qui ont changé depuis le { $from } vont être lues.
import-under-way =
    { $count ->
        [one] Une commande lue, jusqu’au { $day }.
       *[other] { $count } commandes lues, jusqu’au { $day }.
    }
import-done =
    { $count ->
        [0] Aucune commande n’a changé depuis le { $from } ; lu { $when }.
        [one] Une commande depuis le { $from } a été lue, { $when }.
       *[other] { $count } commandes depuis le { $from } ont été lues, { $when }.
    }

done-connected = Connectée : elle a répondu.
done-disconnected = Déconnectée : elle n’est plus interrogée.
done-connect-first = Rien n’a été fait : connectez-la d’abord.
done-import-begun = Le passé est en cours de lecture.
today-failing =
    { $count ->
        [one] Une connexion ne répond pas.
       *[other] { $count } connexions ne répondent pas.
    }

## Orders from an export
imports-title = Commandes d’un fichier
imports-link = Lire des commandes d’un fichier (CSV)
imports-intro = Un export de votre boutique en CSV. Vous voyez d’abord ce qui serait lu ; rien n’est enregistré avant que vous le disiez, et personne n’est prévenu de ce qui est fini depuis longtemps.
imports-choose = Le fichier
imports-paste = Ou son texte
imports-columns = Quelle colonne est quoi
imports-needed = (nécessaire)
imports-no-column = aucune
imports-dates = Les dates sont écrites
imports-iso = 2026-12-31 14:05
imports-currency = Devise, si aucune colonne ne la donne
imports-comma = Montants à virgule : 1.024,90
imports-look = Regarder
imports-act = Lire ces commandes
imports-found =
    { $count ->
        [0] Aucune commande ne peut être lue.
        [one] Une commande peut être lue.
       *[other] { $count } commandes peuvent être lues.
    } { $errors ->
        [0] Aucune ligne n’est fausse.
        [one] Une ligne est fausse ; sa commande est laissée de côté.
       *[other] { $errors } lignes sont fausses ; leurs commandes sont laissées de côté.
    }
imports-done =
    { $count ->
        [0] Aucune nouvelle commande.
        [one] Une commande enregistrée.
       *[other] { $count } commandes enregistrées.
    } { $known ->
        [0] {""}
        [one] Une était déjà connue.
       *[other] { $known } étaient déjà connues.
    } { $wrong ->
        [0] {""}
        [one] Une n’a pas été prise : elle est écrite dessous, et gardée sous Non compris.
       *[other] { $wrong } n’ont pas été prises : elles sont écrites dessous, et gardées sous Non compris.
    }
imports-errors = Lignes qui ne peuvent être lues
imports-errors-hint = corrigez-les et relisez le fichier : ce qui est connu n’est pas lu deux fois
imports-more = et { $count } de plus
imports-file = Le fichier :
imports-line = Ligne { $line }
imports-line-column = Ligne { $line }, { $column }
imports-lines-head = Lignes
imports-lines =
    { $count ->
        [one] une ligne
       *[other] { $count } lignes
    }
order-field-order-number = Numéro de commande
order-field-at = Commandée
order-field-promised-day = Promise pour
order-field-delivery-fee = Frais de livraison
order-field-currency = Devise
order-field-destination-country = Pays de livraison
order-field-destination-postal = Code postal
order-field-customer-reference = Numéro de client
order-field-customer-name = Nom du client
order-field-customer-email = Courriel du client
order-field-customer-language = Langue du client
order-field-line-sku = Référence
order-field-line-title = Article
order-field-line-quantity = Quantité
order-field-line-unit-price = Prix unitaire
order-field-promised-at = Promise pour (date et heure)
order-field-ship-by = À expédier avant la fin du
order-field-customer-phone = Téléphone du client
order-field-customer-address = Adresse du client
order-field-customer-city = Ville du client
order-field-customer-country = Pays du client
order-field-customer-zone = Fuseau du client
order-field-customer-consumer = Client particulier (oui ou non)
order-field-customer-account = Compte de l’entreprise
order-field-line-price = Prix de la ligne
order-field-line-seller = Vendeur partenaire
carrier-csv = Commandes d’un fichier
import-file-under-way =
    { $count ->
        [0] Les { $of } commandes du fichier vont être enregistrées.
        [one] Une commande enregistrée sur { $of }.
       *[other] { $count } commandes enregistrées sur { $of }.
    }
imports-goes-on = Cela continue sans cette page, et après un arrêt de Kept.
imports-look-again = Regarder où cela en est
imports-busy = Un fichier est déjà en train d’être enregistré : attendez qu’il soit fini.
